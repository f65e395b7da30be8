/* SPDX-License-Identifier: ISC */
#include "gateway/taken.h"

/* Where it lies is in the folders, not in the job: a crash may have come between its move and the word of it. */
int
taken_map(struct spool *s, const char *ulid, struct str *out, struct err *e)
{
	static const enum spool_box boxes[] = { SPOOL_IN, SPOOL_ARRIVED, SPOOL_QUARANTINE };
	size_t i = 0;

	while (i < N(boxes) - 1 && !spool_has(s, boxes[i], ulid))
		i++;
	return spool_map(s, boxes[i], ulid, TAKEN_MAX, out, e);
}
