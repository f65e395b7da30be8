/* SPDX-License-Identifier: ISC */
#include "gateway/json.h"

#include "gateway/base/clock.h"
#include "gateway/exchange.h"
#include "spool/name.h"

#include <assert.h>
#include <stdio.h>

/* jansson fails here only without memory, or on text that is no UTF-8, which name_shown() rules out. */
static void
set(json_t *o, const char *key, json_t *value)
{
	int rc = json_object_set_new(o, key, value);

	assert(rc == 0);
}

json_t *
json_new(void)
{
	json_t *o = json_object();

	assert(o != NULL);
	json_int(o, "v", 1);
	return o;
}

void
json_str(json_t *o, struct arena *a, const char *key, struct str value)
{
	struct str shown = name_shown(a, value);

	if (value.n > 0)
		set(o, key, json_stringn(shown.p, shown.n));
}

void
json_int(json_t *o, const char *key, int64_t value)
{
	set(o, key, json_integer(value));
}

void
json_bool(json_t *o, const char *key, bool value)
{
	set(o, key, json_boolean(value));
}

void
json_time(json_t *o, struct arena *a, const char *key, int64_t ms)
{
	if (ms != 0)
		json_str(o, a, key, clock_rfc3339(a, ms));
}

void
json_list(json_t *o, const char *key, json_t *array)
{
	set(o, key, array);
}

void
json_push(json_t *array, json_t *value)
{
	int rc = json_array_append_new(array, value);

	assert(rc == 0);
}

void
json_print(json_t *o)
{
	(void)json_dumpf(o, stdout, JSON_COMPACT | JSON_PRESERVE_ORDER);
	(void)fputc('\n', stdout);
	json_decref(o);
}

const char *
doc_kind_name(int kind)
{
	static const char *const names[] = {
		[DOC_DOCUMENT] = "document", [DOC_RECEIPT] = "receipt", [DOC_REPORT] = "report", [DOC_OTHER] = "other",
		[DOC_ACK] = "ack", [DOC_BATCH] = "batch",
	};

	return kind >= 0 && (size_t)kind < N(names) ? names[kind] : "other";
}

const char *
doc_dir_name(int dir)
{
	return dir == EX_IN ? "in" : "out";
}

static void
doc_envelope(json_t *o, struct arena *a, const struct db_doc *d)
{
	json_str(o, a, "format", d->format);
	json_str(o, a, "type", d->type);
	json_str(o, a, "number", d->number);
	json_str(o, a, "sender", d->sender);
	json_str(o, a, "receiver", d->receiver);
	json_str(o, a, "control", d->control);
	json_bool(o, "test", d->test);
}

json_t *
json_doc(struct arena *a, const struct db_doc *d)
{
	json_t *o = json_new();

	json_int(o, "id", d->id);
	json_str(o, a, "ulid", d->ulid);
	json_str(o, a, "dir", str_of(doc_dir_name(d->dir)));
	json_str(o, a, "kind", str_of(doc_kind_name(d->kind)));
	json_str(o, a, "partner", d->partner);
	json_str(o, a, "state", d->shown);
	json_str(o, a, "reason", d->reason);
	json_str(o, a, "stage", str_of(exchange_stage_name((enum ex_stage)d->stage)));
	json_str(o, a, "transport", str_of(exchange_t_name((enum ex_transport)d->t)));
	json_str(o, a, "receipt", str_of(exchange_r_name((enum ex_receipt)d->r)));
	json_str(o, a, "ack", str_of(exchange_a_name((enum ex_ack)d->a)));
	json_str(o, a, "answer", str_of(exchange_b_name((enum ex_answer)d->b)));
	json_str(o, a, "name", d->name);
	json_str(o, a, "path", d->path);
	json_int(o, "size", (int64_t)d->size);
	json_str(o, a, "sha256", d->sha256);
	doc_envelope(o, a, d);
	json_str(o, a, "message_id", d->message_id);
	json_str(o, a, "subject", d->subject);
	if (d->parent != 0)
		json_int(o, "parent", d->parent);
	json_time(o, a, "created", d->created_ms);
	json_time(o, a, "changed", d->changed_ms);
	json_time(o, a, "deadline", d->deadline_ms);
	return o;
}

json_t *
json_event(struct arena *a, const struct db_event *ev)
{
	json_t *o = json_new();

	json_time(o, a, "time", ev->at_ms);
	json_int(o, "doc", ev->doc);
	json_str(o, a, "role", ev->role);
	json_str(o, a, "event", ev->kind);
	json_str(o, a, "text", ev->text);
	json_str(o, a, "proof", ev->proof);
	return o;
}

/* A list with a member for each line. */
static void
json_lines(json_t *o, struct arena *a, const char *key, struct str text)
{
	json_t *list;
	struct str line;

	if (text.n == 0)
		return;
	list = json_array();
	while (str_next_line(&text, &line)) {
		line = name_shown(a, line);
		json_push(list, json_stringn(line.p, line.n));
	}
	json_list(o, key, list);
}

json_t *
json_attempt(struct arena *a, const struct db_attempt *t)
{
	json_t *o = json_new();

	json_time(o, a, "time", t->ended_ms != 0 ? t->ended_ms : t->started_ms);
	json_str(o, a, "role", S("send"));
	json_str(o, a, "event", S("attempt"));
	json_str(o, a, "result", t->result);
	json_str(o, a, "peer", t->peer);
	json_str(o, a, "tls", t->tls);
	if (t->code != 0)
		json_int(o, "code", t->code);
	json_str(o, a, "enhanced", t->enhanced);
	json_str(o, a, "reply", t->reply);
	json_lines(o, a, "transcript", t->transcript);
	json_time(o, a, "started", t->started_ms);
	json_time(o, a, "ended", t->ended_ms);
	return o;
}
