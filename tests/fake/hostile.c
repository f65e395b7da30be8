/* SPDX-License-Identifier: ISC */
/*
 * hostile.c - the dialogues of tests/unit/smtp_dialogues.h against a real listener on 127.0.0.1:
 *
 *   hostile PORT CA.pem
 *
 * in the clear and under STARTTLS, each step in one write, byte by byte, and cut behind every CR and LF. How many
 * answers a step has is asked of the server machine, played beside it. The listener must have size_max = 64K and a
 * user "acme" with the password "secret", and take mail for edi@nordwind.example. Prints one line a failure, at the
 * end "N sessions, N failed, N mails kept".
 */
#include "gateway/smtp/server.h"
#include "tests/unit/smtp_dialogues.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define PATIENCE_MS 60000

enum cut { WHOLE, BYTES, AT_LINE_ENDS, CUTS };
static const char *const cut_names[] = { "whole", "byte by byte", "cut at line ends" };

struct session {
	int fd;
	SSL *ssl;
	struct buf in;
	bool closed;
};

static unsigned int sessions, failed, kept;
static SSL_CTX *ctx;

static void
die(const char *what)
{
	perror(what);
	exit(1);
}

/* ---- the machine beside it ---- */

static void
play_step(struct smtp_server *s, struct str step)
{
	enum smtp_server_act act;

	while ((act = smtp_server_next(s, &step, 0)) != SERVER_WAIT) {
		if (act == SERVER_MAIL)
			smtp_server_mail(s, NULL);
		else if (act == SERVER_RCPT)
			smtp_server_rcpt(s, str_eq_nocase(s->asked, S("edi@nordwind.example")));
		else if (act == SERVER_AUTH)
			smtp_server_auth(s, false);
		else if (act == SERVER_BEGIN)
			smtp_server_begun(s, KEPT, 0);
		else if (act == SERVER_END)
			smtp_server_ended(s, KEPT, S("01J"), 0);
	}
	if (s->phase == SV_HANDSHAKE)
		smtp_server_secured(s, NULL, 0, 0);
}

/* How many replies are in text, and their codes behind each other in room (which may be NULL). */
static size_t
count_replies(struct str text, char *room, size_t size)
{
	struct str line;
	size_t n = 0, at = 0;

	while (str_next_line(&text, &line)) {
		if (line.n < 4 || line.p[3] == '-')
			continue;
		n++;
		if (room != NULL && at + 5 < size) {
			if (at > 0)
				room[at++] = ' ';
			memcpy(room + at, line.p, 3);
			at += 3;
		}
	}
	if (room != NULL)
		room[at] = '\0';
	return n;
}

/* ---- the connection ---- */

static void
say(struct session *s, struct str bytes)
{
	while (bytes.n > 0 && !s->closed) {
		ssize_t n = s->ssl != NULL ? SSL_write(s->ssl, bytes.p, (int)bytes.n)
					   : send(s->fd, bytes.p, bytes.n, MSG_NOSIGNAL);
		if (n <= 0)
			s->closed = true;	/* what it said before is still read */
		else
			bytes = str_from(bytes, (size_t)n);
	}
}

/* Read once. False: nothing came in time, or it is over. */
static bool
hear(struct session *s, int ms)
{
	struct pollfd p = { .fd = s->fd, .events = POLLIN };
	char *room = buf_room(&s->in, 4096, NULL);
	ssize_t n;

	if (room == NULL || ((s->ssl == NULL || SSL_pending(s->ssl) == 0) && poll(&p, 1, ms) != 1))
		return false;
	n = s->ssl != NULL ? SSL_read(s->ssl, room, 4096) : recv(s->fd, room, 4096, 0);
	if (n <= 0) {
		s->closed = true;
		return false;
	}
	buf_grew(&s->in, (size_t)n);
	return true;
}

static void
hear_replies(struct session *s, size_t n)
{
	while (count_replies(buf_str(&s->in), NULL, 0) < n && hear(s, PATIENCE_MS))
		;
}

static void
say_cut(struct session *s, struct str step, enum cut cut)
{
	while (step.n > 0 && !s->closed) {
		size_t n = step.n;

		if (cut == BYTES)
			n = 1;
		for (size_t i = 0; cut == AT_LINE_ENDS && i < n; i++)
			if (step.p[i] == '\r' || step.p[i] == '\n')
				n = i + 1;
		say(s, str_sub(step, 0, n));
		step = str_from(step, n);
	}
}

