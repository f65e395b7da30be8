/* SPDX-License-Identifier: ISC */
/*
 * model_html.c - documents as one page that needs nothing else: no script, no image, no font, no link. Its policy
 * forbids the browser all of these, should a value ever get out of its place.
 */
#include "edi/model_write.h"

#include "edi/model_html.h"
#include "edi/page.h"
#include "edi/pieces.h"
#include "edi/text.h"

static const char head[] =
    "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
    "<meta name=\"referrer\" content=\"no-referrer\">\n"
    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>";

static const char style[] =
    "</title>\n<style>\n"
    ":root{--ink:#1c2430;--soft:#5b6675;--line:#d9dee5;--paper:#fff;--page:#eef1f4;--good:#1b6e3c;--warn:#8a5a00;--bad:#b3261e}\n"
    "*{box-sizing:border-box}\n"
    "body{margin:0;background:var(--page);color:var(--ink);font:15px/1.45 system-ui,-apple-system,'Segoe UI',Roboto,sans-serif}\n"
    "main{max-width:60rem;margin:1.5rem auto;padding:2rem 2.25rem;background:var(--paper);border:1px solid var(--line);"
    "border-radius:6px}\n"
    "header{display:flex;flex-wrap:wrap;gap:.5rem 1rem;align-items:baseline;border-bottom:2px solid var(--ink);"
    "padding-bottom:.6rem}\n"
    "h1{font-size:1.6rem;line-height:1.2;margin:0;flex:1 1 20rem;overflow-wrap:anywhere}\nh1 small{font-weight:400;color:var(--soft)}\n"
    "h2{font-size:.8rem;letter-spacing:.06em;text-transform:uppercase;color:var(--soft);margin:1.6rem 0 .4rem}\n"
    ".chip{border:1px solid;border-radius:1rem;padding:.1rem .7rem;font-size:.85rem;font-weight:600}\n"
    ".good{color:var(--good)}.warn{color:var(--warn)}.bad{color:var(--bad)}\n"
    "dl{display:grid;grid-template-columns:repeat(auto-fill,minmax(13rem,1fr));gap:.6rem 1.5rem;margin:1.1rem 0 0}\n"
    "dt{font-size:.8rem;color:var(--soft)}dd{margin:0;overflow-wrap:anywhere}\n"
    ".parties{display:grid;grid-template-columns:repeat(auto-fill,minmax(15rem,1fr));gap:0 2rem}\n"
    ".parties p{margin:0;overflow-wrap:anywhere}.parties .id,.more{color:var(--soft);font-size:.85rem}\n"
    "table{width:100%;border-collapse:collapse;font-variant-numeric:tabular-nums}\n"
    "th{font-size:.8rem;font-weight:600;color:var(--soft);text-align:left;border-bottom:1px solid var(--ink);padding:.3rem .5rem}\n"
    "td{vertical-align:top;border-bottom:1px solid var(--line);padding:.4rem .5rem;overflow-wrap:anywhere}\n"
    ".n{text-align:right;white-space:nowrap;overflow-wrap:normal}\n"
    ".totals{margin:1rem 0 0 auto;width:auto;min-width:20rem}.totals td{border:0;padding:.15rem .5rem}\n"
    ".totals .pay td{border-top:2px solid var(--ink);font-weight:700;font-size:1.1rem;padding-top:.4rem}\n"
    ".no{width:1%;white-space:nowrap}.part td{padding-top:.1rem;padding-bottom:.1rem}.said td:first-child{width:40%}section{margin-top:3.5rem}\n"
    "ul{margin:.3rem 0;padding-left:1.2rem}li{overflow-wrap:anywhere}\n"
    "details{margin-top:1.6rem}summary{cursor:pointer;color:var(--soft)}\n"
    ".raw{counter-reset:s;font:12.5px/1.5 ui-monospace,'DejaVu Sans Mono',Consolas,monospace;padding:0;list-style:none}\n"
    ".raw li{counter-increment:s;padding:.1rem 0 .1rem 3.5rem;position:relative;overflow-wrap:anywhere}\n"
    ".raw li::before{content:counter(s);position:absolute;left:0;width:2.8rem;text-align:right;color:var(--soft)}\n"
    ".raw .hit{background:#fdecea}\n"
    "bdi{unicode-bidi:isolate}\n"
    "@media print{body{background:none}main{border:0;margin:0;padding:0;max-width:none}section{break-before:page}"
    "thead{display:table-header-group}tr,.parties div{break-inside:avoid}details{display:none}}\n"
    "</style>\n</head>\n<body>\n";

