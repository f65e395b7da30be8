/* SPDX-License-Identifier: ISC */
/*
 * corpus.c - reads every document of a folder of real ones and holds what edi_read() says against the folder's
 * MANIFEST.tsv: file, kind, repo, path, commit, licence, expected. One line per class, "class: passed/total", each
 * miss named. docs/CORPUS.md tells which classes there are and which entries of the manifest we know to be wrong.
 *
 * usage: corpus [--list-valid | --facts] FOLDER
 *   --list-valid  print the paths of the files that must be accepted, and nothing else
 *   --facts       print what was read, one line per file with tabs between: for a check by other means
 */
#include "edi/dict_build.h"
#include "edi/dict_check.h"
#include "edi/edi.h"
#include "edi/model.h"
#include "edi/x12.h"
#include "tests/corpus/file.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FILE_BYTES_MAX (1u << 30)
#define COLUMNS	       7
#define INSIDE_ARENA_MAX (512u << 20)

enum column { FILE_NAME, KIND, REPO, PATH, COMMIT, LICENCE, EXPECTED };

struct entry {
	struct str column[COLUMNS];
	struct edi_facts facts;
	struct str bytes;
};

/* What the manifest calls a fault, and which of our codes says the same. */
static const struct fault {
	struct str theirs;	/* a prefix */
	const char *ours;
	bool envelope;		/* a count, a control number or a missing trailer: must be found */
} faults[] = {
	{ S_INIT("se01-count"), "se-count", true },
	{ S_INIT("se02-control"), "se-control", true },
	{ S_INIT("ge01-count"), "ge-count", true },
	{ S_INIT("ge02-control"), "ge-control", true },
	{ S_INIT("iea01-count"), "iea-count", true },
	{ S_INIT("iea02-control"), "iea-control", true },
	{ S_INIT("se-missing"), "se-missing", true },
	{ S_INIT("ge-missing"), "ge-missing", true },
	{ S_INIT("iea-missing"), "iea-missing", true },
	{ S_INIT("truncated mid-segment"), "iea-missing", true },
	{ S_INIT("unt-count"), "unt-count", true },
	{ S_INIT("unt-control"), "unt-control", true },
	{ S_INIT("une-count"), "une-count", true },
	{ S_INIT("une-control"), "une-control", true },
	{ S_INIT("unz-count"), "unz-count", true },
	{ S_INIT("unz-control"), "unz-control", true },
	{ S_INIT("unt-missing"), "unt-missing", true },
	{ S_INIT("unz-missing"), "unz-missing", true },
	{ S_INIT("release character hides a terminator"), "unt-count", true },
	{ S_INIT("duplicate interchange reference"), "unb-duplicate", true },
	{ S_INIT("duplicate interchange control"), "isa-duplicate", true },
	{ S_INIT("duplicate ST02"), "st-duplicate", true },
	{ S_INIT("st-missing"), "st-missing", true },
	{ S_INIT("unh-missing"), "unh-missing", true },
	{ S_INIT("no-unb"), "unb-missing", false },
	{ S_INIT("unb-short"), "unb-short", false },
	{ S_INIT("una-short"), "una-bad", false },
	{ S_INIT("UNA separators differ"), "una-bad", false },
	{ S_INIT("unknown syntax identifier"), "unb-syntax", false },
	{ S_INIT("isa-not-fixed-width"), "isa-width", false },
	{ S_INIT("isa-short"), "isa-short", false },
	{ S_INIT("delimiters not distinct"), "isa-signs", false },
	{ S_INIT("terminator is alphanumeric"), "isa-signs", false },
	{ S_INIT("segterm-alnum"), "isa-signs", false },
	{ S_INIT("bad-segment-id"), "segment-tag", false },
	{ S_INIT("segment-outside"), "segment-misplaced", false },
	{ S_INIT("empty-segment"), "segment-empty", false },
	{ S_INIT("bin01-not-numeric"), "bin-length", false },
	{ S_INIT("leading-junk"), "junk-before", false },
	{ S_INIT("trailing-junk"), "junk-after", false },
	{ S_INIT("invalid character 0x07"), "control-char", false },
	{ S_INIT("NUL in data"), "control-char", false },
	{ S_INIT("utf-16"), "encoding", false },
	{ S_INIT("EBCDIC"), "encoding", false },
	{ S_INIT("not well-formed (truncated)"), "xml-cut", false },
	{ S_INIT("not well-formed"), "xml-malformed", false },
	{ S_INIT("namespace prefix not declared"), "xml-malformed", false },
	{ S_INIT("invalid UTF-8 under UNO"), "charset", true },
	{ S_INIT("byte outside UNO"), "charset", true },
	{ S_INIT("UNOA allows upper case only"), "charset", true },
	{ S_INIT("end-count"), "end-count", true },
	{ S_INIT("mtr-count"), "mtr-count", true },
	{ S_INIT("bad-segment:STX+"), "stx-signs", true },
	{ S_INIT("bad-segment:IL"), "segment-tag", true },
	{ S_INIT("isa tag corrupt"), "isa-tag", false },
	{ S_INIT("unb tag corrupt"), "unb-missing", false },
	{ S_INIT("ISA16 is no byte"), "isa-signs", false },
	{ S_INIT("invalid UTF-8"), "xml-malformed", false },
	{ S_INIT("unknown namespace for known root"), "xml-namespace", false },
	{ S_INIT("root carries 5000 attributes"), "xml-limit", false },
	{ S_INIT("nesting 5000 deep"), "xml-limit", false },
	{ S_INIT("external"), "xml-doctype", false },
	{ S_INIT("entity"), "xml-doctype", false },
	{ S_INIT("quadratic entity"), "xml-doctype", false },
	{ S_INIT("DOCTYPE present"), "xml-doctype", false },
	{ S_INIT("broken(EN16931 BR-02)"), "number-missing", false },
};

