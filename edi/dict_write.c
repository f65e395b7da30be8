/* SPDX-License-Identifier: ISC */
#include "edi/dict_part.h"

#include "edi/dict.h"

#include <stdlib.h>
#include <string.h>

/* An element as it is written; the same code with another length is another element. */
struct written_element {
	uint32_t code;
	struct dict_repr repr;
	uint32_t codes_at, n_codes;
	size_t width;
};

/* A directory on its way into bytes: a buffer for each table. */
struct writer {
	struct part_directory *d;
	struct buf tables[DICT_TABLES];
	struct written_element *elements;
	size_t n_elements;
	struct err *e;
	bool failed;
};

static void
put(struct writer *w, enum dict_table t, struct str s)
{
	if (buf_put(&w->tables[t], s, w->e) == -1)
		w->failed = true;
}

static struct str
le(char out[4], uint32_t v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		out[i] = (char)(v >> 8 * i & 0xff);
	return str_make(out, n);
}

static void
put_number(struct writer *w, enum dict_table t, uint32_t v, size_t n)
{
	char bytes[4];

	put(w, t, le(bytes, v, n));
}

static uint32_t
rows(const struct writer *w, enum dict_table t)
{
	return (uint32_t)(w->tables[t].n / dict_row_size[t]);
}

/* ---- order ---- */

static int
by_number(uint32_t a, uint32_t b)
{
	return a < b ? -1 : a > b;
}

static int
by_message(const void *a, const void *b)
{
	return memcmp(((const struct part_message *)a)->name, ((const struct part_message *)b)->name, 8);
}

static int
by_list(const void *a, const void *b)
{
	return by_number(((const struct part_list *)a)->name, ((const struct part_list *)b)->name);
}

static int
by_codes(const void *a, const void *b)
{
	return by_number(((const struct part_codes *)a)->element, ((const struct part_codes *)b)->element);
}

static int
by_code(const void *a, const void *b)
{
	return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

static int
by_element(const void *a, const void *b)
{
	const struct written_element *x = a, *y = b;
	int cmp = by_number(x->code, y->code);

	if (cmp == 0)
		cmp = by_number((uint32_t)(unsigned char)x->repr.type << 16 | x->repr.min,
		    (uint32_t)(unsigned char)y->repr.type << 16 | y->repr.min);
	return cmp != 0 ? cmp : by_number(x->repr.max, y->repr.max);
}

/* qsort() takes no NULL, not even for nothing. */
static void
sort(void *array, size_t n, size_t size, int (*by)(const void *, const void *))
{
	if (n > 1)
		qsort(array, n, size, by);
}

/* ---- elements ---- */

static size_t
count_rows(const struct part_list *lists, size_t n)
{
	size_t total = 0;

	for (size_t i = 0; i < n; i++)
		total += lists[i].n;
	return total;
}

static void
gather(struct writer *w, const struct part_list *lists, size_t n)
{
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < lists[i].n; j++)
			if (lists[i].rows[j].has_repr)
				w->elements[w->n_elements++] =
				    (struct written_element){ .code = lists[i].rows[j].code,
					    .repr = lists[i].rows[j].repr };
}

static void
gather_elements(struct arena *a, struct writer *w)
{
	const struct part_directory *d = w->d;
	size_t n = 0;

	w->elements = arena_get_array(a,
	    count_rows(d->segments, d->n_segments) + count_rows(d->composites, d->n_composites) + 1,
	    sizeof(*w->elements));
	gather(w, d->segments, d->n_segments);
	gather(w, d->composites, d->n_composites);
	sort(w->elements, w->n_elements, sizeof(*w->elements), by_element);
	for (size_t i = 0; i < w->n_elements; i++)
		if (i == 0 || by_element(&w->elements[i], &w->elements[n - 1]) != 0)
			w->elements[n++] = w->elements[i];
	w->n_elements = n;
}

/* The codes of one list, once each; how many there are. */
static uint32_t
put_codes(struct writer *w, struct part_codes *list)
{
	static const char nul[32];
	uint32_t n = 0;

	sort(list->codes, list->n, sizeof(*list->codes), by_code);
	for (size_t i = 0; i < list->n; i++) {
		if (i > 0 && str_eq(list->codes[i], list->codes[i - 1]))
			continue;
		put(w, DICT_CODES, list->codes[i]);
		put(w, DICT_CODES, str_make(nul, list->longest - list->codes[i].n));
		n++;
	}
	return n;
}

