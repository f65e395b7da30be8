/* SPDX-License-Identifier: ISC */
/* conf_host.c - names and addresses of servers, and of mailboxes, as settings have them. */
#include "gateway/conf_load.h"

#include <string.h>

bool
conf_is_host(struct str s)
{
	if (s.n == 0 || s.n > 253 || s.p[0] == '-' || s.p[0] == '.')
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (!is_alnum(s.p[i]) && (s.p[i] == '\0' || strchr(".-:_", s.p[i]) == NULL))
			return false;
	return true;
}

/* "host:port", "[::1]:port"; port 0: the system chooses one. */
static bool
is_endpoint(struct str s)
{
	size_t colon = s.n;
	uint64_t port;
	struct str host;

	while (colon > 0 && s.p[colon - 1] != ':')
		colon--;
	if (colon == 0 || str_u64(str_from(s, colon), 65535, &port) == -1)
		return false;
	host = str_sub(s, 0, colon - 1);
	if (host.n > 2 && host.p[0] == '[' && host.p[host.n - 1] == ']')
		return conf_is_host(str_sub(host, 1, host.n - 2));
	return conf_is_host(host) && !str_chr(host, ':', NULL);
}

bool
conf_is_loopback(struct str host)
{
	return str_eq_nocase(host, S("localhost")) || str_starts(host, S("127.")) || str_eq(host, S("::1")) ||
	    str_eq(host, S("[::1]"));
}

int
conf_check_endpoint(struct str s, struct err *e)
{
	return is_endpoint(s) ? 0 :
	    err_set(e, ERR_CONFIG, "\"" STR_FMT "\" is no host:port, want e.g. 127.0.0.1:2525", STR_ARG(s));
}

int
conf_check_server(struct str s, struct err *e)
{
	return (conf_is_host(s) && !str_chr(s, ':', NULL)) || is_endpoint(s) ? 0 :
	    err_set(e, ERR_CONFIG, "\"" STR_FMT "\" is no server, want host or host:port", STR_ARG(s));
}

/* ---- mail addresses ---- */

static bool
is_atext(char c)
{
	return is_alnum(c) || (c != '\0' && strchr("!#$%&'*+-/=?^_`{|}~", c) != NULL);
}

/* RFC 5321, 4.1.2: Dot-string "@" Domain; no quotes, no comments, no address literals. */
static bool
is_address(struct str s)
{
	struct str rest = s, local, atom, label;
	bool more;

	if (s.n > 254 || !str_cut(&rest, '@', &local) || local.n > 64)
		return false;
	do {
		more = str_cut(&local, '.', &atom);
		for (size_t i = 0; i < atom.n; i++)
			if (!is_atext(atom.p[i]))
				return false;
		if (atom.n == 0)
			return false;
	} while (more);
	do {
		more = str_cut(&rest, '.', &label);
		if (label.n == 0 || label.n > 63 || label.p[0] == '-' || label.p[label.n - 1] == '-')
			return false;
		for (size_t i = 0; i < label.n; i++)
			if (!is_alnum(label.p[i]) && label.p[i] != '-')
				return false;
	} while (more);
	return true;
}

static bool
is_ascii(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] > 0x7f)
			return false;
	return true;
}

/* Of what people mean by an address beyond ASCII, a domain has another spelling; a name has none (RFC 6531, 3.2). */
int
conf_check_address(struct str s, struct err *e)
{
	struct str domain = s, local;

	if (is_address(s))
		return 0;
	(void)str_cut(&domain, '@', &local);
	if (!is_ascii(local))
		return err_set(e, ERR_CONFIG, "\"" STR_FMT "\" is no mail address: mail goes to ASCII names before the @ only "
		    "(no SMTPUTF8), ask for another address", STR_ARG(s));
	if (!is_ascii(domain))
		return err_set(e, ERR_CONFIG, "\"" STR_FMT "\" is no mail address: its domain is not ASCII, write it as it stands in DNS "
		    "(xn--...)", STR_ARG(s));
	return err_set(e, ERR_CONFIG, "\"" STR_FMT "\" is no mail address, want name@domain", STR_ARG(s));
}
