/* SPDX-License-Identifier: ISC */
/*
 * A hostile server against the client machine. The first byte picks settings; then each line of the input is one
 * thing that happens: "\x01" at its front lets time pass, "\x02" breaks the connection, all else is what the server
 * says. What must hold whatever happens: no control byte in a command, the final dot only after it was allowed, and
 * a mail whose dot never left is never accepted or uncertain.
 */
#include "gateway/smtp/client.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static const struct smtp_client_opts settings[] = {
	{ .helo = S_INIT("nordwind.example"), .auth = S_INIT("auto") },
	{ .helo = S_INIT("nordwind.example"), .auth = S_INIT("auto"), .tls = CLIENT_TLS_STARTTLS },
	{ .helo = S_INIT("nordwind.example"), .auth = S_INIT("auto"), .tls = CLIENT_TLS_STARTTLS, .user = S_INIT("edi"),
	    .password = S_INIT("secret") },
	{ .helo = S_INIT("nordwind.example"), .auth = S_INIT("login"), .tls = CLIENT_TLS_IMPLICIT, .user = S_INIT("edi"),
	    .password = S_INIT("secret") },
	{ .helo = S_INIT("nordwind.example"), .auth = S_INIT("scram-sha-256"), .tls = CLIENT_TLS_IMPLICIT, .user = S_INIT("user"),
	    .password = S_INIT("pencil"), .nonce = S_INIT("rOprNGfwEbeRWgbNEkqO") },
	{ .helo = S_INIT("nordwind.example"), .auth = S_INIT("xoauth2"), .tls = CLIENT_TLS_IMPLICIT, .user = S_INIT("user"),
	    .password = S_INIT("pencil") },
	{ .helo = S_INIT("nordwind.example"), .auth = S_INIT("auto"), .tls = CLIENT_TLS_MAY },
	{ .helo = S_INIT("nordwind.example"), .auth = S_INIT("auto"), .tls = CLIENT_TLS_STARTTLS, .user = S_INIT("user"),
	    .password = S_INIT("pencil"), .nonce = S_INIT("rOprNGfwEbeRWgbNEkqO") },
};

static const struct scram_binding bind = { "tls-exporter", "0123", 4 };

struct run {
	struct smtp_client c;
	struct smtp_rcpt rcpts[3];
	struct smtp_mail mail;
	int64_t now;
	unsigned int mails;
	bool gone;			/* the dot of this mail may have left */
};

static void
check_verdicts(const struct run *r)
{
	for (size_t i = 0; i < r->mail.n_rcpts; i++) {
		enum smtp_outcome o = r->rcpts[i].verdict.outcome;

		if (o == SMTP_PENDING || (!r->gone && (o == SMTP_ACCEPTED || o == SMTP_UNCERTAIN)))
			abort();
		if (str_has_ctl(str_of(r->rcpts[i].verdict.text)))
			abort();
	}
}

static void
drive(struct run *r)
{
	enum smtp_client_act act;
	struct str out;
	struct err e;

	do {
		while ((act = smtp_client_next(&r->c, r->now)) != CLIENT_WAIT) {
			if (act == CLIENT_START_TLS) {
				smtp_client_secured(&r->c, &bind, r->now);
			} else if (act == CLIENT_READY) {
				r->gone = false;
				if (r->mails++ > 3 || smtp_client_mail(&r->c, &r->mail, r->now, &e) == -1)
					smtp_client_quit(&r->c, r->now);
			} else if (act == CLIENT_ASK) {
				smtp_client_go(&r->c, r->now);
			} else if (act == CLIENT_DONE) {
				check_verdicts(r);
			}
		}
		out = smtp_client_output(&r->c);
		for (size_t i = 0; i < out.n; i++)
			if ((unsigned char)out.p[i] < 0x20 && out.p[i] != '\r' && out.p[i] != '\n')
				abort();
		r->gone |= r->c.state == CL_DOT && out.n > 0;
		smtp_client_wrote(&r->c, out.n, r->now);
	} while (out.n > 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct str in = str_make((const char *)p, n), line;
	struct run r = { .now = 1 };
	struct err e;
	bool more = n > 0;

	if (n == 0)
		return 0;
	for (size_t i = 0; i < N(r.rcpts); i++)
		r.rcpts[i].address = S("edi@acme.example");
	r.mail = (struct smtp_mail){
		.sender = S("edi@nordwind.example"), .envid = S("tx.1"), .dsn = true, .rcpts = r.rcpts,
		.n_rcpts = 1 + p[0] / 8 % 3,
		.bytes = p[0] / 24 % 2 == 0 ? S("Subject: x\r\n\r\n.\r\n..\r\nend\r\n") : S("Subject: x\r\n\r\n.\n..\rend"),
	};
	smtp_client_init(&r.c, &settings[p[0] % 8 % N(settings)], r.now);
	in = str_from(in, 1);
	while (more) {
		struct str whole = in;

		more = str_cut(&in, '\n', &line);
		whole.n = line.n + (more ? 1 : 0);
		if (line.n > 0 && line.p[0] == 1) {
			r.now += (int64_t)line.n * 60000;
		} else if (line.n > 0 && line.p[0] == 2) {
			(void)err_set(&e, ERR_RETRY, "gone");
			smtp_client_lost(&r.c, &e);
		} else {
			smtp_client_input(&r.c, whole, r.now);
		}
		drive(&r);
	}
	(void)err_set(&e, ERR_RETRY, "gone");
	smtp_client_lost(&r.c, &e);
	drive(&r);
	if (r.c.mail != NULL)
		abort();
	smtp_client_clear(&r.c);
	return 0;
}
