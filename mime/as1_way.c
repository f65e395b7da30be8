/* SPDX-License-Identifier: ISC */
/*
 * as1_way.c - a mail of our own taken apart again, to find out over which of its bytes a partner has made a MIC. Nothing is
 * verified here: it lay in our spool.
 */
#include "mime/as1_mail.h"
#include "mime/header.h"
#include "mime/mic.h"
#include "mime/part.h"

#define LAYERS_MAX 3			/* compressed, signed, the document */

struct ours {
	struct arena *a;
	struct room *room;
	struct as1_layers layers;
	bool sealed;			/* by an envelope that is the partner's to open */
};

/* Part i, its header as a piece of its own, from at on: in the mail the header of the root stands behind that of the mail. */
static const struct rope *
rope_of(struct ours *o, const struct part_tree *t, size_t i, uint64_t at)
{
	const struct part *p = &t->parts[i];
	struct rope *r = arena_new_of(o->a, struct rope);

	rope_bytes(r, span_sub(t->entity, at, p->body - at));
	rope_bytes(r, span_sub(t->entity, p->body, p->end - p->body));
	return r;
}

/* Where the root begins: as1_pack() writes the header of the mail first, and MIME-Version last of it. */
static int
find_root(struct ours *o, const struct part_tree *t, uint64_t *at, struct err *e)
{
	struct str header;
	size_t found;

	*at = t->parts[0].start;
	if (span_join(o->a, part_header_span(t, 0), HEADER_BLOCK_MAX, &header, e) == -1)
		return -1;
	if (str_find(header, S("\r\nMIME-Version: 1.0\r\n"), &found))
		*at = found + S("\r\nMIME-Version: 1.0\r\n").n;
	return 0;
}

static int
decode(struct ours *o, const struct part_tree *t, size_t i, struct span *out, struct err *e)
{
	struct span_source raw = span_source(part_body_span(t, i));
	struct cte_source decoded = cte_source(t->parts[i].cte, &raw.source);
	struct store *kept = o->room->open(o->room, e);
	struct store_sink to = store_sink(kept);
	int rc = kept == NULL ? -1 : stream_pump(&decoded.source, &to.sink, e);

	cte_source_clear(&decoded);
	if (rc == 0)
		*out = span_store(kept);
	return rc;
}

/* What is in an application/pkcs7-mime, unless it is for the partner's eyes only. */
static int
open_smime(struct ours *o, const struct part_tree *t, uint64_t at, struct span *inner,
    bool *is_signed, struct err *e)
{
	struct span_source raw = span_source(part_body_span(t, 0));
	struct cte_source decoded = cte_source(t->parts[0].cte, &raw.source);
	const struct cms_trust nobody = { .certs = NULL };
	struct cms_verified c = { .verdict = CMS_MALFORMED };
	enum cms_kind kind = CMS_IS_OTHER;
	struct pull pull;
	int rc;

	pull_init(&pull, o->a, &decoded.source);
	rc = cms_begin(&pull, &kind, e);
	if (rc == 0 && kind == CMS_IS_COMPRESSED) {
		rc = cms_inflate(&pull, o->room, inner, e);
		*is_signed = false;
		o->layers.deflated = rope_of(o, t, 0, at);
	} else if (rc == 0 && kind == CMS_IS_SIGNED) {
		rc = cms_verify_in(&pull, kind, NULL, &nobody, o->room, &c, e);
		*inner = c.content;
		*is_signed = true;
	} else {
		o->sealed = true;
	}
	cte_source_clear(&decoded);
	return rc;
}

/* The document's own part: all there is, or behind the words for people that an unsigned one begins with. */
static int
take_part(struct ours *o, const struct part_tree *t, uint64_t at, struct err *e)
{
	size_t i = part_is(&t->parts[0], S("multipart/mixed")) ? part_child(t, 0, 1) : 0;

	if (i == PART_NONE)
		return err_set(e, ERR_INPUT, "no document in it");
	o->layers.part = rope_of(o, t, i, i == 0 ? at : t->parts[i].start);
	return decode(o, t, i, &o->layers.content, e);
}

/* What is around the document, once; is_signed: what comes next is what was signed. */
static int
next_layer(struct ours *o, const struct part_tree *t, uint64_t at, struct span *inner,
    bool *is_signed, struct err *e)
{
	if (part_is(&t->parts[0], S("multipart/signed"))) {
		*inner = part_span(t, part_child(t, 0, 0));
		*is_signed = true;
		return 0;
	}
	return open_smime(o, t, at, inner, is_signed, e);
}

static int
take_apart(struct ours *o, struct span entity, struct err *e)
{
	bool is_signed = false;
	struct part_tree t;
	struct span inner;
	uint64_t at;

	for (size_t i = 0; i < LAYERS_MAX && !o->sealed; i++, entity = inner) {
		if (part_tree_scan(o->a, entity, &t, e) == -1 || find_root(o, &t, &at, e) == -1)
			return -1;
		if (is_signed)
			o->layers.entity = rope_of(o, &t, 0, at);
		if (!part_is(&t.parts[0], S("multipart/signed")) &&
		    !part_is(&t.parts[0], S("application/pkcs7-mime")))
			return take_part(o, &t, at, e);
		if (next_layer(o, &t, at, &inner, &is_signed, e) == -1)
			return -1;
	}
	return o->sealed ? 0 : err_set(e, ERR_INPUT, "too many layers");
}

static const char *
named(const struct mic_set *set, const struct mic *got)
{
	for (size_t i = 0; i < set->n; i++)
		if (mic_eq(&set->list[i], got))
			return set->how[i] != NULL && str_starts(str_of(set->how[i]), S("wrong")) ? set->how[i] : "right";
	return "unknown";
}

int
as1_mic_way(struct arena *a, struct span mail, const struct mic *got, struct room *room,
    const char **way, struct err *e)
{
	struct ours o = { .a = a, .room = room };
	struct mic_set set = { .n = 0 };

	*way = "";
	if (got->alg == MIC_NONE)
		return 0;
	if (take_apart(&o, mail, e) == -1)
		return -1;
	if (o.sealed)
		return 0;
	o.layers.wrapped = o.layers.deflated != NULL;
	if (as1_mics_right(&o.layers, got->alg, &set, e) == -1)
		return -1;
	*way = named(&set, got);
	if (!str_eq(str_of(*way), S("unknown")))
		return 0;
	if (as1_mic_errors(&o.layers, got->alg, &set, e) == -1)
		return -1;
	*way = named(&set, got);
	return 0;
}
