/* SPDX-License-Identifier: ISC */
/* evidence_texts.c - what we write about the mails of an evidence: timeline, chain, verify.sh, and what it all proves. */
#include "gateway/evidence.h"

#include "spool/name.h"

#define TEXT_MAX (1 << 20)

struct writing {
	struct cli *c;
	struct evidence *ev;
	int64_t at_ms;			/* when the files are from: of the newest event */
};

static void
add(struct writing *w, struct str path, struct str bytes)
{
	struct err e;

	if (evidence_add(w->ev, path, str_dup(w->c->arena, bytes), w->at_ms, &e) == -1)
		cli_die(EX_DATAERR, &e);
}

static void
put_timeline(struct writing *w, const struct story *story)
{
	json_t *o = evidence_json(w->ev, story);
	char *json = json_dumps(o, JSON_INDENT(1) | JSON_PRESERVE_ORDER);

	add(w, EVIDENCE_TIMELINE, str_cat(w->c->arena, str_of(json), S("\n")));
	free(json);
	json_decref(o);
}

/* The mail has a story of its own where it brought several documents. */
static void
put_chain(struct writing *w, struct db *db, const struct story *story, const struct story *mail)
{
	struct buf file = BUF_CAP(EVIDENCE_SIZE_MAX);
	struct arena *a = w->c->arena;
	struct err e;

	if (evidence_chain_put(&file, a, db, story->events, story->n_events, &e) == -1 ||
	    (mail->doc->id != story->doc->id &&
	        evidence_chain_put(&file, a, db, mail->events, mail->n_events, &e) == -1))
		cli_die(0, &e);
	add(w, EVIDENCE_CHAIN, buf_str(&file));
	buf_clear(&file);
}

static void
put_script(struct writing *w)
{
	struct buf text = BUF_CAP(TEXT_MAX);
	struct err e;

	if (evidence_script(w->ev, &text, &e) == -1)
		cli_die(EX_DATAERR, &e);
	add(w, EVIDENCE_SCRIPT, buf_str(&text));
	buf_clear(&text);
}

static void
put_proof(void *arg, enum proof proof, const char *text)
{
	static const char *const words[] = { [PROOF_OK] = "ok", [PROOF_OPEN] = "--", [PROOF_BAD] = "FAIL" };

	(void)buf_printf(arg, NULL, "  %-4s  %s\n", words[proof], text);
}

static void
put_readme(struct writing *w, const struct story *story)
{
	struct buf text = BUF_CAP(TEXT_MAX);
	struct evidence *ev = w->ev;
	struct evidence_result r = { 0 };

	(void)buf_printf(&text, NULL,
	    "Evidence of document %lld of " STR_FMT ": " STR_FMT " %s partner " STR_FMT "\n\n",
	    (long long)ev->id, STR_ARG(cli_conf(w->c)->name),
	    STR_ARG(name_shown(w->c->arena, story->doc->name)), ev->in ? "from" : "to",
	    STR_ARG(ev->partner));
	evidence_check(ev, put_proof, &text, &r);
	(void)buf_printf(&text, NULL, "\n" STR_FMT ".\n\n"
	    "Check it: sh verify.sh (needs openssl and coreutils), or edigate evidence verify FILE.tar.\n"
	    "timeline.json tells every step, SMTP replies included; these are our own record, the signatures are not.\n"
	    "chain.txt has the events as they stand in the log of all, where each carries the hash of the one before.\n"
	    "NAME.content is what was signed in NAME.eml, NAME.p7s the signature. Compare the certificates' fingerprints\n"
	    "with their owners: on them everything rests.\n", STR_ARG(evidence_verdict(ev, &r)));
	add(w, S("README.txt"), buf_str(&text));
	buf_clear(&text);
}

void
evidence_texts(struct cli *c, struct db *db, const struct story *story, const struct story *mail,
    int64_t at_ms, struct evidence *ev)
{
	struct writing w = { .c = c, .ev = ev, .at_ms = at_ms };

	put_chain(&w, db, story, mail);
	put_timeline(&w, story);
	put_script(&w);
	put_readme(&w, story);
}
