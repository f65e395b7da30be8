/* SPDX-License-Identifier: ISC */
/*
 * cms_verify.c - who signed what. Trust is a set of certificates; one from the message joins it only where the caller
 * has named authorities and one of them stands for it (cms_inside.c). Only attributes are ever signed, and they must say
 * what they are for: so no signature over one thing can be shown as one over another.
 */
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <limits.h>
#include <string.h>

#include "mime/cert_text.h"
#include "mime/cms_pss.h"
#include "mime/mic.h"

struct verifying {
	struct arena *a;
	const struct cms_trust *trust;
	struct cms_signed cms;
	struct mic over[MIC_ALGS];	/* the content's, by every digest that is announced */
	int known, fitting;		/* signers that are trusted; signers that fit the content */
	enum verdict_rule lesser;	/* of a signer that proves nothing (weak, expired) */
	struct str lesser_found;
	struct str not_admitted;	/* why a certificate inside was not believed; may be empty */
	struct cms_verified *out;
};

static void
settle(struct verifying *v, enum verdict_rule rule, struct str found)
{
	static const enum cms_verdict verdicts[] = {
		[AS1_MALFORMED] = CMS_MALFORMED,
		[AS1_AUTHENTICATION_FAILED] = CMS_STRANGER,
		[AS1_INSUFFICIENT_SECURITY] = CMS_WEAK,
		[AS1_INTEGRITY_FAILED] = CMS_CHANGED,
	};

	if (v->out->verdict != CMS_GOOD)
		return;		/* the first reason stands */
	v->out->verdict = verdicts[verdict_info(rule)->verdict];
	v->out->rule = rule;
	v->out->reason = found;
}

/* Not broken, only worth nothing: a better signature may stand beside it while a partner changes. */
static bool
disregard(struct verifying *v, enum verdict_rule rule, struct str found)
{
	v->lesser = rule;
	v->lesser_found = found;
	return false;
}

static struct str
algorithms_text(struct arena *a, const struct alg *alg, const struct alg *digest)
{
	return str_fmt(a, "%s, %s", alg != NULL ? alg->name : "other", digest != NULL ? digest->name : "other");
}

/*
 * Without signed attributes a signature over one mail's attributes would be a signature over a
 * content of those bytes; so they must be there, and say id-data (RFC 5652, 5.3 and 11).
 */
static bool
signed_digest(const struct cms_signer *s, struct str *digest)
{
	struct ber type, value;

	if (!cms_attribute_only(s->attributes, cms_oid_content_type, &type) ||
	    !cms_attribute_only(s->attributes, cms_oid_message_digest, &value))
		return false;
	*digest = value.value;
	return type.tag == BER_OID && str_eq(type.value, cms_oid_data) && value.tag == BER_OCTETS;
}

/* RFC 6211: when the signer says which algorithms he used, it was these. */
static bool
is_protected(const struct cms_signer *s)
{
	struct alg_id digest, alg;
	struct ber value;
	struct str inside;

	if (!cms_attribute_has(s->attributes, cms_oid_protection))
		return true;
	if (!cms_attribute_only(s->attributes, cms_oid_protection, &value) || value.tag != BER_SEQUENCE ||
	    !alg_id_take(&value.value, &digest) || !ber_take(&value.value, BER_CONTEXT_1, &inside) ||
	    !ber_take(&inside, BER_OID, &alg.oid))
		return false;
	return str_eq(digest.oid, s->digest.oid) && str_eq(alg.oid, s->signature_alg.oid);
}

/* RFC 5652, 5.1: a digest that is not announced was not meant to be used. */
static bool
is_announced(const struct verifying *v, struct str oid)
{
	struct str list = v->cms.digests;
	struct alg_id id;

	while (alg_id_take(&list, &id))
		if (str_eq(id.oid, oid))
			return true;
	return false;
}

/* Those that we can compute; a signer by any other is refused. */
static unsigned int
announced_digests(const struct cms_signed *cms)
{
	struct str list = cms->digests;
	const struct alg *alg;
	unsigned int bits = 0;
	struct alg_id id;

	while (alg_id_take(&list, &id)) {
		alg = alg_find(ALG_DIGEST, id.oid);
		if (alg != NULL && alg->digest != MIC_NONE)
			bits |= 1u << alg->digest;
	}
	return bits;
}

