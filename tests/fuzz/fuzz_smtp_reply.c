/* SPDX-License-Identifier: ISC */
/* Replies of a hostile server, read in one piece and byte by byte: both ways must agree. */
#include "gateway/smtp/reply.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static enum step
read_bytewise(struct reply *r, struct str all, struct err *e)
{
	struct str seen = str_sub(all, 0, 0);
	enum step step = STEP_MORE;

	for (size_t end = 1; end <= all.n && step == STEP_MORE; end++) {
		seen.n = (size_t)(all.p + end - seen.p);
		step = reply_feed(r, &seen, e);
	}
	return step;
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct str all = str_make((const char *)p, n), in = all;
	struct reply one = REPLY_INIT, other = REPLY_INIT;
	struct err e;
	char line[100], again[100];
	enum step step = reply_feed(&one, &in, &e);

	if (n > 0 && step != read_bytewise(&other, all, &e))
		abort();
	if (step == STEP_DONE) {
		reply_line(&one, line, sizeof(line));
		reply_line(&other, again, sizeof(again));
		if (one.code != other.code || one.lines != other.lines || strcmp(one.enhanced, other.enhanced) != 0 ||
		    strcmp(line, again) != 0 || str_has_ctl(str_of(line)) || one.code < 200 || one.code > 599)
			abort();
	}
	reply_clear(&one);
	reply_clear(&other);
	return 0;
}
