/* SPDX-License-Identifier: ISC */
#include "mime/cms_pss.h"

#define SALT_MAX   512
#define SALT_SHA1  20	/* the default of the default */

/* [n] EXPLICIT AlgorithmIdentifier of a digest; SHA-1 when it is not there. SHA-1 is sound in a mask. */
static bool
take_digest(struct str *s, unsigned char tag, enum mic_alg *out)
{
	const struct alg *alg;
	struct alg_id id;
	struct str inside;

	*out = MIC_SHA1;
	if (!ber_take(s, tag, &inside))
		return true;
	if (!alg_id_take(&inside, &id) || inside.n > 0)
		return false;
	alg = alg_find(ALG_DIGEST, id.oid);
	*out = alg == NULL ? MIC_NONE : alg->digest;
	return *out != MIC_NONE;
}

/* [1] EXPLICIT AlgorithmIdentifier: MGF1, whose parameter is the digest. */
static bool
take_mask(struct str *s, enum mic_alg *out)
{
	const struct alg *alg;
	struct alg_id mgf, id;
	struct str inside;

	*out = MIC_SHA1;
	if (!ber_take(s, BER_CONTEXT_1, &inside))
		return true;
	if (!alg_id_take(&inside, &mgf) || inside.n > 0 || !str_eq(mgf.oid, cms_oid_mgf1) ||
	    !alg_id_take(&mgf.parameters, &id) || mgf.parameters.n > 0)
		return false;
	alg = alg_find(ALG_DIGEST, id.oid);
	*out = alg == NULL ? MIC_NONE : alg->digest;
	return *out != MIC_NONE;
}

/* RFC 4055, 3.1: [0] digest, [1] mask, [2] salt length, [3] trailer field, which is 1. */
bool
cms_pss_read(struct str parameters, struct cms_pss *out)
{
	struct str s, inside;
	unsigned int trailer;

	*out = (struct cms_pss){ .salt = SALT_SHA1 };
	if (!ber_take(&parameters, BER_SEQUENCE, &s) || parameters.n > 0 ||
	    !take_digest(&s, BER_CONTEXT_0, &out->digest) || !take_mask(&s, &out->mask))
		return false;
	if (ber_take(&s, BER_CONTEXT_2, &inside) && (!ber_take_uint(&inside, &out->salt) || inside.n > 0))
		return false;
	if (ber_take(&s, BER_CONTEXT_3, &inside) &&
	    (!ber_take_uint(&inside, &trailer) || trailer != 1 || inside.n > 0))
		return false;
	return s.n == 0 && out->salt <= SALT_MAX;
}

/* RFC 4055, 4.1: [0] digest, [1] mask, [2] where the label comes from. */
bool
cms_oaep_read(struct str parameters, struct cms_pss *out)
{
	struct str s = S(""), inside, label;
	struct alg_id source;

	*out = (struct cms_pss){ 0 };
	if (parameters.n > 0 && (!ber_take(&parameters, BER_SEQUENCE, &s) || parameters.n > 0))
		return false;
	if (!take_digest(&s, BER_CONTEXT_0, &out->digest) || !take_mask(&s, &out->mask))
		return false;
	if (ber_take(&s, BER_CONTEXT_2, &inside) && (!alg_id_take(&inside, &source) || inside.n > 0 ||
	    !ber_take(&source.parameters, BER_OCTETS, &label) || label.n > 0))
		return false;
	return s.n == 0;
}

/* [0] digest, [1] MGF1 by the same one; what stands behind them is in d since mark. */
static void
put_digests(struct der *d, const struct alg *digest, size_t mark)
{
	size_t inner = d->n;

	der_algorithm(d, digest->oid, true);
	der_element(d, BER_OID, cms_oid_mgf1);
	der_wrap(d, BER_SEQUENCE, inner);
	der_wrap(d, BER_CONTEXT_1, inner);
	inner = d->n;
	der_algorithm(d, digest->oid, true);
	der_wrap(d, BER_CONTEXT_0, inner);
	der_wrap(d, BER_SEQUENCE, mark);
}

void
cms_pss_put(struct der *d, const struct alg *digest)
{
	size_t mark = d->n;

	der_uint(d, (unsigned int)digest->bytes);
	der_wrap(d, BER_CONTEXT_2, mark);
	put_digests(d, digest, mark);
}

void
cms_oaep_put(struct der *d, const struct alg *digest)
{
	put_digests(d, digest, d->n);
}