/* RFC 5652, 5.4: what is signed is the attributes as a SET, not as the [0] in the message. */
static struct str
signed_bytes(struct arena *a, const struct cms_signer *s)
{
	struct der d = { 0 };
	struct str bytes;

	der_element(&d, BER_SET, s->attributes);
	bytes = str_dup(a, der_str(&d));
	der_clear(&d);
	return bytes;
}

static bool
set_padding(EVP_PKEY_CTX *c, const struct cms_signer *s, const struct alg *alg, enum mic_alg digest)
{
	struct cms_pss pss;

	if (alg->scheme == ALG_RSA)
		return EVP_PKEY_CTX_set_rsa_padding(c, RSA_PKCS1_PADDING) == 1;
	if (alg->scheme != ALG_RSA_PSS)
		return true;
	if (!cms_pss_read(s->signature_alg.parameters, &pss) || pss.digest != digest)
		return false;
	return EVP_PKEY_CTX_set_rsa_padding(c, RSA_PKCS1_PSS_PADDING) == 1 &&
	    EVP_PKEY_CTX_set_rsa_mgf1_md(c, EVP_get_digestbyname(alg_digest(pss.mask)->evp)) == 1 &&
	    EVP_PKEY_CTX_set_rsa_pss_saltlen(c, (int)pss.salt) == 1;
}

static bool
is_key_for(const EVP_PKEY *key, enum alg_scheme scheme)
{
	switch (scheme) {
	case ALG_RSA:
		return EVP_PKEY_is_a(key, "RSA");
	case ALG_RSA_PSS:
		return EVP_PKEY_is_a(key, "RSA") || EVP_PKEY_is_a(key, "RSA-PSS");
	case ALG_ECDSA:
		return EVP_PKEY_is_a(key, "EC");
	case ALG_ED25519:
		return EVP_PKEY_is_a(key, "ED25519");
	default:
		return false;
	}
}

static bool
fits_with(struct verifying *v, const struct cms_signer *s, X509 *x, const struct alg *alg,
    enum mic_alg digest)
{
	EVP_PKEY *key = X509_get0_pubkey(x);
	struct str bytes = signed_bytes(v->a, s);
	const EVP_MD *md = alg->scheme == ALG_ED25519 ? NULL : EVP_get_digestbyname(alg_digest(digest)->evp);
	EVP_MD_CTX *c = EVP_MD_CTX_new();
	EVP_PKEY_CTX *pc = NULL;
	bool ok = false;

	if (c != NULL && key != NULL && is_key_for(key, alg->scheme) &&
	    EVP_DigestVerifyInit(c, &pc, md, NULL, key) == 1 && set_padding(pc, s, alg, digest))
		ok = EVP_DigestVerify(c, (const unsigned char *)s->signature.p, s->signature.n,
		    (const unsigned char *)bytes.p, bytes.n) == 1;
	EVP_MD_CTX_free(c);
	ERR_clear_error();
	return ok;
}

static bool
find_trusted(const struct verifying *v, const struct cms_signer *s, size_t *at)
{
	const struct cert_set *certs = v->trust->certs;

	for (*at = 0; certs != NULL && *at < cert_set_count(certs); (*at)++)
		if (cms_name_fits(&s->name, cert_set_get(certs, *at)))
			return true;
	return false;
}

/* Signature and content against each other, with the key of x; NULL x: only the content. */
static bool
check_content(struct verifying *v, const struct cms_signer *s, X509 *x, const struct alg *alg,
    enum mic_alg digest)
{
	const struct mic *want = &v->over[digest];
	struct str is;

	if (!signed_digest(s, &is)) {
		settle(v, RULE_ATTRIBUTES, S(""));
		return false;
	}
	if ((alg->digest != MIC_NONE && alg->digest != digest) || !is_protected(s) ||
	    !is_announced(v, s->digest.oid)) {
		settle(v, RULE_ALGORITHMS_DIFFER, S(""));
		return false;
	}
	if (want->n == 0 || !str_eq(is, str_make((const char *)want->bytes, want->n))) {
		settle(v, RULE_CONTENT_CHANGED, S(""));
		return false;
	}
	if (x != NULL && !fits_with(v, s, x, alg, digest)) {
		settle(v, RULE_SIGNATURE_VALUE, S(""));
		return false;
	}
	return true;
}

