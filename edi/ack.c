/* SPDX-License-Identifier: ISC */
/* ack.c - the table of codes, and what X12 and EDIFACT have in common when they acknowledge. */
#include "edi/ack.h"

#include "edi/ack_format.h"
#include "edi/walk.h"

#include <string.h>

/* X12's element in error, and the segment it is in. */
#define IN_SEGMENT .set = "5", .segment = "8"

/*
 * X12: 716 (AK905), 718 (AK502), 720 (AK304), 723 (AK403), I18 (TA105); 23 of 718 is not in the versions before
 * 005010 but no other says it. EDIFACT: 0085 of ISO 9735-4.
 */
static const struct ack_code codes[] = {
	{ "isa-width", ACK_INTERCHANGE, .ta1 = "022" },		/* by element: note_of_isa() */
	{ "isa-signs", ACK_INTERCHANGE, .ta1 = "004" },
	{ "isa-tag", ACK_INTERCHANGE, .ta1 = "022" },
	{ "isa-short", ACK_INTERCHANGE, .ta1 = "022", .behind = true, .note = true },	/* another one, beside this */
	{ "isa-duplicate", ACK_INTERCHANGE, .ta1 = "025" },
	{ "iea-missing", ACK_INTERCHANGE, .ta1 = "023", .behind = true },
	{ "iea-count", ACK_INTERCHANGE, .ta1 = "021" },
	{ "iea-control", ACK_INTERCHANGE, .ta1 = "001" },
	{ "gs-missing", ACK_INTERCHANGE, .ta1 = "024" },
	{ "st-missing", ACK_INTERCHANGE, .ta1 = "024" },
	{ "ge-missing", ACK_GROUP, .group = "3", .behind = true },
	{ "ge-count", ACK_GROUP, .group = "5" },
	{ "ge-control", ACK_GROUP, .group = "4" },
	{ "se-missing", ACK_MESSAGE, .set = "2", .behind = true },
	{ "se-count", ACK_MESSAGE, .set = "4" },
	{ "se-control", ACK_MESSAGE, .set = "3" },
	{ "st-duplicate", ACK_MESSAGE, .set = "23" },
	{ "bin-length", ACK_HERE, .ta1 = "024", .set = "5", .segment = "8", .element = "7" },

	{ "una-bad", ACK_INTERCHANGE, .contrl = "22", .service = "UNA" },
	{ "unb-missing", ACK_INTERCHANGE, .contrl = "13", .service = "UNB" },
	{ "unb-short", ACK_INTERCHANGE, .contrl = "13", .service = "UNB" },
	{ "unb-syntax", ACK_INTERCHANGE, .contrl = "2", .service = "UNB" },
	{ "unb-duplicate", ACK_INTERCHANGE, .contrl = "26", .service = "UNB" },
	{ "unz-missing", ACK_INTERCHANGE, .contrl = "13", .service = "UNZ", .behind = true },
	{ "unz-count", ACK_INTERCHANGE, .contrl = "29", .service = "UNZ" },
	{ "unz-control", ACK_INTERCHANGE, .contrl = "28", .service = "UNZ" },
	{ "ung-missing", ACK_INTERCHANGE, .contrl = "30", .service = "UNG" },
	{ "une-missing", ACK_GROUP, .contrl = "13", .service = "UNE", .behind = true },
	{ "une-count", ACK_GROUP, .contrl = "29", .service = "UNE" },
	{ "une-control", ACK_GROUP, .contrl = "28", .service = "UNE" },
	{ "unh-missing", ACK_HERE, .contrl = "33" },
	{ "unh-short", ACK_MESSAGE, .contrl = "13", .service = "UNH" },
	{ "unh-duplicate", ACK_MESSAGE, .contrl = "26", .service = "UNH" },
	{ "unt-missing", ACK_MESSAGE, .contrl = "13", .service = "UNT", .behind = true },
	{ "unt-count", ACK_MESSAGE, .contrl = "29", .service = "UNT" },
	{ "unt-control", ACK_MESSAGE, .contrl = "28", .service = "UNT" },
	{ "uno-length", ACK_HERE, .contrl = "29" },

	{ "segment-tag", ACK_HERE, .ta1 = "024", .set = "5", .segment = "1", .contrl = "15" },
	{ "segment-empty", ACK_HERE, .ta1 = "024", .set = "5", .segment = "1", .contrl = "15" },
	{ "segment-misplaced", ACK_HERE, .ta1 = "024", .set = "5", .segment = "2", .contrl = "33" },
	{ "segment-cut", ACK_INTERCHANGE, .ta1 = "023", .contrl = "13", .service = "UNZ" },
	{ "segment-long", ACK_HERE, .ta1 = "024", .set = "5", .segment = "1", .contrl = "39" },
	{ "charset", ACK_HERE, .ta1 = "022", IN_SEGMENT, .element = "6", .contrl = "21" },
	{ "control-char", ACK_HERE, .ta1 = "022", IN_SEGMENT, .element = "6", .contrl = "21" },
	{ "value-long", ACK_HERE, .ta1 = "024", .group = "6", IN_SEGMENT, .element = "5", .contrl = "39" },
	{ "junk-before", ACK_INTERCHANGE, .ta1 = "022", .note = true },
	{ "junk-after", ACK_INTERCHANGE, .ta1 = "022", .behind = true, .note = true },
	{ "encoding", ACK_INTERCHANGE, .ta1 = "022", .contrl = "46", .service = "UNB" },
	{ "quirk-refused", ACK_INTERCHANGE, .ta1 = "024", .contrl = "18", .service = "UNB" },

	/* what a dictionary finds */
	{ "segment-unknown", ACK_HERE, .ta1 = "024", .set = "5", .segment = "1", .contrl = "15" },
	{ "segment-place", ACK_HERE, .ta1 = "024", .set = "5", .segment = "2", .contrl = "15" },
	{ "segment-missing", ACK_HERE, .missing = true, .ta1 = "024", .set = "5", .segment = "3", .contrl = "13" },
	{ "segment-often", ACK_HERE, .ta1 = "024", .set = "5", .segment = "5", .contrl = "35" },
	{ "group-often", ACK_HERE, .ta1 = "024", .set = "5", .segment = "4", .contrl = "36" },
	{ "element-missing", ACK_HERE, .ta1 = "024", IN_SEGMENT, .element = "1", .contrl = "13" },
	{ "element-condition", ACK_HERE, .ta1 = "024", IN_SEGMENT, .element = "2", .contrl = "13" },
	{ "element-extra", ACK_HERE, .ta1 = "024", IN_SEGMENT, .element = "3", .contrl = "16" },
	{ "element-short", ACK_HERE, .ta1 = "024", IN_SEGMENT, .element = "4", .contrl = "40" },
	{ "element-long", ACK_HERE, .ta1 = "024", IN_SEGMENT, .element = "5", .contrl = "39" },
	{ "element-type", ACK_HERE, .ta1 = "024", IN_SEGMENT, .element = "6", .contrl = "37" },
	{ "element-code", ACK_HERE, .ta1 = "024", IN_SEGMENT, .element = "7", .contrl = "12" },
	{ "element-date", ACK_HERE, .ta1 = "024", IN_SEGMENT, .element = "8", .contrl = "12" },
	{ "element-time", ACK_HERE, .ta1 = "024", IN_SEGMENT, .element = "9", .contrl = "12" },
	{ "element-exclusion", ACK_HERE, .ta1 = "024", IN_SEGMENT, .element = "10", .contrl = "16" },
	{ "element-often", ACK_HERE, .ta1 = "024", IN_SEGMENT, .element = "3", .contrl = "35" },
	{ "component-missing", ACK_HERE, .ta1 = "024", IN_SEGMENT, .element = "1", .contrl = "13" },
	{ "component-extra", ACK_HERE, .ta1 = "024", IN_SEGMENT, .element = "3", .contrl = "16" },
};

