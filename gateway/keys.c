/* SPDX-License-Identifier: ISC */
/*
 * keys - our private keys, in a process that meets no foreign byte but those that a request of fixed form carries. It
 * loads them, gives up everything else (sandbox_seal: not one descriptor more, for ever), and then answers two questions:
 * sign this digest; unwrap this content key. A table says who may ask which.
 *
 * pack and unpack of the same number have one keys process. The channels are made by the supervisor, which holds both ends:
 * a question that was not read yet waits for our successor, and one that was read and not answered is put again when
 * that successor says that it is ready.
 */
#include "gateway/role.h"

#include "gateway/base/log.h"
#include "gateway/base/sandbox.h"
#include "gateway/keyreq.h"
#include "gateway/keystore.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sysexits.h>
#include <unistd.h>

/* The channels, from fd 3 on, and what may be asked over each. Receipts are signed by pack. */
static const struct {
	const char *role;
	unsigned int may;	/* bits 1 << KEYREQ_... */
} clients[] = {
	{ "pack",   1u << KEYREQ_HAS | 1u << KEYREQ_SIGN },
	{ "unpack", 1u << KEYREQ_HAS | 1u << KEYREQ_UNWRAP },
};

static struct role role;
static struct keystore store;

static void
answer(int fd, const struct keyans *ans)
{
	unsigned char frame[KEYANS_BYTES];

	keyans_write(ans, frame);
	/* A channel that is full is one that nobody reads: what is lost there is asked again, or not wanted. */
	(void)send(fd, frame, sizeof(frame), MSG_NOSIGNAL | MSG_DONTWAIT);
	explicit_bzero(frame, sizeof(frame));
}

static int
carry_out(const struct keyreq *q, const struct cert_key *key, unsigned char *out, size_t *n,
    struct err *e)
{
	switch (q->op) {
	case KEYREQ_SIGN:
		return cert_key_sign(key, &q->sign, out, n, e);
	case KEYREQ_UNWRAP:
		*n = q->unwrap.n;
		cert_key_unwrap(key, &q->unwrap, out);
		return 0;
	case KEYREQ_HAS:
		break;
	}
	*n = 0;
	return 0;
}

static void
serve(size_t client, struct str frame)
{
	unsigned char bytes[CERT_SIGNATURE_MAX];
	struct keyans ans = { .status = KEYANS_REFUSED };
	const struct cert_key *key = NULL;
	struct keyreq q = { .number = 0 };
	struct err e = { .text = "" };
	size_t n = 0;

	if (keyreq_read(frame, &q, &e) == -1)
		;
	else if ((clients[client].may >> q.op & 1) == 0)
		(void)err_set(&e, ERR_INPUT, "%s may not ask that", clients[client].role);
	else if ((key = keystore_find(&store, q.key)) == NULL)
		(void)err_set(&e, ERR_CONFIG, "none of the private keys belongs to that certificate");
	else if (carry_out(&q, key, bytes, &n, &e) == 0)
		ans = (struct keyans){ .status = KEYANS_DONE, .bytes = str_make((const char *)bytes, n) };
	ans.number = q.number;
	if (ans.status == KEYANS_REFUSED) {
		log_ev(LOG_WARN, 0, "refused", KC("role", clients[client].role), KC("why", e.text));
		ans.bytes = str_of(e.text);
	}
	answer(ROLE_FD_CHANNEL + (int)client, &ans);
	explicit_bzero(bytes, sizeof(bytes));
}

/* false: nobody is left at the other end, the supervisor neither. */
static bool
receive(size_t client)
{
	char frame[KEYREQ_BYTES];
	ssize_t n = recv(ROLE_FD_CHANNEL + (int)client, frame, sizeof(frame), MSG_DONTWAIT | MSG_TRUNC);

	if (n == -1)
		return errno == EAGAIN || errno == EINTR;
	if (n > 0)
		serve(client, str_make(frame, (size_t)n > sizeof(frame) ? 0 : (size_t)n));
	explicit_bzero(frame, sizeof(frame));
	return n > 0;
}

/* Not poll(2): without the right to any descriptor it would refuse to look at those that are there. */
static int
serve_all(int epoll)
{
	size_t open = N(clients);

	while (open > 0) {
		struct epoll_event ready[N(clients)];
		int n = epoll_wait(epoll, ready, N(clients), -1);

		for (int i = 0; i < n; i++)
			if (!receive((size_t)ready[i].data.u32)) {
				(void)epoll_ctl(epoll, EPOLL_CTL_DEL,
				    ROLE_FD_CHANNEL + (int)ready[i].data.u32, NULL);
				open--;
			}
	}
	return EX_OK;
}

static int
watch(struct err *e)
{
	int epoll = epoll_create1(EPOLL_CLOEXEC);

	if (epoll == -1)
		return err_errno(e, "epoll");
	for (size_t i = 0; i < N(clients); i++) {
		struct epoll_event want = { .events = EPOLLIN, .data.u32 = (uint32_t)i };
		if (epoll_ctl(epoll, EPOLL_CTL_ADD, ROLE_FD_CHANNEL + (int)i, &want) == -1)
			return err_errno(e, "channel of %s", clients[i].role);
	}
	return epoll;
}

/* There is nothing in hand that another could not take up. */
static void
on_term(int signo)
{
	(void)signo;
	_exit(EX_OK);
}

static int
prepare(struct err *e)
{
	int epoll;

	loop_free(role.loop);
	(void)close_range(ROLE_FD_CHANNEL + N(clients), ~0U, 0);
	if (keystore_open(&role.conf, &store, e) == -1)
		return -1;
	(void)signal(SIGTERM, on_term);
	(void)signal(SIGINT, on_term);
	epoll = watch(e);
	if (epoll == -1 || sandbox_enter("keys", str_cstr(role.arena, role.conf.user), e) == -1)
		return -1;
	/* The module of a token has descriptors of its own, and may need more. */
	return !store.outside && sandbox_seal(e) == -1 ? -1 : epoll;
}

int
main(int argc, char **argv)
{
	struct err e;
	int epoll;

	role_start(&role, "keys", argc, argv);
	epoll = prepare(&e);
	if (epoll == -1) {
		log_ev(LOG_ERROR, 0, "start", KC("why", e.text));
		return EX_CONFIG;
	}
	log_ev(LOG_INFO, 0, "keys", KI("count", (int64_t)store.n), KC("sealed", store.outside ? "no" : "yes"));
	for (size_t i = 0; i < N(clients); i++)
		answer(ROLE_FD_CHANNEL + (int)i, &(struct keyans){ .status = KEYANS_READY });
	return serve_all(epoll);
}
