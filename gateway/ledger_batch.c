/* SPDX-License-Identifier: ISC */
/*
 * Outbound documents that are collected for one interchange. Each waits with its job due at the end of its time; as soon as
 * there are messages or bytes enough, or the first of them has waited so long, all that have the same key become one
 * document of kind batch, in one commit with its control numbers and its job. From then on it is the batch that is packed,
 * sent, receipted and acknowledged, and what happens to it happens to each of them. The originals stay in the spool
 * until then: whoever is killed, none is lost and none is in two batches.
 */
#include "gateway/ledger.h"

#include "gateway/base/clock.h"

/* ---- collecting ---- */

static struct db_batch *
row_of(struct ledger *l, int64_t doc)
{
	struct db_batch *b;
	struct err e;

	ledger_must(l, db_batch_get(l->db, l->turn, doc, &b, &e), &e, "batch");
	return b;
}

static void
add_member(struct ledger *l, const struct db_batch *batch, struct db_batch *member,
    const struct db_doc *name)
{
	struct db_doc *d = ledger_doc(l, member->doc);
	struct err e;

	member->batch = batch->doc;
	ledger_must(l, db_batch_put(l->db, member, &e), &e, "batch");
	ledger_must(l, db_job_drop_doc(l->db, member->doc, &e), &e, "batch");
	d->parent = batch->doc;
	ledger_story(l, d, EV_NOTE, 0, "ledger", 0, S(""),
	    "goes out in document %lld, " STR_FMT ", control number %llu", (long long)batch->doc,
	    STR_ARG(name->name), (unsigned long long)batch->interchange);
}

static struct db_doc *
add_batch(struct ledger *l, const struct partner *pt, const struct db_doc *first)
{
	struct db_doc *d = arena_new_of(l->turn, struct db_doc);
	char ulid[ULID_MAX];
	struct err e;

	ulid_new(ulid);
	*d = (struct db_doc){ .ulid = str_dup(l->turn, str_of(ulid)), .dir = EX_OUT, .kind = DOC_BATCH, .partner = pt->key,
		.format = first->format, .shown = S("claimed"), .created_ms = l->now, .changed_ms = l->now };
	ledger_must(l, db_doc_add(l->db, d, &d->id, &e), &e, "batch");
	d->name = str_fmt(l->turn, "batch_%lld.%s", (long long)d->id,
	    str_eq(d->format, S("x12")) ? "x12" : "edi");
	return d;
}

static void
make(struct ledger *l, const struct partner *pt, struct db_batch *v, size_t n)
{
	struct db_doc *first = ledger_doc(l, v[0].doc), *d = add_batch(l, pt, first);
	struct db_batch batch = { .doc = d->id, .batch = d->id, .partner = pt->key, .key = v[0].key };
	bool x12 = str_eq(d->format, S("x12"));
	struct err e;

	for (size_t i = 0; i < n; i++) {
		batch.messages += v[i].messages;
		batch.groups += v[i].groups;
		batch.size += v[i].size;
	}
	batch.interchange = ledger_count_up(l, pt, x12 ? "x12-interchange" : "edifact-interchange", 1);
	batch.grp = batch.groups > 0 ? ledger_count_up(l, pt, "x12-group", batch.groups) : 1;
	ledger_must(l, db_batch_put(l->db, &batch, &e), &e, "batch");
	ledger_story(l, d, EV_CLAIMED, 0, "ledger", 0, S(""),
	    "%zu documents, %llu messages, control number %llu", n,
	    (unsigned long long)batch.messages, (unsigned long long)batch.interchange);
	for (size_t i = 0; i < n; i++)
		add_member(l, &batch, &v[i], d);
	ledger_add_job(l, &(struct db_job){ .kind = JOB_PACK, .doc = d->id, .due_ms = l->now });
}

/* Those that a person holds back, or that another partner has become, stay out. */
static size_t
keep_claimed(struct ledger *l, struct db_batch *v, size_t n)
{
	size_t kept = 0;

	for (size_t i = 0; i < n; i++)
		if (ledger_doc(l, v[i].doc)->stage == ST_CLAIMED)
			v[kept++] = v[i];
	return kept;
}

/* Is it time for those that were collected under that key? */
static void
look_at_key(struct ledger *l, const struct partner *pt, struct str key)
{
	uint64_t messages = 0, size = 0;
	struct db_batch *v;
	bool due = false;
	struct err e;
	size_t n;

	ledger_must(l, db_batch_open(l->db, l->turn, pt->key, key, &v, &n, &e), &e, "batch");
	n = keep_claimed(l, v, n);
	for (size_t i = 0; i < n; i++) {
		messages += v[i].messages;
		size += v[i].size;
		due |= v[i].due_ms <= l->now;
	}
	if (n > 0 && (due || messages >= pt->batch || size >= pt->batch_size))
		make(l, pt, v, n);
}

