/* SPDX-License-Identifier: ISC */
/*
 * AUTH (RFC 4954) from the server's side: PLAIN (RFC 4616), LOGIN, SCRAM-SHA-256 and, where the channel has something
 * to bind to, SCRAM-SHA-256-PLUS (RFC 7677), and EXTERNAL (RFC 4422) for those whose certificate the caller knew in the
 * handshake. Passwords are the caller's
 * to know: what the client claims is handed to it with SERVER_AUTH; for SCRAM it is first asked for the user's verifier.
 */
#include "gateway/smtp/server_int.h"

#include "gateway/base/base64.h"

#include <assert.h>

#define CHALLENGE_MAX (SCRAM_MESSAGE_MAX / 3 * 4 + 8)

static void
forget(struct smtp_server *s)
{
	buf_wipe(&s->secret);
	buf_wipe(&s->claimed);
	buf_wipe(&s->proof);
	buf_wipe(&s->line);
	scram_clear(&s->scram);
	s->user = s->password = S("");
	s->by_proof = s->proven = s->by_certificate = false;
}

static void
give_up(struct smtp_server *s, const char *reply)
{
	forget(s);
	server_refuse(s, reply);
}

/* The next line is the client's answer to this. */
static void
ask(struct smtp_server *s, enum server_auth step, struct str challenge)
{
	struct buf line = BUF_CAP(CHALLENGE_MAX);
	int rc = buf_put(&line, S("334 "), NULL) | base64_put(&line, challenge, NULL) |
	    buf_putc(&line, '\0', NULL);

	assert(rc == 0);
	server_say(s, line.p);
	buf_clear(&line);
	s->auth = step;
	s->phase = SV_AUTH;
}

/* RFC 4616: [authzid] NUL authcid NUL passwd. Acting for somebody else is not offered. */
static void
on_plain(struct smtp_server *s)
{
	struct str rest = buf_str(&s->secret), authzid;

	if (!str_cut(&rest, '\0', &authzid) || !str_cut(&rest, '\0', &s->user) || s->user.n == 0 ||
	    rest.n == 0 || str_chr(rest, '\0', NULL)) {
		give_up(s, "501 5.5.2 that is no AUTH PLAIN response");
		return;
	}
	if (authzid.n > 0 && !str_eq(authzid, s->user))
		s->user = S("");	/* nobody's name: answered like a wrong password */
	s->password = rest;
	s->asking = SERVER_AUTH;
}

/* RFC 4422, appendix A: the response is the authorization identity; empty: whoever the certificate says. */
static void
on_external(struct smtp_server *s)
{
	s->user = buf_str(&s->secret);
	s->by_certificate = true;
	s->asking = SERVER_AUTH;
}

static void
on_login_user(struct smtp_server *s)
{
	int rc = buf_put(&s->claimed, buf_str(&s->secret), NULL);

	assert(rc == 0);
	ask(s, AUTH_LOGIN_PASSWORD, S("Password:"));
}

static void
on_login_password(struct smtp_server *s)
{
	s->user = buf_str(&s->claimed);
	s->password = buf_str(&s->secret);
	s->asking = SERVER_AUTH;
}

static void
on_scram_first(struct smtp_server *s)
{
	struct err e;

	if (scram_server_read(&s->scram, buf_str(&s->secret), s->plus, s->binds, s->n_binds, &e) == -1) {
		give_up(s, s->plus ? "501 5.5.2 that is no first message of SCRAM with channel binding" :
		    "501 5.5.2 that is no first message of SCRAM without channel binding");
		return;
	}
	s->user = buf_str(&s->scram.user);
	s->asking = SERVER_SCRAM;
}

static void
on_scram_final(struct smtp_server *s)
{
	struct err e;

	if (scram_server_final(&s->scram, buf_str(&s->secret), &s->proven, &s->proof, &e) == -1) {
		give_up(s, "501 5.5.2 that is no last message of SCRAM");
		return;
	}
	s->by_proof = true;
	s->asking = SERVER_AUTH;
}

static void
welcome(struct smtp_server *s)
{
	forget(s);
	s->authed = true;
	server_say(s, "235 2.7.0 welcome");
}

