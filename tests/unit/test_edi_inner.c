/* SPDX-License-Identifier: ISC */
/* test_edi_inner.c - FatturaPA, SdI, cXML, and documents inside PDFs, signatures and SBDH envelopes. */
#include <zlib.h>

#include "edi/inner.h"

#include "edi/model.h"
#include "gateway/base/base64.h"
#include "gateway/base/buf.h"
#include "tests/unit/edi_unit.h"

#define CII_STD "urn:un:unece:uncefact:data:standard:"
#define CII                                                                                            \
	"<rsm:CrossIndustryInvoice xmlns:rsm='" CII_STD "CrossIndustryInvoice:100' xmlns:ram='" CII_STD   \
	"ReusableAggregateBusinessInformationEntity:100'><rsm:ExchangedDocument><ram:ID>R-7</ram:ID>"     \
	"</rsm:ExchangedDocument></rsm:CrossIndustryInvoice>"
#define FATTURA_NS "http://ivaservizi.agenziaentrate.gov.it/docs/xsd/fatture/v1.2"
#define BODY(number, total)                                                                             \
	"<FatturaElettronicaBody><DatiGenerali><DatiGeneraliDocumento><TipoDocumento>TD01</TipoDocumento>" \
	"<Numero>" number "</Numero><ImportoTotaleDocumento>" total "</ImportoTotaleDocumento>"            \
	"</DatiGeneraliDocumento></DatiGenerali></FatturaElettronicaBody>"
#define FATTURA(bodies)                                                                                  \
	"<p:FatturaElettronica versione='FPR12' xmlns:p='" FATTURA_NS "'><FatturaElettronicaHeader>"        \
	"<CedentePrestatore><DatiAnagrafici><IdFiscaleIVA><IdPaese>IT</IdPaese><IdCodice>01234567890</IdCodice>" \
	"</IdFiscaleIVA><Anagrafica><Denominazione>Vento Srl</Denominazione></Anagrafica></DatiAnagrafici>" \
	"</CedentePrestatore></FatturaElettronicaHeader>" bodies "</p:FatturaElettronica>"

static void
each_body_is_a_document(void **state)
{
	struct arena *a = arena_new(MODEL_ARENA_MAX);
	struct model_file m;
	struct err e;

	(void)state;
	assert_int_equal(model_read(a, S(FATTURA(BODY("1", "10.00") BODY("2", "20.00"))), &m, &e), 0);
	assert_valid(&m.facts, "fatturapa");
	assert_int_equal(m.facts.n_messages, 2);
	assert_str_eq(m.facts.messages[1].number, S("2"));
	assert_str_eq(m.facts.sender.id, S("01234567890"));
	assert_int_equal(m.n_documents, 2);
	assert_str_eq(m.documents[1].totals.gross, S("20.00"));
	assert_str_eq(model_party(&m.documents[1], MODEL_SELLER)->name, S("Vento Srl"));
	assert_str_eq(model_party(&m.documents[0], MODEL_SELLER)->ids[0].value, S("IT01234567890"));
	arena_free(a);
}

static void
what_is_no_fattura_is_refused(void **state)
{
	static const struct { struct str in; const char *code; } cases[] = {
		{ S_INIT(FATTURA(BODY("", "1.00"))), "number-missing" },
		{ S_INIT(FATTURA("")), "number-missing" },
		{ S_INIT(FATTURA(BODY("1", "1,00"))), "number-bad" },
		{ S_INIT("<FatturaElettronica xmlns='urn:x'/>"), "xml-namespace" },
	};
	struct arena *a = arena_new(EDI_ARENA_MAX);

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		struct edi_facts f = read_facts(a, cases[i].in);
		assert_int_equal(f.verdict, EDI_BROKEN);
		assert_non_null(problem_of(&f, cases[i].code));
	}
	arena_free(a);
}

