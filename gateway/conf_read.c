/* SPDX-License-Identifier: ISC */
/*
 * conf_read.c - config.ini, then partners.d/NAME.ini in the order of their names, into struct conf. Reading goes on
 * behind a mistake, so that `edigate check` can tell them all at once; conf_read() keeps the first.
 */
#include "gateway/conf_load.h"

#include "gateway/base/ini.h"
#include "gateway/conf_files.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LOAD_ARENA_MAX		((size_t)512 << 20)
#define KEY_MAX		63
#define WORDS_MAX	100	/* keys of one section, and the words of its values */

static void __attribute__((format(printf, 4, 0)))
find(struct conf_load *l, bool is_error, struct conf_place at, const char *fmt, va_list ap)
{
	char said[ERR_TEXT_MAX], text[ERR_TEXT_MAX + 300];
	struct err e;

	(void)vsnprintf(said, sizeof(said), fmt, ap);
	(void)err_set(&e, ERR_CONFIG, "%s", said);	/* makes it printable */
	if (at.line > 0)
		(void)snprintf(text, sizeof(text), "%s:%u:%u: %s%s", at.file, at.line, at.col,
		    is_error ? "" : "warning: ", e.text);
	else
		(void)snprintf(text, sizeof(text), "%s%s", is_error ? "" : "warning: ", e.text);
	l->errors += is_error;
	l->fn(l->arg, is_error, text);
}

void
conf_error(struct conf_load *l, struct conf_place at, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	find(l, true, at, fmt, ap);
	va_end(ap);
}

void
conf_warn(struct conf_load *l, struct conf_place at, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	find(l, false, at, fmt, ap);
	va_end(ap);
}

/* ---- the table ---- */

static bool
is_in(size_t row, struct str section)
{
	return str_eq(section, str_of(conf_settings[row].section));
}

size_t
conf_row(struct str section, struct str key)
{
	size_t i = 0;

	while (i < conf_n_settings && !(is_in(i, section) && str_eq(key, str_of(conf_settings[i].key))))
		i++;
	return i;
}

static bool
is_section(struct str name)
{
	for (size_t i = 0; i < conf_n_settings; i++)
		if (is_in(i, name))
			return true;
	return false;
}

struct conf_place
conf_where(const struct conf_load *l, const struct conf_entry *e, const char *section,
    const char *key)
{
	size_t row = conf_row(str_of(section), str_of(key));
	const struct conf_given *given = e != NULL ? e->given : l->given;

	if (row < conf_n_settings && given[row].at.line > 0)
		return given[row].at;
	return e != NULL ? e->at : (struct conf_place){ "config.ini", 1, 1 };
}

/* ---- did you mean ---- */

static void
unknown_section(struct conf_load *l, struct conf_place at, struct str section)
{
	const char *known[WORDS_MAX], *hit;
	size_t n = 0;

	for (size_t i = 0; i < conf_n_settings; i++)
		if (n == 0 || strcmp(known[n - 1], conf_settings[i].section) != 0)
			known[n++] = conf_settings[i].section;
	hit = ini_nearest(section, known, n);
	conf_error(l, at, "unknown section [" STR_FMT "]%s%s%s", STR_ARG(section),
	    hit == NULL ? "" : ", did you mean [", hit == NULL ? "" : hit, hit == NULL ? "" : "]?");
}

/* A word of a value that was written as if it were a key: "starttls = yes". Its setting is in row. */
static const char *
nearest_word(struct conf_load *l, struct str section, struct str key, size_t *row)
{
	for (size_t i = 0; i < conf_n_settings; i++) {
		struct str rest = str_of(conf_settings[i].words), word;
		if (!is_in(i, section) || conf_settings[i].type == SET_COUNT)
			continue;
		while (rest.n > 0) {
			(void)str_cut(&rest, '|', &word);
			const char *one = str_cstr(l->tmp, word), *hit = ini_nearest(key, &one, 1);
			if (hit != NULL) {
				*row = i;
				return hit;
			}
		}
	}
	return NULL;
}

const char *
conf_nearest_key(struct str section, struct str key)
{
	const char *known[WORDS_MAX];
	size_t n = 0;

	for (size_t i = 0; i < conf_n_settings && n < N(known); i++)
		if (is_in(i, section))
			known[n++] = conf_settings[i].key;
	return ini_nearest(key, known, n);
}

static void
unknown_key(struct conf_load *l, struct conf_place at, struct str section, struct str key)
{
	const char *hit = conf_nearest_key(section, key);
	size_t row = 0;

	if (hit != NULL)
		conf_error(l, at,
		    "unknown key \"" STR_FMT "\" in [" STR_FMT "], did you mean \"%s\"?",
		    STR_ARG(key), STR_ARG(section), hit);
	else if ((hit = nearest_word(l, section, key, &row)) != NULL)
		conf_error(l, at,
		    "unknown key \"" STR_FMT "\" in [" STR_FMT "], did you mean \"%s\"? (%s = %s)",
		    STR_ARG(key), STR_ARG(section), hit, conf_settings[row].key, hit);
	else
		conf_error(l, at, "unknown key \"" STR_FMT "\" in [" STR_FMT "]", STR_ARG(key),
		    STR_ARG(section));
}

