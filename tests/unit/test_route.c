/* SPDX-License-Identifier: ISC */
#include "gateway/route.h"

#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <netdb.h>
#include <netinet/in.h>
#include <resolv.h>
#include <assert.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

/*
 * A name server of our own: a child that answers from this table over UDP on 127.0.0.1. The resolver of this process,
 * and with it that of the children that route.c makes, asks nobody else.
 */
enum what { RR_A, RR_MX, RR_TLSA, RR_NOTHING, RR_NXDOMAIN, RR_SERVFAIL, RR_CUT, RR_CUT_TLSA, RR_LOOP };

static const struct record {
	const char *name;
	enum what what;
	unsigned int preference;
	const char *value;
} records[] = {
	{ "acme.example", RR_MX, 20, "mx2.acme.example" },
	{ "acme.example", RR_MX, 10, "mx1.acme.example" },
	{ "mx1.acme.example", RR_A, 0, "127.0.0.11" },
	{ "mx2.acme.example", RR_A, 0, "127.0.0.12" },
	{ "null.example", RR_MX, 0, "" },
	{ "nomx.example", RR_A, 0, "127.0.0.13" },
	{ "gone.example", RR_NXDOMAIN, 0, "" },
	{ "broken.example", RR_SERVFAIL, 0, "" },
	{ "half.example", RR_MX, 10, "gone.example" },
	{ "half.example", RR_MX, 20, "mx1.acme.example" },
	{ "dead.example", RR_MX, 10, "gone.example" },
	{ "strange.example", RR_MX, 10, "a b;c.example" },
	{ "cut.example", RR_CUT, 0, "" },
	/* Names below these two are signed, and the name server says so. */
	{ "dane.example", RR_MX, 10, "mx.dane.example" },
	{ "mx.dane.example", RR_A, 0, "127.0.0.21" },
	{ "_25._tcp.mx.dane.example", RR_TLSA, 0, "\3\1\1" "0123456789abcdef0123456789abcdef" },
	{ "_25._tcp.mx.dane.example", RR_TLSA, 0, "\1\1\1" "0123456789abcdef0123456789abcdef" },	/* not for SMTP */
	{ "_25._tcp.mx.dane.example", RR_TLSA, 0, "\3\1\1" "too short" },
	{ "_25._tcp.mx.dane.example", RR_TLSA, 0, "\2\1\2" "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef" },
	{ "bogus.dane.example", RR_MX, 10, "mx2.dane.example" },
	{ "bogus.dane.example", RR_MX, 20, "mx.dane.example" },
	{ "mx2.dane.example", RR_A, 0, "127.0.0.22" },
	{ "_25._tcp.mx2.dane.example", RR_SERVFAIL, 0, "" },
	{ "mx3.dane.example", RR_A, 0, "127.0.0.24" },
	{ "_25._tcp.mx3.dane.example", RR_TLSA, 0, "\1\1\1" "0123456789abcdef0123456789abcdef" },
	{ "mx4.dane.example", RR_A, 0, "127.0.0.25" },
	{ "_25._tcp.mx4.dane.example", RR_CUT_TLSA, 0, "" },
	{ "half.dane.example", RR_MX, 10, "mx.acme.example" },
	{ "mx.acme.example", RR_A, 0, "127.0.0.23" },
	{ "_25._tcp.mx.acme.example", RR_TLSA, 0, "\3\1\1" "0123456789abcdef0123456789abcdef" },	/* not signed */
	{ "loop.example", RR_LOOP, 0, "" },
};

static pid_t server;

/* "mx.acme.example" as labels. Returns the bytes written. */
static size_t
put_name(unsigned char *out, const char *name)
{
	struct str rest = str_of(name), label;
	size_t n = 0;
	bool more = rest.n > 0;

	while (more) {
		more = str_cut(&rest, '.', &label);
		out[n++] = (unsigned char)label.n;
		memcpy(out + n, label.p, label.n);
		n += label.n;
	}
	out[n++] = 0;
	return n;
}

static unsigned int
type_of(const struct record *r)
{
	return r->what == RR_A ? ns_t_a : r->what == RR_TLSA || r->what == RR_CUT_TLSA ? 52 : ns_t_mx;
}

