/* SPDX-License-Identifier: ISC */
/*
 * as1.h - EDIINT AS1 (RFC 3335) over the rest of mime/: a document becomes a mail (as1_pack), a receipt becomes a
 * mail (as1_pack_receipt), a mail becomes documents, a receipt or a report (as1_peek, as1_open).
 * Pure: bytes in, bytes out; time, ids and keys are handed in.
 */
#ifndef EDIGATE_MIME_AS1_H
#define EDIGATE_MIME_AS1_H

#include "mime/cms.h"
#include "mime/dsn.h"
#include "mime/mdn.h"
#include "mime/stream.h"
#include "mime/verdict.h"

#define AS1_PAYLOADS_MAX 16

enum as1_receipt { AS1_RECEIPT_NONE, AS1_RECEIPT_UNSIGNED, AS1_RECEIPT_SIGNED };

/* Who, when, under which id: common to every mail that we make. All strings are checked: no control bytes, an
 * address must be a strict dot-string addr-spec, else ERR_CONFIG. */
struct as1_envelope {
	struct str from_name, from;	/* display name (UTF-8, may be empty) and address */
	struct str to;
	struct str message_id;		/* without angle brackets: "01J...@nordwind.example" */
	int64_t date_ms;
	struct str boundary_seed;	/* unique per mail, [A-Za-z0-9]: boundaries are made from it */
	struct str features;		/* for EDIINT-Features (RFC 6017): "CEM"; empty: no such field */
};

/*
 * How the bytes of a document stand in its part. What an encoding cannot carry exactly, or a relay might touch, goes base64:
 * 8bit and binary only inside of something that is base64 itself, 7bit and quoted-printable only with
 * CRLF line ends, the latter one at the end too.
 */
enum as1_encoding { AS1_BASE64, AS1_QUOTED, AS1_7BIT, AS1_8BIT, AS1_BINARY };

/* How a document is wrapped; zero is the default of each. */
struct as1_shape {
	bool compress, sign, encrypt;	/* in this order (RFC 5402, 2) ... */
	bool compress_last;		/* ... or with the compression between signature and envelope */
	bool opaque;			/* signed as application/pkcs7-mime, not multipart/signed */
	bool pss, oaep;			/* of an RSA key, in place of PKCS #1 v1.5 */
	enum mic_alg digest;		/* of the signature, and so of the MIC: SHA-256 */
	struct str cipher;		/* "aes-256-cbc" */
	enum as1_encoding encoding;
	bool bare_micalg;		/* micalg=sha256, as RFC 3851 had it; else sha-256 */
	enum cms_include include;	/* whose certificates go with a signature */
	bool by_key_id;			/* see cms.h */
	bool protection;
};

struct as1_document {
	struct as1_envelope env;
	struct str subject;		/* UTF-8 */
	struct span content;		/* the bytes of the document: travel base64, arrive identical */
	struct str media_type;		/* "application/EDI-X12", ... */
	bool is_entity;			/* content is a MIME entity, header and all, fit for 7bit: it goes in as it is */
	struct str file_name;		/* any bytes; RFC 2231 where needed */
	struct as1_shape how;
	enum as1_receipt receipt;
	const struct cert_set *own;	/* sign: our certificate, then its chain */
	const struct cert_key *key;
	const struct cert_set *partner;	/* encrypt: to every certificate in it that is valid at date_ms */
};

/*
 * The whole mail, CRLF lines, 7bit, no line over 76 (signature and payload base64) or starting with "From ". Also usable
 * for plain mails (sign false): multipart/mixed text + attachment. The content is read several times, and is the caller's
 * to keep the same meanwhile; room takes it compressed. mics is what a receipt may carry, the right one first; there are
 * others only when the document is not signed, and behind them, when it is encrypted, those that partners are known to come
 * to in error: of other mails as1_mic_way() tells them from the mail.
 */
int as1_pack(struct arena *a, const struct as1_document *d, struct room *room, struct sink *to,
    struct mic_set *mics, struct err *e);

/*
 * How a partner came to the MIC of a receipt, told from the mail that it is for, as as1_pack() made it: "right", "wrong: lf" and
 * the like (docs/MAIL.md), "unknown"; "" when it cannot be told, because only the partner can open that mail.
 */
int as1_mic_way(struct arena *a, struct span mail, const struct mic *got, struct room *room,
    const char **way, struct err *e);

/*
 * What the MIC of an encrypted mail of ours is over, made again from content, media_type and file_name (or is_entity) of its
 * document, whatever encoding and compression it was given then; empty: that mail had something else in it, or another
 * zlib compressed it.
 */
int as1_again(struct arena *a, const struct as1_document *d, const struct mic *want, struct room *room,
    struct str *out, struct err *e);

struct as1_receipt_mail {
	struct as1_envelope env;
	struct mdn mdn;			/* reporting_ua, recipients, original_message_id, disposition, modifier, mic */
	struct str human;		/* plain words, UTF-8; wrapped by us */
	struct str original_headers;	/* for the third part, text/rfc822-headers; may be empty */
	bool sign;
	struct as1_shape how;		/* of the signature: pss, digest, bare_micalg, include, by_key_id, protection */
	const struct cert_set *own;
	const struct cert_key *key;
};

