/* SPDX-License-Identifier: ISC */
#include "gateway/smarthost.h"

static const struct scheme {
	struct str prefix;
	unsigned int port;
	const char *tls;
} schemes[] = {
	{ S_INIT("smtps://"), 465, "implicit" },
	{ S_INIT("smtp://"), 587, "starttls" },
	{ S_INIT("smtp+plain://"), 25, "none" },
};

static int
hex_digit(char c)
{
	if (is_digit(c))
		return c - '0';
	c = to_lower(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* RFC 3986, 2.1. */
static int
percent_decode(struct arena *a, struct str in, struct str *out, struct err *e)
{
	char *p = str_cstr(a, in);
	size_t n = 0;

	for (size_t i = 0; i < in.n; i++) {
		int hi, lo;
		if (in.p[i] != '%') {
			p[n++] = in.p[i];
			continue;
		}
		hi = i + 2 < in.n ? hex_digit(in.p[i + 1]) : -1;
		lo = i + 2 < in.n ? hex_digit(in.p[i + 2]) : -1;
		if (hi == -1 || lo == -1)
			return err_set(e, ERR_INPUT,
			    "'" STR_FMT "' has a %% without two hexadecimal digits", STR_ARG(in));
		p[n++] = (char)(hi * 16 + lo);
		i += 2;
	}
	*out = str_make(p, n);
	if (str_has_ctl(*out))
		return err_set(e, ERR_INPUT, "user name holds control characters");
	return 0;
}

static bool
is_host(struct str s)
{
	if (s.n == 0 || s.n > 255)
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (!is_alnum(s.p[i]) && s.p[i] != '.' && s.p[i] != '-' && s.p[i] != '_' && s.p[i] != ':')
			return false;
	return true;
}

/* HOST, HOST:PORT, [V6], [V6]:PORT; *port stays as it is where none is given. */
static int
read_host(struct str text, struct str *host, unsigned int *port, struct err *e)
{
	struct str rest = text;
	uint64_t number;
	bool has_port;

	if (str_starts(text, S("["))) {
		rest = str_from(text, 1);
		if (!str_cut(&rest, ']', host) || (rest.n > 0 && rest.p[0] != ':'))
			return err_set(e, ERR_INPUT,
			    "address is '" STR_FMT "', want [ADDRESS]:PORT", STR_ARG(text));
		has_port = rest.n > 0;
		rest = str_from(rest, 1);
	} else {
		has_port = str_cut(&rest, ':', host);
	}
	if (!is_host(*host))
		return err_set(e, ERR_INPUT, "'" STR_FMT "' is no host name or address", STR_ARG(*host));
	if (!has_port)
		return 0;
	if (str_u64(rest, 65535, &number) == -1 || number == 0)
		return err_set(e, ERR_INPUT, "port is '" STR_FMT "', want 1 to 65535", STR_ARG(rest));
	*port = (unsigned int)number;
	return 0;
}

/* USER@HOST at the last '@': people write their user name, an address itself, without escaping it. */
static void
cut_user(struct str *authority, struct str *user)
{
	size_t i = authority->n;

	while (i > 0 && authority->p[i - 1] != '@')
		i--;
	*user = str_sub(*authority, 0, i == 0 ? 0 : i - 1);
	*authority = str_from(*authority, i);
}

static int
read_query(struct str query, struct smarthost *out, struct err *e)
{
	if (query.n == 0)
		return 0;
	if (!str_eq(query, S("tls=none")))
		return err_set(e, ERR_INPUT, "'?" STR_FMT "' is unknown, only ?tls=none is", STR_ARG(query));
	out->tls = "none";
	return 0;
}

int
smarthost_read(struct arena *a, struct str url, struct smarthost *out, struct err *e)
{
	const struct scheme *scheme = NULL;
	struct str rest, authority, user;

	*out = (struct smarthost){ 0 };
	if (str_eq(url, S("mx"))) {
		*out = (struct smarthost){ .host = url, .port = 25, .tls = "starttls" };
		return 0;
	}
	for (size_t i = 0; i < N(schemes); i++)
		if (str_starts_nocase(url, schemes[i].prefix))
			scheme = &schemes[i];
	if (scheme == NULL)
		return err_set(e, ERR_INPUT,
		    "'" STR_FMT "' is no mail server, want smtps://HOST:465 or smtp://HOST:587",
		    STR_ARG(url));
	out->port = scheme->port;
	out->tls = scheme->tls;
	rest = str_from(url, scheme->prefix.n);
	(void)str_cut(&rest, '?', &authority);
	if (read_query(rest, out, e) == -1)
		return -1;
	if (str_ends(authority, S("/")))
		authority.n--;
	cut_user(&authority, &user);
	if (str_chr(user, ':', NULL))
		return err_set(e, ERR_INPUT, "a password does not belong here: put it into private/smtp.pass");
	if (percent_decode(a, user, &out->user, e) == -1)
		return -1;
	return read_host(authority, &out->host, &out->port, e);
}

int
smarthost_server(struct str text, unsigned int port, struct str *host, unsigned int *out,
    struct err *e)
{
	*out = port;
	return read_host(text, host, out, e);
}

int
hostport_read(struct str text, struct str *host, unsigned int *port, struct err *e)
{
	*port = 0;
	if (read_host(text, host, port, e) == -1)
		return -1;
	if (*port == 0)
		return err_set(e, ERR_INPUT, "'" STR_FMT "' has no port, want HOST:PORT", STR_ARG(text));
	return 0;
}
