/* SPDX-License-Identifier: ISC */
/* The part scanner: the right bytes for every part, the same tree however the stream is cut, limits met. */
#include "tests/unit/mime_world.h"

#include "mime/part.h"

#define MULTI(b)    "Content-Type: multipart/mixed; boundary=" b "\r\n\r\n"
#define AMBIGUOUS(x) ((x) & PART_AMBIGUOUS)

/* "0 multipart/mixed; 1 text/plain 'body'; ..." with the ambiguous defects behind. */
static struct str
show(struct arena *a, const struct part_tree *t)
{
	struct str s = S("");

	for (size_t i = 0; i < t->n; i++) {
		const struct part *p = &t->parts[i];
		s = str_fmt(a, STR_FMT "%s%u " STR_FMT, STR_ARG(s), i > 0 ? "; " : "", p->depth,
		    STR_ARG(p->type.value));
		if (p->children == 0)
			s = str_cat(a, s, str_fmt(a, " '" STR_FMT "'", STR_ARG(part_body(t, i))));
		if (AMBIGUOUS(p->defects) != 0)
			s = str_cat(a, s,
			    str_fmt(a, " [" STR_FMT "]",
			        STR_ARG(part_defects_text(a, AMBIGUOUS(p->defects)))));
	}
	return s;
}

