/* SPDX-License-Identifier: ISC */
/* What only the ledger can see of a document: what came or went before it, and what should have. */
#include "gateway/ledger.h"

#include "gateway/base/log.h"

#define GAP_MAX	   1000		/* more numbers than this are another way to count */
#define DIGITS_MAX 15

struct db_doc *
ledger_known(struct ledger *l, const struct db_doc *d)
{
	const struct partner *pt = ledger_partner(l, d);
	struct db_doc *first = NULL;
	struct err e;

	if (d->control.n > 0 && pt != NULL && pt->hold_duplicates)
		ledger_must(l,
		    db_doc_by_control(l->db, l->turn, d->partner, d->sender, d->receiver,
		        d->control, d->type, &first, &e),
		    &e, "control");
	return first != NULL && first->id != d->id ? first : NULL;
}

struct str
ledger_vet_in(struct ledger *l, const struct db_doc *d, int64_t *first)
{
	const struct partner *pt = ledger_partner(l, d);
	const struct db_doc *known = ledger_known(l, d);

	*first = 0;
	if (known != NULL && !str_eq(known->sha256, d->sha256)) {
		*first = known->id;
		log_ev(LOG_WARN, d->id, "number-again", KS("control", d->control), KI("before", known->id));
		return str_fmt(l->turn,
		    "interchange " STR_FMT " came before as document %lld, with other content",
		    STR_ARG(d->control), (long long)known->id);
	}
	if (pt != NULL && !partner_takes(pt, d->format, d->test)) {
		log_ev(LOG_WARN, d->id, "wrong-mode", KS("partner", d->partner),
		    KC("is", d->test ? "test" : "production"));
		return str_fmt(l->turn,
		    "it is %s, and with partner '" STR_FMT "' we are in %s (mode)",
		    d->test ? "a test" : "no test", STR_ARG(pt->key),
		    d->test ? "production" : "test");
	}
	return S("");
}

struct str
ledger_vet_out(struct ledger *l, const struct db_doc *d)
{
	const struct partner *pt = ledger_partner(l, d);
	struct db_doc *before = NULL;
	struct err e;

	if (d->kind != DOC_DOCUMENT || d->control.n == 0 || pt == NULL || !pt->hold_duplicates)
		return S("");
	ledger_must(l, db_doc_sent_before(l->db, l->turn, d, &before, &e), &e, "control");
	if (before == NULL)
		return S("");
	log_ev(LOG_WARN, d->id, "number-again", KS("control", d->control), KI("before", before->id));
	return str_fmt(l->turn, "interchange " STR_FMT " went out before as document %lld, %s",
	    STR_ARG(d->control), (long long)before->id,
	    str_eq(before->sha256, d->sha256) ? "byte for byte" : "with other content");
}

/* "ORD000101": the number at its end, and what stands before it. */
static bool
split_number(struct str control, struct str *head, uint64_t *number)
{
	size_t n = control.n;

	if (str_chr(control, '/', &n))	/* of a part: behind it stands that of its message */
		control = str_sub(control, 0, n);
	while (n > 0 && is_digit(control.p[n - 1]))
		n--;
	*head = str_sub(control, 0, n);
	return control.n - n <= DIGITS_MAX && str_u64(str_from(control, n), UINT64_MAX, number) == 0;
}

/*
 * Mails overtake each other, so a gap may close by itself: it is told of, and holds nothing up. A number below the
 * highest that has come is no news, and a first one begins the count.
 */
void
ledger_watch_numbers(struct ledger *l, struct db_doc *d)
{
	const struct partner *pt = ledger_partner(l, d);
	struct str head, name;
	uint64_t number, last;
	struct err e;

	if (pt == NULL || !pt->warn_gaps ||
	    (!str_eq(d->format, S("x12")) && !str_eq(d->format, S("edifact"))) ||
	    !split_number(d->control, &head, &number))
		return;
	name = str_fmt(l->turn, "seen " STR_FMT " " STR_FMT " " STR_FMT " " STR_FMT,
	    STR_ARG(d->format), STR_ARG(d->sender), STR_ARG(d->receiver), STR_ARG(head));
	ledger_must(l, db_counter(l->db, d->partner, name, &last, &e), &e, "counter");
	if (number <= last)
		return;
	ledger_must(l, db_counter_put(l->db, d->partner, name, number, &e), &e, "counter");
	if (last == 0 || number - last == 1 || number - last > GAP_MAX)
		return;
	log_ev(LOG_WARN, d->id, "number-gap", KS("partner", d->partner), KS("control", d->control),
	    KI("missing", (int64_t)(number - last - 1)));
	ledger_story(l, d, EV_NOTE, 0, "ledger", 0, S(""),
	    "control number " STR_FMT " came after " STR_FMT
	    "%llu: %llu between them have not come",
	    STR_ARG(d->control), STR_ARG(head), (unsigned long long)last,
	    (unsigned long long)(number - last - 1));
}
