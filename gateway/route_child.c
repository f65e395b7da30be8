/* SPDX-License-Identifier: ISC */
/* route_child.c - asks the name service, in a process that can do nothing but say what it heard. */
#include "gateway/route_int.h"

#include "gateway/base/io.h"

#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <linux/close_range.h>
#include <netdb.h>
#include <netinet/in.h>
#include <resolv.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#define MX_MAX	     10
#define AD_BYTE	     3		/* of a DNS header: RFC 4035, 3.2.3 */
#define AD_BIT	     0x20
#define TYPE_TLSA    52		/* RFC 6698, 7.1 */
#define TLSA_NAME_MAX (ROUTE_HOST_MAX + 16)

struct mx {
	unsigned int preference;
	unsigned int lot;		/* RFC 5321, 5.1: those of one preference in no order */
	char host[ROUTE_HOST_MAX];
};

enum tlsa { TLSA_NONE, TLSA_SOME, TLSA_UNUSABLE, TLSA_FAILED };

static unsigned char answer[ROUTE_ANSWER_MAX];

static void __attribute__((format(printf, 1, 2)))
say(const char *fmt, ...)
{
	char line[2 * ROUTE_HOST_MAX + 256];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	if (n > 0 && (size_t)n < sizeof(line))
		(void)io_write_all(STDOUT_FILENO, str_make(line, (size_t)n), NULL);
}

/* Addresses of one host. Returns how many were said; 0 with *rc set when the lookup failed. */
static int
say_addresses(const char *host, unsigned int port, int *rc)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_ADDRCONFIG }, *list = NULL;
	char text[NI_MAXHOST];
	int n = 0;

	if (strcasecmp(host, "localhost") == 0) {
		say("A %u %s 127.0.0.1\n", port, host);
		return 1;
	}
	*rc = getaddrinfo(host, NULL, &hints, &list);
	if (*rc != 0)
		return 0;
	for (const struct addrinfo *i = list; i != NULL; i = i->ai_next) {
		if (getnameinfo(i->ai_addr, i->ai_addrlen, text, sizeof(text), NULL, 0, NI_NUMERICHOST) != 0)
			continue;
		say("A %u %s %s\n", port, host, text);
		n++;
	}
	freeaddrinfo(list);
	return n;
}

/* ---- DANE (RFC 7672) ---- */

/* Whose AD bit counts: that of a server on this machine, or of one that the operator says is as good. */
static bool
trust_resolver(void)
{
	bool local = true;

	if ((_res.options & RES_INIT) == 0 && res_init() == -1)
		return false;
	for (int i = 0; i < _res.nscount; i++)
		local &= _res.nsaddr_list[i].sin_family == AF_INET &&
		    ntohl(_res.nsaddr_list[i].sin_addr.s_addr) >> 24 == IN_LOOPBACKNET;
	if ((_res.options & RES_TRUSTAD) == 0 && (!local || _res.nscount == 0))
		return false;
	_res.options |= RES_TRUSTAD;
	return true;
}

/* The length of what lies in answer, or -1: h_errno says why. *secure: validated. */
static int
ask_dns(const char *name, int type, bool *secure)
{
	int len = res_query(name, ns_c_in, type, answer, sizeof(answer));

	*secure = len > AD_BYTE && (answer[AD_BYTE] & AD_BIT) != 0;
	return len;
}

/* Kinds that RFC 7672, 3.1 knows, by digest: one of a whole certificate or key would not fit this pipe. */
static bool
is_usable(const unsigned char *rdata, size_t n)
{
	return n > 3 && (rdata[0] == 2 || rdata[0] == 3) && rdata[1] <= 1 &&
	    ((rdata[2] == 1 && n == 3 + 32) || (rdata[2] == 2 && n == 3 + 64));
}

