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

/* What the reader is inside of, and what it has counted there. */
struct edifact_reader {
	struct envelope env;
	struct str ref;		/* UNB 0020 */
	uint64_t groups, messages;	/* since the UNB */
	uint64_t in_this_group;	/* messages since the UNG */
	bool in_group;
	struct str group;	/* UNG 0048 */
};

static const struct env_words words = {
	.header = "UNH", .trailer = "UNT", .control = "UNH 0062", .control_element = 1,
	.missing = "unt-missing", .duplicate = "unh-duplicate",
	.start = "UNA or UNB", .end = "UNZ", .tag_min = 3,
};

static void
problem(struct envelope *env, unsigned int element, const char *code, const char *text)
{
	facts_problem(env->a, env->f, env_place(env, element, 0), code, "%s", text);
}

static const struct number {
	unsigned int element;
	const char *name;
} unb_numbers[] = { { 2, "UNB 0004" }, { 3, "UNB 0010" }, { 5, "UNB 0020" } },
    unh_numbers[] = { { 1, "UNH 0062" }, { 2, "UNH 0065" } };

static void
check_numbers(struct envelope *env, const struct number *numbers, size_t n)
{
	for (size_t i = 0; i < n; i++)
		env_check_number(env, numbers[i].element, 1, numbers[i].name);
}

static void
end_group(struct edifact_reader *x, bool missing)
{
	struct envelope *env = &x->env;

	env_close_message(env, true);
	if (x->in_group && missing)
		facts_problem(env->a, env->f, env_place(env, 0, 0), "une-missing", "no UNE for the UNG '%s'",
		    env_show(env, x->group));
	x->in_group = false;
}

static void
read_ung(struct edifact_reader *x)
{
	uint64_t first;

	end_group(x, true);
	if (x->groups == 0 && x->messages > 0)
		problem(&x->env, 0, "segment-misplaced",
		    "UNG after a message without one: all or none stand in groups");
	x->in_group = true;
	x->groups++;
	x->in_this_group = 0;
	x->group = env_value(&x->env, 5, 1);
	if (env_is_repeated(&x->env, "UNG 0048", x->env.f->interchanges, x->group, &first))
		x->env.r.quirks |= EDI_QUIRK_REPEATED;
}

static void
read_une(struct edifact_reader *x)
{
	env_close_message(&x->env, true);
	if (!x->in_group) {
		problem(&x->env, 0, "ung-missing", "UNE without a UNG before it");
		return;
	}
	env_check_count(&x->env, "une-count", "UNE 0060", x->in_this_group, "messages from UNG to UNE");
	env_check_control(&x->env, "une-control", "UNE 0048", x->group, "UNG 0048");
	end_group(x, false);
}

/* "D:96A:UN" whatever the component sign: a slice where it is a colon already. */
static struct str
joined(struct envelope *env, unsigned int element, unsigned int from, unsigned int to)
{
	struct str all = env_value(env, element, from), next;
	bool slice = env->r.signs.comp == ':';

	for (unsigned int i = from + 1; i <= to; i++) {
		next = env_value(env, element, i);
		if (next.n == 0)
			break;
		if (slice && all.p + all.n + 1 == next.p)
			all.n += 1 + next.n;
		else if (env_may_copy(env, 2 * all.n + next.n + 2))
			all = str_cat(env->a, str_cat(env->a, all, S(":")), next);
	}
	return all;
}

static void
read_unh(struct edifact_reader *x)
{
	struct envelope *env = &x->env;

	env_close_message(env, true);
	if (x->groups > 0 && !x->in_group)
		problem(env, 0, "ung-missing", "UNH outside of UNG and UNE");
	x->messages++;
	x->in_this_group++;
	env->message = (struct edi_message){
		.type = env_value(env, 2, 1),
		.version = joined(env, 2, 2, 4),
		.control = env_value(env, 1, 1),
		.group = x->in_group ? x->group : S(""),
	};
	env->number_tag = TAG_BGM;
	env->number_element = 2;
	env->number_component = 1;
	if (str_eq(env->message.type, S("CONTRL"))) {	/* known by the interchange that it answers */
		env->number_tag = TAG_UCI;
		env->number_element = 1;
	}
	check_numbers(env, unh_numbers, N(unh_numbers));
	if (env->message.type.n == 0)
		problem(env, 2, "unh-short", "UNH names no message type (0065)");
	env_open_message(env, env->f->interchanges << 32 | x->groups);
}

