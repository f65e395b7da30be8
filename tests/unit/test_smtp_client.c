/* SPDX-License-Identifier: ISC */
#include "gateway/smtp/client.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/*
 * A dialogue is a list of pairs: what the server says, and what the client must have said by then (all of it, since
 * the last pair). Between them the caller does what the machine asks for: handshake, a mail when ready, the dot.
 */
struct turn {
	struct str server, client;
};

#define TURNS 14
enum end { OPEN, CLOSED };

struct dialogue {
	const char *name;
	struct smtp_client_opts opts;
	bool dsn, eight_bit;
	struct turn turns[TURNS];
	bool lost;			/* then the connection breaks */
	enum smtp_outcome outcome[2];	/* of the two recipients */
	unsigned int code;		/* of the first */
	enum end end;
	const char *why;		/* in the error of the session; NULL: it did not fail */
};

#define HELO_NAME  S_INIT("nordwind.example")
#define CLEAR	   { .helo = HELO_NAME, .auth = S_INIT("auto") }
#define STARTTLS   { .helo = HELO_NAME, .tls = CLIENT_TLS_STARTTLS, .auth = S_INIT("auto") }
#define IMPLICIT   { .helo = HELO_NAME, .tls = CLIENT_TLS_IMPLICIT, .auth = S_INIT("auto") }
#define WITH_AUTH(how) { .helo = HELO_NAME, .tls = CLIENT_TLS_IMPLICIT, .user = S_INIT("edi"), \
	.password = S_INIT("secret"), .auth = S_INIT(how) }
/* The example in RFC 7677, 3: its user is AS_USER's. And the token that AS_USER's password is. */
#define SCRAM_FIRST	"AUTH SCRAM-SHA-256 biwsbj11c2VyLHI9ck9wck5HZndFYmVSV2diTkVrcU8=\r\n"
#define SCRAM_CHALLENGE                                                                            \
	"334 cj1yT3ByTkdmd0ViZVJXZ2JORWtxTyVodllEcFdVYTJSYVRDQWZ1eEZJbGopaE5sRiRrMCxz"             \
	"PVcyMlphSjBTTlk3c29Fc1VFamI2Z1E9PSxpPTQwOTY=\r\n"
#define SCRAM_PROOF                                                                                \
	"Yz1iaXdzLHI9ck9wck5HZndFYmVSV2diTkVrcU8laHZZRHBXVWEyUmFUQ0FmdXhGSWxqKWhO"                 \
	"bEYkazAscD1kSHpiWmFwV0lrNGpVaE4rVXRlOXl0YWc5empmTUhnc3FtbWl6N0FuZFZRPQ==\r\n"
#define XOAUTH2_TOKEN	"AUTH XOAUTH2 dXNlcj11c2VyAWF1dGg9QmVhcmVyIHBlbmNpbAEB\r\n"

#define AS_USER(how) { .helo = HELO_NAME, .tls = CLIENT_TLS_IMPLICIT, .user = S_INIT("user"), .password = S_INIT("pencil"), \
	.auth = S_INIT(how), .nonce = S_INIT("rOprNGfwEbeRWgbNEkqO"), .host = S_INIT("mx.acme.example"), .port = 587 }
#define DIGITS80 "01234567890123456789012345678901234567890123456789012345678901234567890123456789"
#define LONG_TOKEN { .helo = HELO_NAME, .tls = CLIENT_TLS_IMPLICIT, .user = S_INIT("user"), .auth = S_INIT("xoauth2"), \
	.password = S_INIT(DIGITS80 DIGITS80 DIGITS80 DIGITS80) }
#define AUTH_CLEAR { .helo = HELO_NAME, .user = S_INIT("edi"), .password = S_INIT("secret"), .auth = S_INIT("auto") }
#define SAYS(server_, client_) { S_INIT(server_), S_INIT(client_) }

#define EHLO  "EHLO nordwind.example\r\n"
#define MAIL  "MAIL FROM:<edi@nordwind.example>\r\n"
#define RCPT1 "RCPT TO:<edi@acme.example>\r\n"
#define RCPT2 "RCPT TO:<second@acme.example>\r\n"
#define BODY  "Subject: x\r\n\r\n..dot\r\nend\r\n"
#define GREET SAYS("220 mx.acme.example ESMTP\r\n", EHLO)
/* The envelope one by one, and in one go. */
#define SIMPLE SAYS("250 mx\r\n", MAIL), SAYS("250 ok\r\n", RCPT1), SAYS("250 ok\r\n", RCPT2), SAYS("250 ok\r\n", "DATA\r\n"), \
	SAYS("354 go\r\n", BODY ".\r\n")
#define PIPED SAYS("250-mx\r\n250 PIPELINING\r\n", MAIL RCPT1 RCPT2 "DATA\r\n")

