/* SPDX-License-Identifier: ISC */
/*
 * cms_open.c - decryption. Why it fails is nobody's business: a sender who could tell a wrong
 * padding from a wrong key could ask us, mail by mail, for the plaintext of a message that he
 * caught (Bleichenbacher, Vaudenay). So a content key always comes out of the private key, and is
 * used, whether it is the right one or not.
 */
#include <openssl/crypto.h>
#include <string.h>

#include "mime/cms_cipher.h"
#include "mime/cms_pss.h"

/* However many recipients are named: one of them is us, and one private key operation is made. */
static const struct cms_recipient *
find_us(const struct cms_enveloped *env, const struct cert_set *own, X509 **to)
{
	for (size_t k = 0; k < cert_set_count(own); k++)
		for (size_t i = 0; i < env->n; i++)
			if (cms_name_fits(&env->recipients[i].name, cert_set_get(own, k))) {
				*to = cert_set_get(own, k);
				return &env->recipients[i];
			}
	return NULL;
}

static bool
read_transport(const struct cms_recipient *r, struct cert_to_unwrap *what)
{
	const struct alg *alg = alg_find(ALG_TRANSPORT, r->alg.oid);
	struct cms_pss oaep;

	if (alg == NULL)
		return false;
	what->scheme = alg->scheme;
	if (alg->scheme != ALG_RSA_OAEP)
		return true;
	if (!cms_oaep_read(r->alg.parameters, &oaep))
		return false;
	what->digest = oaep.digest;
	what->mask = oaep.mask;
	return true;
}

/* RFC 5753, 3.1.1: the parameter of the agreement is the AlgorithmIdentifier of the wrapping. */
static bool
read_agreement(const struct cms_recipient *r, struct cert_to_unwrap *what, struct der *info)
{
	const struct alg *alg = alg_find(ALG_AGREEMENT, r->alg.oid);
	struct str s = r->alg.parameters;
	struct alg_id wrap;

	if (alg == NULL || !alg_id_take(&s, &wrap) || s.n > 0 || (what->wrap = alg_find(ALG_WRAP, wrap.oid)) == NULL)
		return false;
	cms_shared_info(info, r->alg.parameters, r->material, what->wrap);
	what->scheme = alg->scheme;
	what->digest = alg->digest;
	what->peer = r->peer;
	what->info = der_str(info);
	return true;
}

static bool
unwrap(const struct cms_recipient *r, X509 *to, const struct cert_key *key, size_t n, unsigned char *out)
{
	struct cert_to_unwrap what = { .wrapped = r->wrapped, .n = n, .to = to };
	struct der info = { 0 };
	bool ok = r->agreed ? read_agreement(r, &what, &info) : read_transport(r, &what);

	if (ok)
		cert_key_unwrap(key, &what, out);
	der_clear(&info);
	return ok;
}

/* RFC 5083, 2.2: authenticated attributes count as the SET that they are. */
static struct str
authenticated(struct arena *a, struct str attributes)
{
	struct der d = { 0 };
	struct str s = S("");

	if (attributes.p != NULL) {
		der_element(&d, BER_SET, attributes);
		s = str_dup(a, der_str(&d));
		der_clear(&d);
	}
	return s;
}

static int
open_content(struct arena *a, const struct cms_enveloped *env, const struct cms_cipher *cipher,
    const struct cms_recipient *us, X509 *to, const struct cert_key *key, struct str *out)
{
	unsigned char secret[CERT_SECRET_MAX];
	int rc = -1;

	if (unwrap(us, to, key, cipher->alg->bytes, secret))
		rc = cms_decipher(a, cipher, secret, &env->content, authenticated(a, env->attributes), env->tag, out);
	OPENSSL_cleanse(secret, sizeof(secret));
	return rc == 0 && out->n > 0 ? 0 : -1;
}

int
cms_decrypt(struct arena *a, const struct cert_set *own, const struct cert_key *key, unsigned int allow,
    struct str der, struct cms_opened *out, struct err *e)
{
	struct cms_enveloped *env = arena_new_of(a, struct cms_enveloped);
	const struct cms_recipient *us;
	const struct alg *alg = NULL;
	struct cms_cipher cipher;
	X509 *to = NULL;
	enum cms_kind kind;
	bool readable = cms_kind_of(der, &kind, NULL) == 0 &&
	    (kind == CMS_IS_ENVELOPED || kind == CMS_IS_AUTH_ENVELOPED) && cms_enveloped_read(der, kind, env);

	if (readable)
		alg = alg_find(ALG_CIPHER, env->cipher.oid);
	*out = (struct cms_opened){ .algorithm = str_of(alg == NULL ? "other" : alg->name) };
	/* Which cipher it is stands in the clear: this alone may be told. */
	out->weak = alg != NULL && !alg_is_allowed(alg, allow);
	if (alg == NULL || out->weak || own == NULL || key == NULL || env->content.tag == 0 ||
	    (alg->scheme == ALG_GCM) != (kind == CMS_IS_AUTH_ENVELOPED) ||
	    !str_eq(env->content_type, cms_oid_data) || !cms_cipher_read(alg, env->cipher.parameters, &cipher))
		goto failed;
	us = find_us(env, own, &to);
	if (us != NULL && open_content(a, env, &cipher, us, to, key, &out->content) == 0)
		return 0;
failed:
	out->content = S("");
	return err_set(e, ERR_INPUT, "cannot be decrypted with our key");
}
