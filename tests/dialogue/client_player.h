/* SPDX-License-Identifier: ISC */
/*
 * client_player.h - the caller of the client machine in a dialogue: it hands in a mail when the machine is ready for one,
 * and lets its final dot go. The words of its table:
 *
 *	set tls none|may|starttls|implicit | user U | password P | auth MECHANISM | helo NAME | ask no	before the session begins
 *	set bind yes		TLS has something to bind AUTH to
 *	set sender A | rcpts A B ... | mail TEXT | dsn yes | mails N | eight-bit yes
 *	tls			the handshake is done
 *	go, no-go		with "ask no": the final dot may go; may not, and the connection is cut
 *	verdict N WHAT [CODE]	of recipient N from 1: accepted, deferred, refused, uncertain, pending
 *	text N TEXT		the verdict's words begin so
 *	unsent TEXT		the mail was not even begun, for this reason
 *	close			the machine has closed by now (no dialogue may close without saying so)
 *	fails TEXT		the session failed, and why has this in it;  kind config|retry  who must act
 *	stale			the server had ended an old session: another may have the mail at once
 *	quit, lost		QUIT when idle; the connection breaks
 *	whole			where its steps are cut elsewhere, the dialogue means something else: then only verdicts count
 */
#ifndef EDIGATE_TESTS_CLIENT_PLAYER_H
#define EDIGATE_TESTS_CLIENT_PLAYER_H

#include "gateway/smtp/client.h"
#include "tests/dialogue/player.h"

#define CLIENT_RCPTS 8

struct client_player {
	struct player p;		/* first: the words get this */
	struct smtp_client c;
	struct smtp_client_opts opts;
	struct smtp_mail mail;
	struct smtp_rcpt rcpts[CLIENT_RCPTS];
	unsigned int mails, done;
	bool begun, closed, tls_due, hold, asked;
	struct err unsent;
	struct scram_binding bind;	/* of the TLS channel */
};

static struct client_player *
client_of(struct player *p)
{
	return (struct client_player *)(void *)p;
}

/* ---- what the machine asks ---- */

static void
client_ready(struct client_player *w)
{
	if (w->mails == 0) {
		smtp_client_quit(&w->c, w->p.now);
		return;
	}
	w->mails--;
	if (smtp_client_mail(&w->c, &w->mail, w->p.now, &w->unsent) == -1)
		w->mails = 0;
}

static void
client_act(struct client_player *w, enum smtp_client_act act)
{
	switch (act) {
	case CLIENT_START_TLS:
		w->tls_due = true;
		break;
	case CLIENT_READY:
		client_ready(w);
		break;
	case CLIENT_ASK:
		if (w->hold)
			w->asked = true;
		else
			smtp_client_go(&w->c, w->p.now);
		break;
	case CLIENT_DONE:
		w->done++;
		break;
	case CLIENT_CLOSE:
		assert_false(w->closed);
		w->closed = true;
		break;
	case CLIENT_WAIT:
		break;
	}
}

static void
client_run(struct player *p)
{
	struct client_player *w = client_of(p);
	enum smtp_client_act act;
	struct str out;

	if (!w->begun)
		return;
	for (;;) {
		while ((act = smtp_client_next(&w->c, p->now)) != CLIENT_WAIT)
			client_act(w, act);
		out = smtp_client_output(&w->c);
		if (out.n == 0)
			break;
		assert_int_equal(buf_put(&p->heard, out, NULL), 0);
		smtp_client_wrote(&w->c, out.n, p->now);
	}
}

static void
client_feed(struct player *p, struct str bytes)
{
	smtp_client_input(&client_of(p)->c, bytes, p->now);
	client_run(p);
}

/* ---- the words ---- */

static void
client_set_rcpts(struct client_player *w, struct str list)
{
	struct str address;
	bool more = true;

	for (w->mail.n_rcpts = 0; more; w->mail.n_rcpts++) {
		assert_true(w->mail.n_rcpts < CLIENT_RCPTS);
		more = str_cut(&list, ' ', &address);
		w->rcpts[w->mail.n_rcpts] = (struct smtp_rcpt){ .address = player_bytes(&w->p, address) };
	}
}

