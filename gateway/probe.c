/* SPDX-License-Identifier: ISC */
/*
 * probe - would mail go through? Asks the mail server of each partner named, or of every route there is, as the send role
 * would: looks it up, connects, checks TLS and certificate, logs in; and leaves before MAIL. No role: the command line
 * runs it (`edigate partner test`, --online), so that no other program of ours speaks to the network.
 *
 * One line for each on stdout, four fields with tabs between: "ok" or "failed", the partner ("-": all who have no route
 * of their own), where, what was said. Behind it the dialogue, a tab in front of each line.
 */
#include "gateway/send.h"

#include "gateway/base/log.h"
#include "gateway/hostname.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#define PROBE_ARENA_MAX ((size_t)256 << 20)

static struct send probing;
static bool failed;

/* A name that the server gave must not look like a field or a line of ours; send.h says that texts are printable. */
static void
say(const struct send_job *j, bool ok, const char *text, const struct send_facts *f)
{
	struct str rest = f->transcript, line;

	(void)printf("%s\t%s\t%s%s%s\t%s\n", ok ? "ok" : "failed", j->ulid, f->peer,
	    f->tls[0] != '\0' ? ", " : "", f->tls, text);
	while (str_next_line(&rest, &line))
		(void)printf("\t%.*s\n", (int)line.n, line.p);
	failed = failed || !ok;
}

static void
forget(struct send *s, struct send_job *j)
{
	arena_free(j->arena);
	if (--s->n_jobs == 0)
		loop_stop(s->role.loop, failed);
}

void
send_answer(struct send *s, struct send_job *j, const struct smtp_verdict *v,
    const struct send_facts *f)
{
	say(j, v->outcome == SMTP_ACCEPTED, v->text, f);
	forget(s, j);
}

void
send_answer_err(struct send *s, struct send_job *j, const struct err *e, const struct send_facts *f)
{
	say(j, false, e->text, f);
	forget(s, j);
}

void
send_put_off(struct send *s, struct send_job *j, unsigned int seconds)
{
	(void)s, (void)j, (void)seconds;	/* what is no mail has no rate */
}

void
send_committing(struct send *s, const struct send_job *j, const struct send_facts *f)
{
	(void)s, (void)j, (void)f;	/* no mail gets so far */
}

void
send_check_drained(struct send *s)
{
	(void)s;
}

/* ---- what to ask ---- */

static void
ask(struct send *s, const struct partner *pt, const char *name)
{
	struct arena *a = arena_new(1 << 16);
	struct send_job *j = arena_new_of(a, struct send_job);

	*j = (struct send_job){ .arena = a, .ulid = str_cstr(a, str_of(name)), .probe = true };
	if (pt != NULL && pt->addresses.n > 0)
		j->rcpt.address = pt->addresses.v[0];
	s->n_jobs++;
	send_dest_add(s, j, pt != NULL && pt->route != NULL ? pt->route : &s->role.conf.smtp);
}

/* With host = mx each partner's own server is a route. */
static void
ask_all(struct send *s)
{
	const struct conf *c = &s->role.conf;
	bool mx = str_eq_nocase(c->smtp.host, S("mx"));

	if (!mx)
		ask(s, NULL, "-");
	for (size_t i = 0; i < c->n_partners; i++)
		if (mx || c->partners[i].route != NULL)
			ask(s, &c->partners[i], c->partners[i].key.p);
}

static int
ask_named(struct send *s, const char *name)
{
	const struct partner *pt = partner_by_key(&s->role.conf, str_of(name));

	if (pt == NULL) {
		(void)fprintf(stderr, "edigate-probe: no partner of that name\n");
		return -1;
	}
	ask(s, pt, name);
	return 0;
}

int
main(int argc, char **argv)
{
	struct send *s = &probing;
	struct role *r = &s->role;
	struct err e;

	log_open("edigate-probe");
	(void)signal(SIGPIPE, SIG_IGN);
	if (argc < 3 || strcmp(argv[1], "--home") != 0) {
		(void)fprintf(stderr, "usage: edigate-probe --home DIR [PARTNER]...\n");
		return EX_USAGE;
	}
	r->arena = arena_new(PROBE_ARENA_MAX);
	if (conf_read(r->arena, str_of(argv[2]), &r->conf, &e) == -1) {
		(void)fprintf(stderr, "edigate-probe: %s\n", e.text);
		return EX_CONFIG;
	}
	r->loop = loop_new();
	s->own_name = hostname_own(r->arena, r->conf.smtp.helo);
	send_read_trusts(s);
	for (int i = 3; i < argc; i++)
		if (ask_named(s, argv[i]) == -1)
			return EX_NOUSER;
	if (argc == 3)
		ask_all(s);
	return s->n_jobs == 0 ? EX_OK : loop_run(r->loop);
}
