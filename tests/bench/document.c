/* SPDX-License-Identifier: ISC */
/*
 * document.c - how long one document takes from its bytes to its JSON, judged by what is built in: microseconds of one core, the
 * median of many rounds; and how fast XML is read, in megabytes a second.
 * usage: document ROUNDS
 */
#include "edi/dict_build.h"
#include "edi/dict_check.h"
#include "edi/model_write.h"
#include "edi/rule.h"
#include "edi/xml.h"
#include "gateway/base/buf.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define ROUNDS_MAX 100000u
#define ARENA_MAX  ((size_t)1 << 30)

static struct dict dict; /* compiled once, as in a role */

static double
now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

/* ---- the documents ---- */

static void
put_810(struct buf *b, size_t bytes)
{
	unsigned int n = 0;

	buf_printf(b, NULL,
	           "ISA*00*          *00*          *ZZ*NORDWIND       *ZZ*ACME           "
	           "*261123*1200*U*00401*000000001*0*P*>~"
	           "GS*IN*NORDWIND*ACME*20261123*1200*1*X*004010~ST*810*0001~BIG*20261123*INV1**"
	           "PO1~CUR*SE*EUR~N1*SE*NORDWIND GMBH*92*1001~");
	while (b->n < bytes) {
		n++;
		buf_printf(b, NULL,
		           "IT1*%u*%u*EA*10.50**UP*%012u*VN*A%u~PID*F****BEARING SLEEVE %u~", n,
		           n % 40 + 1, n, n, n);
	}
	buf_printf(b, NULL, "TDS*100~CTT*%u~SE*%u*0001~GE*1*1~IEA*1*000000001~", n, 2 * n + 7);
}

static void
put_ubl(struct buf *b, size_t bytes)
{
	buf_printf(
	    b, NULL,
	    "<Invoice xmlns=\"urn:oasis:names:specification:ubl:schema:xsd:Invoice-2\" "
	    "xmlns:cac=\"urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-"
	    "2\" "
	    "xmlns:cbc=\"urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2\">\n"
	    "  <cbc:CustomizationID>urn:cen.eu:en16931:2017</cbc:CustomizationID>\n  "
	    "<cbc:ID>INV1</cbc:ID>\n"
	    "  <cbc:IssueDate>2026-11-23</cbc:IssueDate>\n  "
	    "<cbc:DocumentCurrencyCode>EUR</cbc:DocumentCurrencyCode>\n");
	for (unsigned int n = 1; b->n < bytes; n++)
		buf_printf(b, NULL,
		           "  <cac:InvoiceLine>\n    <cbc:ID>%u</cbc:ID>\n    "
		           "<cbc:InvoicedQuantity unitCode=\"C62\">2</cbc:InvoicedQuantity>\n"
		           "    <cbc:LineExtensionAmount "
		           "currencyID=\"EUR\">21.00</cbc:LineExtensionAmount>\n    <cac:Item>\n"
		           "      <cbc:Name>Bearing sleeve %u</cbc:Name>\n      "
		           "<cac:ClassifiedTaxCategory>\n        <cbc:ID>S</cbc:ID>\n"
		           "        <cbc:Percent>19</cbc:Percent>\n        <cac:TaxScheme>\n       "
		           "   <cbc:ID>VAT</cbc:ID>\n        </cac:TaxScheme>\n"
		           "      </cac:ClassifiedTaxCategory>\n    </cac:Item>\n    <cac:Price>\n"
		           "      <cbc:PriceAmount currencyID=\"EUR\">10.50</cbc:PriceAmount>\n    "
		           "</cac:Price>\n  </cac:InvoiceLine>\n",
		           n, n);
	buf_printf(b, NULL, "</Invoice>\n");
}

/* ---- what is done with them ---- */

/* Recognised, its envelope and its set checked, read and written as JSON with its raw part. */
static void
x12_to_json(struct str in)
{
	struct arena *a = arena_new(ARENA_MAX);
	struct buf out = BUF_CAP(MODEL_OUT_MAX);
	struct dict_findings found;
	struct model_file f;
	struct err e;

	if (model_read(a, in, &f, &e) == -1 || f.facts.verdict != EDI_VALID)
		abort();
	dict_check(a, in, &f.facts, &dict, false, &found);
	if (found.n_errors > 0 || model_write_json(&out, a, &f, S("810"), &e) == -1)
		abort();
	buf_clear(&out);
	arena_free(a);
}

static void
ubl_to_json(struct str in)
{
	struct arena *a = arena_new(ARENA_MAX);
	struct buf out = BUF_CAP(MODEL_OUT_MAX);
	struct rule_findings found;
	struct model_file f;
	struct err e;

	if (model_read(a, in, &f, &e) == -1 || f.facts.format != &edi_ubl ||
	    rule_check(a, in, rule_syntax_of(&edi_ubl), RULE_EN16931, NULL, &found, &e) == -1 ||
	    model_write_json(&out, a, &f, S("invoice"), &e) == -1)
		abort();
	buf_clear(&out);
	arena_free(a);
}

static void
read_facts(struct str in)
{
	struct arena *a = arena_new(ARENA_MAX);
	struct edi_facts f;
	struct err e;

	if (edi_read(a, in, &f, &e) == -1 || f.verdict != EDI_VALID)
		abort();
	arena_free(a);
}

static int
by_time(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double
median(void (*run)(struct str), struct str in, size_t rounds)
{
	static double took[ROUNDS_MAX];

	for (size_t i = 0; i < rounds; i++) {
		double begin = now_us();
		run(in);
		took[i] = now_us() - begin;
	}
	qsort(took, rounds, sizeof(took[0]), by_time);
	return took[rounds / 2];
}

int
main(int argc, char **argv)
{
	struct arena *a = arena_new(ARENA_MAX);
	struct buf x12 = BUF_CAP(1 << 20), ubl = BUF_CAP(1 << 20), large = BUF_CAP(64 << 20);
	uint64_t rounds;
	struct err e;

	if (argc != 2 || str_u64(str_of(argv[1]), ROUNDS_MAX, &rounds) == -1 || rounds == 0) {
		fprintf(stderr, "usage: document ROUNDS\n");
		return 64;
	}
	if (dict_builtin_x12(a, &dict, &e) == -1)
		return 70;
	put_810(&x12, 20000);
	put_ubl(&ubl, 20000);
	put_ubl(&large, 30000000);
	printf("%-58s %8.0f us\n", "810 of 20 KB: bytes to validated JSON",
	       median(x12_to_json, buf_str(&x12), (size_t)rounds));
	printf("%-58s %8.0f us\n", "UBL invoice of 20 KB: bytes to JSON, EN 16931 rules",
	       median(ubl_to_json, buf_str(&ubl), (size_t)rounds));
	printf("%-58s %8.0f MB/s\n", "UBL invoice of 20 KB: edi_read()",
	       (double)ubl.n / median(read_facts, buf_str(&ubl), (size_t)rounds));
	printf("%-58s %8.0f MB/s\n", "UBL invoice of 30 MB: edi_read()",
	       (double)large.n / median(read_facts, buf_str(&large), 3));
	buf_clear(&x12);
	buf_clear(&ubl);
	buf_clear(&large);
	arena_free(a);
	return 0;
}
