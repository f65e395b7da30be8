/* SPDX-License-Identifier: ISC */
/* cms_sign.c - SignedData out: one signer, signed attributes, DER (RFC 5652, 5; RFC 8551, 2.5). */
#include <openssl/x509.h>
#include <stdlib.h>
#include <time.h>

#include "mime/cms_pss.h"

#define ATTRIBUTES 5

enum mic_alg
cms_sign_digest(const struct cms_signing *how)
{
	if (cert_key_scheme(how->key) == ALG_ED25519)
		return MIC_SHA512;
	return how->digest == MIC_NONE ? MIC_SHA256 : how->digest;
}

static enum alg_scheme
scheme_of(const struct cms_signing *how)
{
	enum alg_scheme own = cert_key_scheme(how->key);

	return own == ALG_RSA && how->scheme == ALG_RSA_PSS ? ALG_RSA_PSS : own;
}

static void
put_x509(struct der *d, X509 *x)
{
	unsigned char *p = NULL;
	int n = i2d_X509(x, &p);

	if (n > 0)
		der_put(d, str_make((const char *)p, (size_t)n));
	OPENSSL_free(p);
}

/* ---- signed attributes: each is written alone, then all in the order of their bytes (X.690, 11.6) */

/* The value stands in d since mark: what is around it. */
static void
end_attribute(struct der *d, struct str oid, size_t mark)
{
	der_wrap(d, BER_SET, mark);
	der_element(d, BER_OID, oid);
	der_wrap(d, BER_SEQUENCE, mark);
}

static void
put_signing_time(struct der *d, int64_t now_ms)
{
	ASN1_TIME *t = ASN1_TIME_set(NULL, (time_t)(now_ms / 1000));

	/* RFC 5652, 11.3: UTCTime until 2049, then GeneralizedTime; libcrypto chooses so. */
	if (t == NULL)
		abort();
	der_element(d, (unsigned char)ASN1_STRING_type(t),
	    str_make((const char *)ASN1_STRING_get0_data(t), (size_t)ASN1_STRING_length(t)));
	ASN1_TIME_free(t);
}

/* RFC 8551, 2.5.2: what we read best, first. */
static void
put_capabilities(struct der *d)
{
	static const struct str names[] = {
		S_INIT("aes-128-cbc"), S_INIT("aes-256-cbc"), S_INIT("aes-128-gcm"), S_INIT("aes-256-gcm"),
	};
	size_t mark = d->n;

	for (size_t i = 0; i < N(names); i++)
		der_algorithm(d, alg_named(ALG_CIPHER, names[i])->oid, false);
	der_wrap(d, BER_SEQUENCE, mark);
}

static int
by_bytes_backwards(const void *a, const void *b)
{
	return str_cmp(der_str(b), der_str(a));
}

/* tag: BER_SEQUENCE, or what stands in its place. */
static void
put_signature_algorithm(struct der *d, const struct alg *alg, const struct alg *digest,
    unsigned char tag)
{
	size_t mark = d->n;

	if (alg->scheme == ALG_RSA_PSS)
		cms_pss_put(d, digest);
	else if (alg->scheme == ALG_RSA)
		der_element(d, BER_NULL, S(""));
	der_element(d, BER_OID, alg->oid);
	der_wrap(d, tag, mark);
}

/* RFC 6211, 2: the digest's AlgorithmIdentifier, then [1] that of the signature. */
static void
put_protection(struct der *d, const struct alg *alg, const struct alg *digest)
{
	size_t mark = d->n;

	put_signature_algorithm(d, alg, digest, BER_CONTEXT_1);
	der_algorithm(d, digest->oid, false);
	der_wrap(d, BER_SEQUENCE, mark);
}

static void
put_attributes(struct der *d, const struct cms_signing *how, const struct alg *alg,
    const struct mic *digest)
{
	struct der list[ATTRIBUTES] = { 0 };
	size_t n = how->protection ? ATTRIBUTES : ATTRIBUTES - 1;

	der_element(&list[0], BER_OID, cms_oid_data);
	end_attribute(&list[0], cms_oid_content_type, 0);
	put_signing_time(&list[1], how->now_ms);
	end_attribute(&list[1], cms_oid_signing_time, 0);
	der_element(&list[2], BER_OCTETS, str_make((const char *)digest->bytes, digest->n));
	end_attribute(&list[2], cms_oid_message_digest, 0);
	put_capabilities(&list[3]);
	end_attribute(&list[3], cms_oid_capabilities, 0);
	if (how->protection) {
		put_protection(&list[4], alg, alg_digest(digest->alg));
		end_attribute(&list[4], cms_oid_protection, 0);
	}
	qsort(list, n, sizeof(list[0]), by_bytes_backwards);
	for (size_t i = 0; i < n; i++) {
		der_put(d, der_str(&list[i]));
		der_clear(&list[i]);
	}
}

/* ---- the signature */