/* ---- one file ---- */

static void *
struct_of(const struct conf_load *l, struct conf_entry *e, const struct setting *s)
{
	return s->in == IN_CONF ? (void *)l->conf : s->in == IN_PARTNER ? (void *)&e->partner : (void *)&e->route;
}

/* [a-z0-9][a-z0-9._-]*: a folder's name everywhere, and never ".." or a dotfile. */
static bool
is_partner_key(struct str s)
{
	if (s.n == 0 || s.n > KEY_MAX || !is_alnum(s.p[0]))
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (!(is_digit(s.p[i]) || (s.p[i] >= 'a' && s.p[i] <= 'z') || strchr("._-", s.p[i]) != NULL))
			return false;
	return true;
}

static struct conf_entry *
new_entry(struct conf_load *l, struct str key, struct conf_place at)
{
	struct conf_entry *e;

	if (l->n_entries == CONF_PARTNERS_MAX) {
		conf_error(l, at, "more than %d partners", CONF_PARTNERS_MAX);
		return NULL;
	}
	if (l->n_entries == l->size) {
		l->size = l->size == 0 ? 16 : l->size * 2;
		l->entries = reallocarray(l->entries, l->size, sizeof(*l->entries));
		if (l->entries == NULL)
			abort();
	}
	e = &l->entries[l->n_entries++];
	*e = (struct conf_entry){ .at = at,
		.partner = { .key = key, .file = str_of(at.file), .line = at.line } };
	e->given = arena_get_array(l->tmp, conf_n_settings, sizeof(*e->given));
	return e;
}

/* Give every field of section its default; what must be given stays empty. */
static void
set_defaults(struct conf_load *l, struct conf_entry *e)
{
	for (size_t i = 0; i < conf_n_settings; i++) {
		const struct setting *s = &conf_settings[i];
		struct err err;
		if ((s->in == IN_CONF) != (e == NULL) || s->dflt == NULL)
			continue;
		if (conf_value_set(l->a, l->conf, s, str_of(s->dflt), struct_of(l, e, s), &err) == -1)
			conf_error(l, (struct conf_place){ .line = 0 }, "default of [%s] %s: %s",
			    s->section, s->key, err.text);
	}
}

/* A section header. Returns whether its keys are to be read; *e is the partner it begins. */
static bool
begin_section(struct conf_load *l, const struct ini_item *it, struct conf_place at, bool partners_only,
    struct conf_entry **e)
{
	*e = NULL;
	if (!is_section(it->section)) {
		unknown_section(l, at, it->section);
		return false;
	}
	if (str_eq(it->section, S("partner"))) {
		if (!is_partner_key(it->name)) {
			conf_error(l, at, "\"" STR_FMT "\" cannot be a partner's key, want [partner \"key\"] of a-z 0-9 . _ -, "
			    "a letter or digit first, at most %d", STR_ARG(it->name), KEY_MAX);
			return false;
		}
		*e = new_entry(l, it->name, at);
		if (*e != NULL)
			set_defaults(l, *e);
		return *e != NULL;
	}
	if (it->name.n > 0) {
		conf_error(l, at, "[" STR_FMT "] has no name of its own, want no \"" STR_FMT "\"",
		    STR_ARG(it->section), STR_ARG(it->name));
		return false;
	}
	if (partners_only) {
		conf_error(l, at,
		    "[" STR_FMT "] belongs into config.ini: here only [partner \"...\"] may stand",
		    STR_ARG(it->section));
		return false;
	}
	if (str_eq(it->section, S("listen")))
		l->conf->listen = true;
	return true;
}

static void
take_value(struct conf_load *l, const struct ini_item *it, const char *file, struct conf_entry *e)
{
	struct conf_place key_at = { file, it->line, it->key_col }, value_at = { file, it->line, it->value_col };
	size_t row = conf_row(it->section, it->key);
	struct conf_given *given;
	struct err err;

	if (row == conf_n_settings) {
		unknown_key(l, key_at, it->section, it->key);
		return;
	}
	given = &(e != NULL ? e->given : l->given)[row];
	if (given->at.line > 0) {
		conf_error(l, key_at, "\"" STR_FMT "\" was set before, at %s:%u", STR_ARG(it->key),
		    given->at.file, given->at.line);
		return;
	}
	*given = (struct conf_given){ it->value, value_at };
	if (conf_value_set(l->a, l->conf, &conf_settings[row], it->value,
	        struct_of(l, e, &conf_settings[row]), &err) == -1)
		conf_error(l, value_at, "" STR_FMT ": %s", STR_ARG(it->key), err.text);
}

