/* SPDX-License-Identifier: ISC */
/*
 * send.h - what the parts of the send role share. send.c takes jobs and tells the ledger what became of them;
 * send_dest.c keeps a queue and some sessions for each destination, send_rate.c the pace; send_session.c joins one connection and one
 * protocol machine, and sends one mail after the other through them; send_trust.c holds whom they trust.
 */
#ifndef EDIGATE_GATEWAY_SEND_H
#define EDIGATE_GATEWAY_SEND_H

#include "gateway/conf.h"
#include "gateway/role.h"
#include "gateway/route.h"
#include "gateway/smtp/client.h"
#include "gateway/smtp/net.h"
#include "spool/spool.h"

#define SEND_PEER_MAX (ROUTE_HOST_MAX + 64)
#define SEND_TLS_MAX  160

/* What is known of the session that a mail went through, or did not. */
struct send_facts {
	const char *peer, *tls;
	struct str transcript;
};
#define SEND_NO_FACTS (&(const struct send_facts){ .peer = "", .tls = "" })

/* One mail to one recipient. */
struct send_job {
	struct send_job *next;		/* in its destination's queue */
	struct send_job *next_job, **link;	/* among all */
	struct arena *arena;		/* strings and the job itself */
	int64_t id, doc;
	const char *ulid;
	struct smtp_rcpt rcpt;
	struct smtp_mail mail;		/* its bytes are mapped while a session has it */
	struct send_session *session;	/* who has it; NULL: queued */
	bool probe;			/* no mail: answered as soon as a session is ready for one */
	bool urgent;			/* a person wants it tried, even where the server was down a moment ago */
	bool again;			/* went back to the queue once: its session had died of old age */
};

/* Whom we trust and who we are, for all routes that say the same of it; read before the sandbox closes. */
struct send_trust {
	struct str ca, cert, key;
	struct net_tls *tls;		/* NULL: err says why */
	struct err err;
};

/* Where sessions are the same: host, port, TLS, who we log in as. */
struct send_dest {
	struct send_dest *next;
	struct send *send;
	const struct conf_smtp *route;
	struct str host;		/* what is looked up: the smart host, or the recipient's domain */
	bool mx;
	struct smtp_client_opts opts;
	struct net_pin *pins;		/* as many as the route has */
	struct route_server *backups;	/* of the route, n_backups */
	size_t n_backups;
	struct send_job *first, **last;	/* waiting */
	size_t waiting;
	struct send_session *sessions;
	unsigned int n, connecting;	/* of them: not yet ready for a mail */
	struct route_hops hops;		/* where to connect to, best first; n 0: not known */
	int64_t hops_until;
	size_t good_hop;		/* the first that works, as far as known */
	struct net_resume resume;	/* a TLS session with resume_peer, not older than an hour */
	char resume_peer[SEND_PEER_MAX];
	int64_t resume_until;
	struct route_lookup *lookup;
	int64_t down_until;		/* it failed a moment ago: nothing is tried until then */
	struct err down;
	int64_t crowded_until;		/* it takes no more sessions than it has */
	int64_t next_mail;		/* rate: not before */
	int64_t booked;			/* and those that were put off come again until then */
	struct loop_timer *turn;
	bool suspect;			/* its last session never got ready: one mail at a time tries */
	int64_t moved;			/* when a session got ready or a mail was done, or the queue began */
};

struct send_session {
	struct send_session *next, **link;
	struct send_dest *dest;
	struct net *net;
	struct smtp_client smtp;
	struct smtp_client_opts opts;	/* the destination's, with the password */
	struct buf password;		/* only until the first mail */
	struct send_secret *secret;	/* the password is waited for; nothing else has begun */
	struct buf nonce;		/* of AUTH */
	struct send_job *job;
	struct route_hop hop;		/* where it is, or wants to be */
	size_t first_hop, tried;	/* began there; so many have failed */
	struct loop_timer *timer;
	int64_t timer_at;
	int64_t idle_since;		/* or began to connect */
	bool ready;			/* has been ready for a mail at least once */
	bool closing, tls_due, connected;
	net_fn *on_net;
	loop_fn *on_time;
	char peer[SEND_PEER_MAX];
	char tls[SEND_TLS_MAX];
	struct transcript transcript;	/* of the mail in hand; for the first one, of all since the first connect */
};

struct send {
	struct role role;
	struct spool *spool;
	struct str own_name;
	struct send_trust *trusts;
	size_t n_trusts;
	struct send_dest *dests;
	struct send_job *jobs;
	unsigned int sessions, n_jobs;
	struct loop_timer *crowd;	/* every place is taken: looks who makes no step */
	bool draining, stopped;
};

/* send.c; probe.c has its own of these */
void send_answer(struct send *s, struct send_job *j, const struct smtp_verdict *v,
    const struct send_facts *f);
void send_answer_err(struct send *s, struct send_job *j, const struct err *e,
    const struct send_facts *f);
void send_put_off(struct send *s, struct send_job *j, unsigned int seconds);	/* no attempt: it comes again then */
void send_committing(struct send *s, const struct send_job *j, const struct send_facts *f);
void send_check_drained(struct send *s);

/* send_trust.c */
void send_read_trusts(struct send *s);		/* of every route; before the sandbox closes */
const struct send_trust *send_trust_of(const struct send *s, const struct conf_smtp *route);	/* NULL: no route has it */

/* send_tls.c: of a session whose hop is set */
int  send_tls_policy(struct send_session *s, struct err *e);	/* into its opts; -1: it must not go there */
void send_tls_start(struct send_session *s);
void send_tls_facts(struct send_session *s);		/* after the handshake, into its tls and transcript */

/* send_dest.c */
void send_dest_add(struct send *s, struct send_job *j, const struct conf_smtp *route);
struct send_job *send_dest_take(struct send_dest *d);			/* the next one that waits, or NULL */
void send_dest_back(struct send_dest *d, struct send_job *j);		/* to the head of the queue */
void send_dest_pump(struct send_dest *d);				/* sessions for what waits */
/* A session never became ready. */
void send_dest_failed(struct send_dest *d, const struct err *e, const struct send_facts *f);
void send_dest_stop(struct send *s);					/* answer all that waits, end idle sessions */
void send_dest_moved(struct send_dest *d);				/* a session got ready, a mail was done */
/* Every place is taken: where nothing moved since then, what waits gives its place up. */
void send_dest_shed(struct send *s, int64_t since);

/* send_rate.c */
bool send_rate_may(struct send_dest *d);		/* a mail may go now; else the destination is pumped when it may */
void send_rate_took(struct send_dest *d);		/* one goes */
unsigned int send_rate_put_off(struct send_dest *d);	/* one more: 0, it may wait here; or seconds until its turn */

/*
 * send_secret.c: fn is called once, from the loop, with the password (lent) or, e not NULL, why there is none; drop it
 * afterwards, or before to be told nothing. NULL: it could not be started.
 */
typedef void send_secret_fn(void *arg, struct str password, const struct err *e);
bool send_secret_is_slow(struct str setting);		/* else conf_secret() will do */
struct send_secret *send_secret_start(struct loop *l, const struct conf *c, struct str setting,
    send_secret_fn *fn, void *arg, struct err *e);
void send_secret_drop(struct send_secret *s);		/* NULL: fine */

/* send_session.c */
void send_session_new(struct send_dest *d);
void send_session_wake(struct send_session *s);		/* idle, and a mail waits */
void send_session_go(struct send_session *s, bool go);	/* the ledger's word on the final dot */
void send_session_stop(struct send_session *s);			/* QUIT when nothing is in hand */

#endif
