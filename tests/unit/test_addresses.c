/* SPDX-License-Identifier: ISC */
/*
 * An address of ours or a partner's passes three gates on its way out: the settings, the header of the mail, the SMTP command. What
 * the first lets in the others let through, or a mail would be packed that can never be sent; and nothing else gets there.
 */
#include "gateway/conf_load.h"
#include "gateway/smtp/path.h"
#include "mime/addr.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define LONGEST 6

static const struct setting setting = { .section = "gateway", .key = "address", .type = SET_ADDRESS };

static bool
is_setting(struct str s)
{
	struct str out;
	struct err e;

	return conf_value_set(NULL, NULL, &setting, s, &out, &e) == 0;
}

/* True: it is an address to all three. */
static bool
all_agree(struct str s)
{
	bool ok = is_setting(s);

	if (addr_is_strict(s) != ok || (ok && !smtp_is_plain_mailbox(s)))
		fail_msg("'" STR_FMT "': setting %d, header %d, command %d", STR_ARG(s), ok, addr_is_strict(s), smtp_is_plain_mailbox(s));
	/* Address literals are the one thing more that a command may have. */
	if (smtp_is_plain_mailbox(s) && !ok && s.p[s.n - 1] != ']')
		fail_msg("'" STR_FMT "' is an address to the command alone", STR_ARG(s));
	return ok;
}

/* Every word of up to six of these. */
static void
short_words(void **state)
{
	static const char letters[] = "a1.-@[\"> \x80";
	const size_t base = sizeof(letters) - 1;
	size_t good = 0, words = 1;
	char word[LONGEST];

	(void)state;
	for (size_t n = 1; n <= LONGEST; n++) {
		words *= base;
		for (size_t i = 0; i < words; i++) {
			for (size_t k = 0, rest = i; k < n; k++, rest /= base)
				word[k] = letters[rest % base];
			good += all_agree(str_make(word, n));
		}
	}
	assert_in_range(good, 500, 5000);
}

static void
every_byte(void **state)
{
	static const struct str usual = S_INIT("edi@nordwind.example");
	char word[64];

	(void)state;
	for (size_t at = 0; at <= usual.n; at++) {
		for (int b = 0; b < 256; b++) {
			memcpy(word, usual.p, at);
			word[at] = (char)b;
			memcpy(word + at + 1, usual.p + at, usual.n - at);
			(void)all_agree(str_make(word, usual.n + 1));
			if (at < usual.n)
				(void)all_agree(str_make(word, at + 1));
		}
	}
}

/* A domain beyond ASCII is written as it stands in DNS, and goes so; what is meant is said to who writes it otherwise. */
static void
beyond_ascii(void **state)
{
	(void)state;
	assert_true(all_agree(S("edi@xn--bcher-kva.example")));
	assert_false(all_agree(S("edi@b\303\274cher.example")));
	assert_false(all_agree(S("gr\303\274n@acme.example")));
	assert_false(all_agree(S("edi@\343\200\202example")));	/* an ideographic full stop */
	assert_false(all_agree(S("edi@acme.example\342\200\213")));	/* a blank of no width */
}

static void
lengths(void **state)
{
	char word[400];
	size_t good = 0;

	(void)state;
	for (size_t local = 0; local < 70; local++) {
		for (size_t domain = 0; domain < 260; domain++) {
			memset(word, 'x', sizeof(word));
			word[local] = '@';
			for (size_t i = 60; i < domain; i += 61)
				word[local + 1 + i] = '.';
			good += all_agree(str_make(word, local + 1 + domain));
		}
	}
	assert_in_range(good, 10000, 14000);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(short_words),
		cmocka_unit_test(every_byte),
		cmocka_unit_test(beyond_ascii),
		cmocka_unit_test(lengths),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
