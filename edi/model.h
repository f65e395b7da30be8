/* SPDX-License-Identifier: ISC */
/*
 * model.h - one form for the business content of every document, whatever it was written in: what JSON, text and HTML
 * are made of. Values are UTF-8, amounts decimal text with a point, dates ISO 8601; what a document does not say is
 * empty. Pure; slices are of the input or the arena.
 *
 * Nothing is invented: a value that the document does not have is not computed into its place. What the sums should
 * be stands in the findings.
 */
#ifndef EDIGATE_EDI_MODEL_H
#define EDIGATE_EDI_MODEL_H

#include "edi/ack.h"

#define MODEL_ITEMS_MAX	   400000u	/* lines, parties, references ... of a file; what comes behind is left out, and said so */
#define MODEL_DOCUMENTS_MAX EDI_MESSAGES_KEPT
#define MODEL_CHECKED_ALLOWANCES 1000u	/* of a document: each line is held against all of them */
#define MODEL_IDS_MAX	   6	/* of a party */
#define MODEL_STREET_MAX   4	/* lines of an address */
#define MODEL_INPUT_MAX	   (32u << 20)	/* of a file that is turned into a model */
#define MODEL_ARENA_MAX	   ((size_t)1 << 30)	/* room for model_read() and any of the writers, for a file of that size */

enum model_kind {
	MODEL_OTHER,
	MODEL_INVOICE, MODEL_CREDIT_NOTE, MODEL_ORDER, MODEL_ORDER_CHANGE, MODEL_ORDER_RESPONSE, MODEL_DESPATCH_ADVICE,
	MODEL_REMITTANCE, MODEL_CATALOGUE, MODEL_ACK,
	MODEL_KINDS
};

/* An identifier and who gave it: "gln", "duns", "vat", "buyer" ... or the code of the standard: "x12:ZZ". */
struct model_id {
	struct str scheme, value;
};

enum model_role {
	MODEL_SELLER, MODEL_BUYER, MODEL_SHIP_TO, MODEL_PAYEE, MODEL_BILL_TO, MODEL_SHIP_FROM, MODEL_OTHER_PARTY,
	MODEL_ROLES
};

struct model_party {
	enum model_role role;
	struct str qual;		/* the standard's own code of the role */
	struct str name;
	struct model_id ids[MODEL_IDS_MAX];
	size_t n_ids;
	struct str street[MODEL_STREET_MAX];
	size_t n_street;
	struct str city, region, postcode, country;
	struct str contact, phone, mail;
};

enum model_ref_kind {
	MODEL_REF_ORDER, MODEL_REF_DELIVERY, MODEL_REF_CONTRACT, MODEL_REF_PRECEDING, MODEL_REF_BUYER, MODEL_REF_OTHER,
	MODEL_REF_KINDS
};

struct model_ref {
	enum model_ref_kind kind;
	struct str qual;	/* MODEL_REF_OTHER: the standard's own code */
	struct str value;
};

struct model_date {
	struct str kind;	/* "delivery", "shipped" ... or the standard's code */
	struct str value;
};

struct model_discount {
	struct str percent, days, until;
};

#define MODEL_NO_LINE SIZE_MAX

struct model_allowance {
	size_t line;		/* which line it belongs to; MODEL_NO_LINE: the document */
	bool charge;
	struct str code, text, percent, base, amount;
	struct str tax_category, tax_rate;
};

struct model_tax {
	struct str category, rate, base, amount;
	struct str reason, reason_code;	/* why none is due */
};

struct model_line {
	struct str no;
	struct str gtin, buyer_id, seller_id;
	struct str description;
	struct str qty, unit, price, price_per, amount;
	struct str tax_category, tax_rate;
	struct str status;	/* of a change or response: the standard's code */
	bool discounted;	/* by the unit or in percent: the amount is not checked */
};

struct model_totals {
	struct str lines, allowances, charges, net, tax, gross, prepaid, rounding, payable;
	struct str count;	/* of lines, where the document tells */
};

/* A sum that is not what its parts give, or a value that is none. */
struct model_finding {
	const char *code;	/* "line-amount", "sum-lines", ...: docs/EDI.md */
	const char *standard;	/* the rule of EN 16931 that says so, NULL without */
	struct str place;	/* "line 3"; empty for the whole document */
	struct str found, computed;
};

struct model {
	enum model_kind kind;
	const struct edi_message *message;	/* of the facts; NULL when that was not kept, and of a TA1 */
	uint64_t segment;	/* of the file, that begins it: ST, UNH, TA1; 0 in XML */
	const struct ack_report *reports;	/* of an acknowledgement in X12 or EDIFACT: what it says, so many of the list */
	size_t n_reports;
	struct str type;	/* the code within the kind: "380", BEG02 "NE" */
	struct str number, issued, currency;
	bool test;
	struct model_party *parties;
	struct model_ref *refs;
	struct model_date *dates;
	struct model_discount *discounts;
	struct model_allowance *allowances;
	struct model_tax *taxes;
	struct model_line *lines;
	struct str *notes;
	struct model_finding *findings;
	size_t n_parties, n_refs, n_dates, n_discounts, n_allowances, n_taxes, n_lines, n_notes, n_findings;
	struct str due, net_days, account;	/* account: an IBAN or as it is written */
	struct model_totals totals;
};

struct model_file {
	struct str in;
	struct edi_facts facts;
	struct str process;	/* UBL: ProfileID */
	const char *charset;	/* of the bytes, as they were read */
	struct model *documents;
	size_t n_documents;
	size_t items;		/* of MODEL_ITEMS_MAX */
	bool cut;		/* not all of it was kept */
};

/*
 * edi_read(), and every document of the file. Returns 0, or -1 with ERR_INPUT: over MODEL_INPUT_MAX. A file that
 * nothing claims has no documents.
 */
int model_read(struct arena *a, struct str in, struct model_file *out, struct err *e);

/* Hold the sums of a model that was not read from a document against their parts: its findings. */
void model_check_sums(struct arena *a, struct model_file *f);

/* The party of that role; of several the first. NULL without one. */
const struct model_party *model_party(const struct model *m, enum model_role role);

const char *model_kind_name(enum model_kind kind);	/* "credit_note": as in JSON */
const char *model_kind_title(enum model_kind kind);	/* "Credit note": for people */
const char *model_role_name(enum model_role role);	/* "ship_to" */
const char *model_role_title(enum model_role role);	/* "Ship to" */
const char *model_ref_name(enum model_ref_kind kind);	/* "order" */

/* What a finding says, for people. */
struct str model_finding_text(struct arena *a, const struct model_finding *f);

#endif
