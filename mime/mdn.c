/* SPDX-License-Identifier: ISC */
#include "mime/mdn.h"

#include "mime/alg.h"
#include "mime/header.h"
#include "mime/word.h"

#define FIELD_MAX 970		/* of what we write: with its name within a line (RFC 5322, 2.1.1) */

static const char *const disposition_names[] = {
	[MDN_PROCESSED] = "processed",
	[MDN_FAILED] = "failed",
	[MDN_DISPLAYED] = "displayed",
	[MDN_DELETED] = "deleted",
	[MDN_DISPATCHED] = "dispatched",
	[MDN_DENIED] = "denied",
	[MDN_UNKNOWN] = "unknown",
};

static enum mdn_disposition
disposition_of(struct str word)
{
	for (enum mdn_disposition d = MDN_PROCESSED; d < MDN_UNKNOWN; d++)
		if (str_eq_nocase(word, str_of(disposition_names[d])))
			return d;
	return MDN_UNKNOWN;
}

/* One field's value on one line, without the comments that RFC 8098 allows anywhere. */
static struct str
without_comments(struct arena *a, struct str raw)
{
	char *to = arena_get(a, raw.n + 1);
	size_t n = 0;

	while (raw.n > 0) {
		if (raw.p[0] == '(') {
			struct str rest = raw;
			skip_cfws(&rest);
			raw = rest;
			continue;
		}
		if (raw.p[0] != '\r' && raw.p[0] != '\n')
			to[n++] = raw.p[0];
		raw = str_from(raw, 1);
	}
	return str_trim(str_make(to, n));
}

/*
 * RFC 8098, 3.2.6: "action-mode/sending-mode; type/modifier,modifier", behind the first modifier
 * RFC 3335's ": text". Blanks anywhere and any case, as gateways write them.
 */
static void
read_disposition(struct arena *a, struct str raw, struct mdn *out)
{
	struct str rest = without_comments(a, raw), mode, action, type, modifier;

	(void)str_cut(&rest, ';', &mode);
	(void)str_cut(&mode, '/', &action);
	out->automatic = str_eq_nocase(str_trim(action), S("automatic-action"));
	(void)str_cut(&rest, '/', &type);
	out->disposition = disposition_of(str_trim(type));
	(void)str_cut(&rest, ':', &modifier);
	out->modifier = str_lower(a, str_trim(modifier));
	out->modifier_text = str_trim(rest);
}

/* RFC 8098, 3.2.3: "rfc822; address". */
static struct str
address_behind(struct str raw)
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

/* Two fields that should be one: whichever we believed, somebody else could believe the other. */
static int
refuse_doubles(const struct header *h, struct err *e)
{
	static const char *const single[] = {
		"Disposition", "Original-Message-ID", "Received-content-MIC", "Final-Recipient",
	};

	for (size_t i = 0; i < N(single); i++)
		if (header_count(h, str_of(single[i])) > 1)
			return err_set(e, ERR_INPUT, "notification has two %s fields", single[i]);
	return 0;
}

int
mdn_read(struct arena *a, struct str fields, struct mdn *out, struct err *e)
{
	struct header h;

	*out = (struct mdn){ .disposition = MDN_UNKNOWN };
	while (fields.n > 0 && (fields.p[0] == '\r' || fields.p[0] == '\n'))
		fields = str_from(fields, 1);
	if (header_read(a, fields, &h, e) == -1 || refuse_doubles(&h, e) == -1)
		return -1;
	if (header_count(&h, S("Disposition")) == 0)
		return err_set(e, ERR_INPUT, "notification has no Disposition field");
	read_disposition(a, header_get(&h, S("Disposition")), out);
	out->reporting_ua = text_of(a, &h, "Reporting-UA");
	out->original_recipient = address_behind(text_of(a, &h, "Original-Recipient"));
	out->final_recipient = address_behind(text_of(a, &h, "Final-Recipient"));
	out->original_message_id = without_comments(a, header_get(&h, S("Original-Message-ID")));
	out->failure = text_of(a, &h, "Failure");
	out->error = text_of(a, &h, "Error");
	out->warning = text_of(a, &h, "Warning");
	/* One that cannot be read, or by a weak algorithm, counts as none: never a proof. */
	(void)mic_read(header_get(&h, S("Received-content-MIC")), &out->mic);
	return 0;
}

static int
put_field(struct buf *out, const char *name, const char *before, struct str value, struct err *e)
{
	if (value.n == 0)
		return 0;
	if (str_has_ctl(value) || !is_plain_text(value) || value.n > FIELD_MAX)
		return err_set(e, ERR_CONFIG, "%s of a receipt has bytes that no field may have, or over %d",
		    name, FIELD_MAX);
	if (buf_printf(out, e, "%s: %s", name, before) == -1 || buf_put(out, value, e) == -1)
		return -1;
	return buf_put(out, S("\r\n"), e);
}

/* RFC 8098, 3.2.6, in the spelling that every gateway of this kind writes. */
static struct str
disposition_text(struct arena *a, const struct mdn *m)
{
	return str_fmt(a, "%s; %s%s" STR_FMT "%s" STR_FMT,
	    m->automatic ? "automatic-action/MDN-sent-automatically"
	                 : "manual-action/MDN-sent-manually",
	    disposition_names[m->disposition], m->modifier.n > 0 ? "/" : "", STR_ARG(m->modifier),
	    m->modifier_text.n > 0 ? ": " : "", STR_ARG(m->modifier_text));
}

/* Some compare the name of the digest as text. */
static struct str
mic_field(struct arena *a, const struct mdn *m)
{
	struct str text = mic_text(a, &m->mic), digits;

	if (!m->bare_micalg || text.n == 0)
		return text;
	(void)str_cut(&text, ',', &digits);
	return str_fmt(a, STR_FMT ", %s", STR_ARG(digits), alg_micalg(m->mic.alg, true));
}

int
mdn_write(const struct mdn *m, struct buf *out, struct err *e)
{
	struct arena *a = arena_new(1u << 20);
	int rc = -1;

	if (m->modifier_text.n > 0 && m->modifier.n == 0) {	/* it would be read as a part of the type */
		rc = err_set(e, ERR_CONFIG, "words of a receipt without the modifier that they belong to");
		goto out;
	}
	if (put_field(out, "Reporting-UA", "", m->reporting_ua, e) == -1 ||
	    put_field(out, "Original-Recipient", "rfc822; ", m->original_recipient, e) == -1 ||
	    put_field(out, "Final-Recipient", "rfc822; ", m->final_recipient, e) == -1 ||
	    put_field(out, "Original-Message-ID", "", m->original_message_id, e) == -1 ||
	    put_field(out, "Disposition", "", disposition_text(a, m), e) == -1 ||
	    put_field(out, "Failure", "", m->failure, e) == -1 ||
	    put_field(out, "Error", "", m->error, e) == -1 ||
	    put_field(out, "Warning", "", m->warning, e) == -1 ||
	    put_field(out, "Received-content-MIC", "", mic_field(a, m), e) == -1)
		goto out;
	rc = 0;
out:
	arena_free(a);
	return rc;
}
