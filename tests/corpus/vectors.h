/* SPDX-License-Identifier: ISC */
/* vectors.h - what the manifest says of an S/MIME or CMS vector, held against what came of its layers. */
#ifndef EDIGATE_TESTS_VECTORS_H
#define EDIGATE_TESTS_VECTORS_H

#include <stdio.h>

#include "gateway/base/arena.h"
#include "gateway/base/str.h"

/*
 * Layers of one file; the outermost signature fits when it is over that content, whoever made it and however old it is. It is
 * contested when it does not, and libcrypto says so, too.
 */
struct vector_seen {
	unsigned int fit, unfit, contested, opened, closed;
};

static struct vector_class {
	const char *name;
	unsigned int passed, total;
} vector_classes[] = {
	{ "S/MIME vectors, signature good: it fits, where it is the root or within", 0, 0 },
	{ "S/MIME vectors, signature must fail", 0, 0 },
	{ "S/MIME vectors, must be refused", 0, 0 },
};
static unsigned int vector_contested;
enum { VECTOR_GOOD, VECTOR_FAILS, VECTOR_REFUSED, VECTOR_OTHER };

static inline int
vector_class_of(struct str expected)
{
	size_t at;

	if (str_find(expected, S("must FAIL without crash"), &at) ||
	    str_starts(expected, S("reject: broken envelope")))
		return VECTOR_REFUSED;
	if (str_starts(expected, S("signature must FAIL")))
		return VECTOR_FAILS;
	if (str_starts(expected, S("signature good")) || str_starts(expected, S("valid S/MIME")) ||
	    str_eq(expected, S("accept")))
		return VECTOR_GOOD;
	return VECTOR_OTHER;
}

static inline bool
vector_holds(int class, const struct vector_seen *s)
{
	switch (class) {
	case VECTOR_GOOD:	/* in an envelope for somebody else, or in a part, there may be none to be seen */
		return s->unfit == s->contested;
	case VECTOR_FAILS:
		return s->unfit > 0;
	default:
		return s->fit == 0 && s->opened == 0;
	}
}

/* The seventh column of the file's row; empty without one, or when it is of another kind. */
static inline struct str
vector_expected(struct str manifest, struct str file)
{
	struct str line, name, kind, column;

	while (str_next_line(&manifest, &line)) {
		(void)str_cut(&line, '\t', &name);
		if (!str_eq(name, file))
			continue;
		(void)str_cut(&line, '\t', &kind);
		for (int i = 0; i < 4; i++)
			(void)str_cut(&line, '\t', &column);
		return str_starts(kind, S("smime")) || str_eq(kind, S("cms")) ? str_trim(line) : S("");
	}
	return S("");
}

static inline void
vector_judge(struct str manifest, struct str file, const struct vector_seen *s)
{
	int class = vector_class_of(vector_expected(manifest, file));
	bool holds;

	if (class == VECTOR_OTHER)
		return;
	holds = vector_holds(class, s);
	vector_classes[class].total++;
	vector_classes[class].passed += holds;
	vector_contested += class == VECTOR_GOOD && s->contested;
	if (!holds)
		fprintf(stderr,
		    "  %s: " STR_FMT
		    ": signatures that fit %u, that do not %u, envelopes opened %u, not %u\n",
		    vector_classes[class].name, STR_ARG(file), s->fit, s->unfit, s->opened,
		    s->closed);
}

/* Whether all that were there passed. */
static inline bool
vector_report(void)
{
	bool all = true;

	for (size_t i = 0; i < N(vector_classes); i++) {
		const struct vector_class *c = &vector_classes[i];
		if (c->total > 0)
			printf("%s: %u/%u\n", c->name, c->passed, c->total);
		all &= c->passed == c->total;
	}
	printf("  of those good by the manifest neither we nor libcrypto can verify: %u\n", vector_contested);
	return all;
}

#endif
