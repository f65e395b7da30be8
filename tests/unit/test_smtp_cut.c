/* SPDX-License-Identifier: ISC */
/*
 * test_smtp_cut.c - our client against our server, the connection cut behind every byte that either of them says. What a
 * mail became is known at both ends, so it can be held against what the client makes of it: "deferred" only when the
 * server has not got it, "accepted" only when it has, and "uncertain" exactly between the first byte of the end mark and
 * the last byte of the answer to it.
 */
#include "gateway/smtp/client.h"
#include "gateway/smtp/server.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define MAILS	  2
#define BYTES_MAX ((size_t)1 << 20)
#define NEVER	  SIZE_MAX

/* How the connection dies behind the last byte that passes. */
enum cut {
	CUT_SAID,	/* of the client's bytes; it hears of it at once, behind all that the server answered */
	CUT_DEAF,	/* the same, and no answer to its last write comes back */
	CUT_LATE,	/* the client's kernel goes on taking its bytes, and nobody reads them */
	CUT_HEARD,	/* of the server's bytes, which has got all that the client said */
};

/* What one mail's way looks like in a session that nobody cuts: offsets in the bytes of either side. */
struct marks {
	size_t body, dot, dot_end;	/* client: first byte of the mail, of the end mark, first behind it */
	size_t before, answer_end;	/* server: when the end mark goes; behind the answer to it */
};

struct way {
	const char *name;
	enum smtp_client_tls tls;
	const char *user;
	const char *mail;
};

struct world {
	const struct way *way;
	struct smtp_client c;
	struct smtp_server s;
	struct smtp_client_opts c_opts;
	struct smtp_server_opts s_opts;
	struct smtp_mail mail[MAILS];
	struct smtp_rcpt rcpt[MAILS];
	struct marks marks[MAILS];
	unsigned int given, done, stored;
	bool client_tls, server_tls, closed;
	size_t said, heard;		/* bytes of the client, of the server, that passed */
	size_t said_max, heard_max;
	bool deaf, late;		/* see enum cut */
	bool cut;
	struct buf rest;		/* of the client's bytes, not yet taken by the server */
	int64_t now;
};

/* ---- the server's caller ---- */

static void
server_act(struct world *w, enum smtp_server_act act)
{
	struct smtp_server *s = &w->s;

	switch (act) {
	case SERVER_MAIL:
		smtp_server_mail(s, NULL);
		break;
	case SERVER_RCPT:
		smtp_server_rcpt(s, true);
		break;
	case SERVER_AUTH:
		smtp_server_auth(s, str_eq(s->user, S("edi")) && str_eq(s->password, S("secret")));
		break;
	case SERVER_BEGIN:
		smtp_server_begun(s, KEPT, w->now);
		break;
	case SERVER_END:
		w->stored++;
		smtp_server_ended(s, KEPT, S("4711"), w->now);
		break;
	case SERVER_START_TLS:
		w->server_tls = true;
		break;
	case SERVER_SCRAM:
		fail_msg("PLAIN was asked for");
		break;
	case SERVER_PIECE:
	case SERVER_DROP:
	case SERVER_CLOSE:
	case SERVER_WAIT:
		break;
	}
}

static void
server_run(struct world *w)
{
	enum smtp_server_act act;
	struct str in;
	size_t before;

	do {
		before = w->rest.n;
		in = buf_str(&w->rest);
		while ((act = smtp_server_next(&w->s, &in, w->now)) != SERVER_WAIT)
			server_act(w, act);
		buf_drop(&w->rest, w->rest.n - in.n);
	} while (w->rest.n > 0 && w->rest.n < before);
}

/* ---- the client's caller ---- */