static const struct dialogue dialogues[] = {
	{ "one by one", CLEAR,
	  .turns = { GREET, SIMPLE, SAYS("250 2.0.0 taken\r\n", "QUIT\r\n"),
	             SAYS("221 bye\r\n", "") },
	  .outcome = { SMTP_ACCEPTED, SMTP_ACCEPTED }, .code = 250, .end = CLOSED },
	{ "pipelined", CLEAR,
	  .turns = { GREET, PIPED, SAYS("250 ok\r\n250 ok\r\n251 ok\r\n354 go\r\n", BODY ".\r\n"),
	             SAYS("250 taken\r\n", "QUIT\r\n") },
	  .outcome = { SMTP_ACCEPTED, SMTP_ACCEPTED }, .code = 250 },
	{ "pipelined, answers one by one", CLEAR,
	  .turns = { GREET, PIPED, SAYS("250 ok\r\n", ""), SAYS("250 ok\r\n", ""),
	             SAYS("250 ok\r\n", ""), SAYS("354 go\r\n", BODY ".\r\n"),
	             SAYS("250-taken\r\n250 really\r\n", "QUIT\r\n") },
	  .outcome = { SMTP_ACCEPTED, SMTP_ACCEPTED }, .code = 250 },
	{ "all extensions", CLEAR, .dsn = true, .eight_bit = true,
	  .turns = { GREET,
	             SAYS("250-mx\r\n250-SIZE 1000\r\n250-8BITMIME\r\n250-DSN\r\n250 "
	                  "ENHANCEDSTATUSCODES\r\n",
	                  "MAIL FROM:<edi@nordwind.example> SIZE=25 BODY=8BITMIME RET=HDRS "
	                  "ENVID=tx+2B1\r\n"),
	             SAYS("250 ok\r\n", "RCPT TO:<edi@acme.example> NOTIFY=SUCCESS,FAILURE,DELAY "
	                                "ORCPT=rfc822;edi@acme.example\r\n") },
	  .lost = true, .outcome = { SMTP_DEFERRED, SMTP_DEFERRED }, .end = CLOSED, .why = "gone" },
	{ "STARTTLS", STARTTLS,
	  .turns = { GREET,
	             SAYS("250-mx\r\n250-PIPELINING\r\n250-DSN\r\n250 STARTTLS\r\n",
	                  "STARTTLS\r\n"),
	             SAYS("220 go\r\n", EHLO), SIMPLE, SAYS("250 taken\r\n", "QUIT\r\n") },
	  .outcome = { SMTP_ACCEPTED, SMTP_ACCEPTED }, .code = 250 },
	{ "AUTH PLAIN", WITH_AUTH("auto"),
	  .turns = { GREET,
	             SAYS("250-mx\r\n250 AUTH LOGIN PLAIN\r\n", "AUTH PLAIN AGVkaQBzZWNyZXQ=\r\n"),
	             SAYS("235 2.7.0 welcome\r\n", MAIL) },
	  .lost = true, .outcome = { SMTP_DEFERRED, SMTP_DEFERRED }, .end = CLOSED, .why = "gone" },
	{ "AUTH LOGIN", WITH_AUTH("auto"),
	  .turns = { GREET, SAYS("250-mx\r\n250 AUTH=LOGIN\r\n", "AUTH LOGIN\r\n"),
	             SAYS("334 VXNlcm5hbWU6\r\n", "ZWRp\r\n"), SAYS("334 \r\n", "c2VjcmV0\r\n"),
	             SAYS("235 ok\r\n", MAIL) },
	  .lost = true, .outcome = { SMTP_DEFERRED, SMTP_DEFERRED }, .end = CLOSED, .why = "gone" },
	{ "SCRAM", AS_USER("auto"),
	  .turns = { GREET,
	             SAYS("250-mx\r\n250 AUTH LOGIN PLAIN SCRAM-SHA-256\r\n", SCRAM_FIRST),
	             SAYS(SCRAM_CHALLENGE, SCRAM_PROOF),
	             SAYS(
	                 "334 dj02cnJpVFJCaTIzV3BSUi93dHVwK21NaFVaVW4vZEI1bkxUSlJzamw5NUc0PQ==\r\n",
	                 "\r\n"),
	             SAYS("235 ok\r\n", MAIL) },
	  .lost = true, .outcome = { SMTP_DEFERRED, SMTP_DEFERRED }, .end = CLOSED, .why = "gone" },
	{ "SCRAM, a yes without a proof", AS_USER("scram-sha-256"),
	  .turns = { GREET,
	             SAYS("250-mx\r\n250 AUTH SCRAM-SHA-256\r\n", SCRAM_FIRST),
	             SAYS(SCRAM_CHALLENGE, SCRAM_PROOF),
	             SAYS("235 ok\r\n", "") },
	  .end = CLOSED, .why = "before it could know" },
	{ "SCRAM, a yes at once", AS_USER("auto"),
	  .turns = { GREET,
	             SAYS("250-mx\r\n250 AUTH SCRAM-SHA-256\r\n", SCRAM_FIRST),
	             SAYS("235 ok\r\n", "") },
	  .end = CLOSED, .why = "before it could know" },
	{ "SCRAM, a challenge for somebody else", AS_USER("auto"),
	  .turns = { GREET,
	             SAYS("250-mx\r\n250 AUTH SCRAM-SHA-256\r\n", SCRAM_FIRST),
	             SAYS("334 "
	                  "cj14eHh4eHh4eHh4eHh4eHh4eHh4eCxzPVcyMlphSjBTTlk3c29Fc1VFamI2Z1E9PSxpPTQw"
	                  "OTY=\r\n",
	                  "") },
	  .end = CLOSED, .why = "somebody else" },
	{ "SCRAM, a challenge that is no base64", AS_USER("auto"),
	  .turns = { GREET,
	             SAYS("250-mx\r\n250 AUTH SCRAM-SHA-256\r\n", SCRAM_FIRST),
	             SAYS("334 *\r\n", "") },
	  .end = CLOSED, .why = "AUTH" },
	{ "SCRAM, a challenge of two lines", AS_USER("auto"),
	  .turns = { GREET,
	             SAYS("250-mx\r\n250 AUTH SCRAM-SHA-256\r\n", SCRAM_FIRST),
	             SAYS("334-"
	                  "cj1yT3ByTkdmd0ViZVJXZ2JORWtxTyVodllEcFdVYTJSYVRDQWZ1eEZJbGopaE5sRiRrMCxz"
	                  "PVcyMlphSjBTTlk3c29Fc1VFamI2Z1E9PSxpPTQwOTY=\r\n334 x\r\n",
	                  "") },
	  .end = CLOSED, .why = "several lines" },
	{ "CRAM-MD5", AS_USER("cram-md5"),
	  .turns = { GREET, SAYS("250-mx\r\n250 AUTH PLAIN CRAM-MD5\r\n", "AUTH CRAM-MD5\r\n"),
	             SAYS("334 PDFAbXguYWNtZS5leGFtcGxlPg==\r\n",
	                  "dXNlciAxM2Q4MjNhYmY0NWU4NWQ5MWRhZmIxNDNiNzI4ZWJiOQ==\r\n"),
	             SAYS("235 ok\r\n", MAIL) },
	  .lost = true, .outcome = { SMTP_DEFERRED, SMTP_DEFERRED }, .end = CLOSED, .why = "gone" },
	{ "CRAM-MD5 is not chosen", AS_USER("auto"),
	  .turns = { GREET, SAYS("250-mx\r\n250 AUTH CRAM-MD5 XOAUTH2\r\n", "") }, .end = CLOSED,
	  .why = "neither SCRAM-SHA-256 nor PLAIN nor LOGIN" },
	{ "XOAUTH2", AS_USER("xoauth2"),
	  .turns = { GREET,
	             SAYS("250-mx\r\n250 AUTH PLAIN XOAUTH2\r\n", XOAUTH2_TOKEN),
	             SAYS("235 ok\r\n", MAIL) },
	  .lost = true, .outcome = { SMTP_DEFERRED, SMTP_DEFERRED }, .end = CLOSED, .why = "gone" },
	{ "XOAUTH2, a token that is over", AS_USER("xoauth2"),
	  .turns = { GREET,
	             SAYS("250-mx\r\n250 AUTH XOAUTH2\r\n", XOAUTH2_TOKEN),
	             SAYS("334 eyJzdGF0dXMiOiI0MDEifQ==\r\n", "\r\n"),
	             SAYS("535 5.7.3 no\r\n", "") },
	  .end = CLOSED, .why = "{\"status\":\"401\"} and answers AUTH XOAUTH2 with: 535" },
	{ "XOAUTH2, refused, and then a yes", AS_USER("xoauth2"),
	  .turns = { GREET,
	             SAYS("250-mx\r\n250 AUTH XOAUTH2\r\n", XOAUTH2_TOKEN),
	             SAYS("334 eyJzdGF0dXMiOiI0MDEifQ==\r\n", "\r\n"), SAYS("235 yes\r\n", "") },
	  .end = CLOSED, .why = "refuses it" },
	{ "OAUTHBEARER", AS_USER("oauthbearer"),
	  .turns = { GREET,
	             SAYS("250-mx\r\n250 AUTH OAUTHBEARER\r\n",
	                  "AUTH OAUTHBEARER "
	                  "bixhPXVzZXIsAWhvc3Q9bXguYWNtZS5leGFtcGxlAXBvcnQ9NTg3AWF1dGg9QmVhcmVyIHBl"
	                  "bmNpbAEB\r\n"),
	             SAYS("334 eyJzdGF0dXMiOiI0MDEifQ==\r\n", "AQ==\r\n"),
	             SAYS("454 4.7.0 later\r\n", "") },
	  .end = CLOSED, .why = "AUTH OAUTHBEARER with: 454" },
	{ "XOAUTH2 with a long token", LONG_TOKEN,
	  .turns = { GREET, SAYS("250-mx\r\n250 AUTH XOAUTH2\r\n", "AUTH XOAUTH2\r\n"),
	             SAYS("334 \r\n",
	                  "dXNlcj11c2VyAWF1dGg9QmVhcmVyIDAxMjM0NTY3ODkwMTIzNDU2Nzg5MDEyMzQ1Njc4OTAx"
	                  "MjM0NTY3ODkwMTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDEyMzQ1"
	                  "Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5"
	                  "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIz"
	                  "NDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3"
	                  "ODkwMTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDEyMzQ1Njc4OTAx"
	                  "MjM0NTY3ODkwMTIzNDU2Nzg5AQE=\r\n"),
	             SAYS("235 ok\r\n", MAIL) },
	  .lost = true, .outcome = { SMTP_DEFERRED, SMTP_DEFERRED }, .end = CLOSED, .why = "gone" },
	{ "AUTH LOGIN wanted", WITH_AUTH("login"),
	  .turns = { GREET, SAYS("250-mx\r\n250 AUTH PLAIN LOGIN\r\n", "AUTH LOGIN\r\n") },
	  .end = OPEN },
	{ "AUTH PLAIN wanted", WITH_AUTH("plain"),
	  .turns = { GREET, SAYS("250-mx\r\n250 AUTH LOGIN\r\n", "") }, .end = CLOSED,
	  .why = "does not offer 'plain'" },
	{ "AUTH refused", WITH_AUTH("auto"),
	  .turns = { GREET, SAYS("250-mx\r\n250 AUTH PLAIN\r\n", "AUTH PLAIN AGVkaQBzZWNyZXQ=\r\n"),
	             SAYS("535 5.7.8 wrong\r\n", "") },
	  .end = CLOSED, .why = "535 5.7.8 wrong" },
	{ "AUTH answered with a question", WITH_AUTH("auto"),
	  .turns = { GREET, SAYS("250-mx\r\n250 AUTH PLAIN\r\n", "AUTH PLAIN AGVkaQBzZWNyZXQ=\r\n"),
	             SAYS("334 more\r\n", "") },
	  .end = CLOSED, .why = "asks more than AUTH PLAIN has answers" },
	{ "AUTH never in the clear", AUTH_CLEAR,
	  .turns = { GREET, SAYS("250-mx\r\n250 AUTH PLAIN\r\n", "") }, .end = CLOSED,
	  .why = "no TLS" },
	{ "AUTH never by HELO", WITH_AUTH("auto"), .turns = { GREET, SAYS("500 what\r\n", "") },
	  .end = CLOSED, .why = "answers EHLO" },
	{ "HELO", CLEAR,
	  .turns = { GREET, SAYS("502 what\r\n", "HELO nordwind.example\r\n"), SIMPLE,
	             SAYS("250 ok\r\n", "QUIT\r\n") },
	  .outcome = { SMTP_ACCEPTED, SMTP_ACCEPTED }, .code = 250 },
	{ "HELO refused", CLEAR,
	  .turns = { GREET, SAYS("502 what\r\n", "HELO nordwind.example\r\n"),
	             SAYS("550 no\r\n", "") },
	  .end = CLOSED, .why = "answers HELO" },
	{ "many lines of greeting", CLEAR, .turns = { SAYS("220-a\r\n220-b\r\n220 c\r\n", EHLO) } },
	{ "greeting 554", CLEAR, .turns = { SAYS("554 5.7.1 not you\r\n", "") }, .end = CLOSED,
	  .why = "greets with: 554 5.7.1 not you" },
	{ "greeting 421", CLEAR, .turns = { SAYS("421 later\r\n", "") }, .end = CLOSED,
	  .why = "greets with" },
	{ "greeting is no SMTP", CLEAR, .turns = { SAYS("SSH-2.0-x\r\n", "") }, .end = CLOSED,
	  .why = "has no code" },

	/* Who is refused, who is not. */
	{ "one of two", CLEAR,
	  .turns = { GREET, SAYS("250 mx\r\n", MAIL), SAYS("250 ok\r\n", RCPT1),
	             SAYS("450 4.2.1 later\r\n", RCPT2), SAYS("250 ok\r\n", "DATA\r\n"),
	             SAYS("354 go\r\n", BODY ".\r\n"), SAYS("250 ok\r\n", "QUIT\r\n") },
	  .outcome = { SMTP_DEFERRED, SMTP_ACCEPTED }, .code = 450 },
	{ "both, each in its way", CLEAR,
	  .turns = { GREET, SAYS("250 mx\r\n", MAIL), SAYS("250 ok\r\n", RCPT1),
	             SAYS("550 5.1.1 unknown\r\n", RCPT2), SAYS("450 later\r\n", "RSET\r\n"),
	             SAYS("250 ok\r\n", "QUIT\r\n") },
	  .outcome = { SMTP_REFUSED, SMTP_DEFERRED }, .code = 550 },
	{ "C17 552 on RCPT", CLEAR,
	  .turns = { GREET, SAYS("250 mx\r\n", MAIL), SAYS("250 ok\r\n", RCPT1),
	             SAYS("552 too many\r\n", RCPT2), SAYS("250 ok\r\n", "DATA\r\n"),
	             SAYS("354 go\r\n", BODY ".\r\n"), SAYS("250 ok\r\n", "QUIT\r\n") },
	  .outcome = { SMTP_DEFERRED, SMTP_ACCEPTED }, .code = 552 },
	{ "MAIL refused", CLEAR,
	  .turns = { GREET, SAYS("250 mx\r\n", MAIL),
	             SAYS("550 5.7.1 not from you\r\n", "RSET\r\n"),
	             SAYS("250 ok\r\n", "QUIT\r\n") },
	  .outcome = { SMTP_REFUSED, SMTP_REFUSED }, .code = 550 },
	{ "MAIL wants AUTH", CLEAR,
	  .turns = { GREET, SAYS("250 mx\r\n", MAIL),
	             SAYS("530 5.7.0 authenticate\r\n", "RSET\r\n") },
	  .outcome = { SMTP_DEFERRED, SMTP_DEFERRED }, .code = 530 },
	{ "MAIL refused, pipelined", CLEAR,
	  .turns = { GREET, PIPED, SAYS("451 later\r\n503 no\r\n503 no\r\n503 no\r\n", "RSET\r\n"),
	             SAYS("250 ok\r\n", "QUIT\r\n") },
	  .outcome = { SMTP_DEFERRED, SMTP_DEFERRED }, .code = 451 },
	{ "all refused, pipelined, DATA too", CLEAR,
	  .turns = { GREET, PIPED,
	             SAYS("250 ok\r\n550 no\r\n550 no\r\n554 nobody\r\n", "RSET\r\n") },
	  .outcome = { SMTP_REFUSED, SMTP_REFUSED }, .code = 550 },
	{ "all refused, pipelined, but DATA goes", CLEAR,
	  .turns = { GREET, PIPED, SAYS("250 ok\r\n550 no\r\n450 no\r\n354 go\r\n", ".\r\n"),
	             SAYS("554 nobody\r\n", "QUIT\r\n") },
	  .outcome = { SMTP_REFUSED, SMTP_DEFERRED }, .code = 550 },
	{ "RSET refused", CLEAR,
	  .turns = { GREET, SAYS("250 mx\r\n", MAIL), SAYS("550 no\r\n", "RSET\r\n"),
	             SAYS("550 no\r\n", "") },
	  .outcome = { SMTP_REFUSED, SMTP_REFUSED }, .code = 550, .end = CLOSED,
	  .why = "answers RSET with" },
	{ "354 to RCPT", CLEAR,
	  .turns = { GREET, SAYS("250 mx\r\n", MAIL), SAYS("250 ok\r\n", RCPT1),
	             SAYS("354 go\r\n", "") },
	  .outcome = { SMTP_DEFERRED, SMTP_DEFERRED }, .end = CLOSED, .why = "out of turn" },
	{ "DATA refused", CLEAR,
	  .turns = { GREET, PIPED,
	             SAYS("250 ok\r\n250 ok\r\n250 ok\r\n451 later\r\n", "RSET\r\n") },
	  .outcome = { SMTP_DEFERRED, SMTP_DEFERRED }, .code = 451 },
	{ "C14 451 after the dot", CLEAR,
	  .turns = { GREET, SIMPLE, SAYS("451 4.3.0 later\r\n", "QUIT\r\n") },
	  .outcome = { SMTP_DEFERRED, SMTP_DEFERRED }, .code = 451 },
	{ "552 after the dot", CLEAR,
	  .turns = { GREET, SIMPLE, SAYS("552 5.3.4 too big\r\n", "QUIT\r\n") },
	  .outcome = { SMTP_REFUSED, SMTP_REFUSED }, .code = 552 },
	{ "421 after the dot", CLEAR, .turns = { GREET, SIMPLE, SAYS("421 4.3.2 going\r\n", "") },
	  .outcome = { SMTP_DEFERRED, SMTP_DEFERRED }, .code = 421, .end = CLOSED,
	  .why = "server closes: 421" },
	{ "C17 421 on MAIL", CLEAR,
	  .turns = { GREET, SAYS("250 mx\r\n", MAIL), SAYS("421 4.3.2 going\r\n", "") },
	  .outcome = { SMTP_DEFERRED, SMTP_DEFERRED }, .code = 421, .end = CLOSED,
	  .why = "server closes: 421" },
	{ "421 on EHLO", CLEAR, .turns = { GREET, SAYS("421 going\r\n", "") }, .end = CLOSED,
	  .why = "answers EHLO" },

	/* Servers that do not mean it well (C..: the list in the tests of the gateway's design). */
	{ "C01 injected behind the answer to STARTTLS", STARTTLS,
	  .turns = { GREET, SAYS("250-mx\r\n250 STARTTLS\r\n", "STARTTLS\r\n"),
	             SAYS("220 go\r\n250-mx\r\n250 AUTH PLAIN\r\n", "") },
	  .end = CLOSED, .why = "more behind its answer to STARTTLS" },
	{ "C02 no STARTTLS", STARTTLS, .turns = { GREET, SAYS("250-mx\r\n250 SIZE\r\n", "") },
	  .end = CLOSED, .why = "no STARTTLS" },
	{ "C02 no EHLO, so no STARTTLS", STARTTLS, .turns = { GREET, SAYS("502 no\r\n", "") },
	  .end = CLOSED, .why = "answers EHLO" },
	{ "C03 454 to STARTTLS", STARTTLS,
	  .turns = { GREET, SAYS("250-mx\r\n250 STARTTLS\r\n", "STARTTLS\r\n"),
	             SAYS("454 not now\r\n", "") },
	  .end = CLOSED, .why = "answers STARTTLS with: 454" },
	{ "C06 250 to DATA", CLEAR,
	  .turns = { GREET, SAYS("250 mx\r\n", MAIL), SAYS("250 ok\r\n", RCPT1),
	             SAYS("250 ok\r\n", RCPT2), SAYS("250 ok\r\n", "DATA\r\n"),
	             SAYS("250 ok\r\n", "") },
	  .outcome = { SMTP_DEFERRED, SMTP_DEFERRED }, .end = CLOSED, .why = "out of turn" },
	{ "C07 lost after the dot", CLEAR, .turns = { GREET, SIMPLE }, .lost = true,
	  .outcome = { SMTP_UNCERTAIN, SMTP_UNCERTAIN }, .end = CLOSED, .why = "gone" },
	{ "C08 garbage after the dot", CLEAR,
	  .turns = { GREET, SIMPLE, SAYS("2x0 hm\r\n250 ok\r\n", "") },
	  .outcome = { SMTP_UNCERTAIN, SMTP_UNCERTAIN }, .end = CLOSED, .why = "has no code" },
	{ "C10 codes that differ after the dot", CLEAR,
	  .turns = { GREET, SIMPLE, SAYS("250-first\r\n550 last\r\n", "") },
	  .outcome = { SMTP_UNCERTAIN, SMTP_UNCERTAIN }, .end = CLOSED,
	  .why = "turns from 250 to 550" },
	{ "354 after the dot", CLEAR, .turns = { GREET, SIMPLE, SAYS("354 more\r\n", "") },
	  .outcome = { SMTP_UNCERTAIN, SMTP_UNCERTAIN }, .end = CLOSED, .why = "out of turn" },
	{ "C16 an answer too many", CLEAR,
	  .turns = { GREET, SIMPLE, SAYS("250 ok\r\n250 again\r\n", "") },
	  .outcome = { SMTP_ACCEPTED, SMTP_ACCEPTED }, .code = 250, .end = CLOSED,
	  .why = "unasked" },
	{ "C24 half an answer after the dot", CLEAR, .turns = { GREET, SIMPLE, SAYS("250 ok", "") },
	  .lost = true, .outcome = { SMTP_UNCERTAIN, SMTP_UNCERTAIN }, .end = CLOSED,
	  .why = "gone" },
	{ "C24 half a line of many after the dot", CLEAR,
	  .turns = { GREET, SIMPLE, SAYS("250-ok\r\n", "") }, .lost = true,
	  .outcome = { SMTP_UNCERTAIN, SMTP_UNCERTAIN }, .end = CLOSED, .why = "gone" },
	{ "C22 answers before questions", CLEAR,
	  .turns = { GREET, SAYS("250 mx\r\n", MAIL),
	             SAYS("250 ok\r\n250 ok\r\n250 ok\r\n354 go\r\n", "") },
	  .outcome = { SMTP_DEFERRED, SMTP_DEFERRED }, .end = CLOSED,
	  .why = "before the question" },
	{ "C22 and half of one", CLEAR,
	  .turns = { GREET, SAYS("250 mx\r\n", MAIL), SAYS("250 ok\r\n25", "") },
	  .outcome = { SMTP_DEFERRED, SMTP_DEFERRED }, .end = CLOSED,
	  .why = "before the question" },
	{ "C22 half an answer while nothing is asked", CLEAR,
	  .turns = { GREET, SIMPLE, SAYS("250 ok\r\n25", "") },
	  .outcome = { SMTP_ACCEPTED, SMTP_ACCEPTED }, .code = 250, .end = CLOSED,
	  .why = "before the question" },
	{ "C21 SIZE too small", CLEAR,
	  .turns = { GREET, SAYS("250-mx\r\n250 SIZE 24\r\n", "QUIT\r\n") } },
	{ "C21 SIZE 0", CLEAR,
	  .turns = { GREET, SAYS("250-mx\r\n250 SIZE 0\r\n",
	                         "MAIL FROM:<edi@nordwind.example> SIZE=25\r\n") } },
	{ "C21 SIZE nonsense", CLEAR,
	  .turns = { GREET, SAYS("250-mx\r\n250 SIZE lots\r\n",
	                         "MAIL FROM:<edi@nordwind.example> SIZE=25\r\n") } },
	{ "8 bits and no 8BITMIME", CLEAR, .eight_bit = true,
	  .turns = { GREET, SAYS("250 mx\r\n", "QUIT\r\n") } },
	{ "lost in the envelope", CLEAR,
	  .turns = { GREET, SAYS("250 mx\r\n", MAIL), SAYS("250 ok\r\n", RCPT1) }, .lost = true,
	  .outcome = { SMTP_DEFERRED, SMTP_DEFERRED }, .end = CLOSED, .why = "gone" },
};

