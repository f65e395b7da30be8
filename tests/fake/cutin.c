/* SPDX-License-Identifier: ISC */
/*
 * cutin.c - a client that gives mails to a listener, which dies, or loses the connection, behind every byte of a session:
 *
 *   cutin PROGRAM HOME PORT SAY HOW STEP FIRST
 *
 * PROGRAM is edigate-listen, HOME a gateway of edi@acme.example that is not running. SAY is made of "line", each command waits
 * for the answer to the one before, "pipe", they go together, or "chunk", and the mail with them as one BDAT; with "-tls"
 * behind it, after STARTTLS. HOW: "kill", SIGKILL to the listener, which is started again; "fin", our side of the connection
 * ends; "reset". The cut comes behind none of the bytes that we say, behind STEP, 2 * STEP, ... and the whole session, and the
 * same for the bytes that we hear; also behind each around the end of the mail, and of the answer to it. Every cut has a mail
 * of its own, numbered from FIRST on.
 *
 * Then the client does what every MTA does: what it heard no 250 for, it says again, and drops what it heard one for. After
 * each kill spool/arrived is held against that: who heard 250 has a mail there, whole, byte for byte, and once; of a mail
 * whose last byte was not said there is nothing. Prints a line for each thing that is not so, and at the end a line
 * "cuts N kills N ..."; exits 1 when something was not so.
 */
#include "tests/fake/cut_client.h"
#include "tests/fake/role.h"

#include <dirent.h>
#include <errno.h>
#include <search.h>
#include <signal.h>
#include <sys/wait.h>

#define MAILS_MAX  20000
#define SIDE_BY_SIDE 40		/* sessions that one kill ends */
#define TRIES_MAX  50
#define AROUND	   4		/* bytes that are tried on either side of where it matters */

enum how { KILL, FIN, RESET };

struct mail {
	bool said;		/* all of it has passed */
	bool heard;		/* its 250 was heard */
	bool first;		/* the same of the session that was cut */
	bool first_said;
	unsigned int copies;	/* in spool/arrived */
};

static const char *program, *home;
static unsigned int n_mails, kills;
static enum how how;
static int listener, line = -1, channel = -1;
static pid_t child;
static struct mail mails[MAILS_MAX];
static size_t end_said, end_heard, answer_heard;	/* of a whole session: at the end of the mail, behind the answer to it */
static void *seen;		/* names in spool/arrived */

/* ---- the listener ---- */

static void
start(void)
{
	line = role_spawn(program, home, listener, &child);
	channel = role_hand_over_channel(line);
}

static void
end(int signo)
{
	int status;

	(void)kill(child, signo);
	if (waitpid(child, &status, 0) == -1)
		die("waitpid");
	if (signo != SIGKILL && (!WIFEXITED(status) || WEXITSTATUS(status) != 0)) {
		printf("the listener ended with %d\n", status);
		wrongs++;
	}
	io_close(&line);
	io_close(&channel);
}

/* It tells a ledger of each mail, and ours does not care. */
static void
drain_channel(void)
{
	char room[65536];

	while (recv(channel, room, sizeof(room), MSG_DONTWAIT) > 0)
		;
}

/* ---- a mail ---- */

static void
play(struct wire *w, unsigned int mail)
{
	struct mail *m = &mails[mail];

	if (wire_is_cut(w) || !hello(w, mail) || !say_mail(w, mail))
		return;
	m->said = true;
	end_said = w->said;
	end_heard = w->heard;
	if (chunks && (!hear(w, mail, '2') || !hear(w, mail, '2')))
		return;
	if (!hear(w, mail, '2'))
		return;
	m->heard = true;
	answer_heard = w->heard;
	(void)ask(w, mail, S("QUIT\r\n"), '2');
}

/* ---- what lies in the spool ---- */

static int
by_name(const void *a, const void *b)
{
	return strcmp(a, b);
}

