/* SPDX-License-Identifier: ISC */
/*
 * x12.c - one pass over X12 interchanges. Envelopes are read and their counts and control numbers held against what
 * stands between them; of the segments inside a transaction set only the one with the business number is looked at.
 * After a fault reading goes on, so that one report names all of them.
 */
#include "edi/x12.h"

#include "edi/envelope.h"

#include <inttypes.h>

static void
problem(struct envelope *x, unsigned int element, const char *code, const char *text)
{
	facts_problem(x->a, x->f, env_place(x, element, 0), code, "%s", text);
}

static void
end_group(struct envelope *x, bool missing)
{
	env_close_message(x, true);
	if (x->in_group && missing)
		facts_problem(x->a, x->f, env_place(x, 0, 0), "ge-missing", "no GE for the GS '%s'",
		    env_show(x, x->group));
	x->in_group = false;
}

static void
read_gs(struct envelope *x)
{
	uint64_t first;

	end_group(x, true);
	x->in_group = true;
	x->groups++;
	x->in_this_group = 0;
	x->group_function = env_value(x, 1, 0);
	x->group = env_value(x, 6, 0);
	x->group_version = env_value(x, 8, 0);
	if (env_is_repeated(x, "GS06", x->f->interchanges, x->group, &first))
		x->r.quirks |= EDI_QUIRK_REPEATED;
}

static void
read_ge(struct envelope *x)
{
	env_close_message(x, true);
	if (!x->in_group) {
		problem(x, 0, "gs-missing", "GE without a GS before it");
		return;
	}
	env_check_count(x, "ge-count", "GE01", x->in_this_group, "sets from GS to GE");
	env_check_control(x, "ge-control", "GE02", x->group, "GS06");
	end_group(x, false);
}

/* The number's place, and whether such a set belongs into this group. */
static void
use_set(struct envelope *x)
{
	const struct x12_set *set = x12_set_find(x->message.type);

	x->number_tag = 0;
	if (set == NULL)
		return;
	x->number_tag = set->number_tag;
	x->number_element = set->number_element;
	x->number_component = 0;
	if (x->in_group && !str_eq(x->group_function, str_of(set->function)))
		x->r.quirks |= EDI_QUIRK_FUNCTION;
}

static void
read_st(struct envelope *x)
{
	env_close_message(x, true);
	if (!x->in_group)
		problem(x, 0, "gs-missing", "ST without a GS before it");
	x->in_this_group++;
	x->message = (struct edi_message){
		.type = env_value(x, 1, 0),
		.version = x->in_group ? x->group_version : S(""),
		.control = env_value(x, 2, 0),
		.group = x->in_group ? x->group : S(""),
	};
	use_set(x);
	env_open_message(x, x->f->interchanges << 32 | x->groups);
}

static void
read_se(struct envelope *x)
{
	if (!x->in_message) {
		problem(x, 0, "st-missing", "SE without an ST before it");
		return;
	}
	env_check_count(x, "se-count", "SE01", x->seg.ordinal - x->message_first + 1,
	    "segments from ST to SE");
	env_check_control(x, "se-control", "SE02", x->message.control, "ST02");
	env_close_message(x, false);
}

static void
read_iea(struct envelope *x)
{
	end_group(x, true);
	env_check_count(x, "iea-count", "IEA01", x->groups, "groups from ISA to IEA");
	env_check_control(x, "iea-control", "IEA02", x->control, "ISA13");
	env_note_unterminated(x);
}

/* TA1 stands between ISA and GS and is what such an interchange is about when nothing else comes. */
static void
read_ta1(struct envelope *x)
{
	struct edi_facts *f = x->f;

	if (x->in_group || x->in_message) {
		problem(x, 0, "segment-misplaced", "TA1 inside a group, want it after ISA");
	} else if (f->type.n == 0) {
		f->type = S("TA1");
		f->number = env_value(x, 1, 0);
	}
}

static void
bad_binary(struct envelope *x, struct edi_place length, uint64_t n)
{
	facts_problem(x->a, x->f, length, "bin-length", "no terminator behind the %" PRIu64 " bytes of binary data", n);
}

static void
bad_far_binary(struct envelope *x)
{
	bad_binary(x, x->far_place, x->far_size);
}

