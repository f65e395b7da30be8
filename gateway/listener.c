/* SPDX-License-Identifier: ISC */
#include "gateway/listener.h"

#include "gateway/base/io.h"
#include "gateway/base/ipc.h"
#include "gateway/given.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <netdb.h>
#include <netinet/in.h>
#include <pwd.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define LISTEN_BACKLOG 1024
#define ADDRESSES_MAX  64

static bool
is_path(struct str address)
{
	return address.n > 0 && address.p[0] == '/';
}

/* "127.0.0.1:2525", "[::1]:2525", "localhost:2525" */
static int
split(struct arena *a, struct str address, char **host, char **port, struct err *e)
{
	size_t colon = address.n;

	while (colon > 0 && address.p[colon - 1] != ':')
		colon--;
	if (colon < 2)
		return err_set(e, ERR_CONFIG, "listen address '" STR_FMT "', want HOST:PORT", STR_ARG(address));
	*port = str_cstr(a, str_from(address, colon));
	address.n = colon - 1;
	if (address.n >= 2 && address.p[0] == '[' && address.p[address.n - 1] == ']')
		address = str_sub(address, 1, address.n - 2);
	*host = str_cstr(a, address);
	return 0;
}

static int
bind_path(const struct conf *c, struct str path, struct err *e)
{
	struct arena *a = arena_new(1 << 16);
	int fd = ipc_listen(str_cstr(a, path), e);

	if (fd != -1 && ((listen(fd, LISTEN_BACKLOG) == -1 && err_errno(e, "listen on " STR_FMT, STR_ARG(path)) == -1) ||
	    listener_give(str_cstr(a, path), c, e) == -1))
		io_close(&fd);
	arena_free(a);
	return fd;
}

/* Who may connect, anew after each change of the settings. */
static int
give_lmtp(const struct conf *c, struct err *e)
{
	bool all = str_eq(c->lmtp_group, S("*"));
	struct arena *a = arena_new(1 << 16);
	char *path = str_cstr(a, c->lmtp), *group = str_cstr(a, c->lmtp_group);
	struct group *gr = c->lmtp_group.n == 0 || all ? NULL : getgrnam(group);
	int rc = 0;

	if (c->lmtp_group.n > 0 && !all && gr == NULL)
		rc = err_set(e, ERR_CONFIG, "lmtp_group: no group '%s' on this machine", group);
	else if ((gr != NULL && chown(path, (uid_t)-1, gr->gr_gid) == -1) ||
	    chmod(path, all ? 0666 : gr != NULL ? 0660 : 0600) == -1)
		rc = err_errno(e, "%s: lmtp_group = %s", path, group);
	arena_free(a);
	return rc;
}

static int
bind_one(const struct conf *c, struct str address, struct err *e)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE }, *list = NULL;
	struct arena *a = arena_new(1 << 16);
	char *host = NULL, *port = NULL;
	int fd = -1, on = 1, rc;

	if (is_path(address) || given_is(address)) {
		fd = is_path(address) ? bind_path(c, address, e) : given_open(address, e);
		goto out;
	}
	if (split(a, address, &host, &port, e) == -1)
		goto out;
	rc = getaddrinfo(host, port, &hints, &list);
	if (rc != 0) {
		(void)err_set(e, ERR_CONFIG, "listen address '" STR_FMT "': %s", STR_ARG(address),
		    gai_strerror(rc));
		goto out;
	}
	fd = socket(list->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd != -1 && setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) == 0 &&
	    (list->ai_family != AF_INET6 || setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on)) == 0) &&
	    bind(fd, list->ai_addr, list->ai_addrlen) == 0 && listen(fd, LISTEN_BACKLOG) == 0)
		goto out;
	(void)err_errno(e, "listen on " STR_FMT, STR_ARG(address));
	if (fd != -1)
		close(fd);
	fd = -1;
out:
	if (list != NULL)
		freeaddrinfo(list);
	arena_free(a);
	return fd;
}

static bool
find(const struct conf *c, struct str address, size_t *at)
{
	for (*at = 0; c->listen && *at < c->listen_addresses.n; (*at)++)
		if (str_eq(c->listen_addresses.v[*at], address))
			return true;
	return false;
}

