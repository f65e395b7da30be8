/* SPDX-License-Identifier: ISC */
/*
 * model_check.c - sums held against their parts, in decimal. A sum that the document does not tell, or of which a
 * part is missing, is not judged; a cent of rounding on a line is no difference.
 */
#include "edi/model_make.h"

#include "edi/decimal.h"

#include <string.h>

static const struct decimal cent = { 1, 2 };

/* A running sum that turns void when a part of it is no number or there is no room. */
struct sum {
	struct decimal value;
	bool good;
};

static void
sum_add(struct sum *s, struct str part, bool minus)
{
	struct decimal d;

	if (part.n == 0)
		return;
	s->good = s->good && decimal_read(part, &d) &&
	    (minus ? decimal_sub(s->value, d, &s->value) : decimal_add(s->value, d, &s->value));
}

static bool
is_near(struct decimal a, struct decimal b, struct decimal slack)
{
	struct decimal d;
	int order;

	if (!decimal_sub(a, b, &d))
		return true;
	if (d.n < 0)
		d.n = -d.n;
	return !decimal_cmp(d, slack, &order) || order <= 0;
}

/* Does found say what s came to? */
static void
compare(struct model_maker *k, const char *code, const char *standard, struct str found, struct sum s)
{
	struct decimal d;

	if (!s.good || found.n == 0 || !decimal_read(found, &d) || is_near(d, s.value, (struct decimal){ 0, 0 }))
		return;
	model_add_finding(k, (struct model_finding){ .code = code, .standard = standard, .found = found,
		.computed = decimal_text(k->a, decimal_trim(s.value, 2), 2) });
}

/* What is taken off a line and added to it. */
static struct sum
of_line_allowances(const struct model *m, size_t line)
{
	struct sum s = { { 0, 0 }, true };

	for (size_t i = 0; i < m->n_allowances; i++)
		if (m->allowances[i].line == line)
			sum_add(&s, m->allowances[i].amount, !m->allowances[i].charge);
	return s;
}

/* (qty * price / per) + charges - allowances, held against the amount times per: nothing is divided or rounded. */
static void
check_line(struct model_maker *k, size_t i)
{
	const struct model_line *l = &k->m->lines[i];
	struct decimal qty, price, per = { 1, 0 }, whole, more, amount, told, slack;
	struct sum allowances = of_line_allowances(k->m, i);

	if (l->discounted || !decimal_read(l->amount, &amount) || !decimal_read(l->qty, &qty) || !decimal_read(l->price, &price))
		return;
	if (l->price_per.n > 0 && (!decimal_read(l->price_per, &per) || per.n <= 0))
		return;
	if (!allowances.good || !decimal_mul(qty, price, &whole) || !decimal_mul(allowances.value, per, &more) ||
	    !decimal_add(whole, more, &whole) || !decimal_mul(amount, per, &told) || !decimal_mul(cent, per, &slack) ||
	    is_near(told, whole, slack))
		return;
	whole = decimal_trim(whole, 2);
	model_add_finding(k, (struct model_finding){ .code = "line-amount", .standard = "PEPPOL-EN16931-R120",
		.place = str_fmt(k->a, "line %zu", i + 1), .found = l->amount,
		.computed = l->price_per.n == 0 || (per.n == 1 && per.scale == 0) ? decimal_text(k->a, whole, 2) :
		str_fmt(k->a, STR_FMT " / " STR_FMT, STR_ARG(decimal_text(k->a, whole, 2)), STR_ARG(l->price_per)) });
}

/* Of a line that tells no amount: its quantity times its price, with what is taken off or added. */
static void
add_line(struct sum *s, const struct model *m, size_t i)
{
	const struct model_line *l = &m->lines[i];
	struct decimal qty, price, product;

	if (l->amount.n > 0) {
		sum_add(s, l->amount, false);
		return;
	}
	if (l->price_per.n > 0 || !decimal_read(l->qty, &qty) || !decimal_read(l->price, &price) ||
	    !decimal_mul(qty, price, &product)) {
		s->good = false;
		return;
	}
	s->good = s->good && decimal_add(s->value, product, &s->value);
	for (size_t j = 0; j < m->n_allowances; j++)
		if (m->allowances[j].line == i)
			sum_add(s, m->allowances[j].amount, !m->allowances[j].charge);
}

