/* SPDX-License-Identifier: ISC */
#include "gateway/json_read.h"

#include "edi/decimal.h"

void
json_read_bad(struct json_read *r, const char *at, const char *key, const char *what)
{
	if (!r->failed)
		err_set(r->e, ERR_INPUT, "%s%s%s: %s", at, key[0] != '\0' ? "." : "", key, what);
	r->failed = true;
}

const char *
json_read_inside(struct json_read *r, const char *at, const char *key)
{
	return str_cstr(r->a, str_fmt(r->a, "%s.%s", at, key));
}

const char *
json_read_item(struct json_read *r, const char *at, const char *key, size_t i)
{
	return str_cstr(r->a, str_fmt(r->a, "%s.%s[%zu]", at, key, i));
}

struct str
json_read_string(struct json_read *r, json_t *value, const char *at, const char *key)
{
	if (value == NULL || json_is_null(value))
		return S("");
	if (!json_is_string(value)) {
		json_read_bad(r, at, key, "want a string or null");
		return S("");
	}
	return str_dup(r->a, str_make(json_string_value(value), json_string_length(value)));
}

struct str
json_read_text(struct json_read *r, json_t *o, const char *at, const char *key)
{
	return json_read_string(r, json_object_get(o, key), at, key);
}

struct str
json_read_number(struct json_read *r, json_t *o, const char *at, const char *key)
{
	struct str s = json_read_text(r, o, at, key);
	struct decimal d;

	if (s.n > 0 && !decimal_read(s, &d))
		json_read_bad(r, at, key, "want a decimal number, as text");
	return s;
}

bool
json_read_flag(struct json_read *r, json_t *o, const char *at, const char *key)
{
	json_t *value = json_object_get(o, key);

	if (value != NULL && !json_is_boolean(value) && !json_is_null(value))
		json_read_bad(r, at, key, "want true or false");
	return json_is_true(value);
}

json_t *
json_read_object(struct json_read *r, json_t *o, const char *at, const char *key)
{
	json_t *value = json_object_get(o, key);

	if (value != NULL && !json_is_object(value) && !json_is_null(value))
		json_read_bad(r, at, key, "want an object or null");
	return json_is_object(value) ? value : NULL;
}

size_t
json_read_items(struct json_read *r, json_t *o, const char *at, const char *key, bool objects,
                json_t **list)
{
	json_t *one;
	size_t i;

	*list = json_object_get(o, key);
	if (*list == NULL || json_is_null(*list))
		return 0;
	if (!json_is_array(*list)) {
		json_read_bad(r, at, key, "want an array");
		return 0;
	}
	json_array_foreach(*list, i, one) if (objects && !json_is_object(one))
	    json_read_bad(r, json_read_item(r, at, key, i), "", "want an object");
	r->file->items += json_array_size(*list);
	if (r->file->items > MODEL_ITEMS_MAX)
		json_read_bad(r, at, key, "too many lines, parties and references in one file");
	return r->failed ? 0 : json_array_size(*list);
}
