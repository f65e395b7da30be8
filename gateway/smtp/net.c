/* SPDX-License-Identifier: ISC */
#include "gateway/smtp/net_int.h"

#include "gateway/base/io.h"

#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define READ_SIZE    65536
#define READS_A_TURN 8		/* then others have their turn */
#define LINGER_MS    2000
#define LINGER_BYTES (1u << 20)

enum net_state { NET_CONNECTING, NET_HANDSHAKING, NET_OPEN, NET_LINGERING, NET_DEAD };

struct net {
	struct loop *loop;
	int fd;
	enum net_state state;
	SSL *ssl;
	struct net_judge *judge;	/* of a client */
	bool broken;			/* a fatal TLS error: no close_notify any more */
	bool paused, blocked;		/* blocked: a write took less than all */
	bool deaf;			/* the peer takes nothing more: the read side will say why */
	bool read_wants_write, write_wants_read;	/* TLS 1.3 key updates may turn the directions round */
	struct loop_timer *timer;	/* reads what TLS holds after a pause; ends lingering */
	size_t lingered, ration;
	loop_fd_fn *on_ready;
	net_fn *fn;
	void *arg;
	bool *gone;			/* tells whoever called fn that n was freed in there */
	struct err err;
};

static char read_buffer[READ_SIZE];	/* one for all: its bytes are lent for one call */

static void
arm(struct net *n)
{
	int want = 0;

	if (n->state == NET_CONNECTING)
		want = LOOP_WRITE;
	else if (n->state == NET_HANDSHAKING)
		want = n->blocked ? LOOP_WRITE : LOOP_READ;
	else if (n->state == NET_LINGERING)
		want = LOOP_READ;
	else if (n->state == NET_OPEN)
		want = (n->paused && !n->write_wants_read ? 0 : LOOP_READ) |
		    (n->blocked || n->read_wants_write ? LOOP_WRITE : 0);
	loop_fd(n->loop, n->fd, want, n->on_ready, n);
}

/* Tell the owner. False: it ended the connection in there, n is gone. */
static bool
tell(struct net *n, enum net_event ev, struct str bytes)
{
	bool gone = false;

	n->gone = &gone;
	n->fn(n->arg, ev, bytes);
	if (!gone)
		n->gone = NULL;
	return !gone;
}

/* err was set. Nothing is read or written any more; the owner ends it. */
static void
fail(struct net *n)
{
	n->state = NET_DEAD;
	arm(n);
	(void)tell(n, NET_FAILED, S(""));
}

/* ---- TLS ---- */

/* The handshake failed: the certificate has reasons that a person understands; the rest has OpenSSL's. */
static void
set_handshake_err(struct net *n, int ssl_error)
{
	long verdict = SSL_get_verify_result(n->ssl);

	n->broken = true;
	if (n->judge != NULL && n->judge->rules.resume != NULL)
		net_resume_clear(n->judge->rules.resume);
	if (n->judge != NULL && verdict != X509_V_OK) {
		ERR_clear_error();
		(void)err_set(&n->err, ERR_CONFIG, "certificate of the server is not believed: %s",
		    n->judge->why[0] != '\0' ? n->judge->why : X509_verify_cert_error_string(verdict));
		n->err.code = "E-SMTP-CERT";
	} else if (ssl_error == SSL_ERROR_SYSCALL && ERR_peek_error() == 0) {
		(void)err_set(&n->err, ERR_RETRY, "connection lost in the TLS handshake");
	} else {
		(void)net_tls_err(&n->err, ERR_RETRY, "TLS handshake");
	}
}

/*
 * As the server has nothing to say after a handshake, the kernel would hold back the ACK of its last packet for 40 ms,
 * and a client that does not set TCP_NODELAY its EHLO until then.
 */
static void
ack_now(const struct net *n)
{
	int on = 1;

	(void)setsockopt(n->fd, IPPROTO_TCP, TCP_QUICKACK, &on, sizeof(on));
}

