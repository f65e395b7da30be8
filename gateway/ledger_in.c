/* SPDX-License-Identifier: ISC */
/* The way in: arrived, opened, taken as documents, receipted. */
#include "gateway/ledger.h"

#include "gateway/certmail.h"

void
ledger_arrived(struct ledger *l, struct str ulid)
{
	struct db_doc *d;
	struct err e;

	if (!spool_has(l->spool, SPOOL_ARRIVED, str_cstr(l->turn, ulid)))
		return;		/* moved on already */
	ledger_must(l, db_doc_by_ulid(l->db, l->turn, ulid, &d, &e), &e, "arrived");
	if (d == NULL) {
		d = arena_new_of(l->turn, struct db_doc);
		*d = (struct db_doc){ .ulid = ulid, .dir = EX_IN, .kind = DOC_DOCUMENT, .shown = S("spooled"), .created_ms = l->now };
		ledger_begin(l);
		ledger_must(l, db_doc_add(l->db, d, &d->id, &e), &e, "arrived");
		ledger_story(l, d, EV_SPOOLED, 0, "listen", 0,
		    str_fmt(l->turn, "spool/in/" STR_FMT ".eml", STR_ARG(ulid)),
		    "mail taken in as " STR_FMT, STR_ARG(ulid));
		ledger_add_job(l, &(struct db_job){ .kind = JOB_UNPACK, .doc = d->id, .due_ms = l->now });
	}
	effect_move(l, ulid, SPOOL_ARRIVED, SPOOL_IN);
}

void
ledger_reason_file(struct ledger *l, const struct db_doc *d)
{
	effect_reason(l, d->ulid, str_fmt(l->turn, STR_FMT "\nfrom:       " STR_FMT "\nmessage-id: " STR_FMT "\nsubject:    " STR_FMT
	    "\n\nThe mail lies beside this file. After putting things right: edigate retry %lld\n", STR_ARG(d->reason),
	    STR_ARG(name_shown(l->turn, d->sender)), STR_ARG(name_shown(l->turn, d->message_id)),
	    STR_ARG(name_shown(l->turn, d->subject)), (long long)d->id));
}

static void
quarantine(struct ledger *l, struct db_doc *d, const char *role, struct str why)
{
	d->reason = why;
	ledger_story(l, d, EV_QUARANTINED, 0, role, 0,
	    str_fmt(l->turn, "quarantine/" STR_FMT ".eml", STR_ARG(d->ulid)), STR_FMT,
	    STR_ARG(why));
	effect_move(l, d->ulid, SPOOL_IN, SPOOL_QUARANTINE);
	ledger_reason_file(l, d);
}

bool
ledger_job_unpack(struct ledger *l, struct db_job *j, struct msg *m)
{
	struct db_doc *d = ledger_doc(l, j->doc);
	struct err e;

	if (d->attempts >= LEDGER_DEADLY_TRIES) {
		d->attempts = 0;
		ledger_must(l, db_job_done(l->db, j->id, &e), &e, "job");
		quarantine(l, d, "ledger",
		    str_fmt(l->turn, "the unpacker died over it %d times", LEDGER_DEADLY_TRIES));
		return false;
	}
	*m = (struct msg){ .type = MSG_JOB_UNPACK, .job = j->id, .ulid = d->ulid, .id = d->id };
	return true;
}

/* ---- what unpack says ---- */

/* The receipt to build, kept as the detail of a job: word, modifier, text, MIC, signed or not. */
static struct str
receipt_detail(struct ledger *l, const char *word, const char *modifier, struct str text,
    const struct msg *m)
{
	return str_fmt(l->turn, "%s\n%s\n" STR_FMT "\n" STR_FMT "\n%s\n", word, modifier,
	    STR_ARG(text), STR_ARG(m->mic), m->flag2 ? "signed" : "unsigned");
}

static void
queue_receipt(struct ledger *l, int64_t mail, struct str detail)
{
	if (detail.n > 0)
		ledger_add_job(l,
		    &(struct db_job){
		        .kind = JOB_RECEIPT, .doc = mail, .due_ms = l->now, .detail = detail });
}

