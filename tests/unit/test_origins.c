/* SPDX-License-Identifier: ISC */
#include "gateway/greylist.h"
#include "gateway/network.h"
#include "gateway/origins.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct address
address(const char *text)
{
	struct sockaddr_storage ss = { 0 };
	struct sockaddr_in *in4 = (struct sockaddr_in *)&ss;
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)&ss;
	struct address a;

	ss.ss_family = strchr(text, ':') != NULL ? AF_INET6 : AF_INET;
	assert_int_equal(inet_pton(ss.ss_family, text, ss.ss_family == AF_INET ? (void *)&in4->sin_addr : (void *)&in6->sin6_addr), 1);
	assert_true(address_of(&ss, &a));
	return a;
}

static void
reads_networks(void **state)
{
	static const struct { struct str net; const char *in, *out; } cases[] = {
		{ S_INIT("192.0.2.10"), "192.0.2.10", "192.0.2.11" },
		{ S_INIT("192.0.2.0/24"), "192.0.2.255", "192.0.3.0" },
		{ S_INIT("192.0.2.128/25"), "192.0.2.200", "192.0.2.127" },
		{ S_INIT("192.0.2.4/30"), "192.0.2.7", "192.0.2.8" },
		{ S_INIT("0.0.0.0/0"), "203.0.113.9", "2001:db8::1" },
		{ S_INIT("::/0"), "2001:db8::1", NULL },
		{ S_INIT("2001:db8::/32"), "2001:db8:ffff::1", "2001:db9::1" },
		{ S_INIT("2001:db8::1"), "2001:db8::1", "2001:db8::2" },
		{ S_INIT("192.0.2.10"), "::ffff:192.0.2.10", "::192.0.2.10" },	/* an IPv4 peer on an IPv6 socket */
	};
	struct address a;
	struct network w;
	struct err e;

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		print_message("%.*s\n", (int)cases[i].net.n, cases[i].net.p);
		assert_int_equal(network_read(cases[i].net, &w, &e), 0);
		a = address(cases[i].in);
		assert_true(network_has(&w, &a));
		if (cases[i].out == NULL)
			continue;
		a = address(cases[i].out);
		assert_false(network_has(&w, &a));
	}
}

static void
refuses_networks(void **state)
{
	static const struct str cases[] = {
		S_INIT(""), S_INIT("/24"), S_INIT("192.0.2"), S_INIT("192.0.2.0/"), S_INIT("192.0.2.0/33"), S_INIT("192.0.2.1/24"),
		S_INIT("192.0.2.0/24/8"), S_INIT("192.0.2.0/-1"), S_INIT("mx.acme.example"), S_INIT("2001:db8::/129"), S_INIT("2001:db8::1/64"),
		S_INIT("[2001:db8::1]"), S_INIT("192.0.2.0/ 24"),
		S_INIT("0000000000000000000000000000000000000000000000000000000000000000000000000000000000000001"),
	};
	struct network w;
	struct err e;

	(void)state;
	for (size_t i = 0; i < N(cases); i++)
		assert_int_equal(network_read(cases[i], &w, &e), -1);
}

static void
knows_addresses(void **state)
{
	struct sockaddr_storage none = { .ss_family = AF_UNIX };
	struct address a = address("127.9.9.9");
	char text[INET6_ADDRSTRLEN];

	(void)state;
	assert_true(address_is_loopback(&a));
	a = address("::1");
	assert_true(address_is_loopback(&a));
	a = address("::2");
	assert_false(address_is_loopback(&a));
	a = address("192.0.2.1");
	assert_false(address_is_loopback(&a));
	address_text(&a, text, sizeof(text));
	assert_string_equal(text, "192.0.2.1");
	a = address("2001:db8::1");
	address_text(&a, text, sizeof(text));
	assert_string_equal(text, "2001:db8::1");
	assert_false(address_of(&none, &a));
}

