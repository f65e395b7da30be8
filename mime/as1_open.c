/* SPDX-License-Identifier: ISC */
/*
 * as1_open.c - the layers of a mail come off one by one, from the outside. Each must be the root of what is around it;
 * in which order they may come, and what else is refused, says verdict.h. Only what lies inside goes on to the next step,
 * so what was not signed is never looked at again.
 */
#include "mime/as1_in.h"
#include "mime/cms.h"
#include "mime/mic.h"

/* Break a rule, and look no further. */
static bool
stop(struct opening *o, enum verdict_rule rule, struct str found)
{
	verdict_refuse(&o->v, rule, found);
	return false;
}

/* What went wrong: with the mail, which breaks a rule, or with us. */
static bool
fail(struct opening *o, enum verdict_rule rule, const struct err *e)
{
	if (e->kind == ERR_INPUT)
		return stop(o, rule, str_dup(o->a, str_of(e->text)));
	as1_give_up(o, e);
	return false;
}

static int
read_tree(struct opening *o, struct span entity)
{
	struct err e;

	if (part_tree_scan(o->a, entity, &o->tree, &e) == -1) {
		(void)fail(o, RULE_MIME_LIMIT, &e);
		return -1;
	}
	if (!o->shown)
		as1_show_tree(o);
	o->layer++;
	return 0;
}

static bool
is_smime_body(const struct part *p)
{
	if (part_is(p, S("application/pkcs7-mime")) || part_is(p, S("application/x-pkcs7-mime")))
		return true;
	/* RFC 8551, 3.2.1: a gateway may have lost the type; then the name tells. */
	struct str end = str_from(p->file_name, p->file_name.n < 4 ? 0 : p->file_name.n - 4);
	return part_is(p, S("application/octet-stream")) &&
	    (str_eq_nocase(end, S(".p7m")) || str_eq_nocase(end, S(".p7z")));
}

static struct cms_trust
trust_of(const struct as1_policy *pol)
{
	return (struct cms_trust){ pol->partner, pol->now_ms, pol->allow, pol->grace_ms, pol->newcomers };
}

static void
judge_signature(struct opening *o, const struct cms_verified *c)
{
	o->v.fits = c->fits;
	as1_show_layer(o,
	    str_fmt(o->a, "signed(" STR_FMT ")",
	        STR_ARG(c->algorithms.n > 0 ? c->algorithms : S("unreadable"))));
	if (c->verdict != CMS_GOOD) {
		verdict_refuse(&o->v, c->rule, c->reason);
		return;
	}
	if (o->pol->by_address && !cert_is_for(o->pol->partner, c->at, o->from)) {
		verdict_refuse(&o->v, RULE_SIGNER_ADDRESS, c->signer);
		return;
	}
	o->v.is_signed = true;
	o->out->signer = c->signer;
	/* RFC 4130, 7.4.3: the MIC is by the digest that the message was signed by. */
	o->over = c->over;
}

static bool
is_signature(const struct part *p)
{
	return part_is(p, S("application/pkcs7-signature")) || part_is(p, S("application/x-pkcs7-signature")) ||
	    part_is(p, S("application/octet-stream"));
}

static bool
is_smime_protocol(struct str protocol)
{
	return protocol.n == 0 || str_eq_nocase(protocol, S("application/pkcs7-signature")) ||
	    str_eq_nocase(protocol, S("application/x-pkcs7-signature"));
}

/* A CMS message that comes out of a part. */
struct layer {
	struct span_source raw;
	struct cte_source decoded;
	struct pull pull;
	enum cms_kind kind;
};

static int
layer_begin(struct opening *o, size_t part, struct layer *l, struct err *e)
{
	l->raw = span_source(part_body_span(&o->tree, part));
	l->decoded = cte_source(o->tree.parts[part].cte, &l->raw.source);
	pull_init(&l->pull, o->a, &l->decoded.source);
	return cms_begin(&l->pull, &l->kind, e);
}

/* What the decoder met shows when all has been read. */
static void
layer_end(struct opening *o, struct layer *l)
{
	pull_drain(&l->pull);
	as1_refuse_flags(o, l->decoded.flags);
	cte_source_clear(&l->decoded);
}

static bool
verify_detached(struct opening *o, size_t content, size_t signature, struct span *inner)
{
	const struct cms_trust trust = trust_of(o->pol);
	struct cms_verified c;
	struct layer l;
	struct err e;
	bool begun, ok = false;

	*inner = part_span(&o->tree, content);
	begun = layer_begin(o, signature, &l, &e) == 0;
	if (begun)
		ok = cms_verify_in(&l.pull, l.kind, inner, &trust, o->room, &c, &e) == 0;
	layer_end(o, &l);
	if (begun && !ok) {
		as1_give_up(o, &e);
		return false;
	}
	if (!begun)
		c = (struct cms_verified){ .verdict = CMS_MALFORMED, .rule = RULE_SIGNATURE_BROKEN,
			.reason = str_dup(o->a, str_of(e.text)) };
	judge_signature(o, &c);
	return true;
}

