/* SPDX-License-Identifier: ISC */
/*
 * Acknowledgements joined to what we sent: TA1 and CONTRL name the interchange that they speak of, 997 and 999 the
 * group. The file that brings them is filed as any document is; what it proves stands in the story of ours, and beside
 * each of its messages what was said of that.
 *
 * One document may hold several groups, and its partner may answer each by itself. What a mail does not speak of was
 * told by another, or is still open: then it proves no more than the arrival, or that a part was refused.
 */
#include "gateway/ledger.h"

#include "gateway/base/log.h"

enum word { SAID_NOTHING, SAID_RECEIVED, SAID_ACCEPTED, SAID_ERRORS, SAID_PARTIAL, SAID_REJECTED };

static const struct str words[] = {
	[SAID_NOTHING] = S_INIT("none"), [SAID_RECEIVED] = S_INIT("received"), [SAID_ACCEPTED] = S_INIT("accepted"),
	[SAID_ERRORS] = S_INIT("accepted-errors"), [SAID_PARTIAL] = S_INIT("partial"), [SAID_REJECTED] = S_INIT("rejected"),
};

/* Of one message of ours: this mail, and what was known before. */
struct verdict {
	enum word now, before;
	struct str errors;
	int64_t said_by;	/* before */
};

/* Of one document of ours. */
struct said {
	struct db_doc *doc;
	struct db_message *messages;
	size_t n;
	struct verdict *verdicts;	/* of each message */
	enum word whole;		/* the worst that was said of more than is named */
	bool refused;			/* all of it */
	struct str text;
	enum word worst;		/* text is about this */
	struct said *next;
};

static enum word
word_of(struct str text)
{
	for (size_t i = 0; i < N(words); i++)
		if (str_eq(words[i], text))
			return (enum word)i;
	return SAID_NOTHING;
}

static bool
is_yes(enum word w)
{
	return w == SAID_ACCEPTED || w == SAID_ERRORS;
}

bool
ledger_is_ack(const struct db_doc *d)
{
	if (str_eq(d->format, S("edifact")))
		return str_eq(d->type, S("CONTRL"));
	return str_eq(d->format, S("x12")) &&
	    (str_eq(d->type, S("997")) || str_eq(d->type, S("999")) || str_eq(d->type, S("TA1")));
}

/* ---- which document ---- */

/* Is a message of that control number in the group? What was not kept of a large document is taken on trust. */
static bool
has_message(const struct db_message *v, size_t n, const struct msg *m)
{
	bool has_group = false;

	for (size_t i = 0; i < n; i++) {
		if (!str_eq(v[i].grp, m->name))
			continue;
		has_group = true;
		if (str_eq(v[i].control, m->number))
			return true;
	}
	return m->number.n == 0 || !has_group;
}

/* What we sent to that partner and the report speaks of, or NULL. */
static struct db_doc *
find_sent(struct ledger *l, struct str partner, const struct msg *m)
{
	struct db_message *v;
	struct db_doc *d;
	struct err e;
	size_t n;

	if (m->control.n > 0) {
		ledger_must(l, db_doc_sent(l->db, l->turn, partner, m->format, m->control, &d, &e),
		    &e, "acknowledgement");
		return d;
	}
	ledger_must(l, db_doc_sent_group(l->db, l->turn, partner, m->format, m->name, &d, &e), &e, "acknowledgement");
	if (d == NULL)
		return NULL;
	ledger_must(l, db_message_list(l->db, l->turn, d->id, &v, &n, &e), &e, "acknowledgement");
	return has_message(v, n, m) ? d : NULL;
}

static void
read_before(struct ledger *l, struct said *s)
{
	struct db_message_ack *v;
	struct err e;
	size_t n;

	ledger_must(l, db_message_ack_list(l->db, l->turn, s->doc->id, &v, &n, &e), &e, "acknowledgement");
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < s->n; k++)
			if (str_eq(v[i].grp, s->messages[k].grp) &&
			    str_eq(v[i].control, s->messages[k].control)) {
				s->verdicts[k].before = word_of(v[i].verdict);
				s->verdicts[k].said_by = v[i].said_by;
			}
}

static struct said *
said_of(struct ledger *l, struct said **list, struct db_doc *d)
{
	struct said *s = *list;
	struct err e;

	while (s != NULL && s->doc->id != d->id)
		s = s->next;
	if (s != NULL)
		return s;
	s = arena_new_of(l->turn, struct said);
	s->doc = d;
	ledger_must(l, db_message_list(l->db, l->turn, d->id, &s->messages, &s->n, &e), &e, "acknowledgement");
	s->verdicts = arena_get_array(l->turn, s->n, sizeof(*s->verdicts));
	read_before(l, s);
	s->next = *list;
	*list = s;
	return s;
}

/* ---- what was said ---- */

/* What a report says of the messages that it does not name: a CONTRL accepts them, a 997 that accepts in part does not say. */
static enum word
word_of_others(const struct msg *report)
{
	enum word w = word_of(report->word);

	if (w == SAID_PARTIAL)
		return str_eq(report->doc_type, S("CONTRL")) ? SAID_ACCEPTED : SAID_NOTHING;
	return w == SAID_RECEIVED ? SAID_NOTHING : w;
}

