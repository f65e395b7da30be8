/* SPDX-License-Identifier: ISC */
/* The raw part: a file as JSON, and from that JSON the same bytes again. */
#include "edi/raw.h"

#include "edi/pieces.h"
#include "gateway/convert_json.h"

#include "tests/unit/edi_unit.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#define JSON_MAX (1u << 24)

#define ISA "ISA*00*          *00*          *ZZ*NORDWIND       *ZZ*ACME           *261120*1045*U*00401*000000001*0*P*>~"
#define ISA5 "ISA*00*          *00*          *ZZ*NORDWIND       *ZZ*ACME           *261120*1045*^*00501*000000001*0*P*:~"

static struct str
to_json(struct arena *a, struct str in, bool x12)
{
	struct buf out = BUF_CAP(JSON_MAX);
	struct err e = { 0 };
	struct jwrite w = { .out = &out, .e = &e };
	struct str json;

	jw_open(&w, NULL, '{');
	raw_json(&w, a, in, x12);
	jw_close(&w, '}');
	assert_false(w.failed);
	json = str_dup(a, buf_str(&out));
	buf_clear(&out);
	return json;
}

static void
assert_same_again(struct arena *a, struct str in, bool x12)
{
	struct buf out = BUF_CAP(JSON_MAX);
	struct err e = { 0 };
	struct str json = to_json(a, in, x12);

	if (convert_json_to_edi(json, &out, &e) == -1)
		fail_msg("%s: " STR_FMT, e.text, STR_ARG(json));
	if (!str_eq(buf_str(&out), in))
		fail_msg("not the same: " STR_FMT, STR_ARG(json));
	buf_clear(&out);
}

