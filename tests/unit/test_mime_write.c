/* SPDX-License-Identifier: ISC */
/* Building: what we write is short-lined 7bit, and reads back as it was given. */
#include "tests/unit/mime_world.h"

#include "mime/encode.h"
#include "mime/header.h"
#include "mime/part.h"
#include "mime/word.h"
#include "mime/write.h"

static void
assert_canonical(struct str s)
{
	struct str rest = s, line;

	while (rest.n > 0) {
		struct str before = rest;
		assert_true(str_next_line(&rest, &line));
		assert_int_equal(before.n - rest.n, line.n + 2);
		if (line.n > ENCODE_LINE_MAX || !is_plain_text(line) || str_chr(line, '\r', NULL))
			fail_msg("line '" STR_FMT "'", STR_ARG(line));
		assert_false(str_starts(line, S("From ")));
	}
}

static void
fields_are_folded(void **state)
{
	struct world *w = *state;
	static const struct { struct str in, want; } cases[] = {
		{ S_INIT("short"), S_INIT("X: short\r\n") },
		{ S_INIT(""), S_INIT("X:\r\n") },
		{ S_INIT("one two  three"), S_INIT("X: one two three\r\n") },
		{ S_INIT("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa bbbbbbbbbb"),
		    S_INIT("X: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n bbbbbbbbbb\r\n") },
		{ S_INIT("<0123456789012345678901234567890123456789012345678901234567890123456789012@x>"),
		    S_INIT("X:\r\n <0123456789012345678901234567890123456789012345678901234567890123456789012@x>\r\n") },
	};

	for (size_t i = 0; i < N(cases); i++) {
		struct buf b = BUF_CAP(4096);
		assert_ok(w, write_field(&b, "X", cases[i].in, &w->e));
		assert_str(buf_str(&b), cases[i].want);
		buf_clear(&b);
	}
}

static void
subjects_round_trip(void **state)
{
	struct world *w = *state;
	static const struct { struct str in, want; } cases[] = {
		{ S_INIT("ORDERS 4711"), S_INIT("ORDERS 4711") },
		{ S_INIT("Bestellung f\xc3\xbcr ACME"), S_INIT("Bestellung f\xc3\xbcr ACME") },
		{ S_INIT("two  blanks"), S_INIT("two  blanks") },
		{ S_INIT("=?utf-8?Q?not_a_word?="), S_INIT("=?utf-8?Q?not_a_word?=") },
		{ S_INIT("inject\r\nBcc: x@y.example"), S_INIT("inject  Bcc: x@y.example") },
		{ S_INIT(" trimmed "), S_INIT("trimmed") },
		{ S_INIT("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"),
		    S_INIT("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa") },
		{ S_INIT(""), S_INIT("") },
	};

	for (size_t i = 0; i < N(cases); i++) {
		struct buf b = BUF_CAP(4096);
		struct header h;
		assert_ok(w, write_text_field(&b, "Subject", cases[i].in, &w->e));
		assert_canonical(buf_str(&b));
		assert_ok(w, header_read(w->a, buf_str(&b), &h, &w->e));
		assert_int_equal(h.n, 1);
		assert_str(header_text(w->a, &h, S("Subject")), cases[i].want);
		buf_clear(&b);
	}
}

static void
mailboxes(void **state)
{
	struct world *w = *state;
	static const struct { struct str name, want; } cases[] = {
		{ S_INIT(""), S_INIT("From: <edi@acme.example>\r\n") },
		{ S_INIT("ACME Ltd"), S_INIT("From: \"ACME Ltd\" <edi@acme.example>\r\n") },
		{ S_INIT("a \"b\" \\ <x@y>"), S_INIT("From: \"a \\\"b\\\" \\\\ <x@y>\" <edi@acme.example>\r\n") },
		{ S_INIT("B\xc3\xa4r"), S_INIT("From: =?utf-8?Q?B=C3=A4r?= <edi@acme.example>\r\n") },
	};

	for (size_t i = 0; i < N(cases); i++) {
		struct buf b = BUF_CAP(4096);
		assert_ok(w, write_mailbox(&b, "From", cases[i].name, S("edi@acme.example"), &w->e));
		assert_str(buf_str(&b), cases[i].want);
		buf_clear(&b);
	}
}

/* A file part is written and read again; name is what must come back. */
static void
check_file(struct world *w, struct str file_name, struct str content)
{
	struct buf b = BUF_CAP(1u << 20);
	struct part_tree t;
	unsigned int flags = 0;

	assert_ok(w, write_file_part(&b, S("application/EDIFACT"), file_name, content, &w->e));
	assert_canonical(buf_str(&b));
	assert_ok(w, part_tree_read(w->a, buf_str(&b), &t, &w->e));
	assert_int_equal(part_tree_defects(&t), 0);
	assert_str(t.parts[0].type.value, S("application/edifact"));
	assert_str(t.parts[0].disposition, S("attachment"));
	assert_str(t.parts[0].file_name, file_name);
	assert_str(cte_decode(w->a, t.parts[0].cte, part_body(&t, 0), &flags), content);
	assert_int_equal(flags, 0);
	buf_clear(&b);
}