static void
read_unt(struct edifact_reader *x)
{
	struct envelope *env = &x->env;

	if (!env->in_message) {
		problem(env, 0, "unh-missing", "UNT without a UNH before it");
		return;
	}
	env_check_count(env, "unt-count", "UNT 0074", env->seg.ordinal - env->message_first + 1,
	    "segments from UNH to UNT");
	env_check_control(env, "unt-control", "UNT 0062", env->message.control, "UNH 0062");
	env_close_message(env, false);
}

static void
read_unz(struct edifact_reader *x)
{
	end_group(x, true);
	env_check_count(&x->env, "unz-count", "UNZ 0036", x->groups > 0 ? x->groups : x->messages,
	    x->groups > 0 ? "groups from UNB to UNZ" : "messages from UNB to UNZ");
	env_check_control(&x->env, "unz-control", "UNZ 0020", x->ref, "UNB 0020");
	if (!x->env.seg.terminated)
		x->env.r.quirks |= EDI_QUIRK_UNTERMINATED;
}

/* ISO 9735-8: UNO, as many bytes of anything as its 0810 says, UNP. A package counts as a message does. */
static void
read_uno(struct edifact_reader *x)
{
	struct envelope *env = &x->env;
	struct str length = env_value(env, 4, 1);

	env_close_message(env, true);
	x->messages++;
	x->in_this_group++;
	if (edifact_skip_object(&env->r, length))
		env->r.quirks |= EDI_QUIRK_BINARY;
	else
		facts_problem(env->a, env->f, env_place(env, 4, 1), "uno-length",
		    "no UNP behind the '%s' bytes that UNO 0810 tells of", env_show(env, length));
}

/* ISO 9735-5 puts its security segments (USH, USA, UST ...) also between UNB and UNH. */
static bool
may_stand_outside(uint32_t tag)
{
	return tag >> 8 == SEG_TAG('U', 'S', ' ') >> 8 || tag == SEG_TAG('U', 'N', 'P');
}