/* Entries of the manifest that are wrong, with what we hold to be right: docs/CORPUS.md has the reasons. */
static const struct {
	struct str file, expected;
} corrections[] = {
	{ S_INIT("x12/X12-mutant/m-own-synthetic__no-st__gen.py_810_seed_11.x12"),
	    S_INIT("broken: se01-count:37!=36") },
	{ S_INIT("x12/X12-mutant/m-own-synthetic__no-st__gen.py_850_seed_12.x12"),
	    S_INIT("broken: se01-count:53!=52") },
	{ S_INIT("x12/X12-mutant-810/m-own-synthetic__gs01-mismatch__gen.py_810_seed_11.x12"),
	    S_INIT("valid | quirk: group-function") },
	{ S_INIT("tradacoms/TRADACOMS-ORDHDR/edi-net__tradacoms.order9.edi"), S_INIT("valid | quirk: bom") },
	{ S_INIT("x12/X12-unknown/x12parser__essarsteelalgoma.txt"), S_INIT("broken: ISA16 is no byte | quirk: bom") },
};

/* What the manifest calls a quirk, and our name for it. */
static const struct {
	struct str theirs;
	unsigned int ours;
} quirks[] = {
	{ S_INIT("bom"), EDI_QUIRK_BOM },
	{ S_INIT("unterminated-last"), EDI_QUIRK_UNTERMINATED },
	{ S_INIT("wrapped"), EDI_QUIRK_WRAPPED },
	{ S_INIT("multibyte-terminator"), EDI_QUIRK_TERM_WIDE },
	{ S_INIT("binary"), EDI_QUIRK_BINARY },
	{ S_INIT("ISA11 is U in 00501"), EDI_QUIRK_NO_REP },
	{ S_INIT("trailing NUL"), EDI_QUIRK_TRAILING },
	{ S_INIT("newline after each segment"), EDI_QUIRK_LINES },
	{ S_INIT("leading whitespace"), EDI_QUIRK_LEADING },
	{ S_INIT("line break between UNA and UNB"), EDI_QUIRK_UNA_BREAK },
	{ S_INIT("group-function"), EDI_QUIRK_FUNCTION },
};

