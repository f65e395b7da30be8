/* SPDX-License-Identifier: ISC */
/*
 * edi.h - what is this file? X12, EDIFACT and XML business documents: recognised by content, their envelopes read
 * and checked. Pure: reads a buffer, allocates from the caller's arena. All slices in the results are parts of the
 * input (or of the arena where text had to be unescaped or decoded) and live as long as both.
 */
#ifndef EDIGATE_EDI_EDI_H
#define EDIGATE_EDI_EDI_H

#include "gateway/base/arena.h"
#include "gateway/base/err.h"

#define EDI_MESSAGES_KEPT 4096	/* messages described one by one; all are counted */
#define EDI_PROBLEMS_KEPT 256	/* problems described one by one; all are counted */
#define EDI_CERTAIN  100
#define EDI_HEAD_MAX 65536	/* bytes that edi_detect() looks at: comments may stand before an XML root */
#define EDI_VALUE_MAX 1024	/* bytes of an id, number or version: the standards' longest is 512 */
#define EDI_ARENA_MAX (48u << 20)	/* edi_read() takes less, whatever the size of the input */

/* What we put up with, named: never silently. A bit each in edi_facts.quirks. */
enum edi_quirk {
	EDI_QUIRK_BOM = 1,		/* a UTF-8 byte-order mark before an interchange */
	EDI_QUIRK_LEADING = 2,		/* blank lines before the first segment */
	EDI_QUIRK_TRAILING = 4,		/* NUL or 0x1A behind the last one */
	EDI_QUIRK_UNTERMINATED = 8,	/* IEA or UNZ ends with the file, without its terminator */
	EDI_QUIRK_WRAPPED = 16,		/* line breaks inside segments; left out of the values we show */
	EDI_QUIRK_TERM_WIDE = 32,	/* a terminator of several bytes (UTF-8) */
	EDI_QUIRK_BLANKS = 64,		/* blanks between segments */
	EDI_QUIRK_REPEATED = 128,	/* the number of a group used again, or a message repeated byte for byte */
	EDI_QUIRK_BEYOND = 256,		/* ASCII that levels A or B do not have: small letters, '@' */
	EDI_QUIRK_UTF8 = 512,		/* UTF-8 where UNB names another character set */
	EDI_QUIRK_ISA_WIDTH = 1024,	/* an ISA that is not 106 bytes, read by its separators; a fault as well */
	EDI_QUIRK_NO_REP = 2048,	/* ISA11 is a letter from version 00402 on: no repetition separator */
	EDI_QUIRK_LINES = 4096,		/* a line break behind a terminator that is none itself */
	EDI_QUIRK_UNA_BREAK = 8192,	/* a line break between UNA and UNB */
	EDI_QUIRK_BINARY = 16384,	/* BIN, BDS or UNO: bytes that are no text, passed over by their length */
	EDI_QUIRK_FUNCTION = 32768,	/* a transaction set in a group of another function (GS01) */
};

/* An interchange address: ISA05/06, UNB S002 0004/0007, EndpointID and its scheme. Blanks are trimmed. */
struct edi_party {
	struct str qual, id;
	struct str name;		/* XML: the party's name; else empty */
};

/* One transaction set (ST..SE), message (UNH..UNT) or XML document. */
struct edi_message {
	struct str type;		/* "850", "ORDERS", "Invoice", "CreditNote", "CrossIndustryInvoice" */
	struct str version;		/* "004010", "D:96A:UN", UBLVersionID, CII guideline id */
	struct str control;		/* ST02, UNH 0062; empty in XML */
	struct str group;		/* GS06, UNG 0048; empty without groups */
	struct str number;		/* the business number: BEG03, BIG02, BGM 1004, cbc:ID, ExchangedDocument/ID */
	uint64_t offset;		/* of its first byte */
	uint64_t segments;
};

/* A fault found. Offsets count from 0, segments, elements and components from 1 (0: not applicable). */
struct edi_problem {
	const char *code;		/* "unt-count", "iea-control", "una-bad", ...: listed in docs/EDI.md */
	uint64_t offset, segment;
	unsigned int element, component;
	struct str text;		/* found and wanted: "SE01 is 22, want 16 (segments from ST to SE)" */
};

