/* SPDX-License-Identifier: ISC */
#include "mime/write.h"

#include <string.h>

#include "gateway/base/base64.h"
#include "mime/encode.h"
#include "mime/word.h"

/* A piece of an RFC 2231 parameter, long enough for 14 escaped bytes behind " filename*10*=". */
#define PIECE_MAX 58

/* The longest word of a field: with name and blank it stays within a line (RFC 5322, 2.1.1). */
#define FIELD_WORD_MAX 900

static size_t
longest_word(struct str text)
{
	size_t longest = 0;
	struct str word;
	bool more;

	do {
		more = str_cut(&text, ' ', &word);
		longest = word.n > longest ? word.n : longest;
	} while (more);
	return longest;
}

int
write_field(struct buf *out, const char *name, struct str value, struct err *e)
{
	struct str rest = value, word;
	size_t col = strlen(name) + 1;
	bool more = true;

	/* The last gate: what comes here was checked where it came from, but a line end would begin a field of others. */
	if (str_has_ctl(value) || !is_plain_text(value) || longest_word(value) > FIELD_WORD_MAX)
		return err_set(e, ERR_INPUT, "%s has bytes that no field may have, or a word over %d of them", name, FIELD_WORD_MAX);
	if (buf_printf(out, e, "%s:", name) == -1)
		return -1;
	while (more) {
		more = str_cut(&rest, ' ', &word);
		if (word.n == 0)
			continue;
		/*
		 * One word that is too long for any line goes on a line of its own; nothing may
		 * cut a message id.
		 */
		bool fold = col + 1 + word.n > ENCODE_LINE_MAX && col > 1;
		if (buf_put(out, fold ? S("\r\n ") : S(" "), e) == -1 ||
		    buf_put(out, word, e) == -1)
			return -1;
		col = (fold ? 0 : col) + 1 + word.n;
	}
	return buf_put(out, S("\r\n"), e);
}

static int
put_without_ctl(struct buf *out, struct str text, struct err *e)
{
	for (size_t i = 0; i < text.n; i++)
		if (buf_putc(out,
		        (unsigned char)text.p[i] < ' ' || text.p[i] == 0x7f ? ' ' : text.p[i],
		        e) == -1)
			return -1;
	return 0;
}

int
write_text_field(struct buf *out, const char *name, struct str text, struct err *e)
{
	struct buf clean = BUF_CAP(text.n + 1);
	size_t col = strlen(name) + 2, at;
	struct str s;
	int rc = -1;

	if (put_without_ctl(&clean, text, e) == -1)
		goto out;
	s = str_trim(buf_str(&clean));
	/* Something like an encoded word, or two blanks, would not come out as it went in. */
	if (is_plain_text(s) && longest_word(s) < ENCODE_LINE_MAX && !str_find(s, S("=?"), &at) &&
	    !str_find(s, S("  "), &at))
		rc = write_field(out, name, s, e);
	else if (buf_printf(out, e, "%s: ", name) == 0 && word_put(out, s, &col, e) == 0)
		rc = buf_put(out, S("\r\n"), e);
out:
	buf_clear(&clean);
	return rc;
}

/* RFC 5322, 3.2.4: what stands between quotes, quotes and backslashes escaped. */
static int
put_quoted(struct buf *out, struct str s, struct err *e)
{
	if (buf_putc(out, '"', e) == -1)
		return -1;
	for (size_t i = 0; i < s.n; i++) {
		if ((s.p[i] == '"' || s.p[i] == '\\') && buf_putc(out, '\\', e) == -1)
			return -1;
		if (buf_putc(out, s.p[i], e) == -1)
			return -1;
	}
	return buf_putc(out, '"', e);
}

int
write_mailbox(struct buf *out, const char *name, struct str display, struct str addr, struct err *e)
{
	size_t col = strlen(name) + 2;

	if (buf_printf(out, e, "%s: ", name) == -1)
		return -1;
	if (display.n > 0 && is_plain_text(display) && display.n < ENCODE_LINE_MAX - 24) {
		if (put_quoted(out, display, e) == -1)
			return -1;
		col += display.n + 2;
	} else if (word_put(out, display, &col, e) == -1) {
		return -1;
	}
	if (display.n > 0 &&
	    buf_put(out, col + addr.n + 3 > ENCODE_LINE_MAX ? S("\r\n ") : S(" "), e) == -1)
		return -1;
	return buf_put(out, S("<"), e) == -1 || buf_put(out, addr, e) == -1
	    ? -1
	    : buf_put(out, S(">\r\n"), e);
}

