/* SPDX-License-Identifier: ISC */
/*
 * root.h - the root element of an XML document, found in its first bytes without an XML library: enough to tell
 * which format may claim it, and for the watcher to know what must be closed at the end. Judges nothing.
 */
#ifndef EDIGATE_EDI_ROOT_H
#define EDIGATE_EDI_ROOT_H

#include "gateway/base/str.h"

#define XML_NARROW_MAX 4096	/* of UTF-16 we look at so much for the root */

struct xml_root {
	struct str tag;		/* as written, with its prefix: "ubl:Invoice" */
	struct str local;	/* "Invoice" */
	struct str ns;		/* what the prefix, or its lack, is bound to; empty without */
	struct str attributes;	/* from behind the tag to the end of the bytes: for xml_root_attribute() */
	bool empty;		/* <root/> */
	bool whole;		/* its start tag ends within the bytes given */
};

/* False when head does not begin as XML does, or ends before the root's name does. 8-bit encodings only. */
bool xml_root_find(struct str head, struct xml_root *out);

/* Cut the next attribute off; false behind the last. The value is as written, its quotes stand around it. */
bool xml_root_attribute(struct str *attributes, struct str *name, struct str *value);

/*
 * UTF-16 (with its mark, or '<' as first character) as the ASCII among it: other characters become '?'. Returns in
 * itself when it is no UTF-16; otherwise what of it fits into to.
 */
struct str xml_narrow(struct str in, char *to, size_t size);

#endif