static struct smtp_rcpt rcpts[2];

struct world {
	struct smtp_client c;
	struct smtp_client_opts opts;
	struct transcript transcript;
	struct buf said;
	struct smtp_mail mail;
	int64_t now;
	bool closed, done, sent, hold;
	unsigned int asked;
	struct err err;			/* of a mail that could not be sent */
};

static void
world_init(struct world *w, const struct smtp_client_opts *o, bool dsn, bool eight_bit)
{
	rcpts[0] = (struct smtp_rcpt){ .address = S("edi@acme.example") };
	rcpts[1] = (struct smtp_rcpt){ .address = S("second@acme.example") };
	*w = (struct world){ .opts = *o, .transcript = TRANSCRIPT_INIT, .said = BUF_CAP(1 << 20), .now = 1000 };
	w->opts.transcript = &w->transcript;
	w->mail = (struct smtp_mail){
		.sender = S("edi@nordwind.example"), .envid = S("tx+1"), .dsn = dsn, .rcpts = rcpts, .n_rcpts = 2,
		.bytes = eight_bit ? S("Subject: x\r\n\r\n.d\366t\r\nend\r\n") : S("Subject: x\r\n\r\n.dot\r\nend\r\n"),
	};
	smtp_client_init(&w->c, &w->opts, w->now);
}

