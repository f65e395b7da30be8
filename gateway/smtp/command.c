/* SPDX-License-Identifier: ISC */
#include "gateway/smtp/command.h"

#include "gateway/smtp/path.h"

#define CHUNK_DIGITS_MAX 18	/* so that sums of sizes do not overflow */

/* The reply as the table of the caller wants it: returns -1 so that refusing is one line. */
static int
refuse(struct refusal *why, const char *reply)
{
	why->reply = reply;
	why->close = false;
	return -1;
}

static int
refuse_and_close(struct refusal *why, const char *reply)
{
	why->reply = reply;
	why->close = true;
	return -1;
}

static const struct word {
	struct str word;
	enum verb verb;
} words[] = {
	{ S_INIT("EHLO"), VERB_EHLO },
	{ S_INIT("HELO"), VERB_HELO },
	{ S_INIT("LHLO"), VERB_LHLO },
	{ S_INIT("MAIL"), VERB_MAIL },
	{ S_INIT("RCPT"), VERB_RCPT },
	{ S_INIT("DATA"), VERB_DATA },
	{ S_INIT("RSET"), VERB_RSET },
	{ S_INIT("NOOP"), VERB_NOOP },
	{ S_INIT("VRFY"), VERB_VRFY },
	{ S_INIT("EXPN"), VERB_EXPN },
	{ S_INIT("HELP"), VERB_HELP },
	{ S_INIT("QUIT"), VERB_QUIT },
	{ S_INIT("STARTTLS"), VERB_STARTTLS },
	{ S_INIT("AUTH"), VERB_AUTH },
	{ S_INIT("BDAT"), VERB_BDAT },
	/* What a browser tricked into talking to us would send first. */
	{ S_INIT("GET"), VERB_HTTP },
	{ S_INIT("POST"), VERB_HTTP },
	{ S_INIT("PUT"), VERB_HTTP },
	{ S_INIT("HEAD"), VERB_HTTP },
	{ S_INIT("CONNECT"), VERB_HTTP },
	{ S_INIT("OPTIONS"), VERB_HTTP },
	{ S_INIT("DELETE"), VERB_HTTP },
	{ S_INIT("PATCH"), VERB_HTTP },
	{ S_INIT("PRI"), VERB_HTTP },
};

static enum verb
verb_of(struct str word)
{
	for (size_t i = 0; i < N(words); i++)
		if (str_eq_nocase(word, words[i].word))
			return words[i].verb;
	return VERB_UNKNOWN;
}

/* ---- parameters of MAIL and RCPT ---- */

static bool
is_ascii(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] > 0x7e)
			return false;
	return true;
}

enum param {
	PARAM_SIZE = 1, PARAM_BODY = 2, PARAM_RET = 4, PARAM_ENVID = 8, PARAM_AUTH = 16,	/* MAIL */
	PARAM_NOTIFY = 32, PARAM_ORCPT = 64,							/* RCPT */
	PARAM_SMTPUTF8 = 128,									/* MAIL */
};

static int
read_size(struct str v, struct command *c, struct refusal *why)
{
	/* RFC 1870, 4: one to twenty digits; what does not fit 64 bits is merely too large. */
	for (size_t i = 0; i < v.n; i++)
		if (!is_digit(v.p[i]))
			return refuse(why, "501 5.5.4 SIZE wants 1 to 20 digits");
	if (v.n == 0 || v.n > 20)
		return refuse(why, "501 5.5.4 SIZE wants 1 to 20 digits");
	c->has_size = true;
	if (str_u64(v, UINT64_MAX, &c->size) == -1)
		c->size = UINT64_MAX;
	return 0;
}

static int
read_body(struct str v, struct command *c, struct refusal *why)
{
	c->is_8bit = str_eq_nocase(v, S("8BITMIME"));
	c->is_binary = str_eq_nocase(v, S("BINARYMIME"));
	if (!c->is_8bit && !c->is_binary && !str_eq_nocase(v, S("7BIT")))
		return refuse(why, "501 5.5.4 BODY wants 7BIT, 8BITMIME or BINARYMIME");
	return 0;
}

static int
read_ret(struct str v, struct command *c, struct refusal *why)
{
	c->ret_full = str_eq_nocase(v, S("FULL"));
	c->ret_hdrs = str_eq_nocase(v, S("HDRS"));
	if (!c->ret_full && !c->ret_hdrs)
		return refuse(why, "501 5.5.4 RET wants FULL or HDRS");
	return 0;
}

static int
read_envid(struct str v, struct command *c, struct refusal *why)
{
	if (v.n == 0 || v.n > SMTP_ENVID_MAX || !smtp_is_xtext(v))
		return refuse(why, "501 5.5.4 ENVID wants up to 100 characters of xtext");
	c->envid = v;
	return 0;
}

