/* SPDX-License-Identifier: ISC */
#include "gateway/keyclient.h"

#include "gateway/base/clock.h"
#include "gateway/base/log.h"
#include "gateway/keyreq.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sysexits.h>
#include <unistd.h>

#define ASKED_MAX 4		/* times that one question is put: it may be the one that ends the keys role */

struct keyclient {
	int fd, wait_ms;
	uint64_t number;	/* of the last question; answers to others are of a process before us */
};

struct remote {
	struct keyclient *client;
	unsigned char id[CERT_KEY_ID_BYTES];
	bool any;
};

/* ---- question and answer ---- */

/* Answers that nobody waits for any more, and what a successor said while nobody listened. */
static void
drain(struct keyclient *k)
{
	unsigned char frame[KEYANS_BYTES];

	while (recv(k->fd, frame, sizeof(frame), MSG_DONTWAIT) > 0)
		;
}

static int
wait_for(struct keyclient *k, short events, int64_t until, struct err *e)
{
	for (;;) {
		struct pollfd p = { .fd = k->fd, .events = events };
		int64_t left = until - clock_mono_ms();
		int rc = left <= 0 ? 0 : poll(&p, 1, (int)left);

		if (rc == 1)
			return 0;
		if (rc == 0)
			return err_code(err_set(e, ERR_RETRY, "the keys role has not answered for %d seconds", k->wait_ms / 1000), e,
			    "E-KEYS-SILENT");
		if (errno != EINTR)
			return err_errno(e, "poll");
	}
}

static int
put(struct keyclient *k, const unsigned char frame[KEYREQ_BYTES], int64_t until, struct err *e)
{
	while (send(k->fd, frame, KEYREQ_BYTES, MSG_NOSIGNAL | MSG_DONTWAIT) == -1) {
		if (errno != EAGAIN && errno != EINTR)
			return err_errno(e, "the channel to the keys role");
		if (errno == EAGAIN && wait_for(k, POLLOUT, until, e) == -1)
			return -1;
	}
	return 0;
}

/* 1: a frame; 0: there is none yet; -1: the channel is gone. */
static int
get(struct keyclient *k, unsigned char frame[KEYANS_BYTES], struct keyans *ans, struct err *e)
{
	ssize_t n = recv(k->fd, frame, KEYANS_BYTES, MSG_DONTWAIT | MSG_TRUNC);

	if (n == -1 && (errno == EAGAIN || errno == EINTR))
		return 0;
	if (n == -1)
		return err_errno(e, "the channel to the keys role");
	if (n == 0)
		return err_set(e, ERR_RETRY, "the channel to the keys role was closed");
	return keyans_read(str_make((const char *)frame, (size_t)n), ans, e) == -1 ? -1 : 1;
}

/* ans has slices of frame. A question that a dying role has read is lost: its successor is asked again. */
static int
ask(struct keyclient *k, struct keyreq *q, unsigned char frame[KEYANS_BYTES], struct keyans *ans,
    struct err *e)
{
	int64_t until = clock_mono_ms() + k->wait_ms;
	unsigned char question[KEYREQ_BYTES];
	int rc, asked = 1;

	q->number = ++k->number;
	drain(k);
	if (keyreq_write(q, question, e) == -1 || put(k, question, until, e) == -1)
		return -1;
	for (;;) {
		if (wait_for(k, POLLIN, until, e) == -1 || (rc = get(k, frame, ans, e)) == -1)
			return -1;
		if (rc == 1 && ans->status == KEYANS_READY) {
			if (asked++ == ASKED_MAX)
				return err_set(e, ERR_RETRY,
				    "the keys role died %d times over one question", ASKED_MAX - 1);
			if (put(k, question, until, e) == -1)
				return -1;
		} else if (rc == 1 && ans->number == q->number) {
			return 0;
		}
	}
}

/* ---- a key that is elsewhere ---- */