/* Bind those of next that are -1. -1: none of them. */
static int
bind_missing(int *next, const struct conf *want, size_t count, struct err *e)
{
	bool made[ADDRESSES_MAX] = { false };

	for (size_t i = 0; i < count; i++) {
		if (next[i] != -1)
			continue;
		next[i] = bind_one(want, want->listen_addresses.v[i], e);
		made[i] = next[i] != -1;
		if (made[i])
			continue;
		for (size_t k = 0; k < i; k++)
			if (made[k])
				io_close(&next[k]);
		return -1;
	}
	return 0;
}

static void
remove_path(struct str path)
{
	struct arena *a = arena_new(1 << 16);

	(void)unlink(str_cstr(a, path));
	arena_free(a);
}

/*
 * A listener that is still at work has the socket too: shutdown() ends it for all, and frees its address. One that was given to
 * us is not ours to end.
 */
static void
close_dropped(int *fds, size_t n, const bool *kept, const struct conf *was)
{
	for (size_t i = 0; i < n; i++) {
		if (kept[i])
			continue;
		if (!given_is(was->listen_addresses.v[i]))
			(void)shutdown(fds[i], SHUT_RD);
		io_close(&fds[i]);
		if (is_path(was->listen_addresses.v[i]))
			remove_path(was->listen_addresses.v[i]);
	}
}

/*
 * What is new overlaps what goes (127.0.0.1:25 becomes 0.0.0.0:25): that goes first, and comes back when the new address
 * cannot be had. Should even that fail nobody listens until the next update.
 */
static int
bind_instead(int *fds, size_t *n, const bool *kept, const struct conf *was, int *next,
    const struct conf *want, size_t count, struct err *e)
{
	bool none[ADDRESSES_MAX] = { false };
	struct err again;

	close_dropped(fds, *n, kept, was);
	if (bind_missing(next, want, count, e) == 0)
		return 0;
	if (bind_missing(fds, was, *n, &again) == -1) {
		(void)err_add(e, "and back: %s", again.text);
		close_dropped(fds, *n, none, was);
		*n = 0;
	}
	return -1;
}

int
listener_update(int *fds, size_t *n, size_t max, const struct conf *was, const struct conf *want,
    struct err *e)
{
	size_t count = want->listen ? want->listen_addresses.n : 0, at, first;
	int next[ADDRESSES_MAX];
	bool kept[ADDRESSES_MAX] = { false }, gone = false;

	if (count > max || count > ADDRESSES_MAX)
		return err_set(e, ERR_CONFIG, "%zu listen addresses, at most %d", count, ADDRESSES_MAX);
	for (size_t i = 0; i < count; i++) {
		if (find(want, want->listen_addresses.v[i], &first) && first < i)
			return err_set(e, ERR_CONFIG, "listen address '" STR_FMT "' is given twice",
			    STR_ARG(want->listen_addresses.v[i]));
		next[i] = -1;
		if (find(was, want->listen_addresses.v[i], &at) && at < *n) {
			next[i] = fds[at];
			kept[at] = true;
		}
	}
	for (size_t i = 0; i < *n; i++)
		gone |= !kept[i];
	if (bind_missing(next, want, count, e) == -1 &&
	    (!gone || bind_instead(fds, n, kept, was, next, want, count, e) == -1))
		return -1;
	close_dropped(fds, *n, kept, was);
	memcpy(fds, next, count * sizeof(fds[0]));
	*n = count;
	return count > 0 && want->lmtp.n > 0 ? give_lmtp(want, e) : 0;
}

int
listener_give(const char *path, const struct conf *c, struct err *e)
{
	struct arena *a;
	struct passwd *pw;
	int rc = 0;

	if (geteuid() != 0 || c->user.n == 0)
		return 0;
	a = arena_new(4096);
	pw = getpwnam(str_cstr(a, c->user));
	if (pw == NULL)
		rc = err_set(e, ERR_CONFIG, "no user '" STR_FMT "' on this machine", STR_ARG(c->user));
	else if (chown(path, pw->pw_uid, pw->pw_gid) == -1)
		rc = err_errno(e, "%s", path);
	arena_free(a);
	return rc;
}