/*
 * For a large file that is mapped and shall not all be in memory: told every EDI_PASSED_STEP bytes or so that what lies
 * before at will hardly be looked at again. Slices in the facts go on pointing there, so the mapping must stay.
 */
#define EDI_PASSED_STEP (1u << 20)
struct edi_passed {
	void (*passed)(void *with, size_t at);
	void *with;
};

enum edi_verdict {
	EDI_UNKNOWN,			/* no format claims it: format is NULL */
	EDI_VALID,
	EDI_BROKEN,			/* recognised; problems say where it is wrong */
};

/* What a PDF, a signature (.p7m) or an SBDH envelope carries; format is NULL for what is none of them. */
struct edi_inner {
	const struct edi_format *format;
	struct str bytes;		/* the arena's, or a slice of the input */
};

struct edi_facts {
	enum edi_verdict verdict;
	const struct edi_format *format;
	struct edi_party sender, receiver;	/* of the first interchange */
	struct str control;		/* ISA13, UNB 0020; in XML the document's ID */
	struct str version;		/* ISA12, "UNOC:3" */
	struct str profile;		/* XML: CustomizationID or guideline */
	struct edi_inner inner;		/* of a container: the document inside, whose facts these are */
	struct str type;		/* of the first message, "" without one */
	struct str number;		/* of the first message */
	bool test;			/* ISA15 T, UNB 0035 1 */
	bool ack_requested;		/* ISA14 1, UNB 0031 1 */
	size_t interchanges;		/* more than one may follow each other in a file */
	struct edi_message *messages;
	size_t n_messages, n_kept;	/* found, described */
	struct edi_problem *problems;
	size_t n_problems, n_problems_kept;
	bool mixed;			/* a later interchange has another sender or receiver */
	bool mixed_test;		/* some interchanges are tests, some are not */
	unsigned int quirks;		/* enum edi_quirk bits */
	const struct edi_passed *passed;	/* see edi_read_mapped(); the caller's */
	struct str guess;		/* EDI_UNKNOWN: what it looks like, in words ("JSON", "PDF", "UTF-16 text") */
};

struct env_syntax;

struct edi_format {
	const char *name;		/* "x12" "edifact" "tradacoms" "ubl" "cii" */
	const char *label;		/* "X12", "EDIFACT", "UBL", "CII" */
	const char *media_type;	/* RFC 1767: application/EDI-X12, application/EDIFACT; application/xml */
	const char *extension;		/* "x12" "edi" "xml" */
	/* How sure are the first bytes (up to EDI_HEAD_MAX): 0 not at all, up to EDI_CERTAIN. */
	int (*detect)(struct str head);
	/* One pass over all of in. Faults are problems in out, not errors; -1 is for our own limits only. */
	int (*read)(struct arena *a, struct str in, struct edi_facts *out, struct err *e);
	const struct env_syntax *syntax;	/* of what can be read in pieces (push.h); else NULL */
};

extern const struct edi_format *const edi_formats[];	/* NULL-ended, by certainty of detection */

const struct edi_format *edi_detect(struct str head);
int edi_read(struct arena *a, struct str in, struct edi_facts *out, struct err *e);
int edi_read_mapped(struct arena *a, struct str in, const struct edi_passed *passed,
    struct edi_facts *out, struct err *e);
/* Quirks by name: "bom, wrapped", empty without any; and one name's bit, false for an unknown one ("all" is all). */
struct str edi_quirks_text(struct arena *a, unsigned int quirks);
bool edi_quirk_bit(struct str name, unsigned int *bit);

/* What a partner is not to be forgiven: each of these quirks that the file has becomes a problem, "quirk-refused". */
void edi_refuse_quirks(struct arena *a, struct edi_facts *f, unsigned int refused);

/* Whose partner does not mind them: bytes that the character set does not have are no problem. */
void edi_forgive_charset(struct edi_facts *f);

/*
 * Does the file end where a complete document ends? For the watcher: looks at the first and last few KiB only and
 * needs no library (edi/complete.c links libc alone). False with a reason in why ("no IEA yet", "XML root <Invoice>
 * not closed", "empty"). Formats it does not know are complete.
 */
bool edi_complete(struct str head, struct str tail, const char **why);

#endif