static size_t
put_record(unsigned char *out, size_t at, const struct record *r)
{
	unsigned char data[300];
	size_t len;
	struct in_addr a;

	if (r->what == RR_A) {
		assert(inet_pton(AF_INET, r->value, &a) == 1);
		memcpy(data, &a, len = 4);
	} else if (r->what == RR_TLSA) {
		memcpy(data, r->value, 3);
		memcpy(data + 3, r->value + 3, strlen(r->value + 3));
		len = 3 + strlen(r->value + 3);
	} else if (r->what == RR_MX) {
		ns_put16(r->preference, data);
		len = 2 + put_name(data + 2, r->value);
	} else {
		/* The exchanger's name is a pointer to this pointer; or bytes that are not there. */
		memcpy(data, "\0\012\300\0", len = 4);
		data[3] = (unsigned char)(at + 14);
	}
	memcpy(out, "\300\014", 2);		/* the name of the question */
	ns_put16(type_of(r), out + 2);
	ns_put16(ns_c_in, out + 4);
	ns_put32(60, out + 6);
	ns_put16((unsigned int)len + (r->what == RR_CUT || r->what == RR_CUT_TLSA ? 200 : 0), out + 10);
	memcpy(out + 12, data, len);
	return 12 + len;
}

/* The answer to one question, in place. Returns its length. */
static size_t
reply_to(unsigned char *m, size_t n)
{
	char name[NS_MAXDNAME];
	size_t end = n;
	unsigned int type, answers = 0;

	if (n < 17 || dn_expand(m, m + n, m + 12, name, sizeof(name)) < 0)
		return 0;
	end = 12 + (size_t)dn_skipname(m + 12, m + n) + 4;
	type = ns_get16(m + end - 4);
	m[2] |= 0x84;				/* an authoritative answer */
	m[3] = str_ends(str_of(name), S("dane.example")) ? 0x20 : 0;	/* AD */
	memset(m + 6, 0, 6);
	for (size_t i = 0; i < N(records); i++) {
		const struct record *r = &records[i];

		if (strcmp(r->name, name) != 0)
			continue;
		if (r->what == RR_NXDOMAIN || r->what == RR_SERVFAIL)
			m[3] |= r->what == RR_NXDOMAIN ? ns_r_nxdomain : ns_r_servfail;
		else if (type_of(r) == type)
			end += put_record(m + end, end, r), answers++;
	}
	ns_put16(answers, m + 6);
	return end;
}

static void
serve(int fd)
{
	unsigned char m[4096];
	struct sockaddr_in from;
	socklen_t len = sizeof(from);
	ssize_t n;

	while ((n = recvfrom(fd, m, 512, 0, (struct sockaddr *)&from, &len)) > 0) {
		size_t size = reply_to(m, (size_t)n);
		if (size > 0)
			(void)sendto(fd, m, size, 0, (struct sockaddr *)&from, len);
		len = sizeof(from);
	}
	_exit(0);
}

static int
start_server(void **state)
{
	struct sockaddr_in sin = { .sin_family = AF_INET };
	socklen_t len = sizeof(sin);
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	(void)state;
	sin.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd == -1 || bind(fd, (struct sockaddr *)&sin, sizeof(sin)) == -1 ||
	    getsockname(fd, (struct sockaddr *)&sin, &len) == -1 || res_init() == -1)
		return -1;
	_res.nscount = 1;
	_res.nsaddr_list[0] = sin;
	_res.retrans = 1;
	_res.retry = 1;
	server = fork();
	if (server == 0)
		serve(fd);
	close(fd);
	return server == -1 ? -1 : 0;
}

static int
stop_server(void **state)
{
	(void)state;
	(void)kill(server, SIGKILL);
	(void)waitpid(server, NULL, 0);
	return 0;
}

/* ---- the tests ---- */

static struct {
	struct loop *loop;
	char hops[400];			/* "host=address:port" with blanks between */
	struct err err;
	bool failed;
} seen;

