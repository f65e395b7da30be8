/* SPDX-License-Identifier: ISC */
#include "gateway/cli.h"

#include "gateway/cert_watch.h"

#include "gateway/base/clock.h"
#include "gateway/base/io.h"
#include "gateway/control.h"
#include "gateway/docs.h"
#include "gateway/exchange.h"
#include "gateway/json.h"
#include "gateway/pick.h"

#include <fcntl.h>
#include <stdio.h>

#define STATUS_ATTENTION_MAX 10
#define STATUS_WAITING_MAX   20
#define ROLES_FILE	     "run/roles"
#define ROLES_BYTES_MAX	     ((size_t)64 << 10)

/* A line of run/roles, which `edigate run` keeps: ROLE PID STATE RESTARTS SINCE_MS LAST_ERROR. */
struct role_line {
	struct str name, pid, state, error;
	uint64_t restarts, since_ms;
};

struct status {
	struct cli cli;
	bool running, json;
	struct db *db;			/* NULL: never ran here */
	struct role_line *roles;
	size_t n_roles;
	uint64_t due, later, leased;
	struct db_count *counts;
	size_t n_counts;
	struct db_waiting *waiting;
	size_t n_waiting;
	size_t n_certs;
	struct filter attention;
	struct db_doc *docs[STATUS_ATTENTION_MAX];
	size_t n_attention;		/* all of them; docs holds the newest */
};

static void
read_roles(struct status *s)
{
	struct arena *a = s->cli.arena;
	struct str text, line;
	struct err e;
	size_t lines = 0;

	if (!s->running || io_read_file(a, AT_FDCWD, cli_path(&s->cli, ROLES_FILE), ROLES_BYTES_MAX, &text, &e) == -1)
		return;
	for (size_t i = 0; i < text.n; i++)
		lines += text.p[i] == '\n';
	s->roles = arena_get_array(a, lines + 1, sizeof(*s->roles));
	while (str_next_line(&text, &line)) {
		struct role_line *r = &s->roles[s->n_roles];
		struct str number;
		(void)str_cut(&line, ' ', &r->name);
		(void)str_cut(&line, ' ', &r->pid);
		(void)str_cut(&line, ' ', &r->state);
		(void)str_cut(&line, ' ', &number);
		(void)str_u64(number, UINT64_MAX, &r->restarts);
		(void)str_cut(&line, ' ', &number);
		(void)str_u64(number, INT64_MAX, &r->since_ms);
		r->error = str_eq(str_trim(line), S("-")) ? S("") : str_trim(line);
		s->n_roles += r->name.n > 0;
	}
}

static int
on_doc(void *arg, const struct db_doc *d, struct err *e)
{
	struct status *s = arg;

	if (!pick_fits(&s->attention, d))
		return 0;
	if (s->n_attention < STATUS_ATTENTION_MAX &&
	    db_doc_get(s->db, s->cli.arena, d->id, &s->docs[s->n_attention], e) == -1)
		return -1;
	s->n_attention++;
	return 0;
}

static void
read_db(struct status *s)
{
	struct arena *a = s->cli.arena;
	struct err e;

	if (!cli_has_db(&s->cli))
		return;
	s->db = cli_db(&s->cli);
	filter_init(&s->attention);
	s->attention.attention = true;
	s->attention.db.kind = -1;
	if (db_job_counts(s->db, clock_wall_ms(), &s->due, &s->later, &s->leased, &e) == -1 ||
	    db_doc_counts(s->db, a, &s->counts, &s->n_counts, &e) == -1 ||
	    db_waiting_list(s->db, a, &s->waiting, &s->n_waiting, &e) == -1 ||
	    db_doc_each(s->db, &s->attention.db, on_doc, s, &e) == -1)
		cli_die(0, &e);
}

/* ---- for programs ---- */

static json_t *
roles_json(const struct status *s)
{
	json_t *all = json_array();

	for (size_t i = 0; i < s->n_roles; i++) {
		const struct role_line *r = &s->roles[i];
		json_t *o = json_new();
		uint64_t pid = 0;
		(void)str_u64(r->pid, INT64_MAX, &pid);
		json_str(o, s->cli.arena, "role", r->name);
		json_int(o, "pid", (int64_t)pid);
		json_str(o, s->cli.arena, "state", r->state);
		json_int(o, "restarts", (int64_t)r->restarts);
		json_time(o, s->cli.arena, "since", (int64_t)r->since_ms);
		json_str(o, s->cli.arena, "error", r->error);
		json_push(all, o);
	}
	return all;
}

