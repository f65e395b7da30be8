/* SPDX-License-Identifier: ISC */
#include "edi/dict_line.h"

#include "edi/segment.h"

#define REPEAT_MAX 9999999u
#define MARKS	   "*+#|X-"

/* Code page 437 draws frames with these; nothing else of it matters here. */
static char
plain(char c)
{
	switch ((unsigned char)c) {
	case 0xc4: case 0xcd:
		return '-';
	case 0xb3: case 0xba:
		return '|';
	case '\t':
		return ' ';
	default:
		return (unsigned char)c >= 0x80 ? '+' : c;
	}
}

bool
dict_line_next(struct str *text, struct dict_line *line)
{
	struct str raw;

	if (text->n == 0)
		return false;
	(void)str_cut(text, '\n', &raw);
	line->n = raw.n < DICT_LINE_MAX ? raw.n : DICT_LINE_MAX;
	for (size_t i = 0; i < line->n; i++)
		line->p[i] = plain(raw.p[i]);
	while (line->n > 0 && is_space(line->p[line->n - 1]))
		line->n--;
	return true;
}

struct str
dict_line_str(const struct dict_line *line)
{
	return str_make(line->p, line->n);
}

bool
dict_line_is_rule(const struct dict_line *line)
{
	for (size_t i = 0; i < line->n; i++)
		if (line->p[i] != '-')
			return false;
	return line->n >= 40;
}

static void
skip_blanks(struct str *s)
{
	while (s->n > 0 && s->p[0] == ' ')
		*s = str_from(*s, 1);
}

static struct str
first_word(struct str s)
{
	size_t n = 0;

	while (n < s.n && s.p[n] != ' ')
		n++;
	return str_sub(s, 0, n);
}

/* Cut the last word off, and the blanks before it. */
static struct str
cut_last_word(struct str *s)
{
	struct str word;
	size_t at;

	*s = str_trim(*s);
	for (at = s->n; at > 0 && s->p[at - 1] != ' '; at--)
		;
	word = str_from(*s, at);
	*s = str_trim(str_sub(*s, 0, at));
	return word;
}

static bool
is_all(struct str s, bool (*is)(char))
{
	for (size_t i = 0; i < s.n; i++)
		if (!is(s.p[i]))
			return false;
	return s.n > 0;
}

static bool
is_mark(char c)
{
	return str_chr(S(MARKS), c, NULL);
}

static bool
is_upper(char c)
{
	return c >= 'A' && c <= 'Z';
}

static bool
is_tag_char(char c)
{
	return is_upper(c) || is_digit(c);
}

static void
skip_marks(struct str *s)
{
	struct str word;

	for (skip_blanks(s); word = first_word(*s), word.n <= 2 && is_all(word, is_mark); skip_blanks(s))
		*s = str_from(*s, word.n);
}

/* A position: three digits or more that are no element's number. */
static bool
skip_position(struct str *s, size_t min, size_t max)
{
	struct str word;

	skip_blanks(s);
	word = first_word(*s);
	if (word.n < min || word.n > max || !is_all(word, is_digit))
		return false;
	*s = str_from(*s, word.n);
	return true;
}

static bool
read_status(struct str word, bool *mandatory)
{
	*mandatory = str_eq(word, S("M"));
	return *mandatory || str_eq(word, S("C"));
}

/* "--- Segment Group 1 ---": the number */
static bool
read_group(struct str s, uint32_t *group)
{
	uint64_t v;
	size_t n = 0;

	while (s.n > 0 && (s.p[0] == '-' || s.p[0] == ' '))
		s = str_from(s, 1);
	if (!str_starts_nocase(s, S("segment group ")))
		return false;
	s = str_from(s, 14);
	skip_blanks(&s);
	while (n < s.n && is_digit(s.p[n]))
		n++;	/* the frame may follow at once */
	if (str_u64(str_sub(s, 0, n), 9999, &v) == -1)
		return false;
	*group = (uint32_t)v;
	return true;
}

