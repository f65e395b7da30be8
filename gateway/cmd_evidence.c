/* SPDX-License-Identifier: ISC */
/* cmd_evidence.c - `edigate evidence export|verify|find`. */
#include "gateway/cli.h"

#include "gateway/base/io.h"
#include "gateway/docs.h"
#include "gateway/evidence.h"
#include "gateway/exchange.h"
#include "gateway/pick.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* ---- export ---- */

static void
write_out(const char *path, struct str bytes)
{
	bool is_stdout = strcmp(path, "-") == 0;
	int fd = is_stdout ? STDOUT_FILENO : open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0640);
	struct err e;

	if (fd == -1)
		cli_fail(EX_CANTCREAT, "%s: %s", path,
		    errno == EEXIST ? "exists already: nothing was changed" : strerror(errno));
	if (io_write_all(fd, bytes, &e) == -1 || (!is_stdout && fsync(fd) == -1)) {
		int why = errno;
		if (!is_stdout)
			(void)unlink(path);
		cli_fail(EX_IOERR, "%s: %s", path, strerror(why));
	}
	if (!is_stdout)
		io_close(&fd);
}

int
cmd_evidence_export(int argc, char **argv)
{
	struct cli c;
	const char *path = NULL;
	const struct cli_opt opts[] = { { "-O", .text = &path } };
	struct evidence *ev;
	struct evidence_result r = { 0 };
	struct buf tar = BUF_CAP(EVIDENCE_SIZE_MAX);
	struct db *db;
	struct err e;

	cli_start(&c, argc, argv, opts, N(opts));
	cli_want_args(&c, 1, 1);
	if (path == NULL)
		cli_usage(&c, "-O FILE.tar is needed");
	if (strcmp(path, "-") == 0 && cli_is_tty(STDOUT_FILENO))
		cli_usage(&c, "an archive does not go to a terminal");
	db = cli_db(&c);
	ev = arena_new_of(c.arena, struct evidence);
	evidence_gather(&c, db, pick_one(&c, db, str_of(c.args[0])), ev);
	db_close(db);
	evidence_check(ev, NULL, NULL, &r);
	if (evidence_write(ev, &tar, &e) == -1)
		cli_die(EX_DATAERR, &e);
	write_out(path, buf_str(&tar));
	buf_clear(&tar);
	if (strcmp(path, "-") != 0)
		(void)printf("written %s: %zu files\n" STR_FMT "\n", path, ev->n,
		    STR_ARG(evidence_verdict(ev, &r)));
	return r.bad > 0 ? CMD_NO : EX_OK;
}

/* ---- verify ---- */

struct verifying {
	struct arena *a;
	json_t *claims;			/* NULL: lines for people */
};

static const char *const words[] = { [PROOF_OK] = "ok", [PROOF_OPEN] = "open", [PROOF_BAD] = "fail" };

static void
put_claim(void *arg, enum proof proof, const char *text)
{
	static const char *const marks[] = { [PROOF_OK] = "ok  ", [PROOF_OPEN] = "--  ", [PROOF_BAD] = "FAIL" };
	static const enum tint tints[] = {
		[PROOF_OK] = TINT_GOOD, [PROOF_OPEN] = TINT_DIM, [PROOF_BAD] = TINT_BAD
	};
	struct verifying *v = arg;
	struct str mark = table_tint(v->a, tints[proof], str_of(marks[proof]), cli_colour());

	if (v->claims == NULL) {
		(void)printf("%.*s  %s\n", (int)mark.n, mark.p, cli_shown(v->a, str_of(text)));
		return;
	}
	json_t *o = json_object();
	json_str(o, v->a, "result", str_of(words[proof]));
	json_str(o, v->a, "claim", str_of(text));
	json_push(v->claims, o);
}

