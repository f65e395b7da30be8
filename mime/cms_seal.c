/* SPDX-License-Identifier: ISC */
/* cms_seal.c - EnvelopedData and AuthEnvelopedData out: to every certificate that may be encrypted to today. */
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <limits.h>

#include "mime/cms_cipher.h"
#include "mime/cms_pss.h"
#include "mime/cms_wrap.h"

struct sealing {
	const struct cms_sealing *how;
	const struct alg *alg;
	struct cms_cipher cipher;
	unsigned char key[CERT_SECRET_MAX];
	size_t agreed;		/* recipients by key agreement */
};

static const char *
why(void)
{
	unsigned long code = ERR_peek_last_error();
	const char *text = code == 0 ? NULL : ERR_reason_error_string(code);

	ERR_clear_error();
	return text == NULL ? "refused" : text;
}

/* ---- key transport: RSA (RFC 3370, 4.2.1; RFC 3560) */

static int
encrypt_rsa(const struct sealing *s, EVP_PKEY *to, unsigned char *out, size_t *n)
{
	EVP_PKEY_CTX *c = EVP_PKEY_CTX_new(to, NULL);
	bool oaep = s->how->oaep;
	int rc = -1;

	if (c != NULL && EVP_PKEY_encrypt_init(c) == 1 &&
	    EVP_PKEY_CTX_set_rsa_padding(c, oaep ? RSA_PKCS1_OAEP_PADDING : RSA_PKCS1_PADDING) == 1 &&
	    (!oaep || (EVP_PKEY_CTX_set_rsa_oaep_md(c, EVP_sha256()) == 1 &&
	    EVP_PKEY_CTX_set_rsa_mgf1_md(c, EVP_sha256()) == 1)) &&
	    EVP_PKEY_encrypt(c, out, n, s->key, s->alg->bytes) == 1)
		rc = 0;
	EVP_PKEY_CTX_free(c);
	return rc;
}

static int
put_transport(struct der *d, const struct sealing *s, X509 *x)
{
	const struct alg *alg = alg_named(ALG_TRANSPORT, s->how->oaep ? S("rsa-oaep") : S("rsa"));
	unsigned char wrapped[CERT_WRAPPED_MAX];
	size_t n = sizeof(wrapped), mark = d->n, inner;

	if (encrypt_rsa(s, X509_get0_pubkey(x), wrapped, &n) == -1)
		return -1;
	der_element(d, BER_OCTETS, str_make((const char *)wrapped, n));
	inner = d->n;
	if (s->how->oaep) {
		cms_oaep_put(d, alg_digest(MIC_SHA256));
		der_element(d, BER_OID, alg->oid);
		der_wrap(d, BER_SEQUENCE, inner);
	} else {
		der_algorithm(d, alg->oid, true);
	}
	cms_name_put(d, x);
	der_uint(d, 0);
	der_wrap(d, BER_SEQUENCE, mark);
	return 0;
}

/* ---- key agreement: NIST's curves (RFC 5753), X25519 (RFC 8418) */

static EVP_PKEY *
new_key_like(EVP_PKEY *to)
{
	EVP_PKEY_CTX *c = EVP_PKEY_CTX_new(to, NULL);
	EVP_PKEY *key = NULL;

	if (c == NULL || EVP_PKEY_keygen_init(c) != 1 || EVP_PKEY_generate(c, &key) != 1)
		key = NULL;
	EVP_PKEY_CTX_free(c);
	return key;
}

/* OriginatorPublicKey, its curve the recipient's (RFC 5753, 3.1.1; RFC 8410, 3). */
static int
put_public_key(struct der *d, EVP_PKEY *key)
{
	static const struct str ec = S_INIT("\x2a\x86\x48\xce\x3d\x02\x01"), x25519 = S_INIT("\x2b\x65\x6e");
	unsigned char *point = NULL;
	size_t n = EVP_PKEY_get1_encoded_public_key(key, &point), mark = d->n;

	if (n == 0)
		return -1;
	der_put(d, str_make((const char *)point, n));
	der_put(d, str_make("", 1));	/* unused bits of the last octet: none */
	der_wrap(d, BER_BITS, mark);
	der_algorithm(d, EVP_PKEY_is_a(key, "X25519") ? x25519 : ec, false);
	der_wrap(d, BER_CONTEXT_1, mark);
	der_wrap(d, BER_CONTEXT_0, mark);
	OPENSSL_free(point);
	return 0;
}

static int
agree_and_wrap(const struct sealing *s, EVP_PKEY *own, EVP_PKEY *to, struct str wrap_id, const struct alg *alg,
    const struct alg *wrap, unsigned char *out)
{
	struct der info = { 0 };
	unsigned char kek[CERT_SECRET_MAX];
	int rc = -1;

	cms_shared_info(&info, wrap_id, (struct str){ NULL, 0 }, wrap);
	const struct cms_agreement how = { alg->scheme, alg->digest, wrap, der_str(&info) };
	if (cms_agree(own, to, &how, kek) == 0)
		rc = cms_wrap(wrap, kek, str_make((const char *)s->key, s->alg->bytes), out);
	OPENSSL_cleanse(kek, sizeof(kek));
	der_clear(&info);
	return rc;
}