static void
look_at(int dir, const char *name)
{
	struct str bytes, number;
	uint64_t n = 0;
	struct err e;
	size_t at;

	if (io_read_file(arena, dir, name, WIRE_TEXT_MAX, &bytes, &e) == -1)
		die(name);
	if (!str_find(bytes, S("Message-ID: <cut-"), &at)) {
		printf("%s: no mail of ours\n", name);
		wrongs++;
		return;
	}
	number = str_sub(bytes, at + 17, 6);
	if (str_u64(number, MAILS_MAX + first_mail, &n) == -1 || n < first_mail || n >= first_mail + n_mails)
		return;		/* of a run before this one */
	if (!str_ends(bytes, mail_of((unsigned int)n)))
		wrong((unsigned int)n - first_mail, "%s is not what was sent", name);
	mails[n - first_mail].copies++;
}

static void
look_at_arrived(void)
{
	int fd = io_open_dir(AT_FDCWD, str_cstr(arena, str_fmt(arena, "%s/spool/arrived", home)), NULL);
	struct dirent *ent;
	DIR *d = fd == -1 ? NULL : fdopendir(fd);

	if (d == NULL)
		die("spool/arrived");
	while ((ent = readdir(d)) != NULL) {
		if (ent->d_name[0] == '.' || tfind(ent->d_name, &seen, by_name) != NULL)
			continue;
		if (tsearch(strdup(ent->d_name), &seen, by_name) == NULL)
			die("names");
		look_at(fd, ent->d_name);
	}
	closedir(d);
}

/* ---- cuts ---- */

