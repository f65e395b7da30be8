/* SPDX-License-Identifier: ISC */
#include "gateway/rules_print.h"

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
