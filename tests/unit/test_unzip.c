/* SPDX-License-Identifier: ISC */
/* test_unzip.c - archives made here byte by byte: read, unpacked, damaged, and grown beyond the limits. */
#include "gateway/unzip.h"

#include "edi/zip.h"
#include "tests/unit/edi_unit.h"

#include <zlib.h>

#include "gateway/base/buf.h"

#define TEST_ARENA (64u << 20)

struct file {
	struct str name, content;
	unsigned int method;
	uint32_t claim;		/* of the size, or 0 */
};

static void
le(struct buf *b, uint32_t v, size_t n)
{
	struct err e;

	for (size_t i = 0; i < n; i++)
		assert_int_equal(buf_putc(b, (char)(v >> 8 * i & 0xff), &e), 0);
}

static struct str
pack(struct arena *a, const struct file *f)
{
	char *out = arena_get(a, f->content.n + 1000);
	z_stream s = { .next_in = (z_const Bytef *)(uintptr_t)f->content.p, .avail_in = (uInt)f->content.n,
		.next_out = (Bytef *)out, .avail_out = (uInt)f->content.n + 1000 };

	if (f->method != ZIP_DEFLATED)
		return f->content;
	assert_int_equal(deflateInit2(&s, 9, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY), Z_OK);
	assert_int_equal(deflate(&s, Z_FINISH), Z_STREAM_END);
	assert_int_equal(deflateEnd(&s), Z_OK);
	return str_make(out, s.total_out);
}

/* What the local header and the table of contents have in common (APPNOTE 4.3.7, 4.3.12). */
static void
common(struct buf *b, const struct file *f, struct str packed)
{
	le(b, 20, 2);
	le(b, 0, 2);
	le(b, f->method, 2);
	le(b, 0, 4);
	le(b, (uint32_t)crc32(0, (const Bytef *)f->content.p, (uInt)f->content.n), 4);
	le(b, (uint32_t)packed.n, 4);
	le(b, f->claim != 0 ? f->claim : (uint32_t)f->content.n, 4);
	le(b, (uint32_t)f->name.n, 2);
	le(b, 0, 2);
}

static struct str
archive(struct arena *a, const struct file *files, size_t n)
{
	struct buf b = BUF_CAP(TEST_ARENA), toc = BUF_CAP(TEST_ARENA);
	struct str all;
	struct err e;

	for (size_t i = 0; i < n; i++) {
		struct str packed = pack(a, &files[i]);
		le(&toc, 0x02014b50, 4);
		le(&toc, 20, 2);
		common(&toc, &files[i], packed);
		le(&toc, 0, 4);
		le(&toc, 0, 2);
		le(&toc, 0, 4);
		le(&toc, (uint32_t)b.n, 4);
		assert_int_equal(buf_put(&toc, files[i].name, &e), 0);
		le(&b, 0x04034b50, 4);
		common(&b, &files[i], packed);
		assert_int_equal(buf_put(&b, files[i].name, &e), 0);
		assert_int_equal(buf_put(&b, packed, &e), 0);
	}
	all = str_make(NULL, b.n);
	assert_int_equal(buf_put(&b, buf_str(&toc), &e), 0);
	le(&b, 0x06054b50, 4);
	le(&b, 0, 4);
	le(&b, (uint32_t)n, 2);
	le(&b, (uint32_t)n, 2);
	le(&b, (uint32_t)toc.n, 4);
	le(&b, (uint32_t)all.n, 4);
	le(&b, 0, 2);
	all = str_dup(a, buf_str(&b));
	buf_clear(&b);
	buf_clear(&toc);
	return all;
}

/* Everything met, as "name=content;" */
struct seen {
	struct arena *a;
	struct str all;
};

static int
note(void *with, struct str name, struct str content, struct err *e)
{
	struct seen *s = with;

	(void)e;
	s->all = str_fmt(s->a, STR_FMT STR_FMT "=" STR_FMT ";", STR_ARG(s->all), STR_ARG(name),
	    STR_ARG(str_sub(content, 0, 40)));
	return 0;
}

