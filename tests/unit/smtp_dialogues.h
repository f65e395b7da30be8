/* SPDX-License-Identifier: ISC */
/*
 * smtp_dialogues.h - sessions of clients good and bad, for the server machine alone (test_smtp_server) and for the
 * listener over real sockets (fake/hostile). The numbers S.. are those of the list of hostile sessions that the
 * listener was designed against. The client waits for the answers to a step before it sends the next.
 */
#ifndef EDIGATE_TESTS_SMTP_DIALOGUES_H
#define EDIGATE_TESTS_SMTP_DIALOGUES_H

#include "gateway/base/str.h"

#define DIALOGUE_SIZE_MAX 65536	/* what the listener must take */
#define STEPS		  10
#define EHLO "EHLO mx.acme.example\r\n"
#define MAIL "MAIL FROM:<edi@acme.example>\r\n"
#define RCPT "RCPT TO:<edi@nordwind.example>\r\n"
#define ENVELOPE EHLO, MAIL RCPT "DATA\r\n"

struct dialogue {
	const char *name;
	struct str steps[STEPS];
	const char *codes;
	unsigned int kept;
	bool closed;
	bool whole;			/* only means what it means when a step comes in one piece */
};

#define T(...) { LIST(__VA_ARGS__, "", "", "", "", "", "", "", "") }
#define LIST(a, b, c, d, e, f, g, h, ...) S_INIT(a), S_INIT(b), S_INIT(c), S_INIT(d), S_INIT(e), S_INIT(f), S_INIT(g), S_INIT(h)

