/* SPDX-License-Identifier: ISC */
#include "gateway/pick.h"

#include "gateway/base/clock.h"
#include "gateway/exchange.h"
#include "spool/name.h"

#include <stdio.h>
#include <stdlib.h>

#define PICK_NAMED_MAX 10		/* of an ambiguous name, so many are listed */

/* Words in front of a business number, and the message types that they stand for. */
static const struct {
	struct str prefix;
	struct str types[8];
} families[] = {
	{ S_INIT("inv:"), { S_INIT("INVOIC"), S_INIT("810"), S_INIT("Invoice"), S_INIT("CreditNote"),
	      S_INIT("CrossIndustryInvoice") } },
	{ S_INIT("ord:"), { S_INIT("ORDERS"), S_INIT("850"), S_INIT("Order") } },
};

struct collect {
	struct cli *c;
	const struct filter *filter;
	const struct str *types;	/* NULL: any */
	struct picked found;
	size_t size;
};

static bool
has_type(const struct str *types, struct str type)
{
	if (types == NULL)
		return true;
	for (size_t i = 0; types[i].n > 0; i++)
		if (str_eq(types[i], type))
			return true;
	return false;
}

/* The row's strings may live only as long as the call that lent them. */
static struct db_doc *
keep(struct arena *a, const struct db_doc *d)
{
	struct db_doc *k = arena_new_of(a, struct db_doc);

	*k = *d;
	k->ulid = str_dup(a, d->ulid);
	k->partner = str_dup(a, d->partner);
	k->name = str_dup(a, d->name);
	k->path = str_dup(a, d->path);
	k->sha256 = str_dup(a, d->sha256);
	k->format = str_dup(a, d->format);
	k->type = str_dup(a, d->type);
	k->number = str_dup(a, d->number);
	k->sender = str_dup(a, d->sender);
	k->receiver = str_dup(a, d->receiver);
	k->control = str_dup(a, d->control);
	k->message_id = str_dup(a, d->message_id);
	k->subject = str_dup(a, d->subject);
	k->shown = str_dup(a, d->shown);
	k->reason = str_dup(a, d->reason);
	return k;
}

static void
push(struct collect *k, struct db_doc *d)
{
	if (k->found.n == k->size) {
		size_t size = k->size == 0 ? 64 : k->size * 2;
		struct db_doc **more = arena_get_array(k->c->arena, size, sizeof(struct db_doc *));
		for (size_t i = 0; i < k->found.n; i++)
			more[i] = k->found.docs[i];
		k->found.docs = more;
		k->size = size;
	}
	k->found.docs[k->found.n++] = d;
}

static int
on_doc(void *arg, const struct db_doc *d, struct err *e)
{
	struct collect *k = arg;

	(void)e;
	if (pick_fits(k->filter, d) && has_type(k->types, d->type))
		push(k, keep(k->c->arena, d));
	return 0;
}

static struct picked
find(struct cli *c, struct db *db, const struct filter *f, const struct str *types)
{
	struct collect k = { .c = c, .filter = f, .types = types };
	struct err e;

	if (db_doc_each(db, &f->db, on_doc, &k, &e) == -1)
		cli_die(0, &e);
	return k.found;
}

static struct picked
by_number(struct cli *c, struct db *db, struct str number, const struct str *types)
{
	struct filter f;

	filter_init(&f);
	f.db.number = number;
	return find(c, db, &f, types);
}

static struct picked
by_name(struct cli *c, struct db *db, struct str name)
{
	struct filter f;

	filter_init(&f);
	for (size_t at; str_chr(name, '/', &at);)
		name = str_from(name, at + 1);
	f.db.name = name;
	return find(c, db, &f, NULL);
}

static struct picked
only(struct cli *c, struct db_doc *d)
{
	struct collect k = { .c = c };

	if (d != NULL)
		push(&k, d);
	return k.found;
}

