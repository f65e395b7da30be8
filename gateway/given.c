/* SPDX-License-Identifier: ISC */
#include "gateway/given.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#define FD_FIRST    3		/* SD_LISTEN_FDS_START */
#define GIVEN_MAX   64
#define NAMES_MAX   4096

static size_t n_given;
static char given_names[NAMES_MAX];

/* "socket:NAME[:N]". A name begins with a letter, so that no host of the name "socket" with a port is meant. */
static bool
read_address(struct str address, struct str *name, uint64_t *number)
{
	struct str rest = address, head;

	*number = 1;
	if (!str_cut(&rest, ':', &head) || !str_eq(head, S("socket")))
		return false;
	if (str_cut(&rest, ':', name) && (str_u64(rest, GIVEN_MAX, number) == -1 || *number == 0))
		return false;
	for (size_t i = 0; i < name->n; i++)
		if (!is_alnum(name->p[i]) && (i == 0 || !str_chr(S("._-"), name->p[i], NULL)))
			return false;
	return name->n > 0 && !is_digit(name->p[0]);
}

bool
given_is(struct str address)
{
	struct str name;
	uint64_t number;

	return read_address(address, &name, &number);
}

bool
given_find(struct str names, struct str address, size_t *at)
{
	struct str wanted, name;
	uint64_t number;
	bool more = true;

	if (!read_address(address, &wanted, &number))
		return false;
	for (*at = 0; more; ++*at) {
		more = str_cut(&names, ':', &name);
		if (str_eq(name, wanted) && --number == 0)
			return true;
	}
	return false;
}

static uint64_t
number_of(const char *variable)
{
	const char *text = getenv(variable);
	uint64_t n = 0;

	return text != NULL && str_u64(str_of(text), INT32_MAX, &n) == 0 ? n : 0;
}

void
given_take(void)
{
	const char *names = getenv("LISTEN_FDNAMES");
	uint64_t n = number_of("LISTEN_FDS");

	if (number_of("LISTEN_PID") == (uint64_t)getpid() && n <= GIVEN_MAX) {
		n_given = (size_t)n;
		(void)snprintf(given_names, sizeof(given_names), "%s", names != NULL ? names : "");
	}
	for (size_t i = 0; i < n_given; i++)
		(void)fcntl(FD_FIRST + (int)i, F_SETFD, FD_CLOEXEC);
	(void)unsetenv("LISTEN_PID");
	(void)unsetenv("LISTEN_FDS");
	(void)unsetenv("LISTEN_FDNAMES");
}

int
given_open(struct str address, struct err *e)
{
	socklen_t len = sizeof(int);
	int fd, on = 0;
	size_t at;

	if (!given_find(str_of(given_names), address, &at) || at >= n_given)
		return err_set(e, ERR_CONFIG,
		    "listen address '" STR_FMT
		    "': no such socket was passed to us (LISTEN_FDS %zu, "
		    "LISTEN_FDNAMES '%s')",
		    STR_ARG(address), n_given, given_names);
	fd = FD_FIRST + (int)at;
	if (getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &on, &len) == -1 || on == 0)
		return err_set(e, ERR_CONFIG,
		    "listen address '" STR_FMT "': descriptor %d does not listen (want Accept=no)",
		    STR_ARG(address), fd);
	fd = fcntl(fd, F_DUPFD_CLOEXEC, FD_FIRST + GIVEN_MAX);
	return fd == -1 ? err_errno(e, "listen address '" STR_FMT "'", STR_ARG(address)) : fd;
}
