/* SPDX-License-Identifier: ISC */
/*
 * Taking a document out of an outbox. The folder ULID~PARTNER appears in claimed/ only when the document in it is
 * checked and on disk; until then it is called .ULID~PARTNER, locked by whoever fills it:
 *
 *   outbox/P/NAME          ──rename──▶  .ULID~P/NAME  ──▶  ULID~P/NAME     same file system
 *   outbox/P/NAME ──copy──▶ tmp/X ──▶   .ULID~P/NAME, outbox/P/NAME unlinked  ──▶  ULID~P/NAME     another one
 *
 * Whatever .ULID~P holds is whole. After a death amid this claim_sweep() lets the claim stand, unless the document still
 * lies in the outbox as well: then the copy goes, and the file is claimed again.
 */
#include "spool/folders.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gateway/base/io.h"
#include "spool/sync.h"

#define ULID_CHARS (ULID_MAX - 1)

/* One claim on its way. dir starts with the dot that hides it; dir + 1 is its name in the end. */
struct taking {
	struct spool *s;
	int outbox, src, stage;
	const char *name;
	char dir[NAME_MAX + 1];
	struct stat st;			/* of src, as it was when it was checked */
	enum { NOTHING, COPY, ORIGINAL } has;	/* what lies in stage */
};

static int
refuse(struct err *e, const char *name, const char *why)
{
	return err_set(e, ERR_INPUT, "'%s' is %s", name, why);
}

