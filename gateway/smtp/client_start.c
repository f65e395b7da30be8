/* SPDX-License-Identifier: ISC */
#include "gateway/smtp/client_int.h"

static void
forget_offers(struct smtp_client *c)
{
	c->has_starttls = c->has_size = c->has_pipelining = c->has_8bitmime = c->has_dsn = false;
	c->has_chunking = c->has_binarymime = false;
	c->auth_offered = 0;
	c->size_limit = 0;
}

static void
read_offer(struct smtp_client *c, struct str line)
{
	struct str args = str_trim(line), word;

	if (str_starts_nocase(args, S("AUTH="))) {
		client_read_auth_offer(c, str_from(args, 5));
		return;
	}
	(void)str_cut(&args, ' ', &word);
	if (str_eq_nocase(word, S("STARTTLS"))) {
		c->has_starttls = true;
	} else if (str_eq_nocase(word, S("PIPELINING"))) {
		c->has_pipelining = true;
	} else if (str_eq_nocase(word, S("8BITMIME"))) {
		c->has_8bitmime = true;
	} else if (str_eq_nocase(word, S("DSN"))) {
		c->has_dsn = true;
	} else if (str_eq_nocase(word, S("CHUNKING"))) {
		c->has_chunking = true;
	} else if (str_eq_nocase(word, S("BINARYMIME"))) {
		c->has_binarymime = true;
	} else if (str_eq_nocase(word, S("AUTH"))) {
		client_read_auth_offer(c, args);
	} else if (str_eq_nocase(word, S("SIZE"))) {
		c->has_size = true;
		if (str_u64(str_trim(args), UINT64_MAX, &c->size_limit) == -1)
			c->size_limit = 0;
	}
}

static void
read_offers(struct smtp_client *c)
{
	struct str rest = buf_str(&c->reply.text), line;

	forget_offers(c);
	(void)str_next_line(&rest, &line);	/* the first line is the server's name and greeting */
	while (str_next_line(&rest, &line))
		read_offer(c, line);
}

/* ---- greeting, EHLO, STARTTLS ---- */

static void
on_ehlo(struct smtp_client *c, int64_t now)
{
	const struct smtp_client_opts *o = c->opts;
	bool need_tls = o->tls == CLIENT_TLS_STARTTLS && !c->secured;

	if (c->reply.code == 250) {
		read_offers(c);
		need_tls |= o->tls == CLIENT_TLS_MAY && !c->secured && c->has_starttls;
		if (need_tls && !c->has_starttls) {
			client_fail_text(c, ERR_CONFIG, "E-SMTP-TLS", "server offers no STARTTLS");
		} else if (need_tls) {
			client_say(c, S("STARTTLS"));
			client_enter(c, CL_STARTTLS, now + WAIT_COMMAND);
		} else if (o->user.n > 0) {
			client_auth_begin(c, now);
		} else {
			client_become_idle(c);
		}
	} else if (c->reply.code / 100 == 5 && !need_tls && o->user.n == 0) {
		/* RFC 5321, 3.2: a server of before EHLO. It has no extensions, and none is needed. */
		forget_offers(c);
		client_sayf(c, "HELO " STR_FMT, STR_ARG(o->helo));
		client_enter(c, CL_HELO, now + WAIT_COMMAND);
	} else {
		client_fail_reply(c, ERR_RETRY, "E-SMTP-EHLO", "server answers EHLO with");
	}
}

static void
on_starttls(struct smtp_client *c, int64_t now)
{
	if (c->reply.code != 220) {
		client_fail_reply(c, ERR_RETRY, "E-SMTP-TLS", "server answers STARTTLS with");
	} else if (c->in.n > 0 || c->behind > 0) {
		/* Somebody in between would have us take clear text for what was said under TLS. */
		client_fail_text(c, ERR_CONFIG, "E-SMTP-TLS", "server sent more behind its answer to STARTTLS");
	} else {
		forget_offers(c);
		client_enter(c, CL_HANDSHAKE, now + WAIT_HANDSHAKE);
	}
}

void
client_say_ehlo(struct smtp_client *c, int64_t now)
{
	client_sayf(c, "EHLO " STR_FMT, STR_ARG(c->opts->helo));
	client_enter(c, CL_EHLO, now + WAIT_COMMAND);
}

void
client_become_idle(struct smtp_client *c)
{
	client_enter(c, CL_IDLE, INT64_MAX);
	c->ready = true;
}

void
client_on_start(struct smtp_client *c, int64_t now)
{
	switch (c->state) {
	case CL_GREETING:
		if (c->reply.code == 220)
			client_say_ehlo(c, now);
		else
			client_fail_reply(c, ERR_RETRY, "E-SMTP-GREETING", "server greets with");
		break;
	case CL_EHLO:
		on_ehlo(c, now);
		break;
	case CL_HELO:
		if (c->reply.code == 250)
			client_become_idle(c);
		else
			client_fail_reply(c, ERR_RETRY, "E-SMTP-EHLO", "server answers HELO with");
		break;
	case CL_STARTTLS:
		on_starttls(c, now);
		break;
	default:
		client_on_auth(c, now);
		break;
	}
}
