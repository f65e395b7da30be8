/* SPDX-License-Identifier: ISC */
/* conf_show.c - what is in force, and where it comes from. */
#include "gateway/conf_load.h"

#include "gateway/profile.h"

/* Value and origin of one row; receipt_wait of a partner is that of [receipt] when it is not given. */
static bool
in_force(struct conf_load *l, const struct conf_entry *e, size_t row, struct str *value,
    struct str *origin)
{
	const struct setting *s = &conf_settings[row];
	const struct conf_given *g = &(e != NULL ? e->given : l->given)[row];

	if (g->at.line == 0 && e != NULL && s->in == IN_PARTNER && str_starts(str_of(s->key), S("receipt_")))
		return in_force(l, NULL, conf_row(S("receipt"), str_from(str_of(s->key), 8)), value, origin);
	if (g->at.line > 0) {
		*value = g->value;
		*origin = str_fmt(l->a, "%s:%u", g->at.file, g->at.line);
		return true;
	}
	if (e != NULL && s->in == IN_PARTNER && profile_value(e->partner.profile, str_of(s->key)) != NULL) {
		*value = str_of(profile_value(e->partner.profile, str_of(s->key)));
		*origin = str_fmt(l->a, "profile " STR_FMT, STR_ARG(e->partner.profile));
		return true;
	}
	*value = str_of(s->dflt);
	*origin = S("default");
	return s->dflt != NULL;
}

int
conf_each(struct arena *a, struct str home, conf_each_fn *fn, void *arg, struct err *e)
{
	struct err first = { .text = "" };
	struct conf_load l;
	struct conf *c = arena_new_of(a, struct conf);
	struct str value, origin;
	int rc = -1;

	conf_load(&l, a, home, c, conf_keep_first, &first);
	if (l.errors > 0) {
		if (e != NULL)
			*e = first;
		goto out;
	}
	for (size_t i = 0; i < conf_n_settings; i++)
		if (conf_settings[i].in == IN_CONF && in_force(&l, NULL, i, &value, &origin))
			fn(arg, &conf_settings[i], S(""), value, origin);
	for (size_t p = 0; p < l.n_entries; p++)
		for (size_t i = 0; i < conf_n_settings; i++)
			if (conf_settings[i].in != IN_CONF && in_force(&l, &l.entries[p], i, &value, &origin))
				fn(arg, &conf_settings[i], l.entries[p].partner.key, value, origin);
	rc = 0;
out:
	conf_load_end(&l);
	return rc;
}

struct wanted {
	struct str section, partner, key;
	struct str value, origin;
	bool found;
};

static void
pick(void *arg, const struct setting *s, struct str partner, struct str value, struct str origin)
{
	struct wanted *w = arg;

	if (!str_eq(w->section, str_of(s->section)) || !str_eq(w->partner, partner) ||
	    !str_eq(w->key, str_of(s->key)))
		return;
	w->value = value;
	w->origin = origin;
	w->found = true;
}

/* "smtp.host", "partner.acme.address"; a partner's key may have dots. */
int
conf_get(struct arena *a, struct str home, struct str dotted, struct str *value,
    struct str *origin, struct err *e)
{
	struct wanted w = { .partner = S("") };
	struct str rest = dotted;
	size_t dot;

	(void)str_cut(&rest, '.', &w.section);
	for (dot = rest.n; dot > 0 && rest.p[dot - 1] != '.';)
		dot--;
	if (dot > 0)
		w.partner = str_sub(rest, 0, dot - 1);
	w.key = str_from(rest, dot);
	if (conf_row(w.section, w.key) == conf_n_settings) {
		const char *hit = conf_nearest_key(w.section, w.key);
		return err_set(e, ERR_INPUT, "no setting \"" STR_FMT "\", %s%s%s", STR_ARG(dotted),
		    hit == NULL ? "want e.g. smtp.host or partner.acme.address" : "did you mean \"",
		    hit == NULL ? "" : hit, hit == NULL ? "" : "\"?");
	}
	if (conf_each(a, home, pick, &w, e) == -1)
		return -1;
	if (!w.found)
		return err_set(e, ERR_INPUT, "\"" STR_FMT "\" is not set", STR_ARG(dotted));
	*value = w.value;
	*origin = w.origin;
	return 0;
}
