/* SPDX-License-Identifier: ISC */
#include "gateway/smtp/path.h"

#define LABEL_MAX      63
#define UTF8_LABEL_MAX 252	/* RFC 5890, 4.2 */

/* What may stand in words beside plain ASCII; UTF8: its bytes, which the caller has found to be well-formed. */
enum extra { PLAIN, UNDERSCORES, UTF8 };

static bool
is_utf8_byte(char c, enum extra also)
{
	return also == UTF8 && (unsigned char)c > 0x7f;
}

static bool
is_atext(char c, enum extra also)
{
	return is_alnum(c) || (c != '\0' && str_chr(S("!#$%&'*+-/=?^_`{|}~"), c, NULL)) ||
	    is_utf8_byte(c, also);
}

static bool
is_label(struct str s, enum extra also)
{
	if (s.n == 0 || s.n > (also == UTF8 ? UTF8_LABEL_MAX : LABEL_MAX) || s.p[0] == '-' ||
	    s.p[s.n - 1] == '-')
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (!is_alnum(s.p[i]) && s.p[i] != '-' && !(also == UNDERSCORES && s.p[i] == '_') &&
		    !is_utf8_byte(s.p[i], also))
			return false;
	return true;
}

static bool
is_name(struct str s, enum extra also)
{
	struct str label;
	bool more = true;

	if (s.n > SMTP_DOMAIN_MAX)
		return false;
	while (more) {
		more = str_cut(&s, '.', &label);
		if (!is_label(label, also))
			return false;
	}
	return true;
}

static bool
is_ipv4(struct str s)
{
	struct str part;
	uint64_t v;
	int parts = 0;
	bool more = true;

	while (more) {
		more = str_cut(&s, '.', &part);
		if (part.n > 3 || str_u64(part, 255, &v) == -1 || ++parts > 4)
			return false;
	}
	return parts == 4;
}

/* The letters of an IPv6 address; whether they make sense is not asked: it is never connected to. */
static bool
is_ipv6_letters(struct str s)
{
	if (s.n < 2 || s.n > 45)
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (!is_digit(s.p[i]) && !str_chr(S("abcdefABCDEF:."), s.p[i], NULL))
			return false;
	return true;
}

static bool
is_literal(struct str s)
{
	if (s.n < 2 || s.p[0] != '[' || s.p[s.n - 1] != ']')
		return false;
	s = str_sub(s, 1, s.n - 2);
	if (str_starts_nocase(s, S("IPv6:")))
		return is_ipv6_letters(str_from(s, 5));
	return is_ipv4(s);
}

static bool
is_dot_string(struct str s, enum extra also)
{
	struct str atom;
	bool more = true;

	while (more) {
		more = str_cut(&s, '.', &atom);
		if (atom.n == 0)
			return false;
		for (size_t i = 0; i < atom.n; i++)
			if (!is_atext(atom.p[i], also))
				return false;
	}
	return true;
}

static bool
is_qtext(char c, enum extra also)
{
	return (c >= 0x20 && c <= 0x7e) || is_utf8_byte(c, also);
}

static bool
is_quoted_string(struct str s, enum extra also)
{
	if (s.n < 3 || s.p[0] != '"' || s.p[s.n - 1] != '"')
		return false;
	s = str_sub(s, 1, s.n - 2);
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '"' || !is_qtext(s.p[i], also))
			return false;
		if (s.p[i] == '\\' && (++i == s.n || !is_qtext(s.p[i], PLAIN)))
			return false;
	}
	return true;
}

/* Cut at the last '@': a quoted local part may hold others, a domain never. */
static bool
cut_at(struct str s, struct str *local, struct str *domain)
{
	for (size_t i = s.n; i > 0; i--) {
		if (s.p[i - 1] == '@') {
			*local = str_sub(s, 0, i - 1);
			*domain = str_from(s, i);
			return local->n > 0 && local->n <= SMTP_LOCAL_MAX && s.n <= SMTP_PATH_MAX;
		}
	}
	return false;
}

