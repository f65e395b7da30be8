/* SPDX-License-Identifier: ISC */
/* test_cem.c - certificate exchange messages: ours read as they were written, those of others, and what is none. */
#include "gateway/cem.h"

#include "mime/cms.h"
#include "mime/part.h"
#include "tests/unit/mime_world.h"

#include <openssl/pkcs7.h>
#include <openssl/x509.h>

#define NS "xmlns=\"urn:ietf:params:xml:ns:ediintcertificateexchange\" xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\""
#define RELATED "Content-Type: multipart/related; type=\"application/ediint-cert-exchange+xml\"; boundary=b\r\n\r\n--b\r\n"
#define XML_PART "Content-Type: application/ediint-cert-exchange+xml\r\n\r\n"
#define WHO "<TradingPartnerInfo><Name>ACME</Name><MessageOriginated>2026-11-23T10:00:00</MessageOriginated></TradingPartnerInfo>"
#define ANSWERS(items) RELATED XML_PART "<EDIINTCertificateExchangeResponse " NS " requestId=\"r1\">" WHO items \
	"</EDIINTCertificateExchangeResponse>\r\n--b--\r\n"
#define ANSWERED(status, rest) "<TrustResponse><CertStatus>" status "</CertStatus>" rest "<CertificateReference><ds:X509IssuerName>" \
	"CN=A</ds:X509IssuerName><ds:X509SerialNumber>17</ds:X509SerialNumber></CertificateReference></TrustResponse>"

static struct str
der_of(struct world *w, const struct cert_set *set)
{
	struct buf der = BUF_CAP(1u << 16);
	struct str out;

	assert_ok(w, cert_der(set, 0, &der, &w->e));
	out = str_dup(w->a, buf_str(&der));
	buf_clear(&der);
	return out;
}

static void
a_request_and_its_answer(void **state)
{
	struct world *w = *state;
	struct str der = der_of(w, w->acme.certs), other = der_of(w, w->nordwind.certs);
	struct cem ask = { .id = cem_id(w->a, der, S("01J")), .from = S("Smith & <Sons>"), .made_ms = KEYS_NOW_MS, .n = 2,
		.items = { { .use = CEM_SIGNS | CEM_ENCRYPTS, .respond_by_ms = KEYS_NOW_MS + 1000, .url = S("mailto:edi@acme.example"), .der = der },
		    { .use = CEM_ENCRYPTS, .url = S("mailto:edi@acme.example"), .der = other } } };
	struct buf out = BUF_CAP(CEM_SIZE_MAX);
	struct cem got, answer;

	assert_ok(w, cem_write(&ask, S("seed1"), &out, &w->e));
	assert_true(cem_is(buf_str(&out)));
	assert_ok(w, cem_read(w->a, buf_str(&out), &got, &w->e));
	assert_false(got.is_answer);
	assert_str(got.id, ask.id);
	assert_str(got.from, ask.from);
	assert_int_equal(got.made_ms, KEYS_NOW_MS);
	assert_int_equal(got.n, 2);
	assert_int_equal(got.items[0].use, CEM_SIGNS | CEM_ENCRYPTS);
	assert_int_equal(got.items[0].respond_by_ms, KEYS_NOW_MS + 1000);
	assert_int_equal(got.items[1].respond_by_ms, 0);
	assert_str(got.items[0].url, ask.items[0].url);
	assert_str(got.items[0].der, der);
	assert_str(got.items[1].der, other);

	answer = (struct cem){ .is_answer = true, .id = got.id, .from = S("Nordwind"), .made_ms = KEYS_NOW_MS, .n = 2 };
	answer.items[0] = (struct cem_item){
		.issuer = got.items[0].issuer, .serial = got.items[0].serial, .accepted = true
	};
	answer.items[1] = (struct cem_item){
		.issuer = got.items[1].issuer, .serial = got.items[1].serial, .reason = S("a & b")
	};
	buf_cut(&out, 0);
	assert_ok(w, cem_write(&answer, S("seed2"), &out, &w->e));
	assert_ok(w, cem_read(w->a, buf_str(&out), &got, &w->e));
	assert_true(got.is_answer && got.items[0].accepted && !got.items[1].accepted);
	assert_str(got.items[1].reason, S("a & b"));
	/* Held against the certificate that was asked for: another one, or another request, is not answered. */
	assert_true(cem_is_about(&got, &got.items[0], der));
	assert_false(cem_is_about(&got, &got.items[1], der));
	assert_false(cem_is_about(&got, &got.items[0], other));
	got.id = S("r1");
	assert_false(cem_is_about(&got, &got.items[0], der));
	buf_clear(&out);
}

