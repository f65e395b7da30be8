/* SPDX-License-Identifier: ISC */
/* as1_inside.c - what the innermost entity holds, once all layers around it are off. */
#include "mime/as1_in.h"

#define UUENCODED_WITHIN 4096	/* bytes of a text in which its first file begins */

void
as1_give_up(struct opening *o, const struct err *e)
{
	if (!o->trouble)
		o->why = *e;
	o->trouble = true;
}

void
as1_refuse_flags(struct opening *o, unsigned int flags)
{
	if (flags != 0)
		verdict_refuse(&o->v, RULE_TRANSFER, S(""));
}

struct str
as1_text(struct opening *o, const struct part_tree *t, size_t part)
{
	unsigned int flags = 0;
	struct str raw;
	struct err e;

	if (span_join(o->a, span_sub(part_body_span(t, part), 0, AS1_TEXT_MAX), AS1_TEXT_MAX, &raw, &e) == -1) {
		as1_give_up(o, &e);
		return S("");
	}
	return cte_decode(o->a, t->parts[part].cte, raw, &flags);
}

/* A leaf's bytes: where they lie, or decoded into the room. */
static struct span
decode(struct opening *o, size_t part)
{
	struct span raw = part_body_span(&o->tree, part);
	struct span_source from = span_source(raw);
	struct cte_source decoded = cte_source(o->tree.parts[part].cte, &from.source);
	struct store *kept = NULL;
	struct store_sink to;
	struct err e;

	if (decoded.cte == CTE_QP || decoded.cte == CTE_BASE64) {
		kept = o->room->open(o->room, &e);
		to = store_sink(kept);
		if (kept == NULL || stream_pump(&decoded.source, &to.sink, &e) == -1)
			as1_give_up(o, &e);
	}
	as1_refuse_flags(o, decoded.flags);
	cte_source_clear(&decoded);
	return kept == NULL ? raw : span_store(kept);
}

static size_t
find_type(const struct part_tree *t, struct str type, size_t from)
{
	for (size_t i = from; i < t->n; i++)
		if (part_is(&t->parts[i], type))
			return i;
	return PART_NONE;
}

static struct str
human_text(struct opening *o)
{
	size_t i = find_type(&o->tree, S("text/plain"), 0);

	return i == PART_NONE || o->tree.parts[i].parent == PART_NONE ? S("")
	                                                              : as1_text(o, &o->tree, i);
}

static void
read_receipt(struct opening *o, size_t part)
{
	struct err e;

	o->out->kind = AS1_IS_RECEIPT;
	if (find_type(&o->tree, S("message/disposition-notification"), part + 1) != PART_NONE) {
		verdict_refuse(&o->v, RULE_RECEIPT_TWICE, S(""));
		return;
	}
	if (mdn_read(o->a, as1_text(o, &o->tree, part), &o->out->mdn, &e) == -1)
		verdict_refuse(&o->v, RULE_RECEIPT_BROKEN, str_dup(o->a, str_of(e.text)));
	o->out->mdn.human = human_text(o);
}

/* A signature or an envelope that is not the root proves nothing about what stands beside it. */
static void
refuse_inner_security(struct opening *o)
{
	static const struct str types[] = {
		S_INIT("multipart/signed"), S_INIT("multipart/encrypted"),
		S_INIT("application/pkcs7-mime"), S_INIT("application/x-pkcs7-mime"),
		S_INIT("application/pkcs7-signature"),
		S_INIT("application/x-pkcs7-signature"),
	};
	for (size_t k = 0; k < N(types); k++)
		if (find_type(&o->tree, types[k], 0) != PART_NONE)
			verdict_refuse(&o->v, RULE_INNER_SECURITY, types[k]);
	if (find_type(&o->tree, S("message/partial"), 0) != PART_NONE)
		verdict_refuse(&o->v, RULE_PARTIAL, S(""));
	if (find_type(&o->tree, S("message/external-body"), 0) != PART_NONE)
		verdict_refuse(&o->v, RULE_EXTERNAL, S(""));
}

enum value { NOT_FOR_US, MAYBE, PAYLOAD };

/*
 * Whether a leaf could be a business document. What somebody attached is one, whatever its type;
 * text in line is a word for people unless it is all there is; pictures in line are decoration.
 */
static enum value
value_of(const struct part *p)
{
	bool attached = str_eq(p->disposition, S("attachment")) || p->file_name.n > 0;

	if (p->children > 0 || part_is(p, S("multipart/")) || part_is(p, S("message/")) ||
	    part_is(p, S("application/ms-tnef")) || part_is(p, S("application/vnd.ms-tnef")))
		return NOT_FOR_US;
	if (attached || part_is(p, S("application/")))
		return PAYLOAD;
	if (part_is(p, S("text/plain")))
		return MAYBE;
	if (part_is(p, S("text/html")) || part_is(p, S("image/")) || part_is(p, S("audio/")) ||
	    part_is(p, S("video/")))
		return NOT_FOR_US;
	return PAYLOAD;		/* text/xml, edifact by some vendor's name */
}

static size_t
count_value(const struct part_tree *t, enum value v)
{
	size_t n = 0;

	for (size_t i = 0; i < t->n; i++)
		n += value_of(&t->parts[i]) == v;
	return n;
}

static void
take_payloads(struct opening *o, enum value v)
{
	struct as1_opened *out = o->out;

	for (size_t i = 0; i < o->tree.n; i++) {
		const struct part *p = &o->tree.parts[i];
		if (value_of(p) != v)
			continue;
		if (out->n == AS1_PAYLOADS_MAX) {
			verdict_refuse(&o->v, RULE_DOCUMENTS, str_fmt(o->a, "over %d", AS1_PAYLOADS_MAX));
			return;
		}
		out->payloads[out->n++] = (struct as1_payload){
			.content = decode(o, i),
			.media_type = p->type.value,
			.file_name = p->file_name,
		};
	}
}

