/* SPDX-License-Identifier: ISC */
/*
 * edifact_ack.c - CONTRL, ISO 9735-4: written in the syntax version, with the signs, the line ends and the ids of what
 * was received. One interchange with one message answers one interchange.
 *
 * What is not refused by name is acknowledged by the level above it (0083 7), so only what has faults is named.
 * Positions of elements count the segment's tag (0098), positions of segments the UNH (0096).
 */
#include "edi/ack_format.h"
#include "edi/seg_write.h"
#include "edi/subject.h"

#define FAULTS_TOLD 100u	/* of a message; UCS may be there 999 times, with 99 UCD each */
#define SCRATCH_MAX (1u << 20)

struct writer {
	struct seg_writer w;
	struct arena *scratch;	/* reset for every unit */
	struct ack_order *o;
	const struct subject_interchange *ic;
};

static struct str
value(struct writer *x, const struct subject_unit *u, unsigned int i, unsigned int j)
{
	return subject_value(x->scratch, x->ic, u, i, j);
}

static void
copy(struct writer *x, const struct subject_unit *u, unsigned int element, unsigned int components)
{
	seg_write(&x->w, value(x, u, element, 1));
	for (unsigned int j = 2; j <= components; j++)
		seg_write_more(&x->w, value(x, u, element, j));
}

/* ---- signs ---- */

static bool
is_usable(int c)
{
	return c < 0 || (c > ' ' && c < 0x7f && !is_alnum((char)c));
}

/* Those of the UNA where it has such as people use; level B has its own, without one. */
static void
choose_signs(struct writer *x)
{
	const struct seg_signs *got = &x->ic->signs;
	static const struct seg_signs usual = { '+', ':', '*', '?', "'", 1 };
	bool level_b = x->ic->una.n == 0 && got->elem == '\x1d';

	x->w.signs = *got;
	if (level_b || (is_usable(got->elem) && is_usable(got->comp) && is_usable(got->release) &&
	    is_usable(got->rep) && got->term_n == 1 && is_usable((unsigned char)got->term[0])))
		return;
	x->w.signs = usual;
	x->w.signs.rep = got->rep < 0 ? -1 : '*';
}

/* ISO 9735-1, 8.1. The decimal mark, which only old versions of the syntax read there, is the sender's. */
static void
write_una(struct writer *x)
{
	const struct seg_signs *g = &x->w.signs;
	struct str una = x->ic->una;
	char text[EDIFACT_UNA_SIZE] = { 'U', 'N', 'A', g->comp, g->elem, una.n > 5 ? una.p[5] : '.',
		g->release < 0 ? ' ' : (char)g->release, ' ', g->term[0] };

	if (una.n < EDIFACT_UNA_SIZE)
		return;
	if ((unsigned char)text[5] < ' ')
		text[5] = '.';
	if (g->rep >= 0)
		text[7] = (char)g->rep;
	if (buf_put(x->w.out, str_make(text, sizeof(text)), x->w.err) == -1 ||
	    buf_put(x->w.out, x->w.eol, x->w.err) == -1)
		x->w.rc = -1;
}

/* ---- segments ---- */

static bool
is_level_known(struct str id)
{
	return id.n == 4 && str_starts(id, S("UNO")) && str_chr(S("ABCDEFGHIJKLWXY"), id.p[3], NULL);
}

/* Small letters and the like, which levels A and B do not have, stand in ids all the same. */
static bool
is_beyond(struct str s)
{
	static const struct str has = S_INIT("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 .,-()/=!\"%&*;<>'+:?");

	for (size_t i = 0; i < s.n && i < SEG_WRITE_VALUE_MAX; i++)
		if (!str_chr(has, s.p[i], NULL))
			return true;
	return false;
}

/* The level of what we answer, if it has all that we have to repeat of it. */
static struct str
choose_level(struct writer *x)
{
	const struct subject_unit *u = &x->ic->unit;
	struct str level = value(x, u, 1, 1);
	bool beyond = is_beyond(value(x, u, 5, 1));

	for (unsigned int i = 2; i <= 3; i++)
		for (unsigned int j = 1; j <= 3; j++)
			beyond |= is_beyond(value(x, u, i, j));
	if (!is_level_known(level) || (level.p[3] <= 'B' && beyond))
		return beyond ? S("UNOC") : S("UNOA");
	return level;
}

