/* SPDX-License-Identifier: ISC */
#include "spool/spool.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <sys/file.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "gateway/base/io.h"
#include "tests/unit/folder.h"

#define MAX (1 << 20)

struct fixture {
	struct folder home;
	struct spool *s;
	struct arena *a;
	struct err e;
	int outbox;
	char ulid[ULID_MAX];
};

static int
set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	if (f == NULL)
		return -1;
	f->home = folder_new();
	f->a = arena_new(64 << 20);
	ulid_new(f->ulid);
	if (mkdirat(f->home.fd, "outbox", 0700) == -1 || mkdirat(f->home.fd, "outbox/acme", 0700) == -1)
		return -1;
	f->outbox = openat(f->home.fd, "outbox/acme", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	*state = f;
	return spool_open(f->home.path, true, &f->s, &f->e);
}

static int
tear_down(void **state)
{
	struct fixture *f = *state;

	spool_close(f->s);
	(void)close(f->outbox);
	arena_free(f->a);
	folder_free(&f->home);
	free(f);
	return 0;
}

static struct claim
take(struct fixture *f, const char *name, struct str bytes)
{
	struct claim c;
	bool found;

	folder_write(f->outbox, name, bytes.p, bytes.n);
	ulid_new(f->ulid);
	assert_int_equal(claim_take(f->s, f->outbox, name, f->ulid, "acme", &f->e), 0);
	assert_false(folder_has(f->outbox, name));
	assert_int_equal(claim_find(f->a, f->s, str_of(f->ulid), &c, &found, &f->e), 0);
	assert_true(found);
	return c;
}

static void
holds(struct fixture *f, const char *path, const char *want)
{
	char got[256];
	ssize_t n = folder_read(f->home.fd, path, got, sizeof(got));

	if (n != (ssize_t)strlen(want))
		fail_msg("%s has %zd bytes, want %zu", path, n, strlen(want));
	assert_memory_equal(got, want, strlen(want));
}

static void
any_name_is_taken_as_it_is(void **state)
{
	struct fixture *f = *state;
	static const char *const names[] = {
		"order.edi", "with blank .edi", "quote\"'`$(x).edi", "new\nline", "M\xc3\xbcller.edi", "M\xfcller.edi", "-rf", "~",
		"\xff\xfe", "a~b", "*", "\\", "%s%n", ".dot",
	};
	char big[256];
	struct claim c, *all;
	struct str bytes;
	size_t n;
	bool found;

	memset(big, 'x', 255);
	big[255] = '\0';
	for (size_t i = 0; i <= N(names); i++) {
		const char *name = i < N(names) ? names[i] : big;

		c = take(f, name, S("UNA:+.? '"));
		assert_true(str_eq(c.name, str_of(name)));
		assert_true(str_eq(c.partner, S("acme")));
		assert_int_equal(c.size, 9);
		assert_int_equal(claim_map(f->s, &c, MAX, &bytes, &f->e), 0);
		assert_true(str_eq(bytes, S("UNA:+.? '")));
		io_unmap(bytes);
		assert_int_equal(claim_get(f->a, f->s, str_of(f->ulid), S("acme"), &c, &found, &f->e), 0);
		assert_true(found && str_eq(c.name, str_of(name)));
	}
	assert_int_equal(claim_list(f->a, f->s, &all, &n, &f->e), 0);
	assert_int_equal(n, N(names) + 1);
	for (size_t i = 0; i < N(names); i++)
		assert_true(str_eq(all[i].name, str_of(names[i])));	/* oldest first */
}