static void
client_act(struct world *w, enum smtp_client_act act)
{
	struct err e;

	switch (act) {
	case CLIENT_START_TLS:
		w->client_tls = true;
		break;
	case CLIENT_READY:
		if (w->given == MAILS)
			smtp_client_quit(&w->c, w->now);
		else
			assert_int_equal(smtp_client_mail(&w->c, &w->mail[w->given++], w->now, &e), 0);
		break;
	case CLIENT_ASK:
		if (w->marks[w->given - 1].body == 0)	/* in chunks: each was answered */
			w->marks[w->given - 1].body = w->said;
		w->marks[w->given - 1].dot = w->said;
		w->marks[w->given - 1].before = w->heard;
		smtp_client_go(&w->c, w->now);
		break;
	case CLIENT_DONE:
		w->marks[w->done].dot_end = w->said;
		w->marks[w->done].answer_end = w->heard;
		w->done++;
		break;
	case CLIENT_CLOSE:
		w->closed = true;
		break;
	case CLIENT_WAIT:
		break;
	}
}

static void
client_run(struct world *w)
{
	enum smtp_client_act act;

	while ((act = smtp_client_next(&w->c, w->now)) != CLIENT_WAIT)
		client_act(w, act);
}

static void
cut(struct world *w)
{
	struct err e;

	w->cut = true;
	(void)err_set(&e, ERR_RETRY, "connection lost");
	smtp_client_lost(&w->c, &e);
	smtp_server_lost(&w->s);
	client_run(w);
	server_run(w);
}

/* ---- the wire ---- */

/* Some of what the client has to say. False: it has nothing. */
static bool
carry_said(struct world *w)
{
	struct str out = smtp_client_output(&w->c);
	size_t n = w->said_max - w->said;

	if (out.n == 0)
		return false;
	n = out.n < n ? out.n : n;
	assert_int_equal(buf_put(&w->rest, str_sub(out, 0, n), NULL), 0);
	w->said += n;
	server_run(w);
	smtp_client_wrote(&w->c, w->late ? out.n : n, w->now);
	return n > 0 || w->late;
}

static bool
carry_heard(struct world *w)
{
	struct str out = smtp_server_output(&w->s);
	size_t n = w->heard_max - w->heard;
	char copy[SMTP_SERVER_OUTPUT_HIGH * 2];

	if (out.n == 0 || (w->deaf && w->said == w->said_max))
		return false;
	n = out.n < n ? out.n : n;
	memcpy(copy, out.p, n);
	smtp_server_wrote(&w->s, n);
	w->heard += n;
	smtp_client_input(&w->c, str_make(copy, n), w->now);
	if (w->c.state == CL_BODY)
		w->marks[w->given - 1].body = w->said;
	client_run(w);
	return n > 0;
}

static void
run(struct world *w)
{
	bool moved = true;

	while (moved && !w->closed) {
		client_run(w);
		server_run(w);
		moved = carry_said(w);
		moved |= carry_heard(w);
		if (w->client_tls && w->server_tls) {
			w->client_tls = w->server_tls = false;
			smtp_server_secured(&w->s, NULL, 0, w->now);
			smtp_client_secured(&w->c, NULL, w->now);
			moved = true;
		}
		if (!moved && !w->closed)
			cut(w);		/* nothing passes any more */
	}
}

static void
world_run(struct world *w, const struct way *way, enum cut how, size_t at)
{
	*w = (struct world){
		.way = way, .rest = BUF_CAP(BYTES_MAX), .now = 1000,
		.said_max = how == CUT_HEARD ? NEVER : at, .heard_max = how == CUT_HEARD ? at : NEVER,
		.deaf = how == CUT_DEAF, .late = how == CUT_LATE,
		.c_opts = { .helo = S("nordwind.example"), .tls = way->tls, .auth = S("plain"),
		    .user = str_of(way->user), .password = way->user[0] != '\0' ? S("secret") : S("") },
		.s_opts = { .name = S("mx.acme.example"), .size_max = 1 << 20, .can_tls = way->tls == CLIENT_TLS_STARTTLS,
		    .can_auth = way->user[0] != '\0' },
	};
	for (size_t i = 0; i < MAILS; i++) {
		w->rcpt[i].address = S("edi@acme.example");
		w->mail[i] = (struct smtp_mail){ .sender = S("edi@nordwind.example"),
			.rcpts = &w->rcpt[i],
			.n_rcpts = 1,
			.bytes = str_of(way->mail) };
	}
	smtp_client_init(&w->c, &w->c_opts, w->now);
	smtp_server_init(&w->s, &w->s_opts, w->now);
	run(w);
}