static const struct {
	struct str name;
	enum server_auth step;		/* that reads the first response */
	struct str prompt;
	bool plus;
} mechanisms[] = {
	{ S_INIT("SCRAM-SHA-256-PLUS"), AUTH_SCRAM_FIRST, S_INIT(""), true },
	{ S_INIT("SCRAM-SHA-256"), AUTH_SCRAM_FIRST, S_INIT(""), false },
	{ S_INIT("PLAIN"), AUTH_PLAIN, S_INIT(""), false },
	{ S_INIT("LOGIN"), AUTH_LOGIN_USER, S_INIT("Username:"), false },
};

static struct str
initial_response(const struct command *c)
{
	return str_eq(c->initial, S("=")) ? S("") : c->initial;
}

static void
begin_external(struct smtp_server *s, const struct command *c)
{
	s->auth = AUTH_EXTERNAL;
	if (!s->certified)
		server_refuse(s, "535 5.7.8 EXTERNAL wants a certificate in the TLS handshake that is known here");
	else if (c->has_initial)
		server_auth_response(s, initial_response(c));
	else
		ask(s, AUTH_EXTERNAL, S(""));
}

void
server_auth_begin(struct smtp_server *s, const struct command *c)
{
	if (str_eq_nocase(c->arg, S("EXTERNAL"))) {
		begin_external(s, c);
		return;
	}
	if (!s->opts->can_auth) {
		server_refuse(s, "504 5.5.4 offered is AUTH EXTERNAL");
		return;
	}
	for (size_t i = 0; i < N(mechanisms); i++) {
		if (!str_eq_nocase(c->arg, mechanisms[i].name) || (mechanisms[i].plus && s->n_binds == 0))
			continue;
		s->plus = mechanisms[i].plus;
		s->auth = mechanisms[i].step;
		if (!c->has_initial)
			ask(s, s->auth, mechanisms[i].prompt);
		else
			server_auth_response(s, initial_response(c));
		return;
	}
	server_refuse(s, "504 5.5.4 offered are AUTH SCRAM-SHA-256, PLAIN and LOGIN");
}

void
server_auth_response(struct smtp_server *s, struct str line)
{
	s->phase = SV_COMMAND;
	buf_wipe(&s->secret);
	if (str_eq(line, S("*"))) {
		give_up(s, "501 5.7.0 AUTH given up");
		return;
	}
	if (base64_get(&s->secret, line, NULL, NULL) == -1) {
		give_up(s, "501 5.5.2 that is no base64");
		return;
	}
	switch (s->auth) {
	case AUTH_PLAIN:
		on_plain(s);
		break;
	case AUTH_EXTERNAL:
		on_external(s);
		break;
	case AUTH_LOGIN_USER:
		on_login_user(s);
		break;
	case AUTH_LOGIN_PASSWORD:
		on_login_password(s);
		break;
	case AUTH_SCRAM_FIRST:
		on_scram_first(s);
		break;
	case AUTH_SCRAM_FINAL:
		on_scram_final(s);
		break;
	case AUTH_SCRAM_PROVEN:		/* our proof was the last challenge: there is nothing to say to it */
		if (s->secret.n > 0)
			give_up(s, "501 5.5.2 nothing was to be answered");
		else
			welcome(s);
		break;
	}
}

void
smtp_server_scram(struct smtp_server *s, const struct scram_verifier *v, struct str nonce)
{
	struct buf first = BUF_CAP(SCRAM_MESSAGE_MAX);
	struct err e;

	server_answered(s, SERVER_SCRAM);
	if (scram_server_first(&s->scram, v, nonce, &first, &e) == -1)
		give_up(s, "501 5.5.2 that message of SCRAM is too long");
	else
		ask(s, AUTH_SCRAM_FINAL, buf_str(&first));
	buf_clear(&first);
}

void
smtp_server_auth(struct smtp_server *s, bool right)
{
	server_answered(s, SERVER_AUTH);
	if (right && s->by_proof) {
		ask(s, AUTH_SCRAM_PROVEN, buf_str(&s->proof));
	} else if (right) {
		welcome(s);
	} else if (++s->auth_failures >= AUTH_FAILURES_MAX) {
		forget(s);
		server_close(s, "421 4.7.0 too many wrong passwords", "auth");
	} else {
		give_up(s, "535 5.7.8 user or password is wrong");
	}
}
