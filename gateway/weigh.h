/* SPDX-License-Identifier: ISC */
/*
 * weigh.h - what a receipt is worth, held against what was sent. Pure: text in, an event and its reason out; the table is
 * in docs/STATES.md, in the same order.
 */
#ifndef EDIGATE_GATEWAY_WEIGH_H
#define EDIGATE_GATEWAY_WEIGH_H

#include "gateway/base/str.h"
#include "gateway/exchange.h"

struct weigh_receipt {
	struct str word;	/* disposition: "processed", "failed", "displayed", ... */
	struct str modifier;	/* "error", "failure", "warning", "" */
	struct str text;	/* "decryption-failed", ... */
	struct str mic;		/* "BASE64, sha-256", as mic_text() writes it; empty: none that can be read */
	bool is_signed;		/* by a certificate of the partner */
	struct str way;		/* how the partner came to its MIC, by as1_mic_way(); empty: not known */
};

struct weigh_sent {
	struct str mics;	/* as mic_set_text() writes it */
	bool signed_due;	/* a signed receipt was asked for */
	bool sha1;		/* the partner may still use it */
	unsigned int tries;	/* how often the mail went out */
};

/* why: a sentence, static. */
enum ex_event weigh(const struct weigh_receipt *r, const struct weigh_sent *s, const char **why);

#endif
