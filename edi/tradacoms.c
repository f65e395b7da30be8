/* SPDX-License-Identifier: ISC */
/*
 * tradacoms.c - one pass over TRADACOMS transmissions. The signs are fixed: "TAG=element+element:component'", '?' releases.
 * A transmission is a file of several messages: a header (ORDHDR), the documents (ORDERS), a trailer (ORDTLR).
 */
#include "edi/tradacoms.h"

#include "edi/envelope.h"

#include <inttypes.h>

#define TAG_STX SEG_TAG('S', 'T', 'X')
#define TAG_END SEG_TAG('E', 'N', 'D')
#define TAG_MHD SEG_TAG('M', 'H', 'D')
#define TAG_MTR SEG_TAG('M', 'T', 'R')
#define TAG_BAT SEG_TAG('B', 'A', 'T')
#define TAG_EOB SEG_TAG('E', 'O', 'B')

static const struct seg_signs signs = { '+', ':', SEG_EQUALS, '?', "'", 1 };

/* Where a message keeps the number that people know it by. */
static const struct number_place {
	const char *type;
	uint32_t tag;
	unsigned int element;
} number_places[] = {
	{ "ORDERS", SEG_TAG('O', 'R', 'D'), 1 },
	{ "INVOIC", SEG_TAG('I', 'R', 'F'), 1 },
	{ "CREDIT", SEG_TAG('C', 'R', 'F'), 1 },
	{ "DELIVR", SEG_TAG('D', 'E', 'L'), 1 },
	{ "ACKMNT", SEG_TAG('A', 'C', 'K'), 1 },
	{ "UTLBIL", SEG_TAG('B', 'C', 'D'), 3 },
};

static void
problem(struct envelope *x, unsigned int element, const char *code, const char *text)
{
	facts_problem(x->a, x->f, env_place(x, element, 0), code, "%s", text);
}

static void
end_batch(struct envelope *x, bool missing)
{
	env_close_message(x, true);
	if (x->in_group && missing)
		problem(x, 0, "eob-missing", "no EOB for the BAT before");
	x->in_group = false;
}

static void
find_number(struct envelope *x)
{
	x->number_tag = SEG_TAG('F', 'I', 'L');	/* a header message has the file's */
	x->number_element = 1;
	x->number_component = 1;
	for (size_t i = 0; i < N(number_places); i++) {
		if (!str_eq(x->message.type, str_of(number_places[i].type)))
			continue;
		x->number_tag = number_places[i].tag;
		x->number_element = number_places[i].element;
	}
}

static void
read_mhd(struct envelope *x)
{
	env_close_message(x, true);
	x->messages++;
	x->in_this_group++;
	x->message = (struct edi_message){ .type = env_value(x, 2, 1),
		.version = env_value(x, 2, 2),
		.control = env_value(x, 1, 0) };
	if (x->message.type.n == 0)
		problem(x, 2, "mhd-short", "MHD names no message type");
	find_number(x);
	env_open_message(x, x->f->interchanges);
}

static void
read_mtr(struct envelope *x)
{
	if (!x->in_message) {
		problem(x, 0, "mhd-missing", "MTR without an MHD before it");
		return;
	}
	env_check_count(x, "mtr-count", "MTR 1", x->seg.ordinal - x->message_first + 1,
	    "segments from MHD to MTR");
	env_close_message(x, false);
}

static void
read_eob(struct envelope *x)
{
	env_close_message(x, true);
	if (!x->in_group)
		problem(x, 0, "bat-missing", "EOB without a BAT before it");
	else
		env_check_count(x, "eob-count", "EOB 1", x->in_this_group, "messages from BAT to EOB");
	end_batch(x, false);
}

static void
read_end(struct envelope *x)
{
	end_batch(x, true);
	env_check_count(x, "end-count", "END 1", x->messages, "messages from STX to END");
	env_note_unterminated(x);
}

/* Returns false at the end of the transmission. */
static bool
read_segment(struct envelope *x)
{
	uint32_t tag = x->seg.tag;

	if (tag != TAG_MHD && tag != TAG_MTR && tag != TAG_BAT && tag != TAG_EOB && tag != TAG_END) {
		env_read_body(x, false);
		return true;
	}
	env_check_bytes(x);
	if (tag == TAG_MHD) {
		read_mhd(x);
	} else if (tag == TAG_MTR) {
		read_mtr(x);
	} else if (tag == TAG_EOB) {
		read_eob(x);
	} else if (tag == TAG_BAT) {
		end_batch(x, true);
		x->in_group = true;
		x->in_this_group = 0;
	} else {
		read_end(x);
		return false;
	}
	return true;
}

