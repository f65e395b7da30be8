/* SPDX-License-Identifier: ISC */
/*
 * subject.c - one more walk over the segments, with what was found in the order of their places: each is given to the
 * unit that is open when its place is passed, or to the one before where it tells of what did not come.
 */
#include "edi/subject.h"

#include <stdlib.h>

enum { LEVELS = ACK_MESSAGE + 1 };

static const struct tags {
	uint32_t header[LEVELS], trailer[LEVELS];
} x12_tags = {
	{ SEG_TAG('I', 'S', 'A'), SEG_TAG('G', 'S', ' '), SEG_TAG('S', 'T', ' ') },
	{ SEG_TAG('I', 'E', 'A'), SEG_TAG('G', 'E', ' '), SEG_TAG('S', 'E', ' ') },
}, edifact_tags = {
	{ SEG_TAG('U', 'N', 'B'), SEG_TAG('U', 'N', 'G'), SEG_TAG('U', 'N', 'H') },
	{ SEG_TAG('U', 'N', 'Z'), SEG_TAG('U', 'N', 'E'), SEG_TAG('U', 'N', 'T') },
};

/* What was found: a problem of the facts, or a finding of a dictionary. */
struct found {
	const struct edi_problem *problem;
	const struct dict_finding *finding;
	size_t i;
};

struct reader {
	struct arena *a;
	struct walk walk;
	const struct tags *tags;
	struct subject *subject;
	bool refuse;		/* findings refuse, too */
	struct found *found;	/* by their offsets */
	size_t n_found, n_given;
	uint64_t blind;		/* problems from this offset on may have gone untold, */
	uint64_t blind_findings;	/* or findings */
	struct subject_interchange *interchange, **next;
	struct subject_unit *open[LEVELS];	/* NULL: none is */
	struct subject_unit *last[LEVELS];	/* opened last, closed or not */
};

struct str
subject_value(struct arena *a, const struct subject_interchange *ic, const struct subject_unit *u,
    unsigned int i, unsigned int j)
{
	struct seg s = { .raw = u->header };
	struct str raw = str_sub(seg_component(&ic->signs, &s, i, j), 0, EDI_VALUE_MAX);

	return seg_needs_copy(&ic->signs, raw) ? seg_unescape(a, &ic->signs, raw) : str_trim(raw);
}

enum ack_verdict
subject_verdict(const struct subject_unit *u, bool refused_above)
{
	bool accepted = false;

	if (refused_above || u->refused)
		return ACK_REJECTED;
	for (const struct subject_unit *below = u->first; below != NULL; below = below->next)
		accepted |= subject_verdict(below, false) != ACK_REJECTED;
	if (u->refused_below)
		return accepted ? ACK_PARTIAL : ACK_REJECTED;
	return u->faults != NULL || u->noted_below ? ACK_ACCEPTED_ERRORS : ACK_ACCEPTED;
}

/* ---- units ---- */

static void
init_unit(struct reader *r, struct subject_unit *u, unsigned int level)
{
	u->level = level;
	u->header = r->walk.seg.raw;
	u->ordinal = r->walk.seg.ordinal;
	u->end = &u->first;
	u->faults_end = &u->faults;
	for (unsigned int below = level; below < LEVELS; below++)
		r->open[below] = r->last[below] = NULL;
	r->open[level] = r->last[level] = u;
	r->subject->n_units++;
}

/* A line end that stands behind the header is what the sender puts behind every segment. */
static struct str
line_end(const struct walk *w)
{
	struct str rest = str_from(w->r.in, w->r.at);

	return str_starts(rest, S("\r\n")) ? S("\r\n") : str_starts(rest, S("\n")) ? S("\n") : S("");
}

static void
open_interchange(struct reader *r)
{
	struct subject_interchange *ic = arena_new_of(r->a, struct subject_interchange);

	init_unit(r, &ic->unit, ACK_INTERCHANGE);
	ic->signs = r->walk.r.signs;
	ic->una = r->walk.una;
	ic->eol = line_end(&r->walk);
	ic->headless = r->walk.seg.tag != r->tags->header[ACK_INTERCHANGE];
	*r->next = r->interchange = ic;
	r->next = &ic->next;
}

