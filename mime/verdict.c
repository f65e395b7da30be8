/* SPDX-License-Identifier: ISC */
#include "mime/verdict.h"

#include "mime/part.h"

#define LAYERS_MAX 5

static const struct verdict_info rules[VERDICT_RULES] = {
	[RULE_NONE] = { "", AS1_OK, "" },
#define RULE(name, code, verdict, what, todo) [RULE_##name] = { code, AS1_##verdict, what },
#include "mime/verdict_rules.h"
#undef RULE
};

const struct verdict_info *
verdict_info(enum verdict_rule rule)
{
	return &rules[rule < VERDICT_RULES ? rule : RULE_NONE];
}

const char *
as1_verdict_name(enum as1_verdict v)
{
	static const char *const names[] = {
		[AS1_OK] = "ok",
		[AS1_NO_PARTNER] = "no-partner",
		[AS1_MALFORMED] = "malformed",
		[AS1_DECRYPTION_FAILED] = "decryption-failed",
		[AS1_INSUFFICIENT_SECURITY] = "insufficient-security",
		[AS1_AUTHENTICATION_FAILED] = "authentication-failed",
		[AS1_INTEGRITY_FAILED] = "integrity-failed",
		[AS1_NO_PAYLOAD] = "no-payload",
		[AS1_DECOMPRESSION_FAILED] = "decompression-failed",
		[AS1_RECEIPT_UNSUPPORTED] = "receipt-unsupported",
		[AS1_MICALG_UNSUPPORTED] = "micalg-unsupported",
	};

	return v < N(names) ? names[v] : "unknown";
}

const char *
as1_verdict_modifier(enum as1_verdict v)
{
	static const char *const modifiers[] = {
		[AS1_OK] = "",
		[AS1_NO_PARTNER] = "",
		[AS1_MALFORMED] = "error: unexpected-processing-error",
		[AS1_DECRYPTION_FAILED] = "error: decryption-failed",
		[AS1_INSUFFICIENT_SECURITY] = "error: insufficient-message-security",
		[AS1_AUTHENTICATION_FAILED] = "error: authentication-failed",
		[AS1_INTEGRITY_FAILED] = "error: integrity-check-failed",
		[AS1_NO_PAYLOAD] = "error: unexpected-processing-error",
		[AS1_DECOMPRESSION_FAILED] = "error: decompression-failed",
		[AS1_RECEIPT_UNSUPPORTED] = "Failure: unsupported format",
		[AS1_MICALG_UNSUPPORTED] = "Failure: unsupported MIC-algorithms",
	};

	return v < N(modifiers) ? modifiers[v] : "";
}

void
verdict_refuse(struct verdict *v, enum verdict_rule rule, struct str found)
{
	if (v->rule != RULE_NONE)
		return;
	v->rule = rule;
	v->found = found;
}

bool
verdict_is_good(const struct verdict *v)
{
	return v->rule == RULE_NONE;
}

void
verdict_from(struct verdict *v, size_t fields, struct str address, const struct str *may, size_t n)
{
	v->from = fields == 0 ? RULE_FROM_MISSING : fields > 1 ? RULE_FROM_TWICE : address.n == 0 ? RULE_FROM_NOT_ONE : RULE_NONE;
	v->from_found = address;
	if (v->from != RULE_NONE)
		return;
	for (size_t i = 0; i < n; i++)
		if (str_eq_nocase(may[i], address))
			return;
	v->from = RULE_FROM_STRANGER;
}

static bool
refuse_layer(struct verdict *v, enum verdict_rule rule)
{
	verdict_refuse(v, rule, S(""));
	return false;
}

/*
 * RFC 3335, 4; RFC 5402, 2: an envelope at most, and outermost; then a signature at most, with compression once before
 * or after it. An envelope under a foreign signature is how mails are taken over.
 */
