/* SPDX-License-Identifier: ISC */
#include "gateway/doctor.h"
#include "gateway/online.h"

#include "gateway/certs_check.h"
#include "gateway/control.h"
#include "gateway/json.h"

#include <stdio.h>
#include <unistd.h>

void
doctor_says(struct doctor *d, enum doctor_word word, const char *area, const char *fmt, ...)
{
	static const char *const words[] = {
		[DOCTOR_OK] = "ok", [DOCTOR_WARN] = "WARN", [DOCTOR_FAIL] = "FAIL"
	};
	static const enum tint tints[] = {
		[DOCTOR_OK] = TINT_GOOD, [DOCTOR_WARN] = TINT_WAIT, [DOCTOR_FAIL] = TINT_BAD
	};
	struct arena *a = d->cli.arena;
	char text[1024];
	struct str word_shown;
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	d->n[word]++;
	if (d->json) {
		json_t *o = json_new();
		json_str(o, a, "result", str_lower(a, str_of(words[word])));
		json_str(o, a, "area", str_of(area));
		json_str(o, a, "text", str_of(text));
		json_print(o);
		return;
	}
	word_shown = table_tint(a, tints[word], str_of(cli_fmt(a, "%-4s", words[word])), cli_colour());
	(void)printf("%.*s  %-12s  %s\n", (int)word_shown.n, word_shown.p, area, cli_shown(a, str_of(text)));
}

static void
on_setting(void *arg, bool is_error, const char *text)
{
	doctor_says(arg, is_error ? DOCTOR_FAIL : DOCTOR_WARN, "settings", "%s", text);
}

static void
look_at_settings(struct doctor *d)
{
	struct cli *c = &d->cli;
	struct err e;

	(void)conf_check(c->arena, c->home, on_setting, d);
	d->has_conf = conf_read(c->arena, c->home, &d->conf, &e) == 0;
	if (d->has_conf)
		doctor_says(d, DOCTOR_OK, "settings", STR_FMT ": understood, %zu partner%s",
		    STR_ARG(c->home), d->conf.n_partners, d->conf.n_partners == 1 ? "" : "s");
	else if (d->n[DOCTOR_FAIL] == 0)
		doctor_says(d, DOCTOR_FAIL, "settings", "%s", e.text);
	if (geteuid() == 0)
		doctor_says(d, DOCTOR_WARN, "user",
		    "run as root: what the gateway's own user may not read cannot be seen");
}

static void
on_cert(void *arg, enum certs_says what, const char *text)
{
	doctor_says(arg, what == CERTS_OK ? DOCTOR_OK : what == CERTS_BAD ? DOCTOR_FAIL : DOCTOR_WARN, "certificates", "%s", text);
}

static void
look_at_gateway(struct doctor *d)
{
	d->running = control_is_up(&d->cli);
	doctor_says(d, d->running ? DOCTOR_OK : DOCTOR_WARN, "gateway", "%s",
	    d->running ? "runs and answers" : "is not running");
}

static void
on_answer(void *arg, const struct online_answer *a, struct str line)
{
	(void)line;
	if (a != NULL)
		doctor_says(arg, a->ok ? DOCTOR_OK : DOCTOR_FAIL, "online", STR_FMT "%s" STR_FMT ": " STR_FMT,
		    STR_ARG(a->partner), a->where.n > 0 ? " by " : "", STR_ARG(a->where), STR_ARG(a->text));
}

static void
look_online(struct doctor *d)
{
	struct err e;

	if (online_ask(&d->cli, NULL, on_answer, d, &e) == -1)
		doctor_says(d, DOCTOR_FAIL, "online", "%s", e.text);
}

int
cmd_doctor(int argc, char **argv)
{
	struct doctor d = { 0 };
	bool online = false;
	const struct cli_opt opts[] = { { "--json", .flag = &d.json }, { "--online", .flag = &online } };

	cli_start(&d.cli, argc, argv, opts, N(opts));
	cli_want_args(&d.cli, 0, 0);
	look_at_settings(&d);
	if (d.has_conf)
		certs_check(&d.cli, &d.conf, on_cert, &d);
	doctor_folders(&d);
	look_at_gateway(&d);
	doctor_database(&d);
	doctor_documents(&d);
	doctor_orphans(&d);
	doctor_clock(&d);
	doctor_kernel(&d);
	if (online && d.has_conf)
		look_online(&d);
	db_close(d.db);
	if (!d.json)
		(void)printf("%u ok, %u warning%s, %u failure%s\n", d.n[DOCTOR_OK],
		    d.n[DOCTOR_WARN], d.n[DOCTOR_WARN] == 1 ? "" : "s", d.n[DOCTOR_FAIL],
		    d.n[DOCTOR_FAIL] == 1 ? "" : "s");
	return d.n[DOCTOR_FAIL] > 0 ? CMD_NO : EX_OK;
}
