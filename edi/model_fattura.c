/* SPDX-License-Identifier: ISC */
/* model_fattura.c - where FatturaPA and the answers of the exchange system keep their values. */
#include "edi/model_place.h"

static const struct xml_ns namespaces[] = { { NULL, NULL } };

#define SEAT(at)                                 \
	{ at "/Indirizzo", PARTY_STREET, 0 },    \
	{ at "/NumeroCivico", PARTY_HOUSE, 0 },  \
	{ at "/CAP", PARTY_POSTCODE, 0 },        \
	{ at "/Comune", PARTY_CITY, 0 },         \
	{ at "/Provincia", PARTY_REGION, 0 },    \
	{ at "/Nazione", PARTY_COUNTRY, 0 }

#define IDENTITY(at)                                              \
	{ at "/IdFiscaleIVA/IdPaese", PARTY_VAT_COUNTRY, 0 },     \
	{ at "/IdFiscaleIVA/IdCodice", PARTY_VAT, 0 },            \
	{ at "/CodiceFiscale", PARTY_FISCAL, 0 },                 \
	{ at "/Anagrafica/Denominazione", PARTY_NAME, 0 },        \
	{ at "/Anagrafica/Nome", PARTY_NAME, 0 },                 \
	{ at "/Anagrafica/Cognome", PARTY_TRADE_NAME, 0 }

#define PARTY(at, place)                                          \
	{ at, place, XML_OPENS },                                 \
	IDENTITY(at "/DatiAnagrafici"),                           \
	IDENTITY(at "/IdentificativiFiscali"),                    \
	IDENTITY(at ""),                                          \
	{ at "/Denominazione", PARTY_NAME, 0 },                   \
	{ at "/Contatti/Telefono", PARTY_PHONE, 0 },              \
	{ at "/Contatti/Email", PARTY_MAIL, 0 },                  \
	{ at "/AltriDatiIdentificativi/Denominazione", PARTY_NAME, 0 }, \
	SEAT(at "/AltriDatiIdentificativi/Sede"),                 \
	SEAT(at "/Sede")

#define HEADER	"FatturaElettronicaHeader/"
#define BODY	"FatturaElettronicaBody"
#define GENERAL BODY "/DatiGenerali/"
#define FACTS	GENERAL "DatiGeneraliDocumento/"
#define GOODS	BODY "/DatiBeniServizi/"
#define LINE	GOODS "DettaglioLinee"
#define TAX	GOODS "DatiRiepilogo"
#define PAYMENT BODY "/DatiPagamento/DettaglioPagamento/"

static const struct xml_path fattura_paths[] = {
	PARTY(HEADER "CedentePrestatore", AT_SELLER),
	PARTY(HEADER "CessionarioCommittente", AT_BUYER),
	{ BODY, AT_DOCUMENT, XML_OPENS },
	{ FACTS "TipoDocumento", TYPE, 0 },
	{ FACTS "Divisa", CURRENCY, 0 },
	{ FACTS "Data", ISSUED, 0 },
	{ FACTS "Numero", NUMBER, 0 },
	{ FACTS "ImportoTotaleDocumento", SUM_GROSS, 0 },
	{ FACTS "Causale", NOTE, 0 },
	{ GENERAL "DatiOrdineAcquisto/IdDocumento", REF_ORDER, 0 },
	{ GENERAL "DatiContratto/IdDocumento", REF_CONTRACT, 0 },
	{ GENERAL "DatiFattureCollegate/IdDocumento", REF_PRECEDING, 0 },
	{ GENERAL "DatiDDT/NumeroDDT", REF_DESPATCH, 0 },
	{ LINE, AT_LINE, XML_OPENS },
	{ LINE "/NumeroLinea", LINE_NO, 0 },
	{ LINE "/CodiceArticolo/CodiceValore", LINE_SELLER_ID, 0 },
	{ LINE "/Descrizione", LINE_NAME, 0 },
	{ LINE "/Quantita", LINE_QTY, 0 },
	{ LINE "/UnitaMisura", LINE_UNIT, 0 },
	{ LINE "/PrezzoUnitario", LINE_PRICE, 0 },
	{ LINE "/ScontoMaggiorazione/Tipo", LINE_DISCOUNT, 0 },
	{ LINE "/PrezzoTotale", LINE_AMOUNT, 0 },
	{ LINE "/AliquotaIVA", LINE_TAX_RATE, 0 },
	{ LINE "/Natura", LINE_TAX_CATEGORY, 0 },
	{ GOODS "Descrizione", AT_LINE, XML_OPENS },	/* simplified */
	{ GOODS "Descrizione", LINE_NAME, 0 },
	{ GOODS "Importo", LINE_AMOUNT, 0 },
	{ GOODS "DatiIVA/Aliquota", LINE_TAX_RATE, 0 },
	{ TAX, AT_TAX, XML_OPENS },
	{ TAX "/AliquotaIVA", TAX_RATE, 0 },
	{ TAX "/Natura", TAX_CATEGORY, 0 },
	{ TAX "/ImponibileImporto", TAX_BASE, 0 },
	{ TAX "/Imposta", TAX_AMOUNT, 0 },
	{ PAYMENT "DataScadenzaPagamento", DUE, 0 },
	{ PAYMENT "IBAN", ACCOUNT, 0 },
	{ NULL, 0, 0 },
};

static const struct xml_path sdi_paths[] = {
	{ "IdentificativoSdI", NUMBER, 0 },
	{ "NomeFile", REF_ORDER_ANSWERED, 0 },
	{ "DataOraRicezione", ISSUED, 0 },
	{ "Destinatario", AT_BUYER, XML_OPENS },
	{ "Destinatario/Codice", PARTY_ID, 0 },
	{ "Destinatario/Descrizione", PARTY_NAME, 0 },
	{ "ListaErrori/Errore/Codice", NOTE, 0 },
	{ "ListaErrori/Errore/Descrizione", NOTE, 0 },
	{ "EsitoCommittente/Esito", TYPE, 0 },
	{ "Esito", TYPE, 0 },
	{ "Descrizione", NOTE, 0 },
	{ "Note", NOTE, 0 },
	{ NULL, 0, 0 },
};

const struct xml_wants model_fattura_wants = { namespaces, fattura_paths, NULL };
const struct xml_wants model_sdi_wants = { namespaces, sdi_paths, NULL };
