/* SPDX-License-Identifier: ISC */
/*
 * json_schema.h - does a JSON value obey a schema? As much of JSON Schema as docs/json uses: type, properties,
 * required, items, enum, const, anyOf, pattern, minimum and $ref into $defs. Stricter in one thing: a member that the
 * schema does not name is a fault, so that the published schema cannot fall behind.
 */
#ifndef EDIGATE_TESTS_UNIT_JSON_SCHEMA_H
#define EDIGATE_TESTS_UNIT_JSON_SCHEMA_H

#include <jansson.h>
#include <regex.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

struct schema_check {
	json_t *root;
	char why[256];
};

static inline bool
schema_fail(struct schema_check *c, const char *what, const char *which)
{
	(void)snprintf(c->why, sizeof(c->why), "%s %s", what, which);
	return false;
}

static inline bool
schema_is_type(json_t *v, const char *type)
{
	static const char *const names[] = {
		[JSON_OBJECT] = "object", [JSON_ARRAY] = "array", [JSON_STRING] = "string", [JSON_INTEGER] = "integer",
		[JSON_REAL] = "number", [JSON_TRUE] = "boolean", [JSON_FALSE] = "boolean", [JSON_NULL] = "null",
	};

	return strcmp(names[json_typeof(v)], type) == 0;
}

static inline bool
schema_types(struct schema_check *c, json_t *type, json_t *v)
{
	size_t i;
	json_t *one;

	if (json_is_string(type))
		return schema_is_type(v, json_string_value(type)) ||
		    schema_fail(c, "no", json_string_value(type));
	json_array_foreach(type, i, one)
		if (schema_is_type(v, json_string_value(one)))
			return true;
	return type == NULL || schema_fail(c, "of another", "type");
}

static inline bool
schema_pattern(struct schema_check *c, json_t *pattern, json_t *v)
{
	regex_t re;
	int rc;

	if (pattern == NULL || !json_is_string(v))
		return true;
	if (regcomp(&re, json_string_value(pattern), REG_EXTENDED | REG_NOSUB) != 0)
		return schema_fail(c, "bad pattern", json_string_value(pattern));
	rc = regexec(&re, json_string_value(v), 0, NULL, 0);
	regfree(&re);
	return rc == 0 || schema_fail(c, "not of the pattern", json_string_value(v));
}

static inline bool
schema_values(struct schema_check *c, json_t *s, json_t *v)
{
	json_t *list = json_object_get(s, "enum"), *constant = json_object_get(s, "const"), *least = json_object_get(s, "minimum");
	json_t *one;
	size_t i;

	if (constant != NULL && !json_equal(constant, v))
		return schema_fail(c, "not", json_string_value(constant));
	if (least != NULL && json_integer_value(v) < json_integer_value(least))
		return schema_fail(c, "less than", "the minimum");
	json_array_foreach(list, i, one)
		if (json_equal(one, v))
			return true;
	return list == NULL ||
	    schema_fail(c, "none of the list:", json_is_string(v) ? json_string_value(v) : "?");
}

static inline bool schema_obeys(struct schema_check *c, json_t *s, json_t *v);

static inline bool
schema_members(struct schema_check *c, json_t *s, json_t *v)
{
	json_t *properties = json_object_get(s, "properties"), *one;
	const char *key;
	size_t i;

	json_array_foreach(json_object_get(s, "required"), i, one)
		if (json_object_get(v, json_string_value(one)) == NULL)
			return schema_fail(c, "lacks", json_string_value(one));
	json_object_foreach(v, key, one) {
		json_t *of = json_object_get(properties, key);
		char why[200];
		if (of == NULL && properties != NULL)
			return schema_fail(c, "has a member of its own:", key);
		if (of == NULL || schema_obeys(c, of, one))
			continue;
		(void)snprintf(why, sizeof(why), "%.*s", (int)sizeof(why) - 1, c->why);
		(void)snprintf(c->why, sizeof(c->why), "%.40s: %.200s", key, why);
		return false;
	}
	return true;
}

static inline bool
schema_obeys(struct schema_check *c, json_t *s, json_t *v)
{
	const char *ref = json_string_value(json_object_get(s, "$ref"));
	json_t *any = json_object_get(s, "anyOf"), *items = json_object_get(s, "items"), *one;
	size_t i;

	if (ref != NULL)
		return schema_obeys(c, json_object_get(json_object_get(c->root, "$defs"), ref + strlen("#/$defs/")), v);
	if (!schema_types(c, json_object_get(s, "type"), v) || !schema_values(c, s, v) ||
	    !schema_pattern(c, json_object_get(s, "pattern"), v) || !schema_members(c, s, v))
		return false;
	if (items != NULL)
		json_array_foreach(v, i, one)
			if (!schema_obeys(c, items, one))
				return false;
	if (any == NULL)
		return true;
	json_array_foreach(any, i, one)
		if (schema_obeys(c, one, v))
			return true;
	return false;
}

#endif