bool
verdict_layer(struct verdict *v, enum verdict_layer kind)
{
	if (v->layers++ == LAYERS_MAX)
		return refuse_layer(v, RULE_LAYERS);
	switch (kind) {
	case LAYER_SIGNED:
		if (v->signature)
			return refuse_layer(v, RULE_SIGNED_TWICE);
		v->signature = true;
		break;
	case LAYER_ENVELOPED:
		if (v->signature || v->compressed || v->enveloped)
			return refuse_layer(v, RULE_ENVELOPE_INSIDE);
		v->enveloped = true;
		break;
	case LAYER_COMPRESSED:
		if (v->compressed)
			return refuse_layer(v, RULE_COMPRESSED_TWICE);
		v->compressed = true;
		break;
	}
	return true;
}

void
verdict_floor(struct verdict *v, bool must_sign, bool must_encrypt)
{
	if (must_sign && !v->signature)
		verdict_refuse(v, RULE_FLOOR_SIGN, S(""));
	if (must_encrypt && !v->enveloped)
		verdict_refuse(v, RULE_FLOOR_ENCRYPT, S(""));
}

void
verdict_defects(struct verdict *v, unsigned int defects)
{
	static const struct { unsigned int bit; enum verdict_rule rule; } ambiguous[] = {
		{ PART_TWO_TYPES, RULE_TWO_TYPES },
		{ PART_TWO_CTES, RULE_TWO_ENCODINGS },
		{ PART_CTE_UNKNOWN, RULE_ENCODING_UNKNOWN },
		{ PART_CTE_COMPOSITE, RULE_ENCODING_MULTIPART },
		{ PART_BOUNDARY_MISSING, RULE_BOUNDARY_MISSING },
		{ PART_BOUNDARY_TWICE, RULE_BOUNDARY_TWICE },
		{ PART_BOUNDARY_REUSED, RULE_BOUNDARY_REUSED },
		{ PART_NOT_CLOSED, RULE_NOT_CLOSED },
		{ PART_HEADER_JUNK, RULE_HEADER_JUNK },
		{ PART_WHITE_LINE, RULE_HEADER_BLANK },
		{ PART_HEADER_EOL, RULE_HEADER_EOL },
		{ PART_PARAMS, RULE_PARAMETERS },
		{ PART_EMPTY, RULE_NO_PARTS },
	};

	defects &= PART_AMBIGUOUS;
	for (size_t i = 0; i < N(ambiguous); i++)
		if ((defects & ambiguous[i].bit) != 0)
			verdict_refuse(v, ambiguous[i].rule,
			    defects == ambiguous[i].bit ? S("") : str_cat(v->a, S("in all "), part_defects_text(v->a, defects)));
}

/*
 * CBC can be changed without the key. What then comes out must not be told from a failed decryption, or the answers
 * would be an oracle for the content of a mail that somebody caught (RFC 8551, 6). What is under a good signature was
 * not changed; what is around it may have been.
 */
static bool
tells_of_plaintext(const struct verdict *v)
{
	enum as1_verdict word = verdict_word(v);
	bool garbled = word == AS1_MALFORMED || word == AS1_INTEGRITY_FAILED || word == AS1_NO_PAYLOAD ||
	    word == AS1_DECOMPRESSION_FAILED;

	if (!v->malleable || word == AS1_OK)
		return false;
	if (v->is_signed)
		garbled = word == AS1_MALFORMED && (v->outer_defects & PART_AMBIGUOUS) != 0;
	return garbled || (v->signature && !v->fits);
}

void
verdict_close(struct verdict *v, bool document)
{
	if (tells_of_plaintext(v)) {
		v->rule = RULE_DECRYPTION;
		v->found = S("");
	}
	if (document && v->from != RULE_NONE) {
		v->rule = v->from;
		v->found = v->from_found;
	}
}

enum as1_verdict
verdict_word(const struct verdict *v)
{
	return verdict_info(v->rule)->verdict;
}

struct str
verdict_text(const struct verdict *v)
{
	const struct verdict_info *i = verdict_info(v->rule);

	if (v->rule == RULE_NONE)
		return S("");
	return str_fmt(v->a, "%s%s" STR_FMT " [%s]", i->what, v->found.n > 0 ? ": " : "",
	    STR_ARG(v->found), i->code);
}
