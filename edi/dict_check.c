/* SPDX-License-Identifier: ISC */
#include "edi/dict_state.h"

#include <stdarg.h>
#include <stdio.h>

#define SCRATCH_MAX	 (1u << 20)
#define FINDING_TEXT_MAX 240

static const char *
level_of(const struct spot *at)
{
	return at == NULL ? "segment" : at->component > 0 ? "component" : "element";
}

static struct dict_finding *
add(struct check *c, bool warning, const char *code, const struct spot *at)
{
	struct dict_finding *f;
	size_t offset = (size_t)c->w.seg.offset;

	*(warning ? &c->out->n_warnings : &c->out->n_errors) += 1;
	if (c->out->n_kept == EDI_PROBLEMS_KEPT)
		return NULL;
	if (c->out->kept == NULL)
		c->out->kept = arena_get_array(c->a, EDI_PROBLEMS_KEPT, sizeof(*c->out->kept));
	c->out->n_errors_kept += !warning;
	if (at != NULL && at->raw.p != NULL)
		offset = (size_t)(at->raw.p - c->w.r.in.p);
	f = &c->out->kept[c->out->n_kept++];
	*f = (struct dict_finding){ .warning = warning, .problem = { .code = code, .offset = offset,
		.segment = c->w.seg.ordinal, .element = at != NULL ? at->element : 0, .component = at != NULL ? at->component : 0 },
		.repetition = at != NULL ? at->repetition : 0, .level = level_of(at), .tag = str_dup(c->a, str_of(c->tag)) };
	if (at != NULL) {
		f->value = str_dup(c->a, str_sub(at->value, 0, EDI_VALUE_MAX));
		f->reference = str_dup(c->a, str_trim(at->reference));
	}
	return f;
}

struct dict_finding *
dict_tell(struct check *c, bool warning, const char *code, const struct spot *at, const char *fmt,
    ...)
{
	struct dict_finding *f = add(c, warning, code, at);
	char text[FINDING_TEXT_MAX];
	va_list ap;

	if (f == NULL)
		return NULL;
	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	f->problem.text = str_dup(c->a, str_of(text));
	return f;
}

static void
name_tag(char out[4], uint32_t tag)
{
	for (unsigned int i = 0; i < 3; i++)
		out[i] = (char)(tag >> (16 - 8 * i) & 0xff);
	out[out[2] == ' ' ? 2 : 3] = '\0';
}

static void
tell_missing(struct check *c, uint32_t missing)
{
	struct dict_finding *f;
	char tag[4];

	name_tag(tag, missing);
	f = dict_tell(c, false, "segment-missing", NULL, "%s is missing before %s", tag, c->tag);
	if (f != NULL)
		f->tag = str_dup(c->a, str_of(tag));
}

static void
tell_more_missing(struct check *c, unsigned int n)
{
	struct dict_finding *f = dict_tell(c, false, "segment-missing", NULL, "%u more segments are missing before %s", n, c->tag);

	if (f != NULL)
		f->tag = S("");
}

static void
check_place(struct check *c)
{
	const struct place_result *r = &c->placed;

	place_next(&c->place, c->w.seg.tag, &c->placed);
	for (unsigned int i = 0; i < r->n_missing && i < PLACE_MISSING_KEPT; i++)
		tell_missing(c, r->missing[i].name);
	if (r->n_missing > PLACE_MISSING_KEPT)
		tell_more_missing(c, r->n_missing - PLACE_MISSING_KEPT);
	if (r->fit == PLACE_TOO_OFTEN && (r->node.flags & DICT_GROUP) != 0)
		dict_tell(c, false, "group-often", NULL,
		    "group %u begins for the %uth time with %s, at most %u times", r->node.name,
		    r->count, c->tag, r->node.max);
	else if (r->fit == PLACE_TOO_OFTEN)
		dict_tell(c, false, "segment-often", NULL, "%s is there %u times, at most %u",
		    c->tag, r->count, r->node.max);
	else if (r->fit == PLACE_MISPLACED)
		dict_tell(c, false, "segment-place", NULL, "%s does not belong here", c->tag);
	else if (r->fit == PLACE_UNKNOWN)
		dict_tell(c, false, "segment-unknown", NULL, "%s does not belong into this message", c->tag);
}

/* ---- messages ---- */

/* A component of UNH's second element. Breaks may stand in it when the file is wrapped. */
static struct str
unh(struct check *c, unsigned int component)
{
	const struct seg_signs *g = &c->w.r.signs;
	struct str raw = str_sub(seg_component(g, &c->w.seg, 2, component), 0, EDI_VALUE_MAX);

	return seg_needs_copy(g, raw) ? seg_unescape(c->scratch, g, raw) : str_trim(raw);
}

