/* SPDX-License-Identifier: ISC */
/*
 * as1_mics.c - what the MIC of an unsigned mail is over. RFC 3335, 5.3 says the content; RFC 4130, 7.3.1 can be read as
 * the content as it was encoded; RFC 5402, 4.3 says headers and content; and all of them have been built. A signed mail
 * leaves no doubt: what was signed.
 */
#include "gateway/base/base64.h"
#include "mime/as1.h"
#include "mime/write.h"

/* One more, unless it is there. */
static int
add(struct mic_set *set, enum mic_alg alg, struct str over, struct err *e)
{
	struct mic mic;

	if (mic_make(alg, over, &mic, e) == -1)
		return -1;
	for (size_t i = 0; i < set->n; i++)
		if (mic_eq(&set->list[i], &mic))
			return 0;
	set->list[set->n++] = mic;
	return 0;
}

int
as1_mics(const struct as1_document *d, const struct mic *right, struct mic_set *out, struct err *e)
{
	const size_t cap = d->content.n * 2 + AS1_PART_HEADER_MAX;
	struct buf part = BUF_CAP(cap), encoded = BUF_CAP(cap);
	int rc = -1;

	*out = (struct mic_set){ .list = { *right }, .n = 1 };
	if (d->sign)
		return 0;
	if (write_file_part(&part, d->media_type, d->file_name, d->content, e) == -1 ||
	    base64_put_lines(&encoded, d->content, e) == -1)
		goto out;
	if (add(out, right->alg, d->content, e) == -1 || add(out, right->alg, buf_str(&part), e) == -1 ||
	    add(out, right->alg, buf_str(&encoded), e) == -1)
		goto out;
	rc = 0;
out:
	buf_clear(&part);
	buf_clear(&encoded);
	return rc;
}