static void
open_unit(struct reader *r, unsigned int level)
{
	struct subject_unit *u = arena_new_of(r->a, struct subject_unit);
	struct subject_unit *above = r->open[ACK_GROUP];
	bool x12 = r->tags == &x12_tags;

	if (above == NULL || level == ACK_GROUP)
		above = &r->interchange->unit;
	init_unit(r, u, level);
	above->n++;
	*above->end = u;
	above->end = &u->next;
	if (x12 && level == ACK_GROUP)
		u->is_ack = str_eq(str_trim(seg_element(&r->walk.r.signs, &r->walk.seg, 1)), S("FA"));
	if (!x12 && level == ACK_MESSAGE)
		u->is_ack = str_eq(str_trim(seg_component(&r->walk.r.signs, &r->walk.seg, 2, 1)), S("CONTRL"));
}

static void
close_units(struct reader *r, unsigned int level)
{
	if (r->open[level] != NULL)
		r->open[level]->count = str_trim(seg_element(&r->walk.r.signs, &r->walk.seg, 1));
	for (; level < LEVELS; level++)
		r->open[level] = NULL;
}

/* ---- faults ---- */

static int
compare_offsets(const void *a, const void *b)
{
	const struct found *x = a, *y = b;

	if (x->problem->offset != y->problem->offset)
		return x->problem->offset > y->problem->offset ? 1 : -1;
	return (x->i > y->i) - (x->i < y->i);
}

static void
add_found(struct reader *r, const struct edi_problem *problem, const struct dict_finding *finding)
{
	r->found[r->n_found] = (struct found){ problem, finding, r->n_found };
	r->n_found++;
}

static void
sort_found(struct reader *r, const struct edi_facts *f, const struct dict_findings *d)
{
	r->blind = r->blind_findings = UINT64_MAX;
	r->found = arena_get_array(r->a, f->n_problems_kept + (d != NULL ? d->n_kept : 0), sizeof(*r->found));
	for (size_t i = 0; i < f->n_problems_kept; i++)
		add_found(r, &f->problems[i], NULL);
	if (f->n_problems > f->n_problems_kept && f->n_problems_kept > 0)
		r->blind = f->problems[f->n_problems_kept - 1].offset;
	for (size_t i = 0; d != NULL && i < d->n_kept; i++)
		if (!d->kept[i].warning)
			add_found(r, &d->kept[i].problem, &d->kept[i]);
	if (d != NULL && d->n_errors > d->n_errors_kept && d->n_kept > 0)
		r->blind_findings = d->kept[d->n_kept - 1].problem.offset;
	qsort(r->found, r->n_found, sizeof(*r->found), compare_offsets);
}

static void
add_fault(struct reader *r, struct subject_unit *u, struct subject_fault fault)
{
	struct subject_fault *kept = arena_new_of(r->a, struct subject_fault);

	*kept = fault;
	*u->faults_end = kept;
	u->faults_end = &kept->next;
	u->refused |= !fault.note;
}

/* Which element of the segment does a byte stand in? */
static unsigned int
element_at(const struct seg_signs *g, const struct seg *s, uint64_t offset)
{
	unsigned int n = 0;

	for (size_t i = 0; i < s->raw.n && s->offset + i < offset; i++)
		n += s->raw.p[i] == g->elem && !(i > 0 && (unsigned char)s->raw.p[i - 1] == g->release);
	return n;
}

static struct subject_unit *
unit_of(struct reader *r, struct subject_unit **units, enum ack_level level)
{
	if (level == ACK_HERE)
		level = units[ACK_MESSAGE] != NULL ? ACK_MESSAGE : ACK_GROUP;
	while (level > ACK_INTERCHANGE && units[level] == NULL)
		level--;
	if (units[level] != NULL)
		return units[level];
	return r->interchange != NULL ? &r->interchange->unit : NULL;
}

/* The problem's place is in the current segment, before it, or behind all of them. */
static void
give(struct reader *r, const struct found *found, const struct ack_code *code)
{
	const struct seg *s = &r->walk.seg;
	const struct edi_problem *p = found->problem;
	struct subject_fault fault = { .code = code, .element = p->element, .component = p->component,
		.finding = found->finding, .note = code->note || (found->finding != NULL && !r->refuse) };
	struct subject_unit *u = unit_of(r, code->level == ACK_HERE ? r->open : r->last, code->level);
	bool within = p->offset >= s->offset && p->offset - s->offset <= s->raw.n;

	if (u == NULL)
		return;
	if (within && s->tag_n <= 3)
		fault.tag = str_sub(s->raw, 0, s->tag_n);
	if (within && p->element == 0 && code->element != NULL)
		fault.element = element_at(&r->walk.r.signs, s, p->offset);
	if (code->missing)
		fault.tag = found->finding != NULL ? found->finding->tag : S("");
	if (u->level == ACK_MESSAGE && s->ordinal >= u->ordinal)
		fault.segment = s->ordinal - u->ordinal + !code->missing;
	add_fault(r, u, fault);
}

