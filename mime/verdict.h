/* SPDX-License-Identifier: ISC */
/*
 * verdict.h - what a mail is worth. The one place of policy: the readers of mime/ say what they found, here stands which
 * of it is refused, by which rule, and in which order layers may come. Every rule has a code and a sentence (verdict_rules.h).
 * Pure; nothing here looks at a byte of the mail.
 */
#ifndef EDIGATE_MIME_VERDICT_H
#define EDIGATE_MIME_VERDICT_H

#include "gateway/base/arena.h"

/* The verdict on a mail. Everything but AS1_OK goes to quarantine (or, for reports, is not believed). */
enum as1_verdict {
	AS1_OK,
	AS1_NO_PARTNER,			/* From is not exactly one address of a partner */
	AS1_MALFORMED,			/* MIME broken or ambiguous, limits met */
	AS1_DECRYPTION_FAILED,		/* one answer for all its reasons */
	AS1_INSUFFICIENT_SECURITY,	/* less than the partner must send (accept =) */
	AS1_AUTHENTICATION_FAILED,	/* not signed by a certificate of that partner, or outside its dates */
	AS1_INTEGRITY_FAILED,		/* the signature does not fit the content: changed on the way */
	AS1_NO_PAYLOAD,			/* nothing in it that could be a document */
	AS1_DECOMPRESSION_FAILED,	/* broken, or larger than anybody's document */
	AS1_RECEIPT_UNSUPPORTED,	/* a receipt is required in a format that we do not have */
	AS1_MICALG_UNSUPPORTED,		/* a receipt is required with a digest that we do not have */
};
const char *as1_verdict_name(enum as1_verdict v);	/* "integrity-failed", ... stable words */

/*
 * RFC 3335, 5.3: what a negative receipt says: "error: integrity-check-failed" of something processed, or
 * "Failure: unsupported format" of something failed. "" when none is sent.
 */
const char *as1_verdict_modifier(enum as1_verdict v);

enum verdict_rule {
	RULE_NONE,			/* nothing against it */
#define RULE(name, code, verdict, what, todo) RULE_##name,
#include "mime/verdict_rules.h"
#undef RULE
	VERDICT_RULES
};

struct verdict_info {
	const char *code;		/* "V-SIGNED-TWICE"; "" for RULE_NONE */
	enum as1_verdict verdict;
	const char *what;
};
const struct verdict_info *verdict_info(enum verdict_rule rule);

/* The layers of S/MIME as the object inside names them (cms.h), and multipart/signed. */
enum verdict_layer { LAYER_SIGNED, LAYER_ENVELOPED, LAYER_COMPRESSED };

/* One mail on its way through the readers; zero but for a at its start. */
struct verdict {
	struct arena *a;
	enum verdict_rule rule;		/* the first that was broken: the outermost */
	struct str found;		/* what was found, in words; may be empty */
	enum verdict_rule from;		/* the rule that From breaks: counts for documents, before all others */
	struct str from_found;
	unsigned int layers;
	bool enveloped, compressed, signature;	/* seen, whatever it is worth */
	bool malleable;			/* the envelope does not authenticate its content (CBC) */
	bool is_signed;			/* by the partner, good */
	bool fits;			/* the signature is over this content, whoever made it */
	unsigned int outer_defects;	/* enum part_defect of the layers that are off: what no signature covers */
};

/* Break a rule. found is lent: it must live as long as the arena. */
void verdict_refuse(struct verdict *v, enum verdict_rule rule, struct str found);
bool verdict_is_good(const struct verdict *v);

/*
 * From, by how many such fields there are, the address of the only one (empty: not exactly one), and the addresses
 * that the partner may send from.
 */
void verdict_from(struct verdict *v, size_t fields, struct str address, const struct str *may,
    size_t n);

/* Whether a layer of this kind may stand here; refuses it otherwise. */
bool verdict_layer(struct verdict *v, enum verdict_layer kind);

/* The floor of a partner. */
void verdict_floor(struct verdict *v, bool must_sign, bool must_encrypt);

/* Of the entities of a document (enum part_defect): what programs read differently is refused. */
void verdict_defects(struct verdict *v, unsigned int defects);

/*
 * After everything else. document: it would go to an inbox, so it needs a sender. Hides what would tell a stranger how
 * far a decryption came.
 */
void verdict_close(struct verdict *v, bool document);

enum as1_verdict verdict_word(const struct verdict *v);
struct str verdict_text(const struct verdict *v);	/* "signed twice [V-SIGNED-TWICE]"; in v->a */

#endif
