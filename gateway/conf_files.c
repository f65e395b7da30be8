/* SPDX-License-Identifier: ISC */
/* conf_files.c - run/settings is a line "edigate settings 1", then "BYTES NAME", the bytes and a line end for each file. */
#include "gateway/conf_files.h"

#include "gateway/base/io.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#define FILE_MAX	 (16u << 20)
#define PARTNER_FILE_MAX (256u << 10)
#define KEPT_MAX	 ((size_t)128 << 20)
#define KEPT_FIRST	 "edigate settings 1\n"
#define KEPT_NAME	 "run/settings"

/* ---- from the home ---- */

static const char *
path_of(struct arena *a, struct str home, const char *relative)
{
	const struct conf at = { .home = conf_home(a, str_cstr(a, home)) };

	return conf_path(a, &at, relative);
}

static struct conf_file
read_one(struct arena *a, struct str home, const char *name, size_t max)
{
	struct conf_file f = { .name = name };
	struct err e;

	if (io_read_named(a, path_of(a, home, name), max, &f.text, &e) == -1)
		f.wrong = str_cstr(a, str_of(e.text));
	return f;
}

static int
is_partner_file(const struct dirent *d)
{
	struct str name = str_of(d->d_name);

	return name.n > 4 && name.p[0] != '.' && str_ends(name, S(".ini"));
}

static int
by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

void
conf_files_gather(struct arena *a, struct str home, struct conf_files *out)
{
	const char *dir = path_of(a, home, "partners.d");
	struct dirent **names = NULL;
	int n = scandir(dir, &names, is_partner_file, by_name);
	bool unreadable = n == -1 && errno != ENOENT;

	out->v = arena_get_array(a, (n > 0 ? (size_t)n : 0) + 2, sizeof(*out->v));
	out->n = 0;
	out->v[out->n++] = read_one(a, home, "config.ini", FILE_MAX);
	if (unreadable)
		out->v[out->n++] = (struct conf_file){ .name = "partners.d",
			.wrong = str_fmt(a, "%s: %s", dir, strerror(errno)).p };
	for (int i = 0; i < n; i++) {
		out->v[out->n++] = read_one(a, home, str_fmt(a, "partners.d/%s", names[i]->d_name).p, PARTNER_FILE_MAX);
		free(names[i]);
	}
	free(names);
}

/* ---- those in force ---- */

int
conf_files_keep(const struct conf_files *f, struct str home, struct err *e)
{
	struct arena *a = arena_new(1 << 16);
	struct buf b = BUF_CAP(KEPT_MAX);
	int rc = buf_put(&b, S(KEPT_FIRST), e);

	for (size_t i = 0; i < f->n && rc == 0; i++) {
		rc = buf_printf(&b, e, "%zu %s\n", f->v[i].text.n, f->v[i].name);
		if (rc == 0)
			rc = buf_put(&b, f->v[i].text, e);
		if (rc == 0)
			rc = buf_put(&b, S("\n"), e);
	}
	if (rc == 0)
		rc = io_replace_file(AT_FDCWD, path_of(a, home, KEPT_NAME), buf_str(&b), 0640, e);
	buf_clear(&b);
	arena_free(a);
	return rc;
}

/* Take "BYTES NAME", and what it announces, off the front of rest. */
static bool
take_kept(struct arena *a, struct str *rest, struct conf_file *f)
{
	struct str line, number;
	uint64_t n;

	if (!str_next_line(rest, &line) || !str_cut(&line, ' ', &number) || line.n == 0 ||
	    str_u64(number, KEPT_MAX, &n) == -1 || n >= rest->n || rest->p[n] != '\n')
		return false;
	f->name = str_cstr(a, line);
	f->text = str_sub(*rest, 0, (size_t)n);
	*rest = str_from(*rest, (size_t)n + 1);
	return true;
}

int
conf_files_kept(struct arena *a, struct str home, struct conf_files *out, struct err *e)
{
	const char *path = path_of(a, home, KEPT_NAME);
	struct str all, rest;
	size_t room = 0;

	if (io_read_named(a, path, KEPT_MAX, &all, e) == -1)
		return -1;
	rest = all;
	if (!str_starts(rest, S(KEPT_FIRST)))
		return err_set(e, ERR_CONFIG, "%s: does not begin with \"edigate settings 1\"", path);
	rest = str_from(rest, sizeof(KEPT_FIRST) - 1);
	*out = (struct conf_files){ .n = 0 };
	while (rest.n > 0) {
		if (out->n == room) {
			struct conf_file *more = arena_get_array(a, room = room * 2 + 8, sizeof(*more));
			if (out->n > 0)
				memcpy(more, out->v, out->n * sizeof(*more));
			out->v = more;
		}
		size_t at = all.n - rest.n;

		out->v[out->n] = (struct conf_file){ .name = NULL };
		if (!take_kept(a, &rest, &out->v[out->n]))
			return err_set(e, ERR_CONFIG,
			    "%s: offset %zu: want a file's length and name", path, at);
		out->n++;
	}
	return 0;
}
