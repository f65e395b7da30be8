/* SPDX-License-Identifier: ISC */
/*
 * json_read.h - members of JSON objects by name and type. The first that is not of its type is
 * the error, with its place; what is missing or null is empty. Texts are copied into the arena.
 */
#ifndef EDIGATE_GATEWAY_JSON_READ_H
#define EDIGATE_GATEWAY_JSON_READ_H

#include "edi/model.h"

#include <jansson.h>

struct json_read {
	struct arena *a;
	struct model_file *file;
	struct err *e;
	bool failed; /* e says where */
};

void json_read_bad(struct json_read *r, const char *at, const char *key, const char *what);

/* Places: "$.source.sender", "$.documents[2]" */
const char *json_read_inside(struct json_read *r, const char *at, const char *key);
const char *json_read_item(struct json_read *r, const char *at, const char *key, size_t i);

struct str json_read_string(struct json_read *r, json_t *value, const char *at, const char *key);
struct str json_read_text(struct json_read *r, json_t *o, const char *at, const char *key);
struct str json_read_number(struct json_read *r, json_t *o, const char *at, const char *key);
bool json_read_flag(struct json_read *r, json_t *o, const char *at, const char *key);
json_t *json_read_object(struct json_read *r, json_t *o, const char *at, const char *key);

/*
 * An array, of objects or of anything: how many items, all of which count towards
 * MODEL_ITEMS_MAX. 0 on an error.
 */
size_t json_read_items(struct json_read *r, json_t *o, const char *at, const char *key,
                       bool objects, json_t **list);

#endif
