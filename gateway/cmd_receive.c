/* SPDX-License-Identifier: ISC */
/*
 * cmd_receive.c - `edigate receive --stdin`: the listener's door for a mail server that delivers into a pipe. The
 * answer begins with an enhanced status code (RFC 3463), which Postfix and others prefer to the exit status; what is
 * our own trouble is EX_TEMPFAIL, so that the mail stays in their queue.
 */
#include "gateway/cli.h"

#include "gateway/base/clock.h"
#include "gateway/base/sandbox.h"
#include "gateway/control.h"
#include "spool/spool.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define RECEIVE_HOPS_MAX   50	/* Received: fields; more is a loop, as at the listener */
#define RECEIVE_TRACE_MAX  ((size_t)64 << 10)
#define RECEIVE_PATH_MAX   320	/* of a return path: 64 + 1 + 255 */
#define RECEIVE_PIECE	   ((size_t)64 << 10)

struct receive {
	struct cli cli;
	struct conf conf;
	const char *sender;
	bool is_stdin;
	struct cli_list recipients;
	struct str return_path;		/* without brackets */
	bool has_return_path;
	struct str mail;		/* what follows a "From " line */
};

static _Noreturn void __attribute__((format(printf, 3, 4)))
answer(int status, const char *code, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	(void)printf("%s ", code);
	(void)vprintf(fmt, ap);
	(void)fputc('\n', stdout);
	va_end(ap);
	exit(fflush(stdout) == 0 ? status : EX_TEMPFAIL);
}

static void
read_options(struct receive *r, int argc, char **argv)
{
	const struct cli_opt opts[] = {
		{ "--stdin", .flag = &r->is_stdin },
		{ "--sender", .text = &r->sender },
		{ "--recipient", .list = &r->recipients },
	};
	struct err e;

	cli_start(&r->cli, argc, argv, opts, N(opts));
	cli_want_args(&r->cli, 0, 0);
	if (!r->is_stdin)
		cli_usage(&r->cli, "--stdin is needed: the mail comes from standard input");
	if (conf_read(r->cli.arena, r->cli.home, &r->conf, &e) == -1)
		answer(EX_TEMPFAIL, "4.3.5", "%s", e.text);
	/* What we store must belong to the roles that open it. */
	if (geteuid() == 0 && sandbox_enter("receive", str_cstr(r->cli.arena, r->conf.user), &e) == -1)
		answer(EX_TEMPFAIL, "4.3.5", "%s", e.text);
}

static void
check_recipients(struct receive *r)
{
	for (size_t i = 0; i < r->recipients.n; i++)
		if (!conf_is_own_address(&r->conf, str_of(r->recipients.v[i])))
			answer(EX_NOUSER, "5.1.1", "<%s> is not here",
			    cli_shown(r->cli.arena, str_of(r->recipients.v[i])));
	if (r->recipients.n == 0)
		r->recipients.v[r->recipients.n++] = str_cstr(r->cli.arena, r->conf.address);
}

static struct str
read_stdin(struct receive *r)
{
	size_t max = r->conf.size_max > SIZE_MAX / 2 ? SIZE_MAX / 2 : (size_t)r->conf.size_max;
	struct buf b = BUF_CAP(max + RECEIVE_PIECE);
	struct str all;
	struct err e;
	ssize_t got;

	do {
		char *room = buf_room(&b, RECEIVE_PIECE, &e);
		if (room == NULL || b.n > max)
			answer(EX_DATAERR, "5.3.4", "the mail is over %llu bytes", (unsigned long long)max);
		got = read(STDIN_FILENO, room, RECEIVE_PIECE);
		if (got > 0)
			buf_grew(&b, (size_t)got);
	} while (got > 0 || (got == -1 && errno == EINTR));
	if (got == -1)
		answer(EX_TEMPFAIL, "4.3.0", "cannot read the mail: %s", strerror(errno));
	if (b.n > max)
		answer(EX_DATAERR, "5.3.4", "the mail is over %llu bytes", (unsigned long long)max);
	all = str_dup(r->cli.arena, buf_str(&b));
	buf_clear(&b);
	return all;
}

/* RFC 5322, 2.2: a name of printable characters but the colon, then a colon. */
static bool
is_field(struct str line)
{
	size_t at;

	if (!str_chr(line, ':', &at) || at == 0)
		return false;
	for (size_t i = 0; i < at; i++)
		if (line.p[i] <= ' ' || line.p[i] > '~')
			return false;
	return true;
}

static bool
is_path(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (is_space(s.p[i]) || s.p[i] == '<' || s.p[i] == '>')
			return false;
	return s.n <= RECEIVE_PATH_MAX && !str_has_ctl(s);
}

static struct str
without_brackets(struct str s)
{
	s = str_trim(s);
	return s.n >= 2 && s.p[0] == '<' && s.p[s.n - 1] == '>' ? str_sub(s, 1, s.n - 2) : s;
}

