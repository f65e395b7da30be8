/* SPDX-License-Identifier: ISC */
/*
 * pieces.c - the X12, EDIFACT and TRADACOMS documents of a folder with a MANIFEST.tsv, read whole, byte by byte and in pieces of
 * any size: what is found must be the same. Each as it is, and over and over until it is longer than what is looked at at
 * once, so that what is cut is cut everywhere. usage: pieces FOLDER
 */
#include "tests/corpus/file.h"
#include "tests/unit/edi_pushed.h"

#define FILE_BYTES_MAX (1u << 28)
#define LONG_BYTES     700000u

static unsigned int passed, total;

static void
check(struct str file, struct str in, const char *how)
{
	const char *differs = pieces_differ(in, total);

	total++;
	passed += differs == NULL;
	if (differs != NULL)
		printf("  pieces: " STR_FMT ": %s, %s differs\n", STR_ARG(file), how, differs);
}

static void
check_file(const char *folder, struct str file)
{
	struct buf bytes = BUF_CAP(FILE_BYTES_MAX), many = BUF_CAP(FILE_BYTES_MAX);
	const struct edi_format *format;

	if (file_read(folder, file, &bytes) == 0) {
		format = edi_detect(buf_str(&bytes));
		if (format != NULL && format->syntax != NULL) {
			check(file, buf_str(&bytes), "once");
			while (many.n < LONG_BYTES)
				(void)buf_put(&many, buf_str(&bytes), NULL);
			check(file, buf_str(&many), "again and again");
		}
	}
	buf_clear(&bytes);
	buf_clear(&many);
}

int
main(int argc, char **argv)
{
	struct buf manifest = BUF_CAP(FILE_BYTES_MAX);
	struct str rest, line, file;

	if (argc != 2) {
		fprintf(stderr, "usage: pieces FOLDER\n");
		return 64;
	}
	if (file_read(argv[1], S("MANIFEST.tsv"), &manifest) == -1)
		return 66;
	rest = buf_str(&manifest);
	(void)str_next_line(&rest, &line);	/* the names of the columns */
	while (str_next_line(&rest, &line)) {
		str_cut(&line, '\t', &file);
		check_file(argv[1], file);
	}
	printf("whole and in pieces the same: %u/%u\n", passed, total);
	buf_clear(&manifest);
	return passed < total;
}