/* The one format with a DOCTYPE: named, not read, and nothing may be declared in it. */
static void
cxml_may_name_its_dtd(void **state)
{
#define ORDER "<cXML payloadID='7@x'><Header><From><Credential domain='DUNS'><Identity>4</Identity></Credential></From>" \
	"</Header><Request deploymentMode='test'><OrderRequest><OrderRequestHeader orderID='B-1'/></OrderRequest>"       \
	"</Request></cXML>"
	static const struct str bad[] = {
		S_INIT("<!DOCTYPE cXML SYSTEM 'c.dtd' [<!ENTITY x 'y'>]>" ORDER),
		S_INIT("<!DOCTYPE cXML [<!ENTITY % x SYSTEM 'file:///etc/passwd'> %x;]>" ORDER),
		S_INIT("<!DOCTYPE cXML [<!ATTLIST cXML a CDATA 'b'>]>" ORDER),
		S_INIT("<!DOCTYPE cXML [<!ELEMENT cXML ANY>]>" ORDER),
		S_INIT("<!DOCTYPE cXML [<!NOTATION n SYSTEM 'x'>]>" ORDER),
		S_INIT("<!DOCTYPE Order SYSTEM 'c.dtd'>" ORDER),
		S_INIT("<!DOCTYPE cXML SYSTEM 'c.dtd'><cXML payloadID='&x;'/>"),
		S_INIT("<!DOCTYPE cXML SYSTEM 'c.dtd'><cXML payloadID='7'>&x;</cXML>"),
	};
	struct arena *a = arena_new(EDI_ARENA_MAX);
	struct edi_facts f = read_facts(a, S("<!DOCTYPE cXML SYSTEM 'http://xml.cxml.example/cXML.dtd'>" ORDER));

	(void)state;
	assert_valid(&f, "cxml");
	assert_str_eq(f.type, S("OrderRequest"));
	assert_str_eq(f.number, S("B-1"));
	assert_str_eq(f.control, S("7@x"));
	assert_str_eq(f.sender.qual, S("DUNS"));
	assert_true(f.test);
	for (size_t i = 0; i < N(bad); i++) {
		f = read_facts(a, bad[i]);
		assert_int_equal(f.verdict, EDI_BROKEN);
	}
	arena_free(a);
}

static void
notices_of_the_exchange_are_known(void **state)
{
	struct arena *a = arena_new(EDI_ARENA_MAX);
	struct edi_facts f = read_facts(a, S("<n:NotificaScarto versione='1.0' "
	    "xmlns:n='http://www.fatturapa.gov.it/sdi/messaggi/v1.0'><IdentificativoSdI>111</IdentificativoSdI>"
	    "<NomeFile>IT01234567890_1.xml</NomeFile></n:NotificaScarto>"));

	(void)state;
	assert_valid(&f, "sdi");
	assert_str_eq(f.number, S("111"));
	assert_str_eq(f.type, S("NotificaScarto"));
	arena_free(a);
}

static void
an_envelope_gives_its_document(void **state)
{
#define SBD(inside)                                                                                       \
	"<s:StandardBusinessDocument xmlns:s='http://www.unece.org/cefact/namespaces/StandardBusinessDocumentHeader'>" \
	"<s:StandardBusinessDocumentHeader><s:Sender><s:Identifier Authority='iso6523'>0088:4</s:Identifier></s:Sender>" \
	"<s:DocumentIdentification><s:InstanceIdentifier>U-1</s:InstanceIdentifier></s:DocumentIdentification>"        \
	"</s:StandardBusinessDocumentHeader>" inside "</s:StandardBusinessDocument>"
	struct arena *a = arena_new(EDI_ARENA_MAX);
	struct edi_facts f = read_facts(a, S(SBD(CII)));

	(void)state;
	assert_valid(&f, "sbdh");
	assert_str_eq(f.number, S("R-7"));
	assert_str_eq(f.sender.id, S("0088:4"));
	assert_str_eq(f.control, S("U-1"));
	assert_ptr_equal(f.inner.format, edi_detect(S(CII)));
	f = read_facts(a, S(SBD("")));
	assert_int_equal(f.verdict, EDI_UNKNOWN);
	f = read_facts(a, S(SBD("<order/>")));
	assert_int_equal(f.verdict, EDI_UNKNOWN);
	f = read_facts(a, S(SBD(SBD(CII))));
	assert_int_equal(f.verdict, EDI_UNKNOWN);
	arena_free(a);
}