static void
name_signer(struct verifying *v, size_t at)
{
	X509 *x = cert_set_get(v->trust->certs, at);

	v->out->signer = str_fmt(v->a, STR_FMT " (" STR_FMT ")",
	    STR_ARG(cert_name_text(v->a, X509_get_subject_name(x))),
	    STR_ARG(cert_fingerprint(v->a, x)));
}

/* With the certificate that the message brings along, when it is not one that we trust. */
static bool
check_stranger(struct verifying *v, const struct cms_signer *s, const struct alg *alg,
    enum mic_alg digest)
{
	X509 *x = cms_inside_find(v->cms.certs, &s->name);

	if (check_content(v, s, x, alg, digest))
		v->fitting += x != NULL;
	X509_free(x);
	return false;
}

static bool
is_trusted(struct verifying *v, const struct cms_signer *s, size_t *at)
{
	struct err e;

	if (find_trusted(v, s, at))
		return true;
	if (v->trust->newcomers == NULL)
		return false;
	if (cms_inside_admit(v->cms.certs, &s->name, v->trust->newcomers, v->trust->now_ms, &e) == -1)
		v->not_admitted = str_dup(v->a, str_of(e.text));
	return find_trusted(v, s, at);
}

/* One signer. Returns whether it is trusted and good; what is wrong with it is kept. */
static bool
check_signer(struct verifying *v, const struct cms_signer *s)
{
	const struct alg *digest = alg_find(ALG_DIGEST, s->digest.oid),
	                 *alg = alg_find(ALG_SIGNATURE, s->signature_alg.oid);
	struct str algorithms = algorithms_text(v->a, alg, digest);
	size_t at;
	bool trusted = is_trusted(v, s, &at);
	const struct cert_terms terms = { v->trust->now_ms, v->trust->grace_ms,
		(v->trust->allow & ALG_ALLOW_RSA1024) != 0 };
	struct err e;

	v->known += trusted;
	if (v->out->algorithms.n == 0)
		v->out->algorithms = algorithms;
	if (digest == NULL || !alg_is_allowed(digest, v->trust->allow) || alg == NULL ||
	    !alg_is_allowed(alg, v->trust->allow))
		return disregard(v, RULE_SIGNATURE_WEAK, algorithms);
	if (!trusted)
		return check_stranger(v, s, alg, digest->digest);
	if (!check_content(v, s, cert_set_get(v->trust->certs, at), alg, digest->digest))
		return false;
	v->fitting++;
	if (cert_usable_by(v->trust->certs, at, CERT_SIGNS, &terms, &e) == -1)
		return disregard(v, RULE_SIGNER_UNFIT, str_dup(v->a, str_of(e.text)));
	v->out->over = v->over[digest->digest];
	v->out->algorithms = algorithms;
	v->out->at = at;
	name_signer(v, at);
	return true;
}

static void
check_signers(struct verifying *v)
{
	bool good = false;

	if (v->cms.n == 0) {
		settle(v, RULE_NO_SIGNER, S(""));
		return;
	}
	for (size_t i = 0; i < v->cms.n; i++)
		good |= check_signer(v, &v->cms.signers[i]);
	v->out->fits = v->fitting == (int)v->cms.n;
	if (v->known == 0 && v->out->verdict != CMS_MALFORMED) {
		v->out->verdict = CMS_GOOD;	/* whatever else is wrong: it is a stranger's */
		v->out->rule = RULE_NONE;
		v->out->reason = S("");
	}
	if (good)
		return;
	if (v->known > 0 && v->lesser != RULE_NONE)
		settle(v, v->lesser, v->lesser_found);
	settle(v, RULE_SIGNER_STRANGER, v->not_admitted);
}

/* RFC 8551, 3.5: detached has no content inside, opaque has. With both, readers could differ. */
static bool
check_place(struct verifying *v, bool detached)
{
	if (!str_eq(v->cms.content_type, cms_oid_data))
		settle(v, RULE_SIGNATURE_TYPE, S(""));
	else if (detached && v->cms.has_content)
		settle(v, RULE_SIGNATURE_BOTH, S(""));
	else if (!detached && !v->cms.has_content)
		settle(v, RULE_SIGNATURE_EMPTY, S(""));
	return v->out->verdict == CMS_GOOD;
}

