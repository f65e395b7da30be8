/* SPDX-License-Identifier: ISC */
#include "spool/spool.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/io.h"
#include "tests/unit/folder.h"

#define MAX (1 << 20)

struct fixture {
	struct folder home;
	struct spool *s;
	struct arena *a;
	struct err e;
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
	*state = f;
	return spool_open(f->home.path, true, &f->s, &f->e);
}

static int
tear_down(void **state)
{
	struct fixture *f = *state;

	spool_close(f->s);
	arena_free(f->a);
	folder_free(&f->home);
	free(f);
	return 0;
}

static void
put(struct fixture *f, const char *ulid, enum spool_box box, struct str bytes)
{
	struct spool_put p;

	assert_int_equal(spool_put_open(f->s, ulid, &p, &f->e), 0);
	assert_int_equal(spool_put_write(&p, bytes, &f->e), 0);
	assert_int_equal(p.size, bytes.n);
	assert_int_equal(spool_put_commit(f->s, &p, box, &f->e), 0);
	assert_int_equal(p.fd, -1);
}

static void
holds(struct fixture *f, enum spool_box box, const char *ulid, struct str want)
{
	struct str got;

	assert_int_equal(spool_map(f->s, box, ulid, MAX, &got, &f->e), 0);
	assert_int_equal(got.n, want.n);
	assert_memory_equal(got.p, want.p, want.n);
	io_unmap(got);
}

static void
folders_are_made_and_found(void **state)
{
	struct fixture *f = *state;
	static const char *const want[] = { "spool/tmp", "spool/claimed", "spool/arrived",
		"spool/in", "spool/out", "quarantine" };
	struct spool *again;

	for (size_t i = 0; i < N(want); i++)
		assert_int_equal(folder_count(f->home.fd, want[i]), 0);
	assert_int_equal(spool_open(f->home.path, true, &again, &f->e), 0);	/* there already */
	spool_close(again);
	assert_int_equal(spool_open(f->home.path, false, &again, &f->e), 0);
	spool_close(again);
	assert_int_equal(spool_open("/nonexistent/edigate", false, &again, &f->e), -1);
	assert_non_null(strstr(f->e.text, "/nonexistent/edigate"));
	assert_int_equal(unlinkat(f->home.fd, "spool/out", AT_REMOVEDIR), 0);
	assert_int_equal(spool_open(f->home.path, false, &again, &f->e), -1);
	assert_non_null(strstr(f->e.text, "spool/out"));
	spool_close(NULL);
}

static void
a_mail_appears_only_by_commit(void **state)
{
	struct fixture *f = *state;
	struct spool_put p;

	assert_int_equal(spool_put_open(f->s, f->ulid, &p, &f->e), 0);
	assert_int_equal(spool_put_write(&p, S("From: a\r\n"), &f->e), 0);
	assert_int_equal(spool_put_write(&p, S(""), &f->e), 0);
	assert_int_equal(spool_put_write(&p, S("\r\n\0body"), &f->e), 0);
	assert_false(spool_has(f->s, SPOOL_ARRIVED, f->ulid));
	assert_int_equal(folder_count(f->home.fd, "spool/tmp"), 1);
	assert_int_equal(spool_put_commit(f->s, &p, SPOOL_ARRIVED, &f->e), 0);
	assert_true(spool_has(f->s, SPOOL_ARRIVED, f->ulid));
	assert_int_equal(folder_count(f->home.fd, "spool/tmp"), 0);
	holds(f, SPOOL_ARRIVED, f->ulid, S("From: a\r\n\r\n\0body"));
	assert_string_equal(spool_path(f->a, f->s, SPOOL_ARRIVED, f->ulid),
	    str_cstr(f->a, str_fmt(f->a, "spool/arrived/%s.eml", f->ulid)));
}

static void
a_dropped_mail_leaves_nothing(void **state)
{
	struct fixture *f = *state;
	struct spool_put p;

	assert_int_equal(spool_put_open(f->s, f->ulid, &p, &f->e), 0);
	assert_int_equal(spool_put_write(&p, S("half"), &f->e), 0);
	spool_put_drop(f->s, &p);
	assert_int_equal(p.fd, -1);
	assert_int_equal(folder_count(f->home.fd, "spool/tmp"), 0);
	spool_put_drop(f->s, &p);	/* twice is fine */
}

static void
many_share_one_folder_sync(void **state)
{
	struct fixture *f = *state;
	struct spool_put p[10];
	char ulid[10][ULID_MAX];

	for (size_t i = 0; i < N(p); i++) {
		ulid_new(ulid[i]);
		assert_int_equal(spool_put_open(f->s, ulid[i], &p[i], &f->e), 0);
		assert_int_equal(spool_put_write(&p[i], str_of(ulid[i]), &f->e), 0);
		assert_int_equal(spool_put_sync(&p[i], &f->e), 0);
	}
	for (size_t i = 0; i < N(p); i++)
		assert_int_equal(spool_put_link(f->s, &p[i], SPOOL_ARRIVED, &f->e), 0);
	assert_int_equal(spool_box_sync(f->s, SPOOL_ARRIVED, &f->e), 0);
	for (size_t i = 0; i < N(p); i++)
		holds(f, SPOOL_ARRIVED, ulid[i], str_of(ulid[i]));
}