static void
an_envelope_may_declare_its_documents_namespaces(void **state)
{
#define ENVELOPE(p, c, declared, inside)                                                                  \
	"<" p "StandardBusinessDocument xmlns" c "='http://www.unece.org/cefact/namespaces/StandardBusinessDocumentHeader'" declared ">" \
	"<" p "StandardBusinessDocumentHeader><" p "Sender><" p "Identifier>0088:4</" p "Identifier></" p "Sender>"        \
	"</" p "StandardBusinessDocumentHeader>" inside "</" p "StandardBusinessDocument>"
#define UBL_NS	    "urn:oasis:names:specification:ubl:schema:xsd:"
#define UBL_DECLARED " xmlns:u='" UBL_NS "Invoice-2' xmlns:b=\"" UBL_NS "CommonBasicComponents-2\" xmlns:unused='x'"
#define UBL	    "<u:Invoice><b:ID>R-9</b:ID><b:IssueDate>2026-11-23</b:IssueDate></u:Invoice>"
	static const struct str cases[] = {
		S_INIT(ENVELOPE("s:", ":s", UBL_DECLARED, UBL)),
		S_INIT(ENVELOPE("", "", UBL_DECLARED, UBL)),
		S_INIT(ENVELOPE("a.b-c_1:", ":a.b-c_1", UBL_DECLARED, "\n<!-- <u:Invoice> -->" UBL "\n")),
		S_INIT(ENVELOPE("s:", ":s", " xmlns='" UBL_NS "Invoice-2'", "<Invoice xmlns:b='" UBL_NS "CommonBasicComponents-2'><b:ID>R-9</b:ID>"
		    "<b:IssueDate>2026-11-23</b:IssueDate></Invoice>")),
		S_INIT(ENVELOPE("s:", ":s", " xmlns:b='urn:other'", "<Invoice xmlns='" UBL_NS "Invoice-2' xmlns:b='" UBL_NS
		    "CommonBasicComponents-2'><b:ID>R-9</b:ID><b:IssueDate>2026-11-23</b:IssueDate></Invoice>")),
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		struct arena *a = arena_new(EDI_ARENA_MAX);
		struct edi_facts f = read_facts(a, cases[i]);

		print_message(STR_FMT "\n", STR_ARG(cases[i]));
		assert_valid(&f, "sbdh");
		assert_str_eq(f.number, S("R-9"));
		assert_str_eq(f.sender.id, S("0088:4"));
		arena_free(a);
	}
}

/* ---- PDF ---- */

/* A file with one embedded file; with a cross-reference table, or none and a hint at the wrong place. */
static struct str
make_pdf(struct arena *a, struct buf *out, struct str payload, const char *filter, bool table,
    const char *trailer)
{
	size_t at[4];

	buf_cut(out, 0);
	(void)buf_printf(out, NULL, "%%PDF-1.7\n");
	at[1] = out->n;
	(void)buf_printf(out, NULL, "1 0 obj\n<< /Type /Catalog /Names << /EmbeddedFiles << /Names "
	    "[ (a \\) b) 2 0 R ] >> >> >>\nendobj\n");
	at[2] = out->n;
	(void)buf_printf(out, NULL,
	    "2 0 obj << /Type /Filespec /F (factur-x.xml) /EF << /F 3 0 R >> >> endobj\n");
	at[3] = out->n;
	(void)buf_printf(out, NULL, "3 0 obj << /Type /EmbeddedFile %s /Length %zu >> stream\r\n",
	    filter, payload.n);
	(void)buf_put(out, payload, NULL);
	(void)buf_printf(out, NULL, "\nendstream endobj\n");
	at[0] = out->n;
	if (table) {
		(void)buf_printf(out, NULL, "xref\n0 4\n0000000000 65535 f \n");
		for (int i = 1; i < 4; i++)
			(void)buf_printf(out, NULL, "%010zu 00000 n \n", at[i]);
	}
	(void)buf_printf(out, NULL, "trailer << /Root 1 0 R %s >>\nstartxref\n%zu\n%%%%EOF\n", trailer,
	    table ? at[0] : 5);
	return str_dup(a, buf_str(out));
}

static struct str
deflated(struct arena *a, struct str in)
{
	uLongf n = compressBound(in.n);
	char *to = arena_get(a, n);
	int rc = compress((Bytef *)to, &n, (const Bytef *)in.p, in.n);

	assert_int_equal(rc, Z_OK);
	return str_make(to, n);
}

