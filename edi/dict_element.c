/* SPDX-License-Identifier: ISC */
/* dict_element.c - what stands in a segment, held against a directory: elements, composites, components, syntax rules. */
#include "edi/dict_state.h"

#include "edi/facts.h"

#include <string.h>

#define VALUE_RAW_MAX (2u * UINT16_MAX)	/* as it is written; more is longer than any element may be */

/* "NAD element 2 component 1 (3039)" */
static const char *
where(struct check *c, const struct spot *at, struct str code)
{
	if (at->component == 0)
		return str_fmt(c->scratch, "%s element %u (" STR_FMT ")", c->tag, at->element,
		    STR_ARG(str_trim(code)))
		    .p;
	return str_fmt(c->scratch, "%s element %u component %u (" STR_FMT ")", c->tag, at->element,
	    at->component, STR_ARG(str_trim(code)))
	    .p;
}

static const char *
shown(struct check *c, struct str value)
{
	return facts_show(c->scratch, value);
}

static void
check_value(struct check *c, const struct dict_element *el, const struct spot *at, bool other_list)
{
	size_t length;
	struct dict_type_fault fault = dict_value_fault((enum dict_type)el->type, at->value, &length);

	if (el->type == DICT_UNCHECKED)
		return;
	if (fault.code != NULL) {
		dict_tell(c, false, fault.code, at, "%s is '%s', want %s", where(c, at, el->code),
		    shown(c, at->value), fault.want);
		if (el->type != DICT_LETTERS)
			return;
	}
	if (length > el->max || length < el->min)
		dict_tell(c, false, length > el->max ? "element-long" : "element-short", at,
		    "%s has %zu characters, want at %s %u: '%s'", where(c, at, el->code), length,
		    length > el->max ? "most" : "least", length > el->max ? el->max : el->min,
		    shown(c, at->value));
	else if (!other_list && !dict_has_code(&c->d, el, at->value))
		dict_tell(c, !c->codes_strict, "element-code", at,
		    "%s is '%s', which is not in the directory's list", where(c, at, el->code),
		    shown(c, at->value));
}

/* What most values are. The words for what is wrong with another one are check_value()'s. */
static bool
is_good(const struct check *c, const struct dict_element *el, struct str value, bool other_list)
{
	size_t length;

	return el->type == DICT_UNCHECKED ||
	    (dict_value_fault((enum dict_type)el->type, value, &length).code == NULL &&
	        length <= el->max && length >= el->min &&
	        (other_list || el->n_codes == 0 || dict_has_code(&c->d, el, value)));
}

/* Nothing is to be said of it. In a segment that is not plain, that is left to a second look. */
static bool
passes(const struct check *c, const struct known_element *k, struct str raw, bool other_list)
{
	struct str value = str_trim(raw);

	if (value.n == 0)
		return (k->ref.flags & DICT_MANDATORY) == 0;
	return c->plain && raw.n <= VALUE_RAW_MAX && is_good(c, &k->el, value, other_list);
}

/* One element or component. Release signs and breaks are resolved for as long as it is looked at. */
static void
check_one(struct check *c, const struct known_element *k, struct spot *at, bool other_list)
{
	const struct seg_signs *g = &c->w.r.signs;
	const struct dict_element *el = &k->el;

	if (passes(c, k, at->raw, other_list) || el->code.n == 0)	/* or the dictionary is damaged */
		return;
	at->value = str_trim(at->raw);
	arena_reset(c->scratch);
	at->reference = el->code;
	if (at->raw.n > VALUE_RAW_MAX)
		dict_tell(c, false, "element-long", at, "%s has %zu bytes, want at most %u",
		    where(c, at, el->code), at->raw.n, el->max);
	else if (at->value.n == 0)
		dict_tell(c, false, at->component > 0 ? "component-missing" : "element-missing", at,
		    "%s is missing", where(c, at, el->code));
	else {
		if (seg_needs_copy(g, at->raw))
			at->value = seg_unescape(c->scratch, g, at->raw);
		check_value(c, el, at, other_list);
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
		*at = (struct spot){ .element = at->element, .raw = raw, .reference = code };
		if ((ref->flags & DICT_MANDATORY) != 0)
			dict_tell(c, false, "element-missing", at, "%s is missing", where(c, at, code));
		return;
	}
	for (uint32_t i = 0; i < list.n; i++) {
		struct known_element inner = { .ref = dict_ref(&c->d, &list, i) };
		if (!more && (inner.ref.flags & DICT_MANDATORY) == 0)
			continue;
		(void)dict_element(&c->d, inner.ref.row, &inner.el);
		*at = (struct spot){ .element = at->element, .component = i + 1, .raw = str_from(raw, raw.n) };
		if (more)
			more = seg_cut(g, &rest, g->comp, &at->raw);
		check_one(c, &inner, at, more && names_other_list(c, &list, i, rest));
	}
	*at = (struct spot){ .element = at->element, .component = list.n + 1, .raw = rest, .reference = code };
	if (more && list.n > 0)
		dict_tell(c, false, "component-extra", at, "%s has more than %u components",
		    where(c, &(struct spot){ .element = at->element }, code), list.n);
}

