/* SPDX-License-Identifier: ISC */
#include "gateway/base/log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/*
 * A line is built on the stack and leaves in one write(2): lines of several roles that share a pipe do not mix
 * (up to PIPE_BUF, 4096), and logging works when memory is gone.
 */
#define LINE_MAX_BYTES 4000
#define VALUE_MAX_BYTES 1000	/* one value cannot push the others off the line */

struct line {
	char bytes[LINE_MAX_BYTES];
	size_t n;
};

static char program[64] = "edigate";
static bool debug;

static void
put(struct line *l, struct str s)
{
	s = str_sub(s, 0, sizeof(l->bytes) - 1 - l->n);		/* the last byte is the line's end */
	if (s.n > 0)
		memcpy(l->bytes + l->n, s.p, s.n);
	l->n += s.n;
}

static void
put_int(struct line *l, int64_t v)
{
	char digits[24];
	int n = snprintf(digits, sizeof(digits), "%lld", (long long)v);

	put(l, str_make(digits, n > 0 ? (size_t)n : 0));
}

/* Letters that need no quotes: what ids, addresses, hosts, paths and codes are made of. */
static bool
is_plain(struct str s)
{
	if (s.n == 0)
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (!is_alnum(s.p[i]) && memchr("-_.:/@+,~%<>[]*", s.p[i], 15) == NULL)
			return false;
	return true;
}

static void
put_escaped(struct line *l, struct str s)
{
	static const char hex[] = "0123456789abcdef";

	while (s.n > 0) {
		size_t n = str_utf8(s);
		char c = s.p[0];

		if (c == '"' || c == '\\') {
			put(l, str_make((const char[]){ '\\', c }, 2));
		} else if (c == '\n') {
			put(l, S("\\n"));
		} else if (n == 0 || str_has_ctl(str_sub(s, 0, n))) {
			put(l, str_make((const char[]){ '\\', 'x', hex[(unsigned char)c >> 4],
			    hex[(unsigned char)c & 15] }, 4));
			n = 1;
		} else {
			put(l, str_sub(s, 0, n));
		}
		s = str_from(s, n > 0 ? n : 1);
	}
}

static void
put_value(struct line *l, struct str s)
{
	bool cut = s.n > VALUE_MAX_BYTES;

	if (cut)
		s.n = VALUE_MAX_BYTES;
	if (is_plain(s)) {
		put(l, s);
	} else {
		put(l, S("\""));
		put_escaped(l, s);
		put(l, S("\""));
	}
	if (cut)
		put(l, S("..."));
}

void
log_open(const char *name)
{
	(void)snprintf(program, sizeof(program), "%s", name);
	debug = getenv("EDIGATE_DEBUG") != NULL;
}

void
log_event(enum log_level level, int64_t doc, const char *event, const struct log_kv *kv, size_t n)
{
	static const char *const names[] = {
		[LOG_ERROR] = "error", [LOG_WARN] = "warn", [LOG_INFO] = "info", [LOG_DEBUG] = "debug",
	};
	struct line l = { .n = 0 };
	ssize_t rc;

	if (level == LOG_DEBUG && !debug)
		return;
	put(&l, str_of(program));
	put(&l, S("["));
	put_int(&l, getpid());
	put(&l, S("]: "));
	put(&l, str_of(names[level]));
	if (doc != 0) {
		put(&l, S(" doc="));
		put_int(&l, doc);
	}
	put(&l, S(" event="));
	put(&l, str_of(event));
	for (size_t i = 0; i < n; i++) {
		put(&l, S(" "));
		put(&l, str_of(kv[i].key));
		put(&l, S("="));
		if (kv[i].is_int)
			put_int(&l, kv[i].i);
		else
			put_value(&l, kv[i].s);
	}
	l.bytes[l.n++] = '\n';
	/* A log that cannot be written is nobody's reason to stop moving documents. */
	rc = write(STDERR_FILENO, l.bytes, l.n);
	(void)rc;
}
