/* SPDX-License-Identifier: ISC */
/* cut_client.h - the client of cutin.c: one session, one numbered mail, on a wire that may be cut anywhere. */
#ifndef EDIGATE_TESTS_FAKE_CUT_CLIENT_H
#define EDIGATE_TESTS_FAKE_CUT_CLIENT_H

#include "tests/fake/role.h"
#include "tests/fake/wire.h"

#include <stdarg.h>

static unsigned int port, first_mail, wrongs;
static bool pipelines, chunks, secures;
static SSL_CTX *ctx;
static struct arena *arena;

static void __attribute__((format(printf, 2, 3)))
wrong(unsigned int mail, const char *fmt, ...)
{
	va_list ap;

	wrongs++;
	printf("mail %u: ", first_mail + mail);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
}

static void
connect_to(struct wire *w, size_t said_max, size_t heard_max)
{
	struct sockaddr_in sin = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	sin.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd == -1 || connect(fd, (struct sockaddr *)&sin, sizeof(sin)) == -1)
		die("connect");
	wire_init(w, fd, said_max, heard_max);
}

static struct str
mail_of(unsigned int number)
{
	return str_fmt(arena,
	    "From: edi@nordwind.example\r\nTo: edi@acme.example\r\nSubject: order\r\nMessage-ID: <cut-%06u@nordwind.example>\r\n"
	    "Disposition-Notification-To: edi@nordwind.example\r\nMIME-Version: 1.0\r\nContent-Type: application/EDIFACT\r\n\r\n"
	    "UNB+UNOC:3+4012345000009:14+5098765000007:14+261120:1030+CUT%06u'\r\nUNH+1+ORDERS:D:96A:UN:EAN008'\r\n"
	    "BGM+220+CUT-%06u+9'\r\nUNS+S'\r\nUNT+4+1'\r\nUNZ+1+CUT%06u'\r\n", number, number, number, number);
}

/* Read one reply. False: no whole one was heard. */
static bool
hear(struct wire *w, unsigned int mail, char want)
{
	struct str text;
	size_t took;
	bool last;

	do {
		if (!wire_line(w, &text, &took))
			return false;
		last = text.n < 4 || text.p[3] != '-';
		if (last && text.p[0] != want)
			wrong(mail, "heard '" STR_FMT "', want %c..", STR_ARG(text), want);
		last = last || text.p[0] != want;
		wire_took(w, took);
	} while (!last);
	return true;
}

static bool
ask(struct wire *w, unsigned int mail, struct str text, char want)
{
	return wire_say(w, text) && hear(w, mail, want);
}

static bool
hello(struct wire *w, unsigned int mail)
{
	return hear(w, mail, '2') && ask(w, mail, S("EHLO mail.example\r\n"), '2') &&
	    (!secures || (ask(w, mail, S("STARTTLS\r\n"), '2') && wire_secure(w, ctx, false) &&
	        ask(w, mail, S("EHLO mail.example\r\n"), '2')));
}

/* MAIL, RCPT, and all up to the mail's last byte. */
static bool
say_mail(struct wire *w, unsigned int mail)
{
	struct str text = mail_of(first_mail + mail);
	struct str from = str_fmt(arena, "MAIL FROM:<edi@nordwind.example> SIZE=%zu\r\n", text.n);
	struct str to = S("RCPT TO:<edi@acme.example>\r\n"), data = S("DATA\r\n");

	if (chunks)
		return wire_say(w, str_cat(arena, str_cat(arena, from, to), str_cat(arena, str_fmt(arena, "BDAT %zu LAST\r\n", text.n), text)));
	if (pipelines) {
		if (!wire_say(w, str_cat(arena, from, str_cat(arena, to, data))) || !hear(w, mail, '2') || !hear(w, mail, '2') ||
		    !hear(w, mail, '3'))
			return false;
	} else if (!ask(w, mail, from, '2') || !ask(w, mail, to, '2') || !ask(w, mail, data, '3')) {
		return false;
	}
	return wire_say(w, str_cat(arena, text, S(".\r\n")));
}

#endif
