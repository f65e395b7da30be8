/* SPDX-License-Identifier: ISC */
#include "edi/model_write.h"

#include "edi/model_text.h"
#include "edi/text.h"

#include <string.h>

#define WIDTH	   80u
#define HALF	   40u	/* two parties side by side */
#define PARTY_ROWS 24u

/* The columns of a line; the gaps between them make it WIDTH. */
enum { COL_NO = 4, COL_WHAT = 38, COL_QTY = 8, COL_UNIT = 4, COL_PRICE = 11, COL_AMOUNT = 12 };

static size_t
columns(struct str s)
{
	size_t n = 0;
	unsigned int c;

	for (; s.n > 0; n++)
		(void)text_next(&s, &c);
	return n;
}

/* The first so many characters. */
static struct str
front(struct str s, size_t width)
{
	struct str rest = s;
	unsigned int c;

	while (width-- > 0 && rest.n > 0)
		(void)text_next(&rest, &c);
	return str_sub(s, 0, s.n - rest.n);
}

static void
fill(struct page *w, size_t n)
{
	static const char blanks[] = "                                                                                ";

	page_put(w, str_make(blanks, n < sizeof(blanks) - 1 ? n : sizeof(blanks) - 1));
}

static void
end(struct page *w)
{
	struct buf *b = w->out;

	while (b->n > 0 && b->p[b->n - 1] == ' ')
		buf_cut(b, b->n - 1);
	page_put(w, S("\n"));
}

static void
left(struct page *w, struct str s, size_t width)
{
	size_t n = columns(s);

	page_plain(w, n > width ? front(s, width) : s);
	fill(w, n < width ? width - n : 0);
}

/* A number too wide for its column is better wide than wrong. */
static void
right(struct page *w, struct str s, size_t width)
{
	size_t n = columns(s);

	fill(w, n < width ? width - n : 0);
	page_plain(w, s);
}

/* Cut off what fits into width, at a blank where there is one. */
static struct str
wrap(struct str *rest, size_t width)
{
	struct str piece = front(*rest, width);
	size_t at = piece.n;

	if (piece.n < rest->n)
		while (at > 0 && rest->p[at] != ' ')
			at--;
	if (at > 0)
		piece.n = at;
	*rest = str_trim(str_from(*rest, piece.n));
	return str_trim(piece);
}

void
text_paragraph(struct page *w, size_t indent, struct str label, size_t label_width, struct str value)
{
	bool first = true;

	value = str_trim(value);
	while (value.n > 0 || first) {
		fill(w, indent);
		left(w, first ? label : S(""), label_width);
		page_plain(w, wrap(&value, WIDTH - indent - label_width));
		end(w);
		first = false;
	}
}

static void
rule(struct page *w, char c)
{
	char line[WIDTH];

	memset(line, c, sizeof(line));
	page_put(w, str_make(line, sizeof(line)));
	page_put(w, S("\n"));
}

static void
put_title(struct page *w, const struct model_file *f, const struct model *m)
{
	struct str title = str_of(model_kind_title(m->kind)), number = m->number, kind;
	char *upper = arena_get(w->a, title.n);

	if (number.n == 0 && m->message != NULL)
		number = text_utf8(w->a, m->message->number);
	for (size_t i = 0; i < title.n; i++)
		upper[i] = to_upper(title.p[i]);
	title = str_fmt(w->a, "%.*s " STR_FMT, (int)title.n, upper, STR_ARG(number));
	left(w, title, WIDTH - 6);
	page_put(w, m->test ? S("  TEST") : S(""));
	end(w);
	rule(w, '=');
	kind = m->message == NULL ? m->type : text_utf8(w->a, m->message->type);
	text_paragraph(w, 0, S("Message"), 12, str_fmt(w->a, "%s " STR_FMT " " STR_FMT, f->facts.format->label, STR_ARG(kind),
	    STR_ARG(m->message == NULL ? S("") : text_utf8(w->a, m->message->version))));
	text_paragraph(w, 0, S("Checks"), 12, page_verdict(w, f, m));
}

/* The rows of a party's block. */
static size_t
party_rows(struct page *w, const struct model_party *p, struct str *row)
{
	size_t n = 0;
	struct str town = str_fmt(w->a, STR_FMT "%s" STR_FMT "%s" STR_FMT, STR_ARG(p->postcode), p->postcode.n > 0 ? " " : "",
	    STR_ARG(p->city), p->region.n > 0 ? ", " : "", STR_ARG(p->region));

	row[n++] = page_role(w, p);
	if (p->name.n > 0)
		row[n++] = str_cat(w->a, S("  "), p->name);
	for (size_t i = 0; i < p->n_street; i++)
		row[n++] = str_cat(w->a, S("  "), p->street[i]);
	if (town.n > 0)
		row[n++] = str_cat(w->a, S("  "), town);
	if (p->country.n > 0)
		row[n++] = str_cat(w->a, S("  "), page_country(p->country));
	for (size_t i = 0; i < p->n_ids; i++)
		row[n++] = str_fmt(w->a, "  " STR_FMT " " STR_FMT, STR_ARG(page_id_label(w, &p->ids[i])), STR_ARG(p->ids[i].value));
	if (p->contact.n > 0)
		row[n++] = str_cat(w->a, S("  "), p->contact);
	if (p->phone.n > 0)
		row[n++] = str_cat(w->a, S("  "), p->phone);
	if (p->mail.n > 0)
		row[n++] = str_cat(w->a, S("  "), p->mail);
	return n;
}