static void
handshake(struct net *n)
{
	ERR_clear_error();
	int rc = SSL_do_handshake(n->ssl);

	if (rc == 1) {
		ack_now(n);
		n->state = NET_OPEN;
		n->blocked = false;
		arm(n);
		(void)tell(n, NET_SECURED, S(""));
		return;
	}
	int why = SSL_get_error(n->ssl, rc);
	n->blocked = why == SSL_ERROR_WANT_WRITE;
	if (why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE) {
		arm(n);
		return;
	}
	set_handshake_err(n, why);
	fail(n);
}

/* ---- reading and writing; what they return: bytes, 0 none now, -1 failed (err is set), -2 the peer ended ---- */

static ssize_t
read_some(struct net *n)
{
	ssize_t got;
	int rc;

	if (n->ssl == NULL) {
		got = recv(n->fd, read_buffer, n->ration > 0 ? n->ration : sizeof(read_buffer), MSG_DONTWAIT);
		if (got > 0)
			return got;
		if (got == 0)
			return -2;
		if (errno == EAGAIN || errno == EINTR)
			return 0;
		return err_errno(&n->err, "connection lost");
	}
	if (n->broken)
		return -1;	/* a write failed; why is in err */
	ERR_clear_error();
	rc = SSL_read(n->ssl, read_buffer, sizeof(read_buffer));
	n->read_wants_write = false;
	if (rc > 0)
		return rc;
	switch (SSL_get_error(n->ssl, rc)) {
	case SSL_ERROR_WANT_READ:
		return 0;
	case SSL_ERROR_WANT_WRITE:
		n->read_wants_write = true;
		return 0;
	case SSL_ERROR_ZERO_RETURN:
		return -2;
	default:
		n->broken = true;
		return net_tls_err(&n->err, ERR_RETRY, "connection lost under TLS");
	}
}

static ssize_t
write_some(struct net *n, struct str bytes)
{
	ssize_t put;
	int rc;

	if (n->ssl == NULL) {
		put = send(n->fd, bytes.p, bytes.n, MSG_NOSIGNAL | MSG_DONTWAIT);
		if (put >= 0)
			return put;
		if (errno == EAGAIN || errno == EINTR)
			return 0;
		return err_errno(&n->err, "connection lost");
	}
	ERR_clear_error();
	rc = SSL_write(n->ssl, bytes.p, bytes.n > INT32_MAX ? INT32_MAX : (int)bytes.n);
	n->write_wants_read = false;
	if (rc > 0)
		return rc;
	switch (SSL_get_error(n->ssl, rc)) {
	case SSL_ERROR_WANT_WRITE:
		return 0;
	case SSL_ERROR_WANT_READ:
		n->write_wants_read = true;
		return 0;
	default:
		n->broken = true;
		return net_tls_err(&n->err, ERR_RETRY, "connection lost under TLS");
	}
}

/* Give the owner what has come. Bytes that TLS has taken in already wake no poll, so those are always read. */
static void
read_on(struct net *n)
{
	for (int i = 0; n->state == NET_OPEN && !n->paused; i++) {
		bool held = n->ssl != NULL && SSL_pending(n->ssl) > 0;
		if (i >= READS_A_TURN && !held)
			break;
		ssize_t got = read_some(n);
		if (got == 0)
			break;
		if (got == -1) {
			fail(n);
			return;
		}
		if (got == -2) {
			/* Not one byte is read behind the end: what came in the clear behind it is nobody's. */
			n->state = NET_DEAD;
			arm(n);
			(void)tell(n, NET_ENDED, S(""));
			return;
		}
		if (!tell(n, NET_BYTES, str_make(read_buffer, (size_t)got)))
			return;
	}
	arm(n);
}

static void
read_after_pause(void *arg)
{
	struct net *n = arg;

	n->timer = NULL;
	read_on(n);
}

/* ---- the end ---- */

static void
linger_over(void *arg)
{
	struct net *n = arg;

	n->timer = NULL;
	net_drop(n);
}

