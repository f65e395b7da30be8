/* SPDX-License-Identifier: ISC */
/*
 * server_player.h - the caller of the server machine in a dialogue: it knows the mailbox edi@nordwind.example and the
 * user "acme" with the password "secret", and keeps mails in memory. The words of its table:
 *
 *	set size_max N | tls no | tls first | auth no | lmtp yes | rate_min N | wait N | bind yes	before the session begins
 *				(bind: TLS has something that AUTH can be bound to)
 *	tls			the handshake is done;  tls certificate  and the client has shown the one of "acme"
 *	unwelcome TEXT		what MAIL is answered from now on
 *	kept N			so many mails were kept by now;  mail TEXT  the last one is these bytes
 *	asked TEXT		what the last one's sender asked to be told: "RET=HDRS ENVID=x;" and ";" behind what each recipient's NOTIFY and
 *				ORCPT say
 *	dropped N		so many were begun and forgotten
 *	close			the machine has closed by now (no dialogue may close without saying so)
 *	ended TEXT		for this reason
 *	full, broken		the next mail meets a full or broken disk;  full-at N, broken-at N  at that byte of it
 *	unsynced		the next mail cannot be made lasting
 *	deaf, hears		the client stops reading what we say; reads again
 *	lost, stop, early	the peer is gone; we are stopping; bytes stood there before the greeting
 *	whole			where its steps are cut elsewhere, the dialogue means something else: then only kept counts
 */
#ifndef EDIGATE_TESTS_SERVER_PLAYER_H
#define EDIGATE_TESTS_SERVER_PLAYER_H

#include "gateway/smtp/server.h"
#include "tests/dialogue/player.h"

struct server_player {
	struct player p;		/* first: the words get this */
	struct smtp_server s;
	struct smtp_server_opts opts;
	struct buf rest, mail, last, asked;
	unsigned int kept, dropped;
	bool bound, open, closed, deaf, begun, tls_due;
	char unwelcome[200];
	enum smtp_kept begin_with, end_with, breaks_with;
	size_t breaks_at;
};

static struct server_player *
server_of(struct player *p)
{
	return (struct server_player *)(void *)p;
}

/* ---- what the machine asks ---- */

static void
server_verifier(struct server_player *w)
{
	struct scram_verifier v;
	struct err e;

	assert_int_equal(scram_derive(str_eq(w->s.user, S("acme")) ? S("secret") : S("nobody's"), S("0123456789"), 4096, &v, &e), 0);
	smtp_server_scram(&w->s, &v, S("ServerNonce12345"));
}

static void
server_begin(struct server_player *w)
{
	assert_false(w->open);
	w->open = w->begin_with == KEPT;
	buf_cut(&w->mail, 0);
	buf_cut(&w->asked, 0);
	assert_int_equal(buf_put(&w->asked, buf_str(&w->s.asked_mail), NULL) | buf_putc(&w->asked, '\n', NULL) |
	    buf_put(&w->asked, buf_str(&w->s.asked_rcpts), NULL), 0);
	for (size_t i = 0; i < w->asked.n; i++)
		if (w->asked.p[i] == '\n')
			w->asked.p[i] = ';';
	smtp_server_begun(&w->s, w->begin_with, w->p.now);
	w->begin_with = KEPT;
}

static void
server_piece(struct server_player *w)
{
	assert_true(w->open);
	assert_int_equal(buf_put(&w->mail, w->s.piece, NULL), 0);
	if (w->breaks_at > 0 && w->mail.n >= w->breaks_at)
		smtp_server_spoil(&w->s, w->breaks_with);
}

static void
server_end(struct server_player *w)
{
	assert_true(w->open);
	w->open = false;
	if (w->end_with == KEPT) {
		w->kept++;
		buf_cut(&w->last, 0);
		assert_int_equal(buf_put(&w->last, buf_str(&w->mail), NULL), 0);
	}
	smtp_server_ended(&w->s, w->end_with, S("01J"), w->p.now);
	w->end_with = KEPT;
	w->breaks_at = 0;
}

static void
server_drop(struct server_player *w)
{
	assert_true(w->open);
	w->open = false;
	w->dropped++;
	w->breaks_at = 0;
}

static bool
server_knows(const struct smtp_server *s)
{
	if (s->by_certificate)
		return s->user.n == 0 || str_eq(s->user, S("acme"));
	return s->by_proof ? s->proven : str_eq(s->user, S("acme")) && str_eq(s->password, S("secret"));
}

