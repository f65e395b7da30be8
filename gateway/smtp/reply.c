/* SPDX-License-Identifier: ISC */
#include "gateway/smtp/reply.h"

#include <string.h>

static struct str
leading_digits(struct str s, size_t max)
{
	size_t n = 0;

	while (n < s.n && n < max && is_digit(s.p[n]))
		n++;
	return str_sub(s, 0, n);
}

/* RFC 3463, 2: class "." subject "." detail, then a blank or nothing. Returns its length, 0: none there. */
static size_t
enhanced_length(struct str s, unsigned int code)
{
	size_t at = 0;

	if (s.n < 5 || s.p[0] != (char)('0' + code / 100) || s.p[1] != '.')
		return 0;
	at = 2 + leading_digits(str_from(s, 2), 3).n;
	if (at == 2 || at >= s.n || s.p[at] != '.')
		return 0;
	struct str detail = leading_digits(str_from(s, at + 1), 3);
	at += 1 + detail.n;
	if (detail.n == 0 || (at < s.n && s.p[at] != ' '))
		return 0;
	return at;
}

static int
keep_text(struct reply *r, struct str text, struct err *e)
{
	char *room = buf_room(&r->text, text.n + 1, e);

	if (room == NULL) {
		return err_set(e, ERR_RETRY, "reply %u has over %d bytes", r->code,
		    SMTP_REPLY_TEXT_MAX);
	}
	for (size_t i = 0; i < text.n; i++) {
		unsigned char c = (unsigned char)text.p[i];
		room[i] = c < 0x20 || c > 0x7e ? '?' : text.p[i];
	}
	room[text.n] = '\n';
	buf_grew(&r->text, text.n + 1);
	return 0;
}

/* One line without its end. */
static enum step
feed_line(struct reply *r, struct str line, struct err *e)
{
	uint64_t code;
	size_t n;

	if (str_u64(str_sub(line, 0, 3), 599, &code) == -1 || line.n < 3 || code < 200)
		return err_set(e, ERR_RETRY, "reply '" STR_FMT "' has no code",
		    STR_ARG(str_sub(line, 0, 80)));
	if (r->lines > 0 && code != r->code)
		return err_set(e, ERR_RETRY, "reply turns from %u to %u", r->code, (unsigned)code);
	if (r->lines == SMTP_REPLY_LINES_MAX)
		return err_set(e, ERR_RETRY, "reply has over %d lines", SMTP_REPLY_LINES_MAX);
	if (line.n > 3 && line.p[3] != ' ' && line.p[3] != '-')
		return err_set(e, ERR_RETRY, "reply has byte 0x%02x after its code",
		    (unsigned char)line.p[3]);
	r->code = (unsigned)code;
	struct str text = str_from(line, 4);
	if (r->lines == 0 && (n = enhanced_length(text, r->code)) > 0 && n < sizeof(r->enhanced)) {
		memcpy(r->enhanced, text.p, n);
		r->enhanced[n] = '\0';
	}
	r->lines++;
	if (keep_text(r, text, e) == -1)
		return STEP_BAD;
	return line.n > 3 && line.p[3] == '-' ? STEP_MORE : STEP_DONE;
}

enum step
reply_feed(struct reply *r, struct str *in, struct err *e)
{
	struct str line;
	enum step step;

	while (str_next_line(in, &line)) {
		if (line.n > SMTP_REPLY_LINE_MAX - 2)
			return err_set(e, ERR_RETRY, "reply line has over %d bytes",
			    SMTP_REPLY_LINE_MAX);
		step = feed_line(r, line, e);
		if (step != STEP_MORE)
			return step;
	}
	if (in->n > SMTP_REPLY_LINE_MAX)
		return err_set(e, ERR_RETRY, "reply line has over %d bytes", SMTP_REPLY_LINE_MAX);
	return STEP_MORE;
}

void
reply_reset(struct reply *r)
{
	buf_cut(&r->text, 0);
	r->code = r->lines = 0;
	r->enhanced[0] = '\0';
}

void
reply_clear(struct reply *r)
{
	buf_clear(&r->text);
	reply_reset(r);
}

void
reply_line(const struct reply *r, char *out, size_t size)
{
	struct str rest = buf_str(&r->text), line;
	size_t n = 0;

	out[0] = '\0';
	while (str_next_line(&rest, &line)) {
		line = str_trim(str_from(line, enhanced_length(line, r->code)));
		for (size_t i = n > 0 && line.n > 0 ? 0 : 1; i <= line.n && n + 1 < size; i++)
			out[n++] = i == 0 ? ' ' : line.p[i - 1];
	}
	out[n] = '\0';
}