static void
what_is_no_plain_file_is_refused(void **state)
{
	struct fixture *f = *state;
	static const struct {
		const char *name, *says;
	} cases[] = {
		{ "link", "symbolic link" }, { "dangling", "symbolic link" }, { "folder", "folder" }, { "fifo", "no regular file" },
		{ "socket", "socket" }, { "twice", "several names" },
	};
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	int sock = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	folder_write(f->outbox, "target", "x", 1);
	assert_int_equal(symlinkat("target", f->outbox, "link"), 0);
	assert_int_equal(symlinkat("/nowhere", f->outbox, "dangling"), 0);
	assert_int_equal(mkdirat(f->outbox, "folder", 0700), 0);
	assert_int_equal(mkfifoat(f->outbox, "fifo", 0600), 0);
	(void)snprintf(sun.sun_path, sizeof(sun.sun_path), "%s/outbox/acme/socket", f->home.path);
	assert_int_equal(bind(sock, (struct sockaddr *)&sun, sizeof(sun)), 0);
	(void)close(sock);
	folder_write(f->outbox, "twice", "x", 1);
	assert_int_equal(linkat(f->outbox, "twice", f->outbox, "another", 0), 0);
	for (size_t i = 0; i < N(cases); i++) {
		ulid_new(f->ulid);
		assert_int_equal(claim_take(f->s, f->outbox, cases[i].name, f->ulid, "acme", &f->e), -1);
		assert_int_equal(f->e.kind, ERR_INPUT);
		assert_non_null(strstr(f->e.text, cases[i].says));
		assert_true(folder_has(f->outbox, cases[i].name));
	}
	assert_int_equal(folder_count(f->home.fd, "spool/claimed"), 0);
}

static void
what_cannot_be_taken_now_stays(void **state)
{
	struct fixture *f = *state;
	struct claim c;
	bool found;

	assert_int_equal(claim_take(f->s, f->outbox, "gone", f->ulid, "acme", &f->e), -1);
	assert_int_equal(f->e.kind, ERR_RETRY);
	/* A claim of that id exists: neither is harmed. */
	folder_write(f->outbox, "first", "1", 1);
	folder_write(f->outbox, "second", "22", 2);
	assert_int_equal(claim_take(f->s, f->outbox, "first", f->ulid, "acme", &f->e), 0);
	assert_int_equal(claim_take(f->s, f->outbox, "second", f->ulid, "acme", &f->e), -1);
	assert_true(folder_has(f->outbox, "second"));
	assert_int_equal(claim_find(f->a, f->s, str_of(f->ulid), &c, &found, &f->e), 0);
	assert_true(found && str_eq(c.name, S("first")));
	assert_int_equal(folder_count(f->home.fd, "spool/claimed"), 1);
	/* Names that would leave the folder. */
	ulid_new(f->ulid);
	assert_int_equal(claim_take(f->s, f->outbox, "second", f->ulid, "../x", &f->e), -1);
	assert_int_equal(claim_take(f->s, f->outbox, "second", "no ulid", "acme", &f->e), -1);
	assert_true(folder_has(f->outbox, "second"));
	assert_int_equal(claim_find(f->a, f->s, S("01ARYZ6S410000000000000000"), &c, &found, &f->e), 0);
	assert_false(found);
}

static void
settled_names_do_not_collide(void **state)
{
	struct fixture *f = *state;
	struct claim c[4];
	struct str final;

	for (size_t i = 0; i < N(c); i++)
		c[i] = take(f, "order.edi", str_fmt(f->a, "order %zu", i));
	assert_int_equal(claim_settle(f->a, f->s, &c[0], "sent", 11, &final, &f->e), 0);
	assert_true(str_eq(final, S("order.edi")));
	assert_int_equal(claim_settle(f->a, f->s, &c[1], "sent", 12, &final, &f->e), 0);
	assert_true(str_eq(final, S("order~12.edi")));
	assert_int_equal(claim_settle(f->a, f->s, &c[2], "sent", 12, &final, &f->e), 0);	/* somebody holds even that */
	assert_true(str_starts(final, S("order~0")) && str_ends(final, S(".edi")));
	assert_int_equal(claim_settle(f->a, f->s, &c[3], "failed", 14, &final, &f->e), 0);
	assert_true(str_eq(final, S("order.edi")));
	holds(f, "sent/order.edi", "order 0");
	holds(f, "sent/order~12.edi", "order 1");
	holds(f, "failed/order.edi", "order 3");
	assert_int_equal(folder_count(f->home.fd, "sent"), 3);
	assert_int_equal(folder_count(f->home.fd, "spool/claimed"), 0);
	/* Once more, as after a crash: nothing to do. */
	assert_int_equal(claim_settle(f->a, f->s, &c[0], "sent", 11, &final, &f->e), 0);
	assert_int_equal(final.n, 0);
	assert_int_equal(folder_count(f->home.fd, "sent"), 3);
}

