/* SPDX-License-Identifier: ISC */
/*
 * ack.h - what the receiver of an interchange says of its syntax: TA1, 997 and 999 for X12, CONTRL for EDIFACT; made
 * from what edi_read() found, and read when it comes from a partner. Pure; results live in the caller's arena.
 *
 * One table gives every code of a struct edi_problem its codes in all of these. Acknowledgements are never
 * acknowledged.
 */
#ifndef EDIGATE_EDI_ACK_H
#define EDIGATE_EDI_ACK_H

#include "edi/dict_check.h"
#include "edi/edi.h"
#include "gateway/base/buf.h"

#define ACK_NUMBER_MAX	 999999999u	/* of a control number: nine digits in X12 */
#define ACK_MESSAGES_MAX 16384	/* messages of a file that we acknowledge one by one; more is ERR_INPUT */
#define ACK_SAID_MAX	 16384	/* reports, messages and errors that are kept of a received acknowledgement */
#define ACK_SIZE_MAX	 (4u << 20)	/* what ack_write() makes is smaller */
#define ACK_ARENA_MAX	 (16u << 20)	/* room for edi_read() and ack_write() or ack_read() */

/* ---- the codes ---- */

enum ack_level {
	ACK_INTERCHANGE,
	ACK_GROUP,
	ACK_MESSAGE,
	ACK_HERE,		/* the innermost of these three that the place is in */
};

/* Codes as the standards write them; NULL: it has none at that level. */
struct ack_code {
	const char *problem;	/* of struct edi_problem */
	enum ack_level level;	/* whose fault it is */
	bool behind;		/* the place given is the first segment behind what it is about */
	bool missing;		/* a segment that is not there: its place is that of the last one before it */
	bool note;		/* told of, but nothing is refused for it */
	const char *ta1;	/* TA105, interchange note */
	const char *group;	/* AK905 */
	const char *set;	/* AK502, IK502 */
	const char *segment;	/* AK304, IK304 */
	const char *element;	/* AK403, IK403 */
	const char *contrl;	/* 0085 */
	const char *service;	/* 0135: the service segment at fault */
};

/* Never NULL: a code that the table does not know refuses the interchange for an unspecified error. */
const struct ack_code *ack_code_of(const char *problem);

/* ---- making one ---- */

enum ack_verdict {
	ACK_NONE,		/* nothing was said */
	ACK_RECEIVED,		/* it arrived; no more than that */
	ACK_ACCEPTED,
	ACK_ACCEPTED_ERRORS,	/* accepted, with errors noted */
	ACK_PARTIAL,
	ACK_REJECTED,
};

enum ack_when {
	ACK_AUTO,		/* TA1, CONTRL: where the header asks (ISA14, UNB 0031) or something is wrong; 997, 999: always */
	ACK_ALWAYS,
	ACK_ON_ERROR,		/* where something is wrong with it, or with what is in it */
	ACK_NEVER,
};

struct ack_order {
	struct str now;		/* UTC, "20261123160300" */
	bool receipt;		/* CONTRL: say only that it arrived (0083 8), unless it is refused */
	enum ack_when ta1, set, contrl;	/* an interchange of X12, a group (997, 999), an interchange of EDIFACT */
	const struct dict_findings *findings;	/* what dict_check() found in what f calls valid; NULL: not looked at, or kept to us */
	bool refuse;		/* its errors refuse the message; else they are only noted, as far as the syntax has words for that */
	/* Control numbers to be used first; counted up by those used. Each at most 999999999. */
	uint64_t interchange;	/* ISA13, UNB 0020 */
	uint64_t group;		/* GS06 */
	/* What came of it. */
	size_t made;		/* interchanges written, one for each that was received and wants one */
	enum ack_verdict verdict;
};

/*
 * The acknowledgement of in, of which edi_read() said f, into out. Nothing is written, and made is 0, where nothing is
 * wanted or may be: for other formats, for acknowledgements, for an interchange that does not say whom to answer.
 * Returns -1 where there are too many messages, or control numbers are used up.
 */
int ack_write(struct arena *a, struct str in, const struct edi_facts *f, struct ack_order *o, struct buf *out,
    struct err *e);

/*
 * The same with other control numbers: in is what ack_write() made with any. Counted up as there: each interchange and
 * each group takes one. Returns -1 where they are used up, or out is full.
 */
int ack_renumber(struct str in, const struct edi_format *format, uint64_t interchange,
    uint64_t group, struct buf *out, struct err *e);

/* ---- reading one ---- */

enum ack_kind { ACK_TA1, ACK_997, ACK_999, ACK_CONTRL };

/* Places count from 1, the header of a message or the tag of a segment not included in element; 0: not said. */
struct ack_error {
	struct str code;	/* AK304, AK403, AK502, AK905, TA105, 0085: as they wrote it */
	struct str tag;		/* AK301; CONTRL: 0135 */
	uint64_t segment;	/* of the message, its header is 1 */
	unsigned int element, component;
	struct str value;	/* AK404, what they found there */
	struct ack_error *next;
};

struct ack_message {
	struct str type, control;	/* "850" and ST02, "ORDERS" and UNH 0062 */
	enum ack_verdict verdict;
	struct ack_error *errors;
	struct ack_message *next;
};

/* What one TA1, AK1 loop, UCI or UCF says. */
struct ack_report {
	enum ack_kind kind;
	uint64_t segment;	/* of the file, that begins it: TA1, AK1, UCI, UCF */
	struct edi_party sender, receiver;	/* of what was acknowledged: we, the partner */
	struct str interchange;	/* ISA13, UNB 0020 of it; empty in 997 and 999 */
	struct str group;	/* GS06, UNG 0048; empty where the interchange is spoken of */
	struct str group_type;	/* AK101: GS01 */
	enum ack_verdict verdict;	/* with that of its messages */
	struct ack_error *errors;
	struct ack_message *messages;	/* not all need be named: the verdict holds for the others */
	size_t n_messages;
	struct ack_report *next;
};

struct ack_said {
	struct ack_report *reports;	/* in their order; NULL: there is no acknowledgement in it */
	size_t n_reports, n_kept;	/* found; reports, messages and errors that were kept */
	size_t n_others;	/* messages in the same file that are no acknowledgements */
	enum ack_verdict verdict;	/* of all together */
};

/* Read what partners write, as tolerantly as it can be understood; where it contradicts itself the worse holds. */
void ack_read(struct arena *a, struct str in, const struct edi_facts *f, struct ack_said *out);

/* What an error's code says, in a few words; NULL: none of the codes that we know. of_message: else of a group. */
const char *ack_error_words(enum ack_kind kind, const struct ack_error *e, bool of_message);

/* Does a file with these facts begin with an acknowledgement? */
bool ack_is(const struct edi_facts *f);

const char *ack_verdict_name(enum ack_verdict v);	/* "accepted-errors" */
enum ack_verdict ack_join(enum ack_verdict a, enum ack_verdict b);	/* one word for two parts of the same thing */

#endif
