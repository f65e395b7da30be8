/* SPDX-License-Identifier: ISC */
/*
 * edifact.c - one pass over EDIFACT interchanges. Envelopes are read and their counts and references held against
 * what stands between them; of the segments inside a message only the one with the business number is looked at.
 * After a fault reading goes on, so that one report names all of them.
 */
#include "edi/edifact.h"

#include "edi/envelope.h"

#include <inttypes.h>

#define TAG_UNB SEG_TAG('U', 'N', 'B')
#define TAG_BGM SEG_TAG('B', 'G', 'M')
#define TAG_UCI SEG_TAG('U', 'C', 'I')

static void
problem(struct envelope *x, unsigned int element, const char *code, const char *text)
{
	facts_problem(x->a, x->f, env_place(x, element, 0), code, "%s", text);
}

static const struct number {
	unsigned int element;
	const char *name;
} unb_numbers[] = { { 2, "UNB 0004" }, { 3, "UNB 0010" }, { 5, "UNB 0020" } },
    unh_numbers[] = { { 1, "UNH 0062" }, { 2, "UNH 0065" } };

static void
check_numbers(struct envelope *x, const struct number *numbers, size_t n)
{
	for (size_t i = 0; i < n; i++)
		env_check_number(x, numbers[i].element, 1, numbers[i].name);
}

static void
end_group(struct envelope *x, bool missing)
{
	env_close_message(x, true);
	if (x->in_group && missing)
		facts_problem(x->a, x->f, env_place(x, 0, 0), "une-missing", "no UNE for the UNG '%s'",
		    env_show(x, x->group));
	x->in_group = false;
}

static void
read_ung(struct envelope *x)
{
	uint64_t first;

	end_group(x, true);
	if (x->groups == 0 && x->messages > 0)
		problem(x, 0, "segment-misplaced",
		    "UNG after a message without one: all or none stand in groups");
	x->in_group = true;
	x->groups++;
	x->in_this_group = 0;
	x->group = env_value(x, 5, 1);
	if (env_is_repeated(x, "UNG 0048", x->f->interchanges, x->group, &first))
		x->r.quirks |= EDI_QUIRK_REPEATED;
}

static void
read_une(struct envelope *x)
{
	env_close_message(x, true);
	if (!x->in_group) {
		problem(x, 0, "ung-missing", "UNE without a UNG before it");
		return;
	}
	env_check_count(x, "une-count", "UNE 0060", x->in_this_group, "messages from UNG to UNE");
	env_check_control(x, "une-control", "UNE 0048", x->group, "UNG 0048");
	end_group(x, false);
}

/* "D:96A:UN" whatever the component sign: a slice where it is a colon already. */
static struct str
joined(struct envelope *x, unsigned int element, unsigned int from, unsigned int to)
{
	struct str all = env_value(x, element, from), next;
	bool slice = x->r.signs.comp == ':';

	for (unsigned int i = from + 1; i <= to; i++) {
		next = env_value(x, element, i);
		if (next.n == 0)
			break;
		if (slice && all.p + all.n + 1 == next.p)
			all.n += 1 + next.n;
		else if (env_may_copy(x, 2 * all.n + next.n + 2))
			all = str_cat(x->a, str_cat(x->a, all, S(":")), next);
	}
	return all;
}

static void
read_unh(struct envelope *x)
{
	env_close_message(x, true);
	if (x->groups > 0 && !x->in_group)
		problem(x, 0, "ung-missing", "UNH outside of UNG and UNE");
	x->messages++;
	x->in_this_group++;
	x->message = (struct edi_message){
		.type = env_value(x, 2, 1),
		.version = joined(x, 2, 2, 4),
		.control = env_value(x, 1, 1),
		.group = x->in_group ? x->group : S(""),
	};
	x->number_tag = TAG_BGM;
	x->number_element = 2;
	x->number_component = 1;
	if (str_eq(x->message.type, S("CONTRL"))) {	/* known by the interchange that it answers */
		x->number_tag = TAG_UCI;
		x->number_element = 1;
	}
	check_numbers(x, unh_numbers, N(unh_numbers));
	if (x->message.type.n == 0)
		problem(x, 2, "unh-short", "UNH names no message type (0065)");
	env_open_message(x, x->f->interchanges << 32 | x->groups);
}

static void
read_unt(struct envelope *x)
{
	if (!x->in_message) {
		problem(x, 0, "unh-missing", "UNT without a UNH before it");
		return;
	}
	env_check_count(x, "unt-count", "UNT 0074", x->seg.ordinal - x->message_first + 1,
	    "segments from UNH to UNT");
	env_check_control(x, "unt-control", "UNT 0062", x->message.control, "UNH 0062");
	env_close_message(x, false);
}

static void
read_unz(struct envelope *x)
{
	end_group(x, true);
	env_check_count(x, "unz-count", "UNZ 0036", x->groups > 0 ? x->groups : x->messages,
	    x->groups > 0 ? "groups from UNB to UNZ" : "messages from UNB to UNZ");
	env_check_control(x, "unz-control", "UNZ 0020", x->control, "UNB 0020");
	env_note_unterminated(x);
}

