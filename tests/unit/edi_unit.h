/* SPDX-License-Identifier: ISC */
/* edi_unit.h - what the tests of edi/ share. */
#ifndef EDIGATE_TESTS_UNIT_EDI_UNIT_H
#define EDIGATE_TESTS_UNIT_EDI_UNIT_H

#include "edi/edi.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static inline void
assert_str_eq(struct str found, struct str want)
{
	if (!str_eq(found, want))
		fail_msg("found '" STR_FMT "', want '" STR_FMT "'", STR_ARG(found), STR_ARG(want));
}

static inline struct edi_facts
read_facts(struct arena *a, struct str in)
{
	struct edi_facts f;
	struct err e;

	assert_int_equal(edi_read(a, in, &f, &e), 0);
	return f;
}

/* The problem of that code; NULL without one. */
static inline const struct edi_problem *
problem_of(const struct edi_facts *f, const char *code)
{
	for (size_t i = 0; i < f->n_problems_kept; i++)
		if (strcmp(f->problems[i].code, code) == 0)
			return &f->problems[i];
	return NULL;
}

static inline void
assert_valid(const struct edi_facts *f, const char *format)
{
	if (f->verdict == EDI_BROKEN)
		fail_msg("%s: " STR_FMT, f->problems[0].code, STR_ARG(f->problems[0].text));
	assert_int_equal(f->verdict, EDI_VALID);
	assert_string_equal(f->format->name, format);
}

/* A document with one fault, where it is and what is said about it. */
struct broken {
	const char *why;
	struct str in;
	const char *code;
	const char *at;		/* the offset is that of these words' last occurrence; NULL: the end of the input */
	unsigned int element;
	const char *says;
};

static inline uint64_t
last_of(struct str in, const char *words)
{
	size_t at = in.n;

	if (words == NULL)
		return in.n;
	while (at > 0 && !str_starts(str_from(in, at), str_of(words)))
		at--;
	return at;
}

static inline void
assert_broken(const struct broken *b, const char *format)
{
	struct arena *a = arena_new(EDI_ARENA_MAX);
	struct edi_facts f = read_facts(a, b->in);
	const struct edi_problem *p = problem_of(&f, b->code);

	print_message("%s\n", b->why);
	assert_int_equal(f.verdict, EDI_BROKEN);
	assert_string_equal(f.format->name, format);
	if (p == NULL)
		fail_msg("no %s, but %s: " STR_FMT, b->code, f.problems[0].code, STR_ARG(f.problems[0].text));
	if (!str_find(p->text, str_of(b->says), NULL))
		fail_msg("says '" STR_FMT "', want '%s'", STR_ARG(p->text), b->says);
	assert_int_equal(p->offset, last_of(b->in, b->at));
	assert_int_equal(p->element, b->element);
	arena_free(a);
}

#endif
