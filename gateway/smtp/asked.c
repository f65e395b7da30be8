/* SPDX-License-Identifier: ISC */
#include "gateway/smtp/asked.h"

#include "gateway/smtp/path.h"

/* ---- writing ---- */

static const struct {
	unsigned int bit;
	struct str word;
} bits[] = {
	{ NOTIFY_NEVER, S_INIT("NEVER") },
	{ NOTIFY_SUCCESS, S_INIT("SUCCESS") },
	{ NOTIFY_FAILURE, S_INIT("FAILURE") },
	{ NOTIFY_DELAY, S_INIT("DELAY") },
};

int
asked_put_notify(unsigned int notify, struct buf *out, struct err *e)
{
	bool first = true;

	for (size_t i = 0; i < N(bits); i++) {
		if ((notify & bits[i].bit) == 0)
			continue;
		if ((!first && buf_putc(out, ',', e) == -1) || buf_put(out, bits[i].word, e) == -1)
			return -1;
		first = false;
	}
	return 0;
}

static int
put_param(struct str key, struct str value, size_t start, struct buf *out, struct err *e)
{
	if (out->n > start && buf_putc(out, ' ', e) == -1)
		return -1;
	return buf_put(out, key, e) == -1 ? -1 : buf_put(out, value, e);
}

int
asked_put_mail(const struct command *c, struct buf *out, struct err *e)
{
	size_t start = out->n;
	int rc = 0;

	if (c->ret_full || c->ret_hdrs)
		rc = put_param(S("RET="), c->ret_full ? S("FULL") : S("HDRS"), start, out, e);
	if (rc == 0 && c->envid.n > 0)
		rc = put_param(S("ENVID="), c->envid, start, out, e);
	return rc;
}

int
asked_put_rcpt(const struct command *c, struct buf *out, struct err *e)
{
	size_t start = out->n;
	int rc = 0;

	if (c->notify != 0 && (rc = put_param(S("NOTIFY="), S(""), start, out, e)) == 0)
		rc = asked_put_notify(c->notify, out, e);
	if (rc == 0 && c->orcpt.n > 0)
		rc = put_param(S("ORCPT="), c->orcpt, start, out, e);
	return rc;
}

/* ---- reading ---- */

/* The session said MAIL or RCPT so; it was found good then, and is read by the same grammar now. */
static bool
parse(struct arena *a, const char *intro, struct str path, struct str params, struct command *c)
{
	struct str line = str_fmt(a, "%s<" STR_FMT "> " STR_FMT, intro, STR_ARG(path), STR_ARG(params));
	struct refusal why;

	return command_parse(line, true, c, &why) == 0;
}

static struct str
decoded(struct arena *a, struct str xtext)
{
	struct buf plain = BUF_CAP(SMTP_ORCPT_MAX);
	struct str s = S("");
	struct err e;

	if (smtp_xtext_get(&plain, xtext, &e) == 0)
		s = str_dup(a, buf_str(&plain));
	buf_clear(&plain);
	return s;
}

static void
take_mail(struct arena *a, struct str params, struct asked *out)
{
	struct command c;

	if (!out->has_sender || !parse(a, "MAIL FROM:", out->sender, str_fmt(a, "SMTPUTF8 " STR_FMT, STR_ARG(params)), &c))
		return;
	out->ret_full = c.ret_full;
	out->ret_hdrs = c.ret_hdrs;
	out->envid = decoded(a, c.envid);
}

static void
take_rcpt(struct arena *a, struct str params, struct asked_rcpt *rcpt)
{
	struct command c;

	if (!parse(a, "RCPT TO:", rcpt->address, params, &c))
		return;
	rcpt->notify = c.notify;
	rcpt->original = c.orcpt;
	if (!str_cut(&rcpt->original, ';', &rcpt->type))
		rcpt->original = rcpt->type = S("");
	else if (str_eq_nocase(rcpt->type, S("rfc822")))
		rcpt->original = decoded(a, rcpt->original);
}

static bool
value_of(struct str line, struct str name, struct str *value)
{
	if (!str_starts(line, name))
		return false;
	*value = str_from(line, name.n);
	return true;
}

static void
take_line(struct arena *a, struct str line, struct asked *out)
{
	struct str v;

	if (value_of(line, S("Return-Path: <"), &v) && str_ends(v, S(">"))) {
		out->has_sender = true;
		out->sender = str_sub(v, 0, v.n - 1);
	} else if (value_of(line, S("Edigate-Session: "), &v)) {
		(void)str_cut(&v, ' ', &out->session);
		out->by = v;
	} else if (value_of(line, S("Delivered-To: "), &v) && out->n < ASKED_RCPTS_MAX) {
		out->rcpts[out->n++] = (struct asked_rcpt){ .address = v };
	} else if (value_of(line, S("Edigate-Asked: "), &v)) {
		if (out->n == 0)
			take_mail(a, v, out);
		else
			take_rcpt(a, v, &out->rcpts[out->n - 1]);
	}
}

void
asked_read(struct arena *a, struct str mail, struct asked *out)
{
	struct str line;

	*out = (struct asked){ .rcpts = arena_get_array(a, ASKED_RCPTS_MAX, sizeof(*out->rcpts)), .mail = mail };
	while (str_next_line(&mail, &line) && line.n > 0 && !str_starts_nocase(line, S("Received:"))) {
		take_line(a, line, out);
		out->mail = mail;
	}
}