static void
linger(struct net *n)
{
	ssize_t got = recv(n->fd, read_buffer, sizeof(read_buffer), MSG_DONTWAIT);

	if (got > 0)
		n->lingered += (size_t)got;
	else if (got == 0 || (errno != EAGAIN && errno != EINTR))
		n->lingered = LINGER_BYTES;
	if (n->lingered >= LINGER_BYTES)
		net_drop(n);
}

static void
connected(struct net *n)
{
	int why = 0;
	socklen_t len = sizeof(why);

	if (getsockopt(n->fd, SOL_SOCKET, SO_ERROR, &why, &len) == -1)
		why = errno;
	if (why != 0) {
		(void)err_set(&n->err, ERR_RETRY, "connect: %s", strerror(why));
		n->err.code = "E-SMTP-CONNECT";
		fail(n);
		return;
	}
	n->state = NET_OPEN;
	arm(n);
	(void)tell(n, NET_UP, S(""));
}

static void
on_ready(void *arg, int fd, int ready)
{
	struct net *n = arg;

	(void)fd;
	switch (n->state) {
	case NET_CONNECTING:
		connected(n);
		break;
	case NET_HANDSHAKING:
		handshake(n);
		break;
	case NET_LINGERING:
		linger(n);
		break;
	case NET_OPEN:
		if (n->blocked && ((ready & LOOP_WRITE) != 0 || n->write_wants_read)) {
			n->blocked = false;
			if (!tell(n, NET_ROOM, S("")))
				return;
		}
		read_on(n);
		break;
	case NET_DEAD:
		break;
	}
}

static struct net *
net_new(struct loop *l, int fd, enum net_state state, net_fn *fn, void *arg)
{
	struct net *n = calloc(1, sizeof(*n));
	int one = 1;

	if (n == NULL)
		abort();
	*n = (struct net){
		.loop = l, .fd = fd, .state = state, .on_ready = on_ready, .fn = fn, .arg = arg,
	};
	/* Replies and commands are small and wait for each other. A socket that cannot do it is merely slower. */
	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	arm(n);
	return n;
}

/* ---- what the caller calls ---- */

struct net *
net_connect(struct loop *l, const struct sockaddr *to, socklen_t len, net_fn *fn, void *arg,
    struct err *e)
{
	int fd = socket(to->sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd == -1) {
		(void)err_errno(e, "socket");
		return NULL;
	}
	if (connect(fd, to, len) == -1 && errno != EINPROGRESS) {
		(void)err_code(err_errno(e, "connect"), e, "E-SMTP-CONNECT");
		io_close(&fd);
		return NULL;
	}
	return net_new(l, fd, NET_CONNECTING, fn, arg);
}

struct net *
net_accept(struct loop *l, int listener, struct sockaddr_storage *peer, net_fn *fn, void *arg)
{
	socklen_t len = sizeof(*peer);
	int fd;

	memset(peer, 0, sizeof(*peer));
	do {
		fd = accept4(listener, (struct sockaddr *)peer, &len, SOCK_NONBLOCK | SOCK_CLOEXEC);
	} while (fd == -1 && (errno == EINTR || errno == ECONNABORTED));
	return fd == -1 ? NULL : net_new(l, fd, NET_OPEN, fn, arg);
}

void
net_start_tls(struct net *n, const struct net_tls *t, const struct net_rules *rules)
{
	assert(n->ssl == NULL && n->state == NET_OPEN);
	if (rules != NULL) {
		n->judge = calloc(1, sizeof(*n->judge));
		if (n->judge == NULL)
			abort();
		n->judge->rules = *rules;
	}
	n->ssl = net_ssl_new(t, n->fd, n->judge);
	n->state = NET_HANDSHAKING;
	n->blocked = SSL_is_server(n->ssl) == 0;	/* the client speaks first: when the loop comes by */
	arm(n);
}

