/* SPDX-License-Identifier: ISC */
/*
 * x12.c - one pass over X12 interchanges. Envelopes are read and their counts and control numbers held against what
 * stands between them; of the segments inside a transaction set only the one with the business number is looked at.
 * After a fault reading goes on, so that one report names all of them.
 */
#include "edi/x12.h"

#include "edi/envelope.h"

#include <inttypes.h>

/* What the reader is inside of, and what it has counted there. */
struct x12_reader {
	struct envelope env;
	struct str control;	/* ISA13 */
	uint64_t groups, sets;	/* since the ISA, since the GS */
	bool in_group;
	struct str group;	/* GS06 */
	struct str group_function;	/* GS01 */
	struct str group_version;	/* GS08 */
};

static const struct env_words words = {
	.header = "ST", .trailer = "SE", .control = "ST02", .control_element = 2,
	.missing = "se-missing", .duplicate = "st-duplicate",
	.start = "ISA", .end = "IEA", .tag_min = 2,
};

static void
problem(struct envelope *env, unsigned int element, const char *code, const char *text)
{
	facts_problem(env->a, env->f, env_place(env, element, 0), code, "%s", text);
}

static void
end_group(struct x12_reader *x, bool missing)
{
	struct envelope *env = &x->env;

	env_close_message(env, true);
	if (x->in_group && missing)
		facts_problem(env->a, env->f, env_place(env, 0, 0), "ge-missing", "no GE for the GS '%s'",
		    env_show(env, x->group));
	x->in_group = false;
}

static void
read_gs(struct x12_reader *x)
{
	uint64_t first;

	end_group(x, true);
	x->in_group = true;
	x->groups++;
	x->sets = 0;
	x->group_function = env_value(&x->env, 1, 0);
	x->group = env_value(&x->env, 6, 0);
	x->group_version = env_value(&x->env, 8, 0);
	if (env_is_repeated(&x->env, "GS06", x->env.f->interchanges, x->group, &first))
		x->env.r.quirks |= EDI_QUIRK_REPEATED;
}

static void
read_ge(struct x12_reader *x)
{
	env_close_message(&x->env, true);
	if (!x->in_group) {
		problem(&x->env, 0, "gs-missing", "GE without a GS before it");
		return;
	}
	env_check_count(&x->env, "ge-count", "GE01", x->sets, "sets from GS to GE");
	env_check_control(&x->env, "ge-control", "GE02", x->group, "GS06");
	end_group(x, false);
}

/* The number's place, and whether such a set belongs into this group. */
static void
use_set(struct x12_reader *x)
{
	struct envelope *env = &x->env;
	const struct x12_set *set = x12_set_find(env->message.type);

	env->number_tag = 0;
	if (set == NULL)
		return;
	env->number_tag = set->number_tag;
	env->number_element = set->number_element;
	env->number_component = 0;
	if (x->in_group && !str_eq(x->group_function, str_of(set->function)))
		env->r.quirks |= EDI_QUIRK_FUNCTION;
}

static void
read_st(struct x12_reader *x)
{
	struct envelope *env = &x->env;

	env_close_message(env, true);
	if (!x->in_group)
		problem(env, 0, "gs-missing", "ST without a GS before it");
	x->sets++;
	env->message = (struct edi_message){
		.type = env_value(env, 1, 0),
		.version = x->in_group ? x->group_version : S(""),
		.control = env_value(env, 2, 0),
		.group = x->in_group ? x->group : S(""),
	};
	use_set(x);
	env_open_message(env, env->f->interchanges << 32 | x->groups);
}

static void
read_se(struct x12_reader *x)
{
	struct envelope *env = &x->env;

	if (!env->in_message) {
		problem(env, 0, "st-missing", "SE without an ST before it");
		return;
	}
	env_check_count(env, "se-count", "SE01", env->seg.ordinal - env->message_first + 1,
	    "segments from ST to SE");
	env_check_control(env, "se-control", "SE02", env->message.control, "ST02");
	env_close_message(env, false);
}

static void
read_iea(struct x12_reader *x)
{
	end_group(x, true);
	env_check_count(&x->env, "iea-count", "IEA01", x->groups, "groups from ISA to IEA");
	env_check_control(&x->env, "iea-control", "IEA02", x->control, "ISA13");
	if (!x->env.seg.terminated)
		x->env.r.quirks |= EDI_QUIRK_UNTERMINATED;
}

