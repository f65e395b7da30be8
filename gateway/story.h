/* SPDX-License-Identifier: ISC */
/* story.h - all that the database holds of one document, for show and evidence. */
#ifndef EDIGATE_GATEWAY_STORY_H
#define EDIGATE_GATEWAY_STORY_H

#include "gateway/cli.h"
#include "gateway/json.h"

struct story_tx {
	struct db_tx tx;
	struct db_attempt *attempts;
	size_t n;
};

struct story {
	const struct db_doc *doc;
	struct db_message *messages;
	size_t n_messages;
	struct db_message_ack *acks;	/* what the partner said of them */
	size_t n_acks;
	struct story_tx *txs;
	size_t n_txs;
	struct db_event *events;
	size_t n_events;
};

/* Ends the command when the database cannot be read. Everything is the arena's. */
void story_read(struct cli *c, struct db *db, const struct db_doc *d, struct story *out);
const struct db_message_ack *story_ack(const struct story *s, const struct db_message *m);	/* NULL: nothing was said of it */
json_t *story_json(struct arena *a, const struct story *s);

#endif
