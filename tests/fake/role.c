/* SPDX-License-Identifier: ISC */
/*
 * role.c - one role alone, with a stand-in for supervisor and ledger that is led by lines:
 *
 *   role PROGRAM HOME [PORT]	starts it; PORT: with a listening socket on 127.0.0.1
 *
 * What the role tells is printed, one line a message: "ready 20", "arrived ULID", "committing 1",
 * "sent 1 accepted 250 2.0.0 ok". What stands on stdin goes to the role: "send JOB ULID SENDER RECIPIENT [dsn|- [PARTNER]]"
 * ("-": the null sender), "retry" and the same (a person wants it), "go JOB", "stop JOB" (do not let the dot go), "term" (SIGTERM). Each COMMITTING is answered
 * with GO at once unless the environment has HOLD=1. At the end: "exit STATUS".
 */
#include "tests/fake/role.h"

#include <poll.h>
#include <signal.h>
#include <sys/wait.h>

static int channel;
static pid_t child;
static enum msg_who who;

static void
tell(const struct msg *m)
{
	struct buf b = BUF_CAP(IPC_FRAME_MAX);
	struct err e;

	if (msg_encode(m, &b, &e) == -1 || ipc_call_send(channel, (uint16_t)m->type, buf_str(&b), &e) == -1)
		fprintf(stderr, "tell: %s\n", e.text);
	buf_clear(&b);
}

/* False: the role closed its end. */
static bool
hear(void)
{
	struct arena *a = arena_new(4u << 20);
	struct str payload, line;
	struct msg m;
	struct err e;
	uint16_t type;
	bool ok = false;

	if (ipc_call_read(a, channel, &type, &payload, &e) == -1)
		goto out;
	if (msg_decode(type, payload, who, WHO_LEDGER, &m, &e) == -1) {
		printf("bad %s\n", e.text);
		goto out;
	}
	ok = true;
	switch (m.type) {
	case MSG_READY:
		printf("ready %llu\n", (unsigned long long)m.count);
		break;
	case MSG_ARRIVED:
		printf("arrived " STR_FMT "\n", STR_ARG(m.ulid));
		break;
	case MSG_COMMITTING:
		printf("committing %lld " STR_FMT "\n", (long long)m.job, STR_ARG(m.peer));
		if (getenv("HOLD") == NULL)
			tell(&(struct msg){ .type = MSG_GO, .job = m.job, .flag = true });
		break;
	case MSG_SENT:
		printf("sent %lld " STR_FMT " %u " STR_FMT " " STR_FMT " (" STR_FMT ") (" STR_FMT ")\n", (long long)m.job,
		    STR_ARG(m.word), m.code, STR_ARG(m.enhanced), STR_ARG(m.text), STR_ARG(m.peer), STR_ARG(m.tls));
		while (str_next_line(&m.transcript, &line))
			printf("| " STR_FMT "\n", STR_ARG(line));
		break;
	default:
		printf("%s\n", msg_name(m.type));
		break;
	}
out:
	arena_free(a);
	return ok;
}

static void
obey(char *text)
{
	struct str line = str_trim(str_of(text)), word[7] = { { 0 } };
	uint64_t job = 0;

	for (size_t i = 0; i < N(word); i++)
		(void)str_cut(&line, ' ', &word[i]);
	(void)str_u64(word[1], INT64_MAX, &job);
	if (str_eq(word[0], S("term")))
		(void)kill(child, SIGTERM);
	else if (str_eq(word[0], S("go")) || str_eq(word[0], S("stop")))
		tell(&(struct msg){ .type = MSG_GO, .job = (int64_t)job, .flag = str_eq(word[0], S("go")) });
	else if (str_eq(word[0], S("send")) || str_eq(word[0], S("retry")))
		tell(&(struct msg){
			.type = MSG_JOB_SEND, .job = (int64_t)job, .ulid = word[2],
			.partner = word[6].n > 0 ? word[6] : S("acme"),
			.sender = str_eq(word[3], S("-")) ? S("") : word[3], .recipient = word[4],
			.envid = S("tx.1"), .size = 1, .flag = str_eq(word[5], S("dsn")),
			.flag2 = str_eq(word[0], S("retry")), .id = (int64_t)job,
		});
}

int
main(int argc, char **argv)
{
	struct pollfd p[2];
	uint64_t port = 0;
	char line[1024];
	size_t n = 0;
	int status, listener;

	if (argc < 3 || (argc > 3 && str_u64(str_of(argv[3]), 65535, &port) == -1)) {
		fprintf(stderr, "role PROGRAM HOME [PORT]\n");
		return 64;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	(void)signal(SIGPIPE, SIG_IGN);
	who = msg_who_of(strrchr(argv[1], '-') == NULL ? "" : strrchr(argv[1], '-') + 1);
	role_keep_settings(argv[2]);
	listener = port > 0 ? role_listen_on((unsigned int)port) : -1;
	channel = role_spawn(argv[1], argv[2], listener, &child);
	io_close(&listener);
	if (who == WHO_LISTEN)
		channel = role_hand_over_channel(channel);
	p[0] = (struct pollfd){ .fd = channel, .events = POLLIN };
	p[1] = (struct pollfd){ .fd = STDIN_FILENO, .events = POLLIN };
	while (poll(p, 2, -1) > 0) {
		if (p[0].revents != 0 && !hear())
			break;
		if (p[1].revents == 0)
			continue;
		if (read(STDIN_FILENO, line + n, 1) != 1) {
			p[1].fd = -1;
		} else if (line[n] == '\n' || n + 2 == sizeof(line)) {
			line[n] = '\0';
			obey(line);
			n = 0;
		} else {
			n++;
		}
	}
	if (waitpid(child, &status, 0) == -1)
		die("waitpid");
	printf("exit %d\n", WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
	return 0;
}