static void
nothing_is_overwritten(void **state)
{
	struct fixture *f = *state;
	struct spool_put p;

	put(f, f->ulid, SPOOL_OUT, S("first"));
	assert_int_equal(spool_put_open(f->s, f->ulid, &p, &f->e), 0);
	assert_int_equal(spool_put_write(&p, S("second"), &f->e), 0);
	assert_int_equal(spool_put_commit(f->s, &p, SPOOL_OUT, &f->e), -1);
	assert_int_equal(f->e.kind, ERR_RETRY);
	assert_non_null(strstr(f->e.text, "spool/out/"));
	assert_int_equal(p.fd, -1);
	holds(f, SPOOL_OUT, f->ulid, S("first"));
	assert_int_equal(folder_count(f->home.fd, "spool/tmp"), 0);
}

static void
two_writers_of_one_mail_do_not_meet(void **state)
{
	struct fixture *f = *state;
	struct spool_put p, q;

	assert_int_equal(spool_put_open(f->s, f->ulid, &p, &f->e), 0);
	assert_int_equal(spool_put_open(f->s, f->ulid, &q, &f->e), 0);
	assert_int_equal(spool_put_write(&p, S("pppp"), &f->e), 0);
	assert_int_equal(spool_put_write(&q, S("q"), &f->e), 0);
	assert_int_equal(spool_put_commit(f->s, &p, SPOOL_OUT, &f->e), 0);
	assert_int_equal(spool_put_commit(f->s, &q, SPOOL_OUT, &f->e), -1);
	holds(f, SPOOL_OUT, f->ulid, S("pppp"));
}

static void
only_ulids_name_files(void **state)
{
	struct fixture *f = *state;
	static const char *const bad[] = { "", "../../etc/passwd", "01ARYZ6S41000000000000000/",
		"01aryz6s410000000000000000", ".eml" };
	struct spool_put p;
	struct str bytes;

	for (size_t i = 0; i < N(bad); i++) {
		assert_int_equal(spool_put_open(f->s, bad[i], &p, &f->e), -1);
		assert_int_equal(p.fd, -1);
		assert_false(spool_has(f->s, SPOOL_IN, bad[i]));
		assert_int_equal(spool_map(f->s, SPOOL_IN, bad[i], MAX, &bytes, &f->e), -1);
		assert_int_equal(spool_move(f->s, bad[i], SPOOL_IN, SPOOL_OUT, &f->e), -1);
		assert_int_equal(spool_drop(f->s, SPOOL_IN, bad[i], &f->e), -1);
		assert_int_equal(spool_reason(f->s, bad[i], S("why"), &f->e), -1);
	}
}

static void
what_is_not_there_or_too_big_is_told(void **state)
{
	struct fixture *f = *state;
	struct str bytes;

	assert_int_equal(spool_map(f->s, SPOOL_IN, f->ulid, MAX, &bytes, &f->e), -1);
	assert_int_equal(f->e.kind, ERR_INPUT);
	assert_non_null(strstr(f->e.text, "not there"));
	put(f, f->ulid, SPOOL_IN, S("12345"));
	assert_int_equal(spool_map(f->s, SPOOL_IN, f->ulid, 4, &bytes, &f->e), -1);
	assert_int_equal(f->e.kind, ERR_INPUT);
	assert_int_equal(spool_map(f->s, SPOOL_IN, f->ulid, 5, &bytes, &f->e), 0);
	io_unmap(bytes);
}

static void
moving_twice_is_moving_once(void **state)
{
	struct fixture *f = *state;
	char other[ULID_MAX];

	put(f, f->ulid, SPOOL_ARRIVED, S("mail"));
	assert_int_equal(spool_move(f->s, f->ulid, SPOOL_ARRIVED, SPOOL_IN, &f->e), 0);
	assert_false(spool_has(f->s, SPOOL_ARRIVED, f->ulid));
	holds(f, SPOOL_IN, f->ulid, S("mail"));
	assert_int_equal(spool_move(f->s, f->ulid, SPOOL_ARRIVED, SPOOL_IN, &f->e), 0);
	holds(f, SPOOL_IN, f->ulid, S("mail"));
	ulid_new(other);
	assert_int_equal(spool_move(f->s, other, SPOOL_ARRIVED, SPOOL_IN, &f->e), -1);	/* it is nowhere */
	assert_int_equal(f->e.kind, ERR_RETRY);
}

