/* SPDX-License-Identifier: ISC */
/*
 * wire.h - one end of a connection through which only so many bytes pass, TLS included: what is said and heard is counted, and
 * cut, where the kernel has it, below TLS. Blocking.
 */
#ifndef EDIGATE_TESTS_FAKE_WIRE_H
#define EDIGATE_TESTS_FAKE_WIRE_H

#include "gateway/base/buf.h"

#include <openssl/ssl.h>
#include <poll.h>
#include <stdint.h>
#include <sys/socket.h>
#include <unistd.h>

#define WIRE_PATIENCE_MS 60000
#define WIRE_TEXT_MAX	 ((size_t)1 << 20)
#define WIRE_ALL	 SIZE_MAX	/* also: more than there will ever be */

struct wire {
	int fd;
	SSL *ssl;
	BIO *in, *out;			/* the ssl's: bytes as they are on the wire */
	size_t said, heard;		/* bytes on the wire so far */
	size_t said_max, heard_max;	/* that may pass */
	bool closed;			/* by the other side */
	int patience_ms;		/* who says nothing for so long has ended */
	struct buf text;		/* heard, and not yet taken */
};

static inline void
wire_init(struct wire *w, int fd, size_t said_max, size_t heard_max)
{
	*w = (struct wire){
		.fd = fd, .said_max = said_max, .heard_max = heard_max, .patience_ms = WIRE_PATIENCE_MS, .text = BUF_CAP(WIRE_TEXT_MAX)
	};
}

static inline void
wire_clear(struct wire *w)
{
	if (w->fd != -1)
		(void)close(w->fd);
	SSL_free(w->ssl);
	buf_clear(&w->text);
	w->fd = -1;
	w->ssl = NULL;
}

/* The last byte that may pass has passed. */
static inline bool
wire_is_cut(const struct wire *w)
{
	return w->said >= w->said_max || w->heard >= w->heard_max;
}

/* False: not all of it went. */
static inline bool
wire_push(struct wire *w, struct str s)
{
	size_t may = w->said_max - w->said;
	struct str rest = str_sub(s, 0, may);

	while (rest.n > 0) {
		ssize_t n = send(w->fd, rest.p, rest.n, MSG_NOSIGNAL);

		if (n <= 0) {
			w->closed = true;
			return false;
		}
		w->said += (size_t)n;
		rest = str_from(rest, (size_t)n);
	}
	return s.n <= may;
}

/* What TLS has to say goes out. */
static inline bool
wire_flush(struct wire *w)
{
	char room[16384];
	bool all = true;
	int n;

	while (w->ssl != NULL && (n = BIO_read(w->out, room, sizeof(room))) > 0)
		all = wire_push(w, str_make(room, (size_t)n)) && all;
	return all;
}

/* All of it went: that is, is in the hands of our kernel. */
static inline bool
wire_say(struct wire *w, struct str s)
{
	if (w->ssl == NULL)
		return wire_push(w, s);
	return SSL_write(w->ssl, s.p, (int)s.n) == (int)s.n && wire_flush(w);
}

static inline void
wire_decrypt(struct wire *w)
{
	char room[16384];
	int n;

	while ((n = SSL_read(w->ssl, room, sizeof(room))) > 0)
		(void)buf_put(&w->text, str_make(room, (size_t)n), NULL);
}

/* Some more bytes. False: there are none, or no more may pass. */
static inline bool
wire_hear(struct wire *w)
{
	struct pollfd p = { .fd = w->fd, .events = POLLIN };
	char room[16384];
	size_t may = w->heard_max - w->heard;
	ssize_t n;

	if (wire_is_cut(w) || w->closed || poll(&p, 1, w->patience_ms) != 1)
		return false;
	n = recv(w->fd, room, may < sizeof(room) ? may : sizeof(room), 0);
	if (n <= 0) {
		w->closed = true;
		return false;
	}
	w->heard += (size_t)n;
	if (w->ssl == NULL)
		return buf_put(&w->text, str_make(room, (size_t)n), NULL) == 0;
	(void)BIO_write(w->in, room, (int)n);
	if (SSL_is_init_finished(w->ssl))
		wire_decrypt(w);
	return true;
}

/* False: it was cut, or failed. */
static inline bool
wire_secure(struct wire *w, SSL_CTX *ctx, bool server)
{
	w->ssl = SSL_new(ctx);
	w->in = BIO_new(BIO_s_mem());
	w->out = BIO_new(BIO_s_mem());
	if (w->ssl == NULL || w->in == NULL || w->out == NULL)
		return false;
	BIO_set_mem_eof_return(w->in, -1);
	SSL_set_bio(w->ssl, w->in, w->out);
	if (server)
		SSL_set_accept_state(w->ssl);
	else
		SSL_set_connect_state(w->ssl);
	for (;;) {
		int rc = SSL_do_handshake(w->ssl);

		if (!wire_flush(w))
			return false;
		if (rc == 1)
			break;
		if (SSL_get_error(w->ssl, rc) != SSL_ERROR_WANT_READ || !wire_hear(w))
			return false;
	}
	wire_decrypt(w);	/* what came right behind */
	return true;
}

/* The next line without its end, lent until wire_took() is called with it. False: there will be none. */
static inline bool
wire_line(struct wire *w, struct str *line, size_t *took)
{
	struct str rest;

	for (;;) {
		rest = buf_str(&w->text);
		if (str_next_line(&rest, line)) {
			*took = w->text.n - rest.n;
			return true;
		}
		if (!wire_hear(w))
			return false;
	}
}

static inline void
wire_took(struct wire *w, size_t n)
{
	buf_drop(&w->text, n);
}

#endif
