/* SPDX-License-Identifier: ISC */
#include "gateway/ready.h"

#include "edi/edi.h"
#include "gateway/base/io.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#define HEAD_BYTES 4096
#define TAIL_BYTES 8192			/* UTF-16 needs twice what edi_complete looks at */
#define STILL_WRITTEN_MS 5000		/* a file that is growing this long is worth a word */

/* Not all of them are in every linux/magic.h. */
#define MAGIC_CIFS   0xff534d42
#define MAGIC_SMB2   0xfe534d42
#define MAGIC_LUSTRE 0x0bd00bd0
#define MAGIC_GFS2   0x01161970
#define MAGIC_VBOX   0x786f4256

bool
ready_is_remote(int dirfd)
{
	static const uint64_t remote[] = {
		NFS_SUPER_MAGIC, SMB_SUPER_MAGIC, MAGIC_CIFS, MAGIC_SMB2, FUSE_SUPER_MAGIC, V9FS_MAGIC, CEPH_SUPER_MAGIC,
		AFS_SUPER_MAGIC, CODA_SUPER_MAGIC, OCFS2_SUPER_MAGIC, MAGIC_LUSTRE, MAGIC_GFS2, MAGIC_VBOX,
	};
	struct statfs fs;

	if (fstatfs(dirfd, &fs) == -1)
		return true;
	for (size_t i = 0; i < N(remote); i++)
		if (((uint64_t)fs.f_type & 0xffffffff) == remote[i])
			return true;
	return false;
}

static void __attribute__((format(printf, 3, 4)))
say(struct ready *out, enum ready_verdict v, const char *fmt, ...)
{
	va_list ap;

	out->verdict = v;
	va_start(ap, fmt);
	(void)vsnprintf(out->why, sizeof(out->why), fmt, ap);
	va_end(ap);
}

static void
later(struct ready *out, int64_t ms)
{
	out->verdict = READY_LATER;
	out->later_ms = ms > 0 ? ms : 1;
}

static int64_t
nanoseconds(struct timespec t)
{
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* Keep in m what st shows. False when that is something else than at the last look. */
static bool
remember(struct ready_memory *m, const struct stat *st, int64_t now)
{
	struct ready_memory is = {
		.inode = st->st_ino, .size = (uint64_t)st->st_size, .changed_ns = nanoseconds(st->st_ctim),
		.modified_ns = nanoseconds(st->st_mtim), .since_ms = now,
		.first_ms = m->inode == 0 ? now : m->first_ms, .renamed = m->renamed && m->inode == 0,
	};

	if (m->inode == is.inode && m->size == is.size && m->changed_ns == is.changed_ns &&
	    m->modified_ns == is.modified_ns)
		return true;
	*m = is;
	return false;
}

/* How long it still has to stay as it is; 0 or less: long enough. */
static int64_t
to_settle(const struct ready_rules *r, const struct ready_memory *m)
{
	int64_t quiet = r->mono_ms - m->since_ms, by_clock;

	if (m->renamed)
		return 0;
	by_clock = r->wall_ms - m->changed_ns / 1000000;	/* negative when the clock was set back */
	if (!r->remote && by_clock > quiet)
		quiet = by_clock;
	return r->settle_ms - quiet;
}

/* False: no file that could ever be sent, said why. */
static bool
is_plain(const struct stat *st, struct ready *out)
{
	mode_t type = st->st_mode & S_IFMT;

	if (type == S_IFREG)
		return true;
	say(out, READY_REFUSED, "is %s, want a file",
	    type == S_IFLNK ? "a symbolic link" : type == S_IFDIR ? "a folder" : type == S_IFIFO ? "a named pipe" :
	    type == S_IFSOCK ? "a socket" : "a device");
	return false;
}

static bool
open_error(struct ready *out)
{
	if (errno == ENOENT)
		out->verdict = READY_GONE;
	else if (errno == EACCES || errno == EPERM)
		say(out, READY_REFUSED, "cannot be read: %s", strerror(errno));
	else
		say(out, READY_WAITING, "cannot be read: %s", strerror(errno));
	return false;
}

/*
 * A read lease is granted only while nobody has the file open for writing. It is given back at once; whoever opens the
 * file in between waits that long. Refused for other reasons (not our file, no leases here): not known.
 */
static bool
is_being_written(int fd)
{
	if (fcntl(fd, F_SETLEASE, F_RDLCK) == 0) {
		(void)fcntl(fd, F_SETLEASE, F_UNLCK);
		return false;
	}
	return errno == EAGAIN;
}

static ssize_t
read_at(int fd, char *p, size_t n, off_t at)
{
	ssize_t got;

	do
		got = pread(fd, p, n, at);
	while (got == -1 && errno == EINTR);
	return got;
}

static bool
is_complete(int fd, uint64_t size, struct ready *out)
{
	char head[HEAD_BYTES], tail[TAIL_BYTES];
	off_t tail_at = size > sizeof(tail) ? (off_t)(size - sizeof(tail)) : 0;
	ssize_t n = read_at(fd, head, sizeof(head), 0), m = read_at(fd, tail, sizeof(tail), tail_at);
	const char *why = "";

	if (n == -1 || m == -1)
		return open_error(out);
	if (edi_complete(str_make(head, (size_t)n), str_make(tail, (size_t)m), &why))
		return true;
	say(out, READY_WAITING, "%s", why);
	return false;
}

static void
look_inside(int fd, const struct ready_rules *r, struct ready_memory *m, struct ready *out)
{
	struct stat st;

	if (fstat(fd, &st) == -1) {
		(void)open_error(out);
		return;
	}
	/* Opening asks a network file system for the truth; what stat(2) told before may have been cached. */
	if (!remember(m, &st, r->mono_ms)) {
		later(out, r->settle_ms);
		return;
	}
	if (!r->remote && is_being_written(fd)) {
		say(out, READY_WAITING, "is still open for writing");
		return;
	}
	if (is_complete(fd, m->size, out))
		out->verdict = READY_YES;
}

void
ready_look(int dirfd, const char *name, const struct ready_rules *r, struct ready_memory *m,
    struct ready *out)
{
	struct stat st;
	int64_t rest;
	int fd;

	*out = (struct ready){ .verdict = READY_GONE };
	if (fstatat(dirfd, name, &st, AT_SYMLINK_NOFOLLOW) == -1) {
		(void)open_error(out);
		return;
	}
	(void)remember(m, &st, r->mono_ms);
	if (!is_plain(&st, out))
		return;
	rest = to_settle(r, m);
	if (rest > 0) {
		later(out, rest);
		if (r->mono_ms - m->first_ms > STILL_WRITTEN_MS + r->settle_ms)
			say(out, READY_LATER, "is still being written");
		return;
	}
	if (st.st_nlink > 1) {
		say(out, READY_REFUSED, "has %llu names (hard links), want one",
		    (unsigned long long)st.st_nlink);
		return;
	}
	if (st.st_size == 0) {
		say(out, READY_WAITING, "is empty");
		return;
	}
	fd = openat(dirfd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd == -1) {
		(void)open_error(out);
		return;
	}
	look_inside(fd, r, m, out);
	io_close(&fd);
}
