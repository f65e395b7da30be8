/* SPDX-License-Identifier: ISC */
/*
 * cem.h - certificate exchange messages of EDIINT (CEM; draft-meadors-certificate-exchange, announced by the header field
 * of RFC 6017): a request to trust certificates, and the answer. Both are a multipart/related entity, the document of a
 * signed mail: XML first, and in a request behind it each certificate as application/pkcs7-mime, certs-only.
 * Pure.
 */
#ifndef EDIGATE_GATEWAY_CEM_H
#define EDIGATE_GATEWAY_CEM_H

#include "gateway/base/arena.h"
#include "gateway/base/buf.h"
#include "gateway/base/err.h"

#define CEM_TYPE      "application/ediint-cert-exchange+xml"
#define CEM_FEATURE   "CEM"		/* in EDIINT-Features */
#define CEM_ITEMS_MAX 8
#define CEM_SIZE_MAX  ((size_t)256 << 10)
#define CEM_ID_MAX    200		/* of a request, and of other short values */

enum cem_use { CEM_SIGNS = 1, CEM_ENCRYPTS = 2, CEM_TLS = 4 };	/* bits; digitalSignature, keyEncipherment, tls... */

struct cem_item {
	struct str issuer, serial;	/* RFC 2253; decimal */
	/* of a request */
	unsigned int use;
	int64_t respond_by_ms;		/* 0: no date */
	struct str url;			/* where the answer goes: "mailto:edi@acme.example" */
	struct str der;			/* the certificate */
	/* of an answer */
	bool accepted;
	struct str reason;		/* of a refusal; may be empty */
};

struct cem {
	bool is_answer;
	struct str id;			/* of the request, here and in its answer */
	struct str from;		/* who asks, or answers */
	int64_t made_ms;		/* 0: not told */
	struct cem_item items[CEM_ITEMS_MAX];
	size_t n;
};

/* Does an entity call itself one? Nothing more is known of it. */
bool cem_is(struct str entity);

/*
 * Slices are the arena's. Every certificate that is asked for is there, and is the one that its number names; an
 * item of an answer says yes or no. 0, or -1 with ERR_INPUT (or ERR_RETRY).
 */
int cem_read(struct arena *a, struct str entity, struct cem *out, struct err *e);

/* CRLF, 7bit. seed: letters and digits, new each time. Issuer and serial number of a request come from its certificates. */
int cem_write(const struct cem *cem, struct str seed, struct buf *out, struct err *e);

/* The id for a request of ours for one certificate, which an answer can be held against without remembering anything. */
struct str cem_id(struct arena *a, struct str der, struct str seed);
bool cem_is_about(const struct cem *answer, const struct cem_item *item, struct str der);

#endif