/* libcrypto reads what is only certificates, and so do we. */
static void
certificates_only(void **state)
{
	struct world *w = *state;
	struct buf der = BUF_CAP(1u << 16), pem = BUF_CAP(1u << 16);
	struct cert_set *set = NULL, *two = cert_set_new();
	const unsigned char *p;
	PKCS7 *p7;

	assert_ok(w, cert_set_push(two, cert_set_get(w->acme.certs, 0), &w->e));
	assert_ok(w, cert_set_push(two, cert_set_get(w->nordwind.certs, 0), &w->e));
	assert_ok(w, cms_certs_only(two, &der, &w->e));
	p = (const unsigned char *)der.p;
	p7 = d2i_PKCS7(NULL, &p, (long)der.n);
	assert_non_null(p7);
	assert_true(PKCS7_type_is_signed(p7));
	assert_int_equal(sk_X509_num(p7->d.sign->cert), 2);
	assert_int_equal(X509_cmp(sk_X509_value(p7->d.sign->cert, 0), cert_set_get(two, 0)), 0);
	PKCS7_free(p7);
	assert_ok(w, cms_certs(buf_str(&der), &pem, &w->e));
	assert_ok(w, cert_set_read(buf_str(&pem), &set, &w->e));
	assert_int_equal(cert_set_count(set), 2);
	cert_set_free(set);
	cert_set_free(two);
	buf_clear(&der);
	buf_clear(&pem);
}

static void
what_others_write(void **state)
{
	struct world *w = *state;
	struct cem got;

	assert_ok(w, cem_read(w->a, S(ANSWERS(ANSWERED("Accepted", ""))), &got, &w->e));
	assert_true(got.items[0].accepted);
	assert_str(got.items[0].serial, S("17"));
	assert_str(got.from, S("ACME"));
	assert_ok(w, cem_read(w->a, S(XML_PART "<r:EDIINTCertificateExchangeResponse xmlns:r=\"urn:ietf:params:xml:ns:"
	    "ediintcertificateexchange\" xmlns:d=\"http://www.w3.org/2000/09/xmldsig#\" requestId=\"r1\"><r:TrustResponse><r:CertStatus>"
	    "Rejected</r:CertStatus><r:ReasonForRejection>no</r:ReasonForRejection><r:CertificateReference><d:X509SerialNumber>17"
	    "</d:X509SerialNumber></r:CertificateReference></r:TrustResponse></r:EDIINTCertificateExchangeResponse>"), &got, &w->e));
	assert_false(got.items[0].accepted);
	assert_str(got.items[0].reason, S("no"));
}

