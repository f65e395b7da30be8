/* SPDX-License-Identifier: ISC */
/*
 * relay.c - a bad stretch of network between two mail servers on 127.0.0.1: passes SMTP on as it is, but for what it
 * was asked to do wrong. It speaks no SMTP itself and sees nothing inside TLS.
 *
 *   relay [--alter N] [--cut PERCENT] [--cuts N,N,...] [--lose-reply N] [--seed N] PORT TARGET-PORT
 *
 * --alter N        in the N-th mail, change one letter of the first base64 part
 * --cut PERCENT    of the connections are cut off, each after a random number of bytes
 * --cuts N,N,...   the first connection is cut off after so many bytes, of both sides together, and so on; those behind not
 * --lose-reply N   after each N-th mail's final dot, the server's answer is lost and both sides are cut off
 *
 * Prints "listening PORT" (PORT 0: one that is free), "dot after N" (bytes of both sides, at the end of a mail), then a line
 * for everything it did wrong. Ends with SIGTERM.
 */
#include "gateway/base/buf.h"
#include "gateway/base/err.h"
#include "gateway/base/io.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define PAIRS_MAX 200
#define LINE_LONGEST 65536
#define CUT_BYTES_MAX 60000

struct pair {
	int client, server;	/* -1: the place is free */
	struct buf line;	/* in DATA: what came of a line so far */
	bool in_data, base64, body, alter, lose;
	uint64_t budget;	/* bytes until it is cut off; 0: never */
	uint64_t passed;	/* bytes */
};

static struct pair pairs[PAIRS_MAX];
static uint64_t alter_nth, cut_percent, lose_nth, mails, dots;
static uint64_t seed = 1;
static struct str cuts;		/* those to come */
static int target_port;

static uint64_t
next_random(void)		/* xorshift64: the same faults for the same seed */
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return seed;
}

static _Noreturn void
die(const char *what)
{
	perror(what);
	exit(1);
}

static void
pair_close(struct pair *p)
{
	io_close(&p->client);
	io_close(&p->server);
	buf_clear(&p->line);
}

static void
pair_cut(struct pair *p, const char *why)
{
	printf("%s\n", why);
	pair_close(p);
}

/* Pass bytes on, as far as the connection is meant to live. */
static void
pass(struct pair *p, int fd, struct str s)
{
	struct err e;

	if (p->budget > 0 && s.n >= p->budget) {
		(void)io_write_all(fd, str_sub(s, 0, p->budget), &e);
		pair_cut(p, "cut");
		return;
	}
	if (p->budget > 0)
		p->budget -= s.n;
	p->passed += s.n;
	if (io_write_all(fd, s, &e) == -1)
		pair_close(p);
}

/* One line of a mail: find the first line of a base64 body, and put another letter in front of it. */
static void
alter_line(struct pair *p, char *line, size_t n)
{
	struct str s = str_trim(str_make(line, n));

	if (s.n == 0) {
		p->body = p->base64;
	} else if (p->body && s.n >= 8) {
		line[4] = line[4] == 'A' ? 'B' : 'A';
		p->alter = false;
		printf("altered mail %llu\n", (unsigned long long)mails);
	} else if (str_starts_nocase(s, S("Content-Transfer-Encoding:"))) {
		p->base64 = str_ends(s, S("base64"));
	} else if (str_starts(s, S("--"))) {
		p->base64 = p->body = false;
	}
}

static void
from_client(struct pair *p, struct str s)
{
	struct err e;
	char *lf;

	if (!p->in_data) {
		pass(p, p->server, s);
		return;
	}
	if (buf_put(&p->line, s, &e) == -1) {
		pair_cut(p, "cut: a line without end");
		return;
	}
	while (p->line.n > 0 && (lf = memchr(p->line.p, '\n', p->line.n)) != NULL) {
		size_t n = (size_t)(lf - p->line.p) + 1;
		bool dot = p->in_data && str_eq(str_make(p->line.p, n), S(".\r\n"));

		if (p->alter)
			alter_line(p, p->line.p, n);
		if (dot) {
			p->in_data = false;
			p->lose = lose_nth > 0 && ++dots % lose_nth == 0;
		}
		pass(p, p->server, str_make(p->line.p, n));
		if (p->client == -1)
			return;
		if (dot)
			printf("dot after %llu\n", (unsigned long long)p->passed);
		buf_drop(&p->line, n);
	}
	if (!p->in_data && p->line.n > 0) {
		pass(p, p->server, buf_str(&p->line));
		buf_cut(&p->line, 0);
	}
}

static void
from_server(struct pair *p, struct str s)
{
	if (p->lose) {
		pair_cut(p, "lost a reply");
		return;
	}
	if (str_starts(s, S("354")) || str_find(s, S("\n354"), NULL)) {
		p->in_data = true;
		p->base64 = p->body = false;
		p->alter = ++mails == alter_nth;
	}
	pass(p, p->client, s);
}

