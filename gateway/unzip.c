/* SPDX-License-Identifier: ISC */
#include "gateway/unzip.h"

#include "edi/zip.h"

#include <zlib.h>

struct unzip {
	struct arena *a;
	size_t *total;
	unzip_fn *each;
	void *with;
};

uint32_t
unzip_crc(struct str bytes)
{
	return (uint32_t)crc32_z(0, (const Bytef *)bytes.p, bytes.n);
}

static int
check_size(const struct unzip *u, const struct zip_entry *entry, struct err *e)
{
	if (entry->size > UNZIP_ENTRY_MAX)
		return err_set(e, ERR_INPUT, "would be %u bytes, over %u", entry->size, UNZIP_ENTRY_MAX);
	if (entry->size / UNZIP_RATIO_MAX > entry->packed.n)
		return err_set(e, ERR_INPUT, "would be %u bytes out of %zu", entry->size, entry->packed.n);
	if (*u->total + entry->size > UNZIP_TOTAL_MAX)
		return err_set(e, ERR_INPUT, "the archives hold over %u bytes", UNZIP_TOTAL_MAX);
	*u->total += entry->size;
	return 0;
}

/* Raw deflate (RFC 1951), exactly as many bytes as the archive says. */
static int
inflate_entry(struct str packed, char *out, uint32_t size, struct err *e)
{
	z_stream s = { .next_in = (z_const Bytef *)(uintptr_t)packed.p, .avail_in = (uInt)packed.n,
		.next_out = (Bytef *)out, .avail_out = size };
	int rc;

	if (inflateInit2(&s, -MAX_WBITS) != Z_OK)
		return err_set(e, ERR_RETRY, "no memory to inflate");
	rc = inflate(&s, Z_FINISH);
	(void)inflateEnd(&s);
	if (rc != Z_STREAM_END || s.avail_out != 0)
		return err_set(e, ERR_INPUT, "is damaged");
	return 0;
}

static int
unpack_entry(const struct unzip *u, const struct zip_entry *entry, struct str *out, struct err *e)
{
	char *p;

	if (check_size(u, entry, e) == -1)
		return -1;
	*out = entry->packed;
	if (entry->method == ZIP_DEFLATED) {
		p = arena_get(u->a, (size_t)entry->size + 1);
		if (inflate_entry(entry->packed, p, entry->size, e) == -1)
			return -1;
		*out = str_make(p, entry->size);
	} else if (entry->method != ZIP_STORED) {
		return err_set(e, ERR_INPUT, "is packed by method %u, want 0 or 8", entry->method);
	}
	if (out->n != entry->size || unzip_crc(*out) != entry->crc)
		return err_set(e, ERR_INPUT, "is damaged");
	return 0;
}

static struct str
last_part(struct str path)
{
	struct str part;

	while (str_cut(&path, '/', &part))
		;
	return part;
}

/* Recursive, and UNZIP_DEPTH_MAX deep: the UN packs archives into archives. */
static int
walk_archive(const struct unzip *u, struct str archive, unsigned int depth, struct err *e)
{
	struct zip z;
	struct zip_entry entry;
	struct str content;
	int rc, done;

	if (depth > UNZIP_DEPTH_MAX)
		return err_set(e, ERR_INPUT, "archives within archives, over %u deep", UNZIP_DEPTH_MAX);
	if (zip_open(&z, archive, e) == -1)
		return -1;
	while ((rc = zip_next(&z, &entry, e)) == 1) {
		struct str name = last_part(entry.name);
		if (name.n == 0)
			continue;	/* a folder */
		if (unpack_entry(u, &entry, &content, e) == -1)
			return err_add(e, "'" STR_FMT "'", STR_ARG(name));
		done = zip_is(content) ? walk_archive(u, content, depth + 1, e) : u->each(u->with, name, content, e);
		if (done == -1)
			return err_add(e, "'" STR_FMT "'", STR_ARG(name));
	}
	return rc;
}

int
unzip(struct arena *a, struct str archive, size_t *total, unzip_fn *each, void *with, struct err *e)
{
	struct unzip u = { a, total, each, with };

	return walk_archive(&u, archive, 1, e);
}
