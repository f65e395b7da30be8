/* SPDX-License-Identifier: ISC */
/* cert_watch.c - run/cert-warnings has a line for each: FINGERPRINT STAGE SENTENCE. STAGE is the days told of, 0: ended. */
#include "gateway/cert_watch.h"

#include "gateway/base/clock.h"
#include "gateway/base/io.h"
#include "gateway/base/log.h"
#include "gateway/base/sandbox.h"
#include "mime/cert.h"
#include "spool/name.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#define ARENA_MAX ((size_t)1 << 30)
#define PEM_MAX	  ((size_t)1 << 20)
#define LOUD_DAYS 30
#define DAY_MS	  86400000LL

int64_t
cert_watch_stage(int64_t days)
{
	static const int64_t stages[] = { 1, 3, 7, 14, 30, 60 };

	for (size_t i = 0; i < N(stages); i++)
		if (days <= stages[i])
			return stages[i];
	return 0;
}

struct watching {
	struct arena *a;
	struct str before;		/* the file as it was */
	struct buf now;
	size_t told;
};

static bool
was_told(const struct watching *w, struct str head)
{
	struct str rest = w->before, line;

	while (str_next_line(&rest, &line))
		if (str_starts(line, head))
			return true;
	return false;
}

static void
judge(struct watching *w, struct str whose, struct str path, const struct cert_facts *f)
{
	int64_t left = f->not_after_ms - clock_wall_ms(), days = left < 0 ? -1 : left / DAY_MS,
	        stage = days < 0 ? 0 : cert_watch_stage(days);
	struct str head, sentence, subject = name_shown(w->a, f->subject);

	if (days >= 0 && stage == 0)
		return;
	head = str_fmt(w->a, STR_FMT " %lld ", STR_ARG(f->fingerprint), (long long)stage);
	sentence = str_fmt(w->a, STR_FMT ": certificate " STR_FMT " %s on " STR_FMT " (" STR_FMT ")", STR_ARG(whose), STR_ARG(subject),
	    days < 0 ? "ended" : "ends", STR_ARG(str_sub(clock_rfc3339(w->a, f->not_after_ms), 0, 10)), STR_ARG(path));
	(void)buf_printf(&w->now, NULL, STR_FMT STR_FMT "\n", STR_ARG(head), STR_ARG(sentence));
	if (was_told(w, head))
		return;
	w->told++;
	log_ev(days < LOUD_DAYS ? LOG_ERROR : LOG_WARN, 0, "cert-ends", KS("whose", whose),
	    KI("days_left", days), KS("file", path), KS("subject", subject));
}

/* The one of a file that lasts longest; whose chain it is does not matter. false: the file tells nothing. */
static bool
longest(struct watching *w, struct str path, bool only_first, struct cert_facts *best)
{
	struct cert_set *set = NULL;
	struct cert_facts f;
	struct str pem;
	bool any = false;

	if (path.n == 0 || io_read_named(w->a, str_cstr(w->a, path), PEM_MAX, &pem, NULL) == -1 ||
	    cert_set_read(pem, &set, NULL) == -1)
		return false;
	for (size_t i = 0; i < (only_first ? 1 : cert_set_count(set)); i++)
		if (cert_facts(w->a, set, i, &f, NULL) == 0 && (!any || best->not_after_ms < f.not_after_ms)) {
			*best = f;
			any = true;
		}
	cert_set_free(set);
	return any;
}

static void
judge_own(struct watching *w, struct str path)
{
	struct cert_facts f;

	if (longest(w, path, true, &f))
		judge(w, S("ours"), path, &f);
}

/* One that lasts is enough: the others are of the past or of a change. */
static void
judge_partner(struct watching *w, const struct partner *pt)
{
	struct cert_facts best = { 0 }, f;
	struct str where = S("");

	for (size_t i = 0; i < pt->certs.n; i++)
		if (longest(w, pt->certs.v[i], false, &f) &&
		    (where.n == 0 || best.not_after_ms < f.not_after_ms)) {
			best = f;
			where = pt->certs.v[i];
		}
	if (where.n > 0)
		judge(w, pt->key, where, &best);
}

size_t
cert_watch(struct arena *a, const struct conf *c)
{
	struct watching w = { .a = a, .now = BUF_CAP(CERT_WATCH_MAX) };
	const char *path = conf_path(a, c, CERT_WATCH_FILE);
	struct err e;

	if (io_read_file(a, AT_FDCWD, path, CERT_WATCH_MAX, &w.before, &e) == -1)
		w.before = S("");
	for (size_t i = 0; i < c->certs.n; i++)
		judge_own(&w, c->certs.v[i]);
	if (c->listen)
		judge_own(&w, c->tls_cert);
	for (size_t i = 0; i < c->n_partners; i++)
		judge_partner(&w, &c->partners[i]);
	if (!str_eq(buf_str(&w.now), w.before) &&
	    io_replace_file(AT_FDCWD, path, buf_str(&w.now), 0644, &e) == -1)
		log_ev(LOG_WARN, 0, "cert-warnings", KC("why", e.text));
	buf_clear(&w.now);
	return w.told;
}

void
cert_watch_start(const struct conf *c)
{
	struct arena *a;
	struct err e;

	if (fork() != 0)
		return;
	(void)signal(SIGTERM, SIG_DFL);
	(void)signal(SIGINT, SIG_DFL);
	a = arena_new(ARENA_MAX);
	if (sandbox_enter("certs", str_cstr(a, c->user), &e) == -1)
		log_ev(LOG_WARN, 0, "sandbox", KC("why", e.text));
	else
		(void)cert_watch(a, c);
	_exit(0);
}

void
cert_watch_read(struct arena *a, const struct conf *c, cert_watch_fn *fn, void *arg)
{
	struct str text, line, skipped;

	if (io_read_file(a, AT_FDCWD, conf_path(a, c, CERT_WATCH_FILE), CERT_WATCH_MAX, &text, NULL) == -1)
		return;
	while (str_next_line(&text, &line))
		if (str_cut(&line, ' ', &skipped) && str_cut(&line, ' ', &skipped))
			fn(arg, line);
}
