/* SPDX-License-Identifier: ISC */
/* describe.h - what edi/ learnt of a document, put into messages: shared by pack and unpack. */
#ifndef EDIGATE_GATEWAY_DESCRIBE_H
#define EDIGATE_GATEWAY_DESCRIBE_H

#include "edi/ack.h"
#include "gateway/judge.h"
#include "gateway/role.h"
#include "mime/mic.h"

struct str describe_hex(struct arena *a, const struct mic *digest);		/* lower-case hexadecimal */
struct str describe_party(struct arena *a, struct edi_party p);			/* "14:4012345000009"; empty without an id */

/* "offset 128, segment 7: SE01 is ... (and 2 more)": the first problem. */
struct str describe_problem(struct arena *a, const struct edi_facts *f);

/* The fields of m that describe the document, its size and SHA-256 included. */
void describe_put(struct arena *a, struct msg *m, const struct edi_facts *f, struct span content);

/* One MSG_FINDING for each finding that was kept, and one for the others. */
void describe_findings(struct role *r, struct arena *a, int64_t job, int64_t payload,
    const struct judged *d);

/* One MSG_MESSAGE for each transaction set or message inside (the first hundred). */
void describe_messages(struct role *r, int64_t job, int64_t payload, const struct edi_facts *f);

/*
 * One MSG_ACK for each interchange or group that an acknowledgement in content speaks of (the first hundred), behind it
 * one MSG_ACK_MESSAGE for each message that it names (the first thousand of all).
 */
void describe_acks(struct role *r, struct arena *a, int64_t job, int64_t payload, const struct edi_facts *f,
    struct str content);

struct str describe_stamp(struct arena *a);	/* now, in UTC: "20261123160300" */

/* MSG_ACK_DUE, where content is due an acknowledgement by what is agreed with pt, and what was found in it. */
void describe_ack_due(struct role *r, struct arena *a, int64_t job, int64_t payload, const struct partner *pt,
    const struct edi_facts *f, const struct judged *d, struct str content);

#endif