static int
remote_sign(void *arg, const struct cert_to_sign *what, unsigned char *out, size_t *n,
    struct err *e)
{
	const struct remote *r = arg;
	struct keyreq q = { .op = KEYREQ_SIGN, .sign = *what };
	unsigned char frame[KEYANS_BYTES];
	struct keyans ans;

	memcpy(q.key, r->id, sizeof(q.key));
	if (ask(r->client, &q, frame, &ans, e) == -1)
		return -1;
	if (ans.status == KEYANS_REFUSED)
		return err_set(e, ERR_CONFIG, "the keys role refuses to sign: " STR_FMT, STR_ARG(ans.bytes));
	memcpy(out, ans.bytes.p, ans.bytes.n);
	*n = ans.bytes.n;
	return 0;
}

/* Nothing that a stranger wrote may decide whether we go on: what does not fit is cut, and then unwraps to nothing. */
static struct cert_to_unwrap
cut(const struct cert_to_unwrap *what)
{
	struct cert_to_unwrap cut = *what;

	cut.wrapped = str_sub(what->wrapped, 0, CERT_WRAPPED_MAX);
	cut.peer = str_sub(what->peer, 0, KEYREQ_PEER_MAX);
	cut.info = str_sub(what->info, 0, KEYREQ_INFO_MAX);
	return cut;
}

static void
remote_unwrap(void *arg, const struct cert_to_unwrap *what, unsigned char *out)
{
	const struct remote *r = arg;
	struct keyreq q = { .op = KEYREQ_UNWRAP, .unwrap = cut(what) };
	unsigned char frame[KEYANS_BYTES];
	struct keyans ans;
	struct err e;

	memcpy(q.key, r->id, sizeof(q.key));
	if (r->any && cert_key_id(what->to, q.key) == -1)
		(void)err_set(&e, ERR_CONFIG, "one of our certificates cannot be read");
	else if (ask(r->client, &q, frame, &ans, &e) == -1)
		;
	else if (ans.status == KEYANS_DONE && ans.bytes.n == what->n) {
		memcpy(out, ans.bytes.p, what->n);
		explicit_bzero(frame, sizeof(frame));
		return;
	} else
		(void)err_set(&e, ERR_CONFIG, "the keys role refuses to unwrap: " STR_FMT, STR_ARG(ans.bytes));
	log_ev(LOG_ERROR, 0, "keys-lost", KC("why", e.text), KC("now", "the job goes back"));
	exit(EX_TEMPFAIL);
}

static const struct cert_key_ops remote = { remote_sign, remote_unwrap, free };

/* ---- public ---- */

struct keyclient *
keyclient_new(int fd, int wait_ms)
{
	struct keyclient *k = calloc(1, sizeof(*k));

	if (k == NULL)
		abort();
	*k = (struct keyclient){ .fd = fd,
		.wait_ms = wait_ms,
		.number = (uint64_t)getpid() << 40 ^ (uint64_t)clock_mono_ms() << 16 };
	return k;
}

void
keyclient_free(struct keyclient *k)
{
	free(k);
}

int
keyclient_has(struct keyclient *k, struct x509_st *cert, struct err *e)
{
	struct keyreq q = { .op = KEYREQ_HAS };
	unsigned char frame[KEYANS_BYTES];
	struct keyans ans;

	if (cert_key_id(cert, q.key) == -1)
		return err_set(e, ERR_CONFIG, "a certificate whose key cannot be read");
	if (ask(k, &q, frame, &ans, e) == -1)
		return -1;
	return ans.status == KEYANS_DONE ? 0 : err_set(e, ERR_CONFIG, "" STR_FMT, STR_ARG(ans.bytes));
}

struct cert_key *
keyclient_key(struct keyclient *k, struct x509_st *cert)
{
	struct remote *r = calloc(1, sizeof(*r));

	if (r == NULL)
		abort();
	r->client = k;
	r->any = cert == NULL;
	if (cert != NULL)
		(void)cert_key_id(cert, r->id);
	return cert_key_of(&remote, r, cert == NULL ? NULL : cert_key_kind(cert));
}
