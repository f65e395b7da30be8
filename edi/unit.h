/* SPDX-License-Identifier: ISC */
/*
 * unit.h - what things are counted in: X12's element 355, EDIFACT's 6411 as it is used with the older directories, and
 * UN/ECE Recommendation 20 with 21 (as UBL and CII are to have it). One code means another thing in another list (CN: can,
 * container; ST: set, sheet), so a code is nothing without its list.
 */
#ifndef EDIGATE_EDI_UNIT_H
#define EDIGATE_EDI_UNIT_H

#include "edi/edi.h"

enum unit_list { UNIT_X12, UNIT_EDIFACT, UNIT_UN, UNIT_LISTS };

enum unit_list unit_list_of(const struct edi_format *f);

/* The code for the same thing in the other list. One that the table does not have stays as it is; then false. */
bool unit_translate(struct str code, enum unit_list from, enum unit_list to, struct str *out);

/* A short word for people, "pcs"; NULL: none. */
const char *unit_word(struct str code, enum unit_list list);

#endif
