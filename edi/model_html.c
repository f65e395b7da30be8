/* SPDX-License-Identifier: ISC */
/*
 * model_html.c - documents as one page that needs nothing else: no script, no image, no font, no link. Its policy
 * forbids the browser all of these, should a value ever get out of its place.
 */
#include "edi/model_write.h"

#include "edi/page.h"
#include "edi/pieces.h"
#include "edi/text.h"
#include "edi/x12.h"

#include <inttypes.h>

#define SEGMENTS_SHOWN_MAX 20000u
#define SEGMENT_SHOWN_MAX  4096u	/* bytes of one */

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
    "ul{margin:.3rem 0;padding-left:1.2rem}li{overflow-wrap:anywhere}\n"
    "details{margin-top:1.6rem}summary{cursor:pointer;color:var(--soft)}\n"
    ".raw{counter-reset:s;font:12.5px/1.5 ui-monospace,'DejaVu Sans Mono',Consolas,monospace;padding:0;list-style:none}\n"
    ".raw li{counter-increment:s;padding:.1rem 0 .1rem 3.5rem;position:relative;overflow-wrap:anywhere}\n"
    ".raw li::before{content:counter(s);position:absolute;left:0;width:2.8rem;text-align:right;color:var(--soft)}\n"
    ".raw .hit{background:#fdecea}\n"
    "bdi{unicode-bidi:isolate}\n"
    "@media print{body{background:none}main{border:0;margin:0;padding:0;max-width:none}section{break-before:page}"
    "tr,.parties div{break-inside:avoid}details{display:none}}\n"
    "</style>\n</head>\n<body>\n";

static void
own(struct page *w, const char *text)
{
	page_put(w, str_of(text));
}

/* A value, kept apart in direction from what stands around it. */
static void
value(struct page *w, struct str s)
{
	own(w, "<bdi>");
	page_html(w, s);
	own(w, "</bdi>");
}

/* open, value, close; nothing without a value */
static void
item(struct page *w, const char *open, struct str s, const char *close)
{
	if (s.n == 0)
		return;
	own(w, open);
	value(w, s);
	own(w, close);
}

static void
cell(struct page *w, struct str s)
{
	own(w, "<td class=\"n\">");
	value(w, s);
	own(w, "</td>");
}

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
	const char *mood = f->facts.verdict == EDI_BROKEN ? "bad" : m->n_findings > 0 ? "warn" : "good";

	own(w, "<header><h1>");
	own(w, model_kind_title(m->kind));
	own(w, " ");
	value(w, number_of(w, m));
	if (m->message != NULL) {
		own(w, " <small>");
		own(w, f->facts.format->label);
		own(w, " ");
		value(w, text_utf8(w->a, m->message->type));
		own(w, "</small>");
	}
	own(w, "</h1>");
	if (m->test)
		own(w, "<span class=\"chip bad\">TEST</span>");
	own(w, "<span class=\"chip ");
	own(w, mood);
	own(w, "\">");
	page_html(w, page_verdict(w, f, m));
	own(w, "</span></header>\n");
}

static void
put_facts(struct page *w, const struct model *m)
{
	struct page_fact fact;
	size_t at = 0;

	own(w, "<dl>\n");
	while (page_fact(w, m, &at, &fact)) {
		own(w, "<div><dt>");
		page_html(w, fact.label);
		own(w, "</dt><dd>");
		value(w, fact.value);
		own(w, "</dd></div>\n");
	}
	own(w, "</dl>\n");
}

static void
put_party(struct page *w, const struct model_party *p)
{
	own(w, "<div><h2>");
	if (p->role == MODEL_OTHER_PARTY) {
		own(w, "Party ");
		value(w, p->qual);
	} else {
		own(w, model_role_title(p->role));
	}
	own(w, "</h2>\n");
	item(w, "<p><b>", p->name, "</b></p>");
	for (size_t i = 0; i < p->n_street; i++)
		item(w, "<p>", p->street[i], "</p>");
	if (p->postcode.n + p->city.n + p->region.n > 0) {
		own(w, "<p>");
		item(w, "", p->postcode, " ");
		item(w, "", p->city, "");
		item(w, ", ", p->region, "");
		own(w, "</p>");
	}
	item(w, "<p>", p->country, "</p>");
	for (size_t i = 0; i < p->n_ids; i++) {
		own(w, "<p class=\"id\">");
		page_html(w, page_id_label(&p->ids[i]));
		own(w, " ");
		value(w, p->ids[i].value);
		own(w, "</p>");
	}
	item(w, "<p class=\"id\">", p->contact, "</p>");
	item(w, "<p class=\"id\">", p->phone, "</p>");
	item(w, "<p class=\"id\">", p->mail, "</p>");
	own(w, "</div>\n");
}

