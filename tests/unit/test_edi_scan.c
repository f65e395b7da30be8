/* SPDX-License-Identifier: ISC */
#include "edi/scan.h"

#include "edi/segment.h"
#include "tests/unit/edi_unit.h"
#include "tests/unit/scan_naive.h"

#include <stdio.h>

#define BYTES_MAX 20000

/* Numbers that only look random, the same in every run: a failure can be met again. */
static uint32_t
next_number(uint32_t *state)
{
	*state = *state * 1664525u + 1013904223u;
	return *state >> 8;
}

static void
use(struct scan_set *set, unsigned int which)
{
	static unsigned char odd[256];

	for (unsigned int b = 0; b < 256; b++)
		odd[b] = !edi_charset_has(edi_charset_of(S("UNOF")), (unsigned char)b);
	switch (which % 4) {
	case 0:
		scan_set(set, '\'', '?', '+', ':', -1, NULL);
		break;
	case 1:
		scan_set(set, '~', -1, '*', '>', '^', NULL);
		break;
	case 2:
		scan_set(set, '\'', '?', '+', ':', '*', odd);
		break;
	default:
		scan_set(set, 0x1c, 0x1b, 0x1d, 0x1f, -1, odd);
	}
}

static void
all_kinds_say_what_byte_by_byte_says(void **state)
{
	/* of few characters, so that runs of release signs and all neighbourhoods come about */
	static const char narrow[] = "??\?\?'+:*~>AB1\x1c\x1b\x1d\r\n\xc4\xff";
	char bytes[BYTES_MAX];
	uint32_t seed = 20261123;
	struct scan_set set;
	size_t n;

	(void)state;
	for (unsigned int round = 0; round < 400; round++) {
		n = next_number(&seed) % (round % 8 == 0 ? SCAN_BLOCK : 300) + (round % 2);
		for (size_t i = 0; i < n; i++)
			bytes[i] = round % 3 == 0 ? (char)next_number(&seed) : narrow[next_number(&seed) % (sizeof(narrow) - 1)];
		use(&set, round);
		assert_int_equal(scan_disagrees(&set, bytes, n), 0);
	}
}

static void
runs_of_release_signs_cross_words(void **state)
{
	char bytes[260];
	struct scan_set set;

	(void)state;
	use(&set, 0);
	for (size_t from = 50; from < 70; from++)
		for (size_t run = 0; run < 140; run++) {
			memset(bytes, 'A', sizeof(bytes));
			memset(bytes + from, '?', run);
			bytes[from + run] = '\'';
			assert_int_equal(scan_disagrees(&set, bytes, sizeof(bytes)), 0);
		}
}

static void
our_documents_are_scanned_alike(void **state)
{
	static const char *const files[] = { "orders.edi", "invoic.edi", "po850.x12", "inv810.x12",
		"invoice.xml" };
	char path[64], bytes[BYTES_MAX];
	struct scan_set set;

	(void)state;
	for (size_t i = 0; i < N(files); i++)
		for (unsigned int which = 0; which < 4; which++) {
			FILE *f;
			size_t n;
			snprintf(path, sizeof(path), "tests/documents/%s", files[i]);
			f = fopen(path, "rb");
			assert_non_null(f);
			n = fread(bytes, 1, sizeof(bytes), f);
			fclose(f);
			use(&set, which);
			for (size_t at = 0; at < n; at += 977)
				assert_int_equal(scan_disagrees(&set, bytes + at, n - at < SCAN_BLOCK ? n - at : SCAN_BLOCK), 0);
		}
}

/* A segment that crosses a block, one longer than a block: both are read as every other. */
static void
segments_of_any_length_have_their_fields(void **state)
{
	static const struct seg_signs signs = { '+', ':', '*', '?', "'", 1 };
	static const size_t sizes[] = { 10, 4000, SCAN_BLOCK - 1, SCAN_BLOCK, SCAN_BLOCK + 1,
		2 * SCAN_BLOCK + 5, 7 };
	static char bytes[8 * SCAN_BLOCK];
	uint32_t ends[4];
	size_t n = 0, at = 0;
	struct seg_reader r;
	struct seg s;

	(void)state;
	for (size_t i = 0; i < N(sizes); i++) {
		n += (size_t)snprintf(bytes + n, sizeof(bytes) - n, "FTX+a?+b:");
		memset(bytes + n, 'x', sizes[i]);
		n += sizes[i];
		bytes[n++] = '\'';
	}
	r = (struct seg_reader){ .in = str_make(bytes, n) };
	seg_use(&r, &signs, NULL);
	for (size_t i = 0; i < N(sizes); i++) {
		assert_true(seg_next(&r, &s));
		assert_int_equal(s.offset, at);
		assert_int_equal(s.raw.n, sizes[i] + 9);
		assert_int_equal(seg_fields(&r, &s, ends, N(ends)), 3);
		assert_int_equal(ends[0], 3);
		assert_int_equal(ends[1], 8);
		assert_int_equal(ends[2], s.raw.n);
		assert_int_equal(seg_fields(&r, &s, ends, 1), 3);
		at += s.raw.n + 1;
	}
	assert_false(seg_next(&r, &s));
}

/* Passing over what is known counts as reading it does, and stops at all that is not. */
static void
known_segments_are_passed_over(void **state)
{
	static const struct seg_signs signs = { '*', '>', -1, -1, "~", 1 };
	struct seg_reader r = { .in = S("N1*A~REF*1~N1*B~\r\nN1*C~REF*2~BEG*1~N1*\x01~N1*\r\n~N1*D") };
	struct seg s;

	(void)state;
	seg_use(&r, &signs, NULL);
	assert_true(seg_next(&r, &s));
	seg_know(&r, &s);
	assert_true(seg_next(&r, &s));
	seg_know(&r, &s);
	seg_pass(&r, SEG_TAG('R', 'E', 'F'));
	assert_true(seg_next(&r, &s));
	assert_int_equal(s.ordinal, 5);
	assert_int_equal(s.tag, SEG_TAG('R', 'E', 'F'));
	seg_pass(&r, 0);
	assert_true(seg_next(&r, &s));
	assert_int_equal(s.tag, SEG_TAG('B', 'E', 'G'));
	seg_pass(&r, 0);
	assert_true(seg_next(&r, &s));
	assert_int_equal(s.control_at, 3);
	seg_pass(&r, 0);
	assert_true(seg_next(&r, &s));
	assert_true(s.wrapped);
	seg_pass(&r, 0);
	assert_true(seg_next(&r, &s));
	assert_int_equal(s.ordinal, 9);
	assert_false(s.terminated);
	assert_int_equal(r.quirks, EDI_QUIRK_LINES);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_kinds_say_what_byte_by_byte_says),
		cmocka_unit_test(runs_of_release_signs_cross_words),
		cmocka_unit_test(our_documents_are_scanned_alike),
		cmocka_unit_test(segments_of_any_length_have_their_fields),
		cmocka_unit_test(known_segments_are_passed_over),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
