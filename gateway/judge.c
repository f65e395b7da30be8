/* SPDX-License-Identifier: ISC */
#include "gateway/judge.h"

#include "edi/dict_build.h"
#include "edi/edifact.h"
#include "edi/x12.h"
#include "gateway/base/io.h"
#include "gateway/rules_run.h"
#include "gateway/schemas.h"
#include "gateway/signed.h"

#define DICTIONARIES_MAX ((size_t)1 << 30)	/* bytes of all of them */

struct dictionary {
	struct str path;
	struct dict dict;
};

struct judge {
	const struct conf *conf;
	struct arena *a;
	struct dictionary *dictionaries;	/* of every path that is named, once */
	size_t n;
	struct dict x12;			/* what is built in */
	struct schemas *schemas;
};

/* ---- what is found ---- */

static void
add(struct judged *out, bool warning, struct str code, struct str text)
{
	*(warning ? &out->n_warnings : &out->n_errors) += 1;
	if (out->n_kept < JUDGE_KEPT)
		out->kept[out->n_kept++] = (struct judge_finding){ code, warning, text };
}

static struct str
place_text(struct arena *a, const struct edi_problem *p)
{
	struct str at = str_fmt(a, "offset %llu, segment %llu", (unsigned long long)p->offset,
	    (unsigned long long)p->segment);

	if (p->element > 0)
		at = str_fmt(a, STR_FMT ", element %u", STR_ARG(at), p->element);
	return p->component > 0 ? str_fmt(a, STR_FMT ", component %u", STR_ARG(at), p->component) : at;
}

/* ---- dictionaries ---- */

static const struct dictionary *
find_dictionary(const struct judge *j, struct str path)
{
	for (size_t i = 0; i < j->n; i++)
		if (str_eq(j->dictionaries[i].path, path))
			return &j->dictionaries[i];
	return NULL;
}

static int
read_dictionaries(struct judge *j, const struct conf_list *list, struct err *e)
{
	struct str bytes;

	for (size_t i = 0; i < list->n; i++) {
		struct dictionary *d = &j->dictionaries[j->n];
		if (find_dictionary(j, list->v[i]) != NULL)
			continue;
		d->path = list->v[i];
		if (io_read_named(j->a, str_cstr(j->a, d->path), DICT_SIZE_MAX, &bytes, e) == -1 ||
		    dict_open(&d->dict, bytes, e) == -1)
			return err_add(e, "dictionary " STR_FMT, STR_ARG(d->path));
		j->n++;
	}
	return 0;
}

static int
add_schemas(struct judge *j, const struct conf_list *list, struct err *e)
{
	for (size_t i = 0; i < list->n; i++)
		if (schemas_add(j->schemas, list->v[i], e) == -1)
			return -1;
	return 0;
}

int
judge_open(const struct conf *c, struct judge **out, struct err *e)
{
	struct arena *a = arena_new(DICTIONARIES_MAX);
	struct judge *j = arena_new_of(a, struct judge);
	size_t n = c->dictionaries.n;

	*j = (struct judge){ .conf = c, .a = a };
	for (size_t i = 0; i < c->n_partners; i++)
		n += c->partners[i].dictionaries.n;
	j->dictionaries = arena_get_array(a, n, sizeof(*j->dictionaries));
	j->schemas = schemas_new(a);
	if (dict_builtin_x12(a, &j->x12, e) == -1 ||
	    read_dictionaries(j, &c->dictionaries, e) == -1 || add_schemas(j, &c->schemas, e) == -1)
		goto fail;
	for (size_t i = 0; i < c->n_partners; i++)
		if (read_dictionaries(j, &c->partners[i].dictionaries, e) == -1 ||
		    add_schemas(j, &c->partners[i].schemas, e) == -1)
			goto fail;
	*out = j;
	return 0;
fail:
	arena_free(a);
	e->kind = ERR_CONFIG;
	return -1;
}

/* The partner's own come first, then everybody's, then what is built in. NULL: none is for this format. */
static const struct dict *
choose_dictionary(const struct judge *j, const struct edi_facts *f, const struct partner *pt)
{
	const struct conf_list *lists[] = { &pt->dictionaries, &j->conf->dictionaries };
	const struct dictionary *d;

	if (f->format != &edi_x12 && f->format != &edi_edifact)
		return NULL;
	for (size_t k = 0; k < N(lists); k++)
		for (size_t i = 0; i < lists[k]->n; i++) {
			d = find_dictionary(j, lists[k]->v[i]);
			if (d != NULL && dict_knows(&d->dict, f))
				return &d->dict;
		}
	return f->format == &edi_x12 && dict_knows(&j->x12, f) ? &j->x12 : NULL;
}