/* Who sent it: the option, else a mailbox's "From " line, else the Return-Path that the mail server left on top. */
static void
find_sender(struct receive *r)
{
	struct str rest = r->mail, line, word;

	if (str_next_line(&rest, &line) && str_starts(line, S("From "))) {
		r->mail = rest;
		line = str_from(line, 5);
		(void)str_cut(&line, ' ', &word);
		r->return_path = without_brackets(word);
		r->has_return_path = is_path(r->return_path);
	} else if (str_starts_nocase(r->mail, S("Return-Path:"))) {
		r->return_path = without_brackets(str_from(line, S("Return-Path:").n));
		r->has_return_path = is_path(r->return_path);
	}
	if (r->sender == NULL)
		return;
	r->return_path = without_brackets(str_of(r->sender));
	r->has_return_path = true;
	if (!is_path(r->return_path))
		answer(EX_DATAERR, "5.1.7", "the sender's address is none: %s",
		    cli_shown(r->cli.arena, r->return_path));
}

static void
check_mail(struct receive *r)
{
	struct str rest = r->mail, line;
	unsigned int hops = 0;

	if (!str_next_line(&rest, &line) || !is_field(line))
		answer(EX_DATAERR, "5.6.0", "this is no mail: it does not begin with a header field");
	do {
		if (str_starts_nocase(line, S("Received:")))
			hops++;
	} while (str_next_line(&rest, &line) && line.n > 0);
	if (hops > RECEIVE_HOPS_MAX)
		answer(EX_DATAERR, "5.4.6", "over %d mail servers on the way: a loop", RECEIVE_HOPS_MAX);
}

/* RFC 5321, 4.4, as the listener writes it. */
static void
put_trace(struct receive *r, const char *ulid, struct buf *out)
{
	struct arena *a = r->cli.arena;
	char host[256] = "localhost";
	struct str date = clock_rfc5322(a, clock_wall_ms());
	struct err e;
	int rc = 0;

	if (gethostname(host, sizeof(host) - 1) == -1)
		(void)snprintf(host, sizeof(host), "localhost");
	if (r->has_return_path)
		rc |= buf_printf(out, &e, "Return-Path: <%.*s>\r\n", (int)r->return_path.n, r->return_path.p);
	for (size_t i = 0; i < r->recipients.n; i++)
		rc |= buf_printf(out, &e, "Delivered-To: %s\r\n", r->recipients.v[i]);
	rc |= buf_printf(out, &e, "Received: by %s (edigate receive) id %s;\r\n\t%.*s\r\n", host,
	    ulid, (int)date.n, date.p);
	if (rc != 0)
		answer(EX_DATAERR, "5.5.3", "too many recipients");
}

/* Pipes carry the system's line ends; what came with CRLF is left as it is, byte for byte. */
static int
put_mail(struct receive *r, struct spool_put *put, struct err *e)
{
	struct str rest = r->mail, line;
	size_t lf;

	if (str_chr(rest, '\n', &lf) && lf > 0 && rest.p[lf - 1] == '\r')
		return spool_put_write(put, rest, e);
	while (str_chr(rest, '\n', &lf)) {
		line = str_sub(rest, 0, lf);
		rest = str_from(rest, lf + 1);
		if (line.n > 0 && line.p[line.n - 1] == '\r')
			line.n--;
		if (spool_put_write(put, line, e) == -1 || spool_put_write(put, S("\r\n"), e) == -1)
			return -1;
	}
	if (rest.n == 0)
		return 0;
	return spool_put_write(put, rest, e) == -1 ? -1 : spool_put_write(put, S("\r\n"), e);
}

static void
store(struct receive *r, char ulid[ULID_MAX])
{
	struct buf trace = BUF_CAP(RECEIVE_TRACE_MAX);
	struct spool *spool = NULL;
	struct spool_put put;
	struct err e;

	ulid_new(ulid);
	put_trace(r, ulid, &trace);
	if (spool_open(str_cstr(r->cli.arena, r->conf.home), false, &spool, &e) == -1 ||
	    spool_put_open(spool, ulid, &put, &e) == -1)
		answer(EX_TEMPFAIL, "4.3.0", "%s", e.text);
	if (spool_put_write(&put, buf_str(&trace), &e) == -1 || put_mail(r, &put, &e) == -1 ||
	    spool_put_commit(spool, &put, SPOOL_ARRIVED, &e) == -1) {
		spool_put_drop(spool, &put);
		answer(EX_TEMPFAIL, "4.3.0", "%s", e.text);
	}
	spool_close(spool);
	buf_clear(&trace);
}

int
cmd_receive(int argc, char **argv)
{
	struct receive r = { 0 };
	char ulid[ULID_MAX];

	read_options(&r, argc, argv);
	check_recipients(&r);
	r.mail = read_stdin(&r);
	find_sender(&r);
	check_mail(&r);
	store(&r, ulid);
	control_poke(&r.cli, MSG_CTL_ARRIVED, str_of(ulid));
	answer(EX_OK, "2.0.0", "stored as %s", ulid);
}
