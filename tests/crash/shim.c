/* SPDX-License-Identifier: ISC */
/*
 * shim.so - LD_PRELOADed into a program, it counts the calls that change files and does something at the CRASH_AT-th:
 *
 *   CRASH_HOW=kill     the process ends by SIGKILL instead of the call
 *   CRASH_HOW=tear     half of a write is done, then the same
 *   CRASH_HOW=power    the same as kill, and everything is lost that a power cut may take on a journaling file system:
 *                      bytes not fsynced, and names changed since a folder of that file system was fsynced last
 *   CRASH_HOW=ENOSPC   the call fails once; EIO likewise
 *
 * "... by link" behind it: on a file system that cannot rename without overwriting.
 *
 * With CRASH_ONCE, a folder, each program meets it once: the first process of it that gets there leaves a file of its name.
 *
 * CRASH_POISON, alone, is a folder: a program ends by SIGKILL when it opens NAME and a file PROGRAM:NAME is in that folder.
 *
 * Counted: write, fsync, rename, link, unlink, mkdir, rmdir, truncate, and open when it may create. Only regular files and
 * folders count, so a program may report what it did through a pipe. CRASH_GRAVE and CRASH_GRAVE2 are folders, one on each
 * file system that is used, where unlinked files stay until their end is durable.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define CHANGES_MAX 4096
#define DIRTY_MAX   256

enum how { COUNT, KILL, TEAR, POWER, FAIL };

static struct {
	bool ready;
	enum how how;
	bool by_link;
	int error;
	unsigned int at, calls;
	const char *grave[2];
} shim;

/* ---- what a power cut would take back ---- */

enum change_kind { MADE_FILE, MADE_DIR, MOVED, LINKED, UNLINKED, REMOVED_DIR };
static struct change {
	enum change_kind kind;
	dev_t dev;
	char *from, *to;
} changes[CHANGES_MAX];
static unsigned int n_changes;

static struct dirty {
	int fd;			/* our own duplicate; -1: free */
	dev_t dev;
	ino_t ino;
	off_t durable;
} dirty[DIRTY_MAX];
static unsigned int n_dirty;

static char *
path_of(int dirfd, const char *name)
{
	char link[64], dir[PATH_MAX] = "", *out;
	ssize_t n = 0;

	if (name[0] != '/') {
		if (dirfd == AT_FDCWD)
			(void)snprintf(link, sizeof(link), "/proc/self/cwd");
		else
			(void)snprintf(link, sizeof(link), "/proc/self/fd/%d", dirfd);
		n = readlink(link, dir, sizeof(dir) - 2);
		if (n < 0)
			n = 0;
		dir[n++] = '/';
		dir[n] = '\0';
	}
	if (asprintf(&out, "%s%s", dir, name) == -1)
		abort();
	return out;
}

/* to is there, or the folder it was in. */
static void
note(enum change_kind kind, char *from, char *to)
{
	struct stat st = { .st_dev = 0 };
	char *slash = strrchr(to, '/');

	if (shim.how != POWER || n_changes == CHANGES_MAX) {
		free(from);
		free(to);
		return;
	}
	*slash = '\0';
	(void)stat(to, &st);
	*slash = '/';
	changes[n_changes++] = (struct change){ kind, st.st_dev, from, to };
}

static struct dirty *
dirty_of(int fd, struct stat *st)
{
	if (shim.how != POWER || fstat(fd, st) == -1 || !S_ISREG(st->st_mode))
		return NULL;
	for (unsigned int i = 0; i < n_dirty; i++)
		if (dirty[i].fd != -1 && dirty[i].dev == st->st_dev && dirty[i].ino == st->st_ino)
			return &dirty[i];
	return NULL;
}

static void
will_write(int fd)
{
	struct stat st;

	if (dirty_of(fd, &st) != NULL || shim.how != POWER || n_dirty == DIRTY_MAX)
		return;
	dirty[n_dirty++] = (struct dirty){ fcntl(fd, F_DUPFD_CLOEXEC, 200), st.st_dev, st.st_ino, st.st_size };
}

/* Bytes of a file are durable by its own fsync; names, all that went before, by the fsync of a folder beside them. */
static void
was_synced(int fd)
{
	unsigned int left = 0;
	struct dirty *d;
	struct stat st;

	d = dirty_of(fd, &st);
	if (d != NULL) {
		(void)close(d->fd);
		d->fd = -1;
		return;
	}
	if (shim.how != POWER || fstat(fd, &st) == -1 || !S_ISDIR(st.st_mode))
		return;
	for (unsigned int i = 0; i < n_changes; i++)
		if (changes[i].dev != st.st_dev)
			changes[left++] = changes[i];
	n_changes = left;
}