/* ---- segments ---- */

/* One element; of syntax 4 with its repetitions. */
static void
check_element(struct check *c, const struct known_element *k, unsigned int number, struct str raw)
{
	const struct seg_signs *g = &c->w.r.signs;
	const struct dict_ref *ref = &k->ref;
	struct str rest = raw, once;
	struct spot at = { .element = number };
	bool more;

	for (unsigned int n = 1;; n++) {
		once = rest;
		more = g->rep >= 0 && seg_cut(g, &rest, (char)g->rep, &once);
		if (n > ref->max) {
			arena_reset(c->scratch);
			at = (struct spot){ .element = number, .raw = once };
			dict_tell(c, false, "element-often", &at,
			    "%s element %u is repeated more than %u times", c->tag, number,
			    ref->max);
			return;
		}
		if ((ref->flags & DICT_COMPOSITE) != 0) {
			check_composite(c, ref, once, &at);
		} else {
			at = (struct spot){ .element = number, .repetition = g->rep < 0 ? 0 : n, .raw = once };
			check_one(c, k, &at, false);
		}
		if (!more)
			return;
	}
}

/* ---- syntax rules: X12.5 ---- */

/* Which elements of the segment are there; the first 99. */
static void
note_used(struct check *c)
{
	memset(c->used, 0, sizeof(c->used));
	for (size_t i = 0; i < c->n_values && i < RULE_ELEMENTS; i++)
		c->used[i + 1] = str_trim(c->values[i]).n > 0;
}

/* How many of the elements behind the first are there. */
static unsigned int
count_used(const struct dict_rule *rule, const bool *used)
{
	unsigned int n = 0;

	for (unsigned int i = 1; i < rule->n; i++)
		n += rule->element[i] <= RULE_ELEMENTS && used[rule->element[i]];
	return n;
}

static const char *
rule_elements(struct check *c, const struct dict_rule *rule)
{
	struct str text = S("");

	for (unsigned int i = 0; i < rule->n; i++)
		text = str_fmt(c->scratch, STR_FMT "%02u", STR_ARG(text), rule->element[i]);
	return text.n > 0 ? text.p : "";
}

static void
check_rule(struct check *c, const struct dict_rule *rule, const bool *used)
{
	unsigned int first = rule->n > 0 && rule->element[0] <= RULE_ELEMENTS ? rule->element[0] : 0;
	unsigned int others = count_used(rule, used), all = others + (first > 0 && used[first]);
	const char *want = NULL;

	if (rule->kind == 'P' && all > 0 && all < rule->n)
		want = "all of them or none";
	else if (rule->kind == 'R' && all == 0)
		want = "one of them at least";
	else if (rule->kind == 'E' && all > 1)
		want = "one of them at most";
	else if (rule->kind == 'C' && all > others && others + 1 < rule->n)
		want = "with the first all others";
	else if (rule->kind == 'L' && all > others && others == 0)
		want = "with the first one other at least";
	if (want == NULL)
		return;
	for (unsigned int i = 0; i < rule->n; i++)	/* where the code of X12's acknowledgements points: what is missing, or too much */
		if (rule->element[i] <= RULE_ELEMENTS && used[rule->element[i]] == (rule->kind == 'E'))
			first = rule->element[i];
	dict_tell(c, false, rule->kind == 'E' ? "element-exclusion" : "element-condition",
	    &(struct spot){ .element = first }, "%s: of the elements of rule %c%s, want %s", c->tag,
	    rule->kind, rule_elements(c, rule), want);
}

static void
check_rules(struct check *c, const struct known_segment *k)
{
	struct dict_rule rule;

	if (k->n_rules == 0)
		return;
	arena_reset(c->scratch);
	note_used(c);
	for (uint32_t i = 0; i < k->n_rules; i++) {
		dict_rule(&c->d, k->rules + i, &rule);
		check_rule(c, &rule, c->used);
	}
}

/* ---- what the directory says of a segment ---- */

void
dict_use(struct check *c, const struct dict_directory *d)
{
	if (c->d.bytes.p == d->bytes.p && c->d.at[DICT_SEGMENTS] == d->at[DICT_SEGMENTS])
		return;
	c->d = *d;
	memset(c->known, 0, sizeof(c->known));
}

static struct known_element
look_up(const struct check *c, const struct dict_list *list, uint32_t i)
{
	struct known_element k = { .ref = dict_ref(&c->d, list, i) };

	if ((k.ref.flags & DICT_COMPOSITE) == 0)
		(void)dict_element(&c->d, k.ref.row, &k.el);
	return k;
}