static void
counts_origins(void **state)
{
	struct origins *o = origins_new(100, 42);
	struct address a = address("192.0.2.1"), b = address("192.0.2.2"), c = address("2001:db8::1"), d = address("2001:db8::ffff");
	struct origin *w = origins_enter(o, &a, 0), *v;

	(void)state;
	v = origins_enter(o, &b, 0);
	assert_ptr_not_equal(w, v);
	assert_ptr_equal(origins_enter(o, &a, 10), w);
	assert_int_equal(w->sessions, 2);
	assert_true(origin_may_begin(w, 2));
	assert_true(origin_may_begin(w, 0));
	assert_false(origin_may_begin(w, 1));
	assert_ptr_equal(origins_enter(o, &c, 0), origins_enter(o, &d, 0));	/* one network */
	/* The minute is over: it is counted anew, but for sessions that go on. */
	assert_ptr_equal(origins_enter(o, &a, ORIGIN_WINDOW_MS), w);
	assert_int_equal(w->begun, 1);
	assert_int_equal(w->sessions, 3);
	assert_true(origin_may_mail(w, 2, ORIGIN_WINDOW_MS));
	assert_true(origin_may_mail(w, 2, ORIGIN_WINDOW_MS));
	assert_false(origin_may_mail(w, 2, 2 * ORIGIN_WINDOW_MS - 1));
	assert_true(origin_may_mail(w, 2, 2 * ORIGIN_WINDOW_MS));
	origins_free(o);
}

/* More peers than there is room for: those who are gone make room, and those who are there are not forgotten. */
static void
is_bounded(void **state)
{
	struct origins *o = origins_new(100, 7);
	struct address a = address("192.0.2.1"), first = a;
	struct origin *w = origins_enter(o, &a, 0), *others = NULL;

	(void)state;
	for (unsigned int i = 2; i < 1001; i++) {
		a.b[13] = (unsigned char)(i >> 8);
		a.b[15] = (unsigned char)i;
		others = origins_enter(o, &a, 0);
		origin_leave(others);
	}
	assert_int_equal(others->begun, 900);	/* who found no room is counted together */
	a.b[12] = 1;
	assert_ptr_not_equal(origins_enter(o, &a, ORIGIN_WINDOW_MS), others);
	assert_ptr_equal(origins_enter(o, &first, ORIGIN_WINDOW_MS), w);
	assert_int_equal(w->sessions, 2);
	origins_free(o);
}

static void
lets_those_in_who_come_again(void **state)
{
	struct greylist *g = greylist_new(99);
	struct address a = address("192.0.2.1"), near = address("192.0.2.77"), far = address("192.0.3.1"), v6 = address("2001:db8::1");
	const int64_t t = 1000;

	(void)state;
	assert_false(greylist_pass(g, &a, S("a@x.example"), t));
	assert_false(greylist_pass(g, &a, S("a@x.example"), t + GREYLIST_WAIT_MS - 1));
	assert_true(greylist_pass(g, &near, S("A@X.example"), t + GREYLIST_WAIT_MS));
	assert_true(greylist_pass(g, &a, S("a@x.example"), t + GREYLIST_WAIT_MS + 1));
	assert_false(greylist_pass(g, &a, S("b@x.example"), t + GREYLIST_WAIT_MS));
	assert_false(greylist_pass(g, &far, S("a@x.example"), t + GREYLIST_WAIT_MS));
	assert_false(greylist_pass(g, &v6, S(""), t));
	assert_true(greylist_pass(g, &v6, S(""), t + GREYLIST_COME_MS));
	/* Who comes too late begins anew; who has passed is remembered longer. */
	assert_false(greylist_pass(g, &far, S("a@x.example"), t + GREYLIST_WAIT_MS + GREYLIST_COME_MS + 1));
	assert_true(greylist_pass(g, &a, S("a@x.example"), t + GREYLIST_KEEP_MS));
	assert_false(greylist_pass(g, &a, S("a@x.example"), t + 2 * GREYLIST_KEEP_MS + 1));
	greylist_free(g);
}

/* However many names are tried, those who have passed stay in it as long as there is another to give way. */
static void
is_not_washed_out(void **state)
{
	struct greylist *g = greylist_new(5);
	struct address a = address("192.0.2.1");
	char name[32];

	(void)state;
	assert_false(greylist_pass(g, &a, S("good@x.example"), 0));
	assert_true(greylist_pass(g, &a, S("good@x.example"), GREYLIST_WAIT_MS));
	for (int i = 0; i < 100000; i++) {
		(void)snprintf(name, sizeof(name), "%d@y.example", i);
		assert_false(greylist_pass(g, &a, str_of(name), GREYLIST_WAIT_MS));
	}
	assert_true(greylist_pass(g, &a, S("good@x.example"), GREYLIST_WAIT_MS + 1));
	greylist_free(g);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_networks),
		cmocka_unit_test(refuses_networks),
		cmocka_unit_test(knows_addresses),
		cmocka_unit_test(counts_origins),
		cmocka_unit_test(is_bounded),
		cmocka_unit_test(lets_those_in_who_come_again),
		cmocka_unit_test(is_not_washed_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
