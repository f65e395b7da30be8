/* SPDX-License-Identifier: ISC */
/* as1_delivery.c - a delivery report becomes a mail: multipart/report (RFC 3462), message/delivery-status (RFC 3464). */
#include "mime/as1_mail.h"
#include "mime/header.h"
#include "mime/write.h"

#define REPORT_MAX (AS1_RETURNED_MAX + (512u << 10))

/* RFC 2046, 5.2.1: a message inside is not encoded, so only one that any server passes on can go back whole. */
static bool
is_7bit(struct str s)
{
	size_t line = 0;

	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == 0 || (unsigned char)s.p[i] > 0x7f || (s.p[i] == '\r') != (i + 1 < s.n && s.p[i + 1] == '\n'))
			return false;
		line = s.p[i] == '\n' ? 0 : line + 1;
		if (line > 998 + 1)
			return false;
	}
	return true;
}

static int
put_returned(const struct as1_delivery_mail *d, struct buf *out, struct err *e)
{
	struct str header = str_sub(d->original, 0, header_length(d->original));

	if (d->whole && d->original.n <= AS1_RETURNED_MAX && is_7bit(d->original)) {
		if (buf_put(out, S("Content-Type: message/rfc822\r\nContent-Transfer-Encoding: 7bit\r\n\r\n"), e) == -1)
			return -1;
		return buf_put(out, d->original, e);
	}
	if (header.n > AS1_RETURNED_MAX)
		header = S("");
	return write_text_part(out, "text/rfc822-headers", header, e);
}

static int
put_report(struct arena *a, const struct as1_delivery_mail *d, struct buf *out, struct err *e)
{
	struct str boundary = as1_boundary(a, &d->env, "report");

	if (buf_put(out, S("Content-Type: multipart/report; report-type=delivery-status"), e) == -1 ||
	    write_param(out, "boundary", boundary, e) == -1 || buf_put(out, S("\r\n"), e) == -1 ||
	    write_delimiter(out, boundary, e) == -1 || as1_words_write(d->human, out, e) == -1 ||
	    write_delimiter(out, boundary, e) == -1 ||
	    buf_put(out, S("Content-Type: message/delivery-status\r\nContent-Transfer-Encoding: 7bit\r\n\r\n"), e) == -1 ||
	    dsn_write(a, &d->dsn, out, e) == -1 ||
	    write_delimiter(out, boundary, e) == -1 || put_returned(d, out, e) == -1)
		return -1;
	return write_close(out, boundary, e);
}

int
as1_pack_delivery(struct arena *a, const struct as1_delivery_mail *d, struct buf *out, struct err *e)
{
	struct buf report = BUF_CAP(REPORT_MAX);
	int rc = -1;

	if (as1_envelope_check(&d->env, e) == 0 && put_report(a, d, &report, e) == 0 &&
	    as1_envelope_write(a, &d->env, d->subject, out, e) == 0 &&
	    as1_thread_write(d->dsn.original_message_id, out, e) == 0 &&
	    buf_put(out, S("Auto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n"), e) == 0)
		rc = buf_put(out, buf_str(&report), e);
	buf_clear(&report);
	return rc;
}