/* The frame at the end of a row has a sign for every group around it: '|' goes on, '+' begins or ends here. */
static unsigned int
cut_frame(struct str *s)
{
	unsigned int depth = 0;

	for (; s->n > 0 && str_chr(S("-+| "), s->p[s->n - 1], NULL); s->n--)
		if (s->p[s->n - 1] == '|' || s->p[s->n - 1] == '+')
			depth++;
	return depth;
}

bool
dict_line_table(struct str line, struct dict_table_row *row)
{
	struct str tag;
	uint64_t max;

	*row = (struct dict_table_row){ .depth = cut_frame(&line) };
	if (str_u64(cut_last_word(&line), REPEAT_MAX, &max) == -1 || max == 0 ||
	    !read_status(cut_last_word(&line), &row->mandatory))
		return false;
	row->max = (uint32_t)max;
	(void)skip_position(&line, 3, 6);
	skip_marks(&line);
	if (read_group(line, &row->group))
		return row->depth > 0;
	tag = first_word(line);
	if (tag.n != 3 || !is_all(tag, is_tag_char))
		return false;
	row->tag = SEG_TAG(tag.p[0], tag.p[1], tag.p[2]);
	return true;
}

static bool
read_repr(struct str s, struct dict_repr *r)
{
	uint64_t max;
	bool up_to;

	*r = (struct dict_repr){ .type = 'x' };
	if (str_starts(s, S("an"))) {
		s = str_from(s, 2);
	} else if (s.n > 0 && (s.p[0] == 'a' || s.p[0] == 'n')) {
		r->type = s.p[0];
		s = str_from(s, 1);
	} else {
		return false;
	}
	up_to = str_starts(s, S(".."));
	if (str_u64(str_from(s, up_to ? 2 : 0), UINT16_MAX, &max) == -1 || max == 0)
		return false;
	r->max = (uint16_t)max;
	r->min = up_to ? 0 : r->max;
	return true;
}

bool
dict_line_row_start(struct str line, struct dict_row *row)
{
	struct str code;
	size_t n;

	*row = (struct dict_row){ .max = 1 };
	skip_marks(&line);
	row->has_position = skip_position(&line, 3, 3);
	skip_marks(&line);
	code = first_word(line);
	if (code.n != 4 || !is_all(str_from(code, 1), is_digit) ||
	    !(is_digit(code.p[0]) || is_upper(code.p[0])))
		return false;
	row->code = dict_code(code);
	line = str_from(line, 4);
	n = line.n;
	skip_blanks(&line);
	row->is_inner = !row->has_position && n - line.n >= 2;
	return line.n > 0;
}

bool
dict_line_row_end(struct str line, struct dict_row *row)
{
	struct str word = cut_last_word(&line);
	uint64_t max;

	row->has_repr = read_repr(word, &row->repr);
	if (row->has_repr)
		word = cut_last_word(&line);
	if (str_u64(word, UINT16_MAX, &max) == 0 && max > 0) {
		row->max = (uint16_t)max;
		word = cut_last_word(&line);
	}
	return read_status(word, &row->mandatory);
}

bool
dict_line_title(struct str line, struct str *head)
{
	skip_marks(&line);
	*head = first_word(line);
	return (head->n == 3 && is_all(*head, is_tag_char)) ||
	    (head->n == 4 && (is_upper(head->p[0]) || is_digit(head->p[0])) &&
	        is_all(str_from(*head, 1), is_digit));
}

#define MARGIN	   3u	/* columns of change marks */
#define CODE_LAST  9u	/* a code begins here at the latest: names go on and descriptions stand further right */
#define CODE_MAX  17u

bool
dict_line_code(struct str line, struct str *code)
{
	size_t at = 0;

	for (; at < MARGIN && at < line.n; at++)
		if (line.p[at] != ' ' && !is_mark(line.p[at]))
			return false;
	while (at < line.n && line.p[at] == ' ')
		at++;
	*code = first_word(str_from(line, at));
	return at <= CODE_LAST && code->n <= CODE_MAX && is_all(*code, is_alnum) && at + code->n < line.n;
}