static void
archives_within_archives(void **state)
{
	struct arena *a = arena_new(TEST_ARENA);
	struct file inner[] = { { S("one.txt"), S("first"), ZIP_DEFLATED, 0 },
		{ S("two"), S(""), ZIP_STORED, 0 } };
	struct file outer[] = { { S("d/"), S(""), ZIP_STORED, 0 },
		{ S("d/in.zip"), archive(a, inner, 2), ZIP_DEFLATED, 0 },
		{ S("d/e/three"), S("third"), ZIP_STORED, 0 } };
	struct seen s = { a, S("") };
	size_t total = 0;
	struct err e;

	(void)state;
	assert_int_equal(unzip(a, archive(a, outer, 3), &total, note, &s, &e), 0);
	assert_str_eq(s.all, S("one.txt=first;two=;three=third;"));
	assert_int_equal(total, 5 + 5 + outer[1].content.n);
	arena_free(a);
}

static void
refuse(struct arena *a, struct str in, const char *want)
{
	struct seen s = { a, S("") };
	size_t total = 0;
	struct err e;

	if (unzip(a, in, &total, note, &s, &e) == 0)
		fail_msg("taken, want '%s'", want);
	if (strstr(e.text, want) == NULL)
		fail_msg("'%s', want '%s'", e.text, want);
}

static void
what_is_refused(void **state)
{
	struct arena *a = arena_new(TEST_ARENA);
	char *many = arena_get(a, 4u << 20);
	struct file f = { S("a"), S("some words, some words, some words"), ZIP_DEFLATED, 0 };
	struct str in = archive(a, &f, 1);

	(void)state;
	refuse(a, S(""), "at least 22");
	refuse(a, S("PK\3\4 but nothing of an archive behind it"), "no ZIP");
	refuse(a, str_sub(in, 0, in.n - 1), "no ZIP");
	f.claim = 5;
	refuse(a, archive(a, &f, 1), "'a': is damaged");
	f.claim = 1000;
	refuse(a, archive(a, &f, 1), "'a': is damaged");
	f.claim = UNZIP_ENTRY_MAX + 1;
	refuse(a, archive(a, &f, 1), "over");
	f.claim = 1u << 20;
	refuse(a, archive(a, &f, 1), "would be 1048576 bytes out of");
	f = (struct file){ S("a"), str_make(many, 4u << 20), ZIP_DEFLATED, 0 };	/* a bomb of zeros */
	refuse(a, archive(a, &f, 1), "would be 4194304 bytes out of");
	f = (struct file){ S("a"), S("x"), 6, 0 };
	refuse(a, archive(a, &f, 1), "packed by method 6");
	for (unsigned int i = 0; i <= UNZIP_DEPTH_MAX; i++)
		f = (struct file){ S("deep.zip"), archive(a, &f, 1), ZIP_STORED, 0 };
	refuse(a, f.content, "over 3 deep");
	arena_free(a);
}

/* Every byte changed, every end cut off: refused or read, never a byte outside of it. */
static void
damaged_archives(void **state)
{
	struct arena *a = arena_new(TEST_ARENA), *b = arena_new(TEST_ARENA);
	struct file files[] = { { S("one"), S("words and words and words"), ZIP_DEFLATED, 0 },
		{ S("two"), S("x"), ZIP_STORED, 0 } };
	struct str in = archive(a, files, 2);
	struct err e;

	(void)state;
	for (size_t i = 0; i < in.n * 2; i++) {
		struct str bad = str_dup(b, in);
		struct seen s = { b, S("") };
		size_t total = 0;
		((char *)(uintptr_t)bad.p)[i / 2] ^= i % 2 == 0 ? 1 : (char)0xff;
		(void)unzip(b, bad, &total, note, &s, &e);
		(void)unzip(b, str_dup(b, str_sub(in, 0, i / 2)), &total, note, &s, &e);
		arena_reset(b);
	}
	arena_free(b);
	arena_free(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(archives_within_archives), cmocka_unit_test(what_is_refused), cmocka_unit_test(damaged_archives),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
