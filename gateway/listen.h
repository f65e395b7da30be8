/* SPDX-License-Identifier: ISC */
/*
 * listen.h - what the parts of the listen role share. listen.c accepts, commits and stops; listen_session.c joins one
 * connection, one protocol machine and one file in the spool.
 */
#ifndef EDIGATE_GATEWAY_LISTEN_H
#define EDIGATE_GATEWAY_LISTEN_H

#include "gateway/base/loop.h"
#include "gateway/conf.h"
#include "gateway/listen_users.h"
#include "gateway/smtp/net.h"
#include "gateway/smtp/server.h"
#include "spool/spool.h"

#include <netinet/in.h>

struct listen {
	struct loop *loop;
	const struct conf *conf;
	struct spool *spool;
	const struct net_tls *tls;	/* NULL: no STARTTLS */
	struct listen_users users;	/* nobody: no AUTH */
	struct smtp_server_opts opts, tls_opts, lmtp_opts;	/* tls_opts: where TLS begins with the first byte */
	struct listen_session *sessions;	/* all, newest first */
	struct listen_session *whole;		/* those whose mail waits to be made lasting, by next_whole */
	unsigned int n;
	bool stopping, retired;		/* retired: ends with its last session, all of which go on to their end */
	unsigned int refused;		/* sessions sent away since the last line about it in the log */
	int64_t refused_until;
	loop_fn *empty;			/* stopping, and the last session has ended */
	void *arg;
	loop_fd_fn *on_listener;
	struct loop_timer *rest;	/* not accepting until then */
};

struct listen_session {
	struct listen *l;
	struct listen_session *next, **link;	/* in l->sessions; link: who points here */
	struct listen_session *next_whole;
	struct net *net;
	struct smtp_server smtp;
	struct buf rest;		/* came while the machine waited for an answer */
	struct loop_timer *timer;
	int64_t timer_at;
	loop_fn *on_time;
	struct spool_put put;
	char ulid[ULID_MAX];
	char peer[INET6_ADDRSTRLEN];
	unsigned char origin[8];	/* an IPv4 address, or the network half of an IPv6 one: counted together */
	bool local;			/* over a unix socket */
	bool writing, committing, doubtful, tls_due, closing, lost;
};

/* Takes the connection that comes with accept() on listener, and greets; false: there was none. */
bool listen_session_accept(struct listen *l, int listener, const struct smtp_server_opts *o);

/* What became of its mail, after it was in l->whole: the answer goes out and the session goes on. */
void listen_session_kept(struct listen_session *s, enum smtp_kept k);

void listen_session_stop(struct listen_session *s);	/* ends now or after its mail */
void listen_session_end(struct listen_session *s);	/* at once */

#endif
