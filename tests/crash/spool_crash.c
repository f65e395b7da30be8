/* SPDX-License-Identifier: ISC */
/*
 * spool_crash SHIM - everything the spool does, ended or failing at each of its steps. What must hold afterwards: what was
 * promised is there, what is there is whole, nothing is lost and nothing is there twice; and a new start ends the work.
 */
#include "spool/spool.h"

#include "gateway/base/io.h"
#include "tests/crash/crash.h"
#include "tests/unit/folder.h"

#define DOCUMENTS 3
#define BODY_SIZE 10000
#define MAX	  (1 << 20)

static const char *const hows[] = { "kill", "tear", "power", "ENOSPC", "EIO", "kill by link", "EIO by link" };

/* ---- documents that can be recognised, and seen to be whole ---- */

static void
body_of(int i, char out[BODY_SIZE])
{
	memset(out, 'a' + i, BODY_SIZE);
	memcpy(out, "BEGIN", 5);
	memcpy(out + BODY_SIZE - 3, "END", 3);
}

static void
name_of(int i, char out[32])
{
	(void)snprintf(out, 32, "order %d.edi", i);
}

/* Ids that both runs know, in the order of i. */
static void
ulid_of(int i, char out[ULID_MAX])
{
	static const unsigned char none[10];

	ulid_make(1795000000000 + i, none, out);
}

/* Which document is this? -1: none, or not whole. */
static int
which(struct str bytes)
{
	char want[BODY_SIZE];

	for (int i = 0; i < DOCUMENTS; i++) {
		body_of(i, want);
		if (str_eq(bytes, str_make(want, sizeof(want))))
			return i;
	}
	return -1;
}

/* ---- scenarios: run under the shim; a step that failed is done once more, as a role would ---- */

static int
try_put(struct spool *s, int i, struct err *e)
{
	char body[BODY_SIZE], ulid[ULID_MAX];
	struct spool_put p;

	body_of(i, body);
	ulid_of(i, ulid);
	if (spool_put_open(s, ulid, &p, e) == -1)
		return -1;
	if (spool_put_write(&p, str_make(body, BODY_SIZE / 2), e) == -1 ||
	    spool_put_write(&p, str_make(body + BODY_SIZE / 2, BODY_SIZE / 2), e) == -1) {
		spool_put_drop(s, &p);
		return -1;
	}
	return spool_put_commit(s, &p, SPOOL_ARRIVED, e);
}

static int
try_take(struct spool *s, int i, struct err *e)
{
	char path[512], name[32], ulid[ULID_MAX];
	int outbox, rc;

	(void)snprintf(path, sizeof(path), "%s/outbox/acme", getenv("SPOOL_HOME"));
	outbox = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	name_of(i, name);
	ulid_new(ulid);
	rc = claim_take(s, outbox, name, ulid, "acme", e);
	(void)close(outbox);
	return rc;
}

static int
try_settle(struct spool *s, int i, struct err *e)
{
	struct arena *a = arena_new(1 << 20);
	char ulid[ULID_MAX];
	struct str final;
	struct claim c;
	bool found;
	int rc;

	ulid_of(i, ulid);
	rc = claim_get(a, s, str_of(ulid), S("acme"), &c, &found, e);
	if (rc == 0 && found)
		rc = claim_settle(a, s, &c, "sent", i, &final, e);
	arena_free(a);
	return rc;
}

static int
try_move(struct spool *s, int i, struct err *e)
{
	char ulid[ULID_MAX];

	ulid_of(i, ulid);
	return spool_move(s, ulid, SPOOL_ARRIVED, SPOOL_IN, e);
}

typedef int try_fn(struct spool *s, int i, struct err *e);