/* The terminator of a BIN or BDS is looked for behind its data. Not there, the segment ends as every other does. */
static void
skip_binary(struct envelope *x)
{
	unsigned int at = x12_binary_length(x->seg.tag);
	struct seg_far data;

	if (!x12_binary(&x->r, &x->seg, &data))
		facts_problem(x->a, x->f, env_place(x, at, 0), "bin-length",
		    "binary length is '%s', want a number", env_show(x, seg_element(&x->r.signs, &x->seg, at)));
	else if (env_object(x, &data, env_place(x, at, 0)) == SEG_OBJECT_NONE)
		bad_binary(x, env_place(x, at, 0), data.n);
}

static bool
is_envelope(uint32_t tag)
{
	return tag == SEG_TAG('G', 'S', ' ') || tag == SEG_TAG('S', 'T', ' ') ||
	    tag == SEG_TAG('S', 'E', ' ') || tag == SEG_TAG('G', 'E', ' ') ||
	    tag == SEG_TAG('I', 'E', 'A') || tag == SEG_TAG('T', 'A', '1');
}

/* Returns false at the end of the interchange. */
static bool
read_segment(struct envelope *x)
{
	if (is_envelope(x->seg.tag))
		env_check_bytes(x);
	switch (x->seg.tag) {
	case SEG_TAG('G', 'S', ' '):
		read_gs(x);
		break;
	case SEG_TAG('S', 'T', ' '):
		read_st(x);
		break;
	case SEG_TAG('S', 'E', ' '):
		read_se(x);
		break;
	case SEG_TAG('G', 'E', ' '):
		read_ge(x);
		break;
	case SEG_TAG('T', 'A', '1'):
		read_ta1(x);
		break;
	case SEG_TAG('I', 'E', 'A'):
		read_iea(x);
		return false;
	case SEG_TAG('B', 'I', 'N'):
	case SEG_TAG('B', 'D', 'S'):
		skip_binary(x);
		break;
	default:
		env_read_body(x, false);
	}
	return true;
}

/* An ISA element as a value: without the blanks that fill it up. */
static struct str
isa_value(struct envelope *x, const struct x12_isa *isa, unsigned int i)
{
	struct str raw = isa->element[i];

	if (!seg_needs_copy(&isa->signs, raw) || !env_may_copy(x, raw.n))
		return str_trim(raw);
	return seg_unescape(x->a, &isa->signs, raw);
}

static void
note_interchange(struct envelope *x, const struct x12_isa *isa)
{
	struct edi_party sender = { .qual = isa_value(x, isa, 5), .id = isa_value(x, isa, 6) };
	struct edi_party receiver = { .qual = isa_value(x, isa, 7), .id = isa_value(x, isa, 8) };
	uint64_t first;

	x->control = isa_value(x, isa, 13);
	if (x->f->interchanges == 0) {
		x->f->control = x->control;
		x->f->version = isa_value(x, isa, 12);
		x->f->ack_requested = str_eq(isa_value(x, isa, 14), S("1"));
	}
	env_note_parties(x, sender, receiver, str_eq(isa_value(x, isa, 15), S("T")));
	if (env_is_repeated(x, "ISA13", refs_key(refs_key(0, sender.id), receiver.id), x->control, &first))
		facts_problem(x->a, x->f, env_place(x, 13, 0), "isa-duplicate",
		    "ISA13 '%s' is used twice, first at offset %" PRIu64, env_show(x, x->control), first);
}