static void
carry(struct pair *p, bool client)
{
	char bytes[16384];
	ssize_t n = read(client ? p->client : p->server, bytes, sizeof(bytes));

	if (n <= 0)
		pair_close(p);
	else if (client)
		from_client(p, str_make(bytes, (size_t)n));
	else
		from_server(p, str_make(bytes, (size_t)n));
}

static struct sockaddr_in
loopback(int port)
{
	struct sockaddr_in sin = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };

	sin.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	return sin;
}

static uint64_t
next_cut(void)
{
	struct str word;
	uint64_t n = 0;

	(void)str_cut(&cuts, ',', &word);
	(void)str_u64(word, UINT32_MAX, &n);
	return n;
}

static void
take_connection(int listener)
{
	struct sockaddr_in sin = loopback(target_port);
	int client = accept(listener, NULL, NULL);
	struct pair *p = NULL;
	int server;

	if (client == -1)
		return;
	for (size_t i = 0; i < PAIRS_MAX && p == NULL; i++)
		if (pairs[i].client == -1)
			p = &pairs[i];
	server = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (p == NULL || server == -1 || connect(server, (struct sockaddr *)&sin, sizeof(sin)) == -1) {
		io_close(&server);
		io_close(&client);
		return;
	}
	*p = (struct pair){ .client = client, .server = server, .line = BUF_CAP(LINE_LONGEST) };
	if (cuts.n > 0)
		p->budget = next_cut();
	else if (next_random() % 100 < cut_percent)
		p->budget = 1 + next_random() % CUT_BYTES_MAX;
}

static int
listen_on(int port)
{
	struct sockaddr_in sin = loopback(port);
	socklen_t n = sizeof(sin);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;

	if (fd == -1 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) == -1 ||
	    bind(fd, (struct sockaddr *)&sin, sizeof(sin)) == -1 || listen(fd, 100) == -1 ||
	    getsockname(fd, (struct sockaddr *)&sin, &n) == -1)
		die("relay: listen");
	printf("listening %d\n", ntohs(sin.sin_port));
	return fd;
}

static void
run(int listener)
{
	struct pollfd fds[1 + 2 * PAIRS_MAX];

	for (;;) {
		fds[0] = (struct pollfd){ .fd = listener, .events = POLLIN };
		for (size_t i = 0; i < PAIRS_MAX; i++) {
			fds[1 + 2 * i] = (struct pollfd){ .fd = pairs[i].client, .events = POLLIN };
			fds[2 + 2 * i] = (struct pollfd){ .fd = pairs[i].server, .events = POLLIN };
		}
		if (poll(fds, N(fds), -1) == -1) {
			if (errno == EINTR)
				continue;
			die("relay: poll");
		}
		for (size_t i = 0; i < PAIRS_MAX; i++) {
			if (fds[1 + 2 * i].revents != 0 && pairs[i].client != -1)
				carry(&pairs[i], true);
			if (fds[2 + 2 * i].revents != 0 && pairs[i].server != -1)
				carry(&pairs[i], false);
		}
		if (fds[0].revents != 0)	/* last: a place taken now has no events in fds yet */
			take_connection(listener);
	}
}

static uint64_t
number(const char *word)
{
	uint64_t n;

	if (word == NULL || str_u64(str_of(word), UINT32_MAX, &n) == -1) {
		fprintf(stderr, "usage: relay [--alter N] [--cut PERCENT] [--cuts N,N,...] [--lose-reply N] [--seed N] "
		    "PORT TARGET-PORT\n");
		exit(64);
	}
	return n;
}

int
main(int argc, char **argv)
{
	static const struct {
		const char *name;
		uint64_t *value;
	} options[] = {
		{ "--alter", &alter_nth },
		{ "--cut", &cut_percent },
		{ "--lose-reply", &lose_nth },
		{ "--seed", &seed },
	};
	int i = 1, port;

	setvbuf(stdout, NULL, _IOLBF, 0);
	signal(SIGPIPE, SIG_IGN);
	for (; i + 1 < argc && str_starts(str_of(argv[i]), S("--")); i += 2) {
		if (str_eq(str_of(argv[i]), S("--cuts")))
			cuts = str_of(argv[i + 1]);
		for (size_t k = 0; k < N(options); k++)
			if (str_eq(str_of(argv[i]), str_of(options[k].name)))
				*options[k].value = number(argv[i + 1]);
	}
	port = (int)number(argv[i]);
	target_port = (int)number(port >= 0 && i < argc ? argv[i + 1] : NULL);
	seed = seed == 0 ? 1 : seed;
	for (size_t k = 0; k < PAIRS_MAX; k++)
		pairs[k].client = pairs[k].server = -1;
	run(listen_on(port));
}