static int
scenario(try_fn *try, const char *home)
{
	struct spool *s;
	struct err e;

	(void)setenv("SPOOL_HOME", home, 1);
	if (spool_open(home, true, &s, &e) == -1 && spool_open(home, true, &s, &e) == -1)
		return 1;
	if (spool_sweep(s, &e) == -1 && spool_sweep(s, &e) == -1)
		return 1;
	for (int i = 0; i < DOCUMENTS; i++) {
		if (try(s, i, &e) == -1 && try(s, i, &e) == -1) {
			/* What a claim could not take back is for the next start. */
			crash_say("error %d %s\n", i, e.text);
			continue;
		}
		crash_say("done %d\n", i);
	}
	spool_close(s);
	return crash_end();
}

/* ---- what must hold ---- */

struct after {
	const char *home, *said;
	int homefd;
	struct spool *s;
	struct arena *a;
	struct err e;
	int places[DOCUMENTS];		/* how often each document is there */
	bool may_be_undone;		/* by a power cut: seen at the next start and done again */
	bool may_be_both;		/* a file with its old and its new name, until the move is done again */
	bool ok;
};

static void
wrong(struct after *t, const char *what, int i)
{
	printf("# %s (document %d); it said: %s\n", what, i, t->said);
	t->ok = false;
}

static void
count(struct after *t, struct str bytes, const char *where)
{
	int i = which(bytes);

	if (i == -1)
		wrong(t, where, i);
	else
		t->places[i]++;
}

static void
count_box(struct after *t, enum spool_box box)
{
	struct str *ulids, bytes;
	size_t n;

	if (spool_list(t->a, t->s, box, &ulids, &n, &t->e) == -1)
		abort();
	for (size_t i = 0; i < n; i++) {
		if (spool_map(t->s, box, str_cstr(t->a, ulids[i]), MAX, &bytes, &t->e) == -1)
			abort();
		count(t, bytes, "a mail that is not whole");
		io_unmap(bytes);
	}
}

static void
count_claims(struct after *t)
{
	struct claim *claims;
	struct str bytes;
	size_t n;

	if (claim_list(t->a, t->s, &claims, &n, &t->e) == -1)
		abort();
	for (size_t i = 0; i < n; i++) {
		if (claim_map(t->s, &claims[i], MAX, &bytes, &t->e) == -1)
			abort();
		count(t, bytes, "a claim that is not whole");
		io_unmap(bytes);
	}
}

