/* SPDX-License-Identifier: ISC */
#include "edi/rule.h"

#include "edi/rule_eval.h"
#include "edi/xml.h"

#include <string.h>

#define SCRATCH_MAX ((size_t)256 << 20)	/* values of one test */
#define UBL_XSD	    "urn:oasis:names:specification:ubl:schema:xsd:"
#define CII_XSD	    "urn:un:unece:uncefact:data:standard:"

static const struct rule *const tables[] = {
	rules_core, rules_sums, rules_vat, rules_codes, rules_syntax, rules_peppol, rules_nordic, rules_nations,
};

/* How a category's rules are called, and its code (UNTDID 5305). */
static const struct {
	struct str name, code;
} categories[] = {
	{ S_INIT("S"), S_INIT("S") }, { S_INIT("Z"), S_INIT("Z") }, { S_INIT("E"), S_INIT("E") },
	{ S_INIT("AE"), S_INIT("AE") }, { S_INIT("IC"), S_INIT("K") }, { S_INIT("G"), S_INIT("G") },
	{ S_INIT("O"), S_INIT("O") }, { S_INIT("AF"), S_INIT("L") }, { S_INIT("AG"), S_INIT("M") },
};

static const struct xml_ns namespaces[] = {
	{ "cac", UBL_XSD "CommonAggregateComponents-2" },
	{ "cbc", UBL_XSD "CommonBasicComponents-2" },
	{ "rsm", CII_XSD "CrossIndustryInvoice:100" },
	{ "ram", CII_XSD "ReusableAggregateBusinessInformationEntity:100" },
	{ "udt", CII_XSD "UnqualifiedDataType:100" },
	{ NULL, NULL },
};

struct check {
	struct arena *a, *scratch;
	struct rule_tree tree;
	enum rule_syntax syntax;
	struct rule_findings *out;
	struct rule_run run;
	struct err *e;
};

unsigned int
rule_sets_of(struct str profile)
{
	/* what calls itself conformant, not compliant, is an extension: it may say more than the rules allow */
	if (!str_find(profile, S("urn:cen.eu:en16931:2017"), NULL) ||
	    str_find(profile, S("#conformant#"), NULL))
		return 0;
	return str_find(profile, S("urn:fdc:peppol.eu:2017:poacc:billing"), NULL) ? RULE_EN16931 | RULE_PEPPOL :
	    RULE_EN16931;
}

unsigned int
rule_syntax_of(const struct edi_format *format)
{
	return format == &edi_ubl ? RULE_UBL : format == &edi_cii ? RULE_CII : 0;
}

static void
note(struct check *c, const struct rule *rule, const char *id, const char *text, uint32_t node)
{
	struct rule_findings *f = c->out;

	if (rule->level == RULE_FATAL)
		f->n_fatal++;
	else
		f->n_warnings++;
	if (f->n_kept == RULE_FINDINGS_MAX)
		return;
	if (f->kept == NULL)
		f->kept = arena_get_array(c->a, RULE_FINDINGS_MAX, sizeof(*f->kept));
	f->kept[f->n_kept++] = (struct rule_finding){ rule, id, rule_place(c->a, &c->tree, node), str_of(text) };
}

/* The place of an attribute is not kept: rules speak of elements. */
static int
run_rule(struct check *c, const struct rule *rule, const char *id, const char *context, const char *test,
    const char *text)
{
	const char *group = "";
	struct rule_expr *where, *what;
	struct rule_value nodes, v;

	where = rule_compile(c->scratch, &c->tree, c->syntax, "", str_of(context), &group, c->e);
	what = where == NULL ? NULL :
	    rule_compile(c->scratch, &c->tree, c->syntax, group, str_of(test), NULL, c->e);
	if (what == NULL)
		return err_add(c->e, "%s", id);
	c->run.a = c->scratch;
	c->run.here = c->run.subject = c->tree.nodes[0].first;
	nodes = rule_eval(&c->run, where);
	for (size_t i = 0; nodes.kind == RULE_V_ITEMS && i < nodes.n; i++) {
		c->run.here = c->run.subject = nodes.items[i];
		v = rule_eval(&c->run, what);
		if (!rule_truth(&v) && c->run.work < RULE_WORK_MAX)
			note(c, rule, id, text, nodes.items[i] & RULE_IS_ATTRIBUTE ? 0 : nodes.items[i]);
	}
	c->out->incomplete |= c->run.work >= RULE_WORK_MAX;
	arena_reset(c->scratch);
	return 0;
}

