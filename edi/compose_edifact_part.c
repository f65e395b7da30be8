/* SPDX-License-Identifier: ISC */
/* compose_edifact_part.c - the segments that the messages share. */
#include "edi/compose_edifact.h"

#include "edi/model_codes.h"
#include "edi/text.h"

#define STREET_WIDTH 35
#define NAME_WIDTH   35
#define NOTE_PIECES  5 /* of FTX C108 */
#define NAME_PIECES  5 /* of NAD C080 */

/* The year of the directory, 2000 being later than 1999. */
bool
edifact_is_wide(const struct model *m)
{
	struct str v = m->message != NULL ? m->message->version : S("");

	return str_starts(v, S("D:")) && v.n > 4 && is_digit(v.p[2]) && v.p[2] < '9';
}

/* ---- elements ---- */

/* What the set of the interchange has no character for is told to the one who chose the set. */
static struct str
encoded(struct composer *c, struct str utf8)
{
	char *to = arena_get(c->a, utf8.n);
	size_t n = 0;
	unsigned int one;

	if (c->utf8)
		return utf8;
	while (utf8.n > 0) {
		(void)text_next(&utf8, &one);
		c->w.lossy |= one > 0xff;
		to[n++] = (char)(one > 0xff ? ' ' : one);
	}
	return str_make(to, n);
}

void
edifact_text(struct composer *c, struct str value, size_t max)
{
	seg_write(&c->w, encoded(c, compose_cut(value, max)));
}

void
edifact_more(struct composer *c, struct str value, size_t max)
{
	seg_write_more(&c->w, encoded(c, compose_cut(value, max)));
}

void
edifact_pair(struct composer *c, const char *tag, struct str code, struct str value, size_t max)
{
	if (code.n == 0 || value.n == 0)
		return;
	seg_write_tag(&c->w, tag);
	edifact_text(c, code, 3);
	edifact_more(c, value, max);
	seg_write_end(&c->w);
}

void
edifact_date(struct composer *c, struct str code, struct str iso)
{
	struct str day = compose_day(c->a, iso);

	if (code.n == 0 || day.n == 0)
		return;
	seg_write_tag(&c->w, "DTM");
	seg_write(&c->w, code);
	edifact_more(c, day, 35);
	seg_write_more(&c->w, day.n == 12 ? S("203") : S("102"));
	seg_write_end(&c->w);
}

/* ---- the head ---- */

void
edifact_notes(struct composer *c, const struct model *m)
{
	struct str pieces[NOTE_PIECES];
	size_t width = edifact_is_wide(m) ? 512 : 70;

	for (size_t i = 0; i < m->n_notes; i++) {
		size_t n = compose_wrap(m->notes[i], width, pieces, N(pieces));
		seg_write_tag(&c->w, "FTX");
		seg_write(&c->w, S("AAI"));
		seg_write_skip(&c->w, 2);
		for (size_t j = 0; j < n; j++)
			if (j == 0)
				edifact_text(c, pieces[j], width);
			else
				edifact_more(c, pieces[j], width);
		seg_write_end(&c->w);
	}
}

static size_t
id_of_nad(const struct model_party *p)
{
	size_t i = 0;

	while (i < p->n_ids &&
	       model_word_code(&model_edifact_codes, model_edifact_codes.ids, p->ids[i].scheme).n ==
	           0)
		i++;
	return i;
}

static void
put_nad(struct composer *c, const struct model_party *p, size_t id, bool wide)
{
	struct seg_writer *w = &c->w;
	struct str name[NAME_PIECES] = { S("") };
	size_t n = compose_wrap(p->name, NAME_WIDTH, name, N(name));

	seg_write_tag(w, "NAD");
	seg_write(w, model_role_code(&model_edifact_codes, p));
	edifact_text(c, id < p->n_ids ? p->ids[id].value : S(""), 35);
	seg_write_more(w, S(""));
	seg_write_more(w, id < p->n_ids
	                      ? model_word_code(&model_edifact_codes, model_edifact_codes.ids,
	                                        p->ids[id].scheme)
	                      : S(""));
	seg_write_skip(w, 1);
	edifact_text(c, name[0], NAME_WIDTH);
	for (size_t i = 1; i < n; i++)
		edifact_more(c, name[i], NAME_WIDTH);
	edifact_text(c, p->n_street > 0 ? p->street[0] : S(""), STREET_WIDTH);
	for (size_t i = 1; i < p->n_street; i++)
		edifact_more(c, p->street[i], STREET_WIDTH);
	edifact_text(c, p->city, 35);
	edifact_text(c, p->region, 9);
	edifact_text(c, p->postcode, wide ? 17 : 9);
	edifact_text(c, p->country, 3);
	seg_write_end(w);
}

