/* SPDX-License-Identifier: ISC */
/* as1_receipt.c - a receipt becomes a mail: multipart/report (RFC 8098), signed (RFC 3335). */
#include "mime/as1_mail.h"
#include "mime/write.h"

#define REPORT_MAX (512u << 10)

static int
put_report(struct arena *a, const struct as1_receipt_mail *r, struct buf *out, struct err *e)
{
	struct mdn mdn = r->mdn;
	struct str boundary = as1_boundary(a, &r->env, "report");

	mdn.bare_micalg = r->how.bare_micalg;
	if (buf_put(out, S("Content-Type: multipart/report; report-type=disposition-notification"),
	        e) == -1 ||
	    write_param(out, "boundary", boundary, e) == -1 || buf_put(out, S("\r\n"), e) == -1 ||
	    write_delimiter(out, boundary, e) == -1 || as1_words_write(r->human, out, e) == -1 ||
	    write_delimiter(out, boundary, e) == -1 ||
	    buf_put(out,
	        S("Content-Type: message/disposition-notification\r\nContent-Transfer-Encoding: "
	          "7bit\r\n\r\n"),
	        e) == -1 ||
	    mdn_write(&mdn, out, e) == -1)
		return -1;
	if (r->original_headers.n > 0 && (write_delimiter(out, boundary, e) == -1 ||
	    write_text_part(out, "text/rfc822-headers", r->original_headers, e) == -1))
		return -1;
	return write_close(out, boundary, e);
}

static int
put_signed(struct arena *a, const struct as1_receipt_mail *r, struct str report, struct buf *out,
    struct err *e)
{
	struct cms_signing how = as1_signing(&r->how, r->own, r->key, r->env.date_ms);
	struct rope entity = { 0 }, whole = { 0 };
	struct buf_sink to = buf_sink(out);
	struct mic over;

	rope_bytes(&entity, span_str(report));
	how.opaque = false;
	if (as1_sign_detached(a, as1_boundary(a, &r->env, "signed"), &how, r->how.bare_micalg,
	        &entity, &whole, &over, e) == -1)
		return -1;
	return rope_put(&whole, &to.sink, e);
}

int
as1_pack_receipt(struct arena *a, const struct as1_receipt_mail *r, struct buf *out, struct err *e)
{
	struct buf report = BUF_CAP(REPORT_MAX);
	struct str subject = S("Receipt for your message");
	int rc = -1;

	if (as1_envelope_check(&r->env, e) == -1)
		return -1;
	if (put_report(a, r, &report, e) == -1)
		goto out;
	if (as1_envelope_write(a, &r->env, subject, out, e) == -1 ||
	    as1_thread_write(r->mdn.original_message_id, out, e) == -1 ||
	    buf_put(out, S("Auto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n"), e) == -1)
		goto out;
	rc = r->sign ? put_signed(a, r, buf_str(&report), out, e) : buf_put(out, buf_str(&report), e);
out:
	buf_clear(&report);
	return rc;
}
