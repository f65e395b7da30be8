/* SPDX-License-Identifier: ISC */
/* What people hand to the command line: mail server URLs, addresses, ids, keys, partner cards. */
#include "gateway/card.h"
#include "gateway/ident.h"
#include "gateway/smarthost.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void
smarthosts_are_read(void **state)
{
	static const struct { struct str url, host, user; unsigned int port; const char *tls; } cases[] = {
		{ S_INIT("smtps://smtp.example.net"), S_INIT("smtp.example.net"), S_INIT(""), 465, "implicit" },
		{ S_INIT("SMTPS://smtp.example.net:10465/"), S_INIT("smtp.example.net"), S_INIT(""), 10465, "implicit" },
		{ S_INIT("smtp://smtp.example.net"), S_INIT("smtp.example.net"), S_INIT(""), 587, "starttls" },
		{ S_INIT("smtp://edi@smtp.example.net:25"), S_INIT("smtp.example.net"), S_INIT("edi"), 25, "starttls" },
		{ S_INIT("smtp://edi@nordwind.example@smtp.example.net"), S_INIT("smtp.example.net"),
		    S_INIT("edi@nordwind.example"), 587, "starttls" },
		{ S_INIT("smtp://edi%40nordwind.example@smtp.example.net"), S_INIT("smtp.example.net"),
		    S_INIT("edi@nordwind.example"), 587, "starttls" },
		{ S_INIT("smtp+plain://127.0.0.1:2525"), S_INIT("127.0.0.1"), S_INIT(""), 2525, "none" },
		{ S_INIT("smtp://127.0.0.1:2525?tls=none"), S_INIT("127.0.0.1"), S_INIT(""), 2525, "none" },
		{ S_INIT("smtps://[2001:db8::1]:465"), S_INIT("2001:db8::1"), S_INIT(""), 465, "implicit" },
		{ S_INIT("mx"), S_INIT("mx"), S_INIT(""), 25, "starttls" },
	};
	struct arena *a = arena_new(1 << 16);

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		struct smarthost h;
		struct err e;
		print_message("%s\n", cases[i].url.p);
		assert_int_equal(smarthost_read(a, cases[i].url, &h, &e), 0);
		assert_true(str_eq(h.host, cases[i].host));
		assert_true(str_eq(h.user, cases[i].user));
		assert_int_equal(h.port, cases[i].port);
		assert_string_equal(h.tls, cases[i].tls);
	}
	arena_free(a);
}

static void
smarthosts_are_refused(void **state)
{
	static const struct { struct str url; const char *says; } cases[] = {
		{ S_INIT(""), "is no mail server" },
		{ S_INIT("smtp.example.net"), "is no mail server" },
		{ S_INIT("http://smtp.example.net"), "is no mail server" },
		{ S_INIT("smtps://"), "is no host name" },
		{ S_INIT("smtps://edi@"), "is no host name" },
		{ S_INIT("smtps://smtp.example.net:0"), "want 1 to 65535" },
		{ S_INIT("smtps://smtp.example.net:65536"), "want 1 to 65535" },
		{ S_INIT("smtps://smtp.example.net:x"), "want 1 to 65535" },
		{ S_INIT("smtps://smtp.example.net:"), "want 1 to 65535" },
		{ S_INIT("smtps://2001:db8::1"), "want 1 to 65535" },
		{ S_INIT("smtps://[2001:db8::1"), "want [ADDRESS]:PORT" },
		{ S_INIT("smtps://a b"), "is no host name" },
		{ S_INIT("smtps://edi:secret@smtp.example.net"), "password does not belong here" },
		{ S_INIT("smtps://a%4@smtp.example.net"), "hexadecimal" },
		{ S_INIT("smtps://a%0a@smtp.example.net"), "control characters" },
		{ S_INIT("smtps://smtp.example.net?verify=no"), "only ?tls=none" },
	};
	struct arena *a = arena_new(1 << 16);

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		struct smarthost h;
		struct err e;
		print_message("%s\n", cases[i].url.p);
		assert_int_equal(smarthost_read(a, cases[i].url, &h, &e), -1);
		if (strstr(e.text, cases[i].says) == NULL)
			fail_msg("says '%s'", e.text);
	}
	arena_free(a);
}

static void
host_and_port_are_both_needed(void **state)
{
	struct str host;
	unsigned int port;
	struct err e;

	(void)state;
	assert_int_equal(hostport_read(S("127.0.0.1:25"), &host, &port, &e), 0);
	assert_true(str_eq(host, S("127.0.0.1")));
	assert_int_equal(port, 25);
	assert_int_equal(hostport_read(S("[::1]:2525"), &host, &port, &e), 0);
	assert_true(str_eq(host, S("::1")));
	assert_int_equal(hostport_read(S("localhost"), &host, &port, &e), -1);
	assert_int_equal(hostport_read(S(":25"), &host, &port, &e), -1);
	assert_int_equal(hostport_read(S("[::1]25"), &host, &port, &e), -1);
}

