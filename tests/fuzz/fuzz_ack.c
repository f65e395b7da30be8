/* SPDX-License-Identifier: ISC */
/*
 * fuzz_ack.c - anything is read as an acknowledgement; anything that edi_read() knows is acknowledged, and what we then
 * write is valid, reads back with the verdict that was meant, and is not acknowledged again.
 */
#include "edi/ack.h"
#include "edi/dict_build.h"
#include "edi/x12.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static volatile unsigned char sink;

static void
touch(struct str s)
{
	unsigned char sum = 0;

	for (size_t i = 0; i < s.n; i++)
		sum = (unsigned char)(sum + (unsigned char)s.p[i]);
	sink = sum;
}

static void
touch_errors(const struct ack_error *error)
{
	for (; error != NULL; error = error->next) {
		assert(error->code.n > 0);
		touch(error->code);
		touch(error->tag);
		touch(error->value);
	}
}

static void
touch_said(const struct ack_said *said)
{
	for (const struct ack_report *r = said->reports; r != NULL; r = r->next) {
		touch(r->sender.id);
		touch(r->receiver.id);
		touch(r->interchange);
		touch(r->group);
		touch(r->group_type);
		touch_errors(r->errors);
		for (const struct ack_message *m = r->messages; m != NULL; m = m->next) {
			touch(m->type);
			touch(m->control);
			touch_errors(m->errors);
		}
	}
	assert(said->n_kept <= ACK_SAID_MAX);
}

static void
check_written(struct str written, const struct ack_order *done)
{
	struct arena *a = arena_new(ACK_ARENA_MAX);
	struct ack_order again = { .now = S("20261123160300"), .interchange = 1, .group = 1, .contrl = ACK_ALWAYS };
	struct buf out = BUF_CAP(ACK_SIZE_MAX);
	struct edi_facts f;
	struct ack_said said;
	struct err e = { 0 };

	assert(edi_read(a, written, &f, &e) == 0);
	assert(f.interchanges == done->made);
	/* Their ids and numbers are repeated as they are, also with bytes that no character set has. */
	for (size_t i = 0; i < f.n_problems_kept; i++)
		assert(strcmp(f.problems[i].code, "charset") == 0);
	ack_read(a, written, &f, &said);
	assert(said.n_others == 0 && said.n_reports >= done->made);
	/* A CONTRL that refuses message by message does not say how many there were. */
	assert(said.verdict == done->verdict || (said.verdict == ACK_PARTIAL && done->verdict == ACK_REJECTED));
	assert(ack_is(&f));
	assert(ack_write(a, written, &f, &again, &out, &e) == 0 && again.made == 0 && out.n == 0);
	assert(ack_renumber(written, f.format, 1, 1, &out, &e) == 0 && str_eq(buf_str(&out), written));
	buf_clear(&out);
	arena_free(a);
}

/* What is found in X12 sets refuses, or is noted. */
static void
acknowledge_findings(struct str in, const struct edi_facts *f, bool refuse)
{
	static struct arena *kept;
	static struct dict dict;
	struct arena *a = arena_new(ACK_ARENA_MAX);
	struct dict_findings found;
	struct ack_order o = { .now = S("20261123160300"), .interchange = 1, .group = 1, .findings = &found, .refuse = refuse };
	struct buf out = BUF_CAP(ACK_SIZE_MAX);
	struct err e = { 0 };

	if (kept == NULL) {
		kept = arena_new(DICT_SIZE_MAX);
		assert(dict_builtin_x12(kept, &dict, &e) == 0);
	}
	dict_check(a, in, f, &dict, true, &found);
	if (ack_write(a, in, f, &o, &out, &e) == 0 && o.made > 0)
		check_written(buf_str(&out), &o);
	buf_clear(&out);
	arena_free(a);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct arena *a = arena_new(ACK_ARENA_MAX);
	struct str in = str_make((const char *)p, n);
	struct ack_order o = { .now = S("20261123160300"), .interchange = 1, .group = 1,
		.receipt = n % 3 == 1, .ta1 = (enum ack_when)(n % 4), .set = (enum ack_when)(n / 4 % 4),
		.contrl = (enum ack_when)(n / 16 % 4) };
	struct buf out = BUF_CAP(ACK_SIZE_MAX);
	struct edi_facts f;
	struct ack_said said;
	struct err e = { 0 };

	assert(edi_read(a, in, &f, &e) == 0);
	ack_read(a, in, &f, &said);
	touch_said(&said);
	if (ack_write(a, in, &f, &o, &out, &e) == 0) {
		assert((o.made > 0) == (out.n > 0) && o.interchange == 1 + o.made);
		if (o.made > 0)
			check_written(buf_str(&out), &o);
	}
	if (f.format == &edi_x12 && f.verdict == EDI_VALID)
		acknowledge_findings(in, &f, n % 2 == 0);
	buf_clear(&out);
	arena_free(a);
	return 0;
}
