/* SPDX-License-Identifier: ISC */
/* dict_part.h - a directory while it is compiled, between dict_build.c that reads texts and dict_write.c that writes. */
#ifndef EDIGATE_EDI_DICT_PART_H
#define EDIGATE_EDI_DICT_PART_H

#include "edi/dict_build.h"
#include "edi/dict_line.h"

struct part_message {
	char name[8];			/* NUL-filled */
	struct dict_table_row *rows;
	size_t n, room;
};

/* A segment or composite: what it consists of. */
struct part_list {
	uint32_t name;			/* SEG_TAG() or dict_code() */
	struct dict_row *rows;
	size_t n, room;
};

struct part_codes {
	uint32_t element;		/* dict_code() */
	struct str *codes;
	size_t n, room, longest;
};

struct part_directory {
	struct part_directory *next;
	char release[4];		/* "96A", NUL-filled */
	struct part_message *messages;
	struct part_list *segments, *composites;
	struct part_codes *lists;
	size_t n_messages, n_segments, n_composites, n_lists;
	size_t room_messages, room_segments, room_composites, room_lists;
};

struct dict_build {
	struct arena *a;
	struct part_directory *directories;
	size_t n_directories;
};

#endif
