/* SPDX-License-Identifier: ISC */
#include "edi/model_codes.h"

static const struct model_word x12_ids[] = {
	/* 66 */
	{ "UL", "gln" },   { "1", "duns" }, { "9", "duns+4" }, { "91", "seller" },
	{ "92", "buyer" }, { "FI", "tax" }, { NULL, NULL },
};
static const struct model_word x12_dates[] = {
	/* 374 */
	{ "002", "delivery" },       { "010", "ship" },      { "011", "shipped" },
	{ "017", "delivery" },       { "035", "delivered" }, { "037", "ship_not_before" },
	{ "038", "ship_not_after" }, { "063", "delivery_not_after" },
	{ "064", "delivery_not_before" }, { "067", "delivery" }, { NULL, NULL },
};
static const struct model_role_code x12_roles[] = {
	/* 98 */
	{ "SE", MODEL_SELLER },    { "SU", MODEL_SELLER },      { "VN", MODEL_SELLER },
	{ "BY", MODEL_BUYER },     { "BT", MODEL_BILL_TO },     { "ST", MODEL_SHIP_TO },
	{ "SF", MODEL_SHIP_FROM }, { "PE", MODEL_PAYEE },       { "RE", MODEL_PAYEE },
	{ "RI", MODEL_PAYEE },     { NULL, MODEL_OTHER_PARTY },
};
static const struct model_ref_code x12_refs[] = {
	/* 128 */
	{ "PO", MODEL_REF_ORDER },    { "BM", MODEL_REF_DELIVERY },  { "PK", MODEL_REF_DELIVERY },
	{ "CT", MODEL_REF_CONTRACT }, { "OI", MODEL_REF_PRECEDING }, { "CR", MODEL_REF_BUYER },
	{ NULL, MODEL_REF_OTHER },
};

static const struct model_word edifact_ids[] = {
	/* 3055 */
	{ "9", "gln" }, { "16", "duns" }, { "91", "seller" }, { "92", "buyer" }, { NULL, NULL },
};
static const struct model_word edifact_dates[] = {
	/* 2005 */
	{ "2", "delivery" },
	{ "10", "ship" },
	{ "11", "shipped" },
	{ "17", "delivery" },
	{ "35", "delivered" },
	{ "37", "ship_not_before" },
	{ "38", "ship_not_after" },
	{ "63", "delivery_not_after" },
	{ "64", "delivery_not_before" },
	{ NULL, NULL },
};
static const struct model_role_code edifact_roles[] = {
	/* 3035 */
	{ "SU", MODEL_SELLER },      { "SE", MODEL_SELLER },  { "BY", MODEL_BUYER },
	{ "DP", MODEL_SHIP_TO },     { "ST", MODEL_SHIP_TO }, { "PE", MODEL_PAYEE },
	{ "RE", MODEL_PAYEE },       { "IV", MODEL_BILL_TO }, { "SF", MODEL_SHIP_FROM },
	{ NULL, MODEL_OTHER_PARTY },
};
static const struct model_ref_code edifact_refs[] = {
	/* 1153 */
	{ "ON", MODEL_REF_ORDER },    { "DQ", MODEL_REF_DELIVERY },  { "AAK", MODEL_REF_DELIVERY },
	{ "CT", MODEL_REF_CONTRACT }, { "IV", MODEL_REF_PRECEDING }, { "OI", MODEL_REF_PRECEDING },
	{ "CR", MODEL_REF_BUYER },    { NULL, MODEL_REF_OTHER },
};

const struct model_codes model_x12_codes = { S_INIT("x12:"), x12_ids, x12_dates, x12_roles,
	                                     x12_refs };
const struct model_codes model_edifact_codes = { S_INIT("edifact:"), edifact_ids, edifact_dates,
	                                         edifact_roles, edifact_refs };

struct str
model_word_of(struct arena *a, const struct model_codes *c, const struct model_word *words,
              struct str code)
{
	for (; words->code != NULL; words++)
		if (str_eq(code, str_of(words->code)))
			return str_of(words->name);
	return code.n == 0 ? code : str_cat(a, c->prefix, code);
}

enum model_role
model_role_of(const struct model_codes *c, struct str code)
{
	const struct model_role_code *r = c->roles;

	while (r->code != NULL && !str_eq(code, str_of(r->code)))
		r++;
	return r->role;
}

enum model_ref_kind
model_ref_of(const struct model_codes *c, struct str code)
{
	const struct model_ref_code *r = c->refs;

	while (r->code != NULL && !str_eq(code, str_of(r->code)))
		r++;
	return r->kind;
}

static struct str
behind_prefix(const struct model_codes *c, struct str word)
{
	return str_starts(word, c->prefix) ? str_from(word, c->prefix.n) : S("");
}

struct str
model_word_code(const struct model_codes *c, const struct model_word *words, struct str word)
{
	for (; words->code != NULL; words++)
		if (str_eq(word, str_of(words->name)))
			return str_of(words->code);
	return behind_prefix(c, word);
}

struct str
model_ref_code(const struct model_codes *c, const struct model_ref *ref)
{
	const struct model_ref_code *r = c->refs;

	if (ref->kind == MODEL_REF_OTHER)
		return behind_prefix(c, ref->qual);
	while (r->code != NULL && r->kind != ref->kind)
		r++;
	return str_of(r->code);
}

struct str
model_role_code(const struct model_codes *c, const struct model_party *p)
{
	const struct model_role_code *r = c->roles;

	if (model_role_of(c, p->qual) == p->role)
		return p->qual;
	while (r->code != NULL && r->role != p->role)
		r++;
	return str_of(r->code);
}
