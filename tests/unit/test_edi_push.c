/* SPDX-License-Identifier: ISC */
/* test_edi_push.c - documents in pieces: what is found, in how much memory, and what becomes of segments without an end. */
#include "edi/push.h"

#include "gateway/base/buf.h"
#include "tests/unit/edi_pushed.h"
#include "tests/unit/edi_unit.h"

#include <dirent.h>

#define UNB "UNB+UNOC:3+4012345000009:14+5098765000007:14+261120:1030+REF7'"
#define ISA "ISA*00*          *00*          *ZZ*NORDWIND       *ZZ*ACME           *261123*1200*U*00401*000000001*0*P*>~" \
	"GS*PO*NORDWIND*ACME*20261123*1200*1*X*004010~ST*850*0001~BEG*00*NE*PO-1**20261120~"

static void
put_many(struct buf *b, struct str what, size_t bytes)
{
	for (size_t end = b->n + bytes; b->n < end;)
		(void)buf_put(b, what, NULL);
}

static void
assert_same(const char *why, struct str in)
{
	const char *differs = pieces_differ(in, in.n);

	print_message("%s\n", why);
	if (differs != NULL)
		fail_msg("%s: %s differs", why, differs);
}

static void
every_document_is_the_same_in_pieces(void **state)
{
	static const char *const folders[] = { "tests/golden/x12", "tests/golden/edifact", "tests/golden/tradacoms" };
	unsigned int n = 0;

	(void)state;
	for (size_t i = 0; i < N(folders); i++) {
		DIR *dir = opendir(folders[i]);
		struct dirent *entry;
		assert_non_null(dir);
		while ((entry = readdir(dir)) != NULL) {
			struct buf one = BUF_CAP(1 << 24), many = BUF_CAP(1 << 24);
			char path[512], piece[4096];
			size_t got;
			FILE *f;
			if (!str_ends(str_of(entry->d_name), S(".in")))
				continue;
			(void)snprintf(path, sizeof(path), "%s/%s", folders[i], entry->d_name);
			assert_non_null(f = fopen(path, "rb"));
			while ((got = fread(piece, 1, sizeof(piece), f)) > 0)
				(void)buf_put(&one, str_make(piece, got), NULL);
			(void)fclose(f);
			assert_same(path, buf_str(&one));
			put_many(&many, buf_str(&one), one.n > 0 ? 250000 : 0);
			assert_same(path, buf_str(&many));
			buf_clear(&one);
			buf_clear(&many);
			n++;
		}
		(void)closedir(dir);
	}
	assert_true(n > 20);
}

/* Where the window ends: any of these may stand there. */
static void
whatever_is_cut_reads_the_same(void **state)
{
	static const struct {
		const char *why;
		struct str begin, many, end;
	} cases[] = {
		{ "release signs", S_INIT(UNB "UNH+1+ORDERS:D:96A:UN'"), S_INIT("FTX+AAI+++?'?\?a'"), S_INIT("UNT+2+1'UNZ+1+REF7'") },
		{ "a segment too long", S_INIT(UNB "UNH+1+ORDERS:D:96A:UN'FTX+"), S_INIT("??x?'"), S_INIT("'UNT+3+1'UNZ+1+REF7'") },
		{ "no terminator at all", S_INIT(UNB "UNH+1+ORDERS:D:96A:UN'FTX+"), S_INIT("x"), S_INIT("") },
		{ "one too long at the end", S_INIT(UNB "UNH+1+ORDERS:D:96A:UN'UNT+2+1'UNZ+1+"), S_INIT("?'"), S_INIT("") },
		{ "blanks between", S_INIT(UNB), S_INIT("\r\n "), S_INIT("UNH+1+ORDERS:D:96A:UN'UNT+2+1'UNZ+1+REF7'") },
		{ "blanks behind the UNA", S_INIT("UNA:+.? '"), S_INIT(" \n"), S_INIT(UNB "UNH+1+ORDERS:D:96A:UN'UNT+2+1'UNZ+1+REF7'") },
		{ "fill at the end", S_INIT(UNB "UNH+1+ORDERS:D:96A:UN'UNT+2+1'UNZ+1+REF7'"), S_INIT("\0\0\x1a"), S_INIT("\n") },
		{ "fill between", S_INIT(UNB), S_INIT("\0"), S_INIT("UNH+1+ORDERS:D:96A:UN'UNT+2+1'UNZ+1+REF7'") },
		{ "text before", S_INIT("Hello,\n"), S_INIT("UNA is no UNB\nUN"), S_INIT("\n" UNB "UNZ+0+REF7'") },
		{ "text behind", S_INIT(UNB "UNZ+0+REF7'"), S_INIT("ISA*\n"), S_INIT("") },
		{ "binary data", S_INIT(ISA "BIN*400000*"), S_INIT("~\0*ISA*~\n"), S_INIT("~SE*4*0001~GE*1*1~IEA*1*000000001~") },
		{ "too short binary data", S_INIT(ISA "BIN*9999999*"), S_INIT("ab~"), S_INIT("~SE*4*0001~GE*1*1~IEA*1*000000001~") },
		{ "binary data and none", S_INIT(ISA), S_INIT("BIN*3*a~b~BIN*70000*a~BDS*ASC*x*~"), S_INIT("SE*4*0001~") },
		{ "an object", S_INIT(UNB "UNO+1+X+Y+300006'"), S_INIT("'UNO+UNP"), S_INIT("UNP+300006+1'UNZ+1+REF7'") },
		{ "headers", S_INIT(UNB), S_INIT("UNA:+.? '" UNB "UNH+1+ORDERS:D:96A:UN'UNT+2+1'"), S_INIT("UNZ+1+REF7'") },
		{ "ISAs", S_INIT(ISA), S_INIT(ISA "SE*3*0001~\n"), S_INIT("GE*1*1~IEA*1*000000001~") },
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		struct buf b = BUF_CAP(1 << 24);
		for (size_t shift = 0; shift < 4; shift++) {
			buf_clear(&b);
			b = (struct buf)BUF_CAP(1 << 24);
			put_many(&b, S("\n"), shift * 7);
			(void)buf_put(&b, cases[i].begin, NULL);
			put_many(&b, cases[i].many, 400000);
			(void)buf_put(&b, cases[i].end, NULL);
			assert_same(cases[i].why, buf_str(&b));
		}
		buf_clear(&b);
	}
}

