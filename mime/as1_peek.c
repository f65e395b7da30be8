/* SPDX-License-Identifier: ISC */
/* as1_peek.c - the outer header of a mail: what needs no key. Nothing here is proven. */
#include "mime/addr.h"
#include "mime/as1_in.h"
#include "mime/word.h"

#define MESSAGE_ID_MAX 970	/* with the field name it must fit a line of a receipt */
#define FEATURES_MAX   200
#define FIRST_PART_MAX (HEADER_BLOCK_MAX * 2)	/* two headers with a preamble between */

struct str
as1_only_address(struct arena *a, const struct header *h, struct str name)
{
	struct str addr = S("");

	if (header_count(h, name) != 1 || addr_one(a, header_get(h, name), &addr, NULL) == -1)
		return S("");
	return addr;
}

/* RFC 3834, 5: everything but "no" was sent by a program. */
static bool
is_auto_submitted(struct arena *a, const struct header *h)
{
	struct params p;

	params_read(a, header_get(h, S("Auto-Submitted")), &p);
	return p.value.n > 0 && !str_eq(p.value, S("no"));
}

/* The topmost is our own; those below it came with the mail. */
static struct str
return_path(const struct header *h)
{
	struct str s = header_get(h, S("Return-Path"));

	if (s.n > 2 && s.p[0] == '<' && s.p[s.n - 1] == '>')
		return str_sub(s, 1, s.n - 2);
	return s;
}

bool
as1_is_robot(struct arena *a, const struct header *h)
{
	struct str from = as1_only_address(a, h, S("From"));

	return is_auto_submitted(a, h) || str_eq(return_path(h), S("<>")) ||
	    str_starts_nocase(from, S("mailer-daemon@")) ||
	    str_starts_nocase(from, S("postmaster@"));
}

/* Whether the root, or what a signature is over, is a report: the first parts are enough to see. */
static bool
is_report(struct arena *a, struct str mail)
{
	struct part_scan *s = part_scan_new(a);
	struct str rest = str_sub(mail, 0, FIRST_PART_MAX), line;
	bool report = false;

	while (!part_scan_header_done(s, 1) && str_next_line(&rest, &line)) {
		struct str with_end = { line.p, (size_t)(rest.p - line.p) };
		if (part_scan_feed(s, with_end, NULL) == -1)
			break;
		if (part_scan_header_done(s, 0) &&
		    !part_is(part_scan_get(s, 0), S("multipart/signed")))
			break;
	}
	for (size_t i = 0; i < 2 && part_scan_header_done(s, i); i++)
		report |= part_is(part_scan_get(s, i), S("multipart/report"));
	part_scan_free(s);
	return report;
}

static struct str
message_id(struct arena *a, const struct header *h)
{
	struct str id = header_unfold(a, header_get(h, S("Message-ID")));

	return header_count(h, S("Message-ID")) == 1 && id.n <= MESSAGE_ID_MAX &&
	        is_plain_text(id) && !str_has_ctl(id)
	    ? id
	    : S("");
}

int
as1_peek(struct arena *a, struct str mail, struct as1_glance *out, struct err *e)
{
	struct str block = str_sub(mail, 0, header_length(str_sub(mail, 0, HEADER_BLOCK_MAX + 1)));
	struct header h;

	*out = (struct as1_glance){ 0 };
	if (block.n > HEADER_BLOCK_MAX)
		return err_set(e, ERR_INPUT, "header is over %d bytes", HEADER_BLOCK_MAX);
	if (header_read(a, block, &h, e) == -1)
		return -1;
	if (h.n == 0)
		return err_set(e, ERR_INPUT, "no mail: not one header field");
	out->message_id = message_id(a, &h);
	out->from = as1_only_address(a, &h, S("From"));
	out->subject = utf8_clean(a, header_text(a, &h, S("Subject")));
	out->date = utf8_clean(a, header_unfold(a, header_get(&h, S("Date"))));
	out->features = str_lower(a,
	    utf8_clean(a,
	        str_sub(header_unfold(a, header_get(&h, S("EDIINT-Features"))), 0, FEATURES_MAX)));
	out->auto_submitted = is_auto_submitted(a, &h);
	out->return_path = utf8_clean(a, return_path(&h));
	out->report = is_report(a, mail);
	return 0;
}

/* What this mail answers, by its own header: the last of its thread (RFC 5322, 3.6.4). */
static struct str
answered(struct arena *a, const struct header *h)
{
	struct str ids = header_unfold(a, header_get(h, S("In-Reply-To"))), one = S("");

	if (ids.n == 0)
		ids = header_unfold(a, header_get(h, S("References")));
	for (ids = str_trim(ids); ids.n > 0; ids = str_trim(ids))
		(void)str_cut(&ids, ' ', &one);
	return one;
}

void
as1_read_from(struct opening *o, const struct header *h)
{
	o->out->in_reply_to = answered(o->a, h);
	o->from = as1_only_address(o->a, h, S("From"));
	if (o->pol->from != NULL)
		verdict_from(&o->v, header_count(h, S("From")), o->from, o->pol->from, o->pol->n_from);
}

/* RFC 8098, 2.2: "name=importance,value,value". Looks for a value that known() likes. */
struct option {
	bool present, required;
	struct str values;
};

static struct option
find_option(struct str options, struct str name)
{
	struct option found = { 0 };
	struct str one, key, importance;
	bool more;

	do {
		more = str_cut(&options, ';', &one);
		if (!str_cut(&one, '=', &key) || !str_eq_nocase(str_trim(key), name))
			continue;
		(void)str_cut(&one, ',', &importance);
		found = (struct option){ true, str_eq_nocase(str_trim(importance), S("required")),
			one };
		break;
	} while (more);
	return found;
}

static bool
names_pkcs7(struct str values)
{
	struct str v;
	bool more;

	do {
		more = str_cut(&values, ',', &v);
		v = str_trim(v);
		if (str_eq_nocase(v, S("pkcs7-signature")) ||
		    str_eq_nocase(v, S("x-pkcs7-signature")))
			return true;
	} while (more);
	return false;
}

static enum mic_alg
first_known_alg(struct str values)
{
	struct str v;
	bool more;

	do {
		more = str_cut(&values, ',', &v);
		if (mic_alg_of(str_trim(v)) != MIC_NONE)
			return mic_alg_of(str_trim(v));
	} while (more);
	return MIC_NONE;
}

void
as1_read_request(struct opening *o, const struct header *h)
{
	struct str options = header_unfold(
	    o->a, header_get(h, S("Disposition-Notification-Options")));
	struct option protocol = find_option(options, S("signed-receipt-protocol"));
	struct option micalg = find_option(options, S("signed-receipt-micalg"));

	o->mic_alg = first_known_alg(micalg.values);
	if (header_count(h, S("Disposition-Notification-To")) == 0)
		return;
	o->out->wants_to = as1_only_address(o->a, h, S("Disposition-Notification-To"));
	o->out->wants = protocol.present && names_pkcs7(protocol.values) ? AS1_RECEIPT_SIGNED
	                                                                 : AS1_RECEIPT_UNSIGNED;
	if (protocol.required && o->out->wants != AS1_RECEIPT_SIGNED)
		o->request = RULE_RECEIPT_FORMAT;
	else if (micalg.required && o->mic_alg == MIC_NONE)
		o->request = RULE_RECEIPT_MICALG;
	o->out->wants_known = o->request == RULE_NONE;
}
