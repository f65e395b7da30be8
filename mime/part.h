/* SPDX-License-Identifier: ISC */
/*
 * part.h - the parts of a MIME entity (RFC 2045, 2046), found while its bytes go by: fed in any portions, it keeps a
 * place, never the bytes. Every part is told by offsets into the stream, so that what was signed can be hashed as it
 * came. Tolerant: it always finds some tree; what two parsers might see differently is a bit in defects.
 * message/rfc822 is a leaf: what somebody forwarded proves nothing here.
 */
#ifndef EDIGATE_MIME_PART_H
#define EDIGATE_MIME_PART_H

#include "gateway/base/arena.h"
#include "gateway/base/err.h"
#include "mime/encode.h"
#include "mime/param.h"

#define PART_DEPTH_MAX	  20
#define PART_COUNT_MAX	  1000
#define PART_BOUNDARY_MAX 200	/* RFC 2046, 5.1.1 has 70; longer ones are seen and have one meaning */
#define PART_LINE_MAX	  998	/* RFC 5322, 2.1.1 */
#define PART_NONE	  SIZE_MAX

enum part_defect {
	PART_TWO_TYPES = 1,		/* two Content-Type fields */
	PART_TWO_CTES = 2,		/* two Content-Transfer-Encoding fields */
	PART_CTE_UNKNOWN = 4,
	PART_CTE_COMPOSITE = 8,		/* base64 or quoted-printable on a multipart (RFC 2045, 6.4 forbids) */
	PART_BOUNDARY_MISSING = 16,	/* or empty, or too long: its body is one leaf */
	PART_BOUNDARY_TWICE = 32,	/* the parameter given twice, or in two forms */
	PART_BOUNDARY_REUSED = 64,	/* the same as of a multipart around it */
	PART_NOT_CLOSED = 128,		/* multipart without its close delimiter */
	PART_HEADER_JUNK = 256,		/* a line in the header that is no field */
	PART_WHITE_LINE = 512,		/* a header line of blanks only */
	PART_HEADER_EOL = 1024,		/* bare CR, bare LF or NUL in the header, or in a delimiter line */
	PART_PARAMS = 2048,		/* Content-Type with too many parameters */
	PART_EMPTY = 4096,		/* multipart without any part */
	/* From here on odd, but of one meaning. */
	PART_BODY_EOL = 1 << 16,	/* bare CR or LF in the body */
	PART_LONG_LINE = 1 << 17,	/* a line over PART_LINE_MAX */
	PART_SYNTAX = 1 << 18,		/* a parameter that is none, a blank before a colon */
};
#define PART_AMBIGUOUS 0xffffu		/* mask: parsers are known to differ */

struct part {
	size_t parent;			/* index; PART_NONE for the root */
	unsigned int depth, children;
	uint64_t start;			/* of its header */
	uint64_t body;			/* behind its blank line */
	uint64_t end;			/* behind its last byte; the line end before a delimiter belongs to that (5.1.1) */
	struct params type;		/* type.value: "text/plain" when absent or unreadable */
	enum cte cte;
	struct str disposition;		/* "attachment", "inline", "" */
	struct str file_name;		/* decoded, any bytes; empty when there is none */
	unsigned int defects;
};

struct part_scan;

struct part_scan *part_scan_new(struct arena *a);	/* what parts point at lives in a */
void part_scan_free(struct part_scan *s);

/* ERR_INPUT when a limit is met: the entity is not worth reading on. */
int part_scan_feed(struct part_scan *s, struct str bytes, struct err *e);
int part_scan_end(struct part_scan *s, struct err *e);

/* Parts in the order of their headers; the root is 0. Before the end the last ones may still be open. A part is
 * lent until the next call that feeds. */
size_t part_scan_count(const struct part_scan *s);
const struct part *part_scan_get(const struct part_scan *s, size_t i);
bool part_scan_header_done(const struct part_scan *s, size_t i);	/* its type is known */

/* The whole of an entity: what part_scan_end() leaves. */
struct part_tree {
	struct span entity;
	const struct part *parts;
	size_t n;
};
int part_tree_scan(struct arena *a, struct span entity, struct part_tree *out, struct err *e);
struct span part_span(const struct part_tree *t, size_t i);		/* header, blank line, body: as signed */
struct span part_header_span(const struct part_tree *t, size_t i);
struct span part_body_span(const struct part_tree *t, size_t i);	/* before transfer decoding */

/* The same of an entity that lies in memory. */
int part_tree_read(struct arena *a, struct str entity, struct part_tree *out, struct err *e);
struct str part_bytes(const struct part_tree *t, size_t i);
struct str part_header(const struct part_tree *t, size_t i);
struct str part_body(const struct part_tree *t, size_t i);
size_t part_child(const struct part_tree *t, size_t i, size_t nth);	/* index, PART_NONE */
unsigned int part_tree_defects(const struct part_tree *t);	/* of all its parts */
bool part_is(const struct part *p, struct str type);		/* "text/xml"; "multipart/" matches all of them */
struct str part_defects_text(struct arena *a, unsigned int defects);	/* "two content types, not closed" */

#endif