void
ledger_collected(struct ledger *l, struct inflight *f, const struct msg *m)
{
	const struct partner *pt = partner_by_key(&l->role.conf, m->partner);
	struct db_doc *d = ledger_doc(l, f->job.doc);
	struct db_batch *before = row_of(l, d->id), b;
	struct err e;

	ledger_begin(l);
	d->attempts = 0;
	if (d->stage != ST_CLAIMED || pt == NULL || (before != NULL && before->batch != 0)) {
		ledger_must(l, db_job_done(l->db, f->job.id, &e), &e, "collected");	/* a person was quicker, or it is in one */
		return;
	}
	ledger_take_facts(d, m);
	d->partner = pt->key;
	d->reason = m->flag || str_eq(f->job.detail, S("forced")) ? S("") : ledger_vet_out(l, d);
	if (d->reason.n > 0) {
		ledger_must(l, db_job_done(l->db, f->job.id, &e), &e, "collected");
		ledger_story(l, d, EV_HELD, 0, "ledger", 0, S(""), STR_FMT, STR_ARG(d->reason));
		return;
	}
	ledger_take_messages(l, f, d->id);
	(void)ledger_findings(l, d, f, 0, "pack");
	b = (struct db_batch){ .doc = d->id, .partner = pt->key, .key = m->name, .messages = m->count, .groups = (uint64_t)m->id,
		.size = m->size, .due_ms = pt->batch > 1 ? d->created_ms + pt->batch_wait_ms : l->now };
	ledger_must(l, db_batch_put(l->db, &b, &e), &e, "collected");
	if (before == NULL)
		ledger_story(l, d, EV_NOTE, 0, "pack", 0, S(""), "%s" STR_FMT "%s" STR_FMT "; %s" STR_FMT, d->test ? "TEST " : "",
		    STR_ARG(d->type), d->number.n > 0 ? " " : "", STR_ARG(d->number), pt->batch > 1 ? "collected with others, at the latest until " :
		    "goes out now, ", STR_ARG(clock_rfc3339(l->turn, b.due_ms)));
	else
		ledger_put_doc(l, d);
	ledger_job_again(l, &f->job, b.due_ms);
	look_at_key(l, pt, b.key);
	before = row_of(l, d->id);
	if (before != NULL && before->batch != 0)
		ledger_must(l, db_job_done(l->db, f->job.id, &e), &e, "collected");
}

bool
ledger_batch_due(struct ledger *l, const struct db_doc *d, const struct db_job *j)
{
	struct db_batch *b = row_of(l, d->id);
	const struct partner *pt;
	struct err e;

	if (b == NULL || d->kind != DOC_DOCUMENT || str_eq(j->detail, S("forced")))
		return false;
	pt = partner_by_key(&l->role.conf, b->partner);
	if (b->batch == 0 && pt != NULL) {
		b->due_ms = l->now;
		ledger_must(l, db_batch_put(l->db, b, &e), &e, "batch");
		look_at_key(l, pt, b->key);
		b = row_of(l, d->id);
	}
	if (b->batch == 0)
		return false;
	ledger_must(l, db_job_done(l->db, j->id, &e), &e, "batch");
	return true;
}

void
ledger_batch_job(struct ledger *l, const struct db_doc *d, struct msg *m)
{
	struct db_batch *b = row_of(l, d->id), *v;
	struct buf list = BUF_CAP(IPC_FRAME_MAX / 2);
	struct err e;
	size_t n;

	ledger_must(l, db_batch_members(l->db, l->turn, d->id, &v, &n, &e), &e, "batch");
	for (size_t i = 0; i < n; i++) {
		const struct db_doc *member = ledger_doc(l, v[i].doc);
		ledger_must(l,
		    buf_printf(&list, &e, STR_FMT " " STR_FMT "\n", STR_ARG(member->ulid),
		        STR_ARG(member->partner)),
		    &e, "batch");
	}
	m->word = S("batch");
	m->name = d->name;
	m->format = d->format;
	m->text = str_dup(l->turn, buf_str(&list));
	m->count = b != NULL ? b->interchange : 0;
	m->size = b != NULL ? b->grp : 0;
	buf_clear(&list);
}

/* ---- what happens to a batch happens to what is in it ---- */

static bool
is_mirrored(enum ex_event ev)
{
	switch (ev) {
	case EV_NOTE:
	case EV_CLAIMED:
	case EV_ACK_RECEIVED:	/* acknowledgements speak of messages: ledger_ack.c */
	case EV_ACK_ACCEPTED:
	case EV_ACK_ERRORS:
	case EV_ACK_PARTIAL:
	case EV_ACK_REJECTED:
		return false;
	default:
		return true;
	}
}

static void
settle(struct ledger *l, struct db_doc *d, struct str why)
{
	if (d->t == T_ACCEPTED || d->t == T_DELAYED || d->t == T_RELAYED || d->t == T_DELIVERED) {
		effect_settle(l, d, "sent");
	} else if (ledger_is_failed(d)) {
		d->reason = why;
		ledger_put_doc(l, d);
		effect_settle(l, d, "failed");
		effect_error_file(l, d);
	}
}

void
ledger_batch_mirror(struct ledger *l, const struct db_doc *batch, enum ex_event ev,
    unsigned int arg, const char *role, struct str proof, struct str text)
{
	struct db_batch *v;
	struct err e;
	size_t n;

	if (!is_mirrored(ev))
		return;
	ledger_must(l, db_batch_members(l->db, l->turn, batch->id, &v, &n, &e), &e, "batch");
	for (size_t i = 0; i < n; i++) {
		struct db_doc *d = ledger_doc(l, v[i].doc);

		d->reason = ev == EV_HELD || ev == EV_INVALID ? text : S("");
		ledger_story(l, d, ev, arg, role, 0, proof, STR_FMT, STR_ARG(text));
		settle(l, d, text);
	}
}

struct db_doc *
ledger_batch_of(struct ledger *l, struct db_doc *d)
{
	struct db_batch *b = d->dir == EX_OUT && d->kind == DOC_DOCUMENT ? row_of(l, d->id) : NULL;
	struct err e;

	if (b == NULL)
		return d;
	if (b->batch != 0)
		return ledger_doc(l, b->batch);
	ledger_begin(l);	/* a person decides about it alone from here on */
	ledger_must(l, db_batch_drop(l->db, d->id, &e), &e, "batch");
	return d;
}