static void
say(struct verdict *v, enum word w, struct str errors)
{
	if (w <= v->now)
		return;
	v->now = w;
	v->errors = errors;
}

static void
take_message(struct said *s, const struct msg *m)
{
	for (size_t i = 0; i < s->n; i++)
		if (str_eq(s->messages[i].control, m->control) &&
		    (m->name.n == 0 || str_eq(s->messages[i].grp, m->name)))
			say(&s->verdicts[i], word_of(m->word), m->text);
}

static bool
is_named(const struct inflight *f, const struct msg *report, const struct db_message *message)
{
	for (const struct told *t = f->told; t != NULL; t = t->next)
		if (t->m.type == MSG_ACK_MESSAGE && t->m.id == report->id && t->m.count == report->count &&
		    str_eq(t->m.control, message->control))
			return true;
	return false;
}

static void
take_report(struct ledger *l, struct said *s, const struct inflight *f, const struct msg *m)
{
	enum word w = word_of(m->word), others = word_of_others(m);

	for (const struct told *t = f->told; t != NULL; t = t->next)
		if (t->m.type == MSG_ACK_MESSAGE && t->m.id == m->id && t->m.count == m->count)
			take_message(s, &t->m);
	for (size_t i = 0; i < s->n && others != SAID_NOTHING; i++)
		if ((m->name.n == 0 || str_eq(s->messages[i].grp, m->name)) && !is_named(f, m, &s->messages[i]))
			say(&s->verdicts[i], others, S(""));
	s->refused |= m->name.n == 0 && w == SAID_REJECTED;
	if (w > s->whole)
		s->whole = w;
	if (s->text.n > 0 && w <= s->worst)
		return;
	s->worst = w;
	s->text = str_fmt(l->turn, STR_FMT " of %s '" STR_FMT "': " STR_FMT "%s" STR_FMT,
	    STR_ARG(m->doc_type), m->name.n > 0 ? "group" : "interchange",
	    STR_ARG(m->name.n > 0 ? m->name : m->control), STR_ARG(m->word),
	    m->text.n > 0 ? "; " : "", STR_ARG(m->text));
}

/* What this mail says, with what was said before of the messages that it does not speak of. */
static enum ex_event
event_of(const struct said *s)
{
	size_t yes = 0, no = 0, errors = 0;

	for (size_t i = 0; i < s->n; i++) {
		enum word w = s->verdicts[i].now > SAID_RECEIVED ? s->verdicts[i].now : s->verdicts[i].before;

		yes += is_yes(w);
		errors += w == SAID_ERRORS;
		no += w == SAID_REJECTED;
	}
	if (s->refused || (no > 0 && no == s->n && s->n < LEDGER_MESSAGES_MAX))
		return EV_ACK_REJECTED;
	if (no > 0 || s->whole == SAID_PARTIAL || s->whole == SAID_REJECTED)
		return EV_ACK_PARTIAL;
	if (s->whole > SAID_RECEIVED && yes == s->n)
		return errors > 0 || s->whole == SAID_ERRORS ? EV_ACK_ERRORS : EV_ACK_ACCEPTED;
	return s->whole != SAID_NOTHING ? EV_ACK_RECEIVED : EV_NOTE;
}

/* What was accepted once stays so. */
static void
keep(struct ledger *l, const struct said *s, int64_t by)
{
	struct err e;

	for (size_t i = 0; i < s->n; i++) {
		const struct verdict *v = &s->verdicts[i];

		if (v->now <= SAID_RECEIVED || (is_yes(v->before) && !is_yes(v->now)))
			continue;
		ledger_must(l, db_message_ack_put(l->db, &(struct db_message_ack){ .doc = s->doc->id, .grp = s->messages[i].grp,
		    .control = s->messages[i].control, .verdict = words[v->now], .errors = v->errors, .said_by = by }, &e), &e,
		    "acknowledgement");
	}
}

/* Everything that the mail says had been said before, by that document; 0: it brings news. */
static int64_t
said_before(const struct said *s)
{
	int64_t by = 0;

	for (size_t i = 0; i < s->n; i++) {
		const struct verdict *v = &s->verdicts[i];

		if (v->now <= SAID_RECEIVED)
			continue;
		if (v->before != v->now)
			return 0;
		by = v->said_by;
	}
	return by;
}

static void
apply(struct ledger *l, struct db_doc *ack, const struct said *s, struct str proof,
    struct str signer)
{
	struct db_doc *d = s->doc;
	int64_t before = said_before(s);
	enum ex_event ev = event_of(s);
	enum ex_effect effect;
	struct db_tx *t;
	struct err e;

