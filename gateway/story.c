/* SPDX-License-Identifier: ISC */
#include "gateway/story.h"

#include "gateway/exchange.h"

void
story_read(struct cli *c, struct db *db, const struct db_doc *d, struct story *out)
{
	struct arena *a = c->arena;
	struct db_tx *txs;
	struct err e;

	*out = (struct story){ .doc = d };
	if (db_message_list(db, a, d->id, &out->messages, &out->n_messages, &e) == -1 ||
	    db_message_ack_list(db, a, d->id, &out->acks, &out->n_acks, &e) == -1 ||
	    db_tx_list(db, a, d->id, &txs, &out->n_txs, &e) == -1 ||
	    db_event_list(db, a, d->id, &out->events, &out->n_events, &e) == -1)
		cli_die(0, &e);
	out->txs = arena_get_array(a, out->n_txs, sizeof(*out->txs));
	for (size_t i = 0; i < out->n_txs; i++) {
		out->txs[i].tx = txs[i];
		if (db_attempt_list(db, a, txs[i].id, &out->txs[i].attempts, &out->txs[i].n, &e) == -1)
			cli_die(0, &e);
	}
}

const struct db_message_ack *
story_ack(const struct story *s, const struct db_message *m)
{
	for (size_t i = 0; i < s->n_acks; i++)
		if (str_eq(s->acks[i].grp, m->grp) && str_eq(s->acks[i].control, m->control))
			return &s->acks[i];
	return NULL;
}

static json_t *
ack_json(struct arena *a, const struct db_message_ack *k)
{
	json_t *o = json_new();

	json_str(o, a, "verdict", k->verdict);
	json_str(o, a, "errors", k->errors);
	json_int(o, "document", k->said_by);
	return o;
}

static json_t *
message_json(struct arena *a, const struct story *s, const struct db_message *m)
{
	const struct db_message_ack *k = story_ack(s, m);
	json_t *o = json_new();

	json_int(o, "ordinal", m->ordinal);
	json_str(o, a, "type", m->type);
	json_str(o, a, "version", m->version);
	json_str(o, a, "control", m->control);
	json_str(o, a, "group", m->grp);
	json_str(o, a, "number", m->number);
	if (k != NULL)
		json_list(o, "acknowledgement", ack_json(a, k));
	return o;
}

static json_t *
tx_json(struct arena *a, const struct story_tx *x)
{
	const struct db_tx *t = &x->tx;
	json_t *o = json_new(), *list = json_array();

	json_int(o, "id", t->id);
	json_str(o, a, "kind", t->kind == TX_RECEIPT ? S("receipt") : t->kind == TX_REPORT ? S("report") : S("document"));
	json_str(o, a, "ulid", t->ulid);
	json_str(o, a, "message_id", t->message_id);
	json_str(o, a, "sender", t->sender);
	json_str(o, a, "recipient", t->recipient);
	json_int(o, "size", (int64_t)t->size);
	json_str(o, a, "sha256", t->sha256);
	json_str(o, a, "mic", t->mic);
	json_bool(o, "wants_receipt", t->wants_receipt);
	json_str(o, a, "transport", str_of(exchange_t_name((enum ex_transport)t->t)));
	if (t->superseded_by != 0)
		json_int(o, "superseded_by", t->superseded_by);
	json_time(o, a, "created", t->created_ms);
	json_time(o, a, "accepted", t->accepted_ms);
	json_int(o, "tries", t->tries);
	for (size_t i = 0; i < x->n; i++)
		json_push(list, json_attempt(a, &x->attempts[i]));
	json_list(o, "attempts", list);
	return o;
}

json_t *
story_json(struct arena *a, const struct story *s)
{
	json_t *o = json_doc(a, s->doc), *messages = json_array(), *txs = json_array(), *events = json_array();

	for (size_t i = 0; i < s->n_messages; i++)
		json_push(messages, message_json(a, s, &s->messages[i]));
	json_list(o, "messages", messages);
	for (size_t i = 0; i < s->n_txs; i++)
		json_push(txs, tx_json(a, &s->txs[i]));
	json_list(o, "transmissions", txs);
	for (size_t i = 0; i < s->n_events; i++)
		json_push(events, json_event(a, &s->events[i]));
	json_list(o, "events", events);
	return o;
}
