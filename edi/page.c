/* SPDX-License-Identifier: ISC */
#include "edi/page.h"

#include "edi/model_acks.h"
#include "edi/text.h"

#include <string.h>

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

/* Decimal text; other text is left alone. */
static bool
is_number(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!is_digit(s.p[i]) && s.p[i] != '.' && (s.p[i] != '-' || i > 0))
			return false;
	return s.n > 0;
}

/* With so many digits behind the point at least, and no zeros beyond them. */
static struct str
digits(struct page *w, struct str s, size_t least)
{
	static const char zeros[] = ".00";
	size_t point, behind;

	if (!is_number(s))
		return s;
	if (!str_chr(s, '.', &point))
		return least == 0 ? s : str_cat(w->a, s, str_make(zeros, least + 1));
	behind = s.n - point - 1;
	while (behind > least && s.p[point + behind] == '0')
		behind--;
	if (behind < least)
		return str_cat(w->a, s, str_make(zeros + 1, least - behind));
	return str_sub(s, 0, behind == 0 ? point : point + 1 + behind);
}

struct str
page_number(struct page *w, struct str number)
{
	return digits(w, number, 0);
}

struct str
page_amount(struct page *w, const struct model *m, struct str amount)
{
	static const struct str whole[] = {
		S_INIT("CLP"), S_INIT("ISK"), S_INIT("JPY"), S_INIT("KRW"), S_INIT("VND"), S_INIT("XAF"), S_INIT("XOF"),
	};

	for (size_t i = 0; i < N(whole); i++)
		if (str_eq(m->currency, whole[i]))
			return digits(w, amount, 0);
	return digits(w, amount, 2);
}

struct str
page_money(struct page *w, const struct model *m, struct str amount)
{
	amount = page_amount(w, m, amount);
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
	const struct { const char *label, *code; struct str amount; enum page_stage stage; } rows[] = {
		{ "Lines", "sum-lines", t->lines, PAGE_LINES },
		{ "Allowances", NULL, t->allowances, PAGE_NET },
		{ "Charges", NULL, t->charges, PAGE_NET },
		{ "Net", "sum-net", t->net, PAGE_NET },
		{ "Tax", "sum-tax", t->tax, PAGE_GROSS },
		{ "Gross", "sum-gross", t->gross, PAGE_GROSS },
		{ "Prepaid", NULL, t->prepaid, PAGE_GROSS },
		{ "Rounding", NULL, t->rounding, PAGE_GROSS },
		{ m->kind == MODEL_INVOICE || m->kind == MODEL_CREDIT_NOTE ? "Payable" : "Total", "sum-payable", t->payable,
		    PAGE_GROSS },
	};

	while (*at < N(rows)) {
		size_t i = (*at)++;
		const struct model_finding *finding = finding_of(m, rows[i].code);
		if (rows[i].amount.n == 0)
			continue;
		if (rows[i].code == NULL && str_eq(digits(w, rows[i].amount, 0), S("0")))
			continue;	/* said, and nothing */
		*out = (struct page_total){ rows[i].label, rows[i].amount, rows[i].stage, finding, i == N(rows) - 1 };
		return true;
	}
	return false;
}

/* Of "x12:ZZ" and "edifact:ZZ" what the standard says; else empty. */
static struct str
code_of(struct str word)
{
	size_t colon;

	return str_chr(word, ':', &colon) ? str_from(word, colon + 1) : S("");
}

static struct str
bare(struct str word)
{
	struct str code = code_of(word);

	return code.n > 0 ? code : word;
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
	out->value = str_cat(w->a, page_number(w, d->percent), S(" %"));
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
		{ S("Account"), m->account }, { S("Currency"), m->currency },
		{ S("Type"), m->n_reports > 0 ? S("") : page_type(w, m) },
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
			struct str code = code_of(m->dates[i].kind);
			*out = (struct page_fact){ code.n > 0 ? str_cat(w->a, S("Date "), code) : words(w, m->dates[i].kind),
				m->dates[i].value };
			return true;
		}
		i -= m->n_dates;
		if (i >= m->n_refs)
			return false;
		*out = (struct page_fact){ m->refs[i].kind == MODEL_REF_OTHER ? str_cat(w->a, S("Reference "), bare(m->refs[i].qual)) :
			words(w, str_of(model_ref_name(m->refs[i].kind))), m->refs[i].value };
		return true;
	}
}

enum page_mood
page_mood(const struct model_file *f, const struct model *m)
{
	enum ack_verdict v = model_ack_verdict(m);

	if (f->facts.verdict == EDI_BROKEN || v == ACK_REJECTED)
		return PAGE_BAD;
	return m->n_findings > 0 || v == ACK_PARTIAL || v == ACK_ACCEPTED_ERRORS ? PAGE_WARN : PAGE_GOOD;
}

struct str
page_verdict(struct page *w, const struct model_file *f, const struct model *m)
{
	if (f->facts.verdict == EDI_BROKEN)
		return str_fmt(w->a, "broken: %zu problem%s", f->facts.n_problems,
		    f->facts.n_problems == 1 ? "" : "s");
	if (m->n_reports > 0)
		return str_of(model_ack_words(model_ack_verdict(m)));
	if (m->n_findings > 0)
		return str_fmt(w->a, "%zu difference%s", m->n_findings, m->n_findings == 1 ? "" : "s");
	return S("valid");
}

const struct model_party *
page_party(const struct model *m, struct page_parties *at)
{
	for (; at->role < MODEL_ROLES; at->role++, at->i = 0)
		while (at->i < m->n_parties)
			if (m->parties[at->i++].role == at->role)
				return &m->parties[at->i - 1];
	return NULL;
}
