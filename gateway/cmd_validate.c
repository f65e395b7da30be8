/* SPDX-License-Identifier: ISC */
#include "gateway/cli.h"

#include "gateway/base/clock.h"
#include "gateway/facts_print.h"
#include "gateway/rules_print.h"
#include "gateway/schemas.h"
#include "gateway/signed.h"

#include "edi/dict_check.h"
#include "edi/dict_build.h"
#include "edi/edifact.h"
#include "edi/x12.h"

#include <stdio.h>

struct validate {
	struct cli *c;
	const char *dictionary;		/* its file, or NULL */
	const char *schema;		/* as well */
	struct schemas *schemas;
	struct dict dict, x12;		/* that of the user; what is built in for X12 */
	bool json, strict_codes, envelope;
	unsigned int rule_sets;
	bool rules_auto;		/* by what the document says of itself */
};

/* Only what is whole on the outside is looked into; for X12 we have facts of our own. */
static const struct dict *
dictionary_for(const struct validate *v, const struct edi_facts *f)
{
	if (v->envelope || f->verdict != EDI_VALID)
		return NULL;
	if (f->format == &edi_edifact)
		return v->dictionary != NULL ? &v->dict : NULL;
	if (f->format != &edi_x12)
		return NULL;
	return v->dictionary != NULL && dict_knows(&v->dict, f) ? &v->dict : &v->x12;
}

static void
print_finding(struct arena *a, const struct dict_finding *found, const char *name)
{
	const struct edi_problem *p = &found->problem;

	(void)printf("%s: offset %llu, segment %llu", name, (unsigned long long)p->offset,
	    (unsigned long long)p->segment);
	if (p->element > 0)
		(void)printf(", element %u", p->element);
	if (p->component > 0)
		(void)printf(", component %u", p->component);
	(void)printf(": %s%s  [%s]\n", found->warning ? "warning: " : "", cli_shown(a, p->text), p->code);
}

static void
print_findings(struct arena *a, const struct dict_findings *d, const char *name)
{
	size_t all = d->n_errors + d->n_warnings;

	for (size_t i = 0; i < d->n_kept; i++)
		print_finding(a, &d->kept[i], name);
	if (all > d->n_kept)
		(void)printf("%s: and %zu more findings\n", name, all - d->n_kept);
	if (d->unknown > 0)
		(void)printf("%s: %zu message%s not in the dictionary, only the envelope was checked: %s\n", name, d->unknown,
		    d->unknown == 1 ? "" : "s", cli_shown(a, d->first_unknown));
}

static json_t *
findings_json(struct arena *a, const struct dict_findings *d)
{
	json_t *o = json_new(), *all = json_array();

	json_int(o, "messages_checked", (int64_t)d->checked);
	json_int(o, "messages_unknown", (int64_t)d->unknown);
	json_str(o, a, "first_unknown", d->first_unknown);
	json_int(o, "errors", (int64_t)d->n_errors);
	json_int(o, "warnings", (int64_t)d->n_warnings);
	for (size_t i = 0; i < d->n_kept; i++) {
		const struct edi_problem *p = &d->kept[i].problem;
		json_t *one = json_new();
		json_str(one, a, "code", str_of(p->code));
		json_str(one, a, "level", d->kept[i].warning ? S("warning") : S("error"));
		json_str(one, a, "of", str_of(d->kept[i].level));
		json_int(one, "offset", (int64_t)p->offset);
		json_int(one, "segment", (int64_t)p->segment);
		json_int(one, "element", p->element);
		json_int(one, "component", p->component);
		json_int(one, "repetition", d->kept[i].repetition);
		json_str(one, a, "value", d->kept[i].value);
		json_str(one, a, "text", p->text);
		json_push(all, one);
	}
	json_list(o, "findings", all);
	return o;
}

static void
print_schema(struct arena *a, const struct xml_schema_findings *s, const char *name)
{
	for (size_t i = 0; i < s->n_kept; i++)
		(void)printf("%s: line %lu: %s  [schema]\n", name, s->kept[i].line,
		    cli_shown(a, s->kept[i].text));
	if (s->n > s->n_kept)
		(void)printf("%s: and %zu more findings by the schema\n", name, s->n - s->n_kept);
}

static json_t *
schema_json(struct arena *a, const struct xml_schema_findings *s)
{
	json_t *o = json_new(), *all = json_array();

	json_int(o, "errors", (int64_t)s->n);
	for (size_t i = 0; i < s->n_kept; i++) {
		json_t *one = json_new();
		json_int(one, "offset", (int64_t)s->kept[i].offset);
		json_int(one, "line", (int64_t)s->kept[i].line);
		json_str(one, a, "text", s->kept[i].text);
		json_push(all, one);
	}
	json_list(o, "findings", all);
	return o;
}

/* 1: held against it, 0: no schema, or no XML that was read. */
static int
check_schema(const struct validate *v, struct str in, const struct edi_facts *f, const char *name,
    struct xml_schema_findings *out)
{
	struct err e;
	int rc = 0;

	*out = (struct xml_schema_findings){ .n = 0 };
	if (v->schema != NULL && f->verdict == EDI_VALID && !v->envelope)
		rc = schemas_check_by(v->schemas, v->c->arena, str_of(v->schema), in, f, out, &e);
	if (rc == -1)
		cli_fail(EX_DATAERR, "%s: %s", name, e.text);
	return rc;
}