static void
put_parties(struct page *w, const struct model *m)
{
	own(w, "<div class=\"parties\">\n");
	for (size_t i = 0; i < m->n_parties; i++)
		put_party(w, &m->parties[i]);
	own(w, "</div>\n");
}

static void
put_allowance(struct page *w, const struct model *m, const struct model_allowance *x, int span)
{
	own(w, span > 1 ? "<tr><td></td><td class=\"more\" colspan=\"4\">" : "<tr><td>");
	own(w, x->charge ? "Charge " : "Allowance ");
	value(w, x->text.n > 0 ? x->text : x->code);
	item(w, " ", x->percent, " %");
	own(w, "</td>");
	cell(w, page_money(w, m, x->amount));
	own(w, "</tr>\n");
}

static void
put_more(struct page *w, const struct model_line *l)
{
	own(w, "<div class=\"more\">");
	item(w, "GTIN ", l->gtin, " ");
	item(w, "buyer\xe2\x80\x99s no. ", l->buyer_id, " ");
	item(w, "seller\xe2\x80\x99s no. ", l->seller_id, " ");
	item(w, "tax ", l->tax_rate, " % ");
	item(w, "status ", l->status, "");
	own(w, "</div></td>");
}

static void
put_lines(struct page *w, const struct model *m)
{
	size_t at = 0;

	if (m->n_lines == 0)
		return;
	own(w, "<h2>Lines</h2>\n<table>\n<thead><tr><th>No.</th><th>Article</th><th class=\"n\">Quantity</th><th>Unit</th>"
	    "<th class=\"n\">Price</th><th class=\"n\">Amount</th></tr></thead>\n<tbody>\n");
	for (size_t i = 0; i < m->n_lines; i++) {
		const struct model_line *l = &m->lines[i];
		own(w, "<tr><td>");
		value(w, l->no);
		own(w, "</td><td>");
		value(w, l->description);
		put_more(w, l);
		cell(w, l->qty);
		own(w, "<td>");
		value(w, page_unit(l->unit));
		own(w, "</td><td class=\"n\">");
		value(w, l->price);
		item(w, " / ", l->price_per, "");
		own(w, "</td>");
		cell(w, l->amount);
		own(w, "</tr>\n");
		for (; at < m->n_allowances && (m->allowances[at].line == MODEL_NO_LINE || m->allowances[at].line <= i); at++)
			if (m->allowances[at].line == i)
				put_allowance(w, m, &m->allowances[at], 4);
	}
	own(w, "</tbody>\n</table>\n");
}

static void
put_tax(struct page *w, const struct model *m, const struct model_tax *t)
{
	own(w, "<tr><td>Tax ");
	value(w, t->category);
	item(w, " ", t->rate, " %");
	item(w, " of ", page_money(w, m, t->base), "");
	own(w, "</td>");
	cell(w, page_money(w, m, t->amount));
	own(w, "</tr>\n");
}

static void
put_totals(struct page *w, const struct model *m)
{
	struct page_total total;
	size_t at = 0;

	own(w, "<table class=\"totals\">\n");
	for (size_t i = 0; i < m->n_allowances; i++)
		if (m->allowances[i].line == MODEL_NO_LINE)
			put_allowance(w, m, &m->allowances[i], 1);
	for (size_t i = 0; i < m->n_taxes; i++)
		put_tax(w, m, &m->taxes[i]);
	while (page_total(w, m, &at, &total)) {
		own(w, total.payable ? "<tr class=\"pay\"><td>" : "<tr><td>");
		own(w, total.label);
		own(w, "</td>");
		cell(w, page_money(w, m, total.amount));
		own(w, "</tr>\n");
		if (total.finding == NULL)
			continue;
		own(w, "<tr class=\"warn\"><td>recomputed</td>");
		cell(w, page_money(w, m, total.finding->computed));
		own(w, "</tr>\n");
	}
	own(w, "</table>\n");
}

static void
put_notes(struct page *w, const struct model *m)
{
	if (m->n_findings > 0) {
		own(w, "<h2>Differences</h2>\n<ul class=\"warn\">\n");
		for (size_t i = 0; i < m->n_findings; i++) {
			item(w, "<li>", model_finding_text(w->a, &m->findings[i]), "");
			own(w, m->findings[i].standard != NULL ? " (" : "");
			page_html(w, str_of(m->findings[i].standard));
			own(w, m->findings[i].standard != NULL ? ")</li>\n" : "</li>\n");
		}
		own(w, "</ul>\n");
	}
	if (m->n_notes == 0)
		return;
	own(w, "<h2>Notes</h2>\n<ul>\n");
	for (size_t i = 0; i < m->n_notes; i++)
		item(w, "<li>", m->notes[i], "</li>\n");
	own(w, "</ul>\n");
}