static void
count_folder(struct after *t, const char *path, bool dotfiles)
{
	char bytes[BODY_SIZE + 1];
	int fd = openat(t->homefd, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = fd == -1 ? NULL : fdopendir(fd);
	struct dirent *entry;
	ssize_t n;

	if (d == NULL)
		return;
	while ((entry = readdir(d)) != NULL) {
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		if (entry->d_name[0] == '.' && !dotfiles)
			continue;	/* half a copy: nobody's document */
		n = folder_read(fd, entry->d_name, bytes, sizeof(bytes));
		count(t, str_make(bytes, n < 0 ? 0 : (size_t)n), "a document that is not whole");
	}
	(void)closedir(d);
}

static bool
was_promised(const struct after *t, int i)
{
	char line[32];

	(void)snprintf(line, sizeof(line), "done %d", i);
	return crash_said(t->said, line);
}

static void
once_each(struct after *t, bool promised_only)
{
	for (int i = 0; i < DOCUMENTS; i++) {
		if (t->places[i] > 1)
			wrong(t, "doubled", i);
		if (t->places[i] == 0 && (!promised_only || was_promised(t, i)))
			wrong(t, "lost", i);
	}
}

static void
again(struct after *t)
{
	memset(t->places, 0, sizeof(t->places));
}

static void
after_put(struct after *t)
{
	count_box(t, SPOOL_ARRIVED);
	once_each(t, true);
	if (folder_count(t->homefd, "spool/tmp") != 0)
		wrong(t, "tmp is not swept", -1);
	for (int i = 0; i < DOCUMENTS; i++)
		if (t->places[i] == 0 && try_put(t->s, i, &t->e) == -1)
			wrong(t, t->e.text, i);
}

static void
after_take(struct after *t)
{
	count_claims(t);
	for (int i = 0; i < DOCUMENTS; i++)
		if (was_promised(t, i) && t->places[i] == 0)
			wrong(t, "claimed, yet not there", i);
	count_folder(t, "outbox/acme", true);
	once_each(t, false);
	/* Taking the rest goes well. */
	(void)setenv("SPOOL_HOME", t->home, 1);
	for (int i = 0; i < DOCUMENTS; i++)
		(void)try_take(t->s, i, &t->e);
	again(t);
	count_claims(t);
	once_each(t, false);
	if (folder_count(t->homefd, "outbox/acme") != 0)
		wrong(t, "the outbox is not empty", -1);
}

static void
after_settle(struct after *t)
{
	count_folder(t, "sent", false);
	for (int i = 0; i < DOCUMENTS; i++)
		if (was_promised(t, i) && t->places[i] == 0 && !t->may_be_undone)
			wrong(t, "settled, yet not there", i);
	/* Between two file systems a document may be in both places until the work is done again. */
	for (int i = 0; i < DOCUMENTS; i++)
		if (try_settle(t->s, i, &t->e) == -1)
			wrong(t, t->e.text, i);
	again(t);
	count_folder(t, "sent", false);
	once_each(t, false);
	if (folder_count(t->homefd, "spool/claimed") != 0)
		wrong(t, "claims are left", -1);
}

static void
after_move(struct after *t)
{
	count_box(t, SPOOL_IN);
	for (int i = 0; i < DOCUMENTS; i++)
		if (was_promised(t, i) && t->places[i] == 0 && !t->may_be_undone)
			wrong(t, "moved, yet not there", i);
	count_box(t, SPOOL_ARRIVED);
	if (!t->may_be_both)
		once_each(t, false);
	for (int i = 0; i < DOCUMENTS; i++)
		if (try_move(t->s, i, &t->e) == -1)
			wrong(t, t->e.text, i);
	again(t);
	count_box(t, SPOOL_IN);
	count_box(t, SPOOL_ARRIVED);
	once_each(t, false);
}

/* ---- before ---- */

static void
drop_documents(struct after *t)
{
	char body[BODY_SIZE], name[32];
	int outbox = openat(t->homefd, "outbox/acme", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	for (int i = 0; i < DOCUMENTS; i++) {
		body_of(i, body);
		name_of(i, name);
		folder_write(outbox, name, body, sizeof(body));
	}
	(void)close(outbox);
}

static void
before_take(struct after *t)
{
	drop_documents(t);
}

static void
before_settle(struct after *t)
{
	int outbox = openat(t->homefd, "outbox/acme", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	char name[32], ulid[ULID_MAX];

	drop_documents(t);
	for (int i = 0; i < DOCUMENTS; i++) {
		name_of(i, name);
		ulid_of(i, ulid);
		if (claim_take(t->s, outbox, name, ulid, "acme", &t->e) == -1)
			abort();
	}
	(void)close(outbox);
}

static void
before_move(struct after *t)
{
	for (int i = 0; i < DOCUMENTS; i++)
		if (try_put(t->s, i, &t->e) == -1)
			abort();
}

static void
before_put(struct after *t)
{
	(void)t;
}

static const struct {
	const char *name, *what, *elsewhere;	/* a folder that is to lie on another file system */
	bool lazy;			/* not waiting for the disk: whole, but not at once for ever */
	try_fn *try;
	void (*before)(struct after *);
	void (*after)(struct after *);
} scenarios[] = {
	{ "put", "mails put into the spool", NULL, false, try_put, before_put, after_put },
	{ "move", "mails moved between boxes", NULL, true, try_move, before_move, after_move },
	{ "take", "documents claimed", NULL, false, try_take, before_take, after_take },
	{ "settle", "documents settled", NULL, true, try_settle, before_settle, after_settle },
	{ "take-far", "documents claimed from another file system", "outbox/acme", false, try_take, before_take, after_take },
	{ "settle-far", "documents settled to another file system", "sent", true, try_settle, before_settle, after_settle },
};

/* ---- the driver ---- */

/* path below home leads to another file system, with a grave for the shim there; false: there is none. */
static bool
make_elsewhere(const struct folder *home, const char *path, struct folder *far)
{
	char place[128];

	if (!folder_new_far(home, far))
		return false;
	(void)snprintf(place, sizeof(place), "%s/grave", far->path);
	(void)setenv("CRASH_GRAVE2", place, 1);
	if (mkdir(place, 0700) == -1)
		abort();
	(void)snprintf(place, sizeof(place), "%s/place", far->path);
	return mkdir(place, 0700) == 0 && symlinkat(place, home->fd, path) == 0;
}

/* One run: -1 it came out wrong, 0 fine, 1 the call number is past the end, 2 cannot be run here. */
static int
run_one(const char *shim, const char *how, unsigned int at, size_t k)
{
	static char said[CRASH_SAID_MAX];
	struct folder home = folder_new_fast(), far = { .fd = -1 };
	struct after t = { .home = home.path, .said = said, .homefd = home.fd, .a = arena_new(16 << 20), .ok = true };
	int rc = 2, status;

	if (mkdirat(home.fd, "outbox", 0700) == -1 || mkdirat(home.fd, "grave", 0700) == -1)
		abort();
	if (scenarios[k].elsewhere != NULL && !make_elsewhere(&home, scenarios[k].elsewhere, &far))
		goto out;
	if (mkdirat(home.fd, "outbox/acme", 0700) == -1 && !folder_has(home.fd, "outbox/acme"))
		abort();
	if (spool_open(home.path, true, &t.s, &t.e) == -1)
		abort();
	t.may_be_undone = scenarios[k].lazy && strncmp(how, "power", 5) == 0;
	t.may_be_both = strstr(how, " by link") != NULL;
	scenarios[k].before(&t);
	spool_close(t.s);

	status = crash_run(shim, how, at, scenarios[k].name, home.path, said);
	if (!WIFSIGNALED(status) && (!WIFEXITED(status) || WEXITSTATUS(status) != 0))
		wrong(&t, "the scenario did not run", -1);
	if (spool_open(home.path, true, &t.s, &t.e) == -1 || spool_sweep(t.s, &t.e) == -1)
		wrong(&t, t.e.text, -1);
	scenarios[k].after(&t);
	spool_close(t.s);
	rc = !t.ok ? -1 : crash_is_past(said, at) ? 1 : 0;
out:
	arena_free(t.a);
	if (far.fd != -1)
		folder_free(&far);
	folder_free(&home);
	return rc;
}

static void
run_all(const char *shim, size_t k, const char *how)
{
	unsigned int at = 1, wrongs = 0;
	int rc = 0;

	for (; at < CRASH_CALLS_MAX && rc != 1 && rc != 2; at++) {
		rc = run_one(shim, how, at, k);
		if (rc == -1) {
			printf("# ... at call %u\n", at);
			wrongs++;
		}
	}
	if (rc == 2) {
		crash_tests++;
		printf("ok %d - %s: %s # SKIP there is no other file system\n", crash_tests,
		    scenarios[k].what, how);
		return;
	}
	crash_ok(wrongs == 0 && rc == 1, scenarios[k].what, how, at - 1);
}

int
main(int argc, char **argv)
{
	if (argc == 4 && strcmp(argv[1], "--scenario") == 0) {
		for (size_t k = 0; k < N(scenarios); k++)
			if (strcmp(argv[2], scenarios[k].name) == 0)
				return scenario(scenarios[k].try, argv[3]);
		return 64;
	}
	if (argc != 2) {
		(void)fprintf(stderr, "usage: spool_crash SHIM\n");
		return 64;
	}
	for (size_t k = 0; k < N(scenarios); k++)
		for (size_t h = 0; h < N(hows); h++)
			run_all(argv[1], k, hows[h]);
	return crash_done();
}