static void
session_open(struct session *s, unsigned int port)
{
	struct sockaddr_in sin = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
	int on = 1;

	*s = (struct session){ .fd = socket(AF_INET, SOCK_STREAM, 0), .in = BUF_CAP(1 << 20) };
	sin.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (s->fd == -1 || connect(s->fd, (struct sockaddr *)&sin, sizeof(sin)) == -1)
		die("connect");
	(void)setsockopt(s->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	hear_replies(s, 1);
}

static bool
session_secure(struct session *s)
{
	say(s, S(EHLO));
	hear_replies(s, 2);
	say(s, S("STARTTLS\r\n"));
	hear_replies(s, 3);
	s->ssl = SSL_new(ctx);
	if (s->ssl == NULL || SSL_set_fd(s->ssl, s->fd) != 1 || SSL_connect(s->ssl) != 1 ||
	    SSL_get_verify_result(s->ssl) != X509_V_OK)
		return false;
	buf_cut(&s->in, 0);
	(void)buf_put(&s->in, S("220 again\r\n"), NULL);	/* as if it had greeted */
	return true;
}

static void
session_close(struct session *s)
{
	SSL_free(s->ssl);
	(void)close(s->fd);
	buf_clear(&s->in);
}

/* ---- the dialogues ---- */

static void
play(const struct dialogue *d, unsigned int port, bool tls, enum cut cut)
{
	static const struct smtp_server_opts options = { .name = S_INIT("x"),
		.size_max = DIALOGUE_SIZE_MAX,
		.can_tls = true,
		.can_auth = true };
	struct smtp_server beside;
	struct session s;
	char got[1024];
	size_t want = 1;
	const char *wrong = NULL;

	sessions++;
	session_open(&s, port);
	if (tls && !session_secure(&s))
		wrong = "no TLS";
	smtp_server_init(&beside, &options, 0);
	smtp_server_wrote(&beside, smtp_server_output(&beside).n);
	for (size_t i = 0; i < STEPS && d->steps[i].n > 0 && wrong == NULL; i++) {
		play_step(&beside, d->steps[i]);
		want += count_replies(smtp_server_output(&beside), NULL, 0);
		smtp_server_wrote(&beside, smtp_server_output(&beside).n);
		say_cut(&s, d->steps[i], cut);
		hear_replies(&s, want);
	}
	if (d->closed)
		while (!s.closed && hear(&s, PATIENCE_MS))
			;
	else
		(void)hear(&s, 0);
	(void)count_replies(buf_str(&s.in), got, sizeof(got));
	if (wrong == NULL && strcmp(got, d->codes) != 0)
		wrong = got;
	if (wrong == NULL && s.closed != d->closed)
		wrong = s.closed ? "closed" : "left open";
	if (wrong != NULL) {
		printf("%s%s, %s: %s, want %s\n", d->name, tls ? ", TLS" : "", cut_names[cut], wrong, d->codes);
		failed++;
	}
	kept += d->kept;
	smtp_server_clear(&beside);
	session_close(&s);
}

/* Those about STARTTLS and the clear have no sense under TLS; and in the clear there is no handshake in the middle. */
static bool
can_play(const struct dialogue *d, bool tls)
{
	if (tls)
		return strstr(d->name, "STARTTLS") == NULL && strstr(d->name, "clear") == NULL;
	return strstr(d->codes, " 220") == NULL;
}

int
main(int argc, char **argv)
{
	uint64_t port;

	if (argc != 3 || str_u64(str_of(argv[1]), 65535, &port) == -1) {
		fprintf(stderr, "hostile PORT CA.pem\n");
		return 64;
	}
	(void)signal(SIGPIPE, SIG_IGN);
	ctx = SSL_CTX_new(TLS_client_method());
	if (ctx == NULL || SSL_CTX_load_verify_file(ctx, argv[2]) != 1)
		die(argv[2]);
	for (size_t i = 0; i < N(dialogues); i++)
		for (enum cut cut = WHOLE; cut < CUTS; cut++)
			for (int tls = 0; tls < 2; tls++)
				if ((!dialogues[i].whole || cut == WHOLE) && can_play(&dialogues[i], tls == 1))
					play(&dialogues[i], (unsigned int)port, tls == 1, cut);
	printf("%u sessions, %u failed, %u mails kept\n", sessions, failed, kept);
	SSL_CTX_free(ctx);
	return failed > 0;
}