static struct class {
	const char *name;
	bool required;
	unsigned int passed, total;
} classes[] = {
	{ "X12 valid", true, 0, 0 },
	{ "EDIFACT valid", true, 0, 0 },
	{ "UBL valid", true, 0, 0 },
	{ "CII valid", true, 0, 0 },
	{ "X12 envelope broken", true, 0, 0 },
	{ "EDIFACT envelope broken", true, 0, 0 },
	{ "other, not taken for a known document", true, 0, 0 },
	{ "X12 valid with a quirk, named", true, 0, 0 },
	{ "EDIFACT valid with a quirk, named", true, 0, 0 },
	{ "TRADACOMS valid, quirks named", true, 0, 0 },
	{ "TRADACOMS broken", true, 0, 0 },
	{ "X12 broken elsewhere", true, 0, 0 },
	{ "EDIFACT broken elsewhere", true, 0, 0 },
};
enum {
	X12_VALID, EDIFACT_VALID, UBL_VALID, CII_VALID, X12_ENVELOPE, EDIFACT_ENVELOPE, OTHER, X12_QUIRK,
	EDIFACT_QUIRK, TRADACOMS_VALID, TRADACOMS_BROKEN, X12_BROKEN, EDIFACT_BROKEN,
};

static const struct fault *
fault_of(struct str theirs)
{
	for (size_t i = 0; i < N(faults); i++)
		if (str_starts(theirs, faults[i].theirs))
			return &faults[i];
	return NULL;
}

/* "broken: code; code | notes": the codes, one after the other. */
static bool
next_fault(struct str *codes, struct str *one)
{
	while (codes->n > 0) {
		str_cut(codes, ';', one);
		*one = str_trim(*one);
		if (one->n > 0)
			return true;
	}
	return false;
}

static struct str
codes_of(struct str expected)
{
	struct str codes;
	size_t at;

	str_cut(&expected, '|', &codes);
	if (str_starts(codes, S("broken(")) || !str_chr(codes, ':', &at))
		return codes;
	return str_from(codes, at + 1);
}

static bool
has_envelope_fault(struct str expected)
{
	struct str codes = codes_of(expected), one;

	while (next_fault(&codes, &one)) {
		const struct fault *f = fault_of(one);
		if (f != NULL && f->envelope)
			return true;
	}
	return false;
}

/* The class of an entry, or -1 where this round promises nothing (PDF, FatturaPA, rules, ...). */
static int
class_of(const struct entry *en)
{
	struct str kind = en->column[KIND], expected = en->column[EXPECTED];
	bool x12 = str_starts(kind, S("X12")), edifact = str_starts(kind, S("EDIFACT"));
	bool ubl = str_starts(kind, S("ubl")), cii = str_starts(kind, S("cii"));
	bool valid = str_starts(expected, S("valid")), quirk = str_find(expected, S("quirk"), NULL);

	if (str_starts(expected, S("other")) || str_starts(en->column[FILE_NAME], S("other/")))
		return OTHER;
	if (str_starts(kind, S("TRADACOMS")))
		return valid ? TRADACOMS_VALID : TRADACOMS_BROKEN;
	if (valid)
		return x12 ? (quirk ? X12_QUIRK : X12_VALID) : edifact ? (quirk ? EDIFACT_QUIRK : EDIFACT_VALID) :
		    ubl && !quirk ? UBL_VALID : cii && !quirk ? CII_VALID : -1;
	if (!str_starts(expected, S("broken")))
		return -1;
	if (x12)
		return has_envelope_fault(expected) ? X12_ENVELOPE : X12_BROKEN;
	if (edifact)
		return has_envelope_fault(expected) ? EDIFACT_ENVELOPE : EDIFACT_BROKEN;
	return -1;	/* the rest of XML: forms.c */
}