static const struct { const char *why; struct str in, want; } trees[] = {
	{ "leaf", S_INIT("Content-Type: text/XML\r\n\r\nbody\r\n"), S_INIT("0 text/xml 'body\r\n'") },
	{ "no type", S_INIT("A: b\r\n\r\nbody"), S_INIT("0 text/plain 'body'") },
	{ "bad type", S_INIT("Content-Type: nonsense\r\n\r\nx"), S_INIT("0 text/plain 'x'") },
	{ "empty", S_INIT(""), S_INIT("0 text/plain ''") },
	{ "header only", S_INIT("A: b\r\n"), S_INIT("0 text/plain ''") },
	{ "empty header", S_INIT("\r\nbody"), S_INIT("0 text/plain 'body'") },
	{ "two parts",
	    S_INIT(MULTI("b") "preamble\r\n--b\r\n\r\none\r\n--b\r\nContent-Type: x/y\r\n\r\ntwo\r\n\r\n--b--\r\nepilogue\r\n"),
	    S_INIT("0 multipart/mixed; 1 text/plain 'one'; 1 x/y 'two\r\n'") },
	{ "delimiter at once", S_INIT(MULTI("b") "--b\r\n\r\none\r\n--b--"), S_INIT("0 multipart/mixed; 1 text/plain 'one'") },
	{ "blanks behind delimiters", S_INIT(MULTI("b") "--b \t \r\n\r\none\r\n--b--  \r\n"),
	    S_INIT("0 multipart/mixed; 1 text/plain 'one'") },
	{ "empty parts", S_INIT(MULTI("b") "--b\r\n\r\n--b\r\n--b\r\n\r\n\r\n--b--\r\n"),
	    S_INIT("0 multipart/mixed; 1 text/plain ''; 1 text/plain ''; 1 text/plain ''") },
	{ "header without blank line", S_INIT(MULTI("b") "--b\r\nContent-Type: x/y\r\n--b--\r\n"),
	    S_INIT("0 multipart/mixed; 1 x/y ''") },
	{ "nearly delimiters", S_INIT(MULTI("b") "--b\r\n\r\n--bb\r\n-b\r\n --b\r\n--b-\r\n--B\r\n--b--x\r\n--b--\r\n"),
	    S_INIT("0 multipart/mixed; 1 text/plain '--bb\r\n-b\r\n --b\r\n--b-\r\n--B\r\n--b--x'") },
	{ "nested", S_INIT(MULTI("a") "--a\r\n" MULTI("b") "--b\r\n\r\n1\r\n--b--\r\nepilogue\r\n--a\r\n\r\n2\r\n--a--\r\n"),
	    S_INIT("0 multipart/mixed; 1 multipart/mixed; 2 text/plain '1'; 1 text/plain '2'") },
	{ "boundary is a prefix", S_INIT(MULTI("aa") "--aa\r\n" MULTI("a") "--a\r\n\r\n1\r\n--aa\r\n\r\n2\r\n--aa--\r\n"),
	    S_INIT("0 multipart/mixed; 1 multipart/mixed [close delimiter missing]; 2 text/plain '1'; 1 text/plain '2'") },
	{ "inner not closed", S_INIT(MULTI("a") "--a\r\n" MULTI("b") "--b\r\n\r\n1\r\n--a--\r\n"),
	    S_INIT("0 multipart/mixed; 1 multipart/mixed [close delimiter missing]; 2 text/plain '1'") },
	{ "not closed", S_INIT(MULTI("b") "--b\r\n\r\none\r\n"),
	    S_INIT("0 multipart/mixed [close delimiter missing]; 1 text/plain 'one\r\n'") },
	{ "no parts", S_INIT(MULTI("b") "text\r\n"),
	    S_INIT("0 multipart/mixed 'text\r\n' [close delimiter missing, multipart without parts]") },
	{ "closed at once", S_INIT(MULTI("b") "--b--\r\n"), S_INIT("0 multipart/mixed '--b--\r\n' [multipart without parts]") },
	{ "no boundary", S_INIT("Content-Type: multipart/mixed\r\n\r\n--\r\n\r\nx\r\n"),
	    S_INIT("0 multipart/mixed '--\r\n\r\nx\r\n' [multipart without boundary]") },
	{ "empty boundary", S_INIT("Content-Type: multipart/mixed; boundary=\"\"\r\n\r\n--\r\n\r\nx\r\n----\r\n"),
	    S_INIT("0 multipart/mixed '--\r\n\r\nx\r\n----\r\n' [multipart without boundary]") },
	{ "boundary twice", S_INIT("Content-Type: multipart/mixed; boundary=a; boundary=b\r\n\r\n--a\r\n\r\n1\r\n--a--\r\n"),
	    S_INIT("0 multipart/mixed [boundary given twice]; 1 text/plain '1'") },
	{ "boundary in two forms",
	    S_INIT("Content-Type: multipart/mixed; boundary*0=a; boundary=b\r\n\r\n--a\r\n\r\n1\r\n--a--\r\n"),
	    S_INIT("0 multipart/mixed [boundary given twice]; 1 text/plain '1'") },
	{ "boundary of the outer one", S_INIT(MULTI("a") "--a\r\n" MULTI("a") "--a\r\n\r\n1\r\n--a--\r\n--a--\r\n"),
	    S_INIT("0 multipart/mixed; 1 multipart/mixed [boundary of an outer part used again]; 2 text/plain '1'") },
	{ "two types", S_INIT("Content-Type: text/plain\r\nContent-Type: text/html\r\n\r\nx"),
	    S_INIT("0 text/plain 'x' [two Content-Type fields]") },
	{ "two encodings", S_INIT("Content-Transfer-Encoding: 7bit\r\nContent-Transfer-Encoding: base64\r\n\r\nx"),
	    S_INIT("0 text/plain 'x' [two Content-Transfer-Encoding fields]") },
	{ "unknown encoding", S_INIT("Content-Transfer-Encoding: rot13\r\n\r\nx"),
	    S_INIT("0 text/plain 'x' [unknown transfer encoding]") },
	{ "encoded multipart", S_INIT("Content-Transfer-Encoding: base64\r\n" MULTI("b") "--b\r\n\r\n1\r\n--b--\r\n"),
	    S_INIT("0 multipart/mixed [transfer encoding on a multipart]; 1 text/plain '1'") },
	{ "header of blanks", S_INIT("A: b\r\n \r\nC: d\r\n\r\nx"), S_INIT("0 text/plain 'x' [header line of blanks only]") },
	{ "junk in the header", S_INIT("A: b\r\nnonsense\r\n\r\nx"), S_INIT("0 text/plain 'x' [header line that is no field]") },
	{ "bare LF in the header", S_INIT("A: b\n\r\nx"), S_INIT("0 text/plain 'x' [bare CR, LF or NUL in a header]") },
	{ "bare LF at a delimiter", S_INIT(MULTI("b") "--b\r\n\r\n1\n--b\r\n\r\n2\r\n--b--\n"),
	    S_INIT("0 multipart/mixed [bare CR, LF or NUL in a header]; 1 text/plain '1'; 1 text/plain '2'") },
	{ "digest", S_INIT("Content-Type: multipart/digest; boundary=b\r\n\r\n--b\r\n\r\nSubject: x\r\n\r\n1\r\n--b--\r\n"),
	    S_INIT("0 multipart/digest; 1 message/rfc822 'Subject: x\r\n\r\n1'") },
	{ "mail in a mail is a leaf",
	    S_INIT(MULTI("b") "--b\r\nContent-Type: message/rfc822\r\n\r\n" MULTI("c") "--c\r\n--b--\r\n"),
	    S_INIT("0 multipart/mixed; 1 message/rfc822 '" MULTI("c") "--c'") },
};

