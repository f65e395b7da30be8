/* SPDX-License-Identifier: ISC */
/* compose_ubl.h - what the parts of a UBL document share. */
#ifndef EDIGATE_EDI_COMPOSE_UBL_H
#define EDIGATE_EDI_COMPOSE_UBL_H

#include "edi/compose_make.h"
#include "edi/xml_write.h"

struct ubl_kind {
	enum model_kind kind;
	const char *root, *type, *line, *qty; /* line: the element that has the line's values */
	const char *seller, *buyer, *totals;
};

struct ubl {
	struct composer *c;
	const struct model *m;
	const struct ubl_kind *kind;
	struct xml_write x;
};

void ubl_text(struct ubl *u, const char *name, struct str value);

/* One element within another, if it says anything. */
void ubl_within(struct ubl *u, const char *outer, const char *name, struct str value);

void ubl_tax_scheme(struct ubl *u);
void ubl_party(struct ubl *u, enum model_role role, const char *outer,
               const char *inner); /* outer may be NULL */
void ubl_delivery(struct ubl *u);

#endif