/* TA1 stands between ISA and GS and is what such an interchange is about when nothing else comes. */
static void
read_ta1(struct x12_reader *x)
{
	struct edi_facts *f = x->env.f;

	if (x->in_group || x->env.in_message) {
		problem(&x->env, 0, "segment-misplaced", "TA1 inside a group, want it after ISA");
	} else if (f->type.n == 0) {
		f->type = S("TA1");
		f->number = env_value(&x->env, 1, 0);
	}
}

/* The terminator of a BIN or BDS is looked for behind its data. Not there, the segment ends as every other does. */
static void
skip_binary(struct envelope *env)
{
	unsigned int at = env->seg.tag == SEG_TAG('B', 'I', 'N') ? 1 : 2;
	struct str length = seg_element(&env->r.signs, &env->seg, at);
	uint64_t n;

	if (x12_skip_binary(&env->r, &env->seg)) {
		env->r.quirks |= EDI_QUIRK_BINARY;
		return;
	}
	if (str_u64(length, env->r.in.n, &n) == -1)
		facts_problem(env->a, env->f, env_place(env, at, 0), "bin-length",
		    "binary length is '%s', want a number", env_show(env, length));
	else
		facts_problem(env->a, env->f, env_place(env, at, 0), "bin-length",
		    "no terminator behind the %" PRIu64 " bytes of binary data", n);
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
read_segment(struct x12_reader *x)
{
	if (is_envelope(x->env.seg.tag))
		env_check_bytes(&x->env);
	switch (x->env.seg.tag) {
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
		skip_binary(&x->env);
		break;
	default:
		env_read_body(&x->env, false);
	}
	return true;
}

/* An ISA element as a value: without the blanks that fill it up. */
static struct str
isa_value(struct x12_reader *x, const struct x12_isa *isa, unsigned int i)
{
	struct str raw = isa->element[i];

	if (!seg_needs_copy(&isa->signs, raw) || !env_may_copy(&x->env, raw.n))
		return str_trim(raw);
	return seg_unescape(x->env.a, &isa->signs, raw);
}

static void
note_interchange(struct x12_reader *x, const struct x12_isa *isa)
{
	struct envelope *env = &x->env;
	struct edi_party sender = { .qual = isa_value(x, isa, 5), .id = isa_value(x, isa, 6) };
	struct edi_party receiver = { .qual = isa_value(x, isa, 7), .id = isa_value(x, isa, 8) };
	uint64_t first;

	x->control = isa_value(x, isa, 13);
	if (env->f->interchanges == 0) {
		env->f->control = x->control;
		env->f->version = isa_value(x, isa, 12);
		env->f->ack_requested = str_eq(isa_value(x, isa, 14), S("1"));
	}
	env_note_parties(env, sender, receiver, str_eq(isa_value(x, isa, 15), S("T")));
	if (env_is_repeated(env, "ISA13", refs_key(refs_key(0, sender.id), receiver.id), x->control, &first))
		facts_problem(env->a, env->f, env_place(env, 13, 0), "isa-duplicate",
		    "ISA13 '%s' is used twice, first at offset %" PRIu64, env_show(env, x->control), first);
}

/* False: with such signs nothing that follows can be told apart. */
static bool
check_isa(struct envelope *env, const struct x12_isa *isa)
{
	const struct seg_signs *g = &isa->signs;
	struct edi_place at = env_place(env, 0, 0);

	if (isa->wrapped)
		env->r.quirks |= EDI_QUIRK_WRAPPED;
	if (g->term_n > 1)
		env->r.quirks |= EDI_QUIRK_TERM_WIDE;
	if (isa->no_rep)
		env->r.quirks |= EDI_QUIRK_NO_REP;
	if (isa->misfit != 0) {
		env->r.quirks |= EDI_QUIRK_ISA_WIDTH;
		at.offset = (uint64_t)(isa->element[isa->misfit].p - env->r.in.p);
		at.element = isa->misfit;
		facts_problem(env->a, env->f, at, "isa-width",
		    "ISA%02u is %zu bytes, so that the ISA is %zu, want %d", isa->misfit,
		    isa->element[isa->misfit].n, isa->size, X12_ISA_SIZE);
	}
	if (isa->tag_n != 3)
		facts_problem(env->a, env->f, env_place(env, 0, 0), "isa-tag",
		    "the header begins with '%s', want ISA",
		    env_show(env, str_sub(env->seg.raw, 0, isa->tag_n)));
	if (isa->no_comp)
		facts_problem(env->a, env->f,
		    (struct edi_place){ (uint64_t)(isa->element[16].p - env->r.in.p), 1, 16, 0 },
		    "isa-signs", "ISA16 is not one byte, or is missing: '%s' begins there",
		    env_show(env, str_sub(isa->element[16], 0, 1)));
	if (!is_alnum(g->term[0]) && seg_signs_distinct(g))
		return true;
	at.offset = env->seg.offset + isa->size - g->term_n;
	at.element = 0;
	facts_problem(env->a, env->f, at, "isa-signs",
	    "element '%s', component '%s', terminator '%s': want three signs, no letter or digit as terminator",
	    env_show(env, str_make(&g->elem, 1)), env_show(env, str_make(&g->comp, 1)),
	    env_show(env, str_make(g->term, g->term_n)));
	return false;
}

/* Apart from at_header(), which every segment passes: a struct x12_isa is not to be set to zero for each. */
static bool
starts_isa(struct str in)
{
	struct x12_isa isa;

	return x12_isa_read(in, &isa);
}

/*
 * Another ISA before the IEA came? Looked for before the next terminator is: a file of headers that all name
 * terminators of their own would be searched to its end for each.
 */
static bool
at_header(struct envelope *env)
{
	struct str next = seg_peek(&env->r);

	return next.n > 3 && next.p[0] == 'I' && next.p[1] == 'S' && next.p[2] == 'A' && starts_isa(next);
}

/* From an ISA to its IEA. Returns false when nothing behind can be made sense of. */
static bool
read_interchange(struct x12_reader *x, const struct x12_isa *isa)
{
	struct envelope *env = &x->env;

	env->r.ordinal++;
	seg_use(&env->r, &isa->signs, NULL);
	env->seg = (struct seg){ .raw = str_sub(env->r.in, env->r.at, isa->size - isa->signs.term_n),
		.offset = env->r.at, .ordinal = env->r.ordinal, .terminated = true };
	env->outside = false;
	x->groups = x->sets = 0;
	x->in_group = false;
	note_interchange(x, isa);
	if (!check_isa(env, isa))
		return false;
	seg_jump(&env->r, env->r.at + isa->size);
	while (env_pass(env), !at_header(env) && seg_next(&env->r, &env->seg)) {
		if (!read_segment(x))
			return true;
		env_note_cut(env);
	}
	env->seg = (struct seg){ .offset = env->r.at, .ordinal = env->r.ordinal + 1 };
	end_group(x, true);
	facts_problem(env->a, env->f, env_place(env, 0, 0), "iea-missing", "no IEA for the ISA '%s'",
	    env_show(env, x->control));
	return true;
}

static void
pass_over(struct envelope *env)
{
	struct str rest = str_from(env->r.in, env->r.at);

	if (x12_is_cut_isa(rest))
		facts_problem(env->a, env->f, (struct edi_place){ .offset = env->r.at }, "isa-short",
		    "an ISA that ends early: '%s'", env_show(env, rest));
	else
		return env_note_junk(env, x12_find(env->r.in, env->r.at));
	env->r.at = x12_find(env->r.in, env->r.at + 1);
}

static int
x12_read(struct arena *a, struct str in, struct edi_facts *out, struct err *e)
{
	struct x12_reader x = { .env = { .words = &words, .a = a, .f = out, .r = { .in = in, .passed = out->passed } } };
	struct x12_isa isa;

	(void)e;
	if (x12_is_other_encoding(in)) {
		facts_problem(a, out, (struct edi_place){ 0 }, "encoding", "X12 in %s, want ASCII",
		    in.p[0] == '\xc9' ? "EBCDIC" : "UTF-16");
		return 0;
	}
	env_begin(&x.env);
	while (seg_skip_blanks(&x.env.r)) {
		if (!x12_isa_read(str_from(in, x.env.r.at), &isa) &&
		    (out->interchanges > 0 || !x12_isa_read_odd(str_from(in, x.env.r.at), &isa)))
			pass_over(&x.env);
		else if (!read_interchange(&x, &isa))
			break;
	}
	out->quirks |= x.env.r.quirks;
	return 0;
}

const struct edi_format edi_x12 = {
	.name = "x12",
	.label = "X12",
	.media_type = "application/EDI-X12",
	.extension = "x12",
	.detect = x12_detect,
	.read = x12_read,
};
