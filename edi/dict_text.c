/* SPDX-License-Identifier: ISC */
/*
 * dict_text.c - the form in which X12 sets are written down by hand: words, ';' begins a comment, a line that begins with
 * a blank goes on with what the line before began. docs/EDI.md describes it.
 */
#include "edi/dict_part.h"
#include "edi/segment.h"

#include <string.h>

#define MANY 9999999u	/* "*>": as often as one likes */

struct text {
	struct dict_build *b;
	struct part_directory *d;
	struct str rest;
	unsigned int line;
	struct dict_row *elements;	/* as they are defined; code and repr */
	size_t n_elements, room_elements;
	uint32_t groups;		/* of the set so far */
};

/* ---- words ---- */

static void
skip_to_word(struct text *t, bool *line_begins)
{
	while (t->rest.n > 0) {
		char c = t->rest.p[0];
		if (c == ';') {
			while (t->rest.n > 0 && t->rest.p[0] != '\n')
				t->rest = str_from(t->rest, 1);
			continue;
		}
		if (!is_space(c))
			return;
		t->line += c == '\n';
		*line_begins = c == '\n';
		t->rest = str_from(t->rest, 1);
	}
}

/* The next word of what the current keyword began; empty where another begins. */
static struct str
next_word(struct text *t)
{
	bool line_begins = false;
	struct text at = *t;
	size_t n = 0;
	struct str word;

	skip_to_word(&at, &line_begins);
	if (at.rest.n == 0 || line_begins)
		return S("");
	t->rest = at.rest;
	t->line = at.line;
	if (t->rest.p[0] == '(')
		n = 1;
	while (n < t->rest.n && (n == 0 || t->rest.p[n - 1] != '(') && !is_space(t->rest.p[n]) &&
	    t->rest.p[n] != ';' && !(n > 0 && t->rest.p[n] == ')'))
		n++;
	word = str_sub(t->rest, 0, n);
	t->rest = str_from(t->rest, n);
	return word;
}

/* "N1!*200": name, mandatory, how often. */
static int
cut_marks(struct str word, struct str *name, bool *mandatory, uint32_t *max, struct err *e)
{
	uint64_t n = 1;
	size_t at;

	if (str_chr(word, '*', &at) && at > 0) {
		struct str times = str_from(word, at + 1);
		if (str_eq(times, S(">")))
			n = MANY;
		else if (str_u64(times, MANY, &n) == -1 || n == 0)
			return err_set(e, ERR_INPUT, "'" STR_FMT "' is no number of repetitions",
			    STR_ARG(times));
		word = str_sub(word, 0, at);
	}
	*mandatory = str_ends(word, S("!"));
	*name = str_sub(word, 0, word.n - *mandatory);
	*max = (uint32_t)n;
	return 0;
}

static int
read_tag(struct str name, uint32_t *tag, struct err *e)
{
	bool good = name.n == 2 || name.n == 3;

	for (size_t i = 0; good && i < name.n; i++)
		good = (name.p[i] >= 'A' && name.p[i] <= 'Z') || (i > 0 && is_digit(name.p[i]));
	if (!good)
		return err_set(e, ERR_INPUT, "'" STR_FMT "' is no segment's tag", STR_ARG(name));
	*tag = SEG_TAG(name.p[0], name.p[1], name.n == 2 ? ' ' : name.p[2]);
	return 0;
}

/* ---- elements ---- */

static bool
read_type(struct str word, char *type)
{
	static const struct { struct str word; char type; } types[] = {
		{ S_INIT("ID"), DICT_STRING }, { S_INIT("AN"), DICT_STRING }, { S_INIT("R"), DICT_DECIMAL }, { S_INIT("DT"), DICT_DATE },
		{ S_INIT("TM"), DICT_TIME }, { S_INIT("B"), DICT_UNCHECKED }, { S_INIT("*"), DICT_UNCHECKED },
	};

	for (size_t i = 0; i < N(types); i++)
		if (str_eq(word, types[i].word)) {
			*type = types[i].type;
			return true;
		}
	*type = DICT_INTEGER;
	return word.n >= 1 && word.n <= 2 && word.p[0] == 'N' && (word.n == 1 || is_digit(word.p[1]));
}

static const struct dict_row *
find_element(const struct text *t, uint32_t code)
{
	for (size_t i = 0; i < t->n_elements; i++)
		if (t->elements[i].code == code)
			return &t->elements[i];
	return NULL;
}

static int
read_codes(struct text *t, uint32_t element, struct err *e)
{
	struct part_directory *d = t->d;
	struct part_codes *list = NULL;
	struct str code;

	while ((code = next_word(t)).n > 0) {
		if (list == NULL) {
			if (d->n_lists == PART_LISTS_MAX)
				return err_set(e, ERR_INPUT, "over %u lists of codes", PART_LISTS_MAX);
			ADD_ROOM(t->b->a, d->lists, d->n_lists, d->room_lists);
			list = &d->lists[d->n_lists++];
			*list = (struct part_codes){ .element = element };
		}
		if (list->n == PART_CODES_MAX || code.n > 16)
			return err_set(e, ERR_INPUT,
			    "'" STR_FMT "' is too long for a code, or they are too many",
			    STR_ARG(code));
		ADD_ROOM(t->b->a, list->codes, list->n, list->room);
		list->codes[list->n++] = str_dup(t->b->a, code);
		if (code.n > list->longest)
			list->longest = code.n;
	}
	return 0;
}