static void
write_unb(struct writer *x, bool v4)
{
	const struct subject_unit *u = &x->ic->unit;
	struct str version = value(x, u, 1, 2);
	struct seg_writer *w = &x->w;

	seg_write_tag(w, "UNB");
	seg_write(w, choose_level(x));
	seg_write_more(w, version.n == 1 && is_digit(version.p[0]) ? version : S("3"));
	copy(x, u, 3, 3);
	copy(x, u, 2, 3);
	seg_write(w, v4 ? str_sub(x->o->now, 0, 8) : str_sub(x->o->now, 2, 6));
	seg_write_more(w, str_sub(x->o->now, 8, 4));
	seg_write_n(w, x->o->interchange, 1);
	if (str_eq(value(x, u, 11, 1), S("1"))) {	/* 0035: a test is answered by a test */
		w->elements += 5;
		seg_write(w, S("1"));
	}
	seg_write_end(w);
}

/* 0083, and what it is for: 0085, 0135, S011. */
static void
write_action(struct writer *x, const struct subject_unit *u, const char *action)
{
	const struct subject_fault *f = u->faults;

	seg_write(&x->w, str_of(action));
	while (f != NULL && (f->code->contrl == NULL || (u->level == ACK_MESSAGE && f->code->service == NULL)))
		f = f->next;
	if (f == NULL || !u->refused)
		return;
	seg_write(&x->w, str_of(f->code->contrl));
	seg_write(&x->w, str_of(f->code->service));
	if (f->code->service == NULL || f->element == 0)
		return;
	seg_write_n(&x->w, f->element + 1, 1);
	if (f->component > 0)
		seg_write_more_n(&x->w, f->component);
}

static bool
is_told(const struct subject_fault *f)
{
	return f->code->service == NULL && f->code->contrl != NULL && f->segment > 0 && !f->note;
}

/* The segment's position, for a fault of its own with the code (0085); what is wrong in it follows. */
static void
write_segment(struct writer *x, const struct subject_fault *f, const struct subject_fault *before)
{
	if (before != NULL && f->segment == before->segment && f->element > 0 && before->element > 0)
		return;
	seg_write_tag(&x->w, "UCS");
	seg_write_n(&x->w, f->segment, 1);
	if (f->element == 0)
		seg_write(&x->w, str_of(f->code->contrl));
	seg_write_end(&x->w);
}

static void
write_element(struct writer *x, const struct subject_fault *f)
{
	if (f->element == 0)
		return;
	seg_write_tag(&x->w, "UCD");
	seg_write(&x->w, str_of(f->code->contrl));
	seg_write_n(&x->w, f->element + 1, 1);
	if (f->component > 0)
		seg_write_more_n(&x->w, f->component);
	seg_write_end(&x->w);
}

static void
write_faults(struct writer *x, const struct subject_unit *u)
{
	const struct subject_fault *before = NULL;
	size_t told = 0;

	for (const struct subject_fault *f = u->faults; f != NULL && told < FAULTS_TOLD; f = f->next) {
		if (!is_told(f))
			continue;
		told++;
		write_segment(x, f, before);
		write_element(x, f);
		before = f;
	}
}

static void
write_messages(struct writer *x, const struct subject_unit *in)
{
	for (const struct subject_unit *u = in->first; u != NULL; u = u->next) {
		if (u->level != ACK_MESSAGE || !u->refused || u->is_ack)
			continue;
		arena_reset(x->scratch);
		seg_write_tag(&x->w, "UCM");
		seg_write(&x->w, value(x, u, 1, 1));
		copy(x, u, 2, 5);
		write_action(x, u, "4");
		seg_write_end(&x->w);
		write_faults(x, u);
	}
}

static void
write_groups(struct writer *x)
{
	for (const struct subject_unit *u = x->ic->unit.first; u != NULL; u = u->next) {
		if (u->level != ACK_GROUP || (!u->refused && !u->refused_below))
			continue;
		arena_reset(x->scratch);
		seg_write_tag(&x->w, "UCF");
		seg_write(&x->w, value(x, u, 5, 1));
		copy(x, u, 2, 2);
		copy(x, u, 3, 2);
		write_action(x, u, u->refused || x->ic->unit.refused ? "4" : "7");
		seg_write_end(&x->w);
		write_messages(x, u);
	}
}

