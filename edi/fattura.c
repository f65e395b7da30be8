/* SPDX-License-Identifier: ISC */
/*
 * fattura.c - FatturaPA, Italy's invoice: ordinary (FPR12, FPA12) and simplified (FSM10). One file may hold several
 * bodies of the same parties: each is a message.
 */
#include "edi/decimal.h"
#include "edi/facts.h"
#include "edi/root.h"
#include "edi/xml.h"

#define DOCS	   "http://ivaservizi.agenziaentrate.gov.it/docs/xsd/fatture/"
#define ORDINARY   "FatturaElettronica"
#define SIMPLIFIED "FatturaElettronicaSemplificata"

static const struct {
	struct str root, ns;
} known[] = {
	{ S_INIT(ORDINARY), S_INIT(DOCS "v1.2") },
	{ S_INIT(SIMPLIFIED), S_INIT(DOCS "v1.0") },
	{ S_INIT(ORDINARY), S_INIT("http://www.fatturapa.gov.it/sdi/fatturapa/v1.1") },
	{ S_INIT(ORDINARY), S_INIT("http://www.fatturapa.gov.it/sdi/fatturapa/v1.0") },
};

static const struct xml_ns namespaces[] = { { NULL, NULL } };

enum { BODY = XML_SLOTS_MAX, BODY_NUMBER, BODY_TYPE, BODY_AMOUNT };

#define HEADER "FatturaElettronicaHeader/"
#define BODIES "FatturaElettronicaBody"
#define PARTY(at, id, name)                                                  \
	{ HEADER at "/DatiAnagrafici/IdFiscaleIVA/IdCodice", id, 0 },        \
	{ HEADER at "/DatiAnagrafici/CodiceFiscale", id, 1 },                \
	{ HEADER at "/IdFiscaleIVA/IdCodice", id, 0 },                       \
	{ HEADER at "/IdentificativiFiscali/IdFiscaleIVA/IdCodice", id, 0 }, \
	{ HEADER at "/IdentificativiFiscali/CodiceFiscale", id, 1 },         \
	{ HEADER at "/DatiAnagrafici/Anagrafica/Denominazione", name, 0 },   \
	{ HEADER at "/DatiAnagrafici/Anagrafica/Cognome", name, 1 },         \
	{ HEADER at "/AltriDatiIdentificativi/Denominazione", name, 0 },     \
	{ HEADER at "/Denominazione", name, 0 }

#define GENERAL BODIES "/DatiGenerali/DatiGeneraliDocumento"

static const struct xml_path paths[] = {
	{ "@versione", XML_VERSION, 0 },
	{ HEADER "DatiTrasmissione/ProgressivoInvio", XML_NUMBER, 0 },
	PARTY("CedentePrestatore", XML_SELLER_ID, XML_SELLER_NAME),
	PARTY("CessionarioCommittente", XML_BUYER_ID, XML_BUYER_NAME),
	{ BODIES, BODY, XML_OPENS },
	{ GENERAL "/TipoDocumento", BODY_TYPE, 0 },
	{ GENERAL "/Numero", BODY_NUMBER, 0 },
	{ GENERAL "/ImportoTotaleDocumento", BODY_AMOUNT, 0 },
	{ BODIES "/DatiBeniServizi/DatiRiepilogo/ImponibileImporto", BODY_AMOUNT, 0 },
	{ BODIES "/DatiBeniServizi/DatiRiepilogo/Imposta", BODY_AMOUNT, 0 },
	{ BODIES "/DatiBeniServizi/DettaglioLinee/PrezzoUnitario", BODY_AMOUNT, 0 },
	{ BODIES "/DatiBeniServizi/DettaglioLinee/PrezzoTotale", BODY_AMOUNT, 0 },
	{ NULL, 0, 0 },
};

static const struct xml_wants wants = { namespaces, paths, NULL };

struct bodies {
	struct arena *a;
	struct edi_facts *f;
	const struct xml_doc *doc;
	struct edi_message now;
	bool open;
};

/* A body ends where the next begins, or the file does. */
static void
close_body(struct bodies *b)
{
	if (!b->open)
		return;
	if (b->now.number.n == 0)
		facts_problem(b->a, b->f, (struct edi_place){ 0 }, "number-missing",
		    "no Numero in body %zu: the invoice has no number", b->f->n_messages + 1);
	if (b->now.type.n == 0)
		b->now.type = b->doc->local;
	facts_message(b->a, b->f, &b->now);
	b->open = false;
}

/* The schema's amounts have a point and a digit on both sides; a decimal comma is the usual fault. */
static void
check_amount(struct bodies *b, struct str text)
{
	struct decimal d;

	if (!decimal_read(text, &d) || str_chr(text, ',', NULL))
		facts_problem(b->a, b->f, (struct edi_place){ 0 }, "number-bad", "'%s' is no amount",
		    facts_show(b->a, text));
}

static void
take(void *arg, unsigned int slot, struct str text, struct str attribute)
{
	struct bodies *b = arg;

	(void)attribute;
	if (slot == BODY) {
		close_body(b);
		b->now = (struct edi_message){ .version = b->doc->slot[XML_VERSION].text };
		b->open = true;
	} else if (slot == BODY_NUMBER) {
		b->now.number = text;
	} else if (slot == BODY_TYPE) {
		b->now.type = text;
	} else if (slot == BODY_AMOUNT) {
		check_amount(b, text);
	}
}

static int
fattura_detect(struct str head)
{
	char narrow[XML_NARROW_MAX];
	struct xml_root root;
	int sure = 0;

	if (!xml_root_find(xml_narrow(head, narrow, sizeof(narrow)), &root))
		return 0;
	for (size_t i = 0; i < N(known); i++)
		if (str_eq(root.local, known[i].root))
			sure = sure == 100 || str_eq(root.ns, known[i].ns) ? 100 : 60;
	return sure;
}

static struct str
namespace_of(const struct xml_doc *doc)
{
	for (size_t i = 0; i < N(known); i++)
		if (str_eq(doc->local, known[i].root) && str_eq(doc->ns, known[i].ns))
			return doc->ns;
	return str_eq(doc->local, known[1].root) ? known[1].ns : known[0].ns;
}

static int
fattura_read(struct arena *a, struct str in, struct edi_facts *out, struct err *e)
{
	struct xml_doc *doc = arena_new_of(a, struct xml_doc);
	struct bodies b = { .a = a, .f = out, .doc = doc };

	if (xml_walk(a, in, &wants, out, doc, take, &b, e) == -1)
		return -1;
	if (!str_eq(doc->ns, namespace_of(doc)))
		xml_check(a, doc, namespace_of(doc), "Numero", out);
	if (out->n_problems == 0)
		close_body(&b);
	out->interchanges = 1;
	out->sender = xml_party(doc, XML_SELLER_ID, XML_SELLER_NAME);
	out->receiver = xml_party(doc, XML_BUYER_ID, XML_BUYER_NAME);
	out->control = doc->slot[XML_NUMBER].text;
	out->version = doc->slot[XML_VERSION].text;
	if (out->n_problems == 0 && out->n_messages == 0)
		facts_problem(a, out, (struct edi_place){ 0 }, "number-missing",
		    "no " BODIES ": no invoice in it");
	xml_check(a, doc, namespace_of(doc), "Numero", out);
	return 0;
}

const struct edi_format edi_fatturapa = {
	.name = "fatturapa",
	.label = "FatturaPA",
	.media_type = "application/xml",
	.extension = "xml",
	.detect = fattura_detect,
	.read = fattura_read,
};