static void
run(struct world *w)
{
	enum smtp_client_act act;
	struct str out;

	do {
		while ((act = smtp_client_next(&w->c, w->now)) != CLIENT_WAIT) {
			switch (act) {
			case CLIENT_START_TLS:
				smtp_client_secured(&w->c, NULL, w->now);
				break;
			case CLIENT_READY:
				if (w->sent || smtp_client_mail(&w->c, &w->mail, w->now, &w->err) == -1)
					smtp_client_quit(&w->c, w->now);
				w->sent = true;
				break;
			case CLIENT_ASK:
				w->asked++;
				if (!w->hold)
					smtp_client_go(&w->c, w->now);
				break;
			case CLIENT_DONE:
				assert_false(w->done);
				w->done = true;
				break;
			case CLIENT_CLOSE:
				assert_false(w->closed);
				w->closed = true;
				break;
			case CLIENT_WAIT:
				break;
			}
		}
		out = smtp_client_output(&w->c);
		assert_int_equal(buf_put(&w->said, out, NULL), 0);
		smtp_client_wrote(&w->c, out.n, w->now);
	} while (out.n > 0);
}

static void
world_clear(struct world *w)
{
	smtp_client_clear(&w->c);
	transcript_clear(&w->transcript);
	buf_clear(&w->said);
}

