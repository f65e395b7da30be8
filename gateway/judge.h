/* SPDX-License-Identifier: ISC */
/*
 * judge.h - a document's content held against what is agreed with its partner: dictionaries, schemas, business rules, the
 * signature around it. For pack and unpack; what edi_read() says of its envelope stands in the facts, and comes first.
 */
#ifndef EDIGATE_GATEWAY_JUDGE_H
#define EDIGATE_GATEWAY_JUDGE_H

#include "edi/dict_check.h"
#include "edi/edi.h"
#include "gateway/conf.h"

#define JUDGE_KEPT 20u	/* findings of a document that are told one by one; all are counted */

struct judge;		/* the dictionaries, read once */

struct judge_finding {
	struct str code;	/* "element-code", "BR-CO-10", "schema", "signature-bad" */
	bool warning;
	struct str text;	/* where, what was found, what was wanted */
};

struct judged {
	struct judge_finding kept[JUDGE_KEPT];
	size_t n_kept, n_errors, n_warnings;
	struct dict_findings dict;	/* for acknowledgements; checked 0: no dictionary has its messages */
};

/* The dictionaries of [edi] and of all partners. -1 with ERR_CONFIG: one cannot be read. */
int judge_open(const struct conf *c, struct judge **out, struct err *e);

/*
 * What is found in the bytes in, of which edi_read() said f, to that level. What is broken already is not
 * looked into. now_ms: for certificates around it.
 */
void judge(struct judge *j, struct arena *a, struct str in, const struct edi_facts *f, const struct partner *pt,
    enum conf_level level, int64_t now_ms, struct judged *out);

/* "2 errors, 1 warning: offset 120, segment 7: ..." */
struct str judge_text(struct arena *a, const struct judged *d);

#endif
