/* SPDX-License-Identifier: ISC */
/* test_keyclient.c - questions to the keys role: answered late, twice, by a successor, or not at all. */
#include "gateway/keyclient.h"

#include "gateway/keyreq.h"
#include "tests/keys/keys.h"
#include "tests/unit/others.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include <cmocka.h>

#define SOON_MS	 50
#define NEVER_MS 60000

struct world {
	int ends[2];			/* the client's, the role's; both stay open, as the supervisor keeps them */
	struct cert_set *certs;
	struct err e;
};

static int
setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));

	if (w == NULL || socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, w->ends) == -1 ||
	    cert_set_read(str_of(KEYS_NORDWIND_CERT), &w->certs, &w->e) == -1)
		return -1;
	*state = w;
	return 0;
}

static int
teardown(void **state)
{
	struct world *w = *state;

	close(w->ends[0]);
	close(w->ends[1]);
	cert_set_free(w->certs);
	free(w);
	return 0;
}

/* ---- the role, in a process of its own: it does what a test says, then ends by SIGKILL, as it does in life */

static struct keyreq
next(int fd, unsigned char frame[KEYREQ_BYTES])
{
	struct keyreq q;
	struct err e;

	if (recv(fd, frame, KEYREQ_BYTES, 0) != KEYREQ_BYTES ||
	    keyreq_read(str_make((char *)frame, KEYREQ_BYTES), &q, &e) == -1)
		_exit(1);
	return q;
}

static void
say(int fd, enum keyans_status status, uint64_t number, struct str bytes)
{
	const struct keyans ans = { status, number, bytes };
	unsigned char frame[KEYANS_BYTES];

	keyans_write(&ans, frame);
	if (send(fd, frame, sizeof(frame), 0) != KEYANS_BYTES)
		_exit(1);
}

static pid_t
role(struct world *w, void (*fn)(int fd))
{
	pid_t pid = fork();

	if (pid != 0)
		return pid;
	fn(w->ends[1]);
	(void)kill(getpid(), SIGKILL);
	_exit(1);
}

static void
join(pid_t pid)
{
	int status;

	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

static void
reads_and_dies(int fd)
{
	unsigned char frame[KEYREQ_BYTES];

	(void)next(fd, frame);
}

static void
says_ready_and_answers(int fd)
{
	unsigned char frame[KEYREQ_BYTES];
	struct keyreq q;

	say(fd, KEYANS_READY, 0, S(""));
	q = next(fd, frame);
	/* A late answer to somebody before, and one that is twice there. */
	say(fd, KEYANS_DONE, 1, S("of long ago"));
	say(fd, KEYANS_DONE, q.number, S("signature"));
	say(fd, KEYANS_DONE, q.number, S("signature"));
}

static void
refuses(int fd)
{
	unsigned char frame[KEYREQ_BYTES];
	struct keyreq q = next(fd, frame);

	say(fd, KEYANS_REFUSED, q.number, S("no such key"));
}

static void
dies_over_it(int fd)
{
	unsigned char frame[KEYREQ_BYTES];

	for (;;) {
		(void)next(fd, frame);
		say(fd, KEYANS_READY, 0, S(""));
	}
}

/* ---- the client */

static int
sign(struct keyclient *k, struct world *w, unsigned char *out, size_t *n)
{
	const struct cert_to_sign what = { ALG_RSA, MIC_SHA256, S("0123456789abcdef0123456789abcdef") };
	struct cert_key *key = keyclient_key(k, cert_set_get(w->certs, 0));
	int rc = cert_key_sign(key, &what, out, n, &w->e);

	assert_int_equal(cert_key_scheme(key), ALG_RSA);
	cert_key_free(key);
	return rc;
}

static void
a_successor_is_asked_again(void **state)
{
	struct world *w = *state;
	struct keyclient *k = keyclient_new(w->ends[0], NEVER_MS);
	unsigned char out[CERT_SIGNATURE_MAX];
	pid_t first = role(w, reads_and_dies), asker = fork();
	size_t n = 0;

	if (asker == 0) {
		/* A child that went well ends as all of them here do. */
		bool ok = sign(k, w, out, &n) == 0 && n == 9 && memcmp(out, "signature", 9) == 0;
		(void)kill(getpid(), ok ? SIGKILL : SIGTERM);
	}
	join(first);
	first = role(w, says_ready_and_answers);
	join(first);
	join(asker);
	keyclient_free(k);
}

static void
silence_is_no_answer(void **state)
{
	struct world *w = *state;
	struct keyclient *k = keyclient_new(w->ends[0], SOON_MS);
	unsigned char out[CERT_SIGNATURE_MAX];
	size_t n = 0;

	assert_int_equal(sign(k, w, out, &n), -1);
	assert_int_equal(w->e.kind, ERR_RETRY);
	assert_string_equal(w->e.code, "E-KEYS-SILENT");
	keyclient_free(k);
}

static void
a_refusal_is_told(void **state)
{
	struct world *w = *state;
	struct keyclient *k = keyclient_new(w->ends[0], NEVER_MS);
	pid_t pid = role(w, refuses);

	assert_int_equal(keyclient_has(k, cert_set_get(w->certs, 0), &w->e), -1);
	assert_int_equal(w->e.kind, ERR_CONFIG);
	assert_non_null(strstr(w->e.text, "no such key"));
	join(pid);
	keyclient_free(k);
}

/* One question that ends the role whenever it is asked is not asked for ever. */
static void
a_deadly_question_is_given_up(void **state)
{
	struct world *w = *state;
	struct keyclient *k = keyclient_new(w->ends[0], NEVER_MS);
	unsigned char out[CERT_SIGNATURE_MAX];
	pid_t pid = role(w, dies_over_it);
	size_t n = 0;

	assert_int_equal(sign(k, w, out, &n), -1);
	assert_int_equal(w->e.kind, ERR_RETRY);
	(void)kill(pid, SIGKILL);
	join(pid);
	keyclient_free(k);
}

/* Where a leak checker finds them: the process ends within the call. */
static struct keyclient *last_client;
static struct cert_key *last_key;

/* Unwrapping must not show how it went, so there is nothing to return: the process ends, and its job goes back. */
static void
without_an_answer_nothing_is_unwrapped(void **state)
{
	struct world *w = *state;
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		OTHERS_BEGIN();		/* it ends in the middle of things, and that is no leak */
		const struct cert_to_unwrap what = { .scheme = ALG_RSA,
			.n = 32,
			.wrapped = S("x"),
			.to = cert_set_get(w->certs, 0) };
		unsigned char out[CERT_SECRET_MAX];

		last_client = keyclient_new(w->ends[0], SOON_MS);
		last_key = keyclient_key(last_client, NULL);
		cert_key_unwrap(last_key, &what, out);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), EX_TEMPFAIL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_successor_is_asked_again, setup, teardown),
		cmocka_unit_test_setup_teardown(silence_is_no_answer, setup, teardown),
		cmocka_unit_test_setup_teardown(a_refusal_is_told, setup, teardown),
		cmocka_unit_test_setup_teardown(a_deadly_question_is_given_up, setup, teardown),
		cmocka_unit_test_setup_teardown(without_an_answer_nothing_is_unwrapped, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
