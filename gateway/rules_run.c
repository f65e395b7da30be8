/* SPDX-License-Identifier: ISC */
#include "gateway/rules_run.h"

#include "edi/rule_tree.h"

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
