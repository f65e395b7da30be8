/* SPDX-License-Identifier: ISC */
#include "mime/alg.h"

#include "mime/ber.h"

#define NIST  "\x60\x86\x48\x01\x65\x03\x04"		/* 2.16.840.1.101.3.4 */
#define RSADSI "\x2a\x86\x48\x86\xf7\x0d"		/* 1.2.840.113549 */
#define PKCS1 RSADSI "\x01\x01"
#define SMIME RSADSI "\x01\x09\x10\x03"			/* id-smime-alg */
#define X962  "\x2a\x86\x48\xce\x3d\x04"		/* 1.2.840.10045.4 */
#define X957  "\x2a\x86\x48\xce\x38\x04"		/* 1.2.840.10040.4 */
#define X963  "\x2b\x81\x05\x10\x86\x48\x3f\x00"	/* 1.3.133.16.840.63.0 */
#define SECG  "\x2b\x81\x04\x01"			/* 1.3.132.1 */

#define DIGEST(class, mic, exception, bytes, name, bare, long, old, evp, oid) \
	{ ALG_DIGEST, class, ALG_NONE, mic, exception, bytes, name, { bare, long, old }, evp, S_INIT(oid) }
#define SIGNATURE(class, scheme, mic, exception, name, oid) \
	{ ALG_SIGNATURE, class, scheme, mic, exception, 0, name, { NULL }, NULL, S_INIT(oid) }
#define CIPHER(class, scheme, exception, bytes, name, evp, oid) \
	{ ALG_CIPHER, class, scheme, MIC_NONE, exception, bytes, name, { NULL }, evp, S_INIT(oid) }
#define TRANSPORT(scheme, name, oid) \
	{ ALG_TRANSPORT, ALG_GOOD, scheme, MIC_NONE, 0, 0, name, { NULL }, NULL, S_INIT(oid) }
#define AGREEMENT(scheme, mic, name, oid) \
	{ ALG_AGREEMENT, ALG_GOOD, scheme, mic, 0, 0, name, { NULL }, NULL, S_INIT(oid) }
#define WRAP(bytes, name, evp, oid) \
	{ ALG_WRAP, ALG_GOOD, ALG_NONE, MIC_NONE, 0, bytes, name, { NULL }, evp, S_INIT(oid) }

/*
 * Of several rows of one scheme and digest the first is what we write. RFC 8551, 3.5.3.2 spells digests with a dash;
 * RFC 3335 and half of the world do not. SHA-1 inside a key derivation is sound, and what OpenSSL does unless told.
 */