static const struct edi_problem *
find_problem(const struct edi_facts *f, const char *code)
{
	for (size_t i = 0; i < f->n_problems_kept; i++)
		if (strcmp(f->problems[i].code, code) == 0)
			return &f->problems[i];
	return NULL;
}

/* "se01-count:22!=16": one of our problems says just that, and its offset points at the "22". */
static bool
count_found(const struct entry *en, const char *code, struct str theirs)
{
	const struct edi_facts *f = &en->facts;
	struct str found, want;
	size_t at;

	if (!str_chr(theirs, ':', &at))
		return true;
	want = str_from(theirs, at + 1);
	if (!str_cut(&want, '!', &found) || want.n < 2)
		return true;
	want = str_from(want, 1);
	for (size_t i = 0; i < f->n_problems_kept; i++) {
		const struct edi_problem *p = &f->problems[i];
		size_t w;
		if (strcmp(p->code, code) == 0 && str_starts(str_from(en->bytes, (size_t)p->offset), found) &&
		    str_find(p->text, S("want "), &w) && str_starts(str_from(p->text, w + 5), want))
			return true;
	}
	return false;
}

static bool
all_faults_found(const struct entry *en, bool envelope_only, struct buf *why)
{
	struct str codes = codes_of(en->column[EXPECTED]), one;
	const struct edi_problem *p;

	while (next_fault(&codes, &one)) {
		const struct fault *f = fault_of(one);
		if (f == NULL || (envelope_only && !f->envelope))
			continue;
		p = find_problem(&en->facts, f->ours);
		if (p == NULL || p->offset > en->bytes.n || !count_found(en, f->ours, one)) {
			buf_printf(why, NULL, "not found: " STR_FMT, STR_ARG(one));
			return false;
		}
	}
	return true;
}

/* "X12-850", "EDIFACT-ORDERS": the type of the first message; "X12-mutant" tells nothing. */
static bool
type_fits(const struct entry *en)
{
	struct str kind = en->column[KIND], type;
	size_t at;

	if (!str_chr(kind, '-', &at))
		return true;
	type = str_from(kind, at + 1);
	if (type.n < 3 || (!is_digit(type.p[0]) && !str_eq(kind, S("X12-TA1")) && !is_alpha(type.p[1])))
		return true;
	for (size_t i = 0; i < type.n; i++)
		if (!is_digit(type.p[i]) && (type.p[i] < 'A' || type.p[i] > 'Z'))
			return true;
	return str_eq(type, en->facts.type);
}

static bool
is_valid(const struct entry *en, const char *format, struct buf *why)
{
	const struct edi_facts *f = &en->facts;

	if (f->verdict == EDI_UNKNOWN)
		buf_printf(why, NULL, "not recognised, looks like " STR_FMT, STR_ARG(f->guess));
	else if (strcmp(f->format->name, format) != 0)
		buf_printf(why, NULL, "taken for %s", f->format->label);
	else if (f->verdict == EDI_BROKEN)
		buf_printf(why, NULL, "%s at byte %" PRIu64 ": " STR_FMT, f->problems[0].code,
		    f->problems[0].offset,
		    STR_ARG(f->problems[0].text));
	else if (!type_fits(en))
		buf_printf(why, NULL, "type is '" STR_FMT "'", STR_ARG(f->type));
	else
		return true;
	return false;
}