static void
world_clear(struct world *w)
{
	smtp_client_clear(&w->c);
	smtp_server_clear(&w->s);
	buf_clear(&w->rest);
}

/* ---- what must be so ---- */

static enum smtp_outcome
expected(const struct marks *m, enum cut how, size_t at)
{
	switch (how) {
	case CUT_SAID:
		return at <= m->dot ? SMTP_DEFERRED : at < m->dot_end ? SMTP_UNCERTAIN : SMTP_ACCEPTED;
	case CUT_DEAF:
		return at <= m->dot ? SMTP_DEFERRED : at <= m->dot_end ? SMTP_UNCERTAIN : SMTP_ACCEPTED;
	case CUT_LATE:
		return at < m->body ? SMTP_DEFERRED : at < m->dot_end ? SMTP_UNCERTAIN : SMTP_ACCEPTED;
	case CUT_HEARD:
		break;
	}
	return at < m->before ? SMTP_DEFERRED : at < m->answer_end ? SMTP_UNCERTAIN : SMTP_ACCEPTED;
}

static void
check_cut(const struct way *way, const struct marks marks[MAILS], enum cut how, size_t at)
{
	static const char *const words[] = { "pending", "accepted", "deferred", "refused", "uncertain" };
	static struct world w;
	unsigned int least = 0, most = 0;

	world_run(&w, way, how, at);
	assert_int_equal(w.given, w.done);	/* each mail that was handed in has its verdict */
	for (size_t i = 0; i < w.given; i++) {
		enum smtp_outcome is = w.rcpt[i].verdict.outcome, want = expected(&marks[i], how, at);

		if (is != want)
			fail_msg("%s, cut %d behind byte %zu: mail %zu is %s, want %s", way->name,
			    how, at, i + 1, words[is], words[want]);
		least += is == SMTP_ACCEPTED;
		most += is == SMTP_ACCEPTED || is == SMTP_UNCERTAIN;
	}
	if (w.stored < least || w.stored > most)
		fail_msg("%s, cut %d behind byte %zu: the server has %u mails, the client knows of %u to %u", way->name, how, at,
		    w.stored, least, most);
	world_clear(&w);
}

static void
every_byte(void **state)
{
	const struct way *way = *state;
	static struct world whole;
	struct marks marks[MAILS];

	world_run(&whole, way, CUT_SAID, NEVER);
	assert_false(whole.cut);
	assert_int_equal(whole.stored, MAILS);
	memcpy(marks, whole.marks, sizeof(marks));
	for (size_t at = 0; at <= whole.said; at++)
		for (enum cut how = CUT_SAID; how <= CUT_LATE; how++)
			check_cut(way, marks, how, at);
	for (size_t at = 0; at <= whole.heard; at++)
		check_cut(way, marks, CUT_HEARD, at);
	world_clear(&whole);
}

#define MAIL "Subject: x\r\n\r\n.dot\r\nend"

static struct way ways[] = {
	{ "in the clear", CLIENT_TLS_NONE, "", MAIL "\r\n" },
	{ "STARTTLS", CLIENT_TLS_STARTTLS, "", MAIL "\r\n" },
	{ "STARTTLS and AUTH", CLIENT_TLS_STARTTLS, "edi", MAIL "\r\n" },
	{ "no line end", CLIENT_TLS_NONE, "", MAIL },
	{ "in chunks", CLIENT_TLS_NONE, "", "Subject: x\r\n\r\na lone\nline end" },
	{ "an empty mail", CLIENT_TLS_NONE, "", "" },
};

int
main(void)
{
	struct CMUnitTest tests[N(ways)];

	for (size_t i = 0; i < N(ways); i++)
		tests[i] = (struct CMUnitTest){
			.name = ways[i].name, .test_func = every_byte, .initial_state = &ways[i]
		};
	return _cmocka_run_group_tests("cut", tests, N(ways), NULL, NULL);
}
