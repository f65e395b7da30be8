/* SPDX-License-Identifier: ISC */
/* Any text decodes to something, the same in one piece or strict; any bytes come back from their encoding. */
#include "gateway/base/base64.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str in = { (const char *)data, size };
	struct buf tolerant = BUF_CAP(size), strict = BUF_CAP(size), lines = BUF_CAP(2 * size + 100), back = BUF_CAP(size);
	unsigned int flags = 0;
	struct err e;
	int rc;

	assert(base64_get(&tolerant, in, &flags, &e) == 0);
	rc = base64_get(&strict, in, NULL, &e);
	assert(rc == (flags == 0 ? 0 : -1));
	assert(rc == -1 ? strict.n == 0 : str_eq(buf_str(&strict), buf_str(&tolerant)));

	assert(base64_put_lines(&lines, in, &e) == 0);
	assert(base64_get(&back, buf_str(&lines), NULL, &e) == 0);
	assert(str_eq(buf_str(&back), in));
	buf_cut(&lines, 0);
	assert(base64_put(&lines, in, &e) == 0);
	assert(lines.n == (size + 2) / 3 * 4);
	buf_clear(&tolerant);
	buf_clear(&strict);
	buf_clear(&lines);
	buf_clear(&back);
	return 0;
}