static void
put_parties(struct page *w, const struct model *m)
{
	struct str a[PARTY_ROWS], b[PARTY_ROWS];
	struct page_parties at = { 0 };
	const struct model_party *one, *other;

	while ((one = page_party(m, &at)) != NULL) {
		size_t n_a = party_rows(w, one, a);
		size_t n_b = (other = page_party(m, &at)) != NULL ? party_rows(w, other, b) : 0;
		page_put(w, S("\n"));
		for (size_t j = 0; j < n_a || j < n_b; j++) {
			left(w, j < n_a ? front(a[j], HALF - 2) : S(""), HALF);
			left(w, j < n_b ? b[j] : S(""), HALF);
			end(w);
		}
	}
}

static void
put_facts(struct page *w, const struct model *m)
{
	struct page_fact fact;
	size_t at = 0;
	bool any = false;

	while (page_fact(w, m, &at, &fact)) {
		if (!any)
			page_put(w, S("\n"));
		any = true;
		text_paragraph(w, 0, front(fact.label, 20), 22, fact.value);
	}
}

static void
put_row(struct page *w, struct str no, struct str what, const struct str number[4])
{
	left(w, no, COL_NO);
	page_put(w, S(" "));
	left(w, what, COL_WHAT);
	right(w, number[0], COL_QTY);
	page_put(w, S(" "));
	left(w, number[1], COL_UNIT);
	right(w, number[2], COL_PRICE);
	page_put(w, S(" "));
	right(w, number[3], COL_AMOUNT);
	end(w);
}

static void
put_line_more(struct page *w, const struct model_file *f, const struct model_line *l, struct str rest)
{
	const struct { const char *label; struct str value; } ids[] = {
		{ "GTIN ", l->gtin }, { "buyer's ", l->buyer_id }, { "seller's ", l->seller_id }, { "price per ", page_number(w, l->price_per) },
		{ "tax ", l->tax_rate.n > 0 ? str_cat(w->a, page_number(w, l->tax_rate), S(" %")) : S("") },
		{ "status ", page_status(f, l->status) },
	};
	struct str more = S("");

	while (rest.n > 0) {
		fill(w, COL_NO + 1);
		page_plain(w, wrap(&rest, COL_WHAT));
		end(w);
	}
	for (size_t i = 0; i < N(ids); i++)
		if (ids[i].value.n > 0)
			more = str_fmt(w->a, STR_FMT "%s%s" STR_FMT, STR_ARG(more), more.n > 0 ? ", " : "", ids[i].label,
			    STR_ARG(ids[i].value));
	if (more.n > 0)
		text_paragraph(w, COL_NO + 1, S(""), 0, more);
}

static void
put_allowance(struct page *w, const struct model *m, const struct model_allowance *x, size_t indent)
{
	struct str text = x->text.n > 0 ? x->text : x->code;

	text = str_fmt(w->a, "%s " STR_FMT "%s" STR_FMT "%s", x->charge ? "Charge" : "Allowance", STR_ARG(text),
	    x->percent.n > 0 ? " " : "", STR_ARG(page_number(w, x->percent)), x->percent.n > 0 ? " %" : "");
	fill(w, indent);
	left(w, text, WIDTH - indent - 20);
	right(w, x->line == MODEL_NO_LINE ? page_money(w, m, x->amount) : page_amount(w, m, x->amount), 20);
	end(w);
}

static void
put_lines(struct page *w, const struct model_file *f, const struct model *m)
{
	static const struct str head[] = { S_INIT("Qty"), S_INIT(""), S_INIT("Price"), S_INIT("Amount") };
	size_t at = 0;

	if (m->n_lines == 0)
		return;
	page_put(w, S("\n"));
	put_row(w, S("No"), S("Article"), head);
	rule(w, '-');
	for (size_t i = 0; i < m->n_lines; i++) {
		const struct model_line *l = &m->lines[i];
		struct str unit = page_unit(f, l->unit);
		const struct str numbers[] = { page_number(w, l->qty), columns(unit) > COL_UNIT ? l->unit : unit,
			page_amount(w, m, l->price), page_amount(w, m, l->amount) };
		struct str rest = l->description;
		struct str first = wrap(&rest, COL_WHAT - 1);
		put_row(w, l->no, first, numbers);
		put_line_more(w, f, l, rest);
		for (; at < m->n_allowances && (m->allowances[at].line == MODEL_NO_LINE || m->allowances[at].line <= i); at++)
			if (m->allowances[at].line == i)
				put_allowance(w, m, &m->allowances[at], COL_NO + 1);
	}
	rule(w, '-');
}

