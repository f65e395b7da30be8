/* SPDX-License-Identifier: ISC */
/* Addresses: what decides who a partner is. */
#include "tests/unit/mime_world.h"

#include "mime/addr.h"

static void
strict_addresses(void **state)
{
	(void)state;
	static const struct str good[] = {
		S_INIT("edi@acme.example"), S_INIT("a.b+c_d@x-y.z9.example"), S_INIT("!#$%&'*+-/=?^_`{|}~@a"), S_INIT("1@2"),
	};
	static const struct str bad[] = {
		S_INIT(""), S_INIT("@"), S_INIT("a"), S_INIT("a@"), S_INIT("@b"), S_INIT("a@b@c"), S_INIT(".a@b"), S_INIT("a.@b"),
		S_INIT("a..b@c"), S_INIT("a@b."), S_INIT("a@.b"), S_INIT("a@b..c"), S_INIT("a@-b"),
		    S_INIT("a@b-"), S_INIT("a b@c"),
		S_INIT("\"a\"@b"), S_INIT("a@[127.0.0.1]"), S_INIT("a@b_c"), S_INIT("a\r\nRCPT@b"),
		    S_INIT("a@b\0c"), S_INIT("a\0@b"),
		S_INIT("\xc3\xa4@b.example"), S_INIT("a@\xd0\xb0.example"), S_INIT("<a@b>"), S_INIT("a@b>"), S_INIT("a(c)@b"),
	};
	char longest[ADDR_MAX + 2];

	for (size_t i = 0; i < N(good); i++)
		assert_true(addr_is_strict(good[i]));
	for (size_t i = 0; i < N(bad); i++)
		if (addr_is_strict(bad[i]))
			fail_msg("'" STR_FMT "' was taken", STR_ARG(bad[i]));
	memset(longest, 'a', sizeof(longest));
	longest[ADDR_LOCAL_MAX] = '@';
	for (size_t i = ADDR_LOCAL_MAX + 50; i < sizeof(longest); i += 50)
		longest[i] = '.';
	assert_true(addr_is_strict(str_make(longest, ADDR_MAX)));
	assert_false(addr_is_strict(str_make(longest, ADDR_MAX + 1)));
	longest[ADDR_LOCAL_MAX] = 'a';
	longest[ADDR_LOCAL_MAX + 1] = '@';
	assert_false(addr_is_strict(str_make(longest, ADDR_MAX)));
}

static void
one_mailbox(void **state)
{
	struct world *w = *state;
	static const struct { struct str in, want; } good[] = {
		{ S_INIT("edi@acme.example"), S_INIT("edi@acme.example") },
		{ S_INIT(" <edi@acme.example> "), S_INIT("edi@acme.example") },
		{ S_INIT("EDI@Acme.EXAMPLE"), S_INIT("EDI@acme.example") },
		{ S_INIT("ACME Ltd <edi@acme.example>"), S_INIT("edi@acme.example") },
		{ S_INIT("\"ACME, Ltd. <evil@else.example>\" <edi@acme.example>"), S_INIT("edi@acme.example") },
		{ S_INIT("edi(our robot)@acme.example"), S_INIT("edi@acme.example") },
		{ S_INIT("(a) edi (b) @ (c) acme . (d) example (e)"), S_INIT("edi@acme.example") },
		{ S_INIT("ACME\r\n <edi@acme.example>\r\n (robot)"), S_INIT("edi@acme.example") },
		{ S_INIT("=?utf-8?Q?evil=40else=2Eexample?= <edi@acme.example>"), S_INIT("edi@acme.example") },
		{ S_INIT("\"a \\\" b\" <edi@acme.example>"), S_INIT("edi@acme.example") },
		{ S_INIT("B\xc3\xa4r GmbH <edi@acme.example>"), S_INIT("edi@acme.example") },
	};
	static const struct str bad[] = {
		S_INIT(""), S_INIT("   "), S_INIT("ACME Ltd"), S_INIT("a@b.example, c@d.example"),
		    S_INIT("a@b.example c@d.example"),
		S_INIT("a@b.example <c@d.example>"), S_INIT("<a@b.example> <c@d.example>"), S_INIT("<a@b.example> c@d.example"),
		S_INIT("group: a@b.example;"), S_INIT("undisclosed-recipients:;"), S_INIT("<@route.example:a@b.example>"),
		S_INIT("<a@b.example"), S_INIT("a@b.example>"), S_INIT("<>"), S_INIT("\"quoted\"@b.example"),
		S_INIT("<\"a b\"@b.example>"), S_INIT("a b@c.example"), S_INIT("<a b@c.example>"), S_INIT("a@b c.example"),
		S_INIT("a@[192.0.2.1]"), S_INIT("a@\xd0\xb0lpha.example"), S_INIT("a@b.example\0.evil.example"),
		S_INIT("\"a\r\nRCPT TO:<x@y.example>\"@b.example"), S_INIT("a@@b.example"), S_INIT("<a@b.example>>"),
		S_INIT("<<a@b.example>>"), S_INIT("a@b.example; c"), S_INIT("(only a comment)"), S_INIT("\"open <a@b.example>"),
		S_INIT("Doe, John <a@b.example>"),
	};
	struct str out;

	for (size_t i = 0; i < N(good); i++) {
		assert_ok(w, addr_one(w->a, good[i].in, &out, &w->e));
		assert_str(out, good[i].want);
	}
	for (size_t i = 0; i < N(bad); i++) {
		if (addr_one(w->a, bad[i], &out, &w->e) == 0)
			fail_msg("'" STR_FMT "' was read as '" STR_FMT "'", STR_ARG(bad[i]), STR_ARG(out));
		assert_int_equal(w->e.kind, ERR_INPUT);
	}
}

static void
many_words_are_refused_soon(void **state)
{
	struct world *w = *state;
	char *p = arena_get(w->a, 1u << 20);
	struct str out;

	for (size_t i = 0; i < 1u << 20; i += 2)
		memcpy(p + i, "a ", 2);
	assert_int_equal(addr_one(w->a, str_make(p, 1u << 20), &out, &w->e), -1);
	assert_non_null(strstr(w->e.text, "words"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(strict_addresses),
		cmocka_unit_test(one_mailbox),
		cmocka_unit_test(many_words_are_refused_soon),
	};

	return cmocka_run_group_tests(tests, world_new, world_free);
}