static void
what_is_none(void **state)
{
	static const struct { const char *why; struct str entity; const char *says; } cases[] = {
		{ "nothing", S_INIT(""), "no part" },
		{ "another type", S_INIT("Content-Type: application/xml\r\n\r\n<a/>"), "no part" },
		{ "no XML", S_INIT(XML_PART "none"), "XML cannot be read" },
		{ "another root", S_INIT(XML_PART "<Invoice requestId=\"1\"/>"), "its root is 'Invoice'" },
		{ "another namespace", S_INIT(XML_PART "<EDIINTCertificateExchangeResponse xmlns=\"urn:x\" requestId=\"1\"/>"), "its root" },
		{ "an entity", S_INIT(XML_PART "<!DOCTYPE a [<!ENTITY b \"c\">]><EDIINTCertificateExchangeResponse " NS " requestId=\"1\"/>"),
		    "XML cannot be read" },
		{ "no certificate", S_INIT(ANSWERS("")), "no certificate" },
		{ "no answer", S_INIT(ANSWERS(ANSWERED("Perhaps", ""))), "want Accepted or Rejected" },
		{ "yes and no", S_INIT(ANSWERS(ANSWERED("accepted", ""))), "want Accepted or Rejected" },
		{ "too many", S_INIT(ANSWERS(ANSWERED("Accepted", "") ANSWERED("Accepted", "") ANSWERED("Accepted", "") ANSWERED("Accepted", "")
		    ANSWERED("Accepted", "") ANSWERED("Accepted", "") ANSWERED("Accepted", "") ANSWERED("Accepted", "") ANSWERED("Accepted", ""))),
		    "over 8" },
		{ "no id", S_INIT(XML_PART "<EDIINTCertificateExchangeResponse " NS ">" ANSWERED("Accepted", "")
		    "</EDIINTCertificateExchangeResponse>"), "no requestId" },
		{ "a certificate that is not there", S_INIT(RELATED XML_PART "<EDIINTCertificateExchangeRequest " NS " requestId=\"1\"><TrustRequest>"
		    "<EndEntity><CertificateContentID>c1</CertificateContentID></EndEntity></TrustRequest></EDIINTCertificateExchangeRequest>\r\n--b--\r\n"),
		    "'c1' is not there" },
	};
	struct world *w = *state;
	struct cem got;

	for (size_t i = 0; i < N(cases); i++) {
		print_message("%s\n", cases[i].why);
		assert_int_equal(cem_read(w->a, cases[i].entity, &got, &w->e), -1);
		assert_int_equal(w->e.kind, ERR_INPUT);
		if (strstr(w->e.text, cases[i].says) == NULL)
			fail_msg("says '%s', want '%s'", w->e.text, cases[i].says);
	}
	assert_false(cem_is(S("")));
	assert_false(cem_is(S("ISA*00*")));
	assert_false(cem_is(S("Content-Type: multipart/related; type=\"text/xml\"\r\n\r\n")));
}

/* The number in the XML says which certificate is meant: it must be that of the one that came. */
static void
a_request_for_another(void **state)
{
	struct world *w = *state;
	struct str der = der_of(w, w->acme.certs), serial = cert_serial_decimal(w->a, w->acme.certs, 0);
	struct cem ask = { .id = S("r"), .from = S("ACME"), .n = 1, .items = { { .use = CEM_SIGNS, .url = S("u"), .der = der } } }, got;
	struct buf out = BUF_CAP(CEM_SIZE_MAX);
	struct part_tree t;
	struct str xml;
	char *at;

	assert_ok(w, cem_write(&ask, S("seed"), &out, &w->e));
	assert_ok(w, part_tree_read(w->a, buf_str(&out), &t, &w->e));
	xml = cte_decode(w->a, t.parts[1].cte, part_body(&t, 1), &(unsigned int){ 0 });
	at = (char *)memmem((void *)(uintptr_t)xml.p, xml.n, serial.p, serial.n);
	assert_non_null(at);
	*at = *at == '1' ? '2' : '1';
	xml = str_fmt(w->a, RELATED XML_PART "%.*s", (int)xml.n, xml.p);
	xml = str_cat(w->a, str_cat(w->a, xml, S("\r\n--b\r\n")),
	    str_cat(w->a, part_bytes(&t, 2), S("\r\n--b--\r\n")));
	assert_int_equal(cem_read(w->a, xml, &got, &w->e), -1);
	assert_non_null(strstr(w->e.text, "no certificate with the serial number"));
	buf_clear(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_request_and_its_answer),
		cmocka_unit_test(certificates_only),
		cmocka_unit_test(what_others_write),
		cmocka_unit_test(what_is_none),
		cmocka_unit_test(a_request_for_another),
	};

	return cmocka_run_group_tests(tests, world_new, world_free);
}
