/* SPDX-License-Identifier: ISC */
/*
 * x12_ack.c - TA1, 997 and 999: written with the signs, the version, the line ends and the ids of what was received.
 * One interchange answers one; in it one group FA with one set answers one group.
 *
 * A group or interchange that is refused takes what is in it along. Of what was refused as a whole only those parts are
 * named that have faults of their own: an "A" for a set in a refused group would be read as acceptance.
 */
#include "edi/ack_format.h"
#include "edi/seg_write.h"
#include "edi/subject.h"

#define CODES_MAX	 5u	/* AK502 to AK506, AK905 to AK909 */
#define FAULTS_TOLD	 100u	/* AK3 and AK4 of a set */
#define VALUE_MAX	 99u	/* of AK404 */
#define SCRATCH_MAX	 (1u << 20)
#define VERSION_999	 "005010X231A1"	/* the guide that a 999 follows */
#define VERSION_CORE	 6u	/* bytes of "004010" in "004010X098A1" */

struct writer {
	struct seg_writer w;
	struct arena *scratch;	/* reset for every unit */
	struct ack_order *o;
	const struct subject_interchange *ic;
	const struct subject_unit *group;
};

static struct str
value(struct writer *x, const struct subject_unit *u, unsigned int i)
{
	return subject_value(x->scratch, x->ic, u, i, 0);
}

/* ---- signs ---- */

static bool
is_usable(char c)
{
	return (unsigned char)c > ' ' && (unsigned char)c < 0x7f && !is_alnum(c);
}

/* Signs that no partner can have chosen on purpose are not given back. */
static struct seg_signs
choose_signs(const struct seg_signs *got)
{
	struct seg_signs usual = { '*', ':', -1, -1, "~", 1 };
	bool term = got->term_n > 1 || (!is_alnum(got->term[0]) && got->term[0] != ' ' && got->term[0] != '\t');

	/* A "~" for components would be taken for the terminator, and what ends segments for a line break behind it. */
	if (!is_usable(got->elem) || !is_usable(got->comp) || got->comp == '~' || !term ||
	    !seg_signs_distinct(got))
		return usual;
	return *got;
}

/* ---- codes ---- */

/* The codes of a unit's own faults, each once. */
static size_t
gather(const struct subject_unit *u, const char *codes[CODES_MAX])
{
	const char *code;
	size_t n = 0, i;

	for (const struct subject_fault *f = u->faults; f != NULL && n < CODES_MAX; f = f->next) {
		code = u->level == ACK_GROUP ? f->code->group : f->code->set;
		for (i = 0; i < n && code != NULL && !str_eq(str_of(codes[i]), str_of(code)); i++)
			;
		if (code != NULL && i == n)
			codes[n++] = code;
	}
	return n;
}

static void
write_codes(struct writer *x, const struct subject_unit *u)
{
	const char *codes[CODES_MAX];
	size_t n = gather(u, codes);

	for (size_t i = 0; i < n; i++)
		seg_write(&x->w, str_of(codes[i]));
}

/* I18 has a note for each element of the ISA. */
static const char *
note_of_isa(unsigned int element)
{
	static const char *const notes[X12_ISA_ELEMENTS + 1] = {
		"022", "010", "011", "012", "013", "005", "006", "007", "008", "014", "015", "016", "017", "018", "019",
		"020", "027",
	};

	return element <= X12_ISA_ELEMENTS ? notes[element] : notes[0];
}

/* The first fault that refuses decides; else the first. */
static const char *
choose_note(const struct subject_interchange *ic)
{
	const struct subject_fault *f = ic->unit.faults;

	while (f != NULL && f->note && f->next != NULL)
		f = f->next;
	if (f == NULL || f->code->ta1 == NULL)
		return f == NULL ? "000" : "022";
	if (str_eq(str_of(f->code->problem), S("isa-width")))
		return note_of_isa(f->element);
	if (str_eq(str_of(f->code->problem), S("isa-signs")) && ic->signs.comp == ic->signs.elem)
		return "027";
	return f->code->ta1;
}

