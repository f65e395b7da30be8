/* SPDX-License-Identifier: ISC */
/*
 * dict.h - a dictionary: what the messages, segments, composites and elements of one directory or several consist of, of
 * EDIFACT or X12, as `edigate dictionary build` compiles it. The bytes are used as they lie in the file (mapped, never copied), and are
 * trusted in nothing: every table is checked when it is opened, every index when it is followed.
 *
 * The file: numbers are little-endian, tables lie anywhere. Header: "edigdict", format (4), size (4), directories (4), 0 (4).
 * Then for each directory: version, release, agency (4 bytes each, NUL-filled), 0 (4), and for each table (enum dict_table)
 * where it begins (4) and how many rows it has (4). Rows:
 *	message    name (8, NUL-filled), first node (4), nodes (4)
 *	node       tag as SEG_TAG(), or the group's number (4), max (4), nodes of the subtree (4), flags (1), 0 (3)
 *	segment    tag (4), first ref (4), refs (4)
 *	composite  code (4), first ref (4), refs (4)
 *	ref        row in the elements or composites (4), max (2), flags (1), 0 (1)
 *	element    code (4), type (1), width of a code (1), min (2), max (2), 0 (2), where its codes begin (4), codes (4)
 *	code       bytes, NUL-filled to the width, sorted
 *	rule       tag (4), kind (1), how many elements (1), their positions (10)
 * Messages, segments, composites, elements and rules are sorted by their first fields.
 */
#ifndef EDIGATE_EDI_DICT_H
#define EDIGATE_EDI_DICT_H

#include "gateway/base/err.h"
#include "gateway/base/str.h"

#define DICT_MAGIC    "edigdict"
#define DICT_FORMAT   2u
#define DICT_HEADER   24u
#define DICT_DEPTH_MAX 16u	/* groups within groups */
#define DICT_ROWS_MAX 256u	/* elements of a segment, components of a composite */
#define DICT_DIRECTORIES_MAX 64u

enum dict_table {
	DICT_MESSAGES,
	DICT_NODES,
	DICT_SEGMENTS,
	DICT_COMPOSITES,
	DICT_REFS,
	DICT_ELEMENTS,
	DICT_CODES,
	DICT_RULES,
	DICT_TABLES,
};
#define DICT_DIRECTORY (16u + DICT_TABLES * 8u)

extern const unsigned int dict_row_size[DICT_TABLES];

enum {
	DICT_GROUP = 1,		/* of a node */
	DICT_COMPOSITE = 1,	/* of a ref */
	DICT_MANDATORY = 2,	/* of both */
};

/* What a value is made of. Small letters are EDIFACT's, capitals X12's. */
enum dict_type {
	DICT_LETTERS = 'a',
	DICT_NUMBER = 'n',
	DICT_ANY = 'x',
	DICT_INTEGER = 'N',	/* X12 N0 to N9: digits, with a point that is not written */
	DICT_DECIMAL = 'R',
	DICT_DATE = 'D',
	DICT_TIME = 'T',
	DICT_STRING = 'A',	/* AN and ID */
	DICT_UNCHECKED = '*',	/* a composite, binary data */
};

#define DICT_RULE_MAX 10

/* A syntax rule of X12.5 over elements of a segment. */
struct dict_rule {
	char kind;		/* P: all or none; R: one at least; E: one at most; C: with the first all; L: with the first one more */
	unsigned char n;
	unsigned char element[DICT_RULE_MAX];	/* from 1 */
};

struct dict {
	struct str bytes;
	uint32_t n_directories;
};

struct dict_directory {
	struct str bytes;
	struct str version, release, agency;
	uint32_t at[DICT_TABLES], n[DICT_TABLES];
};

struct dict_message {
	const struct dict_directory *d;
	uint32_t first, n;	/* its nodes, n at least 1 */
};

struct dict_node {
	uint32_t name;		/* tag as SEG_TAG(), or number of the group */
	uint32_t max, size;	/* size: nodes of the subtree, itself included */
	unsigned int flags;
};

struct dict_list {		/* of a segment or composite */
	uint32_t first, n;	/* its refs */
};

struct dict_ref {
	uint32_t row;
	unsigned int max, flags;
};

struct dict_element {
	struct str code;	/* "1004" */
	char type;		/* enum dict_type */
	unsigned int min, max, width;
	uint32_t codes_at, n_codes;
};

/* Returns 0, or -1 with ERR_INPUT: no dictionary, of another format, cut off, damaged. The bytes must outlive it. */
int dict_open(struct dict *dict, struct str bytes, struct err *e);

bool dict_directory(const struct dict *dict, uint32_t i, struct dict_directory *out);
bool dict_find(const struct dict *dict, struct str version, struct str release, struct str agency,
    struct dict_directory *out);

/* The directory for an X12 version (GS08, "004010VICS"): that of the longest release that it begins with, "" included. */
bool dict_find_x12(const struct dict *dict, struct str version, struct dict_directory *out);

/* False: not there, or not a tree: subtrees within their groups, not too deep, every group beginning with a segment. */
bool dict_message(const struct dict_directory *d, struct str name, struct dict_message *out);
struct dict_node dict_node(const struct dict_message *m, uint32_t i);	/* i below m->n */

bool dict_segment(const struct dict_directory *d, uint32_t tag, struct dict_list *out);
bool dict_composite(const struct dict_directory *d, uint32_t row, struct dict_list *out,
    struct str *code);
struct dict_ref dict_ref(const struct dict_directory *d, const struct dict_list *list, uint32_t i);	/* i below list->n */
bool dict_element(const struct dict_directory *d, uint32_t row, struct dict_element *out);

/* The rules of a segment: rows from *first on, n of them. */
uint32_t dict_rules(const struct dict_directory *d, uint32_t tag, uint32_t *first);
void dict_rule(const struct dict_directory *d, uint32_t row, struct dict_rule *out);

/* True also where the element has no list of codes. */
bool dict_has_code(const struct dict_directory *d, const struct dict_element *el, struct str code);

#endif
