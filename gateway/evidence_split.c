/* SPDX-License-Identifier: ISC */
/*
 * evidence_split.c - a mail as far as its signature: the exact bytes that were signed, and the signature. With both in
 * files of their own nobody who checks them later has to agree with us about MIME.
 */
#include "gateway/evidence.h"

#include "mime/as1.h"

#define SPLIT_LAYERS_MAX 3

static struct str
decoded(struct arena *a, const struct part_tree *t, size_t i)
{
	unsigned int flags = 0;

	return cte_decode(a, t->parts[i].cte, part_body(t, i), &flags);
}

static bool
is_smime(const struct part *p)
{
	struct str name = p->file_name;

	return part_is(p, S("application/pkcs7-mime")) ||
	    part_is(p, S("application/x-pkcs7-mime")) ||
	    (part_is(p, S("application/octet-stream")) && name.n > 4 &&
	        str_eq_nocase(str_from(name, name.n - 4), S(".p7m")));
}

void
evidence_verify(struct arena *a, struct str signature, struct str detached, const struct cert_set *trusted,
    const struct cert_newcomers *others, int64_t at_ms, struct cms_verified *out)
{
	cms_verify(a, signature, detached, &(struct cms_trust){ trusted, at_ms, 0, 0, others }, out);
}

/* Opaque: the content lies inside the signature; whoever signed, it comes out. */
static bool
split_opaque(struct arena *a, struct str der, struct evidence_split *out)
{
	struct cms_verified v;

	evidence_verify(a, der, (struct str){ 0 }, NULL, NULL, 0, &v);
	if (!span_is_set(v.content))
		return false;
	out->content = span_mem(v.content);
	out->signature = der;
	out->opaque = true;
	return true;
}

/* Take the root's layer off. true: there was an envelope, and its inside is the next entity. */
static bool
split_layer(struct arena *a, const struct part_tree *t, const struct cert_set *own, const struct cert_key *key,
    struct evidence_split *out, struct str *inner)
{
	enum cms_kind kind;
	struct cms_opened opened;
	struct str der;

	if (part_is(&t->parts[0], S("multipart/signed")) && t->parts[0].children == 2) {
		out->content = part_bytes(t, part_child(t, 0, 0));
		out->signature = decoded(a, t, part_child(t, 0, 1));
		return false;
	}
	if (!is_smime(&t->parts[0]))
		return false;
	der = decoded(a, t, 0);
	if (cms_kind_of(der, &kind, NULL) == -1)
		return false;
	if (kind == CMS_IS_SIGNED) {
		(void)split_opaque(a, der, out);
		return false;
	}
	if (kind == CMS_IS_COMPRESSED) {
		if (cms_decompress(a, der, inner, NULL) == -1)
			return false;
		out->content = *inner;
		return true;
	}
	out->encrypted = true;
	/* It was opened once, when it came: by an exception that may have ended since. */
	if (own == NULL || key == NULL ||
	    cms_decrypt(a, own, key, ALG_ALLOW_SHA1 | ALG_ALLOW_3DES, der, &opened, NULL) == -1)
		return false;
	*inner = span_mem(opened.content);
	out->content = *inner;
	return true;
}

void
evidence_split(struct arena *a, struct str mail, const struct cert_set *own, const struct cert_key *key,
    struct evidence_split *out)
{
	struct str entity = as1_wire_form(a, mail);
	struct part_tree t;

	*out = (struct evidence_split){ 0 };
	for (unsigned int i = 0; i < SPLIT_LAYERS_MAX; i++)
		if (part_tree_read(a, entity, &t, NULL) == -1 || !split_layer(a, &t, own, key, out, &entity))
			return;
}

/* Of a part that is CMS CompressedData: what is in it. */
static bool
is_inflated(struct arena *a, const struct part_tree *t, size_t i, struct str *inner)
{
	enum cms_kind kind;
	struct str der;

	if (!is_smime(&t->parts[i]))
		return false;
	der = decoded(a, t, i);
	return cms_kind_of(der, &kind, NULL) == 0 && kind == CMS_IS_COMPRESSED && cms_decompress(a, der, inner, NULL) == 0;
}

/* By its bytes, or by their digest. */
struct wanted {
	struct str bytes, sha256;
};

static bool
find_leaf(struct arena *a, struct str entity, const struct wanted *w, unsigned int depth,
    struct evidence_leaf *out)
{
	struct part_tree t;

	if (part_tree_read(a, entity, &t, NULL) == -1)
		return false;
	for (size_t i = 0; i < t.n; i++) {
		struct str bytes, inner;
		if (t.parts[i].children > 0)
			continue;
		if (depth > 0 && is_inflated(a, &t, i, &inner)) {
			if (!find_leaf(a, inner, w, depth - 1, out))
				continue;
			out->around = t.parts[i];
			out->inflated = inner;
			return true;
		}
		bytes = decoded(a, &t, i);
		if (w->bytes.p != NULL ? str_eq(bytes, w->bytes) : str_eq(evidence_sha256(a, bytes), w->sha256)) {
			*out = (struct evidence_leaf){ .part = t.parts[i], .bytes = bytes };
			return true;
		}
	}
	return false;
}

bool
evidence_leaf(struct arena *a, struct str entity, struct str bytes, struct evidence_leaf *out)
{
	return find_leaf(a, entity, &(struct wanted){ .bytes = bytes }, 1, out);
}

struct str
evidence_payload(struct arena *a, struct str entity, struct str sha256)
{
	struct evidence_leaf leaf;

	return find_leaf(a, entity, &(struct wanted){ .sha256 = sha256 }, 1, &leaf) ? leaf.bytes : (struct str){ 0 };
}

bool
evidence_fields(struct arena *a, struct str entity, struct part *out)
{
	struct part_tree t;

	if (part_tree_read(a, entity, &t, NULL) == -1)
		return false;
	for (size_t i = 0; i < t.n; i++)
		if (part_is(&t.parts[i], S("message/disposition-notification"))) {
			*out = t.parts[i];
			return true;
		}
	return false;
}