static void
take_back(const struct change *c)
{
	switch (c->kind) {
	case MADE_FILE:
	case LINKED:
		(void)syscall(SYS_unlinkat, AT_FDCWD, c->to, 0);
		break;
	case MADE_DIR:
		(void)syscall(SYS_unlinkat, AT_FDCWD, c->to, AT_REMOVEDIR);
		break;
	case REMOVED_DIR:
		(void)syscall(SYS_mkdirat, AT_FDCWD, c->to, 0750);
		break;
	case MOVED:
	case UNLINKED:
		(void)syscall(SYS_renameat2, AT_FDCWD, c->to, AT_FDCWD, c->from, 0);
		break;
	}
}

static void
cut_power(void)
{
	for (unsigned int i = n_changes; i-- > 0;)
		take_back(&changes[i]);
	for (unsigned int i = 0; i < n_dirty; i++)
		if (dirty[i].fd != -1)
			(void)syscall(SYS_ftruncate, dirty[i].fd, dirty[i].durable);
}

/* ---- counting ---- */

static void
get_ready(void)
{
	const char *how = getenv("CRASH_HOW"), *at = getenv("CRASH_AT");

	shim.ready = true;
	shim.grave[0] = getenv("CRASH_GRAVE");
	shim.grave[1] = getenv("CRASH_GRAVE2");
	if (how == NULL || at == NULL)
		return;
	for (; *at >= '0' && *at <= '9'; at++)
		shim.at = shim.at * 10 + (unsigned int)(*at - '0');
	shim.by_link = strstr(how, " by link") != NULL;
	shim.error = strncmp(how, "EIO", 3) == 0 ? EIO : ENOSPC;
	shim.how = strncmp(how, "kill", 4) == 0 ? KILL : strncmp(how, "tear", 4) == 0 ? TEAR :
	    strncmp(how, "power", 5) == 0 ? POWER : FAIL;
}

static void
die(void)
{
	if (shim.how == POWER)
		cut_power();
	(void)syscall(SYS_kill, getpid(), SIGKILL);
}

/* Is it this process that is to meet it? */
static bool
is_chosen(void)
{
	const char *once = getenv("CRASH_ONCE");
	char path[PATH_MAX];
	long fd;

	if (once == NULL)
		return true;
	(void)snprintf(path, sizeof(path), "%s/%s", once, program_invocation_short_name);
	fd = syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd != -1)
		(void)syscall(SYS_close, fd);
	return fd != -1;
}

/* The call about to be made is counted. false: it fails, errno is set. */
static bool
may(void)
{
	if (!shim.ready)
		get_ready();
	if (++shim.calls != shim.at || shim.how == COUNT || !is_chosen())
		return true;
	if (shim.how != FAIL)
		die();
	errno = shim.error;
	return false;
}

/* How many calls there were: for the program under test, by a weak reference. */
unsigned int crash_calls(void);
unsigned int
crash_calls(void)
{
	return shim.calls;
}

static bool
is_file(int fd)
{
	struct stat st;
	int why = errno;
	bool is = fstat(fd, &st) == 0 && (S_ISREG(st.st_mode) || S_ISDIR(st.st_mode));

	errno = why;
	return is;
}

/* ---- the calls ---- */

static ssize_t
write_at(int fd, const void *p, size_t n, off_t at, bool positioned)
{
	if (is_file(fd)) {
		if (!shim.ready)
			get_ready();
		if (shim.how == TEAR && shim.calls + 1 == shim.at)
			(void)(positioned ? syscall(SYS_pwrite64, fd, p, n / 2, at) : syscall(SYS_write, fd, p, n / 2));
		if (!may())
			return -1;
		will_write(fd);
	}
	return positioned ? syscall(SYS_pwrite64, fd, p, n, at) : syscall(SYS_write, fd, p, n);
}

ssize_t
write(int fd, const void *p, size_t n)
{
	return write_at(fd, p, n, 0, false);
}

ssize_t
pwrite(int fd, const void *p, size_t n, off_t at)
{
	return write_at(fd, p, n, at, true);
}

ssize_t
pwrite64(int fd, const void *p, size_t n, off64_t at)
{
	return write_at(fd, p, n, at, true);
}

static int
sync_by(long call, int fd)
{
	int rc;

	if (is_file(fd) && !may())
		return -1;
	rc = (int)syscall(call, fd);
	if (rc == 0)
		was_synced(fd);
	return rc;
}

int
fsync(int fd)
{
	return sync_by(SYS_fsync, fd);
}

int
fdatasync(int fd)
{
	return sync_by(SYS_fdatasync, fd);
}

int
ftruncate(int fd, off_t size)
{
	return may() ? (int)syscall(SYS_ftruncate, fd, size) : -1;
}

int
ftruncate64(int fd, off64_t size)
{
	return may() ? (int)syscall(SYS_ftruncate, fd, size) : -1;
}

/* A document that kills whoever looks at it. */
static void
taste(const char *path)
{
	const char *folder = getenv("CRASH_POISON"), *name = strrchr(path, '/');
	char mark[PATH_MAX];
	struct stat st;

	if (folder == NULL)
		return;
	(void)snprintf(mark, sizeof(mark), "%s/%s:%s", folder, program_invocation_short_name,
	    name != NULL ? name + 1 : path);
	if (fstatat(AT_FDCWD, mark, &st, AT_SYMLINK_NOFOLLOW) == 0)
		(void)raise(SIGKILL);
}

