/* SPDX-License-Identifier: ISC */
#include "gateway/smtp/server.h"
#include "tests/unit/smtp_dialogues.h"

#include "gateway/base/base64.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/*
 * The caller of the machine: knows edi@nordwind.example, the user "acme" with the password "secret", keeps mails in
 * memory. Every dialogue is a list of steps; the client waits for the answers to a step before it sends the next.
 */
struct world {
	struct smtp_server s;
	struct buf said;		/* all replies */
	struct buf rest;		/* not yet taken */
	struct buf mail;		/* the one that comes in */
	struct buf last;		/* the one that was kept last */
	unsigned int begun, kept, dropped, handshakes;
	bool open, closed, peer_reads;
	enum smtp_kept begin_with, end_with;
	size_t breaks_at;		/* the disk is full from this byte on; 0: never */
	enum smtp_kept breaks_with;
	int64_t now;
};

static const struct smtp_server_opts plain = { .name = S_INIT("mx.nordwind.example"), .size_max = 1000, .can_tls = true,
	.can_auth = true, .rate_min = 500 };
static const struct smtp_server_opts bare = { .name = S_INIT("mx.nordwind.example"), .size_max = 1000 };

static void
world_init(struct world *w, const struct smtp_server_opts *o)
{
	*w = (struct world){
		.said = BUF_CAP(1 << 20), .rest = BUF_CAP(1 << 24), .mail = BUF_CAP(1 << 24), .last = BUF_CAP(1 << 24),
		.peer_reads = true, .now = 1000,
	};
	smtp_server_init(&w->s, o, w->now);
}

static void
world_clear(struct world *w)
{
	smtp_server_clear(&w->s);
	buf_clear(&w->said);
	buf_clear(&w->rest);
	buf_clear(&w->mail);
	buf_clear(&w->last);
}

static void
keep_piece(struct world *w)
{
	assert_true(w->open);
	assert_int_equal(buf_put(&w->mail, w->s.piece, NULL), 0);
	if (w->breaks_at > 0 && w->mail.n >= w->breaks_at)
		smtp_server_spoil(&w->s, w->breaks_with);
}

static void
give_verifier(struct world *w)
{
	struct scram_verifier v;
	struct err e;

	assert_int_equal(scram_derive(str_eq(w->s.user, S("acme")) ? S("secret") : S("nobody's"), S("0123456789"), 4096, &v, &e), 0);
	smtp_server_scram(&w->s, &v, S("ServerNonce12345"));
}

