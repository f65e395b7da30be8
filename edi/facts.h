/* SPDX-License-Identifier: ISC */
/* facts.h - how the formats of this folder fill struct edi_facts: messages and problems, bounded. */
#ifndef EDIGATE_EDI_FACTS_H
#define EDIGATE_EDI_FACTS_H

#include "edi/edi.h"

#define EDI_SHOWN_MAX 60	/* bytes of a value quoted in a problem */

/* Where a problem is; 0 in segment, element, component: not applicable. */
struct edi_place {
	uint64_t offset, segment;
	unsigned int element, component;
};

/* The message is copied; the first one also gives out->type and out->number. */
void facts_message(struct arena *a, struct edi_facts *out, const struct edi_message *m);

/* Makes the verdict EDI_BROKEN. The text is printable: pass foreign values through facts_show(). */
void facts_problem(struct arena *a, struct edi_facts *out, struct edi_place at, const char *code,
    const char *fmt, ...) __attribute__((format(printf, 5, 6)));

/* A value as a problem's text shows it: printable, cut to EDI_SHOWN_MAX, terminated. */
const char *facts_show(struct arena *a, struct str value);
const char *facts_show_long(struct arena *a, struct str value, size_t max);	/* cut to max */

/* Is there still room to describe a problem? If not, texts need not be made. */
bool facts_has_room(const struct edi_facts *out);

#endif
