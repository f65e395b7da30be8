/* SPDX-License-Identifier: ISC */
/* edi_pushed.h - what edi_read() finds in the whole of a document, against what comes of its pieces. */
#ifndef EDIGATE_TESTS_UNIT_EDI_PUSHED_H
#define EDIGATE_TESTS_UNIT_EDI_PUSHED_H

#include "edi/push.h"

#include <stdio.h>
#include <string.h>

static inline bool
same_message(const struct edi_message *a, const struct edi_message *b)
{
	return str_eq(a->type, b->type) && str_eq(a->version, b->version) && str_eq(a->control, b->control) &&
	    str_eq(a->group, b->group) && str_eq(a->number, b->number) && a->offset == b->offset && a->segments == b->segments;
}

static inline bool
same_problem(const struct edi_problem *a, const struct edi_problem *b)
{
	return strcmp(a->code, b->code) == 0 && a->offset == b->offset && a->segment == b->segment && a->element == b->element &&
	    a->component == b->component && str_eq(a->text, b->text);
}

static inline bool
same_party(struct edi_party a, struct edi_party b)
{
	return str_eq(a.qual, b.qual) && str_eq(a.id, b.id) && str_eq(a.name, b.name);
}

/* NULL: nothing differs. Else what does. */
static inline const char *
facts_differ(const struct edi_facts *a, const struct edi_facts *b)
{
	if (a->format != b->format || a->verdict != b->verdict)
		return "verdict";
	if (!same_party(a->sender, b->sender) || !same_party(a->receiver, b->receiver))
		return "parties";
	if (!str_eq(a->control, b->control) || !str_eq(a->version, b->version) || !str_eq(a->type, b->type) || !str_eq(a->number, b->number))
		return "control, version, type or number";
	if (a->test != b->test || a->ack_requested != b->ack_requested || a->mixed != b->mixed || a->mixed_test != b->mixed_test)
		return "flags";
	if (a->quirks != b->quirks)
		return "quirks";
	if (a->interchanges != b->interchanges || a->n_messages != b->n_messages || a->n_kept != b->n_kept)
		return "how many messages";
	for (size_t i = 0; i < a->n_kept; i++)
		if (!same_message(&a->messages[i], &b->messages[i]))
			return "a message";
	if (a->n_problems != b->n_problems || a->n_problems_kept != b->n_problems_kept)
		return "how many problems";
	for (size_t i = 0; i < a->n_problems_kept; i++)
		if (!same_problem(&a->problems[i], &b->problems[i]))
			return "a problem";
	return NULL;
}

/* In pieces of size bytes; 0: of any, as seed has it. */
static inline struct edi_facts
read_pieces(struct arena *a, const struct edi_format *format, struct str in, size_t size, uint64_t seed)
{
	struct edi_push *p = edi_push_new(a, format);
	struct edi_facts f;

	for (size_t n = size; in.n > 0; in = str_from(in, n)) {
		seed = seed * 6364136223846793005u + 1442695040888963407u;
		if (size == 0)
			n = (size_t)(seed >> 33) % ((seed >> 60) < 8 ? 100 : 300000);
		edi_push(p, str_sub(in, 0, n));
	}
	edi_push_end(p, &f);
	return f;
}

/* Read whole, byte by byte, and in pieces of any size; NULL: all the same, or a format that is not read in pieces. */
static inline const char *
pieces_differ(struct str in, uint64_t seed)
{
	static const size_t sizes[] = { 1, 0, 0, SIZE_MAX };
	struct arena *a = arena_new(8 * (size_t)EDI_ARENA_MAX);
	struct edi_facts whole, pushed;
	const char *differs = NULL;
	struct err e;

	if (edi_read(a, in, &whole, &e) == 0 && whole.format != NULL && whole.format->syntax != NULL)
		for (size_t i = 0; i < N(sizes) && differs == NULL; i++) {
			pushed = read_pieces(a, whole.format, in, sizes[i], seed + i);
			differs = facts_differ(&whole, &pushed);
		}
	arena_free(a);
	return differs;
}

#endif
