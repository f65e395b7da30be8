/* SPDX-License-Identifier: ISC */
#include "edi/pdf_file.h"

#include "edi/pdf_flate.h"
#include "edi/pdf_value.h"
#include "edi/pdf_xref.h"

#define RESOLVE_MAX 8	/* references to references */

/* 7.3.8: a stream's bytes begin behind "stream" and its line end; how many they are, Length says, or "endstream". */
static struct str
stream_of(struct pdf *p, struct str dict, struct str rest)
{
	struct str value;
	uint64_t length;
	size_t at;

	pdf_skip(&rest);
	if (!str_starts(rest, S("stream")))
		return S("");
	rest = str_from(rest, 6);
	if (str_starts(rest, S("\r")))
		rest = str_from(rest, 1);
	if (str_starts(rest, S("\n")))
		rest = str_from(rest, 1);
	if (pdf_get(dict, "Length", &value) && pdf_uint(value, rest.n, &length)) {
		struct str end = str_sub(rest, (size_t)length, 32);
		pdf_skip(&end);
		if (str_starts(end, S("endstream")))
			return str_sub(rest, 0, (size_t)length);
	}
	if (p->scanned > PDF_SCAN_MAX || !str_find(rest, S("endstream"), &at))
		at = rest.n;
	p->scanned += at;
	return at == rest.n ? S("") : str_sub(rest, 0, at);
}

bool
pdf_object_at(struct pdf *p, size_t at, uint32_t *number, struct str *value, struct str *stream)
{
	struct str in = str_sub(p->in, at, PDF_VALUE_MAX), word;
	uint64_t n;

	*stream = S("");
	if (p->scanned > PDF_SCAN_MAX)
		return false;
	p->scanned += in.n;		/* what was not needed is taken back below */
	if (!pdf_take(&in, &word) || !pdf_uint(word, UINT32_MAX, &n) || !pdf_take(&in, &word) ||
	    !pdf_take(&in, &word) || !str_eq(word, S("obj")) || !pdf_take(&in, value))
		return false;
	p->scanned -= in.n;
	*number = (uint32_t)n;
	if (pdf_is_dict(*value))
		*stream = stream_of(p, *value, str_from(p->in, (size_t)(in.p - p->in.p)));
	return true;
}

/* 7.5.7: "number offset number offset ..." and from First on the objects. */
static bool
packed_object(struct pdf *p, uint32_t container, uint32_t number, struct str *value)
{
	struct str dict, stream, table, word;
	uint64_t first, n, offset;

	if (p->packed != container) {
		uint32_t found;
		if (container >= p->n || p->entries[container].where != PDF_PLAIN ||
		    !pdf_object_at(p, p->entries[container].at, &found, &dict, &stream) || found != container ||
		    !pdf_stream(p, dict, stream, &p->packed_bytes))
			return false;
		p->packed = container;
		p->packed_dict = dict;
	}
	if (!pdf_get(p->packed_dict, "First", &word) || !pdf_uint(word, p->packed_bytes.n, &first))
		return false;
	table = str_sub(p->packed_bytes, 0, (size_t)first);
	while (pdf_take(&table, &word) && pdf_uint(word, UINT32_MAX, &n)) {
		if (!pdf_take(&table, &word) || !pdf_uint(word, p->packed_bytes.n, &offset))
			return false;
		if (n == number) {
			struct str at = str_from(p->packed_bytes, (size_t)(first + offset));
			return pdf_take(&at, value);
		}
	}
	return false;
}

bool
pdf_object(struct pdf *p, uint32_t number, struct str *value, struct str *stream)
{
	uint32_t found;

	*stream = S("");
	if (number >= p->n || p->entries[number].where == PDF_FREE)
		return false;
	if (p->entries[number].where == PDF_PACKED)
		return packed_object(p, p->entries[number].at, number, value);
	return pdf_object_at(p, p->entries[number].at, &found, value, stream) && found == number;
}

bool
pdf_resolve(struct pdf *p, struct str *value)
{
	struct str stream;
	uint32_t number;

	for (int i = 0; i < RESOLVE_MAX; i++) {
		if (!pdf_ref(*value, &number))
			return true;
		if (!pdf_object(p, number, value, &stream))
			return false;
	}
	return false;
}

bool
pdf_get_resolved(struct pdf *p, struct str dict, const char *key, struct str *value)
{
	return pdf_get(dict, key, value) && pdf_resolve(p, value);
}

/* DecodeParms of a stream with one filter, itself or in an array of one. */
static bool
predictor_of(struct pdf *p, struct str dict, uint64_t *columns)
{
	struct str parms, items, value;
	uint64_t predictor;

	*columns = 1;
	if (!pdf_get_resolved(p, dict, "DecodeParms", &parms))
		return false;
	if (pdf_array(parms, &items) && pdf_take(&items, &parms) && !pdf_resolve(p, &parms))
		return false;
	if (!pdf_get(parms, "Predictor", &value) || !pdf_uint(value, 15, &predictor) || predictor < 10)
		return false;
	if (pdf_get(parms, "Columns", &value))
		(void)pdf_uint(value, 1u << 16, columns);
	return true;
}

bool
pdf_stream(struct pdf *p, struct str dict, struct str stream, struct str *bytes)
{
	struct str filter, items;
	uint64_t columns;

	*bytes = stream;
	if (!pdf_get_resolved(p, dict, "Filter", &filter))
		return true;
	if (pdf_array(filter, &items)) {
		if (!pdf_take(&items, &filter))
			return true;
		pdf_skip(&items);
		if (items.n > 0)
			return false;
	}
	if (!pdf_is_name(filter, "FlateDecode") && !pdf_is_name(filter, "Fl"))
		return false;
	if (p->work >= PDF_WORK_MAX || !pdf_inflate(p->a, stream, PDF_STREAM_MAX, bytes))
		return false;
	p->work += bytes->n;
	if (!predictor_of(p, dict, &columns))
		return true;
	p->work += bytes->n;
	return pdf_unpredict(p->a, *bytes, (size_t)columns, bytes);
}

bool
pdf_open(struct pdf *p, struct arena *a, struct str in)
{
	*p = (struct pdf){ .a = a, .in = in };
	if (in.n > UINT32_MAX)
		return false;
	if (pdf_xref_read(p) && p->root.n > 0)
		return true;
	return pdf_xref_repair(p);
}
