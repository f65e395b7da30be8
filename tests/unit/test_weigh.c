/* SPDX-License-Identifier: ISC */
/* What a receipt is worth: the table of docs/STATES.md, row by row, and the wrong ways to a MIC by name. */
#include "gateway/weigh.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define RIGHT "cmlnaHQ=, sha-256"
#define SET RIGHT "; b3RoZXI=, sha-256 (content); c2hhMQ==, sha1" \
	"; Ym9keQ==, sha-256 (wrong: body); ZG9j, sha-256 (wrong: document); aW5m, sha-256 (wrong: inflated)" \
	"; ZGVm, sha-256 (wrong: deflated); bGY=, sha-256 (wrong: lf); ZW9s, sha-256 (wrong: eol); Y3V0, sha-256 (wrong: cut)"

struct row {
	const char *what;
	struct weigh_receipt r;
	bool unsigned_will_do, sha1;
	unsigned int tries;
	enum ex_event want;
	const char *says;
};
#define RECEIPT(word, modifier, text, mic, is_signed) \
	{ S_INIT(word), S_INIT(modifier), S_INIT(text), S_INIT(mic), is_signed, S_INIT("") }
#define LOOKED(mic, way) { S_INIT("processed"), S_INIT(""), S_INIT(""), S_INIT(mic), true, S_INIT(way) }

static const struct row rows[] = {
	{ "as it should be", RECEIPT("processed", "", "", RIGHT, true), false, false, 1, EV_MDN_OK, "MIC equal" },
	{ "another right MIC", RECEIPT("processed", "", "", "b3RoZXI=, sha-256", true), false, false, 1, EV_MDN_OK, "MIC equal" },
	{ "a person's mail program", RECEIPT("displayed", "", "", RIGHT, true), false, false, 1, EV_NOTE, "no receipt" },
	{ "deleted unread", RECEIPT("deleted", "", "", "", false), false, false, 1, EV_NOTE, "no receipt" },
	{ "unsigned", RECEIPT("processed", "", "", RIGHT, false), false, false, 1, EV_MDN_WEAK, "not signed" },
	{ "unsigned, and no other was asked for", RECEIPT("processed", "", "", RIGHT, false), true, false, 1, EV_MDN_OK, "equal" },
	{ "an unsigned no", RECEIPT("processed", "error", "decryption-failed", "", false), false, false, 1, EV_MDN_WEAK, "not signed" },
	{ "refused", RECEIPT("processed", "error", "decryption-failed", "", true), false, false, 1, EV_MDN_NEGATIVE, "refused" },
	{ "refused, MIC right", RECEIPT("processed", "error", "integrity-check-failed", RIGHT, true), false, false, 1,
	    EV_MDN_NEGATIVE, "refused" },
	{ "processed/failure", RECEIPT("processed", "failure", "", RIGHT, true), false, false, 1, EV_MDN_NEGATIVE, "refused" },
	{ "failed", RECEIPT("failed", "", "", RIGHT, true), false, false, 1, EV_MDN_NEGATIVE, "refused" },
	{ "failed/failure", RECEIPT("failed", "failure", "unsupported format", "", true), false, false, 1, EV_MDN_NEGATIVE, "refused" },
	{ "no MIC", RECEIPT("processed", "", "", "", true), false, false, 1, EV_MDN_WEAK, "without a MIC" },
	{ "no MIC, and none is due", RECEIPT("processed", "", "", "", false), true, false, 1, EV_MDN_WARNING, "without a MIC" },
	{ "other bytes", RECEIPT("processed", "", "", "eHh4, sha-256", true), false, false, 1, EV_MDN_DISPUTED, "not that of" },
	{ "a digest that nobody asked for", RECEIPT("processed", "", "", "cmlnaHQ=, sha-512", true), false, false, 1, EV_MDN_WEAK,
	    "cannot be compared" },
	{ "right, by SHA-1", RECEIPT("processed", "", "", "c2hhMQ==, sha1", true), false, false, 1, EV_MDN_WEAK, "SHA-1" },
	{ "right, by SHA-1, as agreed", RECEIPT("processed", "", "", "c2hhMQ==, sha1", true), false, true, 1, EV_MDN_OK, "equal" },
	{ "wrong, by SHA-1", RECEIPT("processed", "", "", "eHh4, sha1", true), false, true, 1, EV_MDN_DISPUTED, "not that of" },
	{ "with a warning", RECEIPT("processed", "warning", "be careful", RIGHT, true), false, false, 1, EV_MDN_WARNING, "warning" },
	{ "a warning, other bytes", RECEIPT("processed", "warning", "", "eHh4, sha-256", true), false, false, 1, EV_MDN_DISPUTED, "MIC" },
	{ "a duplicate, at the first try", RECEIPT("processed", "warning", "duplicate-document", RIGHT, true), false, false, 1,
	    EV_MDN_WARNING, "warning" },
	{ "a duplicate, as expected", RECEIPT("processed", "warning", "duplicate-document", RIGHT, true), false, false, 2, EV_MDN_OK,
	    "equal" },
	{ "a duplicate called error, as expected", RECEIPT("processed", "error", "duplicate-document", RIGHT, true), false, false, 2,
	    EV_MDN_OK, "equal" },
	{ "a duplicate called error, without proof", RECEIPT("processed", "error", "duplicate-document", "", true), false, false, 2,
	    EV_MDN_WEAK, "without a MIC" },
	{ "a duplicate called error, at the first try", RECEIPT("processed", "error", "duplicate-document", "", true), false, false, 1,
	    EV_MDN_NEGATIVE, "refused" },
	{ "wrong: body", RECEIPT("processed", "", "", "Ym9keQ==, sha-256", true), false, false, 1, EV_MDN_DISPUTED,
	    "the partner digested the content without its MIME header" },
	{ "told from the mail: right", LOOKED("eHh4, sha-512", "right"), false, false, 1, EV_MDN_OK, "equal" },
	{ "told from the mail: right, by SHA-1", LOOKED("eHh4, sha1", "right"), false, false, 1, EV_MDN_WEAK, "SHA-1" },
	{ "told from the mail: right, by SHA-1, as agreed", LOOKED("eHh4, sha1", "right"), false, true, 1, EV_MDN_OK, "equal" },
	{ "told from the mail: wrong: cut", LOOKED("eHh4, sha-256", "wrong: cut"), false, false, 1, EV_MDN_DISPUTED, "last line end" },
	{ "told from the mail: nothing fits", LOOKED("eHh4, sha-512", "unknown"), false, false, 1, EV_MDN_DISPUTED, "not that of" },
	{ "told from the mail: wrong, and what was kept is right", LOOKED(RIGHT, "unknown"), false, false, 1, EV_MDN_OK, "equal" },
	{ "wrong: document", RECEIPT("processed", "", "", "ZG9j, sha-256", true), false, false, 1, EV_MDN_DISPUTED, "decoded" },
	{ "wrong: inflated", RECEIPT("processed", "", "", "aW5m, sha-256", true), false, false, 1, EV_MDN_DISPUTED, "compressed" },
	{ "wrong: deflated", RECEIPT("processed", "", "", "ZGVm, sha-256", true), false, false, 1, EV_MDN_DISPUTED, "compressed part" },
	{ "wrong: lf", RECEIPT("processed", "", "", "bGY=, sha-256", true), false, false, 1, EV_MDN_DISPUTED, "LF line ends" },
	{ "wrong: eol", RECEIPT("processed", "", "", "ZW9s, sha-256", true), false, false, 1, EV_MDN_DISPUTED, "boundary" },
	{ "wrong: cut", RECEIPT("processed", "", "", "Y3V0, sha-256", true), false, false, 1, EV_MDN_DISPUTED, "last line end" },
};