static void
files_come_back(void **state)
{
	(void)state;
	static const struct { const char *why; bool x12; struct str in; const char *has; } cases[] = {
		{ "plain", true, S_INIT(ISA "IEA*0*000000001~"), "[\"IEA\",[\"0\"],[\"000000001\"]]" },
		{ "line ends", true, S_INIT(ISA "\nGS*PO*A~\nST*850*1~\r\nSE*2*1~\nIEA*1*1~\n"), "\"gaps\":[{\"segment\":4" },
		{ "byte-order mark", true, S_INIT("\xef\xbb\xbf" ISA "IEA*0*000000001~"), "\"before\":\"\\ufeff\"" },
		{ "wrapped", true, S_INIT(ISA "N1*BY*NORD\r\nWIND~IEA*0*000000001~"), "{\"value\":\"NORDWIND\",\"raw\":\"NORD\\u000d\\nWIND\"}" },
		{ "wrapped tag", true, S_INIT(ISA "N\n1*BY~IEA*0*000000001~"), "{\"value\":\"N1\"" },
		{ "no last terminator", true, S_INIT(ISA "IEA*0*000000001\n\x1a"), "\"terminated\":false" },
		{ "binary", true, S_INIT(ISA "BIN*4*~*\n\xff~IEA*0*1~"), "[\"BIN\",[\"4\"],[{\"base64\":\"fioK/w==\"}]]" },
		{ "binary of no byte", true, S_INIT(ISA "BIN*0*~IEA*0*1~"), "[\"BIN\",[\"0\"],[{\"base64\":\"\"}]]" },
		{ "binary of wrong length", true, S_INIT(ISA "BIN*9*abc~IEA*0*1~"), "[\"BIN\",[\"9\"],[\"abc\"]]" },
		{ "repetitions", true, S_INIT(ISA5 "EB*1*30^35:2^^~IEA*0*1~"), "{\"rep\":[[\"30\"],[\"35\",\"2\"],[\"\"],[\"\"]]}" },
		{ "empty segments", true, S_INIT(ISA "~~*~>~IEA*0*1~"), "[\"\",[\"\"]]" },
		{ "latin-1", true, S_INIT(ISA "N1*BY*M\xfcller \x85~IEA*0*1~"), "\"charset\":\"ISO-8859-1\"" },
		{ "two, other signs", true, S_INIT(ISA "IEA*0*1~junk\n" ISA5 "IEA*0*1~"), "\"before\":\"junk\\n\"" },
		{ "letters as signs", true, S_INIT("ISA*00*          *00*          *ZZ*NORDWIND       *ZZ*ACME           *261120*1045*U*00401*"
			"000000001*0*P*IACMEAISTA"), "\"component\":\"I\"" },
		{ "an ISA that is none", false, S_INIT("UNB+UNOC:3+A'ISA+a?+b'UNZ+0+1'"), "[\"ISA\",[\"a+b\"]]" },
		{ "a repetition sign in a tag", false, S_INIT("UNA:+.?*'UNB+UNOC:4+A'A*B+1'UNZ+0+1'"), "[{\"value\":\"A*B\",\"raw\":\"A*B\"}" },
		{ "and in X12", true, S_INIT(ISA5 "A^B*1~IEA*0*1~"), "[{\"value\":\"A^B\",\"raw\":\"A^B\"}" },
		{ "cut", true, S_INIT(ISA "ST*850*1~N1*B"), "[\"N1\",[\"B\"]]" },
		{ "nothing", true, S_INIT(""), "\"interchanges\":[]" },
		{ "no interchange", true, S_INIT("ISA*00*"), "\"after\":\"ISA*00*\"" },
		{ "edifact", false, S_INIT("UNB+UNOC:3+A:14+B:14+261120:1115+1'UNH+1+ORDERS:D:96A:UN'FTX+it?'s 7?:00 ?? ?+'UNT+3+1'UNZ+1+1'"),
			"[\"FTX\",[\"it's 7:00 ? +\"]]" },
		{ "una and line ends", false, S_INIT("UNA:+.? '\r\nUNB+UNOC:3+A'\r\nUNZ+0+1'\r\n"), "\"una\":\"UNA:+.? '\\u000d\\n\"" },
		{ "released without need", false, S_INIT("UNB+UNOC:3+A'FTX+?a?b'UNZ+0+1'"), "{\"value\":\"ab\",\"raw\":\"?a?b\"}" },
		{ "released before the end", false, S_INIT("UNB+UNOC:3+A'FTX+a?"), "{\"value\":\"a?\",\"raw\":\"a?\"}" },
		{ "syntax 4", false, S_INIT("UNA:+.?*'UNB+UNOC:4+A'TAG+1*2:3+?*'UNZ+0+1'"), "{\"rep\":[[\"1\"],[\"2\",\"3\"]]},[\"*\"]" },
		{ "syntax 3 keeps the star", false, S_INIT("UNA:+.?*'UNB+UNOC:3+A'TAG+1*2+?*'UNZ+0+1'"), "[\"1*2\"],[{\"value\":\"*\",\"raw\":\"?*\"}]" },
		{ "level B", false, S_INIT("UNB\x1dUNOB\x1f" "1\x1d" "A\x1cUNZ\x1d" "0\x1d" "1\x1c"), "\"element\":\"\\u001d\"" },
		{ "package", false, S_INIT("UNB+UNOC:4+A'UNO+1+R+1+3'\xff'+UNP+3+1'UNZ+1+1'"), "{\"segment\":3,\"text\":{\"base64\":\"/ycr\"}}" },
		{ "headless", false, S_INIT("UNH+1+ORDERS'UNT+2+1'"), "[\"UNH\",[\"1\"]" },
		{ "only UNA", false, S_INIT("UNA:+.? '"), "\"after\":\"UNA:+.? '\"" },
	};

	for (size_t i = 0; i < N(cases); i++) {
		struct arena *a = arena_new(JSON_MAX);
		print_message("%s\n", cases[i].why);
		assert_same_again(a, cases[i].in, cases[i].x12);
		if (!str_find(to_json(a, cases[i].in, cases[i].x12), str_of(cases[i].has), NULL))
			fail_msg("want %s in " STR_FMT, cases[i].has,
			    STR_ARG(to_json(a, cases[i].in, cases[i].x12)));
		arena_free(a);
	}
}