static enum tlsa
keep_tlsa(int len, unsigned char kept[ROUTE_TLSA_MAX][3 + NET_DIGEST_MAX], size_t *sizes, size_t *n)
{
	bool any = false;
	ns_msg msg;
	ns_rr rr;

	if (ns_initparse(answer, len, &msg) == -1)
		return TLSA_FAILED;
	for (int i = 0; i < ns_msg_count(msg, ns_s_an) && *n < ROUTE_TLSA_MAX; i++) {
		if (ns_parserr(&msg, ns_s_an, i, &rr) == -1)
			return TLSA_FAILED;
		if ((int)ns_rr_type(rr) != TYPE_TLSA)
			continue;
		any = true;
		if (!is_usable(ns_rr_rdata(rr), ns_rr_rdlen(rr)))
			continue;
		memcpy(kept[*n], ns_rr_rdata(rr), ns_rr_rdlen(rr));
		sizes[(*n)++] = ns_rr_rdlen(rr);
	}
	return *n > 0 ? TLSA_SOME : any ? TLSA_UNUSABLE : TLSA_NONE;
}

/* Only where the addresses are validated (RFC 7672, 2.2.2): elsewhere name servers fail over the very question. */
static bool
has_secure_address(const char *host)
{
	bool secure = false;

	if (ask_dns(host, ns_t_a, &secure) > 0 && secure)
		return true;
	return ask_dns(host, ns_t_aaaa, &secure) > 0 && secure;
}

static enum tlsa
look_up_tlsa(const char *host, unsigned int port,
    unsigned char kept[ROUTE_TLSA_MAX][3 + NET_DIGEST_MAX], size_t *sizes, size_t *n)
{
	char name[TLSA_NAME_MAX];
	bool secure;
	int len;

	*n = 0;
	if (!has_secure_address(host))
		return TLSA_NONE;
	(void)snprintf(name, sizeof(name), "_%u._tcp.%s", port, host);
	len = ask_dns(name, TYPE_TLSA, &secure);
	if (len == -1)
		return h_errno == HOST_NOT_FOUND || h_errno == NO_DATA ? TLSA_NONE : TLSA_FAILED;
	if (!secure)
		return TLSA_NONE;
	return keep_tlsa(len, kept, sizes, n);
}

static void
say_tlsa(const char *host, const unsigned char *record, size_t size)
{
	char hex[2 * NET_DIGEST_MAX + 1];

	for (size_t i = 3; i < size; i++)
		(void)snprintf(hex + 2 * (i - 3), 3, "%02x", record[i]);
	say("T %s %u %u %u %s\n", host, record[0], record[1], record[2], hex);
}

/* ---- servers ---- */

/* One server. dane: its TLSA records, too. Returns how many addresses were said; 0 with *why. */
static int
say_server(const char *host, unsigned int port, bool dane, const char **why, int *rc)
{
	unsigned char kept[ROUTE_TLSA_MAX][3 + NET_DIGEST_MAX];
	size_t sizes[ROUTE_TLSA_MAX], n = 0;
	enum tlsa tlsa = dane ? look_up_tlsa(host, port, kept, sizes, &n) : TLSA_NONE;
	int said;

	*rc = 0;
	if (tlsa == TLSA_FAILED) {
		*why = "TLSA records cannot be had, or are forged";
		return 0;
	}
	said = say_addresses(host, port, rc);
	if (said == 0)
		*why = *rc != 0 ? gai_strerror(*rc) : "no address";
	if (tlsa == TLSA_UNUSABLE && said > 0)
		say("T %s\n", host);
	for (size_t i = 0; i < n && said > 0; i++)
		say_tlsa(host, kept[i], sizes[i]);
	return said;
}

static int
by_preference(const void *a, const void *b)
{
	const struct mx *x = a, *y = b;

	if (x->preference != y->preference)
		return x->preference < y->preference ? -1 : 1;
	return x->lot < y->lot ? -1 : x->lot > y->lot;
}

/*
 * The MX records of the answer. Hostile input: ns_parserr() and ns_name_uncompress() keep within it. False: it is
 * damaged, and nothing in it is believed; above all not that there are no MX records.
 */
