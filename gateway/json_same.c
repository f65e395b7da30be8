/* SPDX-License-Identifier: ISC */
/*
 * json_same.c - was everything carried? The documents that somebody wanted are held, member by
 * member, against those that are read back from what was written.
 */
#include "gateway/json_model.h"

#include "edi/decimal.h"
#include "edi/x12.h"

#include <string.h>

#define SHOWN 60 /* bytes of a value in the error */

struct same {
	struct arena *a;
	const char *in;
	struct err *e;
	bool follows; /* X12: the sums follow from what is carried, and may be left out */
};

static bool values_same(struct same *s, json_t *wanted, json_t *made, const char *at,
                        const char *key);

static bool
is_nothing(json_t *v)
{
	return v == NULL || json_is_null(v) || json_is_false(v) ||
	       (json_is_array(v) && json_array_size(v) == 0) ||
	       (json_is_string(v) && json_string_length(v) == 0);
}

static struct str
string_of(json_t *v)
{
	return str_make(json_string_value(v), json_string_length(v));
}

static bool
told(struct same *s, json_t *wanted, json_t *made, const char *at)
{
	struct str value = json_is_string(wanted) ? str_sub(string_of(wanted), 0, SHOWN) : S("");
	struct str other = json_is_string(made) ? str_sub(string_of(made), 0, SHOWN) : S("");

	if (value.n == 0)
		err_set(s->e, ERR_INPUT, "%s: has no place in %s", at, s->in);
	else if (other.n == 0)
		err_set(s->e, ERR_INPUT, "%s: '" STR_FMT "' has no place in %s", at, STR_ARG(value),
		        s->in);
	else
		err_set(s->e, ERR_INPUT, "%s: '" STR_FMT "' would be read as '" STR_FMT "' from %s",
		        at, STR_ARG(value), STR_ARG(other), s->in);
	return false;
}

static bool
is_number(const char *key)
{
	static const char *const keys[] = { "qty",        "price",   "price_per", "amount",
		                            "rate",       "base",    "percent",   "lines",
		                            "allowances", "charges", "net",       "tax",
		                            "gross",      "prepaid", "rounding",  "payable" };

	for (size_t i = 0; i < N(keys); i++)
		if (strcmp(key, keys[i]) == 0)
			return true;
	return false;
}

static bool
strings_same(struct str wanted, struct str made, const char *key)
{
	struct decimal a, b;
	int order;

	if (str_eq(wanted, made))
		return true;
	return is_number(key) && decimal_read(wanted, &a) && decimal_read(made, &b) &&
	       decimal_cmp(a, b, &order) && order == 0;
}

/* Ids may stand in another order. */
static bool
ids_same(struct same *s, json_t *wanted, json_t *made, const char *at)
{
	json_t *one, *other;
	size_t i, j;

	json_array_foreach(wanted, i, one)
	{
		bool found = false;
		json_array_foreach(made, j, other) found |=
		    json_equal(json_object_get(one, "value"), json_object_get(other, "value")) &&
		    (json_equal(json_object_get(one, "scheme"), json_object_get(other, "scheme")) ||
		     (is_nothing(json_object_get(one, "scheme")) &&
		      is_nothing(json_object_get(other, "scheme"))));
		if (!found)
			return told(s, json_object_get(one, "value"), NULL,
			            str_cstr(s->a, str_fmt(s->a, "%s[%zu]", at, i)));
	}
	return true;
}

/* Parties stand in the format's own order: the first seller is held against the first seller. */
static bool
parties_same(struct same *s, json_t *wanted, json_t *made, const char *at)
{
	json_t *one, *other, *found;
	size_t i, j;

	json_array_foreach(wanted, i, one)
	{
		size_t before = 0;
		for (j = 0; j < i; j++)
			before +=
			    (size_t)json_equal(json_object_get(json_array_get(wanted, j), "role"),
			                       json_object_get(one, "role"));
		found = NULL;
		json_array_foreach(made, j, other) if (found == NULL &&
		                                       json_equal(json_object_get(other, "role"),
		                                                  json_object_get(one, "role")) &&
		                                       before-- == 0) found = other;
		if (found == NULL)
			return told(s, json_object_get(one, "role"), NULL,
			            str_cstr(s->a, str_fmt(s->a, "%s[%zu]", at, i)));
		if (!values_same(s, one, found, str_cstr(s->a, str_fmt(s->a, "%s[%zu]", at, i)),
		                 "party"))
			return false;
	}
	return true;
}

