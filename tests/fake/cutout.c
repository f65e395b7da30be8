/* SPDX-License-Identifier: ISC */
/*
 * cutout.c - a server that takes mails from a gateway, whose sender dies, or loses the connection, behind every byte of a
 * session:
 *
 *   cutout EDIGATE HOME PORT SAY HOW STEP FIRST CERT KEY
 *
 * EDIGATE is the command, HOME a gateway whose smart host is PORT; it is started here, gets a document for each cut and some more
 * for its partner "acme", numbered from FIRST on, and is stopped in the end. SAY is what we offer: "line" neither PIPELINING nor
 * CHUNKING, "pipe" the first, "chunk" both; with "-tls" behind it STARTTLS, too. HOW: "kill", SIGKILL to edigate-send; "house",
 * to every process of the gateway, which is started again; "fin", our side of the connection ends; "reset". The cut comes behind
 * none of the bytes that the sender says, behind STEP, 2 * STEP, ... up to its mail's last one, and the same for the bytes that it
 * hears, up to the answer to the mail; also behind each around those ends. A session has one cut.
 *
 * After each cut everything is read that the sender had written: so it is known of each mail how often its last byte was on its
 * way, and how often the sender could have heard the answer. "cut" is printed when all are done, and from there on every mail is
 * taken. When all documents are complete the attempts in the ledger are held against what was known:
 *
 *   each session in which the last byte was on its way is an attempt "accepted" or "uncertain", and every other "deferred";
 *   "accepted" only where the answer had passed; and always there when nobody died.
 *
 * (Who is killed may have had the leave for the last byte, and not have used it: an attempt more is uncertain.) Ends with a line
 * "cuts N kills N ..."; 1 when something was not so.
 */
#include "tests/fake/cut_house.h"
#include "tests/fake/cut_smtp.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

#define MAILS_MAX    8000
#define CUTS_MAX     20000
#define SIDE_BY_SIDE 40		/* sessions that one kill ends */
#define AROUND	     4
#define KILLS_A_RELOAD 3		/* a role that dies again and again is started more and more slowly */

enum how { KILL, HOUSE, FIN, RESET };

struct mail {
	char id[ID_MAX];
	unsigned int written, answered;	/* sessions with its last byte on its way; with the answer passed */
	unsigned int accepted, uncertain, deferred;	/* attempts */
};

struct cut {
	size_t at;
	bool of_said;		/* by the sender */
};

static struct server offer;
static enum how how;
static unsigned int first_document, n_documents;
static int listener;
static struct mail mails[MAILS_MAX];
static struct cut cuts[CUTS_MAX];
static unsigned int n_mails, n_cuts, done, kills, wrongs, early;

static void __attribute__((format(printf, 2, 3)))
wrong(const struct mail *m, const char *fmt, ...)
{
	va_list ap;

	wrongs++;
	printf("<%s>: ", m->id);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	printf("; %u written, %u answered, %u accepted, %u uncertain, %u deferred\n", m->written, m->answered, m->accepted, m->uncertain,
	    m->deferred);
	va_end(ap);
}

/* ---- what is known of mails ---- */

static struct mail *
mail_of(struct str id)
{
	for (unsigned int i = 0; i < n_mails; i++)
		if (str_eq(str_of(mails[i].id), id))
			return &mails[i];
	if (n_mails == MAILS_MAX)
		die("too many mails");
	(void)snprintf(mails[n_mails].id, ID_MAX, STR_FMT, STR_ARG(id));
	return &mails[n_mails++];
}

static void
note(struct session *s)
{
	struct mail *m;

	if (s->id[0] == '\0') {
		if (s->written) {
			printf("a mail without a Message-ID\n");
			wrongs++;
		}
		return;
	}
	m = mail_of(str_of(s->id));
	m->written += s->written;
	m->answered += s->answered;
}

/* Who waited to be greeted by us is dead. */
static void
drop_waiting(void)
{
	struct pollfd p = { .fd = listener, .events = POLLIN };

	while (poll(&p, 1, 0) == 1)
		(void)close(accept(listener, NULL, NULL));
}

