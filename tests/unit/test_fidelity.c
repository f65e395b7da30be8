/* SPDX-License-Identifier: ISC */
/* A smaller run of tests/corpus/fidelity.c. */
#include "tests/unit/mime_world.h"

#include "tests/unit/fidelity.h"

#define CASES 10000

static void
documents_come_out_as_they_went_in(void **state)
{
	(void)state;
	for (uint64_t i = 0; i < CASES; i++) {
		struct fidelity f = { .a = arena_new(8u << 20), .random = i * 7919 };
		if (!fidelity_case(&f))
			fail_msg("case %d: %s", (int)i, f.form);
		arena_free(f.a);
	}
}

/* The comparison is one: a byte more or less in what is held against it is seen. */
static void
a_changed_byte_is_seen(void **state)
{
	(void)state;
	unsigned int seen = 0;

	for (uint64_t i = 0; i < 200; i++) {
		struct fidelity f = { .a = arena_new(8u << 20), .random = i * 7919 };
		const struct as1_policy pol = { .now_ms = KEYS_NOW_MS };
		struct as1_opened o;
		struct err e;

		fidelity_content(&f);
		fidelity_foreign(&f);
		f.content = str_cat(f.a, f.content, S("x"));
		assert_int_equal(as1_open(f.a, f.mail, &pol, &o, &e), 0);
		seen += o.verdict == AS1_OK && !str_eq(span_mem(o.payloads[0].content), f.content);
		arena_free(f.a);
	}
	assert_int_equal(seen, 200);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(documents_come_out_as_they_went_in),
		cmocka_unit_test(a_changed_byte_is_seen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
