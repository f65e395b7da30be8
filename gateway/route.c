/* SPDX-License-Identifier: ISC */
/* route.c - the lookup as the role sees it: a child is started, and what it says is read. */
#include "gateway/route_int.h"

#include "gateway/base/io.h"
#include "gateway/smtp/path.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

struct route_lookup {
	struct loop *loop;
	pid_t pid;
	int fd;
	struct buf in;
	struct loop_timer *timer;
	route_fn *fn;
	void *arg;
	struct route_hops hops;
	struct err err;
	bool failed;
};

static void
set_port(struct route_hop *hop)
{
	if (hop->to.ss_family == AF_INET6)
		((struct sockaddr_in6 *)&hop->to)->sin6_port = htons((uint16_t)hop->port);
	else
		((struct sockaddr_in *)&hop->to)->sin_port = htons((uint16_t)hop->port);
}

/* False: not an address in digits. */
static bool
add_hop(struct route_lookup *r, struct str host, struct str address, unsigned int port)
{
	struct route_hop hop = { .port = port };
	struct sockaddr_in *in4 = (struct sockaddr_in *)&hop.to;
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)&hop.to;
	char text[INET6_ADDRSTRLEN];

	if (address.n >= sizeof(text) || host.n >= sizeof(hop.host))
		return false;
	memcpy(text, address.p, address.n);
	text[address.n] = '\0';
	memcpy(hop.host, host.p, host.n);
	if (inet_pton(AF_INET, text, &in4->sin_addr) == 1) {
		hop.to.ss_family = AF_INET;
		hop.len = sizeof(*in4);
	} else if (inet_pton(AF_INET6, text, &in6->sin6_addr) == 1) {
		hop.to.ss_family = AF_INET6;
		hop.len = sizeof(*in6);
	} else {
		return false;
	}
	set_port(&hop);
	if (r->hops.n < ROUTE_HOPS_MAX)
		r->hops.v[r->hops.n++] = hop;
	return true;
}

/* "PORT HOST ADDRESS" */
static bool
read_address(struct route_lookup *r, struct str line)
{
	struct str host, number;
	uint64_t port;

	return str_cut(&line, ' ', &number) && str_u64(number, 65535, &port) == 0 &&
	    str_cut(&line, ' ', &host) && route_is_host(host) &&
	    add_hop(r, host, line, (unsigned int)port);
}

