/* SPDX-License-Identifier: ISC */
#include "gateway/route.h"

#include "gateway/base/io.h"
#include "gateway/smtp/path.h"

#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <netdb.h>
#include <netinet/in.h>
#include <resolv.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define ANSWER_MAX  65536	/* of a name server, and of the child to us */
#define MX_MAX	    10

/*
 * What the child says, one line each, then it closes the pipe:
 *   A HOST ADDRESS	in the order to try
 *   N TEXT		there is nothing, and there will not be: refuse
 *   E TEXT		no answer: try later
 */
struct route_lookup {
	struct loop *loop;
	pid_t pid;
	int fd;
	struct buf in;
	struct loop_timer *timer;
	unsigned int port;
	route_fn *fn;
	void *arg;
	struct route_hops hops;
	struct err err;
	bool failed;
};

/* ---- in the child ---- */

struct mx {
	unsigned int preference;
	char host[ROUTE_HOST_MAX];
};

static void
child_say(char what, const char *host, const char *text)
{
	char line[2 * ROUTE_HOST_MAX + 64];
	int n = snprintf(line, sizeof(line), "%c %s%s%s\n", what, host, host[0] != '\0' ? " " : "", text);

	if (n > 0 && (size_t)n < sizeof(line))
		(void)io_write_all(STDOUT_FILENO, str_make(line, (size_t)n), NULL);
}

/* Addresses of one host. Returns how many were said; 0 with *rc set when the lookup failed. */
static int
child_hosts(const char *host, int *rc)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_ADDRCONFIG }, *list = NULL;
	char text[NI_MAXHOST];
	int n = 0;

	*rc = getaddrinfo(host, NULL, &hints, &list);
	if (*rc != 0)
		return 0;
	for (const struct addrinfo *i = list; i != NULL; i = i->ai_next) {
		if (getnameinfo(i->ai_addr, i->ai_addrlen, text, sizeof(text), NULL, 0, NI_NUMERICHOST) != 0)
			continue;
		child_say('A', host, text);
		n++;
	}
	freeaddrinfo(list);
	return n;
}

static int
by_preference(const void *a, const void *b)
{
	const struct mx *x = a, *y = b;

	return x->preference < y->preference ? -1 : x->preference > y->preference;
}

/*
 * The MX records of an answer. Hostile input: ns_parserr() and ns_name_uncompress() keep within it. False: it is
 * damaged, and nothing in it is believed; above all not that there are no MX records.
 */
static bool
read_mx(const unsigned char *answer, int len, struct mx list[MX_MAX], size_t *n)
{
	ns_msg msg;
	ns_rr rr;

	*n = 0;
	if (ns_initparse(answer, len, &msg) == -1)
		return false;
	for (int i = 0; i < ns_msg_count(msg, ns_s_an) && *n < MX_MAX; i++) {
		if (ns_parserr(&msg, ns_s_an, i, &rr) == -1)
			return false;
		if (ns_rr_type(rr) != ns_t_mx)
			continue;
		if (ns_rr_rdlen(rr) < 3 || ns_name_uncompress(ns_msg_base(msg), ns_msg_end(msg), ns_rr_rdata(rr) + 2,
		    list[*n].host, sizeof(list[*n].host)) == -1)
			return false;
		list[*n].preference = ns_get16(ns_rr_rdata(rr));
		(*n)++;
	}
	qsort(list, *n, sizeof(list[0]), by_preference);
	return true;
}

/* RFC 5321, 5.1: the MX hosts in order; without any, the domain itself. RFC 7505: an MX of "." takes no mail. */
static void
child_mx(const char *domain)
{
	static unsigned char answer[ANSWER_MAX];
	struct mx list[MX_MAX];
	size_t n = 0;
	int said = 0, rc = 0, len;

	len = res_query(domain, ns_c_in, ns_t_mx, answer, sizeof(answer));
	if (len == -1 && h_errno == HOST_NOT_FOUND) {
		child_say('N', "", "the domain does not exist");
		return;
	}
	if (len == -1 && h_errno != NO_DATA) {
		child_say('E', "", hstrerror(h_errno));
		return;
	}
	if (len > 0 && !read_mx(answer, len, list, &n)) {
		child_say('E', "", "the answer of the name service is damaged");
		return;
	}
	if (n == 1 && (list[0].host[0] == '\0' || strcmp(list[0].host, ".") == 0)) {
		child_say('N', "", "the domain takes no mail (null MX)");
		return;
	}
	for (size_t i = 0; i < n; i++)
		said += child_hosts(list[i].host, &rc);
	if (n == 0)
		said = child_hosts(domain, &rc);
	if (said == 0)
		child_say(rc == EAI_NONAME ? 'N' : 'E', "", rc != 0 ? gai_strerror(rc) : "no address");
}