/* Give out what was found before offset end that tells of what is behind, or of what is here. */
static void
give_until(struct reader *r, uint64_t end, bool behind)
{
	const struct ack_code *code;

	for (size_t i = r->n_given; i < r->n_found && r->found[i].problem->offset < end; i++) {
		code = ack_code_of(r->found[i].problem->code);
		if (code->behind == behind && (!behind || r->interchange != NULL))
			give(r, &r->found[i], code);
	}
}

/* Past what was described nothing is accepted, or, where that only notes, nothing is accepted without a note. */
static void
distrust(struct reader *r, bool note)
{
	static const struct ack_code unseen[LEVELS] = {
		{ "", ACK_INTERCHANGE, .ta1 = "024", .contrl = "18" },
		{ "", ACK_GROUP, .contrl = "18" },
		{ "", ACK_MESSAGE, .set = "5", .contrl = "18" },
	};
	enum ack_level level = r->last[ACK_MESSAGE] != NULL ? ACK_MESSAGE : ACK_INTERCHANGE;
	struct subject_unit *u = unit_of(r, r->last, level);

	if (u != NULL && !u->refused && !(note && u->faults != NULL))
		add_fault(r, u, (struct subject_fault){ .code = &unseen[u->level], .note = note });
}

static void
take_segment(struct reader *r, enum walk_step step)
{
	const struct seg *s = &r->walk.seg;
	uint64_t end = s->offset + s->raw.n + 1;
	unsigned int level;

	give_until(r, end, true);
	if (step == WALK_HEADER)
		open_interchange(r);
	for (level = ACK_GROUP; level < LEVELS && step == WALK_SEGMENT; level++)
		if (s->tag == r->tags->header[level])
			open_unit(r, level);
	r->interchange->has_ta1 |= s->tag == SEG_TAG('T', 'A', '1') && r->last[ACK_GROUP] == NULL;
	give_until(r, end, false);
	while (r->n_given < r->n_found && r->found[r->n_given].problem->offset < end)
		r->n_given++;
	if (end > r->blind)
		distrust(r, false);
	if (end > r->blind_findings && r->open[ACK_MESSAGE] != NULL)
		distrust(r, !r->refuse);
	for (level = ACK_INTERCHANGE; level < LEVELS; level++)
		if (s->tag == r->tags->trailer[level])
			close_units(r, level);
}

/* ---- what follows from them ---- */

static void
sum_up(struct subject_unit *u)
{
	for (struct subject_unit *below = u->first; below != NULL; below = below->next) {
		sum_up(below);
		u->refused_below |= !below->is_ack && (below->refused || below->refused_below);
		u->noted_below |= !below->is_ack && (below->faults != NULL || below->noted_below);
	}
}

int
subject_read(struct arena *a, struct str in, const struct edi_facts *f, const struct ack_order *o,
    struct subject *out, struct err *e)
{
	struct reader r = { .a = a, .subject = out, .next = &out->first, .refuse = o->refuse,
		.tags = f->format == &edi_x12 ? &x12_tags : &edifact_tags };
	enum walk_step step;

	*out = (struct subject){ 0 };
	sort_found(&r, f, o->findings);
	walk_start(&r.walk, f->format, in);
	seg_watch(&r.walk.r, f->passed);
	while ((step = walk_next(&r.walk)) != WALK_END) {
		take_segment(&r, step);
		if (out->n_units > ACK_MESSAGES_MAX)
			return err_set(e, ERR_INPUT, "over %d messages to acknowledge", ACK_MESSAGES_MAX);
	}
	r.walk.seg = (struct seg){ .offset = UINT64_MAX };
	give_until(&r, UINT64_MAX, true);
	give_until(&r, UINT64_MAX, false);
	for (struct subject_interchange *ic = out->first; ic != NULL; ic = ic->next)
		sum_up(&ic->unit);
	return 0;
}
