/* SPDX-License-Identifier: ISC */
#include "gateway/wait.h"

#include "gateway/base/clock.h"
#include "gateway/exchange.h"
#include "spool/name.h"

#include <stdio.h>

#define WAIT_POLL_MS   500
#define WAIT_ARENA_MAX ((size_t)64 << 20)

struct wait_file {
	struct wait_file *next;
	struct str partner, name;
	int64_t doc;			/* 0: not taken from the outbox yet */
	const char *told;		/* why it waits in the outbox, as last said */
	bool done;
	int status;
};

struct search {
	int64_t after, found;
};

int
wait_target_of(const char *word, enum wait_target *out)
{
	static const char *const words[] = { "", "accepted", "receipted", "acknowledged" };

	*out = WAIT_DEFAULT;
	if (word == NULL)
		return 0;
	for (size_t i = 1; i < N(words); i++)
		if (str_eq(str_of(word), str_of(words[i]))) {
			*out = (enum wait_target)i;
			return 0;
		}
	return -1;
}

static int
on_doc(void *arg, const struct db_doc *d, struct err *e)
{
	struct search *s = arg;

	(void)e;
	if (d->id > s->after && (s->found == 0 || d->id < s->found))
		s->found = d->id;
	return 0;
}

void
wait_start(struct wait *w, struct cli *c)
{
	struct db_filter newest = { .dir = -1, .kind = -1, .limit = 1 };
	struct search s = { 0 };
	struct err e;

	w->cli = c;
	w->db = cli_db(c);
	docs_follow_start(&w->follow, w->db);
	if (db_doc_each(w->db, &newest, on_doc, &s, &e) == -1)
		cli_die(0, &e);
	w->newest = s.found;
}

void
wait_expect(const struct wait *w, const struct partner *pt)
{
	struct arena *a = w->cli->arena;

	if (w->target == WAIT_RECEIPTED && pt->receipt == CONF_RECEIPT_NONE)
		cli_fail(EX_USAGE, "partner '%s' is not asked for receipts (receipt = none): wait for accepted",
		    cli_shown(a, pt->key));
	if (w->target == WAIT_ACKNOWLEDGED && !pt->ack)
		cli_fail(EX_USAGE, "partner '%s' sends no acknowledgements (ack = none): wait for receipted",
		    cli_shown(a, pt->key));
}

void
wait_add(struct wait *w, struct str partner, struct str name)
{
	struct wait_file *f = arena_new_of(w->cli->arena, struct wait_file), **end = &w->files;

	f->partner = partner;
	f->name = name;
	while (*end != NULL)
		end = &(*end)->next;
	*end = f;
}

/* Still in the outbox? Then there is a reason, which is said once. A refused file will not go by itself. */
static void
look_at_outbox(struct wait *w, struct wait_file *f, struct arena *a)
{
	struct db_waiting *all;
	struct err e;
	size_t n;

	if (db_waiting_list(w->db, a, &all, &n, &e) == -1)
		cli_die(0, &e);
	for (size_t i = 0; i < n; i++) {
		if (!str_eq(all[i].partner, f->partner) || !str_eq(all[i].name, f->name))
			continue;
		if (f->told == NULL || !str_eq(str_of(f->told), name_shown(a, all[i].reason))) {
			f->told = cli_shown(w->cli->arena, all[i].reason);
			cli_warn("outbox/%s/%s waits: %s", cli_shown(a, f->partner),
			    cli_shown(a, f->name), f->told);
		}
		f->done = all[i].refused;
		f->status = EX_DATAERR;
	}
}

static void
find_doc(struct wait *w, struct wait_file *f, struct arena *a)
{
	struct db_filter by_name = {
		.dir = EX_OUT, .kind = DOC_DOCUMENT, .partner = f->partner, .name = f->name
	};
	struct search s = { .after = w->newest };
	struct err e;

	if (db_doc_each(w->db, &by_name, on_doc, &s, &e) == -1)
		cli_die(0, &e);
	f->doc = s.found;
	if (f->doc == 0)
		look_at_outbox(w, f, a);
}

enum wait_step { NOT_YET, REACHED, NEVER };

static enum wait_step
accepted(const struct exchange *x)
{
	if (x->t == T_ACCEPTED || x->t == T_DELAYED || x->t == T_RELAYED || x->t == T_DELIVERED)
		return REACHED;
	/* A receipt proves that it got there, whatever became of the reply. */
	return x->r == R_OK || x->r == R_WARNING ? REACHED : NOT_YET;
}

