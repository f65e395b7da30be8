/* SPDX-License-Identifier: ISC */
#include "gateway/tar.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

/* A header's fields: all of them printable, numbers in octal digits. */
enum field { NAME, MODE, UID, GID, SIZE, MTIME, CHECKSUM, TYPE, LINK, MAGIC, UNAME, GNAME, MAJOR, MINOR, PREFIX };
static const struct {
	size_t at, n;
} fields[] = {
	[NAME] = { 0, 100 },	 [MODE] = { 100, 8 },	[UID] = { 108, 8 },    [GID] = { 116, 8 },   [SIZE] = { 124, 12 },
	[MTIME] = { 136, 12 },	 [CHECKSUM] = { 148, 8 }, [TYPE] = { 156, 1 }, [LINK] = { 157, 100 }, [MAGIC] = { 257, 8 },
	[UNAME] = { 265, 32 },	 [GNAME] = { 297, 32 },	[MAJOR] = { 329, 8 },  [MINOR] = { 337, 8 }, [PREFIX] = { 345, 155 },
};

static struct str
field_get(struct str block, enum field f)
{
	struct str s = str_sub(block, fields[f].at, fields[f].n);
	size_t end;

	return str_chr(s, '\0', &end) ? str_sub(s, 0, end) : s;
}

static void
field_put(char block[TAR_BLOCK], enum field f, struct str s)
{
	assert(s.n <= fields[f].n);
	memcpy(block + fields[f].at, s.p, s.n);
}

/* Digits with zeros in front, and a NUL behind. */
static void
number_put(char block[TAR_BLOCK], enum field f, uint64_t value)
{
	char digits[32];
	int n = snprintf(digits, sizeof(digits), "%0*llo", (int)fields[f].n - 1, (unsigned long long)value);

	assert(n == (int)fields[f].n - 1);
	field_put(block, f, str_make(digits, (size_t)n));
}

static int
number_get(struct str block, enum field f, uint64_t *out)
{
	struct str s = str_trim(field_get(block, f));
	uint64_t v = 0;

	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '7' || v > UINT64_MAX >> 3)
			return -1;
		v = v << 3 | (uint64_t)(s.p[i] - '0');
	}
	*out = v;
	return 0;
}

/* The sum of all bytes, with blanks in its own place. */
static uint64_t
checksum(const char *block)
{
	uint64_t sum = fields[CHECKSUM].n * ' ';

	for (size_t i = 0; i < TAR_BLOCK; i++)
		if (i < fields[CHECKSUM].at || i >= fields[CHECKSUM].at + fields[CHECKSUM].n)
			sum += (unsigned char)block[i];
	return sum;
}

/* Names that stay below the folder they are unpacked in, and that every system takes. */
static bool
is_name(struct str name)
{
	struct str rest = name, part;
	bool more = true;

	if (name.n == 0 || name.n > TAR_NAME_MAX || str_has_ctl(name))
		return false;
	while (more) {
		more = str_cut(&rest, '/', &part);
		if (part.n == 0 || str_eq(part, S(".")) || str_eq(part, S("..")))
			return false;
	}
	return true;
}

static size_t
padding(size_t n)
{
	return (TAR_BLOCK - n % TAR_BLOCK) % TAR_BLOCK;
}

static const char zeros[2 * TAR_BLOCK];

int
tar_put(struct buf *out, const struct tar_entry *entry, struct err *e)
{
	char block[TAR_BLOCK] = { 0 };

	if (!is_name(entry->name) || entry->bytes.n > TAR_SIZE_MAX)
		return err_set(e, ERR_INPUT,
		    "'" STR_FMT "' of %zu bytes does not fit into an archive", STR_ARG(entry->name),
		    entry->bytes.n);
	field_put(block, NAME, entry->name);
	number_put(block, MODE, entry->program ? 0755 : 0644);
	number_put(block, UID, 0);
	number_put(block, GID, 0);
	number_put(block, SIZE, entry->bytes.n);
	number_put(block, MTIME, entry->mtime_s > 0 ? (uint64_t)entry->mtime_s & TAR_SIZE_MAX : 0);
	field_put(block, TYPE, S("0"));
	field_put(block, MAGIC, str_make("ustar\0" "00", 8));
	number_put(block, MAJOR, 0);
	number_put(block, MINOR, 0);
	/* Six digits, NUL, blank: the one number that is written in another way. */
	(void)snprintf(block + fields[CHECKSUM].at, 7, "%06llo", (unsigned long long)checksum(block));
	block[fields[CHECKSUM].at + 7] = ' ';
	if (buf_put(out, str_make(block, sizeof(block)), e) == -1 || buf_put(out, entry->bytes, e) == -1)
		return -1;
	return buf_put(out, str_make(zeros, padding(entry->bytes.n)), e);
}

int
tar_end(struct buf *out, struct err *e)
{
	return buf_put(out, str_make(zeros, sizeof(zeros)), e);
}

/* A header block of a file or folder; true: a file. */
static int
read_header(struct str block, struct tar_entry *out, uint64_t *size, bool *is_file, struct err *e)
{
	uint64_t sum, mode, mtime;
	char type = block.p[fields[TYPE].at];

	if (number_get(block, CHECKSUM, &sum) == -1 || sum != checksum(block.p) ||
	    !str_starts(field_get(block, MAGIC), S("ustar")))
		return err_set(e, ERR_INPUT, "no tar archive, or damaged");
	out->name = field_get(block, NAME);
	if (number_get(block, SIZE, size) == -1 || number_get(block, MODE, &mode) == -1 ||
	    number_get(block, MTIME, &mtime) == -1)
		return err_set(e, ERR_INPUT, "'" STR_FMT "' has numbers that are none", STR_ARG(out->name));
	*is_file = type == '0' || type == '\0';
	if (!*is_file && type != '5')
		return err_set(e, ERR_INPUT, "'" STR_FMT "' is of type '%c', want plain files",
		    STR_ARG(out->name), type);
	if (*is_file && (!is_name(out->name) || field_get(block, PREFIX).n > 0))
		return err_set(e, ERR_INPUT, "'" STR_FMT "' is no name for a file below a folder",
		    STR_ARG(out->name));
	out->mtime_s = (int64_t)(mtime & TAR_SIZE_MAX);
	out->program = (mode & 0111) != 0;
	return 0;
}

int
tar_next(struct str *in, struct tar_entry *out, struct err *e)
{
	uint64_t size;
	bool is_file;

	for (;;) {
		if (in->n < TAR_BLOCK)
			return err_set(e, ERR_INPUT, "no tar archive, or it ends too early");
		if (memcmp(in->p, zeros, TAR_BLOCK) == 0)
			return 0;
		if (read_header(str_sub(*in, 0, TAR_BLOCK), out, &size, &is_file, e) == -1)
			return -1;
		*in = str_from(*in, TAR_BLOCK);
		if (size > in->n)
			return err_set(e, ERR_INPUT, "'" STR_FMT "' ends too early", STR_ARG(out->name));
		out->bytes = str_sub(*in, 0, (size_t)size);
		*in = str_from(*in, (size_t)size + padding((size_t)size));
		if (is_file)
			return 1;
	}
}