static void
judge_messages(const struct judge *j, struct arena *a, struct str in, const struct edi_facts *f,
    const struct partner *pt, struct judged *out)
{
	const struct dict *dict = choose_dictionary(j, f, pt);

	if (dict == NULL)
		return;
	dict_check(a, in, f, dict, pt->strict_codes, &out->dict);
	for (size_t i = 0; i < out->dict.n_kept && out->n_kept < JUDGE_KEPT; i++) {
		const struct dict_finding *one = &out->dict.kept[i];
		out->kept[out->n_kept++] = (struct judge_finding){ str_of(one->problem.code), one->warning,
			str_fmt(a, STR_FMT ": " STR_FMT, STR_ARG(place_text(a, &one->problem)), STR_ARG(one->problem.text)) };
	}
	out->n_errors += out->dict.n_errors;
	out->n_warnings += out->dict.n_warnings;
}

/* ---- schemas ---- */

static void
judge_schema(const struct judge *j, struct arena *a, struct str in, const struct edi_facts *f,
    const struct partner *pt, struct judged *out)
{
	struct xml_schema_findings found;
	struct err e;
	int rc = schemas_check(j->schemas, a, &pt->schemas, in, f, &found, &e);

	if (rc == 0)
		rc = schemas_check(j->schemas, a, &j->conf->schemas, in, f, &found, &e);
	if (rc == -1)
		add(out, true, S("schema-not-checked"), str_dup(a, str_of(e.text)));
	if (rc != 1)
		return;
	for (size_t i = 0; i < found.n_kept; i++)
		add(out, false, S("schema"), str_fmt(a, "line %lu: " STR_FMT, found.kept[i].line, STR_ARG(found.kept[i].text)));
	out->n_errors += found.n - found.n_kept;
}

/* ---- business rules, signatures ---- */

static void
judge_rules(struct arena *a, struct str in, const struct edi_facts *f, struct judged *out)
{
	struct rules_result rules;
	struct err e;

	if (rules_run(a, in, f, 0, true, &rules, &e) == -1) {
		add(out, true, S("rules-not-checked"), str_dup(a, str_of(e.text)));
		return;
	}
	for (size_t i = 0; i < rules.findings.n_kept && out->n_kept < JUDGE_KEPT; i++) {
		const struct rule_finding *one = &rules.findings.kept[i];
		out->kept[out->n_kept++] = (struct judge_finding){ str_of(one->id),
			one->rule->level == RULE_WARNING,
			str_fmt(a, STR_FMT ": " STR_FMT, STR_ARG(one->place), STR_ARG(one->text)) };
	}
	out->n_errors += rules.findings.n_fatal;
	out->n_warnings += rules.findings.n_warnings;
	if (rules.findings.incomplete)
		add(out, true, S("rules-not-checked"), S("too large for all rules: some were not finished"));
}

static void
judge_signature(struct arena *a, struct str in, const struct edi_facts *f, int64_t now_ms,
    struct judged *out)
{
	struct edi_facts again = *f;

	signed_check(a, in, now_ms, &again);
	for (size_t i = f->n_problems_kept; i < again.n_problems_kept; i++)
		add(out, false, str_of(again.problems[i].code), again.problems[i].text);
}

void
judge(struct judge *j, struct arena *a, struct str in, const struct edi_facts *f, const struct partner *pt,
    enum conf_level level, int64_t now_ms, struct judged *out)
{
	*out = (struct judged){ .n_kept = 0 };
	if (f->verdict != EDI_VALID)
		return;
	judge_signature(a, in, f, now_ms, out);
	if (level >= CONF_LEVEL_MESSAGE) {
		judge_messages(j, a, in, f, pt, out);
		judge_schema(j, a, in, f, pt, out);
	}
	if (level >= CONF_LEVEL_RULES)
		judge_rules(a, in, f, out);
}

struct str
judge_text(struct arena *a, const struct judged *d)
{
	size_t first = 0;

	while (first < d->n_kept && d->kept[first].warning && d->n_errors > 0)
		first++;
	if (first == d->n_kept)
		first = 0;
	if (d->n_kept == 0)
		return S("");
	return str_fmt(a, "%zu error%s, %zu warning%s: " STR_FMT " [" STR_FMT "]", d->n_errors,
	    d->n_errors == 1 ? "" : "s", d->n_warnings, d->n_warnings == 1 ? "" : "s",
	    STR_ARG(d->kept[first].text), STR_ARG(d->kept[first].code));
}
