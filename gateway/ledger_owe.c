/* SPDX-License-Identifier: ISC */
/*
 * Acknowledgements that we owe. Unpack, which has read the interchange, makes the text, with any control numbers, and
 * says how many it takes; it stands in the database from the commit that opened the document. The commit that files
 * the document makes a document of the acknowledgement and gives it its numbers, so that none is left out and none is
 * given twice, whoever is killed when. Pack puts them in and packs it like any other.
 */
#include "gateway/ledger.h"

#include "gateway/base/log.h"

#define CONTROL_MAX 999999999u	/* nine digits, in X12 */

uint64_t
ledger_count_up(struct ledger *l, const struct partner *pt, const char *name, uint64_t n)
{
	uint64_t last, next;
	struct err e;

	ledger_begin(l);
	ledger_must(l, db_counter(l->db, pt->key, str_of(name), &last, &e), &e, "counter");
	next = last + 1;
	if (next < pt->control_from || next > CONTROL_MAX || n > CONTROL_MAX - next + 1)
		next = pt->control_from;
	ledger_must(l, db_counter_put(l->db, pt->key, str_of(name), next + n - 1, &e), &e, "counter");
	return next;
}

/* Those of a mail's first payload are named by the document, those of the others by it and their place in the mail. */
static struct str
answer_name(struct ledger *l, int64_t mail, int64_t payload, struct str format)
{
	const char *ext = str_eq(format, S("x12")) ? "x12" : "edi";

	if (payload == 0)
		return str_fmt(l->turn, "ack_%lld.%s", (long long)mail, ext);
	return str_fmt(l->turn, "ack_%lld-%lld.%s", (long long)mail, (long long)payload + 1, ext);
}

static int
one_found(void *arg, const struct db_doc *d, struct err *e)
{
	(void)d;
	(void)e;
	*(bool *)arg = true;
	return 0;
}

/* Was that payload refused, and its sender told, before a person released the mail? */
static bool
answered(struct ledger *l, const struct db_doc *mail, int64_t payload, struct str format)
{
	const struct db_filter f = { .name = answer_name(l, mail->id, payload, format), .partner = mail->partner, .dir = EX_OUT,
		.kind = DOC_ACK, .limit = 1 };
	bool found = false;
	struct err e;

	ledger_must(l, db_doc_each(l->db, &f, one_found, &found, &e), &e, "acknowledgement");
	return found;
}

static const struct msg *
due(const struct inflight *f, int64_t payload)
{
	for (const struct told *t = f->told; t != NULL; t = t->next)
		if (t->m.type == MSG_ACK_DUE && t->m.id == payload)
			return &t->m;
	return NULL;
}

static struct db_ack
ack_of(const struct msg *m)
{
	return (struct db_ack){ .verdict = m->word, .body = m->text, .interchanges = m->count, .groups = m->size };
}

void
ledger_owe(struct ledger *l, const struct db_doc *d, const struct inflight *f, int64_t payload)
{
	const struct msg *m = due(f, payload);
	struct db_ack *before, k;
	struct err e;

	ledger_must(l, db_ack_get(l->db, l->turn, d->id, &before, &e), &e, "acknowledgement");
	if (m == NULL || (before != NULL && before->answer != 0))
		return;		/* it was refused, and said so, before a person released it */
	if (payload > 0 && answered(l, &(struct db_doc){ .id = d->parent, .partner = d->partner }, payload, d->format))
		return;
	k = ack_of(m);
	k.doc = d->id;
	ledger_must(l, db_ack_put(l->db, &k, &e), &e, "acknowledgement");
}

static void
give_numbers(struct ledger *l, const struct partner *pt, struct str format, struct db_ack *k)
{
	bool x12 = str_eq(format, S("x12"));

	k->interchange = ledger_count_up(l, pt, x12 ? "x12-interchange" : "edifact-interchange", k->interchanges);
	k->grp = k->groups > 0 ? ledger_count_up(l, pt, "x12-group", k->groups) : 1;
}