size_t
net_write(struct net *n, struct str bytes)
{
	size_t done = 0;

	/* A failed write is not the end: what the peer said before it went away may still be there to be read. */
	while (n->state == NET_OPEN && !n->deaf && done < bytes.n) {
		ssize_t put = write_some(n, str_from(bytes, done));
		n->deaf = put == -1;
		if (put <= 0)
			break;
		done += (size_t)put;
	}
	n->blocked = n->state == NET_OPEN && !n->deaf && done < bytes.n;
	if (n->state == NET_OPEN)
		arm(n);
	return done;
}

bool
net_takes(const struct net *n)
{
	return !n->deaf;
}

bool
net_readable(const struct net *n)
{
	char c;

	return recv(n->fd, &c, 1, MSG_PEEK | MSG_DONTWAIT) > 0;
}

void
net_ration(struct net *n, size_t max)
{
	assert(max <= sizeof(read_buffer));
	n->ration = max;
}

void
net_pause(struct net *n, bool pause)
{
	if (n->paused == pause || n->state != NET_OPEN) {
		n->paused = pause;
		return;
	}
	n->paused = pause;
	arm(n);
	if (!pause && n->ssl != NULL && SSL_has_pending(n->ssl) && n->timer == NULL)
		n->timer = loop_timer(n->loop, 0, read_after_pause, n);
}

void
net_close(struct net *n)
{
	if (n->gone != NULL)
		*n->gone = true;
	n->gone = NULL;
	if (n->state != NET_OPEN) {
		net_drop(n);
		return;
	}
	if (n->ssl != NULL && !n->broken) {
		ERR_clear_error();
		(void)SSL_shutdown(n->ssl);	/* our close_notify; theirs is not waited for */
		ERR_clear_error();
	}
	(void)shutdown(n->fd, SHUT_WR);
	n->state = NET_LINGERING;
	loop_timer_drop(n->loop, n->timer);
	n->timer = loop_timer(n->loop, LINGER_MS, linger_over, n);
	arm(n);
}

void
net_drop(struct net *n)
{
	if (n == NULL)
		return;
	if (n->gone != NULL)
		*n->gone = true;
	loop_fd(n->loop, n->fd, 0, NULL, NULL);
	loop_timer_drop(n->loop, n->timer);
	SSL_free(n->ssl);
	free(n->judge);
	io_close(&n->fd);
	free(n);
}

bool
net_peer_fingerprint(const struct net *n, struct net_fingerprint *out, bool *in_time)
{
	return n->ssl != NULL && net_ssl_fingerprint(n->ssl, out, in_time);
}

const struct err *
net_error(const struct net *n)
{
	return &n->err;
}

struct str
net_tls_facts(struct net *n, char *room, size_t size)
{
	if (n->ssl == NULL || n->state == NET_HANDSHAKING)
		return S("");
	(void)snprintf(room, size, "%s %s%s", SSL_get_version(n->ssl), SSL_get_cipher_name(n->ssl),
	    SSL_session_reused(n->ssl) ? ", resumed" : "");
	return str_of(room);
}

size_t
net_bindings(struct net *n, struct scram_binding out[NET_BINDS_MAX])
{
	return n->ssl == NULL || n->state == NET_HANDSHAKING ? 0 : net_rules_bindings(n->ssl, out);
}

void
net_address(const struct sockaddr_storage *ss, char *out, size_t size)
{
	const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)ss;
	const struct sockaddr_in *in4 = (const struct sockaddr_in *)ss;
	const void *a = ss->ss_family == AF_INET6 ? (const void *)&in6->sin6_addr : (const void *)&in4->sin_addr;

	/* An IPv4 peer on an IPv6 socket is shown as what it is. */
	if (ss->ss_family == AF_INET6 && IN6_IS_ADDR_V4MAPPED(&in6->sin6_addr))
		(void)inet_ntop(AF_INET, &in6->sin6_addr.s6_addr[12], out, (socklen_t)size);
	else if (inet_ntop(ss->ss_family, a, out, (socklen_t)size) == NULL)
		(void)snprintf(out, size, "unknown");
}
