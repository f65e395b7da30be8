/* SPDX-License-Identifier: ISC */
/* The way out as far as pack: a document is claimed, packed, or set aside. */
#include "gateway/ledger.h"

#include "gateway/base/log.h"

void
ledger_claimed(struct ledger *l, struct str ulid, struct str partner)
{
	struct db_doc *d;
	struct claim claim;
	struct err e;
	bool found;

	ledger_must(l, db_doc_by_ulid(l->db, l->turn, ulid, &d, &e), &e, "claimed");
	if (d != NULL)
		return;
	if (claim_get(l->turn, l->spool, ulid, partner, &claim, &found, &e) == -1 || !found) {
		log_ev(LOG_ERROR, 0, "claim-missing", KS("ulid", ulid),
		    KC("why", found ? e.text : "not in the spool"));
		return;
	}
	d = arena_new_of(l->turn, struct db_doc);
	*d = (struct db_doc){ .ulid = ulid, .dir = EX_OUT, .partner = partner, .name = claim.name, .size = claim.size,
		.shown = S("claimed"), .created_ms = l->now, .changed_ms = l->now };
	ledger_begin(l);
	ledger_must(l, db_doc_add(l->db, d, &d->id, &e), &e, "claimed");
	ledger_must(l, db_waiting_drop(l->db, partner, claim.name, &e), &e, "claimed");
	ledger_story(l, d, EV_CLAIMED, 0, "watch", 0, S(""),
	    "taken from outbox/" STR_FMT "%s" STR_FMT ", %llu bytes", STR_ARG(partner),
	    partner.n > 0 ? "/" : "", STR_ARG(name_shown(l->turn, claim.name)),
	    (unsigned long long)claim.size);
	ledger_add_job(l, &(struct db_job){ .kind = JOB_PACK, .doc = d->id, .due_ms = l->now });
}

/* ---- jobs handed out ---- */

/* A document whose worker died over it too often waits for a person instead. */
bool
ledger_may_try(struct ledger *l, struct db_doc *d, const struct db_job *j, const char *worker,
    enum ex_event aside)
{
	struct err e;

	if (d->attempts < LEDGER_DEADLY_TRIES)
		return true;
	d->attempts = 0;
	d->reason = str_fmt(l->turn, "the %s died over it %d times", worker, LEDGER_DEADLY_TRIES);
	ledger_must(l, db_job_done(l->db, j->id, &e), &e, "job");
	ledger_story(l, d, aside, 0, "ledger", 0, S(""), STR_FMT, STR_ARG(d->reason));
	return false;
}

struct str
ledger_new_ulid(struct ledger *l)
{
	char ulid[ULID_MAX];

	ulid_new(ulid);
	return str_dup(l->turn, str_of(ulid));
}

bool
ledger_job_pack(struct ledger *l, struct db_job *j, struct msg *m)
{
	struct db_doc *d = ledger_doc(l, j->doc);

	if (ledger_batch_due(l, d, j) || !ledger_may_try(l, d, j, "packer", EV_HELD))
		return false;
	*m = (struct msg){ .type = MSG_JOB_PACK, .job = j->id, .ulid = d->ulid, .partner = d->partner, .ulid2 = ledger_new_ulid(l), .id = d->id,
		.flag = str_eq(j->detail, S("forced")) };
	if (d->kind == DOC_ACK)
		ledger_owe_job(l, d, m);
	if (d->kind == DOC_BATCH)
		ledger_batch_job(l, d, m);
	return true;
}

bool
ledger_job_receipt(struct ledger *l, struct db_job *j, struct msg *m)
{
	struct db_doc *d = ledger_doc(l, j->doc);
	struct str rest = j->detail, word, modifier, text, mic, is_signed;

	if (!ledger_may_try(l, d, j, "packer", EV_RECEIPT_FAILED))
		return false;
	(void)str_cut(&rest, '\n', &word);
	(void)str_cut(&rest, '\n', &modifier);
	(void)str_cut(&rest, '\n', &text);
	(void)str_cut(&rest, '\n', &mic);
	(void)str_cut(&rest, '\n', &is_signed);
	*m = (struct msg){ .type = MSG_JOB_RECEIPT, .job = j->id, .ulid = d->ulid, .partner = d->partner, .ulid2 = ledger_new_ulid(l),
		.word = word, .name = modifier, .text = text, .mic = mic, .message_id = d->message_id,
		.flag = str_eq(is_signed, S("signed")), .id = d->id };
	return true;
}

/* ---- what pack says ---- */

void
ledger_take_facts(struct db_doc *d, const struct msg *m)
{
	d->size = m->size;
	d->sha256 = m->sha256;
	d->format = m->format;
	d->type = m->doc_type;
	d->number = m->number;
	d->sender = m->edi_sender;
	d->receiver = m->edi_receiver;
	d->control = m->control;
	d->test = m->flag2;
}

