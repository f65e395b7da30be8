/* SPDX-License-Identifier: ISC */
/* compose_ubl_party.c - who trades with whom, and where it goes. */
#include "edi/compose_ubl.h"

void
ubl_text(struct ubl *u, const char *name, struct str value)
{
	xml_text(&u->x, name, NULL, S(""), value);
}

void
ubl_within(struct ubl *u, const char *outer, const char *name, struct str value)
{
	if (value.n == 0)
		return;
	xml_open(&u->x, outer);
	ubl_text(u, name, value);
	xml_close(&u->x);
}

/* ISO 6523 numbers for what the model has words for; others are schemes already. */
static struct str
scheme_of(struct str word)
{
	static const struct {
		struct str word, scheme;
	} schemes[] = {
		{ S_INIT("gln"), S_INIT("0088") }, { S_INIT("duns"), S_INIT("0060") },
		{ S_INIT("mail"), S_INIT("EM") },  { S_INIT("vat"), S_INIT("VA") },
		{ S_INIT("tax"), S_INIT("FC") },
	};

	for (size_t i = 0; i < N(schemes); i++)
		if (str_eq(word, schemes[i].word))
			return schemes[i].scheme;
	return word;
}

/*
 * The first of the party's ids with a scheme is where it is reached; the first VAT number is
 * its tax registration.
 */
struct party_ids {
	size_t endpoint, vat;
};

static struct party_ids
sort_ids(const struct model_party *p)
{
	struct party_ids ids = { p->n_ids, p->n_ids };

	for (size_t i = p->n_ids; i-- > 0;)
		if (str_eq(p->ids[i].scheme, S("vat")))
			ids.vat = i;
	if (p->n_ids > 0 && p->ids[0].scheme.n > 0 && ids.vat != 0)
		ids.endpoint = 0;
	return ids;
}

static void
id(struct ubl *u, const char *name, const struct model_id *x)
{
	xml_text(&u->x, name, "schemeID", scheme_of(x->scheme), x->value);
}

static void
address(struct ubl *u, const struct model_party *p, const char *name)
{
	if (p->n_street + p->city.n + p->postcode.n + p->region.n + p->country.n == 0)
		return;
	xml_open(&u->x, name);
	ubl_text(u, "cbc:StreetName", p->n_street > 0 ? p->street[0] : S(""));
	ubl_text(u, "cbc:AdditionalStreetName", p->n_street > 1 ? p->street[1] : S(""));
	ubl_text(u, "cbc:CityName", p->city);
	ubl_text(u, "cbc:PostalZone", p->postcode);
	ubl_text(u, "cbc:CountrySubentity", p->region);
	for (size_t i = 2; i < p->n_street; i++)
		ubl_within(u, "cac:AddressLine", "cbc:Line", p->street[i]);
	ubl_within(u, "cac:Country", "cbc:IdentificationCode", p->country);
	xml_close(&u->x);
}

/* Ids before the VAT number name the party, one behind it is its entry in a register. */
static void
legal_entity(struct ubl *u, const struct model_party *p, size_t from)
{
	if (p->name.n == 0 && from >= p->n_ids)
		return;
	xml_open(&u->x, "cac:PartyLegalEntity");
	ubl_text(u, "cbc:RegistrationName", p->name);
	if (from < p->n_ids)
		id(u, "cbc:CompanyID", &p->ids[from]);
	xml_close(&u->x);
}

void
ubl_tax_scheme(struct ubl *u)
{
	ubl_within(u, "cac:TaxScheme", "cbc:ID", S("VAT"));
}

static void
contact(struct ubl *u, const struct model_party *p)
{
	if (p->contact.n + p->phone.n + p->mail.n == 0)
		return;
	xml_open(&u->x, "cac:Contact");
	ubl_text(u, "cbc:Name", p->contact);
	ubl_text(u, "cbc:Telephone", p->phone);
	ubl_text(u, "cbc:ElectronicMail", p->mail);
	xml_close(&u->x);
}

static void
party_body(struct ubl *u, const struct model_party *p)
{
	struct party_ids ids = sort_ids(p);

	if (ids.endpoint < p->n_ids)
		id(u, "cbc:EndpointID", &p->ids[ids.endpoint]);
	for (size_t i = 0; i < ids.vat; i++) {
		if (i == ids.endpoint)
			continue;
		xml_open(&u->x, "cac:PartyIdentification");
		id(u, "cbc:ID", &p->ids[i]);
		xml_close(&u->x);
	}
	if (u->kind->kind == MODEL_ORDER || p->role == MODEL_PAYEE)
		ubl_within(u, "cac:PartyName", "cbc:Name", p->name);
	address(u, p, "cac:PostalAddress");
	if (ids.vat < p->n_ids) {
		xml_open(&u->x, "cac:PartyTaxScheme");
		ubl_text(u, "cbc:CompanyID", p->ids[ids.vat].value);
		ubl_tax_scheme(u);
		xml_close(&u->x);
	}
	if (p->role != MODEL_PAYEE)
		legal_entity(u, p, ids.vat + 1);
	contact(u, p);
}

void
ubl_party(struct ubl *u, enum model_role role, const char *outer, const char *inner)
{
	const struct model_party *p = model_party(u->m, role);

	if (p == NULL)
		return;
	if (outer != NULL)
		xml_open(&u->x, outer);
	xml_open(&u->x, inner);
	party_body(u, p);
	xml_close(&u->x);
	if (outer != NULL)
		xml_close(&u->x);
}

static struct str
delivered(const struct model *m)
{
	for (size_t i = 0; i < m->n_dates; i++)
		if (str_eq(m->dates[i].kind, S("delivered")))
			return m->dates[i].value;
	return S("");
}

void
ubl_delivery(struct ubl *u)
{
	const struct model_party *p = model_party(u->m, MODEL_SHIP_TO);
	struct str date = delivered(u->m);

	if (p == NULL && date.n == 0)
		return;
	xml_open(&u->x, "cac:Delivery");
	ubl_text(u, "cbc:ActualDeliveryDate", date);
	if (p != NULL) {
		xml_open(&u->x, "cac:DeliveryLocation");
		if (p->n_ids > 0)
			id(u, "cbc:ID", &p->ids[0]);
		address(u, p, "cac:Address");
		xml_close(&u->x);
		if (p->name.n > 0) {
			xml_open(&u->x, "cac:DeliveryParty");
			ubl_within(u, "cac:PartyName", "cbc:Name", p->name);
			xml_close(&u->x);
		}
	}
	xml_close(&u->x);
}