static bool
lists_same(struct same *s, json_t *wanted, json_t *made, const char *at, const char *key)
{
	json_t *one;
	size_t i;

	if (strcmp(key, "ids") == 0)
		return ids_same(s, wanted, made, at);
	if (strcmp(key, "parties") == 0)
		return parties_same(s, wanted, made, at);
	json_array_foreach(wanted, i,
	                   one) if (!values_same(s, one, json_array_get(made, i),
	                                         str_cstr(s->a, str_fmt(s->a, "%s[%zu]", at, i)),
	                                         key)) return false;
	return json_array_size(made) <= json_array_size(wanted) || told(s, NULL, NULL, at);
}

/*
 * A known role says it all; the code for it is the standard's. A sum that follows from others
 * may stay away.
 */
static bool
is_left_out(const struct same *s, json_t *object, const char *key)
{
	static const char *const sums[] = {
		"lines", "allowances", "charges", "net", "tax", "gross"
	};
	json_t *role = json_object_get(object, "role");

	if (strcmp(key, "qual") == 0 && json_is_string(role))
		return strcmp(json_string_value(role), "other") != 0;
	for (size_t i = 0; s->follows && json_object_get(object, "payable") != NULL && i < N(sums);
	     i++)
		if (strcmp(key, sums[i]) == 0)
			return true;
	return false;
}

static bool
objects_same(struct same *s, json_t *wanted, json_t *made, const char *at)
{
	const char *key;
	json_t *value;

	json_object_foreach(wanted, key,
	                    value) if (!is_left_out(s, wanted, key) &&
	                               !values_same(s, value, json_object_get(made, key),
	                                            str_cstr(s->a, str_fmt(s->a, "%s.%s", at, key)),
	                                            key)) return false;
	return true;
}

static bool
values_same(struct same *s, json_t *wanted, json_t *made, const char *at, const char *key)
{
	if (is_nothing(wanted))
		return true;
	if (json_is_object(wanted))
		return objects_same(s, wanted, made, at);
	if (json_is_array(wanted))
		return lists_same(s, wanted, made, at, key);
	if (json_is_string(wanted) && json_is_string(made) &&
	    strings_same(string_of(wanted), string_of(made), key))
		return true;
	return json_equal(wanted, made) || told(s, wanted, made, at);
}

/* What the reader adds of its own is not the writer's business. */
static bool
documents_same(struct same *s, json_t *wanted, json_t *made, const char *at)
{
	const char *key;
	json_t *value;

	json_object_foreach(
	    wanted, key, value) if (strcmp(key, "message") != 0 && strcmp(key, "findings") != 0 &&
	                            !values_same(s, value, json_object_get(made, key),
	                                         str_cstr(s->a, str_fmt(s->a, "%s.%s", at, key)),
	                                         key)) return false;
	return true;
}

/* Every sum from the lines to what is payable is said, has its parts, and they give it. */
static bool
sums_follow(const struct model *m)
{
	const struct model_totals *t = &m->totals;
	bool all = m->n_findings == 0 && t->lines.n > 0 && t->net.n > 0 && t->gross.n > 0 &&
	           (t->tax.n == 0 || m->n_taxes > 0);

	for (size_t i = 0; i < m->n_lines; i++)
		all = all && m->lines[i].amount.n > 0;
	for (size_t i = 0; i < m->n_taxes; i++)
		all = all && m->taxes[i].amount.n > 0;
	return all && (m->n_allowances > 0 || t->allowances.n + t->charges.n == 0);
}

int
json_model_same(struct arena *a, const struct model_file *file, json_t *wanted, json_t *made,
                const struct edi_format *to, struct err *e)
{
	struct same s = { .a = a, .in = to->label, .e = e };
	json_t *all = json_object_get(made, "documents"), *one;
	size_t i;

	json_array_foreach(json_object_get(wanted, "documents"), i, one)
	{
		json_t *other = json_array_get(all, i);
		s.follows = to == &edi_x12 && sums_follow(&file->documents[i]);
		if (!documents_same(&s, one, other, str_cstr(a, str_fmt(a, "$.documents[%zu]", i))))
			return -1;
	}
	return 0;
}
