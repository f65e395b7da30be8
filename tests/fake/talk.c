/* SPDX-License-Identifier: ISC */
/* talk.c - join stdin and stdout with a port on 127.0.0.1, or a unix socket, byte for byte, until either side ends. */
#include "gateway/base/io.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* False: that side has ended. */
static bool
carry(int from, int to)
{
	char room[65536];
	ssize_t n = read(from, room, sizeof(room));

	return n > 0 && io_write_all(to, str_make(room, (size_t)n), NULL) == 0;
}

static int
connect_port(uint64_t port)
{
	struct sockaddr_in sin = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	sin.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	return fd == -1 || connect(fd, (struct sockaddr *)&sin, sizeof(sin)) == -1 ? -1 : fd;
}

static int
connect_path(const char *path)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	(void)snprintf(sun.sun_path, sizeof(sun.sun_path), "%s", path);
	return fd == -1 || connect(fd, (struct sockaddr *)&sun, sizeof(sun)) == -1 ? -1 : fd;
}

int
main(int argc, char **argv)
{
	uint64_t port;
	int fd;

	if (argc != 2) {
		fprintf(stderr, "talk PORT|PATH\n");
		return 64;
	}
	(void)signal(SIGPIPE, SIG_IGN);
	fd = str_u64(str_of(argv[1]), 65535, &port) == 0 ? connect_port(port) : connect_path(argv[1]);
	if (fd == -1) {
		perror("connect");
		return 1;
	}
	struct pollfd p[2] = { { .fd = fd, .events = POLLIN }, { .fd = STDIN_FILENO, .events = POLLIN } };
	while (poll(p, 2, -1) > 0) {
		if (p[0].revents != 0 && !carry(fd, STDOUT_FILENO))
			return 0;
		if (p[1].revents != 0 && !carry(STDIN_FILENO, fd)) {
			(void)shutdown(fd, SHUT_WR);
			p[1].fd = -1;
		}
	}
	return 1;
}