/* element 98 ID 2 3 [codes]; one length alone is both. */
static int
read_element(struct text *t, struct err *e)
{
	struct str code = next_word(t), type = next_word(t);
	struct dict_row el = { .has_repr = true, .max = 1, .code = dict_code(code) };
	uint64_t min, max;
	struct text before;

	if (code.n == 0 || code.n > 4 || find_element(t, el.code) != NULL)
		return err_set(e, ERR_INPUT,
		    "'" STR_FMT
		    "' is no element's number of at most four characters, or is there twice",
		    STR_ARG(code));
	if (!read_type(type, &el.repr.type))
		return err_set(e, ERR_INPUT,
		    "'" STR_FMT "' is no type: want ID, AN, N0 to N9, R, DT, TM, B or *",
		    STR_ARG(type));
	if (str_u64(next_word(t), UINT16_MAX, &min) == -1)
		return err_set(e, ERR_INPUT, "no length behind the type of element " STR_FMT, STR_ARG(code));
	before = *t;
	if (str_u64(next_word(t), UINT16_MAX, &max) == -1) {
		*t = before;
		max = min;
	}
	if (max < min || max == 0)
		return err_set(e, ERR_INPUT,
		    "element " STR_FMT " has a greatest length below its least", STR_ARG(code));
	el.repr.min = (uint16_t)min;
	el.repr.max = (uint16_t)max;
	if (t->n_elements == PART_LISTS_MAX)
		return err_set(e, ERR_INPUT, "over %u elements", PART_LISTS_MAX);
	ADD_ROOM(t->b->a, t->elements, t->n_elements, t->room_elements);
	t->elements[t->n_elements++] = el;
	return read_codes(t, el.code, e);
}

/* ---- segments ---- */

/* "R0203": the elements of a rule, two digits each. */
static int
read_rule(struct text *t, uint32_t tag, struct str word, unsigned int n_elements, struct err *e)
{
	struct part_directory *d = t->d;
	struct part_rule rule = { .tag = tag };
	uint64_t element;

	if (word.n < 5 || word.n % 2 == 0 || word.n > 1 + 2 * DICT_RULE_MAX ||
	    !str_chr(S("PRECL"), word.p[0], NULL))
		return err_set(e, ERR_INPUT,
		    "'" STR_FMT
		    "' is no rule: want P, R, E, C or L and two elements or more of two digits",
		    STR_ARG(word));
	rule.rule.kind = word.p[0];
	for (size_t i = 1; i < word.n; i += 2) {
		if (str_u64(str_sub(word, i, 2), n_elements, &element) == -1 || element == 0)
			return err_set(e, ERR_INPUT,
			    "rule '" STR_FMT "' names an element that is not there", STR_ARG(word));
		rule.rule.element[rule.rule.n++] = (unsigned char)element;
	}
	if (d->n_rules == PART_LISTS_MAX)
		return err_set(e, ERR_INPUT, "over %u rules", PART_LISTS_MAX);
	ADD_ROOM(t->b->a, d->rules, d->n_rules, d->room_rules);
	d->rules[d->n_rules++] = rule;
	return 0;
}

static int
add_element(struct text *t, struct part_list *list, struct str word, struct err *e)
{
	const struct dict_row *el;
	struct dict_row row;
	struct str name;
	bool mandatory;
	uint32_t max;

	if (cut_marks(word, &name, &mandatory, &max, e) == -1)
		return -1;
	el = name.n > 4 ? NULL : find_element(t, dict_code(name));
	if (el == NULL)
		return err_set(e, ERR_INPUT, "element '" STR_FMT "' is not defined before", STR_ARG(name));
	if (list->n == 99)
		return err_set(e, ERR_INPUT, "a segment of over 99 elements");
	row = *el;
	row.mandatory = mandatory;
	row.max = (uint16_t)(max > UINT16_MAX ? UINT16_MAX : max);
	ADD_ROOM(t->b->a, list->rows, list->n, list->room);
	list->rows[list->n++] = row;
	return 0;
}

/* segment N1 98! 93 66 67 : R0203 P0304 */
static int
read_segment(struct text *t, struct err *e)
{
	struct part_directory *d = t->d;
	struct part_list list = { .n = 0 };
	struct str word;
	bool rules = false;

	if (read_tag(next_word(t), &list.name, e) == -1)
		return -1;
	for (size_t i = 0; i < d->n_segments; i++)
		if (d->segments[i].name == list.name)
			return err_set(e, ERR_INPUT, "the segment is there twice");
	while ((word = next_word(t)).n > 0) {
		if (str_eq(word, S(":")))
			rules = true;
		else if ((rules ? read_rule(t, list.name, word, (unsigned int)list.n, e) : add_element(t, &list, word, e)) == -1)
			return -1;
	}
	if (d->n_segments == PART_LISTS_MAX)
		return err_set(e, ERR_INPUT, "over %u segments", PART_LISTS_MAX);
	ADD_ROOM(t->b->a, d->segments, d->n_segments, d->room_segments);
	d->segments[d->n_segments++] = list;
	return 0;
}

