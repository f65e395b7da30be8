/* SPDX-License-Identifier: ISC */
/* golden/edi.c - what edi_read() and edi_complete() say of a file, as text. usage: edi FILE */
#include "edi/edi.h"
#include "gateway/base/buf.h"

#include <inttypes.h>
#include <stdio.h>

#define FILE_BYTES_MAX (1u << 24)
#define ENDS	       4096	/* what the watcher shows of either end */

static const char *const verdicts[] = { "unknown", "valid", "broken" };

static void
print_str(const char *name, struct str s)
{
	if (s.n > 0)
		printf("%-10s " STR_FMT "\n", name, STR_ARG(s));
}

static void
print_party(const char *name, struct edi_party p)
{
	if (p.id.n == 0 && p.name.n == 0)
		return;
	printf("%-10s " STR_FMT ":" STR_FMT, name, STR_ARG(p.qual), STR_ARG(p.id));
	printf(p.name.n > 0 ? " " STR_FMT "\n" : STR_FMT "\n", STR_ARG(p.name));
}

static void
print_message(const struct edi_message *m)
{
	printf("message    " STR_FMT " version '" STR_FMT "' control '" STR_FMT "' group '" STR_FMT "' number '" STR_FMT
	    "' at %" PRIu64 ", %" PRIu64 " segments\n", STR_ARG(m->type), STR_ARG(m->version), STR_ARG(m->control),
	    STR_ARG(m->group), STR_ARG(m->number), m->offset, m->segments);
}

static void
print_problem(const struct edi_problem *p)
{
	printf("problem    %s at %" PRIu64, p->code, p->offset);
	if (p->segment > 0)
		printf(", segment %" PRIu64, p->segment);
	if (p->element > 0)
		printf(", element %u", p->element);
	if (p->component > 0)
		printf(", component %u", p->component);
	printf(": " STR_FMT "\n", STR_ARG(p->text));
}

static void
print_facts(struct arena *a, const struct edi_facts *f)
{
	printf("verdict    %s\n", verdicts[f->verdict]);
	if (f->format != NULL)
		printf("format     %s, %s, .%s\n", f->format->label, f->format->media_type,
		    f->format->extension);
	print_str("guess", f->guess);
	print_party("sender", f->sender);
	print_party("receiver", f->receiver);
	print_str("control", f->control);
	print_str("version", f->version);
	print_str("type", f->type);
	print_str("number", f->number);
	if (f->format != NULL)
		printf("counts     %zu interchanges, %zu messages\n", f->interchanges, f->n_messages);
	printf("%s%s%s", f->test ? "test\n" : "", f->ack_requested ? "acknowledgement requested\n" : "",
	    f->mixed ? "several senders or receivers\n" : "");
	print_str("quirks", edi_quirks_text(a, f->quirks));
	for (size_t i = 0; i < f->n_kept; i++)
		print_message(&f->messages[i]);
	for (size_t i = 0; i < f->n_problems_kept; i++)
		print_problem(&f->problems[i]);
}

int
main(int argc, char **argv)
{
	struct arena *a = arena_new(EDI_ARENA_MAX);
	struct buf bytes = BUF_CAP(FILE_BYTES_MAX);
	FILE *f = argc == 2 ? fopen(argv[1], "rb") : NULL;
	struct edi_facts facts;
	struct err e = { 0 };
	const char *why;
	struct str in;
	char *room;
	size_t n;
	int rc = 1;

	if (f == NULL) {
		fprintf(stderr, "usage: edi FILE\n");
		return 64;
	}
	while ((room = buf_room(&bytes, 65536, &e)) != NULL && (n = fread(room, 1, 65536, f)) > 0)
		buf_grew(&bytes, n);
	fclose(f);
	in = buf_str(&bytes);
	if (room == NULL || edi_read(a, in, &facts, &e) == -1) {
		fprintf(stderr, "%s: %s\n", argv[1], e.text);
		goto out;
	}
	print_facts(a, &facts);
	if (!edi_complete(str_sub(in, 0, ENDS), str_from(in, in.n > ENDS ? in.n - ENDS : 0), &why))
		printf("incomplete %s\n", why);
	rc = 0;
out:
	buf_clear(&bytes);
	arena_free(a);
	return rc;
}