/* multipart/signed (RFC 1847, 2.1): what is signed, the signature, nothing else. */
static bool
open_detached(struct opening *o, struct span *inner)
{
	const struct part *root = &o->tree.parts[0];
	size_t content = part_child(&o->tree, 0, 0), signature = part_child(&o->tree, 0, 1);

	if (!verdict_layer(&o->v, LAYER_SIGNED))
		return false;
	if (!is_smime_protocol(params_get(&root->type, S("protocol"))))
		return stop(o, RULE_SIGNED_PROTOCOL, S(""));
	if (root->children != 2)
		return stop(o, RULE_SIGNED_PARTS, str_fmt(o->a, "%u", root->children));
	if (!is_signature(&o->tree.parts[signature]))
		return stop(o, RULE_SIGNATURE_PART, S(""));
	if (!verify_detached(o, content, signature, inner))
		return false;
	/* The content's own come with the next tree. */
	o->v.outer_defects |= root->defects | o->tree.parts[signature].defects;
	o->shown = true;
	return true;
}

/* One kind of message taken apart; judge() is called when all of it has been read, and says whether there is an inside. */
struct taken {
	struct cms_verified signature;
	struct cms_opened opened;
	struct span inner;
	int rc;
	struct err e;
};

static bool
take_layer(struct opening *o, struct layer *l, struct taken *t)
{
	const struct cms_trust trust = trust_of(o->pol);
	const struct cms_keys keys = { o->pol->own, o->pol->key, o->pol->allow };

	switch (l->kind) {
	case CMS_IS_SIGNED:
		if (!verdict_layer(&o->v, LAYER_SIGNED))
			return false;
		t->rc = cms_verify_in(&l->pull, l->kind, NULL, &trust, o->room, &t->signature, &t->e);
		return true;
	case CMS_IS_ENVELOPED:
	case CMS_IS_AUTH_ENVELOPED:
		if (!verdict_layer(&o->v, LAYER_ENVELOPED))
			return false;
		t->rc = cms_open(&l->pull, l->kind, &keys, o->room, &t->opened, &t->e);
		return true;
	case CMS_IS_COMPRESSED:
		if (!verdict_layer(&o->v, LAYER_COMPRESSED))
			return false;
		t->rc = cms_inflate(&l->pull, o->room, &t->inner, &t->e);
		return true;
	case CMS_IS_OTHER:
		break;
	}
	return stop(o, RULE_CMS_KIND, S(""));
}

static bool
judge_opaque(struct opening *o, const struct taken *t, struct span *inner)
{
	judge_signature(o, &t->signature);
	*inner = t->signature.content;
	return span_is_set(*inner);
}

static bool
judge_envelope(struct opening *o, const struct taken *t, bool authenticated, struct span *inner)
{
	as1_show_layer(o, str_fmt(o->a, "enveloped(" STR_FMT ")", STR_ARG(t->opened.algorithm)));
	o->v.malleable = !authenticated;
	if (t->opened.weak)
		return stop(o, RULE_CIPHER_WEAK, t->opened.algorithm);
	if (t->rc == -1)
		return stop(o, RULE_DECRYPTION, S(""));
	*inner = o->proven = t->opened.content;
	return true;
}

static bool
judge_compressed(struct opening *o, const struct taken *t, struct span *inner)
{
	as1_show_layer(o, S("compressed(zlib)"));
	if (t->rc == -1)
		return stop(o, RULE_INFLATE, str_dup(o->a, str_of(t->e.text)));
	*inner = t->inner;
	/* RFC 5402, 4: over what was signed, compressed or not; else over what is within, before it was compressed. */
	if (!o->v.signature)
		o->proven = *inner;
	return true;
}

static bool
judge_layer(struct opening *o, const struct layer *l, const struct taken *t, struct span *inner)
{
	if (t->rc == -1 && t->e.kind != ERR_INPUT)
		return fail(o, RULE_CMS_BROKEN, &t->e);
	if (l->pull.broken)
		return fail(o, RULE_CMS_BROKEN, &l->pull.why);
	if (l->kind == CMS_IS_SIGNED)
		return judge_opaque(o, t, inner);
	if (l->kind == CMS_IS_COMPRESSED)
		return judge_compressed(o, t, inner);
	return judge_envelope(o, t, l->kind == CMS_IS_AUTH_ENVELOPED, inner);
}

