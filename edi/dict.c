/* SPDX-License-Identifier: ISC */
#include "edi/dict.h"

#include <endian.h>
#include <string.h>

const unsigned int dict_row_size[DICT_TABLES] = { 16, 16, 12, 12, 8, 20, 1, 16 };

static uint32_t
get8(struct str s, size_t at)
{
	return (unsigned char)s.p[at];
}

static uint32_t
get16(struct str s, size_t at)
{
	uint16_t n;

	memcpy(&n, s.p + at, sizeof(n));
	return le16toh(n);
}

static uint32_t
get32(struct str s, size_t at)
{
	uint32_t n;

	memcpy(&n, s.p + at, sizeof(n));
	return le32toh(n);
}

/* Where row i of a table lies; i is below its count, which dict_directory() held against the file. */
static size_t
row_at(const struct dict_directory *d, enum dict_table table, uint32_t i)
{
	return d->at[table] + (size_t)i * dict_row_size[table];
}

static struct str
get_name(struct str s, size_t at, size_t n)
{
	struct str name = str_sub(s, at, n);

	while (name.n > 0 && name.p[name.n - 1] == '\0')
		name.n--;
	return name;
}

int
dict_open(struct dict *dict, struct str bytes, struct err *e)
{
	struct dict_directory d;

	*dict = (struct dict){ .bytes = bytes };
	if (bytes.n < DICT_HEADER || !str_starts(bytes, S(DICT_MAGIC)))
		return err_set(e, ERR_INPUT, "no dictionary; 'edigate dictionary build' makes one");
	if (get32(bytes, 8) != DICT_FORMAT)
		return err_set(e, ERR_INPUT, "a dictionary of format %u, want %u: build it again",
		    get32(bytes, 8), DICT_FORMAT);
	if (get32(bytes, 12) != bytes.n)
		return err_set(e, ERR_INPUT, "the dictionary has %zu bytes, want %u", bytes.n,
		    get32(bytes, 12));
	dict->n_directories = get32(bytes, 16);
	if (dict->n_directories > DICT_DIRECTORIES_MAX)
		return err_set(e, ERR_INPUT, "the dictionary has %u directories, over %u",
		    dict->n_directories, DICT_DIRECTORIES_MAX);
	for (uint32_t i = 0; i < dict->n_directories; i++)
		if (!dict_directory(dict, i, &d))
			return err_set(e, ERR_INPUT,
			    "the dictionary is damaged: a table of directory %u lies outside of it",
			    i + 1);
	return 0;
}

bool
dict_directory(const struct dict *dict, uint32_t i, struct dict_directory *out)
{
	size_t at = DICT_HEADER + (size_t)i * DICT_DIRECTORY, size = dict->bytes.n;

	if (i >= dict->n_directories || at > size || DICT_DIRECTORY > size - at)
		return false;
	*out = (struct dict_directory){ .bytes = dict->bytes, .version = get_name(dict->bytes, at, 4),
		.release = get_name(dict->bytes, at + 4, 4), .agency = get_name(dict->bytes, at + 8, 4) };
	for (size_t t = 0; t < DICT_TABLES; t++) {
		out->at[t] = get32(dict->bytes, at + 16 + t * 8);
		out->n[t] = get32(dict->bytes, at + 20 + t * 8);
		if (out->at[t] > size || (uint64_t)out->n[t] * dict_row_size[t] > size - out->at[t])
			return false;
	}
	return true;
}

bool
dict_find(const struct dict *dict, struct str version, struct str release, struct str agency,
    struct dict_directory *out)
{
	for (uint32_t i = 0; dict_directory(dict, i, out); i++)
		if (str_eq(out->version, version) && str_eq(out->release, release) &&
		    str_eq(out->agency, agency))
			return true;
	return false;
}

bool
dict_find_x12(const struct dict *dict, struct str version, struct dict_directory *out)
{
	struct dict_directory d;
	bool found = false;

	if (str_starts(version, S("00")))
		version = str_from(version, 2);		/* releases have four characters: "4010" */
	for (uint32_t i = 0; dict_directory(dict, i, &d); i++) {
		if (!str_eq(d.version, S("X12")) || !str_starts(version, d.release) ||
		    (found && d.release.n < out->release.n))
			continue;
		*out = d;
		found = true;
	}
	return found;
}

