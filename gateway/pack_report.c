/* SPDX-License-Identifier: ISC */
#include "gateway/pack_report.h"

#include "gateway/base/clock.h"
#include "gateway/base/io.h"
#include "gateway/hostname.h"
#include "gateway/reports.h"
#include "gateway/taken.h"

#define DIAGNOSTIC_MAX 500

/* Explicitly asked for; or by those who said nothing, for whom failures are the default. */
static bool
is_due(const struct asked_rcpt *rcpt, struct str word)
{
	return reports_wanted_by(rcpt, word) ||
	    (str_eq(word, S(REPORT_UNLESS)) && reports_wanted_by(rcpt, S(REPORT_FAILED)));
}

static bool
is_ascii(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < ' ' || s.p[i] > '~')
			return false;
	return true;
}

/* A diagnostic stands in a field of ASCII, where even one long word has to fit a line. */
static struct str
plain(struct arena *a, struct str s)
{
	char *to;

	s = str_sub(s, 0, DIAGNOSTIC_MAX);
	to = arena_get(a, s.n + 1);
	for (size_t i = 0; i < s.n; i++)
		to[i] = (char)(s.p[i] < ' ' || s.p[i] > '~' ? '?' : s.p[i]);
	return str_make(to, s.n);
}

static void
fill_recipients(struct arena *a, const struct asked *asked, const struct msg *job, struct dsn *d)
{
	bool delivered = str_eq(job->word, S(REPORT_DELIVERED));

	d->recipients = arena_get_array(a, asked->n, sizeof(*d->recipients));
	for (size_t i = 0; i < asked->n; i++) {
		const struct asked_rcpt *rcpt = &asked->rcpts[i];
		bool is_utf8 = str_eq_nocase(rcpt->type, S("utf-8"));

		if (!is_due(rcpt, job->word))
			continue;
		d->recipients[d->n++] = (struct dsn_recipient){
			.original = is_utf8 || is_ascii(rcpt->original) ? rcpt->original : S(""), .is_utf8 = is_utf8,
			.final = rcpt->address, .action = delivered ? DSN_DELIVERED : DSN_FAILED,
			.status = delivered ? S("2.0.0") : S("5.6.0"), .diagnostic = delivered ? S("") : plain(a, job->text),
		};
	}
}

static struct str
words(struct arena *a, const struct conf *c, const struct msg *job)
{
	if (str_eq(job->word, S(REPORT_DELIVERED)))
		return str_fmt(a,
		    "Your message " STR_FMT " has reached " STR_FMT ", and what it carried has been filed.\r\n\r\n"
		    "You asked for this report. It says nothing about whether the content is accepted.\r\n",
		    STR_ARG(job->message_id), STR_ARG(c->name));
	return str_fmt(a,
	    "Your message " STR_FMT " reached " STR_FMT ", but could not be taken: " STR_FMT ".\r\n\r\n"
	    "Nothing of it was passed on. Please put that right, and send it again.\r\n",
	    STR_ARG(job->message_id), STR_ARG(c->name), STR_ARG(job->text));
}

/* The return path was looked at before; but who looked had just read a stranger's mail. */
static int
check_address(const struct conf *c, const struct msg *job, const struct asked *asked, struct err *e)
{
	const struct partner *pt = partner_by_key(c, job->partner);

	if (pt == NULL || asked->sender.n == 0 || partner_by_address(c, asked->sender) != pt)
		return err_set(e, ERR_INPUT, "no delivery report: <" STR_FMT "> is no address of the partner's",
		    STR_ARG(asked->sender));
	return 0;
}

static int
write_report(struct arena *a, const struct conf *c, const struct msg *job, const struct asked *asked,
    struct as1_envelope *env, struct buf *mail, struct msg *told, struct err *e)
{
	int64_t arrived = ulid_ms(job->ulid);
	struct as1_delivery_mail d = {
		.human = words(a, c, job), .original = asked->mail,
		.subject = str_eq(job->word, S(REPORT_DELIVERED)) ? S("Delivery report: delivered") : S("Delivery report: failed"),
		.whole = asked->ret_full && !str_eq(job->word, S(REPORT_DELIVERED)),
		.dsn = { .envelope_id = asked->envid, .reporting_mta = hostname_own(a, c->smtp.helo),
		    .arrival_date = arrived == -1 ? S("") : clock_rfc5322(a, arrived), .original_message_id = job->message_id },
	};

	if (check_address(c, job, asked, e) == -1)
		return -1;
	fill_recipients(a, asked, job, &d.dsn);
	if (d.dsn.n == 0)
		return err_set(e, ERR_INPUT, "no delivery report: no recipient wants it");
	env->to = asked->sender;
	d.env = *env;
	told->recipient = str_dup(a, asked->sender);
	told->text = str_fmt(a, "delivery report built: %s, to <" STR_FMT ">%s" STR_FMT,
	    str_eq(job->word, S(REPORT_DELIVERED)) ? REPORT_DELIVERED : REPORT_FAILED, STR_ARG(asked->sender),
	    asked->envid.n > 0 ? ", ENVID " : "", STR_ARG(asked->envid));
	return as1_pack_delivery(a, &d, mail, e);
}

int
pack_report(struct arena *a, const struct conf *c, struct spool *spool, const struct msg *job,
    struct as1_envelope *env, struct buf *mail, struct msg *told, struct err *e)
{
	struct str bytes = S("");
	struct asked asked;
	int rc = -1;

	if (taken_map(spool, str_cstr(a, job->ulid), &bytes, e) == -1)
		return -1;
	asked_read(a, bytes, &asked);
	rc = write_report(a, c, job, &asked, env, mail, told, e);
	io_unmap(bytes);
	return rc;
}
