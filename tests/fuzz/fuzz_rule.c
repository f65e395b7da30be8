/* SPDX-License-Identifier: ISC */
/* fuzz_rule.c - any bytes as an invoice against all rules; any bytes as an expression. */
#include "edi/rule.h"
#include "edi/rule_eval.h"

#define ARENA_MAX (256u << 20)

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static const struct xml_ns none[] = { { NULL, NULL } };

static void
as_expression(struct arena *a, struct str in)
{
	struct rule_run r = { .a = a };
	struct rule_tree t;
	struct err e;
	struct rule_expr *x;

	if (rule_tree_read(a, S("<a><b x='1'>2</b></a>"), none, &t, &e) == -1)
		return;
	x = rule_compile(a, &t, RULE_UBL, "", in, NULL, &e);
	r.tree = &t;
	r.here = r.subject = t.nodes[0].first;
	r.work = RULE_WORK_MAX - 10000;
	if (x != NULL)
		(void)rule_eval(&r, x);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct arena *a = arena_new(ARENA_MAX);
	struct str in = str_make((const char *)p, n);
	struct rule_findings f;
	struct err e;

	if (str_starts(in, S("<"))) {
		(void)rule_check(a, in, RULE_UBL, RULE_EN16931 | RULE_PEPPOL, NULL, &f, &e);
		(void)rule_check(a, in, RULE_CII, RULE_EN16931 | RULE_PEPPOL, NULL, &f, &e);
	} else if (n < 4096) {
		as_expression(a, in);
	}
	arena_free(a);
	return 0;
}
