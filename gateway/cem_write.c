/* SPDX-License-Identifier: ISC */
/* cem_write.c - a certificate exchange message as an entity; and what ties an answer to a request of ours. */
#include "gateway/cem.h"

#include "gateway/base/clock.h"
#include "gateway/base/sha256.h"
#include "mime/cms.h"
#include "mime/encode.h"
#include "mime/write.h"

#define XML_MAX	   ((size_t)64 << 10)
#define XML_HEAD   "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<EDIINTCertificateExchange%s" \
	" xmlns=\"urn:ietf:params:xml:ns:ediintcertificateexchange\" xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\" requestId=\""

/* Names and reasons are anybody's; control characters have no place in XML 1.0. */
static int
put_text(struct buf *out, struct str s, struct err *e)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		struct str as = c == '&' ? S("&amp;") : c == '<' ? S("&lt;") : c == '>' ? S("&gt;") : c == '"' ? S("&quot;") :
		    c < ' ' || c == 0x7f ? S(" ") : str_sub(s, i, 1);
		if (buf_put(out, as, e) == -1)
			return -1;
	}
	return 0;
}

static int
put_element(struct buf *out, const char *name, struct str text, struct err *e)
{
	return buf_printf(out, e, "<%s>", name) == -1 || put_text(out, text, e) == -1 || buf_printf(out, e, "</%s>\n", name) == -1 ? -1 : 0;
}

static int
put_name(struct buf *out, const char *around, struct str issuer, struct str serial, struct err *e)
{
	return buf_printf(out, e, "<%s>\n", around) == -1 || put_element(out, "ds:X509IssuerName", issuer, e) == -1 ||
	    put_element(out, "ds:X509SerialNumber", serial, e) == -1 || buf_printf(out, e, "</%s>\n", around) == -1 ? -1 : 0;
}

static struct str
content_id(struct arena *a, struct str seed, size_t i)
{
	return str_fmt(a, "certificate%zu." STR_FMT "@cem", i, STR_ARG(seed));
}

static int
put_asked(struct arena *a, struct buf *out, const struct cem_item *item, struct str id,
    struct err *e)
{
	struct cert_set *set = NULL;
	int rc = -1;

	if (cert_set_read_der(item->der, &set, e) == -1 || buf_put(out, S("<TrustRequest>\n"), e) == -1)
		goto out;
	if ((item->use & CEM_ENCRYPTS) != 0 && put_element(out, "CertUsage", S("keyEncipherment"), e) == -1)
		goto out;
	if ((item->use & CEM_SIGNS) != 0 && put_element(out, "CertUsage", S("digitalSignature"), e) == -1)
		goto out;
	if (item->respond_by_ms != 0 &&
	    put_element(out, "RespondByDate", clock_rfc3339(a, item->respond_by_ms), e) == -1)
		goto out;
	if (put_element(out, "ResponseURL", item->url, e) == -1 ||
	    buf_put(out, S("<EndEntity>\n"), e) == -1 ||
	    put_name(out, "CertificateIdentifier", cert_issuer_2253(a, set, 0),
	        cert_serial_decimal(a, set, 0), e) == -1 ||
	    put_element(out, "CertificateContentID", id, e) == -1)
		goto out;
	rc = buf_put(out, S("</EndEntity>\n</TrustRequest>\n"), e);
out:
	cert_set_free(set);
	return rc;
}

static int
put_said(struct buf *out, const struct cem_item *item, struct err *e)
{
	if (buf_put(out, S("<TrustResponse>\n"), e) == -1 ||
	    put_element(out, "CertStatus", item->accepted ? S("Accepted") : S("Rejected"), e) == -1 ||
	    (!item->accepted && item->reason.n > 0 && put_element(out, "ReasonForRejection", item->reason, e) == -1) ||
	    put_name(out, "CertificateReference", item->issuer, item->serial, e) == -1)
		return -1;
	return buf_put(out, S("</TrustResponse>\n"), e);
}

