/* SPDX-License-Identifier: ISC */
#include "gateway/base/io.h"

#include <fcntl.h>
#include <ftw.h>
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static char folder[] = "/tmp/edigate-io-XXXXXX";
static struct arena *a;
static int dir = -1;

static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *where)
{
	(void)st, (void)type, (void)where;
	return remove(path);
}

static int
begin(void **state)
{
	(void)state;
	a = arena_new(1 << 24);
	memcpy(folder + strlen(folder) - 6, "XXXXXX", 6);
	dir = mkdtemp(folder) == NULL ? -1 : io_open_dir(AT_FDCWD, folder, NULL);
	return dir == -1 ? -1 : 0;
}

static int
end(void **state)
{
	(void)state;
	io_close(&dir);
	io_close(&dir);		/* once more does nothing */
	arena_free(a);
	return nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static void
a_file_is_replaced_whole(void **state)
{
	(void)state;
	struct str text;
	struct err e;
	struct stat st;
	char longest[256];

	memset(longest, 'n', sizeof(longest) - 1);
	longest[255] = '\0';
	assert_int_equal(io_replace_file(dir, "a", S("one"), 0640, &e), 0);
	assert_int_equal(io_replace_file(dir, "a", S("two\0three"), 0600, &e), 0);
	assert_int_equal(io_read_file(a, dir, "a", 100, &text, &e), 0);
	assert_true(str_eq(text, S("two\0three")));
	assert_int_equal(fstatat(dir, "a", &st, 0), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(io_replace_file(dir, longest, S("x"), 0600, &e), 0);
	assert_int_equal(io_replace_file(AT_FDCWD, str_fmt(a, "%s/b", folder).p, S("x"), 0600, &e), 0);
	assert_int_equal(io_replace_file(dir, "none/a", S("x"), 0600, &e), -1);
	assert_int_equal(e.kind, ERR_RETRY);
	/* A symlink is replaced, not followed. */
	assert_int_equal(symlinkat("b", dir, "link"), 0);
	assert_int_equal(io_replace_file(dir, "link", S("new"), 0600, &e), 0);
	assert_int_equal(io_read_file(a, dir, "b", 100, &text, &e), 0);
	assert_true(str_eq(text, S("x")));
	/* Nothing is left beside them. */
	assert_int_equal(io_replace_file(dir, ".", S("x"), 0600, &e), -1);
	assert_int_equal(unlinkat(dir, "a", 0) + unlinkat(dir, "b", 0) + unlinkat(dir, "link", 0) + unlinkat(dir, longest, 0), 0);
	assert_int_equal(rmdir(folder), 0);
	assert_int_equal(mkdir(folder, 0700), 0);
}

static void
what_is_no_file_is_not_read(void **state)
{
	(void)state;
	static const struct {
		const char *name, *says;
		enum err_kind kind;
	} cases[] = {
		{ "none", "none: No such file or directory", ERR_RETRY },
		{ "link", "link: is a symbolic link", ERR_INPUT },
		{ "fifo", "fifo: is not a regular file", ERR_INPUT },
		{ ".", ".: is not a regular file", ERR_INPUT },
		{ "big", "big: is 11 bytes, at most 10 are taken", ERR_INPUT },
	};
	struct str text;
	struct err e;

	assert_int_equal(io_replace_file(dir, "big", S("12345678901"), 0600, &e), 0);
	assert_int_equal(symlinkat("big", dir, "link"), 0);
	assert_int_equal(mkfifoat(dir, "fifo", 0600), 0);
	for (size_t i = 0; i < N(cases); i++) {
		print_message("%s\n", cases[i].name);
		assert_int_equal(io_read_file(a, dir, cases[i].name, 10, &text, &e), -1);
		assert_string_equal(e.text, cases[i].says);
		assert_int_equal(e.kind, cases[i].kind);
		assert_int_equal(io_map(dir, cases[i].name, 10, &text, &e), -1);
		assert_string_equal(e.text, cases[i].says);
	}
	/* A file that the operator named may be a symlink. */
	assert_int_equal(io_read_named(a, str_fmt(a, "%s/link", folder).p, 100, &text, &e), 0);
	assert_true(str_eq(text, S("12345678901")));
	assert_int_equal(io_read_file(a, dir, "big", 11, &text, &e), 0);
}

static void
files_are_mapped(void **state)
{
	(void)state;
	struct str text = S("x");
	struct err e;

	assert_int_equal(io_replace_file(dir, "a", S("hello"), 0600, &e), 0);
	assert_int_equal(io_replace_file(dir, "empty", S(""), 0600, &e), 0);
	assert_int_equal(io_map(dir, "a", 100, &text, &e), 0);
	assert_true(str_eq(text, S("hello")));
	io_unmap(text);
	assert_int_equal(io_map(dir, "empty", 100, &text, &e), 0);
	assert_int_equal(text.n, 0);
	io_unmap(text);
	assert_int_equal(io_read_file(a, dir, "empty", 0, &text, &e), 0);
	assert_int_equal(text.n, 0);
}

static void
folders_are_made_with_their_parents(void **state)
{
	(void)state;
	const char *deep = str_fmt(a, "%s/x/y//z/", folder).p;
	char *too_long = arena_get(a, 5001);
	struct err e;

	assert_int_equal(io_mkdirs(deep, 0700, &e), 0);
	assert_int_equal(io_mkdirs(deep, 0700, &e), 0);
	assert_int_equal(io_replace_file(dir, "x/file", S(""), 0600, &e), 0);
	assert_int_equal(io_mkdirs(str_fmt(a, "%s/x/file/z", folder).p, 0700, &e), -1);
	assert_non_null(strstr(e.text, "Not a directory"));
	assert_int_equal(io_mkdirs("", 0700, &e), -1);
	memset(too_long, 'x', 5000);
	assert_int_equal(io_mkdirs(too_long, 0700, &e), -1);
	assert_int_equal(io_open_dir(dir, "x/file", &e), -1);
}

static void
writing_goes_on_after_short_writes(void **state)
{
	(void)state;
	static char big[1 << 20];
	struct str got;
	struct err e;
	int fd = openat(dir, "f", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	memset(big, 'b', sizeof(big));
	assert_int_equal(io_write_all(fd, str_make(big, sizeof(big)), &e), 0);
	io_close(&fd);
	assert_int_equal(io_read_file(a, dir, "f", sizeof(big), &got, &e), 0);
	assert_true(str_eq(got, str_make(big, sizeof(big))));
	assert_int_equal(io_write_all(-1, S("x"), &e), -1);
	assert_int_equal(io_write_all(-1, S(""), &e), 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_file_is_replaced_whole),
		TEST(what_is_no_file_is_not_read),
		TEST(files_are_mapped),
		TEST(folders_are_made_with_their_parents),
		TEST(writing_goes_on_after_short_writes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