static void
long_names_settle(void **state)
{
	struct fixture *f = *state;
	char big[256];
	struct claim c;
	struct str final;

	memset(big, 'x', 255);
	memcpy(big + 251, ".edi", 5);
	for (int64_t id = 1; id <= 3; id++) {
		c = take(f, big, S("x"));
		assert_int_equal(claim_settle(f->a, f->s, &c, "sent", id, &final, &f->e), 0);
		assert_int_equal(final.n, 255);
		assert_true(str_ends(final, S(".edi")));
	}
	assert_int_equal(folder_count(f->home.fd, "sent"), 3);
}

/* The process died after the document had moved and before its folder went. */
static void
settling_ends_what_a_crash_left(void **state)
{
	struct fixture *f = *state;
	struct claim c = take(f, "order.edi", S("order")), *all;
	struct str final;
	size_t n;
	char path[128];

	(void)snprintf(path, sizeof(path), "spool/claimed/%s~acme/order.edi", f->ulid);
	assert_int_equal(mkdirat(f->home.fd, "sent", 0700), 0);
	assert_int_equal(renameat(f->home.fd, path, f->home.fd, "sent/order.edi"), 0);
	assert_int_equal(claim_list(f->a, f->s, &all, &n, &f->e), 0);
	assert_int_equal(n, 0);
	assert_int_equal(claim_settle(f->a, f->s, &c, "sent", 1, &final, &f->e), 0);
	assert_int_equal(final.n, 0);
	assert_int_equal(folder_count(f->home.fd, "spool/claimed"), 0);
	holds(f, "sent/order.edi", "order");
}

/* ---- deaths amid claim_take(): what .ULID~PARTNER may hold, and what becomes of it ---- */

static void
stage(struct fixture *f, const char *name, const char *bytes)
{
	char path[128];

	(void)snprintf(path, sizeof(path), "spool/claimed/.%s~acme", f->ulid);
	assert_int_equal(mkdirat(f->home.fd, path, 0700), 0);
	if (name != NULL) {
		(void)snprintf(path, sizeof(path), "spool/claimed/.%s~acme/%s", f->ulid, name);
		folder_write(f->home.fd, path, bytes, strlen(bytes));
	}
}

static void
sweep_finishes_claims(void **state)
{
	struct fixture *f = *state;
	static const struct {
		const char *what, *staged, *dropped;	/* bytes, NULL: none */
		bool claimed, in_outbox;
	} cases[] = {
		{ "died before anything moved", NULL, "order", false, true },
		{ "moved by rename", "order", NULL, true, false },
		{ "copied, the source is still there", "order", "order", false, true },
		{ "moved, and another file of that name was dropped since", "order", "newer order", true, true },
	};
	struct claim c;
	bool found;

	for (size_t i = 0; i < N(cases); i++) {
		print_message("%s\n", cases[i].what);
		ulid_new(f->ulid);
		stage(f, cases[i].staged != NULL ? "order.edi" : NULL, cases[i].staged);
		(void)unlinkat(f->outbox, "order.edi", 0);
		if (cases[i].dropped != NULL)
			folder_write(f->outbox, "order.edi", cases[i].dropped, strlen(cases[i].dropped));
		assert_int_equal(claim_find(f->a, f->s, str_of(f->ulid), &c, &found, &f->e), 0);
		assert_false(found);		/* not to be seen before */
		assert_int_equal(spool_sweep(f->s, &f->e), 0);
		assert_int_equal(claim_find(f->a, f->s, str_of(f->ulid), &c, &found, &f->e), 0);
		assert_int_equal(found, cases[i].claimed);
		assert_int_equal(folder_has(f->outbox, "order.edi"), cases[i].in_outbox);
		if (found)
			assert_int_equal(c.size, strlen(cases[i].staged));
	}
	assert_int_equal(folder_count(f->home.fd, "spool/claimed"), 2);
}

