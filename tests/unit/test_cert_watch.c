/* SPDX-License-Identifier: ISC */
/* test_cert_watch.c - each stage of a certificate's end is told once, and a newer one ends the telling. */
#include "gateway/cert_watch.h"

#include "gateway/base/clock.h"
#include "gateway/base/io.h"
#include "mime/cert.h"
#include "tests/unit/folder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define DAY_MS 86400000LL

struct world {
	struct folder f;
	struct arena *a;
	struct conf conf;
	struct partner partner;
};

/* A certificate that ends in so many days and a half. */
static void
put(struct world *w, const char *name, int64_t days)
{
	const int64_t now = clock_wall_ms();
	const struct cert_new what = { S("Nordwind GmbH"), S("edi@nordwind.example"), S(""), now - 400 * DAY_MS,
		now + days * DAY_MS + DAY_MS / 2 };
	struct buf key = BUF_CAP(1u << 16), cert = BUF_CAP(1u << 16);
	struct err e;

	assert_int_equal(cert_make(&what, &key, &cert, &e), 0);
	assert_int_equal(io_replace_file(w->f.fd, name, buf_str(&cert), 0600, &e), 0);
	buf_clear(&key);
	buf_clear(&cert);
}

static struct str
path_in(struct world *w, const char *name)
{
	return str_fmt(w->a, "%s/%s", w->f.path, name);
}

static int
setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));

	if (w == NULL)
		return -1;
	w->f = folder_new();
	w->a = arena_new((size_t)64 << 20);
	w->conf = (struct conf){
		.home = str_dup(w->a, str_of(w->f.path)), .partners = &w->partner, .n_partners = 1
	};
	w->conf.certs.v = arena_get_array(w->a, 1, sizeof(struct str));
	w->conf.certs.v[w->conf.certs.n++] = path_in(w, "ours.pem");
	w->partner.key = S("acme");
	w->partner.certs.v = arena_get_array(w->a, 2, sizeof(struct str));
	w->partner.certs.v[w->partner.certs.n++] = path_in(w, "old.pem");
	w->partner.certs.v[w->partner.certs.n++] = path_in(w, "new.pem");
	*state = w;
	return mkdirat(w->f.fd, "run", 0700);
}

static int
teardown(void **state)
{
	struct world *w = *state;

	folder_free(&w->f);
	arena_free(w->a);
	free(w);
	return 0;
}

static void
count(void *arg, struct str sentence)
{
	assert_true(str_find(sentence, S("certificate CN=Nordwind GmbH"), NULL));
	++*(size_t *)arg;
}

static size_t
shown(struct world *w)
{
	size_t n = 0;

	cert_watch_read(w->a, &w->conf, count, &n);
	return n;
}

static void
each_stage_is_told_once(void **state)
{
	static const struct { int64_t days; size_t told; } cases[] = {
		{ 100, 0 }, { 60, 1 }, { 45, 1 }, { 30, 1 }, { 14, 1 }, { 7, 1 }, { 3, 1 }, { 1, 1 }, { -2, 1 }, { 500, 0 },
	};
	struct world *w = *state;

	put(w, "old.pem", -30);
	put(w, "new.pem", 300);
	for (size_t i = 0; i < N(cases); i++) {
		print_message("%lld days\n", (long long)cases[i].days);
		put(w, "ours.pem", cases[i].days);
		assert_int_equal(cert_watch(w->a, &w->conf), cases[i].told);
		assert_int_equal(cert_watch(w->a, &w->conf), 0);
		assert_int_equal(shown(w), cases[i].told);
	}
}

/* Of a partner's the one that lasts longest counts. */
static void
a_partner_with_a_newer_one_is_no_news(void **state)
{
	struct world *w = *state;

	put(w, "ours.pem", 300);
	put(w, "old.pem", 5);
	put(w, "new.pem", 6);
	assert_int_equal(cert_watch(w->a, &w->conf), 1);
	put(w, "new.pem", 300);
	assert_int_equal(cert_watch(w->a, &w->conf), 0);
	assert_int_equal(shown(w), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(each_stage_is_told_once, setup, teardown),
		cmocka_unit_test_setup_teardown(a_partner_with_a_newer_one_is_no_news, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
