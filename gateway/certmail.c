/* SPDX-License-Identifier: ISC */
#include "gateway/certmail.h"

#include "gateway/base/io.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>

static int
is_certificate(const struct dirent *de)
{
	return str_starts(str_of(de->d_name), S(CERTMAIL_PREFIX)) && str_ends(str_of(de->d_name), S(".cer"));
}

static int
newest_first(const struct dirent **a, const struct dirent **b)
{
	struct str x = str_of((*a)->d_name), y = str_of((*b)->d_name);

	return x.n != y.n ? (x.n < y.n ? 1 : -1) : str_cmp(y, x);
}

void
certmail_each(struct arena *a, const struct conf *c, const struct partner *pt, certmail_fn *fn, void *arg)
{
	const char *dir = conf_path(a, c, str_fmt(a, "inbox/" STR_FMT, STR_ARG(pt->key)).p);
	struct dirent **files = NULL;
	int n = scandir(dir, &files, is_certificate, newest_first);
	bool on = true;

	for (int i = 0; i < n; i++) {
		struct str path = str_fmt(a, "inbox/" STR_FMT "/%s", STR_ARG(pt->key), files[i]->d_name), der;
		if (on && i < CERTMAIL_FILES &&
		    io_read_file(a, AT_FDCWD, conf_path(a, c, str_cstr(a, path)), CERTMAIL_MAX, &der, NULL) == 0)
			on = fn(arg, path, der);
		free(files[i]);
	}
	free(files);
}

struct wanted {
	struct str der;
	bool found;
};

static bool
is_wanted(void *arg, struct str path, struct str der)
{
	struct wanted *w = arg;

	(void)path;
	w->found = str_eq(w->der, der);
	return !w->found;
}

bool
certmail_has(struct arena *a, const struct conf *c, const struct partner *pt, struct str der)
{
	struct wanted w = { der, false };

	certmail_each(a, c, pt, is_wanted, &w);
	return w.found;
}