/* ---- segments ---- */

static void
write_isa(struct writer *x)
{
	const struct subject_unit *u = &x->ic->unit;
	struct str rep = x->w.signs.rep < 0 ? S("U") : str_make(&(char){ (char)x->w.signs.rep }, 1);
	struct seg_writer *w = &x->w;

	seg_write_tag(w, "ISA");
	seg_write_fixed(w, S("00"), 2);
	seg_write_fixed(w, S(""), 10);
	seg_write_fixed(w, S("00"), 2);
	seg_write_fixed(w, S(""), 10);
	seg_write_fixed(w, value(x, u, 7), 2);
	seg_write_fixed(w, value(x, u, 8), 15);
	seg_write_fixed(w, value(x, u, 5), 2);
	seg_write_fixed(w, value(x, u, 6), 15);
	seg_write_fixed(w, str_sub(x->o->now, 2, 6), 6);
	seg_write_fixed(w, str_sub(x->o->now, 8, 4), 4);
	seg_write_raw(w, rep);
	seg_write_fixed(w, value(x, u, 12), 5);
	seg_write_n(w, x->o->interchange, 9);
	seg_write(w, S("0"));
	seg_write_fixed(w, value(x, u, 15), 1);
	seg_write_raw(w, str_make(&w->signs.comp, 1));
	seg_write_end(w);
}

static void
write_ta1(struct writer *x)
{
	const struct subject_unit *u = &x->ic->unit;

	seg_write_tag(&x->w, "TA1");
	seg_write(&x->w, value(x, u, 13));
	seg_write(&x->w, value(x, u, 9));
	seg_write(&x->w, value(x, u, 10));
	seg_write(&x->w, u->refused ? S("R") : u->faults != NULL ? S("E") : S("A"));
	seg_write(&x->w, str_of(choose_note(x->ic)));
	seg_write_end(&x->w);
}

/* Implementation guides (HIPAA's) have an X in the version, and from 005010 on a set of their own. */
static bool
wants_999(struct str version)
{
	return str_chr(version, 'X', NULL) && str_cmp(version, S("005010")) >= 0;
}

static void
write_gs(struct writer *x, bool guide)
{
	struct str version = value(x, x->group, 8), agency = value(x, x->group, 7);
	bool century = str_cmp(version, S("004")) >= 0;	/* GS04 has eight digits from 004010 on */

	seg_write_tag(&x->w, "GS");
	seg_write(&x->w, S("FA"));
	seg_write(&x->w, value(x, x->group, 3));
	seg_write(&x->w, value(x, x->group, 2));
	seg_write(&x->w, century ? str_sub(x->o->now, 0, 8) : str_sub(x->o->now, 2, 6));
	seg_write(&x->w, str_sub(x->o->now, 8, 4));
	seg_write_n(&x->w, x->o->group, 1);
	seg_write(&x->w, agency.n > 0 ? agency : S("X"));
	seg_write(&x->w, guide ? S(VERSION_999) : str_sub(version, 0, VERSION_CORE));
	seg_write_end(&x->w);
}

/* What stands there, where it can stand in an acknowledgement as it is: signs in it would be read as such. */
static struct str
shown_value(const struct seg_signs *g, struct str value)
{
	for (size_t i = 0; i < value.n; i++) {
		char c = value.p[i];
		if (c < ' ' || c > '~' || c == g->elem || c == g->comp || c == g->term[0] ||
		    (unsigned char)c == g->rep)
			return S("");
	}
	return str_sub(value, 0, VALUE_MAX);
}

static void
write_element(struct writer *x, const struct subject_fault *f, bool guide)
{
	struct seg_writer *w = &x->w;

	seg_write_tag(w, guide ? "IK4" : "AK4");
	seg_write_n(w, f->element, 1);
	if (f->component > 0)
		seg_write_more_n(w, f->component);
	seg_write(w, f->finding != NULL ? f->finding->reference : S(""));
	seg_write(w, str_of(f->code->element));
	if (f->finding != NULL)
		seg_write(w, shown_value(&w->signs, f->finding->value));
	seg_write_end(w);
}

