/* SPDX-License-Identifier: ISC */
#include "gateway/reports.h"

#define TEXT_MAX 4096

bool
reports_wanted_by(const struct asked_rcpt *rcpt, struct str word)
{
	if (str_eq(word, S(REPORT_DELIVERED)))
		return (rcpt->notify & NOTIFY_SUCCESS) != 0;
	if (str_eq(word, S(REPORT_FAILED)))
		return (rcpt->notify & NOTIFY_FAILURE) != 0;
	return rcpt->notify == 0;
}

static bool
is_wanted(const struct asked *asked, struct str word)
{
	for (size_t i = 0; i < asked->n; i++)
		if (reports_wanted_by(&asked->rcpts[i], word))
			return true;
	return false;
}

static unsigned int
notify_of_all(const struct asked *asked)
{
	unsigned int all = 0;

	for (size_t i = 0; i < asked->n; i++)
		all |= asked->rcpts[i].notify;
	return all;
}

/* NULL: he may have them. */
static const char *
why_not(const struct conf *c, const struct partner *pt, const struct asked *asked, bool is_signed)
{
	if (!asked->has_sender || asked->sender.n == 0)
		return "the null sender gets none";
	if (pt == NULL || partner_by_address(c, asked->sender) != pt)
		return "its return path is no address of the partner's";
	if (!is_signed && !str_eq(asked->session, pt->key))
		return "neither its signature nor its session shows that it is the partner's";
	return NULL;
}

static struct str
words_of(struct arena *a, const struct asked *asked)
{
	static const struct str all[] = { S_INIT(REPORT_DELIVERED), S_INIT(REPORT_FAILED), S_INIT(REPORT_UNLESS) };
	struct str words = S("");

	for (size_t i = 0; i < N(all); i++)
		if (is_wanted(asked, all[i]))
			words = str_fmt(a, STR_FMT STR_FMT " ", STR_ARG(words), STR_ARG(all[i]));
	return words;
}

/* What was asked, as the session said it. */
static struct str
text_of(struct arena *a, const struct asked *asked, const char *no)
{
	unsigned int notify = notify_of_all(asked);
	struct buf text = BUF_CAP(TEXT_MAX);
	struct str s = S("");
	struct err e;
	int rc = 0;

	if (notify == 0 && asked->envid.n == 0 && !asked->ret_full && !asked->ret_hdrs)
		return s;
	if (notify != 0)
		rc = buf_put(&text, S(" NOTIFY="), &e) | asked_put_notify(notify, &text, &e);
	if (asked->ret_full || asked->ret_hdrs)
		rc |= buf_put(&text, asked->ret_full ? S(" RET=FULL") : S(" RET=HDRS"), &e);
	if (asked->envid.n > 0)
		rc |= buf_printf(&text, &e, " ENVID=" STR_FMT, STR_ARG(asked->envid));
	if (rc == 0)
		s = str_fmt(a, "delivery reports asked for:" STR_FMT "%s%s", STR_ARG(buf_str(&text)),
		    no != NULL ? "; none is sent: " : "", no != NULL ? no : "");
	buf_clear(&text);
	return s;
}

void
reports_of(struct arena *a, const struct conf *c, const struct partner *pt, const struct asked *asked,
    bool is_signed, struct reports *out)
{
	const char *no = why_not(c, pt, asked, is_signed);

	out->words = no == NULL ? words_of(a, asked) : S("");
	out->text = text_of(a, asked, (notify_of_all(asked) & (NOTIFY_SUCCESS | NOTIFY_FAILURE)) != 0 ? no : NULL);
}
