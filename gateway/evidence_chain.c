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

/* ---- what timeline.json says, against it ---- */

static bool
read_number(struct str *rest, struct str name, int64_t *out)
{
	struct str line, word;
	uint64_t n;

	if (!str_next_line(rest, &line) || !str_cut(&line, ' ', &word) || !str_eq(word, name) ||
	    str_u64(line, INT64_MAX, &n) == -1)
		return false;
	*out = (int64_t)n;
	return true;
}

static bool
read_text(struct str *rest, struct str name, struct str *out)
{
	struct str word;
	uint64_t n;

	if (!str_cut(rest, ' ', &word) || !str_eq(word, name) || !str_cut(rest, ' ', &word) ||
	    str_u64(word, TEXT_MAX, &n) == -1 || n >= rest->n || rest->p[n] != '\n')
		return false;
	*out = str_sub(*rest, 0, (size_t)n);
	*rest = str_from(*rest, (size_t)n + 1);
	return true;
}

/* The reverse of chain_text(). */
static bool
read_event(struct str text, struct db_event *out)
{
	struct str line;
	int64_t argument;

	*out = (struct db_event){ 0 };
	if (!str_next_line(&text, &line) || !str_next_line(&text, &line) ||
	    !read_number(&text, S("document"), &out->doc) || !read_number(&text, S("transmission"), &out->tx) ||
	    !read_number(&text, S("at"), &out->at_ms) || !read_number(&text, S("argument"), &argument))
		return false;
	out->arg = (unsigned int)argument;
	return read_text(&text, S("role"), &out->role) && read_text(&text, S("kind"), &out->kind) &&
	    read_text(&text, S("text"), &out->text) && read_text(&text, S("proof"), &out->proof);
}

bool
evidence_chain_tells(struct arena *a, const struct evidence_event *ev, const json_t *told)
{
	struct db_event event;
	json_t *o;
	bool same;

	if (!read_event(ev->text, &event))
		return false;
	o = json_event(a, &event);
	same = json_equal(o, told) == 1;
	json_decref(o);
	return same;
}
