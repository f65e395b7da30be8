/* SPDX-License-Identifier: ISC */
#include "mime/dsn.h"

#include "mime/dsn_status.h"
#include "mime/header.h"

#define DSN_GROUPS_MAX (2 * DSN_RECIPIENTS_MAX)	/* the message's, the recipients', and nonsense */

static enum dsn_action
action_of(struct str word)
{
	static const struct { enum dsn_action action; const char *name;
	} names[] = {
		{ DSN_FAILED, "failed" },
		{ DSN_FAILED, "failure" },
		{ DSN_DELAYED, "delayed" },
		{ DSN_DELIVERED, "delivered" },
		{ DSN_RELAYED, "relayed" },
		{ DSN_EXPANDED, "expanded" },
	};
	struct str rest = word, head;

	(void)str_cut(&rest, '(', &head);	/* "failed (bad destination)" */
	head = str_trim(head);
	for (size_t i = 0; i < N(names); i++)
		if (str_eq_nocase(head, str_of(names[i].name)))
			return names[i].action;
	return DSN_UNKNOWN;
}

/* RFC 3464, 2.1.2: "type; value". Without a type, all of it. */
static struct str
behind_type(struct str raw)
{
	struct str rest = raw, type;

	if (!str_cut(&rest, ';', &type))
		rest = raw;
	return str_trim(rest);
}

static struct str
text_of(struct arena *a, const struct header *h, const char *name)
{
	return header_unfold(a, header_get(h, str_of(name)));
}

/* An address may stand in brackets though it should not. */
static struct str
address_of(struct arena *a, const struct header *h, const char *name)
{
	struct str s = behind_type(text_of(a, h, name));

	if (str_starts(s, S("<")) && str_ends(s, S(">")))
		s = str_sub(s, 1, s.n - 2);
	return s;
}

static char
class_of_action(enum dsn_action action)
{
	struct str s = status_of_action(action);

	return s.n > 0 ? s.p[0] : 0;
}

/* One that was left out may stand in what the other server had said, or be meant by it. */
static struct str
status_of(struct arena *a, const struct header *h, enum dsn_action action)
{
	struct str written = status_at(text_of(a, h, "Status")),
	           told = text_of(a, h, "Diagnostic-Code"),
	           s = status_prefer(written, status_in(told), action);
	unsigned int reply = status_reply_in(told);

	if (s.n > 0 || class_of_action(action) == '2')
		return s;
	return status_of_words(a, told,
	    reply != 0 ? (char)('0' + reply / 100) : action == DSN_DELAYED ? '4' : '5');
}

/* Delivered, and refused for good: whichever is right, it must move nothing. */
static bool
contradicts(enum dsn_action action, struct str status)
{
	char want = class_of_action(action);

	if (status.n == 0 || want == 0)
		return false;
	/* Servers write 4.x.x when they give up after trying for days. */
	return want == '2' ? status.p[0] != '2' : status.p[0] == '2';
}

static bool
is_recipient(const struct header *h)
{
	return header_count(h, S("Final-Recipient")) + header_count(h, S("Original-Recipient")) +
	    header_count(h, S("Action")) > 0;
}

static void
read_recipient(struct arena *a, const struct header *h, struct dsn_recipient *r)
{
	r->original = address_of(a, h, "Original-Recipient");
	r->final = address_of(a, h, "Final-Recipient");
	r->action = action_of(text_of(a, h, "Action"));
	r->status = status_of(a, h, r->action);
	if (contradicts(r->action, r->status))
		r->action = DSN_UNKNOWN;
	if (r->status.n == 0)
		r->status = status_of_action(r->action);
	r->remote_mta = behind_type(text_of(a, h, "Remote-MTA"));
	r->diagnostic = behind_type(text_of(a, h, "Diagnostic-Code"));
	r->will_retry_until = text_of(a, h, "Will-Retry-Until");
}

static void
read_message(struct arena *a, const struct header *h, struct dsn *out)
{
	if (out->envelope_id.n == 0)
		out->envelope_id = text_of(a, h, "Original-Envelope-Id");
	if (out->reporting_mta.n == 0)
		out->reporting_mta = behind_type(text_of(a, h, "Reporting-MTA"));
	if (out->arrival_date.n == 0)
		out->arrival_date = text_of(a, h, "Arrival-Date");
}

/* RFC 3464, 2.1: groups of fields, blank lines between: first the message, then each recipient. */
int
dsn_read(struct arena *a, struct str body, struct dsn *out, struct err *e)
{
	struct header h;

	*out = (struct dsn){ 0 };
	out->recipients = arena_get_array(a, DSN_RECIPIENTS_MAX, sizeof(*out->recipients));
	for (unsigned int groups = 0; body.n > 0;) {
		struct str line, probe = body;
		if (str_next_line(&probe, &line) && str_trim(line).n == 0) {
			body = probe;
			continue;
		}
		if (groups++ == DSN_GROUPS_MAX)
			return err_set(e, ERR_INPUT, "delivery report of over %d groups", DSN_GROUPS_MAX);
		size_t n = header_length(body);
		if (header_read(a, str_sub(body, 0, n), &h, e) == -1)
			return -1;
		body = str_from(body, n);
		read_message(a, &h, out);
		if (!is_recipient(&h))
			continue;
		if (out->n == DSN_RECIPIENTS_MAX)
			return err_set(e, ERR_INPUT, "report on over %d recipients",
			    DSN_RECIPIENTS_MAX);
		read_recipient(a, &h, &out->recipients[out->n++]);
	}
	if (out->n == 0)
		return err_set(e, ERR_INPUT, "delivery report names no recipient");
	return 0;
}
