/* SPDX-License-Identifier: ISC */
/*
 * model_place.h - where the values of XML documents stand: a table of paths for each format, and what each path leads
 * to, the same for all. model_xml.c makes the model of it.
 */
#ifndef EDIGATE_EDI_MODEL_PLACE_H
#define EDIGATE_EDI_MODEL_PLACE_H

#include "edi/model_make.h"
#include "edi/xml.h"

/* What a path leads to. AT_: something begins; AT_HEADER: what stands before it has ended; AT_DOCUMENT: one of several. */
enum place {
	NUMBER, ISSUED, DUE, TYPE, NOTE, CURRENCY, ACCOUNT, TERMS_NOTE, TEST, DELIVERED,
	REF_BUYER, REF_ORDER, REF_CONTRACT, REF_DESPATCH, REF_PRECEDING, REF_ORDER_ANSWERED,
	AT_SELLER, AT_BUYER, AT_PAYEE, AT_SHIP_TO, AT_BILL_TO,
	PARTY_ID, PARTY_VAT_COUNTRY, PARTY_VAT, PARTY_FISCAL, PARTY_LEGAL_ID, PARTY_NAME, PARTY_TRADE_NAME,
	PARTY_STREET, PARTY_HOUSE, PARTY_CITY, PARTY_POSTCODE,
	PARTY_REGION, PARTY_COUNTRY, PARTY_CONTACT, PARTY_PHONE, PARTY_MAIL,
	AT_TAX, TAX_CATEGORY, TAX_RATE, TAX_BASE, TAX_AMOUNT,
	AT_ALLOWANCE, ALLOWANCE_CHARGE, ALLOWANCE_CODE, ALLOWANCE_TEXT, ALLOWANCE_PERCENT, ALLOWANCE_AMOUNT,
	SUM_LINES, SUM_ALLOWANCES, SUM_CHARGES, SUM_NET, SUM_TAX, SUM_GROSS, SUM_PREPAID, SUM_ROUNDING, SUM_PAYABLE,
	AT_DOCUMENT, AT_LINE, AT_HEADER, LINE_NO, LINE_QTY, LINE_UNIT, LINE_AMOUNT, LINE_NAME, LINE_GTIN, LINE_BUYER_ID,
	LINE_SELLER_ID, LINE_PRICE, LINE_PER, LINE_DISCOUNT, LINE_TAX_CATEGORY, LINE_TAX_RATE, LINE_STATUS,
};

extern const struct xml_wants model_ubl_wants, model_cii_wants, model_zugferd_wants,
    model_fattura_wants, model_cxml_wants, model_sdi_wants;

#endif
