/* SPDX-License-Identifier: ISC */
#include "gateway/smtp/client_int.h"

#include "gateway/base/base64.h"

#include <assert.h>
#include <stdio.h>

/*
 * RFC 4954, 4: with a long initial response the line would be over 512 bytes; then the server is made to ask for it.
 * The bytes that may appear three times as long, base64 and the rest of the line are allowed for.
 */
#define INITIAL_MAX 300

#define LINE_ROOM (SASL_RESPONSE_MAX / 3 * 4 + 64)

static struct sasl_login
login_of(const struct smtp_client *c)
{
	const struct smtp_client_opts *o = c->opts;

	return (struct sasl_login){
		.user = o->user, .password = o->password, .nonce = o->nonce, .host = o->host, .port = o->port,
		.bind = &c->bind,
		.plus_hidden = c->bind.n > 0 && (c->auth_offered >> SASL_SCRAM_SHA_256_PLUS & 1) == 0,
	};
}

/* RFC 4954, 4; "AUTH=LOGIN" is the form of before the standard and still around. */
void
client_read_auth_offer(struct smtp_client *c, struct str names)
{
	struct str name;
	bool more = true;

	while (more) {
		more = str_cut(&names, ' ', &name);
		enum sasl_mech m = sasl_by_name(name);
		if (m != SASL_COUNT)
			c->auth_offered |= 1u << m;
	}
}

static void
fail_auth(struct smtp_client *c, const struct err *why)
{
	struct err e = *why;

	(void)err_add(&e, "AUTH");
	e.code = "E-SMTP-AUTH";
	client_fail(c, &e);
}

/* The next response: "AUTH NAME " in front of the first one, perhaps. It is a secret, so nothing of it is left lying about. */
static void
say_response(struct smtp_client *c, const char *command, struct str challenge)
{
	struct buf response = BUF_CAP(SASL_RESPONSE_MAX), line = BUF_CAP(LINE_ROOM);
	struct sasl_login l = login_of(c);
	char shown[64];
	struct err e;

	/* At once: growing would leave copies behind. */
	(void)buf_room(&response, SASL_RESPONSE_MAX, NULL);
	(void)buf_room(&line, LINE_ROOM, NULL);
	if (sasl_respond(&c->sasl, &l, challenge, &response, &e) == -1) {
		fail_auth(c, &e);
	} else {
		int rc = buf_put(&line, str_of(command), NULL) | base64_put(&line, buf_str(&response), NULL);
		assert(rc == 0);
		(void)snprintf(shown, sizeof(shown), "%s***", command);
		client_say_secret(c, buf_str(&line), str_of(shown));
	}
	buf_wipe(&response);
	buf_wipe(&line);
}

static void
say_auth(struct smtp_client *c)
{
	const struct smtp_client_opts *o = c->opts;
	const char *name = sasl_name(c->sasl.mech);
	char command[32];

	if (sasl_has_initial(&c->sasl) &&
	    3 * o->user.n + o->password.n + o->host.n + o->nonce.n <= INITIAL_MAX) {
		(void)snprintf(command, sizeof(command), "AUTH %s ", name);
		say_response(c, command, S(""));
	} else {
		client_sayf(c, "AUTH %s", name);
	}
}

static void
fail_no_mechanism(struct smtp_client *c)
{
	struct err e;

	if (str_eq(c->opts->auth, S("auto")))
		(void)err_set(&e, ERR_CONFIG, "server offers neither SCRAM-SHA-256 nor PLAIN nor LOGIN");
	else
		(void)err_set(&e, ERR_CONFIG, "server does not offer '" STR_FMT "'", STR_ARG(c->opts->auth));
	fail_auth(c, &e);
}

void
client_auth_begin(struct smtp_client *c, int64_t now)
{
	const struct smtp_client_opts *o = c->opts;
	bool external = str_eq(o->auth, S("external"));
	enum sasl_mech m;

	if (c->bind.n == 0)
		c->auth_offered &= ~(1u << SASL_SCRAM_SHA_256_PLUS);
	m = sasl_choose(o->auth, c->auth_offered);
	if (!c->secured) {
		client_fail_text(c, ERR_CONFIG, "E-SMTP-TLS", "AUTH is wanted, but the connection has no TLS");
	} else if (o->user.n + o->password.n > SASL_SECRET_MAX || (o->password.n == 0 && !external)) {
		client_fail_text(c, ERR_CONFIG, "E-SMTP-AUTH", "user and password must have 1 to 4608 bytes");
	} else if (m == SASL_COUNT) {
		fail_no_mechanism(c);
	} else {
		sasl_begin(&c->sasl, m);
		client_enter(c, CL_AUTH, now + WAIT_COMMAND);
		say_auth(c);
	}
}

static void
on_challenge(struct smtp_client *c, int64_t now)
{
	struct str text = str_trim(buf_str(&c->reply.text));
	struct buf challenge = BUF_CAP(SMTP_REPLY_LINE_MAX);
	struct err e;

	if (c->reply.lines > 1) {
		client_fail_text(c, ERR_CONFIG, "E-SMTP-AUTH", "AUTH: a challenge of several lines");
	} else if (base64_get(&challenge, text, NULL, &e) == -1 && sasl_minds_challenge(&c->sasl)) {
		fail_auth(c, &e);
	} else {
		c->deadline = now + WAIT_COMMAND;
		say_response(c, "", buf_str(&challenge));
	}
	buf_clear(&challenge);
}

static void
fail_refused(struct smtp_client *c)
{
	char what[SASL_TOLD_MAX + 64];

	(void)snprintf(what, sizeof(what), "server %s%s%sanswers AUTH %s with",
	    c->sasl.told[0] != '\0' ? "says " : "", c->sasl.told,
	    c->sasl.told[0] != '\0' ? " and " : "", sasl_name(c->sasl.mech));
	client_fail_reply(c, c->reply.code / 100 == 4 ? ERR_RETRY : ERR_CONFIG, "E-SMTP-AUTH", what);
}

void
client_on_auth(struct smtp_client *c, int64_t now)
{
	struct err e;

	if (c->reply.code == 334) {
		on_challenge(c, now);
	} else if (c->reply.code != 235) {
		fail_refused(c);
	} else if (sasl_end(&c->sasl, &e) == -1) {
		fail_auth(c, &e);
	} else {
		sasl_clear(&c->sasl);
		buf_wipe(&c->out);
		client_become_idle(c);
	}
}
