/* SPDX-License-Identifier: ISC */
/* Header fields and structured values with parameters. */
#include "tests/unit/mime_world.h"

#include "mime/header.h"
#include "mime/param.h"

static void
fields_are_split_and_folded_ones_joined(void **state)
{
	struct world *w = *state;
	struct header h;

	assert_ok(w, header_read(w->a,
	    S("From: a@b.example\r\nSubject: one\r\n two\r\n\tthree \r\nsubject: again\r\n\r\nBody: no\r\n"),
	    &h, &w->e));
	assert_int_equal(h.n, 3);
	assert_int_equal(h.defects, 0);
	assert_str(header_get(&h, S("FROM")), S("a@b.example"));
	assert_str(header_unfold(w->a, header_get(&h, S("Subject"))), S("one two\tthree"));
	assert_int_equal(header_count(&h, S("Subject")), 2);
	assert_str(header_get(&h, S("Body")), S(""));
}

static void
odd_headers_are_told_in_defects(void **state)
{
	struct world *w = *state;
	static const struct { const char *why; struct str in; unsigned int defects; size_t n; } cases[] = {
		{ "good", S_INIT("A: 1\r\nB: 2\r\n"), 0, 2 },
		{ "no line end", S_INIT("A: 1"), 0, 1 },
		{ "empty", S_INIT(""), 0, 0 },
		{ "empty value", S_INIT("A:\r\n"), 0, 1 },
		{ "mbox line", S_INIT("From x@y Mon\r\nA: 1\r\n"), 0, 1 },
		{ "mbox line further down", S_INIT("A: 1\r\nFrom x y\r\n"), HEADER_JUNK, 1 },
		{ "no colon", S_INIT("A: 1\r\nnonsense\r\nB: 2\r\n"), HEADER_JUNK, 2 },
		{ "fold of junk", S_INIT("nonsense\r\n more\r\nB: 2\r\n"), HEADER_JUNK, 1 },
		{ "fold first", S_INIT(" A: 1\r\nB: 2\r\n"), HEADER_JUNK, 1 },
		{ "blank in name", S_INIT("A B: 1\r\n"), HEADER_JUNK, 0 },
		{ "empty name", S_INIT(": 1\r\n"), HEADER_JUNK, 0 },
		{ "8bit name", S_INIT("\xe4: 1\r\n"), HEADER_JUNK, 0 },
		{ "blank before colon", S_INIT("A : 1\r\n"), HEADER_COLON_GAP, 1 },
		{ "line of blanks", S_INIT("A: 1\r\n \r\nB: 2\r\n"), HEADER_WHITE_LINE, 2 },
		{ "bare LF", S_INIT("A: 1\nB: 2\r\n"), HEADER_BARE_LF, 2 },
		{ "bare CR", S_INIT("A: 1\rB: 2\r\n"), HEADER_BARE_CR, 1 },
		{ "NUL", S_INIT("A: 1\0 2\r\n"), HEADER_NUL, 1 },
	};
	struct header h;

	for (size_t i = 0; i < N(cases); i++) {
		print_message("%s\n", cases[i].why);
		assert_ok(w, header_read(w->a, cases[i].in, &h, &w->e));
		assert_int_equal(h.defects, cases[i].defects);
		assert_int_equal(h.n, cases[i].n);
	}
}

static void
too_many_fields_are_refused(void **state)
{
	struct world *w = *state;
	struct buf b = BUF_CAP(1u << 20);
	struct header h;

	for (int i = 0; i < HEADER_FIELDS_MAX; i++)
		(void)buf_put(&b, S("A: 1\r\n"), NULL);
	assert_int_equal(header_read(w->a, buf_str(&b), &h, &w->e), 0);
	(void)buf_put(&b, S("A: 1\r\n"), NULL);
	assert_int_equal(header_read(w->a, buf_str(&b), &h, &w->e), -1);
	assert_int_equal(w->e.kind, ERR_INPUT);
	buf_clear(&b);
}

static void
the_header_ends_at_its_blank_line(void **state)
{
	(void)state;
	assert_int_equal(header_length(S("A: 1\r\n\r\nbody")), 8);
	assert_int_equal(header_length(S("A: 1\n\nbody")), 6);
	assert_int_equal(header_length(S("\r\nbody")), 2);
	assert_int_equal(header_length(S("A: 1\r\n")), 6);
	assert_int_equal(header_length(S("")), 0);
}

static void
comments_are_skipped_however_deep(void **state)
{
	struct str deep = { NULL, 0 }, s = S(" (a (b\\) ) c)\r\n x");
	struct world *w = *state;
	char *many = arena_get(w->a, 100001);

	skip_cfws(&s);
	assert_str(s, S("x"));
	s = S("(never closed x");
	skip_cfws(&s);
	assert_str(s, S(""));
	memset(many, '(', 100000);
	deep = str_make(many, 100000);
	skip_cfws(&deep);
	assert_int_equal(deep.n, 0);
}