static void
put_sum(struct page *w, struct str label, struct str amount)
{
	right(w, front(label, WIDTH - 20), WIDTH - 20);
	right(w, amount, 20);
	end(w);
}

static void
put_parts(struct page *w, const struct model *m, enum page_stage stage)
{
	for (size_t i = 0; stage == PAGE_NET && i < m->n_allowances; i++)
		if (m->allowances[i].line == MODEL_NO_LINE)
			put_allowance(w, m, &m->allowances[i], 0);
	for (size_t i = 0; stage == PAGE_GROSS && i < m->n_taxes; i++) {
		const struct model_tax *t = &m->taxes[i];
		put_sum(w, str_fmt(w->a, "Tax " STR_FMT "%s" STR_FMT, STR_ARG(page_tax(w, t)), t->base.n > 0 ? " of " : "",
		    STR_ARG(page_amount(w, m, t->base))), page_money(w, m, t->amount));
		if (t->reason.n > 0)
			text_paragraph(w, WIDTH / 4, S(""), 0, t->reason);
	}
}

static void
put_totals(struct page *w, const struct model *m)
{
	struct page_total total;
	enum page_stage done = PAGE_LINES;
	size_t at = 0;

	while (page_total(w, m, &at, &total)) {
		while (done < total.stage)
			put_parts(w, m, ++done);
		put_sum(w, str_of(total.label), page_money(w, m, total.amount));
		if (total.finding != NULL)
			put_sum(w, S("recomputed"), page_money(w, m, total.finding->computed));
	}
	while (done < PAGE_GROSS)
		put_parts(w, m, ++done);
}

static void
put_notes(struct page *w, const struct model *m)
{
	for (size_t i = 0; i < m->n_notes; i++) {
		if (i == 0)
			page_put(w, S("\n"));
		text_paragraph(w, 0, i == 0 ? S("Notes") : S(""), 12, m->notes[i]);
	}
	for (size_t i = 0; i < m->n_findings; i++) {
		if (i == 0)
			page_put(w, S("\n"));
		text_paragraph(w, 0, i == 0 ? S("Differences") : S(""), 12, model_finding_text(w->a, &m->findings[i]));
	}
}

static void
put_envelope(struct page *w, const struct model_file *f, struct str name)
{
	const struct edi_facts *x = &f->facts;
	const struct edi_party ends[] = { x->sender, x->receiver };
	const struct { const char *label; struct str value; } rows[] = {
		{ "Control", x->control }, { "Version", x->version }, { "Quirks", edi_quirks_text(w->a, x->quirks) },
		{ "File", name },
	};

	rule(w, '=');
	for (size_t i = 0; i < N(ends); i++)
		text_paragraph(w, 0, i == 0 ? S("From") : S("To"), 12, text_utf8(w->a, str_fmt(w->a, STR_FMT "%s" STR_FMT,
		    STR_ARG(ends[i].qual), ends[i].qual.n > 0 ? ":" : "", STR_ARG(ends[i].id))));
	for (size_t i = 0; i < N(rows); i++)
		if (rows[i].value.n > 0)
			text_paragraph(w, 0, str_of(rows[i].label), 12, text_utf8(w->a, rows[i].value));
	if (f->cut)
		text_paragraph(w, 0, S("Cut"), 12, S("the file has more documents or lines than are shown"));
	for (size_t i = 0; i < x->n_problems_kept; i++)
		text_paragraph(w, 0, i == 0 ? S("Problems") : S(""), 12, str_fmt(w->a, "segment %zu: " STR_FMT " (%s)",
		    (size_t)x->problems[i].segment, STR_ARG(x->problems[i].text), x->problems[i].code));
}

int
model_write_text(struct buf *out, struct arena *a, const struct model_file *f, struct str name, struct err *e)
{
	struct page w = { .out = out, .a = a, .e = e };

	for (size_t i = 0; i < f->n_documents; i++) {
		const struct model *m = &f->documents[i];
		if (i > 0)
			page_put(&w, S("\n\n"));
		put_title(&w, f, m);
		put_facts(&w, m);
		put_parties(&w, m);
		text_acks(&w, m);
		put_lines(&w, f, m);
		put_totals(&w, m);
		put_notes(&w, m);
	}
	put_envelope(&w, f, name);
	return w.failed ? -1 : 0;
}
