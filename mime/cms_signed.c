/* SPDX-License-Identifier: ISC */
#include "mime/cms_signed.h"

#define PKCS "\x2a\x86\x48\x86\xf7\x0d\x01"	/* 1.2.840.113549.1 */

const struct str cms_oid_data = S_INIT(PKCS "\x07\x01"), cms_oid_content_type = S_INIT(PKCS "\x09\x03"),
                 cms_oid_message_digest = S_INIT(PKCS "\x09\x04"),
                 cms_oid_signing_time = S_INIT(PKCS "\x09\x05"), cms_oid_capabilities = S_INIT(PKCS "\x09\x0f"),
                 cms_oid_protection = S_INIT(PKCS "\x09\x34"), cms_oid_mgf1 = S_INIT(PKCS "\x01\x08");

bool
cms_signed_next_cert(struct str *certs, struct str *out)
{
	struct str before;
	struct ber el;

	for (before = *certs; ber_next(certs, &el); before = *certs) {
		*out = str_sub(before, 0, before.n - certs->n);
		if (el.tag == BER_SEQUENCE)
			return true;	/* the others are attribute certificates and forms of before 1997 */
	}
	return false;
}

/* Attribute ::= SEQUENCE { attrType OID, attrValues SET OF ANY } */
static bool
attribute_next(struct str *attributes, struct str *oid, struct str *values)
{
	struct str inside;

	return ber_take(attributes, BER_SEQUENCE, &inside) && ber_take(&inside, BER_OID, oid) &&
	    ber_take(&inside, BER_SET, values) && inside.n == 0;
}

bool
cms_attribute_only(struct str attributes, struct str oid, struct ber *value)
{
	struct str type, values;
	unsigned int found = 0;

	while (attribute_next(&attributes, &type, &values))
		if (str_eq(type, oid) && (++found > 1 || !ber_next(&values, value) || values.n > 0))
			return false;
	return found == 1;
}

bool
cms_attribute_has(struct str attributes, struct str oid)
{
	struct str type, values;

	while (attribute_next(&attributes, &type, &values))
		if (str_eq(type, oid))
			return true;
	return false;
}

static bool
are_attributes(struct str s)
{
	struct str oid, values;
	size_t n = 0;

	if (s.n > CMS_ATTRIBUTES_BYTES_MAX)
		return false;
	while (s.n > 0)
		if (!attribute_next(&s, &oid, &values) || ++n > CMS_ATTRIBUTES_MAX)
			return false;
	return n > 0;
}

/*
 * SignerInfo ::= SEQUENCE { version, sid, digestAlgorithm, [0] signedAttrs OPTIONAL,
 * signatureAlgorithm, signature OCTET STRING, [1] unsignedAttrs OPTIONAL }
 */
static bool
read_signer(struct str s, struct cms_signer *out)
{
	struct str unsigned_attributes;
	unsigned int version;

	*out = (struct cms_signer){ 0 };
	if (!ber_take_uint(&s, &version) || !cms_name_take(&s, &out->name) || !alg_id_take(&s, &out->digest))
		return false;
	if (ber_take(&s, BER_CONTEXT_0, &out->attributes) && !are_attributes(out->attributes))
		return false;
	if (!alg_id_take(&s, &out->signature_alg) || !ber_take(&s, BER_OCTETS, &out->signature))
		return false;
	return s.n == 0 || (ber_take(&s, BER_CONTEXT_1, &unsigned_attributes) && s.n == 0);
}

static int
read_signers(struct str s, struct cms_signed *out, struct err *e)
{
	struct str signer;

	while (s.n > 0) {
		if (out->n == CMS_SIGNERS_MAX)
			return err_set(e, ERR_INPUT, "over %d signers", CMS_SIGNERS_MAX);
		if (!ber_take(&s, BER_SEQUENCE, &signer) || !read_signer(signer, &out->signers[out->n]))
			return err_set(e, ERR_INPUT, "signer %zu cannot be read", out->n + 1);
		out->n++;
	}
	return 0;
}

/*
 * SignedData ::= SEQUENCE { version, digestAlgorithms SET, EncapsulatedContentInfo, ... }
 * EncapsulatedContentInfo ::= SEQUENCE { eContentType OID, [0] EXPLICIT OCTET STRING OPTIONAL }
 */
int
cms_signed_begin(struct pull *p, struct cms_signed *out, struct err *e)
{
	unsigned int version;

	*out = (struct cms_signed){ 0 };
	if (!pull_uint(p, &version) || !pull_take(p, BER_SET, &out->digests) || !pull_open(p, BER_SEQUENCE) ||
	    !pull_take(p, BER_OID, &out->content_type))
		return cms_fault(p, e, "what it is over cannot be read");
	out->has_content = pull_open(p, BER_CONTEXT_0);
	return 0;
}

static int
check_certs(struct cms_signed *out, struct err *e)
{
	struct str certs = out->certs, one;

	while (cms_signed_next_cert(&certs, &one))
		if (++out->n_certs > CMS_CERTS_MAX)
			return err_set(e, ERR_INPUT, "over %d certificates", CMS_CERTS_MAX);
	return certs.n == 0 ? 0 : err_set(e, ERR_INPUT, "its certificates or signers cannot be read");
}

/* ... [0] certificates OPTIONAL, [1] crls OPTIONAL, signerInfos SET }. */
int
cms_signed_end(struct pull *p, struct cms_signed *out, struct err *e)
{
	struct str signers;

	if ((out->has_content && !pull_close(p)) || !pull_close(p))
		return cms_fault(p, e, "what it is over cannot be read");
	(void)pull_take(p, BER_CONTEXT_0, &out->certs);
	(void)pull_skip(p, BER_CONTEXT_1);
	if (check_certs(out, e) == -1)
		return -1;
	if (!pull_take(p, BER_SET, &signers) || !cms_end(p))
		return cms_fault(p, e, "its certificates or signers cannot be read");
	return read_signers(signers, out, e);
}
