/* SPDX-License-Identifier: ISC */
/* as1_mail.h - what a document's mail and a receipt's mail have in common, for as1_pack.c and as1_receipt.c only. */
#ifndef EDIGATE_MIME_AS1_MAIL_H
#define EDIGATE_MIME_AS1_MAIL_H

#include "mime/as1.h"

#define AS1_SEED_MAX	 40	/* of a boundary, RFC 2046 allows 70 */
#define AS1_MESSAGE_ID_MAX 200

bool as1_is_message_id(struct str id);	/* without brackets */
int as1_envelope_check(const struct as1_envelope *env, struct err *e);

/* From, To, Subject, Date, Message-ID: a header without its blank line. */
int as1_envelope_write(struct arena *a, const struct as1_envelope *env, struct str subject, struct buf *out, struct err *e);

/* A boundary of this mail: kind keeps those of several multiparts apart. "=_" occurs in no encoding of ours. */
struct str as1_boundary(struct arena *a, const struct as1_envelope *env, const char *kind);

/* Media type and body of multipart/signed (RFC 8551, 3.5.3): entity, and the detached signature over exactly its bytes. */
int as1_write_signed(struct arena *a, const struct as1_envelope *env, const struct cert_set *own, const struct cert_key *key,
    struct str entity, struct buf *out, struct err *e);

#endif
