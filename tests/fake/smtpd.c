/* SPDX-License-Identifier: ISC */
/*
 * smtpd.c - a server that plays a script, once for each connection, one connection after the other:
 *
 *   smtpd PORT SCRIPT
 *
 * Lines of the script:
 *   < TEXT	say TEXT and CR LF	<< TEXT	say TEXT without an end
 *   > WORD	read a line; it must begin with WORD
 *   body	read a mail up to its end mark; body N: only N bytes of it
 *   sleep MS	drop	reset (a TCP reset)	wait FILE (until it exists)
 *   again	back to the first line behind "loop" (or to the first line)
 *   loop	a place to come back to
 * What is heard is printed with "> " before it, "connect" and "end" around each connection, "unexpected" where a line
 * was not what the script wanted. At the end of a script the connection is closed.
 */
#include "gateway/base/arena.h"
#include "gateway/base/io.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define SCRIPT_MAX 65536

static int peer;
static char heard[65536];	/* of the peer, from at to end not yet used */
static size_t heard_at, heard_end;
static struct arena *arena;

static void
die(const char *what)
{
	perror(what);
	exit(1);
}

static bool
hear_byte(char *c)
{
	if (heard_at == heard_end) {
		ssize_t n = recv(peer, heard, sizeof(heard), 0);
		heard_at = 0;
		heard_end = n > 0 ? (size_t)n : 0;
	}
	if (heard_at == heard_end)
		return false;
	*c = heard[heard_at++];
	return true;
}

/* One line, its end cut off. False: the peer is gone. */
static bool
hear_line(char *room, size_t size)
{
	size_t n = 0;
	char c;

	while (hear_byte(&c)) {
		if (c == '\n') {
			room[n] = '\0';
			return true;
		}
		if (c != '\r' && n + 1 < size)
			room[n++] = c;
	}
	return false;
}

static bool
hear_word(struct str word)
{
	char line[4096];

	if (!hear_line(line, sizeof(line)))
		return false;
	printf("> %s\n", line);
	if (!str_starts_nocase(str_of(line), word))
		printf("unexpected, want " STR_FMT "\n", STR_ARG(word));
	return true;
}

static bool
hear_body(uint64_t max)
{
	char line[4096], c;

	if (max > 0) {
		while (max-- > 0)
			if (!hear_byte(&c))
				return false;
		printf("> part of a mail\n");
		return true;
	}
	while (hear_line(line, sizeof(line))) {
		if (strcmp(line, ".") == 0) {
			printf("> .\n");
			return true;
		}
	}
	return false;
}

static void
say(struct str text, const char *end)
{
	(void)send(peer, text.p, text.n, MSG_NOSIGNAL);
	(void)send(peer, end, strlen(end), MSG_NOSIGNAL);
}

static void
reset(void)
{
	struct linger l = { .l_onoff = 1 };

	(void)setsockopt(peer, SOL_SOCKET, SO_LINGER, &l, sizeof(l));
}

/* One line of the script. False: the connection is over. */
static bool
play_line(struct str line)
{
	struct str word;
	uint64_t n = 0;

	(void)str_cut(&line, ' ', &word);
	(void)str_u64(line, UINT64_MAX, &n);
	if (str_eq(word, S("<")))
		say(line, "\r\n");
	else if (str_eq(word, S("<<")))
		say(line, "");
	else if (str_eq(word, S(">")))
		return hear_word(line);
	else if (str_eq(word, S("body")))
		return hear_body(n);
	else if (str_eq(word, S("sleep")))
		(void)poll(NULL, 0, (int)n);
	else if (str_eq(word, S("wait")))
		while (access(str_cstr(arena, line), F_OK) == -1)
			(void)poll(NULL, 0, 10);
	else if (str_eq(word, S("drop")))
		return false;
	else if (str_eq(word, S("reset")))
		return reset(), false;
	return true;
}

static void
play(struct str script)
{
	struct str rest = script, from = script, line;
	bool more = true;

	while (more) {
		more = str_cut(&rest, '\n', &line);
		if (str_eq(line, S("loop")))
			from = rest;
		else if (str_eq(line, S("again")))
			rest = from;
		else if (line.n > 0 && !play_line(line))
			return;
	}
}

int
main(int argc, char **argv)
{
	struct sockaddr_in sin = { .sin_family = AF_INET };
	struct str script;
	struct err e;
	uint64_t port;
	int listener, on = 1;

	arena = arena_new((size_t)64 << 20);
	if (argc != 3 || str_u64(str_of(argv[1]), 65535, &port) == -1 ||
	    io_read_file(arena, AT_FDCWD, argv[2], SCRIPT_MAX, &script, &e) == -1) {
		fprintf(stderr, "smtpd PORT SCRIPT\n");
		return 64;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	(void)signal(SIGPIPE, SIG_IGN);
	sin.sin_port = htons((uint16_t)port);
	sin.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	listener = socket(AF_INET, SOCK_STREAM, 0);
	if (listener == -1 || setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) == -1 ||
	    bind(listener, (struct sockaddr *)&sin, sizeof(sin)) == -1 || listen(listener, 64) == -1)
		die("listen");
	printf("ready\n");
	while ((peer = accept(listener, NULL, NULL)) != -1) {
		printf("connect\n");
		heard_at = heard_end = 0;
		play(script);
		(void)close(peer);
		printf("end\n");
	}
	die("accept");
}
