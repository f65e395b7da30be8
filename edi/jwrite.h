/* SPDX-License-Identifier: ISC */
/*
 * jwrite.h - JSON (RFC 8259) written into a buf, member by member in the order of the calls. What goes wrong (the
 * buf's cap) is kept in failed until the end, so that a writer of a hundred members asks once.
 *
 * Text is UTF-8; bytes that are none become U+FFFD. Controls of the terminal and of text direction are written as
 * \u escapes: the value is the same, and a log or terminal that shows the JSON is not fooled.
 */
#ifndef EDIGATE_EDI_JWRITE_H
#define EDIGATE_EDI_JWRITE_H

#include "gateway/base/buf.h"

#define JW_DEPTH_MAX 32

/*
 * The same calls write XML when xml is set: an element for each member, <item> for what has no name, nothing for null;
 * the first is the root, in the namespace JW_XML_NS. What XML cannot say (most controls) becomes U+FFFD.
 */
#define JW_XML_NS "urn:edigate:document:1"

struct jwrite {
	struct buf *out;
	struct err *e;
	bool xml;
	const char *open[JW_DEPTH_MAX];	/* the elements that are open */
	unsigned int depth;
	bool failed;
	bool comma;		/* the next value or key needs one */
};

void jw_open(struct jwrite *w, const char *key, char bracket);	/* '{' or '['; key NULL: within an array */
void jw_close(struct jwrite *w, char bracket);			/* '}' or ']' */
void jw_text(struct jwrite *w, const char *key, struct str text);
void jw_set(struct jwrite *w, const char *key, struct str text);	/* null when empty */
void jw_latin1(struct jwrite *w, const char *key, struct str bytes);	/* each byte as the character of its number */
void jw_base64(struct jwrite *w, const char *key, struct str bytes);
void jw_u64(struct jwrite *w, const char *key, uint64_t n);
void jw_bool(struct jwrite *w, const char *key, bool yes);
void jw_null(struct jwrite *w, const char *key);

/* JSON written by the caller's own hand: room for at most n bytes (NULL: failed), and where it stopped. */
char *jw_room(struct jwrite *w, size_t n);
void jw_used(struct jwrite *w, const char *end);
/* Copy the front of s that stands within quotes as it is, and is looked at no further; how many bytes. */
size_t jw_plain(char *to, struct str s);

#endif