/* What is signed is the attributes as a SET, not as the [0] that stands in the message (RFC 5652, 5.4). */
static int
sign_attributes(const struct cms_signing *how, const struct alg *alg, struct str attributes, unsigned char *out,
    size_t *n, struct err *e)
{
	struct cert_to_sign what = { alg->scheme, cms_sign_digest(how), { NULL, 0 } };
	struct der set = { 0 };
	struct mic digest;
	int rc = -1;

	der_element(&set, BER_SET, attributes);
	what.bytes = der_str(&set);
	if (alg->scheme != ALG_ED25519) {
		if (mic_make(what.digest, what.bytes, &digest, e) == -1)
			goto out;
		what.bytes = str_make((const char *)digest.bytes, digest.n);
	}
	rc = cert_key_sign(how->key, &what, out, n, e);
out:
	der_clear(&set);
	return rc;
}

/* RFC 5652, 5.1 and 5.3 */
static unsigned int
version_of(const struct cms_signing *how)
{
	return how->by_key_id ? 3 : 1;
}

static int
put_name(struct der *d, const struct cms_signing *how, struct err *e)
{
	X509 *x = cert_set_get(how->own, 0);

	if (!how->by_key_id)
		cms_name_put(d, x);
	else if (!cms_key_id_put(d, x))
		return err_set(e, ERR_CONFIG, "our certificate has no subject key identifier to be named by");
	return 0;
}

static int
put_signer(struct der *d, const struct cms_signing *how, const struct alg *alg,
    const struct mic *over, struct err *e)
{
	const struct alg *digest = alg_digest(cms_sign_digest(how));
	unsigned char signature[CERT_SIGNATURE_MAX];
	struct der attributes = { 0 };
	size_t n = 0, mark = d->n;
	int rc = -1;

	put_attributes(&attributes, how, alg, over);
	if (sign_attributes(how, alg, der_str(&attributes), signature, &n, e) == -1)
		goto out;
	der_element(d, BER_OCTETS, str_make((const char *)signature, n));
	put_signature_algorithm(d, alg, digest, BER_SEQUENCE);
	der_element(d, BER_CONTEXT_0, der_str(&attributes));
	der_algorithm(d, digest->oid, false);
	if (put_name(d, how, e) == -1)
		goto out;
	der_uint(d, version_of(how));
	der_wrap(d, BER_SEQUENCE, mark);
	der_wrap(d, BER_SET, mark);
	rc = 0;
out:
	der_clear(&attributes);
	return rc;
}

/* All that stands behind the content, and is written first. */
static int
put_tail(struct der *d, const struct cms_signing *how, const struct alg *alg,
    const struct mic *over, struct err *e)
{
	size_t mark;

	if (put_signer(d, how, alg, over, e) == -1)
		return -1;
	if (how->include == CMS_NO_CERTS)
		return 0;
	mark = d->n;
	for (size_t i = how->include == CMS_LEAF ? 1 : cert_set_count(how->own); i-- > 0;)
		put_x509(d, cert_set_get(how->own, i));
	der_wrap(d, BER_CONTEXT_0, mark);
	return 0;
}

/* And before it: the content is of n bytes, what stands behind it of so many. */
static void
put_head(struct der *d, const struct cms_signing *how, uint64_t n, size_t tail)
{
	size_t mark;

	der_count(d, tail);
	mark = d->n;
	if (how->opaque) {
		der_count(d, n);
		der_wrap(d, BER_OCTETS, mark);
		der_wrap(d, BER_CONTEXT_0, mark);
	}
	der_element(d, BER_OID, cms_oid_data);
	der_wrap(d, BER_SEQUENCE, mark);
	mark = d->n;
	der_algorithm(d, alg_digest(cms_sign_digest(how))->oid, false);
	der_wrap(d, BER_SET, mark);
	der_uint(d, version_of(how));
	der_wrap(d, BER_SEQUENCE, 0);
	cms_info_wrap(d, CMS_IS_SIGNED);
}

int
cms_sign_around(const struct cms_signing *how, const struct mic *over, uint64_t n,
    struct buf *before, struct buf *behind, struct err *e)
{
	const struct alg *alg = alg_signature(scheme_of(how), cms_sign_digest(how));
	struct der head = { 0 }, tail = { 0 };
	int rc = -1;

	if (alg == NULL || over->alg != cms_sign_digest(how) || alg_digest(over->alg)->class != ALG_GOOD)
		return err_set(e, ERR_CONFIG, "cannot sign with a key of this kind, or by this digest");
	if (put_tail(&tail, how, alg, over, e) == -1)
		goto out;
	put_head(&head, how, n, tail.n);
	if (buf_put(before, der_str(&head), e) == 0)
		rc = buf_put(behind, der_str(&tail), e);
out:
	der_clear(&head);
	der_clear(&tail);
	return rc;
}

int
cms_sign(const struct cms_signing *how, struct str content, struct buf *out, struct err *e)
{
	struct buf behind = BUF_CAP(out->cap);
	struct mic over;
	int rc = -1;

	if (mic_make(cms_sign_digest(how), content, &over, e) == 0 &&
	    cms_sign_around(how, &over, content.n, out, &behind, e) == 0 &&
	    (!how->opaque || buf_put(out, content, e) == 0))
		rc = buf_put(out, buf_str(&behind), e);
	buf_clear(&behind);
	return rc;
}
