/* SPDX-License-Identifier: ISC */
/*
 * Hooks: when what people see of a document changes to STATE and there is a folder hooks.d/STATE, a job for the hook role is
 * written in the same transaction as the change. Hooks never gate anything: custody, receipts and sending go on.
 */
#include "gateway/ledger.h"

#include "gateway/base/clock.h"
#include "gateway/base/log.h"
#include "gateway/hook_input.h"

#include <fcntl.h>
#include <unistd.h>

#define HOOK_FIRST_MS	10000
#define HOOK_LONGEST_MS (3600 * 1000)
#define HOOK_TRIES	130	/* about five days of the longest delay */

void
ledger_hook_event(struct ledger *l, const struct db_doc *d, struct str event)
{
	char *folder = str_cstr(l->turn, str_fmt(l->turn, "hooks.d/" STR_FMT, STR_ARG(event)));
	bool theirs = d->kind == DOC_ACK && d->dir == EX_IN;	/* filed like a document */

	if ((d->kind == DOC_DOCUMENT || theirs) && faccessat(l->home, folder, F_OK, 0) == 0)
		ledger_add_job(l,
		    &(struct db_job){
		        .kind = JOB_HOOK, .doc = d->id, .due_ms = l->now, .detail = event });
}

bool
ledger_job_hook(struct ledger *l, struct db_job *j, struct msg *m)
{
	struct db_doc *d = ledger_doc(l, j->doc);
	struct str delivery = str_fmt(l->turn, "%lld-%lld", (long long)d->id, (long long)j->id);

	*m = (struct msg){ .type = MSG_JOB_HOOK, .job = j->id, .id = d->id, .word = j->detail };
	m->name = hook_env(l->turn, l->role.conf.home, j->detail, delivery, d);
	m->text = hook_json(l->turn, j->detail, d);
	return true;
}

void
ledger_hooked(struct ledger *l, struct inflight *f, const struct msg *m)
{
	struct db_doc *d = ledger_doc(l, f->job.doc);
	int64_t delay = HOOK_FIRST_MS;
	struct err e;

	ledger_begin(l);
	if (m->flag) {
		ledger_must(l, db_job_done(l->db, f->job.id, &e), &e, "hook");
		if (m->text.n == 0)
			return;		/* a folder without hooks proves nothing */
		ledger_story(l, d, str_eq(f->job.detail, S("filed")) ? EV_HANDED_OVER : EV_NOTE, 0,
		    "hook", 0, S(""), STR_FMT " for '" STR_FMT "'", STR_ARG(m->text),
		    STR_ARG(f->job.detail));
		return;
	}
	if (f->job.tries >= HOOK_TRIES) {
		ledger_must(l, db_job_done(l->db, f->job.id, &e), &e, "hook");
		ledger_story(l, d, EV_NOTE, 0, "hook", 0, S(""),
		    "hooks for '" STR_FMT "' given up: " STR_FMT, STR_ARG(f->job.detail),
		    STR_ARG(m->text));
		return;
	}
	for (unsigned int i = 1; i < f->job.tries && delay < HOOK_LONGEST_MS; i++)
		delay *= 2;
	if (delay > HOOK_LONGEST_MS)
		delay = HOOK_LONGEST_MS;
	ledger_job_again(l, &f->job, l->now + delay);
	ledger_story(l, d, EV_NOTE, 0, "hook", 0, S(""),
	    "hook failed: " STR_FMT "; again in %lld s", STR_ARG(m->text), (long long)delay / 1000);
}
