/* SPDX-License-Identifier: ISC */
#include "edi/dict_part.h"

#include "edi/dict.h"
#include "edi/segment.h"

#include <string.h>

void *
part_room(struct arena *a, void *array, size_t n, size_t *room, size_t size)
{
	void *bigger;

	if (n < *room)
		return array;
	*room = *room == 0 ? 16 : *room * 2;
	bigger = arena_get_array(a, *room, size);
	if (n > 0)
		memcpy(bigger, array, n * size);
	return bigger;
}

/* ---- messages ---- */

/* A group must stand in the one before it, or in one that has not ended; a segment in a group that has begun. */
int
part_add_row(struct arena *a, struct part_message *m, const struct dict_table_row *row,
    struct err *e)
{
	unsigned int open = m->n == 0 ? 0 : m->rows[m->n - 1].depth;

	if (m->n == PART_ROWS_MAX)
		return err_set(e, ERR_INPUT, "its table has over %u rows", PART_ROWS_MAX);
	if (row->depth > DICT_DEPTH_MAX || row->depth > open + (row->tag == 0 ? 1 : 0))
		return err_set(e, ERR_INPUT, "row %zu of its table is %u groups deep behind one of %u", m->n + 1, row->depth, open);
	if (m->n > 0 && m->rows[m->n - 1].tag == 0 && (row->tag == 0 || row->depth != open))
		return err_set(e, ERR_INPUT, "group %u of its table does not begin with a segment",
		    m->rows[m->n - 1].group);
	ADD_ROOM(a, m->rows, m->n, m->room);
	m->rows[m->n++] = *row;
	return 0;
}

/* The table is what stands between the rows of UNH and UNT; a message that begins otherwise is interactive. */
static int
read_table(struct arena *a, struct str text, struct part_message *m, struct err *e)
{
	struct dict_line line;
	struct dict_table_row row;

	while (dict_line_next(&text, &line)) {
		if (!dict_line_table(dict_line_str(&line), &row))
			continue;
		if (row.tag == SEG_TAG('U', 'N', 'H'))
			m->n = 0;
		else if (m->n == 0)
			continue;
		if (part_add_row(a, m, &row, e) == -1)
			return -1;
		if (row.tag == SEG_TAG('U', 'N', 'T'))
			return 0;
	}
	if (m->n > 0)
		return err_set(e, ERR_INPUT, "its table has no end");
	return 0;
}

int
part_add_message(struct dict_build *b, struct part_directory *d, const struct part_message *m,
    struct err *e)
{
	if (d->n_messages == PART_LISTS_MAX)
		return err_set(e, ERR_INPUT, "the directory has over %u messages", PART_LISTS_MAX);
	for (size_t i = 0; i < d->n_messages; i++)
		if (memcmp(d->messages[i].name, m->name, sizeof(m->name)) == 0)
			return err_set(e, ERR_INPUT, "is there twice");
	ADD_ROOM(b->a, d->messages, d->n_messages, d->room_messages);
	d->messages[d->n_messages++] = *m;
	return 0;
}

static int
add_message(struct dict_build *b, struct part_directory *d, struct str name, struct str text,
    struct err *e)
{
	struct part_message m = { .n = 0 };

	if (read_table(b->a, text, &m, e) == -1)
		return -1;
	if (m.n == 0)
		return 0;
	for (size_t i = 0; i < 6; i++)
		m.name[i] = to_upper(name.p[i]);
	return part_add_message(b, d, &m, e);
}

/* ---- segments and composites ---- */

/* Lines of prose begin with one of these, and go on until a blank line. */
static bool
is_prose(struct str line)
{
	const struct str heads[] = { S_INIT("Function:"), S_INIT("Desc:"), S_INIT("Note"), S_INIT("Repr:") };

	line = str_trim(line);
	for (size_t i = 0; i < N(heads); i++)
		if (str_starts(line, heads[i]))
			return true;
	return false;
}

struct list_reader {
	struct arena *a;
	struct part_list *lists;	/* the one being read is the last */
	size_t n, room;
	bool composites;		/* or segments */
	bool title_next;		/* a rule was met */
	bool prose;
	bool pending;			/* the row's end comes in a line to come */
	struct dict_row row;
};

