/* SPDX-License-Identifier: ISC */
/* settle.c - what lies in claimed/, and its way out to sent/ or failed/. */
#include "spool/folders.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gateway/base/io.h"
#include "spool/sync.h"

#define ULID_CHARS (ULID_MAX - 1)

static bool
is_claim_name(struct str dir)
{
	return dir.n >= ULID_CHARS + 1 && dir.p[ULID_CHARS] == '~' && ulid_is(str_sub(dir, 0, ULID_CHARS));
}

static int
open_claim(struct spool *s, const struct claim *c, int *fd, struct err *e)
{
	char dir[NAME_MAX + 1];
	int n = snprintf(dir, sizeof(dir), STR_FMT "~" STR_FMT, STR_ARG(c->ulid), STR_ARG(c->partner));

	*fd = -1;
	if (n < 0 || (size_t)n >= sizeof(dir) || !is_claim_name(str_of(dir)))
		return err_set(e, ERR_INPUT, "'%.200s' names no claim", dir);
	*fd = openat(s->claimed, dir, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (*fd == -1 && errno != ENOENT)
		return err_errno(e, "spool/claimed/%s", dir);
	return 0;
}

/* The document in an open claim folder; found is false when there is none (settled, its folder not yet gone). */
static int
look_into(struct arena *a, int dir, struct claim *c, bool *found, struct err *e)
{
	struct buf names = BUF_CAP(SIZE_MAX / 4);
	struct str left, name;
	struct stat st;
	int rc = -1;

	*found = false;
	if (spool_names(dir, &names, e) == -1)
		goto out;
	left = buf_str(&names);
	while (!*found && spool_names_next(&left, &name)) {
		if (fstatat(dir, name.p, &st, AT_SYMLINK_NOFOLLOW) == -1 || !S_ISREG(st.st_mode))
			continue;
		c->name = str_dup(a, name);
		c->size = (uint64_t)st.st_size;
		c->changed_ns = (int64_t)st.st_ctim.tv_sec * 1000000000 + st.st_ctim.tv_nsec;
		*found = true;
	}
	rc = 0;
out:
	buf_clear(&names);
	return rc;
}

int
claim_get(struct arena *a, struct spool *s, struct str ulid, struct str partner, struct claim *out, bool *found,
    struct err *e)
{
	int dir, rc;

	*found = false;
	*out = (struct claim){ .ulid = str_dup(a, ulid), .partner = str_dup(a, partner) };
	if (open_claim(s, out, &dir, e) == -1)
		return -1;
	if (dir == -1)
		return 0;
	rc = look_into(a, dir, out, found, e);
	io_close(&dir);
	return rc;
}

int
claim_find(struct arena *a, struct spool *s, struct str ulid, struct claim *out, bool *found,
    struct err *e)
{
	struct buf names = BUF_CAP(SIZE_MAX / 4);
	struct str left, name;
	int rc = -1;

	*found = false;
	if (spool_names(s->claimed, &names, e) == -1)
		goto out;
	left = buf_str(&names);
	while (!*found && spool_names_next(&left, &name))
		if (is_claim_name(name) && str_eq(str_sub(name, 0, ULID_CHARS), ulid) &&
		    claim_get(a, s, ulid, str_from(name, ULID_CHARS + 1), out, found, e) == -1)
			goto out;
	rc = 0;
out:
	buf_clear(&names);
	return rc;
}

static int
compare_claims(const void *x, const void *y)
{
	const struct claim *a = x, *b = y;

	return str_cmp(a->ulid, b->ulid);
}

int
claim_list(struct arena *a, struct spool *s, struct claim **out, size_t *n, struct err *e)
{
	struct buf names = BUF_CAP(SIZE_MAX / 4);
	struct str left, name;
	size_t most = 0;
	bool found;
	int rc = -1;

	*n = 0;
	if (spool_names(s->claimed, &names, e) == -1)
		goto out;
	for (left = buf_str(&names); spool_names_next(&left, &name);)
		most++;
	*out = arena_get_array(a, most > 0 ? most : 1, sizeof(**out));
	for (left = buf_str(&names); spool_names_next(&left, &name);) {
		if (!is_claim_name(name))
			continue;
		if (claim_get(a, s, str_sub(name, 0, ULID_CHARS), str_from(name, ULID_CHARS + 1),
		        &(*out)[*n], &found, e) == -1)
			goto out;
		*n += found ? 1 : 0;
	}
	qsort(*out, *n, sizeof(**out), compare_claims);
	rc = 0;
out:
	buf_clear(&names);
	return rc;
}

int
claim_map(struct spool *s, const struct claim *c, size_t max, struct str *out, struct err *e)
{
	char name[NAME_MAX + 1];
	int dir, rc = -1;

	(void)snprintf(name, sizeof(name), STR_FMT, STR_ARG(c->name));
	if (open_claim(s, c, &dir, e) == -1)
		return -1;
	if (dir == -1)
		return err_set(e, ERR_INPUT, "claim " STR_FMT " is not there", STR_ARG(c->ulid));
	rc = io_map(dir, name, max, out, e);
	io_close(&dir);
	return rc;
}

/* ---- out of claimed/ ---- */

/* An earlier, interrupted call has copied the document already: under this name lie the same bytes. */
static bool
is_copied(int fd, int folder, const char *as)
{
	int there = openat(folder, as, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	bool equal = false;

	if (there != -1 && sync_equal(fd, there, &equal) == -1)
		equal = false;
	io_close(&there);
	return equal;
}

/* folder is on another file system: the bytes and their name there first, then away here. */
static int
move_by_copy(int dir, const char *name, int folder, const char *as)
{
	char part[ULID_MAX + 8], ulid[ULID_MAX];
	int fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC), rc = -1, why;

	if (fd == -1)
		return -1;
	ulid_new(ulid);
	(void)snprintf(part, sizeof(part), ".%s.part", ulid);
	if (!is_copied(fd, folder, as)) {
		if (sync_copy(fd, folder, part) == -1)
			goto out;
		if (sync_move(folder, part, folder, as) == -1) {
			why = errno;
			(void)sync_unlink(folder, part);
			errno = why;
			goto out;
		}
	}
	if (sync_fd(folder) == -1)
		goto out;
	rc = sync_unlink(dir, name);
out:
	why = errno;
	io_close(&fd);
	errno = why;
	return rc;
}

static bool
is_far(int dir, int folder)
{
	struct stat a, b;

	return fstat(dir, &a) == 0 && fstat(folder, &b) == 0 && a.st_dev != b.st_dev;
}

/* Under its own name, else with its number, else (somebody holds even that) with its ULID. as: the name it got. */
static int
move_out(struct arena *a, int dir, const struct claim *c, int folder, int64_t id, const char **as)
{
	const char *name = str_cstr(a, c->name);
	const struct str tries[] = {
		c->name,
		name_other(a, c->name, str_fmt(a, "%lld", (long long)id)),
		name_other(a, c->name, c->ulid),
	};
	int rc = -1;

	errno = EEXIST;
	for (size_t i = 0; i < N(tries) && rc == -1 && errno == EEXIST; i++) {
		*as = str_cstr(a, tries[i]);
		if (!is_far(dir, folder)) {
			rc = sync_move(dir, name, folder, *as);
			if (rc == 0 || errno != EXDEV)	/* bind mounts: one device, yet no renames */
				continue;
		}
		rc = move_by_copy(dir, name, folder, *as);
	}
	return rc;
}

static int
remove_claim(struct spool *s, const struct claim *c, struct err *e)
{
	char dir[NAME_MAX + 1];

	(void)snprintf(dir, sizeof(dir), STR_FMT "~" STR_FMT, STR_ARG(c->ulid), STR_ARG(c->partner));
	if (unlinkat(s->claimed, dir, AT_REMOVEDIR) == -1 && errno != ENOENT)
		return err_errno(e, "removing spool/claimed/%s", dir);
	return 0;
}

/* Not waiting for the disk: a rename is whole or undone after a power cut, and what is undone is seen and done again. */
int
claim_settle(struct arena *a, struct spool *s, const struct claim *c, const char *folder,
    int64_t id, struct str *final, struct err *e)
{
	const char *as = "";
	int dir = -1, to = -1, rc = -1;

	*final = S("");
	if (open_claim(s, c, &dir, e) == -1)
		return -1;
	if (dir == -1)
		return 0;
	to = sync_subdir(s->home, folder);
	if (to == -1) {
		(void)err_errno(e, "%s", folder);
		goto out;
	}
	if (move_out(a, dir, c, to, id, &as) == 0)
		*final = str_of(as);
	else if (errno != ENOENT) {
		(void)err_errno(e, "moving '" STR_FMT "' to %s", STR_ARG(c->name), folder);
		goto out;
	}
	rc = remove_claim(s, c, e);
out:
	io_close(&to);
	io_close(&dir);
	return rc;
}