static struct str
read_file(struct arena *a, const char *dir, const char *name)
{
	char path[512];
	char *bytes = arena_get(a, 1 << 20);
	ssize_t n;
	int fd;

	(void)snprintf(path, sizeof(path), "%s/%s", dir, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	assert_true(fd >= 0);
	n = read(fd, bytes, 1 << 20);
	close(fd);
	assert_true(n >= 0 && n < 1 << 20);
	return str_make(bytes, (size_t)n);
}

/* Also those that are broken: what cannot be made sense of stands between segments. */
static void
golden_files_come_back(void **state)
{
	(void)state;
	static const char *const dirs[] = { "tests/golden/x12", "tests/golden/edifact",
		"tests/golden/other", "tests/documents" };
	size_t n = 0;

	for (size_t i = 0; i < N(dirs); i++) {
		DIR *d = opendir(dirs[i]);
		struct dirent *f;
		assert_non_null(d);
		while ((f = readdir(d)) != NULL) {
			struct arena *a;
			struct str in;
			struct edi_facts facts;
			struct str name = str_of(f->d_name);
			if (name.p[0] == '.' || str_ends(name, S(".want")))
				continue;
			a = arena_new(JSON_MAX);
			in = read_file(a, dirs[i], f->d_name);
			facts = read_facts(a, in);
			print_message("%s/%s\n", dirs[i], f->d_name);
			assert_same_again(a, in, facts.format == NULL || strcmp(facts.format->name, "x12") == 0);
			n += pieces_takes(&facts);
			arena_free(a);
		}
		closedir(d);
	}
	assert_true(n > 40);
}

static void
bad_json_is_refused(void **state)
{
	(void)state;
#define DELIMITERS "\"delimiters\":{\"element\":\"*\",\"component\":\">\",\"repetition\":null,\"release\":null,\"terminator\":\"~\"}"
	static const struct { const char *json, *says; } cases[] = {
		{ "", "no JSON" },
		{ "[]", "no $.raw.interchanges" },
		{ "{\"raw\":{}}", "no $.raw.interchanges" },
		{ "{\"raw\":{\"interchanges\":[7]}}", "no array of segments" },
		{ "{\"raw\":{\"charset\":\"EBCDIC\",\"interchanges\":[]}}", "EBCDIC" },
		{ "{\"raw\":{\"interchanges\":[{\"segments\":[]}]}}", "delimiters" },
		{ "{\"raw\":{\"interchanges\":[{\"segments\":[7]," DELIMITERS "}]}}", "$.raw.interchanges[0].segments[0]: want" },
		{ "{\"raw\":{\"interchanges\":[{\"segments\":[[\"N1\",\"BY\"]]," DELIMITERS "}]}}", "no array of components" },
		{ "{\"raw\":{\"interchanges\":[{\"segments\":[[\"N1\",[7]]]," DELIMITERS "}]}}", "want a string" },
		{ "{\"raw\":{\"interchanges\":[{\"segments\":[[\"N1\",[\"a*b\"]]]," DELIMITERS "}]}}", "holds a delimiter" },
		{ "{\"raw\":{\"interchanges\":[{\"segments\":[[\"N1\",{\"rep\":[[\"a\"]]}]]," DELIMITERS "}]}}", "repetitions" },
		{ "{\"raw\":{\"charset\":\"ISO-8859-1\",\"interchanges\":[{\"segments\":[[\"N1\",[\"\\u20ac\"]]]," DELIMITERS "}]}}", "does not have" },
	};

	for (size_t i = 0; i < N(cases); i++) {
		struct buf out = BUF_CAP(JSON_MAX);
		struct err e = { 0 };
		print_message("%s\n", cases[i].json);
		assert_int_equal(convert_json_to_edi(str_of(cases[i].json), &out, &e), -1);
		assert_int_equal(e.kind, ERR_INPUT);
		if (strstr(e.text, cases[i].says) == NULL)
			fail_msg("says '%s', want '%s'", e.text, cases[i].says);
		buf_clear(&out);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(files_come_back),
		cmocka_unit_test(golden_files_come_back),
		cmocka_unit_test(bad_json_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