/* value | name=value, name=value ... with defects in brackets */
static struct str
show(struct arena *a, const struct params *p)
{
	struct str s = p->value;

	for (size_t i = 0; i < p->n; i++)
		s = str_fmt(a, STR_FMT "|" STR_FMT "=" STR_FMT "%s%s", STR_ARG(s), STR_ARG(p->list[i].name),
		    STR_ARG(p->list[i].value), (p->list[i].defects & PARAM_TWICE) != 0 ? "[twice]" : "",
		    (p->list[i].defects & PARAM_PIECES) != 0 ? "[pieces]" : "");
	return str_fmt(a, STR_FMT "%s%s", STR_ARG(s), (p->defects & PARAM_SYNTAX) != 0 ? " syntax" : "",
	    (p->defects & PARAM_MANY) != 0 ? " many" : "");
}

static void
parameters_are_read(void **state)
{
	struct world *w = *state;
	static const struct { struct str in, want; } cases[] = {
		{ S_INIT("text/plain"), S_INIT("text/plain") },
		{ S_INIT(" Text / Plain (a comment) ; Charset = UTF-8 "), S_INIT("text/plain|charset=UTF-8") },
		{ S_INIT("multipart/signed; boundary=\"a b; c=\\\"d\\\"\"; micalg=sha-256"),
		    S_INIT("multipart/signed|boundary=a b; c=\"d\"|micalg=sha-256") },
		{ S_INIT("base64 (comment)"), S_INIT("base64") },
		{ S_INIT("attachment;\r\n filename=\"folded\r\n name.edi\""), S_INIT("attachment|filename=folded name.edi") },
		{ S_INIT("attachment; filename=my order.edi"), S_INIT("attachment|filename=my order.edi syntax") },
		{ S_INIT("attachment; filename=a(1).edi; x=y"), S_INIT("attachment|filename=a(1).edi|x=y syntax") },
		{ S_INIT("x/y;;; a=b;"), S_INIT("x/y|a=b") },
		{ S_INIT("x/y; a; b=c"), S_INIT("x/y|b=c syntax") },
		{ S_INIT("x/y; a=\"open"), S_INIT("x/y|a=open syntax") },
		{ S_INIT("x/y; a=1; A=2"), S_INIT("x/y|a=1[twice]") },
		/* RFC 2231 */
		{ S_INIT("a; filename*=utf-8''b%C3%A4.edi"), S_INIT("a|filename=b\xc3\xa4.edi") },
		{ S_INIT("a; filename*=iso-8859-1'de'b%E4.edi"), S_INIT("a|filename=b\xc3\xa4.edi") },
		{ S_INIT("a; filename*=unknown-8bit''b%E4"), S_INIT("a|filename=b\xe4") },
		{ S_INIT("a; filename*0=one; filename*1=two"), S_INIT("a|filename=onetwo") },
		{ S_INIT("a; filename*1=two; filename*0=one"), S_INIT("a|filename=onetwo") },
		{ S_INIT("a; filename*0*=utf-8''%C3; filename*1*=%A4; filename*2=\"%41\""), S_INIT("a|filename=\xc3\xa4%41") },
		{ S_INIT("a; filename*0=one; filename*2=three"), S_INIT("a|filename=one[pieces]") },
		{ S_INIT("a; filename*0=one; filename*0=uno"), S_INIT("a|filename=one[twice]") },
		{ S_INIT("a; filename=plain; filename*=utf-8''better"), S_INIT("a|filename=better[twice]") },
		{ S_INIT("a; filename*99999999999=x"), S_INIT("a syntax") },
		{ S_INIT("a; filename*=%zz%4"), S_INIT("a|filename=%zz%4") },
		{ S_INIT("a; =b; *=c; c=d"), S_INIT("a|c=d syntax") },
		/* wrong, and common: encoded words in quotes */
		{ S_INIT("a; name=\"=?utf-8?Q?b=C3=A4?= 1\""), S_INIT("a|name=b\xc3\xa4 1") },
		{ S_INIT(""), S_INIT("") },
		{ S_INIT(";"), S_INIT("") },
	};
	struct params p;

	for (size_t i = 0; i < N(cases); i++) {
		params_read(w->a, cases[i].in, &p);
		assert_str(show(w->a, &p), cases[i].want);
	}
	assert_null(params_find(&p, S("none")));
	assert_str(params_get(&p, S("none")), S(""));
}

static void
parameters_are_bounded(void **state)
{
	struct world *w = *state;
	struct buf b = BUF_CAP(1u << 20);
	struct params p;

	(void)buf_put(&b, S("x/y"), NULL);
	for (int i = 0; i < PARAM_PIECES_MAX + 1; i++)
		(void)buf_printf(&b, NULL, "; p%d=v", i);
	params_read(w->a, buf_str(&b), &p);
	assert_int_equal(p.n, PARAM_PIECES_MAX);
	assert_int_equal(p.defects, PARAM_MANY);
	buf_clear(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fields_are_split_and_folded_ones_joined),
		cmocka_unit_test(odd_headers_are_told_in_defects),
		cmocka_unit_test(too_many_fields_are_refused),
		cmocka_unit_test(the_header_ends_at_its_blank_line),
		cmocka_unit_test(comments_are_skipped_however_deep),
		cmocka_unit_test(parameters_are_read),
		cmocka_unit_test(parameters_are_bounded),
	};

	return cmocka_run_group_tests(tests, world_new, world_free);
}
