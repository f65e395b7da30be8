/* SPDX-License-Identifier: ISC */
/*
 * dialogue.h - reads the files of tests/dialogue: SMTP sessions as text, for the machines of gateway/smtp.
 *
 *	machine server			or client: whom the file is about; the other side is played from the text
 *	set NAME VALUE			a setting of the machine for all dialogues of the file
 *	== NAME				a dialogue begins; "set" below it is its own
 *	C: TEXT				the client says a line, CR LF behind it
 *	C| TEXT				the client says these bytes, and no line end
 *	C* N TEXT			TEXT, N times
 *	S: TEXT				and so for the server, S| and S*
 *	S> TEXT				a reply of any number of lines, of which this is the last
 *	wait N				N seconds pass
 *	WORD ...			anything else is for the player of that machine; see its table
 *	# TEXT				for the reader
 *
 * Bytes are written as \r \n \t \0 \\ and \xHH. What the machine must say is compared line by line; a '*' at the end of
 * an expected line stands for any rest. Lines that follow each other and are said by the played side go out together:
 * in one write, byte by byte, and cut in two at every place, with three seconds between the halves.
 */
#ifndef EDIGATE_TESTS_DIALOGUE_H
#define EDIGATE_TESTS_DIALOGUE_H

#include "gateway/base/arena.h"
#include "gateway/base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#define DIALOGUE_FILE_MAX  (1u << 20)
#define DIALOGUE_BYTES_MAX (1u << 22)
#define DIALOGUE_ITEMS_MAX 120
#define DIALOGUES_MAX	   400

enum item_kind { ITEM_SAYS, ITEM_HEARS, ITEM_WAIT, ITEM_WORD };

struct item {
	enum item_kind kind;
	struct str text;		/* bytes to say; the line to hear; the argument */
	struct str word;		/* of ITEM_WORD */
	unsigned int line;		/* in the file */
	unsigned int seconds;
	char how;			/* ':' a line, '>' a reply, '|' and '*' bytes */
};

struct dialogue {
	const char *file;
	char *name;
	bool server;			/* the machine under test */
	unsigned int line;
	struct item items[DIALOGUE_ITEMS_MAX];
	size_t n;
};

static void __attribute__((format(printf, 3, 4)))
dialogue_die(const char *file, unsigned int line, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	(void)fprintf(stderr, "%s:%u: ", file, line);
	(void)vfprintf(stderr, fmt, ap);
	(void)fputc('\n', stderr);
	va_end(ap);
	exit(1);
}

static int
dialogue_hex(char c)
{
	if (is_digit(c))
		return c - '0';
	c = to_lower(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static void
dialogue_unescape(struct str in, struct buf *out, const char *file, unsigned int line)
{
	static const char names[] = "rnt0\\", values[] = "\r\n\t\0\\";

	for (size_t i = 0; i < in.n; i++) {
		char c = in.p[i];
		size_t k = 0;

		if (c == '\\' && ++i < in.n) {
			while (k < 5 && names[k] != in.p[i])
				k++;
			if (k < 5) {
				c = values[k];
			} else if (in.p[i] == 'x' && i + 2 < in.n && dialogue_hex(in.p[i + 1]) >= 0 &&
			    dialogue_hex(in.p[i + 2]) >= 0) {
				c = (char)(dialogue_hex(in.p[i + 1]) * 16 + dialogue_hex(in.p[i + 2]));
				i += 2;
			} else {
				dialogue_die(file, line, "an escape that is none");
			}
		}
		if (buf_putc(out, c, NULL) == -1)
			dialogue_die(file, line, "too much to say");
	}
}

/* "C: text", "S| text", "C* 3 text" */
static struct str
dialogue_spoken(struct arena *a, char how, struct str text, const char *file, unsigned int line)
{
	struct buf b = BUF_CAP(DIALOGUE_BYTES_MAX);
	struct str number, out;
	uint64_t times = 1;

	if (how == '*' && (!str_cut(&text, ' ', &number) || str_u64(number, DIALOGUE_BYTES_MAX, &times) == -1))
		dialogue_die(file, line, "want a number behind '*'");
	for (uint64_t i = 0; i < times; i++)
		dialogue_unescape(text, &b, file, line);
	if (how == ':' && buf_put(&b, S("\r\n"), NULL) == -1)
		dialogue_die(file, line, "too much to say");
	out = str_dup(a, buf_str(&b));
	buf_clear(&b);
	return out;
}

static void
dialogue_add(struct arena *a, struct dialogue *d, struct str text, unsigned int line)
{
	struct item *it = &d->items[d->n];
	struct str number;
	uint64_t seconds = 0;

	if (d->n++ == DIALOGUE_ITEMS_MAX)
		dialogue_die(d->file, line, "over %d lines", DIALOGUE_ITEMS_MAX);
	*it = (struct item){ .kind = ITEM_WORD, .line = line };
	if (text.n >= 2 && (text.p[0] == 'C' || text.p[0] == 'S') && str_chr(S(":|*>"), text.p[1], NULL)) {
		bool by_machine = (text.p[0] == 'S') == d->server;

		it->kind = by_machine ? ITEM_HEARS : ITEM_SAYS;
		it->how = text.p[1];
		it->text = dialogue_spoken(a, by_machine && text.p[1] != '*' ? '|' : text.p[1],
		    str_from(text, text.n > 2 ? 3 : 2), d->file, line);
		return;
	}
	(void)str_cut(&text, ' ', &it->word);
	it->text = text;
	if (str_eq(it->word, S("wait"))) {
		number = str_trim(text);
		if (str_u64(number, 100000, &seconds) == -1)
			dialogue_die(d->file, line, "want seconds");
		it->kind = ITEM_WAIT;
		it->seconds = (unsigned int)seconds;
	}
}

/* Adds the dialogues of a file to out[*n]. Ends the program, with the place, when the file is wrong. */
static void
dialogue_read(struct arena *a, const char *file, struct dialogue **out, size_t *n)
{
	struct dialogue common = { .file = file }, *d = &common;
	char *bytes = arena_get(a, DIALOGUE_FILE_MAX);
	FILE *f = fopen(file, "r");
	struct str rest, text;
	unsigned int line = 0;

	if (f == NULL)
		dialogue_die(file, 0, "cannot be read");
	rest = str_make(bytes, fread(bytes, 1, DIALOGUE_FILE_MAX, f));
	(void)fclose(f);
	while (str_next_line(&rest, &text)) {
		line++;
		if (text.n == 0 || text.p[0] == '#')
			continue;
		if (str_starts(text, S("machine "))) {
			common.server = str_eq(str_from(text, 8), S("server"));
		} else if (str_starts(text, S("== "))) {
			if (*n == DIALOGUES_MAX)
				dialogue_die(file, line, "over %d dialogues", DIALOGUES_MAX);
			d = out[(*n)++] = arena_new_of(a, struct dialogue);
			*d = common;
			d->name = str_cstr(a, str_from(text, 3));
			d->line = line;
		} else {
			dialogue_add(a, d, text, line);
		}
	}
}

#endif