static void
bad_object(struct envelope *x, struct edi_place length, const char *n)
{
	facts_problem(x->a, x->f, length, "uno-length", "no UNP behind the '%s' bytes that UNO 0810 tells of", n);
}

static void
bad_far_object(struct envelope *x)
{
	bad_object(x, x->far_place, str_cstr(x->a, str_fmt(x->a, "%" PRIu64, x->far_size)));
}

/* ISO 9735-8: UNO, as many bytes of anything as its 0810 says, UNP. A package counts as a message does. */
static void
read_uno(struct envelope *x)
{
	struct str length = env_value(x, 4, 1);
	struct seg_far object;

	env_close_message(x, true);
	x->messages++;
	x->in_this_group++;
	if (!edifact_object(&x->r, &x->seg, length, &object) ||
	    env_object(x, &object, env_place(x, 4, 1)) == SEG_OBJECT_NONE)
		bad_object(x, env_place(x, 4, 1), env_show(x, length));
}

/* ISO 9735-5 puts its security segments (USH, USA, UST ...) also between UNB and UNH. */
static bool
may_stand_outside(uint32_t tag)
{
	return tag >> 8 == SEG_TAG('U', 'S', ' ') >> 8 || tag == SEG_TAG('U', 'N', 'P');
}

/* Returns false at the end of the interchange. */
static bool
read_segment(struct envelope *x)
{
	if (x->seg.tag >> 8 == SEG_TAG('U', 'N', ' ') >> 8)
		env_check_bytes(x);
	switch (x->seg.tag) {
	case SEG_TAG('U', 'N', 'G'):
		read_ung(x);
		break;
	case SEG_TAG('U', 'N', 'H'):
		read_unh(x);
		break;
	case SEG_TAG('U', 'N', 'T'):
		read_unt(x);
		break;
	case SEG_TAG('U', 'N', 'E'):
		read_une(x);
		break;
	case SEG_TAG('U', 'N', 'O'):
		read_uno(x);
		break;
	case SEG_TAG('U', 'N', 'Z'):
		read_unz(x);
		return false;
	default:
		env_read_body(x, may_stand_outside(x->seg.tag));
	}
	return true;
}

/* 0001: UNOA to UNOL, UNOW, UNOX, UNOY are ISO 9735's; other agencies (IATA, ANSI) have their own. */
static bool
is_syntax_known(struct str id)
{
	if (id.n != 4)
		return false;
	return !str_starts(id, S("UNO")) || str_chr(S("ABCDEFGHIJKLWXY"), id.p[3], NULL);
}

/* UNB must say from whom, to whom, when and under which reference: ISO 9735-1, annex C. */
static void
check_unb(struct envelope *x)
{
	static const struct { unsigned int element; const char *name; } wanted[] = {
		{ 1, "0001 syntax identifier" },
		{ 2, "0004 sender" },
		{ 3, "0010 recipient" },
		{ 4, "0017 date" },
		{ 5, "0020 control reference" },
	};
	struct str syntax = env_value(x, 1, 1);

	for (size_t i = 0; i < N(wanted); i++)
		if (env_value(x, wanted[i].element, 1).n == 0)
			facts_problem(x->a, x->f, env_place(x, wanted[i].element, 1), "unb-short",
			    "UNB has no %s", wanted[i].name);
	if (syntax.n > 0 && !is_syntax_known(syntax))
		facts_problem(x->a, x->f, env_place(x, 1, 1), "unb-syntax",
		    "UNB names the syntax '%s', want one of UNOA to UNOL, UNOW, UNOX, UNOY",
		    env_show(x, syntax));
}

static void
read_unb(struct envelope *x)
{
	struct edi_facts *f = x->f;
	struct seg_signs signs = x->r.signs;
	struct edi_party sender, receiver;
	uint64_t first;

	if (str_cmp(env_value(x, 1, 2), S("4")) < 0)
		signs.rep = -1;		/* before syntax 4 that byte of the UNA was reserved */
	seg_use(&x->r, &signs, edi_charset_of(env_value(x, 1, 1)));
	seg_back(&x->r, &x->seg);
	(void)seg_next(&x->r, &x->seg);	/* the UNB itself is in that character set, too */
	env_check_bytes(x);
	sender = (struct edi_party){ .id = env_value(x, 2, 1), .qual = env_value(x, 2, 2) };
	receiver = (struct edi_party){ .id = env_value(x, 3, 1), .qual = env_value(x, 3, 2) };
	x->control = env_value(x, 5, 1);
	if (f->interchanges == 0) {
		f->control = x->control;
		f->version = joined(x, 1, 1, 2);
		f->ack_requested = str_eq(env_value(x, 9, 1), S("1"));
	}
	env_note_parties(x, sender, receiver, str_eq(env_value(x, 11, 1), S("1")));
	check_unb(x);
	check_numbers(x, unb_numbers, N(unb_numbers));
	if (env_is_repeated(x, "UNB 0020", refs_key(refs_key(0, sender.id), receiver.id), x->control, &first))
		facts_problem(x->a, f, env_place(x, 5, 1), "unb-duplicate",
		    "UNB 0020 '%s' is used twice, first at offset %" PRIu64, env_show(x, x->control), first);
}

