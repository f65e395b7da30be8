/* SPDX-License-Identifier: ISC */
/*
 * as1_mics.c - what the MIC of a receipt is over, and what partners take instead. A signed mail leaves no doubt: what was
 * signed (RFC 4130, 7.3.1). Of an unsigned one RFC 3335, 5.3 says the content; RFC 4130 can be read as the content as it
 * was encoded; RFC 5402, 4.3 says headers and content; and all of them have been built. What is wrong in a known way has
 * a name: when such a receipt comes, both sides learn what to look for. That is found out when it comes, from the mail as it
 * was sent (as1_way.c); but of one that only the partner can open, it is kept beforehand.
 */
#include "mime/as1_mail.h"
#include "mime/mic.h"

#define ERRORS_MAX (8u << 20)	/* of a document: for a longer one the wrong ways are not worth the digests */

/* A digest of bytes that go by, of some of them, or with LF in place of CRLF. */
struct variant {
	struct mic_sink digest;
	uint64_t from, to;	/* the bytes that count */
	bool lf;
};
enum { BODY, LF, EOL, CUT, VARIANTS };

struct variants {
	struct sink sink;
	struct variant list[VARIANTS];
	uint64_t at;
};

static int
put_without_cr(struct variant *v, struct str piece, struct err *e)
{
	struct str run;
	bool more = piece.n > 0;

	while (more) {
		more = str_cut(&piece, '\r', &run);
		if (run.n > 0 && v->digest.sink.put(&v->digest.sink, run, e) == -1)
			return -1;
	}
	return 0;
}

static int
variants_put(struct sink *s, struct str piece, struct err *e)
{
	struct variants *all = (struct variants *)s;

	for (size_t i = 0; i < VARIANTS; i++) {
		struct variant *v = &all->list[i];
		uint64_t from = v->from > all->at ? v->from - all->at : 0;
		uint64_t to = v->to > all->at ? v->to - all->at : 0;
		struct str some = str_sub(piece, (size_t)from, to > from ? (size_t)(to - from) : 0);
		if (some.n > 0 && (v->lf ? put_without_cr(v, some, e) : v->digest.sink.put(&v->digest.sink, some, e)) == -1)
			return -1;
	}
	all->at += piece.n;
	return 0;
}

static void
add(struct mic_set *set, const struct mic *mic, const char *how)
{
	for (size_t i = 0; i < set->n; i++)
		if (mic_eq(&set->list[i], mic))
			return;
	set->list[set->n] = *mic;
	set->how[set->n++] = how;
}

static int
add_rope(struct mic_set *set, const struct rope *over, enum mic_alg alg, const char *how,
    struct err *e)
{
	struct mic mic;

	if (over == NULL)
		return 0;
	if (rope_mic(over, alg, &mic, e) == -1)
		return -1;
	add(set, &mic, how);
	return 0;
}

/* The ways to go wrong over an entity, in one go: its header is the first piece of its rope. */
static int
add_variants(struct mic_set *set, const struct rope *entity, enum mic_alg alg, struct err *e)
{
	static const char *const how[] = { [BODY] = "wrong: body",
		[LF] = "wrong: lf",
		[EOL] = "wrong: eol",
		[CUT] = "wrong: cut" };
	const uint64_t size = rope_size(entity), header = entity->list[0].bytes.n;
	struct variants all = { .sink = { variants_put }, .list = {
		[BODY] = { .from = header, .to = size }, [LF] = { .to = size, .lf = true }, [EOL] = { .to = size },
		[CUT] = { .to = size < 2 ? 0 : size - 2 } } };
	struct sink *eol = &all.list[EOL].digest.sink;
	struct mic mic;
	int rc = -1;

	for (size_t i = 0; i < VARIANTS; i++)
		if (mic_sink_open(&all.list[i].digest, 1u << alg, NULL, e) == -1)
			goto out;
	if (rope_put(entity, &all.sink, e) == -1 || eol->put(eol, S("\r\n"), e) == -1)
		goto out;
	for (size_t i = 0; i < VARIANTS; i++) {
		if (mic_sink_get(&all.list[i].digest, alg, &mic, e) == -1)
			goto out;
		add(set, &mic, how[i]);
	}
	rc = 0;
out:
	for (size_t i = 0; i < VARIANTS; i++)
		mic_sink_clear(&all.list[i].digest);
	return rc;
}

int
as1_mic_errors(const struct as1_layers *l, enum mic_alg alg, struct mic_set *out, struct err *e)
{
	const struct rope *entity = l->entity != NULL ? l->entity : l->part;
	struct rope content = { 0 };

	rope_bytes(&content, l->content);
	if (add_rope(out, &content, alg, "wrong: document", e) == -1 || add_rope(out, l->part, alg, "wrong: inflated", e) == -1 ||
	    add_rope(out, l->deflated, alg, "wrong: deflated", e) == -1)
		return -1;
	return add_variants(out, entity, alg, e);
}

/* The right one first: over the part when it was encrypted or compressed, else over the content. */
static int
add_unsigned(const struct as1_layers *l, enum mic_alg alg, struct mic_set *out, struct err *e)
{
	struct rope content = { 0 }, encoded = *l->part;

	rope_bytes(&content, l->content);
	for (size_t i = 1; i < encoded.n; i++)
		encoded.list[i - 1] = encoded.list[i];
	encoded.n--;
	if (add_rope(out, l->wrapped ? l->part : &content, alg, NULL, e) == -1 ||
	    add_rope(out, l->wrapped ? &content : l->part, alg, l->wrapped ? "content" : "part", e) == -1)
		return -1;
	return add_rope(out, &encoded, alg, "encoded", e);
}

int
as1_mics_right(const struct as1_layers *l, enum mic_alg alg, struct mic_set *out, struct err *e)
{
	if (l->entity == NULL)
		return add_unsigned(l, alg, out, e);
	if (l->over.alg != alg)
		return add_rope(out, l->entity, alg, NULL, e);
	add(out, &l->over, NULL);
	return 0;
}

int
as1_mics(const struct as1_layers *l, bool sealed, struct mic_set *out, struct err *e)
{
	const enum mic_alg alg = l->entity != NULL ? l->over.alg : MIC_SHA256;
	const bool small = l->content.n <= ERRORS_MAX;
	struct rope content = { 0 };

	rope_bytes(&content, l->content);
	*out = (struct mic_set){ .n = 0 };
	if (as1_mics_right(l, alg, out, e) == -1)
		return -1;
	/* Some know nothing else when nothing was signed. */
	if (l->entity == NULL && add_rope(out, l->wrapped ? l->part : &content, MIC_SHA1, "by SHA-1", e) == -1)
		return -1;
	if (!sealed || !small)
		return 0;
	if (l->entity != NULL && add_rope(out, l->entity, MIC_SHA1, "by SHA-1", e) == -1)
		return -1;
	return as1_mic_errors(l, alg, out, e);
}