/* What a job to file has to set off: the receipt, and behind a form feed the delivery report. */
static struct str
answers_detail(struct ledger *l, struct str receipt, struct str report)
{
	return report.n == 0 ? receipt : str_fmt(l->turn, STR_FMT "\f" STR_FMT, STR_ARG(receipt), STR_ARG(report));
}

void
ledger_queue_answers(struct ledger *l, int64_t mail, struct str detail)
{
	struct str report = detail, receipt;

	if (!str_cut(&report, '\f', &receipt))
		report = S("");
	queue_receipt(l, mail, receipt);
	ledger_queue_report(l, mail, report);
}

static void
take_payload(struct ledger *l, struct db_doc *d, const struct msg *m)
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
	d->kind = ledger_is_ack(d) ? DOC_ACK : DOC_DOCUMENT;
	d->path = m->proof;	/* where it is staged, until it is filed */
	d->name = name_inbox(l->turn, d->partner, d->type.n > 0 ? d->type : S("document"),
	    d->number, d->id, m->word);
	if (str_eq(m->word, S(CERTMAIL_WORD)) || str_eq(m->word, S(CERTMAIL_CEM)))
		d->name = str_fmt(l->turn, CERTMAIL_PREFIX "%lld.%s", (long long)d->id,
		    str_eq(m->word, S(CERTMAIL_CEM)) ? CERTMAIL_CEM : "cer");
	d->reason = m->text.n > 0 ? str_fmt(l->turn, "content: " STR_FMT, STR_ARG(m->text)) : S("");
}

static void
take_messages(struct ledger *l, const struct inflight *f, int64_t payload, int64_t doc)
{
	struct err e;

	for (const struct told *t = f->told; t != NULL; t = t->next)
		if (t->m.type == MSG_MESSAGE && t->m.id == payload)
			ledger_must(l, db_message_add(l->db, &(struct db_message){ .doc = doc, .ordinal = (unsigned int)t->m.count,
			    .type = t->m.doc_type, .version = t->m.version, .control = t->m.control, .grp = t->m.name,
			    .number = t->m.number }, &e), &e, "message");
}

static void
drop_staged(struct ledger *l, const struct inflight *f)
{
	for (const struct told *t = f->told; t != NULL; t = t->next)
		if (t->m.type == MSG_OPENED)
			effect_unlink(l, t->m.proof);
}

/* Has the mail of that document a job of one of these kinds? */
static bool
has_job(struct ledger *l, int64_t mail, int kind, int or_kind)
{
	struct db_job *jobs;
	struct err e;
	size_t n;

	ledger_must(l, db_job_list(l->db, l->turn, mail, &jobs, &n, &e), &e, "duplicate");
	for (size_t i = 0; i < n; i++)
		if (jobs[i].kind == kind || jobs[i].kind == or_kind)
			return true;
	return false;
}

/* Who released it may do so after its receipt went out: its content had been refused, and the mail had not. */
static bool
owes_receipt(struct ledger *l, const struct db_doc *mail, const struct msg *m, bool forced)
{
	struct db_tx *t = NULL;
	struct err e;

	if (forced)
		ledger_must(l, db_tx_latest(l->db, l->turn, mail->id, TX_RECEIPT, &t, &e), &e, "receipt");
	return m->flag && t == NULL && !(forced && has_job(l, mail->id, JOB_RECEIPT, JOB_RECEIPT));
}

/* The mail was filed before: its receipt, built then, goes out once more; nothing is filed. */
static void
duplicate(struct ledger *l, struct db_doc *d, const struct db_doc *first, const struct inflight *f,
    const struct msg *m)
{
	int64_t mail = first->parent != 0 ? first->parent : first->id;
	const char *then = "";
	struct db_tx *t;
	struct err e;

	drop_staged(l, f);
	d->parent = mail;
	ledger_must(l, db_tx_latest(l->db, l->turn, mail, TX_RECEIPT, &t, &e), &e, "duplicate");
	if (t != NULL && t->t != T_QUEUED && t->t != T_IN_FLIGHT && t->t != T_DEFERRED && t->t != T_UNCERTAIN) {
		if (ledger_may_answer(l, d)) {
			then = "; its receipt goes out again";
			ledger_send_again(l, t, false);
		}
	} else if (t == NULL && m->flag && !has_job(l, mail, JOB_RECEIPT, JOB_FILE)) {
		then = "; it gets the receipt that the first had not asked for";
		queue_receipt(l, mail, receipt_detail(l, "processed", "", S(""), m));
	}
	ledger_story(l, d, EV_DUPLICATE, 0, "unpack", 0, S(""), "the same mail as document %lld%s",
	    (long long)mail, then);
	if (ledger_report_delivered(l, f).n > 0 && ledger_may_answer(l, d))
		ledger_queue_report(l, d->id, ledger_report_delivered(l, f));
}

