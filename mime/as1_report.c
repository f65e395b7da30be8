/* SPDX-License-Identifier: ISC */
/* as1_report.c - what mail servers say became of our mail: a report in fields (RFC 3464), or in words alone. */
#include "mime/addr.h"
#include "mime/as1_in.h"
#include "mime/bounce.h"

/* The last Message-ID of a References or In-Reply-To field. */
static struct str
last_id(struct str ids)
{
	size_t at = ids.n;

	while (at > 0 && ids.p[at - 1] != '<')
		at--;
	return at == 0 ? S("") : str_trim(str_from(ids, at - 1));
}

void
as1_read_outer(struct opening *o, const struct header *h)
{
	struct str to = header_unfold(o->a, header_get(h, S("To"))), from;

	o->subject = header_text(o->a, h, S("Subject"));
	o->failed = header_unfold(o->a, header_get(h, S("X-Failed-Recipients")));
	o->about = last_id(header_unfold(o->a, header_get(h, S("References"))));
	if (o->about.n == 0)
		o->about = last_id(header_unfold(o->a, header_get(h, S("In-Reply-To"))));
	if (addr_one(o->a, to, &o->to, NULL) == -1)
		o->to = S("");
	/* Some write "MAILER-DAEMON <>", or no domain. */
	from = str_lower(o->a, header_get(h, S("From")));
	if (str_find(from, S("mailer-daemon"), NULL) || str_find(from, S("post_master@"), NULL) ||
	    str_find(from, S("mail.delivery.system@"), NULL))
		o->robot = true;
}

static bool
is_returned(const struct part *p)
{
	return part_is(p, S("message/rfc822")) || part_is(p, S("message/global")) ||
	    part_is(p, S("text/rfc822-headers")) || part_is(p, S("message/rfc822-headers")) ||
	    part_is(p, S("message/global-headers"));
}

/* The mail that a report is about: returned whole, or its header only (RFC 6522, 3 and 4). */
static struct str
returned_id(struct opening *o, const struct part_tree *t)
{
	struct header h;
	struct str mail;

	for (size_t i = 0; i < t->n; i++) {
		if (!is_returned(&t->parts[i]))
			continue;
		mail = as1_text(o, t, i);
		while (mail.n > 0 && is_space(mail.p[0]))
			mail = str_from(mail, 1);
		mail = str_sub(mail, 0, HEADER_BLOCK_MAX);
		if (header_read(o->a, str_sub(mail, 0, header_length(mail)), &h, NULL) == 0)
			return header_unfold(o->a, header_get(&h, S("Message-ID")));
	}
	return S("");
}

/* What stands before the returned mail for people to read; as HTML only when there is nothing else. */
static struct str
words(struct opening *o)
{
	struct str text = S(""), html = S("");

	for (size_t i = 0; i < o->tree.n && text.n < BOUNCE_TEXT_MAX; i++) {
		const struct part *p = &o->tree.parts[i];
		if (is_returned(p))
			break;
		if (p->children > 0)
			continue;
		if (part_is(p, S("text/html")) && html.n == 0)
			html = as1_text(o, &o->tree, i);
		else if (part_is(p, S("text/")) || part_is(p, S("multipart/")))	/* without its parts */
			text = str_cat(o->a, text, str_cat(o->a,
			    str_sub(as1_text(o, &o->tree, i), 0, BOUNCE_TEXT_MAX), S("\n")));
	}
	return str_trim(text.n > 0 ? text : bounce_plain(o->a, html));
}

/* A report that a filter has wrapped in a report of its own: what the inner one says of whom counts. */
static bool
read_wrapped(struct opening *o)
{
	struct part_tree t;
	struct str mail = S("");

	for (size_t i = 0; i < o->tree.n && mail.n == 0; i++)
		if (part_is(&o->tree.parts[i], S("message/rfc822")))
			mail = as1_text(o, &o->tree, i);
	while (mail.n > 0 && is_space(mail.p[0]))
		mail = str_from(mail, 1);
	if (mail.n == 0 || part_tree_read(o->a, mail, &t, NULL) == -1)
		return false;
	for (size_t i = 0; i < t.n; i++)
		if (part_is(&t.parts[i], S("message/delivery-status")) &&
		    dsn_read(o->a, as1_text(o, &t, i), &o->out->dsn, NULL) == 0) {
			o->out->dsn.original_message_id = returned_id(o, &t);
			return true;
		}
	return false;
}

static bool
read_words(struct opening *o, struct str text)
{
	struct bounce_mail m = { .text = text, .subject = o->subject, .failed = o->failed,
		.to = o->to };
	struct dsn *d = &o->out->dsn;
	struct str id;

	if (!bounce_read(o->a, &m, d))
		return false;
	id = returned_id(o, &o->tree);
	if (id.n > 0)
		d->original_message_id = id;
	return true;
}

bool
as1_read_bounce(struct opening *o)
{
	struct dsn *d = &o->out->dsn;
	struct str text = words(o);

	if (!read_words(o, text) && !read_wrapped(o)) {
		*d = (struct dsn){ 0 };
		return false;
	}
	o->out->kind = AS1_IS_REPORT;
	if (d->original_message_id.n == 0)
		d->original_message_id = o->about;
	d->human = text;
	return true;
}

void
as1_read_report(struct opening *o, size_t part)
{
	struct dsn *d = &o->out->dsn;
	struct err e;

	o->out->kind = AS1_IS_REPORT;
	if (dsn_read(o->a, as1_text(o, &o->tree, part), d, &e) == -1) {
		if (as1_read_bounce(o))
			return;
		verdict_refuse(&o->v, RULE_REPORT_BROKEN, str_dup(o->a, str_of(e.text)));
	}
	d->human = words(o);
	bounce_refine(o->a, d->human, d);
	d->original_message_id = returned_id(o, &o->tree);
	if (d->original_message_id.n == 0)
		d->original_message_id = o->about;
}