static json_t *
counts_json(const struct status *s)
{
	json_t *all = json_array();

	for (size_t i = 0; i < s->n_counts; i++) {
		const struct db_count *n = &s->counts[i];
		json_t *o = json_new();
		json_str(o, s->cli.arena, "dir", str_of(doc_dir_name(n->dir)));
		json_str(o, s->cli.arena, "kind", str_of(doc_kind_name(n->kind)));
		json_str(o, s->cli.arena, "partner", n->partner);
		json_str(o, s->cli.arena, "state", n->shown);
		json_int(o, "n", (int64_t)n->n);
		json_push(all, o);
	}
	return all;
}

static json_t *
waiting_json(const struct status *s)
{
	json_t *all = json_array();

	for (size_t i = 0; i < s->n_waiting; i++) {
		const struct db_waiting *w = &s->waiting[i];
		json_t *o = json_new();
		json_str(o, s->cli.arena, "partner", w->partner);
		json_str(o, s->cli.arena, "name", w->name);
		json_str(o, s->cli.arena, "reason", w->reason);
		json_bool(o, "refused", w->refused);
		json_time(o, s->cli.arena, "since", w->since_ms);
		json_push(all, o);
	}
	return all;
}

static void
push_certificate(void *arg, struct str sentence)
{
	json_push(arg, json_stringn(sentence.p, sentence.n));
}

static void
put_json(struct status *s)
{
	json_t *o = json_new(), *queue = json_new(), *attention = json_array(), *certs = json_array();

	json_str(o, s->cli.arena, "version", str_of(EDIGATE_VERSION));
	json_str(o, s->cli.arena, "home", s->cli.home);
	json_bool(o, "running", s->running);
	json_list(o, "roles", roles_json(s));
	json_int(queue, "due", (int64_t)s->due);
	json_int(queue, "later", (int64_t)s->later);
	json_int(queue, "leased", (int64_t)s->leased);
	json_list(o, "queue", queue);
	json_list(o, "documents", counts_json(s));
	json_list(o, "waiting", waiting_json(s));
	cert_watch_read(s->cli.arena, &(struct conf){ .home = s->cli.home }, push_certificate, certs);
	json_list(o, "certificates", certs);
	json_int(o, "attention_total", (int64_t)s->n_attention);
	for (size_t i = 0; i < s->n_attention && i < STATUS_ATTENTION_MAX; i++)
		json_push(attention, json_doc(s->cli.arena, s->docs[i]));
	json_list(o, "attention", attention);
	json_print(o);
}

/* ---- for people ---- */

static void
put_roles(struct status *s)
{
	static const struct table_column columns[] = { { "ROLE", 0, false }, { "PID", 0, true },
		{ "STATE", 0, false }, { "RESTARTS", 0, true }, { "FOR", 0, false },
		{ "LAST ERROR", 90, false } };
	struct arena *a = s->cli.arena;
	struct table *t = table_new(a, columns, N(columns));
	int64_t now = clock_wall_ms();

	for (size_t i = 0; i < s->n_roles; i++) {
		const struct role_line *r = &s->roles[i];
		struct table_cell *cell = table_row(t);
		cell[0].text = cli_shown(a, r->name);
		cell[1].text = cli_shown(a, r->pid);
		cell[2] = (struct table_cell){ cli_shown(a, r->state),
			str_eq(r->state, S("up")) ? TINT_GOOD : TINT_BAD };
		cell[3].text = cli_fmt(a, "%llu", (unsigned long long)r->restarts);
		cell[4].text = r->since_ms == 0 ? "-" : cli_span(a, now - (int64_t)r->since_ms);
		cell[5].text = cli_shown(a, r->error);
	}
	if (s->n_roles > 0)
		cli_put_table(t);
}