static const struct alg algs[] = {
	DIGEST(ALG_BY_EXCEPTION, MIC_SHA1, ALG_ALLOW_SHA1, 20, "sha1", "sha-1", "rsa-sha1", "sha", "SHA1", "\x2b\x0e\x03\x02\x1a"),
	DIGEST(ALG_GOOD, MIC_SHA256, 0, 32, "sha-256", "sha256", "rsa-sha256", NULL, "SHA256", NIST "\x02\x01"),
	DIGEST(ALG_GOOD, MIC_SHA384, 0, 48, "sha-384", "sha384", "rsa-sha384", NULL, "SHA384", NIST "\x02\x02"),
	DIGEST(ALG_GOOD, MIC_SHA512, 0, 64, "sha-512", "sha512", "rsa-sha512", NULL, "SHA512", NIST "\x02\x03"),
	DIGEST(ALG_NEVER, MIC_NONE, 0, 28, "sha-224", "sha224", "rsa-sha224", NULL, NULL, NIST "\x02\x04"),
	DIGEST(ALG_NEVER, MIC_NONE, 0, 16, "md5", "md-5", "rsa-md5", NULL, NULL, RSADSI "\x02\x05"),

	SIGNATURE(ALG_GOOD, ALG_RSA, MIC_NONE, 0, "rsa", PKCS1 "\x01"),
	SIGNATURE(ALG_GOOD, ALG_RSA, MIC_SHA256, 0, "rsa", PKCS1 "\x0b"),
	SIGNATURE(ALG_GOOD, ALG_RSA, MIC_SHA384, 0, "rsa", PKCS1 "\x0c"),
	SIGNATURE(ALG_GOOD, ALG_RSA, MIC_SHA512, 0, "rsa", PKCS1 "\x0d"),
	SIGNATURE(ALG_BY_EXCEPTION, ALG_RSA, MIC_SHA1, ALG_ALLOW_SHA1, "rsa", PKCS1 "\x05"),
	SIGNATURE(ALG_NEVER, ALG_RSA, MIC_NONE, 0, "rsa", PKCS1 "\x0e"),	/* SHA-224 */
	SIGNATURE(ALG_NEVER, ALG_RSA, MIC_NONE, 0, "rsa", PKCS1 "\x04"),	/* MD5 */
	SIGNATURE(ALG_GOOD, ALG_RSA_PSS, MIC_NONE, 0, "rsa-pss", PKCS1 "\x0a"),
	SIGNATURE(ALG_GOOD, ALG_ECDSA, MIC_SHA256, 0, "ecdsa", X962 "\x03\x02"),
	SIGNATURE(ALG_GOOD, ALG_ECDSA, MIC_SHA384, 0, "ecdsa", X962 "\x03\x03"),
	SIGNATURE(ALG_GOOD, ALG_ECDSA, MIC_SHA512, 0, "ecdsa", X962 "\x03\x04"),
	SIGNATURE(ALG_BY_EXCEPTION, ALG_ECDSA, MIC_SHA1, ALG_ALLOW_SHA1, "ecdsa", X962 "\x01"),
	SIGNATURE(ALG_NEVER, ALG_ECDSA, MIC_NONE, 0, "ecdsa", X962 "\x03\x01"),	/* SHA-224 */
	SIGNATURE(ALG_GOOD, ALG_ED25519, MIC_SHA512, 0, "ed25519", "\x2b\x65\x70"),
	SIGNATURE(ALG_NEVER, ALG_NONE, MIC_NONE, 0, "dsa", X957 "\x01"),
	SIGNATURE(ALG_NEVER, ALG_NONE, MIC_NONE, 0, "dsa", X957 "\x03"),	/* with SHA-1 */
	SIGNATURE(ALG_NEVER, ALG_NONE, MIC_NONE, 0, "dsa", NIST "\x03\x02"),	/* with SHA-256 */

	CIPHER(ALG_GOOD, ALG_CBC, 0, 16, "aes-128-cbc", "AES-128-CBC", NIST "\x01\x02"),
	CIPHER(ALG_GOOD, ALG_CBC, 0, 24, "aes-192-cbc", "AES-192-CBC", NIST "\x01\x16"),
	CIPHER(ALG_GOOD, ALG_CBC, 0, 32, "aes-256-cbc", "AES-256-CBC", NIST "\x01\x2a"),
	CIPHER(ALG_GOOD, ALG_GCM, 0, 16, "aes-128-gcm", "AES-128-GCM", NIST "\x01\x06"),
	CIPHER(ALG_GOOD, ALG_GCM, 0, 24, "aes-192-gcm", "AES-192-GCM", NIST "\x01\x1a"),
	CIPHER(ALG_GOOD, ALG_GCM, 0, 32, "aes-256-gcm", "AES-256-GCM", NIST "\x01\x2e"),
	CIPHER(ALG_BY_EXCEPTION, ALG_CBC, ALG_ALLOW_3DES, 24, "3des-cbc", "DES-EDE3-CBC", RSADSI "\x03\x07"),
	CIPHER(ALG_NEVER, ALG_NONE, 0, 0, "rc2-cbc", NULL, RSADSI "\x03\x02"),
	CIPHER(ALG_NEVER, ALG_NONE, 0, 0, "des-cbc", NULL, "\x2b\x0e\x03\x02\x07"),

	TRANSPORT(ALG_RSA, "rsa", PKCS1 "\x01"),
	TRANSPORT(ALG_RSA_OAEP, "rsa-oaep", PKCS1 "\x07"),

	/* The curves of NIST have the cofactor 1, so both forms are the same (RFC 5753, 7.1.4). X25519 takes all (RFC 8418). */
	AGREEMENT(ALG_X963_KDF, MIC_SHA256, "ecdh", SECG "\x0b\x01"),
	AGREEMENT(ALG_X963_KDF, MIC_SHA384, "ecdh", SECG "\x0b\x02"),
	AGREEMENT(ALG_X963_KDF, MIC_SHA512, "ecdh", SECG "\x0b\x03"),
	AGREEMENT(ALG_X963_KDF, MIC_SHA1, "ecdh", X963 "\x02"),
	AGREEMENT(ALG_X963_KDF, MIC_SHA256, "ecdh", SECG "\x0e\x01"),
	AGREEMENT(ALG_X963_KDF, MIC_SHA384, "ecdh", SECG "\x0e\x02"),
	AGREEMENT(ALG_X963_KDF, MIC_SHA512, "ecdh", SECG "\x0e\x03"),
	AGREEMENT(ALG_X963_KDF, MIC_SHA1, "ecdh", X963 "\x03"),
	AGREEMENT(ALG_HKDF, MIC_SHA256, "ecdh-hkdf", SMIME "\x13"),
	AGREEMENT(ALG_HKDF, MIC_SHA384, "ecdh-hkdf", SMIME "\x14"),
	AGREEMENT(ALG_HKDF, MIC_SHA512, "ecdh-hkdf", SMIME "\x15"),

	WRAP(16, "aes-128-wrap", "AES-128-WRAP", NIST "\x01\x05"),
	WRAP(24, "aes-192-wrap", "AES-192-WRAP", NIST "\x01\x19"),
	WRAP(32, "aes-256-wrap", "AES-256-WRAP", NIST "\x01\x2d"),
};