/* RFC 2231, 7: attribute-char. */
static bool
is_attribute_char(char c)
{
	return is_alnum(c) || (c != '\0' && strchr("!#$&+-.^_`{|}~", c) != NULL);
}

/* RFC 2231, 3 and 4. Bytes of no known charset keep their values (unknown-8bit, RFC 1428). */
static int
put_extended(struct buf *out, const char *name, struct str value, struct err *e)
{
	const char *charset = is_utf8(value) ? "utf-8''" : "unknown-8bit''";
	size_t col = PIECE_MAX, escaped = 0;
	unsigned int piece = 0;
	bool pieces;

	for (size_t i = 0; i < value.n; i++)
		escaped += is_attribute_char(value.p[i]) ? 1 : 3;
	pieces = escaped + strlen(charset) > PIECE_MAX;
	if (!pieces) {
		if (buf_printf(out, e, ";\r\n %s*=%s", name, charset) == -1)
			return -1;
		col = 0;
	}
	for (size_t i = 0; i < value.n; i++) {
		bool plain = is_attribute_char(value.p[i]);
		if (pieces && col + 3 > PIECE_MAX) {
			if (buf_printf(out, e, ";\r\n %s*%u*=%s", name, piece,
			        piece == 0 ? charset : "") == -1)
				return -1;
			col = piece++ == 0 ? strlen(charset) : 0;
		}
		if ((plain ? buf_putc(out, value.p[i], e)
		           : buf_printf(out, e, "%%%02X", (unsigned char)value.p[i])) == -1)
			return -1;
		col += plain ? 1 : 3;
	}
	return 0;
}

int
write_param(struct buf *out, const char *name, struct str value, struct err *e)
{
	size_t at;

	/* An encoded word in quotes is no encoded word, but readers decode it all the same. */
	if (str_has_ctl(value) || !is_plain_text(value) || value.n > PIECE_MAX - 2 ||
	    str_find(value, S("=?"), &at))
		return put_extended(out, name, value, e);
	return buf_printf(out, e, ";\r\n %s=", name) == -1 ? -1 : put_quoted(out, value, e);
}

/* Whether text can go as it stands: CRLF lines of printable ASCII that no relay touches. */
static bool
survives(struct str text)
{
	struct str line;

	while (text.n > 0) {
		struct str before = text;
		if (!str_next_line(&text, &line) || before.n - text.n - line.n != 2)
			return false;
		if (line.n > ENCODE_LINE_MAX || !is_plain_text(line) || str_starts(line, S("From ")) ||
		    str_starts(line, S(".")) || str_starts(line, S("--")))	/* a dot, and a boundary */
			return false;
		if (line.n > 0 && is_blank(line.p[line.n - 1]))
			return false;
	}
	return true;
}

int
write_text_part(struct buf *out, const char *type, struct str text, struct err *e)
{
	bool plain = survives(text);

	if (buf_printf(out, e, "Content-Type: %s%s\r\n", type, plain ? "" : "; charset=utf-8") ==
	        -1 ||
	    buf_printf(out, e, "Content-Transfer-Encoding: %s\r\n\r\n",
	        cte_name(plain ? CTE_7BIT : CTE_QP)) == -1)
		return -1;
	return plain ? buf_put(out, text, e) : qp_put(out, text, e);
}

int
write_file_header(struct buf *out, struct str type, struct str file_name, const char *encoding,
    struct err *e)
{
	if (buf_put(out, S("Content-Type: "), e) == -1 || buf_put(out, type, e) == -1)
		return -1;
	if (file_name.n > 0 && write_param(out, "name", file_name, e) == -1)
		return -1;
	if (buf_printf(out, e,
	        "\r\nContent-Transfer-Encoding: %s\r\nContent-Disposition: attachment",
	        encoding) == -1)
		return -1;
	if (file_name.n > 0 && write_param(out, "filename", file_name, e) == -1)
		return -1;
	return buf_put(out, S("\r\n\r\n"), e);
}

int
write_file_part(
    struct buf *out, struct str type, struct str file_name, struct str content, struct err *e)
{
	if (write_file_header(out, type, file_name, "base64", e) == -1)
		return -1;
	return base64_put_lines(out, content, e);
}

int
write_delimiter(struct buf *out, struct str boundary, struct err *e)
{
	return buf_printf(out, e, "\r\n--" STR_FMT "\r\n", STR_ARG(boundary));
}

int
write_close(struct buf *out, struct str boundary, struct err *e)
{
	return buf_printf(out, e, "\r\n--" STR_FMT "--\r\n", STR_ARG(boundary));
}
