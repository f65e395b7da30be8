/* SPDX-License-Identifier: ISC */
#include "gateway/certs.h"

#include "gateway/base/clock.h"
#include "gateway/base/io.h"
#include "gateway/cli.h"

#include <stdio.h>

#define DAY_MS 86400000LL

void
certs_clear(struct certs_file *f)
{
	cert_set_free(f->set);
	f->set = NULL;
}

int
certs_parse(struct arena *a, struct str pem, struct certs_file *out, struct err *e)
{
	*out = (struct certs_file){ 0 };
	if (cert_set_read(pem, &out->set, e) == -1)
		return -1;
	out->n = cert_set_count(out->set);
	out->facts = arena_get_array(a, out->n, sizeof(*out->facts));
	for (size_t i = 0; i < out->n; i++)
		if (cert_facts(a, out->set, i, &out->facts[i], e) == -1) {
			certs_clear(out);
			return -1;
		}
	return 0;
}

int
certs_read(struct arena *a, struct str path, struct certs_file *out, struct err *e)
{
	const char *name = str_cstr(a, path);
	struct str pem;

	if (io_read_named(a, name, CERTS_FILE_MAX, &pem, e) == -1)
		return -1;
	if (certs_parse(a, pem, out, e) == -1)
		return err_add(e, "%s", name);
	return 0;
}

int64_t
certs_days_left(int64_t not_after_ms)
{
	int64_t left = not_after_ms - clock_wall_ms();

	return left < 0 ? left / DAY_MS - 1 : left / DAY_MS;
}

enum tint
certs_tint(int64_t not_after_ms)
{
	int64_t days = certs_days_left(not_after_ms);

	return not_after_ms == 0 || days < 0 ? TINT_BAD : days < CERTS_WARN_DAYS ? TINT_WAIT : TINT_NONE;
}

void
certs_print_facts(struct arena *a, const struct cert_facts *f)
{
	(void)printf("certificate  %s  %s  %s to %s%s\n", cli_shown(a, f->subject), cli_shown(a, f->key),
	    cli_day(a, f->not_before_ms), cli_day(a, f->not_after_ms),
	    certs_days_left(f->not_after_ms) < 0 ? "  EXPIRED" : "");
	(void)printf("  sha256     %s\n", cli_shown(a, f->fingerprint));
	(void)printf("  words      %s\n", cli_shown(a, f->words));
}

void
certs_print(struct arena *a, struct str path)
{
	struct certs_file f;
	struct err e;

	if (certs_read(a, path, &f, &e) == -1) {
		(void)printf("certificate  %s\n", e.text);
		return;
	}
	for (size_t i = 0; i < f.n; i++)
		certs_print_facts(a, &f.facts[i]);
	certs_clear(&f);
}

json_t *
certs_facts_json(struct arena *a, const struct cert_facts *f)
{
	json_t *o = json_new();

	json_str(o, a, "subject", f->subject);
	json_str(o, a, "issuer", f->issuer);
	json_str(o, a, "serial", f->serial);
	json_str(o, a, "mail", f->mail);
	json_str(o, a, "sha256", f->fingerprint);
	json_str(o, a, "words", f->words);
	json_str(o, a, "key", f->key);
	json_time(o, a, "not_before", f->not_before_ms);
	json_time(o, a, "not_after", f->not_after_ms);
	json_int(o, "days_left", certs_days_left(f->not_after_ms));
	return o;
}

void
certs_json(struct arena *a, json_t *array, struct str path)
{
	struct certs_file f;
	struct err e;

	if (certs_read(a, path, &f, &e) == -1) {
		json_t *o = json_new();
		json_str(o, a, "error", str_of(e.text));
		json_push(array, o);
		return;
	}
	for (size_t i = 0; i < f.n; i++)
		json_push(array, certs_facts_json(a, &f.facts[i]));
	certs_clear(&f);
}
