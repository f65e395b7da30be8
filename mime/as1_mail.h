/* SPDX-License-Identifier: ISC */
/* as1_mail.h - what a document's mail and a receipt's mail have in common, for as1_pack.c and as1_receipt.c only. */
#ifndef EDIGATE_MIME_AS1_MAIL_H
#define EDIGATE_MIME_AS1_MAIL_H

#include "mime/as1.h"
#include "mime/cms.h"

#define AS1_SEED_MAX	 40	/* of a boundary, RFC 2046 allows 70 */
#define AS1_MESSAGE_ID_MAX 200

bool as1_is_message_id(struct str id);	/* without brackets */
int as1_envelope_check(const struct as1_envelope *env, struct err *e);

/* From, To, Subject, Date, Message-ID: a header without its blank line. */
int as1_envelope_write(struct arena *a, const struct as1_envelope *env, struct str subject, struct buf *out, struct err *e);

/* A boundary of this mail: kind keeps those of several multiparts apart. "=_" occurs in no encoding of ours. */
struct str as1_boundary(struct arena *a, const struct as1_envelope *env, const char *kind);

/*
 * multipart/signed (RFC 8551, 3.5.3), media type and body: entity, and the detached signature over exactly its bytes, whose
 * digest is told. out is made of pieces in the arena, and of entity.
 */
int as1_sign_detached(struct arena *a, struct str boundary, const struct cms_signing *how, const struct rope *entity,
    struct rope *out, struct mic *over, struct err *e);

/* The MICs that a receipt for an unsigned document may carry; part is the document as a MIME part. */
int as1_mics(const struct as1_document *d, const struct rope *part, struct mic_set *out, struct err *e);

#endif
