/* SPDX-License-Identifier: ISC */
/* doctor_house.c - what the gateway stands on: folders and the disks below them, the clock, the kernel. */
#include "gateway/doctor.h"

#include "gateway/base/clock.h"
#include "gateway/base/io.h"
#include "gateway/ready.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/timex.h>
#include <sys/vfs.h>
#include <unistd.h>

#define SPACE_FAIL    ((uint64_t)64 << 20)
#define SPACE_WARN    ((uint64_t)1 << 30)
#define INODES_WARN   1000
#define CLOCK_SLACK_MS 60000
#define CLOCK_BORN_MS INT64_C(1767225600000)	/* 2026-01-01: no gateway of this kind ran before */

/* The numbers stand in linux/magic.h, but not all of them in every version. */
static const struct {
	uint64_t magic;
	const char *name;
} systems[] = {
	{ 0xef53, "ext4" },	    { 0x58465342, "xfs" },	{ 0x9123683e, "btrfs" }, { 0x2fc12fc1, "zfs" },
	{ 0x01021994, "tmpfs" },    { 0x794c7630, "overlay" },	{ 0xf2f52010, "f2fs" },	 { 0xca451a4e, "bcachefs" },
	{ 0x6969, "nfs" },	    { 0xff534d42, "cifs" },	{ 0xfe534d42, "smb2" },	 { 0x65735546, "fuse" },
	{ 0x01021997, "9p" },	    { 0x00c36400, "ceph" },	{ 0x858458f6, "ramfs" },
};

/* How much of the gateway rests on a folder. */
enum need {
	NEED_LOCAL,			/* its locks and syncs must mean what they say */
	NEED_STABLE,			/* must be there after a power cut */
	NEED_ANY,			/* network file systems are polled */
};
static const struct {
	const char *path;
	enum need need;
	mode_t never;			/* rights that it must not give */
} folders[] = {
	{ "db", NEED_LOCAL, S_IRWXO | S_IWGRP },
	{ "spool", NEED_STABLE, S_IRWXO | S_IWGRP },
	{ "private", NEED_STABLE, S_IRWXO | S_IRWXG },
	{ "outbox", NEED_ANY, S_IWOTH },
	{ "inbox", NEED_ANY, S_IWOTH },
	{ "sent", NEED_ANY, S_IWOTH },
	{ "failed", NEED_ANY, S_IWOTH },
	{ "hooks.d", NEED_ANY, S_IWOTH },
};

static const char *
system_name(struct arena *a, int fd)
{
	struct statfs fs;

	if (fstatfs(fd, &fs) == -1)
		return "?";
	for (size_t i = 0; i < N(systems); i++)
		if (((uint64_t)fs.f_type & 0xffffffff) == systems[i].magic)
			return systems[i].name;
	return cli_fmt(a, "file system 0x%llx", (unsigned long long)fs.f_type & 0xffffffff);
}

static void
look_at_system(struct doctor *d, const char *path, int fd, enum need need)
{
	const char *name = system_name(d->cli.arena, fd);
	bool remote = ready_is_remote(fd), volatile_fs = strcmp(name, "tmpfs") == 0 || strcmp(name, "ramfs") == 0;

	if (need == NEED_LOCAL && remote)
		doctor_says(d, DOCTOR_FAIL, "folders", "%s: on %s: the database wants a local disk",
		    path, name);
	else if (need != NEED_ANY && volatile_fs)
		doctor_says(d, DOCTOR_WARN, "folders", "%s: on %s: gone after a power cut", path, name);
	else if (need == NEED_STABLE && remote)
		doctor_says(d, DOCTOR_WARN, "folders", "%s: on %s: is a sync there on disk?", path, name);
	else
		doctor_says(d, DOCTOR_OK, "folders", "%s: on %s%s", path, name, remote ? ", polled" : "");
}

static void
look_at_space(struct doctor *d, const char *path, int fd)
{
	struct statvfs v;
	uint64_t room;

	if (fstatvfs(fd, &v) == -1)
		return;
	room = (uint64_t)v.f_bavail * v.f_frsize;
	if ((v.f_flag & ST_RDONLY) != 0)
		doctor_says(d, DOCTOR_FAIL, "space", "%s: mounted read-only", path);
	else if (v.f_files > 0 && v.f_favail < INODES_WARN)
		doctor_says(d, v.f_favail == 0 ? DOCTOR_FAIL : DOCTOR_WARN, "space",
		    "%s: room for %llu more files", path, (unsigned long long)v.f_favail);
	else
		doctor_says(d, room < SPACE_FAIL ? DOCTOR_FAIL : room < SPACE_WARN ? DOCTOR_WARN : DOCTOR_OK, "space", "%s: %s free", path,
		    cli_size(d->cli.arena, room));
}