static int
hex_digit(char c)
{
	return is_digit(c) ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* "USAGE SELECTOR MATCHING HEX" */
static bool
read_tlsa(struct str line, struct net_tlsa *out)
{
	unsigned char *const fields[] = { &out->usage, &out->selector, &out->matching };
	struct str number;
	uint64_t n;

	for (size_t i = 0; i < N(fields); i++) {
		if (!str_cut(&line, ' ', &number) || str_u64(number, 255, &n) == -1)
			return false;
		*fields[i] = (unsigned char)n;
	}
	for (out->n = 0; line.n >= 2 && out->n < sizeof(out->data); line = str_from(line, 2)) {
		int hi = hex_digit(line.p[0]), lo = hex_digit(line.p[1]);

		if (hi == -1 || lo == -1)
			return false;
		out->data[out->n++] = (unsigned char)(hi * 16 + lo);
	}
	return line.n == 0 && out->n > 0;
}

/* "HOST", "HOST RECORD": of every address of that host that was said before. */
static void
read_dane(struct route_lookup *r, struct str line)
{
	struct net_tlsa tlsa;
	struct str host;
	bool has_record = str_cut(&line, ' ', &host);

	if (has_record && !read_tlsa(line, &tlsa))
		return;
	for (size_t i = 0; i < r->hops.n; i++) {
		struct route_hop *hop = &r->hops.v[i];

		if (!str_eq(host, str_of(hop->host)))
			continue;
		hop->tls_due = true;
		if (has_record && hop->n_tlsa < ROUTE_TLSA_MAX)
			hop->tlsa[hop->n_tlsa++] = tlsa;
	}
}

/* The child read bytes of strangers: what it says is checked like theirs. */
static void
read_line(struct route_lookup *r, struct str line)
{
	struct str what;

	(void)str_cut(&line, ' ', &what);
	if (str_eq(what, S("A"))) {
		(void)read_address(r, line);
	} else if (str_eq(what, S("T"))) {
		read_dane(r, line);
	} else if (!r->failed) {
		r->failed = true;
		(void)err_set(&r->err, str_eq(what, S("N")) ? ERR_INPUT : str_eq(what, S("C")) ? ERR_CONFIG : ERR_RETRY, STR_FMT,
		    STR_ARG(line));
	}
}

static void
end_child(struct route_lookup *r)
{
	if (r->fd != -1)
		loop_fd(r->loop, r->fd, 0, NULL, NULL);
	io_close(&r->fd);
	if (r->pid <= 0)
		return;
	(void)kill(r->pid, SIGKILL);	/* it has said all, or is too late */
	while (waitpid(r->pid, NULL, 0) == -1 && errno == EINTR)
		;
	r->pid = 0;
}

static void
finish(struct route_lookup *r)
{
	struct str in, line;
	route_fn *fn = r->fn;
	void *arg = r->arg;

	end_child(r);
	in = buf_str(&r->in);
	while (str_next_line(&in, &line))
		read_line(r, line);
	if (r->hops.n == 0 && !r->failed) {
		r->failed = true;
		(void)err_set(&r->err, ERR_RETRY, "no answer from the name service");
	}
	r->err.code = "E-SMTP-DNS";
	if (r->hops.n > 0)
		fn(arg, &r->hops, NULL);
	else
		fn(arg, NULL, &r->err);
	route_lookup_drop(r);
}

static void
on_timer(void *arg)
{
	struct route_lookup *r = arg;

	r->timer = NULL;
	finish(r);
}

static void
on_child(void *arg, int fd, int ready)
{
	struct route_lookup *r = arg;
	char *room = buf_room(&r->in, 4096, NULL);
	ssize_t got;

	(void)ready;
	if (room == NULL) {	/* more than 20 addresses need: enough */
		finish(r);
		return;
	}
	got = read(fd, room, 4096);
	if (got > 0)
		buf_grew(&r->in, (size_t)got);
	else if (got == 0 || (errno != EAGAIN && errno != EINTR))
		finish(r);
}

bool
route_is_host(struct str s)
{
	unsigned char in6[sizeof(struct in6_addr)];
	char text[INET6_ADDRSTRLEN] = "";

	if (s.n < sizeof(text))
		memcpy(text, s.p, s.n);
	return s.n < ROUTE_HOST_MAX && (smtp_is_greeting(s) || inet_pton(AF_INET6, text, in6) == 1);
}

/* A child with a pipe to us. When there is none to be had, the lookup fails like any other: later. */
static void
start_child(struct route_lookup *r, const struct route_ask *ask)
{
	int fds[2];

	if (!route_is_host(ask->host)) {
		r->failed = true;
		(void)err_set(&r->err, ERR_INPUT, "'" STR_FMT "' is no host name", STR_ARG(ask->host));
		return;
	}
	if (pipe2(fds, O_CLOEXEC) == -1)
		return;
	r->pid = fork();
	if (r->pid == 0)
		route_child(ask, fds[1]);
	io_close(&fds[1]);
	if (r->pid == -1) {
		io_close(&fds[0]);
		return;
	}
	r->fd = fds[0];
	(void)fcntl(r->fd, F_SETFL, O_NONBLOCK);
	loop_fd(r->loop, r->fd, LOOP_READ, on_child, r);
}

/* One server whose address is known without asking anybody. */
static bool
is_known(struct route_lookup *r, const struct route_ask *ask)
{
	struct str address = str_eq_nocase(ask->host, S("localhost")) ? S("127.0.0.1") : ask->host;

	return !ask->mx && !ask->dane && ask->n_backups == 0 && add_hop(r, ask->host, address, ask->port);
}

struct route_lookup *
route_lookup(struct loop *l, const struct route_ask *ask, route_fn *fn, void *arg)
{
	struct route_lookup *r = calloc(1, sizeof(*r));

	if (r == NULL || (r->hops.v = calloc(ROUTE_HOPS_MAX, sizeof(*r->hops.v))) == NULL)
		abort();
	r->loop = l;
	r->fd = -1;
	r->in = BUF_CAP(ROUTE_ANSWER_MAX);
	r->fn = fn;
	r->arg = arg;
	if (!is_known(r, ask))
		start_child(r, ask);
	r->timer = loop_timer(l, r->pid > 0 ? ROUTE_LOOKUP_MS : 0, on_timer, r);
	return r;
}

void
route_lookup_drop(struct route_lookup *r)
{
	if (r == NULL)
		return;
	end_child(r);
	loop_timer_drop(r->loop, r->timer);
	buf_clear(&r->in);
	free(r->hops.v);
	free(r);
}
