/* SPDX-License-Identifier: ISC */
/*
 * sdi.c - what Italy's exchange system (Sistema di Interscambio) answers to a FatturaPA: receipts, rejections and
 * notices, by the national message schemas 1.0 and 1.1. Their number is the one that the system gave the file.
 */
#include "edi/facts.h"
#include "edi/root.h"
#include "edi/xml.h"

static const char *const spaces[] = {
	"http://www.fatturapa.gov.it/sdi/messaggi/v1.0",
	"http://ivaservizi.agenziaentrate.gov.it/docs/xsd/fattura/messaggi/v1.0",
};

static const char *const roots[] = {
	"RicevutaConsegna", "NotificaMancataConsegna", "NotificaScarto", "NotificaEsito", "NotificaEsitoCommittente",
	"ScartoEsitoCommittente", "NotificaDecorrenzaTermini", "AttestazioneTrasmissioneFattura", "MetadatiInvioFile",
	"FileMetadati", "RicevutaScarto", "RicevutaImpossibilitaRecapito",
};

static const struct xml_ns namespaces[] = { { NULL, NULL } };

static const struct xml_path paths[] = {
	{ "IdentificativoSdI", XML_NUMBER, 0 },
	{ "NomeFile", XML_PROFILE, 0 },
	{ "Destinatario/Codice", XML_BUYER_ID, 0 },
	{ "Destinatario/Descrizione", XML_BUYER_NAME, 0 },
	{ "@versione", XML_VERSION, 0 },
	{ NULL, 0, 0 },
};

static const struct xml_wants wants = { namespaces, paths, NULL };

static bool
is_space_of(struct str ns)
{
	for (size_t i = 0; i < N(spaces); i++)
		if (str_eq(ns, str_of(spaces[i])))
			return true;
	return false;
}

static int
sdi_detect(struct str head)
{
	char narrow[XML_NARROW_MAX];
	struct xml_root root;

	if (!xml_root_find(xml_narrow(head, narrow, sizeof(narrow)), &root))
		return 0;
	for (size_t i = 0; i < N(roots); i++)
		if (str_eq(root.local, str_of(roots[i])))
			return is_space_of(root.ns) ? 100 : str_find(root.ns, S("messaggi"), NULL) ? 60 : 0;
	return 0;
}

static int
sdi_read(struct arena *a, struct str in, struct edi_facts *out, struct err *e)
{
	struct xml_doc *doc = arena_new_of(a, struct xml_doc);

	if (xml_read(a, in, &wants, out, doc, e) == -1)
		return -1;
	xml_facts(a, doc, false, out);
	xml_check(a, doc, is_space_of(doc->ns) ? doc->ns : str_of(spaces[1]), "IdentificativoSdI", out);
	return 0;
}

const struct edi_format edi_sdi = {
	.name = "sdi",
	.label = "SdI notice",
	.media_type = "application/xml",
	.extension = "xml",
	.detect = sdi_detect,
	.read = sdi_read,
};