static bool
validate(const struct validate *v, const char *file)
{
	struct cli *c = v->c;
	const char *name = cli_shown(c->arena, str_of(file));
	struct str in = cli_input(c, file);
	struct dict_findings d = { .n_errors = 0 };
	struct xml_schema_findings schema;
	struct rules_result rules;
	struct edi_facts f;
	struct err e;
	const struct dict *dict;
	bool valid, by_schema;

	if (edi_read(c->arena, in, &f, &e) == -1)
		cli_fail(EX_DATAERR, "%s: %s", name, e.text);
	signed_check(c->arena, in, clock_wall_ms(), &f);
	if (rules_run(c->arena, in, &f, v->rule_sets, v->rules_auto, &rules, &e) == -1)
		cli_fail(EX_DATAERR, "%s: %s", name, e.text);
	by_schema = check_schema(v, in, &f, name, &schema) == 1;
	dict = dictionary_for(v, &f);
	if (dict != NULL)
		dict_check(c->arena, in, &f, dict, v->strict_codes, &d);
	if (d.n_errors > 0 || rules.findings.n_fatal > 0 || schema.n > 0)
		f.verdict = EDI_BROKEN;
	valid = f.verdict == EDI_VALID;
	if (v->json) {
		json_t *o = facts_json(c->arena, &f);
		json_str(o, c->arena, "file", str_of(file));
		if (dict != NULL)
			json_list(o, "dictionary", findings_json(c->arena, &d));
		if (by_schema)
			json_list(o, "schema", schema_json(c->arena, &schema));
		if (rules.sets != 0)
			json_list(o, "rules", rules_json(c->arena, &rules));
		json_print(o);
		return valid;
	}
	if (f.verdict == EDI_UNKNOWN) {
		(void)printf("%s: not recognised%s%s\n", name, f.guess.n > 0 ? ", looks like " : "",
		    f.guess.n > 0 ? cli_shown(c->arena, f.guess) : "");
		return false;
	}
	facts_print_problems(c->arena, &f, name);
	print_findings(c->arena, &d, name);
	print_schema(c->arena, &schema, name);
	rules_print(c->arena, &rules, name);
	(void)printf("%s: %s, %s %s %s, %zu message%s", name, facts_verdict(&f), f.format->label,
	    cli_shown(c->arena, f.type), cli_shown(c->arena, f.number), f.n_messages,
	    f.n_messages == 1 ? "" : "s");
	if (f.quirks != 0)
		(void)printf(", quirks: %s", cli_shown(c->arena, edi_quirks_text(c->arena, f.quirks)));
	if (f.n_problems > 0)
		(void)printf(", %zu problem%s", f.n_problems, f.n_problems == 1 ? "" : "s");
	if (v->dictionary != NULL && valid && dict == NULL)
		(void)printf(", not in the dictionary, which is for EDIFACT and X12");
	if (d.checked > 0)
		(void)printf(", by the dictionary %zu error%s, %zu warning%s", d.n_errors,
		    d.n_errors == 1 ? "" : "s", d.n_warnings, d.n_warnings == 1 ? "" : "s");
	if (by_schema)
		(void)printf(", by the schema %zu error%s", schema.n, schema.n == 1 ? "" : "s");
	else if (v->schema != NULL && valid)
		(void)printf(", no XML for the schema");
	if (rules.sets != 0)
		(void)printf(", by the rules of %s %zu error%s, %zu warning%s",
		    rules.sets & RULE_PEPPOL ? "Peppol" : "EN 16931", rules.findings.n_fatal,
		    rules.findings.n_fatal == 1 ? "" : "s", rules.findings.n_warnings,
		    rules.findings.n_warnings == 1 ? "" : "s");
	(void)fputc('\n', stdout);
	return valid;
}

int
cmd_validate(int argc, char **argv)
{
	struct cli c;
	struct validate v = { .c = &c };
	const char *rules = "auto";
	bool all_valid = true;
	const struct cli_opt opts[] = { { "--json", .flag = &v.json },
		{ "--dictionary", .text = &v.dictionary }, { "--schema", .text = &v.schema },
		{ "--strict-codes", .flag = &v.strict_codes }, { "--rules", .text = &rules },
		{ "--envelope", .flag = &v.envelope } };
	struct err e;

	cli_start(&c, argc, argv, opts, N(opts));
	cli_want_args(&c, 1, SIZE_MAX);
	if (!rules_word(str_of(rules), &v.rule_sets, &v.rules_auto))
		cli_usage(&c, "--rules auto, none, en16931 or peppol");
	if (v.strict_codes && v.dictionary == NULL)
		cli_usage(&c, "--strict-codes needs --dictionary FILE.edid");
	if (v.dictionary != NULL && dict_open(&v.dict, cli_input(&c, v.dictionary), &e) == -1)
		cli_fail(EX_DATAERR, "%s: %s", cli_shown(c.arena, str_of(v.dictionary)), e.text);
	v.schemas = schemas_new(c.arena);
	if (v.schema != NULL && schemas_add(v.schemas, str_of(v.schema), &e) == -1)
		cli_die(EX_DATAERR, &e);
	if (dict_builtin_x12(c.arena, &v.x12, &e) == -1)
		cli_die(EX_SOFTWARE, &e);
	for (size_t i = 0; i < c.n; i++)
		all_valid = validate(&v, c.args[i]) && all_valid;
	return all_valid ? EX_OK : EX_DATAERR;
}