static bool
read_mx(int len, struct mx list[MX_MAX], size_t *n)
{
	ns_msg msg;
	ns_rr rr;

	*n = 0;
	if (ns_initparse(answer, len, &msg) == -1)
		return false;
	for (int i = 0; i < ns_msg_count(msg, ns_s_an) && *n < MX_MAX; i++) {
		struct mx *mx = &list[*n];

		if (ns_parserr(&msg, ns_s_an, i, &rr) == -1)
			return false;
		if (ns_rr_type(rr) != ns_t_mx)
			continue;
		if (ns_rr_rdlen(rr) < 3 ||
		    ns_name_uncompress(ns_msg_base(msg), ns_msg_end(msg), ns_rr_rdata(rr) + 2,
		        mx->host, sizeof(mx->host)) == -1)
			return false;
		mx->preference = ns_get16(ns_rr_rdata(rr));
		if (getrandom(&mx->lot, sizeof(mx->lot), 0) != sizeof(mx->lot))
			mx->lot = 0;
		(*n)++;
	}
	qsort(list, *n, sizeof(list[0]), by_preference);
	return true;
}

/*
 * RFC 5321, 5.1: the MX hosts in order; without any, the domain itself. RFC 7505: an MX of "." takes no mail. DANE only
 * where the MX records are validated (RFC 7672, 2.2.1). True: said why nothing goes there, for good.
 */
static bool
say_mx(const char *domain, bool dane, const char **why)
{
	struct mx list[MX_MAX];
	size_t n = 0;
	int said = 0, rc = 0, len;
	bool secure;

	len = ask_dns(domain, ns_t_mx, &secure);
	if (len == -1 && h_errno == HOST_NOT_FOUND) {
		say("N the domain does not exist\n");
		return true;
	}
	if (len == -1 && h_errno != NO_DATA) {
		*why = hstrerror(h_errno);
		return false;
	}
	if (len > 0 && !read_mx(len, list, &n)) {
		*why = "the answer of the name service is damaged";
		return false;
	}
	if (n == 1 && (list[0].host[0] == '\0' || strcmp(list[0].host, ".") == 0)) {
		say("N the domain takes no mail (null MX)\n");
		return true;
	}
	for (size_t i = 0; i < n; i++)
		said += say_server(list[i].host, 25, dane && secure, why, &rc);
	if (n == 0)	/* no records, so nothing was said of them: its own are looked at */
		said = say_server(domain, 25, dane, why, &rc);
	if (said == 0 && rc == EAI_NONAME) {
		say("N %s\n", *why);
		return true;
	}
	return false;
}

_Noreturn void
route_child(const struct route_ask *ask, int out)
{
	const char *why = NULL;
	char name[ROUTE_HOST_MAX];
	bool over = false;
	int rc;

	/* Nothing of the parent but the pipe: a child that hangs must not hold its sockets and its channel open. */
	if (dup2(out, STDOUT_FILENO) == -1 || close_range(STDERR_FILENO + 1, ~0u, 0) == -1)
		_exit(1);
	(void)signal(SIGTERM, SIG_DFL);
	(void)signal(SIGINT, SIG_DFL);
	(void)alarm(ROUTE_LOOKUP_MS / 1000 + 1);
	if (ask->dane && !trust_resolver()) {
		say("C dane needs a name service that validates, on loopback or with options trust-ad in resolv.conf\n");
		_exit(0);
	}
	(void)snprintf(name, sizeof(name), STR_FMT, STR_ARG(ask->host));
	if (ask->mx)
		over = say_mx(name, ask->dane, &why);
	else
		(void)say_server(name, ask->port, ask->dane, &why, &rc);
	for (size_t i = 0; i < ask->n_backups && !over; i++) {
		(void)snprintf(name, sizeof(name), STR_FMT, STR_ARG(ask->backups[i].host));
		(void)say_server(name, ask->backups[i].port, ask->dane, &why, &rc);
	}
	if (!over && why != NULL)
		say("E %s\n", why);
	_exit(0);
}
