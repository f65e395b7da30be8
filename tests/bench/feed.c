/* SPDX-License-Identifier: ISC */
/*
 * feed.c - hands mails to a mail server on 127.0.0.1 as fast as it takes them: N sessions at once, each sending one mail
 * after the other, MAIL, RCPT and DATA pipelined. What is measured is the server.
 *
 *   feed PORT SESSIONS SENDER RECIPIENT FILE...
 *
 * Prints how many were taken; exits 1 when one was not.
 */
#include "gateway/base/buf.h"
#include "gateway/base/io.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define MAIL_MAX (64u << 20)

static _Noreturn void
die(const char *what)
{
	perror(what);
	_exit(1);
}

/* Read replies until one that ends with its code and a blank; its first digit must be what is wanted. */
static void
expect(FILE *peer, char digit)
{
	char line[1024];

	do {
		if (fgets(line, sizeof(line), peer) == NULL)
			die("feed: the server hung up");
	} while (line[3] == '-');
	if (line[0] != digit) {
		fprintf(stderr, "feed: %s", line);
		_exit(1);
	}
}

static void
say(int fd, struct str s)
{
	struct err e;

	if (io_write_all(fd, s, &e) == -1) {
		fprintf(stderr, "feed: %s\n", e.text);
		_exit(1);
	}
}

static void
put_stuffed(struct buf *out, struct str mail)
{
	struct str line;
	struct err e;

	while (str_next_line(&mail, &line)) {
		if (str_starts(line, S(".")))
			(void)buf_putc(out, '.', &e);
		(void)buf_put(out, line, &e);
		(void)buf_put(out, S("\r\n"), &e);
	}
	(void)buf_put(out, S(".\r\n"), &e);
}

static void
session(int port, const char *sender, const char *recipient, char **files, size_t n, size_t first, size_t step)
{
	struct sockaddr_in sin = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	struct buf out = BUF_CAP(2 * MAIL_MAX);
	struct err e;
	FILE *peer;

	sin.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd == -1 || connect(fd, (struct sockaddr *)&sin, sizeof(sin)) == -1 || (peer = fdopen(fd, "r")) == NULL)
		die("feed: connect");
	expect(peer, '2');
	say(fd, S("EHLO feed.example\r\n"));
	expect(peer, '2');
	for (size_t i = first; i < n; i += step) {
		struct arena *a = arena_new(MAIL_MAX);
		struct str mail;

		if (io_read_file(a, AT_FDCWD, files[i], MAIL_MAX, &mail, &e) == -1) {
			fprintf(stderr, "feed: %s\n", e.text);
			_exit(1);
		}
		buf_cut(&out, 0);
		(void)buf_printf(&out, &e, "MAIL FROM:<%s>\r\nRCPT TO:<%s>\r\nDATA\r\n", sender, recipient);
		say(fd, buf_str(&out));
		expect(peer, '2');
		expect(peer, '2');
		expect(peer, '3');
		buf_cut(&out, 0);
		put_stuffed(&out, mail);
		say(fd, buf_str(&out));
		expect(peer, '2');
		arena_free(a);
	}
	say(fd, S("QUIT\r\n"));
	_exit(0);
}

int
main(int argc, char **argv)
{
	uint64_t port, sessions;
	int status, failed = 0;

	if (argc < 6 || str_u64(str_of(argv[1]), 65535, &port) == -1 || str_u64(str_of(argv[2]), 1000, &sessions) == -1) {
		fprintf(stderr, "usage: feed PORT SESSIONS SENDER RECIPIENT FILE...\n");
		return 64;
	}
	for (size_t i = 0; i < sessions; i++) {
		pid_t pid = fork();
		if (pid == -1)
			die("feed: fork");
		if (pid == 0)
			session((int)port, argv[3], argv[4], argv + 5, (size_t)argc - 5, i, sessions);
	}
	while (wait(&status) != -1)
		failed += status != 0;
	printf("%d mails, %d sessions failed\n", argc - 5, failed);
	return failed != 0;
}