/* Returns false at the end of the interchange. */
static bool
read_segment(struct edifact_reader *x)
{
	if (x->env.seg.tag >> 8 == SEG_TAG('U', 'N', ' ') >> 8)
		env_check_bytes(&x->env);
	switch (x->env.seg.tag) {
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
		env_read_body(&x->env, may_stand_outside(x->env.seg.tag));
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
check_unb(struct envelope *env)
{
	static const struct { unsigned int element; const char *name; } wanted[] = {
		{ 1, "0001 syntax identifier" },
		{ 2, "0004 sender" },
		{ 3, "0010 recipient" },
		{ 4, "0017 date" },
		{ 5, "0020 control reference" },
	};
	struct str syntax = env_value(env, 1, 1);

	for (size_t i = 0; i < N(wanted); i++)
		if (env_value(env, wanted[i].element, 1).n == 0)
			facts_problem(env->a, env->f, env_place(env, wanted[i].element, 1), "unb-short",
			    "UNB has no %s", wanted[i].name);
	if (syntax.n > 0 && !is_syntax_known(syntax))
		facts_problem(env->a, env->f, env_place(env, 1, 1), "unb-syntax",
		    "UNB names the syntax '%s', want one of UNOA to UNOL, UNOW, UNOX, UNOY",
		    env_show(env, syntax));
}

static void
read_unb(struct edifact_reader *x)
{
	struct envelope *env = &x->env;
	struct edi_facts *f = env->f;
	struct seg_signs signs = env->r.signs;
	struct edi_party sender, receiver;
	uint64_t first;

	if (str_cmp(env_value(env, 1, 2), S("4")) < 0)
		signs.rep = -1;		/* before syntax 4 that byte of the UNA was reserved */
	seg_use(&env->r, &signs, edi_charset_of(env_value(env, 1, 1)));
	seg_back(&env->r, &env->seg);
	(void)seg_next(&env->r, &env->seg);	/* the UNB itself is in that character set, too */
	env_check_bytes(env);
	sender = (struct edi_party){ .id = env_value(env, 2, 1), .qual = env_value(env, 2, 2) };
	receiver = (struct edi_party){ .id = env_value(env, 3, 1), .qual = env_value(env, 3, 2) };
	x->ref = env_value(env, 5, 1);
	if (f->interchanges == 0) {
		f->control = x->ref;
		f->version = joined(env, 1, 1, 2);
		f->ack_requested = str_eq(env_value(env, 9, 1), S("1"));
	}
	env_note_parties(env, sender, receiver, str_eq(env_value(env, 11, 1), S("1")));
	check_unb(env);
	check_numbers(env, unb_numbers, N(unb_numbers));
	if (env_is_repeated(env, "UNB 0020", refs_key(refs_key(0, sender.id), receiver.id), x->ref, &first))
		facts_problem(env->a, f, env_place(env, 5, 1), "unb-duplicate",
		    "UNB 0020 '%s' is used twice, first at offset %" PRIu64, env_show(env, x->ref), first);
}

/* Another UNA or UNB before the UNZ came? Looked for before the next terminator is, which may be another's. */
static bool
at_header(struct envelope *env)
{
	struct str next = seg_peek(&env->r);

	return next.n > 3 && next.p[0] == 'U' && next.p[1] == 'N' && (next.p[2] == 'A' || next.p[2] == 'B') &&
	    edifact_starts(next);
}

/* From UNA or UNB on: signs, and the UNB itself. */
static void
begin_interchange(struct edifact_reader *x)
{
	struct envelope *env = &x->env;
	struct edi_place at = { .offset = env->r.at };
	struct edifact_una una;

	edifact_una_read(str_from(env->r.in, env->r.at), &una);
	if (una.fault != NULL)
		facts_problem(env->a, env->f, at, "una-bad", "%s: '%s'", una.fault,
		    env_show(env, str_sub(env->r.in, env->r.at, EDIFACT_UNA_SIZE)));
	seg_use(&env->r, &una.signs, NULL);
	seg_jump(&env->r, env->r.at + una.size);
	if (una.size > 0 && env->r.at < env->r.in.n && is_space(env->r.in.p[env->r.at]))
		env->r.quirks |= EDI_QUIRK_UNA_BREAK;
	x->groups = x->messages = x->in_this_group = 0;
	x->in_group = env->outside = false;
	x->ref = S("");
	if (!seg_next(&env->r, &env->seg))
		env->seg = (struct seg){ .offset = env->r.at, .ordinal = env->r.ordinal + 1 };
	else if (env->seg.tag == TAG_UNB)
		return read_unb(x);
	facts_problem(env->a, env->f, at, "unb-missing", "the interchange begins with '%s', want UNB",
	    env_show(env, str_sub(env->seg.raw, 0, env->seg.tag_n)));
	env->f->interchanges++;
	if (!edifact_starts(str_from(env->r.in, (size_t)env->seg.offset)))
		seg_back(&env->r, &env->seg);	/* but a UNB of unknown signs would be met again and again */
}

static void
read_interchange(struct edifact_reader *x)
{
	struct envelope *env = &x->env;

	begin_interchange(x);
	while (env_pass(env), !at_header(env) && seg_next(&env->r, &env->seg)) {
		if (!read_segment(x))
			return;
		env_note_cut(env);
	}
	env->seg = (struct seg){ .offset = env->r.at, .ordinal = env->r.ordinal + 1 };
	end_group(x, true);
	facts_problem(env->a, env->f, env_place(env, 0, 0), "unz-missing", "no UNZ for the UNB '%s'",
	    env_show(env, x->ref));
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
edifact_read(struct arena *a, struct str in, struct edi_facts *out, struct err *e)
{
	struct edifact_reader x = { .env = { .words = &words, .a = a, .f = out, .r = { .in = in, .passed = out->passed } } };
	struct seg_reader *r = &x.env.r;

	(void)e;
	if (is_other_encoding(in)) {
		facts_problem(a, out, (struct edi_place){ 0 }, "encoding",
		    "EDIFACT in %s, want an 8-bit character set",
		    in.p[0] == '\xe4' ? "EBCDIC" : "UTF-16");
		return 0;
	}
	env_begin(&x.env);
	while (seg_skip_blanks(r)) {
		struct str rest = str_from(in, r->at);
		if (edifact_starts(rest) || (out->interchanges == 0 && edifact_starts_headless(rest)))
			read_interchange(&x);
		else
			env_note_junk(&x.env, edifact_find(in, r->at));
	}
	out->quirks |= r->quirks;
	return 0;
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

const struct edi_format edi_edifact = {
	.name = "edifact",
	.label = "EDIFACT",
	.media_type = "application/EDIFACT",
	.extension = "edi",
	.detect = edifact_detect,
	.read = edifact_read,
};