static void
trees_are_found(void **state)
{
	struct world *w = *state;
	struct part_tree t;

	for (size_t i = 0; i < N(trees); i++) {
		print_message("%s\n", trees[i].why);
		assert_ok(w, part_tree_read(w->a, trees[i].in, &t, &w->e));
		assert_str(show(w->a, &t), trees[i].want);
	}
}

static void
assert_same_parts(struct world *w, const struct part_scan *s, const struct part_tree *t)
{
	(void)w;
	assert_int_equal(part_scan_count(s), t->n);
	for (size_t i = 0; i < t->n; i++) {
		const struct part *a = part_scan_get(s, i), *b = &t->parts[i];
		assert_int_equal(a->start, b->start);
		assert_int_equal(a->body, b->body);
		assert_int_equal(a->end, b->end);
		assert_int_equal(a->defects, b->defects);
		assert_int_equal(a->parent, b->parent);
		assert_str(a->type.value, b->type.value);
	}
}

static void
any_cut_gives_the_same_tree(void **state)
{
	struct world *w = *state;

	for (size_t i = 0; i < N(trees); i++) {
		struct part_tree t;
		assert_ok(w, part_tree_read(w->a, trees[i].in, &t, &w->e));
		for (size_t step = 1; step < 8; step++) {
			struct part_scan *s = part_scan_new(w->a);
			for (size_t at = 0; at < trees[i].in.n; at += step)
				assert_ok(w, part_scan_feed(s, str_sub(trees[i].in, at, step), &w->e));
			assert_ok(w, part_scan_end(s, &w->e));
			assert_same_parts(w, s, &t);
			part_scan_free(s);
		}
	}
}

static void
signed_bytes_are_exact(void **state)
{
	struct world *w = *state;
	struct part_tree t;
	/* The epilogue of a multipart that was signed is signed too; the line end before the delimiter is not. */
	struct str inner = S(MULTI("in") "--in\r\n\r\n1 \r\n--in--\r\nepilogue\r\n \r\n");
	struct str mail = str_cat(w->a,
	    S("Content-Type: multipart/signed; boundary=out\r\n\r\n--out\r\n"),
	    str_cat(w->a, inner,
	        S("\r\n--out\r\nContent-Type: application/pkcs7-signature\r\n\r\nx\r\n--out--\r\n")));

	assert_ok(w, part_tree_read(w->a, mail, &t, &w->e));
	assert_int_equal(t.parts[0].children, 2);
	assert_str(part_bytes(&t, part_child(&t, 0, 0)), inner);
	assert_str(part_header(&t, part_child(&t, 0, 0)), S(MULTI("in")));
	assert_str(part_body(&t, part_child(&t, 0, 1)), S("x"));
	assert_int_equal(part_child(&t, 0, 2), PART_NONE);
	assert_str(part_bytes(&t, 0), mail);
}

static void
names_and_dispositions(void **state)
{
	struct world *w = *state;
	static const struct { struct str in, disposition, name; } cases[] = {
		{ S_INIT("Content-Disposition: Attachment; filename=\"a.edi\"\r\nContent-Type: x/y; name=b\r\n"), S_INIT("attachment"), S_INIT("a.edi") },
		{ S_INIT("Content-Type: x/y; name=b.edi\r\n"), S_INIT(""), S_INIT("b.edi") },
		{ S_INIT("Content-Disposition: inline\r\nContent-Type: x/y; name=b.edi\r\n"), S_INIT("inline"), S_INIT("b.edi") },
		{ S_INIT("A: b\r\n"), S_INIT(""), S_INIT("") },
	};
	struct part_tree t;

	for (size_t i = 0; i < N(cases); i++) {
		assert_ok(w, part_tree_read(w->a, cases[i].in, &t, &w->e));
		assert_str(t.parts[0].disposition, cases[i].disposition);
		assert_str(t.parts[0].file_name, cases[i].name);
	}
}