/* AK3 wants the tag; where a segment has none, AK502 alone has to do. */
static bool
has_place(const struct subject_fault *f)
{
	return f->code->segment != NULL && f->tag.n > 0 && f->segment > 0;
}

static bool
is_element(const struct subject_fault *f)
{
	return f->code->element != NULL && f->element > 0;
}

/* The same segment, for the same reason: its elements. */
static bool
goes_on(const struct subject_fault *f, const struct subject_fault *before)
{
	return before != NULL && is_element(f) && is_element(before) && f->segment == before->segment &&
	    str_eq(str_of(f->code->segment), str_of(before->code->segment));
}

static void
write_segment(struct writer *x, const struct subject_fault *f, bool guide)
{
	struct seg_writer *w = &x->w;

	seg_write_tag(w, guide ? "IK3" : "AK3");
	seg_write(w, f->tag);
	seg_write_n(w, f->segment, 1);
	seg_write(w, S(""));
	seg_write(w, str_of(f->code->segment));
	seg_write_end(w);
}

static void
write_faults(struct writer *x, const struct subject_unit *set, bool guide)
{
	const struct subject_fault *before = NULL;
	size_t told = 0;

	for (const struct subject_fault *f = set->faults; f != NULL && told < FAULTS_TOLD; f = f->next) {
		if (!has_place(f))
			continue;
		told++;
		if (!goes_on(f, before))
			write_segment(x, f, guide);
		if (is_element(f))
			write_element(x, f, guide);
		before = f;
	}
}

static void
write_set(struct writer *x, const struct subject_unit *set, bool guide)
{
	arena_reset(x->scratch);
	seg_write_tag(&x->w, "AK2");
	seg_write(&x->w, value(x, set, 1));
	seg_write(&x->w, value(x, set, 2));
	if (guide)
		seg_write(&x->w, value(x, set, 3));
	seg_write_end(&x->w);
	write_faults(x, set, guide);
	seg_write_tag(&x->w, guide ? "IK5" : "AK5");
	seg_write(&x->w, set->refused ? S("R") : set->faults != NULL ? S("E") : S("A"));
	write_codes(x, set);
	seg_write_end(&x->w);
}

static struct str
group_word(enum ack_verdict v)
{
	return v == ACK_REJECTED ? S("R") : v == ACK_PARTIAL ? S("P") : v == ACK_ACCEPTED_ERRORS ? S("E") : S("A");
}

/* AK902 repeats what GE01 claims; AK903 is what came. */
static void
write_ak9(struct writer *x, enum ack_verdict verdict)
{
	uint64_t claimed, accepted = 0;

	for (const struct subject_unit *set = x->group->first; set != NULL; set = set->next)
		accepted += verdict != ACK_REJECTED && !set->refused;
	if (str_u64(x->group->count, 999999, &claimed) == -1)
		claimed = x->group->n;
	seg_write_tag(&x->w, "AK9");
	seg_write(&x->w, group_word(verdict));
	seg_write_n(&x->w, claimed, 1);
	seg_write_n(&x->w, x->group->n, 1);
	seg_write_n(&x->w, accepted, 1);
	write_codes(x, x->group);
	seg_write_end(&x->w);
}

