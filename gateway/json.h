/* SPDX-License-Identifier: ISC */
/*
 * json.h - what --json prints, over jansson. Every object carries "v": 1; times are RFC 3339 in UTC; members that are
 * not set are left out, and readers ignore members they do not know. Bytes that are no UTF-8 appear as \xNN
 * (name_shown), so the output always parses.
 */
#ifndef EDIGATE_GATEWAY_JSON_H
#define EDIGATE_GATEWAY_JSON_H

#include "db/db.h"

#include <jansson.h>

json_t *json_new(void);						/* {"v":1} */
void json_str(json_t *o, struct arena *a, const char *key, struct str value);	/* empty: left out */
void json_int(json_t *o, const char *key, int64_t value);
void json_bool(json_t *o, const char *key, bool value);
void json_time(json_t *o, struct arena *a, const char *key, int64_t ms);	/* 0: left out */
void json_list(json_t *o, const char *key, json_t *array);	/* takes array (an object too) */
void json_push(json_t *array, json_t *value);			/* takes value */
void json_print(json_t *o);					/* one line on stdout; takes o */

json_t *json_doc(struct arena *a, const struct db_doc *d);
json_t *json_event(struct arena *a, const struct db_event *ev);
json_t *json_attempt(struct arena *a, const struct db_attempt *t);
const char *doc_kind_name(int kind);				/* "document", "receipt", "report", "other" */
const char *doc_dir_name(int dir);				/* "out", "in" */

#endif
