/* SPDX-License-Identifier: ISC */
#include "gateway/smtp/proxy.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define SIG "\r\n\r\n\0\r\nQUIT\n"
#define V4  "\300\000\002\001\306\063\144\002\060\071\000\031"	/* 192.0.2.1 port 12345 to 198.51.100.2 port 25 */
#define V6  "\040\001\015\270\0\0\0\0\0\0\0\0\0\0\0\001" "\040\001\015\270\0\0\0\0\0\0\0\0\0\0\0\002" "\060\071\001\321"

/* As a connection does: never more than is wanted. */
static int
feed(struct str all, struct proxy *out, size_t *taken, struct err *e)
{
	size_t n = 0;
	int rc = 0;

	while (rc == 0 && n < all.n) {
		size_t want = proxy_want(str_sub(all, 0, n));
		assert_true(want > n);
		n = want < all.n ? want : all.n;
		rc = proxy_read(str_sub(all, 0, n), out, e);
	}
	*taken = n;
	return rc;
}

static void
reads_addresses(void **state)
{
	struct proxy p;
	struct err e;
	size_t n;

	(void)state;
	assert_int_equal(feed(S(SIG "\x21\x11\0\x0c" V4 "EHLO"), &p, &n, &e), 1);
	assert_int_equal(n, 28);
	assert_false(p.local || p.is_v6);
	assert_memory_equal(p.source, "\300\000\002\001", 4);
	assert_memory_equal(p.target, "\306\063\144\002", 4);
	assert_int_equal(p.source_port, 12345);
	assert_int_equal(p.target_port, 25);
	assert_int_equal(feed(S(SIG "\x21\x21\0\x24" V6), &p, &n, &e), 1);
	assert_int_equal(n, 52);
	assert_true(p.is_v6);
	assert_int_equal(p.source[15], 1);
	assert_int_equal(p.target[15], 2);
	assert_int_equal(p.target_port, 465);
}

static void
lets_balancers_speak_for_themselves(void **state)
{
	static const struct str cases[] = {
		S_INIT(SIG "\x20\0\0\0"), S_INIT(SIG "\x20\x11\0\x0c" V4), S_INIT(SIG "\x21\0\0\0"), S_INIT(SIG "\x20\x31\0\x03" "abc"),
	};
	struct proxy p;
	struct err e;
	size_t n;

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		assert_int_equal(feed(cases[i], &p, &n, &e), 1);
		assert_int_equal(n, cases[i].n);
		assert_true(p.local);
	}
}

/* Fields behind the addresses are passed over; a checksum among them must be right. */
static void
checks_fields(void **state)
{
	char sum[] = SIG "\x21\x11\0\x17" V4 "\x04\0\x01x" "\x03\0\x04\x03\xf0\x76\x7f";
	struct str all = { sum, sizeof(sum) - 1 };
	struct proxy p;
	struct err e;
	size_t n;

	(void)state;
	assert_int_equal(feed(S(SIG "\x21\x11\0\x13" V4 "\x04\0\x01x" "\x05\0\0"), &p, &n, &e), 1);
	assert_int_equal(feed(all, &p, &n, &e), 1);
	for (size_t i = PROXY_FIXED; i < all.n; i++) {
		if (i == 29 || i == 30 || i == 33 || i == 34 || i == 28 || i == 32)
			continue;	/* types and lengths */
		sum[i] ^= 1;
		assert_int_equal(feed(all, &p, &n, &e), -1);
		assert_non_null(strstr(e.text, "checksum is wrong"));
		sum[i] ^= 1;
	}
}

static void
refuses_others(void **state)
{
	static const struct { struct str in; const char *says; } cases[] = {
		{ S_INIT("PROXY TCP4 192.0.2.1 198.51.100.2 1 25\r\n"), "no PROXY header, version 2" },
		{ S_INIT("EHLO mx.acme.example\r\n"), "no PROXY header" },
		{ S_INIT("\r\n\r\n\0\r\nQUIT \x21\x11\0\x0c" V4), "no PROXY header" },
		{ S_INIT(SIG "\x11\x11\0\x0c" V4), "version 1, want 2" },
		{ S_INIT(SIG "\x31\x11\0\x0c" V4), "version 3, want 2" },
		{ S_INIT(SIG "\x22\x11\0\x0c" V4), "command 2" },
		{ S_INIT(SIG "\x21\x12\0\x0c" V4), "want TCP" },
		{ S_INIT(SIG "\x21\x31\0\x0c" V4), "want TCP" },
		{ S_INIT(SIG "\x21\x11\0\x0b" V4), "11 bytes of addresses, want 12" },
		{ S_INIT(SIG "\x21\x11\0\0"), "0 bytes of addresses" },
		{ S_INIT(SIG "\x21\x21\0\x0c" V4), "12 bytes of addresses, want 36" },
		{ S_INIT(SIG "\x21\x11\x02\x09" V4), "of 537 bytes, at most 536" },
		{ S_INIT(SIG "\x20\0\xff\xff"), "of 65551 bytes" },
		{ S_INIT(SIG "\x21\x11\0\x0e" V4 "\x04\0"), "a field at byte 28" },
		{ S_INIT(SIG "\x21\x11\0\x0f" V4 "\x04\0\x01"), "a field at byte 28" },
		{ S_INIT(SIG "\x21\x11\0\x10" V4 "\x03\0\x01x"), "a checksum of 1 bytes" },
	};
	struct proxy p;
	struct err e;
	size_t n;

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		print_message("%s\n", cases[i].says);
		assert_int_equal(feed(cases[i].in, &p, &n, &e), -1);
		assert_non_null(strstr(e.text, cases[i].says));
	}
}

/* Whoever does not send it all is known not to be whole, at every byte. */
static void
waits_for_the_rest(void **state)
{
	const struct str all = S(SIG "\x21\x21\0\x24" V6);
	struct proxy p;
	struct err e;

	(void)state;
	for (size_t n = 0; n < all.n; n++)
		assert_int_equal(proxy_read(str_sub(all, 0, n), &p, &e), 0);
	assert_int_equal(proxy_read(all, &p, &e), 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_addresses),
		cmocka_unit_test(lets_balancers_speak_for_themselves),
		cmocka_unit_test(checks_fields),
		cmocka_unit_test(refuses_others),
		cmocka_unit_test(waits_for_the_rest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
