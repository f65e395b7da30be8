/* SPDX-License-Identifier: ISC */
/* unzip.h - the texts in a ZIP archive, and in archives within it: bounded in number, size, ratio and depth. */
#ifndef EDIGATE_GATEWAY_UNZIP_H
#define EDIGATE_GATEWAY_UNZIP_H

#include "gateway/base/arena.h"
#include "gateway/base/err.h"

#define UNZIP_ENTRY_MAX (16u << 20)	/* the UN's largest text, a code list, has 1.6 MB */
#define UNZIP_TOTAL_MAX (128u << 20)
#define UNZIP_RATIO_MAX 200u		/* unpacked bytes for each packed one; texts have 3 to 12 */
#define UNZIP_DEPTH_MAX 3u

/* Is called for every file that is no archive; name is its last part. */
typedef int unzip_fn(void *with, struct str name, struct str content, struct err *e);

/* What is unpacked lives in a. total counts bytes, over several archives if the caller wants. */
int unzip(struct arena *a, struct str archive, size_t *total, unzip_fn *each, void *with,
    struct err *e);

/* CRC-32 as zip and gzip have it (RFC 1952, 8). */
uint32_t unzip_crc(struct str bytes);

#endif
