/* SPDX-License-Identifier: ISC */
#include "mime/cms_enveloped.h"

static struct cms_recipient *
add_recipient(struct cms_enveloped *out)
{
	return out->n == CMS_RECIPIENTS_MAX ? NULL : &out->recipients[out->n++];
}

/* KeyTransRecipientInfo ::= SEQUENCE { version, rid, keyEncryptionAlgorithm, encryptedKey } */
static bool
read_transport(struct str s, struct cms_enveloped *out)
{
	struct cms_recipient *r = add_recipient(out);
	unsigned int version;

	return r != NULL && ber_take_uint(&s, &version) && cms_name_take(&s, &r->name) &&
	    alg_id_take(&s, &r->alg) && ber_take(&s, BER_OCTETS, &r->wrapped) && s.n == 0;
}

/* OriginatorPublicKey ::= SEQUENCE { algorithm, publicKey BIT STRING }, here under [1] under [0]. */
static bool
take_peer(struct str *s, struct str *peer)
{
	struct alg_id alg;
	struct str originator, inside;

	if (!ber_take(s, BER_CONTEXT_0, &originator) ||
	    !ber_take(&originator, BER_CONTEXT_1, &inside) || originator.n > 0 ||
	    !alg_id_take(&inside, &alg) || !ber_take(&inside, BER_BITS, peer) || inside.n > 0)
		return false;
	if (peer->n < 2 || peer->p[0] != 0)
		return false;	/* unused bits */
	*peer = str_from(*peer, 1);
	return true;
}

/*
 * KeyAgreeRecipientInfo ::= SEQUENCE { version, [0] originator, [1] ukm OPTIONAL,
 * keyEncryptionAlgorithm, SEQUENCE OF SEQUENCE { rid, encryptedKey } }
 */
static bool
read_agreement(struct str s, struct cms_enveloped *out)
{
	struct cms_recipient common = { .agreed = true }, *r;
	struct str inside, keys, one;
	unsigned int version;

	if (!ber_take_uint(&s, &version) || !take_peer(&s, &common.peer))
		return false;
	if (ber_take(&s, BER_CONTEXT_1, &inside) &&
	    (!ber_take(&inside, BER_OCTETS, &common.material) || inside.n > 0))
		return false;
	if (!alg_id_take(&s, &common.alg) || !ber_take(&s, BER_SEQUENCE, &keys) || s.n > 0)
		return false;
	while (keys.n > 0) {
		r = add_recipient(out);
		if (r == NULL || !ber_take(&keys, BER_SEQUENCE, &one))
			return false;
		*r = common;
		if (!cms_name_take(&one, &r->name) || !ber_take(&one, BER_OCTETS, &r->wrapped) || one.n > 0)
			return false;
	}
	return true;
}

static bool
read_recipients(struct str s, struct cms_enveloped *out)
{
	struct ber el;

	while (ber_next(&s, &el)) {
		if (el.tag == BER_SEQUENCE ? !read_transport(el.value, out)
		                           : el.tag != BER_CONTEXT_1 || !read_agreement(el.value, out))
			return false;
	}
	return s.n == 0 && out->n > 0;
}

/*
 * EnvelopedData ::= SEQUENCE { version, [0] originatorInfo OPTIONAL, recipientInfos SET, EncryptedContentInfo, ... }
 * EncryptedContentInfo ::= SEQUENCE { contentType OID, algorithm, [0] IMPLICIT OCTET STRING OPTIONAL }
 */
bool
cms_enveloped_begin(struct pull *p, struct cms_enveloped *out)
{
	unsigned int version;
	struct str inside;

	*out = (struct cms_enveloped){ 0 };
	if (!pull_uint(p, &version))
		return false;
	(void)pull_skip(p, BER_CONTEXT_0);
	return pull_take(p, BER_SET, &inside) && read_recipients(inside, out) && pull_open(p, BER_SEQUENCE) &&
	    pull_take(p, BER_OID, &out->content_type) && cms_pull_alg(p, &out->cipher);
}

/* ... [1] unprotectedAttrs OPTIONAL }; AuthEnvelopedData has [1] authAttrs OPTIONAL, mac, [2] OPTIONAL instead. */
bool
cms_enveloped_end(struct pull *p, enum cms_kind kind, struct cms_enveloped *out)
{
	if (!pull_close(p))
		return false;
	if (kind == CMS_IS_ENVELOPED) {
		(void)pull_skip(p, BER_CONTEXT_1);
		return cms_end(p);
	}
	(void)pull_take(p, BER_CONTEXT_1, &out->attributes);
	if (!pull_take(p, BER_OCTETS, &out->tag))
		return false;
	(void)pull_skip(p, BER_CONTEXT_2);
	return cms_end(p);
}

/* SEQUENCE { keyInfo, [0] entityUInfo OCTET STRING OPTIONAL, [2] suppPubInfo OCTET STRING: bits of the key } */
void
cms_shared_info(struct der *d, struct str wrap_id, struct str material, const struct alg *wrap)
{
	const char bits[4] = { 0, 0, (char)(wrap->bytes * 8 >> 8), (char)(wrap->bytes * 8 & 0xff) };
	size_t mark = d->n, inner = mark;

	der_element(d, BER_OCTETS, str_make(bits, sizeof(bits)));
	der_wrap(d, BER_CONTEXT_2, mark);
	if (material.p != NULL) {
		inner = d->n;
		der_element(d, BER_OCTETS, material);
		der_wrap(d, BER_CONTEXT_0, inner);
	}
	der_put(d, wrap_id);
	der_wrap(d, BER_SEQUENCE, mark);
}
