/* SPDX-License-Identifier: ISC */
/* file.h - what the tools of tests/corpus share. */
#ifndef EDIGATE_TESTS_CORPUS_FILE_H
#define EDIGATE_TESTS_CORPUS_FILE_H

#include "gateway/base/buf.h"

#include <stdio.h>

/* All of folder/name into out, which is empty. 0 or -1, and then it is said why. */
static inline int
file_read(const char *folder, struct str name, struct buf *out)
{
	char path[4096];
	FILE *f;
	char *room;
	size_t n;

	snprintf(path, sizeof(path), "%s/" STR_FMT, folder, STR_ARG(name));
	f = fopen(path, "rb");
	if (f == NULL) {
		perror(path);
		return -1;
	}
	while ((room = buf_room(out, 65536, NULL)) != NULL && (n = fread(room, 1, 65536, f)) > 0)
		buf_grew(out, n);
	fclose(f);
	return room == NULL ? -1 : 0;
}

#endif