static void
put_elements(struct writer *w)
{
	struct part_directory *d = w->d;

	sort(d->lists, d->n_lists, sizeof(*d->lists), by_codes);
	for (size_t i = 0, j = 0; i < w->n_elements; i++) {
		struct written_element *el = &w->elements[i];
		while (j < d->n_lists && d->lists[j].element < el->code)
			j++;
		if (i > 0 && el->code == w->elements[i - 1].code) {
			el->codes_at = w->elements[i - 1].codes_at;
			el->n_codes = w->elements[i - 1].n_codes;
			el->width = w->elements[i - 1].width;
		} else if (j < d->n_lists && d->lists[j].element == el->code) {
			el->codes_at = rows(w, DICT_CODES);
			el->width = d->lists[j].longest;
			el->n_codes = put_codes(w, &d->lists[j]);
		}
		put_number(w, DICT_ELEMENTS, __builtin_bswap32(el->code), 4);
		put_number(w, DICT_ELEMENTS, (unsigned char)el->repr.type, 1);
		put_number(w, DICT_ELEMENTS, (uint32_t)el->width, 1);
		put_number(w, DICT_ELEMENTS, el->repr.min, 2);
		put_number(w, DICT_ELEMENTS, el->repr.max, 2);
		put_number(w, DICT_ELEMENTS, 0, 2);
		put_number(w, DICT_ELEMENTS, el->codes_at, 4);
		put_number(w, DICT_ELEMENTS, el->n_codes, 4);
	}
}

/* ---- segments and composites ---- */

static int
find_composite(const struct writer *w, uint32_t code, uint32_t *row)
{
	const struct part_list key = { .name = code }, *found = NULL;

	if (w->d->n_composites > 0)
		found = bsearch(&key, w->d->composites, w->d->n_composites, sizeof(key), by_list);
	if (found == NULL)
		return -1;
	*row = (uint32_t)(found - w->d->composites);
	return 0;
}

static uint32_t
find_element(const struct writer *w, const struct dict_row *row)
{
	const struct written_element key = { .code = row->code, .repr = row->repr };
	const struct written_element *found = bsearch(&key, w->elements, w->n_elements, sizeof(key), by_element);

	return (uint32_t)(found - w->elements);	/* gathered from the same rows: it is there */
}

static int
put_ref(struct writer *w, const struct dict_row *row)
{
	unsigned int flags = row->mandatory ? DICT_MANDATORY : 0;
	uint32_t at;

	if (row->has_repr) {
		at = find_element(w, row);
	} else {
		flags |= DICT_COMPOSITE;
		if (find_composite(w, row->code, &at) == -1)
			return err_set(w->e, ERR_INPUT, "composite %c%c%c%c is not in it",
			    (int)(row->code >> 24), (int)(row->code >> 16 & 0xff),
			    (int)(row->code >> 8 & 0xff), (int)(row->code & 0xff));
	}
	put_number(w, DICT_REFS, at, 4);
	put_number(w, DICT_REFS, row->max, 2);
	put_number(w, DICT_REFS, flags, 2);
	return 0;
}

static int
put_lists(struct writer *w, enum dict_table t, const struct part_list *lists, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		put_number(w, t, t == DICT_COMPOSITES ? __builtin_bswap32(lists[i].name) : lists[i].name, 4);
		put_number(w, t, rows(w, DICT_REFS), 4);
		put_number(w, t, (uint32_t)lists[i].n, 4);
		for (size_t j = 0; j < lists[i].n; j++)
			if (put_ref(w, &lists[i].rows[j]) == -1)
				return -1;
	}
	return 0;
}

/* ---- messages ---- */

/* A group goes on while rows are as deep, or deeper; another group of its own depth ends it. */
static uint32_t
subtree(const struct part_message *m, size_t i)
{
	size_t j = i + 1;

	if (m->rows[i].tag != 0)
		return 1;
	while (j < m->n &&
	    (m->rows[j].depth > m->rows[i].depth ||
	        (m->rows[j].depth == m->rows[i].depth && m->rows[j].tag != 0)))
		j++;
	return (uint32_t)(j - i);
}

static void
put_messages(struct writer *w)
{
	struct part_directory *d = w->d;

	sort(d->messages, d->n_messages, sizeof(*d->messages), by_message);
	for (size_t i = 0; i < d->n_messages; i++) {
		const struct part_message *m = &d->messages[i];
		put(w, DICT_MESSAGES, str_make(m->name, 8));
		put_number(w, DICT_MESSAGES, rows(w, DICT_NODES), 4);
		put_number(w, DICT_MESSAGES, (uint32_t)m->n, 4);
		for (size_t j = 0; j < m->n; j++) {
			const struct dict_table_row *row = &m->rows[j];
			unsigned int flags = (row->tag == 0 ? DICT_GROUP : 0u) |
			    (row->mandatory ? DICT_MANDATORY : 0u);
			put_number(w, DICT_NODES, row->tag == 0 ? row->group : row->tag, 4);
			put_number(w, DICT_NODES, row->max, 4);
			put_number(w, DICT_NODES, subtree(m, j), 4);
			put_number(w, DICT_NODES, flags, 4);
		}
	}
}

/* ---- rules ---- */

static int
by_rule(const void *a, const void *b)
{
	const struct part_rule *x = a, *y = b;
	int cmp = by_number(x->tag, y->tag);

	return cmp != 0 ? cmp : memcmp(&x->rule, &y->rule, sizeof(x->rule));
}

