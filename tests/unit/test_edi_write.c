/* SPDX-License-Identifier: ISC */
/* Documents as JSON, text and HTML: the JSON obeys its published schema, and no value gets out of its place. */
#include "edi/model_write.h"

#include "edi/text.h"

#include "tests/unit/edi_unit.h"
#include "tests/unit/json_schema.h"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#define ARENA_MAX (128u << 20)
#define OUT_MAX	  (1u << 24)

static struct str
read_file(struct arena *a, const char *dir, const char *name)
{
	char path[512];
	char *bytes = arena_get(a, 1 << 20);
	ssize_t n;
	int fd;

	(void)snprintf(path, sizeof(path), "%s%s%s", dir, name[0] == '\0' ? "" : "/", name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	assert_true(fd >= 0);
	n = read(fd, bytes, 1 << 20);
	close(fd);
	assert_true(n >= 0 && n < 1 << 20);
	return str_make(bytes, (size_t)n);
}

typedef int writer_fn(struct buf *out, struct arena *a, const struct model_file *f,
    struct str name, struct err *e);

static struct str
written(struct arena *a, struct str in, writer_fn *write)
{
	struct buf out = BUF_CAP(OUT_MAX);
	struct model_file f;
	struct err e = { 0 };
	struct str all;

	assert_int_equal(model_read(a, in, &f, &e), 0);
	if (f.facts.format == NULL)
		return S("");
	if (write(&out, a, &f, S("file"), &e) == -1)
		fail_msg("%s", e.text);
	all = str_dup(a, buf_str(&out));
	buf_clear(&out);
	return all;
}

static void
assert_obeys(struct schema_check *c, struct str json)
{
	json_error_t said;
	json_t *v = json_loadb(json.p, json.n, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &said);

	if (v == NULL)
		fail_msg("no JSON: %s at %d", said.text, said.position);
	if (!schema_obeys(c, c->root, v))
		fail_msg("%s", c->why);
	json_decref(v);
}

/* Every line of the text within 80 columns, and nothing in text or HTML that steers a screen. */
static void
assert_harmless(struct str page, size_t width)
{
	size_t columns = 0;
	unsigned int c;

	while (page.n > 0) {
		assert_true(text_next(&page, &c));
		if (c == '\n') {
			columns = 0;
			continue;
		}
		if (text_is_control(c))
			fail_msg("U+%04X", c);
		if (++columns > width)
			fail_msg("a line of over %zu columns", width);
	}
}

static void
every_document_can_be_written(void **state)
{
	(void)state;
	static const char *const dirs[] = {
		"tests/golden/x12", "tests/golden/edifact", "tests/golden/ubl", "tests/golden/cii", "tests/documents",
	};
	struct schema_check c = { .root = json_load_file("docs/json/document.schema.json", 0, NULL) };
	size_t n = 0;

	assert_non_null(c.root);
	for (size_t i = 0; i < N(dirs); i++) {
		DIR *d = opendir(dirs[i]);
		struct dirent *f;
		assert_non_null(d);
		while ((f = readdir(d)) != NULL) {
			struct str in, name = str_of(f->d_name);
			struct arena *a;
			if (name.p[0] == '.' || str_ends(name, S(".want")))
				continue;
			print_message("%s/%s\n", dirs[i], f->d_name);
			a = arena_new(ARENA_MAX);
			in = read_file(a, dirs[i], f->d_name);
			assert_obeys(&c, written(a, in, model_write_json));
			assert_harmless(written(a, in, model_write_text), 80);
			assert_harmless(written(a, in, model_write_html), SIZE_MAX);
			n++;
			arena_free(a);
		}
		closedir(d);
	}
	assert_true(n > 60);
	json_decref(c.root);
}

#define HOSTILE                                                                                                  \
	"UNB+UNOW:3+<img src=x onerror=alert(1)>:14+5098765000007:14+261120:1115+1'UNH+1+INVOIC:D:96A:UN'"       \
	"BGM+380+</title><script>alert(1)</script>+9'DTM+137:20261120:102'"                                      \
	"FTX+AAI+++</td></table><script>alert(2)</script> &amp; \"x\" ?'y?''"                                    \
	"FTX+AAI+++\x1b[31mred \xe2\x80\xae" "999.00\xe2\x80\xac \xe2\x81\xa7hidden\xe2\x81\xa9 \xc2\x9b" "2J \xff\xfe'" \
	"RFF+ON:javascript?:alert(3)'NAD+SU+1::9++</style><style>*{}'CUX+2:<E>:4'"                               \
	"LIN+1++<b>:EN'IMD+F++:::<u onclick=\"x\">'QTY+47:1:<i>'MOA+203:1'PRI+AAA:1'ALC+A++++<s>:::<svg/onload=x>'MOA+8:0'" \
	"UNS+S'UNT+17+1'UNZ+1+1'"

static void
hostile_values_stay_values(void **state)
{
	(void)state;
	static const char *const not_in_html[] = {
		"<script", "<img", "<u ", "<b>alert", "<svg", "<i>", "<s>", "<E>", "</style><style>", "href", "src=\"", "http://", "https://",
	};
	struct arena *a = arena_new(ARENA_MAX);
	struct str html = written(a, S(HOSTILE), model_write_html), text = written(a, S(HOSTILE), model_write_text);
	struct schema_check c = { .root = json_load_file("docs/json/document.schema.json", 0, NULL) };

	for (size_t i = 0; i < N(not_in_html); i++) {
		print_message("%s\n", not_in_html[i]);
		assert_false(str_find(html, str_of(not_in_html[i]), NULL));
	}
	assert_true(str_find(html, S("&lt;script&gt;alert(1)"), NULL));
	assert_true(str_find(html, S("&amp;amp; &quot;x&quot; &#39;y&#39;"), NULL));
	assert_true(str_find(html, S("default-src 'none'; style-src 'unsafe-inline'"), NULL));
	assert_harmless(html, SIZE_MAX);
	assert_harmless(text, 80);
	assert_obeys(&c, written(a, S(HOSTILE), model_write_json));
	json_decref(c.root);
	arena_free(a);
}

static void
differences_are_shown(void **state)
{
	(void)state;
	static const struct str in = S_INIT("UNB+UNOC:3+A:14+B:14+261120:1115+1++++++1'UNH+1+INVOIC:D:96A:UN'BGM+380+R1'CUX+2:EUR:4'"
	    "LIN+1'QTY+47:2:PCE'MOA+203:20'PRI+AAA:10'UNS+S'MOA+79:21'UNT+10+1'UNZ+1+1'");
	struct arena *a = arena_new(ARENA_MAX);
	struct str text = written(a, in, model_write_text), html = written(a, in, model_write_html);
	struct str json = written(a, in, model_write_json);

	assert_true(str_find(text, S("recomputed           EUR 20.00\n"), NULL));
	assert_true(str_find(text, S("sum of the lines is 21, its parts give 20.00"), NULL));
	assert_true(str_find(text, S("TEST\n"), NULL));
	assert_true(str_find(html, S("recomputed</td><td class=\"n\"><bdi>EUR 20.00</bdi>"), NULL));
	assert_true(str_find(html, S("BR-CO-10"), NULL));
	assert_true(str_find(json, S("{\"code\":\"sum-lines\",\"standard\":\"BR-CO-10\",\"place\":null,\"found\":\"21\",\"computed\":\"20.00\""), NULL));
	arena_free(a);
}

#define ISA "ISA*00*          *00*          *ZZ*NORDWIND       *ZZ*ACME           *261120*1045*U*00401*000000001*0*P*>~"

/* The verdict on the page, of each set, with the places; and in the JSON. */
static void
acknowledgements_show_their_verdicts(void **state)
{
	(void)state;
	static const struct { const char *why; struct str in; const char *text[4], *json[3], *html; } cases[] = {
		{ "997", S_INIT(ISA "TA1*000000007*261120*1045*A*000~GS*FA*N*A*20261120*1045*1*X*004010~ST*997*0001~AK1*PO*17~"
		    "AK2*850*0001~AK5*A~AK2*850*0002~AK3*PO1*4**8~AK4*2*330*7*<b>~AK5*R*5~AK9*P*2*2*1~SE*10*0001~GE*1*1~IEA*1*000000001~"),
		    { "Interchange 000000007         received\n", "Group 17 (PO)                 partly accepted\n",
		    "  850 0002                    rejected\n", "- segment 4 (PO1), element 2: invalid code, found '<b>' (7)\n" },
		    { "\"acknowledges\":[{\"kind\":\"TA1\",\"verdict\":\"received\",\"interchange\":\"000000007\"",
		    "{\"kind\":\"997\",\"verdict\":\"partial\",\"interchange\":null,\"group\":\"17\",\"group_type\":\"PO\"",
		    "{\"code\":\"7\",\"tag\":\"PO1\",\"segment\":4,\"element\":2,\"component\":0,\"value\":\"<b>\"" },
		    "found &#39;&lt;b&gt;&#39; (7)" },
		{ "CONTRL", S_INIT("UNB+UNOC:3+A:14+B:14+261120:1115+1'UNH+1+CONTRL:D:3:UN'UCI+77+B:14+A:14+4'"
		    "UCM+1+INVOIC:D:96A:UN+4+13'UCS+3'UCD+12+4:1'UNT+6+1'UNZ+1+1'"),
		    { "Interchange 77                rejected\n", "  INVOIC 1                    rejected\n",
		    "- segment 3, element 3, component 1: invalid value (12)", "Checks      rejected\n" },
		    { "\"kind\":\"CONTRL\",\"verdict\":\"rejected\",\"interchange\":\"77\"", "\"type\":\"INVOIC\",\"control\":\"1\"",
		    "\"segment\":3,\"element\":3,\"component\":1" }, "<span class=\"chip bad\">rejected</span>" },
	};
	struct schema_check c = { .root = json_load_file("docs/json/document.schema.json", 0, NULL) };

	for (size_t i = 0; i < N(cases); i++) {
		struct arena *a = arena_new(ARENA_MAX);
		struct str text = written(a, cases[i].in, model_write_text), json = written(a, cases[i].in, model_write_json);
		print_message("%s\n" STR_FMT, cases[i].why, STR_ARG(text));
		for (size_t j = 0; j < N(cases[i].text); j++)
			assert_true(str_find(text, str_of(cases[i].text[j]), NULL));
		for (size_t j = 0; j < N(cases[i].json); j++)
			assert_true(str_find(json, str_of(cases[i].json[j]), NULL));
		assert_true(str_find(written(a, cases[i].in, model_write_html), str_of(cases[i].html), NULL));
		assert_obeys(&c, json);
		assert_harmless(text, 80);
		arena_free(a);
	}
	json_decref(c.root);
}

static void
a_full_buffer_is_told(void **state)
{
	(void)state;
	static writer_fn *const writers[] = { model_write_json, model_write_text, model_write_html };
	struct arena *a = arena_new(ARENA_MAX);
	struct str in = read_file(a, "tests/documents/invoic.edi", "");
	struct model_file f;
	struct err e;

	assert_int_equal(model_read(a, in, &f, &e), 0);
	for (size_t i = 0; i < N(writers); i++)
		for (size_t cap = 0; cap < 1400; cap += 7) {
			struct buf out = BUF_CAP(cap);
			assert_int_equal(writers[i](&out, a, &f, S(""), &e), -1);
			assert_int_equal(e.kind, ERR_INPUT);
			buf_clear(&out);
		}
	arena_free(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_document_can_be_written),
		cmocka_unit_test(hostile_values_stay_values),
		cmocka_unit_test(differences_are_shown),
		cmocka_unit_test(acknowledgements_show_their_verdicts),
		cmocka_unit_test(a_full_buffer_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