static void
server_act(struct server_player *w, enum smtp_server_act act)
{
	struct smtp_server *s = &w->s;

	switch (act) {
	case SERVER_MAIL:
		smtp_server_mail(s, w->unwelcome[0] != '\0' ? w->unwelcome : NULL);
		break;
	case SERVER_RCPT:
		assert_false(str_has_ctl(s->asked));
		smtp_server_rcpt(s, str_eq_nocase(s->asked, S("edi@nordwind.example")));
		break;
	case SERVER_SCRAM:
		server_verifier(w);
		break;
	case SERVER_AUTH:
		smtp_server_auth(s, server_knows(s));
		break;
	case SERVER_BEGIN:
		server_begin(w);
		break;
	case SERVER_PIECE:
		server_piece(w);
		break;
	case SERVER_END:
		server_end(w);
		break;
	case SERVER_DROP:
		server_drop(w);
		break;
	case SERVER_START_TLS:
		assert_false(w->tls_due);
		w->tls_due = true;
		break;
	case SERVER_CLOSE:
		assert_false(w->closed);
		w->closed = true;
		break;
	case SERVER_WAIT:
		break;
	}
}

static void
server_listen(struct server_player *w)
{
	struct str out = smtp_server_output(&w->s), line, rest = out;

	if (w->deaf)
		return;
	while (str_next_line(&rest, &line))	/* whatever was said to it, this is what it says */
		if (line.n < 4 || line.n > 510 || str_has_ctl(line))
			player_fail(&w->p, "its line is '" STR_FMT "'", STR_ARG(str_sub(line, 0, 80)));
	assert_int_equal(buf_put(&w->p.heard, out, NULL), 0);
	smtp_server_wrote(&w->s, out.n);
}

static void
server_feed(struct player *p, struct str bytes)
{
	struct server_player *w = server_of(p);
	enum smtp_server_act act;
	struct str in;
	size_t before;

	assert_int_equal(buf_put(&w->rest, bytes, NULL), 0);
	do {
		before = w->rest.n;
		in = buf_str(&w->rest);
		while ((act = smtp_server_next(&w->s, &in, p->now)) != SERVER_WAIT)
			server_act(w, act);
		buf_drop(&w->rest, w->rest.n - in.n);
		server_listen(w);
	} while (w->rest.n > 0 && (w->rest.n < before || smtp_server_output(&w->s).n > 0) && !w->deaf);
}

static void
server_run(struct player *p)
{
	if (server_of(p)->begun)
		server_feed(p, S(""));
}

/* ---- the words ---- */

static void
server_set(struct player *p, struct str arg)
{
	struct server_player *w = server_of(p);
	struct str name;

	(void)str_cut(&arg, ' ', &name);
	if (str_eq(name, S("size_max")))
		w->opts.size_max = player_number(p, arg);
	else if (str_eq(name, S("tls")) && str_eq(arg, S("first")))
		w->opts.tls_first = true;
	else if (str_eq(name, S("tls")))
		w->opts.can_tls = !str_eq(arg, S("no"));
	else if (str_eq(name, S("rate_min")))
		w->opts.rate_min = (unsigned int)player_number(p, arg);
	else if (str_eq(name, S("wait")))
		w->opts.wait_ms = (int64_t)player_number(p, arg) * 1000;
	else if (str_eq(name, S("lmtp")))
		w->opts.lmtp = !str_eq(arg, S("no"));
	else if (str_eq(name, S("bind")))
		w->bound = true;
	else if (str_eq(name, S("auth")))
		w->opts.can_auth = !str_eq(arg, S("no"));
	else
		player_fail(p, "no setting '" STR_FMT "'", STR_ARG(name));
}

static void
server_tls(struct player *p, struct str arg)
{
	static const struct scram_binding bind = { "tls-exporter", "0123", 4 };
	struct server_player *w = server_of(p);

	if (!w->tls_due && p->lenient)
		return;
	if (!w->tls_due)
		player_fail(p, "no handshake was due");
	w->tls_due = false;
	if (str_eq(arg, S("certificate")))
		smtp_server_certified(&w->s);
	smtp_server_secured(&w->s, &bind, w->bound, p->now);
}

static void
server_count(struct player *p, const char *what, unsigned int got, struct str want)
{
	if (got != player_number(p, want))
		player_fail(p, "%u %s, want " STR_FMT, got, what, STR_ARG(want));
}

static void
server_kept(struct player *p, struct str arg)
{
	server_count(p, "kept", server_of(p)->kept, arg);
}

static void
server_dropped(struct player *p, struct str arg)
{
	if (!p->lenient)
		server_count(p, "dropped", server_of(p)->dropped, arg);
}

static void
server_mail(struct player *p, struct str arg)
{
	struct str want = player_bytes(p, arg), got = buf_str(&server_of(p)->last);

	if (!str_eq(want, got))
		player_fail(p, "the mail is '" STR_FMT "'", STR_ARG(str_sub(got, 0, 200)));
}

static void
server_asked(struct player *p, struct str arg)
{
	struct str got = buf_str(&server_of(p)->asked);

	if (!str_eq(arg, got))
		player_fail(p, "asked '" STR_FMT "'", STR_ARG(got));
}

static void
server_want_close(struct player *p, struct str arg)
{
	(void)arg;
	p->want_close = true;
	if (!server_of(p)->closed && !p->lenient)
		player_fail(p, "did not close");
}

