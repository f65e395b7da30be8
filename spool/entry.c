/* SPDX-License-Identifier: ISC */
/*
 * One mail: written under a name of its own in tmp/, locked so that spool_sweep() leaves it alone, and given its final
 * name only when its bytes are on disk.
 */
#include "spool/folders.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gateway/base/io.h"
#include "spool/sync.h"

#define FILE_MODE   0640
#define REASON_NAME ".reason.txt"
#define ULID_CHARS  (ULID_MAX - 1)

/* Only ULIDs become file names: nothing that a peer sent can name a file. */
static int
file_name(const char *ulid, const char *suffix, char out[SPOOL_NAME_MAX], struct err *e)
{
	if (!ulid_is(str_of(ulid)))
		return err_set(e, ERR_INPUT, "'%.40s' is no ULID", ulid);
	(void)snprintf(out, SPOOL_NAME_MAX, "%s%s", ulid, suffix);
	return 0;
}

/* ---- writing ---- */

int
spool_put_open(struct spool *s, const char *ulid, struct spool_put *p, struct err *e)
{
	*p = (struct spool_put){ .fd = -1 };
	if (file_name(ulid, SPOOL_SUFFIX, p->name, e) == -1)
		return -1;
	/* Not ulid itself: two that write the same mail, one thought dead, must not write into one file. */
	ulid_new(p->tmp);
	p->fd = openat(s->tmp, p->tmp, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, FILE_MODE);
	if (p->fd == -1)
		return err_errno(e, "making spool/tmp/%s", p->tmp);
	if (flock(p->fd, LOCK_EX | LOCK_NB) == -1) {
		(void)err_errno(e, "locking spool/tmp/%s", p->tmp);
		spool_put_drop(s, p);
		return -1;
	}
	return 0;
}

int
spool_put_write(struct spool_put *p, struct str bytes, struct err *e)
{
	if (io_write_all(p->fd, bytes, e) == -1)
		return err_add(e, "spool/tmp/%s for %s", p->tmp, p->name);
	p->size += bytes.n;
	return 0;
}

int
spool_put_sync(struct spool_put *p, struct err *e)
{
	if (sync_fd(p->fd) == -1)
		return err_errno(e, "fsync of spool/tmp/%s for %s", p->tmp, p->name);
	return 0;
}

int
spool_put_link(struct spool *s, struct spool_put *p, enum spool_box box, struct err *e)
{
	if (sync_move(s->tmp, p->tmp, s->box[box], p->name) == -1)
		return err_errno(e, "%s/%s", spool_box_path[box], p->name);
	io_close(&p->fd);
	*p = (struct spool_put){ .fd = -1 };
	return 0;
}

int
spool_box_sync(struct spool *s, enum spool_box box, struct err *e)
{
	if (sync_fd(s->box[box]) == -1)
		return err_errno(e, "fsync of %s", spool_box_path[box]);
	return 0;
}

/* When the folder cannot be synced the name may or may not last: it is taken back, so that what failed is not there. */
int
spool_put_commit(struct spool *s, struct spool_put *p, enum spool_box box, struct err *e)
{
	char name[sizeof(p->name)];

	memcpy(name, p->name, sizeof(name));
	if (spool_put_sync(p, e) == -1 || spool_put_link(s, p, box, e) == -1) {
		spool_put_drop(s, p);
		return -1;
	}
	if (spool_box_sync(s, box, e) == -1) {
		(void)sync_unlink(s->box[box], name);
		return -1;
	}
	return 0;
}

void
spool_put_drop(struct spool *s, struct spool_put *p)
{
	if (p->fd != -1)
		(void)sync_unlink(s->tmp, p->tmp);	/* if not, the next sweep does */
	io_close(&p->fd);
	*p = (struct spool_put){ .fd = -1 };
}

/* Named for a moment only: O_TMPFILE is not known to every file system. */
int
spool_scratch(struct spool *s, struct err *e)
{
	char name[ULID_MAX];
	int fd;

	ulid_new(name);
	fd = openat(s->tmp, name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, FILE_MODE);
	if (fd == -1)
		return err_errno(e, "making spool/tmp/%s", name);
	if (unlinkat(s->tmp, name, 0) == -1) {
		(void)err_errno(e, "unlinking spool/tmp/%s", name);
		io_close(&fd);
	}
	return fd;
}

