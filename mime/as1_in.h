/* SPDX-License-Identifier: ISC */
/* as1_in.h - what the files that take a mail apart share: as1_open.c (layers), as1_inside.c (what is within),
 * as1_peek.c (the outer header), as1_show.c (words for people). */
#ifndef EDIGATE_MIME_AS1_IN_H
#define EDIGATE_MIME_AS1_IN_H

#include "mime/as1.h"
#include "mime/header.h"
#include "mime/part.h"
#include "mime/verdict.h"

/* One mail on its way through as1_open(). */
struct opening {
	struct arena *a;
	const struct as1_policy *pol;
	struct room *room;
	struct as1_opened *out;
	bool trouble;			/* our own: this mail has to wait; why it says what */
	struct err why;
	struct part_tree tree;		/* of the layer that we are at */
	unsigned int layer;		/* how many envelopes are off */
	bool shown;			/* this tree is a branch of the last one */
	struct verdict v;
	struct str from;		/* the one address of the outer header, or empty */
	enum verdict_rule request;	/* that the receipt asked for breaks */
	enum mic_alg mic_alg;		/* asked for; MIC_NONE: nothing that we know */
	struct span proven;		/* what the MIC is over, once a layer has said so */
	struct mic over;		/* the MIC itself, when a signature has it already */
	bool robot;			/* sent by a program in answer to something */
	struct str subject, to;		/* of its outer header: what a bounce is read with (bounce.h) */
	struct str failed, about;	/* X-Failed-Recipients; the mail that it answers */
};

/* Our own trouble: nothing is said about the mail. */
void as1_give_up(struct opening *o, const struct err *e);

/* What a decoder met: a refusal, because two of them could see two things. */
void as1_refuse_flags(struct opening *o, unsigned int flags);

/* The start of a leaf as text that only people or a reader of fields looks at: no refusal. */
#define AS1_TEXT_MAX (1u << 20)
struct str as1_text(struct opening *o, const struct part_tree *t, size_t part);

/* A mail that was stored with LF or CR alone, as it was on the wire. */
int as1_wire(struct room *room, struct span mail, struct span *out, struct err *e);

/* What is in the innermost entity: documents, a receipt, a report, or text. */
void as1_look_inside(struct opening *o);

/* A report of a mail server: in fields; or in words, which may turn out to be none (false). */
void as1_read_report(struct opening *o, size_t part);
bool as1_read_bounce(struct opening *o);

/* What a bounce is recognised by in the outer header. */
void as1_read_outer(struct opening *o, const struct header *h);

/* The receipt that the header asks for: wants, wants_to, wants_known, and the algorithm of its MIC. */
void as1_read_request(struct opening *o, const struct header *h);

/* From, against the addresses of the partner; and what the mail answers. */
void as1_read_from(struct opening *o, const struct header *h);

/* The address of a field that may stand once only; empty when it is not exactly one mailbox. */
struct str as1_only_address(struct arena *a, const struct header *h, struct str name);

/* Whether no person wrote this: RFC 3834's field, the null return path, or a mailer's own address. */
bool as1_is_robot(struct arena *a, const struct header *h);

/* Add to out->tree and out->layers. */
void as1_show_tree(struct opening *o);
void as1_show_layer(struct opening *o, struct str text);

/* Every text in out as valid UTF-8, whatever the sender wrote: contents are bytes, all else ends in JSON somewhere. */
void as1_clean_texts(struct opening *o);

#endif