static struct str
address(struct page *w, struct edi_party p)
{
	return text_utf8(w->a, p.qual.n == 0 ? p.id : str_cat(w->a, str_cat(w->a, p.qual, S(":")), p.id));
}

static void
put_envelope(struct page *w, const struct model_file *f, struct str name)
{
	const struct edi_facts *x = &f->facts;
	const struct { const char *label; struct str value; } rows[] = {
		{ "From", address(w, x->sender) }, { "To", address(w, x->receiver) },
		{ "Control number", text_utf8(w->a, x->control) }, { "Version", text_utf8(w->a, x->version) },
		{ "Quirks put up with", edi_quirks_text(w->a, x->quirks) }, { "Acknowledgement", x->ack_requested ? S("requested") : S("") },
		{ "File", text_utf8(w->a, name) },
	};

	own(w, "<h2>Envelope</h2>\n<dl>\n");
	for (size_t i = 0; i < N(rows); i++) {
		if (rows[i].value.n == 0)
			continue;
		own(w, "<div><dt>");
		own(w, rows[i].label);
		own(w, "</dt><dd>");
		value(w, rows[i].value);
		own(w, "</dd></div>\n");
	}
	own(w, "</dl>\n");
	if (f->cut)
		own(w, "<p class=\"bad\">The file has more documents or lines than are shown.</p>\n");
	if (x->n_problems_kept == 0)
		return;
	own(w, "<h2>Problems</h2>\n<ul class=\"bad\">\n");
	for (size_t i = 0; i < x->n_problems_kept; i++) {
		const struct edi_problem *p = &x->problems[i];
		own(w, "<li>");
		if (p->segment > 0)
			page_put(w, str_fmt(w->a, "segment %" PRIu64 ": ", p->segment));
		value(w, p->text);
		own(w, "</li>\n");
	}
	own(w, "</ul>\n");
}

static bool
has_problem(const struct edi_facts *f, uint64_t segment)
{
	for (size_t i = 0; i < f->n_problems_kept; i++)
		if (f->problems[i].segment == segment)
			return true;
	return false;
}

static void
put_segments(struct page *w, const struct model_file *f)
{
	struct pieces p;
	size_t n = 0;

	own(w, "<details><summary>As it was sent, segment by segment</summary>\n<ol class=\"raw\">\n");
	pieces_start(&p, f->in, f->facts.format == &edi_x12);
	while (pieces_next(&p) && n++ < SEGMENTS_SHOWN_MAX) {
		struct str raw = str_sub(p.seg.raw, 0, p.seg.raw.n - p.binary.n);
		own(w, has_problem(&f->facts, p.seg.ordinal) ? "<li class=\"hit\">" : "<li>");
		value(w, text_utf8(w->a, str_sub(raw, 0, SEGMENT_SHOWN_MAX)));
		own(w, raw.n > SEGMENT_SHOWN_MAX ? "\xe2\x80\xa6</li>\n" : "</li>\n");
	}
	own(w, n > SEGMENTS_SHOWN_MAX ? "</ol><p>There are more.</p></details>\n" : "</ol></details>\n");
}

static void
put_document(struct page *w, const struct model_file *f, const struct model *m)
{
	put_banner(w, f, m);
	put_facts(w, m);
	put_parties(w, m);
	put_lines(w, m);
	put_totals(w, m);
	put_notes(w, m);
}

int
model_write_html(struct buf *out, struct arena *a, const struct model_file *f, struct str name, struct err *e)
{
	struct page w = { .out = out, .a = a, .e = e };

	own(&w, head);
	if (f->n_documents > 0) {
		own(&w, model_kind_title(f->documents[0].kind));
		own(&w, " ");
		page_html(&w, number_of(&w, &f->documents[0]));
	} else {
		page_html(&w, text_utf8(a, name));
	}
	own(&w, style);
	own(&w, "<main>\n");
	for (size_t i = 0; i < f->n_documents; i++) {
		own(&w, i > 0 ? "<section>\n" : "<div>\n");
		put_document(&w, f, &f->documents[i]);
		own(&w, i > 0 ? "</section>\n" : "</div>\n");
	}
	put_envelope(&w, f, name);
	if (pieces_takes(&f->facts))
		put_segments(&w, f);
	own(&w, "</main>\n</body>\n</html>\n");
	return w.failed ? -1 : 0;
}
