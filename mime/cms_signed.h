/* SPDX-License-Identifier: ISC */
/* cms_signed.h - SignedData (RFC 5652, 5) without its content: what is there, not whether it is true. */
#ifndef EDIGATE_MIME_CMS_SIGNED_H
#define EDIGATE_MIME_CMS_SIGNED_H

#include "mime/cert_chain.h"
#include "mime/cms_info.h"
#include "mime/cms_name.h"

#define CMS_ATTRIBUTES_MAX	 32
#define CMS_ATTRIBUTES_BYTES_MAX (64u << 10)

struct cms_signer {
	struct cms_name name;
	struct alg_id digest, signature_alg;
	struct str attributes;		/* signedAttrs, one after the other; p NULL: there are none */
	struct str signature;
};

struct cms_signed {
	struct str digests;		/* digestAlgorithms, one after the other */
	struct str content_type;	/* OID */
	bool has_content;		/* inside: not detached */
	struct str certs;		/* one after the other, with other kinds of them in between */
	size_t n_certs;
	struct cms_signer signers[CMS_SIGNERS_MAX];
	size_t n;
};

/*
 * Behind cms_begin(): all before the content, which is the next element, an octet string, if it is there; and all behind
 * it, to the end. ERR_INPUT when it is of another form, or over a limit.
 */
int cms_signed_begin(struct pull *p, struct cms_signed *out, struct err *e);
int cms_signed_end(struct pull *p, struct cms_signed *out, struct err *e);

/* The next certificate of certs, with its tag and length. */
bool cms_signed_next_cert(struct str *certs, struct str *out);

/* The one of them that this signer names, the caller's to free; NULL: none. It proves nothing. */
X509 *cms_inside_find(struct str certs, const struct cms_name *name);

/* The same one into n's set, when cert_chain_admits() it. 0, or -1 with ERR_INPUT and the reason. */
int cms_inside_admit(struct str certs, const struct cms_name *name, const struct cert_newcomers *n,
    int64_t now_ms, struct err *e);

/* RFC 5652, 11: the value of the attribute that stands exactly once and has exactly one value. */
bool cms_attribute_only(struct str attributes, struct str oid, struct ber *value);
bool cms_attribute_has(struct str attributes, struct str oid);

/* id-data, id-contentType, id-messageDigest, ... */
extern const struct str cms_oid_data, cms_oid_content_type, cms_oid_message_digest, cms_oid_signing_time,
    cms_oid_capabilities, cms_oid_protection, cms_oid_mgf1;

#endif