/* ---- sets ---- */

static int
add_row(struct text *t, struct part_message *m, struct str word, unsigned int depth, struct err *e)
{
	struct dict_table_row row = { .depth = depth };
	struct str name;

	if (cut_marks(word, &name, &row.mandatory, &row.max, e) == -1 || read_tag(name, &row.tag, e) == -1)
		return -1;
	return part_add_row(t->b->a, m, &row, e);
}

/* ")!*200" behind a group says how often it may be there: the row that began it is told. */
static int
end_group(struct part_message *m, struct str word, unsigned int depth, struct err *e)
{
	struct dict_table_row *row;
	struct str name;
	size_t i = m->n;

	if (depth == 0)
		return err_set(e, ERR_INPUT, "')' without a '(' before it");
	while (i > 0 && !(m->rows[i - 1].tag == 0 && m->rows[i - 1].depth == depth))
		i--;
	row = &m->rows[i - 1];
	if (i == m->n)
		return err_set(e, ERR_INPUT, "a group with nothing in it");
	return cut_marks(word, &name, &row->mandatory, &row->max, e);
}

static int
read_rows(struct text *t, struct part_message *m, struct err *e)
{
	unsigned int depth = 0;
	struct str word;

	while ((word = next_word(t)).n > 0) {
		int rc;
		if (str_eq(word, S("("))) {
			depth++;
			rc = part_add_row(t->b->a, m, &(struct dict_table_row){ .group = ++t->groups, .depth = depth, .max = 1 }, e);
		} else if (word.p[0] == ')') {
			rc = end_group(m, word, depth, e);
			depth--;
		} else {
			rc = add_row(t, m, word, depth, e);
		}
		if (rc == -1)
			return -1;
	}
	return depth > 0 ? err_set(e, ERR_INPUT, "%u groups of the set have no ')'", depth) : 0;
}

/* set 810 BIG! NTE*100 (N1 N2*2 ...)*200 ...: what stands between ST and SE. */
static int
read_set(struct text *t, struct err *e)
{
	struct str name = next_word(t);
	struct part_message m = { .n = 0 };

	if (name.n == 0 || name.n > sizeof(m.name))
		return err_set(e, ERR_INPUT, "'" STR_FMT "' is no name of a set", STR_ARG(name));
	memcpy(m.name, name.p, name.n);
	t->groups = 0;
	if (add_row(t, &m, S("ST!"), 0, e) == -1 || read_rows(t, &m, e) == -1 ||
	    add_row(t, &m, S("SE!"), 0, e) == -1)
		return -1;
	return part_add_message(t->b, t->d, &m, e);
}

/* ---- the text ---- */

static int
read_dictionary(struct text *t, struct err *e)
{
	struct str version = next_word(t), release = next_word(t);

	if (!str_eq(version, S("X12")) || release.n == 0 || release.n > 6)
		return err_set(e, ERR_INPUT, "want 'dictionary X12 RELEASE', as 004010, or * for every one");
	if (str_eq(release, S("*")))
		release = S("");
	else if (str_starts(release, S("00")))
		release = str_from(release, 2);
	t->d = part_directory(t->b, version, str_sub(release, 0, 4), S(""));
	t->n_elements = 0;
	return 0;
}

static int
read_keyword(struct text *t, struct str word, struct err *e)
{
	if (str_eq(word, S("dictionary")))
		return read_dictionary(t, e);
	if (t->d == NULL)
		return err_set(e, ERR_INPUT,
		    "want 'dictionary' before anything else, found '" STR_FMT "'",
		    STR_ARG(str_sub(word, 0, 40)));
	if (str_eq(word, S("element")))
		return read_element(t, e);
	if (str_eq(word, S("segment")))
		return read_segment(t, e);
	if (str_eq(word, S("set")))
		return read_set(t, e);
	return err_set(e, ERR_INPUT,
	    "'" STR_FMT "' is not known: want dictionary, element, segment or set",
	    STR_ARG(str_sub(word, 0, 40)));
}

int
dict_build_text(struct dict_build *b, struct str text, struct err *e)
{
	struct text t = { .b = b, .rest = text, .line = 1 };
	bool line_begins = true;

	for (;;) {
		skip_to_word(&t, &line_begins);
		if (t.rest.n == 0)
			return t.d == NULL ? err_set(e, ERR_INPUT, "no 'dictionary' in it") : 0;
		if (!line_begins || read_keyword(&t, next_word(&t), e) == -1)
			return !line_begins ? err_set(e, ERR_INPUT, "line %u: a word that belongs to nothing", t.line) :
			    err_add(e, "line %u", t.line);
		line_begins = false;
	}
}