/* Not waiting for the writer of a FIFO, not following links; what was opened is what is judged. */
static int
open_source(struct taking *t, struct err *e)
{
	t->src = openat(t->outbox, t->name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (t->src == -1 && errno == ELOOP)
		return refuse(e, t->name, "a symbolic link, want a file");
	if (t->src == -1 && errno == ENXIO)
		return refuse(e, t->name, "a socket or device, want a file");
	if (t->src == -1 || fstat(t->src, &t->st) == -1)
		return err_errno(e, "'%s'", t->name);
	if (S_ISDIR(t->st.st_mode))
		return refuse(e, t->name, "a folder, want a file");
	if (!S_ISREG(t->st.st_mode))
		return refuse(e, t->name, "no regular file");
	if (t->st.st_nlink != 1)
		return refuse(e, t->name, "linked under several names, want one");
	if (sync_fd(t->src) == -1)	/* who dropped it need not have done so; from here on it is ours to keep */
		return err_errno(e, "fsync of '%s'", t->name);
	return 0;
}

static int
open_stage(struct taking *t, struct err *e)
{
	t->stage = sync_subdir(t->s->claimed, t->dir);
	if (t->stage == -1)
		return err_errno(e, "making spool/claimed/%s", t->dir);
	if (flock(t->stage, LOCK_EX | LOCK_NB) == -1)
		return err_errno(e, "locking spool/claimed/%s", t->dir);
	return 0;
}

/* What came along must be what was checked: between the two somebody may have put another thing there. */
static int
check_staged(const struct taking *t, struct err *e)
{
	struct stat now;

	if (fstatat(t->stage, t->name, &now, AT_SYMLINK_NOFOLLOW) == -1)
		return err_errno(e, "'%s'", t->name);
	if (!sync_same(&now, &t->st) || now.st_nlink != 1)
		return err_set(e, ERR_RETRY, "'%s' was exchanged while it was being taken", t->name);
	return 0;
}

static int
copy_to_stage(struct taking *t, struct err *e)
{
	char tmp[ULID_MAX];

	ulid_new(tmp);
	if (sync_copy(t->src, t->s->tmp, tmp) == -1)
		return err_errno(e, "copying '%s' to spool/tmp", t->name);
	if (sync_move(t->s->tmp, tmp, t->stage, t->name) == -1) {
		(void)err_errno(e, "moving '%s' to spool/claimed", t->name);
		(void)sync_unlink(t->s->tmp, tmp);
		return -1;
	}
	t->has = COPY;
	if (sync_fd(t->stage) == -1)
		return err_errno(e, "fsync of spool/claimed/%s", t->dir);
	return 0;
}

/* Only the file that was copied, as it was when it was copied, may go. */
static int
unlink_source(struct taking *t, struct err *e)
{
	struct stat opened, named;

	if (fstat(t->src, &opened) == -1 || fstatat(t->outbox, t->name, &named, AT_SYMLINK_NOFOLLOW) == -1)
		return err_errno(e, "'%s'", t->name);
	if (!sync_same(&opened, &named) || opened.st_size != t->st.st_size ||
	    opened.st_mtim.tv_sec != t->st.st_mtim.tv_sec || opened.st_mtim.tv_nsec != t->st.st_mtim.tv_nsec)
		return err_set(e, ERR_RETRY, "'%s' changed while it was being taken", t->name);
	if (sync_unlink(t->outbox, t->name) == -1)
		return err_errno(e, "removing '%s'", t->name);
	t->has = ORIGINAL;
	if (sync_fd(t->outbox) == -1)	/* else it could come back beside its claim */
		return err_errno(e, "fsync of the outbox");
	return 0;
}

static int
fill_stage(struct taking *t, struct err *e)
{
	if (sync_move(t->outbox, t->name, t->stage, t->name) == 0) {
		t->has = ORIGINAL;
		return check_staged(t, e);
	}
	if (errno != EXDEV)
		return err_errno(e, "taking '%s'", t->name);
	if (copy_to_stage(t, e) == -1)
		return -1;
	return unlink_source(t, e);
}

/*
 * With stage on disk the claim is safe: file systems that keep a journal make the renames before it durable with it, and
 * should a power cut undo the last one, which takes the dot away, claim_sweep() does it again.
 */
static int
show_claim(struct taking *t, struct err *e)
{
	if (sync_fd(t->stage) == -1)
		return err_errno(e, "fsync of spool/claimed/%s", t->dir);
	if (renameat(t->s->claimed, t->dir, t->s->claimed, t->dir + 1) == -1)
		return err_errno(e, "renaming spool/claimed/%s", t->dir);
	return 0;
}

/* Back to where it was, as far as the disk plays along; what stays behind the dot is claim_sweep()'s. */
static void
undo(struct taking *t)
{
	if (t->has == COPY)
		(void)sync_unlink(t->stage, t->name);
	if (t->has == ORIGINAL)
		(void)sync_move(t->stage, t->name, t->outbox, t->name);
	if (t->stage != -1)
		(void)unlinkat(t->s->claimed, t->dir, AT_REMOVEDIR);
}

int
claim_take(struct spool *s, int dirfd, const char *name, const char *ulid, const char *partner,
    struct err *e)
{
	struct taking t = { .s = s, .outbox = dirfd, .src = -1, .stage = -1, .name = name };
	int n = snprintf(t.dir, sizeof(t.dir), ".%s~%s", ulid, partner), rc = -1;

	if (!ulid_is(str_of(ulid)) || strchr(partner, '/') != NULL || n < 0 || (size_t)n >= sizeof(t.dir))
		return err_set(e, ERR_INPUT, "'%.60s~%.200s' cannot name a claim", ulid, partner);
	if (open_source(&t, e) == -1 || open_stage(&t, e) == -1)
		goto out;
	if (fill_stage(&t, e) == -1 || show_claim(&t, e) == -1)
		goto out;
	rc = 0;
out:
	if (rc == -1)
		undo(&t);
	io_close(&t.src);
	io_close(&t.stage);
	return rc;
}

/* ---- after a death amid claim_take() ---- */

/* Is the document that was staged under outbox/PARTNER/NAME still, byte for byte? Then it was copied, not yet taken. */
static int
is_still_dropped(struct spool *s, int stage, const char *partner, const char *name, bool *still,
    struct err *e)
{
	int outbox = -1, dir = -1, there = -1, staged = -1, rc = -1;

	*still = false;
	outbox = openat(s->home, "outbox", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (outbox != -1)
		dir = openat(outbox, partner[0] == '\0' ? "." : partner, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir != -1)
		there = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (there == -1) {
		rc = errno == ENOENT || errno == ELOOP || errno == ENXIO ? 0 : err_errno(e, "outbox/%s/%s", partner, name);
		goto out;
	}
	staged = openat(stage, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (staged == -1 || sync_equal(there, staged, still) == -1) {
		(void)err_errno(e, "comparing '%s'", name);
		goto out;
	}
	rc = 0;
out:
	io_close(&staged);
	io_close(&there);
	io_close(&dir);
	io_close(&outbox);
	return rc;
}

/* stage is .ULID~PARTNER, locked by us. Nothing in it: remove it. A whole document: keep it, or leave it to the outbox. */
static int
finish(struct spool *s, int stage, const char *dir, struct str names, struct err *e)
{
	struct str name;
	struct stat st;
	bool still;

	while (spool_names_next(&names, &name)) {
		if (fstatat(stage, name.p, &st, AT_SYMLINK_NOFOLLOW) == -1 || !S_ISREG(st.st_mode))
			return 0;	/* exchanged for no document just before the death: not sent, not thrown away */
		if (is_still_dropped(s, stage, dir + 1 + ULID_CHARS + 1, name.p, &still, e) == -1)
			return -1;
		if (!still) {
			if (renameat(s->claimed, dir, s->claimed, dir + 1) == -1 || sync_fd(s->claimed) == -1)
				return err_errno(e, "renaming spool/claimed/%s", dir);
			return 0;
		}
		if (sync_unlink(stage, name.p) == -1)
			return err_errno(e, "removing spool/claimed/%s/%s", dir, name.p);
	}
	if (unlinkat(s->claimed, dir, AT_REMOVEDIR) == -1 && errno != ENOENT)
		return err_errno(e, "removing spool/claimed/%s", dir);
	return 0;
}

static int
sweep_stage(struct spool *s, const char *dir, struct err *e)
{
	struct buf names = BUF_CAP(SIZE_MAX / 4);
	struct stat opened, named;
	int stage, rc = -1;

	stage = openat(s->claimed, dir, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (stage == -1)
		return errno == ENOENT ? 0 : err_errno(e, "spool/claimed/%s", dir);
	if (flock(stage, LOCK_EX | LOCK_NB) == -1 || fstat(stage, &opened) == -1 ||
	    fstatat(s->claimed, dir, &named, AT_SYMLINK_NOFOLLOW) == -1 || !sync_same(&opened, &named)) {
		rc = 0;			/* somebody is at it, or finished it meanwhile */
		goto out;
	}
	if (spool_names(stage, &names, e) == -1)
		goto out;
	rc = finish(s, stage, dir, buf_str(&names), e);
out:
	buf_clear(&names);
	io_close(&stage);
	return rc;
}

int
claim_sweep(struct spool *s, struct err *e)
{
	struct buf names = BUF_CAP(SIZE_MAX / 4);
	struct str left, name;
	int rc = -1;

	if (spool_names(s->claimed, &names, e) == -1)
		goto out;
	left = buf_str(&names);
	while (spool_names_next(&left, &name)) {
		if (name.p[0] != '.')
			(void)unlinkat(s->claimed, name.p, AT_REMOVEDIR);	/* settled: empty. All others stay */
		else if (name.n > ULID_MAX && sweep_stage(s, name.p, e) == -1)
			goto out;
	}
	rc = 0;
out:
	buf_clear(&names);
	return rc;
}
