/* SPDX-License-Identifier: ISC */
/*
 * sink.c - a mail server on 127.0.0.1 that takes everything at once, and stores each mail as FOLDER/NNNNNN.eml or, without
 * a folder, throws it away. It is as fast as a peer can be, so what is measured against it is the sender.
 *
 *   sink PORT [FOLDER]
 *
 * Prints "listening PORT" (PORT 0: one that is free). SIGTERM ends it.
 */
#include "gateway/base/buf.h"
#include "gateway/base/io.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#define CLIENTS_MAX 200
#define MAIL_MAX (64u << 20)

struct client {
	int fd;			/* -1: the place is free */
	bool in_data;
	struct buf in, mail, out;
};

static struct client clients[CLIENTS_MAX];
static const char *folder;
static unsigned int stored;

static _Noreturn void
die(const char *what)
{
	perror(what);
	exit(1);
}

static void
client_close(struct client *c)
{
	io_close(&c->fd);
	buf_clear(&c->in);
	buf_clear(&c->mail);
	buf_clear(&c->out);
}

static void
store(struct str mail)
{
	char name[4096];
	struct err e;
	int fd;

	stored++;
	if (folder == NULL)
		return;
	(void)snprintf(name, sizeof(name), "%s/%06u.eml", folder, stored);
	fd = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd == -1 || io_write_all(fd, mail, &e) == -1)
		die(name);
	io_close(&fd);
}

static void
body_line(struct client *c, struct str line)
{
	struct err e;

	if (str_eq(line, S("."))) {
		store(buf_str(&c->mail));
		buf_cut(&c->mail, 0);
		c->in_data = false;
		(void)buf_put(&c->out, S("250 2.0.0 taken\r\n"), &e);
		return;
	}
	if (str_starts(line, S(".")))
		line = str_from(line, 1);
	(void)buf_put(&c->mail, line, &e);
	(void)buf_put(&c->mail, S("\r\n"), &e);
}

static void
command_line(struct client *c, struct str line)
{
	struct str answer = S("250 2.0.0 ok\r\n");
	struct err e;

	if (str_starts_nocase(line, S("EHLO"))) {
		answer = S("250-sink.example\r\n250-PIPELINING\r\n250-8BITMIME\r\n250-SIZE 67108864\r\n"
			   "250 ENHANCEDSTATUSCODES\r\n");
	} else if (str_starts_nocase(line, S("DATA"))) {
		answer = S("354 go on\r\n");
		c->in_data = true;
	} else if (str_starts_nocase(line, S("QUIT"))) {
		answer = S("221 2.0.0 bye\r\n");
	}
	(void)buf_put(&c->out, answer, &e);
}

static void
client_ready(struct client *c)
{
	struct err e;
	struct str rest, line;
	char *room = buf_room(&c->in, 65536, &e);
	ssize_t n = room == NULL ? -1 : read(c->fd, room, 65536);

	if (n <= 0) {
		client_close(c);
		return;
	}
	buf_grew(&c->in, (size_t)n);
	rest = buf_str(&c->in);
	while (str_next_line(&rest, &line)) {
		if (c->in_data)
			body_line(c, line);
		else
			command_line(c, line);
	}
	buf_drop(&c->in, c->in.n - rest.n);
	if (io_write_all(c->fd, buf_str(&c->out), &e) == -1) {
		client_close(c);
		return;
	}
	buf_cut(&c->out, 0);
}

static void
take_client(int listener)
{
	int fd = accept(listener, NULL, NULL);
	struct err e;

	for (size_t i = 0; fd != -1 && i < CLIENTS_MAX; i++) {
		if (clients[i].fd != -1)
			continue;
		clients[i] = (struct client){ fd, false, BUF_CAP(MAIL_MAX), BUF_CAP(MAIL_MAX), BUF_CAP(MAIL_MAX) };
		if (io_write_all(fd, S("220 sink.example ESMTP\r\n"), &e) == -1)
			client_close(&clients[i]);
		return;
	}
	io_close(&fd);
}

static int
listen_on(int port)
{
	struct sockaddr_in sin = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
	socklen_t n = sizeof(sin);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;

	sin.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd == -1 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) == -1 ||
	    bind(fd, (struct sockaddr *)&sin, sizeof(sin)) == -1 || listen(fd, 200) == -1 ||
	    getsockname(fd, (struct sockaddr *)&sin, &n) == -1)
		die("sink: listen");
	printf("listening %d\n", ntohs(sin.sin_port));
	return fd;
}

int
main(int argc, char **argv)
{
	struct pollfd fds[1 + CLIENTS_MAX];
	uint64_t port;
	int listener;

	if (argc < 2 || str_u64(str_of(argv[1]), 65535, &port) == -1) {
		fprintf(stderr, "usage: sink PORT [FOLDER]\n");
		return 64;
	}
	folder = argv[2];
	setvbuf(stdout, NULL, _IOLBF, 0);
	signal(SIGPIPE, SIG_IGN);
	listener = listen_on((int)port);
	for (size_t i = 0; i < CLIENTS_MAX; i++)
		clients[i].fd = -1;
	for (;;) {
		fds[0] = (struct pollfd){ .fd = listener, .events = POLLIN };
		for (size_t i = 0; i < CLIENTS_MAX; i++)
			fds[1 + i] = (struct pollfd){ .fd = clients[i].fd, .events = POLLIN };
		if (poll(fds, N(fds), -1) == -1 && errno != EINTR)
			die("sink: poll");
		for (size_t i = 0; i < CLIENTS_MAX; i++)
			if (fds[1 + i].revents != 0)
				client_ready(&clients[i]);
		if (fds[0].revents != 0)
			take_client(listener);
	}
}