static void
read_stx(struct envelope *x)
{
	static const struct { unsigned int element; const char *name; } wanted[] = {
		{ 1, "syntax" }, { 2, "sender" }, { 3, "recipient" }, { 4, "date" }, { 5, "transmission reference" },
	};
	struct edi_party sender = { .id = env_value(x, 2, 1), .name = env_value(x, 2, 2) };
	struct edi_party receiver = { .id = env_value(x, 3, 1), .name = env_value(x, 3, 2) };
	uint64_t first;

	env_check_bytes(x);
	for (size_t i = 0; i < N(wanted); i++)
		if (env_value(x, wanted[i].element, 0).n == 0)
			facts_problem(x->a, x->f, env_place(x, wanted[i].element, 0),
			    "stx-short", "STX has no %s", wanted[i].name);
	x->control = env_value(x, 5, 1);
	if (x->f->interchanges == 0) {
		x->f->control = x->control;
		x->f->version = env_value(x, 1, 0);
	}
	if (sender.id.n == 0)
		sender.id = sender.name;
	if (receiver.id.n == 0)
		receiver.id = receiver.name;
	env_note_parties(x, sender, receiver, false);
	if (env_is_repeated(x, "STX", refs_key(refs_key(0, sender.id), receiver.id), x->control, &first))
		facts_problem(x->a, x->f, env_place(x, 5, 1), "stx-duplicate",
		    "STX reference '%s' is used twice, first at offset %" PRIu64, env_show(x, x->control), first);
}

static bool
starts(struct str next)
{
	return str_starts(next, S("STX="));
}

static void
begin(struct envelope *x)
{
	struct seg_reader *r = &x->r;
	struct str rest = str_from(r->in, r->at);

	if (starts(rest)) {
		seg_use(r, &signs, NULL);
		x->messages = x->in_this_group = 0;
		x->in_group = x->outside = false;
		x->state = ENV_INSIDE;
		(void)seg_next(r, &x->seg);
		read_stx(x);
	} else if (x->f->interchanges == 0 && str_starts(rest, S("STX"))) {
		facts_problem(x->a, x->f, (struct edi_place){ .offset = r->base + r->at + 3, .segment = 1 }, "stx-signs",
		    "the sign behind STX is '%s', want '='", env_show(x, str_sub(rest, 3, 1)));
		x->state = ENV_OVER;
	} else {
		env_note_junk(x);
	}
}

static void
lacks_end(struct envelope *x)
{
	end_batch(x, true);
	facts_problem(x->a, x->f, env_place(x, 0, 0), "end-missing", "no END for the STX '%s'", env_show(x, x->control));
}

/* "STX=ANA:1+", as it begins a transmission, or a line. */
static size_t
find_start(struct str in, size_t at)
{
	size_t hit;

	while (str_find(str_from(in, at), S("STX="), &hit)) {
		at += hit;
		if (at == 0 || in.p[at - 1] == '\n' || in.p[at - 1] == '\'')
			return at;
		at++;
	}
	return in.n;
}

static int
tradacoms_detect(struct str head)
{
	struct str in = head;

	if (str_starts(in, S("\xef\xbb\xbf")))
		in = str_from(in, 3);
	while (in.n > 0 && is_space(in.p[0]))
		in = str_from(in, 1);
	if (str_starts(in, S("STX=")))
		return str_starts(in, S("STX=ANA")) ? 100 : 90;
	if (str_starts(in, S("STX+ANA:")))
		return 70;
	return find_start(head, 0) < head.n && str_find(head, S("MHD="), NULL) ? 50 : 0;
}

static const struct env_syntax tradacoms_syntax = {
	.header = "MHD", .trailer = "MTR", .control = "MHD 1", .control_element = 1,
	.missing = "mtr-missing", .duplicate = "mhd-duplicate",
	.start = "STX", .end = "END", .tag_min = 3, .label = "TRADACOMS",
	.find = find_start, .starts = starts, .begin = begin,
	.segment = read_segment, .lacks_end = lacks_end,
};

static int
tradacoms_read(struct arena *a, struct str in, struct edi_facts *out, struct err *e)
{
	(void)e;
	env_read(&tradacoms_syntax, a, in, out);
	return 0;
}

const struct edi_format edi_tradacoms = {
	.name = "tradacoms",
	.label = "TRADACOMS",
	.media_type = "application/EDI-consent",
	.extension = "tra",
	.detect = tradacoms_detect,
	.read = tradacoms_read,
	.syntax = &tradacoms_syntax,
};