static void
look_at_rights(struct doctor *d, const char *path, int fd, mode_t never)
{
	struct stat st;

	if (fstat(fd, &st) == -1 || (st.st_mode & never) == 0)
		return;
	doctor_says(d, DOCTOR_FAIL, "rights", "%s: mode %04o gives others too much, want chmod %04o", path,
	    (unsigned int)(st.st_mode & 07777), (unsigned int)(st.st_mode & 07777 & ~never));
}

/* A folder on a disk that none before it was on: its space is told once. */
static bool
is_new_disk(dev_t *seen, size_t *n, int fd)
{
	struct stat st;

	if (fstat(fd, &st) == -1)
		return false;
	for (size_t i = 0; i < *n; i++)
		if (seen[i] == st.st_dev)
			return false;
	seen[(*n)++] = st.st_dev;
	return true;
}

void
doctor_folders(struct doctor *d)
{
	dev_t seen[N(folders)];
	size_t n = 0;

	for (size_t i = 0; i < N(folders); i++) {
		const char *path = cli_path(&d->cli, "%s", folders[i].path);
		int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (fd == -1 && errno == ENOENT)
			continue;	/* `edigate run` makes what is missing; conf_check() has told */
		if (fd == -1) {
			doctor_says(d, DOCTOR_FAIL, "folders", "%s: %s", path, strerror(errno));
			continue;
		}
		look_at_system(d, path, fd, folders[i].need);
		look_at_rights(d, path, fd, folders[i].never);
		if (is_new_disk(seen, &n, fd))
			look_at_space(d, path, fd);
		io_close(&fd);
	}
}

/* Deadlines, certificates and ids all hang on the clock; events of the future tell that it was put back. */
void
doctor_clock(struct doctor *d)
{
	struct arena *a = d->cli.arena;
	int64_t now = clock_wall_ms(), newest = 0;
	struct db_event *last = NULL;
	struct timex t = { 0 };
	struct err e;
	size_t n = 0;

	if (now < CLOCK_BORN_MS)
		doctor_says(d, DOCTOR_FAIL, "clock", "says " STR_FMT, STR_ARG(clock_rfc3339(a, now)));
	if (d->db != NULL && db_event_newest(d->db, &newest, &e) == 0 && newest > 0 &&
	    db_event_since(d->db, a, newest - 1, 1, &last, &n, &e) == 0 && n == 1 &&
	    last->at_ms > now + CLOCK_SLACK_MS)
		doctor_says(d, DOCTOR_FAIL, "clock",
		    "was put back by %s: the newest event is of " STR_FMT,
		    cli_span(a, last->at_ms - now), STR_ARG(clock_rfc3339(a, last->at_ms)));
	else if (adjtimex(&t) == -1 || (t.status & STA_UNSYNC) != 0)
		doctor_says(d, DOCTOR_WARN, "clock",
		    STR_FMT ", not synchronised with a time server",
		    STR_ARG(clock_rfc3339(a, now)));
	else
		doctor_says(d, DOCTOR_OK, "clock", STR_FMT ", synchronised", STR_ARG(clock_rfc3339(a, now)));
}

/* What the kernel offers to shut roles in with. */
void
doctor_kernel(struct doctor *d)
{
	long abi = syscall(SYS_landlock_create_ruleset, NULL, (size_t)0, LANDLOCK_CREATE_RULESET_VERSION);
	uint32_t action = SECCOMP_RET_KILL_PROCESS;
	bool filters = syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) == 0;

	doctor_says(d, filters ? DOCTOR_OK : DOCTOR_WARN, "kernel",
	    "system call filters (seccomp): %s", filters ? "available" : "not available");
	if (abi > 0)
		doctor_says(d, DOCTOR_OK, "kernel", "Landlock: version %ld", abi);
	else
		doctor_says(d, DOCTOR_WARN, "kernel", "Landlock: not available (%s)", strerror(errno));
}