static void
assert_keeps_secrets(const struct world *w)
{
	static const struct str secrets[] = { S_INIT("secret"), S_INIT("c2VjcmV0"),
		S_INIT("AGVkaQBzZWNyZXQ"), S_INIT("Subject:"), S_INIT("pencil"), S_INIT("p=dHzb"),
		S_INIT("LHA9"), S_INIT("QmVhcmVy"), S_INIT("6rriTRBi") };

	for (size_t i = 0; i < N(secrets); i++)
		assert_false(str_find(transcript_str(&w->transcript), secrets[i], NULL));
}

static void
lose(struct world *w)
{
	struct err e;

	(void)err_set(&e, ERR_RETRY, "gone");
	smtp_client_lost(&w->c, &e);
	run(w);
}

/* first 0: byte by byte; else that many bytes of each answer, then the rest of it. */
static void
play(const struct dialogue *d, size_t first)
{
	struct world w;

	world_init(&w, &d->opts, d->dsn, d->eight_bit);
	run(&w);
	for (size_t i = 0; i < TURNS && d->turns[i].server.n > 0; i++) {
		struct str say = d->turns[i].server;

		buf_cut(&w.said, 0);
		while (say.n > 0) {
			size_t n = first == 0 ? 1 : first < say.n ? first : say.n;
			smtp_client_input(&w.c, str_sub(say, 0, n), w.now);
			run(&w);
			say = str_from(say, n);
			if (first > 0 && say.n > 0) {
				smtp_client_input(&w.c, say, w.now);
				run(&w);
				break;
			}
		}
		if (!str_eq(buf_str(&w.said), d->turns[i].client))
			print_message("%s, turn %zu: said '" STR_FMT "'\n", d->name, i,
			    STR_ARG(buf_str(&w.said)));
		assert_true(str_eq(buf_str(&w.said), d->turns[i].client));
	}
	if (d->lost)
		lose(&w);
	if (rcpts[0].verdict.outcome != d->outcome[0] || w.closed != (d->end == CLOSED))
		print_message("%s: %d %s\n", d->name, rcpts[0].verdict.outcome, w.c.err.text);
	for (int i = 0; i < 2; i++)
		assert_int_equal(rcpts[i].verdict.outcome, d->outcome[i]);
	assert_int_equal(rcpts[0].verdict.code, d->code);
	assert_int_equal(w.closed, d->end == CLOSED);
	assert_int_equal(w.c.failed, d->why != NULL);
	if (d->why != NULL && strstr(w.c.err.text, d->why) == NULL)
		print_message("%s: %s\n", d->name, w.c.err.text);
	assert_true(d->why == NULL || strstr(w.c.err.text, d->why) != NULL);
	assert_int_equal(w.done, d->outcome[0] != SMTP_PENDING);
	assert_keeps_secrets(&w);
	world_clear(&w);
}

static void
plays_dialogues(void **state)
{
	(void)state;
	for (size_t i = 0; i < N(dialogues); i++) {
		size_t longest = 0;

		for (size_t j = 0; j < TURNS; j++)
			if (dialogues[i].turns[j].server.n > longest)
				longest = dialogues[i].turns[j].server.n;
		/* These say too much in one go; what comes later would be part of the handshake, or an answer. */
		bool whole = strstr(dialogues[i].name, "C22") != NULL ||
		    strstr(dialogues[i].name, "C01") != NULL ||
		    strstr(dialogues[i].name, "C16") != NULL;
		for (size_t first = whole ? longest : 0; first <= longest; first++)
			play(&dialogues[i], first);
	}
}

/* Up to the question about the final dot. */
static void
come_to_the_dot(struct world *w)
{
	static const struct smtp_client_opts o = CLEAR;

	world_init(w, &o, false, false);
	w->hold = true;
	run(w);
	smtp_client_input(&w->c, S("220 hi\r\n"), w->now);
	run(w);
	smtp_client_input(&w->c, S("250-mx\r\n250 PIPELINING\r\n"), w->now);
	run(w);
	smtp_client_input(&w->c, S("250 ok\r\n250 ok\r\n250 ok\r\n354 go\r\n"), w->now);
	run(w);
	assert_int_equal(w->asked, 1);
	assert_true(str_ends(buf_str(&w->said), S("end\r\n")));
}

static void
asks_before_the_dot(void **state)
{
	struct world w;

	(void)state;
	/* Lost while the question is open: nothing was handed over. */
	come_to_the_dot(&w);
	lose(&w);
	assert_int_equal(rcpts[0].verdict.outcome, SMTP_DEFERRED);
	smtp_client_go(&w.c, w.now);	/* the answer comes too late, and is nothing */
	run(&w);
	assert_false(str_ends(buf_str(&w.said), S(".\r\n.\r\n")));
	world_clear(&w);
	/* Let go, but not one byte of the mark was taken by the socket. */
	come_to_the_dot(&w);
	smtp_client_go(&w.c, w.now);
	assert_true(str_eq(smtp_client_output(&w.c), S(".\r\n")));
	struct err e;
	(void)err_set(&e, ERR_RETRY, "gone");
	smtp_client_lost(&w.c, &e);
	run(&w);
	assert_int_equal(rcpts[0].verdict.outcome, SMTP_DEFERRED);
	world_clear(&w);
	/* One byte of it went. */
	come_to_the_dot(&w);
	smtp_client_go(&w.c, w.now);
	smtp_client_wrote(&w.c, 1, w.now);
	smtp_client_lost(&w.c, &e);
	run(&w);
	assert_int_equal(rcpts[0].verdict.outcome, SMTP_UNCERTAIN);
	world_clear(&w);
	/* Asking may take any time. */
	come_to_the_dot(&w);
	w.now += (int64_t)1 << 40;
	run(&w);
	assert_false(w.closed);
	smtp_client_go(&w.c, w.now);
	run(&w);
	smtp_client_input(&w.c, S("250 ok\r\n"), w.now);
	run(&w);
	assert_int_equal(rcpts[0].verdict.outcome, SMTP_ACCEPTED);
	world_clear(&w);
}

