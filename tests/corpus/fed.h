/* SPDX-License-Identifier: ISC */
/* fed.h - for mails.c: all that is learnt of a mail as one text, so that two ways of reading it can be compared. */
#ifndef EDIGATE_TESTS_CORPUS_FED_H
#define EDIGATE_TESTS_CORPUS_FED_H

#include "mime/as1.h"
#include "mime/mic.h"
#include "mime/rope.h"
#include "tests/unit/stream_pieces.h"

static inline struct str
fed_digest(struct arena *a, struct span content)
{
	struct rope all = { 0 };
	struct mic mic;

	rope_bytes(&all, content);
	return rope_mic(&all, MIC_SHA256, &mic, NULL) == 0 ? mic_text(a, &mic) : S("unreadable");
}

static inline struct str
fed_events(struct arena *a, const struct as1_opened *o)
{
	struct buf b = BUF_CAP((size_t)64 << 20);
	struct str text;

	(void)buf_printf(&b, NULL, "%s kind %d encrypted %d signed %d wants %d known %d mic ",
	    as1_verdict_name(o->verdict), o->kind, o->encrypted, o->is_signed, o->wants,
	    o->wants_known);
	const struct str texts[] = { mic_text(a, &o->mic), o->reason, o->signer, o->layers, o->tree,
		o->wants_to, o->mdn.original_message_id, mic_text(a, &o->mdn.mic), o->mdn.modifier,
		o->mdn.modifier_text, o->mdn.human, o->dsn.original_message_id, o->dsn.envelope_id,
		o->dsn.human };
	for (size_t i = 0; i < N(texts); i++) {
		(void)buf_put(&b, texts[i], NULL);
		(void)buf_putc(&b, '\n', NULL);
	}
	for (size_t i = 0; i < o->n; i++)
		(void)buf_printf(&b, NULL, "payload '" STR_FMT "' '" STR_FMT "' " STR_FMT "\n",
		    STR_ARG(o->payloads[i].media_type), STR_ARG(o->payloads[i].file_name),
		    STR_ARG(fed_digest(a, o->payloads[i].content)));
	for (size_t i = 0; i < o->dsn.n; i++)
		(void)buf_printf(&b, NULL, "recipient %d '" STR_FMT "' '" STR_FMT "'\n",
		    o->dsn.recipients[i].action, STR_ARG(o->dsn.recipients[i].final),
		    STR_ARG(o->dsn.recipients[i].status));
	text = str_dup(a, buf_str(&b));
	buf_clear(&b);
	return text;
}

/* Whether the mail, and every layer of it, tells the same when it comes by pieces of up to max bytes. */
static inline bool
fed_same(struct arena *a, struct str mail, const struct as1_policy *pol, size_t max,
    struct str whole)
{
	struct cut_store pieces = cut_store(mail, max);
	struct cut_room room = cut_room(a, max);
	struct as1_opened o;
	struct err e;

	return as1_open_in(a, span_store(&pieces.store), pol, &room.room, &o, &e) == 0 &&
	    str_eq(fed_events(a, &o), whole);
}

#endif