/* The content inside goes into a store, or nowhere when it should not be there. */
static int
take_content(struct verifying *v, struct pull *p, struct mic_sink *over, struct store *kept,
    struct err *e)
{
	struct store_sink to = store_sink(kept);
	uint64_t n;

	if (kept == NULL)
		return pull_skip(p, BER_OCTETS) || pull_skip(p, BER_OCTETS | BER_CONSTRUCTED) ? 0 :
		    cms_fault(p, e, "its content cannot be read");
	over->to = &to.sink;
	if (!pull_octets(p, BER_OCTETS, &over->sink, &n, e))
		return p->broken || e->kind == ERR_INPUT ? cms_fault(p, e, "its content cannot be read") : -1;
	v->out->content = span_store(kept);
	return 0;
}

/* All of the message, and the content by all digests that are announced. -1: broken, or our own trouble. */
static int
read_message(struct verifying *v, struct pull *p, const struct span *detached, struct room *room,
    struct mic_sink *over, struct err *e)
{
	struct store *kept = NULL;

	if (cms_signed_begin(p, &v->cms, e) == -1 ||
	    mic_sink_open(over, announced_digests(&v->cms), NULL, e) == -1)
		return -1;
	if (v->cms.has_content && detached == NULL && (kept = room->open(room, e)) == NULL)
		return -1;
	if ((v->cms.has_content && take_content(v, p, over, kept, e) == -1) ||
	    cms_signed_end(p, &v->cms, e) == -1)
		return -1;
	if (detached != NULL && !v->cms.has_content) {
		v->out->content = *detached;
		return span_put(*detached, &over->sink, e);
	}
	return 0;
}

static void
take_digests(struct verifying *v, struct mic_sink *over)
{
	for (enum mic_alg alg = MIC_SHA1; alg < MIC_ALGS; alg++)
		if (over->context[alg] != NULL)
			(void)mic_sink_get(over, alg, &v->over[alg], NULL);
}

int
cms_verify_in(struct pull *p, enum cms_kind kind, const struct span *detached,
    const struct cms_trust *t, struct room *room, struct cms_verified *out, struct err *e)
{
	struct verifying v = { .a = p->a, .trust = t, .out = out };
	struct mic_sink over = { .n = 0 };
	struct err why;
	int rc = 0;

	*out = (struct cms_verified){ .verdict = CMS_GOOD };
	if (kind != CMS_IS_SIGNED) {
		settle(&v, RULE_SIGNATURE_BROKEN, S("no signature"));
	} else if (read_message(&v, p, detached, room, &over, &why) == 0) {
		take_digests(&v, &over);
		if (check_place(&v, detached != NULL))
			check_signers(&v);
	} else if (why.kind == ERR_INPUT) {
		settle(&v, RULE_SIGNATURE_BROKEN, str_dup(p->a, str_of(why.text)));
	} else {
		rc = err_set(e, why.kind, "%s", why.text);
		out->verdict = CMS_MALFORMED;	/* whoever forgets to look at rc must not take it for good */
	}
	mic_sink_clear(&over);
	if (out->verdict != CMS_GOOD)
		out->signer = S("");
	if (out->verdict == CMS_MALFORMED)
		out->content = (struct span){ 0 };
	return rc;
}

void
cms_verify(struct arena *a, struct str der, struct str detached, const struct cms_trust *t,
    struct cms_verified *out)
{
	struct span_source from = span_source(span_str(der));
	struct span content = span_str(detached);
	struct arena_room room = arena_room(a);
	enum cms_kind kind = CMS_IS_SIGNED;
	struct str joined;
	struct pull p;
	struct err e;

	pull_init(&p, a, &from.source);
	if (cms_begin(&p, &kind, &e) == -1) {
		*out = (struct cms_verified){ .verdict = CMS_MALFORMED, .rule = RULE_SIGNATURE_BROKEN,
			.reason = str_dup(a, str_of(e.text)) };
		return;
	}
	if (cms_verify_in(&p, kind, detached.p == NULL ? NULL : &content, t, &room.room, out, &e) == 0 && span_is_set(out->content) &&
	    span_join(a, out->content, SIZE_MAX, &joined, &e) == 0)
		out->content = span_str(joined);
}