static void
put_rules(struct writer *w)
{
	struct part_directory *d = w->d;

	sort(d->rules, d->n_rules, sizeof(*d->rules), by_rule);
	for (size_t i = 0; i < d->n_rules; i++) {
		const struct dict_rule *rule = &d->rules[i].rule;
		put_number(w, DICT_RULES, d->rules[i].tag, 4);
		put_number(w, DICT_RULES, (unsigned char)rule->kind, 1);
		put_number(w, DICT_RULES, rule->n, 1);
		put(w, DICT_RULES, str_make((const char *)rule->element, sizeof(rule->element)));
	}
}

/* ---- the file ---- */

static int
write_tables(struct arena *a, struct writer *w)
{
	struct part_directory *d = w->d;

	if (d->n_messages == 0 || d->n_segments == 0)
		return err_set(w->e, ERR_INPUT, "has no %s", d->n_messages == 0 ? "messages" : "segments");
	sort(d->segments, d->n_segments, sizeof(*d->segments), by_list);
	sort(d->composites, d->n_composites, sizeof(*d->composites), by_list);
	gather_elements(a, w);
	put_messages(w);
	put_elements(w);
	put_rules(w);
	if (put_lists(w, DICT_SEGMENTS, d->segments, d->n_segments) == -1 ||
	    put_lists(w, DICT_COMPOSITES, d->composites, d->n_composites) == -1)
		return -1;
	return w->failed ? -1 : 0;
}

/* The directory's line, and its tables behind what body holds; base is where body will begin in the file. */
static int
write_directory(struct writer *w, struct buf *head, struct buf *body, size_t base)
{
	char bytes[4];

	if (buf_put(head, str_make(w->d->version, 4), w->e) == -1 ||
	    buf_put(head, str_make(w->d->release, 4), w->e) == -1 ||
	    buf_put(head, str_make(w->d->agency, 4), w->e) == -1 ||
	    buf_put(head, le(bytes, 0, 4), w->e) == -1)
		return -1;
	for (enum dict_table t = 0; t < DICT_TABLES; t++)
		if (buf_put(head, le(bytes, (uint32_t)(base + body->n), 4), w->e) == -1 ||
		    buf_put(head, le(bytes, rows(w, t), 4), w->e) == -1 ||
		    buf_put(body, buf_str(&w->tables[t]), w->e) == -1)
			return -1;
	return 0;
}

static int
by_release(const void *a, const void *b)
{
	const struct part_directory *const *x = a, *const *y = b;

	return memcmp((*x)->release, (*y)->release, sizeof((*x)->release));
}

static int
write_one(struct arena *a, struct part_directory *d, struct buf *head, struct buf *body,
    size_t base, struct err *e)
{
	struct writer w = { .d = d, .e = e };
	int rc = -1;

	for (size_t t = 0; t < DICT_TABLES; t++)
		w.tables[t] = BUF_CAP(DICT_SIZE_MAX);
	if (write_tables(a, &w) == 0)
		rc = write_directory(&w, head, body, base);
	for (size_t t = 0; t < DICT_TABLES; t++)
		buf_clear(&w.tables[t]);
	return rc == -1 ? err_add(e, "directory %s.%s", d->version, d->release) : 0;
}

static int
write_header(const struct dict_build *b, struct buf *out, size_t size, struct err *e)
{
	const uint32_t fields[] = { DICT_FORMAT, (uint32_t)size, (uint32_t)b->n_directories, 0 };
	char bytes[4];

	if (buf_put(out, S(DICT_MAGIC), e) == -1)
		return -1;
	for (size_t i = 0; i < N(fields); i++)
		if (buf_put(out, le(bytes, fields[i], 4), e) == -1)
			return -1;
	return 0;
}

int
dict_build_write(struct dict_build *b, struct buf *out, struct err *e)
{
	struct buf head = BUF_CAP(DICT_SIZE_MAX), body = BUF_CAP(DICT_SIZE_MAX);
	struct part_directory **all = arena_get_array(b->a, b->n_directories + 1, sizeof(*all));
	size_t n = 0, base = DICT_HEADER + b->n_directories * DICT_DIRECTORY;
	int rc = -1;

	for (struct part_directory *d = b->directories; d != NULL; d = d->next)
		all[n++] = d;
	sort(all, n, sizeof(struct part_directory *), by_release);
	if (n == 0 || n > DICT_DIRECTORIES_MAX) {
		err_set(e, ERR_INPUT, "%zu directories in it, want 1 to %u", n, DICT_DIRECTORIES_MAX);
		goto out;
	}
	for (size_t i = 0; i < n; i++)
		if (write_one(b->a, all[i], &head, &body, base, e) == -1)
			goto out;
	if (write_header(b, out, base + body.n, e) == -1 || buf_put(out, buf_str(&head), e) == -1 ||
	    buf_put(out, buf_str(&body), e) == -1)
		goto out;
	rc = 0;
out:
	buf_clear(&head);
	buf_clear(&body);
	return rc;
}