static struct str
number_of(struct page *w, const struct model *m)
{
	if (m->number.n > 0 || m->message == NULL)
		return m->number;
	return text_utf8(w->a, m->message->number);
}

static void
put_banner(struct page *w, const struct model_file *f, const struct model *m)
{
	static const char *const moods[] = { [PAGE_GOOD] = "good", [PAGE_WARN] = "warn", [PAGE_BAD] = "bad" };

	html_own(w, "<header><h1>");
	html_own(w, model_kind_title(m->kind));
	html_own(w, " ");
	html_value(w, number_of(w, m));
	html_own(w, " <small>");
	html_own(w, f->facts.format->label);
	html_item(w, " ", m->message != NULL ? text_utf8(w->a, m->message->type) : m->type, "");
	html_own(w, "</small></h1>");
	if (m->test)
		html_own(w, "<span class=\"chip bad\">TEST</span>");
	html_own(w, "<span class=\"chip ");
	html_own(w, moods[page_mood(f, m)]);
	html_own(w, "\">");
	page_html(w, page_verdict(w, f, m));
	html_own(w, "</span></header>\n");
}

static void
put_facts(struct page *w, const struct model *m)
{
	struct page_fact fact;
	size_t at = 0;

	html_own(w, "<dl>\n");
	while (page_fact(w, m, &at, &fact)) {
		html_own(w, "<div><dt>");
		page_html(w, fact.label);
		html_own(w, "</dt><dd>");
		html_value(w, fact.value);
		html_own(w, "</dd></div>\n");
	}
	html_own(w, "</dl>\n");
}

static void
put_party(struct page *w, const struct model_party *p)
{
	html_own(w, "<div><h2>");
	html_value(w, page_role(w, p));
	html_own(w, "</h2>\n");
	html_item(w, "<p><b>", p->name, "</b></p>");
	for (size_t i = 0; i < p->n_street; i++)
		html_item(w, "<p>", p->street[i], "</p>");
	if (p->postcode.n + p->city.n + p->region.n > 0) {
		html_own(w, "<p>");
		html_item(w, "", p->postcode, " ");
		html_item(w, "", p->city, "");
		html_item(w, ", ", p->region, "");
		html_own(w, "</p>");
	}
	html_item(w, "<p>", page_country(p->country), "</p>");
	for (size_t i = 0; i < p->n_ids; i++) {
		html_own(w, "<p class=\"id\">");
		page_html(w, page_id_label(w, &p->ids[i]));
		html_own(w, " ");
		html_value(w, p->ids[i].value);
		html_own(w, "</p>");
	}
	html_item(w, "<p class=\"id\">", p->contact, "</p>");
	html_item(w, "<p class=\"id\">", p->phone, "</p>");
	html_item(w, "<p class=\"id\">", p->mail, "</p>");
	html_own(w, "</div>\n");
}

static void
put_parties(struct page *w, const struct model *m)
{
	struct page_parties at = { 0 };
	const struct model_party *p;

	if (m->n_parties == 0)
		return;
	html_own(w, "<div class=\"parties\">\n");
	while ((p = page_party(m, &at)) != NULL)
		put_party(w, p);
	html_own(w, "</div>\n");
}

/* Which columns the lines have something for. */
struct columns {
	bool no, qty, price, amount;
};

static struct columns
columns_of(const struct model *m)
{
	struct columns c = { 0 };

	for (size_t i = 0; i < m->n_lines; i++) {
		c.no |= m->lines[i].no.n > 0;
		c.qty |= m->lines[i].qty.n + m->lines[i].unit.n > 0;
		c.price |= m->lines[i].price.n > 0;
		c.amount |= m->lines[i].amount.n > 0;
	}
	for (size_t i = 0; i < m->n_allowances; i++)
		c.amount |= m->allowances[i].line != MODEL_NO_LINE;
	return c;
}

