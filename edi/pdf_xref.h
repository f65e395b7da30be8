/* SPDX-License-Identifier: ISC */
/* pdf_xref.h - where the objects of a PDF are: read from its cross-reference, or found without it. */
#ifndef EDIGATE_EDI_PDF_XREF_H
#define EDIGATE_EDI_PDF_XREF_H

#include "edi/pdf_file.h"

/* Fill entries, root and encrypted by "startxref" and all that it leads to. False when a part of it is damaged. */
bool pdf_xref_read(struct pdf *p);

/* The same by looking at every "obj" and "trailer" of the file. */
bool pdf_xref_repair(struct pdf *p);

#endif