/* Other bytes under a name that stands for what we have: nothing of the mail is filed before a person has looked. */
static void
hold(struct ledger *l, struct db_doc *mail, const struct inflight *f, int64_t first, struct str why)
{
	drop_staged(l, f);
	mail->parent = first;
	mail->path = S("");
	mail->reason = why;
	ledger_story(l, mail, EV_HELD, 0, "unpack", 0, S(""), STR_FMT, STR_ARG(why));
}

/*
 * What it carries is refused: the mail itself arrived, and its sender is told both. Of several payloads each that is refused is
 * acknowledged now, the others when they are filed.
 */
static void
answer_refused(struct ledger *l, struct db_doc *mail, const struct inflight *f,
    const struct msg *payload, const struct msg *m)
{
	(void)ledger_findings(l, mail, f, payload->id, "unpack");
	if (m->flag)
		queue_receipt(l, mail->id, receipt_detail(l, "processed", "", S(""), m));
	for (const struct told *t = f->told; t != NULL; t = t->next) {
		struct db_doc d = *mail;

		if (t->m.type != MSG_OPENED || !t->m.flag)
			continue;
		take_payload(l, &d, &t->m);
		if (ledger_known(l, &d) == NULL)	/* what is here already was answered then */
			ledger_owe_refused(l, mail, f, &t->m);
	}
}

/* Is there anything among the payloads that a person has to look at before it is filed? */
static bool
is_held(struct ledger *l, struct db_doc *mail, const struct inflight *f, const struct msg *m)
{
	for (const struct told *t = f->told; t != NULL; t = t->next) {
		struct db_doc d = *mail;
		int64_t first = 0;
		struct str why;

		if (t->m.type != MSG_OPENED)
			continue;
		take_payload(l, &d, &t->m);
		why = ledger_vet_in(l, &d, &first);
		if (why.n == 0 && ledger_known(l, &d) == NULL)
			why = t->m.verdict;
		if (why.n == 0)
			continue;
		*mail = d;
		hold(l, mail, f, first, why);
		if (first == 0 && t->m.verdict.n > 0)
			answer_refused(l, mail, f, &t->m, m);
		return true;
	}
	return false;
}

static struct db_doc *
further_payload(struct ledger *l, const struct db_doc *mail, int64_t i)
{
	struct db_doc *d = arena_new_of(l->turn, struct db_doc);
	struct err e;

	*d = (struct db_doc){ .dir = EX_IN, .partner = mail->partner, .message_id = mail->message_id, .subject = mail->subject,
		.parent = mail->id, .shown = S("opened"), .created_ms = l->now, .changed_ms = l->now,
		.ulid = str_fmt(l->turn, STR_FMT "-%lld", STR_ARG(mail->ulid), (long long)i) };
	ledger_must(l, db_doc_add(l->db, d, &d->id, &e), &e, "payload");
	ledger_story(l, d, EV_SPOOLED, 0, "unpack", 0, S(""),
	    "payload %lld of the mail of document %lld", (long long)i + 1, (long long)mail->id);
	return d;
}

/* The interchange is here already, byte for byte: this payload is not filed again. */
static void
known_payload(struct ledger *l, struct db_doc *d, int64_t first)
{
	effect_unlink(l, d->path);
	d->path = S("");
	if (d->parent == 0)
		d->parent = first;
	ledger_story(l, d, EV_DUPLICATE, 0, "unpack", 0, S(""),
	    "the same interchange " STR_FMT " as document %lld, in a new mail", STR_ARG(d->control),
	    (long long)first);
}