/* The letters behind the number: which categories a row is for. */
static bool
is_for(struct str list, struct str category)
{
	struct str one;

	while (list.n > 0) {
		(void)str_cut(&list, ' ', &one);
		if (str_eq(one, category))
			return true;
	}
	return false;
}

/* text with the code in place of every "%". */
static const char *
filled(struct arena *a, const char *text, struct str code)
{
	struct str in = str_of(text), head, out = S("");
	size_t at;

	while (str_chr(in, '%', &at)) {
		head = str_cat(a, str_sub(in, 0, at), code);
		out = str_cat(a, out, head);
		in = str_from(in, at + 1);
	}
	return str_cstr(a, str_cat(a, out, in));
}

static int
run_categories(struct check *c, const struct rule *r, const char *only)
{
	struct str id = str_of(r->id), head;

	(void)str_cut(&id, ' ', &head);
	for (size_t i = 0; i < N(categories); i++) {
		const char *name;
		if (!is_for(id, categories[i].name))
			continue;
		name = filled(c->a, str_cstr(c->a, head), categories[i].name);
		if (only != NULL && strcmp(only, name) != 0)
			continue;
		if (run_rule(c, r, name, filled(c->a, r->context, categories[i].code),
		    filled(c->a, r->test, categories[i].code), filled(c->a, r->text, categories[i].code)) == -1)
			return -1;
	}
	return 0;
}

static int
run_table(struct check *c, const struct rule *r, unsigned int sets, const char *only)
{
	for (; r->id != NULL; r++) {
		int rc = 0;
		if ((r->set & sets) == 0 || (r->syntax & c->syntax) == 0)
			continue;
		if (strchr(r->id, '%') != NULL)
			rc = run_categories(c, r, only);
		else if (only == NULL || strcmp(only, r->id) == 0)
			rc = run_rule(c, r, r->id, r->context, r->test, r->text);
		if (rc == -1)
			return -1;
	}
	return 0;
}

int
rule_check(struct arena *a, struct str in, unsigned int syntax, unsigned int sets, const char *only,
    struct rule_findings *out, struct err *e)
{
	struct check c = { .a = a, .syntax = (enum rule_syntax)syntax, .out = out, .e = e };
	int rc = 0;

	memset(out, 0, sizeof(*out));
	if (rule_tree_read(a, in, namespaces, &c.tree, e) == -1)
		return -1;
	c.run.tree = &c.tree;
	c.scratch = arena_new(SCRATCH_MAX);
	for (size_t i = 0; rc == 0 && i < N(tables); i++)
		rc = run_table(&c, tables[i], sets, only);
	arena_free(c.scratch);
	return rc;
}

static bool
is_rule(const struct rule *r, struct str id)
{
	struct str rest = str_of(r->id), head, before, after = S("");
	size_t at;

	(void)str_cut(&rest, ' ', &head);
	if (!str_chr(head, '%', &at))
		return str_eq(head, id);
	before = str_sub(head, 0, at);
	after = str_from(head, at + 1);
	for (size_t i = 0; i < N(categories); i++)
		if (is_for(rest, categories[i].name) &&
		    id.n == before.n + categories[i].name.n + after.n && str_starts(id, before) &&
		    str_ends(id, after) && str_starts(str_from(id, before.n), categories[i].name))
			return true;
	return false;
}

const struct rule *
rule_by_id(struct str id)
{
	for (size_t i = 0; i < N(tables); i++)
		for (const struct rule *r = tables[i]; r->id != NULL; r++)
			if (is_rule(r, id))
				return r;
	return NULL;
}
