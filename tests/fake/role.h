/* SPDX-License-Identifier: ISC */
/*
 * role.h - a role started as the supervisor starts it, with a stand-in for the ledger at the other end of its channel. For the
 * programs of this folder: what goes wrong ends them.
 */
#ifndef EDIGATE_TESTS_FAKE_ROLE_H
#define EDIGATE_TESTS_FAKE_ROLE_H

#include "gateway/base/arena.h"
#include "gateway/base/io.h"
#include "gateway/base/ipc.h"
#include "gateway/conf_files.h"
#include "gateway/msg.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static inline _Noreturn void
die(const char *what)
{
	perror(what);
	exit(1);
}

static inline int
role_listen_on(unsigned int port)
{
	struct sockaddr_in sin = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;

	sin.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd == -1 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) == -1 ||
	    bind(fd, (struct sockaddr *)&sin, sizeof(sin)) == -1 || listen(fd, 1024) == -1)
		die("listen");
	return fd;
}

/* listener: -1, or a socket that it gets too. Returns our end of its fd 3. */
static inline int
role_spawn(const char *program, const char *home, int listener, pid_t *child)
{
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == -1)
		die("socketpair");
	*child = fork();
	if (*child == -1)
		die("fork");
	if (*child == 0) {
		/* Both may sit where the other has to go. */
		int a = dup2(pair[1], 103), b = listener == -1 ? -1 : dup2(listener, 104);
		if (a == -1 || dup2(a, 3) == -1 || (b != -1 && dup2(b, 4) == -1))
			die("dup2");
		for (int fd = b == -1 ? 4 : 5; fd < 110; fd++)
			(void)close(fd);
		(void)execl(program, program, "--home", home, "--fds", b == -1 ? "0" : "1", (char *)NULL);
		die(program);
	}
	(void)close(pair[1]);
	return pair[0];
}

/* What a supervisor does before it starts a role: these are the settings in force. */
static inline void
role_keep_settings(const char *home)
{
	struct arena *a = arena_new(16u << 20);
	struct conf_files files;
	struct err e;

	conf_files_gather(a, str_of(home), &files);
	if (conf_files_keep(&files, str_of(home), &e) == -1) {
		fprintf(stderr, "settings: %s\n", e.text);
		exit(1);
	}
	arena_free(a);
}

/*
 * The listener's fd 3 is the supervisor's line, which stays open as long as the listener is to live: the channel to the ledger
 * goes over it, and is returned.
 */
static inline int
role_hand_over_channel(int line)
{
	struct msg m = { .type = MSG_PEER, .name = S("ledger") };
	struct buf b = BUF_CAP(1024);
	struct loop *loop = loop_new();
	struct err e;
	struct ipc *c;
	int pair[2], own = fcntl(line, F_DUPFD_CLOEXEC, 0);

	if (own == -1 || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == -1)
		die("socketpair");
	c = ipc_new(loop, own, NULL, NULL, NULL);
	if (msg_encode(&m, &b, &e) == -1 ||
	    ipc_send(c, MSG_PEER, buf_str(&b), pair[1], &e) == -1 || ipc_flush(c, &e) == -1) {
		fprintf(stderr, "line: %s\n", e.text);
		exit(1);
	}
	ipc_free(c);
	loop_free(loop);
	buf_clear(&b);
	return pair[0];
}

#endif
