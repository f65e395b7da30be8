/* SPDX-License-Identifier: ISC */
#include "edi/dict_check.h"

#include "edi/dict_place.h"
#include "edi/facts.h"
#include "edi/text.h"
#include "edi/walk.h"

#include <stdarg.h>
#include <stdio.h>

#define VALUE_RAW_MAX	(2u * UINT16_MAX)	/* as it is written; more is longer than any element may be */
#define SCRATCH_MAX	(1u << 20)
#define FINDING_TEXT_MAX 240

struct check {
	struct arena *a, *scratch;	/* scratch: one value */
	struct dict_findings *out;
	bool codes_strict;
	struct walk w;
	struct dict_directory d;
	struct place place;
	bool in_message;		/* of one that the dictionary has */
	char tag[4];
};

/* Where in a segment a value stands; what stands there. */
struct spot {
	unsigned int element, component;	/* from 1; component 0: the element has none */
	struct str raw, value;
};

static struct dict_finding *
add(struct check *c, bool warning, const char *code, const struct spot *at)
{
	struct dict_finding *f;
	size_t offset = (size_t)c->w.seg.offset;

	*(warning ? &c->out->n_warnings : &c->out->n_errors) += 1;
	if (c->out->n_kept == EDI_PROBLEMS_KEPT)
		return NULL;
	if (at != NULL && at->raw.p != NULL)
		offset = (size_t)(at->raw.p - c->w.r.in.p);
	f = &c->out->kept[c->out->n_kept++];
	*f = (struct dict_finding){ .warning = warning, .problem = { .code = code, .offset = offset,
		.segment = c->w.seg.ordinal, .element = at != NULL ? at->element : 0, .component = at != NULL ? at->component : 0 } };
	if (at != NULL)
		f->value = str_dup(c->a, str_sub(at->value, 0, EDI_VALUE_MAX));
	return f;
}

static void __attribute__((format(printf, 5, 6)))
tell(struct check *c, bool warning, const char *code, const struct spot *at, const char *fmt, ...)
{
	struct dict_finding *f = add(c, warning, code, at);
	char text[FINDING_TEXT_MAX];
	va_list ap;

	if (f == NULL)
		return;
	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	f->problem.text = str_dup(c->a, str_of(text));
}

/* "NAD element 2 component 1 (3039)" */
static const char *
where(struct check *c, const struct spot *at, struct str code)
{
	if (at->component == 0)
		return str_fmt(c->scratch, "%s element %u (" STR_FMT ")", c->tag, at->element, STR_ARG(code)).p;
	return str_fmt(c->scratch, "%s element %u component %u (" STR_FMT ")", c->tag, at->element, at->component, STR_ARG(code)).p;
}

static const char *
shown(struct check *c, struct str value)
{
	return facts_show(c->scratch, value);
}

/* ---- values ---- */

/* ISO 9735, 10: digits; a decimal mark with digits on both sides is not asked for; '-' in front. Signs do not count. */
static bool
read_number(struct str s, size_t *length)
{
	size_t marks = 0;

	*length = 0;
	for (size_t i = 0; i < s.n; i++) {
		if (is_digit(s.p[i]))
			(*length)++;
		else if (s.p[i] == '.' || s.p[i] == ',')
			marks++;
		else if (s.p[i] != '-' || i > 0)
			return false;
	}
	return *length > 0 && marks <= 1;
}

static bool
is_ascii(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] >= 0x80)
			return false;
	return true;
}

/* Characters: UTF-8 where it is that (UNOW, and UNOX in practice), else bytes. */
static size_t
count_characters(struct str s)
{
	size_t n = 0;
	unsigned int ch;

	if (is_ascii(s) || !text_is_utf8(s))
		return s.n;
	for (; s.n > 0; n++)
		(void)text_next(&s, &ch);
	return n;
}

static bool
has_digit(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (is_digit(s.p[i]))
			return true;
	return false;
}

static void
check_value(struct check *c, const struct dict_element *el, const struct spot *at, bool other_list)
{
	size_t length = count_characters(at->value);

	if (el->type == 'n' && !read_number(at->value, &length)) {
		tell(c, false, "element-type", at, "%s is '%s', want a number", where(c, at, el->code), shown(c, at->value));
		return;
	}
	if (el->type == 'a' && has_digit(at->value))
		tell(c, false, "element-type", at, "%s is '%s', want letters", where(c, at, el->code), shown(c, at->value));
	if (length > el->max || length < el->min)
		tell(c, false, length > el->max ? "element-long" : "element-short", at, "%s has %zu characters, want at %s %u: '%s'",
		    where(c, at, el->code), length, length > el->max ? "most" : "least", length > el->max ? el->max : el->min,
		    shown(c, at->value));
	else if (!other_list && !dict_has_code(&c->d, el, at->value))
		tell(c, !c->codes_strict, "element-code", at, "%s is '%s', which is not in the directory's list",
		    where(c, at, el->code), shown(c, at->value));
}

