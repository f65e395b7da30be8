/* SPDX-License-Identifier: ISC */
/*
 * idle.c - holds many sessions with an SMTP server on 127.0.0.1 that do nothing, or next to it, and measures what they
 * cost it, and how soon somebody else's mail is taken meanwhile:
 *
 *   idle PORT N PID RECIPIENT [tls]
 *
 * N sessions from forty addresses say EHLO (with tls: then STARTTLS); every tenth begins a command and leaves it there.
 * Then one mail comes from 127.0.0.1. Prints what PID has of memory before and after, a session, and the milliseconds
 * from connect to 250. Exit status 1 when a session or the mail was refused.
 */
#include "gateway/base/clock.h"
#include "gateway/base/io.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define SOURCES 40

struct session {
	int fd;
	SSL *ssl;
};

static void
die(const char *what)
{
	perror(what);
	exit(1);
}

static long
rss_kb(const char *pid)
{
	char path[64], line[256];
	long kb = 0;
	FILE *f;

	(void)snprintf(path, sizeof(path), "/proc/%s/status", pid);
	f = fopen(path, "r");
	if (f == NULL)
		die(path);
	while (fgets(line, sizeof(line), f) != NULL) {
		struct str s = str_of(line);
		uint64_t n;

		if (str_starts(s, S("VmRSS:")) && str_u64(str_trim(str_sub(str_trim(str_from(s, 6)), 0, str_trim(str_from(s, 6)).n - 2)), INT32_MAX, &n) == 0)
			kb = (long)n;
	}
	(void)fclose(f);
	return kb;
}

static int
dial(uint16_t port, unsigned int source)
{
	struct sockaddr_in sin = { .sin_family = AF_INET }, from = { .sin_family = AF_INET };
	struct timeval patience = { .tv_sec = 120 };
	int fd = socket(AF_INET, SOCK_STREAM, 0), on = 1;

	from.sin_addr.s_addr = htonl(INADDR_LOOPBACK + source);
	sin.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	sin.sin_port = htons(port);
	if (fd == -1 || setsockopt(fd, SOL_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof(on)) == -1 ||
	    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience)) == -1 ||
	    bind(fd, (struct sockaddr *)&from, sizeof(from)) == -1 || connect(fd, (struct sockaddr *)&sin, sizeof(sin)) == -1)
		die("connect");
	return fd;
}

/* Say it, and read a reply of any number of lines; the server's last line must begin with code. */
static void
ask(const struct session *s, const char *command, const char *code)
{
	struct str text = str_of(command);
	char room[4096];
	size_t n = 0;

	if (text.n > 0 && (s->ssl != NULL ? SSL_write(s->ssl, text.p, (int)text.n) != (int)text.n
					  : write(s->fd, text.p, text.n) != (ssize_t)text.n))
		die("write");
	for (;;) {
		ssize_t got = s->ssl != NULL ? SSL_read(s->ssl, room + n, (int)(sizeof(room) - n))
					     : read(s->fd, room + n, sizeof(room) - n);
		if (got <= 0 || (n += (size_t)got) == sizeof(room))
			die("read");
		struct str all = str_make(room, n), line;
		while (str_next_line(&all, &line))
			if (line.n > 3 && line.p[3] == ' ') {
				if (!str_starts(line, str_of(code))) {
					fprintf(stderr, "%s: " STR_FMT "\n", command, STR_ARG(line));
					exit(1);
				}
				return;
			}
	}
}

static void
start_tls(struct session *s, SSL_CTX *ctx)
{
	ask(s, "STARTTLS\r\n", "220");
	s->ssl = SSL_new(ctx);
	if (s->ssl == NULL || SSL_set_fd(s->ssl, s->fd) != 1 || SSL_connect(s->ssl) != 1)
		die("TLS");
	ask(s, "EHLO idle.example\r\n", "250");
}

static int64_t
one_mail(uint16_t port, const char *recipient)
{
	int64_t begun = clock_mono_ms();
	struct session s = { .fd = dial(port, 0) };
	char rcpt[400];

	(void)snprintf(rcpt, sizeof(rcpt), "RCPT TO:<%s>\r\n", recipient);
	ask(&s, "", "220");
	ask(&s, "EHLO partner.example\r\n", "250");
	ask(&s, "MAIL FROM:<edi@partner.example>\r\n", "250");
	ask(&s, rcpt, "250");
	ask(&s, "DATA\r\n", "354");
	ask(&s, "Subject: among many\r\n\r\nhello\r\n.\r\n", "250");
	return clock_mono_ms() - begun;
}

int
main(int argc, char **argv)
{
	bool tls = argc == 6 && strcmp(argv[5], "tls") == 0;
	struct rlimit r;
	struct session *all;
	uint64_t port, n;
	int64_t begun;
	SSL_CTX *ctx;
	long before;

	if ((argc != 5 && !tls) || str_u64(str_of(argv[1]), 65535, &port) == -1 || str_u64(str_of(argv[2]), 100000, &n) == -1) {
		fprintf(stderr, "idle PORT N PID RECIPIENT [tls]\n");
		return 64;
	}
	(void)signal(SIGPIPE, SIG_IGN);
	if (getrlimit(RLIMIT_NOFILE, &r) == 0) {
		r.rlim_cur = r.rlim_max;
		(void)setrlimit(RLIMIT_NOFILE, &r);
	}
	ctx = SSL_CTX_new(TLS_client_method());
	all = calloc(n, sizeof(*all));
	if (ctx == NULL || all == NULL)
		die("memory");
	before = rss_kb(argv[3]);
	begun = clock_mono_ms();
	for (uint64_t i = 0; i < n; i++) {
		all[i].fd = dial((uint16_t)port, 1 + (unsigned int)(i % SOURCES));
		ask(&all[i], "", "220");
		ask(&all[i], "EHLO idle.example\r\n", "250");
		if (tls)
			start_tls(&all[i], ctx);
		else if (i % 10 == 0 && write(all[i].fd, "MAIL", 4) != 4)
			die("write");
	}
	long after = rss_kb(argv[3]);
	printf("%llu sessions in %lld ms; memory %ld KB, before %ld KB: %.1f KB a session\n", (unsigned long long)n,
	    (long long)(clock_mono_ms() - begun), after, before, (double)(after - before) / (double)n);
	printf("a mail of somebody else is taken in %lld ms\n", (long long)one_mail((uint16_t)port, argv[4]));
	return 0;
}
