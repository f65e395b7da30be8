/* SPDX-License-Identifier: ISC */
/*
 * Acknowledgements joined to what we sent: TA1 and CONTRL name the interchange that they speak of, 997 and 999 the
 * group. The file that brings them is filed as any document is; what it proves stands in the story of ours.
 *
 * One document may hold several groups, and its partner may answer each by itself. Then a mail that speaks of some of
 * them proves no more than their arrival, or that a part was refused.
 */
#include "gateway/ledger.h"

#include "gateway/base/log.h"

/* What was said, as bits: several reports of one mail may be about the same document. */
enum { SAID_RECEIVED = 1, SAID_ACCEPTED = 2, SAID_ERRORS = 4, SAID_PARTIAL = 8, SAID_REJECTED = 16 };

struct said {
	struct db_doc *doc;
	unsigned int bits;
	bool whole;		/* of all of it */
	size_t groups;		/* spoken of one by one */
	struct str text;
	struct said *next;
};

static unsigned int
bit_of(struct str word)
{
	static const struct { struct str word; unsigned int bit; } words[] = {
		{ S_INIT("received"), SAID_RECEIVED },	{ S_INIT("accepted"), SAID_ACCEPTED },
		{ S_INIT("accepted-errors"), SAID_ERRORS }, { S_INIT("partial"), SAID_PARTIAL },
		{ S_INIT("rejected"), SAID_REJECTED },
	};

	for (size_t i = 0; i < N(words); i++)
		if (str_eq(words[i].word, word))
			return words[i].bit;
	return 0;
}

static enum ex_event
event_of(unsigned int bits, bool all)
{
	bool good = (bits & (SAID_ACCEPTED | SAID_ERRORS)) != 0;

	if ((bits & SAID_PARTIAL) != 0 || ((bits & SAID_REJECTED) != 0 && (good || !all)))
		return EV_ACK_PARTIAL;
	if ((bits & SAID_REJECTED) != 0)
		return EV_ACK_REJECTED;
	if (good && all)
		return (bits & SAID_ERRORS) != 0 ? EV_ACK_ERRORS : EV_ACK_ACCEPTED;
	return bits != 0 ? EV_ACK_RECEIVED : EV_NOTE;
}

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

static size_t
count_groups(const struct db_message *v, size_t n)
{
	size_t groups = 0;

	for (size_t i = 0; i < n; i++)
		groups += i == 0 || !str_eq(v[i].grp, v[i - 1].grp);
	return groups;
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
		ledger_must(l, db_doc_sent(l->db, l->turn, partner, m->format, m->control, &d, &e), &e, "acknowledgement");
		return d;
	}
	ledger_must(l, db_doc_sent_group(l->db, l->turn, partner, m->format, m->name, &d, &e), &e, "acknowledgement");
	if (d == NULL)
		return NULL;
	ledger_must(l, db_message_list(l->db, l->turn, d->id, &v, &n, &e), &e, "acknowledgement");
	return has_message(v, n, m) ? d : NULL;
}

static void
add(struct ledger *l, struct said **list, struct db_doc *d, const struct msg *m)
{
	struct said *s = *list;

	while (s != NULL && s->doc->id != d->id)
		s = s->next;
	if (s == NULL) {
		s = arena_new_of(l->turn, struct said);
		s->doc = d;
		s->next = *list;
		*list = s;
	}
	s->bits |= bit_of(m->word);
	s->whole |= m->name.n == 0 && bit_of(m->word) != SAID_RECEIVED;
	s->groups += m->name.n > 0;
	if (s->text.n == 0 || bit_of(m->word) > SAID_ACCEPTED)
		s->text = str_fmt(l->turn, STR_FMT " of %s '" STR_FMT "': " STR_FMT "%s" STR_FMT, STR_ARG(m->doc_type),
		    m->name.n > 0 ? "group" : "interchange", STR_ARG(m->name.n > 0 ? m->name : m->control), STR_ARG(m->word),
		    m->text.n > 0 ? "; " : "", STR_ARG(m->text));
}

static void
apply(struct ledger *l, struct db_doc *ack, const struct said *s, struct str proof, struct str signer)
{
	struct db_doc *d = s->doc;
	struct db_message *v;
	struct db_tx *t;
	enum ex_event ev;
	enum ex_effect effect;
	struct err e;
	size_t n;

	ledger_must(l, db_message_list(l->db, l->turn, d->id, &v, &n, &e), &e, "acknowledgement");
	ledger_must(l, db_tx_latest(l->db, l->turn, d->id, TX_DOCUMENT, &t, &e), &e, "acknowledgement");
	ev = event_of(s->bits, s->whole || s->groups >= count_groups(v, n));
	effect = ledger_story(l, d, ev, 0, "unpack", t != NULL ? t->id : 0, proof, STR_FMT "%s" STR_FMT "; document %lld",
	    STR_ARG(s->text), signer.n > 0 ? ", signed by " : ", not signed", STR_ARG(signer), (long long)ack->id);
	if (t != NULL && ev != EV_NOTE)
		ledger_proven(l, d, t);
	if (effect != EX_IGNORED && effect != EX_CONTRADICTION && (ev == EV_ACK_REJECTED || ev == EV_ACK_PARTIAL)) {
		d->reason = s->text;
		ledger_put_doc(l, d);
	}
	ledger_story(l, ack, EV_NOTE, 0, "ledger", 0, proof, "acknowledges document %lld: %s", (long long)d->id,
	    exchange_event_name(ev));
}

void
ledger_acks(struct ledger *l, struct db_doc *ack, const struct inflight *f, int64_t payload, struct str proof, struct str signer)
{
	const struct partner *pt = partner_by_key(&l->role.conf, ack->partner);
	struct said *list = NULL;
	struct db_doc *d;

	if (pt == NULL || !pt->ack)
		return;
	for (const struct told *t = f->told; t != NULL; t = t->next) {
		if (t->m.type != MSG_ACK || t->m.id != payload)
			continue;
		d = find_sent(l, ack->partner, &t->m);
		if (d != NULL) {
			add(l, &list, d, &t->m);
			continue;
		}
		log_ev(LOG_WARN, ack->id, "ack-unmatched", KS("control", t->m.control), KS("group", t->m.name));
		ledger_story(l, ack, EV_NOTE, 0, "ledger", 0, proof, STR_FMT " of %s '" STR_FMT "', which we did not send: " STR_FMT,
		    STR_ARG(t->m.doc_type), t->m.control.n > 0 ? "interchange" : "group",
		    STR_ARG(t->m.control.n > 0 ? t->m.control : t->m.name), STR_ARG(t->m.word));
	}
	for (const struct said *s = list; s != NULL; s = s->next)
		apply(l, ack, s, proof, signer);
}
