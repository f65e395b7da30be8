/* SPDX-License-Identifier: ISC */
/*
 * reports.h - a delivery report held against what a manifest publishes of it:
 * "status/reply/reason/hard: 5.1.1/550/userunknown/1;5.2.2/552/mailboxfull/0", one of these for each recipient.
 *
 * Where a report holds no code, the manifest has one of its author's own, x.0.9nn, which no server sends and RFC 3463
 * does not know. It stands for the reason behind it; a code that the registry has for that very trouble is right then,
 * and a bare x.0.0 is not.
 */
#ifndef EDIGATE_TESTS_CORPUS_REPORTS_H
#define EDIGATE_TESTS_CORPUS_REPORTS_H

#include "mime/dsn.h"

/* Subject and detail that mean that reason; blanks between. */
static const struct {
	struct str reason, codes;
} reports_reasons[] = {
	{ S_INIT("userunknown"), S_INIT("1.1 1.10 1.6") },
	{ S_INIT("filtered"), S_INIT("1.1 2.1 7.1") },	/* refused by the recipient's own filter, or unknown there */
	{ S_INIT("suspend"), S_INIT("2.1") },
	{ S_INIT("mailboxfull"), S_INIT("2.2") },
	{ S_INIT("hostunknown"), S_INIT("1.2 4.4") },
	{ S_INIT("notaccept"), S_INIT("1.10 4.4 3.2") },
	{ S_INIT("expired"), S_INIT("4.7 4.1 4.2") },
	{ S_INIT("networkerror"), S_INIT("4.1 4.2 4.3 4.4 4.6") },
	{ S_INIT("rejected"), S_INIT("1.8 1.7 7.1 7.2") },
	{ S_INIT("blocked"), S_INIT("7.1 7.25") },
	{ S_INIT("requireptr"), S_INIT("7.25") },
	{ S_INIT("spamdetected"), S_INIT("7.1") },
	{ S_INIT("norelaying"), S_INIT("7.1") },
	{ S_INIT("mesgtoobig"), S_INIT("3.4 2.3") },
	{ S_INIT("syntaxerror"), S_INIT("5.2 1.3") },
	{ S_INIT("mailererror"), S_INIT("3.0") },
	{ S_INIT("systemerror"), S_INIT("3.0 3.1 3.4 3.5") },
	{ S_INIT("onhold"), S_INIT("0.0") },		/* nothing at all is told */
	{ S_INIT("undefined"), S_INIT("0.0") },
};

/* x.0.9nn */
static bool
reports_is_made_up(struct str status)
{
	return status.n == 7 && str_starts(str_from(status, 1), S(".0.9"));
}

static bool
reports_status_fits(struct str status, struct str reason, struct str got)
{
	struct str codes, code;
	bool more;

	if (!reports_is_made_up(status))
		return str_eq(status, got);
	for (size_t i = 0; i < N(reports_reasons); i++) {
		if (!str_eq(reports_reasons[i].reason, reason))
			continue;
		codes = reports_reasons[i].codes;
		do {
			more = str_cut(&codes, ' ', &code);
			if (got.n > 2 && str_eq(str_from(got, 2), code))
				return true;
		} while (more);
	}
	return false;
}

/* The part of a manifest's line that tells of recipients; empty without one. */
static struct str
reports_expected(struct str column)
{
	size_t at;

	return str_find(column, S("hard: "), &at) ? str_from(column, at + 6) : S("");
}

/* A row that is about no delivery at all: a holiday note, an abuse report. */
#define REPORTS_NONE ((enum dsn_action)-1)

/* What a hostile report's row wants: "state: delayed; not a failure", "no state change, ...". False: it wants none of these. */
static bool
reports_action_wanted(struct str does, enum dsn_action *want)
{
	static const struct {
		struct str says;
		enum dsn_action action;
	} rows[] = {
		{ S_INIT("bounced"), DSN_FAILED },
		{ S_INIT("match by Original-Recipient"), DSN_FAILED },
		{ S_INIT("state: delayed"), DSN_DELAYED },
		{ S_INIT("state: delivered"), DSN_DELIVERED },
		{ S_INIT("state: relayed"), DSN_RELAYED },
		{ S_INIT("state: expanded"), DSN_EXPANDED },
		{ S_INIT("contradiction"), DSN_UNKNOWN },
		{ S_INIT("no state change"), REPORTS_NONE },
		{ S_INIT("alarm for the operator"), REPORTS_NONE },
	};
	size_t at;

	for (size_t i = 0; i < N(rows); i++)
		if (str_find(does, rows[i].says, &at)) {
			*want = rows[i].action;
			return true;
		}
	return false;
}

/* One recipient or more, each of them under the address that was written to. */
static bool
reports_all_are(const struct dsn *d, struct str address, enum dsn_action want)
{
	for (size_t i = 0; i < d->n; i++) {
		const struct dsn_recipient *r = &d->recipients[i];
		if (r->action != want ||
		    !str_eq(r->original.n > 0 ? r->original : r->final, address))
			return false;
	}
	return d->n > 0;
}

/* Every recipient, in the order of the report. */
static bool
reports_fit(struct str expected, const struct dsn *d)
{
	struct str one, status, reply, reason;
	size_t i = 0;
	bool more;

	do {
		more = str_cut(&expected, ';', &one);
		(void)str_cut(&one, '/', &status);
		(void)str_cut(&one, '/', &reply);
		(void)str_cut(&one, '/', &reason);
		if (i == d->n || !reports_status_fits(status, reason, d->recipients[i++].status))
			return false;
	} while (more);
	return i == d->n;
}

/* "5.1.1 5.2.2" */
static struct str
reports_text(struct arena *a, const struct dsn *d)
{
	struct str s = S("");

	for (size_t i = 0; i < d->n; i++)
		s = str_cat(a, s, str_fmt(a, "%s" STR_FMT, i > 0 ? " " : "",
		    STR_ARG(d->recipients[i].status)));
	return d->n > 0 ? s : S("no recipient");
}

#endif
