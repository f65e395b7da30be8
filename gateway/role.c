/* SPDX-License-Identifier: ISC */
#include "gateway/role.h"

#include "gateway/base/clock.h"
#include "gateway/base/io.h"
#include "gateway/base/log.h"
#include "gateway/base/sandbox.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#define ROLE_ARENA_MAX ((size_t)256 << 20)	/* settings of ten thousand partners and what a role keeps */

static role_msg_fn *message_fn;
static role_stop_fn *stop_fn, *ledger_fn, *retire_fn;

static void
stop(void *arg)
{
	struct role *r = arg;

	if (r->stopping)
		return;
	r->stopping = true;
	stop_fn(r);
}

static void
receive(void *arg, struct ipc *c, uint16_t type, struct str payload, int fd)
{
	struct role *r = arg;
	struct msg m;
	struct err e;

	(void)c;
	if (msg_decode(type, payload, WHO_LEDGER, msg_who_of(r->name), &m, &e) == -1) {
		log_ev(LOG_ERROR, 0, "bad-message", KC("from", "ledger"), KC("why", e.text));
		if (fd != -1)
			close(fd);
		return;
	}
	message_fn(r, &m, fd);
}

static void
closed(void *arg, struct ipc *c, const char *why)
{
	struct role *r = arg;

	if (!r->stopping)
		log_ev(LOG_WARN, 0, c == r->line ? "supervisor-gone" : "ledger-gone", KC("why", why));
	if (c == r->line)
		r->line = NULL;
	else
		r->ledger = NULL;
	ipc_free(c);
	stop(r);
}

/* ---- a role that outlives ledgers ---- */

/* It reads nothing from its ledgers. */
static void
ledger_said(void *arg, struct ipc *c, uint16_t type, struct str payload, int fd)
{
	(void)arg;
	(void)c;
	(void)payload;
	log_ev(LOG_ERROR, 0, "bad-message", KC("from", "ledger"), KI("type", type));
	io_close(&fd);
}

static void
ledger_left(void *arg, struct ipc *c, const char *why)
{
	struct role *r = arg;

	log_ev(LOG_INFO, 0, "ledger-gone", KC("why", why), KC("now", "going on without"));
	ipc_free(c);
	r->ledger = NULL;
}

static void
line_said(void *arg, struct ipc *c, uint16_t type, struct str payload, int fd)
{
	struct role *r = arg;
	struct msg m;
	struct err e;

	(void)c;
	if (msg_decode(type, payload, WHO_SUPERVISOR, msg_who_of(r->name), &m, &e) == -1) {
		log_ev(LOG_ERROR, 0, "bad-message", KC("from", "supervisor"), KC("why", e.text));
	} else if (m.type == MSG_RETIRE) {
		retire_fn(r);
	} else if (fd != -1) {
		ipc_free(r->ledger);
		r->ledger = ipc_new(r->loop, fd, ledger_said, ledger_left, r);
		fd = -1;
		ledger_fn(r);
	}
	io_close(&fd);
}

/* ---- what a main() calls ---- */

void
role_start(struct role *r, const char *name, int argc, char **argv)
{
	char program[64];
	const char *home = NULL;
	bool again = false;
	struct err e;

	(void)snprintf(program, sizeof(program), "edigate-%s", name);
	log_open(program);
	for (int i = 1; i + 1 < argc; i++)
		if (strcmp(argv[i], "--home") == 0)
			home = argv[i + 1];
	for (int i = 1; i < argc; i++)
		again = again || strcmp(argv[i], "--again") == 0;
	*r = (struct role){ .name = name, .arena = arena_new(ROLE_ARENA_MAX), .again = again };
	if (home == NULL) {
		fprintf(stderr, "%s: part of edigate, started by `edigate run`\n", program);
		exit(EX_USAGE);
	}
	if (conf_read_kept(r->arena, str_of(home), &r->conf, &e) == -1) {
		log_ev(LOG_ERROR, 0, "config", KC("why", e.text));
		exit(EX_CONFIG);
	}
	(void)signal(SIGPIPE, SIG_IGN);
	r->loop = loop_new();
}

static void
enter(struct role *r, role_stop_fn *on_stop)
{
	struct err e;

	stop_fn = on_stop;
	if (sandbox_enter(r->name, str_cstr(r->arena, r->conf.user), &e) == -1) {
		log_ev(LOG_ERROR, 0, "sandbox", KC("why", e.text));
		exit(EX_CONFIG);
	}
	loop_signal(r->loop, SIGTERM, stop, r);
	loop_signal(r->loop, SIGINT, stop, r);
}

void
role_enter(struct role *r, role_msg_fn *on_message, role_stop_fn *on_stop)
{
	message_fn = on_message;
	enter(r, on_stop);
	if (on_message != NULL)
		r->ledger = ipc_new(r->loop, ROLE_FD_CHANNEL, receive, closed, r);
}

void
role_enter_lasting(struct role *r, role_stop_fn *on_ledger, role_stop_fn *on_retire,
    role_stop_fn *on_stop)
{
	ledger_fn = on_ledger;
	retire_fn = on_retire;
	enter(r, on_stop);
	r->line = ipc_new(r->loop, ROLE_FD_CHANNEL, line_said, closed, r);
}

void
role_tell(struct role *r, const struct msg *m)
{
	struct buf b = BUF_CAP(IPC_FRAME_MAX);
	struct err e;

	if (r->ledger == NULL)
		return;	/* gone: whoever comes next hears it from spool and database */
	if (msg_encode(m, &b, &e) == -1 ||
	    (ipc_send(r->ledger, (uint16_t)m->type, buf_str(&b), -1, &e) == -1 && r->line == NULL)) {
		log_ev(LOG_ERROR, 0, "tell", KC("message", msg_name(m->type)), KC("why", e.text));
		exit(EX_SOFTWARE);
	}
	buf_clear(&b);
}