static int
put_agreement(struct der *d, struct sealing *s, X509 *x)
{
	EVP_PKEY *to = X509_get0_pubkey(x), *own = new_key_like(to);
	const struct alg *wrap = alg_wrap(s->alg->bytes);
	const struct alg *alg = alg_agreement(EVP_PKEY_is_a(to, "X25519") ? ALG_HKDF : ALG_X963_KDF, MIC_SHA256);
	unsigned char wrapped[CERT_SECRET_MAX + CMS_WRAP_EXTRA];
	struct der wrap_id = { 0 };
	size_t mark = d->n, inner;
	int rc = -1;

	der_algorithm(&wrap_id, wrap->oid, false);
	if (own == NULL || agree_and_wrap(s, own, to, der_str(&wrap_id), alg, wrap, wrapped) == -1)
		goto out;
	der_element(d, BER_OCTETS, str_make((const char *)wrapped, s->alg->bytes + CMS_WRAP_EXTRA));
	cms_name_put(d, x);
	der_wrap(d, BER_SEQUENCE, mark);
	der_wrap(d, BER_SEQUENCE, mark);
	inner = d->n;
	der_put(d, der_str(&wrap_id));
	der_element(d, BER_OID, alg->oid);
	der_wrap(d, BER_SEQUENCE, inner);
	rc = put_public_key(d, own);
	der_uint(d, 3);
	der_wrap(d, BER_CONTEXT_1, mark);
	s->agreed++;
out:
	der_clear(&wrap_id);
	EVP_PKEY_free(own);
	return rc;
}

/* ---- the whole */

/* Every certificate that the partner may decrypt with today: while two overlap, either key opens. */
static int
put_recipients(struct der *d, struct sealing *s, struct err *e)
{
	const struct cert_set *to = s->how->to;
	size_t mark = d->n;
	int rc;

	for (size_t i = cert_set_count(to); i-- > 0;) {
		X509 *x = cert_set_get(to, i);
		if (cert_usable(to, i, CERT_DECRYPTS, s->how->now_ms, e) == -1)
			continue;
		rc = EVP_PKEY_is_a(X509_get0_pubkey(x), "RSA") ? put_transport(d, s, x) : put_agreement(d, s, x);
		if (rc == -1)
			return err_set(e, ERR_CONFIG, "cannot encrypt to certificate %zu: %s", i + 1, why());
	}
	if (d->n > mark) {
		der_wrap(d, BER_SET, mark);
		return 0;
	}
	if (e != NULL && cert_set_count(to) > 0)
		e->kind = ERR_CONFIG;
	return err_add(e, "no certificate to encrypt to");
}

/* All before the encrypted content of n bytes; tail is the length of what stands behind it. */
static int
put_head(struct der *d, struct sealing *s, uint64_t n, size_t tail, struct err *e)
{
	size_t mark;

	der_count(d, tail);
	mark = d->n;
	der_count(d, n);
	der_wrap(d, BER_IMPLICIT_0, mark);
	cms_cipher_put(d, &s->cipher);
	der_element(d, BER_OID, cms_oid_data);
	der_wrap(d, BER_SEQUENCE, mark);
	if (put_recipients(d, s, e) == -1)
		return -1;
	/* RFC 5652, 6.1; RFC 5083, 2.1 */
	der_uint(d, s->agreed > 0 && s->alg->scheme != ALG_GCM ? 2 : 0);
	der_wrap(d, BER_SEQUENCE, 0);
	cms_info_wrap(d, s->alg->scheme == ALG_GCM ? CMS_IS_AUTH_ENVELOPED : CMS_IS_ENVELOPED);
	return 0;
}

static int
put_tag(const struct sealing *s, const unsigned char *tag, struct sink *to, struct err *e)
{
	struct der tail = { 0 };
	int rc = 0;

	if (s->cipher.tag_n > 0) {
		der_element(&tail, BER_OCTETS, str_make((const char *)tag, s->cipher.tag_n));
		rc = to->put(to, der_str(&tail), e);
		der_clear(&tail);
	}
	return rc;
}

static int
put_content(const struct sealing *s, const struct rope *content, struct sink *to, struct err *e)
{
	struct cms_cipher_sink run;
	unsigned char tag[CMS_TAG_MAX];
	int rc = -1;

	if (cms_cipher_open(&run, &s->cipher, s->key, true, to) == -1)
		(void)err_set(e, ERR_CONFIG, "cannot encrypt: %s", why());
	else if (rope_put(content, &run.sink, e) == 0 && cms_cipher_end(&run, tag, e) == 0)
		rc = put_tag(s, tag, to, e);
	cms_cipher_close(&run);
	return rc;
}

int
cms_seal(const struct cms_sealing *how, const struct rope *content, struct sink *to, struct err *e)
{
	struct sealing s = { .how = how };
	struct der head = { 0 };
	size_t tail;
	int rc = -1;

	s.alg = alg_named(ALG_CIPHER, how->cipher.n > 0 ? how->cipher : S("aes-256-cbc"));
	if (s.alg == NULL || s.alg->class != ALG_GOOD)
		return err_set(e, ERR_CONFIG, "cannot encrypt by '" STR_FMT "'", STR_ARG(how->cipher));
	if (cms_cipher_new(s.alg, &s.cipher) == -1 || RAND_priv_bytes(s.key, (int)s.alg->bytes) != 1) {
		(void)err_set(e, ERR_RETRY, "no random bytes: %s", why());
		goto out;
	}
	tail = s.cipher.tag_n > 0 ? 2 + s.cipher.tag_n : 0;
	if (put_head(&head, &s, cms_cipher_size(&s.cipher, rope_size(content)), tail, e) == -1 ||
	    to->put(to, der_str(&head), e) == -1 || put_content(&s, content, to, e) == -1)
		goto out;
	rc = 0;
out:
	OPENSSL_cleanse(&s, sizeof(s));
	der_clear(&head);
	return rc;
}

int
cms_encrypt(const struct cms_sealing *how, struct str content, struct buf *out, struct err *e)
{
	struct buf_sink to = buf_sink(out);
	struct rope whole = { 0 };

	rope_bytes(&whole, span_str(content));
	return cms_seal(how, &whole, &to.sink, e);
}
