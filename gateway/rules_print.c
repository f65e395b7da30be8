/* SPDX-License-Identifier: ISC */
#include "gateway/rules_print.h"

#include "edi/rule_tree.h"

#include "gateway/cli.h"

#include <stdio.h>

bool
rules_word(struct str word, unsigned int *sets, bool *automatic)
{
	static const struct { struct str word; unsigned int sets; } words[] = {
		{ S_INIT("auto"), 0 }, { S_INIT("none"), 0 }, { S_INIT("en16931"), RULE_EN16931 },
		{ S_INIT("peppol"), RULE_EN16931 | RULE_PEPPOL },
	};

	for (size_t i = 0; i < N(words); i++) {
		if (!str_eq(word, words[i].word))
			continue;
		*sets = words[i].sets;
		*automatic = i == 0;
		return true;
	}
	return false;
}

/* Of UBL's documents the rules are for two. */
static bool
is_invoice(const struct edi_format *format, struct str type)
{
	return rule_syntax_of(format) != 0 && (str_eq(type, S("Invoice")) || str_eq(type, S("CreditNote")) ||
	    str_eq(type, S("CrossIndustryInvoice")));
}

int
rules_run(struct arena *a, struct str in, const struct edi_facts *f, unsigned int sets, bool automatic,
    struct rules_result *out, struct err *e)
{
	const struct edi_format *format = f->inner.format != NULL ? f->inner.format : f->format;
	struct arena *work;
	int rc;

	*out = (struct rules_result){ .sets = 0 };
	if (automatic)
		sets = rule_sets_of(f->profile);
	if (sets == 0 || f->verdict == EDI_UNKNOWN || !is_invoice(format, f->type))
		return 0;
	work = arena_new(RULE_ARENA_MAX);
	rc = rule_check(work, f->inner.format != NULL ? f->inner.bytes : in, rule_syntax_of(format), sets, NULL,
	    &out->findings, e);
	out->sets = rc == 0 ? sets : 0;
	for (size_t i = 0; rc == 0 && i < out->findings.n_kept; i++) {
		struct rule_finding *one = &out->findings.kept[i];
		one->place = str_dup(a, one->place);
		one->text = str_dup(a, one->text);
		one->id = str_cstr(a, str_of(one->id));
	}
	if (out->findings.n_kept > 0) {
		struct rule_finding *kept = arena_get_array(a, out->findings.n_kept, sizeof(*kept));
		for (size_t i = 0; i < out->findings.n_kept; i++)
			kept[i] = out->findings.kept[i];
		out->findings.kept = kept;
	}
	arena_free(work);
	return rc;
}

void
rules_print(struct arena *a, const struct rules_result *r, const char *name)
{
	const struct rule_findings *f = &r->findings;
	size_t all = f->n_fatal + f->n_warnings;

	for (size_t i = 0; i < f->n_kept; i++)
		(void)printf("%s: %s: %s%s  [%s]\n", name, cli_shown(a, f->kept[i].place),
		    f->kept[i].rule->level == RULE_WARNING ? "warning: " : "", cli_shown(a, f->kept[i].text),
		    f->kept[i].id);
	if (all > f->n_kept)
		(void)printf("%s: and %zu more findings\n", name, all - f->n_kept);
	if (f->incomplete)
		(void)printf("%s: too large for all rules: some were not finished\n", name);
}

json_t *
rules_json(struct arena *a, const struct rules_result *r)
{
	const struct rule_findings *f = &r->findings;
	json_t *o = json_new(), *all = json_array();

	json_str(o, a, "set", r->sets & RULE_PEPPOL ? S("peppol") : S("en16931"));
	json_int(o, "errors", (int64_t)f->n_fatal);
	json_int(o, "warnings", (int64_t)f->n_warnings);
	for (size_t i = 0; i < f->n_kept; i++) {
		json_t *one = json_new();
		json_str(one, a, "rule", str_of(f->kept[i].id));
		json_str(one, a, "level", f->kept[i].rule->level == RULE_WARNING ? S("warning") : S("error"));
		json_str(one, a, "place", f->kept[i].place);
		json_str(one, a, "text", f->kept[i].text);
		json_push(all, one);
	}
	json_list(o, "findings", all);
	return o;
}
