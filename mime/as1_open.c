/* SPDX-License-Identifier: ISC */
/*
 * as1_open.c - the layers of a mail come off one by one, from the outside. Each must be the root of what is around it;
 * in which order they may come, and what else is refused, says verdict.h. Only what lies inside goes on to the next step,
 * so what was not signed is never looked at again.
 */
#include "mime/as1_in.h"
#include "mime/cms.h"

_Static_assert(AS1_INFLATED_MAX == CMS_INFLATED_MAX, "the arena is as large as what is inflated into it");

/* Break a rule, and look no further. */
static bool
stop(struct opening *o, enum verdict_rule rule, struct str found)
{
	verdict_refuse(&o->v, rule, found);
	return false;
}

static int
read_tree(struct opening *o, struct str entity)
{
	struct err e;

	if (part_tree_read(o->a, entity, &o->tree, &e) == -1) {
		verdict_refuse(&o->v, RULE_MIME_LIMIT, str_dup(o->a, str_of(e.text)));
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
	return (struct cms_trust){ pol->partner, pol->now_ms, pol->allow, pol->grace_ms };
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
	o->mic_alg = c->digest;
	o->proven = c->content;
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

/* multipart/signed (RFC 1847, 2.1): what is signed, the signature, nothing else. */
static bool
open_detached(struct opening *o, struct str *inner)
{
	const struct part *root = &o->tree.parts[0];
	size_t content = part_child(&o->tree, 0, 0), signature = part_child(&o->tree, 0, 1);
	const struct cms_trust trust = trust_of(o->pol);
	struct cms_verified c;

	if (!verdict_layer(&o->v, LAYER_SIGNED))
		return false;
	if (!is_smime_protocol(params_get(&root->type, S("protocol"))))
		return stop(o, RULE_SIGNED_PROTOCOL, S(""));
	if (root->children != 2)
		return stop(o, RULE_SIGNED_PARTS, str_fmt(o->a, "%u", root->children));
	if (!is_signature(&o->tree.parts[signature]))
		return stop(o, RULE_SIGNATURE_PART, S(""));
	*inner = part_bytes(&o->tree, content);
	cms_verify(o->a, as1_decode(o, signature), *inner, &trust, &c);
	judge_signature(o, &c);
	/* The content's own come with the next tree. */
	o->v.outer_defects |= root->defects | o->tree.parts[signature].defects;
	o->shown = true;
	return true;
}

static bool
open_opaque(struct opening *o, struct str der, struct str *inner)
{
	const struct cms_trust trust = trust_of(o->pol);
	struct cms_verified c;

	if (!verdict_layer(&o->v, LAYER_SIGNED))
		return false;
	cms_verify(o->a, der, (struct str){ 0 }, &trust, &c);
	judge_signature(o, &c);
	*inner = c.content;
	return c.content.p != NULL;
}

static bool
open_envelope(struct opening *o, struct str der, bool authenticated, struct str *inner)
{
	struct cms_opened opened;
	int rc;

	if (!verdict_layer(&o->v, LAYER_ENVELOPED))
		return false;
	rc = cms_decrypt(o->a, o->pol->own, o->pol->key, o->pol->allow, der, &opened, NULL);
	*inner = opened.content;
	as1_show_layer(o, str_fmt(o->a, "enveloped(" STR_FMT ")", STR_ARG(opened.algorithm)));
	o->v.malleable = !authenticated;
	if (opened.weak)
		return stop(o, RULE_CIPHER_WEAK, opened.algorithm);
	if (rc == -1)
		return stop(o, RULE_DECRYPTION, S(""));
	o->proven = *inner;
	return true;
}

static bool
open_compressed(struct opening *o, struct str der, struct str *inner)
{
	struct err e;

	if (!verdict_layer(&o->v, LAYER_COMPRESSED))
		return false;
	as1_show_layer(o, S("compressed(zlib)"));
	if (cms_decompress(o->a, der, inner, &e) == -1)
		return stop(o, RULE_INFLATE, str_dup(o->a, str_of(e.text)));
	/* RFC 5402, 4: over what was signed, compressed or not; else over what is within, before it was compressed. */
	if (!o->v.signature)
		o->proven = *inner;
	return true;
}

static bool
open_kind(struct opening *o, struct str der, enum cms_kind kind, struct str *inner)
{
	switch (kind) {
	case CMS_IS_SIGNED:
		return open_opaque(o, der, inner);
	case CMS_IS_ENVELOPED:
	case CMS_IS_AUTH_ENVELOPED:
		return open_envelope(o, der, kind == CMS_IS_AUTH_ENVELOPED, inner);
	case CMS_IS_COMPRESSED:
		return open_compressed(o, der, inner);
	case CMS_IS_OTHER:
		break;
	}
	return stop(o, RULE_CMS_KIND, S(""));
}

/* application/pkcs7-mime: the object inside says what it is, not smime-type (RFC 8551, 3.2.2). */
static bool
open_smime(struct opening *o, struct str *inner)
{
	struct str der = as1_decode(o, 0);
	enum cms_kind kind;
	struct err e;

	if (cms_kind_of(der, &kind, &e) == -1)
		return stop(o, RULE_CMS_BROKEN, str_dup(o->a, str_of(e.text)));
	if (!open_kind(o, der, kind, inner))
		return false;
	o->v.outer_defects |= part_tree_defects(&o->tree);
	o->shown = false;
	return true;
}

/* Take one layer off. true: there was one, and inner is what it held. done: none is left. */
static bool
next_layer(struct opening *o, struct str *inner, bool *done)
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
open_layers(struct opening *o, struct str entity)
{
	struct str inner = S("");
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
	struct str over = o->proven;

	if (over.p == NULL && o->out->n > 0)
		over = o->out->payloads[0].content;
	if (over.p == NULL)
		return 0;
	return mic_make(o->mic_alg != MIC_NONE ? o->mic_alg : MIC_SHA256, over, &o->out->mic, e);
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

int
as1_open(struct arena *a, struct str mail, const struct as1_policy *pol, struct as1_opened *out,
    struct err *e)
{
	struct opening o = { .a = a, .pol = pol, .out = out, .v = { .a = a } };
	struct str entity = as1_wire_form(a, mail), top = str_sub(entity, 0, HEADER_BLOCK_MAX);
	struct header h;
	struct err why;

	*out = (struct as1_opened){ .verdict = AS1_OK, .wants_known = true };
	out->mdn.disposition = MDN_UNKNOWN;
	if (header_read(a, str_sub(top, 0, header_length(top)), &h, &why) == -1) {
		verdict_refuse(&o.v, RULE_HEADER, str_dup(a, str_of(why.text)));
	} else {
		as1_read_request(&o, &h);
		as1_read_from(&o, &h);
		o.robot = as1_is_robot(a, &h);
		as1_read_outer(&o, &h);
		if (open_layers(&o, entity))
			as1_look_inside(&o);
	}
	tell_verdict(&o);
	as1_clean_texts(&o);
	return out->verdict == AS1_OK ? make_mic(&o, e) : 0;
}