static void
assert_transcript(const struct world *w, const char *want)
{
	struct str text = transcript_str(&w->transcript);

	if (!str_eq(text, str_of(want)))
		print_message(STR_FMT, STR_ARG(text));
	assert_true(str_eq(text, str_of(want)));
}

static void
keeps_a_transcript(void **state)
{
	static const struct smtp_client_opts o = WITH_AUTH("login");
	struct world w;

	(void)state;
	world_init(&w, &o, false, false);
	run(&w);
	static const struct str says[] = { S_INIT("220-mx\r\n220 hi \x1b[2J\r\n"),
		S_INIT("250-mx\r\n250 AUTH LOGIN\r\n"), S_INIT("334 VXNlcm5hbWU6\r\n"),
		S_INIT("334 UGFzc3dvcmQ6\r\n"), S_INIT("235 ok\r\n"), S_INIT("250 ok\r\n"),
		S_INIT("250 ok\r\n"), S_INIT("550 5.1.1 no\r\n"), S_INIT("354 go\r\n"),
		S_INIT("250 2.0.0 id 1\r\n") };
	for (size_t i = 0; i < N(says); i++) {
		smtp_client_input(&w.c, says[i], w.now);
		run(&w);
	}
	lose(&w);
	assert_transcript(&w, "S: 220-mx\nS: 220 hi ?[2J\nC: EHLO nordwind.example\nS: 250-mx\nS: 250 AUTH LOGIN\nC: AUTH LOGIN\n"
	    "S: 334 ***\nC: ***\nS: 334 ***\nC: ***\nS: 235 ok\nC: MAIL FROM:<edi@nordwind.example>\nS: 250 ok\n"
	    "C: RCPT TO:<edi@acme.example>\nS: 250 ok\nC: RCPT TO:<second@acme.example>\nS: 550 5.1.1 no\nC: DATA\nS: 354 go\n"
	    "C: (25 bytes of mail)\nC: .\nS: 250 2.0.0 id 1\nC: QUIT\n-- gone\n");
	world_clear(&w);
	/* Broken off in the mail: how far it came. */
	static const struct smtp_client_opts clear = CLEAR;
	world_init(&w, &clear, false, false);
	run(&w);
	smtp_client_input(&w.c, S("220 hi\r\n"), w.now);
	run(&w);
	smtp_client_input(&w.c, S("250-mx\r\n250 PIPELINING\r\n"), w.now);
	run(&w);
	transcript_begin(&w.transcript);
	smtp_client_input(&w.c, S("250 ok\r\n250 ok\r\n250 ok\r\n354 go\r\n"), w.now);
	lose(&w);
	assert_transcript(&w, "S: 250 ok\nS: 250 ok\nS: 250 ok\nS: 354 go\nC: (0 of 25 bytes of the mail)\n-- gone\n");
	world_clear(&w);
}

/* The beginning of an answer, before the dot: what follows would look like the answer to it. */
static void
hears_half_an_early_answer(void **state)
{
	static const struct str parts[] = { S_INIT("2"), S_INIT("250-a\r\n"), S_INIT("250 ok\r") };

	(void)state;
	for (size_t i = 0; i < N(parts); i++) {
		struct world w;

		come_to_the_dot(&w);
		smtp_client_input(&w.c, parts[i], w.now);
		run(&w);
		smtp_client_go(&w.c, w.now);
		run(&w);
		assert_int_equal(rcpts[0].verdict.outcome, SMTP_DEFERRED);
		assert_true(w.closed);
		world_clear(&w);
	}
}

/* C18: a server that answers before it has all. It hears no more, and a "yes" is not believed. */
static void
hears_early_answers(void **state)
{
	static const struct { struct str say; enum smtp_outcome outcome; unsigned int code; } cases[] = {
		{ S_INIT("550 5.7.1 enough\r\n"), SMTP_REFUSED, 550 },
		{ S_INIT("451 4.3.0 disk\r\n"), SMTP_DEFERRED, 451 },
		{ S_INIT("421 4.3.0 bye\r\n"), SMTP_DEFERRED, 421 },
		{ S_INIT("250 got it\r\n"), SMTP_DEFERRED, 0 },
		{ S_INIT("junk\r\n"), SMTP_DEFERRED, 0 },
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		struct world w;

		come_to_the_dot(&w);
		smtp_client_input(&w.c, cases[i].say, w.now);
		run(&w);
		assert_int_equal(rcpts[0].verdict.outcome, cases[i].outcome);
		assert_int_equal(rcpts[0].verdict.code, cases[i].code);
		assert_true(w.closed && w.done);
		world_clear(&w);
		/* The same with the dot allowed, but still here. */
		come_to_the_dot(&w);
		smtp_client_go(&w.c, w.now);
		smtp_client_input(&w.c, cases[i].say, w.now);
		run(&w);
		assert_int_equal(rcpts[0].verdict.outcome, cases[i].outcome);
		world_clear(&w);
	}
}

/* C19: every state has its time (RFC 5321, 4.5.3.2), and not a millisecond less. */
static void
has_deadlines(void **state)
{
	static const struct { struct str say[4]; int64_t seconds; const char *why; enum smtp_outcome outcome; } cases[] = {
		{ { { 0 } }, 300, "no greeting", SMTP_PENDING },
		{ { S_INIT("220 hi\r\n") }, 300, "no answer", SMTP_PENDING },
		{ { S_INIT("220 hi\r\n"), S_INIT("250 mx\r\n") }, 300, "no answer", SMTP_DEFERRED },
		{ { S_INIT("220 hi\r\n"), S_INIT("250 mx\r\n"), S_INIT("250 ok\r\n") }, 300, "no answer", SMTP_DEFERRED },
		{ { S_INIT("220 hi\r\n"), S_INIT("250-mx\r\n250 PIPELINING\r\n"), S_INIT("250 ok\r\n250 ok\r\n250 ok\r\n") },
		    120, "no answer", SMTP_DEFERRED },
		{ { S_INIT("220 hi\r\n"), S_INIT("250-mx\r\n250 PIPELINING\r\n"), S_INIT("250 ok\r\n250 ok\r\n250 ok\r\n354 go\r\n") },
		    600, "no answer to the final dot", SMTP_UNCERTAIN },
	};
	static const struct smtp_client_opts o = CLEAR;

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		struct world w;

		world_init(&w, &o, false, false);
		run(&w);
		for (size_t j = 0; j < N(cases[i].say) && cases[i].say[j].n > 0; j++) {
			smtp_client_input(&w.c, cases[i].say[j], w.now);
			run(&w);
		}
		assert_int_equal(smtp_client_deadline(&w.c), w.now + cases[i].seconds * 1000);
		w.now += cases[i].seconds * 1000 - 1;
		run(&w);
		assert_false(w.closed);
		smtp_client_input(&w.c, S("25"), w.now);	/* a bit of an answer is no answer */
		w.now++;
		run(&w);
		assert_true(w.closed);
		assert_non_null(strstr(w.c.err.text, cases[i].why));
		assert_string_equal(w.c.err.code, "E-SMTP-TIMEOUT");
		assert_int_equal(rcpts[0].verdict.outcome, cases[i].outcome);
		world_clear(&w);
	}
}