static struct db_doc *
add_answer(struct ledger *l, const struct db_doc *d, int64_t payload, struct str format)
{
	struct db_doc *answer = arena_new_of(l->turn, struct db_doc);
	char ulid[ULID_MAX];
	struct err e;

	ulid_new(ulid);
	*answer = (struct db_doc){ .ulid = str_dup(l->turn, str_of(ulid)), .dir = EX_OUT, .kind = DOC_ACK, .partner = d->partner,
		.format = format, .parent = d->id, .shown = S("claimed"), .created_ms = l->now, .changed_ms = l->now,
		.name = answer_name(l, d->id, payload, format) };
	ledger_must(l, db_doc_add(l->db, answer, &answer->id, &e), &e, "acknowledgement");
	return answer;
}

/* k becomes a document on its way. One that is of no document yet is filed under its own number. */
static void
pay(struct ledger *l, const struct partner *pt, struct db_doc *d, struct db_ack *k, int64_t payload, struct str format)
{
	struct db_doc *answer;
	struct err e;

	ledger_begin(l);
	answer = add_answer(l, d, payload, format);
	k->answer = answer->id;
	k->doc = k->doc != 0 ? k->doc : answer->id;
	give_numbers(l, pt, format, k);
	ledger_must(l, db_ack_put(l->db, k, &e), &e, "acknowledgement");
	ledger_story(l, answer, EV_CLAIMED, 0, "ledger", 0, S(""),
	    "acknowledges document %lld: " STR_FMT ", control number %llu", (long long)d->id,
	    STR_ARG(k->verdict), (unsigned long long)k->interchange);
	ledger_add_job(l, &(struct db_job){ .kind = JOB_PACK, .doc = answer->id, .due_ms = l->now });
	ledger_story(l, d, EV_NOTE, 0, "ledger", 0, S(""),
	    "acknowledged: " STR_FMT ", by document %lld", STR_ARG(k->verdict),
	    (long long)answer->id);
}

void
ledger_owe_pay(struct ledger *l, struct db_doc *d)
{
	const struct partner *pt = ledger_partner(l, d);
	struct db_ack *k;
	struct err e;

	ledger_must(l, db_ack_get(l->db, l->turn, d->id, &k, &e), &e, "acknowledgement");
	if (k != NULL && k->answer == 0 && pt != NULL)
		pay(l, pt, d, k, 0, d->format);
}

void
ledger_owe_refused(struct ledger *l, struct db_doc *mail, const struct inflight *f, const struct msg *payload)
{
	const struct partner *pt = ledger_partner(l, mail);
	const struct msg *m = due(f, payload->id);
	struct db_ack k;

	if (payload->id == 0) {
		ledger_owe(l, mail, f, 0);
		ledger_owe_pay(l, mail);
		return;
	}
	if (m == NULL || pt == NULL || answered(l, mail, payload->id, payload->format))
		return;
	k = ack_of(m);
	pay(l, pt, mail, &k, payload->id, payload->format);
}

void
ledger_owe_told(struct ledger *l, const struct db_doc *answer)
{
	struct exchange x = ledger_exchange(answer);

	if (answer->parent == 0 || (!exchange_is_final(&x) && !exchange_needs_person(&x)))
		return;
	ledger_story(l, ledger_doc(l, answer->parent), EV_NOTE, 0, "ledger", 0, S(""),
	    "its acknowledgement, document %lld, is " STR_FMT, (long long)answer->id,
	    STR_ARG(answer->shown));
}

void
ledger_owe_job(struct ledger *l, const struct db_doc *d, struct msg *m)
{
	struct db_ack *k;
	struct err e;

	ledger_must(l, db_ack_by_answer(l->db, l->turn, d->id, &k, &e), &e, "acknowledgement");
	if (k == NULL)
		ledger_must(l,
		    err_set(&e, ERR_CONFIG, "acknowledgement %lld has no text", (long long)d->id),
		    &e, "acknowledgement");
	m->word = S("ack");
	m->name = d->name;
	m->format = d->format;
	m->text = k->body;
	m->count = k->interchange;
	m->size = k->grp;
}
