/* SPDX-License-Identifier: ISC */
/*
 * pdf_file.h - the objects of a PDF (ISO 32000-1, 7.5): by its cross-reference tables and streams, through object
 * streams, and where those are damaged by looking for "N G obj" from front to back. Bounded in every direction.
 */
#ifndef EDIGATE_EDI_PDF_FILE_H
#define EDIGATE_EDI_PDF_FILE_H

#include "gateway/base/arena.h"

#define PDF_OBJECTS_MAX	 200000u
#define PDF_SECTIONS_MAX 64u		/* of the cross-reference: revisions of the file */
#define PDF_STREAM_MAX	 (8u << 20)	/* a stream decoded */
#define PDF_WORK_MAX	 (16u << 20)	/* all that is decoded for one file */
#define PDF_VALUE_MAX	 (4u << 20)	/* a dictionary or array */
#define PDF_SCAN_MAX	 ((size_t)256 << 20)	/* bytes looked at for one file, those looked at twice counted twice */

struct pdf_entry {
	enum { PDF_FREE, PDF_PLAIN, PDF_PACKED } where;
	uint32_t at;		/* offset in the file, or number of the object stream */
	uint32_t index;		/* within that */
};

struct pdf {
	struct arena *a;
	struct str in;
	struct pdf_entry *entries;
	uint32_t n;
	struct str root;	/* of the trailer: the catalogue's reference */
	bool encrypted, repaired;
	uint32_t packed;	/* the object stream that is open, 0: none */
	struct str packed_dict, packed_bytes;
	size_t work, scanned;	/* bytes decoded and looked at so far */
};

/* False when there is neither a cross-reference nor any object. */
bool pdf_open(struct pdf *p, struct arena *a, struct str in);

/* The value of object number; for a stream its dictionary, and stream is what follows (else empty). */
bool pdf_object(struct pdf *p, uint32_t number, struct str *value, struct str *stream);

/* value, or the object that it refers to. */
bool pdf_resolve(struct pdf *p, struct str *value);
bool pdf_get_resolved(struct pdf *p, struct str dict, const char *key, struct str *value);

/* The bytes of a stream, decoded. False for filters other than FlateDecode. */
bool pdf_stream(struct pdf *p, struct str dict, struct str stream, struct str *bytes);

/* The object whose text begins at offset at: "N G obj". */
bool pdf_object_at(struct pdf *p, size_t at, uint32_t *number, struct str *value,
    struct str *stream);

#endif