static void
on_hops(void *arg, const struct route_hops *hops, const struct err *e)
{
	struct buf b = BUF_CAP(sizeof(seen.hops) - 1);

	(void)arg;
	seen.failed = e != NULL;
	if (e != NULL)
		seen.err = *e;
	for (size_t i = 0; e == NULL && i < hops->n; i++) {
		char address[INET6_ADDRSTRLEN] = "";
		const struct sockaddr_in *in4 = (const struct sockaddr_in *)&hops->v[i].to;
		const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)&hops->v[i].to;
		bool is_v6 = hops->v[i].to.ss_family == AF_INET6;
		const void *where = is_v6 ? (const void *)&in6->sin6_addr : (const void *)&in4->sin_addr;

		(void)inet_ntop(hops->v[i].to.ss_family, where, address, sizeof(address));
		(void)buf_printf(&b, NULL, "%s%s=%s:%u", i > 0 ? " " : "", hops->v[i].host, address,
		    ntohs(is_v6 ? in6->sin6_port : in4->sin_port));
		if (hops->v[i].tls_due)
			(void)buf_printf(&b, NULL, "/tls");
		for (size_t k = 0; k < hops->v[i].n_tlsa; k++) {
			const struct net_tlsa *t = &hops->v[i].tlsa[k];
			(void)buf_printf(&b, NULL, "/%u%u%u:%.4s..%zu", t->usage, t->selector,
			    t->matching, t->data, t->n);
		}
	}
	memcpy(seen.hops, b.n > 0 ? b.p : "", b.n);
	seen.hops[b.n] = '\0';
	buf_clear(&b);
	loop_stop(seen.loop, 0);
}

static struct route_lookup *
look_up(struct loop *l, const char *host, bool mx)
{
	const struct route_ask ask = { .host = str_of(host), .port = 25, .mx = mx };

	return route_lookup(l, &ask, on_hops, NULL);
}

static void
finds_the_way(void **state)
{
	static const struct {
		const char *host;
		bool mx;
		const char *hops;		/* NULL: an error of this kind, with these words */
		enum err_kind kind;
		const char *says;
	} cases[] = {
		/* These ask nobody. */
		{ "127.0.0.1", false, "127.0.0.1=127.0.0.1:25", 0, NULL },
		{ "::1", false, "::1=::1:25", 0, NULL },
		{ "localhost", false, "localhost=127.0.0.1:25", 0, NULL },
		{ "mx1.acme.example", false, "mx1.acme.example=127.0.0.11:25", 0, NULL },
		{ "gone.example", false, NULL, ERR_RETRY, "" },
		{ "acme.example", true, "mx1.acme.example=127.0.0.11:25 mx2.acme.example=127.0.0.12:25", 0, NULL },
		{ "nomx.example", true, "nomx.example=127.0.0.13:25", 0, NULL },
		{ "half.example", true, "mx1.acme.example=127.0.0.11:25", 0, NULL },
		{ "null.example", true, NULL, ERR_INPUT, "takes no mail" },
		{ "gone.example", true, NULL, ERR_INPUT, "does not exist" },
		{ "broken.example", true, NULL, ERR_RETRY, "" },
		{ "dead.example", true, NULL, ERR_INPUT, "" },
		{ "strange.example", true, NULL, ERR_INPUT, "" },
		{ "cut.example", true, NULL, ERR_RETRY, "" },
		{ "loop.example", true, NULL, ERR_RETRY, "damaged" },
		{ "a b.example", true, NULL, ERR_INPUT, "no host name" },
		{ "-v", false, NULL, ERR_INPUT, "no host name" },
		{ "", true, NULL, ERR_INPUT, "no host name" },
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		print_message("%s\n", cases[i].host);
		seen.loop = loop_new();
		seen.hops[0] = '\0';
		assert_non_null(look_up(seen.loop, cases[i].host, cases[i].mx));
		(void)loop_run(seen.loop);
		assert_int_equal(seen.failed, cases[i].hops == NULL);
		if (seen.failed) {
			assert_int_equal(seen.err.kind, cases[i].kind);
			assert_non_null(strstr(seen.err.text, cases[i].says));
		} else {
			assert_string_equal(seen.hops, cases[i].hops);
		}
		loop_free(seen.loop);
	}
}

