/* SPDX-License-Identifier: ISC */
/*
 * net.h - a connection over the loop: non-blocking connect and accept, TLS either way. The one user of libssl.
 *
 * A connection holds no output: net_write() takes what the socket takes now and says NET_ROOM when it takes more.
 * Nothing is read ahead of the caller: when STARTTLS is answered, every byte that came in the clear has been given.
 */
#ifndef EDIGATE_SMTP_NET_H
#define EDIGATE_SMTP_NET_H

#include "gateway/base/err.h"
#include "gateway/base/loop.h"
#include "gateway/base/str.h"
#include "gateway/smtp/scram.h"

#include <sys/socket.h>

#define NET_BINDS_MAX	2
#define NET_DIGEST_MAX	64

struct net;
struct net_tls;			/* certificates and rules: one for each side and trust, shared by connections */

/* How a client judges the server's certificate. */
enum net_trust {
	NET_TRUST_CA,		/* chain and name */
	NET_TRUST_PIN,		/* it is one of pins, whatever else stands in it */
	NET_TRUST_DANE,		/* it fits one of tlsa (RFC 7672) */
	NET_TRUST_ANY,		/* it is not judged: only those who merely listen are kept out */
};

struct net_pin {		/* SHA-256 of a certificate, or of its public key (SubjectPublicKeyInfo) */
	bool key;
	unsigned char digest[SHA256_BYTES];
};

struct net_tlsa {		/* RFC 6698, 2.1 */
	unsigned char usage, selector, matching;
	unsigned char data[NET_DIGEST_MAX];
	size_t n;
};

/* A TLS session that may be taken up again with the same server under the same rules. Zeroed: none. */
struct net_resume {
	void *session;
};

struct net_rules {		/* lent for net_start_tls(), but for pins and resume: until the connection ends */
	const char *name;	/* what the certificate must carry, a host name or an address; and the name asked for (SNI) */
	const char *also;	/* NET_TRUST_DANE: another name that will do, or NULL */
	enum net_trust trust;
	const struct net_pin *pins;
	size_t n_pins;
	const struct net_tlsa *tlsa;
	size_t n_tlsa;
	struct net_resume *resume;	/* NULL: always a full handshake */
};

enum net_event {
	NET_UP,			/* the connect succeeded */
	NET_SECURED,		/* the handshake is done; the client believes the server's certificate under its rules */
	NET_BYTES,		/* bytes came: lent for the call */
	NET_ROOM,		/* a net_write() that took less may be repeated */
	NET_ENDED,		/* the peer ended in good order; nothing more comes */
	NET_FAILED,		/* net_error() says why */
};
typedef void net_fn(void *arg, enum net_event ev, struct str bytes);

/* ca: "system" or a PEM file; cert, key: PEM files of our own certificate, or "". TLS 1.2 and up. NULL with ERR_CONFIG. */
struct net_tls *net_tls_client(const char *ca, const char *cert, const char *key, struct err *e);
/* PEM files: the certificate with its chain, and its key. */
struct net_tls *net_tls_server(const char *cert, const char *key, struct err *e);
void net_tls_free(struct net_tls *t);

/* A server asks its clients for a certificate; none need have one. What they show is told by net_peer_fingerprint(). */
struct net_fingerprint {
	unsigned char b[32];		/* SHA-256 over the whole certificate */
};
void net_tls_ask(struct net_tls *t);
int  net_fingerprint_file(const char *path, struct net_fingerprint *out, struct err *e);	/* PEM, the first in it */

/* NULL with ERR_RETRY. NET_UP or NET_FAILED follows from the loop; how long that may take is the caller's timer. */
struct net *net_connect(struct loop *l, const struct sockaddr *to, socklen_t len, net_fn *fn, void *arg,
    struct err *e);
/* The next waiting connection of a listening socket, its peer in *peer; NULL: none now. */
struct net *net_accept(struct loop *l, int listener, struct sockaddr_storage *peer, net_fn *fn,
    void *arg);

/* Begin a handshake; rules: of the client, NULL for the server. */
void net_start_tls(struct net *n, const struct net_tls *t, const struct net_rules *rules);
void net_resume_clear(struct net_resume *r);

/* After NET_SECURED: what SCRAM-SHA-256-PLUS can bind to, best first. Returns how many. */
size_t net_bindings(struct net *n, struct scram_binding out[NET_BINDS_MAX]);

size_t net_write(struct net *n, struct str bytes);
bool net_takes(const struct net *n);		/* false: the peer takes nothing more; what it said is still there to be read */
bool net_readable(const struct net *n);		/* are there bytes already? for greeting those who do not wait */
void net_ration(struct net *n, size_t max);	/* in the clear: so many bytes at a time, what follows stays in the kernel; 0: any */
void net_pause(struct net *n, bool pause);	/* paused: the peer's bytes stay in the kernel */

/* End it: our side first, then their last bytes are awaited for a moment, so that a reset does not eat our reply. */
void net_close(struct net *n);
void net_drop(struct net *n);			/* at once; takes NULL */

/* After NET_SECURED, of a client of ours; false: it showed no certificate. */
bool net_peer_fingerprint(const struct net *n, struct net_fingerprint *out, bool *in_time);

const struct err *net_error(const struct net *n);
struct str net_tls_facts(struct net *n, char *room, size_t size);	/* "TLSv1.3 TLS_AES_256_GCM_SHA384, resumed"; empty: clear */

/* "192.0.2.1", "2001:db8::1". */
void net_address(const struct sockaddr_storage *ss, char *out, size_t size);

#endif
