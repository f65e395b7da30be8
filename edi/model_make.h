/* SPDX-License-Identifier: ISC */
/* model_make.h - how the readers of the formats fill a struct model. */
#ifndef EDIGATE_EDI_MODEL_MAKE_H
#define EDIGATE_EDI_MODEL_MAKE_H

#include "edi/model.h"
#include "edi/pieces.h"

/* One document being read; the current ones of its lists are where the next values go. */
struct model_maker {
	struct arena *a;
	struct model_file *file;
	struct model *m;
	bool summary;			/* behind the lines */
	struct model_party *party;	/* NULL: not within one */
	struct model_line *line;	/* NULL: not within one */
	struct model_allowance *allowance;
	struct model_tax *tax;
	uint64_t segment;		/* the one that is being read */
	size_t n_ta1;			/* documents that are no messages */
	struct model spare;		/* where the values of those go that are over the limit */
	struct model_party spare_party;
	struct model_line spare_line;
	struct model_allowance spare_allowance;
	struct model_tax spare_tax;
};

/* A new last item of each list; never NULL. */
void model_add_document(struct model_maker *k, enum model_kind kind);
struct model_party *model_add_party(struct model_maker *k, enum model_role role, struct str qual);
struct model_line *model_add_line(struct model_maker *k);
struct model_allowance *model_add_allowance(struct model_maker *k, bool charge);	/* of the line we are in */
struct model_tax *model_add_tax(struct model_maker *k);

/* Nothing is added for an empty value. */
void model_add_id(struct model_party *p, struct str scheme, struct str value);
void model_add_street(struct model_party *p, struct str line);
void model_add_ref(struct model_maker *k, enum model_ref_kind kind, struct str qual, struct str value);
void model_add_date(struct model_maker *k, struct str kind, struct str value);
void model_add_discount(struct model_maker *k, struct model_discount d);
void model_add_note(struct model_maker *k, struct str text);
void model_add_finding(struct model_maker *k, struct model_finding f);

/* Amounts: to is set to the number as decimal text; what is none is a finding. place as in the finding. */
void model_number(struct model_maker *k, struct str *to, struct str text);
void model_implied(struct model_maker *k, struct str *to, struct str text);	/* X12 N2: 2 digits behind an unwritten point */

/* 20261120, 261120, 202611201030: as ISO 8601, empty when it is no date. */
struct str model_day(struct arena *a, struct str text);

/* Component j of element i as a person reads it, in UTF-8. */
struct str model_value(struct model_maker *k, struct pieces *p, unsigned int i, unsigned int j);

/* Give each acknowledgement of the file what it says. */
void model_acks(struct model_maker *k);

void model_x12_segment(struct model_maker *k, struct pieces *p);
void model_edifact_segment(struct model_maker *k, struct pieces *p);
int model_xml_read(struct model_maker *k, const struct edi_format *format, struct str in, struct err *e);

/* Hold the sums against their parts. */
void model_check(struct model_maker *k);

#endif
