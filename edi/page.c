/* SPDX-License-Identifier: ISC */
#include "edi/page.h"

#include "edi/text.h"

#include <string.h>

#define LABEL(s) S_INIT(s)

void
page_put(struct page *w, struct str own)
{
	if (!w->failed && buf_put(w->out, own, w->e) == -1)
		w->failed = true;
}

static void
put_value(struct page *w, struct str value, bool html)
{
	unsigned int c;

	while (value.n > 0) {
		const char *from = value.p;
		if (!text_next(&value, &c) || text_is_control(c))
			page_put(w, S("\xef\xbf\xbd"));
		else if (html && c == '<')
			page_put(w, S("&lt;"));
		else if (html && c == '>')
			page_put(w, S("&gt;"));
		else if (html && c == '&')
			page_put(w, S("&amp;"));
		else if (html && c == '"')
			page_put(w, S("&quot;"));
		else if (html && c == '\'')
			page_put(w, S("&#39;"));
		else
			page_put(w, str_make(from, (size_t)(value.p - from)));
	}
}

void
page_plain(struct page *w, struct str value)
{
	put_value(w, value, false);
}

void
page_html(struct page *w, struct str value)
{
	put_value(w, value, true);
}

struct str
page_money(struct page *w, const struct model *m, struct str amount)
{
	if (amount.n == 0 || m->currency.n == 0)
		return amount;
	return str_cat(w->a, str_cat(w->a, m->currency, S(" ")), amount);
}

static const struct model_finding *
finding_of(const struct model *m, const char *code)
{
	for (size_t i = 0; code != NULL && i < m->n_findings; i++)
		if (strcmp(m->findings[i].code, code) == 0)
			return &m->findings[i];
	return NULL;
}

bool
page_total(struct page *w, const struct model *m, size_t *at, struct page_total *out)
{
	const struct model_totals *t = &m->totals;
	const struct { const char *label, *code; struct str amount; } rows[] = {
		{ "Lines", "sum-lines", t->lines },
		{ "Allowances", NULL, t->allowances },
		{ "Charges", NULL, t->charges },
		{ "Net", "sum-net", t->net },
		{ "Tax", "sum-tax", t->tax },
		{ "Gross", "sum-gross", t->gross },
		{ "Prepaid", NULL, t->prepaid },
		{ "Rounding", NULL, t->rounding },
		{ m->kind == MODEL_INVOICE || m->kind == MODEL_CREDIT_NOTE ? "Payable" : "Total", "sum-payable", t->payable },
	};

	(void)w;
	while (*at < N(rows)) {
		size_t i = (*at)++;
		if (rows[i].amount.n == 0)
			continue;
		*out = (struct page_total){ rows[i].label, rows[i].amount,
			finding_of(m, rows[i].code), i == N(rows) - 1 };
		return true;
	}
	return false;
}

/* "ship_not_before": as words. */
static struct str
words(struct page *w, struct str name)
{
	char *to = arena_get(w->a, name.n);

	for (size_t i = 0; i < name.n; i++)
		to[i] = name.p[i] == '_' ? ' ' : i == 0 ? to_upper(name.p[i]) : name.p[i];
	return str_make(to, name.n);
}

static bool
discount(struct page *w, const struct model_discount *d, struct page_fact *out)
{
	if (d->percent.n == 0)
		return false;
	out->label = S("Discount");
	out->value = str_cat(w->a, d->percent, S(" %"));
	if (d->days.n > 0)
		out->value = str_fmt(w->a, STR_FMT " within " STR_FMT " days", STR_ARG(out->value),
		    STR_ARG(d->days));
	else if (d->until.n > 0)
		out->value = str_fmt(w->a, STR_FMT " until " STR_FMT, STR_ARG(out->value), STR_ARG(d->until));
	return true;
}

bool
page_fact(struct page *w, const struct model *m, size_t *at, struct page_fact *out)
{
	const struct page_fact single[] = {
		{ S("Issued"), m->issued }, { S("Due"), m->due },
		{ S("Payment"), m->net_days.n > 0 ? str_cat(w->a, m->net_days, S(" days")) : S("") },
		{ S("Account"), m->account }, { S("Currency"), m->currency }, { S("Type"), m->type },
	};

	for (;;) {
		size_t i = (*at)++;
		if (i < N(single)) {
			*out = single[i];
			if (out->value.n > 0)
				return true;
			continue;
		}
		i -= N(single);
		if (i < m->n_discounts) {
			if (discount(w, &m->discounts[i], out))
				return true;
			continue;
		}
		i -= m->n_discounts;
		if (i < m->n_dates) {
			*out = (struct page_fact){ words(w, m->dates[i].kind), m->dates[i].value };
			return true;
		}
		i -= m->n_dates;
		if (i >= m->n_refs)
			return false;
		*out = (struct page_fact){ m->refs[i].kind == MODEL_REF_OTHER ? str_cat(w->a, S("Ref. "), m->refs[i].qual) :
			words(w, str_of(model_ref_name(m->refs[i].kind))), m->refs[i].value };
		return true;
	}
}

struct str
page_verdict(struct page *w, const struct model_file *f, const struct model *m)
{
	if (f->facts.verdict == EDI_BROKEN)
		return str_fmt(w->a, "broken: %zu problem%s", f->facts.n_problems,
		    f->facts.n_problems == 1 ? "" : "s");
	if (m != NULL && m->n_findings > 0)
		return str_fmt(w->a, "%zu difference%s", m->n_findings, m->n_findings == 1 ? "" : "s");
	return S("valid");
}

struct str
page_id_label(const struct model_id *id)
{
	static const struct { struct str scheme, label; } labels[] = {
		{ LABEL("gln"), LABEL("GLN") }, { LABEL("duns"), LABEL("DUNS") }, { LABEL("duns+4"), LABEL("DUNS+4") },
		{ LABEL("vat"), LABEL("VAT id") }, { LABEL("tax"), LABEL("Tax id") },
		{ LABEL("buyer"), LABEL("Buyer's no.") }, { LABEL("seller"), LABEL("Seller's no.") },
	};

	for (size_t i = 0; i < N(labels); i++)
		if (str_eq(id->scheme, labels[i].scheme))
			return labels[i].label;
	return id->scheme.n > 0 ? id->scheme : S("Id");
}

struct str
page_unit(struct str code)
{
	static const struct { struct str code, label; } units[] = {
		{ LABEL("EA"), LABEL("pcs") }, { LABEL("PCE"), LABEL("pcs") }, { LABEL("H87"), LABEL("pcs") },
		{ LABEL("C62"), LABEL("pcs") }, { LABEL("CA"), LABEL("case") }, { LABEL("CT"), LABEL("ctn") },
		{ LABEL("KGM"), LABEL("kg") }, { LABEL("KG"), LABEL("kg") }, { LABEL("GRM"), LABEL("g") },
		{ LABEL("LB"), LABEL("lb") }, { LABEL("LTR"), LABEL("l") }, { LABEL("MTR"), LABEL("m") },
		{ LABEL("HUR"), LABEL("h") }, { LABEL("DAY"), LABEL("day") }, { LABEL("MON"), LABEL("mon") },
	};

	for (size_t i = 0; i < N(units); i++)
		if (str_eq(code, units[i].code))
			return units[i].label;
	return code;
}
