/* SPDX-License-Identifier: ISC */
#include "gateway/filter.h"

#include "gateway/base/clock.h"
#include "gateway/base/ini.h"
#include "gateway/exchange.h"

#include <string.h>

/* Every state that exchange_shown() has a word for: a state mistyped would silently match nothing. */
static const char *const states[] = {
	"cancelled", "superseded", "invalid", "held", "rejected", "partly-accepted", "complete", "failed", "disputed",
	"ack-overdue", "receipt-overdue", "awaiting-ack", "awaiting-receipt", "uncertain", "deferred", "sending", "queued",
	"packed", "claimed", "spooled", "opened", "duplicate", "filed", "handed-over", "quarantined", "unmatched",
	"attention",
};

enum key {
	KEY_PARTNER, KEY_STATE, KEY_DIR, KEY_TYPE, KEY_NUMBER, KEY_SINCE, KEY_NAME, KEY_MESSAGE_ID, KEY_SHA256, KEY_KIND,
	KEY_COUNT,
};
static const char *const keys[] = {
	[KEY_PARTNER] = "partner", [KEY_STATE] = "state", [KEY_DIR] = "dir", [KEY_TYPE] = "type", [KEY_NUMBER] = "number",
	[KEY_SINCE] = "since", [KEY_NAME] = "name", [KEY_MESSAGE_ID] = "message-id", [KEY_SHA256] = "sha256",
	[KEY_KIND] = "kind",
};

static int
word_of(struct str word, const char *const *words, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq(word, str_of(words[i])))
			return (int)i;
	return -1;
}

static int
unknown(const char *what, struct str word, const char *const *words, size_t n, struct err *e)
{
	const char *near = ini_nearest(word, words, n);

	if (near != NULL)
		return err_set(e, ERR_INPUT, "unknown %s '" STR_FMT "', did you mean '%s'?", what,
		    STR_ARG(word), near);
	return err_set(e, ERR_INPUT, "unknown %s '" STR_FMT "'", what, STR_ARG(word));
}

static int
set_state(struct filter *f, struct str value, struct err *e)
{
	if (word_of(value, states, N(states)) == -1)
		return unknown("state", value, states, N(states), e);
	f->attention = str_eq(value, S("attention"));
	if (!f->attention)
		f->db.state = value;
	/* What is set aside may never have become a document: a stranger's mail, a report that fits nothing. */
	if ((f->given & 1u << KEY_KIND) == 0 &&
	    (f->attention || str_eq(value, S("quarantined")) || str_eq(value, S("unmatched"))))
		f->db.kind = -1;
	return 0;
}

static int
set_dir(struct filter *f, struct str value, struct err *e)
{
	if (str_eq(value, S("in")))
		f->db.dir = EX_IN;
	else if (str_eq(value, S("out")))
		f->db.dir = EX_OUT;
	else
		return err_set(e, ERR_INPUT, "dir is '" STR_FMT "', want in or out", STR_ARG(value));
	return 0;
}

static int
set_kind(struct filter *f, struct str value, struct err *e)
{
	static const char *const kinds[] = {
		[DOC_DOCUMENT] = "document", [DOC_RECEIPT] = "receipt", [DOC_REPORT] = "report", [DOC_OTHER] = "other",
		[DOC_ACK] = "ack", [DOC_BATCH] = "batch", "all",
	};
	int kind = word_of(value, kinds, N(kinds));

	if (kind == -1)
		return unknown("kind", value, kinds, N(kinds), e);
	f->db.kind = kind == (int)N(kinds) - 1 ? -1 : kind;
	return 0;
}

/* A day alone begins at midnight, UTC. */
static int
read_day(struct str value, int64_t *ms)
{
	char text[] = "0000-00-00T00:00:00Z";

	if (value.n != 10)
		return -1;
	memcpy(text, value.p, value.n);
	return clock_read_rfc3339(str_of(text), ms);
}

/* "2d" back from now, or a moment: 2026-11-20, 2026-11-20T10:41:00Z. */
static int
set_since(struct filter *f, struct str value, int64_t now_ms, struct err *e)
{
	int64_t ms;

	if (clock_read_span(value, &ms) == 0)
		f->db.since_ms = now_ms > ms ? now_ms - ms : 1;
	else if (clock_read_rfc3339(value, &ms) == 0 || read_day(value, &ms) == 0)
		f->db.since_ms = ms;
	else
		return err_set(e, ERR_INPUT,
		    "since is '" STR_FMT "', want a span (30m, 4h, 2d, 1w) or a day (2026-11-20)",
		    STR_ARG(value));
	return 0;
}

static int
set_key(struct filter *f, enum key key, struct str value, int64_t now_ms, struct err *e)
{
	switch (key) {
	case KEY_PARTNER:
		f->db.partner = value;
		return 0;
	case KEY_STATE:
		return set_state(f, value, e);
	case KEY_DIR:
		return set_dir(f, value, e);
	case KEY_TYPE:
		f->db.type = value;
		return 0;
	case KEY_NUMBER:
		f->db.number = value;
		return 0;
	case KEY_SINCE:
		return set_since(f, value, now_ms, e);
	case KEY_NAME:
		f->db.name = value;
		return 0;
	case KEY_MESSAGE_ID:
		f->db.message_id = value;
		return 0;
	case KEY_SHA256:
		f->db.sha256 = value;
		return 0;
	case KEY_KIND:
		return set_kind(f, value, e);
	case KEY_COUNT:
		break;
	}
	return -1;
}

void
filter_init(struct filter *f)
{
	*f = (struct filter){ .db = { .dir = -1, .kind = DOC_DOCUMENT } };
}

/* A file name or Message-ID may hold '=': only a key of letters and dashes in front makes it a filter. */
bool
filter_is(struct str word)
{
	struct str rest = word, key;

	if (!str_cut(&rest, '=', &key) || key.n == 0)
		return false;
	return word_of(key, keys, KEY_COUNT) != -1 || ini_nearest(key, keys, KEY_COUNT) != NULL;
}

int
filter_add(struct filter *f, struct str word, int64_t now_ms, struct err *e)
{
	struct str value = word, key;
	int k;

	if (!str_cut(&value, '=', &key))
		return err_set(e, ERR_INPUT, "filter is '" STR_FMT "', want KEY=VALUE", STR_ARG(word));
	k = word_of(key, keys, KEY_COUNT);
	if (k == -1)
		return unknown("filter", key, keys, KEY_COUNT, e);
	if (value.n == 0)
		return err_set(e, ERR_INPUT, "filter '%s' has no value", keys[k]);
	if ((f->given & 1u << k) != 0)
		return err_set(e, ERR_INPUT, "filter '%s' is given twice", keys[k]);
	f->given |= 1u << k;
	return set_key(f, (enum key)k, value, now_ms, e);
}