static void
strike(void)
{
	kills++;
	if (how == HOUSE) {
		(void)kill(house, SIGKILL);
		(void)kill_role(NULL);
		house_ended();
		drop_waiting();
		house_start();
		return;
	}
	while (!kill_role("send"))	/* between two of them */
		(void)poll(NULL, 0, 10);
	drop_waiting();
	if (kills % KILLS_A_RELOAD == 0)
		(void)kill(house, SIGHUP);
}

/* One for each cut of those that come next: who is there when the sender dies goes alone the next time. */
static void
drop_documents(void)
{
	for (unsigned int n = 0; n < SIDE_BY_SIDE && done + n < n_cuts; n++)
		drop_document(first_document + n_documents++);
}

/* ---- cuts ---- */

static void
bound(int port)
{
	struct sockaddr_in sin = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
	int on = 1;

	sin.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (listener == -1 || setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) == -1 ||
	    bind(listener, (struct sockaddr *)&sin, sizeof(sin)) == -1 || listen(listener, 1000) == -1)
		die("listen");
}

/* False: nobody came. */
static bool
next_session(struct session *s, int patience_ms)
{
	struct pollfd p = { .fd = listener, .events = POLLIN };
	int fd;

	if (poll(&p, 1, patience_ms) != 1 || (fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC)) == -1)
		return false;
	*s = (struct session){ .offer = &offer };
	wire_init(&s->w, fd, WIRE_ALL, WIRE_ALL);
	return true;
}