static void
sweep_leaves_living_claims_alone(void **state)
{
	struct fixture *f = *state;
	char path[128];
	int fd;

	stage(f, "order.edi", "order");
	(void)snprintf(path, sizeof(path), "spool/claimed/.%s~acme", f->ulid);
	fd = openat(f->home.fd, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_int_equal(flock(fd, LOCK_EX), 0);
	assert_int_equal(spool_sweep(f->s, &f->e), 0);
	assert_true(folder_has(f->home.fd, path));
	(void)close(fd);
	assert_int_equal(spool_sweep(f->s, &f->e), 0);
	assert_false(folder_has(f->home.fd, path));
}

static void
sweep_removes_settled_folders_only(void **state)
{
	struct fixture *f = *state;
	struct claim c = take(f, "order.edi", S("order"));
	char path[128];
	bool found;

	assert_int_equal(mkdirat(f->home.fd, "spool/claimed/01ARYZ6S410000000000000000~acme", 0700), 0);
	assert_int_equal(spool_sweep(f->s, &f->e), 0);
	assert_int_equal(folder_count(f->home.fd, "spool/claimed"), 1);
	assert_int_equal(claim_find(f->a, f->s, c.ulid, &c, &found, &f->e), 0);
	assert_true(found);
	(void)snprintf(path, sizeof(path), "spool/claimed/%s~acme/order.edi", f->ulid);
	holds(f, path, "order");
}

/* ---- another file system ---- */

static void
claims_cross_file_systems(void **state)
{
	struct fixture *f = *state;
	struct timespec old[2] = { { 1000000000, 0 }, { 1000000000, 5 } };
	static char big[300000];
	struct folder far;
	struct claim c;
	struct str bytes;
	bool found;

	if (!folder_new_far(&f->home, &far))
		skip();
	memset(big, 'b', sizeof(big));
	folder_write(far.fd, "big.edi", big, sizeof(big));
	assert_int_equal(utimensat(far.fd, "big.edi", old, 0), 0);
	assert_int_equal(claim_take(f->s, far.fd, "big.edi", f->ulid, "acme", &f->e), 0);
	assert_false(folder_has(far.fd, "big.edi"));
	assert_int_equal(claim_find(f->a, f->s, str_of(f->ulid), &c, &found, &f->e), 0);
	assert_true(found);
	assert_int_equal(claim_map(f->s, &c, MAX, &bytes, &f->e), 0);
	assert_int_equal(bytes.n, sizeof(big));
	assert_memory_equal(bytes.p, big, sizeof(big));
	io_unmap(bytes);
	assert_int_equal(folder_count(f->home.fd, "spool/tmp"), 0);
	folder_free(&far);
}

static void
settling_crosses_file_systems(void **state)
{
	struct fixture *f = *state;
	struct claim c = take(f, "order.edi", S("order")), d = take(f, "order.edi", S("other"));
	struct folder far;
	struct str final;
	char got[16];

	if (!folder_new_far(&f->home, &far))
		skip();
	assert_int_equal(symlinkat(far.path, f->home.fd, "sent"), 0);
	/* As if an earlier call had died after the copy: the same bytes are there under that name. */
	folder_write(far.fd, "order.edi", "order", 5);
	assert_int_equal(claim_settle(f->a, f->s, &c, "sent", 1, &final, &f->e), 0);
	assert_true(str_eq(final, S("order.edi")));
	assert_int_equal(claim_settle(f->a, f->s, &d, "sent", 2, &final, &f->e), 0);
	assert_true(str_eq(final, S("order~2.edi")));
	assert_int_equal(folder_read(far.fd, "order~2.edi", got, sizeof(got)), 5);
	assert_memory_equal(got, "other", 5);
	assert_int_equal(folder_count(far.fd, "."), 2);
	assert_int_equal(folder_count(f->home.fd, "spool/claimed"), 0);
	folder_free(&far);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(any_name_is_taken_as_it_is),
		CASE(what_is_no_plain_file_is_refused),
		CASE(what_cannot_be_taken_now_stays),
		CASE(settled_names_do_not_collide),
		CASE(long_names_settle),
		CASE(settling_ends_what_a_crash_left),
		CASE(sweep_finishes_claims),
		CASE(sweep_leaves_living_claims_alone),
		CASE(sweep_removes_settled_folders_only),
		CASE(claims_cross_file_systems),
		CASE(settling_crosses_file_systems),
	};

	return cmocka_run_group_tests_name("claim", tests, NULL, NULL);
}
