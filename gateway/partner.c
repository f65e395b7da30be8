/* SPDX-License-Identifier: ISC */
/* partner.c - who is it: by key, by mail address, by interchange id. Sorted once, then binary search. */
#include "gateway/conf_load.h"

#include <stdlib.h>

static int
by_name(const void *a, const void *b)
{
	const struct conf_name *x = a, *y = b;
	int c = str_cmp(x->name, y->name);

	if (c == 0)
		c = str_cmp(x->detail, y->detail);
	return c != 0 ? c : x->partner < y->partner ? -1 : x->partner > y->partner;
}

static struct conf_index *
index_new(struct arena *a, size_t n)
{
	return arena_get(a, sizeof(struct conf_index) + n * sizeof(struct conf_name));
}

static struct conf_index *
index_addresses(struct conf_load *l)
{
	const struct conf *c = l->conf;
	struct conf_index *ix;
	size_t n = 0;

	for (size_t i = 0; i < c->n_partners; i++)
		n += c->partners[i].addresses.n;
	ix = index_new(l->a, n);
	for (size_t i = 0; i < c->n_partners; i++)
		for (size_t k = 0; k < c->partners[i].addresses.n; k++)
			ix->v[ix->n++] = (struct conf_name){ str_lower(l->a, c->partners[i].addresses.v[k]), S(""), i };
	qsort(ix->v, ix->n, sizeof(*ix->v), by_name);
	return ix;
}

static struct conf_index *
index_ids(struct conf_load *l)
{
	const struct conf *c = l->conf;
	struct conf_index *ix;
	size_t n = 0;

	for (size_t i = 0; i < c->n_partners; i++)
		n += c->partners[i].ids.n;
	ix = index_new(l->a, n);
	for (size_t i = 0; i < c->n_partners; i++)
		for (size_t k = 0; k < c->partners[i].ids.n; k++)
			ix->v[ix->n++] = (struct conf_name){ c->partners[i].ids.v[k].id,
				c->partners[i].ids.v[k].qual, i };
	qsort(ix->v, ix->n, sizeof(*ix->v), by_name);
	return ix;
}

/* Neighbours of one name, two partners. An id without a qualifier means every one: it stands first among its equals. */
static void
find_doubles(struct conf_load *l, const struct conf_index *ix, const char *key, const char *what)
{
	size_t first = 0;

	for (size_t i = 1; i < ix->n; i++) {
		const struct conf_name *x = &ix->v[first], *y = &ix->v[i], *last = &ix->v[i - 1];
		if (!str_eq(x->name, y->name)) {
			first = i;
			continue;
		}
		if (x->detail.n > 0)	/* all are qualified: only equal ones meet */
			x = str_eq(last->detail, y->detail) ? last : y;
		if (x->partner == y->partner)
			continue;
		const struct conf_entry *p = &l->entries[x->partner], *q = &l->entries[y->partner];
		struct conf_place at = conf_where(l, p, "partner", key);
		conf_error(l, conf_where(l, q, "partner", key), "%s \"" STR_FMT "\" of partner \"" STR_FMT
		    "\" is also that of partner \"" STR_FMT "\", at %s:%u", what, STR_ARG(y->name), STR_ARG(q->partner.key),
		    STR_ARG(p->partner.key), at.file, at.line);
	}
}

void
conf_index_partners(struct conf_load *l)
{
	const struct conf_index *addresses = index_addresses(l), *ids = index_ids(l);

	find_doubles(l, addresses, "address", "address");
	find_doubles(l, ids, "ids", "interchange id");
	l->conf->addresses = addresses;
	l->conf->edi_ids = ids;
}

unsigned int
partner_quirks_refused(const struct partner *pt)
{
	unsigned int bits = 0;

	for (unsigned int i = 0; pt != NULL && i < CONF_QUIRKS; i++)
		bits |= (unsigned int)pt->quirks_refused[i] << i;
	return bits;
}