/* ---- what is to be said at all ---- */

static bool
has_others(const struct subject_unit *in)
{
	bool others = in->first == NULL;

	for (const struct subject_unit *u = in->first; u != NULL; u = u->next)
		others |= u->level == ACK_GROUP ? has_others(u) : !u->is_ack;
	return others;
}

static bool
has_text(struct str s)
{
	for (size_t i = 0; i < s.n && i < SEG_WRITE_VALUE_MAX; i++)
		if ((unsigned char)s.p[i] > ' ')
			return true;
	return false;
}

static bool
is_wanted(struct writer *x)
{
	const struct subject_unit *u = &x->ic->unit;
	bool wrong = u->faults != NULL || u->refused_below;

	switch (x->o->contrl) {
	case ACK_AUTO:
		return wrong || str_eq(value(x, u, 9, 1), S("1"));
	case ACK_ALWAYS:
		return true;
	case ACK_ON_ERROR:
		return wrong;
	default:
		return false;
	}
}

/* A CONTRL needs somebody to go to, somebody whom it comes from, and a reference to speak of. */
static bool
is_answered(struct writer *x)
{
	const struct subject_unit *u = &x->ic->unit;

	return !x->ic->headless && has_others(u) && has_text(value(x, u, 2, 1)) &&
	    has_text(value(x, u, 3, 1)) && has_text(value(x, u, 5, 1));
}

static enum ack_verdict
write_message(struct writer *x, bool v4)
{
	const struct subject_unit *u = &x->ic->unit;
	struct seg_writer *w = &x->w;
	bool receipt = x->o->receipt && !u->refused && !u->refused_below;
	enum ack_verdict verdict = subject_verdict(u, false);

	w->segments = 0;
	seg_write_tag(w, "UNH");
	seg_write(w, S("1"));
	seg_write(w, S("CONTRL"));
	seg_write_more(w, v4 ? S("4") : S("D"));
	seg_write_more(w, v4 ? S("1") : S("3"));
	seg_write_more(w, S("UN"));
	seg_write_end(w);
	seg_write_tag(w, "UCI");
	seg_write(w, value(x, u, 5, 1));
	copy(x, u, 2, 3);
	copy(x, u, 3, 3);
	write_action(x, u, u->refused ? "4" : receipt ? "8" : "7");
	seg_write_end(w);
	write_messages(x, u);
	write_groups(x);
	seg_write_tag(w, "UNT");
	seg_write_n(w, w->segments + 1, 1);
	seg_write(w, S("1"));
	seg_write_end(w);
	if (verdict == ACK_ACCEPTED_ERRORS)
		verdict = ACK_ACCEPTED;		/* which is all that it says */
	return receipt ? ACK_RECEIVED : verdict;
}

static void
write_interchange(struct writer *x)
{
	struct str version = value(x, &x->ic->unit, 1, 2);
	bool v4 = str_eq(version, S("4"));

	if (!is_answered(x) || !is_wanted(x))
		return;
	choose_signs(x);
	x->w.eol = x->ic->eol;
	write_una(x);
	write_unb(x, v4);
	x->o->verdict = ack_join(x->o->verdict, write_message(x, v4));
	seg_write_tag(&x->w, "UNZ");
	seg_write(&x->w, S("1"));
	seg_write_n(&x->w, x->o->interchange, 1);
	seg_write_end(&x->w);
	x->o->interchange++;
	x->o->made++;
}

int
edifact_ack_write(struct arena *a, struct str in, const struct edi_facts *f, struct ack_order *o,
    struct buf *out, struct err *e)
{
	struct writer x = { .w = { .out = out, .err = e, .protects = true }, .o = o };
	struct subject subject;

	if (subject_read(a, in, f, o, &subject, e) == -1)
		return -1;
	x.scratch = arena_new(SCRATCH_MAX);
	for (x.ic = subject.first; x.ic != NULL && x.w.rc == 0; x.ic = x.ic->next) {
		arena_reset(x.scratch);
		write_interchange(&x);
	}
	arena_free(x.scratch);
	if (x.w.rc == 0 && o->interchange > ACK_NUMBER_MAX + 1)
		return err_set(e, ERR_INPUT, "control numbers are used up, at most %u", ACK_NUMBER_MAX);
	return x.w.rc;
}
