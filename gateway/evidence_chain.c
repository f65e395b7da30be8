/* SPDX-License-Identifier: ISC */
/*
 * evidence_chain.c - the events of one document, cut out of the chain of all events. Behind a line "event NUMBER BYTES
 * HASH" stand the bytes that the hash is over; the hash before it is among them. Any hash of the chain that somebody
 * kept since then, on paper or in a log, vouches for all events before it.
 */
#include "gateway/evidence.h"

#define HASH_DIGITS 64
#define TEXT_MAX    ((size_t)1 << 20)

int
evidence_chain_put(struct buf *out, struct arena *a, struct db *db, const struct db_event *events,
    size_t n, struct err *e)
{
	struct str before, text;

	for (size_t i = 0; i < n; i++) {
		if (db_event_before(db, a, events[i].id, &before, e) == -1)
			return -1;
		text = chain_text(a, before, &events[i]);
		if (buf_printf(out, e, "event %lld %zu " STR_FMT "\n", (long long)events[i].id,
		        text.n, STR_ARG(events[i].hash)) == -1 ||
		    buf_put(out, text, e) == -1)
			return -1;
	}
	return 0;
}

bool
evidence_chain_next(struct str file, struct str *rest, struct evidence_event *out)
{
	struct str in = *rest, line, word;
	uint64_t id, n;

	if (!str_next_line(&in, &line) || !str_cut(&line, ' ', &word) ||
	    !str_eq(word, S("event")) || !str_cut(&line, ' ', &word) ||
	    str_u64(word, INT64_MAX, &id) == -1 || !str_cut(&line, ' ', &word) ||
	    str_u64(word, TEXT_MAX, &n) == -1 || n > in.n || line.n != HASH_DIGITS)
		return false;
	*out = (struct evidence_event){ .id = (int64_t)id,
		.hash = line,
		.text = str_sub(in, 0, (size_t)n),
		.at = file.n - in.n };
	*rest = str_from(in, (size_t)n);
	return true;
}

/* Of two that are next to each other in the chain the second names the first's hash. */
bool
evidence_chain_follows(const struct evidence_event *ev, const struct evidence_event *before)
{
	struct str rest = ev->text, line;

	if (before == NULL || ev->id != before->id + 1)
		return true;
	(void)str_next_line(&rest, &line);
	(void)str_next_line(&rest, &line);
	return str_starts(line, S("after ")) && str_eq(str_from(line, 6), before->hash);
}