static void
file_names_round_trip(void **state)
{
	struct world *w = *state;
	static const struct str names[] = {
		S_INIT("orders.edi"), S_INIT(""), S_INIT("with blanks and 'quotes'.edi"),
		    S_INIT("with \"quotes\" and \\ too.edi"),
		S_INIT("bestellung \xc3\xa4\xc3\xb6\xc3\xbc.edi"), S_INIT("latin \xe4.edi"),
		    S_INIT("new\nline\r.edi"), S_INIT("nul\0byte"),
		S_INIT("=?utf-8?Q?word?="), S_INIT("a;b=c.edi"), S_INIT("%41%zz.edi"), S_INIT("utf-8''x"),
		    S_INIT("../../etc/passwd"),
		S_INIT("it's (a comment).edi"), S_INIT("*0*=x"), S_INIT(" "),
		    S_INIT("\xf0\x9f\x93\xa6\xf0\x9f\x93\xa6\xf0\x9f\x93\xa6\xf0\x9f\x93\xa6\xf0\x9f\x93\xa6.edi"),
	};
	struct str bytes = all_bytes();
	char longest[255];

	for (size_t i = 0; i < N(names); i++)
		check_file(w, names[i], S("UNA:+.? '"));
	memset(longest, 'n', sizeof(longest));
	check_file(w, str_make(longest, sizeof(longest)), S(""));
	for (size_t n = 50; n < 70; n++)
		check_file(w, str_make(longest, n), S("x"));
	memset(longest, '\xe4', sizeof(longest));
	check_file(w, str_make(longest, sizeof(longest)), S(""));
	for (size_t i = 0; i < 256; i += 32)
		check_file(w, str_sub(bytes, i, 32), bytes);
}

static void
contents_round_trip(void **state)
{
	struct world *w = *state;
	struct str bytes = all_bytes();
	char *big = arena_get(w->a, 100000);

	for (size_t n = 0; n < 130; n++)
		check_file(w, S("a"), str_sub(bytes, 0, n));
	for (size_t i = 0; i < 100000; i++)
		big[i] = (char)(i * 7919 >> 3);
	check_file(w, S("a"), str_make(big, 100000));
}

static void
text_parts_survive(void **state)
{
	struct world *w = *state;
	static const struct { struct str in, want; enum cte cte; } cases[] = {
		{ S_INIT("plain words\r\n"), S_INIT("plain words\r\n"), CTE_7BIT },
		{ S_INIT(""), S_INIT(""), CTE_7BIT },
		{ S_INIT("umlaut \xc3\xa4\r\n"), S_INIT("umlaut \xc3\xa4\r\n"), CTE_QP },
		{ S_INIT("no end"), S_INIT("no end\r\n"), CTE_QP },
		{ S_INIT("From the start\r\n"), S_INIT("From the start\r\n"), CTE_QP },
		{ S_INIT(".\r\n"), S_INIT(".\r\n"), CTE_QP },
		{ S_INIT("unix\n"), S_INIT("unix\r\n"), CTE_QP },
		{ S_INIT("blank \r\n"), S_INIT("blank \r\n"), CTE_QP },
	};

	for (size_t i = 0; i < N(cases); i++) {
		struct buf b = BUF_CAP(4096);
		struct part_tree t;
		unsigned int flags = 0;
		assert_ok(w, write_text_part(&b, "text/plain", cases[i].in, &w->e));
		assert_canonical(buf_str(&b));
		assert_ok(w, part_tree_read(w->a, buf_str(&b), &t, &w->e));
		assert_int_equal(t.parts[0].cte, cases[i].cte);
		assert_str(cte_decode(w->a, t.parts[0].cte, part_body(&t, 0), &flags), cases[i].want);
		buf_clear(&b);
	}
}

static void
caps_are_kept(void **state)
{
	struct world *w = *state;

	for (size_t cap = 0; cap < 400; cap += 7) {
		struct buf b = BUF_CAP(cap);
		int rc = write_file_part(&b, S("x/y"),
		    S("some \xc3\xa4 name that is long enough to be cut into pieces by RFC 2231"),
		    all_bytes(), &w->e);
		assert_int_equal(rc, -1);
		assert_int_equal(w->e.kind, ERR_INPUT);
		buf_clear(&b);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fields_are_folded),
		cmocka_unit_test(subjects_round_trip),
		cmocka_unit_test(mailboxes),
		cmocka_unit_test(file_names_round_trip),
		cmocka_unit_test(contents_round_trip),
		cmocka_unit_test(text_parts_survive),
		cmocka_unit_test(caps_are_kept),
	};

	return cmocka_run_group_tests(tests, world_new, world_free);
}