/* Another UNA or UNB before the UNZ came? Looked for before the next terminator is, which may be another's. */
static bool
starts(struct str next)
{
	return next.n > 3 && next.p[0] == 'U' && next.p[1] == 'N' && (next.p[2] == 'A' || next.p[2] == 'B') &&
	    edifact_starts(next);
}

/* From UNA or UNB on: signs. */
static void
begin(struct envelope *x)
{
	struct seg_reader *r = &x->r;
	struct str rest = str_from(r->in, r->at);
	struct edifact_una una;

	if (!edifact_starts(rest) && (x->f->interchanges > 0 || !edifact_starts_headless(rest))) {
		env_note_junk(x);
		return;
	}
	edifact_una_read(rest, &una);
	x->began = r->base + r->at;
	if (una.fault != NULL)
		facts_problem(x->a, x->f, (struct edi_place){ .offset = x->began }, "una-bad", "%s: '%s'", una.fault,
		    env_show(x, str_sub(rest, 0, EDIFACT_UNA_SIZE)));
	seg_use(r, &una.signs, NULL);
	seg_jump(r, r->at + una.size);
	if (una.size > 0 && r->at < r->in.n && is_space(r->in.p[r->at]))
		r->quirks |= EDI_QUIRK_UNA_BREAK;
	x->groups = x->messages = x->in_this_group = 0;
	x->in_group = x->outside = false;
	x->control = S("");
	x->state = ENV_OPENING;
}

/* The UNB itself. */
static void
open_interchange(struct envelope *x)
{
	struct seg_reader *r = &x->r;

	x->state = ENV_INSIDE;
	if (!seg_next(r, &x->seg))
		x->seg = (struct seg){ .offset = r->base + r->at, .ordinal = r->ordinal + 1 };
	else if (x->seg.tag == TAG_UNB)
		return read_unb(x);
	facts_problem(x->a, x->f, (struct edi_place){ .offset = x->began }, "unb-missing",
	    "the interchange begins with '%s', want UNB", env_show(x, str_sub(x->seg.raw, 0, x->seg.tag_n)));
	x->f->interchanges++;
	if (!edifact_starts(str_from(r->in, (size_t)(x->seg.offset - r->base))))
		seg_back(r, &x->seg);	/* but a UNB of unknown signs would be met again and again */
}

static void
lacks_end(struct envelope *x)
{
	end_group(x, true);
	facts_problem(x->a, x->f, env_place(x, 0, 0), "unz-missing", "no UNZ for the UNB '%s'", env_show(x, x->control));
}

/* EBCDIC "UNA", "UNB"; UTF-16 with and without its mark. */
static bool
is_other_encoding(struct str head)
{
	return str_starts(head, S("\xe4\xd5\xc1")) || str_starts(head, S("\xe4\xd5\xc2")) ||
	    str_starts(head, S("\xff\xfeU\0N\0")) || str_starts(head, S("\xfe\xff\0U\0N")) ||
	    str_starts(head, S("U\0N\0")) || str_starts(head, S("\0U\0N"));
}

static int
edifact_detect(struct str head)
{
	struct str in = head;
	size_t at;

	if (is_other_encoding(head))
		return 80;
	if (str_starts(in, S("\xef\xbb\xbf")))
		in = str_from(in, 3);
	while (in.n > 0 && is_space(in.p[0]))
		in = str_from(in, 1);
	if (edifact_starts(in))
		return 100;
	if (edifact_starts_headless(in))
		return 90;
	at = edifact_find(head, 0);
	return at < head.n && str_find(str_from(head, at), S("UNH"), NULL) ? 50 : 0;
}

static const struct env_syntax edifact_syntax = {
	.header = "UNH", .trailer = "UNT", .control = "UNH 0062", .control_element = 1,
	.missing = "unt-missing", .duplicate = "unh-duplicate",
	.start = "UNA or UNB", .end = "UNZ", .tag_min = 3,
	.label = "EDIFACT", .charset = "an 8-bit character set", .is_other_encoding = is_other_encoding,
	.find = edifact_find, .starts = starts, .begin = begin, .open = open_interchange,
	.segment = read_segment, .lacks_end = lacks_end, .bad_object = bad_far_object,
};

static int
edifact_read(struct arena *a, struct str in, struct edi_facts *out, struct err *e)
{
	(void)e;
	env_read(&edifact_syntax, a, in, out);
	return 0;
}

const struct edi_format edi_edifact = {
	.name = "edifact",
	.label = "EDIFACT",
	.media_type = "application/EDIFACT",
	.extension = "edi",
	.detect = edifact_detect,
	.read = edifact_read,
	.syntax = &edifact_syntax,
};
