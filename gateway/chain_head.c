/* SPDX-License-Identifier: ISC */
#include "gateway/chain_head.h"

#include "gateway/base/clock.h"
#include "gateway/base/io.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#define HEAD_FILE_MAX 200
#define HASH_DIGITS   64
#define TMP_FILE      "db/.chain.head.tmp"

int
chain_head_read(struct arena *a, int dir, const char *path, struct chain_head *out, struct err *e)
{
	struct str line = S(""), id;
	uint64_t n;

	*out = (struct chain_head){ 0 };
	if (faccessat(dir, path, F_OK, 0) == -1 && errno == ENOENT)
		return 0;
	if (io_read_file(a, dir, path, HEAD_FILE_MAX, &line, e) == -1)
		return -1;
	(void)str_cut(&line, ' ', &id);
	(void)str_cut(&line, ' ', &out->hash);
	if (str_u64(id, INT64_MAX, &n) == -1 || n == 0 || out->hash.n != HASH_DIGITS)
		return err_set(e, ERR_CONFIG, "%s is not a number and a hash", path);
	out->id = (int64_t)n;
	return 0;
}

int
chain_head_fits(struct db *db, struct arena *a, const struct chain_head *head, bool *fits,
    struct str *why, struct err *e)
{
	struct str hash;
	int64_t newest;

	if (db_event_newest(db, &newest, e) == -1 || db_event_hash(db, a, head->id, &hash, e) == -1)
		return -1;
	*fits = head->id == 0 || str_eq(hash, head->hash);
	if (hash.n == 0)
		*why = str_fmt(a,
		    "event %lld was noted in " CHAIN_HEAD_FILE
		    " as the last, and the database ends with %lld: its end was cut off, "
		    "or an older copy was put in its place",
		    (long long)head->id, (long long)newest);
	else
		*why = str_fmt(a,
		    "event %lld has another hash than " CHAIN_HEAD_FILE
		    " noted: the events up to it are not those of then",
		    (long long)head->id);
	return 0;
}

static int
write_file(int home, struct str line, struct err *e)
{
	int fd = openat(home, TMP_FILE, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0640);
	int rc;

	if (fd == -1)
		return err_errno(e, TMP_FILE);
	rc = io_write_all(fd, line, e);
	io_close(&fd);
	if (rc == 0 && renameat(home, TMP_FILE, home, CHAIN_HEAD_FILE) == -1)
		rc = err_errno(e, CHAIN_HEAD_FILE);
	return rc;
}

int
chain_head_note(struct db *db, struct arena *a, int home, int64_t now_ms, struct chain_head *last,
    bool *noted, struct err *e)
{
	struct chain_head now;

	*noted = false;
	if (db_event_newest(db, &now.id, e) == -1)
		return -1;
	if (now.id == 0 || now.id == last->id)
		return 0;
	if (db_event_hash(db, a, now.id, &now.hash, e) == -1 ||
	    write_file(home, str_fmt(a, "%lld " STR_FMT " " STR_FMT "\n", (long long)now.id, STR_ARG(now.hash),
	        STR_ARG(clock_rfc3339(a, now_ms))), e) == -1)
		return -1;
	*noted = true;
	*last = now;
	return 0;
}