static enum ack_verdict
write_group(struct writer *x)
{
	bool above = x->ic->unit.refused, guide;
	enum ack_verdict verdict = subject_verdict(x->group, above);
	struct seg_writer *w = &x->w;

	arena_reset(x->scratch);
	guide = wants_999(value(x, x->group, 8));
	write_gs(x, guide);
	w->segments = 0;
	seg_write_tag(w, "ST");
	seg_write(w, guide ? S("999") : S("997"));
	seg_write(w, S("0001"));
	if (guide)
		seg_write(w, S(VERSION_999));
	seg_write_end(w);
	seg_write_tag(w, "AK1");
	seg_write(w, value(x, x->group, 1));
	seg_write(w, value(x, x->group, 6));
	if (guide)
		seg_write(w, value(x, x->group, 8));
	seg_write_end(w);
	for (const struct subject_unit *set = x->group->first; set != NULL; set = set->next)
		if (set->refused || (!above && !x->group->refused))
			write_set(x, set, guide);
	write_ak9(x, verdict);
	seg_write_tag(w, "SE");
	seg_write_n(w, w->segments + 1, 1);
	seg_write(w, S("0001"));
	seg_write_end(w);
	seg_write_tag(w, "GE");
	seg_write(w, S("1"));
	seg_write_n(w, x->o->group, 1);
	seg_write_end(w);
	x->o->group++;
	return verdict;
}

/* ---- what is to be said at all ---- */

static bool
is_told(const struct writer *x, const struct subject_unit *u)
{
	bool wrong = u->faults != NULL || u->refused_below || u->noted_below;

	if (u->level != ACK_GROUP || u->is_ack || x->o->set == ACK_NEVER ||
	    (x->o->set == ACK_ON_ERROR && !wrong))
		return false;
	return !x->ic->unit.refused || u->refused || u->refused_below;
}

/* Is there anything in it but acknowledgements? What is empty, and is refused, is answered. */
static bool
is_answered(const struct subject_interchange *ic)
{
	bool others = false;

	for (const struct subject_unit *u = ic->unit.first; u != NULL; u = u->next)
		others |= !u->is_ack;
	return others || (ic->unit.first == NULL && !ic->has_ta1);
}

static bool
wants_ta1(struct writer *x)
{
	bool asked = x->o->ta1 == ACK_AUTO && str_eq(value(x, &x->ic->unit, 14), S("1"));

	return x->o->ta1 == ACK_ALWAYS || (x->o->ta1 != ACK_NEVER && (asked || x->ic->unit.faults != NULL));
}

static void
write_interchange(struct writer *x)
{
	enum ack_verdict verdict = x->ic->unit.refused ? ACK_REJECTED : ACK_RECEIVED;
	uint64_t groups = 0;
	bool ta1 = wants_ta1(x);

	for (const struct subject_unit *u = x->ic->unit.first; u != NULL; u = u->next)
		groups += is_told(x, u);
	if (!is_answered(x->ic) || (!ta1 && groups == 0))
		return;
	x->w.signs = choose_signs(&x->ic->signs);
	x->w.eol = x->w.signs.term[0] == '\n' || x->w.signs.term[0] == '\r' ? S("") : x->ic->eol;
	write_isa(x);
	if (ta1)
		write_ta1(x);
	for (x->group = x->ic->unit.first; x->group != NULL; x->group = x->group->next)
		if (is_told(x, x->group))
			verdict = ack_join(verdict, write_group(x));
	seg_write_tag(&x->w, "IEA");
	seg_write_n(&x->w, groups, 1);
	seg_write_n(&x->w, x->o->interchange, 9);
	seg_write_end(&x->w);
	x->o->interchange++;
	x->o->made++;
	x->o->verdict = ack_join(x->o->verdict, verdict);
}

int
x12_ack_write(struct arena *a, struct str in, const struct edi_facts *f, struct ack_order *o, struct buf *out,
    struct err *e)
{
	struct writer x = { .w = { .out = out, .err = e }, .o = o };
	struct subject subject;

	if (subject_read(a, in, f, o, &subject, e) == -1)
		return -1;
	x.scratch = arena_new(SCRATCH_MAX);
	for (x.ic = subject.first; x.ic != NULL && x.w.rc == 0; x.ic = x.ic->next) {
		arena_reset(x.scratch);
		write_interchange(&x);
	}
	arena_free(x.scratch);
	if (x.w.rc == 0 && (o->interchange > ACK_NUMBER_MAX + 1 || o->group > ACK_NUMBER_MAX + 1))
		return err_set(e, ERR_INPUT, "control numbers are used up, at most %u", ACK_NUMBER_MAX);
	return x.w.rc;
}
