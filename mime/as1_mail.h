/* SPDX-License-Identifier: ISC */
/* as1_mail.h - what the mails of documents, receipts and delivery reports have in common, for as1_pack.c, as1_receipt.c and
 * as1_delivery.c only. */
#ifndef EDIGATE_MIME_AS1_MAIL_H
#define EDIGATE_MIME_AS1_MAIL_H

#include "mime/as1.h"
#include "mime/cms.h"

#define AS1_SEED_MAX	 40	/* of a boundary, RFC 2046 allows 70 */
#define AS1_MESSAGE_ID_MAX 200

bool as1_is_message_id(struct str id);	/* without brackets */
int as1_envelope_check(const struct as1_envelope *env, struct err *e);

/* From, To, Subject, Date, Message-ID: a header without its blank line. */
int as1_envelope_write(struct arena *a, const struct as1_envelope *env, struct str subject,
    struct buf *out, struct err *e);

/* A part of plain words, in lines that fit a screen; line ends in text are kept. */
int as1_words_write(struct str text, struct buf *out, struct err *e);

/* RFC 3834, 3.1.5: what this answers, where mail programs look for it; left out when the id is an odd one. */
int as1_thread_write(struct str original, struct buf *out, struct err *e);

/* A boundary of this mail: kind keeps those of several multiparts apart. "=_" occurs in no encoding of ours. */
struct str as1_boundary(struct arena *a, const struct as1_envelope *env, const char *kind);

/*
 * multipart/signed (RFC 8551, 3.5.3), media type and body: entity, and the detached signature over exactly its bytes, whose
 * digest is told. out is made of pieces in the arena, and of entity.
 */
int as1_sign_detached(struct arena *a, struct str boundary, const struct cms_signing *how, bool bare_micalg,
    const struct rope *entity, struct rope *out, struct mic *over, struct err *e);

struct cms_signing as1_signing(const struct as1_shape *how, const struct cert_set *own,
    const struct cert_key *key, int64_t now_ms);

/*
 * The document as a MIME part, encoded as asked for where its bytes allow it. wrapped: the part will travel inside of
 * something that is base64. out is made of pieces in the arena, and of the content.
 */
int as1_file_part(struct arena *a, const struct as1_document *d, bool wrapped, struct rope *out,
    struct err *e);

/* What a document's mail is made of, where the MICs are made from. A rope begins with its header as a piece of its own. */
struct as1_layers {
	struct span content;
	const struct rope *part;	/* the document as a MIME part */
	const struct rope *entity;	/* what was signed, digested in over; NULL: nothing was */
	const struct rope *deflated;	/* compressed, before or after it was signed; NULL: it was not */
	bool wrapped;			/* encrypted or compressed */
	struct mic over;		/* may be none: not made yet */
};

/* What a receipt may carry. sealed: by nobody but the partner can it be opened again; then also what comes next. */
int as1_mics(const struct as1_layers *l, bool sealed, struct mic_set *out, struct err *e);

/* To the end of out, by that digest: those that are right; those that a partner comes to in a known wrong way. */
int as1_mics_right(const struct as1_layers *l, enum mic_alg alg, struct mic_set *out,
    struct err *e);
int as1_mic_errors(const struct as1_layers *l, enum mic_alg alg, struct mic_set *out,
    struct err *e);

#endif
