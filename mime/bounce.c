/* SPDX-License-Identifier: ISC */
#include "mime/bounce.h"

#include "mime/addr.h"
#include "mime/bounce_shape.h"
#include "mime/dsn_status.h"
#include "mime/header.h"

#define LINE_WORDS_MAX	 998
#define DIAGNOSTIC_MAX	 900

/* A text on its way, and whom it names: where each is named first. */
struct bounce {
	struct arena *a;
	struct str text;		/* up to the returned mail */
	struct str to;
	enum naming kind;		/* the plainest so far */
	struct dsn_recipient *recipients;
	size_t at[DSN_RECIPIENTS_MAX];
	size_t n;
	struct str over_all;		/* the status that the whole text says, once somebody has asked */
	bool asked;
};

static bool
is_mailer(struct str address)
{
	static const struct str names[] = {
		S_INIT("mailer-daemon@"), S_INIT("postmaster@"), S_INIT("post_master@"),
		S_INIT("mail.delivery.system@"), S_INIT("mdaemon@"), S_INIT("mail-daemon@"),
		S_INIT("bounce@"), S_INIT("mailerdaemon@"),
	};

	for (size_t i = 0; i < N(names); i++)
		if (str_starts_nocase(address, names[i]))
			return true;
	return false;
}

/* ---- whom it is about ---- */

static bool
is_known(const struct bounce *b, struct str address)
{
	for (size_t i = 0; i < b->n; i++)
		if (str_eq_nocase(b->recipients[i].final, address))
			return true;
	return false;
}

/* Neither who is asked for help, nor who gets the bounce (unless it is named as plainly as can be). */
static bool
is_bystander(const struct bounce *b, enum naming kind, struct str address)
{
	if (str_eq_nocase(address, b->to))
		return kind != NAMED_FIRST && kind != NAMED_FIELD;
	return kind == NAMED_SOMEHOW && is_mailer(address);
}

static void
take(struct bounce *b, enum naming kind, struct str address, size_t at)
{
	if (kind > b->kind || is_bystander(b, kind, address))
		return;
	if (kind < b->kind) {
		b->kind = kind;
		b->n = 0;
	}
	if (b->n == DSN_RECIPIENTS_MAX || is_known(b, address))
		return;
	b->at[b->n] = at;
	b->recipients[b->n++] = (struct dsn_recipient){ .final = address };
}

static void
find_named(struct bounce *b)
{
	struct str rest = b->text, line, address;

	while (rest.n > 0) {
		size_t at = b->text.n - rest.n;
		if (!str_next_line(&rest, &line)) {
			line = rest;
			rest = S("");
		}
		enum naming kind = shape_address(str_sub(line, 0, LINE_WORDS_MAX), &address);
		if (kind != NAMED_NOT)
			take(b, kind, address, at);
	}
}

/* X-Failed-Recipients says it without doubt; the text then only says why. */
static void
take_failed(struct bounce *b, struct str failed)
{
	struct str address;
	bool more;
	size_t at;

	do {
		more = str_cut(&failed, ',', &address);
		address = str_trim(address);
		if (!addr_is_strict(address))
			continue;
		if (!str_find(b->text, address, &at))
			at = 0;
		take(b, NAMED_FIRST, address, at);
	} while (more);
}

/* ---- why ---- */

/* From where that recipient is named up to the next one. */
static struct str
words_about(const struct bounce *b, size_t i)
{
	size_t end = b->text.n;

	for (size_t k = 0; k < b->n; k++)
		if (b->at[k] > b->at[i] && b->at[k] < end)
			end = b->at[k];
	return str_sub(b->text, b->at[i], end - b->at[i]);
}

/* By a code, or by the words; vague or empty when they say nothing. */
static struct str
status_said(struct arena *a, struct str words, char class)
{
	struct str s = status_in(words), meant;
	unsigned int reply = status_reply_in(words);

	if (s.n > 0)
		return s;
	if (reply != 0)
		class = (char)('0' + reply / 100);
	meant = status_of_words(a, words, class);
	if (meant.n > 0 || reply == 0)
		return meant;
	return str_fmt(a, "%c.0.0", class);
}

/* For one line of a story. */
static struct str
on_one_line(struct arena *a, struct str words)
{
	char *to;
	size_t n = 0;

	words = str_trim(str_sub(words, 0, DIAGNOSTIC_MAX));
	to = arena_get(a, words.n + 1);
	for (size_t i = 0; i < words.n; i++)
		if (!is_space(words.p[i]) || !is_space(words.p[i - 1])) /* trimmed: not the first */
			to[n++] = is_space(words.p[i]) ? ' ' : words.p[i];
	return str_make(to, n);
}

