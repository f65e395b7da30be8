/* SPDX-License-Identifier: ISC */
#include "edi/zip.h"

#define LOCAL_SIZE	30u	/* 4.3.7: before name and extra field */
#define CENTRAL_SIZE	46u	/* 4.3.12 */
#define END_SIZE	22u	/* 4.3.16 */
#define END_COMMENT_MAX 65535u
#define FLAG_ENCRYPTED	1u

static unsigned int
get16(struct str s, size_t at)
{
	return (unsigned int)(unsigned char)s.p[at] | (unsigned int)(unsigned char)s.p[at + 1] << 8;
}

static uint32_t
get32(struct str s, size_t at)
{
	return get16(s, at) | (uint32_t)get16(s, at + 2) << 16;
}

bool
zip_is(struct str in)
{
	return str_starts(in, S("PK\3\4")) || str_starts(in, S("PK\5\6"));
}

int
zip_open(struct zip *z, struct str in, struct err *e)
{
	size_t at, lowest = in.n > END_SIZE + END_COMMENT_MAX ? in.n - END_SIZE - END_COMMENT_MAX : 0;

	if (in.n < END_SIZE)
		return err_set(e, ERR_INPUT, "archive of %zu bytes, a ZIP has at least %u", in.n, END_SIZE);
	for (at = in.n - END_SIZE; !str_starts(str_from(in, at), S("PK\5\6")); at--)
		if (at == lowest)
			return err_set(e, ERR_INPUT, "no ZIP archive, or not all of one");
	*z = (struct zip){ .in = in, .left = get16(in, at + 10), .at = get32(in, at + 16) };
	if (get16(in, at + 4) != 0 || get16(in, at + 8) != z->left)
		return err_set(e, ERR_INPUT, "one part of a ZIP archive of several");
	if (z->left > ZIP_ENTRIES_MAX)
		return err_set(e, ERR_INPUT, "archive has %u entries, over %u", z->left, ZIP_ENTRIES_MAX);
	return 0;
}

/* Is [at, at + n) within the archive? */
static bool
has(const struct zip *z, size_t at, size_t n)
{
	return at <= z->in.n && n <= z->in.n - at;
}

/* Name and extra field are written twice, and may differ in length: only the local ones say where the data begins. */
static int
find_data(const struct zip *z, size_t at, size_t n, struct zip_entry *entry, struct err *e)
{
	if (!has(z, at, LOCAL_SIZE) || !str_starts(str_from(z->in, at), S("PK\3\4")))
		return err_set(e, ERR_INPUT, "entry '" STR_FMT "' is not where it should be",
		    STR_ARG(entry->name));
	at += LOCAL_SIZE + get16(z->in, at + 26) + get16(z->in, at + 28);
	if (!has(z, at, n))
		return err_set(e, ERR_INPUT, "entry '" STR_FMT "' is cut off", STR_ARG(entry->name));
	entry->packed = str_sub(z->in, at, n);
	return 0;
}

int
zip_next(struct zip *z, struct zip_entry *entry, struct err *e)
{
	size_t at = z->at, name_n;

	if (z->left == 0)
		return 0;
	if (!has(z, at, CENTRAL_SIZE) || !str_starts(str_from(z->in, at), S("PK\1\2")))
		return err_set(e, ERR_INPUT, "the archive's table of contents is damaged");
	name_n = get16(z->in, at + 28);
	if (!has(z, at + CENTRAL_SIZE, name_n))
		return err_set(e, ERR_INPUT, "the archive's table of contents is cut off");
	*entry = (struct zip_entry){ .name = str_sub(z->in, at + CENTRAL_SIZE, name_n),
		.method = get16(z->in, at + 10),
		.crc = get32(z->in, at + 16),
		.size = get32(z->in, at + 24) };
	if ((get16(z->in, at + 8) & FLAG_ENCRYPTED) != 0)
		return err_set(e, ERR_INPUT, "entry '" STR_FMT "' is encrypted", STR_ARG(entry->name));
	if (find_data(z, get32(z->in, at + 42), get32(z->in, at + 20), entry, e) == -1)
		return -1;
	z->at = at + CENTRAL_SIZE + name_n + get16(z->in, at + 30) + get16(z->in, at + 32);
	z->left--;
	return 1;
}
