/* SPDX-License-Identifier: ISC */
/*
 * Effects are remembered while the transaction is open and run after its commit. A crash between the two loses them;
 * each can be seen to be missing from the folders or the database when the ledger starts again (ledger_recover.c).
 */
#include "gateway/ledger.h"

#include "gateway/base/io.h"
#include "gateway/base/log.h"
#include "gateway/json.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum effect_kind { EFFECT_SETTLE, EFFECT_ERROR_FILE, EFFECT_STATUS, EFFECT_MOVE, EFFECT_REASON, EFFECT_UNLINK };

struct effect {
	enum effect_kind kind;
	int64_t doc;
	const char *folder;
	struct str ulid, text;
	enum spool_box from, to;
	struct effect *next;
};

static struct effect *
add(struct ledger *l, enum effect_kind kind)
{
	struct effect *x = arena_new_of(l->turn, struct effect);

	x->kind = kind;
	*l->effects_end = x;
	l->effects_end = &x->next;
	return x;
}

/* Was it dropped by somebody, who is told what becomes of it? What we make ourselves has no file in the folders. */
static bool
has_original(const struct db_doc *d)
{
	return d->dir == EX_OUT && d->kind == DOC_DOCUMENT;
}

void
effect_settle_claim(struct ledger *l, const struct db_doc *d, struct str partner,
    const char *folder)
{
	struct effect *x;

	if (!has_original(d))
		return;
	x = add(l, EFFECT_SETTLE);
	x->doc = d->id;
	x->folder = folder;
	x->text = str_dup(l->turn, partner);
}

void
effect_settle(struct ledger *l, const struct db_doc *d, const char *folder)
{
	effect_settle_claim(l, d, d->partner, folder);
}

void
effect_error_file(struct ledger *l, const struct db_doc *d)
{
	if (has_original(d))
		add(l, EFFECT_ERROR_FILE)->doc = d->id;
}

void
effect_status(struct ledger *l, const struct db_doc *d)
{
	if (!has_original(d))
		return;
	for (const struct effect *x = l->effects; x != NULL; x = x->next)
		if (x->kind == EFFECT_STATUS && x->doc == d->id)
			return;
	add(l, EFFECT_STATUS)->doc = d->id;
}

void
effect_move(struct ledger *l, struct str ulid, enum spool_box from, enum spool_box to)
{
	struct effect *x = add(l, EFFECT_MOVE);

	x->ulid = str_dup(l->turn, ulid);
	x->from = from;
	x->to = to;
}

void
effect_reason(struct ledger *l, struct str ulid, struct str text)
{
	struct effect *x = add(l, EFFECT_REASON);

	x->ulid = str_dup(l->turn, ulid);
	x->text = str_dup(l->turn, text);
}

void
effect_unlink(struct ledger *l, struct str path)
{
	add(l, EFFECT_UNLINK)->text = str_dup(l->turn, path);
}

static struct str
base_of(struct str path)
{
	struct str folder;

	while (str_chr(path, '/', NULL))
		(void)str_cut(&path, '/', &folder);
	return path;
}

bool
ledger_is_failed(const struct db_doc *d)
{
	return str_eq(d->shown, S("failed")) || str_eq(d->shown, S("invalid")) ||
	    str_eq(d->shown, S("cancelled"));
}

/*
 * Beside the original in failed/, by its name there. An original that lies in sent/ (its receipt failed later) may have
 * a namesake in failed/: its own number tells them apart.
 */
struct str
ledger_error_path(struct ledger *l, const struct db_doc *d)
{
	struct str name = base_of(d->path);

	if (!str_starts(d->path, S("failed/")))
		name = name_other(l->turn, d->name, str_fmt(l->turn, "%lld", (long long)d->id));
	return str_cat(l->turn, S("failed/"), name_beside(l->turn, name, ".error.txt", d->id));
}

/* A name that is used again follows its newest document; the one before goes on under its number. */
struct str
ledger_status_path(struct ledger *l, const struct db_doc *d)
{
	int64_t newest = d->id;
	struct str name = d->name;
	struct err e;

	ledger_must(l, db_doc_newest(l->db, d->name, &newest, &e), &e, "status");
	if (newest != d->id)
		name = name_other(l->turn, name, str_fmt(l->turn, "%lld", (long long)d->id));
	return str_cat(l->turn, S("status/"), name_beside(l->turn, name, ".json", d->id));
}

/* What had failed was delivered after all: the original goes where that is to be seen. */
static int
settle_anew(struct ledger *l, struct db_doc *d, const char *folder, struct str *final,
    struct err *e)
{
	char *from = str_cstr(l->turn, d->path), *error = str_cstr(l->turn, ledger_error_path(l, d));
	struct str name = base_of(d->path), id = str_fmt(l->turn, "%lld", (long long)d->id);