static const struct dialogue dialogues[] = {
	{ "a mail", T(EHLO, MAIL, RCPT, "DATA\r\n", "Subject: x\r\n\r\nhello\r\n.\r\n", "QUIT\r\n"),
	    "220 250 250 250 354 250 221", 1, true, false },
	{ "pipelined", T(ENVELOPE, "a\r\n.\r\n" MAIL RCPT "DATA\r\n", "b\r\n.\r\nQUIT\r\n"),
	    "220 250 250 250 354 250 250 250 354 250 221", 2, true, false },
	{ "HELO", T("HELO mx\r\n", MAIL, RCPT, "DATA\r\n", "a\r\n.\r\n"), "220 250 250 250 354 250", 1, false, false },
	{ "null sender", T(EHLO, "MAIL FROM:<>\r\n" RCPT "DATA\r\n", "a\r\n.\r\n"), "220 250 250 250 354 250", 1, false, false },
	{ "empty mail", T(ENVELOPE, ".\r\n"), "220 250 250 250 354 250", 1, false, false },
	{ "small words", T("ehlo mx\r\n", "mail from:<a@b.example>\r\n", "rcpt to:<EDI@Nordwind.Example>\r\n", "noop\r\n",
	    "rset\r\n", "quit\r\n"),
	    "220 250 250 250 250 250 221", 0, true, false },
	{ "help, vrfy, expn", T(EHLO, "HELP\r\n", "VRFY edi\r\n", "EXPN all\r\n"), "220 250 214 252 502", 0, false, false },
	{ "QUIT at once", T("QUIT\r\nNOOP\r\n"), "220 221", 0, true, false },

	{ "S01 http", T("GET / HTTP/1.1\r\nHost: x\r\n\r\n"), "220 500", 0, true, false },
	{ "S01 post", T("POST / HTTP/1.1\r\n" EHLO MAIL), "220 500", 0, true, false },
	{ "S04 NUL in EHLO", T("EHLO a\0b\r\n"), "220 501", 0, false, false },
	{ "S05 high bytes", T(EHLO, "MAIL FROM:<\377\376@x.example>\r\n"), "220 250 553", 0, false, false },
	{ "S06 bare LF", T("EHLO x\n"), "220 500", 0, true, false },
	{ "S06 bare LF later", T(EHLO, "MAIL FROM:<>\n" RCPT "DATA\r\n"), "220 250 500", 0, true, false },
	{ "S07 CR in address", T(EHLO, "MAIL FROM:<a\rb@x.example>\r\n"), "220 250 501", 0, false, false },
	{ "S08 DATA without recipient", T(EHLO, MAIL, "DATA\r\n"), "220 250 250 554", 0, false, false },
	{ "S08 all refused", T(EHLO, MAIL "RCPT TO:<x@nordwind.example>\r\nDATA\r\n"), "220 250 250 550 554", 0, false, false },
	{ "S08 DATA first", T(EHLO, "DATA\r\n"), "220 250 503", 0, false, false },
	{ "S09 MAIL twice", T(EHLO, MAIL, MAIL, RCPT, MAIL), "220 250 250 503 250 503", 0, false, false },
	{ "RCPT first", T(EHLO, RCPT), "220 250 503", 0, false, false },
	{ "MAIL before EHLO", T(MAIL, RCPT, "DATA\r\n"), "220 503 503 503", 0, false, false },
	{ "S10 unknown parameter", T(EHLO, MAIL, "RCPT TO:<edi@nordwind.example> FOO=BAR\r\n"), "220 250 250 555", 0, false, false },
	{ "S11 SIZE of 20 digits", T(EHLO, "MAIL FROM:<> SIZE=99999999999999999999\r\n"), "220 250 552", 0, false, false },
	{ "S11 SIZE of 21 digits", T(EHLO, "MAIL FROM:<> SIZE=999999999999999999999\r\n"), "220 250 501", 0, false, false },
	{ "SIZE at the limit", T(EHLO, "MAIL FROM:<> SIZE=65536\r\n", "RSET\r\n", "MAIL FROM:<> SIZE=65537\r\n"),
	    "220 250 250 250 552", 0, false, false },
	{ "S12 AUTH in the clear", T(EHLO, "AUTH PLAIN AGFjbWUAc2VjcmV0\r\n"), "220 250 538", 0, false, false },
	{ "S13 injected behind STARTTLS", T(EHLO, "STARTTLS\r\nEHLO evil\r\n"), "220 250 554", 0, true, true },
	{ "S14 STARTTLS with argument", T(EHLO, "STARTTLS x\r\n"), "220 250 501", 0, false, false },
	{ "STARTTLS before EHLO", T("STARTTLS\r\n"), "220 503", 0, false, false },
	{ "STARTTLS in a mail", T(EHLO, MAIL, "STARTTLS\r\n"), "220 250 250 503", 0, false, false },
	{ "STARTTLS", T(EHLO, "STARTTLS\r\n", MAIL, EHLO, MAIL, "STARTTLS\r\n"), "220 250 220 503 250 250 503", 0, false, false },
	{ "STARTTLS twice", T(EHLO, "STARTTLS\r\n", EHLO, "STARTTLS\r\n"), "220 250 220 250 503", 0, false, false },
	{ "BDAT", T(EHLO, MAIL RCPT, "BDAT 7\r\nhello\r\nBDAT 7 LAST\r\nworld\r\n", "QUIT\r\n"), "220 250 250 250 250 250 221", 1, true, false },
	{ "S15 BDAT", T(EHLO, MAIL RCPT, "BDAT 99999999999999999999 LAST\r\nQUIT\r\n"), "220 250 250 250 501", 0, true, false },
	{ "S16 BDAT -1", T(EHLO, "BDAT -1\r\n"), "220 250 501", 0, true, false },
	{ "S17 BDAT and its octets", T(EHLO, "BDAT 5\r\nRSET\n", "NOOP\r\n"), "220 250 503 250", 0, false, false },
	{ "S20 NUL in a mail", T(ENVELOPE, "a\0b\r\n.\r\n" MAIL), "220 250 250 250 354 550", 0, true, false },
	{ "S24 all in one", T(EHLO, MAIL RCPT "DATA\r\nhello\r\n.\r\nQUIT\r\n"), "220 250 250 250 554", 0, true, true },
	{ "S24 with EHLO", T(EHLO MAIL RCPT), "220 554", 0, true, true },
	{ "S25 smuggled", T(ENVELOPE, "a\n.\n" MAIL RCPT "DATA\r\nb\r\n.\r\nQUIT\r\n"), "220 250 250 250 354 550", 0, true, false },
	{ "S28 ETRN", T(EHLO, "ETRN x\r\n"), "220 250 500", 0, false, false },
	{ "S29 source route", T(EHLO, MAIL, "RCPT TO:<@relay.example:edi@nordwind.example>\r\n"), "220 250 250 553", 0, false, false },
	{ "S30 percent", T(EHLO, MAIL, "RCPT TO:<edi%nordwind.example@relay.example>\r\n"), "220 250 250 550", 0, false, false },
	{ "relay", T(EHLO, MAIL, "RCPT TO:<x@elsewhere.example>\r\n"), "220 250 250 550", 0, false, false },
	{ "S31 CR LF in quotes", T(EHLO, "MAIL FROM:<\"a\r\nDATA\r\n\"@x.example>\r\n"), "220 250 501", 0, true, false },
	{ "S32 no brackets", T(EHLO, "MAIL FROM:edi@acme.example\r\n"), "220 250 501", 0, false, false },
	{ "S33 UTF-8", T(EHLO, MAIL, "RCPT TO:<gr\303\274n@nordwind.example>\r\n"), "220 250 250 553", 0, false, false },
	{ "S34 xtext", T(EHLO, "MAIL FROM:<> ENVID=a+0D+0A\r\n", "MAIL FROM:<> AUTH=+00\r\n", "MAIL FROM:<> RET=HDRS ENVID=a+2B\r\n",
	    "RCPT TO:<edi@nordwind.example> NOTIFY=NEVER,DELAY\r\n", "RCPT TO:<edi@nordwind.example> NOTIFY=NEVER ORCPT=rfc822;e\r\n"),
	    "220 250 501 501 250 501 250", 0, false, false },
	{ "S35 RSET", T(EHLO, MAIL, RCPT, "RSET\r\n", "DATA\r\n"), "220 250 250 250 250 503", 0, false, false },
	{ "EHLO resets", T(EHLO, MAIL, RCPT, EHLO, "DATA\r\n"), "220 250 250 250 250 503", 0, false, false },
	{ "S38 CR LF . LF", T(ENVELOPE, "a\r\n.\nQUIT\r\n.\r\n"), "220 250 250 250 354 550", 0, true, false },
	{ "S38 LF . CR LF", T(ENVELOPE, "a\n.\r\nQUIT\r\n.\r\n"), "220 250 250 250 354 550", 0, true, false },
	{ "S38 CR . CR", T(ENVELOPE, "a\r.\rQUIT\r\n.\r\n"), "220 250 250 250 354 550", 0, true, false },
	{ "S38 CR LF . NUL CR LF", T(ENVELOPE, "a\r\n.\0\r\nQUIT\r\n.\r\n"), "220 250 250 250 354 550", 0, true, false },
	{ "S38 CR CR LF . CR LF", T(ENVELOPE, "a\r\r\n.\r\n"), "220 250 250 250 354 550", 0, true, false },
	{ "S55 XCLIENT", T(EHLO, "XCLIENT ADDR=192.0.2.1\r\n", "XFORWARD ADDR=192.0.2.1\r\n"), "220 250 500 500", 0, false, false },
	{ "PROXY", T("PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n"), "220 500", 0, false, false },
};

#endif