/* "out  12 complete, 1 deferred": one line for each direction; what only reports and receipts are is left out. */
static void
put_counts(struct status *s, int dir)
{
	struct arena *a = s->cli.arena;
	const char *line = "";

	for (size_t i = 0; i < s->n_counts; i++) {
		const struct db_count *first = &s->counts[i];
		uint64_t n = 0;
		bool counted = false;
		if (first->dir != dir || first->kind != DOC_DOCUMENT)
			continue;
		for (size_t k = 0; k < s->n_counts; k++) {
			const struct db_count *same = &s->counts[k];
			if (same->dir != dir || same->kind != DOC_DOCUMENT ||
			    !str_eq(same->shown, first->shown))
				continue;
			counted = counted || k < i;
			n += same->n;
		}
		if (!counted)
			line = cli_fmt(a, "%s%s%llu %s", line, line[0] == '\0' ? "" : ", ",
			    (unsigned long long)n, cli_shown(a, first->shown));
	}
	(void)printf("%-10s  %s\n", dir == EX_IN ? "inbound" : "outbound", line[0] == '\0' ? "none" : line);
}

static void
put_waiting(struct status *s)
{
	static const struct table_column columns[] = { { "WAITING IN OUTBOX", 20, false },
		{ "FILE", 40, false }, { "SINCE", 0, false }, { "WHY", 90, false } };
	struct arena *a = s->cli.arena;
	struct table *t = table_new(a, columns, N(columns));

	for (size_t i = 0; i < s->n_waiting && i < STATUS_WAITING_MAX; i++) {
		const struct db_waiting *w = &s->waiting[i];
		struct table_cell *cell = table_row(t);
		cell[0].text = cli_shown(a, w->partner);
		cell[1].text = cli_shown(a, w->name);
		cell[2].text = cli_when(a, w->since_ms);
		cell[3] = (struct table_cell){ cli_shown(a, w->reason), w->refused ? TINT_BAD : TINT_WAIT };
	}
	if (s->n_waiting > 0)
		cli_put_table(t);
	if (s->n_waiting > STATUS_WAITING_MAX)
		(void)printf("and %zu more\n", s->n_waiting - STATUS_WAITING_MAX);
}

static void
put_attention(struct status *s)
{
	struct table *t = docs_table(s->cli.arena);

	if (s->n_attention == 0)
		return;
	(void)printf("needs attention\n");
	for (size_t i = 0; i < s->n_attention && i < STATUS_ATTENTION_MAX; i++)
		docs_row(t, s->cli.arena, s->docs[i]);
	cli_put_table(t);
	if (s->n_attention > STATUS_ATTENTION_MAX)
		(void)printf("and %zu more: edigate list kind=all state=attention\n",
		    s->n_attention - STATUS_ATTENTION_MAX);
}

static void
put_certificate(void *arg, struct str sentence)
{
	struct status *s = arg;

	(void)printf("%-10s  %s\n", s->n_certs++ == 0 ? "certs" : "", cli_shown(s->cli.arena, sentence));
}

static void
put_text(struct status *s)
{
	struct arena *a = s->cli.arena;
	struct str state = table_tint(a, s->running ? TINT_GOOD : TINT_BAD,
	    s->running ? S("running") : S("not running"), cli_colour());

	(void)printf("edigate %s  %s  %.*s\n", EDIGATE_VERSION, cli_shown(a, s->cli.home),
	    (int)state.n, state.p);
	put_roles(s);
	if (s->db == NULL)
		return;
	(void)printf("%-10s  %llu due, %llu later, %llu in work\n", "queue", (unsigned long long)s->due,
	    (unsigned long long)s->later, (unsigned long long)s->leased);
	put_counts(s, EX_OUT);
	put_counts(s, EX_IN);
	put_waiting(s);
	cert_watch_read(s->cli.arena, &(struct conf){ .home = s->cli.home }, put_certificate, s);
	put_attention(s);
}

int
cmd_status(int argc, char **argv)
{
	struct status s = { 0 };
	const struct cli_opt opts[] = { { "--json", .flag = &s.json } };

	cli_start(&s.cli, argc, argv, opts, N(opts));
	cli_want_args(&s.cli, 0, 0);
	s.running = control_is_up(&s.cli);
	read_roles(&s);
	read_db(&s);
	if (s.json)
		put_json(&s);
	else
		put_text(&s);
	db_close(s.db);
	return s.running ? EX_OK : EX_UNAVAILABLE;
}