static void
each_row_of_the_table(void **state)
{
	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		const struct row *x = &rows[i];
		const struct weigh_sent sent = { S(SET), !x->unsigned_will_do, x->sha1, x->tries };
		const char *why = NULL;
		enum ex_event is = weigh(&x->r, &sent, &why);
		print_message("%s: %s: %s\n", x->what, exchange_event_name(is), why);
		assert_string_equal(exchange_event_name(is), exchange_event_name(x->want));
		assert_non_null(strstr(why, x->says));
	}
}

/* Nothing that stands in a receipt is taken for a right MIC because of its form. */
static void
no_text_is_mistaken_for_a_digest(void **state)
{
	static const struct str mics[] = { S_INIT("cmlnaHQ="), S_INIT("sha-256"), S_INIT(","),
		S_INIT("(wrong: body)"), S_INIT("cmlnaHQ=, sha-256; Ym9keQ==, sha-256"),
		S_INIT(";"), S_INIT("cmlnaHQ=, sha-256x"), S_INIT(", sha-256") };
	const struct weigh_sent sent = { S(SET), true, true, 1 }, nothing = { S(""), true, true, 1 };
	const char *why;

	(void)state;
	for (size_t i = 0; i < N(mics); i++) {
		const struct weigh_receipt r = { S("processed"), S(""), S(""), mics[i], true, S("") };
		assert_int_not_equal(weigh(&r, &sent, &why), EV_MDN_OK);
		assert_int_not_equal(weigh(&r, &nothing, &why), EV_MDN_OK);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_row_of_the_table),
		cmocka_unit_test(no_text_is_mistaken_for_a_digest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