static void
child_run(const char *host, bool mx, int out)
{
	int rc;

	/* Nothing of the parent but the pipe: a child that hangs must not hold its sockets and its channel open. */
	if (dup2(out, STDOUT_FILENO) == -1 || close_range(STDERR_FILENO + 1, ~0u, 0) == -1)
		_exit(1);
	(void)signal(SIGTERM, SIG_DFL);
	(void)signal(SIGINT, SIG_DFL);
	(void)alarm(ROUTE_LOOKUP_MS / 1000 + 1);
	if (mx)
		child_mx(host);
	else if (child_hosts(host, &rc) == 0)
		child_say('E', "", rc != 0 ? gai_strerror(rc) : "no address");
	_exit(0);
}

/* ---- in the parent ---- */

static void
set_port(struct route_hop *hop, unsigned int port)
{
	if (hop->to.ss_family == AF_INET6)
		((struct sockaddr_in6 *)&hop->to)->sin6_port = htons((uint16_t)port);
	else
		((struct sockaddr_in *)&hop->to)->sin_port = htons((uint16_t)port);
}

/* False: not an address in digits. */
static bool
add_hop(struct route_lookup *r, struct str host, struct str address)
{
	struct route_hop hop = { 0 };
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
	set_port(&hop, r->port);
	if (r->hops.n < ROUTE_HOPS_MAX)
		r->hops.v[r->hops.n++] = hop;
	return true;
}

/* The child read bytes of strangers: what it says is checked like theirs. */
static void
read_line(struct route_lookup *r, struct str line)
{
	struct str what, host;

	(void)str_cut(&line, ' ', &what);
	if (str_eq(what, S("A")) && str_cut(&line, ' ', &host) && smtp_is_greeting(host) && add_hop(r, host, line))
		return;
	if (r->failed || str_eq(what, S("A")))
		return;
	r->failed = true;
	(void)err_set(&r->err, str_eq(what, S("N")) ? ERR_INPUT : ERR_RETRY, STR_FMT, STR_ARG(line));
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

/* A child with a pipe to us. When there is none to be had, the lookup fails like any other: later. */
static void
start_child(struct route_lookup *r, struct str host, bool mx)
{
	char name[ROUTE_HOST_MAX];
	int fds[2];

	if (!smtp_is_greeting(host) || host.n >= sizeof(name)) {
		r->failed = true;
		(void)err_set(&r->err, ERR_INPUT, "'" STR_FMT "' is no host name", STR_ARG(host));
		return;
	}
	memcpy(name, host.p, host.n);
	name[host.n] = '\0';
	if (pipe2(fds, O_CLOEXEC) == -1)
		return;
	r->pid = fork();
	if (r->pid == 0)
		child_run(name, mx, fds[1]);
	io_close(&fds[1]);
	if (r->pid == -1) {
		io_close(&fds[0]);
		return;
	}
	r->fd = fds[0];
	(void)fcntl(r->fd, F_SETFL, O_NONBLOCK);
	loop_fd(r->loop, r->fd, LOOP_READ, on_child, r);
}

struct route_lookup *
route_lookup(struct loop *l, struct str host, unsigned int port, bool mx, route_fn *fn, void *arg)
{
	struct route_lookup *r = calloc(1, sizeof(*r));

	if (r == NULL || (r->hops.v = calloc(ROUTE_HOPS_MAX, sizeof(*r->hops.v))) == NULL)
		abort();
	r->loop = l;
	r->fd = -1;
	r->in = BUF_CAP(ANSWER_MAX);
	r->port = port;
	r->fn = fn;
	r->arg = arg;
	if (!mx && str_eq_nocase(host, S("localhost")))
		(void)add_hop(r, host, S("127.0.0.1"));
	else if (mx || !add_hop(r, host, host))
		start_child(r, host, mx);
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