/* The first row of a sorted table that is not below key, by a number in its first four bytes. */
static uint32_t
search(const struct dict_directory *d, enum dict_table table, uint32_t key)
{
	uint32_t low = 0, high = d->n[table], middle;

	while (low < high) {
		middle = low + (high - low) / 2;
		if (get32(d->bytes, row_at(d, table, middle)) < key)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

struct dict_node
dict_node(const struct dict_message *m, uint32_t i)
{
	size_t at = row_at(m->d, DICT_NODES, m->first + i);

	return (struct dict_node){ .name = get32(m->d->bytes, at), .max = get32(m->d->bytes, at + 4),
		.size = get32(m->d->bytes, at + 8), .flags = get8(m->d->bytes, at + 12) };
}

/* What dict_check.c relies on. ends is where each open group ends. */
static bool
is_tree(const struct dict_message *m)
{
	uint32_t ends[DICT_DEPTH_MAX + 1] = { m->n };
	unsigned int depth = 0;

	for (uint32_t i = 0; i < m->n; i++) {
		struct dict_node node = dict_node(m, i);
		while (i == ends[depth])
			depth--;	/* never below 0: i is below m->n */
		if (node.size == 0 || node.size > ends[depth] - i || node.max == 0)
			return false;
		if ((node.flags & DICT_GROUP) == 0) {
			if (node.size != 1)
				return false;
			continue;
		}
		if (node.size < 2 || depth == DICT_DEPTH_MAX || (dict_node(m, i + 1).flags & DICT_GROUP) != 0)
			return false;
		ends[++depth] = i + node.size;
	}
	return true;
}

bool
dict_message(const struct dict_directory *d, struct str name, struct dict_message *out)
{
	uint32_t low = 0, high = d->n[DICT_MESSAGES], middle;
	size_t at;
	int cmp;

	while (low < high) {
		middle = low + (high - low) / 2;
		at = row_at(d, DICT_MESSAGES, middle);
		cmp = str_cmp(get_name(d->bytes, at, 8), name);
		if (cmp == 0) {
			*out = (struct dict_message){ d, get32(d->bytes, at + 8), get32(d->bytes, at + 12) };
			return out->n > 0 && out->first <= d->n[DICT_NODES] &&
			    out->n <= d->n[DICT_NODES] - out->first && is_tree(out);
		}
		if (cmp < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return false;
}

static bool
get_list(const struct dict_directory *d, size_t at, struct dict_list *out)
{
	*out = (struct dict_list){ get32(d->bytes, at + 4), get32(d->bytes, at + 8) };
	return out->n <= DICT_ROWS_MAX && out->first <= d->n[DICT_REFS] &&
	    out->n <= d->n[DICT_REFS] - out->first;
}

bool
dict_segment(const struct dict_directory *d, uint32_t tag, struct dict_list *out)
{
	uint32_t i = search(d, DICT_SEGMENTS, tag);

	return i < d->n[DICT_SEGMENTS] && get32(d->bytes, row_at(d, DICT_SEGMENTS, i)) == tag &&
	    get_list(d, row_at(d, DICT_SEGMENTS, i), out);
}

/* Codes are written with the first character in the highest byte, so that they sort as they are read. */
static struct str
get_code(struct str s, size_t at)
{
	return str_sub(s, at, 4);
}

bool
dict_composite(const struct dict_directory *d, uint32_t row, struct dict_list *out,
    struct str *code)
{
	if (row >= d->n[DICT_COMPOSITES])
		return false;
	*code = get_code(d->bytes, row_at(d, DICT_COMPOSITES, row));
	return get_list(d, row_at(d, DICT_COMPOSITES, row), out);
}

struct dict_ref
dict_ref(const struct dict_directory *d, const struct dict_list *list, uint32_t i)
{
	size_t at = row_at(d, DICT_REFS, list->first + i);

	return (struct dict_ref){ .row = get32(d->bytes, at),
		.max = get16(d->bytes, at + 4),
		.flags = get8(d->bytes, at + 6) };
}

bool
dict_element(const struct dict_directory *d, uint32_t row, struct dict_element *out)
{
	size_t at = row_at(d, DICT_ELEMENTS, row);

	if (row >= d->n[DICT_ELEMENTS])
		return false;
	*out = (struct dict_element){ .code = get_code(d->bytes, at), .type = d->bytes.p[at + 4],
		.width = get8(d->bytes, at + 5), .min = get16(d->bytes, at + 6), .max = get16(d->bytes, at + 8),
		.codes_at = get32(d->bytes, at + 12), .n_codes = get32(d->bytes, at + 16) };
	if (out->codes_at > d->n[DICT_CODES] ||
	    (uint64_t)out->n_codes * out->width > d->n[DICT_CODES] - out->codes_at)
		out->n_codes = 0;
	return true;
}

bool
dict_has_code(const struct dict_directory *d, const struct dict_element *el, struct str code)
{
	uint32_t low = 0, high = el->width == 0 ? 0 : el->n_codes, middle;
	size_t base = (size_t)d->at[DICT_CODES] + el->codes_at;
	int cmp;

	if (high == 0)
		return true;
	while (low < high) {
		middle = low + (high - low) / 2;
		cmp = str_cmp(get_name(d->bytes, base + (size_t)middle * el->width, el->width), code);
		if (cmp == 0)
			return true;
		if (cmp < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return false;
}

uint32_t
dict_rules(const struct dict_directory *d, uint32_t tag, uint32_t *first)
{
	uint32_t n = 0;

	*first = search(d, DICT_RULES, tag);
	while (n < d->n[DICT_RULES] - *first && get32(d->bytes, row_at(d, DICT_RULES, *first + n)) == tag)
		n++;
	return n;
}

void
dict_rule(const struct dict_directory *d, uint32_t row, struct dict_rule *out)
{
	size_t at = row_at(d, DICT_RULES, row);

	*out = (struct dict_rule){ .kind = d->bytes.p[at + 4], .n = (unsigned char)d->bytes.p[at + 5] };
	if (out->n > DICT_RULE_MAX)
		out->n = DICT_RULE_MAX;
	memcpy(out->element, d->bytes.p + at + 6, sizeof(out->element));
}