/* An outbound Message-ID belongs to a transmission; an inbound one stands with the document, brackets included. */
static struct picked
by_message_id(struct cli *c, struct db *db, struct str id)
{
	struct filter f;
	struct db_tx *tx = NULL;
	struct db_doc *d = NULL;
	struct err e;
	struct picked found;

	if (db_tx_by_message_id(db, c->arena, id, &tx, &e) == -1 ||
	    (tx != NULL && db_doc_get(db, c->arena, tx->doc, &d, &e) == -1))
		cli_die(0, &e);
	if (d != NULL)
		return only(c, d);
	filter_init(&f);
	f.db.kind = -1;
	f.db.message_id = id;
	found = find(c, db, &f, NULL);
	if (found.n == 0 && !str_starts(id, S("<"))) {
		f.db.message_id = str_fmt(c->arena, "<" STR_FMT ">", STR_ARG(id));
		found = find(c, db, &f, NULL);
	}
	return found;
}

static struct picked
by_id(struct cli *c, struct db *db, struct str word)
{
	struct db_doc *d = NULL;
	uint64_t id;
	struct err e;
	int rc = 0;

	if (str_u64(word, INT64_MAX, &id) == 0)
		rc = db_doc_get(db, c->arena, (int64_t)id, &d, &e);
	else if (ulid_is(word))
		rc = db_doc_by_ulid(db, c->arena, word, &d, &e);
	if (rc == -1)
		cli_die(0, &e);
	return only(c, d);
}

static struct picked
candidates(struct cli *c, struct db *db, struct str word)
{
	struct picked found;

	for (size_t i = 0; i < N(families); i++)
		if (str_starts(word, families[i].prefix))
			return by_number(c, db, str_from(word, families[i].prefix.n), families[i].types);
	found = by_id(c, db, word);
	if (found.n == 0 && str_chr(word, '@', NULL))
		found = by_message_id(c, db, word);
	if (found.n == 0)
		found = by_name(c, db, word);
	if (found.n == 0)
		found = by_number(c, db, word, NULL);
	return found;
}

struct db_doc *
pick_one(struct cli *c, struct db *db, struct str word)
{
	struct picked found = candidates(c, db, word);

	if (found.n == 0)
		cli_fail(EX_NOINPUT, "no document '%s'", cli_shown(c->arena, word));
	if (found.n == 1)
		return found.docs[0];
	cli_warn("'%s' fits %zu documents; name one by its number:", cli_shown(c->arena, word), found.n);
	for (size_t i = 0; i < found.n && i < PICK_NAMED_MAX; i++) {
		const struct db_doc *d = found.docs[i];
		(void)fprintf(stderr, "  %lld  %s  %s  %s  %s\n", (long long)d->id,
		    d->dir == EX_IN ? "in" : "out", cli_shown(c->arena, d->partner),
		    cli_shown(c->arena, d->name), cli_shown(c->arena, d->shown));
	}
	exit(EX_USAGE);
}

struct picked
pick_all(struct cli *c, struct db *db)
{
	struct collect k = { .c = c };
	struct filter f;
	struct err e;

	filter_init(&f);
	for (size_t i = 0; i < c->n; i++) {
		struct str word = str_of(c->args[i]);
		if (!filter_is(word))
			push(&k, pick_one(c, db, word));
		else if (filter_add(&f, word, clock_wall_ms(), &e) == -1)
			cli_usage(c, "%s", e.text);
	}
	if (f.given != 0) {
		struct picked more = find(c, db, &f, NULL);
		for (size_t i = 0; i < more.n; i++)
			push(&k, more.docs[i]);
	}
	return k.found;
}

bool
pick_fits(const struct filter *f, const struct db_doc *d)
{
	struct exchange x = { (enum ex_dir)d->dir, (enum ex_stage)d->stage, (enum ex_transport)d->t,
		(enum ex_receipt)d->r, (enum ex_ack)d->a, (enum ex_answer)d->b };

	return f == NULL || !f->attention || exchange_needs_person(&x);
}
