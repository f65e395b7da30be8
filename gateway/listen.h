/* SPDX-License-Identifier: ISC */
/*
 * listen.h - what the parts of the listen role share.
 *
 *   listen.c          accepts, commits, stops
 *   listen_session.c  joins one connection, one protocol machine and one file in the spool
 *   listen_door.c     who comes in: PROXY headers, limits, handshakes in turn
 *   listen_policy.c   who may send, under which address
 *   listen_auth.c     passwords and certificates
 *   listen_file.c     the mail on its way to the spool
 */
#ifndef EDIGATE_GATEWAY_LISTEN_H
#define EDIGATE_GATEWAY_LISTEN_H

#include "gateway/base/loop.h"
#include "gateway/conf.h"
#include "gateway/greylist.h"
#include "gateway/listen_users.h"
#include "gateway/network.h"
#include "gateway/origins.h"
#include "gateway/smtp/net.h"
#include "gateway/smtp/server.h"
#include "spool/spool.h"

#include <netinet/in.h>

struct listen_certificate {
	struct net_fingerprint print;
	const struct partner *of;
};

struct listen {
	struct loop *loop;
	const struct conf *conf;
	struct spool *spool;
	const struct net_tls *tls;	/* NULL: no STARTTLS */
	struct listen_users users;	/* nobody: no AUTH by password */
	struct listen_certificate *certificates;	/* for AUTH EXTERNAL */
	size_t n_certificates;
	struct smtp_server_opts opts, tls_opts, lmtp_opts;	/* tls_opts: where TLS begins with the first byte */
	struct listen_session *sessions;	/* all, newest first */
	struct listen_session *whole;		/* those whose mail waits to be made lasting, by next_whole */
	struct listen_session *waiting, **waiting_end;	/* for their handshake, by next_waiting */
	unsigned int n, n_strangers;
	unsigned int handshakes;	/* of strangers, now */
	struct origins *origins;
	struct greylist *greylist;
	bool has_networks;		/* of some partner: slots are reserved for them */
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
	struct listen_session *next_whole, *next_waiting;
	struct net *net;
	const struct smtp_server_opts *opts;
	struct smtp_server smtp;
	struct buf rest;		/* came while the machine waited for an answer */
	struct loop_timer *timer;
	int64_t timer_at;
	loop_fn *on_time;
	struct spool_put put;
	char ulid[ULID_MAX];
	char peer[INET6_ADDRSTRLEN];
	struct address address;
	struct origin *origin;		/* NULL: over a unix socket */
	const struct partner *owner;	/* of the network that it comes from, or NULL */
	const struct partner *certified;	/* whose certificate was shown, or NULL */
	const struct partner *login;	/* who has logged in, when that is a partner */
	bool local;			/* over a unix socket */
	bool stranger;			/* neither this machine nor a partner's network */
	bool proxied;			/* the PROXY header is still to come */
	bool waits, shaking;		/* for its handshake; in it, and counted */
	bool writing, committing, doubtful, tls_due, closing, lost;
};

/* Takes the connection that comes with accept() on listener, and greets; false: there was none. */
bool listen_session_accept(struct listen *l, int listener, const struct smtp_server_opts *o);

/* Who it is is known: greet, or send away. */
void listen_session_begin(struct listen_session *s);

/* What became of its mail, after it was in l->whole: the answer goes out and the session goes on. */
void listen_session_kept(struct listen_session *s, enum smtp_kept k);

void listen_session_stop(struct listen_session *s);	/* ends now or after its mail */
void listen_session_end(struct listen_session *s);	/* at once */

/* listen_door.c */
void listen_door_open(struct listen *l);				/* once, before the first session */
bool listen_door_is_balancer(const struct listen_session *s);
bool listen_door_proxy(struct listen_session *s, struct str bytes);	/* a piece of the header: false: end it */
const char *listen_door_enter(struct listen_session *s);		/* counts it; NULL: welcome, else the whole reply */
void listen_door_leave(struct listen_session *s);
void listen_door_handshake(struct listen_session *s);			/* begins it, now or when it is its turn */
void listen_door_shaken(struct listen_session *s);			/* it is over, well or not */

/* listen_policy.c: NULL: yes, else the whole reply. */
const char *listen_policy_sender(struct listen_session *s, struct str sender);

/* listen_auth.c */
int  listen_auth_prepare(struct listen *l, struct arena *a, struct net_tls *tls, struct err *e);
void listen_auth_secured(struct listen_session *s);
void listen_auth_verifier(struct listen_session *s);			/* answers SERVER_SCRAM */
bool listen_auth_check(struct listen_session *s);			/* for SERVER_AUTH */

/* listen_file.c */
enum smtp_kept listen_file_open(struct listen_session *s);
void listen_file_write(struct listen_session *s);
void listen_file_drop(struct listen_session *s);

#endif