/* Before MIME files stood within the text: "begin 644 name", lines, "end". What else that text says nobody can tell. */
static bool
is_uuencoded(struct opening *o, struct span text)
{
	struct str rest, line;

	if (span_join(o->a, span_sub(text, 0, UUENCODED_WITHIN), UUENCODED_WITHIN, &rest, NULL) == -1)
		return false;
	while (str_next_line(&rest, &line)) {
		struct str mode = str_from(line, 6);
		if (str_starts(line, S("begin ")) && mode.n > 4 && is_digit(mode.p[0]) &&
		    is_digit(mode.p[1]) && is_digit(mode.p[2]) &&
		    (mode.p[3] == ' ' || (is_digit(mode.p[3]) && mode.p[4] == ' ')))
			return true;
	}
	return false;
}

/*
 * A certificate exchange message (see gateway/cem.h) is one document with all its parts: the certificates in it are
 * messages of CMS, which nothing else may have inside.
 */
#define EXCHANGE "application/ediint-cert-exchange+xml"

static bool
is_exchange(const struct part_tree *t)
{
	const struct part *root = &t->parts[0];

	if (part_is(root, S("multipart/related")))
		return str_eq_nocase(params_get(&root->type, S("type")), S(EXCHANGE)) ||
		    (t->n > 1 && part_is(&t->parts[1], S(EXCHANGE)));
	return part_is(root, S(EXCHANGE));
}

static bool
has_strange_part(const struct part_tree *t)
{
	for (size_t i = 1; i < t->n; i++)
		if (t->parts[i].parent != 0 || (i == 1) != part_is(&t->parts[i], S(EXCHANGE)) ||
		    (i > 1 && !part_is(&t->parts[i], S("application/pkcs7-mime")) &&
		        !part_is(&t->parts[i], S("application/x-pkcs7-mime"))))
			return true;
	return false;
}

static void
take_exchange(struct opening *o)
{
	if (has_strange_part(&o->tree))
		verdict_refuse(&o->v, RULE_EXCHANGE_PARTS, S(""));
	if (!o->v.is_signed)
		verdict_refuse(&o->v, RULE_EXCHANGE_UNSIGNED, S(""));
	o->out->payloads[o->out->n++] = (struct as1_payload){ .content = part_span(&o->tree, 0), .media_type = S(EXCHANGE) };
}

/* Header protection (RFC 9788) repeats From inside: it must be the same one, or two programs would show two senders. */
static void
check_inner_from(struct opening *o)
{
	struct header h;
	struct str block, from;
	struct err e;

	if (o->layer < 2)
		return;
	if (span_join(o->a, part_header_span(&o->tree, 0), HEADER_BLOCK_MAX, &block, &e) == -1) {
		as1_give_up(o, &e);
		return;
	}
	if (header_read(o->a, block, &h, NULL) == -1)
		return;
	from = as1_only_address(o->a, &h, S("From"));
	if (header_count(&h, S("From")) > 0 && !str_eq_nocase(from, o->from))
		verdict_refuse(&o->v, RULE_FROM_INSIDE, from);
}

static void
read_documents(struct opening *o)
{
	size_t sure = count_value(&o->tree, PAYLOAD), maybe = count_value(&o->tree, MAYBE);

	if (sure == 0 && o->robot) {
		if (!as1_read_bounce(o))
			o->out->kind = AS1_IS_OTHER;
		return;
	}
	/* A report is read however broken; in a document nobody may see other bytes than we. */
	verdict_defects(&o->v, o->v.outer_defects | part_tree_defects(&o->tree));
	if (!is_exchange(&o->tree))
		refuse_inner_security(o);
	/* The least that the partner must send. Reports do not come here: there is_signed tells. */
	verdict_floor(&o->v, o->pol->must_sign, o->pol->must_encrypt);
	check_inner_from(o);
	if (o->request != RULE_NONE)	/* nothing is taken that could not be receipted as its sender must have it */
		verdict_refuse(&o->v, o->request, S(""));
	if (is_exchange(&o->tree))
		take_exchange(o);
	else if (sure > 0 || maybe == 1)
		take_payloads(o, sure > 0 ? PAYLOAD : MAYBE);
	if (sure == 0 && o->out->n == 1 && is_uuencoded(o, o->out->payloads[0].content))
		verdict_refuse(&o->v, RULE_UUENCODED, S(""));
	if (o->out->n > 0)
		return;
	verdict_refuse(&o->v,
	    find_type(&o->tree, S("application/ms-tnef"), 0) != PART_NONE ? RULE_TNEF : RULE_NO_DOCUMENT, S(""));
}

void
as1_look_inside(struct opening *o)
{
	size_t mdn = find_type(&o->tree, S("message/disposition-notification"), 0);
	size_t dsn = find_type(&o->tree, S("message/delivery-status"), 0);

	if (dsn == PART_NONE)
		dsn = find_type(&o->tree, S("message/global-delivery-status"), 0);
	if (mdn != PART_NONE) {
		read_receipt(o, mdn);
	} else if (dsn != PART_NONE) {
		as1_read_report(o, dsn);
	} else if (part_is(&o->tree.parts[0], S("multipart/report"))) {
		/* Some write the words without the fields; a feedback report, say, is for people. */
		if (!as1_read_bounce(o))
			o->out->kind = AS1_IS_OTHER;
	} else {
		read_documents(o);
	}
}