static void
put_allowance(struct page *w, const struct model_allowance *x)
{
	html_own(w, x->charge ? "Charge " : "Allowance ");
	html_value(w, x->text.n > 0 ? x->text : x->code);
	html_item(w, " ", page_number(w, x->percent), " %");
}

static void
put_line_allowance(struct page *w, const struct model *m, const struct columns *c, const struct model_allowance *x)
{
	html_own(w, c->no ? "<tr class=\"part\"><td></td><td class=\"more\">" : "<tr class=\"part\"><td class=\"more\">");
	put_allowance(w, x);
	html_own(w, "</td>");
	html_own(w, c->qty ? "<td></td><td></td>" : "");
	html_own(w, c->price ? "<td></td>" : "");
	html_cell(w, page_amount(w, m, x->amount));
	html_own(w, "</tr>\n");
}

static void
put_more(struct page *w, const struct model_file *f, const struct model_line *l)
{
	const struct { const char *open; struct str value; const char *close; } parts[] = {
		{ "GTIN ", l->gtin, "" }, { "buyer\xe2\x80\x99s no. ", l->buyer_id, "" },
		{ "seller\xe2\x80\x99s no. ", l->seller_id, "" }, { "tax ", page_number(w, l->tax_rate), " %" },
		{ "", page_status(f, l->status), "" },
	};
	bool any = false;

	html_own(w, "<div class=\"more\">");
	for (size_t i = 0; i < N(parts); i++) {
		if (parts[i].value.n == 0)
			continue;
		html_own(w, any ? " \xc2\xb7 " : "");
		html_item(w, parts[i].open, parts[i].value, parts[i].close);
		any = true;
	}
	html_own(w, "</div>");
}

static void
put_line(struct page *w, const struct model_file *f, const struct model *m, const struct columns *c, const struct model_line *l)
{
	html_own(w, "<tr>");
	if (c->no) {
		html_own(w, "<td>");
		html_value(w, l->no);
		html_own(w, "</td>");
	}
	html_own(w, "<td>");
	html_value(w, l->description);
	put_more(w, f, l);
	html_own(w, "</td>");
	if (c->qty) {
		html_cell(w, page_number(w, l->qty));
		html_own(w, "<td>");
		html_value(w, page_unit(f, l->unit));
		html_own(w, "</td>");
	}
	if (c->price) {
		html_own(w, "<td class=\"n\">");
		html_value(w, page_amount(w, m, l->price));
		html_item(w, " / ", page_number(w, l->price_per), "");
		html_own(w, "</td>");
	}
	if (c->amount)
		html_cell(w, page_amount(w, m, l->amount));
	html_own(w, "</tr>\n");
}

static void
put_lines(struct page *w, const struct model_file *f, const struct model *m)
{
	const struct columns c = columns_of(m);
	size_t at = 0;

	if (m->n_lines == 0)
		return;
	html_own(w, "<h2>Lines</h2>\n<table>\n<thead><tr>");
	html_own(w, c.no ? "<th class=\"no\">No.</th>" : "");
	html_own(w, m->kind == MODEL_REMITTANCE ? "<th>Document</th>" : "<th>Article</th>");
	html_own(w, c.qty ? "<th class=\"n\">Quantity</th><th class=\"no\">Unit</th>" : "");
	html_own(w, c.price ? "<th class=\"n\">Price</th>" : "");
	html_own(w, c.amount ? "<th class=\"n\">Amount</th>" : "");
	html_own(w, "</tr></thead>\n<tbody>\n");
	for (size_t i = 0; i < m->n_lines; i++) {
		put_line(w, f, m, &c, &m->lines[i]);
		for (; at < m->n_allowances && (m->allowances[at].line == MODEL_NO_LINE || m->allowances[at].line <= i); at++)
			if (m->allowances[at].line == i)
				put_line_allowance(w, m, &c, &m->allowances[at]);
	}
	html_own(w, "</tbody>\n</table>\n");
}

