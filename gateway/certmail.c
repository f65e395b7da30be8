/* SPDX-License-Identifier: ISC */
#include "gateway/certmail.h"

#include "gateway/base/io.h"
#include "gateway/cem.h"
#include "gateway/known.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>

static int
is_certificate(const struct dirent *de)
{
	return str_starts(str_of(de->d_name), S(CERTMAIL_PREFIX)) &&
	    (str_ends(str_of(de->d_name), S(".cer")) || str_ends(str_of(de->d_name), S("." CERTMAIL_CEM)));
}

static int
newest_first(const struct dirent **a, const struct dirent **b)
{
	struct str x = str_of((*a)->d_name), y = str_of((*b)->d_name);

	return x.n != y.n ? (x.n < y.n ? 1 : -1) : str_cmp(y, x);
}

const char *
certmail_inbox(struct arena *a, const struct conf *c, const struct partner *pt)
{
	return conf_path(a, c, str_fmt(a, "inbox/" STR_FMT, STR_ARG(pt->key)).p);
}

void
certmail_each(struct arena *a, const struct conf *c, const struct partner *pt, certmail_fn *fn,
    void *arg)
{
	const char *dir = certmail_inbox(a, c, pt);
	struct dirent **files = NULL;
	int n = scandir(dir, &files, is_certificate, newest_first);
	bool on = true;

	for (int i = 0; i < n; i++) {
		struct str path = str_fmt(a, "inbox/" STR_FMT "/%s", STR_ARG(pt->key), files[i]->d_name), der;
		if (on && i < CERTMAIL_FILES &&
		    io_read_file(a, AT_FDCWD, conf_path(a, c, str_cstr(a, path)), CERTMAIL_MAX,
		        &der, NULL) == 0)
			on = fn(arg, path, der);
		free(files[i]);
	}
	free(files);
}

struct wanted {
	struct arena *a;
	struct str der;
	bool told, yes;			/* something was said of it; and what */
};

static void
look_at_answer(struct wanted *w, struct str entity)
{
	struct cem cem;
	struct err e;

	if (cem_read(w->a, entity, &cem, &e) == -1)
		return;
	for (size_t i = 0; i < cem.n && !w->told; i++)
		if (cem_is_about(&cem, &cem.items[i], w->der)) {
			w->told = true;
			w->yes = cem.items[i].accepted;
		}
}

static bool
is_wanted(void *arg, struct str path, struct str bytes)
{
	struct wanted *w = arg;

	if (str_ends(path, S("." CERTMAIL_CEM)))
		look_at_answer(w, bytes);
	else if (str_eq(w->der, bytes))
		w->told = w->yes = true;
	return !w->told;
}

bool
certmail_has(struct arena *a, const struct conf *c, const struct partner *pt, struct str der)
{
	struct wanted w = { .a = a, .der = der };

	certmail_each(a, c, pt, is_wanted, &w);
	return w.yes;
}

bool
certmail_can_go(const struct partner *pt)
{
	return pt->sign || pt->certs.n > 0 || pt->trust_chain;
}

bool
certmail_knows_cem(struct arena *a, const struct conf *c, const struct partner *pt)
{
	struct str list = known_features(a, c, pt), one;
	bool more = true;

	if (pt->cem != CONF_CEM_AUTO)
		return pt->cem == CONF_CEM_ALWAYS;
	while (more) {
		more = str_cut(&list, ',', &one);
		if (str_eq_nocase(str_trim(one), S(CEM_FEATURE)))
			return true;
	}
	return false;
}

struct str
certmail_text(struct arena *a, struct str entity)
{
	struct str text = S("");
	struct cem cem;
	struct err e;

	if (cem_read(a, entity, &cem, &e) == -1)
		return str_dup(a, str_of(e.text));
	for (size_t i = 0; i < cem.n && cem.is_answer; i++)
		if (!cem.items[i].accepted)
			text = str_fmt(a, "they refuse our certificate " STR_FMT "%s" STR_FMT,
			    STR_ARG(cem.items[i].serial), cem.items[i].reason.n > 0 ? ": " : "",
			    STR_ARG(cem.items[i].reason));
	return text;
}