/* One element or component. Release signs and breaks are resolved for as long as it is looked at. */
static void
check_one(struct check *c, const struct dict_ref *ref, struct spot *at, bool other_list)
{
	const struct seg_signs *g = &c->w.r.signs;
	struct dict_element el;

	at->value = str_trim(at->raw);
	if (at->value.n == 0 && (ref->flags & DICT_MANDATORY) == 0)
		return;
	if (!dict_element(&c->d, ref->row, &el))
		return;	/* a damaged dictionary */
	arena_reset(c->scratch);
	if (at->raw.n > VALUE_RAW_MAX)
		tell(c, false, "element-long", at, "%s has %zu bytes, want at most %u", where(c, at, el.code), at->raw.n, el.max);
	else if (at->value.n == 0)
		tell(c, false, at->component > 0 ? "component-missing" : "element-missing", at, "%s is missing", where(c, at, el.code));
	else {
		if (seg_needs_copy(g, at->raw))
			at->value = seg_unescape(c->scratch, g, at->raw);
		check_value(c, &el, at, other_list);
	}
}

/* ---- composites ---- */

static bool
is_element(const struct check *c, const struct dict_list *list, uint32_t i, struct str code)
{
	struct dict_ref ref;
	struct dict_element el;

	if (i >= list->n)
		return false;
	ref = dict_ref(&c->d, list, i);
	return (ref.flags & DICT_COMPOSITE) == 0 && dict_element(&c->d, ref.row, &el) && str_eq(el.code, code);
}

/* A code followed by 1131 or 3055 is from the list that they name, not from the directory's. */
static bool
names_other_list(const struct check *c, const struct dict_list *list, uint32_t i, struct str rest)
{
	const struct str namers[] = { S_INIT("1131"), S_INIT("3055") };
	struct str field;

	for (uint32_t j = 0; j < N(namers); j++) {
		if (!is_element(c, list, i + 1 + j, namers[j]))
			return false;
		(void)seg_cut(&c->w.r.signs, &rest, c->w.r.signs.comp, &field);
		if (str_trim(field).n > 0)
			return true;
	}
	return false;
}

static void
check_composite(struct check *c, const struct dict_ref *ref, struct str raw, struct spot *at)
{
	const struct seg_signs *g = &c->w.r.signs;
	struct dict_list list;
	struct str code, rest = raw;
	bool more = true;

	if (!dict_composite(&c->d, ref->row, &list, &code))
		return;
	if (str_trim(raw).n == 0) {
		arena_reset(c->scratch);
		*at = (struct spot){ .element = at->element, .raw = raw };
		if ((ref->flags & DICT_MANDATORY) != 0)
			tell(c, false, "element-missing", at, "%s is missing", where(c, at, code));
		return;
	}
	for (uint32_t i = 0; i < list.n; i++) {
		struct dict_ref inner = dict_ref(&c->d, &list, i);
		if (!more && (inner.flags & DICT_MANDATORY) == 0)
			continue;
		*at = (struct spot){ .element = at->element, .component = i + 1, .raw = str_from(raw, raw.n) };
		if (more)
			more = seg_cut(g, &rest, g->comp, &at->raw);
		check_one(c, &inner, at, more && names_other_list(c, &list, i, rest));
	}
	*at = (struct spot){ .element = at->element, .component = list.n + 1, .raw = rest };
	if (more && list.n > 0)
		tell(c, false, "component-extra", at, "%s has more than %u components", where(c, &(struct spot){ at->element, 0, rest, rest }, code),
		    list.n);
}

/* ---- segments ---- */

/* One element; of syntax 4 with its repetitions. */
static void
check_element(struct check *c, const struct dict_ref *ref, unsigned int number, struct str raw)
{
	const struct seg_signs *g = &c->w.r.signs;
	struct str rest = raw, once;
	struct spot at = { .element = number };
	bool more;

	for (unsigned int n = 1;; n++) {
		once = rest;
		more = g->rep >= 0 && seg_cut(g, &rest, (char)g->rep, &once);
		if (n > ref->max) {
			arena_reset(c->scratch);
			at = (struct spot){ .element = number, .raw = once };
			tell(c, false, "element-often", &at, "%s element %u is repeated more than %u times", c->tag, number, ref->max);
			return;
		}
		if ((ref->flags & DICT_COMPOSITE) != 0) {
			check_composite(c, ref, once, &at);
		} else {
			at = (struct spot){ .element = number, .raw = once };
			check_one(c, ref, &at, false);
		}
		if (!more)
			return;
	}
}

/*
 * Every element in its position. Where there is no repetition sign (before syntax 4), what may be repeated has as many
 * positions; only the first of them can be mandatory.
 */