static void
put_verdict(struct verifying *v, const struct evidence *ev, const struct evidence_result *r)
{
	struct str verdict = evidence_verdict(ev, r);

	if (v->claims == NULL) {
		(void)printf("%u ok, %u open, %u failed\n%s\n", r->ok, r->open, r->bad,
		    cli_shown(v->a, verdict));
		return;
	}
	json_t *o = json_new();
	json_int(o, "id", ev->id);
	json_bool(o, "intact", r->bad == 0);
	json_bool(o, "proven", r->bad == 0 && (r->received || r->sent));
	json_str(o, v->a, "verdict", verdict);
	json_list(o, "claims", v->claims);
	json_print(o);
}

int
cmd_evidence_verify(int argc, char **argv)
{
	struct cli c;
	bool json = false;
	const struct cli_opt opts[] = { { "--json", .flag = &json } };
	struct verifying v = { 0 };
	struct evidence *ev;
	struct evidence_result r = { 0 };
	struct err e;

	cli_start(&c, argc, argv, opts, N(opts));
	cli_want_args(&c, 1, 1);
	v.a = c.arena;
	v.claims = json ? json_array() : NULL;
	ev = arena_new_of(c.arena, struct evidence);
	if (evidence_read(c.arena, cli_input(&c, c.args[0]), ev, &e) == -1)
		cli_fail(EX_DATAERR, "%s: %s", c.args[0], e.text);
	evidence_check_sums(ev, put_claim, &v, &r);
	evidence_check(ev, put_claim, &v, &r);
	put_verdict(&v, ev, &r);
	return r.bad > 0 ? CMD_NO : EX_OK;
}

/* ---- find ---- */

struct finding {
	struct cli cli;
	struct db *db;
	bool json;
	size_t n;
};

/* What our own record says; `evidence export` and `verify` show it from the bytes. */
static const char *
proven_by(struct arena *a, const struct story *s)
{
	static const char *const kinds[] = { "mdn-ok", "mdn-warning", "filed", "dsn-delivered", "accepted" };

	for (size_t k = 0; k < N(kinds); k++)
		for (size_t i = 0; i < s->n_events; i++) {
			const struct db_event *ev = &s->events[i];
			if (str_eq(ev->kind, str_of(kinds[k])))
				return cli_fmt(a, "%s  %s", cli_when(a, ev->at_ms), cli_shown(a, ev->text));
		}
	return "nothing yet";
}

static int
put_found(void *arg, const struct db_doc *d, struct err *e)
{
	struct finding *f = arg;
	struct arena *a = f->cli.arena;
	struct story s;

	(void)e;
	f->n++;
	story_read(&f->cli, f->db, d, &s);
	if (f->json) {
		json_print(story_json(a, &s));
		return 0;
	}
	struct str state = table_tint(a, cli_state_tint(d->shown), d->shown, cli_colour());
	(void)printf("%s\n  %-8s  %.*s\n  %-8s  %s\n", docs_head(a, d), "state", (int)state.n,
	    state.p, "proven", proven_by(a, &s));
	for (size_t i = 0; i < s.n_events; i++)
		if (s.events[i].proof.n > 0)
			(void)printf("  %-8s  %-15s  %s\n", "", cli_shown(a, s.events[i].kind),
			    cli_shown(a, s.events[i].proof));
	(void)printf("  %-8s  edigate evidence export %lld -O evidence-%lld.tar\n", "export",
	    (long long)d->id, (long long)d->id);
	return 0;
}

int
cmd_evidence_find(int argc, char **argv)
{
	struct finding f = { 0 };
	const struct cli_opt opts[] = { { "--json", .flag = &f.json } };
	struct db_filter filter = { .dir = -1, .kind = DOC_DOCUMENT };
	struct err e;

	cli_start(&f.cli, argc, argv, opts, N(opts));
	cli_want_args(&f.cli, 1, 1);
	f.db = cli_db(&f.cli);
	filter.sha256 = evidence_sha256(f.cli.arena, cli_input(&f.cli, f.cli.args[0]));
	if (db_doc_each(f.db, &filter, put_found, &f, &e) == -1)
		cli_die(0, &e);
	db_close(f.db);
	if (f.n == 0)
		cli_fail(CMD_NO, "%s: no document with these bytes (SHA-256 " STR_FMT ")",
		    f.cli.args[0], STR_ARG(filter.sha256));
	return EX_OK;
}
