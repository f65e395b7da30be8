/* SPDX-License-Identifier: ISC */
/* as1_pack.c - a document becomes a mail: compressed, signed, then encrypted, as asked for (RFC 3335, 4.1; RFC 5402, 2). */
#include "mime/as1_mail.h"
#include "mime/write.h"

#define HEADER_MAX (256u << 10)		/* of a part, of a DER message */

/* One document on its way: ropes and the pieces of them lie in the arena. */
struct packing {
	struct arena *a;
	const struct as1_document *d;
	struct room *room;
	struct rope *part;		/* the document as a MIME part */
	struct rope *entity;		/* that, as it was wrapped so far */
	struct as1_layers layers;
};

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
	if (d->how.encrypt && d->partner == NULL)
		return err_set(e, ERR_CONFIG, "no certificate to encrypt to");
	return 0;
}

static struct cms_signing
signing_of(const struct as1_document *d)
{
	return as1_signing(&d->how, d->own, d->key, d->env.date_ms);
}

/* RFC 4130, 7.3.1: a receipt's digest is the one that the message was signed by. */
static enum mic_alg
digest_of(const struct as1_document *d)
{
	const struct cms_signing how = signing_of(d);

	return d->how.sign && d->key != NULL ? cms_sign_digest(&how) : MIC_SHA256;
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
	    " pkcs7-signature; signed-receipt-micalg=optional, %s\r\n", alg_micalg(digest_of(d), d->how.bare_micalg));
}

/* What is in a buf, kept. */
static struct span
kept(struct packing *p, const struct buf *b)
{
	return span_str(str_dup(p->a, buf_str(b)));
}

static struct rope *
rope_new(struct packing *p)
{
	return arena_new_of(p->a, struct rope);
}

static int
make_file_part(struct packing *p, struct err *e)
{
	const struct as1_shape *how = &p->d->how;

	p->part = p->entity = rope_new(p);
	p->layers.part = p->part;
	if (as1_file_part(p->a, p->d, how->compress || how->encrypt || (how->sign && how->opaque),
	        p->part, e) == -1)
		return -1;
	return rope_settle(p->a, p->part, e);
}

/* RFC 8551, 3.3; RFC 3274, 1.3: kind is "enveloped-data", "compressed-data" or "signed-data". */
static struct str
smime_header(struct packing *p, const char *kind, const char *name)
{
	return str_fmt(p->a,
	    "Content-Type: application/pkcs7-mime; smime-type=%s;\r\n name=\"%s\"\r\n"
	    "Content-Transfer-Encoding: base64\r\n"
	    "Content-Disposition: attachment; filename=\"%s\"\r\n\r\n",
	    kind, name, name);
}

static void
wrap_smime(struct packing *p, const char *kind, const char *name, const struct rope *der)
{
	p->entity = rope_new(p);
	rope_bytes(p->entity, span_str(smime_header(p, kind, name)));
	rope_base64(p->entity, der);
}

/* How long it becomes is known when it is done: so it is kept in the meantime. */
static int
deflate_entity(struct packing *p, struct store *small, struct err *e)
{
	struct store_sink to = store_sink(small);
	struct deflate_sink deflating;
	int rc = -1;

	if (deflate_open(&deflating, &to.sink, e) == 0 && rope_put(p->entity, &deflating.sink, e) == 0)
		rc = deflate_end(&deflating, e);
	deflate_close(&deflating);
	return rc;
}

static int
compress(struct packing *p, struct err *e)
{
	struct store *small = p->room->open(p->room, e);
	struct buf head = BUF_CAP(HEADER_MAX);
	struct rope *der = rope_new(p);
	int rc = -1;

	if (small != NULL && deflate_entity(p, small, e) == 0)
		rc = cms_compress_head(small->size, &head, e);
	if (rc == 0) {
		rope_bytes(der, kept(p, &head));
		rope_bytes(der, span_store(small));
		wrap_smime(p, "compressed-data", "smime.p7z", der);
		p->layers.deflated = p->entity;
	}
	buf_clear(&head);
	return rc;
}

static int
sign_opaque(struct packing *p, const struct cms_signing *how, struct err *e)
{
	struct buf before = BUF_CAP(HEADER_MAX), behind = BUF_CAP(HEADER_MAX);
	struct rope *der = rope_new(p);
	int rc = -1;

	if (rope_mic(p->entity, cms_sign_digest(how), &p->layers.over, e) == 0 &&
	    cms_sign_around(how, &p->layers.over, rope_size(p->entity), &before, &behind, e) == 0) {
		rope_bytes(der, kept(p, &before));
		rope_rope(der, p->entity);
		rope_bytes(der, kept(p, &behind));
		wrap_smime(p, "signed-data", "smime.p7m", der);
		rc = 0;
	}
	buf_clear(&before);
	buf_clear(&behind);
	return rc;
}

static int
sign(struct packing *p, struct err *e)
{
	const struct cms_signing how = signing_of(p->d);
	struct rope *whole = rope_new(p);

	if (how.own == NULL || how.key == NULL)
		return err_set(e, ERR_CONFIG, "no certificate and key to sign with");
	p->layers.entity = p->entity;
	if (how.opaque)
		return sign_opaque(p, &how, e);
	if (as1_sign_detached(p->a, as1_boundary(p->a, &p->d->env, "signed"), &how, p->d->how.bare_micalg,
	        p->entity, whole, &p->layers.over, e) == -1)
		return -1;
	p->entity = whole;
	return 0;
}