void
ledger_take_messages(struct ledger *l, const struct inflight *f, int64_t doc)
{
	struct err e;

	for (const struct told *t = f->told; t != NULL; t = t->next)
		if (t->m.type == MSG_MESSAGE)
			ledger_must(l, db_message_add(l->db, &(struct db_message){ .doc = doc, .ordinal = (unsigned int)t->m.count,
			    .type = t->m.doc_type, .version = t->m.version, .control = t->m.control, .grp = t->m.name,
			    .number = t->m.number }, &e), &e, "message");
}

static int64_t
add_transmission(struct ledger *l, const struct db_doc *d, enum db_tx_kind kind,
    const struct msg *m)
{
	struct db_tx t = { .doc = d->id, .kind = (int)kind, .ulid = m->ulid2, .message_id = m->message_id, .envid = m->envid,
		.sender = m->sender, .recipient = m->recipient, .size = m->count, .sha256 = m->sha256_mail, .mic = m->mic,
		.wants_receipt = m->flag, .t = T_QUEUED, .created_ms = l->now };
	struct err e;
	int64_t id;

	ledger_must(l, db_tx_add(l->db, &t, &id, &e), &e, "transmission");
	ledger_add_job(l, &(struct db_job){ .kind = JOB_SEND, .doc = d->id, .tx = id, .due_ms = l->now });
	return id;
}

void
ledger_packed(struct ledger *l, struct inflight *f, const struct msg *m)
{
	struct db_doc *d = ledger_doc(l, f->job.doc);
	unsigned int wants = (m->flag ? WANTS_RECEIPT : 0u) | (str_eq(m->word, S("ack")) ? WANTS_ACK : 0u);
	struct str proof = str_fmt(l->turn, "spool/out/" STR_FMT ".eml", STR_ARG(m->ulid2));
	struct err e;
	int64_t tx;

	ledger_begin(l);
	ledger_must(l, db_job_done(l->db, f->job.id, &e), &e, "packed");
	d->attempts = 0;
	if (f->job.kind == JOB_REPORT) {
		tx = add_transmission(l, d, TX_REPORT, m);
		ledger_story(l, d, EV_NOTE, 0, "pack", tx, proof, STR_FMT, STR_ARG(m->text));
		return;
	}
	if (f->job.kind == JOB_RECEIPT) {
		tx = add_transmission(l, d, TX_RECEIPT, m);
		ledger_story(l, d, EV_RECEIPT_QUEUED, 0, "pack", tx, proof, STR_FMT, STR_ARG(m->text));
		return;
	}
	if (d->stage != ST_CLAIMED)
		return;		/* held or cancelled meanwhile: this mail has never left, the next one gets another name */
	ledger_take_facts(d, m);
	d->partner = m->partner;
	d->subject = m->subject;
	d->reason = S("");
	if (!str_eq(f->job.detail, S("forced")))	/* a person released it */
		d->reason = ledger_vet_out(l, d);
	if (d->reason.n > 0) {
		ledger_story(l, d, EV_HELD, 0, "ledger", 0, S(""), STR_FMT, STR_ARG(d->reason));
		return;		/* this mail never leaves, the next one gets another name */
	}
	d->message_id = str_fmt(l->turn, "<" STR_FMT ">", STR_ARG(m->message_id));
	ledger_take_messages(l, f, d->id);
	(void)ledger_findings(l, d, f, 0, "pack");
	tx = add_transmission(l, d, TX_DOCUMENT, m);
	ledger_story(l, d, EV_PACKED, wants, "pack", tx, proof, "%s" STR_FMT "%s" STR_FMT "%s" STR_FMT,
	    d->test ? "TEST " : "", STR_ARG(d->type), d->number.n > 0 ? " " : "", STR_ARG(d->number),
	    d->format.n > 0 ? "; " : "", STR_ARG(m->text));
	ledger_story(l, d, EV_QUEUED, 0, "ledger", tx, S(""), "for <" STR_FMT ">", STR_ARG(m->recipient));
}

void
ledger_set_aside(struct ledger *l, struct inflight *f, const struct msg *m)
{
	struct db_doc *d = ledger_doc(l, f->job.doc);
	struct err e;
	bool found;

	ledger_begin(l);
	ledger_must(l, db_job_done(l->db, f->job.id, &e), &e, "set aside");
	d->attempts = 0;
	if (f->job.kind == JOB_RECEIPT || f->job.kind == JOB_REPORT) {
		ledger_story(l, d, f->job.kind == JOB_RECEIPT ? EV_RECEIPT_FAILED : EV_NOTE, 0, "pack", 0, S(""), STR_FMT,
		    STR_ARG(m->text));
		return;
	}
	if (d->stage != ST_CLAIMED)
		return;		/* a person was quicker */
	ledger_take_facts(d, m);
	d->reason = m->text;
	found = ledger_findings(l, d, f, 0, "pack");
	if (str_eq(m->word, S("invalid"))) {
		ledger_story(l, d, EV_INVALID, 0, "pack", 0, S(""), STR_FMT, STR_ARG(m->text));
		effect_settle(l, d, "failed");
		effect_error_file(l, d);
	} else {
		ledger_story(l, d, EV_HELD, 0, "pack", 0, S(""), STR_FMT, STR_ARG(m->text));
		if (found)
			effect_error_file(l, d);
	}
}