static void
client_set_tls(struct client_player *w, struct str arg)
{
	w->opts.tls = str_eq(arg, S("starttls")) ? CLIENT_TLS_STARTTLS
	    : str_eq(arg, S("may"))	 ? CLIENT_TLS_MAY
	    : str_eq(arg, S("implicit"))	 ? CLIENT_TLS_IMPLICIT
						 : CLIENT_TLS_NONE;
}

static void
client_set(struct player *p, struct str arg)
{
	struct client_player *w = client_of(p);
	struct str name;

	(void)str_cut(&arg, ' ', &name);
	if (str_eq(name, S("tls")))
		client_set_tls(w, arg);
	else if (str_eq(name, S("user")))
		w->opts.user = arg;
	else if (str_eq(name, S("password")))
		w->opts.password = arg;
	else if (str_eq(name, S("auth")))
		w->opts.auth = arg;
	else if (str_eq(name, S("nonce")))
		w->opts.nonce = arg;
	else if (str_eq(name, S("bind")))
		w->bind = (struct scram_binding){ "tls-exporter", "0123", 4 };
	else if (str_eq(name, S("helo")))
		w->opts.helo = player_bytes(p, arg);
	else if (str_eq(name, S("ask")))
		w->hold = str_eq(arg, S("no"));
	else if (str_eq(name, S("sender")))
		w->mail.sender = player_bytes(p, arg);
	else if (str_eq(name, S("rcpts")))
		client_set_rcpts(w, arg);
	else if (str_eq(name, S("mail")))
		w->mail.bytes = player_bytes(p, arg);
	else if (str_eq(name, S("dsn")))
		w->mail.dsn = true;
	else if (str_eq(name, S("mails")))
		w->mails = (unsigned int)player_number(p, arg);
	else
		player_fail(p, "no setting '" STR_FMT "'", STR_ARG(name));
}

static void
client_tls(struct player *p, struct str arg)
{
	struct client_player *w = client_of(p);

	(void)arg;
	if (!w->tls_due && p->lenient)
		return;
	if (!w->tls_due)
		player_fail(p, "no handshake was due");
	w->tls_due = false;
	smtp_client_secured(&w->c, &w->bind, p->now);
}

static void
client_go(struct player *p, struct str arg)
{
	(void)arg;
	if (!client_of(p)->asked && !p->lenient)
		player_fail(p, "did not ask for the final dot");
	client_of(p)->asked = false;
	smtp_client_go(&client_of(p)->c, p->now);
}

static void
client_no_go(struct player *p, struct str arg)
{
	struct err e;

	(void)arg;
	if (!client_of(p)->asked)
		player_fail(p, "did not ask for the final dot");
	(void)err_set(&e, ERR_RETRY, "not wanted");
	smtp_client_lost(&client_of(p)->c, &e);
}

static const struct smtp_verdict *
client_verdict_of(struct player *p, struct str *arg)
{
	struct str number;
	uint64_t n;

	(void)str_cut(arg, ' ', &number);
	n = player_number(p, number);
	assert_true(n >= 1 && n <= client_of(p)->mail.n_rcpts);
	return &client_of(p)->rcpts[n - 1].verdict;
}

static void
client_verdict(struct player *p, struct str arg)
{
	static const char *const outcomes[] = { "pending", "accepted", "deferred", "refused", "uncertain" };
	const struct smtp_verdict *v = client_verdict_of(p, &arg);
	struct str what;

	(void)str_cut(&arg, ' ', &what);
	if (!str_eq(what, str_of(outcomes[v->outcome])) || (arg.n > 0 && v->code != player_number(p, arg)))
		player_fail(p, "the verdict is %s %u '%s'", outcomes[v->outcome], v->code, v->text);
}

static void
client_text(struct player *p, struct str arg)
{
	const struct smtp_verdict *v = client_verdict_of(p, &arg);

	if (!str_starts(str_of(v->text), arg))
		player_fail(p, "the verdict says '%s'", v->text);
}