/* False: with such signs nothing that follows can be told apart. */
static bool
check_isa(struct envelope *x, const struct x12_isa *isa)
{
	const struct seg_signs *g = &isa->signs;
	struct edi_place at = env_place(x, 0, 0);

	if (isa->wrapped)
		x->r.quirks |= EDI_QUIRK_WRAPPED;
	if (g->term_n > 1)
		x->r.quirks |= EDI_QUIRK_TERM_WIDE;
	if (isa->no_rep)
		x->r.quirks |= EDI_QUIRK_NO_REP;
	if (isa->misfit != 0) {
		x->r.quirks |= EDI_QUIRK_ISA_WIDTH;
		at.offset = x->r.base + (uint64_t)(isa->element[isa->misfit].p - x->r.in.p);
		at.element = isa->misfit;
		facts_problem(x->a, x->f, at, "isa-width",
		    "ISA%02u is %zu bytes, so that the ISA is %zu, want %d", isa->misfit,
		    isa->element[isa->misfit].n, isa->size, X12_ISA_SIZE);
	}
	if (isa->tag_n != 3)
		facts_problem(x->a, x->f, env_place(x, 0, 0), "isa-tag",
		    "the header begins with '%s', want ISA",
		    env_show(x, str_sub(x->seg.raw, 0, isa->tag_n)));
	if (isa->no_comp)
		facts_problem(x->a, x->f,
		    (struct edi_place){ x->r.base + (uint64_t)(isa->element[16].p - x->r.in.p), 1, 16, 0 },
		    "isa-signs", "ISA16 is not one byte, or is missing: '%s' begins there",
		    env_show(x, str_sub(isa->element[16], 0, 1)));
	if (!is_alnum(g->term[0]) && seg_signs_distinct(g))
		return true;
	at.offset = x->seg.offset + isa->size - g->term_n;
	at.element = 0;
	facts_problem(x->a, x->f, at, "isa-signs",
	    "element '%s', component '%s', terminator '%s': want three signs, no letter or digit as terminator",
	    env_show(x, str_make(&g->elem, 1)), env_show(x, str_make(&g->comp, 1)),
	    env_show(x, str_make(g->term, g->term_n)));
	return false;
}

/* Apart from starts(), which every segment passes: a struct x12_isa is not to be set to zero for each. */
static bool
is_isa(struct str in)
{
	struct x12_isa isa;

	return x12_isa_read(in, &isa);
}

/*
 * Another ISA before the IEA came? Looked for before the next terminator is: a file of headers that all name
 * terminators of their own would be searched to its end for each.
 */
static bool
starts(struct str next)
{
	return next.n > 3 && next.p[0] == 'I' && next.p[1] == 'S' && next.p[2] == 'A' && is_isa(next);
}

static void
begin_interchange(struct envelope *x, const struct x12_isa *isa)
{
	struct seg_reader *r = &x->r;

	seg_use(r, &isa->signs, NULL);
	x->seg = (struct seg){ .raw = str_sub(r->in, r->at, isa->size - isa->signs.term_n),
		.offset = r->base + r->at, .ordinal = ++r->ordinal, .terminated = true };
	x->in_group = x->outside = false;
	x->groups = x->in_this_group = 0;
	note_interchange(x, isa);
	x->state = check_isa(x, isa) ? ENV_INSIDE : ENV_OVER;
	seg_jump(r, r->at + isa->size);
}

static void
begin(struct envelope *x)
{
	struct str rest = str_from(x->r.in, x->r.at);
	struct x12_isa isa;

	if (x12_isa_read(rest, &isa) || (x->f->interchanges == 0 && x12_isa_read_odd(rest, &isa))) {
		begin_interchange(x, &isa);
	} else if (x12_is_cut_isa(rest)) {
		facts_problem(x->a, x->f, (struct edi_place){ .offset = x->r.base + x->r.at }, "isa-short",
		    "an ISA that ends early: '%s'", env_show(x, rest));
		seg_jump(&x->r, x->r.at + 1);
		x->state = ENV_SEEKING;
	} else {
		env_note_junk(x);
	}
}

static void
lacks_end(struct envelope *x)
{
	end_group(x, true);
	facts_problem(x->a, x->f, env_place(x, 0, 0), "iea-missing", "no IEA for the ISA '%s'", env_show(x, x->control));
}

static const struct env_syntax x12_syntax = {
	.header = "ST", .trailer = "SE", .control = "ST02", .control_element = 2,
	.missing = "se-missing", .duplicate = "st-duplicate",
	.start = "ISA", .end = "IEA", .tag_min = 2,
	.label = "X12", .charset = "ASCII", .is_other_encoding = x12_is_other_encoding,
	.find = x12_find, .starts = starts, .begin = begin,
	.segment = read_segment, .lacks_end = lacks_end, .bad_object = bad_far_binary,
};

static int
x12_read(struct arena *a, struct str in, struct edi_facts *out, struct err *e)
{
	(void)e;
	env_read(&x12_syntax, a, in, out);
	return 0;
}

const struct edi_format edi_x12 = {
	.name = "x12",
	.label = "X12",
	.media_type = "application/EDI-X12",
	.extension = "x12",
	.detect = x12_detect,
	.read = x12_read,
	.syntax = &x12_syntax,
};
