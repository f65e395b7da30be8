/* SPDX-License-Identifier: ISC */
/*
 * mdn.h - message disposition notifications (RFC 8098), with RFC 3335's Received-content-MIC: a receipt says what
 * became of a mail and proves, by the MIC and its signature, that the receiver has the same bytes.
 * Written strictly, read tolerantly.
 */
#ifndef EDIGATE_MIME_MDN_H
#define EDIGATE_MIME_MDN_H

#include "gateway/base/arena.h"
#include "gateway/base/buf.h"
#include "gateway/base/err.h"

#define MIC_BYTES_MAX 64

enum mic_alg { MIC_NONE, MIC_SHA1, MIC_SHA256, MIC_SHA384, MIC_SHA512 };

/* A message integrity check: the digest, decoded. Compared as bytes, never as text. */
struct mic {
	enum mic_alg alg;
	unsigned char bytes[MIC_BYTES_MAX];
	size_t n;
};

enum mic_alg mic_alg_of(struct str name);		/* "sha-256", "sha256", "SHA1" ...; MIC_NONE: unknown */
const char *mic_alg_name(enum mic_alg alg);		/* RFC 8551 spelling: "sha-256" */
int  mic_make(enum mic_alg alg, struct str content, struct mic *out, struct err *e);
bool mic_eq(const struct mic *a, const struct mic *b);
struct str mic_text(struct arena *a, const struct mic *m);	/* "3kq...=, sha-256" */
int  mic_read(struct str text, struct mic *out);		/* the reverse, comments and blanks allowed; 0 or -1 */

/* What a receipt may carry, the right one first: implementations differ where nothing was signed. */
#define MIC_SET_MAX 12
struct mic_set {
	struct mic list[MIC_SET_MAX];
	const char *how[MIC_SET_MAX];	/* NULL or "content", ...: one that is right; "wrong: lf", ...: how a partner erred */
	size_t n;
};

/* "BASE64, sha-256; BASE64, sha-256 (wrong: lf)"; mic_read() reads the first. */
struct str mic_set_text(struct arena *a, const struct mic_set *set);

enum mdn_disposition { MDN_PROCESSED, MDN_FAILED, MDN_DISPLAYED, MDN_DELETED, MDN_DISPATCHED, MDN_DENIED, MDN_UNKNOWN };

struct mdn {
	struct str reporting_ua;
	struct str original_recipient, final_recipient;	/* the address behind "rfc822;" */
	struct str original_message_id;			/* as it stands, angle brackets included when present */
	bool automatic;					/* automatic-action/MDN-sent-automatically */
	enum mdn_disposition disposition;
	struct str modifier;				/* "error", "warning", "failure", "" ; lower case */
	struct str modifier_text;			/* "decryption-failed", ... */
	struct str failure, error, warning;		/* the fields of those names */
	struct mic mic;					/* alg MIC_NONE when the field is absent */
	bool bare_micalg;				/* written as "sha256", not "sha-256" */
	struct str human;				/* the text part, for showing */
};

/* The body of a message/disposition-notification part. ERR_INPUT when it is none or contradicts itself. */
int mdn_read(struct arena *a, struct str fields, struct mdn *out, struct err *e);

/* The fields part of an MDN, CRLF lines, from the same struct. */
int mdn_write(const struct mdn *m, struct buf *out, struct err *e);

#endif