/* What the envelope does not show: elements and their order by the facts that are built in, sums by the model. */
static bool
is_refused_inside(const struct entry *en)
{
	struct arena *a = arena_new(INSIDE_ARENA_MAX);
	struct dict_findings d;
	struct model_file m;
	struct dict dict;
	struct err e;
	bool refused;

	if (dict_builtin_x12(a, &dict, &e) == -1)
		abort();
	dict_check(a, en->bytes, &(struct edi_facts){ .format = &edi_x12 }, &dict, false, &d);
	refused = d.n_errors > 0;
	if (!refused && model_read(a, en->bytes, &m, &e) == 0)
		for (size_t i = 0; i < m.n_documents; i++)
			refused |= m.documents[i].n_findings > 0;
	arena_free(a);
	return refused;
}

static bool
is_broken(const struct entry *en, const char *format, bool envelope_only, struct buf *why)
{
	const struct edi_facts *f = &en->facts;

	if (f->verdict == EDI_UNKNOWN)
		buf_printf(why, NULL, "not recognised, looks like " STR_FMT, STR_ARG(f->guess));
	else if (format != NULL && strcmp(f->format->name, format) != 0)
		buf_printf(why, NULL, "taken for %s", f->format->label);
	else if (f->verdict == EDI_VALID && f->format == &edi_x12 && is_refused_inside(en))
		return true;
	else if (f->verdict == EDI_VALID)
		buf_printf(why, NULL, "found valid");
	else
		return all_faults_found(en, envelope_only, why);
	return false;
}

/* "valid | quirk: bom,wrapped | syntax: ...": each of them is in our facts. */
static bool
quirks_named(const struct entry *en, struct buf *why)
{
	struct str list = en->column[EXPECTED], one;
	size_t at;

	if (!str_find(list, S("quirk: "), &at))
		return true;
	list = str_from(list, at + 7);
	if (str_chr(list, '|', &at))
		list.n = at;
	while (list.n > 0) {
		bool known = false;
		str_cut(&list, ',', &one);
		one = str_trim(one);
		for (size_t i = 0; i < N(quirks); i++)
			if (str_starts(one, quirks[i].theirs) && (en->facts.quirks & quirks[i].ours) != 0)
				known = true;
		if (known)
			continue;
		buf_printf(why, NULL, "quirk not named: " STR_FMT, STR_ARG(one));
		return false;
	}
	return true;
}

static bool
passes(const struct entry *en, int class, struct buf *why)
{
	switch (class) {
	case X12_VALID:
	case X12_QUIRK:
		return is_valid(en, "x12", why) && quirks_named(en, why);
	case EDIFACT_VALID:
	case EDIFACT_QUIRK:
		return is_valid(en, "edifact", why) && quirks_named(en, why);
	case TRADACOMS_VALID:
		return is_valid(en, "tradacoms", why) && quirks_named(en, why);
	case TRADACOMS_BROKEN:
		return is_broken(en, "tradacoms", false, why);
	case UBL_VALID:
		return is_valid(en, "ubl", why);
	case CII_VALID:
		return is_valid(en, "cii", why);
	case X12_ENVELOPE:
	case X12_BROKEN:
		return is_broken(en, "x12", class == X12_ENVELOPE, why);
	case EDIFACT_ENVELOPE:
	case EDIFACT_BROKEN:
		return is_broken(en, "edifact", class == EDIFACT_ENVELOPE, why);
	default:
		if (en->facts.verdict == EDI_UNKNOWN)
			return true;
		buf_printf(why, NULL, "taken for %s", en->facts.format->label);
		return false;
	}
}

static void
print_facts(const struct entry *en)
{
	const struct edi_facts *f = &en->facts;

	printf(STR_FMT "\t%d\t%s\t" STR_FMT "\t" STR_FMT "\t" STR_FMT "\t" STR_FMT "\t" STR_FMT
	    "\t%d\t%d\t%zu\t%zu",
	    STR_ARG(en->column[FILE_NAME]), f->verdict, f->format == NULL ? "" : f->format->name,
	    STR_ARG(f->sender.qual), STR_ARG(f->sender.id), STR_ARG(f->receiver.qual), STR_ARG(f->receiver.id),
	    STR_ARG(f->control), f->test, f->ack_requested, f->interchanges, f->n_messages);
	for (size_t i = 0; i < f->n_kept; i++)
		printf("\t" STR_FMT "|" STR_FMT "|" STR_FMT "|" STR_FMT "|%" PRIu64,
		    STR_ARG(f->messages[i].type),
		    STR_ARG(f->messages[i].version), STR_ARG(f->messages[i].control),
		    STR_ARG(f->messages[i].number), f->messages[i].segments);
	printf("\n");
}