/* RFC 4954, 5: who wrote it first; read for its form, kept for nothing. */
static int
read_auth_param(struct str v, struct command *c, struct refusal *why)
{
	(void)c;
	if (v.n == 0 || v.n > SMTP_ORCPT_MAX || !smtp_is_xtext(v))
		return refuse(why, "501 5.5.4 AUTH wants xtext or <>");
	return 0;
}

static int
read_notify(struct str v, struct command *c, struct refusal *why)
{
	static const struct { struct str word; unsigned int bit; } bits[] = {
		{ S_INIT("NEVER"), NOTIFY_NEVER },
		{ S_INIT("SUCCESS"), NOTIFY_SUCCESS },
		{ S_INIT("FAILURE"), NOTIFY_FAILURE },
		{ S_INIT("DELAY"), NOTIFY_DELAY },
	};
	struct str word;
	bool more = true;

	while (more) {
		unsigned int bit = 0;

		more = str_cut(&v, ',', &word);
		for (size_t i = 0; i < N(bits); i++)
			if (str_eq_nocase(word, bits[i].word))
				bit = bits[i].bit;
		if (bit == 0 || (c->notify & (bit | NOTIFY_NEVER)) != 0 ||
		    (bit == NOTIFY_NEVER && c->notify != 0))
			return refuse(why, "501 5.5.4 NOTIFY wants NEVER, or SUCCESS,FAILURE,DELAY");
		c->notify |= bit;
	}
	return 0;
}

/* RFC 6533, 3: an address in UTF-8 has a type of its own, and is written in ASCII where SMTPUTF8 is not in force. */
static int
read_orcpt(struct str v, struct command *c, struct refusal *why)
{
	struct str rest = v, type;
	bool is_cut = v.n <= SMTP_ORCPT_MAX && str_cut(&rest, ';', &type) && rest.n > 0, ok = false;

	if (is_cut && str_eq_nocase(type, S("rfc822")))
		ok = smtp_is_xtext(rest);
	else if (is_cut && str_eq_nocase(type, S("utf-8")))
		ok = smtp_is_unitext(rest) && (c->is_utf8 || is_ascii(rest));
	if (!ok)
		return refuse(why, "501 5.5.4 ORCPT wants rfc822; and xtext, or utf-8; and unitext");
	c->orcpt = v;
	return 0;
}

static int
read_smtputf8(struct str v, struct command *c, struct refusal *why)
{
	if (v.n > 0)
		return refuse(why, "501 5.5.4 SMTPUTF8 has no value");
	c->is_utf8 = true;
	return 0;
}

static const struct {
	struct str word;
	enum verb verb;
	enum param param;
	int (*read)(struct str v, struct command *c, struct refusal *why);
} params[] = {
	{ S_INIT("SIZE"), VERB_MAIL, PARAM_SIZE, read_size },
	{ S_INIT("BODY"), VERB_MAIL, PARAM_BODY, read_body },
	{ S_INIT("RET"), VERB_MAIL, PARAM_RET, read_ret },
	{ S_INIT("ENVID"), VERB_MAIL, PARAM_ENVID, read_envid },
	{ S_INIT("AUTH"), VERB_MAIL, PARAM_AUTH, read_auth_param },
	{ S_INIT("SMTPUTF8"), VERB_MAIL, PARAM_SMTPUTF8, read_smtputf8 },
	{ S_INIT("NOTIFY"), VERB_RCPT, PARAM_NOTIFY, read_notify },
	{ S_INIT("ORCPT"), VERB_RCPT, PARAM_ORCPT, read_orcpt },
};

/* RFC 5321, 4.1.2: esmtp-value is printable ASCII without "="; "<>" only stands in AUTH=<>. */
static int
parse_param(struct str word, struct command *c, unsigned int *seen, struct refusal *why)
{
	struct str value = word, key;

	(void)str_cut(&value, '=', &key);
	for (size_t i = 0; i < N(params); i++) {
		if (params[i].verb != c->verb || !str_eq_nocase(key, params[i].word))
			continue;
		if ((*seen & params[i].param) != 0)
			return refuse(why, "501 5.5.4 a parameter comes twice");
		*seen |= params[i].param;
		return params[i].read(value, c, why);
	}
	return refuse(why, "555 5.5.4 a parameter that was not offered");
}

/* ---- MAIL FROM:<path> and RCPT TO:<path> ---- */

/* The closing bracket of a path, quoted strings passed over. False: none; *in_quotes tells why. */
static bool
find_bracket(struct str s, size_t *at, bool *in_quotes)
{
	*in_quotes = false;
	for (size_t i = 1; i < s.n; i++) {
		if (*in_quotes && s.p[i] == '\\') {
			i++;
		} else if (s.p[i] == '"') {
			*in_quotes = !*in_quotes;
		} else if (s.p[i] == '>' && !*in_quotes) {
			*at = i;
			return true;
		}
	}
	return false;
}

