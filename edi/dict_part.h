/* SPDX-License-Identifier: ISC */
/* dict_part.h - a directory while it is compiled, between dict_build.c that reads texts and dict_write.c that writes. */
#ifndef EDIGATE_EDI_DICT_PART_H
#define EDIGATE_EDI_DICT_PART_H

#include "edi/dict.h"
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

struct part_rule {
	uint32_t tag;
	struct dict_rule rule;
};

struct part_directory {
	struct part_directory *next;
	char version[4], release[4], agency[4];	/* "D", "96A", "UN"; "X12", "4010" or "", "": NUL-filled */
	struct part_message *messages;
	struct part_list *segments, *composites;
	struct part_codes *lists;
	struct part_rule *rules;
	size_t n_rules, room_rules;
	size_t n_messages, n_segments, n_composites, n_lists;
	size_t room_messages, room_segments, room_composites, room_lists;
};

struct dict_build {
	struct arena *a;
	struct part_directory *directories;
	size_t n_directories;
};

/* Room for one more at the end of an array of the arena, which moves when it grows. */
void *part_room(struct arena *a, void *array, size_t n, size_t *room, size_t size);
#define ADD_ROOM(a, array, n, room) ((array) = part_room((a), (array), (n), &(room), sizeof(*(array))))

#define PART_ROWS_MAX  4096u	/* of a message; CUSDEC has 400 */
#define PART_LISTS_MAX 4096u	/* segments, composites, messages, code lists, rules of a directory */
#define PART_CODES_MAX 65535u	/* of an element */

/* Put another row behind a message's; -1 where it does not fit behind the last. */
int part_add_row(struct arena *a, struct part_message *m, const struct dict_table_row *row,
    struct err *e);
int part_add_message(struct dict_build *b, struct part_directory *d, const struct part_message *m,
    struct err *e);

/* The directory of these names, made if need be. */
struct part_directory *part_directory(struct dict_build *b, struct str version, struct str release,
    struct str agency);

#endif