/* A peer that takes a byte now and then keeps us as long as it takes bytes; one that takes none does not. */
static void
waits_while_the_body_moves(void **state)
{
	static const struct smtp_client_opts o = CLEAR;
	static char big[300000];
	struct world w;

	(void)state;
	memset(big, 'x', sizeof(big));
	for (size_t i = 100; i < sizeof(big); i += 100)
		memcpy(big + i, "\r\n", 2);
	world_init(&w, &o, false, false);
	w.mail.bytes = str_make(big, sizeof(big));
	run(&w);
	smtp_client_input(&w.c, S("220 hi\r\n"), w.now);
	run(&w);
	smtp_client_input(&w.c, S("250-mx\r\n250 PIPELINING\r\n"), w.now);
	run(&w);
	smtp_client_input(&w.c, S("250 ok\r\n250 ok\r\n250 ok\r\n354 go\r\n"), w.now);
	assert_int_equal(smtp_client_next(&w.c, w.now), CLIENT_WAIT);
	assert_true(smtp_client_output(&w.c).n >= SMTP_OUTPUT_HIGH);
	assert_true(smtp_client_output(&w.c).n <= 2 * SMTP_OUTPUT_HIGH);
	for (int i = 0; i < 100; i++) {
		w.now += 179000;
		smtp_client_wrote(&w.c, 1, w.now);
		assert_int_equal(smtp_client_next(&w.c, w.now), CLIENT_WAIT);
		assert_true(smtp_client_output(&w.c).n <= 2 * SMTP_OUTPUT_HIGH);
	}
	w.now += 180000;
	run(&w);
	assert_true(w.closed);
	assert_int_equal(rcpts[0].verdict.outcome, SMTP_DEFERRED);
	world_clear(&w);
}

/* C04, C05, C13: replies without end. */
static void
bounds_what_servers_say(void **state)
{
	static const struct smtp_client_opts o = CLEAR;
	static char flood[100000];

	(void)state;
	memset(flood, 'A', sizeof(flood));
	for (int with_lines = 0; with_lines < 2; with_lines++) {
		struct world w;

		for (size_t i = 0; with_lines == 1 && i + 8 <= sizeof(flood); i += 8)
			memcpy(flood + i, "220-xx\r\n", 8);
		world_init(&w, &o, false, false);
		for (int i = 0; i < 100; i++) {
			smtp_client_input(&w.c, str_make(flood, sizeof(flood)), w.now);
			run(&w);
			assert_true(w.c.in.n <= 2 * SMTP_REPLY_LINE_MAX);
		}
		assert_true(w.closed);
		world_clear(&w);
	}
}

/* Two mails through one session, a refused one between them. */
static void
sends_one_after_the_other(void **state)
{
	static const struct smtp_client_opts o = CLEAR;
	struct world w;

	(void)state;
	world_init(&w, &o, false, false);
	w.mail.n_rcpts = 1;
	smtp_client_input(&w.c, S("220 hi\r\n"), w.now);
	smtp_client_wrote(&w.c, smtp_client_output(&w.c).n, w.now);
	smtp_client_input(&w.c, S("250-mx\r\n250 PIPELINING\r\n"), w.now);
	for (int i = 0; i < 3; i++) {
		w.sent = w.done = false;
		w.asked = 0;
		if (i > 0) {
			struct err e;
			assert_int_equal(smtp_client_mail(&w.c, &w.mail, w.now, &e), 0);
			w.sent = true;
		}
		w.hold = true;		/* do not QUIT at the next CLIENT_READY */
		while (smtp_client_next(&w.c, w.now) == CLIENT_READY)
			if (i == 0)
				assert_int_equal(smtp_client_mail(&w.c, &w.mail, w.now, &w.err), 0);
		buf_cut(&w.said, 0);
		smtp_client_wrote(&w.c, smtp_client_output(&w.c).n, w.now);
		if (i == 1) {
			assert_false(smtp_client_went_stale(&w.c));
			smtp_client_input(&w.c, S("250 ok\r\n550 no\r\n554 no\r\n"), w.now);
			assert_int_equal(smtp_client_next(&w.c, w.now), CLIENT_DONE);
			assert_int_equal(rcpts[0].verdict.outcome, SMTP_REFUSED);
			assert_true(str_eq(smtp_client_output(&w.c), S("RSET\r\n")));
			smtp_client_wrote(&w.c, 6, w.now);
			smtp_client_input(&w.c, S("250 ok\r\n"), w.now);
			assert_int_equal(smtp_client_next(&w.c, w.now), CLIENT_READY);
			continue;
		}
		smtp_client_input(&w.c, S("250 ok\r\n250 ok\r\n354 go\r\n"), w.now);
		smtp_client_wrote(&w.c, smtp_client_output(&w.c).n, w.now);
		assert_int_equal(smtp_client_next(&w.c, w.now), CLIENT_ASK);
		smtp_client_go(&w.c, w.now);
		smtp_client_wrote(&w.c, 3, w.now);
		smtp_client_input(&w.c, S("250 ok\r\n"), w.now);
		assert_int_equal(smtp_client_next(&w.c, w.now), CLIENT_DONE);
		assert_int_equal(rcpts[0].verdict.outcome, SMTP_ACCEPTED);
		assert_int_equal(smtp_client_next(&w.c, w.now), CLIENT_READY);
	}
	assert_int_equal(w.c.mails, 3);
	/* An answer that nobody asked for: not a word more on this line. */
	smtp_client_input(&w.c, S("421 tired\r\n"), w.now);
	assert_int_equal(smtp_client_next(&w.c, w.now), CLIENT_CLOSE);
	world_clear(&w);
}

/* C26 */
static void
refuses_unsafe_mails(void **state)
{
	static const struct { struct str sender, rcpt, envid, bytes; const char *says; } cases[] = {
		{ S_INIT("a@b.example\r\nRCPT TO:<x@y.example>"), S_INIT("a@b.example"), S_INIT(""), S_INIT("x\r\n"), "sender" },
		{ S_INIT("a@b.example>"), S_INIT("a@b.example"), S_INIT(""), S_INIT("x\r\n"), "sender" },
		{ S_INIT("a@b.example"), S_INIT(""), S_INIT(""), S_INIT("x\r\n"), "recipient" },
		{ S_INIT(""), S_INIT("a b@c.example"), S_INIT(""), S_INIT("x\r\n"), "recipient" },
		{ S_INIT(""), S_INIT("a\0@c.example"), S_INIT(""), S_INIT("x\r\n"), "recipient" },
		{ S_INIT(""), S_INIT("\"a\"@c.example"), S_INIT(""), S_INIT("x\r\n"), "recipient" },
		{ S_INIT(""), S_INIT("\303\244@c.example"), S_INIT(""), S_INIT("x\r\n"), "recipient" },
		{ S_INIT(""), S_INIT("a@c.example"), S_INIT("a\nb"), S_INIT("x\r\n"), "envelope id" },
		{ S_INIT(""), S_INIT("a@c.example"), S_INIT(""), S_INIT("x\n"), "lone LF" },
		{ S_INIT(""), S_INIT("a@c.example"), S_INIT(""), S_INIT("x\r\n.\r\nMAIL\r"), "lone CR" },
	};
	static const struct smtp_client_opts o = CLEAR;

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		struct world w;

		world_init(&w, &o, false, false);
		w.mail.sender = cases[i].sender;
		w.mail.envid = cases[i].envid;
		w.mail.bytes = cases[i].bytes;
		rcpts[0].address = cases[i].rcpt;
		run(&w);
		smtp_client_input(&w.c, S("220 hi\r\n"), w.now);
		run(&w);
		buf_cut(&w.said, 0);
		smtp_client_input(&w.c, S("250 mx\r\n"), w.now);
		run(&w);
		assert_true(str_eq(buf_str(&w.said), S("QUIT\r\n")));
		assert_int_equal(w.err.kind, ERR_INPUT);
		assert_non_null(strstr(w.err.text, cases[i].says));
		world_clear(&w);
	}
}