static void
open_payload(struct ledger *l, struct db_doc *d, const struct inflight *f,
    const struct msg *payload, const struct db_doc *mail, const struct msg *m)
{
	struct str proof = str_fmt(l->turn, "spool/in/" STR_FMT ".eml", STR_ARG(mail->ulid));

	take_messages(l, f, payload->id, d->id);
	ledger_story(l, d, EV_OPENED, 0, "unpack", 0, proof,
	    "%s" STR_FMT "%s" STR_FMT "; " STR_FMT "%s" STR_FMT "%s" STR_FMT, d->test ? "TEST " : "", STR_ARG(d->type),
	    d->number.n > 0 ? " " : "", STR_ARG(d->number), STR_ARG(m->text), m->peer.n > 0 ? ", by " : "",
	    STR_ARG(ledger_signer(m->peer)), payload->text.n > 0 ? "; content: " : "", STR_ARG(payload->text));
	(void)ledger_findings(l, d, f, payload->id, "unpack");
	ledger_acks(l, d, f, payload->id, proof, ledger_signer(m->peer));
	ledger_owe(l, d, f, payload->id);
	ledger_watch_numbers(l, d);
}

/*
 * Every payload a document of its own; the first has the mail's number, the others point at it. The receipt is for the
 * whole mail: it is built when the last of them that is new has been filed.
 */
static void
take_payloads(struct ledger *l, struct db_doc *mail, const struct inflight *f, const struct msg *m,
    bool forced)
{
	int64_t last = 0;

	for (const struct told *t = f->told; t != NULL; t = t->next) {
		struct db_doc *d = mail;
		const struct db_doc *first;

		if (t->m.type != MSG_OPENED)
			continue;
		if (t->m.id > 0)
			d = further_payload(l, mail, t->m.id);
		take_payload(l, d, &t->m);
		first = forced ? NULL : ledger_known(l, d);
		if (first != NULL && str_eq(first->sha256, d->sha256)) {
			known_payload(l, d, first->id);
			continue;
		}
		open_payload(l, d, f, &t->m, mail, m);
		if (last != 0)
			ledger_add_job(l, &(struct db_job){ .kind = JOB_FILE, .doc = last, .due_ms = l->now });
		last = d->id;
	}
	if (last != 0)
		ledger_add_job(l, &(struct db_job){ .kind = JOB_FILE, .doc = last, .due_ms = l->now,
		    .detail = answers_detail(l, owes_receipt(l, mail, m, forced) ? receipt_detail(l, "processed", "", S(""), m) : S(""),
		        ledger_report_delivered(l, f)) });
	else if ((m->flag || ledger_report_delivered(l, f).n > 0) && ledger_may_answer(l, mail))
		ledger_queue_answers(l, mail->id,
		    answers_detail(l, m->flag ? receipt_detail(l, "processed", "warning", S("duplicate-document"), m) : S(""),
		        ledger_report_delivered(l, f)));
}

static bool
has_content_of(const struct inflight *f, const struct db_doc *first)
{
	for (const struct told *t = f->told; t != NULL; t = t->next)
		if (t->m.type == MSG_OPENED && str_eq(t->m.sha256, first->sha256))
			return true;
	return false;
}

static void
opened(struct ledger *l, struct db_doc *d, const struct inflight *f, const struct msg *m)
{
	bool forced = str_eq(f->job.detail, S("forced"));	/* a person released it */
	struct db_doc *first;
	struct err e;

	ledger_must(l, db_doc_filed(l->db, l->turn, d->partner, d->message_id, &first, &e), &e, "opened");
	if (first != NULL && first->id == d->id)
		first = NULL;
	if (first != NULL && has_content_of(f, first))
		duplicate(l, d, first, f, m);
	else if (first != NULL && !forced)
		hold(l, d, f, first->id,
		    str_fmt(l->turn,
		        "its Message-ID came before with document %lld, with other content",
		        (long long)first->id));
	else if (forced || !is_held(l, d, f, m))
		take_payloads(l, d, f, m, forced);
}

static bool
skip(struct str *rest, struct str prefix)
{
	bool has = str_starts(*rest, prefix);

	if (has)
		*rest = str_from(*rest, prefix.n);
	return has;
}