	ledger_must(l, db_tx_latest(l->db, l->turn, d->id, TX_DOCUMENT, &t, &e), &e, "acknowledgement");
	keep(l, s, ack->id);
	effect = ledger_story(l, d, ev, 0, "unpack", t != NULL ? t->id : 0, proof,
	    STR_FMT "%s" STR_FMT "; document %lld", STR_ARG(s->text),
	    signer.n > 0 ? ", signed by " : ", not signed", STR_ARG(signer), (long long)ack->id);
	if (t != NULL && ev != EV_NOTE)
		ledger_proven(l, d, t);
	if (effect != EX_IGNORED && effect != EX_CONTRADICTION &&
	    (ev == EV_ACK_REJECTED || ev == EV_ACK_PARTIAL))
		d->reason = s->text;
	if (d->a > A_OVERDUE && d->r != R_AWAITED && d->r != R_OVERDUE && d->r != R_WEAK)
		d->deadline_ms = 0;
	ledger_put_doc(l, d);
	if (before != 0) {
		log_ev(LOG_WARN, ack->id, "ack-duplicate", KI("of", d->id), KI("before", before));
		ledger_story(l, ack, EV_NOTE, 0, "ledger", 0, proof,
		    "acknowledges document %lld once more: said before by document %lld",
		    (long long)d->id, (long long)before);
		return;
	}
	ledger_story(l, ack, EV_NOTE, 0, "ledger", 0, proof, "acknowledges document %lld: %s", (long long)d->id,
	    exchange_event_name(ev));
}

/* Each document in a batch has a run of the batch's messages: the verdicts on those are the verdicts on its own. */
static void
apply_members(struct ledger *l, struct db_doc *ack, const struct said *s, struct str proof,
    struct str signer)
{
	struct db_batch *v;
	struct err e;
	size_t n, at = 0;

	ledger_must(l, db_batch_members(l->db, l->turn, s->doc->id, &v, &n, &e), &e, "acknowledgement");
	for (size_t i = 0; i < n; i++) {
		struct said member = { .doc = ledger_doc(l, v[i].doc), .refused = s->refused, .text = s->text };

		ledger_must(l,
		    db_message_list(l->db, l->turn, v[i].doc, &member.messages, &member.n, &e), &e,
		    "acknowledgement");
		if (member.n > s->n - at)
			return;		/* the batch is too large to be known message by message */
		member.verdicts = s->verdicts + at;
		member.whole = s->whole == SAID_RECEIVED || member.n == 0 ? s->whole : SAID_NOTHING;
		for (size_t k = 0; k < member.n; k++)
			if (member.verdicts[k].now > member.whole)
				member.whole = member.verdicts[k].now;
		at += member.n;
		apply(l, ack, &member, proof, signer);
	}
}

/* A report that speaks of nothing that we sent stops nothing, and is said to be one. */
static void
stranger(struct ledger *l, struct db_doc *ack, const struct msg *m, struct str proof)
{
	log_ev(LOG_WARN, ack->id, "ack-unmatched", KS("control", m->control), KS("group", m->name));
	ledger_story(l, ack, EV_NOTE, 0, "ledger", 0, proof,
	    STR_FMT " of %s '" STR_FMT "', which we did not send: " STR_FMT, STR_ARG(m->doc_type),
	    m->control.n > 0 ? "interchange" : "group",
	    STR_ARG(m->control.n > 0 ? m->control : m->name), STR_ARG(m->word));
}

void
ledger_acks(struct ledger *l, struct db_doc *ack, const struct inflight *f, int64_t payload,
    struct str proof, struct str signer)
{
	const struct partner *pt = partner_by_key(&l->role.conf, ack->partner);
	struct said *list = NULL;
	struct db_doc *d;

	if (pt == NULL || pt->ack == CONF_ACK_NONE)
		return;
	for (const struct told *t = f->told; t != NULL; t = t->next) {
		if (t->m.type != MSG_ACK || t->m.id != payload)
			continue;
		d = find_sent(l, ack->partner, &t->m);
		if (d != NULL)
			take_report(l, said_of(l, &list, d), f, &t->m);
		else
			stranger(l, ack, &t->m, proof);
	}
	for (const struct said *s = list; s != NULL; s = s->next) {
		apply(l, ack, s, proof, signer);
		if (s->doc->kind == DOC_BATCH)
			apply_members(l, ack, s, proof, signer);
	}
}

/* ---- waiting for them ---- */

void
ledger_ack_deadline(struct ledger *l, struct db_doc *d, const struct db_tx *t)
{
	const struct partner *pt = ledger_partner(l, d);

	if ((d->a == A_AWAITED || d->a == A_RECEIVED) && d->deadline_ms == 0)
		d->deadline_ms = t->accepted_ms + (pt != NULL ? pt->ack_wait_ms : l->role.conf.ack_wait_ms);
}

void
ledger_ack_overdue(struct ledger *l, struct db_doc *d)
{
	struct db_tx *t;
	struct err e;

	ledger_must(l, db_tx_latest(l->db, l->turn, d->id, TX_DOCUMENT, &t, &e), &e, "acknowledgement");
	d->deadline_ms = 0;
	d->reason = str_fmt(l->turn, "no acknowledgement after %lld s: ask the partner",
	    (long long)(l->now - (t != NULL ? t->accepted_ms : d->created_ms)) / 1000);
	ledger_story(l, d, EV_ACK_OVERDUE, 0, "ledger", t != NULL ? t->id : 0, S(""), STR_FMT,
	    STR_ARG(d->reason));
}