/* The message's place in the table lies in our copy of the directory. */
static void
begin(struct check *c, const struct dict_directory *d, const struct dict_message *m)
{
	struct dict_message ours = *m;

	c->out->checked++;
	dict_use(c, d);
	ours.d = &c->d;
	place_start(&c->place, &ours);
}

/* UNH 0065, 0052, 0054, 0051: the message, and the directory that defines it. */
static void
open_message(struct check *c, const struct dict *dict)
{
	struct str type, version, release, agency;
	struct dict_directory d;
	struct dict_message m;

	arena_reset(c->scratch);
	type = unh(c, 1);
	version = unh(c, 2);
	release = unh(c, 3);
	agency = unh(c, 4);
	c->in_message = dict_find(dict, version, release, agency, &d) && dict_message(&d, type, &m);
	if (c->in_message) {
		begin(c, &d, &m);
	} else if (c->out->unknown++ == 0) {
		c->out->first_unknown = str_fmt(c->a, STR_FMT " " STR_FMT ":" STR_FMT ":" STR_FMT,
		    STR_ARG(str_sub(type, 0, 20)), STR_ARG(str_sub(version, 0, 20)),
		    STR_ARG(str_sub(release, 0, 20)), STR_ARG(str_sub(agency, 0, 20)));
	}
}

static struct str
x12_value(struct check *c, unsigned int element)
{
	return str_trim(str_sub(seg_element(&c->w.r.signs, &c->w.seg, element), 0, EDI_VALUE_MAX));
}

/* ST01; the group's version says which directory. */
static void
open_set(struct check *c, const struct dict *dict)
{
	struct str type = x12_value(c, 1);
	struct dict_directory d;
	struct dict_message m;

	c->in_message = dict_find_x12(dict, c->version, &d) && dict_message(&d, type, &m);
	if (c->in_message) {
		begin(c, &d, &m);
	} else if (c->out->unknown++ == 0) {
		c->out->first_unknown = str_fmt(c->a, STR_FMT " " STR_FMT,
		    STR_ARG(str_sub(type, 0, 20)), STR_ARG(str_sub(c->version, 0, 20)));
	}
}

/* What stands around sets has no place in a table, but elements of its own. */
static void
check_around(struct check *c, const struct dict *dict)
{
	struct dict_directory d;

	if (c->w.seg.tag == SEG_TAG('G', 'S', ' '))
		c->version = x12_value(c, 8);
	if (!dict_find_x12(dict, c->version, &d))
		return;
	dict_use(c, &d);
	name_tag(c->tag, c->w.seg.tag);
	dict_check_elements(c);
}

static void
check_segment(struct check *c, const struct dict *dict)
{
	if (c->w.seg.tag == SEG_TAG('U', 'N', 'H') && !c->x12)
		open_message(c, dict);
	if (c->w.seg.tag == SEG_TAG('S', 'T', ' ') && c->x12)
		open_set(c, dict);
	else if (!c->in_message && c->x12)
		check_around(c, dict);
	if (!c->in_message)
		return;
	name_tag(c->tag, c->w.seg.tag);
	check_place(c);
	dict_check_elements(c);
	if (c->w.seg.tag == (c->x12 ? SEG_TAG('S', 'E', ' ') : SEG_TAG('U', 'N', 'T')))
		c->in_message = false;
}

bool
dict_knows(const struct dict *dict, const struct edi_facts *f)
{
	struct str rest = f->n_kept > 0 ? f->messages[0].version : S(""), version, release, agency;
	struct dict_directory d;
	struct dict_message m;

	if (f->format == &edi_x12)
		return dict_find_x12(dict, rest, &d) && dict_message(&d, f->type, &m);
	if (f->format != &edi_edifact)
		return false;
	(void)str_cut(&rest, ':', &version);	/* "D:96A:UN" */
	(void)str_cut(&rest, ':', &release);
	(void)str_cut(&rest, ':', &agency);
	return dict_find(dict, version, release, agency, &d) && dict_message(&d, f->type, &m);
}

void
dict_check(struct arena *a, struct str in, const struct edi_facts *f, const struct dict *dict,
    bool codes_strict, struct dict_findings *out)
{
	struct check c = { .a = a, .scratch = arena_new(SCRATCH_MAX), .out = out, .codes_strict = codes_strict,
		.x12 = f->format == &edi_x12 };
	enum walk_step step;

	*out = (struct dict_findings){ 0 };
	walk_start(&c.w, f->format, in);
	seg_watch(&c.w.r, f->passed);
	while ((step = walk_next(&c.w)) != WALK_END) {
		if (step == WALK_HEADER)
			c.in_message = false;
		if (c.w.seg.tag != SEG_TAG_BAD)
			check_segment(&c, dict);
	}
	arena_free(c.scratch);
}
