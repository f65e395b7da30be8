/* SPDX-License-Identifier: ISC */
/*
 * zip.h - the table of contents of a ZIP archive that lies in memory (APPNOTE.TXT of PKWARE, 4.3). Pure, and nothing
 * is unpacked here: who can inflate does that with what zip_next() hands out. No ZIP64, encryption or parts.
 */
#ifndef EDIGATE_EDI_ZIP_H
#define EDIGATE_EDI_ZIP_H

#include "gateway/base/err.h"
#include "gateway/base/str.h"

#define ZIP_ENTRIES_MAX 4096

enum zip_method {
	ZIP_STORED = 0,
	ZIP_DEFLATED = 8,
};

struct zip {
	struct str in;
	size_t at;		/* of the next entry in the table of contents */
	unsigned int left;	/* entries */
};

struct zip_entry {
	struct str name;	/* a slice of the archive; a path with '/' */
	struct str packed;	/* as it lies in the archive */
	unsigned int method;	/* enum zip_method, or one that we do not know */
	uint32_t size;		/* unpacked, as the archive says */
	uint32_t crc;		/* CRC-32 of it */
};

bool zip_is(struct str in);	/* does it begin like one? */

/* Find the table of contents. Returns 0, or -1 with ERR_INPUT. */
int zip_open(struct zip *z, struct str in, struct err *e);

/* The next entry, folders too. Returns 1; 0 behind the last one; -1 with ERR_INPUT. */
int zip_next(struct zip *z, struct zip_entry *entry, struct err *e);

#endif
