/* SPDX-License-Identifier: ISC */
/*
 * dict_check.h - the messages of an EDIFACT or X12 file held against a dictionary: order, presence and repetition of segments
 * and groups; presence, length, type and code of elements and components, dates, syntax rules. For what edi_read() has called valid: of the
 * envelopes nothing is said here.
 */
#ifndef EDIGATE_EDI_DICT_CHECK_H
#define EDIGATE_EDI_DICT_CHECK_H

#include "edi/dict.h"
#include "edi/edi.h"

struct dict_finding {
	struct edi_problem problem;	/* codes: docs/EDI.md */
	bool warning;
	const char *level;		/* "segment", "element", "component" */
	unsigned int repetition;	/* of the element, from 1; 0: not applicable */
	struct str tag;			/* of the segment; where one is missing, its */
	struct str reference;		/* the data element's or composite's number in the dictionary: "3039", "C082"; or empty */
	struct str value;		/* what stands there, release signs resolved, cut to EDI_VALUE_MAX; or empty */
};

struct dict_findings {
	struct dict_finding *kept;	/* EDI_PROBLEMS_KEPT at most; all are counted */
	size_t n_kept, n_errors, n_warnings;
	size_t n_errors_kept;
	size_t checked;			/* messages */
	size_t unknown;			/* messages that the dictionary does not have: nothing was checked in them */
	struct str first_unknown;	/* "ORDERS D:96A:UN" */
};

/* Has the dictionary the first message of the file that edi_read() said f of? */
bool dict_knows(const struct dict *dict, const struct edi_facts *f);

/*
 * Check all of in, which edi_read() said f of. A code that is not in the UN's list is an error if codes_strict, else a warning:
 * industries extend the lists.
 */
void dict_check(struct arena *a, struct str in, const struct edi_facts *f, const struct dict *dict,
    bool codes_strict, struct dict_findings *out);

#endif
