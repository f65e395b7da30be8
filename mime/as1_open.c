/* SPDX-License-Identifier: ISC */
/*
 * as1_open.c - the layers of a mail come off one by one, from the outside: an envelope at most
 * once, then a signature at most once, with compression before or after it. Each must be the root of what is around it. Only what lies
 * inside goes on to the next step, so what was not signed is never looked at again.
 */
#include "mime/as1_in.h"
#include "mime/cms.h"

#define LAYERS_MAX 5

_Static_assert(AS1_INFLATED_MAX == CMS_INFLATED_MAX, "the arena is as large as what is inflated into it");

static const struct str undecryptable =
    S_INIT("cannot be decrypted with our key, or was changed on the way");

void
as1_refuse(struct opening *o, enum as1_verdict verdict, struct str reason)
{
	if (o->out->verdict != AS1_OK)
		return;
	o->out->verdict = verdict;
	o->out->reason = reason;
}

static int
read_tree(struct opening *o, struct str entity)
{
	struct err e;

	if (part_tree_read(o->a, entity, &o->tree, &e) == -1) {
		as1_refuse(o, AS1_MALFORMED, str_dup(o->a, str_of(e.text)));
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

static void
judge_signature(struct opening *o, const struct cms_verified *v)
{
	static const enum as1_verdict verdicts[] = {
		[CMS_GOOD] = AS1_OK,
		[CMS_MALFORMED] = AS1_MALFORMED,
		[CMS_STRANGER] = AS1_AUTHENTICATION_FAILED,
		[CMS_WEAK] = AS1_INSUFFICIENT_SECURITY,
		[CMS_CHANGED] = AS1_INTEGRITY_FAILED,
	};

	o->signature_seen = true;
	o->fits = v->fits;
	as1_show_layer(o,
	    str_fmt(o->a, "signed(" STR_FMT ")",
	        STR_ARG(v->algorithms.n > 0 ? v->algorithms : S("unreadable"))));
	if (v->verdict != CMS_GOOD) {
		as1_refuse(o, verdicts[v->verdict], v->reason);
		return;
	}
	o->out->is_signed = true;
	o->out->signer = v->signer;
	/* RFC 4130, 7.4.3: the MIC is by the digest that the message was signed by. */
	o->mic_alg = v->digest;
	o->proven = v->content;
}

/* multipart/signed (RFC 1847, 2.1): what is signed, the signature, nothing else. */
static bool
open_detached(struct opening *o, struct str *inner)
{
	const struct part *root = &o->tree.parts[0];
	struct str protocol = params_get(&root->type, S("protocol"));
	size_t content = part_child(&o->tree, 0, 0), signature = part_child(&o->tree, 0, 1);
	struct cms_verified v;

	if (protocol.n > 0 && !str_eq_nocase(protocol, S("application/pkcs7-signature")) &&
	    !str_eq_nocase(protocol, S("application/x-pkcs7-signature"))) {
		as1_refuse(o, AS1_MALFORMED, S("signed by another protocol than S/MIME"));
		return false;
	}
	if (root->children != 2) {
		as1_refuse(o, AS1_MALFORMED,
		    str_fmt(o->a, "multipart/signed of %u parts, want 2", root->children));
		return false;
	}
	const struct part *s = &o->tree.parts[signature];
	if (!part_is(s, S("application/pkcs7-signature")) &&
	    !part_is(s, S("application/x-pkcs7-signature")) &&
	    !part_is(s, S("application/octet-stream"))) {
		as1_refuse(o, AS1_MALFORMED, S("second part of multipart/signed is no signature"));
		return false;
	}
	*inner = part_bytes(&o->tree, content);
	cms_verify(o->a, as1_decode(o, signature), *inner, o->pol->partner, o->pol->now_ms, o->pol->allow, &v);
	judge_signature(o, &v);
	/* The content's own come with the next tree. */
	o->outer_defects |= root->defects | s->defects;
	o->shown = true;
	return true;
}

static bool
open_opaque(struct opening *o, struct str der, struct str *inner)
{
	struct cms_verified v;

	cms_verify(o->a, der, (struct str){ 0 }, o->pol->partner, o->pol->now_ms, o->pol->allow, &v);
	judge_signature(o, &v);
	o->outer_defects |= part_tree_defects(&o->tree);
	o->shown = false;
	*inner = v.content;
	return v.content.p != NULL;
}

static bool
open_envelope(struct opening *o, struct str der, bool authenticated, struct str *inner)
{
	struct cms_opened opened;
	int rc = cms_decrypt(o->a, o->pol->own, o->pol->key, o->pol->allow, der, &opened, NULL);

	*inner = opened.content;
	as1_show_layer(o, str_fmt(o->a, "enveloped(" STR_FMT ")", STR_ARG(opened.algorithm)));
	o->out->encrypted = true;
	o->weak_envelope = !authenticated;
	if (opened.weak) {
		as1_refuse(o, AS1_INSUFFICIENT_SECURITY,
		    str_cat(o->a, S("encrypted by a weak algorithm: "), opened.algorithm));
		return false;
	}
	if (rc == -1) {
		as1_refuse(o, AS1_DECRYPTION_FAILED, undecryptable);
		return false;
	}
	o->proven = *inner;
	o->outer_defects |= part_tree_defects(&o->tree);
	o->shown = false;
	return true;
}

/* RFC 5402, 2: once, before or after the signature, inside the envelope. */
static bool
open_compressed(struct opening *o, struct str der, struct str *inner)
{
	struct err e;

	o->compression_seen = true;
	as1_show_layer(o, S("compressed(zlib)"));
	if (cms_decompress(o->a, der, inner, &e) == -1) {
		as1_refuse(o, AS1_DECOMPRESSION_FAILED, str_dup(o->a, str_of(e.text)));
		return false;
	}
	/* RFC 5402, 4: over what was signed, compressed or not; else over what is within, before it was compressed. */
	if (!o->signature_seen)
		o->proven = *inner;
	o->outer_defects |= part_tree_defects(&o->tree);
	o->shown = false;
	return true;
}

/* application/pkcs7-mime: the object inside says what it is, not smime-type (RFC 8551, 3.2.2). */
static bool
open_smime(struct opening *o, struct str *inner)
{
	struct str der = as1_decode(o, 0);
	enum cms_kind kind;
	struct err e;

	if (cms_kind_of(der, &kind, &e) == -1) {
		as1_refuse(o, AS1_MALFORMED, str_dup(o->a, str_of(e.text)));
		return false;
	}
	switch (kind) {
	case CMS_IS_SIGNED:
		if (!o->signature_seen)
			return open_opaque(o, der, inner);
		as1_refuse(o, AS1_MALFORMED, S("signed twice"));
		return false;
	case CMS_IS_ENVELOPED:
	case CMS_IS_AUTH_ENVELOPED:
		/* An envelope under a foreign signature is how mails are taken over. */
		if (!o->signature_seen && !o->compression_seen && !o->out->encrypted)
			return open_envelope(o, der, kind == CMS_IS_AUTH_ENVELOPED, inner);
		as1_refuse(o, AS1_MALFORMED, S("encrypted inside another layer than the mail"));
		return false;
	case CMS_IS_COMPRESSED:
		if (!o->compression_seen)
			return open_compressed(o, der, inner);
		as1_refuse(o, AS1_MALFORMED, S("compressed twice"));
		return false;
	case CMS_IS_OTHER:
		break;
	}
	as1_refuse(o, AS1_MALFORMED, S("S/MIME of a kind that is not supported"));
	return false;
}

/* Take one layer off. true: there was one, and inner is what it held. done: none is left. */
static bool
next_layer(struct opening *o, struct str *inner, bool *done)
{
	const struct part *root = &o->tree.parts[0];

	*done = false;
	if (is_smime_body(root))
		return open_smime(o, inner);
	if (part_is(root, S("multipart/signed"))) {
		if (!o->signature_seen)
			return open_detached(o, inner);
		as1_refuse(o, AS1_MALFORMED, S("signed twice"));
		return false;
	}
	*done = true;
	return false;
}

/* Whether all layers came off, so that there is something inside to look at. */
static bool
open_layers(struct opening *o, struct str entity)
{
	struct str inner = S("");
	bool done;

	for (unsigned int i = 0; i < LAYERS_MAX; i++) {
		if (read_tree(o, entity) == -1)
			return false;
		if (!next_layer(o, &inner, &done))
			return done;
		entity = inner;
	}
	as1_refuse(o, AS1_MALFORMED, S("too many layers"));
	return false;
}

/*
 * CBC can be changed without the key. What then comes out must not be told from a failed
 * decryption, or the answers would be an oracle for the content of a mail that somebody caught
 * (RFC 8551, 6).
 */
static void
hide_garbled(struct opening *o)
{
	enum as1_verdict v = o->out->verdict;
	bool garbled = v == AS1_MALFORMED || v == AS1_INTEGRITY_FAILED ||
	    v == AS1_NO_PAYLOAD || v == AS1_DECOMPRESSION_FAILED;

	if (!o->weak_envelope || v == AS1_OK)
		return;
	/* What is under a good signature was not changed; what is around it may have been. */
	if (o->out->is_signed)
		garbled = v == AS1_MALFORMED && (o->outer_defects & PART_AMBIGUOUS) != 0;
	if (garbled || (o->signature_seen && !o->fits)) {
		o->out->verdict = AS1_DECRYPTION_FAILED;
		o->out->reason = undecryptable;
	}
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

int
as1_open(struct arena *a, struct str mail, const struct as1_policy *pol, struct as1_opened *out,
    struct err *e)
{
	struct opening o = { .a = a, .pol = pol, .out = out };
	struct str entity = as1_wire_form(a, mail), top = str_sub(entity, 0, HEADER_BLOCK_MAX);
	struct header h;
	struct err why;

	*out = (struct as1_opened){ .verdict = AS1_OK, .wants_known = true };
	out->mdn.disposition = MDN_UNKNOWN;
	if (header_read(a, str_sub(top, 0, header_length(top)), &h, &why) == -1) {
		as1_refuse(&o, AS1_MALFORMED, str_dup(a, str_of(why.text)));
		return 0;
	}
	as1_read_request(&o, &h);
	o.robot = as1_is_robot(a, &h);
	if (open_layers(&o, entity))
		as1_look_inside(&o);
	hide_garbled(&o);
	as1_clean_texts(&o);
	if (out->verdict == AS1_OK)
		return make_mic(&o, e);
	out->n = 0;
	return 0;
}
