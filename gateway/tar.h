/* SPDX-License-Identifier: ISC */
/*
 * tar.h - archives in the ustar format (POSIX.1, pax, "ustar Interchange Format"): regular files only. Pure. Of the same
 * entries come the same bytes: owner 0, no names of users, only the times and modes that are handed in.
 */
#ifndef EDIGATE_GATEWAY_TAR_H
#define EDIGATE_GATEWAY_TAR_H

#include "gateway/base/buf.h"

#define TAR_BLOCK    512
#define TAR_NAME_MAX 99				/* the format's prefix field is not used */
#define TAR_SIZE_MAX (((uint64_t)1 << 33) - 1)	/* eleven octal digits */

struct tar_entry {
	struct str name;			/* relative, without "." and ".." */
	struct str bytes;
	int64_t mtime_s;
	bool program;				/* mode 755; else 644 */
};

/* One file with its header and padding. ERR_INPUT: a name or size that the format does not hold. */
int tar_put(struct buf *out, const struct tar_entry *entry, struct err *e);
int tar_end(struct buf *out, struct err *e);

/*
 * The next file, cut off the front of in; its slices lie in there. Returns 1, 0 at the end, or -1 with ERR_INPUT: damaged,
 * or with entries that tar_put() does not make. Folders are skipped, so archives packed again by tar(1) are fine.
 */
int tar_next(struct str *in, struct tar_entry *out, struct err *e);

#endif