const struct alg *
alg_find(enum alg_kind kind, struct str oid)
{
	for (size_t i = 0; i < N(algs); i++)
		if (algs[i].kind == kind && str_eq(algs[i].oid, oid))
			return &algs[i];
	return NULL;
}

static bool
is_spelling(struct str name, const struct alg *alg)
{
	for (size_t i = 0; i < ALG_SPELLINGS && alg->also[i] != NULL; i++)
		if (str_eq_nocase(name, str_of(alg->also[i])))
			return true;
	return str_eq_nocase(name, str_of(alg->name));
}

const struct alg *
alg_named(enum alg_kind kind, struct str name)
{
	for (size_t i = 0; i < N(algs); i++)
		if (algs[i].kind == kind && is_spelling(name, &algs[i]))
			return &algs[i];
	return NULL;
}

const struct alg *
alg_digest(enum mic_alg digest)
{
	for (size_t i = 0; i < N(algs); i++)
		if (algs[i].kind == ALG_DIGEST && algs[i].digest == digest && digest != MIC_NONE)
			return &algs[i];
	return NULL;
}

const struct alg *
alg_signature(enum alg_scheme scheme, enum mic_alg digest)
{
	for (size_t i = 0; i < N(algs); i++)
		if (algs[i].kind == ALG_SIGNATURE && algs[i].class == ALG_GOOD && algs[i].scheme == scheme &&
		    (algs[i].digest == digest || algs[i].digest == MIC_NONE))
			return &algs[i];
	return NULL;
}

const struct alg *
alg_agreement(enum alg_scheme scheme, enum mic_alg digest)
{
	for (size_t i = 0; i < N(algs); i++)
		if (algs[i].kind == ALG_AGREEMENT && algs[i].scheme == scheme && algs[i].digest == digest)
			return &algs[i];
	return NULL;
}

const struct alg *
alg_wrap(size_t bytes)
{
	for (size_t i = 0; i < N(algs); i++)
		if (algs[i].kind == ALG_WRAP && algs[i].bytes == bytes)
			return &algs[i];
	return NULL;
}

const char *
alg_micalg(enum mic_alg digest, bool bare)
{
	const struct alg *alg = alg_digest(digest);

	return alg == NULL ? "none" : bare ? alg->also[0] : alg->name;
}

bool
alg_is_allowed(const struct alg *alg, unsigned int exceptions)
{
	return alg->class == ALG_GOOD || (alg->class == ALG_BY_EXCEPTION && (alg->exception & exceptions) != 0);
}

bool
alg_id_take(struct str *s, struct alg_id *out)
{
	struct str inside;

	if (!ber_take(s, BER_SEQUENCE, &inside) || !ber_take(&inside, BER_OID, &out->oid))
		return false;
	out->parameters = inside;
	return true;
}