static void
cut(struct wire *w)
{
	struct linger now = { .l_onoff = 1 };
	char room[4096];

	if (how == RESET) {
		(void)setsockopt(w->fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
	} else if (how == FIN) {
		struct pollfd p = { .fd = w->fd, .events = POLLIN };

		(void)shutdown(w->fd, SHUT_WR);
		while (poll(&p, 1, WIRE_PATIENCE_MS) == 1 && recv(w->fd, room, sizeof(room), 0) > 0)
			;
	}
	wire_clear(w);
}

static void
check(unsigned int mail)
{
	const struct mail *m = &mails[mail];

	if (m->heard && m->copies != 1)
		wrong(mail, "its 250 was heard, and it is there %u times", m->copies);
	if (!m->said && m->copies != 0)
		wrong(mail, "its last byte was not said, and it is there");
	if (m->copies > 1)
		wrong(mail, "sent once, it is there %u times", m->copies);
}

/* As an MTA does: until somebody has said 250. */
static void
say_again(unsigned int mail)
{
	struct wire w;

	for (unsigned int i = 0; i < TRIES_MAX && !mails[mail].heard; i++) {
		connect_to(&w, WIRE_ALL, WIRE_ALL);
		play(&w, mail);
		wire_clear(&w);
	}
	if (!mails[mail].heard)
		wrong(mail, "is not taken");
}

/* One session for each of these cuts, and then the end for all of them. */
static void
cut_some(const size_t *at, size_t n, bool of_said)
{
	static struct wire wires[SIDE_BY_SIDE];
	unsigned int from = n_mails;

	for (size_t i = 0; i < n; i++) {
		unsigned int mail = n_mails++;
		struct mail *m = &mails[mail];

		if (n_mails >= MAILS_MAX)
			die("too many mails");
		connect_to(&wires[i], of_said ? at[i] : WIRE_ALL, of_said ? WIRE_ALL : at[i]);
		play(&wires[i], mail);
		m->first = m->heard;
		m->first_said = m->said;
	}
	if (how == KILL) {
		end(SIGKILL);
		kills++;
	}
	for (size_t i = 0; i < n; i++)
		cut(&wires[i]);
	look_at_arrived();
	for (unsigned int mail = from; mail < n_mails; mail++)
		check(mail);
	if (how == KILL)
		start();
	for (unsigned int mail = from; mail < n_mails; mail++)
		say_again(mail);
	drain_channel();
	arena_reset(arena);
}

static bool
is_near(size_t a, size_t b)
{
	return a + AROUND >= b && b + AROUND >= a;
}

static void
cut_all(size_t total, size_t step, bool of_said, const size_t *near, size_t n_near)
{
	size_t at[SIDE_BY_SIDE], n = 0;

	for (size_t b = 0; b <= total; b++) {
		bool chosen = b % step == 0 || b == total;

		for (size_t i = 0; i < n_near; i++)
			chosen |= is_near(b, near[i]);
		if (chosen)
			at[n++] = b;
		if (n == SIDE_BY_SIDE || (b == total && n > 0)) {
			cut_some(at, n, of_said);
			n = 0;
		}
	}
}

/* A session that nobody cuts. */
static struct wire
whole(void)
{
	unsigned int mail = n_mails++;
	struct wire w;

	connect_to(&w, WIRE_ALL, WIRE_ALL);
	play(&w, mail);
	if (!mails[mail].heard)
		wrong(mail, "is not taken, and nobody cut anything");
	mails[mail].first = mails[mail].first_said = mails[mail].heard;
	wire_clear(&w);	/* but for its counts */
	return w;
}

/* The first tells how long a session is, and where in it the end of the mail; the last, that the listener lives. */
static void
run(size_t step)
{
	struct wire w = whole();
	size_t said_near[] = { end_said }, heard_near[] = { end_heard, answer_heard };

	printf("a whole session says %zu bytes, %zu up to the end of its mail, and hears %zu\n", w.said, end_said, w.heard);
	cut_all(w.said, step, true, said_near, N(said_near));
	cut_all(w.heard, step, false, heard_near, N(heard_near));
	(void)whole();
}

static void
report(void)
{
	unsigned int before = 0, doubt = 0, doubled = 0, answered = 0, copies = 0;

	for (unsigned int i = 0; i < n_mails; i++) {
		const struct mail *m = &mails[i];

		before += !m->first_said;
		answered += m->first;
		doubt += m->first_said && !m->first;
		doubled += m->copies > 1;
		copies += m->copies;
		if (m->copies == 0)
			wrong(i, "is lost");
	}
	printf("cuts %u kills %u: %u before the mail's end, %u behind it and unanswered, %u answered; %u copies, of %u mails two; %u wrong\n",
	    n_mails, kills, before, doubt, answered, copies, doubled, wrongs);
}

static unsigned int
number(const char *word)
{
	uint64_t n;

	if (str_u64(str_of(word), UINT32_MAX, &n) == -1)
		die(word);
	return (unsigned int)n;
}

int
main(int argc, char **argv)
{
	static const char *const hows[] = { [KILL] = "kill", [FIN] = "fin", [RESET] = "reset" };
	size_t step;

	if (argc != 8) {
		fprintf(stderr, "cutin PROGRAM HOME PORT line|pipe|chunk[-tls] kill|fin|reset STEP FIRST\n");
		return 64;
	}
	program = argv[1];
	home = argv[2];
	port = number(argv[3]);
	pipelines = str_starts(str_of(argv[4]), S("pipe"));
	chunks = str_starts(str_of(argv[4]), S("chunk"));
	secures = str_ends(str_of(argv[4]), S("-tls"));
	for (enum how h = KILL; h <= RESET; h++)
		how = strcmp(argv[5], hows[h]) == 0 ? h : how;
	step = number(argv[6]);
	first_mail = number(argv[7]);
	setvbuf(stdout, NULL, _IOLBF, 0);
	(void)signal(SIGPIPE, SIG_IGN);
	arena = arena_new((size_t)256 << 20);
	ctx = SSL_CTX_new(TLS_client_method());
	role_keep_settings(home);
	listener = role_listen_on(port);
	start();
	run(step > 0 ? step : 1);
	end(SIGTERM);
	look_at_arrived();
	report();
	return wrongs > 0;
}