static void
answer(struct world *w, enum smtp_server_act act)
{
	switch (act) {
	case SERVER_MAIL:
		smtp_server_mail(&w->s, NULL);
		break;
	case SERVER_RCPT:
		assert_false(str_has_ctl(w->s.asked));
		smtp_server_rcpt(&w->s, str_eq_nocase(w->s.asked, S("edi@nordwind.example")));
		break;
	case SERVER_SCRAM:
		give_verifier(w);
		break;
	case SERVER_AUTH:
		smtp_server_auth(&w->s, w->s.by_proof ? w->s.proven
						      : str_eq(w->s.user, S("acme")) && str_eq(w->s.password, S("secret")));
		break;
	case SERVER_BEGIN:
		assert_false(w->open);
		w->begun++;
		w->open = w->begin_with == KEPT;
		buf_cut(&w->mail, 0);
		smtp_server_begun(&w->s, w->begin_with, w->now);
		break;
	case SERVER_PIECE:
		keep_piece(w);
		break;
	case SERVER_END:
		assert_true(w->open);
		w->open = false;
		if (w->end_with == KEPT) {
			w->kept++;
			buf_cut(&w->last, 0);
			assert_int_equal(buf_put(&w->last, buf_str(&w->mail), NULL), 0);
		}
		smtp_server_ended(&w->s, w->end_with, S("01J"), w->now);
		break;
	case SERVER_DROP:
		assert_true(w->open);
		w->open = false;
		w->dropped++;
		break;
	case SERVER_START_TLS:
		w->handshakes++;
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
listen_to(struct world *w)
{
	struct str out = smtp_server_output(&w->s);

	if (!w->peer_reads)
		return;
	assert_int_equal(buf_put(&w->said, out, NULL), 0);
	smtp_server_wrote(&w->s, out.n);
}

static void
feed(struct world *w, struct str bytes)
{
	enum smtp_server_act act;
	struct str in;

	assert_int_equal(buf_put(&w->rest, bytes, NULL), 0);
	do {
		in = buf_str(&w->rest);
		while ((act = smtp_server_next(&w->s, &in, w->now)) != SERVER_WAIT)
			answer(w, act);
		buf_drop(&w->rest, w->rest.n - in.n);
		listen_to(w);
	} while (w->rest.n > 0 && w->peer_reads && w->s.phase == SV_COMMAND);
	/* STARTTLS was answered and the client begins. */
	if (w->handshakes > 0 && w->s.phase == SV_HANDSHAKE && w->rest.n == 0)
		smtp_server_secured(&w->s, NULL, 0, w->now);
}

/* The codes of all replies, "-" lines left out: "220 250 354". */
static const char *
codes(struct world *w)
{
	static char text[8192];
	struct str rest = buf_str(&w->said), line;
	size_t n = 0;

	while (str_next_line(&rest, &line)) {
		assert_true(line.n >= 4 && n + 5 < sizeof(text));
		assert_false(str_has_ctl(line));
		if (line.p[3] == '-')
			continue;
		if (n > 0)
			text[n++] = ' ';
		memcpy(text + n, line.p, 3);
		n += 3;
	}
	assert_int_equal(rest.n, 0);
	text[n] = '\0';
	return text;
}

static void
play(const struct dialogue *d, size_t first)
{
	struct smtp_server_opts o = plain;
	struct world w;

	o.size_max = DIALOGUE_SIZE_MAX;
	world_init(&w, &o);
	listen_to(&w);
	for (size_t i = 0; i < STEPS; i++) {
		struct str step = d->steps[i];

		while (step.n > 0) {	/* first 0: byte by byte; else that many, then the rest */
			struct str part = str_sub(step, 0, first == 0 ? 1 : first);

			feed(&w, part);
			step = str_from(step, part.n);
			if (first == 0)
				continue;
			feed(&w, step);
			break;
		}
	}
	if (strcmp(codes(&w), d->codes) != 0)
		print_message("%s, first %zu bytes\n", d->name, first);
	assert_string_equal(codes(&w), d->codes);
	assert_int_equal(w.kept, d->kept);
	assert_int_equal(w.closed, d->closed);
	smtp_server_lost(&w.s);
	feed(&w, S(""));
	assert_false(w.open);		/* no file is forgotten, whatever happened */
	world_clear(&w);
}

static void
plays_dialogues(void **state)
{
	(void)state;
	for (size_t i = 0; i < N(dialogues); i++) {
		const struct dialogue *d = &dialogues[i];
		size_t longest = 0;

		for (size_t j = 0; j < STEPS; j++)
			longest = d->steps[j].n > longest ? d->steps[j].n : longest;
		play(d, longest + 1);
		for (size_t first = 0; !d->whole && first <= longest; first++)
			play(d, first);
	}
}

static void
begin_mail(struct world *w)
{
	feed(w, S(EHLO));
	feed(w, S(MAIL RCPT "DATA\r\n"));
}

static void
keeps_a_mail_exactly(void **state)
{
	struct world w;

	(void)state;
	world_init(&w, &plain);
	begin_mail(&w);
	feed(&w, S("..\r\n.a\r\n....\r\n\tb\377\r\n.\r\n"));
	assert_true(str_eq(buf_str(&w.last), S(".\r\na\r\n...\r\n\tb\377\r\n")));
	assert_int_equal(w.s.mails, 1);
	world_clear(&w);
}

static void
says_what_it_offers(void **state)
{
	struct world w;

	(void)state;
	world_init(&w, &plain);
	feed(&w, S(EHLO));
	assert_true(str_find(buf_str(&w.said), S("250-STARTTLS\r\n"), NULL));
	assert_false(str_find(buf_str(&w.said), S("AUTH"), NULL));
	assert_true(str_find(buf_str(&w.said), S("250-SIZE 1000\r\n"), NULL));
	assert_true(str_find(buf_str(&w.said), S("250-PIPELINING\r\n"), NULL));
	assert_string_equal(smtp_server_protocol(&w.s), "ESMTP");
	feed(&w, S("STARTTLS\r\n"));
	buf_cut(&w.said, 0);
	feed(&w, S(EHLO));
	assert_true(str_find(buf_str(&w.said), S("250-AUTH SCRAM-SHA-256 PLAIN LOGIN\r\n"), NULL));
	assert_false(str_find(buf_str(&w.said), S("STARTTLS"), NULL));
	assert_string_equal(smtp_server_protocol(&w.s), "ESMTPS");
	world_clear(&w);
	world_init(&w, &bare);
	feed(&w, S(EHLO));
	assert_false(str_find(buf_str(&w.said), S("STARTTLS"), NULL));
	feed(&w, S("STARTTLS\r\n"));
	feed(&w, S("AUTH PLAIN\r\n"));
	assert_string_equal(codes(&w), "220 250 502 502");
	world_clear(&w);
}

/* S54. Base64 of "\0acme\0secret" is AGFjbWUAc2VjcmV0. */
static void
checks_passwords(void **state)
{
	static const struct { struct str say[3]; const char *codes; bool authed; } cases[] = {
		{ { S_INIT("AUTH PLAIN AGFjbWUAc2VjcmV0\r\n") }, "235", true },
		{ { S_INIT("AUTH PLAIN\r\n"), S_INIT("AGFjbWUAc2VjcmV0\r\n") }, "334 235", true },
		{ { S_INIT("AUTH PLAIN YWNtZQBhY21lAHNlY3JldA==\r\n") }, "235", true },	/* acting for oneself */
		{ { S_INIT("AUTH PLAIN cm9vdABhY21lAHNlY3JldA==\r\n") }, "535", false },	/* acting for root */
		{ { S_INIT("AUTH PLAIN AGFjbWUAd3Jvbmc=\r\n") }, "535", false },
		{ { S_INIT("AUTH PLAIN\r\n"), S_INIT("*\r\n") }, "334 501", false },
		{ { S_INIT("AUTH PLAIN\r\n"), S_INIT("\r\n") }, "334 501", false },
		{ { S_INIT("AUTH PLAIN =\r\n") }, "501", false },
		{ { S_INIT("AUTH PLAIN !!!!\r\n") }, "501", false },
		{ { S_INIT("AUTH PLAIN AGFjbWU\r\n") }, "501", false },
		{ { S_INIT("AUTH PLAIN AGFjbWUAc2VjcmV0AA==\r\n") }, "501", false },	/* a NUL more */
		{ { S_INIT("AUTH PLAIN AABzZWNyZXQ=\r\n") }, "501", false },		/* no user */
		{ { S_INIT("AUTH PLAIN AGFjbWUA\r\n") }, "501", false },		/* no password */
		{ { S_INIT("AUTH LOGIN\r\n"), S_INIT("YWNtZQ==\r\n"), S_INIT("c2VjcmV0\r\n") }, "334 334 235", true },
		{ { S_INIT("AUTH LOGIN YWNtZQ==\r\n"), S_INIT("c2VjcmV0\r\n") }, "334 235", true },
		{ { S_INIT("AUTH LOGIN\r\n"), S_INIT("YWNtZQ==\r\n"), S_INIT("d3Jvbmc=\r\n") }, "334 334 535", false },
		{ { S_INIT("AUTH LOGIN\r\n"), S_INIT("YWNtZQ==\r\n"), S_INIT("*\r\n") }, "334 334 501", false },
		{ { S_INIT("AUTH LOGIN\r\n"), S_INIT("acme\r\n"), S_INIT("NOOP\r\n") }, "334 334 535", false },	/* it is base64 */
		{ { S_INIT("AUTH LOGIN\r\n"), S_INIT("acme!\r\n"), S_INIT("NOOP\r\n") }, "334 501 250", false },
		{ { S_INIT("AUTH LOGIN\r\n"), S_INIT("\r\n"), S_INIT("\r\n") }, "334 334 535", false },
		{ { S_INIT("AUTH SCRAM-SHA-256\r\n"), S_INIT("*\r\n") }, "334 501", false },
		{ { S_INIT("AUTH SCRAM-SHA-256\r\n"), S_INIT("AGFjbWUAc2VjcmV0\r\n") }, "334 501", false },
		{ { S_INIT("AUTH SCRAM-SHA-256 =\r\n") }, "501", false },
		{ { S_INIT("AUTH SCRAM-SHA-256 biwsbj1hY21lLHI9eA==\r\n"), S_INIT("*\r\n") }, "334 501", false },
		{ { S_INIT("AUTH SCRAM-SHA-256 biwsbj1hY21lLHI9eA==\r\n"), S_INIT("Yz1iaXdz\r\n") }, "334 501", false },
		{ { S_INIT("AUTH SCRAM-SHA-256-PLUS biwsbj1hY21lLHI9eA==\r\n") }, "504", false },
		{ { S_INIT("AUTH CRAM-MD5\r\n") }, "504", false },
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		struct world w;

		world_init(&w, &plain);
		feed(&w, S(EHLO));
		feed(&w, S("STARTTLS\r\n"));
		feed(&w, S(EHLO));
		buf_cut(&w.said, 0);
		feed(&w, cases[i].say[0]);
		feed(&w, cases[i].say[1]);
		feed(&w, cases[i].say[2]);
		assert_string_equal(codes(&w), cases[i].codes);
		assert_int_equal(w.s.authed, cases[i].authed);
		assert_int_equal(w.s.secret.n + w.s.claimed.n + w.s.proof.n + w.s.scram.bare.n, 0);
		buf_cut(&w.said, 0);
		feed(&w, S("AUTH PLAIN AGFjbWUAc2VjcmV0\r\n"));
		assert_string_equal(codes(&w), cases[i].authed ? "503" : "235");
		assert_string_equal(smtp_server_protocol(&w.s), "ESMTPSA");
		world_clear(&w);
	}
}

/* The server's last line without its code, decoded. */
static void
last_challenge(struct world *w, struct buf *out)
{
	struct str rest = buf_str(&w->said), line, last = S("");

	while (str_next_line(&rest, &line))
		last = line;
	buf_cut(out, 0);
	assert_int_equal(base64_get(out, str_from(last, 4), NULL, NULL), 0);
}

static void
say_base64(struct world *w, const char *before, struct buf *message)
{
	struct buf line = BUF_CAP(4096);

	assert_int_equal(buf_put(&line, str_of(before), NULL) | base64_put(&line, buf_str(message), NULL) |
	    buf_put(&line, S("\r\n"), NULL), 0);
	feed(w, buf_str(&line));
	buf_cut(message, 0);
	buf_clear(&line);
}

/* The client of scram.h against this server. */
static void
proves_passwords(void **state)
{
	static const struct { struct str user, password, last; const char *codes; bool authed; } cases[] = {
		{ S_INIT("acme"), S_INIT("secret"), S_INIT("\r\n"), "334 334 235", true },
		{ S_INIT("acme"), S_INIT("wrong"), S_INIT(""), "334 535", false },
		{ S_INIT("nobody"), S_INIT("secret"), S_INIT(""), "334 535", false },
		{ S_INIT("acme"), S_INIT("secret"), S_INIT("*\r\n"), "334 334 501", false },
		{ S_INIT("acme"), S_INIT("secret"), S_INIT("NOOP\r\n"), "334 334 501", false },
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		struct buf message = BUF_CAP(4096), challenge = BUF_CAP(4096);
		struct scram client;
		struct world w;
		struct err e;

		world_init(&w, &plain);
		feed(&w, S(EHLO));
		feed(&w, S("STARTTLS\r\n"));
		feed(&w, S(EHLO));
		buf_cut(&w.said, 0);
		scram_init(&client);
		assert_int_equal(scram_client_first(&client, cases[i].user, S("ClientNonce12345"), NULL, false, &message, &e), 0);
		say_base64(&w, "AUTH SCRAM-SHA-256 ", &message);
		last_challenge(&w, &challenge);
		assert_int_equal(scram_client_final(&client, buf_str(&challenge), cases[i].password, &message, &e), 0);
		say_base64(&w, "", &message);
		assert_false(w.s.authed);
		if (cases[i].last.n > 0) {
			last_challenge(&w, &challenge);
			assert_int_equal(scram_client_verify(&client, buf_str(&challenge), &e), 0);
		}
		feed(&w, cases[i].last);
		assert_string_equal(codes(&w), cases[i].codes);
		assert_int_equal(w.s.authed, cases[i].authed);
		scram_clear(&client);
		buf_clear(&message);
		buf_clear(&challenge);
		world_clear(&w);
	}
}

static void
ends_after_wrong_passwords(void **state)
{
	struct world w;

	(void)state;
	world_init(&w, &plain);
	feed(&w, S(EHLO));
	feed(&w, S("STARTTLS\r\n"));
	feed(&w, S(EHLO));
	for (int i = 0; i < 3; i++)
		feed(&w, S("AUTH PLAIN AGFjbWUAd3Jvbmc=\r\n"));
	assert_string_equal(codes(&w), "220 250 220 250 535 535 421");
	assert_true(w.closed);
	world_clear(&w);
	/* Not in the middle of a mail, and no answer sent before the question. */
	world_init(&w, &plain);
	feed(&w, S(EHLO));
	feed(&w, S("STARTTLS\r\n"));
	feed(&w, S(EHLO));
	feed(&w, S(MAIL));
	feed(&w, S("AUTH PLAIN AGFjbWUAc2VjcmV0\r\n"));
	feed(&w, S("RSET\r\n"));
	feed(&w, S("AUTH PLAIN\r\nAGFjbWUAc2VjcmV0\r\n"));
	assert_string_equal(codes(&w), "220 250 220 250 250 503 250 554");
	world_clear(&w);
	/* Nor anything behind the response. */
	world_init(&w, &plain);
	feed(&w, S(EHLO));
	feed(&w, S("STARTTLS\r\n"));
	feed(&w, S(EHLO));
	feed(&w, S("AUTH PLAIN\r\n"));
	feed(&w, S("AGFjbWUAc2VjcmV0\r\n" MAIL));
	assert_string_equal(codes(&w), "220 250 220 250 334 554");
	world_clear(&w);
}

/* S02, S03: over 2048 bytes one 500, and 421 for one that has no end. Nothing piles up. */
static void
bounds_command_lines(void **state)
{
	struct world w;
	char a[4000];

	(void)state;
	memset(a, 'A', sizeof(a));
	world_init(&w, &plain);
	feed(&w, S("EHLO "));
	feed(&w, str_make(a, 3000));
	feed(&w, S("\r\n" EHLO));
	assert_string_equal(codes(&w), "220 500 250");
	assert_true(w.s.line.cap <= SMTP_COMMAND_MAX);
	for (int i = 0; i < 18; i++)
		feed(&w, str_make(a, sizeof(a)));
	assert_string_equal(codes(&w), "220 500 250 500 421");
	assert_true(w.closed);
	world_clear(&w);
	/* The longest line that is read, in two halves. */
	world_init(&w, &plain);
	feed(&w, S("NOOP "));
	feed(&w, str_make(a, SMTP_COMMAND_MAX - 7));
	feed(&w, S("\r\n"));
	assert_string_equal(codes(&w), "220 250");
	world_clear(&w);
}

/* S23, S36 */
static void
counts_errors(void **state)
{
	struct world w;

	(void)state;
	world_init(&w, &plain);
	for (int i = 0; i < 30; i++)
		feed(&w, S("XYZZY\r\n"));
	assert_string_equal(codes(&w), "220 500 500 500 500 500 500 500 500 500 500 421");
	assert_true(w.closed);
	world_clear(&w);
	world_init(&w, &plain);
	feed(&w, S(EHLO MAIL));		/* pipelined in one piece: refused */
	assert_true(w.closed);
	world_clear(&w);
	world_init(&w, &plain);
	feed(&w, S(EHLO));
	for (int i = 0; i < 200 && !w.closed; i++)
		feed(&w, S("NOOP\r\n"));
	assert_true(w.closed);
	world_clear(&w);
	world_init(&w, &plain);
	feed(&w, S(EHLO));
	feed(&w, S(MAIL));
	for (int i = 0; i < 101; i++)
		feed(&w, S(RCPT));
	assert_int_equal(w.s.n_rcpts, SMTP_SERVER_RCPTS_MAX);
	assert_true(str_ends(buf_str(&w.said), S("452 4.5.3 too many recipients\r\n")));
	feed(&w, S("DATA\r\n"));
	feed(&w, S("a\r\n.\r\n"));
	assert_int_equal(w.kept, 1);
	world_clear(&w);
}

/* S37: what is too large is read to its end, and not kept. */
static void
bounds_mails(void **state)
{
	struct world w;
	char line[102];

	(void)state;
	memset(line, 'x', 100);
	memcpy(line + 100, "\r\n", 2);
	world_init(&w, &plain);
	begin_mail(&w);
	for (int i = 0; i < 9; i++)
		feed(&w, str_make(line, 102));
	feed(&w, str_make(line + 20, 82));	/* 1000 exactly */
	feed(&w, S(".\r\n"));
	assert_int_equal(w.kept, 1);
	feed(&w, S(MAIL RCPT "DATA\r\n"));
	for (int i = 0; i < 9; i++)
		feed(&w, str_make(line, 102));
	assert_int_equal(w.dropped, 0);
	feed(&w, str_make(line + 19, 83));
	assert_int_equal(w.dropped, 1);
	for (int i = 0; i < 1000; i++)
		feed(&w, str_make(line, 102));
	feed(&w, S(".\r\n"));
	assert_string_equal(codes(&w), "220 250 250 250 354 250 250 250 354 552");
	assert_int_equal(w.kept, 1);
	assert_false(w.closed);
	assert_true(w.mail.n <= 1000);
	world_clear(&w);
}

/* S21, S22 */
static void
breaks_loops(void **state)
{
	(void)state;
	for (int hops = 49; hops <= 52; hops++) {
		struct smtp_server_opts o = plain;
		struct world w;

		o.size_max = 1 << 20;
		world_init(&w, &o);
		begin_mail(&w);
		for (int i = 0; i < hops; i++)
			feed(&w, S("Received: from a by b\r\n"));
		feed(&w, S("\r\nReceived: in the body\r\n.\r\n"));
		assert_string_equal(codes(&w), hops <= 50 ? "220 250 250 250 354 250" : "220 250 250 250 354 554");
		assert_int_equal(w.kept, hops <= 50);
		world_clear(&w);
	}
}

/* S50 */
static void
passes_on_disk_trouble(void **state)
{
	static const struct { enum smtp_kept begin, end; size_t breaks_at; enum smtp_kept breaks_with; const char *codes; } cases[] = {
		{ KEPT_NOT, KEPT, 0, KEPT, "451" },
		{ KEPT_NO_SPACE, KEPT, 0, KEPT, "452" },
		{ KEPT, KEPT_NOT, 0, KEPT, "354 451" },
		{ KEPT, KEPT_NO_SPACE, 0, KEPT, "354 452" },
		{ KEPT, KEPT, 5, KEPT_NO_SPACE, "354 452" },
		{ KEPT, KEPT, 5, KEPT_NOT, "354 451" },
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		struct world w;

		world_init(&w, &plain);
		w.begin_with = cases[i].begin;
		w.end_with = cases[i].end;
		w.breaks_at = cases[i].breaks_at;
		w.breaks_with = cases[i].breaks_with;
		feed(&w, S(EHLO));
		feed(&w, S(MAIL RCPT));
		buf_cut(&w.said, 0);
		feed(&w, S("DATA\r\n"));
		if (cases[i].begin == KEPT)
			feed(&w, S("abcdefg\r\n..\r\nhij\r\n.\r\n"));
		assert_string_equal(codes(&w), cases[i].codes);
		assert_int_equal(w.kept, 0);
		/* The session goes on. */
		w.begin_with = w.end_with = KEPT;
		w.breaks_at = 0;
		feed(&w, S(MAIL RCPT "DATA\r\n"));
		feed(&w, S("a\r\n.\r\n"));
		assert_int_equal(w.kept, 1);
		world_clear(&w);
	}
}

static void
tick(struct world *w, int64_t ms)
{
	w->now += ms;
	feed(w, S(""));
}

/* S41, S42 */
static void
has_deadlines(void **state)
{
	struct world w;

	(void)state;
	world_init(&w, &plain);
	assert_int_equal(smtp_server_deadline(&w.s), w.now + 300000);
	tick(&w, 299999);
	assert_false(w.closed);
	/* One byte now and then does not help: the line is not done. */
	feed(&w, S("E"));
	tick(&w, 1);
	assert_string_equal(codes(&w), "220 421");
	assert_true(w.closed);
	world_clear(&w);
	/* Nothing of the mail comes. */
	world_init(&w, &plain);
	begin_mail(&w);
	assert_true(smtp_server_deadline(&w.s) <= w.now + 60001);
	tick(&w, 60001);
	assert_true(w.closed);
	assert_int_equal(w.dropped, 1);
	world_clear(&w);
	/* A byte each 20 seconds. */
	world_init(&w, &plain);
	begin_mail(&w);
	for (int i = 0; i < 4 && !w.closed; i++) {
		feed(&w, S("x"));
		tick(&w, 20000);
	}
	assert_true(w.closed);
	assert_int_equal(w.dropped, 1);
	world_clear(&w);
	/* Fast enough at first, then asleep. */
	world_init(&w,
	    &(struct smtp_server_opts){
	        .name = S("x.example"), .size_max = 1 << 20, .rate_min = 500 });
	begin_mail(&w);
	for (int i = 0; i < 100; i++)
		feed(&w, S("01234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567\r\n"));
	tick(&w, 20000);
	assert_false(w.closed);
	tick(&w, 40002);
	assert_true(w.closed);
	world_clear(&w);
	/* A mail that would take for ever. */
	world_init(&w, &plain);
	feed(&w, S(EHLO));
	feed(&w, S(MAIL));
	for (int i = 0; i < 13 && !w.closed; i++) {
		tick(&w, 290000);
		feed(&w, S("NOOP\r\n"));
	}
	assert_true(w.closed);
	world_clear(&w);
	/* A handshake that does not come. */
	world_init(&w, &plain);
	feed(&w, S(EHLO));
	struct str in = S("STARTTLS\r\n");
	assert_int_equal(smtp_server_next(&w.s, &in, w.now), SERVER_START_TLS);
	w.now += 30000;
	assert_int_equal(smtp_server_next(&w.s, &in, w.now), SERVER_CLOSE);
	world_clear(&w);
}

/* S43: who does not read the answers is not listened to. */
static void
stops_listening_to_the_deaf(void **state)
{
	struct world w;
	size_t before;

	(void)state;
	world_init(&w, &plain);
	feed(&w, S(EHLO));
	w.peer_reads = false;
	for (int i = 0; i < 90; i++)
		feed(&w, S("HELP\r\n"));
	for (int i = 0; i < 4000; i++)
		feed(&w, S("RSET\r\n"));
	assert_true(w.s.out.n <= SMTP_SERVER_OUTPUT_HIGH + 600);
	before = w.s.out.n;
	feed(&w, S("RSET\r\n"));
	assert_true(w.s.out.n - before <= 100 || w.closed);
	world_clear(&w);
}

/* S26 */
static void
shows_early_talkers_out(void **state)
{
	struct world w;

	(void)state;
	world_init(&w, &plain);
	smtp_server_early(&w.s);
	feed(&w, S(EHLO MAIL));
	assert_string_equal(codes(&w), "554");
	assert_true(w.closed);
	world_clear(&w);
}

static void
stops_between_mails(void **state)
{
	struct world w;

	(void)state;
	world_init(&w, &plain);
	feed(&w, S(EHLO));
	smtp_server_stop(&w.s);
	feed(&w, S(""));
	assert_string_equal(codes(&w), "220 250 421");
	assert_true(w.closed);
	world_clear(&w);
	world_init(&w, &plain);
	begin_mail(&w);
	feed(&w, S("a\r\n"));
	smtp_server_stop(&w.s);
	feed(&w, S(""));
	assert_false(w.closed);
	feed(&w, S("b\r\n.\r\n"));
	assert_string_equal(codes(&w), "220 250 250 250 354 250 421");
	assert_int_equal(w.kept, 1);
	assert_true(w.closed);
	world_clear(&w);
}

/* Between the answer to STARTTLS and the end of the handshake: no word is said, none is believed. */
static void
is_silent_in_a_handshake(void **state)
{
	struct world w;
	struct str in;

	(void)state;
	for (int injected = 0; injected < 2; injected++) {
		world_init(&w, &plain);
		feed(&w, S(EHLO));
		in = S("STARTTLS\r\n");
		assert_int_equal(smtp_server_next(&w.s, &in, w.now), SERVER_START_TLS);
		listen_to(&w);
		in = injected ? S(MAIL) : S("");
		if (!injected)
			smtp_server_stop(&w.s);
		assert_int_equal(smtp_server_next(&w.s, &in, w.now), SERVER_CLOSE);
		listen_to(&w);
		assert_string_equal(codes(&w), injected ? "220 250 220 554" : "220 250 220");
		world_clear(&w);
	}
	world_init(&w, &plain);
	feed(&w, S(EHLO));
	feed(&w, S("STARTTLS\r\n"));
	feed(&w, S("HELO mx\r\n"));
	assert_string_equal(smtp_server_protocol(&w.s), "SMTPS");
	world_clear(&w);
}

/* S27, S46: the peer goes away at any byte of a mail. */
static void
forgets_half_a_mail(void **state)
{
	static const char text[] = "Subject: x\r\n\r\n..\r\n.";

	(void)state;
	for (size_t n = 0; n < sizeof(text); n++) {
		struct world w;

		world_init(&w, &plain);
		begin_mail(&w);
		feed(&w, str_make(text, n));
		smtp_server_lost(&w.s);
		feed(&w, S(""));
		assert_int_equal(w.dropped, 1);
		assert_int_equal(w.kept, 0);
		assert_string_equal(w.s.ended, "lost in a mail");
		world_clear(&w);
	}
}

/* S47: gone while the disk works. The mail stays, though nobody hears of it. */
static void
keeps_a_mail_nobody_hears_of(void **state)
{
	struct str in = S("a\r\n.\r\n");
	struct world w;

	(void)state;
	world_init(&w, &plain);
	begin_mail(&w);
	while (smtp_server_next(&w.s, &in, w.now) == SERVER_PIECE)
		;
	assert_int_equal(w.s.asking, SERVER_END);
	assert_int_equal(smtp_server_next(&w.s, &in, w.now), SERVER_WAIT);
	smtp_server_lost(&w.s);
	assert_int_equal(smtp_server_next(&w.s, &in, w.now), SERVER_CLOSE);
	assert_int_equal(smtp_server_next(&w.s, &in, w.now), SERVER_WAIT);
	world_clear(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plays_dialogues),
		cmocka_unit_test(keeps_a_mail_exactly),
		cmocka_unit_test(says_what_it_offers),
		cmocka_unit_test(checks_passwords),
		cmocka_unit_test(proves_passwords),
		cmocka_unit_test(ends_after_wrong_passwords),
		cmocka_unit_test(bounds_command_lines),
		cmocka_unit_test(counts_errors),
		cmocka_unit_test(bounds_mails),
		cmocka_unit_test(breaks_loops),
		cmocka_unit_test(passes_on_disk_trouble),
		cmocka_unit_test(has_deadlines),
		cmocka_unit_test(stops_listening_to_the_deaf),
		cmocka_unit_test(shows_early_talkers_out),
		cmocka_unit_test(stops_between_mails),
		cmocka_unit_test(is_silent_in_a_handshake),
		cmocka_unit_test(forgets_half_a_mail),
		cmocka_unit_test(keeps_a_mail_nobody_hears_of),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
