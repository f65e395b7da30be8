/* SPDX-License-Identifier: ISC */
/*
 * keys.c - what it costs that the private key is in another process: signatures here, and by a real edigate-keys asked over
 * its channel, in turns, on one core. Counted is the processor's time of both, which hardly depends on what else the
 * machine does.
 *
 *   keys SECONDS EDIGATE-KEYS HOME CERT.pem KEY.pem
 */
#include "gateway/base/clock.h"
#include "gateway/base/io.h"
#include "gateway/keyclient.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define IN_A_ROW 100

static _Noreturn void
die(const char *what)
{
	fprintf(stderr, "keys: %s\n", what);
	exit(1);
}

static struct str
file(struct arena *a, const char *path)
{
	struct str s;
	struct err e;

	if (io_read_named(a, path, CERT_PEM_MAX, &s, &e) == -1)
		die(e.text);
	return s;
}

/* The role with its two channels; ours is pack's. */
static pid_t
start(const char *program, const char *home, int *fd)
{
	int pack[2], unpack[2];
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pack) == -1 || socketpair(AF_UNIX, SOCK_SEQPACKET, 0, unpack) == -1)
		die("no channel");
	pid = fork();
	if (pid == 0) {
		/* Two steps: the numbers that they are to get may be theirs already, the other way round. */
		int p = fcntl(pack[1], F_DUPFD, 100), u = fcntl(unpack[1], F_DUPFD, 100);
		if (dup2(p, 3) == 3 && dup2(u, 4) == 4)
			(void)execl(program, program, "--home", home, "--fds", "1", (char *)NULL);
		_exit(72);
	}
	close(pack[1]);
	close(unpack[1]);
	*fd = pack[0];
	return pid;
}

static clockid_t role_clock;

/* Of this process and the role. */
static int64_t
spent_ns(void)
{
	struct timespec own, role;

	if (clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &own) == -1 || clock_gettime(role_clock, &role) == -1)
		die("no clock");
	return (int64_t)(own.tv_sec + role.tv_sec) * 1000000000 + own.tv_nsec + role.tv_nsec;
}

static int64_t
sign_some(const struct cert_key *key)
{
	const struct cert_to_sign what = { ALG_RSA, MIC_SHA256, S("0123456789abcdef0123456789abcdef") };
	unsigned char out[CERT_SIGNATURE_MAX];
	int64_t begun = spent_ns();
	struct err e;
	size_t n;

	for (int i = 0; i < IN_A_ROW; i++)
		if (cert_key_sign(key, &what, out, &n, &e) == -1)
			die(e.text);
	return spent_ns() - begun;
}

int
main(int argc, char **argv)
{
	struct arena *a = arena_new(1 << 22);
	struct cert_key *here, *there;
	struct keyclient *client;
	struct cert_set *certs;
	int64_t until, ns_here = 0, ns_there = 0, n = 0;
	uint64_t seconds;
	cpu_set_t one;
	struct err e;
	pid_t pid;
	int fd;

	if (argc != 6 || str_u64(str_of(argv[1]), 3600, &seconds) == -1)
		die("usage: keys SECONDS EDIGATE-KEYS HOME CERT.pem KEY.pem");
	CPU_ZERO(&one);
	CPU_SET((size_t)sched_getcpu(), &one);
	(void)sched_setaffinity(0, sizeof(one), &one);
	if (cert_set_read(file(a, argv[4]), &certs, &e) == -1 || cert_key_read(file(a, argv[5]), &here, &e) == -1)
		die(e.text);
	pid = start(argv[2], argv[3], &fd);
	client = keyclient_new(fd, KEYCLIENT_WAIT_MS);
	if (keyclient_has(client, cert_set_get(certs, 0), &e) == -1)
		die(e.text);
	if (clock_getcpuclockid(pid, &role_clock) != 0)
		die("no clock");
	there = keyclient_key(client, cert_set_get(certs, 0));
	for (until = clock_mono_ms() + (int64_t)seconds * 1000; clock_mono_ms() < until; n += IN_A_ROW) {
		ns_here += sign_some(here);
		ns_there += sign_some(there);
	}
	(void)kill(pid, SIGTERM);
	(void)waitpid(pid, NULL, 0);
	printf("RSA 2048: a signature in this process %.1f us, by the keys role %.1f us: %+.2f %%\n", (double)ns_here / (double)n / 1000,
	    (double)ns_there / (double)n / 1000, 100.0 * ((double)ns_there / (double)ns_here - 1));
	cert_key_free(there);
	cert_key_free(here);
	keyclient_free(client);
	cert_set_free(certs);
	arena_free(a);
	return 0;
}