static struct sum
of_lines(const struct model *m)
{
	struct sum s = { { 0, 0 }, m->n_lines > 0 };

	for (size_t i = 0; i < m->n_findings; i++)
		if (strcmp(m->findings[i].code, "number-bad") == 0)
			s.good = false;
	for (size_t i = 0; i < m->n_lines; i++)
		add_line(&s, m, i);
	return s;
}

static struct sum
of_allowances(struct sum s, const struct model *m)
{
	for (size_t i = 0; i < m->n_allowances; i++)
		if (m->allowances[i].line == MODEL_NO_LINE)
			sum_add(&s, m->allowances[i].amount, !m->allowances[i].charge);
	return s;
}

static struct sum
of_taxes(const struct model *m)
{
	struct sum s = { { 0, 0 }, m->n_taxes > 0 };

	for (size_t i = 0; i < m->n_taxes; i++) {
		if (m->taxes[i].amount.n == 0)
			s.good = false;
		sum_add(&s, m->taxes[i].amount, false);
	}
	return s;
}

static struct sum
minus_two(struct str a, struct str plus, struct str minus, struct str rounding)
{
	struct sum s = { { 0, 0 }, a.n > 0 };

	sum_add(&s, a, false);
	sum_add(&s, plus, false);
	sum_add(&s, minus, true);
	sum_add(&s, rounding, false);
	return s;
}

/* X12 tells one total, and no tax base: lines, allowances, charges and taxes make it. */
static void
check_single_total(struct model_maker *k)
{
	struct model *m = k->m;
	struct sum s = of_allowances(of_lines(m), m);
	struct decimal total;
	struct str rounded;

	for (size_t i = 0; i < m->n_taxes; i++)
		sum_add(&s, m->taxes[i].amount, false);
	if (!s.good || !decimal_read(m->totals.payable, &total) || is_near(total, s.value, cent))
		return;
	rounded = decimal_text(k->a, decimal_trim(s.value, 2), 2);
	model_add_finding(k, (struct model_finding){ .code = "sum-payable", .found = m->totals.payable,
		.computed = rounded });
}

static void
check_sums(struct model_maker *k)
{
	struct model *m = k->m;
	const struct model_totals *t = &m->totals;
	struct sum net = of_lines(m);

	compare(k, "sum-lines", "BR-CO-10", t->lines, net);
	if (t->lines.n > 0 && t->net.n > 0) {
		net = (struct sum){ { 0, 0 }, true };
		sum_add(&net, t->lines, false);
		compare(k, "sum-net", "BR-CO-13", t->net, of_allowances(net, m));
	}
	compare(k, "sum-tax", "BR-CO-14", t->tax, of_taxes(m));
	if (t->tax.n > 0)
		compare(k, "sum-gross", "BR-CO-15", t->gross, minus_two(t->net, t->tax, S(""), S("")));
	compare(k, "sum-payable", "BR-CO-16", t->payable, minus_two(t->gross, S(""), t->prepaid, t->rounding));
	if (t->payable.n > 0 && t->gross.n == 0 && t->lines.n == 0 && t->net.n == 0)
		check_single_total(k);
}

static void
check_count(struct model_maker *k)
{
	struct model *m = k->m;
	struct decimal n;

	if (m->n_lines == 0 || k->file->cut || !decimal_read(m->totals.count, &n) || n.n == (__int128)m->n_lines)
		return;
	model_add_finding(k, (struct model_finding){ .code = "count-lines", .found = m->totals.count,
		.computed = str_fmt(k->a, "%zu", m->n_lines) });
}

void
model_check(struct model_maker *k)
{
	struct model *m = k->m;

	k->line = NULL;
	if (m->totals.payable.n == 0 && m->totals.prepaid.n == 0 && m->totals.rounding.n == 0)
		m->totals.payable = m->totals.gross;	/* nothing paid yet: what is to be paid is all of it */
	if (m->kind == MODEL_REMITTANCE || m->kind == MODEL_DESPATCH_ADVICE)
		return;
	if (m->n_allowances <= MODEL_CHECKED_ALLOWANCES)
		for (size_t i = 0; i < m->n_lines; i++)
			check_line(k, i);
	if (m->n_allowances <= MODEL_CHECKED_ALLOWANCES)
		check_sums(k);
	check_count(k);
}
