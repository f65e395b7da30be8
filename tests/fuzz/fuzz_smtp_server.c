/* SPDX-License-Identifier: ISC */
/*
 * A hostile client against the server machine, twice: in portions cut at every LF, and byte by byte. What must hold:
 * a file is open exactly between begin and end or drop, what is kept has no lone CR or LF and no NUL (but for a binary
 * mail) and is within the limit, replies are lines of SMTP, and both ways keep the same mails unless a rule about waiting was broken.
 */
#include "gateway/smtp/server.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

#define MAIL_MAX 300

static const struct smtp_server_opts options = {
	.name = S_INIT("mx.nordwind.example"), .size_max = MAIL_MAX, .can_tls = true, .can_auth = true, .rate_min = 500,
};

struct run {
	struct smtp_server s;
	struct buf rest, mail, kept;
	int64_t now;
	unsigned int mails;
	bool open, closed;
};

static void
check_mail(const struct run *r)
{
	struct data_facts f;
	struct err e;

	bool by_bdat = r->s.stage == STAGE_CHUNK;

	if (r->mail.n > MAIL_MAX)
		abort();
	if (by_bdat && r->s.data.is_binary)
		return;
	if (data_check(buf_str(&r->mail), &f, &e) == -1 || (!f.ends_in_crlf && !by_bdat))
		abort();
}

static void
check_replies(struct run *r)
{
	struct str out = smtp_server_output(&r->s), rest = out, line;

	while (str_next_line(&rest, &line))
		if (line.n < 4 || str_has_ctl(line) || line.n > 510)
			abort();
	if (rest.n > 0)
		abort();
	smtp_server_wrote(&r->s, out.n);
}

static void
check_asked(const struct run *r)
{
	bool good = r->s.is_utf8 ? smtp_is_utf8_mailbox(r->s.asked) : smtp_is_mailbox(r->s.asked);

	if (str_has_ctl(r->s.asked) || !good)
		abort();
}

static bool
knows(const struct run *r)
{
	if (r->s.by_certificate)
		return r->s.user.n == 0;
	return r->s.by_proof ? r->s.proven || r->s.auth_failures == 0 : str_eq(r->s.password, S("secret"));
}

static void
answer(struct run *r, enum smtp_server_act act)
{
	if (r->closed)
		abort();
	switch (act) {
	case SERVER_MAIL:
		if (r->s.asked.n > 0)
			check_asked(r);
		smtp_server_mail(&r->s, r->s.asked.n > 0 && r->s.asked.p[0] == 'x' ? "450 4.7.1 later" : NULL);
		break;
	case SERVER_RCPT:
		check_asked(r);
		smtp_server_rcpt(&r->s, r->s.asked.p[0] == 'e');
		break;
	case SERVER_SCRAM:
		/* No hashing of passwords here: it would take all the time. */
		smtp_server_scram(&r->s, &(const struct scram_verifier){ .iterations = 4096, .salt_n = 8 }, S("ServerNonce12345"));
		break;
	case SERVER_AUTH:
		smtp_server_auth(&r->s, knows(r));
		break;
	case SERVER_BEGIN:
		if (r->open || r->s.n_rcpts == 0)
			abort();
		r->open = true;
		buf_cut(&r->mail, 0);
		smtp_server_begun(&r->s, KEPT, r->now);
		break;
	case SERVER_PIECE:
		if (!r->open || buf_put(&r->mail, r->s.piece, NULL) == -1)
			abort();
		break;
	case SERVER_END:
		if (!r->open)
			abort();
		check_mail(r);
		r->open = false;
		r->mails++;
		(void)buf_put(&r->kept, buf_str(&r->mail), NULL);
		smtp_server_ended(&r->s, KEPT, S("01J"), r->now);
		break;
	case SERVER_DROP:
		if (!r->open)
			abort();
		r->open = false;
		break;
	case SERVER_CLOSE:
		r->closed = true;
		break;
	default:
		break;
	}
}

static void
feed(struct run *r, struct str bytes)
{
	enum smtp_server_act act;
	struct str in;

	if (buf_put(&r->rest, bytes, NULL) == -1)
		return;
	do {
		in = buf_str(&r->rest);
		while ((act = smtp_server_next(&r->s, &in, r->now)) != SERVER_WAIT)
			answer(r, act);
		buf_drop(&r->rest, r->rest.n - in.n);
		check_replies(r);
	} while (r->rest.n > 0 && r->s.phase != SV_CLOSED);
	if (r->s.phase == SV_HANDSHAKE)
		smtp_server_certified(&r->s);
	if (r->s.phase == SV_HANDSHAKE)
		smtp_server_secured(&r->s, NULL, 0, r->now);
}

static void
run(struct run *r, struct str in, bool bytewise)
{
	struct str line;
	bool more = true;

	*r = (struct run){ .rest = BUF_CAP(1 << 20), .mail = BUF_CAP(1 << 20), .kept = BUF_CAP(1 << 22), .now = 1 };
	smtp_server_init(&r->s, &options, r->now);
	while (more) {
		struct str whole = in;

		more = str_cut(&in, '\n', &line);
		whole.n = line.n + (more ? 1 : 0);
		if (line.n > 0 && line.p[0] == 1) {	/* time passes; this line is not said */
			r->now += (int64_t)line.n * 30000;
			continue;
		}
		for (; bytewise && whole.n > 0; whole = str_from(whole, 1))
			feed(r, str_sub(whole, 0, 1));
		feed(r, whole);
	}
	smtp_server_lost(&r->s);
	feed(r, S(""));
	if (r->open)
		abort();
	smtp_server_clear(&r->s);
	buf_clear(&r->rest);
	buf_clear(&r->mail);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct str in = str_make((const char *)p, n);
	struct run lines, bytes;

	run(&lines, in, false);
	run(&bytes, in, true);
	if (lines.mails != bytes.mails || !str_eq(buf_str(&lines.kept), buf_str(&bytes.kept)))
		abort();
	buf_clear(&lines.kept);
	buf_clear(&bytes.kept);
	return 0;
}