static int
start_list(struct list_reader *r, struct str head, struct err *e)
{
	if (r->n == PART_LISTS_MAX)
		return err_set(e, ERR_INPUT, "has over %u entries", PART_LISTS_MAX);
	ADD_ROOM(r->a, r->lists, r->n, r->room);
	r->lists[r->n++] = (struct part_list){
		.name = r->composites ? dict_code(head) : SEG_TAG(head.p[0], head.p[1], head.p[2]) };
	return 0;
}

/* A segment lists the components of its composites, too; the directory of composites has them. */
static int
end_row(struct list_reader *r, struct err *e)
{
	struct part_list *list = &r->lists[r->n - 1];

	r->pending = false;
	if (!r->composites && r->row.is_inner)
		return 0;
	if (list->n == DICT_ROWS_MAX)
		return err_set(e, ERR_INPUT, "an entry has over %u rows", DICT_ROWS_MAX);
	ADD_ROOM(r->a, list->rows, list->n, list->room);
	list->rows[list->n++] = r->row;
	return 0;
}

static int
read_list_line(struct list_reader *r, struct str line, struct err *e)
{
	struct str head;

	if (line.n == 0) {
		r->prose = false;
		if (r->pending)
			return err_set(e, ERR_INPUT, "a row of entry %zu has no end", r->n);
		return 0;
	}
	if (r->title_next) {
		r->title_next = false;
		if (dict_line_title(line, &head) && head.n == (r->composites ? 4 : 3))
			return start_list(r, head, e);
	}
	if (is_prose(line))
		r->prose = true;
	if (r->prose || r->n == 0)
		return 0;
	if (!r->pending) {
		if (!dict_line_row_start(line, &r->row))
			return 0;
		r->pending = true;
	}
	return dict_line_row_end(line, &r->row) ? end_row(r, e) : 0;
}

static int
read_lists(struct list_reader *r, struct str text, struct err *e)
{
	struct dict_line line;

	while (dict_line_next(&text, &line)) {
		if (dict_line_is_rule(&line)) {
			r->title_next = true;
			r->prose = r->pending = false;
		} else if (read_list_line(r, dict_line_str(&line), e) == -1) {
			return -1;
		}
	}
	return 0;
}

static int
add_lists(struct dict_build *b, struct str text, bool composites, struct part_list **lists,
    size_t *n, size_t *room, struct err *e)
{
	struct list_reader r = { .a = b->a, .composites = composites, .lists = *lists, .n = *n, .room = *room };

	if (read_lists(&r, text, e) == -1)
		return -1;
	*lists = r.lists;
	*n = r.n;
	*room = r.room;
	return 0;
}

/* ---- codes ---- */

static int
add_code(struct dict_build *b, struct part_codes *list, struct str code, struct err *e)
{
	if (list->n == PART_CODES_MAX)
		return err_set(e, ERR_INPUT, "a list has over %u codes", PART_CODES_MAX);
	ADD_ROOM(b->a, list->codes, list->n, list->room);
	list->codes[list->n++] = str_dup(b->a, code);
	if (code.n > list->longest)
		list->longest = code.n;
	return 0;
}

static int
add_codes(struct dict_build *b, struct part_directory *d, struct str text, struct err *e)
{
	struct dict_line line;
	struct part_codes *list = NULL;
	bool title_next = true, in_codes = false;	/* the second part of D.96A begins without a rule */
	struct str s, head;

	while (dict_line_next(&text, &line)) {
		s = dict_line_str(&line);
		if (dict_line_is_rule(&line)) {
			title_next = true;
			in_codes = false;
		} else if (title_next && s.n > 0) {
			title_next = false;
			list = NULL;
			if (!dict_line_title(s, &head) || head.n != 4 || !is_digit(head.p[0]))
				continue;
			if (d->n_lists == PART_LISTS_MAX)
				return err_set(e, ERR_INPUT, "has over %u code lists", PART_LISTS_MAX);
			ADD_ROOM(b->a, d->lists, d->n_lists, d->room_lists);
			list = &d->lists[d->n_lists++];
			*list = (struct part_codes){ .element = dict_code(head) };
		} else if (str_starts(str_trim(s), S("Repr:"))) {
			in_codes = list != NULL;
		} else if (in_codes && dict_line_code(s, &head) && add_code(b, list, head, e) == -1) {
			return -1;
		}
	}
	return 0;
}

