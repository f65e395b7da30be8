/* SPDX-License-Identifier: ISC */
/* ledger_db.c - the database: its failure is the end of this process; and answers that wait for the commit. */
#include "gateway/ledger.h"

#include "gateway/base/log.h"

#include <stdlib.h>
#include <sysexits.h>

void
ledger_must(struct ledger *l, int rc, const struct err *e, const char *what)
{
	if (rc != -1)
		return;
	log_ev(LOG_ERROR, 0, "database", KC("while", what), KC("why", e->text));
	db_rollback(l->db);
	exit(e->kind == ERR_CONFIG ? EX_CONFIG : EX_TEMPFAIL);
}

void
ledger_begin(struct ledger *l)
{
	struct err e;

	if (l->in_transaction)
		return;
	ledger_must(l, db_begin(l->db, &e), &e, "begin");
	l->in_transaction = true;
}

void
ledger_commit(struct ledger *l)
{
	struct err e;

	if (!l->in_transaction)
		return;
	ledger_must(l, db_commit(l->db, &e), &e, "commit");
	l->in_transaction = false;
}

void
ledger_answer(struct ledger *l, struct peer *p, const struct msg *m)
{
	struct buf b = BUF_CAP(IPC_FRAME_MAX);
	struct outgoing *o = arena_new_of(l->turn, struct outgoing);
	struct err e;

	ledger_must(l, msg_encode(m, &b, &e), &e, "answer");	/* every field met a limit before it was kept */
	*o = (struct outgoing){
		.peer = p, .type = (uint16_t)m->type, .payload = str_dup(l->turn, buf_str(&b))
	};
	buf_clear(&b);
	*l->out_end = o;
	l->out_end = &o->next;
}

void
ledger_tell_role(struct ledger *l, enum msg_who who, const struct msg *m)
{
	for (struct peer *p = l->peers; p != NULL; p = p->next)
		if (p->who == who && !p->gone)
			ledger_answer(l, p, m);
}

void
ledger_add_job(struct ledger *l, const struct db_job *j)
{
	struct err e;

	ledger_begin(l);
	ledger_must(l, db_job_add(l->db, j, &(int64_t){ 0 }, &e), &e, "job");
	if (j->due_ms <= l->now)
		l->maybe_due[j->kind] = true;
}

void
ledger_job_again(struct ledger *l, const struct db_job *j, int64_t due_ms)
{
	struct err e;

	ledger_begin(l);
	ledger_must(l, db_job_again(l->db, j->id, due_ms, &e), &e, "job");
	if (due_ms <= l->now)
		l->maybe_due[j->kind] = true;
}

struct db_doc *
ledger_doc(struct ledger *l, int64_t id)
{
	struct db_doc *d = NULL;
	struct err e;

	ledger_must(l, db_doc_get(l->db, l->turn, id, &d, &e), &e, "document");
	if (d == NULL)
		ledger_must(l,
		    err_set(&e, ERR_CONFIG, "document %lld is not in the database", (long long)id),
		    &e, "document");
	return d;
}

void
ledger_put_doc(struct ledger *l, const struct db_doc *d)
{
	struct err e;

	ledger_begin(l);
	ledger_must(l, db_doc_put(l->db, d, &e), &e, "document");
}

struct db_tx *
ledger_tx(struct ledger *l, int64_t id)
{
	struct db_tx *t = NULL;
	struct err e;

	ledger_must(l, db_tx_get(l->db, l->turn, id, &t, &e), &e, "transmission");
	if (t == NULL)
		ledger_must(l, err_set(&e, ERR_CONFIG, "transmission %lld is not in the database", (long long)id), &e, "transmission");
	return t;
}

const struct partner *
ledger_partner(const struct ledger *l, const struct db_doc *d)
{
	return partner_by_key(&l->role.conf, d->partner);
}