static int
check_path(struct str path, enum verb verb, bool utf8, struct refusal *why)
{
	if (!utf8 && !is_ascii(path))
		return refuse(why, "553 5.6.7 an address that is not ASCII wants SMTPUTF8 behind MAIL FROM");
	if (path.n == 0 && verb == VERB_MAIL)
		return 0;
	if (path.n > 0 && path.p[0] == '@')
		return refuse(why, "553 5.1.3 source routes are not taken");
	if (!(utf8 ? smtp_is_utf8_mailbox(path) : smtp_is_mailbox(path)))
		return refuse(why, verb == VERB_MAIL ? "501 5.1.7 that is no address"
						     : "501 5.1.3 that is no address");
	return 0;
}

static int
parse_envelope(struct str rest, struct command *c, struct refusal *why)
{
	bool is_mail = c->verb == VERB_MAIL, in_quotes;
	struct str intro = is_mail ? S("FROM:<") : S("TO:<"), word;
	unsigned int seen = 0;
	size_t at;

	if (!str_starts_nocase(rest, intro))
		return refuse(why, is_mail ? "501 5.5.4 want MAIL FROM:<address>"
					   : "501 5.5.4 want RCPT TO:<address>");
	rest = str_from(rest, intro.n - 1);
	if (!find_bracket(rest, &at, &in_quotes)) {
		/* A quote left open may have swallowed a line end: whose command the next line is, is in doubt. */
		if (in_quotes)
			return refuse_and_close(why, "501 5.5.2 a quote is left open");
		return refuse(why, "501 5.5.2 a bracket is left open");
	}
	c->path = str_sub(rest, 1, at - 1);
	rest = str_from(rest, at + 1);
	if (rest.n > 0 && rest.p[0] != ' ')
		return refuse(why, "501 5.5.4 want a blank between address and parameters");
	rest = str_from(rest, 1);
	while (rest.n > 0) {
		(void)str_cut(&rest, ' ', &word);
		if (word.n > 0 && parse_param(word, c, &seen, why) == -1)
			return -1;
	}
	return check_path(c->path, c->verb, c->is_utf8, why);
}

/* ---- the others ---- */

/* RFC 3030, 2: chunk-size is digits. Without it nobody can tell the bytes that follow from commands. */
static int
parse_chunk(struct str rest, struct command *c, struct refusal *why)
{
	struct str number;
	bool more = str_cut(&rest, ' ', &number);

	c->is_last = more && str_eq_nocase(rest, S("LAST"));
	if (number.n > CHUNK_DIGITS_MAX || str_u64(number, UINT64_MAX, &c->size) == -1 || (more && !c->is_last))
		return refuse_and_close(why, "501 5.5.4 want BDAT and a number of octets, perhaps LAST");
	return 0;
}

static int
parse_arguments(struct str rest, struct command *c, struct refusal *why)
{
	switch (c->verb) {
	case VERB_EHLO:
	case VERB_HELO:
	case VERB_LHLO:
		if (!smtp_is_greeting(rest))
			return refuse(why, "501 5.5.4 want EHLO (LMTP: LHLO) and your name");
		c->arg = rest;
		return 0;
	case VERB_MAIL:
	case VERB_RCPT:
		return parse_envelope(rest, c, why);
	case VERB_AUTH:
		c->has_initial = str_cut(&rest, ' ', &c->arg);
		c->initial = rest;
		if (c->arg.n == 0)
			return refuse(why, "501 5.5.4 want AUTH and a mechanism");
		return 0;
	case VERB_BDAT:
		return parse_chunk(rest, c, why);
	case VERB_DATA:
	case VERB_RSET:
	case VERB_QUIT:
	case VERB_STARTTLS:
		if (rest.n > 0)
			return refuse(why, "501 5.5.4 no argument is allowed here");
		return 0;
	default:
		c->arg = rest;
		return 0;
	}
}

int
command_parse(struct str line, bool utf8, struct command *out, struct refusal *why)
{
	struct str word;

	*out = (struct command){ .verb = VERB_UNKNOWN };
	if (line.n > SMTP_COMMAND_MAX - 2)
		return refuse(why, "500 5.5.2 line too long");
	while (line.n > 0 && is_blank(line.p[line.n - 1]))
		line.n--;
	if (str_has_ctl(line))
		return refuse(why, "501 5.5.2 control characters in a command");
	(void)str_cut(&line, ' ', &word);
	out->verb = verb_of(word);
	out->is_utf8 = utf8 && out->verb == VERB_RCPT;
	if (out->verb == VERB_HTTP)
		return refuse_and_close(why, "500 5.5.1 this is SMTP");
	if (out->verb == VERB_UNKNOWN)
		return refuse(why, "500 5.5.1 command not known");
	return parse_arguments(line, out, why);
}
