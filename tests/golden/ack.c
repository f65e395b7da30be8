/* SPDX-License-Identifier: ISC */
/* golden/ack.c - the acknowledgement of a file and what it says; of an acknowledgement only that. usage: ack FILE */
#include "edi/ack.h"
#include "gateway/base/buf.h"

#include <inttypes.h>
#include <stdio.h>

#define FILE_BYTES_MAX (1u << 26)

static const char *const kinds[] = { "TA1", "997", "999", "CONTRL" };

static void
print_errors(const char *indent, const struct ack_error *error)
{
	for (; error != NULL; error = error->next) {
		printf("%serror " STR_FMT, indent, STR_ARG(error->code));
		if (error->tag.n > 0)
			printf(" " STR_FMT, STR_ARG(error->tag));
		if (error->segment > 0)
			printf(" segment %" PRIu64, error->segment);
		if (error->element > 0)
			printf(" element %u", error->element);
		if (error->component > 0)
			printf(" component %u", error->component);
		if (error->value.n > 0)
			printf(" '" STR_FMT "'", STR_ARG(error->value));
		printf("\n");
	}
}

static void
print_report(const struct ack_report *r)
{
	printf("%s of " STR_FMT ":" STR_FMT " to " STR_FMT ":" STR_FMT, kinds[r->kind], STR_ARG(r->sender.qual),
	    STR_ARG(r->sender.id), STR_ARG(r->receiver.qual), STR_ARG(r->receiver.id));
	if (r->interchange.n > 0)
		printf(", interchange '" STR_FMT "'", STR_ARG(r->interchange));
	if (r->group.n > 0)
		printf(", group '" STR_FMT "'", STR_ARG(r->group));
	if (r->group_type.n > 0)
		printf(" " STR_FMT, STR_ARG(r->group_type));
	printf(": %s\n", ack_verdict_name(r->verdict));
	print_errors("  ", r->errors);
	for (const struct ack_message *m = r->messages; m != NULL; m = m->next) {
		printf("  " STR_FMT " '" STR_FMT "': %s\n", STR_ARG(m->type), STR_ARG(m->control),
		    ack_verdict_name(m->verdict));
		print_errors("    ", m->errors);
	}
}

static void
print_said(struct arena *a, struct str in, const struct edi_facts *f)
{
	struct ack_said said;

	ack_read(a, in, f, &said);
	printf("says: %s, %zu other messages\n", ack_verdict_name(said.verdict), said.n_others);
	for (const struct ack_report *r = said.reports; r != NULL; r = r->next)
		print_report(r);
}

static int
print_ack(struct arena *a, struct str in, const struct edi_facts *f, struct err *e)
{
	struct ack_order o = {
		.now = S("20261123160300"), .contrl = ACK_ALWAYS, .interchange = 1001, .group = 2001
	};
	struct buf out = BUF_CAP(ACK_SIZE_MAX);
	struct edi_facts own;
	int rc = -1;

	if (ack_write(a, in, f, &o, &out, e) == -1)
		goto out;
	printf("made: %zu, %s\n", o.made, ack_verdict_name(o.verdict));
	(void)fwrite(out.p, 1, out.n, stdout);
	if (o.made > 0) {
		if (edi_read(a, buf_str(&out), &own, e) == -1)
			goto out;
		printf("\nvalid: %s\n", own.verdict == EDI_VALID ? "yes" : "NO");
		print_said(a, buf_str(&out), &own);
	}
	rc = 0;
out:
	buf_clear(&out);
	return rc;
}

int
main(int argc, char **argv)
{
	struct arena *a = arena_new(2 * (size_t)ACK_ARENA_MAX);
	struct buf bytes = BUF_CAP(FILE_BYTES_MAX);
	FILE *f = argc == 2 ? fopen(argv[1], "rb") : NULL;
	struct edi_facts facts;
	struct err e = { 0 };
	char *room;
	size_t n;
	int rc = 1;

	if (f == NULL) {
		fprintf(stderr, "usage: ack FILE\n");
		return 64;
	}
	while ((room = buf_room(&bytes, 65536, &e)) != NULL && (n = fread(room, 1, 65536, f)) > 0)
		buf_grew(&bytes, n);
	fclose(f);
	if (room == NULL || edi_read(a, buf_str(&bytes), &facts, &e) == -1 ||
	    print_ack(a, buf_str(&bytes), &facts, &e) == -1)
		fprintf(stderr, "%s: %s\n", argv[1], e.text);
	else
		rc = 0;
	if (rc == 0 && ack_is(&facts))
		print_said(a, buf_str(&bytes), &facts);
	buf_clear(&bytes);
	arena_free(a);
	return rc;
}
