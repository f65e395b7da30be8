/* SPDX-License-Identifier: ISC */
/*
 * dict_line.h - single lines of the texts in which the UN publishes its directories. They were made for people and
 * changed over the years: with and without positions, frames drawn in ASCII or code page 437, change marks in the
 * margin, names that go on in the next line. So a row is read from both its ends; the name between them is nobody's.
 */
#ifndef EDIGATE_EDI_DICT_LINE_H
#define EDIGATE_EDI_DICT_LINE_H

#include "gateway/base/str.h"

#define DICT_LINE_MAX 160	/* bytes of a line that are looked at; the tables are 80 wide */

struct dict_line {
	char p[DICT_LINE_MAX];
	size_t n;
};

/* Cut the next line off; frames are '-', '|' and '+' in it, and blanks at its end are gone. */
bool dict_line_next(struct str *text, struct dict_line *line);
struct str dict_line_str(const struct dict_line *line);
bool dict_line_is_rule(const struct dict_line *line);	/* a line across the page, between entries */

/* A row of a message's segment table. */
struct dict_table_row {
	uint32_t tag;		/* SEG_TAG(); 0: a group */
	uint32_t group;		/* its number */
	uint32_t max;
	bool mandatory;
	unsigned int depth;	/* groups around a segment; of a group, itself included */
};
bool dict_line_table(struct str line, struct dict_table_row *row);

/* "n..18", "an3", "a..35" */
struct dict_repr {
	char type;		/* 'a', 'n', or 'x' for both */
	uint16_t min, max;
};

/* A row of a segment's or composite's description: how it begins, and how it ends. */
struct dict_row {
	uint32_t code;		/* DICT_CODE("C082"), DICT_CODE("3055") */
	bool has_position, is_inner;	/* numbered; indented as a component within a segment */
	bool mandatory, has_repr;
	uint16_t max;
	struct dict_repr repr;
};
bool dict_line_row_start(struct str line, struct dict_row *row);
bool dict_line_row_end(struct str line, struct dict_row *row);

/* The title of an entry: "AGR  AGREEMENT ...", "C001 TRANSPORT MEANS", "1001  Document ..."; its first word in head. */
bool dict_line_title(struct str line, struct str *head);

/* A code and its name in a code list; old lists begin them in column 3, new ones in column 5. */
bool dict_line_code(struct str line, struct str *code);

/* Four characters as a number that sorts as they do. */
static inline uint32_t
dict_code(struct str s)
{
	uint32_t v = 0;

	for (size_t i = 0; i < 4; i++)
		v = v << 8 | (i < s.n ? (unsigned char)s.p[i] : ' ');
	return v;
}

#endif
