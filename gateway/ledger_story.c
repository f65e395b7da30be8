/* SPDX-License-Identifier: ISC */
#include "gateway/ledger.h"

#include "gateway/base/log.h"

#include <stdarg.h>
#include <stdio.h>

#define STORY_TEXT_MAX 600

static const char *const effect_notes[] = {
	[EX_IGNORED] = "", [EX_MOVED] = "", [EX_LATE_EVIDENCE] = " (late evidence)", [EX_CONTRADICTION] = " (contradicts stronger proof)",
};

struct exchange
ledger_exchange(const struct db_doc *d)
{
	return (struct exchange){ .dir = (enum ex_dir)d->dir, .stage = (enum ex_stage)d->stage, .t = (enum ex_transport)d->t,
		.r = (enum ex_receipt)d->r, .a = (enum ex_ack)d->a, .b = (enum ex_answer)d->b };
}

struct str
ledger_signer(struct str subject_and_fingerprint)
{
	size_t at;

	return str_find(subject_and_fingerprint, S(" ("), &at) ? str_sub(subject_and_fingerprint, 0, at) : subject_and_fingerprint;
}

enum ex_effect
ledger_story(struct ledger *l, struct db_doc *d, enum ex_event ev, unsigned int arg,
    const char *role, int64_t tx, struct str proof, const char *fmt, ...)
{
	char text[STORY_TEXT_MAX];
	struct exchange x = ledger_exchange(d);
	struct str was_shown = d->shown;
	enum ex_effect effect = exchange_apply(&x, ev, arg);
	struct db_event event;
	struct err e;
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	event = (struct db_event){ .doc = d->id, .tx = tx, .at_ms = l->now, .role = str_of(role), .arg = arg,
		.kind = str_of(exchange_event_name(ev)), .text = str_fmt(l->turn, "%s%s", text, effect_notes[effect]), .proof = proof };
	d->stage = (int)x.stage;
	d->t = (int)x.t;
	d->r = (int)x.r;
	d->a = (int)x.a;
	d->b = (int)x.b;
	d->shown = str_of(exchange_shown(&x));
	d->changed_ms = l->now;
	ledger_begin(l);
	ledger_must(l, db_event_add(l->db, &event, &(int64_t){ 0 }, &e), &e, "event");
	ledger_put_doc(l, d);
	effect_status(l, d);
	if (!str_eq(was_shown, d->shown))
		ledger_hook_event(l, d, d->shown);
	log_ev(effect == EX_CONTRADICTION ? LOG_WARN : LOG_INFO, d->id, exchange_event_name(ev),
	    KC("role", role), KS("state", d->shown), KS("text", event.text));
	if (d->kind == DOC_ACK && d->dir == EX_OUT && !str_eq(was_shown, d->shown))
		ledger_owe_told(l, d);
	if (d->kind == DOC_BATCH)
		ledger_batch_mirror(l, d, ev, arg, role, proof, str_dup(l->turn, str_of(text)));
	return effect;
}