unsigned int
partner_allows(const struct partner *p, int64_t now_ms)
{
	unsigned int bits = 0;

	for (unsigned int i = 0; i < CONF_ALLOWS; i++)
		if (now_ms < p->allow_until_ms[i])
			bits |= 1u << i;
	return bits;
}

const struct partner *
partner_by_key(const struct conf *c, struct str key)
{
	size_t lo = 0, hi = c->n_partners;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		int order = str_cmp(c->partners[mid].key, key);
		if (order == 0)
			return &c->partners[mid];
		if (order < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return NULL;
}

static int
cmp_nocase(struct str lower, struct str s)
{
	for (size_t i = 0; i < lower.n && i < s.n; i++) {
		int d = (unsigned char)lower.p[i] - (unsigned char)to_lower(s.p[i]);
		if (d != 0)
			return d;
	}
	return lower.n < s.n ? -1 : lower.n > s.n;
}

/* The first entry that is not before name. */
static size_t
index_find(const struct conf_index *ix, struct str name, int (*cmp)(struct str, struct str))
{
	size_t lo = 0, hi = ix == NULL ? 0 : ix->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		if (cmp(ix->v[mid].name, name) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

const struct partner *
partner_by_address(const struct conf *c, struct str address)
{
	size_t i = index_find(c->addresses, address, cmp_nocase);

	if (c->addresses == NULL || i == c->addresses->n || cmp_nocase(c->addresses->v[i].name, address) != 0)
		return NULL;
	return &c->partners[c->addresses->v[i].partner];
}

/*
 * One numbering, written as EDIFACT (0007), XML invoices (ISO 6523) and X12 (I05) do: who is known by his GLN in an order is
 * the same in an invoice.
 */
static bool
same_scheme(struct str a, struct str b)
{
	static const struct str schemes[][3] = {
		{ S_INIT("14"), S_INIT("0088"), S_INIT("UL") },		/* GLN */
		{ S_INIT("1"), S_INIT("0060"), S_INIT("01") },		/* D-U-N-S */
	};

	for (size_t i = 0; i < N(schemes); i++) {
		bool has_a = false, has_b = false;
		for (size_t j = 0; j < N(schemes[i]); j++) {
			has_a = has_a || str_eq(schemes[i][j], a);
			has_b = has_b || str_eq(schemes[i][j], b);
		}
		if (has_a && has_b)
			return true;
	}
	return str_eq(a, b);
}

/* An exact qualifier wins over one that is left out, here or there; two partners that fit equally are no answer. */
const struct partner *
partner_by_id(const struct conf *c, struct str qual, struct str id)
{
	const struct conf_index *ix = c->edi_ids;
	const struct partner *fits = NULL;

	if (ix == NULL || id.n == 0)
		return NULL;
	for (size_t i = index_find(ix, id, str_cmp); i < ix->n && str_eq(ix->v[i].name, id); i++) {
		const struct partner *p = &c->partners[ix->v[i].partner];
		if (qual.n > 0 && same_scheme(ix->v[i].detail, qual))
			return p;
		if (qual.n > 0 && ix->v[i].detail.n > 0)
			continue;
		if (fits != NULL && fits != p)
			return NULL;
		fits = p;
	}
	return fits;
}

bool
partner_takes(const struct partner *pt, struct str format, bool test)
{
	bool tells = str_eq(format, S("x12")) || str_eq(format, S("edifact"));

	return !tells || pt->mode == CONF_MODE_BOTH || (pt->mode == CONF_MODE_TEST) == test;
}

bool
conf_is_own_id(const struct conf *c, struct str qual, struct str id)
{
	for (size_t i = 0; i < c->ids.n; i++) {
		const struct conf_id *own = &c->ids.v[i];
		if (str_eq(own->id, id) && (qual.n == 0 || own->qual.n == 0 || same_scheme(own->qual, qual)))
			return true;
	}
	return false;
}

bool
conf_is_own_address(const struct conf *c, struct str address)
{
	return str_eq_nocase(c->address, address);
}
