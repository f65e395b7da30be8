/* SPDX-License-Identifier: ISC */
#include "gateway/base/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <string.h>

#include <cmocka.h>

static void
err_is_a_decision_and_a_sentence(void **state)
{
	(void)state;
	struct err e = { .code = "E-OLD" };

	assert_int_equal(err_set(&e, ERR_INPUT, "ISA is %d bytes, want %d", 98, 106), -1);
	assert_int_equal(e.kind, ERR_INPUT);
	assert_null(e.code);
	assert_string_equal(e.text, "ISA is 98 bytes, want 106");
	assert_int_equal(err_add(&e, "partner '%s'", "acme"), -1);
	assert_string_equal(e.text, "partner 'acme': ISA is 98 bytes, want 106");
	assert_int_equal(err_code(-1, &e, "E-X12-ISA"), -1);
	assert_string_equal(e.code, "E-X12-ISA");
	errno = ENOSPC;
	assert_int_equal(err_errno(&e, "spool/%s", "tmp"), -1);
	assert_int_equal(e.kind, ERR_RETRY);
	assert_string_equal(e.text, "spool/tmp: No space left on device");
}

static void
err_text_is_printable(void **state)
{
	(void)state;
	struct err e;

	(void)err_set(&e, ERR_INPUT, "reply '%s'", "x\r\nroot: fine\x1b[2J\x7f");
	assert_string_equal(e.text, "reply 'x??root: fine?[2J?'");
	(void)err_add(&e, "%s", "a\nb");
	assert_null(strchr(e.text, '\n'));
}

static void
err_text_ends_in_time(void **state)
{
	(void)state;
	char lots[2 * ERR_TEXT_MAX];
	struct err e;

	memset(lots, 'x', sizeof(lots));
	lots[sizeof(lots) - 1] = '\0';
	(void)err_set(&e, ERR_INPUT, "%s", lots);
	assert_int_equal(strlen(e.text), ERR_TEXT_MAX - 1);
	for (int i = 0; i < 3; i++)
		(void)err_add(&e, "%s", i == 2 ? lots : "outer");
	assert_int_equal(strlen(e.text), ERR_TEXT_MAX - 1);
}

static void
err_may_be_null(void **state)
{
	(void)state;
	assert_int_equal(err_set(NULL, ERR_INPUT, "x"), -1);
	assert_int_equal(err_add(NULL, "x"), -1);
	assert_int_equal(err_errno(NULL, "x"), -1);
	assert_int_equal(err_code(-1, NULL, "E"), -1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(err_is_a_decision_and_a_sentence),
		cmocka_unit_test(err_text_is_printable),
		cmocka_unit_test(err_text_ends_in_time),
		cmocka_unit_test(err_may_be_null),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
