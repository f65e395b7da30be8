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

struct tradacoms_reader {
	struct envelope env;
	struct str ref;			/* STX: the sender's transmission reference */
	uint64_t messages, in_this_batch;
	bool in_batch;
};

static const struct env_words words = {
	.header = "MHD", .trailer = "MTR", .control = "MHD 1", .control_element = 1,
	.missing = "mtr-missing", .duplicate = "mhd-duplicate",
	.start = "STX", .end = "END", .tag_min = 3,
};

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
problem(struct envelope *env, unsigned int element, const char *code, const char *text)
{
	facts_problem(env->a, env->f, env_place(env, element, 0), code, "%s", text);
}

static void
end_batch(struct tradacoms_reader *x, bool missing)
{
	env_close_message(&x->env, true);
	if (x->in_batch && missing)
		problem(&x->env, 0, "eob-missing", "no EOB for the BAT before");
	x->in_batch = false;
}

static void
find_number(struct envelope *env)
{
	env->number_tag = SEG_TAG('F', 'I', 'L');	/* a header message has the file's */
	env->number_element = 1;
	env->number_component = 1;
	for (size_t i = 0; i < N(number_places); i++) {
		if (!str_eq(env->message.type, str_of(number_places[i].type)))
			continue;
		env->number_tag = number_places[i].tag;
		env->number_element = number_places[i].element;
	}
}

static void
read_mhd(struct tradacoms_reader *x)
{
	struct envelope *env = &x->env;

	env_close_message(env, true);
	x->messages++;
	x->in_this_batch++;
	env->message = (struct edi_message){ .type = env_value(env, 2, 1),
		.version = env_value(env, 2, 2),
		.control = env_value(env, 1, 0) };
	if (env->message.type.n == 0)
		problem(env, 2, "mhd-short", "MHD names no message type");
	find_number(env);
	env_open_message(env, env->f->interchanges);
}

static void
read_mtr(struct tradacoms_reader *x)
{
	struct envelope *env = &x->env;

	if (!env->in_message) {
		problem(env, 0, "mhd-missing", "MTR without an MHD before it");
		return;
	}
	env_check_count(env, "mtr-count", "MTR 1", env->seg.ordinal - env->message_first + 1,
	    "segments from MHD to MTR");
	env_close_message(env, false);
}

static void
read_eob(struct tradacoms_reader *x)
{
	env_close_message(&x->env, true);
	if (!x->in_batch)
		problem(&x->env, 0, "bat-missing", "EOB without a BAT before it");
	else
		env_check_count(&x->env, "eob-count", "EOB 1", x->in_this_batch, "messages from BAT to EOB");
	end_batch(x, false);
}

static void
read_end(struct tradacoms_reader *x)
{
	end_batch(x, true);
	env_check_count(&x->env, "end-count", "END 1", x->messages, "messages from STX to END");
	if (!x->env.seg.terminated)
		x->env.r.quirks |= EDI_QUIRK_UNTERMINATED;
}

/* Returns false at the end of the transmission. */
static bool
read_segment(struct tradacoms_reader *x)
{
	uint32_t tag = x->env.seg.tag;

	if (tag != TAG_MHD && tag != TAG_MTR && tag != TAG_BAT && tag != TAG_EOB && tag != TAG_END) {
		env_read_body(&x->env, false);
		return true;
	}
	env_check_bytes(&x->env);
	if (tag == TAG_MHD) {
		read_mhd(x);
	} else if (tag == TAG_MTR) {
		read_mtr(x);
	} else if (tag == TAG_EOB) {
		read_eob(x);
	} else if (tag == TAG_BAT) {
		end_batch(x, true);
		x->in_batch = true;
		x->in_this_batch = 0;
	} else {
		read_end(x);
		return false;
	}
	return true;
}

static void
read_stx(struct tradacoms_reader *x)
{
	static const struct { unsigned int element; const char *name; } wanted[] = {
		{ 1, "syntax" }, { 2, "sender" }, { 3, "recipient" }, { 4, "date" }, { 5, "transmission reference" },
	};
	struct envelope *env = &x->env;
	struct edi_party sender = { .id = env_value(env, 2, 1), .name = env_value(env, 2, 2) };
	struct edi_party receiver = { .id = env_value(env, 3, 1), .name = env_value(env, 3, 2) };
	uint64_t first;

	env_check_bytes(env);
	for (size_t i = 0; i < N(wanted); i++)
		if (env_value(env, wanted[i].element, 0).n == 0)
			facts_problem(env->a, env->f, env_place(env, wanted[i].element, 0),
			    "stx-short", "STX has no %s", wanted[i].name);
	x->ref = env_value(env, 5, 1);
	if (env->f->interchanges == 0) {
		env->f->control = x->ref;
		env->f->version = env_value(env, 1, 0);
	}
	if (sender.id.n == 0)
		sender.id = sender.name;
	if (receiver.id.n == 0)
		receiver.id = receiver.name;
	env_note_parties(env, sender, receiver, false);
	if (env_is_repeated(env, "STX", refs_key(refs_key(0, sender.id), receiver.id), x->ref, &first))
		facts_problem(env->a, env->f, env_place(env, 5, 1), "stx-duplicate",
		    "STX reference '%s' is used twice, first at offset %" PRIu64, env_show(env, x->ref), first);
}

static bool
at_header(struct envelope *env)
{
	return str_starts(seg_peek(&env->r), S("STX="));
}

static void
read_transmission(struct tradacoms_reader *x)
{
	struct envelope *env = &x->env;

	seg_use(&env->r, &signs, NULL);
	x->messages = x->in_this_batch = 0;
	x->in_batch = env->outside = false;
	if (!seg_next(&env->r, &env->seg))
		return;
	read_stx(x);
	while (env_pass(env), !at_header(env) && seg_next(&env->r, &env->seg)) {
		if (!read_segment(x))
			return;
		env_note_cut(env);
	}
	env->seg = (struct seg){ .offset = env->r.at, .ordinal = env->r.ordinal + 1 };
	end_batch(x, true);
	facts_problem(env->a, env->f, env_place(env, 0, 0), "end-missing",
	    "no END for the STX '%s'", env_show(env, x->ref));
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
tradacoms_read(struct arena *a, struct str in, struct edi_facts *out, struct err *e)
{
	struct tradacoms_reader x = { .env = { .words = &words, .a = a, .f = out, .r = { .in = in, .passed = out->passed } } };
	struct seg_reader *r = &x.env.r;

	(void)e;
	env_begin(&x.env);
	while (seg_skip_blanks(r)) {
		if (str_starts(str_from(in, r->at), S("STX=")))
			read_transmission(&x);
		else if (out->interchanges == 0 && str_starts(str_from(in, r->at), S("STX"))) {
			facts_problem(a, out,
			    (struct edi_place){ .offset = r->at + 3, .segment = 1 }, "stx-signs",
			    "the sign behind STX is '%s', want '='",
			    facts_show(a, str_sub(in, r->at + 3, 1)));
			break;
		} else
			env_note_junk(&x.env, find_start(in, r->at));
	}
	out->quirks |= r->quirks;
	return 0;
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

const struct edi_format edi_tradacoms = {
	.name = "tradacoms",
	.label = "TRADACOMS",
	.media_type = "application/EDI-consent",
	.extension = "tra",
	.detect = tradacoms_detect,
	.read = tradacoms_read,
};
