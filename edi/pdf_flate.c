/* SPDX-License-Identifier: ISC */
#include "edi/pdf_flate.h"

#include "gateway/base/buf.h"

#include <stdlib.h>
#include <string.h>

#define ZLIB_CONST
#include <zlib.h>

#define STEP 65536u

/* A small file may not become a large one: what more than this many times its size is refused as a bomb. */
#define RATIO_MAX 200u
#define FLOOR	  (1u << 20)

bool
pdf_inflate(struct arena *a, struct str in, size_t max, struct str *out)
{
	size_t cap = in.n > max / RATIO_MAX ? max : in.n * RATIO_MAX + FLOOR;
	struct buf to = BUF_CAP((cap < max ? cap : max) + STEP);
	z_stream z = { 0 };
	int rc = Z_OK;

	*out = S("");
	if (in.n > UINT32_MAX || inflateInit(&z) != Z_OK)
		return false;
	z.next_in = (const Bytef *)in.p;
	z.avail_in = (uInt)in.n;
	while (rc == Z_OK && to.n <= to.cap - STEP) {
		char *room = buf_room(&to, STEP, NULL);
		if (room == NULL)
			break;
		z.next_out = (Bytef *)room;
		z.avail_out = STEP;
		rc = inflate(&z, Z_NO_FLUSH);
		buf_grew(&to, STEP - z.avail_out);
	}
	(void)inflateEnd(&z);
	if (to.n > 0 && rc != Z_OK)
		*out = str_dup(a, buf_str(&to));
	buf_clear(&to);
	return out->n > 0;
}

static unsigned char
paeth(int left, int up, int corner)
{
	int p = left + up - corner, l = abs(p - left), u = abs(p - up), c = abs(p - corner);

	return (unsigned char)(l <= u && l <= c ? left : u <= c ? up : corner);
}

/* PNG (W3C), 9.2: to becomes the row, by the one above it. */
static bool
unfilter(unsigned char filter, const unsigned char *in, unsigned char *to,
    const unsigned char *above, size_t n)
{
	if (filter > 4)
		return false;
	for (size_t i = 0; i < n; i++) {
		unsigned int left = i > 0 ? to[i - 1] : 0, up = above != NULL ? above[i] : 0;
		unsigned int corner = i > 0 && above != NULL ? above[i - 1] : 0, add = 0;
		if (filter == 1)
			add = left;
		else if (filter == 2)
			add = up;
		else if (filter == 3)
			add = (left + up) / 2;
		else if (filter == 4)
			add = paeth((int)left, (int)up, (int)corner);
		to[i] = (unsigned char)(in[i] + add);
	}
	return true;
}

bool
pdf_unpredict(struct arena *a, struct str in, size_t columns, struct str *out)
{
	size_t rows = columns == 0 ? 0 : in.n / (columns + 1);
	unsigned char *to;

	if (rows == 0)
		return false;
	to = arena_get_array(a, rows, columns);
	for (size_t i = 0; i < rows; i++) {
		const unsigned char *row = (const unsigned char *)in.p + i * (columns + 1);
		if (!unfilter(row[0], row + 1, to + i * columns,
		        i > 0 ? to + (i - 1) * columns : NULL, columns))
			return false;
	}
	*out = str_make((const char *)to, rows * columns);
	return true;
}
