/* SPDX-License-Identifier: ISC */
/* What is wrong in a document's content: in its timeline, and for people beside the original that did not leave. */
#include "gateway/ledger.h"

bool
ledger_findings(struct ledger *l, struct db_doc *d, const struct inflight *f, int64_t payload,
    const char *role)
{
	bool any = false;

	for (const struct told *t = f->told; t != NULL; t = t->next) {
		const struct msg *m = &t->m;

		if (m->type != MSG_FINDING || m->id != payload)
			continue;
		any = true;
		if (m->name.n > 0)
			ledger_story(l, d, EV_FINDING, 0, role, 0, S(""),
			    STR_FMT ": " STR_FMT " [" STR_FMT "]", STR_ARG(m->word),
			    STR_ARG(m->text), STR_ARG(m->name));
		else
			ledger_story(l, d, EV_FINDING, 0, role, 0, S(""), STR_FMT, STR_ARG(m->text));
	}
	return any;
}

struct str
ledger_findings_text(struct ledger *l, const struct db_doc *d)
{
	struct str text = S("");
	struct db_event *v;
	struct err e;
	size_t n;

	ledger_must(l, db_event_list(l->db, l->turn, d->id, &v, &n, &e), &e, "findings");
	for (size_t i = 0; i < n; i++)
		if (str_eq(v[i].kind, str_of(exchange_event_name(EV_FINDING))))
			text = str_cat(l->turn, text, str_fmt(l->turn, "  " STR_FMT "\n", STR_ARG(v[i].text)));
	return text.n > 0 ? str_cat(l->turn, S("\nwhat was found in it:\n"), text) : text;
}