/* What the unpacker says ends in paths: it met hostile bytes, so it is believed only as far as it makes sense. */
static bool
is_sane(const struct ledger *l, const struct inflight *f, const struct msg *m)
{
	struct str rest;
	int64_t n = 0;

	if (m->partner.n > 0 && partner_by_key(&l->role.conf, m->partner) == NULL)
		return false;
	for (const struct told *t = f->told; t != NULL; t = t->next) {
		if (t->m.type != MSG_OPENED)
			continue;
		rest = t->m.proof;
		if (t->m.id != n++ || !skip(&rest, S("inbox/")) || !skip(&rest, m->partner) ||
		    !skip(&rest, S("/.")) || str_chr(rest, '/', NULL))
			return false;
	}
	return n > 0 || !str_eq(m->word, S("document"));
}

/* Strangers get no answer. A partner learns by a negative receipt, at his configured address, that we refused. */
static bool
tell_refused(struct ledger *l, struct db_doc *d, const struct msg *m)
{
	struct str text = m->modifier, kind;

	if (!m->flag || ledger_partner(l, d) == NULL || m->modifier.n == 0 || !ledger_may_answer(l, d))
		return false;
	(void)str_cut(&text, ':', &kind);
	queue_receipt(l, d->id,
	    receipt_detail(l, str_eq(kind, S("error")) ? "processed" : "failed", str_cstr(l->turn, kind), str_trim(text), m));
	return true;
}

static void
refused(struct ledger *l, struct db_doc *d, const struct inflight *f, const struct msg *m)
{
	struct str why = str_fmt(l->turn, STR_FMT ": " STR_FMT, STR_ARG(m->verdict), STR_ARG(m->text));

	quarantine(l, d, "unpack", why);
	ledger_report_failed(l, d, f, tell_refused(l, d, m), why);
}

void
ledger_unpacked(struct ledger *l, struct inflight *f, const struct msg *m)
{
	struct db_doc *d = ledger_doc(l, f->job.doc);
	struct str proof = str_fmt(l->turn, "spool/in/" STR_FMT ".eml", STR_ARG(d->ulid));
	bool is_first = d->message_id.n == 0;	/* not opened once more, for a person */
	struct err e;

	ledger_begin(l);
	ledger_must(l, db_job_done(l->db, f->job.id, &e), &e, "unpacked");
	d->attempts = 0;
	d->reason = S("");
	if (!is_sane(l, f, m)) {
		quarantine(l, d, "ledger", S("what the unpacker says of it makes no sense"));
		return;
	}
	d->parent = 0;
	d->partner = m->partner;
	d->message_id = m->message_id.n > 0 ? m->message_id : str_fmt(l->turn, "sha256:" STR_FMT, STR_ARG(m->sha256_mail));
	d->subject = m->subject;
	d->size = m->size;
	d->sender = m->sender;
	if (is_first)
		ledger_note_asked(l, d, f);
	if (str_eq(m->word, S("document"))) {
		d->kind = DOC_DOCUMENT;
		opened(l, d, f, m);
		return;
	}
	drop_staged(l, f);
	if (str_eq(m->word, S("quarantine"))) {
		refused(l, d, f, m);
		return;
	}
	d->kind = str_eq(m->word, S("receipt")) ? DOC_RECEIPT : str_eq(m->word, S("report")) ? DOC_REPORT : DOC_OTHER;
	ledger_queue_report(l, d->id, ledger_report_delivered(l, f));
	if (d->kind == DOC_OTHER) {
		d->reason = S("a mail for people, or an automatic answer");
		ledger_story(l, d, EV_UNMATCHED, 0, "unpack", 0, proof, "subject: " STR_FMT,
		    STR_ARG(d->subject));
		return;
	}
	ledger_put_doc(l, d);
	for (const struct told *t = f->told; t != NULL; t = t->next) {
		if (t->m.type == MSG_MDN)
			ledger_mdn(l, d, &t->m, proof);
		if (t->m.type == MSG_DSN)
			ledger_dsn(l, d, &t->m, proof);
	}
	if (d->stage == ST_SPOOLED || d->stage == ST_UNMATCHED) {
		d->reason = S("it speaks of nothing that we sent");
		ledger_story(l, d, EV_UNMATCHED, 0, "ledger", 0, proof, STR_FMT, STR_ARG(d->reason));
	}
}