/* ---- what is there ---- */

bool
spool_has(struct spool *s, enum spool_box box, const char *ulid)
{
	char name[SPOOL_NAME_MAX];
	struct stat st;

	return file_name(ulid, SPOOL_SUFFIX, name, NULL) == 0 &&
	    fstatat(s->box[box], name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode);
}

int
spool_map(struct spool *s, enum spool_box box, const char *ulid, size_t max, struct str *out,
    struct err *e)
{
	char name[SPOOL_NAME_MAX];

	if (file_name(ulid, SPOOL_SUFFIX, name, e) == -1)
		return -1;
	if (!spool_has(s, box, ulid))
		return err_set(e, ERR_INPUT, "%s/%s is not there", spool_box_path[box], name);
	if (io_map(s->box[box], name, max, out, e) == -1)
		return err_add(e, "%s", spool_box_path[box]);
	return 0;
}

char *
spool_path(struct arena *a, struct spool *s, enum spool_box box, const char *ulid)
{
	(void)s;
	return str_cstr(a, str_fmt(a, "%s/%s" SPOOL_SUFFIX, spool_box_path[box], ulid));
}

static int
compare_ulids(const void *x, const void *y)
{
	return memcmp(x, y, ULID_CHARS);
}

int
spool_list(struct arena *a, struct spool *s, enum spool_box box, struct str **ulids, size_t *n,
    struct err *e)
{
	struct buf names = BUF_CAP(SIZE_MAX / 4), found = BUF_CAP(SIZE_MAX / 4);
	struct str left, name, all;
	int rc = -1;

	if (spool_names(s->box[box], &names, e) == -1) {
		(void)err_add(e, "%s", spool_box_path[box]);
		goto out;
	}
	left = buf_str(&names);
	while (spool_names_next(&left, &name))
		if (str_ends(name, S(SPOOL_SUFFIX)) &&
		    ulid_is(str_sub(name, 0, name.n - strlen(SPOOL_SUFFIX))) &&
		    buf_put(&found, str_sub(name, 0, ULID_CHARS), e) == -1)
			goto out;
	*n = found.n / ULID_CHARS;
	if (*n > 0)
		qsort(found.p, *n, ULID_CHARS, compare_ulids);
	all = str_dup(a, buf_str(&found));
	*ulids = arena_get_array(a, *n > 0 ? *n : 1, sizeof(**ulids));
	for (size_t i = 0; i < *n; i++)
		(*ulids)[i] = str_sub(all, i * ULID_CHARS, ULID_CHARS);
	rc = 0;
out:
	buf_clear(&names);
	buf_clear(&found);
	return rc;
}

/* ---- moving and ending ---- */

/* One rename, whole or not at all even over a power cut; which of the two boxes then holds it, the next start puts right. */
int
spool_move(struct spool *s, const char *ulid, enum spool_box from, enum spool_box to, struct err *e)
{
	char name[SPOOL_NAME_MAX];

	if (file_name(ulid, SPOOL_SUFFIX, name, e) == -1)
		return -1;
	if (sync_move(s->box[from], name, s->box[to], name) == -1 &&
	    (errno != ENOENT || !spool_has(s, to, ulid)))
		return err_errno(e, "moving %s/%s to %s", spool_box_path[from], name, spool_box_path[to]);
	return 0;
}

int
spool_drop(struct spool *s, enum spool_box box, const char *ulid, struct err *e)
{
	char name[SPOOL_NAME_MAX];

	if (file_name(ulid, SPOOL_SUFFIX, name, e) == -1)
		return -1;
	if (sync_unlink(s->box[box], name) == -1)
		return err_errno(e, "removing %s/%s", spool_box_path[box], name);
	return 0;
}

int
spool_reason(struct spool *s, const char *ulid, struct str text, struct err *e)
{
	char name[SPOOL_NAME_MAX];

	if (file_name(ulid, REASON_NAME, name, e) == -1)
		return -1;
	if (io_replace_file(s->box[SPOOL_QUARANTINE], name, text, FILE_MODE, e) == -1)
		return err_add(e, "%s", spool_box_path[SPOOL_QUARANTINE]);
	return 0;
}