static int
open_at(int dirfd, const char *path, int flags, mode_t mode)
{
	struct stat st;
	bool makes = (flags & O_CREAT) != 0 && fstatat(dirfd, path, &st, AT_SYMLINK_NOFOLLOW) == -1;
	int fd;

	taste(path);
	if (makes && !may())
		return -1;
	fd = (int)syscall(SYS_openat, dirfd, path, flags, mode);
	if (makes && fd != -1)
		note(MADE_FILE, NULL, path_of(dirfd, path));
	return fd;
}

#define OPEN_MODE(flags, mode)                                                                     \
	do {                                                                                       \
		va_list ap;                                                                        \
		va_start(ap, flags);                                                               \
		mode = (flags & O_CREAT) != 0 ? va_arg(ap, mode_t) : 0;                            \
		va_end(ap);                                                                        \
	} while (0)

int
open(const char *path, int flags, ...)
{
	mode_t mode;

	OPEN_MODE(flags, mode);
	return open_at(AT_FDCWD, path, flags, mode);
}

int
open64(const char *path, int flags, ...)
{
	mode_t mode;

	OPEN_MODE(flags, mode);
	return open_at(AT_FDCWD, path, flags, mode);
}

int
openat(int dirfd, const char *path, int flags, ...)
{
	mode_t mode;

	OPEN_MODE(flags, mode);
	return open_at(dirfd, path, flags, mode);
}

int
openat64(int dirfd, const char *path, int flags, ...)
{
	mode_t mode;

	OPEN_MODE(flags, mode);
	return open_at(dirfd, path, flags, mode);
}

/* What fortified calls with flags from a variable become. */
int __openat_2(int dirfd, const char *path, int flags);
int __openat64_2(int dirfd, const char *path, int flags);

int
__openat_2(int dirfd, const char *path, int flags)
{
	return open_at(dirfd, path, flags, 0);
}

int
__openat64_2(int dirfd, const char *path, int flags)
{
	return open_at(dirfd, path, flags, 0);
}

int
renameat2(int from, const char *name, int to, const char *as, unsigned int flags)
{
	int rc;

	if (!shim.ready)
		get_ready();
	if (flags != 0 && shim.by_link) {
		errno = EINVAL;
		return -1;
	}
	if (!may())
		return -1;
	rc = (int)syscall(SYS_renameat2, from, name, to, as, flags);
	if (rc == 0)
		note(MOVED, path_of(from, name), path_of(to, as));
	return rc;
}

int
renameat(int from, const char *name, int to, const char *as)
{
	return renameat2(from, name, to, as, 0);
}

int
rename(const char *name, const char *as)
{
	return renameat2(AT_FDCWD, name, AT_FDCWD, as, 0);
}

int
linkat(int from, const char *name, int to, const char *as, int flags)
{
	int rc;

	if (!may())
		return -1;
	rc = (int)syscall(SYS_linkat, from, name, to, as, flags);
	if (rc == 0)
		note(LINKED, NULL, path_of(to, as));
	return rc;
}

static void
bury(int dirfd, const char *name)
{
	static unsigned int graves;
	char *grave;

	if (shim.how != POWER)
		return;
	for (size_t i = 0; i < sizeof(shim.grave) / sizeof(shim.grave[0]); i++) {
		if (shim.grave[i] == NULL)
			continue;
		if (asprintf(&grave, "%s/%d.%u", shim.grave[i], (int)getpid(), graves++) == -1)
			abort();
		if (syscall(SYS_linkat, dirfd, name, AT_FDCWD, grave, 0) == 0) {
			note(UNLINKED, path_of(dirfd, name), grave);
			return;
		}
		free(grave);
	}
}

int
unlinkat(int dirfd, const char *name, int flags)
{
	int rc;

	if (!may())
		return -1;
	if ((flags & AT_REMOVEDIR) == 0)
		bury(dirfd, name);
	rc = (int)syscall(SYS_unlinkat, dirfd, name, flags);
	if (rc == 0 && (flags & AT_REMOVEDIR) != 0)
		note(REMOVED_DIR, NULL, path_of(dirfd, name));
	return rc;
}

int
unlink(const char *name)
{
	return unlinkat(AT_FDCWD, name, 0);
}

int
rmdir(const char *name)
{
	return unlinkat(AT_FDCWD, name, AT_REMOVEDIR);
}

int
mkdirat(int dirfd, const char *name, mode_t mode)
{
	int rc;

	if (!may())
		return -1;
	rc = (int)syscall(SYS_mkdirat, dirfd, name, mode);
	if (rc == 0)
		note(MADE_DIR, NULL, path_of(dirfd, name));
	return rc;
}

int
mkdir(const char *name, mode_t mode)
{
	return mkdirat(AT_FDCWD, name, mode);
}
