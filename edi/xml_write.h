/* SPDX-License-Identifier: ISC */
/*
 * xml_write.h - XML, element by element, two blanks deeper with each. Text is UTF-8; bytes that
 * are none, and what XML 1.0 cannot say (section 2.2), become U+FFFD.
 */
#ifndef EDIGATE_EDI_XML_WRITE_H
#define EDIGATE_EDI_XML_WRITE_H

#include "gateway/base/buf.h"

#define XML_WRITE_DEPTH_MAX 16

struct xml_write {
	struct buf *out;
	struct err *e;
	const char *open[XML_WRITE_DEPTH_MAX];
	unsigned int depth;
	bool failed; /* out is full, and e says so */
};

void xml_open(struct xml_write *w, const char *name);
void xml_close(struct xml_write *w);
void xml_raw(struct xml_write *w, const char *markup); /* ours, as it is */

/* Nothing for an empty text. attribute may be NULL; it is left out when its value is empty. */
void xml_text(struct xml_write *w, const char *name, const char *attribute, struct str value,
              struct str text);

#endif