static void
a_pdf_gives_the_invoice_inside(void **state)
{
	struct arena *a = arena_new(EDI_ARENA_MAX);
	struct buf out = BUF_CAP(1 << 20);
	struct str packed = deflated(a, S(CII));
	struct edi_facts f;

	(void)state;
	for (int i = 0; i < 4; i++) {
		f = read_facts(a,
		    make_pdf(a, &out, i & 1 ? packed : S(CII), i & 1 ? "/Filter /FlateDecode" : "",
		        i & 2, ""));
		assert_valid(&f, "pdf");
		assert_str_eq(f.number, S("R-7"));
		assert_str_eq(f.inner.bytes, S(CII));
	}
	buf_clear(&out);
	arena_free(a);
}

static void
other_pdfs_are_no_documents(void **state)
{
	struct arena *a = arena_new(EDI_ARENA_MAX);
	struct buf out = BUF_CAP(1 << 20);
	struct edi_facts f = read_facts(a, make_pdf(a, &out, S(CII), "", true, "/Encrypt 9 0 R"));

	(void)state;
	assert_int_equal(f.verdict, EDI_UNKNOWN);
	assert_str_eq(f.guess, S("encrypted PDF"));
	f = read_facts(a, make_pdf(a, &out, S("<html/>"), "", true, ""));
	assert_str_eq(f.guess, S("PDF without an invoice inside"));
	f = read_facts(a, make_pdf(a, &out, S(CII), "/Filter /LZWDecode", true, ""));
	assert_int_equal(f.verdict, EDI_UNKNOWN);
	f = read_facts(a, S("%PDF-1.7\n"));
	assert_int_equal(f.verdict, EDI_UNKNOWN);
	buf_clear(&out);
	arena_free(a);
}

/* Every beginning of a good file, and every byte of it changed: no crash, and never another number. */
static void
a_damaged_pdf_is_no_trap(void **state)
{
	struct arena *a = arena_new(EDI_ARENA_MAX);
	struct buf out = BUF_CAP(1 << 20);
	struct str good = make_pdf(a, &out, S(CII), "", true, "");

	(void)state;
	for (size_t n = 0; n < good.n; n++) {
		struct arena *b = arena_new(EDI_ARENA_MAX);
		struct str bad = str_dup(b, good);
		((char *)(uintptr_t)bad.p)[n] ^= 0x15;
		(void)read_facts(b, str_sub(good, 0, n));
		(void)read_facts(b, bad);
		arena_free(b);
	}
	buf_clear(&out);
	arena_free(a);
}

/* ---- .p7m ---- */

#define OID_SIGNED "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02"
#define OID_DATA   "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01"
#define HEAD	   "\x30\x80" OID_SIGNED "\xa0\x80\x30\x80\x02\x01\x01\x31\x00\x30\x80" OID_DATA "\xa0\x80"
#define TAIL	   "\x00\x00\x00\x00\x31\x00\x00\x00\x00\x00\x00\x00"

static void
a_signature_gives_its_content(void **state)
{
	struct arena *a = arena_new(EDI_ARENA_MAX);
	struct str half = S("\x24\x80\x04\x05hello\x04\x03 yo\x00\x00"), der, content;
	struct buf text = BUF_CAP(4096);

	(void)state;
	der = str_cat(a, str_cat(a, S(HEAD), half), S(TAIL));
	assert_true(p7m_content(a, der, &content));
	assert_str_eq(content, S("hello yo"));
	assert_int_equal(base64_put_lines(&text, der, NULL), 0);
	assert_true(p7m_content(a, buf_str(&text), &content));
	assert_str_eq(content, S("hello yo"));
	for (size_t n = 0; n < sizeof(HEAD) + 12; n++)
		assert_false(p7m_content(a, str_sub(der, 0, n), &content));
	assert_false(p7m_content(a, S("MAA="), &content));
	assert_false(p7m_content(a, S("M"), &content));
	buf_clear(&text);
	arena_free(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_body_is_a_document),
		cmocka_unit_test(what_is_no_fattura_is_refused),
		cmocka_unit_test(cxml_may_name_its_dtd),
		cmocka_unit_test(notices_of_the_exchange_are_known),
		cmocka_unit_test(an_envelope_gives_its_document),
		cmocka_unit_test(an_envelope_may_declare_its_documents_namespaces),
		cmocka_unit_test(a_pdf_gives_the_invoice_inside),
		cmocka_unit_test(other_pdfs_are_no_documents),
		cmocka_unit_test(a_damaged_pdf_is_no_trap),
		cmocka_unit_test(a_signature_gives_its_content),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