static void
finish(struct session *s)
{
	struct linger now = { .l_onoff = 1 };

	if (how == FIN)
		(void)shutdown(s->w.fd, SHUT_WR);
	read_rest(s, how == RESET);
	if (how == RESET)
		(void)setsockopt(s->w.fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
	note(s);
	wire_clear(&s->w);
}

/* The next session for the next cut; false: it did not come to it. */
static bool
cut_one(struct session *s, int patience_ms)
{
	const struct cut *c = &cuts[done];

	if (!next_session(s, patience_ms))
		return false;
	*(c->of_said ? &s->w.heard_max : &s->w.said_max) = c->at;
	play(s);
	if (wire_is_cut(&s->w)) {
		done++;
		return true;
	}
	s->w.heard_max = s->w.said_max = WIRE_ALL;
	note(s);
	wire_clear(&s->w);
	return true;
}

static void
cut_some(void)
{
	static struct session group[SIDE_BY_SIDE];
	unsigned int n = 0, before = done, most = how == KILL || how == HOUSE ? SIDE_BY_SIDE : 1;

	if (how == KILL || how == HOUSE || done % SIDE_BY_SIDE == 0)
		drop_documents();
	while (n < most && done < n_cuts && cut_one(&group[n], n == 0 ? WIRE_PATIENCE_MS : QUIET_MS))
		n = done - before;
	if (n > 0 && (how == KILL || how == HOUSE))
		strike();
	for (unsigned int i = 0; i < n; i++)
		finish(&group[i]);
	arena_reset(arena);
}

static void
add_cuts(size_t total, bool of_said, size_t step, size_t near, size_t or_near)
{
	for (size_t b = 0; b <= total; b++) {
		if (b % step != 0 && b != total && !(b + AROUND >= near && near + AROUND >= b) &&
		    !(b + AROUND >= or_near && or_near + AROUND >= b))
			continue;
		if (n_cuts == CUTS_MAX)
			die("too many cuts");
		cuts[n_cuts++] = (struct cut){ b, of_said };
	}
}

/* One that nobody cuts: where is the end of its mail? */
static void
measure(size_t step)
{
	struct session s;

	drop_document(first_document + n_documents++);
	do {
		if (!next_session(&s, WIRE_PATIENCE_MS))
			die("no session");
		play(&s);
		note(&s);
		wire_clear(&s.w);
	} while (!s.answered);
	printf("a session says %zu bytes up to the end of its mail, and hears %zu up to the answer\n", s.heard_end, s.w.said);
	add_cuts(s.heard_end, true, step, s.heard_end, s.heard_end);
	add_cuts(s.w.said, false, step, s.said_end, s.w.said);
}

/* ---- what the ledger makes of it ---- */

static int
count_attempts(void *arg, const struct db_doc *d, struct err *e)
{
	struct str id = d->message_id;
	struct db_attempt *list;
	struct db_tx *txs;
	struct mail *m;
	size_t n, k;

	if (id.n < 2)
		return 0;
	m = mail_of(str_sub(id, 1, id.n - 2));
	if (db_tx_list(arg, arena, d->id, &txs, &n, e) == -1)
		return -1;
	for (size_t i = 0; i < n; i++) {
		if (db_attempt_list(arg, arena, txs[i].id, &list, &k, e) == -1)
			return -1;
		while (k-- > 0) {
			m->accepted += str_eq(list[k].result, S("accepted"));
			m->uncertain += str_eq(list[k].result, S("uncertain"));
			m->deferred += str_eq(list[k].result, S("deferred"));
		}
	}
	return 0;
}

static void
judge_mail(const struct mail *m)
{
	unsigned int said = m->accepted + m->uncertain;

	if (m->written == 0 || m->accepted == 0)
		wrong(m, "is lost");
	else if (said < m->written)
		wrong(m, "may have arrived, and nothing says so");
	else if (m->accepted > m->answered)
		wrong(m, "was not answered, and is said to be taken");
	else if (how == FIN && (said > m->written || m->accepted != m->answered))
		wrong(m, "is less sure than what was seen");
	early += said - (said < m->written ? said : m->written);
}

static void
judge(void)
{
	struct db_filter all = { .dir = -1, .kind = -1 };
	unsigned int accepted = 0, uncertain = 0, deferred = 0, twice = 0;
	struct db *db = ledger_open();
	unsigned int known = n_mails;
	struct err e;

	if (db == NULL || db_doc_each(db, &all, count_attempts, db, &e) == -1)
		die("database");
	db_close(db);
	for (unsigned int i = 0; i < known; i++) {
		const struct mail *m = &mails[i];

		judge_mail(m);
		accepted += m->accepted;
		uncertain += m->uncertain;
		deferred += m->deferred;
		twice += m->written > 1;
	}
	if (known != n_documents) {
		printf("%u documents, and %u came\n", n_documents, known);
		wrongs++;
	}
	printf("cuts %u kills %u: %u attempts accepted, %u uncertain (%u before their last byte), %u deferred; %u mails, %u more than once "
	    "on their way; %u wrong\n", n_cuts, kills, accepted, uncertain, early, deferred, known, twice, wrongs);
}

static unsigned int
number(const char *word)
{
	uint64_t n;

	if (str_u64(str_of(word), UINT32_MAX, &n) == -1)
		die(word);
	return (unsigned int)n;
}

static void
read_words(char **word)
{
	static const char *const hows[] = { [KILL] = "kill", [HOUSE] = "house", [FIN] = "fin", [RESET] = "reset" };

	edigate = word[1];
	home = word[2];
	offer.pipelines = !str_starts(str_of(word[4]), S("line"));
	offer.chunks = str_starts(str_of(word[4]), S("chunk"));
	offer.secures = str_ends(str_of(word[4]), S("-tls"));
	for (enum how h = KILL; h <= RESET; h++)
		how = strcmp(word[5], hows[h]) == 0 ? h : how;
	first_document = number(word[7]);
	offer.ctx = SSL_CTX_new(TLS_server_method());
	if (offer.ctx == NULL || SSL_CTX_use_certificate_chain_file(offer.ctx, word[8]) != 1 ||
	    SSL_CTX_use_PrivateKey_file(offer.ctx, word[9], SSL_FILETYPE_PEM) != 1)
		die(word[8]);
}

int
main(int argc, char **argv)
{
	struct session s;

	if (argc != 10) {
		fprintf(stderr, "cutout EDIGATE HOME PORT line|pipe|chunk[-tls] kill|house|fin|reset STEP FIRST CERT KEY\n");
		return 64;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	(void)signal(SIGPIPE, SIG_IGN);
	arena = arena_new((size_t)256 << 20);
	read_words(argv);
	bound((int)number(argv[3]));
	house_start();
	measure(number(argv[6]) > 0 ? number(argv[6]) : 1);
	while (done < n_cuts)
		cut_some();
	printf("cut\n");
	while (!are_complete(first_document + n_documents - 1)) {
		if (!next_session(&s, QUIET_MS))
			continue;
		play(&s);
		note(&s);
		wire_clear(&s.w);
	}
	(void)kill(house, SIGTERM);
	house_ended();
	judge();
	return wrongs > 0;
}
