/* SPDX-License-Identifier: ISC */
/* as1_pack.c - a document becomes a mail: compressed, signed, then encrypted, as asked for (RFC 3335, 4.1; RFC 5402, 2). */
#include "gateway/base/base64.h"
#include "mime/as1_mail.h"
#include "mime/cms.h"
#include "mime/write.h"

/* Room for headers, boundaries and signatures beside the encoded content. */
#define OVERHEAD_MAX (256u << 10)

/* Base64 with its line ends grows 4/3 * 78/76; twice over when it is encrypted. */
static size_t
mail_size_max(struct str content)
{
	return content.n * 2 + OVERHEAD_MAX;
}

static bool
is_media_type(struct str s)
{
	struct str sub = s, type;

	for (size_t i = 0; i < s.n; i++)
		if (!is_alnum(s.p[i]) && s.p[i] != '/' && s.p[i] != '-' && s.p[i] != '.' &&
		    s.p[i] != '+' && s.p[i] != '_')
			return false;
	return str_cut(&sub, '/', &type) && type.n > 0 && sub.n > 0 && !str_chr(sub, '/', NULL) &&
	    s.n <= 60;
}

static int
check_document(const struct as1_document *d, struct err *e)
{
	if (as1_envelope_check(&d->env, e) == -1)
		return -1;
	if (!is_media_type(d->media_type))
		return err_set(e, ERR_CONFIG, "'" STR_FMT "' is no media type",
		    STR_ARG(d->media_type));
	if (d->encrypt && d->partner == NULL)
		return err_set(e, ERR_CONFIG, "no certificate to encrypt to");
	return 0;
}

/* RFC 4130, 7.3.1: a receipt's digest is the one that the message was signed by. */
static enum mic_alg
digest_of(const struct as1_document *d)
{
	const struct cms_signing how = { .own = d->own, .key = d->key };

	return d->sign && d->key != NULL ? cms_sign_digest(&how) : MIC_SHA256;
}

/* RFC 8098, 2.1; RFC 4130, 7.3: where a receipt goes; that it be signed, by a good digest. */
static int
put_receipt_request(const struct as1_document *d, struct buf *out, struct err *e)
{
	if (d->receipt == AS1_RECEIPT_NONE)
		return 0;
	if (write_mailbox(out, "Disposition-Notification-To", S(""), d->env.from, e) == -1)
		return -1;
	if (d->receipt == AS1_RECEIPT_UNSIGNED)
		return 0;
	return buf_printf(out, e,
	    "Disposition-Notification-Options: signed-receipt-protocol=optional,\r\n"
	    " pkcs7-signature; signed-receipt-micalg=optional, %s\r\n", mic_alg_name(digest_of(d)));
}

/* Without a signature, for a partner with only a mail program: a word for people, and the file. */
static int
put_plain(struct arena *a, const struct as1_document *d, struct str file_part, struct buf *out,
    struct err *e)
{
	struct str boundary = as1_boundary(a, &d->env, "mixed");

	struct str note = S(
	    "The attached file is a business document for automatic processing.\r\n");

	if (buf_put(out, S("Content-Type: multipart/mixed"), e) == -1 ||
	    write_param(out, "boundary", boundary, e) == -1 ||
	    buf_put(out, S("\r\n\r\nThis is a message in MIME format.\r\n"), e) == -1 ||
	    write_delimiter(out, boundary, e) == -1 ||
	    write_text_part(out, "text/plain", note, e) == -1 ||
	    write_delimiter(out, boundary, e) == -1 || buf_put(out, file_part, e) == -1)
		return -1;
	return write_close(out, boundary, e);
}

/* RFC 8551, 3.3; RFC 3274, 1.3: kind is "enveloped-data" or "compressed-data". */
static int
put_smime(const char *kind, const char *name, struct str der, struct buf *out, struct err *e)
{
	if (buf_printf(out, e,
	        "Content-Type: application/pkcs7-mime; smime-type=%s;\r\n name=\"%s\"\r\n"
	        "Content-Transfer-Encoding: base64\r\n"
	        "Content-Disposition: attachment; filename=\"%s\"\r\n\r\n",
	        kind, name, name) == -1)
		return -1;
	return base64_put_lines(out, der, e);
}

static int
put_enveloped(const struct as1_document *d, struct str entity, struct buf *out, struct err *e)
{
	const struct cms_sealing how = { .to = d->partner, .now_ms = d->env.date_ms };
	struct buf der = BUF_CAP(entity.n + OVERHEAD_MAX);
	int rc = -1;

	if (cms_encrypt(&how, entity, &der, e) == 0)
		rc = put_smime("enveloped-data", "smime.p7m", buf_str(&der), out, e);
	buf_clear(&der);
	return rc;
}

static int
put_compressed(struct str entity, struct buf *out, struct err *e)
{
	struct buf der = BUF_CAP(entity.n + OVERHEAD_MAX);
	int rc = -1;

	if (cms_compress(entity, &der, e) == 0)
		rc = put_smime("compressed-data", "smime.p7z", buf_str(&der), out, e);
	buf_clear(&der);
	return rc;
}

/*
 * The digest that a right receipt carries (RFC 4130, 7.3.1; RFC 5402, 4): over what is signed, else over the part as it
 * was before it was compressed or encrypted, else over the content alone.
 */
static int
make_mic(const struct as1_document *d, struct str file_part, struct str inner, struct mic *mic, struct err *e)
{
	struct str over = d->sign ? inner : d->encrypt || d->compress ? file_part : d->content;

	return mic_make(digest_of(d), over, mic, e);
}

int
as1_pack(
    struct arena *a, const struct as1_document *d, struct buf *out, struct mic *mic, struct err *e)
{
	const size_t cap = mail_size_max(d->content);
	struct buf part = BUF_CAP(cap), small = BUF_CAP(cap), entity = BUF_CAP(cap);
	struct str inner;
	int rc = -1;

	if (check_document(d, e) == -1)
		return -1;
	if (write_file_part(&part, d->media_type, d->file_name, d->content, e) == -1)
		goto out;
	inner = buf_str(&part);
	if (d->compress) {
		if (put_compressed(inner, &small, e) == -1)
			goto out;
		inner = buf_str(&small);
	}
	if (make_mic(d, buf_str(&part), inner, mic, e) == -1)
		goto out;
	if (as1_envelope_write(a, &d->env, d->subject, out, e) == -1 ||
	    put_receipt_request(d, out, e) == -1 ||
	    buf_put(out, S("MIME-Version: 1.0\r\n"), e) == -1)
		goto out;
	if (!d->sign && !d->encrypt) {
		rc = d->compress ? buf_put(out, inner, e) : put_plain(a, d, inner, out, e);
		goto out;
	}
	if (d->sign &&
	    as1_write_signed(a, &d->env, d->own, d->key, inner, d->encrypt ? &entity : out, e) ==
	        -1)
		goto out;
	if (d->encrypt && put_enveloped(d, d->sign ? buf_str(&entity) : inner, out, e) == -1)
		goto out;
	rc = 0;
out:
	buf_clear(&part);
	buf_clear(&small);
	buf_clear(&entity);
	return rc;
}