static const char *const verdict_names[] = {
	[ACK_NONE] = "none",
	[ACK_RECEIVED] = "received",
	[ACK_ACCEPTED] = "accepted",
	[ACK_ACCEPTED_ERRORS] = "accepted-errors",
	[ACK_PARTIAL] = "partial",
	[ACK_REJECTED] = "rejected",
};

const struct ack_code *
ack_code_of(const char *problem)
{
	static const struct ack_code other = { "", ACK_INTERCHANGE, .ta1 = "022", .contrl = "18" };

	for (size_t i = 0; i < N(codes); i++)
		if (strcmp(codes[i].problem, problem) == 0)
			return &codes[i];
	return &other;
}

const char *
ack_verdict_name(enum ack_verdict v)
{
	return verdict_names[v];
}

enum ack_verdict
ack_join(enum ack_verdict a, enum ack_verdict b)
{
	enum ack_verdict low = a < b ? a : b, high = a < b ? b : a;

	return high == ACK_REJECTED && low > ACK_RECEIVED && low < ACK_REJECTED ? ACK_PARTIAL : high;
}

bool
ack_is(const struct edi_facts *f)
{
	if (f->format == &edi_edifact)
		return str_eq(f->type, S("CONTRL"));
	return f->format == &edi_x12 &&
	    (str_eq(f->type, S("997")) || str_eq(f->type, S("999")) || str_eq(f->type, S("TA1")));
}

int
ack_write(struct arena *a, struct str in, const struct edi_facts *f, struct ack_order *o, struct buf *out,
    struct err *e)
{
	o->made = 0;
	o->verdict = ACK_NONE;
	if (f->format == &edi_x12)
		return x12_ack_write(a, in, f, o, out, e);
	if (f->format == &edi_edifact)
		return edifact_ack_write(a, in, f, o, out, e);
	return 0;
}

void
ack_read(struct arena *a, struct str in, const struct edi_facts *f, struct ack_said *out)
{
	struct ack_reader r = { .a = a, .said = out, .next_report = &out->reports };

	*out = (struct ack_said){ 0 };
	if (f->format != &edi_x12 && f->format != &edi_edifact)
		return;
	walk_start(&r.walk, f->format, in);
	seg_watch(&r.walk.r, f->passed);
	while ((r.step = walk_next(&r.walk)) != WALK_END) {
		if (f->format == &edi_x12)
			x12_ack_segment(&r);
		else
			edifact_ack_segment(&r);
	}
	ack_close_report(&r);
}