static void
check_elements(struct check *c)
{
	const struct seg_signs *g = &c->w.r.signs;
	struct dict_list list;
	struct str rest = c->w.seg.raw, raw;
	unsigned int number = 0;
	bool more;

	if (!dict_segment(&c->d, c->w.seg.tag, &list))
		return;	/* a service segment: the envelope's part */
	more = seg_cut(g, &rest, g->elem, &raw);
	for (uint32_t i = 0; i < list.n; i++) {
		struct dict_ref ref = dict_ref(&c->d, &list, i);
		unsigned int last = number + (g->rep < 0 ? ref.max : 1);
		while (number < last && (more || (ref.flags & DICT_MANDATORY) != 0)) {
			raw = str_from(c->w.seg.raw, c->w.seg.raw.n);
			number++;
			if (more)
				more = seg_cut(g, &rest, g->elem, &raw);
			check_element(c, &ref, number, raw);
			ref.flags &= ~(unsigned int)DICT_MANDATORY;
		}
		number = last;
	}
	arena_reset(c->scratch);
	if (more)
		tell(c, false, "element-extra", &(struct spot){ .element = number + 1, .raw = rest }, "%s has more than %u elements",
		    c->tag, number);
}

static void
name_tag(char out[4], uint32_t tag)
{
	for (unsigned int i = 0; i < 3; i++)
		out[i] = (char)(tag >> (16 - 8 * i) & 0xff);
	out[3] = '\0';
}

static void
check_place(struct check *c)
{
	struct place_result r;
	char tag[4];

	place_next(&c->place, c->w.seg.tag, &r);
	for (unsigned int i = 0; i < r.n_missing && i < PLACE_MISSING_KEPT; i++) {
		name_tag(tag, r.missing[i].name);
		tell(c, false, "segment-missing", NULL, "%s is missing before %s", tag, c->tag);
	}
	if (r.n_missing > PLACE_MISSING_KEPT)
		tell(c, false, "segment-missing", NULL, "%u more segments are missing before %s", r.n_missing - PLACE_MISSING_KEPT, c->tag);
	if (r.fit == PLACE_TOO_OFTEN && (r.node.flags & DICT_GROUP) != 0)
		tell(c, false, "group-often", NULL, "group %u begins for the %uth time with %s, at most %u times", r.node.name, r.count, c->tag,
		    r.node.max);
	else if (r.fit == PLACE_TOO_OFTEN)
		tell(c, false, "segment-often", NULL, "%s is there %u times, at most %u", c->tag, r.count, r.node.max);
	else if (r.fit == PLACE_MISPLACED)
		tell(c, false, "segment-place", NULL, "%s does not belong here", c->tag);
	else if (r.fit == PLACE_UNKNOWN)
		tell(c, false, "segment-unknown", NULL, "%s does not belong into this message", c->tag);
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

/* UNH 0065, 0052, 0054, 0051: the message, and the directory that defines it. */
static void
open_message(struct check *c, const struct dict *dict)
{
	struct str type, version, release, agency;
	struct dict_message m;

	arena_reset(c->scratch);
	type = unh(c, 1);
	version = unh(c, 2);
	release = unh(c, 3);
	agency = unh(c, 4);
	c->in_message = dict_find(dict, version, release, agency, &c->d) && dict_message(&c->d, type, &m);
	if (c->in_message) {
		c->out->checked++;
		place_start(&c->place, &m);
	} else if (c->out->unknown++ == 0) {
		c->out->first_unknown = str_fmt(c->a, STR_FMT " " STR_FMT ":" STR_FMT ":" STR_FMT, STR_ARG(str_sub(type, 0, 20)),
		    STR_ARG(str_sub(version, 0, 20)), STR_ARG(str_sub(release, 0, 20)), STR_ARG(str_sub(agency, 0, 20)));
	}
}

static void
check_segment(struct check *c, const struct dict *dict)
{
	if (c->w.seg.tag == SEG_TAG('U', 'N', 'H'))
		open_message(c, dict);
	if (!c->in_message)
		return;
	name_tag(c->tag, c->w.seg.tag);
	check_place(c);
	check_elements(c);
	if (c->w.seg.tag == SEG_TAG('U', 'N', 'T'))
		c->in_message = false;
}

void
dict_check(struct arena *a, struct str in, const struct dict *dict, bool codes_strict, struct dict_findings *out)
{
	struct check c = { .a = a, .scratch = arena_new(SCRATCH_MAX), .out = out, .codes_strict = codes_strict };
	enum walk_step step;

	*out = (struct dict_findings){ .kept = arena_get_array(a, EDI_PROBLEMS_KEPT, sizeof(*out->kept)) };
	walk_start(&c.w, &edi_edifact, in);
	while ((step = walk_next(&c.w)) != WALK_END) {
		if (step == WALK_HEADER)
			c.in_message = false;
		if (c.w.seg.tag != SEG_TAG_BAD)
			check_segment(&c, dict);
	}
	arena_free(c.scratch);
}