/* Without a signature, for a partner with only a mail program: a word for people, and the file. */
static int
wrap_plain(struct packing *p, struct err *e)
{
	struct str note = S("The attached file is a business document for automatic processing.\r\n");
	struct str boundary = as1_boundary(p->a, &p->d->env, "mixed");
	struct buf text = BUF_CAP(HEADER_MAX);
	struct rope *whole = rope_new(p);
	int rc = -1;

	if (buf_put(&text, S("Content-Type: multipart/mixed"), e) == -1 ||
	    write_param(&text, "boundary", boundary, e) == -1 ||
	    buf_put(&text, S("\r\n\r\nThis is a message in MIME format.\r\n"), e) == -1 ||
	    write_delimiter(&text, boundary, e) == -1 ||
	    write_text_part(&text, "text/plain", note, e) == -1 ||
	    write_delimiter(&text, boundary, e) == -1)
		goto out;
	rope_bytes(whole, kept(p, &text));
	rope_rope(whole, p->entity);
	buf_cut(&text, 0);
	if (write_close(&text, boundary, e) == -1)
		goto out;
	rope_bytes(whole, kept(p, &text));
	p->entity = whole;
	rc = 0;
out:
	buf_clear(&text);
	return rc;
}

/* What a signature is over. */
static int
wrap_document(struct packing *p, struct err *e)
{
	const struct as1_shape *how = &p->d->how;

	if (make_file_part(p, e) == -1)
		return -1;
	return how->compress && !how->compress_last ? compress(p, e) : 0;
}

static int
wrap(struct packing *p, struct err *e)
{
	const struct as1_shape *how = &p->d->how;

	if (wrap_document(p, e) == -1)
		return -1;
	if (!how->compress && !how->sign && !how->encrypt)
		return wrap_plain(p, e);
	if (how->sign && sign(p, e) == -1)
		return -1;
	return how->compress && how->compress_last ? compress(p, e) : 0;
}

static int
put_enveloped(struct packing *p, struct sink *to, struct err *e)
{
	const struct cms_sealing how = { .to = p->d->partner,
		.cipher = p->d->how.cipher,
		.oaep = p->d->how.oaep,
		.now_ms = p->d->env.date_ms };
	const struct alg *cipher = alg_named(ALG_CIPHER, how.cipher);
	bool authenticated = cipher != NULL && cipher->scheme == ALG_GCM;
	struct base64_sink lines = base64_sink(to);
	int rc = -1;

	/* RFC 8551, 3.2.2 */
	if (to->put(to, smime_header(p, authenticated ? "authEnveloped-data" : "enveloped-data", "smime.p7m"), e) == 0 &&
	    cms_seal(&how, p->entity, &lines.sink, e) == 0)
		rc = base64_sink_end(&lines, e);
	base64_sink_clear(&lines);
	return rc;
}

static int
put_header(struct packing *p, struct sink *to, struct err *e)
{
	struct buf header = BUF_CAP(HEADER_MAX);
	int rc = -1;

	if (as1_envelope_write(p->a, &p->d->env, p->d->subject, &header, e) == 0 &&
	    put_receipt_request(p->d, &header, e) == 0 && buf_put(&header, S("MIME-Version: 1.0\r\n"), e) == 0)
		rc = to->put(to, buf_str(&header), e);
	buf_clear(&header);
	return rc;
}

int
as1_pack(struct arena *a, const struct as1_document *d, struct room *room, struct sink *to,
    struct mic_set *mics, struct err *e)
{
	struct packing p = { .a = a, .d = d, .room = room,
		.layers = { .content = d->content, .wrapped = d->how.encrypt || d->how.compress } };

	if (check_document(d, e) == -1 || wrap(&p, e) == -1 || put_header(&p, to, e) == -1)
		return -1;
	if ((d->how.encrypt ? put_enveloped(&p, to, e) : rope_put(p.entity, to, e)) == -1)
		return -1;
	return as1_mics(&p.layers, d->how.encrypt, mics, e);
}

static int
fits(struct packing *p, const struct mic *want, struct str *out, struct err *e)
{
	struct buf whole = BUF_CAP((size_t)rope_size(p->entity));
	struct buf_sink to = buf_sink(&whole);
	struct mic is;
	int rc = rope_mic(p->entity, want->alg, &is, e);

	if (rc == 0 && mic_eq(&is, want) && (rc = rope_put(p->entity, &to.sink, e)) == 0)
		*out = str_dup(p->a, buf_str(&whole));
	buf_clear(&whole);
	return rc;
}

int
as1_again(struct arena *a, const struct as1_document *d, const struct mic *want, struct room *room,
    struct str *out, struct err *e)
{
	struct as1_document like = *d;

	*out = S("");
	if (want->alg == MIC_NONE)
		return 0;
	for (int way = 0; way < 2 * (AS1_BINARY + 1) && out->n == 0; way++) {
		struct packing p = { .a = a, .d = &like, .room = room };
		like.how = (struct as1_shape){ .encrypt = true, .compress = way % 2 == 1, .encoding = (enum as1_encoding)(way / 2) };
		if (wrap_document(&p, e) == -1 || fits(&p, want, out, e) == -1)
			return -1;
	}
	return 0;
}