static void
body_oddities_are_noted(void **state)
{
	struct world *w = *state;
	static const struct { struct str in; unsigned int defects; } cases[] = {
		{ S_INIT("\r\nfine\r\n"), 0 },
		{ S_INIT("\r\nbare\nLF"), PART_BODY_EOL },
		{ S_INIT("\r\nbare\rCR\r\n"), PART_BODY_EOL },
		{ S_INIT("\r\ndouble\r\r\n"), PART_BODY_EOL },
		{ S_INIT("Content-Type : text/plain\r\n\r\n"), PART_SYNTAX },
		{ S_INIT("Content-Type: text/plain; what is this\r\n\r\n"), PART_SYNTAX },
	};
	struct part_tree t;
	char *line = arena_get(w->a, 2002);

	for (size_t i = 0; i < N(cases); i++) {
		assert_ok(w, part_tree_read(w->a, cases[i].in, &t, &w->e));
		assert_int_equal(part_tree_defects(&t), cases[i].defects);
	}
	memset(line, 'x', 2000);
	memcpy(line, "\r\n", 2);
	memcpy(line + 2000, "\r\n", 2);
	assert_ok(w, part_tree_read(w->a, str_make(line, 2002), &t, &w->e));
	assert_int_equal(part_tree_defects(&t), PART_LONG_LINE);
}

/* times copies of one piece, %u being the number of the copy. */
static struct str
repeat(struct world *w, const char *head, const char *fmt, unsigned int times)
{
	struct buf b = BUF_CAP(16u << 20);
	struct str s;

	(void)buf_put(&b, str_of(head), NULL);
	for (unsigned int i = 0; i < times; i++) {
		struct str rest = str_of(fmt), part;
		while (str_cut(&rest, '%', &part)) {
			(void)buf_put(&b, part, NULL);
			(void)buf_printf(&b, NULL, "%u", i);
		}
		(void)buf_put(&b, part, NULL);
	}
	s = str_dup(w->a, buf_str(&b));
	buf_clear(&b);
	return s;
}

static void
limits_are_met(void **state)
{
	struct world *w = *state;
	const char *nest = "Content-Type: multipart/mixed; boundary=b%x\r\n\r\n--b%x\r\n";
	const struct { const char *why, *says; struct str in; } cases[] = {
		{ "depth", "deep", repeat(w, "", nest, PART_DEPTH_MAX + 1) },
		{ "depth, far over", "deep", repeat(w, "", nest, 5000) },
		{ "parts", "parts", repeat(w, MULTI("b"), "--b\r\n", PART_COUNT_MAX) },
		{ "header block", "header", repeat(w, "A: b\r\n", " 0123456789\r\n", 6000) },
		{ "header fields", "fields", repeat(w, "", "A: b\r\n", 501) },
	};
	struct part_tree t;

	for (size_t i = 0; i < N(cases); i++) {
		print_message("%s\n", cases[i].why);
		assert_int_equal(part_tree_read(w->a, cases[i].in, &t, &w->e), -1);
		assert_int_equal(w->e.kind, ERR_INPUT);
		if (strstr(w->e.text, cases[i].says) == NULL)
			fail_msg("says '%s'", w->e.text);
	}
	assert_ok(w, part_tree_read(w->a, repeat(w, "", nest, PART_DEPTH_MAX), &t, &w->e));
	assert_ok(w, part_tree_read(w->a, repeat(w, MULTI("b"), "--b\r\n", PART_COUNT_MAX - 1), &t, &w->e));
	assert_int_equal(t.n, PART_COUNT_MAX);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(trees_are_found),
		cmocka_unit_test(any_cut_gives_the_same_tree),
		cmocka_unit_test(signed_bytes_are_exact),
		cmocka_unit_test(names_and_dispositions),
		cmocka_unit_test(body_oddities_are_noted),
		cmocka_unit_test(limits_are_met),
	};

	return cmocka_run_group_tests(tests, world_new, world_free);
}
