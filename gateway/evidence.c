/* SPDX-License-Identifier: ISC */
#include "gateway/evidence.h"

#include "gateway/describe.h"

#include <stdlib.h>

#define SUM_HEX 64

int
evidence_add(struct evidence *ev, struct str path, struct str bytes, int64_t at_ms, struct err *e)
{
	if (ev->n == EVIDENCE_FILES_MAX)
		return err_set(e, ERR_INPUT, "over %d files of evidence", EVIDENCE_FILES_MAX);
	ev->files[ev->n++] = (struct tar_entry){ path, bytes, at_ms / 1000, str_eq(path, EVIDENCE_SCRIPT) };
	return 0;
}

const struct tar_entry *
evidence_file(const struct evidence *ev, struct str path)
{
	for (size_t i = 0; path.n > 0 && i < ev->n; i++)
		if (str_eq(ev->files[i].name, path))
			return &ev->files[i];
	return NULL;
}

struct str
evidence_bytes(const struct evidence *ev, struct str path)
{
	const struct tar_entry *f = evidence_file(ev, path);

	return f == NULL ? S("") : f->bytes;
}

const struct evidence_mail *
evidence_mail(const struct evidence *ev, struct str path)
{
	for (size_t i = 0; i < ev->n_mails; i++)
		if (str_eq(ev->mails[i].path, path))
			return &ev->mails[i];
	return NULL;
}

struct str
evidence_sha256(struct arena *a, struct str bytes)
{
	struct mic digest;

	return mic_make(MIC_SHA256, bytes, &digest, NULL) == -1 ? S("") : describe_hex(a, &digest);
}

static int
by_name(const void *x, const void *y)
{
	const struct tar_entry *a = x, *b = y;

	return str_cmp(a->name, b->name);
}

/* As sha256sum(1) writes and checks them. */
static int
add_sums(struct evidence *ev, struct err *e)
{
	struct buf sums = BUF_CAP(EVIDENCE_FILES_MAX * (SUM_HEX + 2 + TAR_NAME_MAX + 1));
	int64_t newest = 0;
	int rc = 0;

	for (size_t i = 0; i < ev->n && rc == 0; i++) {
		struct str hex = evidence_sha256(ev->a, ev->files[i].bytes);
		rc = buf_printf(&sums, e, STR_FMT "  " STR_FMT "\n", STR_ARG(hex), STR_ARG(ev->files[i].name));
		newest = ev->files[i].mtime_s > newest ? ev->files[i].mtime_s : newest;
	}
	if (rc == 0)
		rc = evidence_add(ev, EVIDENCE_SUMS, str_dup(ev->a, buf_str(&sums)), newest * 1000, e);
	buf_clear(&sums);
	return rc;
}

int
evidence_write(struct evidence *ev, struct buf *out, struct err *e)
{
	qsort(ev->files, ev->n, sizeof(ev->files[0]), by_name);
	if (add_sums(ev, e) == -1)
		return -1;
	qsort(ev->files, ev->n, sizeof(ev->files[0]), by_name);
	for (size_t i = 0; i < ev->n; i++) {
		struct tar_entry entry = ev->files[i];
		entry.name = str_fmt(ev->a, STR_FMT "/" STR_FMT, STR_ARG(ev->top), STR_ARG(entry.name));
		if (tar_put(out, &entry, e) == -1)
			return -1;
	}
	return tar_end(out, e);
}

int
evidence_read(struct arena *a, struct str tar, struct evidence *out, struct err *e)
{
	struct tar_entry entry;
	struct str name, top;
	int rc;

	*out = (struct evidence){ .a = a };
	while ((rc = tar_next(&tar, &entry, e)) == 1) {
		name = entry.name;
		if (!str_cut(&name, '/', &top) || (out->n > 0 && !str_eq(top, out->top)))
			return err_set(e, ERR_INPUT,
			    "'" STR_FMT "' is not in one folder with the others",
			    STR_ARG(entry.name));
		out->top = top;
		if (evidence_file(out, name) != NULL)
			return err_set(e, ERR_INPUT, "'" STR_FMT "' is there twice", STR_ARG(entry.name));
		if (evidence_add(out, name, entry.bytes, entry.mtime_s * 1000, e) == -1)
			return -1;
	}
	if (rc == -1)
		return -1;
	if (evidence_file(out, EVIDENCE_TIMELINE) == NULL)
		return err_set(e, ERR_INPUT, "no evidence: it has no timeline.json");
	return evidence_json_read(out, evidence_bytes(out, EVIDENCE_TIMELINE), e);
}