static void
ends_the_last_line(void **state)
{
	struct world w;
	static const struct smtp_client_opts o = CLEAR;

	(void)state;
	world_init(&w, &o, false, false);
	w.mail.bytes = S("a\r\n.");
	w.mail.n_rcpts = 1;
	run(&w);
	smtp_client_input(&w.c, S("220 hi\r\n"), w.now);
	run(&w);
	smtp_client_input(&w.c, S("250 mx\r\n"), w.now);
	run(&w);
	for (int i = 0; i < 2; i++) {
		smtp_client_input(&w.c, S("250 ok\r\n"), w.now);
		run(&w);
	}
	buf_cut(&w.said, 0);
	smtp_client_input(&w.c, S("354 go\r\n"), w.now);
	run(&w);
	assert_true(str_eq(buf_str(&w.said), S("a\r\n..\r\n.\r\n")));
	world_clear(&w);
}

/* Lost, or sent away with 421, at the first word of a mail. */
static void
knows_a_stale_session(void **state)
{
	static const struct smtp_client_opts o = CLEAR;

	(void)state;
	for (int answers = 0; answers < 3; answers++) {
		for (int mails = 1; mails < 3; mails++) {
			struct world w;
			struct err e;

			world_init(&w, &o, false, false);
			w.mail.n_rcpts = 1;
			run(&w);
			smtp_client_input(&w.c, S("220 hi\r\n"), w.now);
			run(&w);
			smtp_client_input(&w.c, S("250-mx\r\n250 PIPELINING\r\n"), w.now);
			w.sent = true;
			for (int i = 0; i < mails; i++) {
				assert_int_equal(smtp_client_next(&w.c, w.now), CLIENT_READY);
				assert_int_equal(smtp_client_mail(&w.c, &w.mail, w.now, &e), 0);
				w.done = false;
				smtp_client_wrote(&w.c, smtp_client_output(&w.c).n, w.now);
				if (i + 1 == mails)
					break;
				smtp_client_input(&w.c, S("250 ok\r\n550 no\r\n554 no\r\n"), w.now);
				assert_int_equal(smtp_client_next(&w.c, w.now), CLIENT_DONE);
				smtp_client_wrote(&w.c, smtp_client_output(&w.c).n, w.now);
				smtp_client_input(&w.c, S("250 reset\r\n"), w.now);
			}
			smtp_client_input(&w.c, answers == 1 ? S("421 tired\r\n") : answers == 2 ?
			    S("250 ok\r\n250 ok\r\n") : S(""), w.now);
			lose(&w);
			assert_int_equal(rcpts[0].verdict.outcome, SMTP_DEFERRED);
			assert_int_equal(smtp_client_went_stale(&w.c), mails > 1 && answers < 2);
			world_clear(&w);
		}
	}
}

static void
quits_when_the_mail_is_done(void **state)
{
	struct world w;

	(void)state;
	come_to_the_dot(&w);
	smtp_client_quit(&w.c, w.now);
	run(&w);
	assert_false(w.closed);
	smtp_client_go(&w.c, w.now);
	run(&w);
	buf_cut(&w.said, 0);
	smtp_client_input(&w.c, S("250 ok\r\n"), w.now);
	run(&w);
	assert_int_equal(rcpts[0].verdict.outcome, SMTP_ACCEPTED);
	assert_true(str_eq(buf_str(&w.said), S("QUIT\r\n")));
	smtp_client_input(&w.c, S("221 bye\r\n"), w.now);
	run(&w);
	assert_true(w.closed && !w.c.failed);
	world_clear(&w);
	/* A server that hangs up on QUIT, or says nothing, has not failed us. */
	come_to_the_dot(&w);
	smtp_client_go(&w.c, w.now);
	run(&w);
	smtp_client_quit(&w.c, w.now);
	smtp_client_input(&w.c, S("250 ok\r\n"), w.now);
	run(&w);
	lose(&w);
	assert_true(w.closed && !w.c.failed);
	world_clear(&w);
}

/* Clear text after STARTTLS was answered, before the handshake has begun; and a handshake that does not come. */
static void
believes_nothing_before_tls(void **state)
{
	static const struct smtp_client_opts o = STARTTLS;

	(void)state;
	for (int late = 0; late < 2; late++) {
		struct world w;

		world_init(&w, &o, false, false);
		run(&w);
		smtp_client_input(&w.c, S("220 hi\r\n"), w.now);
		run(&w);
		smtp_client_input(&w.c, S("250-mx\r\n250 STARTTLS\r\n"), w.now);
		run(&w);
		smtp_client_input(&w.c, S("220 go\r\n"), w.now);
		assert_int_equal(smtp_client_next(&w.c, w.now), CLIENT_START_TLS);
		assert_int_equal(smtp_client_next(&w.c, w.now), CLIENT_WAIT);
		w.now += 59999;
		if (late == 0)
			smtp_client_input(&w.c, S("250-mx\r\n250 AUTH PLAIN\r\n"), w.now);
		else
			assert_int_equal(smtp_client_next(&w.c, w.now++), CLIENT_WAIT);
		assert_int_equal(smtp_client_next(&w.c, w.now), CLIENT_CLOSE);
		assert_non_null(strstr(w.c.err.text, late == 0 ? "behind its answer to STARTTLS" : "handshake"));
		smtp_client_secured(&w.c, NULL, w.now);	/* too late */
		assert_int_equal(smtp_client_next(&w.c, w.now), CLIENT_WAIT);
		world_clear(&w);
	}
}

static void
minds_its_own_settings(void **state)
{
	static const struct { struct smtp_client_opts o; const char *says; } cases[] = {
		{ { .helo = S_INIT("a b\r\nMAIL"), .auth = S_INIT("auto") }, "no host name" },
		{ { .helo = HELO_NAME, .tls = CLIENT_TLS_IMPLICIT, .user = S_INIT("edi"), .auth = S_INIT("auto") }, "1 to 4608" },
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		struct world w;

		world_init(&w, &cases[i].o, false, false);
		run(&w);
		smtp_client_input(&w.c, S("220 hi\r\n"), w.now);
		run(&w);
		smtp_client_input(&w.c, S("250-mx\r\n250 AUTH PLAIN\r\n"), w.now);
		run(&w);
		assert_true(w.closed);
		assert_int_equal(w.c.err.kind, ERR_CONFIG);
		assert_non_null(strstr(w.c.err.text, cases[i].says));
		world_clear(&w);
	}
}

/* No password stays behind in what the machine holds. */
static void
forgets_the_password(void **state)
{
	static const struct smtp_client_opts o = WITH_AUTH("auto");
	struct world w;

	(void)state;
	world_init(&w, &o, false, false);
	smtp_client_input(&w.c, S("220 hi\r\n"), w.now);
	run(&w);
	smtp_client_input(&w.c, S("250-mx\r\n250 AUTH PLAIN\r\n"), w.now);
	run(&w);
	assert_true(str_find(buf_str(&w.said), S("AGVkaQBzZWNyZXQ="), NULL));
	const char *held = w.c.out.p;
	size_t size = w.c.out.size;
	assert_true(size > 0 && memmem(held, size, "c2VjcmV0", 8) == NULL);
	world_clear(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plays_dialogues),
		cmocka_unit_test(asks_before_the_dot),
		cmocka_unit_test(keeps_a_transcript),
		cmocka_unit_test(hears_early_answers),
		cmocka_unit_test(hears_half_an_early_answer),
		cmocka_unit_test(has_deadlines),
		cmocka_unit_test(waits_while_the_body_moves),
		cmocka_unit_test(bounds_what_servers_say),
		cmocka_unit_test(sends_one_after_the_other),
		cmocka_unit_test(refuses_unsafe_mails),
		cmocka_unit_test(ends_the_last_line),
		cmocka_unit_test(knows_a_stale_session),
		cmocka_unit_test(quits_when_the_mail_is_done),
		cmocka_unit_test(believes_nothing_before_tls),
		cmocka_unit_test(minds_its_own_settings),
		cmocka_unit_test(forgets_the_password),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