	*final = S("");
	for (int i = 0; i < 2; i++) {
		struct str to = str_cat(l->turn, str_fmt(l->turn, "%s/", folder),
		    i == 0 ? name : name_other(l->turn, name, id));

		if (renameat2(l->home, from, l->home, to.p, RENAME_NOREPLACE) == 0) {
			*final = base_of(to);
			break;
		}
		if (errno == ENOENT)
			break;		/* taken away by somebody */
		if (errno != EEXIST)
			return err_errno(e, STR_FMT, STR_ARG(to));
	}
	if (unlinkat(l->home, error, 0) == -1 && errno != ENOENT)
		return err_errno(e, "%s", error);
	return 0;
}

/*
 * The folder an original was claimed from stands in its claim's name; the document may have been routed elsewhere since.
 * A path that is known says that it was settled before, unless a power cut has undone that: then the claim is there.
 */
static int
settle(struct ledger *l, struct db_doc *d, struct str partner, const char *folder, struct err *e)
{
	struct claim claim;
	struct str final = S("");
	bool found;

	if (claim_get(l->turn, l->spool, d->ulid, partner, &claim, &found, e) == -1)
		return -1;
	if (!found && d->path.n == 0 && claim_find(l->turn, l->spool, d->ulid, &claim, &found, e) == -1)
		return -1;
	if (found) {
		if (claim_settle(l->turn, l->spool, &claim, folder, d->id, &final, e) == -1)
			return -1;
	} else if (str_starts(d->path, S("failed/")) && strcmp(folder, "sent") == 0) {
		if (settle_anew(l, d, folder, &final, e) == -1)
			return -1;
	}
	if (final.n > 0) {
		d->path = str_cat(l->turn, str_fmt(l->turn, "%s/", folder), final);
		ledger_begin(l);
		ledger_put_doc(l, d);
		effect_status(l, d);
	}
	return 0;
}

/* Small files that the database can make again are renamed into place without waiting for the disk. */
static int
write_beside(struct ledger *l, const char *folder, struct str path, struct str content,
    struct err *e)
{
	char *tmp = str_cstr(l->turn, str_fmt(l->turn, "%s/.%d.tmp", folder, (int)getpid()));
	int fd = openat(l->home, tmp, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0640);
	int rc;

	if (fd == -1)
		return err_errno(e, "%s", tmp);
	rc = io_write_all(fd, content, e);
	io_close(&fd);
	if (rc == 0 && renameat(l->home, tmp, l->home, str_cstr(l->turn, path)) == -1)
		rc = err_errno(e, "%s", path.p);
	return rc;
}

static int
write_error_file(struct ledger *l, const struct db_doc *d, struct err *e)
{
	struct str text = str_fmt(l->turn,
	    "This document was not delivered.\n\nstate:    " STR_FMT "\nreason:   " STR_FMT "\npartner:  " STR_FMT
	    "\ndocument: %lld  " STR_FMT " " STR_FMT "\n", STR_ARG(d->shown), STR_ARG(d->reason), STR_ARG(d->partner), (long long)d->id,
	    STR_ARG(d->type), STR_ARG(d->number));

	text = str_cat(l->turn, text, ledger_findings_text(l, d));
	text = str_cat(l->turn, text,
	    str_fmt(l->turn, "\nThe whole story:  edigate trace %lld\n", (long long)d->id));
	return write_beside(l, "failed", ledger_error_path(l, d), text, e);
}

static int
write_status(struct ledger *l, const struct db_doc *d, struct err *e)
{
	struct exchange x = ledger_exchange(d);
	json_t *o = json_doc(l->turn, d);
	char *text;
	int rc;

	json_bool(o, "final", exchange_is_final(&x));
	text = json_dumps(o, JSON_INDENT(2) | JSON_PRESERVE_ORDER);
	if (text == NULL)
		abort();
	rc = write_beside(l, "status", ledger_status_path(l, d), str_fmt(l->turn, "%s\n", text), e);
	free(text);
	json_decref(o);
	return rc;
}

static int
run(struct ledger *l, const struct effect *x, struct err *e)
{
	struct db_doc *d = NULL;

	if (x->doc != 0)
		d = ledger_doc(l, x->doc);
	switch (x->kind) {
	case EFFECT_SETTLE:
		return settle(l, d, x->text, x->folder, e);
	case EFFECT_ERROR_FILE:
		return write_error_file(l, d, e);
	case EFFECT_STATUS:
		return write_status(l, d, e);
	case EFFECT_MOVE:
		return spool_move(l->spool, str_cstr(l->turn, x->ulid), x->from, x->to, e);
	case EFFECT_REASON:
		return spool_reason(l->spool, str_cstr(l->turn, x->ulid), x->text, e);
	case EFFECT_UNLINK:
		if (unlinkat(l->home, str_cstr(l->turn, x->text), 0) == -1 && errno != ENOENT)
			return err_errno(e, STR_FMT, STR_ARG(x->text));
		return 0;
	}
	return 0;
}

void
effects_run(struct ledger *l)
{
	struct effect *list = l->effects;
	struct err e;

	l->effects = NULL;
	l->effects_end = &l->effects;
	for (const struct effect *x = list; x != NULL; x = x->next)
		if (run(l, x, &e) == -1)
			log_ev(LOG_ERROR, x->doc, "effect", KC("why", e.text));
}