/* ---- what a text is ---- */

struct dict_build *
dict_build_new(struct arena *a)
{
	struct dict_build *b = arena_new_of(a, struct dict_build);

	b->a = a;
	return b;
}

static void
fill_name(char to[4], struct str name)
{
	for (size_t i = 0; i < 4; i++)
		to[i] = i < name.n ? to_upper(name.p[i]) : '\0';
}

struct part_directory *
part_directory(struct dict_build *b, struct str version, struct str release, struct str agency)
{
	struct part_directory *d, key = { .next = NULL };

	fill_name(key.version, version);
	fill_name(key.release, release);
	fill_name(key.agency, agency);
	for (d = b->directories; d != NULL; d = d->next)
		if (memcmp(d->version, key.version, 4) == 0 &&
		    memcmp(d->release, key.release, 4) == 0 &&
		    memcmp(d->agency, key.agency, 4) == 0)
			return d;
	d = arena_new_of(b->a, struct part_directory);
	*d = key;
	d->next = b->directories;
	b->directories = d;
	b->n_directories++;
	return d;
}

/* "96A", "01B": the directory's release is every name's last part. NULL: none. */
static struct part_directory *
directory_of(struct dict_build *b, struct str release)
{
	if (release.n != 3 || !is_digit(release.p[0]) || !is_digit(release.p[1]) || !is_alpha(release.p[2]))
		return NULL;
	return part_directory(b, S("D"), release, S("UN"));
}

static int
add_text(struct dict_build *b, struct part_directory *d, struct str kind, struct str text,
    struct err *e)
{
	if (str_eq_nocase(kind, S("EDSD")) || str_eq_nocase(kind, S("TRSD")))
		return add_lists(b, text, false, &d->segments, &d->n_segments, &d->room_segments, e);
	if (str_eq_nocase(kind, S("EDCD")) || str_eq_nocase(kind, S("TRCD")))
		return add_lists(b, text, true, &d->composites, &d->n_composites, &d->room_composites, e);
	if (str_eq_nocase(kind, S("UNCL")) || str_starts_nocase(kind, S("UNCL-")))
		return add_codes(b, d, text, e);
	return add_message(b, d, str_sub(kind, 0, 6), text, e);
}

static bool
is_known_kind(struct str kind)
{
	const struct str kinds[] = { S_INIT("EDSD"), S_INIT("TRSD"), S_INIT("EDCD"), S_INIT("TRCD"),
		S_INIT("UNCL"), S_INIT("UNCL-1"), S_INIT("UNCL-2") };

	for (size_t i = 0; i < N(kinds); i++)
		if (str_eq_nocase(kind, kinds[i]))
			return true;
	return kind.n == 8 && str_eq_nocase(str_from(kind, 6), S("_D"));
}

int
dict_build_add(struct dict_build *b, struct str name, struct str text, struct err *e)
{
	struct str kind;
	struct part_directory *d;

	if (!str_cut(&name, '.', &kind) || !is_known_kind(kind))
		return 0;
	d = directory_of(b, name);
	if (d == NULL)
		return 0;
	if (add_text(b, d, kind, text, e) == -1)
		return err_add(e, STR_FMT "." STR_FMT, STR_ARG(kind), STR_ARG(name));
	return 0;
}

void
dict_build_count(const struct dict_build *b, struct dict_count *out)
{
	*out = (struct dict_count){ .directories = b->n_directories };
	for (const struct part_directory *d = b->directories; d != NULL; d = d->next) {
		out->messages += d->n_messages;
		out->segments += d->n_segments;
		out->composites += d->n_composites;
		out->lists += d->n_lists;
		for (size_t i = 0; i < d->n_lists; i++)
			out->codes += d->lists[i].n;
	}
}
