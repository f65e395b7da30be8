/* SPDX-License-Identifier: ISC */
/*
 * rules.c - the unit tests that others wrote for the business rules of invoices, a folder of <testSet> files: each
 * <test> has a document and names rules that it passes (success) or fails (error, warning). Prints "rules: passed/total"
 * and each miss.
 *
 * usage: rules [-q] FOLDER
 */
#include "edi/rule.h"
#include "gateway/base/buf.h"
#include "tests/corpus/file.h"

#include "edi/rule_expr.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FILES_MAX 4096
#define ARENA_MAX ((size_t)1 << 30)

struct totals {
	unsigned int passed, all, unknown;
	bool quiet;
};

/* "<name ...>inside</name>" cut off the front of in. */
static bool
take_element(struct str *in, const char *name, struct str *inside)
{
	char open[64], close[64];
	size_t at, end;

	snprintf(open, sizeof(open), "<%s", name);
	snprintf(close, sizeof(close), "</%s>", name);
	do {
		if (!str_find(*in, str_of(open), &at))
			return false;
		*in = str_from(*in, at + strlen(open));
	} while (in->n > 0 && !is_space(in->p[0]) && in->p[0] != '>');
	if (!str_chr(*in, '>', &at) || !str_find(*in, str_of(close), &end) || end < at)
		return false;
	*inside = str_sub(*in, at + 1, end - at - 1);
	*in = str_from(*in, end + strlen(close));
	return true;
}

/* Was the rule found broken, at that level? */
static bool
has_finding(const struct rule_findings *f, struct str id, int level)
{
	for (size_t i = 0; i < f->n_kept; i++)
		if (str_eq(str_of(f->kept[i].id), id) && (level == -1 || f->kept[i].rule->level == level))
			return true;
	return false;
}

static void
judge(struct totals *t, const char *file, unsigned int nth, struct arena *a, struct str doc,
    const char *want, struct str id)
{
	bool cii = str_find(doc, S("CrossIndustryInvoice"), NULL);
	struct rule_findings found;
	struct err e;
	bool good;

	t->all++;
	if (rule_by_id(id) == NULL) {
		t->unknown++;
		printf("  %s test %u: no rule " STR_FMT "\n", file, nth, STR_ARG(id));
		return;
	}
	if (rule_check(a, doc, cii ? RULE_CII : RULE_UBL, RULE_EN16931 | RULE_PEPPOL,
	        str_cstr(a, id), &found, &e) == -1) {
		printf("  %s test %u: %s\n", file, nth, e.text);
		return;
	}
	good = strcmp(want, "success") == 0 ? !has_finding(&found, id, -1) :
	    has_finding(&found, id, strcmp(want, "warning") == 0 ? RULE_WARNING : RULE_FATAL);
	t->passed += good;
	if (!good && !t->quiet)
		printf("  %s test %u: " STR_FMT " should be %s\n", file, nth, STR_ARG(id), want);
}

static void
run_test(struct totals *t, const char *file, unsigned int nth, struct arena *a, struct str test)
{
	static const char *const wants[] = { "success", "error", "warning", "fatal" };
	struct str asserts, doc = test;

	if (!take_element(&doc, "assert", &asserts))
		return;
	for (size_t i = 0; i < N(wants); i++) {
		struct str rest = asserts, id;
		while (take_element(&rest, wants[i], &id))
			judge(t, file, nth, a, str_trim(doc), wants[i], str_trim(id));
	}
}

static int
run_file(struct totals *t, const char *folder, const char *name)
{
	struct arena *a = arena_new(ARENA_MAX);
	struct buf bytes = BUF_CAP(1 << 24);
	struct str rest, test;
	unsigned int nth = 0;

	if (file_read(folder, str_of(name), &bytes) == 0) {
		rest = buf_str(&bytes);
		while (take_element(&rest, "test", &test))
			run_test(t, name, ++nth, a, test);
	}
	buf_clear(&bytes);
	arena_free(a);
	return 0;
}

int
main(int argc, char **argv)
{
	struct totals t = { .quiet = argc == 3 && strcmp(argv[1], "-q") == 0 };
	const char *folder = argv[argc - 1];
	struct dirent **names;
	int n = argc < 2 ? -1 : scandir(folder, &names, NULL, alphasort);

	if (n < 0) {
		fprintf(stderr, "usage: rules [-q] FOLDER\n");
		return 64;
	}
	for (int i = 0; i < n; i++) {
		if (str_ends(str_of(names[i]->d_name), S(".xml")))
			run_file(&t, folder, names[i]->d_name);
		free(names[i]);
	}
	free(names);
	printf("rules, unit cases: %u/%u\n", t.passed, t.all);
	return t.passed * 100 >= t.all * 98 ? 0 : 1;
}
