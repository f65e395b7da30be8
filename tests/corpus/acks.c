/* SPDX-License-Identifier: ISC */
/*
 * corpus/acks.c - where a folder of real documents has, beside one ("...#name/source" in the column path of its
 * MANIFEST.tsv), the acknowledgement that another program made of it ("...#name/res997", "...#name/res999"): do we say
 * the same of each group and of each set in it, and of the same segments? One line per class, "class: passed/total",
 * each miss named.
 *
 * usage: corpus/acks FOLDER
 */
#include "edi/ack.h"
#include "tests/corpus/file.h"

#include <stdio.h>
#include <string.h>

#define FILE_BYTES_MAX (1u << 28)
#define COLUMNS	       7
#define PAIR_ARENA     (4 * (size_t)ACK_ARENA_MAX)

enum column { FILE_NAME, KIND, REPO, PATH, COMMIT, LICENCE, EXPECTED };

struct entry {
	struct str column[COLUMNS];
};

static struct class {
	const char *name;
	unsigned int passed, total;
} classes[] = {
	{ "997 and 999: groups and sets accepted and refused as expected", 0, 0 },
	{ "997 and 999: and for the same segments and elements", 0, 0 },
};
enum { VERDICTS, ERRORS };

static bool
cut_columns(struct str line, struct entry *en)
{
	for (size_t i = 0; i < COLUMNS; i++)
		if (str_cut(&line, '\t', &en->column[i]) != (i + 1 < COLUMNS))
			return false;
	return true;
}

/* ".../test.py#name/source": the part up to the last slash, of a path that ends in "/" and the word. */
static bool
is_part(struct str path, struct str word, struct str *stem)
{
	if (!str_ends(path, word) || path.n <= word.n || path.p[path.n - word.n - 1] != '/')
		return false;
	*stem = str_sub(path, 0, path.n - word.n);
	return true;
}

/* The first line of the manifest whose path is stem and one of the words. */
static bool
find_expected(struct str manifest, struct str stem, struct entry *out)
{
	static const struct str words[] = { S_INIT("res997"), S_INIT("res999"), S_INIT("resAck") };
	struct str line, other;

	while (str_next_line(&manifest, &line))
		for (size_t i = 0; cut_columns(line, out) && i < N(words); i++)
			if (is_part(out->column[PATH], words[i], &other) && str_eq(other, stem))
				return true;
	return false;
}

/* ---- comparing ---- */

static bool
same_errors(const struct ack_error *a, const struct ack_error *b)
{
	for (; a != NULL && b != NULL; a = a->next, b = b->next)
		if (a->segment != b->segment || a->element != b->element || !str_eq(a->code, b->code))
			return false;
	return a == NULL && b == NULL;
}

static void
put_report(struct buf *why, const struct ack_report *r)
{
	if (r == NULL) {
		buf_printf(why, NULL, "nothing");
		return;
	}
	buf_printf(why, NULL, "group '" STR_FMT "' %s", STR_ARG(r->group), ack_verdict_name(r->verdict));
	for (const struct ack_message *m = r->messages; m != NULL; m = m->next) {
		buf_printf(why, NULL, ", '" STR_FMT "' %s", STR_ARG(m->control), ack_verdict_name(m->verdict));
		for (const struct ack_error *e = m->errors; e != NULL; e = e->next)
			buf_printf(why, NULL, " [" STR_FMT " %s" STR_FMT " %llu %u]",
			    STR_ARG(e->code), e->tag.n > 0 ? "in " : "", STR_ARG(e->tag),
			    (unsigned long long)e->segment, e->element);
	}
}

/* The reports on groups only: a TA1 is a matter of what was agreed. */
static const struct ack_report *
next_group(const struct ack_report *r)
{
	while (r != NULL && r->kind == ACK_TA1)
		r = r->next;
	return r;
}