/* multipart/report; report-type=disposition-notification, signed when asked; Auto-Submitted: auto-replied. */
int as1_pack_receipt(struct arena *a, const struct as1_receipt_mail *r, struct buf *out,
    struct err *e);

#define AS1_RETURNED_MAX ((size_t)256 << 10)	/* of a mail that goes back whole */

struct as1_delivery_mail {
	struct as1_envelope env;
	struct str subject, human;	/* plain words, UTF-8 */
	struct dsn dsn;			/* as dsn_write() wants it; original_message_id */
	struct str original;		/* what came in: its header goes back */
	bool whole;			/* all of it, when it is not over AS1_RETURNED_MAX and is 7bit */
};

/* multipart/report; report-type=delivery-status; Auto-Submitted: auto-replied. */
int as1_pack_delivery(struct arena *a, const struct as1_delivery_mail *d, struct buf *out, struct err *e);

/* What can be known without any key: enough to pick the partner. Fails (ERR_INPUT) only on what is no mail at all. */
struct as1_glance {
	struct str message_id;		/* with its brackets, as it stands; empty without one */
	struct str from;		/* the one addr-spec, domain lower-cased; empty when not exactly one */
	struct str subject, date;
	struct str features;		/* what its EDIINT-Features names (RFC 6017), lower-cased; empty without one */
	bool auto_submitted;		/* Auto-Submitted other than "no" */
	bool report;			/* multipart/report, signed or not, by its outer shape */
	struct str return_path;		/* of our own trace header on top; "<>" for the null sender */
};
int as1_peek(struct arena *a, struct str mail, struct as1_glance *out, struct err *e);

struct as1_payload {
	struct span content;		/* exact bytes after transfer decoding */
	struct str media_type;		/* lower case, without parameters */
	struct str file_name;		/* as the sender gave it, decoded; data only, never a path */
};

enum as1_kind { AS1_IS_DOCUMENT, AS1_IS_RECEIPT, AS1_IS_REPORT, AS1_IS_OTHER };	/* OTHER: text for people, auto-replies */

struct as1_opened {
	enum as1_verdict verdict;
	struct str reason;		/* the rule in words, what was found, its code: "signed twice [V-SIGNED-TWICE]" */
	enum as1_kind kind;
	bool encrypted, is_signed;	/* is_signed: and verified */
	struct str signer;		/* subject of the certificate that verified, fingerprint behind it */
	struct str layers;		/* for showing: "enveloped(aes-256-cbc) signed(rsa, sha-256)" */
	struct str tree;		/* for showing: the MIME tree, one part a line, indented */
	struct as1_payload payloads[AS1_PAYLOADS_MAX];
	size_t n;
	struct mic mic;			/* over what was signed, else decrypted or inflated, for our receipt; as asked for */
	/* The receipt that the sender asks for. */
	enum as1_receipt wants;		/* NONE without Disposition-Notification-To */
	struct str wants_to;
	bool wants_known;		/* false: protocol or micalg required that we do not speak */
	struct str in_reply_to;		/* the message that its own header says it answers; unproven */
	/* kind RECEIPT, REPORT */
	struct mdn mdn;
	struct dsn dsn;
};

struct as1_policy {
	const struct cert_set *own;	/* to decrypt with; may be NULL */
	const struct cert_key *key;
	const struct cert_set *partner;	/* who may have signed; NULL: nobody */
	const struct str *from;		/* the addresses that this partner may send from; NULL: From is not judged */
	size_t n_from;
	bool by_address;		/* the signer's certificate must name the address in From */
	bool must_sign, must_encrypt;	/* the partner's floor; receipts and reports are exempt here */
	unsigned int allow;		/* weak algorithms that this partner still uses: bits of enum alg_exception */
	int64_t grace_ms;		/* so long after their end the partner's certificates still count */
	int64_t now_ms;			/* certificates are judged at this time */
	const struct cert_newcomers *newcomers;	/* as in struct cms_trust */
};

/*
 * Open a mail all the way. Returns 0 with a verdict in out (also when that is a refusal: reason is set), -1 only for our own
 * trouble (ERR_RETRY). Payloads are only filled when the verdict is AS1_OK; what they and texts point to lies in the arena,
 * in mail and in the room, which takes what comes off each layer. With pol->partner NULL nothing verifies; tree and layers
 * are still filled, which is what inspect shows. as1_open: of a mail in memory, and so are its payloads (span_mem()).
 */
int as1_open_in(struct arena *a, struct span mail, const struct as1_policy *pol, struct room *room,
    struct as1_opened *out, struct err *e);
int as1_open(struct arena *a, struct str mail, const struct as1_policy *pol,
    struct as1_opened *out, struct err *e);

/* A mail that some program stored with LF alone, CRLF again as it was on the wire; any other mail as it is. */
struct str as1_wire_form(struct arena *a, struct str mail);

#endif
