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

/*
 * In the place of one that is ours, when none is: the same private key operation is made and its key is used, so that what
 * was never for us takes the time of what was changed on the way.
 */
static const struct cms_recipient *
any_recipient(const struct cms_enveloped *env, const struct cert_set *own, X509 **to)
{
	*to = cert_set_get(own, 0);
	for (size_t i = 0; i < env->n; i++)
		if (!env->recipients[i].agreed)
			return &env->recipients[i];
	return env->n > 0 ? &env->recipients[0] : NULL;
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

	if (alg == NULL || !alg_id_take(&s, &wrap) || s.n > 0 ||
	    (what->wrap = alg_find(ALG_WRAP, wrap.oid)) == NULL)
		return false;
	cms_shared_info(info, r->alg.parameters, r->material, what->wrap);
	what->scheme = alg->scheme;
	what->digest = alg->digest;
	what->peer = r->peer;
	what->info = der_str(info);
	return true;
}

static bool
unwrap(const struct cms_recipient *r, X509 *to, const struct cert_key *key, size_t n,
    unsigned char *out)
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

/* One envelope on its way. */
struct opening {
	const struct cms_keys *keys;
	struct room *room;
	struct cms_enveloped *env;
	enum cms_kind kind;
	struct cms_cipher cipher;
	const struct cms_recipient *us;
	X509 *to;			/* our certificate that it is for */
	bool for_others;
	struct cms_opened *out;
};

/* Whether there is anything to decrypt, and how. Which cipher it is stands in the clear: this alone may be told. */
static bool
can_be_tried(struct opening *o)
{
	const struct alg *alg = alg_find(ALG_CIPHER, o->env->cipher.oid);

	o->out->algorithm = str_of(alg == NULL ? "other" : alg->name);
	o->out->weak = alg != NULL && !alg_is_allowed(alg, o->keys->allow);
	if (alg == NULL || o->out->weak || o->keys->own == NULL || o->keys->key == NULL ||
	    (alg->scheme == ALG_GCM) != (o->kind == CMS_IS_AUTH_ENVELOPED) ||
	    !str_eq(o->env->content_type, cms_oid_data) ||
	    !cms_cipher_read(alg, o->env->cipher.parameters, &o->cipher))
		return false;
	o->us = find_us(o->env, o->keys->own, &o->to);
	if (o->us == NULL) {
		o->for_others = true;
		o->us = any_recipient(o->env, o->keys->own, &o->to);
	}
	return o->us != NULL;
}

static int
start_cipher(struct opening *o, struct cms_cipher_sink *run, struct sink *to)
{
	unsigned char secret[CERT_SECRET_MAX];
	int rc = -1;

	if (unwrap(o->us, o->to, o->keys->key, o->cipher.alg->bytes, secret))
		rc = cms_cipher_open(run, &o->cipher, secret, false, to);
	OPENSSL_cleanse(secret, sizeof(secret));
	return rc;
}

/* CBC: on the way into the store; whether it was the right key shows at the end only. */
static int
decrypt_on_the_way(struct opening *o, struct pull *p, struct store *plain, struct err *e)
{
	struct store_sink to = store_sink(plain);
	struct cms_cipher_sink run = { 0 };
	uint64_t n;
	int rc = -1;

	if (start_cipher(o, &run, &to.sink) == 0 && cms_cipher_expect(&run, S(""), S("")) == 0 &&
	    pull_octets(p, BER_IMPLICIT_0, &run.sink, &n, e) && cms_enveloped_end(p, o->kind, o->env))
		rc = cms_cipher_end(&run, NULL, e);
	cms_cipher_close(&run);
	return rc;
}

/* GCM: what was authenticated beside the content stands behind it in the message, but is needed first. */
static int
decrypt_at_the_end(struct opening *o, struct pull *p, struct store *plain, struct err *e)
{
	struct store *ciphered = o->room->open(o->room, e);
	struct store_sink kept = store_sink(ciphered), to = store_sink(plain);
	struct cms_cipher_sink run = { 0 };
	uint64_t n;
	int rc = -1;

	if (ciphered == NULL || !pull_octets(p, BER_IMPLICIT_0, &kept.sink, &n, e) ||
	    !cms_enveloped_end(p, o->kind, o->env))
		return -1;
	if (start_cipher(o, &run, &to.sink) == 0 &&
	    cms_cipher_expect(&run, authenticated(p->a, o->env->attributes), o->env->tag) == 0 &&
	    span_put(span_store(ciphered), &run.sink, e) == 0)
		rc = cms_cipher_end(&run, NULL, e);
	cms_cipher_close(&run);
	return rc;
}

/* Nothing to try: read on all the same, so that what is broken is told alike. */
static void
read_past(struct opening *o, struct pull *p)
{
	if (pull_skip(p, BER_IMPLICIT_0) || pull_skip(p, BER_CONTEXT_0))
		(void)cms_enveloped_end(p, o->kind, o->env);
}

int
cms_open(struct pull *p, enum cms_kind kind, const struct cms_keys *keys, struct room *room,
    struct cms_opened *out, struct err *e)
{
	struct opening o = { .keys = keys,
		.room = room,
		.env = arena_new_of(p->a, struct cms_enveloped),
		.kind = kind,
		.out = out };
	struct store *plain;
	struct err why = { .kind = ERR_INPUT };
	int rc = -1;

	*out = (struct cms_opened){ .algorithm = S("other") };
	if (!cms_enveloped_begin(p, o.env)) {
		(void)cms_fault(p, &why, "");
	} else if (!can_be_tried(&o)) {
		read_past(&o, p);
		(void)cms_fault(p, &why, "");
	} else {
		plain = room->open(room, &why);
		if (plain != NULL)
			rc = kind == CMS_IS_ENVELOPED ? decrypt_on_the_way(&o, p, plain, &why) : decrypt_at_the_end(&o, p, plain, &why);
		if (o.for_others)
			rc = -1;
		if (rc == 0)
			out->content = span_store(plain);
	}
	if (rc == 0 && out->content.n > 0)
		return 0;
	out->content = span_str(S(""));
	if (why.kind != ERR_INPUT)
		return err_set(e, why.kind, "%s", why.text);
	return err_set(e, ERR_INPUT, "cannot be decrypted with our key");
}

int
cms_decrypt(struct arena *a, const struct cert_set *own, const struct cert_key *key, unsigned int allow,
    struct str der, struct cms_opened *out, struct err *e)
{
	const struct cms_keys keys = { own, key, allow };
	struct span_source from = span_source(span_str(der));
	struct arena_room room = arena_room(a);
	struct str content;
	enum cms_kind kind;
	struct pull p;

	*out = (struct cms_opened){ .algorithm = S("other") };
	pull_init(&p, a, &from.source);
	if (cms_begin(&p, &kind, e) == -1 || (kind != CMS_IS_ENVELOPED && kind != CMS_IS_AUTH_ENVELOPED))
		return err_set(e, ERR_INPUT, "cannot be decrypted with our key");
	if (cms_open(&p, kind, &keys, &room.room, out, e) == -1 ||
	    span_join(a, out->content, SIZE_MAX, &content, e) == -1)
		return -1;
	out->content = span_str(content);
	return 0;
}
