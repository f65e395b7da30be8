/* SPDX-License-Identifier: ISC */
/*
 * as1_mics.c - what the MIC of an unsigned mail is over. RFC 3335, 5.3 says the content; RFC 4130, 7.3.1 can be read as
 * the content as it was encoded; RFC 5402, 4.3 says headers and content; and all of them have been built. A signed mail
 * leaves no doubt: what was signed.
 */
#include "mime/as1_mail.h"

/* One more, unless it is there. */
static int
add(struct mic_set *set, const struct rope *over, struct err *e)
{
	struct mic mic;

	if (rope_mic(over, MIC_SHA256, &mic, e) == -1)
		return -1;
	for (size_t i = 0; i < set->n; i++)
		if (mic_eq(&set->list[i], &mic))
			return 0;
	set->list[set->n++] = mic;
	return 0;
}

/* The right one first: over the part when it was encrypted or compressed, else over the content. */
int
as1_mics(const struct as1_document *d, const struct rope *part, struct mic_set *out, struct err *e)
{
	struct rope content = { 0 }, encoded = { 0 };
	bool wrapped = d->how.encrypt || d->how.compress;

	rope_bytes(&content, d->content);
	rope_base64(&encoded, &content);
	*out = (struct mic_set){ .n = 0 };
	if (add(out, wrapped ? part : &content, e) == -1 || add(out, wrapped ? &content : part, e) == -1)
		return -1;
	return add(out, &encoded, e);
}