/* Its elements are kept, too, unless there have been very many. */
static void
know_elements(struct check *c, struct known_segment *k)
{
	if (k->list.n > KNOWN_ELEMENTS - c->n_elements)
		return;
	c->n_elements += k->list.n;
	k->elements = arena_get_array(c->a, k->list.n, sizeof(*k->elements));
	for (uint32_t i = 0; i < k->list.n; i++)
		k->elements[i] = look_up(c, &k->list, i);
}

static const struct known_segment *
know(struct check *c, uint32_t tag)
{
	struct known_segment *k = &c->known[(tag * 2654435761u) >> 26];

	if (k->tag == tag)
		return k;
	*k = (struct known_segment){ .tag = tag };
	k->found = dict_segment(&c->d, tag, &k->list);
	if (!k->found)
		return k;
	for (uint32_t i = 0; i < k->list.n; i++)
		if ((dict_ref(&c->d, &k->list, i).flags & DICT_MANDATORY) != 0)
			k->wanted = i + 1;
	k->n_rules = dict_rules(&c->d, tag, &k->rules);
	know_elements(c, k);
	return k;
}

/* ---- the elements of a segment ---- */

/* Cut at signs that the reader has found already; false where that would take too much room. */
static bool
cut_by_fields(struct check *c)
{
	const uint32_t *ends = c->ends;
	struct str raw = c->w.seg.raw;
	size_t n = seg_fields(&c->w.r, &c->w.seg, c->ends, N(c->ends)), from = 0;

	if (n > N(c->ends))
		return false;
	for (size_t i = 0; i < n; i++) {
		if (i + 1 < n && raw.p[ends[i]] != c->w.r.signs.elem)
			continue;
		if (from > 0)
			c->values[c->n_values++] = (struct str){ raw.p + from, ends[i] - from };
		from = ends[i] + 1;
	}
	return true;
}

static void
cut_by_bytes(struct check *c)
{
	const struct seg_signs *g = &c->w.r.signs;
	struct str rest = c->w.seg.raw, field;

	c->more = seg_cut(g, &rest, g->elem, &field);
	while (c->more && c->n_values < VALUES_KEPT)
		c->more = seg_cut(g, &rest, g->elem, &c->values[c->n_values++]);
}

static void
cut_segment(struct check *c)
{
	const struct seg_signs *g = &c->w.r.signs;
	const struct seg *seg = &c->w.seg;

	c->repeats = g->rep >= 0 && str_chr(seg->raw, (char)g->rep, NULL);
	c->plain = !seg->wrapped && (g->release < 0 || !str_chr(seg->raw, (char)g->release, NULL));
	c->n_values = 0;
	c->more = false;
	if (!cut_by_fields(c))
		cut_by_bytes(c);
}

/* What is not there is empty, and stands at the end of the segment. */
static struct str
value_at(const struct check *c, unsigned int i)
{
	return i < c->n_values ? c->values[i] : str_from(c->w.seg.raw, c->w.seg.raw.n);
}

/*
 * An element in its position. Where there is no repetition sign (before syntax 4), what may be repeated has as many
 * positions; only the first of them can be mandatory. number is that of the last position before, and after it.
 */
static void
check_positions(struct check *c, const struct known_element *k, unsigned int *number)
{
	unsigned int i = *number, last = i + (c->w.r.signs.rep < 0 && !c->x12 ? k->ref.max : 1);
	bool composite = (k->ref.flags & DICT_COMPOSITE) != 0;
	struct known_element further;

	*number = last;
	if (i < c->n_values || (k->ref.flags & DICT_MANDATORY) != 0)
		if (c->repeats || composite || i >= c->n_values || !passes(c, k, c->values[i], false))
			check_element(c, k, i + 1, value_at(c, i));
	if (++i == last)
		return;
	further = *k;
	further.ref.flags &= ~(unsigned int)DICT_MANDATORY;
	for (; i < last && i < c->n_values; i++)
		check_element(c, &further, i + 1, c->values[i]);
}

void
dict_check_elements(struct check *c)
{
	const struct known_segment *k = know(c, c->w.seg.tag);
	unsigned int number = 0;

	if (!k->found)
		return;	/* a service segment: the envelope's part */
	cut_segment(c);
	for (uint32_t i = 0; i < k->list.n && (number < c->n_values || i < k->wanted); i++) {
		if (k->elements != NULL)
			check_positions(c, &k->elements[i], &number);
		else {
			struct known_element el = look_up(c, &k->list, i);
			check_positions(c, &el, &number);
		}
	}
	check_rules(c, k);
	if (number < c->n_values || c->more)
		dict_tell(c, false, "element-extra",
		    &(struct spot){ .element = number + 1, .raw = value_at(c, number) },
		    "%s has more than %u elements", c->tag, number);
}