/* Copies of a message under its number are told from others, though the first one is gone when they come. */
static void
copies_are_told_from_others(void **state)
{
	struct buf b = BUF_CAP(1 << 24);
	struct arena *a = arena_new(EDI_ARENA_MAX);
	struct edi_facts f;

	(void)state;
	(void)buf_put(&b, S(UNB), NULL);
	for (int i = 0; i < 2; i++) {
		(void)buf_put(&b, S("UNH+1+ORDERS:D:96A:UN'"), NULL);
		put_many(&b, S("QTY+21:1'"), 400005);
		(void)buf_put(&b, S("UNT+44447+1'"), NULL);
	}
	(void)buf_put(&b, S("UNZ+2+REF7'"), NULL);
	f = read_pieces(a, edi_detect(buf_str(&b)), buf_str(&b), 1000, 1);
	assert_valid(&f, "edifact");
	assert_int_equal(f.quirks, EDI_QUIRK_REPEATED);
	assert_same("copies", buf_str(&b));
	b.p[600000] ^= 1;
	f = read_pieces(a, edi_detect(buf_str(&b)), buf_str(&b), 1000, 1);
	assert_non_null(problem_of(&f, "unh-duplicate"));
	assert_same("others", buf_str(&b));
	arena_free(a);
	buf_clear(&b);
}

/* What a segment without an end takes of the arena is no more than what a short one does. */
static void
memory_is_the_same_for_any_size(void **state)
{
	static const size_t pieces[] = { 0, 10, 5000 };
	struct str ones;
	char piece[10000];
	struct edi_facts f;

	(void)state;
	memset(piece, '1', sizeof(piece));
	ones = str_make(piece, sizeof(piece));
	for (size_t i = 0; i < N(pieces); i++) {
		struct arena *a = arena_new(EDI_PUSH_MEMORY_MAX + (32u << 10));
		struct edi_push *p = edi_push_new(a, edi_detect(S(UNB)));
		edi_push(p, S(UNB "UNH+1+ORDERS:D:96A:UN'BGM+220+"));
		for (size_t n = 0; n < pieces[i]; n++)
			edi_push(p, ones);
		edi_push(p, S("'UNT+3+1'UNZ+1+REF7'"));
		edi_push_end(p, &f);
		assert_int_equal(f.n_problems, i == 0 ? 0 : 2);
		assert_true(i == 0 || problem_of(&f, "segment-long")->offset == strlen(UNB "UNH+1+ORDERS:D:96A:UN'"));
		assert_int_equal(f.n_messages, 1);
		arena_free(a);
	}
}

/* Asked twice, the end is still the end: fill is not text behind an interchange that lacks its trailer. */
static void
fill_behind_no_trailer_is_no_text(void **state)
{
	struct arena *a = arena_new(EDI_ARENA_MAX);
	struct edi_facts f = read_facts(a, S(UNB "UNH+1+ORDERS:D:96A:UN'UNT+2+1'\r\n\0\0\x1a"));

	(void)state;
	assert_int_equal(f.n_problems, 1);
	assert_non_null(problem_of(&f, "unz-missing"));
	assert_int_equal(f.quirks, EDI_QUIRK_TRAILING);
	arena_free(a);
}

static void
formats_that_are_read_whole_are_refused(void **state)
{
	struct arena *a = arena_new(1 << 20);

	(void)state;
	assert_null(edi_push_new(a, NULL));
	assert_null(edi_push_new(a, edi_detect(S("%PDF-1.7\n"))));
	arena_free(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_document_is_the_same_in_pieces),
		cmocka_unit_test(whatever_is_cut_reads_the_same),
		cmocka_unit_test(copies_are_told_from_others),
		cmocka_unit_test(memory_is_the_same_for_any_size),
		cmocka_unit_test(fill_behind_no_trailer_is_no_text),
		cmocka_unit_test(formats_that_are_read_whole_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