static int
put_xml(struct arena *a, const struct cem *cem, struct str seed, struct buf *out, struct err *e)
{
	const char *kind = cem->is_answer ? "Response" : "Request";

	if (buf_printf(out, e, XML_HEAD, kind) == -1 || put_text(out, cem->id, e) == -1 ||
	    buf_put(out, S("\">\n<TradingPartnerInfo>\n<Name qualifier=\"AS1\">"), e) == -1 ||
	    put_text(out, cem->from, e) == -1 || buf_put(out, S("</Name>\n"), e) == -1 ||
	    put_element(out, "MessageOriginated", clock_rfc3339(a, cem->made_ms), e) == -1 ||
	    buf_put(out, S("</TradingPartnerInfo>\n"), e) == -1)
		return -1;
	for (size_t i = 0; i < cem->n; i++)
		if ((cem->is_answer ? put_said(out, &cem->items[i], e)
		                    : put_asked(a, out, &cem->items[i], content_id(a, seed, i), e)) == -1)
			return -1;
	return buf_printf(out, e, "</EDIINTCertificateExchange%s>\n", kind);
}

static int
put_part(struct buf *out, struct str boundary, const char *type, struct str id, struct str content,
    struct err *e)
{
	if (write_delimiter(out, boundary, e) == -1 ||
	    buf_printf(out, e,
	        "Content-Type: %s\r\nContent-ID: <" STR_FMT
	        ">\r\nContent-Transfer-Encoding: base64\r\n\r\n",
	        type, STR_ARG(id)) == -1)
		return -1;
	return base64_put_lines(out, content, e);
}

static int
put_certificate(struct buf *out, struct str boundary, struct str id, struct str der, struct err *e)
{
	struct buf bundle = BUF_CAP(CEM_SIZE_MAX);
	struct cert_set *set = NULL;
	int rc = -1;

	if (cert_set_read_der(der, &set, e) == 0 && cms_certs_only(set, &bundle, e) == 0)
		rc = put_part(out, boundary,
		    "application/pkcs7-mime; smime-type=certs-only; name=\"smime.p7c\"", id,
		    buf_str(&bundle), e);
	cert_set_free(set);
	buf_clear(&bundle);
	return rc;
}

int
cem_write(const struct cem *cem, struct str seed, struct buf *out, struct err *e)
{
	struct arena *a = arena_new(4 * CEM_SIZE_MAX);
	struct str boundary = str_fmt(a, "=_cem_" STR_FMT, STR_ARG(seed)), root = str_fmt(a, "exchange." STR_FMT "@cem", STR_ARG(seed));
	struct buf xml = BUF_CAP(XML_MAX);
	int rc = -1;

	/* RFC 2387, 3.1: type is that of the root, which is the first part. */
	if (put_xml(a, cem, seed, &xml, e) == -1 ||
	    buf_put(out, S("Content-Type: multipart/related; type=\"" CEM_TYPE "\""), e) == -1 ||
	    write_param(out, "boundary", boundary, e) == -1 || buf_put(out, S("\r\n\r\n"), e) == -1 ||
	    put_part(out, boundary, CEM_TYPE, root, buf_str(&xml), e) == -1)
		goto out;
	for (size_t i = 0; i < cem->n && !cem->is_answer; i++)
		if (put_certificate(out, boundary, content_id(a, seed, i), cem->items[i].der, e) == -1)
			goto out;
	rc = write_close(out, boundary, e);
out:
	buf_clear(&xml);
	arena_free(a);
	return rc;
}

struct str
cem_id(struct arena *a, struct str der, struct str seed)
{
	return str_fmt(a, STR_FMT "." STR_FMT, STR_ARG(sha256_hex(a, der)), STR_ARG(seed));
}

bool
cem_is_about(const struct cem *answer, const struct cem_item *item, struct str der)
{
	struct arena *a = arena_new((size_t)1 << 20);
	struct cert_set *set = NULL;
	bool is = answer->is_answer && str_starts(answer->id, cem_id(a, der, S(""))) &&
	    cert_set_read_der(der, &set, NULL) == 0 &&
	    str_eq(cert_serial_decimal(a, set, 0), item->serial);

	cert_set_free(set);
	arena_free(a);
	return is;
}