static void
server_ended(struct player *p, struct str arg)
{
	const char *why = server_of(p)->s.ended;

	if (!p->lenient && !str_eq(str_of(why), arg))
		player_fail(p, "ended for '%s'", why != NULL ? why : "");
}

static void
server_breaks_at(struct player *p, enum smtp_kept k, struct str arg)
{
	server_of(p)->breaks_with = k;
	server_of(p)->breaks_at = (size_t)player_number(p, arg);
}

static void
server_unwelcome(struct player *p, struct str arg)
{
	(void)snprintf(server_of(p)->unwelcome, sizeof(server_of(p)->unwelcome), STR_FMT, STR_ARG(arg));
}

static void server_full(struct player *p, struct str arg) { (void)arg; server_of(p)->begin_with = KEPT_NO_SPACE; }
static void server_broken(struct player *p, struct str arg) { (void)arg; server_of(p)->begin_with = KEPT_NOT; }
static void server_full_at(struct player *p, struct str arg) { server_breaks_at(p, KEPT_NO_SPACE, arg); }
static void server_broken_at(struct player *p, struct str arg) { server_breaks_at(p, KEPT_NOT, arg); }
static void server_unsynced(struct player *p, struct str arg) { (void)arg; server_of(p)->end_with = KEPT_NOT; }
static void server_deaf(struct player *p, struct str arg) { (void)arg; server_of(p)->deaf = true; }
static void server_hears(struct player *p, struct str arg) { (void)arg; server_of(p)->deaf = false; }
static void server_lost(struct player *p, struct str arg) { (void)arg; smtp_server_lost(&server_of(p)->s); }
static void server_stop(struct player *p, struct str arg) { (void)arg; smtp_server_stop(&server_of(p)->s); }
static void server_early(struct player *p, struct str arg) { (void)arg; smtp_server_early(&server_of(p)->s); }
static void server_whole(struct player *p, struct str arg) { (void)arg; p->lenient = p->cut != CUT_WHOLE; }

static const struct player_word server_words[] = {
	{ S_INIT("set"), server_set },		 { S_INIT("tls"), server_tls },
	{ S_INIT("kept"), server_kept },	 { S_INIT("mail"), server_mail },
	{ S_INIT("dropped"), server_dropped },	 { S_INIT("close"), server_want_close },
	{ S_INIT("ended"), server_ended },	 { S_INIT("full"), server_full },
	{ S_INIT("broken"), server_broken },	 { S_INIT("full-at"), server_full_at },
	{ S_INIT("broken-at"), server_broken_at }, { S_INIT("unsynced"), server_unsynced },
	{ S_INIT("deaf"), server_deaf },	 { S_INIT("hears"), server_hears },
	{ S_INIT("lost"), server_lost },	 { S_INIT("stop"), server_stop },
	{ S_INIT("unwelcome"), server_unwelcome }, { S_INIT("asked"), server_asked },
	{ S_INIT("early"), server_early },	 { S_INIT("whole"), server_whole },
};

static const struct player_machine server_machine = { server_feed, server_run, server_words, N(server_words) };

/* "set" comes before the session begins. */
static void
server_settings(struct server_player *w)
{
	for (size_t i = 0; i < w->p.d->n; i++) {
		w->p.at = &w->p.d->items[i];
		if (w->p.at->kind == ITEM_WORD && str_eq(w->p.at->word, S("set")))
			server_set(&w->p, w->p.at->text);
	}
}

/* Returns how many bytes the client said. */
static size_t
server_play(struct arena *a, const struct dialogue *d, size_t cut)
{
	struct server_player w = {
		.p = { .d = d, .a = a, .cut = cut, .heard = BUF_CAP(DIALOGUE_BYTES_MAX), .now = 1000 },
		.opts = { .name = S("mx.nordwind.example"), .size_max = 65536, .can_tls = true, .can_auth = true, .rate_min = 500 },
		.rest = BUF_CAP(DIALOGUE_BYTES_MAX), .mail = BUF_CAP(DIALOGUE_BYTES_MAX), .last = BUF_CAP(DIALOGUE_BYTES_MAX),
		.asked = BUF_CAP(DIALOGUE_BYTES_MAX),
	};

	server_settings(&w);
	smtp_server_init(&w.s, &w.opts, w.p.now);
	w.begun = true;
	server_run(&w.p);
	player_play(&w.p, &server_machine);
	if (w.closed != w.p.want_close && !w.p.lenient)
		player_fail(&w.p, "closed%s%s", w.s.ended != NULL ? ": " : "",
		    w.s.ended != NULL ? w.s.ended : "");
	if (w.closed && w.open)
		player_fail(&w.p, "closed with a mail open");
	smtp_server_clear(&w.s);
	buf_clear(&w.p.heard);
	buf_clear(&w.rest);
	buf_clear(&w.mail);
	buf_clear(&w.last);
	buf_clear(&w.asked);
	return w.p.said_before;
}

#endif