/* For those about whom nothing is said in particular. */
static struct str
status_over_all(struct bounce *b, char class)
{
	if (!b->asked)
		b->over_all = status_said(b->a, b->text, class);
	b->asked = true;
	return b->over_all;
}

static void
judge(struct bounce *b, size_t i, bool delayed)
{
	struct dsn_recipient *r = &b->recipients[i];
	struct str words = words_about(b, i), more;

	r->action = delayed ? DSN_DELAYED : DSN_FAILED;
	r->status = status_said(b->a, words, delayed ? '4' : '5');
	if (status_is_vague(r->status)) {
		more = status_over_all(b, r->status.n > 0 ? r->status.p[0] : delayed ? '4' : '5');
		if (!status_is_vague(more) || r->status.n == 0)
			r->status = more;
	}
	if (r->status.n == 0)
		r->status = status_of_action(r->action);
	r->diagnostic = on_one_line(b->a, words);
}

/* ---- the returned mail, and a report that lost its part ---- */

static void
read_returned(struct bounce *b, struct str mail, struct dsn *out)
{
	struct header h;
	struct str to;

	while (mail.n > 0 && is_space(mail.p[0]))
		mail = str_from(mail, 1);
	mail = str_sub(mail, 0, HEADER_BLOCK_MAX);
	if (header_read(b->a, str_sub(mail, 0, header_length(mail)), &h, NULL) == -1)
		return;
	out->original_message_id = header_unfold(b->a, header_get(&h, S("Message-ID")));
	/* Nobody is named: then it is the one whom it went to. */
	if (out->n == 0 && b->n == 0 && addr_one(b->a, header_get(&h, S("To")), &to, NULL) == 0)
		take(b, NAMED_SOMEHOW, to, 0);
}

/* The fields of RFC 3464 in the middle of a text, where some relay has taken the parts apart. */
static bool
read_fields(struct arena *a, struct str text, struct dsn *out)
{
	static const struct str firsts[] = { S_INIT("\nReporting-MTA:"), S_INIT("\nOriginal-Recipient:"),
		S_INIT("\nFinal-Recipient:") };
	size_t at, first = text.n;

	for (size_t i = 0; i < N(firsts); i++)
		if (str_find(text, firsts[i], &at) && at < first)
			first = at;
	if (first == text.n || dsn_read(a, str_from(text, first + 1), out, NULL) == -1)
		return false;
	return out->recipients[0].action != DSN_UNKNOWN;
}

bool
bounce_read(struct arena *a, const struct bounce_mail *m, struct dsn *out)
{
	struct bounce b = { .a = a, .to = m->to, .kind = NAMED_NOT };
	struct str all = str_sub(m->text, 0, BOUNCE_TEXT_MAX), said;
	size_t end, header;
	bool delayed;

	*out = (struct dsn){ 0 };
	shape_returned(a, all, &end, &header);
	b.text = str_sub(all, 0, end);
	said = words_flat(a, str_cat(a, str_cat(a, m->subject, S("\n")), b.text));
	if (m->failed.n == 0 && !shape_opens(said))
		return false;
	if (read_fields(a, b.text, out)) {
		read_returned(&b, str_from(all, header), out);
		return true;
	}
	*out = (struct dsn){ 0 };
	b.recipients = arena_get_array(a, DSN_RECIPIENTS_MAX, sizeof(*b.recipients));
	take_failed(&b, m->failed);
	if (b.n == 0)
		find_named(&b);
	read_returned(&b, str_from(all, header), out);
	delayed = shape_is_delay(said);
	for (size_t i = 0; i < b.n; i++)
		judge(&b, i, delayed);
	out->recipients = b.recipients;
	out->n = b.n;
	return b.n > 0;
}

void
bounce_refine(struct arena *a, struct str text, struct dsn *d)
{
	struct bounce b = { .a = a, .recipients = d->recipients, .n = d->n };
	size_t header;

	text = str_sub(text, 0, BOUNCE_TEXT_MAX);
	shape_returned(a, text, &b.at[0], &header);
	b.text = str_sub(text, 0, b.at[0]);
	for (size_t i = 0; i < d->n; i++)
		if (!str_find(b.text, d->recipients[i].final, &b.at[i]))
			b.at[i] = 0;
	for (size_t i = 0; i < d->n; i++) {
		struct dsn_recipient *r = &d->recipients[i];
		char class = r->status.n > 0 ? r->status.p[0] : '5';
		struct str told;
		/* Where the other side's words were told, the server has read them already. */
		if (!status_is_vague(r->status) || status_in(r->diagnostic).n > 0 ||
		    (r->action != DSN_FAILED && r->action != DSN_DELAYED))
			continue;
		told = r->diagnostic.n > 0 ? status_in(words_about(&b, i)) :
		                             status_said(a, words_about(&b, i), class);
		if (!status_is_vague(told) && told.p[0] == class)
			r->status = told;
	}
}