static void
put_contact(struct composer *c, const struct model_party *p)
{
	const struct {
		const char *qual;
		struct str value;
	} numbers[] = { { "TE", p->phone }, { "EM", p->mail } };

	if (p->contact.n + p->phone.n + p->mail.n == 0)
		return;
	seg_write_tag(&c->w, "CTA");
	seg_write(&c->w, S("IC"));
	seg_write(&c->w, S(""));
	edifact_more(c, p->contact, 35);
	seg_write_end(&c->w);
	for (size_t i = 0; i < N(numbers); i++) {
		if (numbers[i].value.n == 0)
			continue;
		seg_write_tag(&c->w, "COM");
		edifact_text(c, numbers[i].value, 512);
		seg_write_more(&c->w, str_of(numbers[i].qual));
		seg_write_end(&c->w);
	}
}

/* Who is to be paid has the account: the payee, else the seller. */
static bool
has_account(const struct model *m, const struct model_party *p)
{
	const struct model_party *payee = model_party(m, MODEL_PAYEE);

	return m->account.n > 0 && p == (payee != NULL ? payee : model_party(m, MODEL_SELLER));
}

void
edifact_parties(struct composer *c, const struct model *m)
{
	for (size_t i = 0; i < m->n_parties; i++) {
		const struct model_party *p = &m->parties[i];
		size_t id = id_of_nad(p);
		put_nad(c, p, id, edifact_is_wide(m));
		if (has_account(m, p)) {
			seg_write_tag(&c->w, "FII");
			seg_write(&c->w, S("RB"));
			edifact_text(c, m->account, 35);
			seg_write_end(&c->w);
		}
		for (size_t j = 0; j < p->n_ids; j++) {
			const struct model_id *x = &p->ids[j];
			if (j != id)
				edifact_pair(c, "RFF",
				             str_eq(x->scheme, S("vat")) ? S("VA")
				             : str_starts(x->scheme, model_edifact_codes.prefix)
				                 ? str_from(x->scheme, model_edifact_codes.prefix.n)
				                 : S(""),
				             x->value, edifact_is_wide(m) ? 70 : 35);
		}
		put_contact(c, p);
	}
}

/* 5: from the date of the invoice, 3: behind it, D: days. */
static void
put_pat(struct composer *c, struct str type, struct str days)
{
	seg_write_tag(&c->w, "PAT");
	seg_write(&c->w, type);
	if (days.n > 0) {
		seg_write_skip(&c->w, 1);
		seg_write(&c->w, S("5"));
		seg_write_more(&c->w, S("3"));
		seg_write_more(&c->w, S("D"));
		edifact_more(c, days, 3);
	}
	seg_write_end(&c->w);
}

void
edifact_terms(struct composer *c, const struct model *m)
{
	if (m->due.n + m->net_days.n > 0) {
		put_pat(c, S("1"), m->net_days);
		edifact_date(c, S("13"), m->due);
	}
	for (size_t i = 0; i < m->n_discounts; i++) {
		put_pat(c, S("22"), m->discounts[i].days);
		edifact_pair(c, "PCD", S("12"), m->discounts[i].percent, 10);
	}
}

/* ---- taxes and allowances ---- */

static bool
is_digits(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!is_digit(s.p[i]))
			return false;
	return s.n > 0;
}

void
edifact_tax(struct composer *c, struct str category, struct str rate)
{
	struct seg_writer *w = &c->w;

	seg_write_tag(w, "TAX");
	seg_write(w, S("7"));
	seg_write(w, S("VAT"));
	seg_write_skip(w, 2);
	seg_write(w, S(""));
	for (int i = 0; i < 2; i++)
		seg_write_more(w, S(""));
	edifact_more(c, rate, 17);
	edifact_text(c, category, 3);
	seg_write_end(w);
}

void
edifact_allowances(struct composer *c, const struct model *m, size_t line)
{
	struct seg_writer *w = &c->w;
	struct str pieces[2];

	for (size_t i = 0; i < m->n_allowances; i++) {
		const struct model_allowance *x = &m->allowances[i];
		size_t n = compose_wrap(x->text, edifact_is_wide(m) ? 70 : 35, pieces, N(pieces));
		if (x->line != line)
			continue;
		seg_write_tag(w, "ALC");
		seg_write(w, x->charge ? S("C") : S("A"));
		seg_write(w, S(""));
		edifact_more(c, is_digits(x->code) ? x->code : S(""),
		             3); /* 5189 has numbers, 7161 letters */
		seg_write_skip(w, 2);
		edifact_text(c, is_digits(x->code) ? S("") : x->code, edifact_is_wide(m) ? 17 : 3);
		for (int j = 0; j < 2; j++)
			seg_write_more(w, S(""));
		for (size_t j = 0; j < n; j++)
			edifact_more(c, pieces[j], 70);
		seg_write_end(w);
		edifact_pair(c, "PCD", x->charge ? S("2") : S("1"), x->percent, 10);
		edifact_pair(c, "MOA", x->charge ? S("23") : S("204"), x->amount, 35);
		edifact_pair(c, "MOA", S("25"), x->base, 35);
		if (x->tax_category.n + x->tax_rate.n > 0)
			edifact_tax(c, x->tax_category, x->tax_rate);
	}
}