static void
finds_the_way_on(void **state)
{
	static const struct route_server backups[] = { { S_INIT("localhost"), 26 },
		{ S_INIT("mx1.acme.example"), 25 } };
	static const struct {
		const char *host;
		bool mx, dane;
		size_t backups;
		const char *hops;
		enum err_kind kind;
		const char *says;
	} cases[] = {
		{ "dane.example", true, true, 0, "mx.dane.example=127.0.0.21:25/tls/311:0123..32/212:0123..64", 0, NULL },
		{ "dane.example", true, false, 0, "mx.dane.example=127.0.0.21:25", 0, NULL },
		{ "mx.dane.example", false, true, 0, "mx.dane.example=127.0.0.21:25/tls/311:0123..32/212:0123..64", 0, NULL },
		/* Forged records: that host is left out. */
		{ "bogus.dane.example", true, true, 0, "mx.dane.example=127.0.0.21:25/tls/311:0123..32/212:0123..64", 0, NULL },
		{ "mx2.dane.example", false, true, 0, NULL, ERR_RETRY, "forged" },
		/* Of a kind that is not used: TLS is due all the same. Damaged: not taken for none. */
		{ "mx3.dane.example", false, true, 0, "mx3.dane.example=127.0.0.24:25/tls", 0, NULL },
		{ "mx4.dane.example", false, true, 0, NULL, ERR_RETRY, "forged" },
		/* What is not signed says nothing. */
		{ "half.dane.example", true, true, 0, "mx.acme.example=127.0.0.23:25", 0, NULL },
		{ "acme.example", true, true, 0, "mx1.acme.example=127.0.0.11:25 mx2.acme.example=127.0.0.12:25", 0, NULL },
		/* Further servers, behind those that come first; not where nobody takes the mail. */
		{ "127.0.0.1", false, false, 2, "127.0.0.1=127.0.0.1:25 localhost=127.0.0.1:26 mx1.acme.example=127.0.0.11:25", 0, NULL },
		{ "gone.example", false, false, 1, "localhost=127.0.0.1:26", 0, NULL },
		{ "broken.example", true, false, 1, "localhost=127.0.0.1:26", 0, NULL },
		{ "null.example", true, false, 1, NULL, ERR_INPUT, "takes no mail" },
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		const struct route_ask ask = { .host = str_of(cases[i].host), .port = 25, .mx = cases[i].mx, .dane = cases[i].dane,
			.backups = backups, .n_backups = cases[i].backups };

		print_message("%s\n", cases[i].host);
		seen.loop = loop_new();
		seen.hops[0] = '\0';
		assert_non_null(route_lookup(seen.loop, &ask, on_hops, NULL));
		(void)loop_run(seen.loop);
		assert_int_equal(seen.failed, cases[i].hops == NULL);
		if (seen.failed) {
			assert_int_equal(seen.err.kind, cases[i].kind);
			assert_non_null(strstr(seen.err.text, cases[i].says));
		} else {
			assert_string_equal(seen.hops, cases[i].hops);
		}
		loop_free(seen.loop);
	}
}

/* An AD bit from somewhere on the network is anybody's, unless the operator says otherwise. */
static void
trusts_no_stranger(void **state)
{
	const struct route_ask ask = { .host = S("dane.example"), .port = 25, .mx = true, .dane = true };
	struct sockaddr_in own = _res.nsaddr_list[0];

	(void)state;
	_res.nsaddr_list[0].sin_addr.s_addr = htonl(0xc0000201);	/* 192.0.2.1: nobody's */
	seen.loop = loop_new();
	assert_non_null(route_lookup(seen.loop, &ask, on_hops, NULL));
	(void)loop_run(seen.loop);
	_res.nsaddr_list[0] = own;
	assert_true(seen.failed);
	assert_int_equal(seen.err.kind, ERR_CONFIG);
	assert_non_null(strstr(seen.err.text, "validates"));
	loop_free(seen.loop);
}

static void
stop(void *arg)
{
	loop_stop(arg, 7);
}

/* Dropped before it answers: nothing is called, no child is left. */
static void
can_be_dropped(void **state)
{
	struct loop *l = loop_new();

	(void)state;
	seen.loop = l;
	seen.failed = false;
	seen.hops[0] = '\0';
	route_lookup_drop(look_up(l, "acme.example", true));
	route_lookup_drop(look_up(l, "127.0.0.1", false));
	route_lookup_drop(NULL);
	(void)loop_timer(l, 200, stop, l);
	assert_int_equal(loop_run(l), 7);
	assert_string_equal(seen.hops, "");
	loop_free(l);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_the_way),
		cmocka_unit_test(finds_the_way_on),
		cmocka_unit_test(trusts_no_stranger),
		cmocka_unit_test(can_be_dropped),
	};

	return cmocka_run_group_tests(tests, start_server, stop_server);
}