static bool
cut_columns(struct str line, struct entry *en)
{
	for (size_t i = 0; i < COLUMNS; i++)
		if (str_cut(&line, '\t', &en->column[i]) != (i + 1 < COLUMNS))
			return false;
	for (size_t i = 0; i < N(corrections); i++)
		if (str_eq(en->column[FILE_NAME], corrections[i].file))
			en->column[EXPECTED] = corrections[i].expected;
	return true;
}

/* One line of the manifest: read its document, judge what was read. */
static int
check_entry(const char *folder, struct entry *en, int class, bool facts_only)
{
	struct arena *a = arena_new(EDI_ARENA_MAX);
	struct buf bytes = BUF_CAP(FILE_BYTES_MAX), why = BUF_CAP(8192);
	struct err e = { 0 };
	int rc = -1;

	if (file_read(folder, en->column[FILE_NAME], &bytes) == -1)
		goto out;
	en->bytes = buf_str(&bytes);
	if (edi_read(a, en->bytes, &en->facts, &e) == -1) {
		printf("  " STR_FMT ": %s\n", STR_ARG(en->column[FILE_NAME]), e.text);
		goto out;
	}
	rc = 0;
	if (facts_only) {
		print_facts(en);
		goto out;
	}
	classes[class].total++;
	if (passes(en, class, &why))
		classes[class].passed++;
	else
		printf("  %s: " STR_FMT ": " STR_FMT "\n", classes[class].name, STR_ARG(en->column[FILE_NAME]),
		    STR_ARG(buf_str(&why)));
out:
	buf_clear(&why);
	buf_clear(&bytes);
	arena_free(a);
	return rc;
}

static int
summary(void)
{
	int rc = 0;

	for (size_t i = 0; i < N(classes); i++) {
		printf("%s: %u/%u\n", classes[i].name, classes[i].passed, classes[i].total);
		if (classes[i].required && classes[i].passed < classes[i].total)
			rc = 1;
	}
	return rc;
}

int
main(int argc, char **argv)
{
	bool list = argc == 3 && strcmp(argv[1], "--list-valid") == 0;
	bool facts = argc == 3 && strcmp(argv[1], "--facts") == 0;
	const char *folder = argc > 1 ? argv[argc - 1] : "";
	struct buf manifest = BUF_CAP(FILE_BYTES_MAX);
	struct str rest, line;
	int rc = 0;

	if (argc != 2 && !list && !facts) {
		fprintf(stderr, "usage: corpus [--list-valid | --facts] FOLDER\n");
		return 64;
	}
	if (file_read(folder, S("MANIFEST.tsv"), &manifest) == -1)
		return 66;
	rest = buf_str(&manifest);
	str_next_line(&rest, &line);	/* the names of the columns */
	while (str_next_line(&rest, &line)) {
		struct entry en = { .bytes = S("") };
		int class = cut_columns(line, &en) ? class_of(&en) : -1;
		if (list && (class == X12_VALID || class == EDIFACT_VALID || class == UBL_VALID ||
		    class == CII_VALID))
			printf("%s/" STR_FMT "\n", folder, STR_ARG(en.column[FILE_NAME]));
		else if (!list && class != -1 && check_entry(folder, &en, class, facts) == -1)
			rc = 1;
	}
	buf_clear(&manifest);
	if (!list && !facts && summary() != 0)
		rc = 1;
	return rc;
}