/* A file system without RENAME_NOREPLACE: a crash between link and unlink leaves both names. */
static void
moving_ends_what_a_crash_left(void **state)
{
	struct fixture *f = *state;
	char from[64], to[64];

	put(f, f->ulid, SPOOL_ARRIVED, S("mail"));
	(void)snprintf(from, sizeof(from), "spool/arrived/%s.eml", f->ulid);
	(void)snprintf(to, sizeof(to), "spool/in/%s.eml", f->ulid);
	assert_int_equal(linkat(f->home.fd, from, f->home.fd, to, 0), 0);
	assert_int_equal(spool_move(f->s, f->ulid, SPOOL_ARRIVED, SPOOL_IN, &f->e), 0);
	assert_false(spool_has(f->s, SPOOL_ARRIVED, f->ulid));
	holds(f, SPOOL_IN, f->ulid, S("mail"));
	/* Another file of that name is none of its business. */
	put(f, f->ulid, SPOOL_ARRIVED, S("other"));
	assert_int_equal(spool_move(f->s, f->ulid, SPOOL_ARRIVED, SPOOL_IN, &f->e), -1);
	holds(f, SPOOL_ARRIVED, f->ulid, S("other"));
	holds(f, SPOOL_IN, f->ulid, S("mail"));
}

static void
lists_are_oldest_first(void **state)
{
	struct fixture *f = *state;
	char ulid[50][ULID_MAX];
	struct str *got;
	size_t n;

	assert_int_equal(spool_list(f->a, f->s, SPOOL_IN, &got, &n, &f->e), 0);
	assert_int_equal(n, 0);
	for (size_t i = 0; i < N(ulid); i++)
		ulid_new(ulid[i]);
	for (size_t i = N(ulid); i-- > 0;)
		put(f, ulid[i], SPOOL_IN, S("x"));
	folder_write(f->home.fd, "spool/in/notes.txt", "", 0);		/* an admin's file does not disturb */
	folder_write(f->home.fd, "spool/in/01aryz6s410000000000000000.eml", "", 0);
	assert_int_equal(spool_list(f->a, f->s, SPOOL_IN, &got, &n, &f->e), 0);
	assert_int_equal(n, N(ulid));
	for (size_t i = 0; i < n; i++)
		assert_true(str_eq(got[i], str_of(ulid[i])));
	assert_int_equal(spool_drop(f->s, SPOOL_IN, ulid[7], &f->e), 0);
	assert_int_equal(spool_drop(f->s, SPOOL_IN, ulid[7], &f->e), 0);
	assert_int_equal(spool_list(f->a, f->s, SPOOL_IN, &got, &n, &f->e), 0);
	assert_int_equal(n, N(ulid) - 1);
}

static void
sweep_leaves_writers_alone(void **state)
{
	struct fixture *f = *state;
	struct spool_put p;
	struct spool *other;

	assert_int_equal(spool_put_open(f->s, f->ulid, &p, &f->e), 0);
	assert_int_equal(spool_put_write(&p, S("still "), &f->e), 0);
	folder_write(f->home.fd, "spool/tmp/01ARYZ6S410000000000000000", "left", 4);
	assert_int_equal(spool_open(f->home.path, false, &other, &f->e), 0);
	assert_int_equal(spool_sweep(other, &f->e), 0);
	assert_int_equal(folder_count(f->home.fd, "spool/tmp"), 1);
	assert_int_equal(spool_put_write(&p, S("writing"), &f->e), 0);
	assert_int_equal(spool_put_commit(f->s, &p, SPOOL_IN, &f->e), 0);
	holds(f, SPOOL_IN, f->ulid, S("still writing"));
	spool_close(other);
}

static void
reasons_lie_beside_the_mail(void **state)
{
	struct fixture *f = *state;
	char name[64], text[64];

	put(f, f->ulid, SPOOL_IN, S("mail"));
	assert_int_equal(spool_move(f->s, f->ulid, SPOOL_IN, SPOOL_QUARANTINE, &f->e), 0);
	assert_int_equal(spool_reason(f->s, f->ulid, S("a stranger\n"), &f->e), 0);
	assert_int_equal(spool_reason(f->s, f->ulid, S("a changed body\n"), &f->e), 0);	/* the newest one counts */
	(void)snprintf(name, sizeof(name), "quarantine/%s.reason.txt", f->ulid);
	assert_int_equal(folder_read(f->home.fd, name, text, sizeof(text)), 15);
	assert_memory_equal(text, "a changed body\n", 15);
	assert_int_equal(folder_count(f->home.fd, "quarantine"), 2);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(folders_are_made_and_found),
		CASE(a_mail_appears_only_by_commit),
		CASE(a_dropped_mail_leaves_nothing),
		CASE(many_share_one_folder_sync),
		CASE(nothing_is_overwritten),
		CASE(two_writers_of_one_mail_do_not_meet),
		CASE(only_ulids_name_files),
		CASE(what_is_not_there_or_too_big_is_told),
		CASE(moving_twice_is_moving_once),
		CASE(moving_ends_what_a_crash_left),
		CASE(lists_are_oldest_first),
		CASE(sweep_leaves_writers_alone),
		CASE(reasons_lie_beside_the_mail),
	};

	return cmocka_run_group_tests_name("spool", tests, NULL, NULL);
}
