/* SPDX-License-Identifier: ISC */
/*
 * forms.c - the XML documents, PDFs and signed files of a folder with a MANIFEST.tsv: each recognised as what it is,
 * what is broken refused (by the reader, the signature or the business rules that the document names), attacks soon.
 * One line per class, "class: passed/total", each miss named.
 *
 * usage: forms FOLDER
 */
#include "edi/rule.h"
#include "edi/rule_expr.h"
#include "gateway/base/clock.h"
#include "gateway/signed.h"
#include "tests/corpus/file.h"

#include <string.h>
#include <time.h>

#define FILE_BYTES_MAX (1u << 28)
#define ARENA_MAX      ((size_t)1 << 30)

enum class { VALID_FATTURA, VALID_CXML, VALID_ZUGFERD, VALID_ORDER_X, VALID_SIGNED, TAMPERED, PDF_WITH, PDF_WITHOUT,
	VALID_MUTANT, ATTACK, BROKEN, CLASSES, NO_CLASS };

static struct {
	const char *name;
	unsigned int passed, total;
	double longest_ms;
} classes[CLASSES] = {
	{ .name = "FatturaPA valid" }, { .name = "cXML valid" }, { .name = "ZUGFeRD 1 valid" }, { .name = "Order-X valid" },
	{ .name = "signed files (.p7m), signature good" }, { .name = "signed files, tampered with: refused" },
	{ .name = "PDF: its XML found" }, { .name = "PDF without XML: no document" },
	{ .name = "XML valid, written strangely" }, { .name = "XML attacks refused" }, { .name = "XML broken: refused" },
};

struct entry {
	struct str file, kind, expected;
};

static bool
starts(struct str s, const char *with)
{
	return str_starts(s, str_of(with));
}

static bool
says(struct str s, const char *what)
{
	return str_find(s, str_of(what), NULL);
}

static bool
is_attack(struct str expected)
{
	return says(expected, "entity") || says(expected, "DTD") || says(expected, "DOCTYPE") ||
	    says(expected, "attributes") || says(expected, "nesting");
}

/* What its publisher only named broken, without saying why, is not judged. */
static enum class
class_of(const struct entry *en)
{
	bool valid = starts(en->expected, "valid"), mutant = says(en->kind, "mutant");

	if (str_eq(en->kind, S("pdf")))
		return says(en->expected, "attachments (pdfdetach): none") && !says(en->file, "corrupted") ? PDF_WITHOUT : PDF_WITH;
	if (starts(en->kind, "fatturapa-p7m"))
		return valid ? VALID_SIGNED : TAMPERED;
	if (says(en->expected, "upstream name") || starts(en->expected, "other"))
		return NO_CLASS;
	if (mutant && (starts(en->kind, "ubl") || starts(en->kind, "cii") || starts(en->kind, "fatturapa")))
		return valid ? VALID_MUTANT : is_attack(en->expected) ? ATTACK : BROKEN;
	return !valid ? NO_CLASS : starts(en->kind, "fatturapa") ? VALID_FATTURA : starts(en->kind, "cxml") ? VALID_CXML :
	    starts(en->kind, "zugferd") ? VALID_ZUGFERD : starts(en->kind, "order-x") ? VALID_ORDER_X : NO_CLASS;
}

static const char *
format_of(enum class c)
{
	return c == VALID_FATTURA ? "fatturapa" : c == VALID_CXML ? "cxml" : c == VALID_ZUGFERD ? "zugferd" :
	    c == VALID_ORDER_X ? "order-x" : c == VALID_SIGNED ? "p7m" : c == PDF_WITH ? "pdf" : NULL;
}

/* Broken for the reader, or by a rule; the one that is named, if one is. */
static bool
is_refused(struct arena *a, const struct entry *en, struct str in, const struct edi_facts *f)
{
	struct rule_findings found;
	struct err e;

	if (f->verdict == EDI_BROKEN)
		return true;
	if (f->format == NULL || rule_syntax_of(f->format) == 0 ||
	    rule_check(a, in, rule_syntax_of(f->format), RULE_EN16931, NULL, &found, &e) == -1)
		return false;
	for (size_t i = 0; i < found.n_kept; i++)
		if (!says(en->expected, "EN16931 ") || says(en->expected, found.kept[i].id))
			return true;
	return false;
}

static bool
passes(struct arena *a, const struct entry *en, enum class c, struct str in,
    const struct edi_facts *f)
{
	const char *want = format_of(c);

	if (c == PDF_WITHOUT)
		return f->verdict == EDI_UNKNOWN;
	if (c == ATTACK || c == BROKEN || c == TAMPERED)
		return is_refused(a, en, in, f);
	return f->verdict == EDI_VALID && (want == NULL || strcmp(f->format->name, want) == 0) &&
	    f->number.n > 0 && (c != PDF_WITH || f->inner.bytes.n > 0);
}

static double
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static void
check_entry(const char *folder, const struct entry *en, enum class c)
{
	struct arena *a = arena_new(ARENA_MAX);
	struct buf bytes = BUF_CAP(FILE_BYTES_MAX);
	struct edi_facts f;
	struct err e;
	double begun, took;

	if (file_read(folder, en->file, &bytes) == -1)
		goto out;
	begun = now_ms();
	classes[c].total++;
	if (edi_read(a, buf_str(&bytes), &f, &e) == 0) {
		took = now_ms() - begun;
		classes[c].longest_ms = took > classes[c].longest_ms ? took : classes[c].longest_ms;
		signed_check(a, buf_str(&bytes), clock_wall_ms(), &f);
		if (passes(a, en, c, buf_str(&bytes), &f)) {
			classes[c].passed++;
			goto out;
		}
		printf("  %s: " STR_FMT ": %s " STR_FMT "\n", classes[c].name, STR_ARG(en->file),
		    f.n_problems > 0 ? f.problems[0].code : f.verdict == EDI_VALID ? "found valid" : "not recognised,",
		    STR_ARG(f.n_problems > 0 ? f.problems[0].text : f.guess));
	}
out:
	buf_clear(&bytes);
	arena_free(a);
}

int
main(int argc, char **argv)
{
	struct buf manifest = BUF_CAP(FILE_BYTES_MAX);
	struct str rest, line;
	int rc = 0;

	if (argc != 2) {
		fprintf(stderr, "usage: forms FOLDER\n");
		return 64;
	}
	if (file_read(argv[1], S("MANIFEST.tsv"), &manifest) == -1)
		return 66;
	rest = buf_str(&manifest);
	while (str_next_line(&rest, &line)) {
		struct entry en;
		struct str skip;
		enum class c;
		str_cut(&line, '\t', &en.file);
		str_cut(&line, '\t', &en.kind);
		for (int i = 0; i < 4; i++)
			str_cut(&line, '\t', &skip);
		en.expected = line;
		c = class_of(&en);
		if (c < CLASSES)
			check_entry(argv[1], &en, c);
	}
	for (size_t i = 0; i < CLASSES; i++) {
		printf("%s: %u/%u (longest %.1f ms)\n", classes[i].name, classes[i].passed, classes[i].total,
		    classes[i].longest_ms);
		rc |= classes[i].passed < classes[i].total;
	}
	buf_clear(&manifest);
	return rc;
}