static void
addresses_ids_and_keys(void **state)
{
	static const struct { struct str s; bool address, edi, key; } cases[] = {
		{ S_INIT("edi@nordwind.example"), true, false, false },
		{ S_INIT("o'brien+edi@a-b.example"), true, false, false },
		{ S_INIT("edi@nordwind"), true, false, false },
		{ S_INIT("edi@"), false, false, false },
		{ S_INIT("@nordwind.example"), false, false, false },
		{ S_INIT("edi"), false, false, true },
		{ S_INIT("e di@nordwind.example"), false, false, false },
		{ S_INIT("edi@nord..wind"), false, false, false },
		{ S_INIT(".edi@nordwind.example"), false, false, false },
		{ S_INIT("edi@nordwind.example\r\nRCPT"), false, false, false },
		{ S_INIT("a@b@c"), false, false, false },
		{ S_INIT("14:4012345000009"), false, true, false },
		{ S_INIT("ZZ:NORD WIND"), false, true, false },
		{ S_INIT("14:"), false, false, false },
		{ S_INIT("14:1,14:2"), false, false, false },
		{ S_INIT("acme"), false, false, true },
		{ S_INIT("acme-2.de_x"), false, false, true },
		{ S_INIT("-acme"), false, false, false },
		{ S_INIT(".acme"), false, false, false },
		{ S_INIT("Acme"), false, false, false },
		{ S_INIT("../acme"), false, false, false },
		{ S_INIT("a/b"), false, false, false },
		{ S_INIT(""), false, false, false },
		{ S_INIT("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"), false, false, false },
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		print_message("'%s'\n", cases[i].s.p);
		assert_int_equal(ident_is_address(cases[i].s), cases[i].address);
		assert_int_equal(ident_is_edi(cases[i].s), cases[i].edi);
		assert_int_equal(ident_is_key(cases[i].s), cases[i].key);
	}
}

static void
names_become_keys(void **state)
{
	static const struct { struct str name, key; } cases[] = {
		{ S_INIT("Nordwind GmbH"), S_INIT("nordwind") },
		{ S_INIT("ACME Ltd."), S_INIT("acme") },
		{ S_INIT("Smith & Sons, Inc"), S_INIT("smith-sons") },
		{ S_INIT("AG"), S_INIT("ag") },
		{ S_INIT("3M Company"), S_INIT("3m-company") },
		{ S_INIT("  "), S_INIT("partner") },
		{ S_INIT("\xe6\x9d\xb1\xe4\xba\xac"), S_INIT("partner") },
		{ S_INIT("../../etc"), S_INIT("etc") },
	};
	struct arena *a = arena_new(1 << 16);

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		struct str key = ident_slug(a, cases[i].name);
		print_message("%s: %.*s\n", cases[i].name.p, (int)key.n, key.p);
		assert_true(str_eq(key, cases[i].key));
		assert_true(ident_is_key(key));
	}
	arena_free(a);
}

#define PEM "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"

static void
cards_are_read_as_written(void **state)
{
	struct arena *a = arena_new(1 << 20);
	struct card card = { S("acme"), S("ACME \"Ltd\" ; & Co"), S("edi@acme.example"),
		S("14:5098765000007, ZZ:ACME"), S("") };
	struct str text = str_cat(a, str_cat(a, S("; a comment\n"), card_settings(a, &card)), S(PEM));
	struct card back;
	struct err e;

	(void)state;
	assert_int_equal(card_read(a, text, "acme.edipartner", &back, &e), 0);
	assert_true(str_eq(back.key, card.key));
	assert_true(str_eq(back.name, card.name));
	assert_true(str_eq(back.address, card.address));
	assert_true(str_eq(back.ids, card.ids));
	assert_true(str_eq(back.pem, S(PEM)));
	/* What a newer version adds is skipped. */
	assert_int_equal(card_read(a, S("[partner \"x\"]\naddress = a@b.example\nfax = 1\n" PEM), "x", &back, &e), 0);
	assert_int_equal(back.ids.n, 0);
	arena_free(a);
}

static void
cards_are_refused(void **state)
{
	static const struct { struct str text; const char *says; } cases[] = {
		{ S_INIT(""), "has no certificate" },
		{ S_INIT("[partner \"x\"]\naddress = a@b.example\n"), "has no certificate" },
		{ S_INIT("-----BEGIN CERTIFICATE-----\nMIIB\n"), "has no certificate" },
		{ S_INIT("x -----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"), "has no certificate" },
		{ S_INIT(PEM), "is called ''" },
		{ S_INIT("[gateway]\nuser = root\n" PEM), "is no partner card" },
		{ S_INIT("[partner \"x\"]\naddress = a@b.example\n[partner \"y\"]\naddress = c@d.example\n" PEM), "is no partner card" },
		{ S_INIT("[partner \"../x\"]\naddress = a@b.example\n" PEM), "want lower-case" },
		{ S_INIT("[partner \"x\"]\n" PEM), "has no address" },
		{ S_INIT("[partner \"x\"]\naddress = nobody\n" PEM), "is no mail address" },
		{ S_INIT("[partner \"x\"]\naddress = a@b.example\nids = 4012\n" PEM), "is no interchange id" },
		{ S_INIT("[partner \"x\"\naddress = a@b.example\n" PEM), "card:1:" },
	};
	struct arena *a = arena_new(1 << 20);

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		struct card card;
		struct err e;
		print_message("%s\n", cases[i].says);
		assert_int_equal(card_read(a, cases[i].text, "card", &card, &e), -1);
		if (strstr(e.text, cases[i].says) == NULL)
			fail_msg("says '%s'", e.text);
		assert_int_equal(e.kind, ERR_INPUT);
	}
	arena_free(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(smarthosts_are_read),
		cmocka_unit_test(smarthosts_are_refused),
		cmocka_unit_test(host_and_port_are_both_needed),
		cmocka_unit_test(addresses_ids_and_keys),
		cmocka_unit_test(names_become_keys),
		cmocka_unit_test(cards_are_read_as_written),
		cmocka_unit_test(cards_are_refused),
	};

	return cmocka_run_group_tests_name("cli_words", tests, NULL, NULL);
}