bool
smtp_is_domain(struct str s)
{
	return is_name(s, PLAIN) || is_literal(s);
}

bool
smtp_is_greeting(struct str s)
{
	return is_name(s, UNDERSCORES) || is_literal(s);
}

bool
smtp_is_mailbox(struct str s)
{
	struct str local, domain;

	return cut_at(s, &local, &domain) && smtp_is_domain(domain) &&
	    (is_dot_string(local, PLAIN) || is_quoted_string(local, PLAIN));
}

static bool
is_utf8(struct str s)
{
	for (size_t i = 0, n; i < s.n; i += n)
		if ((n = str_utf8(str_from(s, i))) == 0)
			return false;
	return true;
}

bool
smtp_is_utf8_mailbox(struct str s)
{
	struct str local, domain;

	return is_utf8(s) && cut_at(s, &local, &domain) && (is_name(domain, UTF8) || is_literal(domain)) &&
	    (is_dot_string(local, UTF8) || is_quoted_string(local, UTF8));
}

bool
smtp_is_plain_mailbox(struct str s)
{
	struct str local, domain;

	return cut_at(s, &local, &domain) && smtp_is_domain(domain) && is_dot_string(local, PLAIN);
}

static int
hex_value(char c)
{
	if (is_digit(c))
		return c - '0';
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

bool
smtp_is_xtext(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] <= 0x20 || s.p[i] > 0x7e || s.p[i] == '=')
			return false;
		if (s.p[i] != '+')
			continue;
		int high = i + 2 < s.n ? hex_value(s.p[i + 1]) : -1;
		int low = i + 2 < s.n ? hex_value(s.p[i + 2]) : -1;
		int v = high * 16 + low;
		if (high == -1 || low == -1 || v < 0x20 || v > 0x7e)
			return false;
		i += 2;
	}
	return true;
}

bool
smtp_is_envid(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < ' ' || s.p[i] > '~')
			return false;
	return s.n <= SMTP_ENVID_MAX;
}

/* "\x{41}": 2 to 6 hexadecimal digits. The length of it at the front of s, or 0. */
static size_t
embedded_char(struct str s)
{
	size_t i = 3;

	if (!str_starts(s, S("\\x{")))
		return 0;
	while (i < s.n && hex_value(s.p[i]) != -1)
		i++;
	return i >= 5 && i <= 9 && i < s.n && s.p[i] == '}' ? i + 1 : 0;
}

bool
smtp_is_unitext(struct str s)
{
	for (size_t i = 0, n; i < s.n; i += n) {
		char c = s.p[i];
		n = c == '\\' ? embedded_char(str_from(s, i)) : str_utf8(str_from(s, i));
		if (n == 0 || c == '+' || c == '=' || (n == 1 && (c <= 0x20 || c > 0x7e)))
			return false;
	}
	return true;
}

int
smtp_xtext_get(struct buf *out, struct str xtext, struct err *e)
{
	if (!smtp_is_xtext(xtext))
		return err_set(e, ERR_INPUT, "no xtext");
	for (size_t i = 0; i < xtext.n; i++) {
		char c = xtext.p[i];

		if (c == '+') {
			c = (char)(hex_value(xtext.p[i + 1]) * 16 + hex_value(xtext.p[i + 2]));
			i += 2;
		}
		if (buf_putc(out, c, e) == -1)
			return -1;
	}
	return 0;
}

int
smtp_xtext_put(struct buf *out, struct str plain, struct err *e)
{
	static const char hex[] = "0123456789ABCDEF";

	for (size_t i = 0; i < plain.n; i++) {
		unsigned char c = (unsigned char)plain.p[i];
		int rc;

		if (c > 0x20 && c < 0x7f && c != '+' && c != '=')
			rc = buf_putc(out, plain.p[i], e);
		else
			rc = buf_put(out, str_make((char[]){ '+', hex[c >> 4], hex[c & 15] }, 3), e);
		if (rc == -1)
			return -1;
	}
	return 0;
}
