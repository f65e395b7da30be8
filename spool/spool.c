/* SPDX-License-Identifier: ISC */
#include "spool/folders.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gateway/base/io.h"
#include "spool/sync.h"

#define HOME_MODE 0750
#define TMP_PATH     "spool/tmp"
#define CLAIMED_PATH "spool/claimed"

const char *const spool_box_path[SPOOL_BOXES] = {
	[SPOOL_ARRIVED] = "spool/arrived",
	[SPOOL_IN] = "spool/in",
	[SPOOL_OUT] = "spool/out",
	[SPOOL_QUARANTINE] = "quarantine",
};

int
spool_names(int dirfd, struct buf *out, struct err *e)
{
	int fd = openat(dirfd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);	/* a read position of our own */
	struct dirent *d;
	DIR *dir;

	if (fd == -1)
		return err_errno(e, "opening a folder");
	dir = fdopendir(fd);
	if (dir == NULL) {
		(void)err_errno(e, "reading a folder");
		io_close(&fd);
		return -1;
	}
	for (errno = 0; (d = readdir(dir)) != NULL; errno = 0) {
		if (strcmp(d->d_name, ".") == 0 || strcmp(d->d_name, "..") == 0)
			continue;
		if (buf_put(out, str_make(d->d_name, strlen(d->d_name) + 1), e) == -1)
			break;
	}
	if (d == NULL && errno != 0)
		(void)err_errno(e, "reading a folder");
	else if (d == NULL)
		fd = -1;
	(void)closedir(dir);
	return fd == -1 ? 0 : -1;
}

bool
spool_names_next(struct str *names, struct str *name)
{
	return names->n > 0 && str_cut(names, '\0', name);
}

/* ---- open ---- */

static int
open_folder(struct spool *s, const char *path, bool create, int *fd, struct err *e)
{
	if (create && mkdirat(s->home, path, HOME_MODE) == -1 && errno != EEXIST)
		return err_errno(e, "making %s", path);
	*fd = openat(s->home, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (*fd == -1)
		return err_errno(e, "%s", path);
	return 0;
}

static int
open_folders(struct spool *s, bool create, struct err *e)
{
	int spool = -1, rc = -1;

	if (open_folder(s, "spool", create, &spool, e) == -1)
		goto out;
	if (open_folder(s, TMP_PATH, create, &s->tmp, e) == -1 ||
	    open_folder(s, CLAIMED_PATH, create, &s->claimed, e) == -1)
		goto out;
	for (size_t i = 0; i < SPOOL_BOXES; i++)
		if (open_folder(s, spool_box_path[i], create, &s->box[i], e) == -1)
			goto out;
	if (create && (sync_fd(spool) == -1 || sync_fd(s->home) == -1)) {
		(void)err_errno(e, "fsync of spool");
		goto out;
	}
	rc = 0;
out:
	io_close(&spool);
	return rc;
}

int
spool_open(const char *home, bool create, struct spool **out, struct err *e)
{
	struct spool *s;

	if (create && io_mkdirs(home, HOME_MODE, e) == -1)
		return -1;
	s = malloc(sizeof(*s));
	if (s == NULL)
		abort();
	s->tmp = s->claimed = -1;
	for (size_t i = 0; i < SPOOL_BOXES; i++)
		s->box[i] = -1;
	s->home = open(home, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (s->home == -1)
		(void)err_errno(e, "%s", home);
	if (s->home == -1 || open_folders(s, create, e) == -1) {
		spool_close(s);
		return -1;
	}
	*out = s;
	return 0;
}

void
spool_close(struct spool *s)
{
	if (s == NULL)
		return;
	for (size_t i = 0; i < SPOOL_BOXES; i++)
		io_close(&s->box[i]);
	io_close(&s->claimed);
	io_close(&s->tmp);
	io_close(&s->home);
	free(s);
}

/* ---- sweep ---- */

/* Writers hold a lock on what they write (entry.c): what nobody holds was left by a process that is gone. */
static int
sweep_file(struct spool *s, const char *name, struct err *e)
{
	int fd = openat(s->tmp, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

	if (fd == -1)
		return errno == ENOENT ? 0 : err_errno(e, TMP_PATH "/%s", name);
	if (flock(fd, LOCK_EX | LOCK_NB) == 0 && sync_unlink(s->tmp, name) == -1) {
		(void)err_errno(e, "removing " TMP_PATH "/%s", name);
		io_close(&fd);
		return -1;
	}
	io_close(&fd);
	return 0;
}

int
spool_sweep(struct spool *s, struct err *e)
{
	struct buf names = BUF_CAP(SIZE_MAX / 4);
	struct str left, name;
	int rc = -1;

	if (spool_names(s->tmp, &names, e) == -1)
		goto out;
	left = buf_str(&names);
	while (spool_names_next(&left, &name))
		if (sweep_file(s, name.p, e) == -1)
			goto out;
	rc = claim_sweep(s, e);
out:
	buf_clear(&names);
	return rc;
}