static void
client_unsent(struct player *p, struct str arg)
{
	if (!str_find(str_of(client_of(p)->unsent.text), arg, &(size_t){ 0 }))
		player_fail(p, "it was sent, or not for '%s'", client_of(p)->unsent.text);
}

static void
client_want_close(struct player *p, struct str arg)
{
	(void)arg;
	p->want_close = true;
	if (!client_of(p)->closed && !p->lenient)
		player_fail(p, "did not close");
}

static void
client_fails(struct player *p, struct str arg)
{
	const struct smtp_client *c = &client_of(p)->c;

	if (!p->lenient && (!c->failed || !str_find(str_of(c->err.text), arg, &(size_t){ 0 })))
		player_fail(p, "%s '%s'", c->failed ? "failed for" : "did not fail", c->err.text);
}

static void
client_kind(struct player *p, struct str arg)
{
	if ((client_of(p)->c.err.kind == ERR_CONFIG) != str_eq(arg, S("config")))
		player_fail(p, "the failure is of another kind: '%s'", client_of(p)->c.err.text);
}

static void
client_stale(struct player *p, struct str arg)
{
	(void)arg;
	if (!smtp_client_went_stale(&client_of(p)->c))
		player_fail(p, "not taken for a session that had grown old");
}

static void
client_lost(struct player *p, struct str arg)
{
	struct err e;

	(void)arg;
	(void)err_set(&e, ERR_RETRY, "connection lost");
	smtp_client_lost(&client_of(p)->c, &e);
}

static void client_quit(struct player *p, struct str arg) { (void)arg; smtp_client_quit(&client_of(p)->c, p->now); }
static void client_whole(struct player *p, struct str arg) { (void)arg; p->lenient = p->cut != CUT_WHOLE; }

static const struct player_word client_words[] = {
	{ S_INIT("set"), client_set },	     { S_INIT("tls"), client_tls },	  { S_INIT("go"), client_go },
	{ S_INIT("no-go"), client_no_go },   { S_INIT("verdict"), client_verdict }, { S_INIT("text"), client_text },
	{ S_INIT("unsent"), client_unsent }, { S_INIT("close"), client_want_close }, { S_INIT("fails"), client_fails },
	{ S_INIT("kind"), client_kind },     { S_INIT("stale"), client_stale },	  { S_INIT("lost"), client_lost },
	{ S_INIT("quit"), client_quit },     { S_INIT("whole"), client_whole },
};

static const struct player_machine client_machine = { client_feed, client_run, client_words, N(client_words) };

static void
client_settings(struct client_player *w)
{
	for (size_t i = 0; i < w->p.d->n; i++) {
		w->p.at = &w->p.d->items[i];
		if (w->p.at->kind == ITEM_WORD && str_eq(w->p.at->word, S("set")))
			client_set(&w->p, w->p.at->text);
	}
	if (w->mail.n_rcpts == 0)
		client_set_rcpts(w, S("edi@acme.example"));
}

/* Returns how many bytes the server said. */
static size_t
client_play(struct arena *a, const struct dialogue *d, size_t cut)
{
	struct client_player w = {
		.p = { .d = d, .a = a, .cut = cut, .heard = BUF_CAP(DIALOGUE_BYTES_MAX), .now = 1000 },
		.opts = { .helo = S("nordwind.example"), .auth = S("auto"), .host = S("mx.acme.example"), .port = 587 },
		.mail = { .sender = S("edi@nordwind.example"), .envid = S("tx-1"), .rcpts = w.rcpts,
		    .bytes = S("Subject: x\r\n\r\n.dot\r\nend\r\n") },
		.mails = 1,
	};

	client_settings(&w);
	smtp_client_init(&w.c, &w.opts, w.p.now);
	w.begun = true;
	client_run(&w.p);
	player_play(&w.p, &client_machine);
	if (w.closed != w.p.want_close && !w.p.lenient)
		player_fail(&w.p, "closed: %s", w.c.err.text);
	smtp_client_clear(&w.c);
	buf_clear(&w.p.heard);
	return w.p.said_before;
}

#endif