static enum wait_step
receipted(const struct exchange *x)
{
	if (x->r == R_OK || x->r == R_WARNING)
		return REACHED;
	return x->r == R_NEGATIVE || x->r == R_DISPUTED ? NEVER : NOT_YET;
}

static enum wait_step
acknowledged(const struct exchange *x)
{
	if (x->a == A_ACCEPTED || x->a == A_ACCEPTED_ERRORS)
		return REACHED;
	return x->a == A_REJECTED || x->a == A_PARTIAL || (x->a == A_NOT_WANTED && accepted(x) == REACHED) ? NEVER : NOT_YET;
}

static enum wait_step
step(const struct wait *w, const struct exchange *x)
{
	enum wait_step s = NOT_YET;

	switch (w->target) {
	case WAIT_ACCEPTED:
		s = accepted(x);
		break;
	case WAIT_DEFAULT:
		s = x->r == R_NOT_WANTED ? accepted(x) : receipted(x);
		break;
	case WAIT_RECEIPTED:
		s = x->r == R_NOT_WANTED && accepted(x) == REACHED ? NEVER : receipted(x);
		break;
	case WAIT_ACKNOWLEDGED:
		s = acknowledged(x);
		break;
	}
	if (s == NOT_YET && (exchange_is_final(x) || x->stage == ST_HELD || x->stage == ST_FAILED))
		return NEVER;
	return s;
}

static void
look_at_doc(struct wait *w, struct wait_file *f, struct arena *a)
{
	struct db_doc *d = NULL;
	struct exchange x;
	struct str state;
	struct err e;

	if (db_doc_get(w->db, a, f->doc, &d, &e) == -1)
		cli_die(0, &e);
	if (d == NULL)
		return;
	x = (struct exchange){ (enum ex_dir)d->dir, (enum ex_stage)d->stage,
		(enum ex_transport)d->t, (enum ex_receipt)d->r, (enum ex_ack)d->a,
		(enum ex_answer)d->b };
	switch (step(w, &x)) {
	case NOT_YET:
		return;
	case REACHED:
		f->status = EX_OK;
		break;
	case NEVER:
		f->status = CMD_NO;
		break;
	}
	f->done = true;
	state = table_tint(a, cli_state_tint(d->shown), d->shown, cli_colour());
	(void)printf("%s  %.*s%s%s\n", docs_head(a, d), (int)state.n, state.p,
	    f->status != EX_OK && d->reason.n > 0 ? ": " : "",
	    f->status != EX_OK && d->reason.n > 0 ? cli_shown(a, d->reason) : "");
}

static bool
is_ours(const struct wait *w, int64_t doc)
{
	for (const struct wait_file *f = w->files; f != NULL; f = f->next)
		if (f->doc == doc)
			return true;
	return false;
}

/* One round: who has appeared, what happened to them, who is through. Returns whether all are. */
static bool
round_once(struct wait *w, int64_t wait_ms)
{
	struct arena *a = arena_new(WAIT_ARENA_MAX);
	struct db_event *events;
	bool all_done = true;
	size_t n;

	docs_follow_wait(&w->follow, a, wait_ms, &events, &n);
	for (struct wait_file *f = w->files; f != NULL; f = f->next)
		if (!f->done && f->doc == 0)
			find_doc(w, f, a);
	for (size_t i = 0; i < n; i++)
		if (is_ours(w, events[i].doc))
			docs_put_event(a, &events[i], true);
	for (struct wait_file *f = w->files; f != NULL; f = f->next) {
		if (!f->done && f->doc != 0)
			look_at_doc(w, f, a);
		all_done = all_done && f->done;
	}
	(void)fflush(stdout);
	arena_free(a);
	return all_done;
}

int
wait_run(struct wait *w, int64_t timeout_ms)
{
	int64_t end = clock_mono_ms() + timeout_ms, left = timeout_ms;
	int status = EX_OK;
	bool done = false;

	while (!done && left > 0) {
		done = round_once(w, left < WAIT_POLL_MS ? left : WAIT_POLL_MS);
		left = end - clock_mono_ms();
	}
	for (const struct wait_file *f = w->files; f != NULL; f = f->next) {
		int one = f->done ? f->status : EX_TEMPFAIL;
		if (!f->done)
			cli_warn("%s: no proof within %s", cli_shown(w->cli->arena, f->name),
			    cli_span(w->cli->arena, timeout_ms));
		if (one != EX_OK && status != CMD_NO)
			status = one;
	}
	db_close(w->db);
	return status;
}
