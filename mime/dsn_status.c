/* SPDX-License-Identifier: ISC */
#include "mime/dsn_status.h"

/* RFC 3463, 2 */
struct str
status_at(struct str s)
{
	size_t n = 0, dots = 0, digits = 0;

	for (; n < s.n; n++) {
		if (is_digit(s.p[n]) && digits < 3) {
			digits++;
		} else if (s.p[n] == '.' && digits > 0 && dots < 2) {
			dots++;
			digits = 0;
		} else {
			break;
		}
	}
	if (dots != 2 || digits == 0 || (s.p[0] != '2' && s.p[0] != '4' && s.p[0] != '5') ||
	    s.p[1] != '.')
		return S("");
	/* "5.9.10.11" is an address, "5.1.1." ends a sentence. */
	if (n + 1 < s.n && (is_digit(s.p[n]) || (s.p[n] == '.' && is_digit(s.p[n + 1]))))
		return S("");
	return str_sub(s, 0, n);
}

/* Nothing before at that would make it the tail of a longer number or word. */
static bool
begins_at(struct str s, size_t at)
{
	return at == 0 || (!is_alnum(s.p[at - 1]) && s.p[at - 1] != '.');
}

/* RFC 5321, 4.2: a reply code at the start of s, and nothing that makes it another number. */
static unsigned int
reply_at(struct str s)
{
	if (s.n < 3 || (s.p[0] != '4' && s.p[0] != '5') || s.p[1] < '0' || s.p[1] > '7' ||
	    !is_digit(s.p[2]) || (s.n > 3 && (is_alnum(s.p[3]) || s.p[3] == '@' || s.p[3] == '_')))
		return 0;
	if (s.n > 4 && (s.p[3] == '.' || s.p[3] == '-' || s.p[3] == ':') && is_digit(s.p[4]) &&
	    status_at(str_from(s, 4)).n == 0)
		return 0;	/* 450.12, 554-22 of an id, 500:14 */
	return (unsigned int)(s.p[0] - '0') * 100 + (unsigned int)(s.p[1] - '0') * 10 +
	    (unsigned int)(s.p[2] - '0');
}

unsigned int
status_reply_in(struct str words)
{
	unsigned int code = 0;

	for (size_t i = 0; code == 0 && i < words.n; i++)
		if (begins_at(words, i) && (i == 0 || (words.p[i - 1] != '-' && words.p[i - 1] != '_')))
			code = reply_at(str_from(words, i));
	return code;
}

static bool
is_between(char c)
{
	return is_space(c) || c == '-' || c == '\'' || c == '"' || c == '(' || c == '#' || c == '[';
}

/* "550 5.1.1", "550-5.1.1", "554-'5.7.1", "550 (5.2.2)" */
static bool
follows_reply(struct str s, size_t at)
{
	size_t gap = 0;

	while (gap < at && gap < 4 && is_between(s.p[at - gap - 1]))
		gap++;
	return gap > 0 && gap < at && at - gap >= 3 && begins_at(s, at - gap - 3) &&
	    reply_at(str_sub(s, at - gap - 3, 4)) != 0;
}

struct str
status_in(struct str words)
{
	struct str first = S(""), s;

	for (size_t i = 0; i < words.n; i++) {
		if (!begins_at(words, i))
			continue;
		s = status_at(str_from(words, i));
		if (s.n == 0 || s.p[0] == '2' || s.p[2] > '7' || s.p[3] != '.')
			continue;	/* subjects are 0 to 7 (RFC 3463, 2): "4.94.2" is a version */
		if (follows_reply(words, i))
			return s;
		if (first.n == 0)
			first = s;
	}
	return first;
}

bool
status_is_vague(struct str status)
{
	return status.n == 0 || str_ends(status, S(".0.0"));
}

struct str
status_prefer(struct str written, struct str told, enum dsn_action action)
{
	bool final = action == DSN_FAILED, same_class;

	if (told.n == 0 || written.n == 0)
		return told.n == 0 ? written : told;
	same_class = written.p[0] == told.p[0];
	if (status_is_vague(written))
		return same_class ? told : written;
	/* "Tried for days": true, but why is what the other side said all the time. */
	if (str_ends(written, S(".4.7")))
		return told;
	/* Sendmail writes "bad address" for every 550 that answers RCPT. */
	if (str_eq(written, S("5.1.1")) && same_class && told.p[2] != '1')
		return told;
	/* Postfix lowers to 4 what came in a greeting, and tries on; in the end their word stands. */
	if (final && !same_class && str_eq(str_from(written, 1), str_from(told, 1)))
		return told;
	return written;
}

struct str
status_of_action(enum dsn_action action)
{
	switch (action) {
	case DSN_FAILED:
		return S("5.0.0");
	case DSN_DELAYED:
		return S("4.0.0");
	case DSN_DELIVERED:
	case DSN_RELAYED:
	case DSN_EXPANDED:
		return S("2.0.0");
	case DSN_UNKNOWN:
		break;
	}
	return S("");
}
