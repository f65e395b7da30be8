/* SPDX-License-Identifier: ISC */
/* conf_host.c - names and addresses of servers as settings have them. */
#include "gateway/conf_load.h"

#include <string.h>

bool
conf_is_host(struct str s)
{
	if (s.n == 0 || s.n > 253 || s.p[0] == '-' || s.p[0] == '.')
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (!is_alnum(s.p[i]) && strchr(".-:_", s.p[i]) == NULL)
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
