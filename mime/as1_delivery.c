/* SPDX-License-Identifier: ISC */
/* as1_delivery.c - a delivery report becomes a mail: multipart/report (RFC 3462), message/delivery-status (RFC 3464). */
#include "mime/as1_mail.h"
#include "mime/header.h"
#include "mime/word.h"
#include "mime/write.h"

#define REPORT_MAX (AS1_RETURNED_MAX + (512u << 10))

/*
 * RFC 2046, 5.2.1: a message inside is not encoded. So only one goes back whole that every server passes on as it is, and that
 * does not end the part which it stands in.
 */
static bool
passes_on(struct str s, struct str boundary)
{
	struct str line;

	while (s.n > 0) {
		size_t n = s.n;

		if (!str_next_line(&s, &line) || n - s.n != line.n + 2 || line.n > 998 || !is_plain_text(line))
			return false;
		if (str_eq(line, S(".")) || str_starts(line, S("From ")) ||
		    (str_starts(line, S("--")) && str_starts(str_from(line, 2), boundary)))
			return false;
	}
	return true;
}

static int
put_returned(const struct as1_delivery_mail *d, struct str boundary, struct buf *out, struct err *e)
{
	struct str header = str_sub(d->original, 0, header_length(d->original));

	if (d->whole && d->original.n <= AS1_RETURNED_MAX && passes_on(d->original, boundary)) {
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
	    write_delimiter(out, boundary, e) == -1 || put_returned(d, boundary, out, e) == -1)
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