/* application/pkcs7-mime: the object inside says what it is, not smime-type (RFC 8551, 3.2.2). */
static bool
open_smime(struct opening *o, struct span *inner)
{
	struct taken t = { .rc = 0 };
	struct layer l;
	struct err e;
	bool begun = layer_begin(o, 0, &l, &e) == 0, taken = begun && take_layer(o, &l, &t);

	layer_end(o, &l);
	if (!begun)
		return fail(o, RULE_CMS_BROKEN, &e);
	if (!taken || !judge_layer(o, &l, &t, inner))
		return false;
	o->v.outer_defects |= part_tree_defects(&o->tree);
	o->shown = false;
	return true;
}

/* Take one layer off. true: there was one, and inner is what it held. done: none is left. */
static bool
next_layer(struct opening *o, struct span *inner, bool *done)
{
	const struct part *root = &o->tree.parts[0];

	*done = false;
	if (is_smime_body(root))
		return open_smime(o, inner);
	if (part_is(root, S("multipart/signed")))
		return open_detached(o, inner);
	*done = true;
	return false;
}

/* Whether all layers came off, so that there is something inside to look at. */
static bool
open_layers(struct opening *o, struct span entity)
{
	struct span inner = entity;
	bool done;

	while (read_tree(o, entity) == 0) {
		if (!next_layer(o, &inner, &done))
			return done;
		entity = inner;
	}
	return false;
}

/* RFC 3335, 5.3; RFC 4130, 7.3.1: over what was signed, else encrypted, else the bare document. */
static int
make_mic(struct opening *o, struct err *e)
{
	enum mic_alg alg = o->mic_alg != MIC_NONE ? o->mic_alg : MIC_SHA256;
	struct rope over = { 0 };

	if (o->over.alg != MIC_NONE) {
		o->out->mic = o->over;
		return 0;
	}
	if (!span_is_set(o->proven) && o->out->n == 0)
		return 0;
	rope_bytes(&over, span_is_set(o->proven) ? o->proven : o->out->payloads[0].content);
	return rope_mic(&over, alg, &o->out->mic, e);
}

static void
tell_verdict(struct opening *o)
{
	struct as1_opened *out = o->out;

	verdict_close(&o->v, out->kind == AS1_IS_DOCUMENT);
	out->verdict = verdict_word(&o->v);
	out->reason = verdict_text(&o->v);
	out->encrypted = o->v.enveloped;
	out->is_signed = o->v.is_signed;
	if (out->verdict != AS1_OK)
		out->n = 0;
}

static void
read_mail(struct opening *o, struct span entity)
{
	struct header h;
	struct str top;
	struct err e;

	if (span_join(o->a, span_sub(entity, 0, HEADER_BLOCK_MAX), HEADER_BLOCK_MAX, &top, &e) == -1) {
		as1_give_up(o, &e);
	} else if (header_read(o->a, str_sub(top, 0, header_length(top)), &h, &e) == -1) {
		verdict_refuse(&o->v, RULE_HEADER, str_dup(o->a, str_of(e.text)));
	} else {
		as1_read_request(o, &h);
		as1_read_from(o, &h);
		o->robot = as1_is_robot(o->a, &h);
		as1_read_outer(o, &h);
		if (open_layers(o, entity))
			as1_look_inside(o);
	}
}

int
as1_open_in(struct arena *a, struct span mail, const struct as1_policy *pol, struct room *room,
    struct as1_opened *out, struct err *e)
{
	struct opening o = { .a = a, .pol = pol, .room = room, .out = out, .v = { .a = a } };
	struct span entity;

	*out = (struct as1_opened){ .verdict = AS1_OK, .wants_known = true };
	out->mdn.disposition = MDN_UNKNOWN;
	if (as1_wire(room, mail, &entity, e) == -1)
		return -1;
	read_mail(&o, entity);
	if (o.trouble)
		return err_set(e, o.why.kind, "%s", o.why.text);
	tell_verdict(&o);
	as1_clean_texts(&o);
	return out->verdict == AS1_OK ? make_mic(&o, e) : 0;
}

int
as1_open(struct arena *a, struct str mail, const struct as1_policy *pol, struct as1_opened *out,
    struct err *e)
{
	struct arena_room room = arena_room(a);
	struct str content;

	if (as1_open_in(a, span_str(mail), pol, &room.room, out, e) == -1)
		return -1;
	for (size_t i = 0; i < out->n; i++) {
		if (span_join(a, out->payloads[i].content, SIZE_MAX, &content, e) == -1)
			return -1;
		out->payloads[i].content = span_str(content);
	}
	return 0;
}