static void
read_text(struct conf_load *l, struct str text, const char *file, bool partners_only)
{
	struct conf_entry *e = NULL;
	struct ini ini;
	struct err err;
	bool reading = false;

	if (ini_parse(l->a, text, file, &ini, &err) == -1) {
		conf_error(l, (struct conf_place){ .line = 0 }, "%s", err.text);
		return;
	}
	for (size_t i = 0; i < ini.n; i++) {
		const struct ini_item *it = &ini.items[i];
		if (it->key.n == 0)
			reading = begin_section(l, it, (struct conf_place){ file, it->line, 1 }, partners_only, &e);
		else if (reading)
			take_value(l, it, file, e);
	}
}

/* ---- all files ---- */

static void
read_files(struct conf_load *l, const struct conf_files *f)
{
	for (size_t i = 0; i < f->n; i++) {
		if (f->v[i].wrong != NULL)
			conf_error(l, (struct conf_place){ .line = 0 }, "%s", f->v[i].wrong);
		else
			read_text(l, f->v[i].text, f->v[i].name, i > 0);
	}
}

/* By key; those of one key stay in the order they were read in, which places in memory do not tell after sorting. */
static int
by_key(const void *a, const void *b)
{
	const struct conf_entry *x = a, *y = b;
	int c = str_cmp(x->partner.key, y->partner.key);

	if (c == 0)
		c = strcmp(x->at.file, y->at.file);
	return c != 0 ? c : x->at.line < y->at.line ? -1 : x->at.line > y->at.line;
}

static void
sort_partners(struct conf_load *l)
{
	size_t n = 0;

	if (l->n_entries > 0)
		qsort(l->entries, l->n_entries, sizeof(*l->entries), by_key);
	for (size_t i = 0; i < l->n_entries; i++) {
		if (n > 0 && str_eq(l->entries[n - 1].partner.key, l->entries[i].partner.key))
			conf_error(l, l->entries[i].at,
			    "partner \"" STR_FMT "\" is there already, at %s:%u",
			    STR_ARG(l->entries[i].partner.key), l->entries[n - 1].at.file,
			    l->entries[n - 1].at.line);
		else
			l->entries[n++] = l->entries[i];
	}
	l->n_entries = n;
}

/* ---- the whole ---- */

static void
copy_partners(struct conf_load *l)
{
	l->conf->n_partners = l->n_entries;
	l->conf->partners = arena_get_array(l->a, l->n_entries, sizeof(struct partner));
	for (size_t i = 0; i < l->n_entries; i++)
		l->conf->partners[i] = l->entries[i].partner;
}

static void
load_files(struct conf_load *l, const struct conf_files *f)
{
	l->given = arena_get_array(l->tmp, conf_n_settings, sizeof(*l->given));
	set_defaults(l, NULL);
	read_files(l, f);
	sort_partners(l);
	conf_settle(l);
	copy_partners(l);
	conf_index_partners(l);
}

static void
load_begin(struct conf_load *l, struct arena *a, struct str home, struct conf *out)
{
	*l = (struct conf_load){ .a = a, .tmp = arena_new(LOAD_ARENA_MAX), .conf = out };
	*out = (struct conf){ .home = conf_home(a, str_cstr(l->tmp, home)) };
}

void
conf_load(struct conf_load *l, struct arena *a, struct str home, struct conf *out,
    conf_finding_fn *fn, void *arg)
{
	struct conf_files f;

	load_begin(l, a, home, out);
	l->fn = fn;
	l->arg = arg;
	conf_files_gather(l->a, home, &f);
	load_files(l, &f);
}

void
conf_load_end(struct conf_load *l)
{
	free(l->entries);
	arena_free(l->tmp);
}

/* ---- the calls of conf.h ---- */

void
conf_keep_first(void *arg, bool is_error, const char *text)
{
	struct err *first = arg;

	if (is_error && first->text[0] == '\0')
		(void)err_code(err_set(first, ERR_CONFIG, "%s", text), first, "E-CONFIG");
}

int
conf_read_files(struct arena *a, struct str home, const struct conf_files *f, struct conf *out,
    struct err *e)
{
	struct err first = { .text = "" };
	struct conf_load l;
	int errors;

	load_begin(&l, a, home, out);
	l.fn = conf_keep_first;
	l.arg = &first;
	load_files(&l, f);
	errors = l.errors;
	conf_load_end(&l);
	if (errors > 0 && e != NULL)
		*e = first;
	return errors > 0 ? -1 : 0;
}

int
conf_read(struct arena *a, struct str home, struct conf *out, struct err *e)
{
	struct conf_files f;

	conf_files_gather(a, home, &f);
	return conf_read_files(a, home, &f, out, e);
}

int
conf_read_kept(struct arena *a, struct str home, struct conf *out, struct err *e)
{
	struct conf_files f;

	return conf_files_kept(a, home, &f, e) == -1 ? -1 : conf_read_files(a, home, &f, out, e);
}