static void
put_tax(struct page *w, const struct model *m, const struct model_tax *t)
{
	html_own(w, "<tr><td>Tax ");
	html_value(w, page_tax(w, t));
	html_item(w, " of ", page_money(w, m, t->base), "");
	html_item(w, "<div class=\"more\">", t->reason, "</div>");
	html_own(w, "</td>");
	html_cell(w, page_money(w, m, t->amount));
	html_own(w, "</tr>\n");
}

static void
put_parts(struct page *w, const struct model *m, enum page_stage stage)
{
	for (size_t i = 0; stage == PAGE_NET && i < m->n_allowances; i++) {
		if (m->allowances[i].line != MODEL_NO_LINE)
			continue;
		html_own(w, "<tr><td>");
		put_allowance(w, &m->allowances[i]);
		html_own(w, "</td>");
		html_cell(w, page_money(w, m, m->allowances[i].amount));
		html_own(w, "</tr>\n");
	}
	for (size_t i = 0; stage == PAGE_GROSS && i < m->n_taxes; i++)
		put_tax(w, m, &m->taxes[i]);
}

static void
put_totals(struct page *w, const struct model *m)
{
	struct page_total total;
	enum page_stage done = PAGE_LINES;
	size_t at = 0;

	html_own(w, "<table class=\"totals\">\n");
	while (page_total(w, m, &at, &total)) {
		while (done < total.stage)
			put_parts(w, m, ++done);
		html_own(w, total.payable ? "<tr class=\"pay\"><td>" : "<tr><td>");
		html_own(w, total.label);
		html_own(w, "</td>");
		html_cell(w, page_money(w, m, total.amount));
		html_own(w, "</tr>\n");
		if (total.finding == NULL)
			continue;
		html_own(w, "<tr class=\"warn\"><td>recomputed</td>");
		html_cell(w, page_money(w, m, total.finding->computed));
		html_own(w, "</tr>\n");
	}
	while (done < PAGE_GROSS)
		put_parts(w, m, ++done);
	html_own(w, "</table>\n");
}

static void
put_notes(struct page *w, const struct model *m)
{
	if (m->n_findings > 0) {
		html_own(w, "<h2>Differences</h2>\n<ul class=\"warn\">\n");
		for (size_t i = 0; i < m->n_findings; i++) {
			html_item(w, "<li>", model_finding_text(w->a, &m->findings[i]), "");
			html_own(w, m->findings[i].standard != NULL ? " (" : "");
			page_html(w, str_of(m->findings[i].standard));
			html_own(w, m->findings[i].standard != NULL ? ")</li>\n" : "</li>\n");
		}
		html_own(w, "</ul>\n");
	}
	if (m->n_notes == 0)
		return;
	html_own(w, "<h2>Notes</h2>\n<ul>\n");
	for (size_t i = 0; i < m->n_notes; i++)
		html_item(w, "<li>", m->notes[i], "</li>\n");
	html_own(w, "</ul>\n");
}

static void
put_document(struct page *w, const struct model_file *f, const struct model *m)
{
	put_banner(w, f, m);
	put_facts(w, m);
	put_parties(w, m);
	html_acks(w, m);
	put_lines(w, f, m);
	put_totals(w, m);
	put_notes(w, m);
}

int
model_write_html(struct buf *out, struct arena *a, const struct model_file *f, struct str name, struct err *e)
{
	struct page w = { .out = out, .a = a, .e = e };

	html_own(&w, head);
	if (f->n_documents > 0) {
		html_own(&w, model_kind_title(f->documents[0].kind));
		html_own(&w, " ");
		page_html(&w, number_of(&w, &f->documents[0]));
	} else {
		page_html(&w, text_utf8(a, name));
	}
	html_own(&w, style);
	html_own(&w, "<main>\n");
	for (size_t i = 0; i < f->n_documents; i++) {
		html_own(&w, i > 0 ? "<section>\n" : "<div>\n");
		put_document(&w, f, &f->documents[i]);
		html_own(&w, i > 0 ? "</section>\n" : "</div>\n");
	}
	html_envelope(&w, f, name);
	if (pieces_takes(&f->facts))
		html_segments(&w, f);
	html_own(&w, "</main>\n</body>\n</html>\n");
	return w.failed ? -1 : 0;
}