static bool
same_report(const struct ack_report *a, const struct ack_report *b, bool errors)
{
	const struct ack_message *m = a->messages, *n = b->messages;

	if (!str_eq(a->group, b->group) || a->verdict != b->verdict || a->kind != b->kind)
		return false;
	for (; m != NULL && n != NULL; m = m->next, n = n->next)
		if (!str_eq(m->control, n->control) || m->verdict != n->verdict ||
		    (errors && !same_errors(m->errors, n->errors)))
			return false;
	return m == NULL && n == NULL && (!errors || same_errors(a->errors, b->errors));
}

static bool
same(const struct ack_said *ours, const struct ack_said *theirs, bool errors, struct buf *why)
{
	const struct ack_report *a = next_group(ours->reports), *b = next_group(theirs->reports);

	for (; a != NULL && b != NULL; a = next_group(a->next), b = next_group(b->next))
		if (!same_report(a, b, errors))
			break;
	if (a == NULL && b == NULL)
		return true;
	buf_printf(why, NULL, "ours: ");
	put_report(why, a);
	buf_printf(why, NULL, "; expected: ");
	put_report(why, b);
	return false;
}

/* Ours is made in the kind that was expected: who made those knew whether a 997 or a 999 was wanted. */
static int
compare(struct arena *a, struct str source, struct str expected, struct str name, struct err *e)
{
	struct ack_order o = { .now = S("20261123160300"), .interchange = 1, .group = 1, .set = ACK_ALWAYS };
	struct buf out = BUF_CAP(ACK_SIZE_MAX), why = BUF_CAP(1 << 20);
	struct edi_facts f, own, other;
	struct ack_said ours, theirs;
	int rc = -1;

	if (edi_read(a, source, &f, e) == -1 || ack_write(a, source, &f, &o, &out, e) == -1 ||
	    edi_read(a, buf_str(&out), &own, e) == -1 || edi_read(a, expected, &other, e) == -1)
		goto out;
	ack_read(a, buf_str(&out), &own, &ours);
	ack_read(a, expected, &other, &theirs);
	for (size_t i = 0; i < N(classes); i++) {
		buf_clear(&why);
		classes[i].total++;
		if (same(&ours, &theirs, i == ERRORS, &why))
			classes[i].passed++;
		else
			printf("  %s: " STR_FMT ": " STR_FMT "\n", classes[i].name, STR_ARG(name),
			    STR_ARG(buf_str(&why)));
	}
	rc = 0;
out:
	buf_clear(&why);
	buf_clear(&out);
	return rc;
}

static int
check_pair(const char *folder, const struct entry *source, const struct entry *expected)
{
	struct arena *a = arena_new(PAIR_ARENA);
	struct buf in = BUF_CAP(FILE_BYTES_MAX), want = BUF_CAP(FILE_BYTES_MAX);
	struct err e = { 0 };
	int rc = -1;

	if (file_read(folder, source->column[FILE_NAME], &in) == 0 &&
	    file_read(folder, expected->column[FILE_NAME], &want) == 0)
		rc = compare(a, buf_str(&in), buf_str(&want), source->column[FILE_NAME], &e);
	if (rc == -1)
		printf("  " STR_FMT ": %s\n", STR_ARG(source->column[FILE_NAME]), e.text);
	buf_clear(&in);
	buf_clear(&want);
	arena_free(a);
	return rc;
}

int
main(int argc, char **argv)
{
	struct buf manifest = BUF_CAP(FILE_BYTES_MAX);
	struct str rest, line, stem;
	struct entry source, expected;
	int rc = 0;

	if (argc != 2) {
		fprintf(stderr, "usage: acks FOLDER\n");
		return 64;
	}
	if (file_read(argv[1], S("MANIFEST.tsv"), &manifest) == -1)
		return 66;
	rest = buf_str(&manifest);
	while (str_next_line(&rest, &line))
		if (cut_columns(line, &source) &&
		    is_part(source.column[PATH], S("source"), &stem) &&
		    find_expected(buf_str(&manifest), stem, &expected) &&
		    check_pair(argv[1], &source, &expected) == -1)
			rc = 1;
	for (size_t i = 0; i < N(classes); i++)
		printf("%s: %u/%u\n", classes[i].name, classes[i].passed, classes[i].total);
	buf_clear(&manifest);
	return rc;
}
