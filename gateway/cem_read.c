/* SPDX-License-Identifier: ISC */
/* cem_read.c - a certificate exchange message, from the entity that it came as. */
#include "gateway/cem.h"

#include "edi/xml.h"
#include "gateway/base/clock.h"
#include "mime/cms.h"
#include "mime/header.h"
#include "mime/part.h"

#define NAMESPACE "urn:ietf:params:xml:ns:ediintcertificateexchange"
#define XMLDSIG	  "http://www.w3.org/2000/09/xmldsig#"
#define REQUEST	  "EDIINTCertificateExchangeRequest"
#define ANSWER	  "EDIINTCertificateExchangeResponse"

enum slot { ID, FROM, MADE, ITEM, USE, RESPOND_BY, URL, ISSUER, SERIAL, CONTENT_ID, STATUS, REASON };

/* The XML as it goes by; content ids are wanted until the certificates are found. */
struct reading {
	struct arena *a;
	struct cem *cem;
	struct str content_id[CEM_ITEMS_MAX], status[CEM_ITEMS_MAX];
	bool over;			/* too many, or too long */
};

static const struct xml_ns namespaces[] = { { "x", NAMESPACE }, { "ds", XMLDSIG }, { NULL, NULL } };

#define ASKED "x:TrustRequest/"
#define SAID  "x:TrustResponse/"
static const struct xml_path paths[] = {
	{ "@requestId", ID, 0 },
	{ "x:TradingPartnerInfo/x:Name", FROM, 0 },
	{ "x:TradingPartnerInfo/x:MessageOriginated", MADE, 0 },
	{ "x:TrustRequest", ITEM, XML_OPENS },
	{ ASKED "x:CertUsage", USE, 0 },
	{ ASKED "x:RespondByDate", RESPOND_BY, 0 },
	{ ASKED "x:ResponseURL", URL, 0 },
	{ ASKED "x:EndEntity/x:CertificateIdentifier/ds:X509IssuerName", ISSUER, 0 },
	{ ASKED "x:EndEntity/x:CertificateIdentifier/ds:X509SerialNumber", SERIAL, 0 },
	{ ASKED "x:EndEntity/x:CertificateContentID", CONTENT_ID, 0 },
	{ "x:TrustResponse", ITEM, XML_OPENS },
	{ SAID "x:CertStatus", STATUS, 0 },
	{ SAID "x:ReasonForRejection", REASON, 0 },
	{ SAID "x:CertificateReference/ds:X509IssuerName", ISSUER, 0 },
	{ SAID "x:CertificateReference/ds:X509SerialNumber", SERIAL, 0 },
	{ NULL, 0, 0 },
};

/* xs:dateTime; without a zone it is taken for UTC. 0: none that can be read. */
static int64_t
time_of(struct arena *a, struct str text)
{
	int64_t ms;

	if (clock_read_rfc3339(text, &ms) == 0 || clock_read_rfc3339(str_cat(a, text, S("Z")), &ms) == 0)
		return ms;
	return 0;
}

static unsigned int
use_of(struct str word)
{
	if (str_eq(word, S("digitalSignature")))
		return CEM_SIGNS;
	if (str_eq(word, S("keyEncipherment")))
		return CEM_ENCRYPTS;
	return str_starts(word, S("tls")) ? CEM_TLS : 0;
}

/* The first of each counts. */
static void
keep(struct reading *r, struct str *field, struct str text)
{
	r->over |= text.n > (size_t)EDI_VALUE_MAX - 1;
	if (field->n == 0)
		*field = text;
}

static void
take_of_item(struct reading *r, enum slot slot, struct str text)
{
	struct cem_item *item = &r->cem->items[r->cem->n - 1];

	switch (slot) {
	case USE:
		item->use |= use_of(text);
		break;
	case RESPOND_BY:
		item->respond_by_ms = time_of(r->a, text);
		break;
	case URL:
		keep(r, &item->url, text);
		break;
	case ISSUER:
		keep(r, &item->issuer, text);
		break;
	case SERIAL:
		keep(r, &item->serial, text);
		break;
	case CONTENT_ID:
		keep(r, &r->content_id[r->cem->n - 1], text);
		break;
	case STATUS:
		keep(r, &r->status[r->cem->n - 1], text);
		break;
	case REASON:
		keep(r, &item->reason, text);
		break;
	default:
		break;
	}
}

static void
take(void *arg, unsigned int slot, struct str text, struct str attribute)
{
	struct reading *r = arg;

	(void)attribute;
	if (slot == ID) {
		keep(r, &r->cem->id, text);
	} else if (slot == FROM) {
		keep(r, &r->cem->from, text);
	} else if (slot == MADE) {
		r->cem->made_ms = time_of(r->a, text);
	} else if (slot == ITEM) {
		r->over |= r->cem->n == CEM_ITEMS_MAX;
		r->cem->n += r->cem->n < CEM_ITEMS_MAX;
	} else if (r->cem->n > 0) {
		take_of_item(r, (enum slot)slot, text);
	}
}

static int
read_xml(struct reading *r, struct str text, struct err *e)
{
	const struct xml_wants wants = { namespaces, paths, NULL };
	struct edi_facts *faults = arena_new_of(r->a, struct edi_facts);
	struct xml_doc *doc = arena_new_of(r->a, struct xml_doc);

	if (xml_walk(r->a, text, &wants, faults, doc, take, r, e) == -1)
		return -1;
	if (faults->n_problems > 0)
		return err_set(e, ERR_INPUT, "its XML cannot be read: " STR_FMT,
		    STR_ARG(faults->problems[0].text));
	r->cem->is_answer = str_eq(doc->local, S(ANSWER));
	if (!str_eq(doc->ns, S(NAMESPACE)) || (!r->cem->is_answer && !str_eq(doc->local, S(REQUEST))))
		return err_set(e, ERR_INPUT,
		    "its root is '" STR_FMT "', want " REQUEST " or " ANSWER " in " NAMESPACE,
		    STR_ARG(doc->local));
	if (r->over)
		return err_set(e, ERR_INPUT, "over %d certificates, or a value that is too long", CEM_ITEMS_MAX);
	if (r->cem->id.n == 0 || r->cem->id.n > CEM_ID_MAX || r->cem->n == 0)
		return err_set(e, ERR_INPUT, "it has no requestId, or speaks of no certificate");
	return 0;
}

/* RFC 2392: an id as it is meant, without brackets and "cid:". */
static struct str
bare_id(struct str id)
{
	id = str_trim(id);
	if (str_starts_nocase(id, S("cid:")))
		id = str_from(id, 4);
	return id.n > 2 && id.p[0] == '<' && id.p[id.n - 1] == '>' ? str_sub(id, 1, id.n - 2) : id;
}

static bool
has_id(struct arena *a, const struct part_tree *t, size_t part, struct str id)
{
	struct header h;

	return header_read(a, part_header(t, part), &h, NULL) == 0 &&
	    str_eq(bare_id(header_unfold(a, header_get(&h, S("Content-ID")))), bare_id(id));
}

/* What two decoders could see differently counts as empty. */
static struct str
decoded(struct arena *a, const struct part_tree *t, size_t part)
{
	unsigned int flags = 0;
	struct str s = cte_decode(a, t->parts[part].cte, part_body(t, part), &flags);

	return flags == 0 ? s : S("");
}

/* That one of the certificates in a part which has the number that the request names. */
static int
pick(struct arena *a, struct str der, struct cem_item *item, struct err *e)
{
	struct buf pem = BUF_CAP(CERT_PEM_MAX), one = BUF_CAP(CEM_SIZE_MAX);
	struct cert_set *set = NULL;
	int rc = -1;

	if (cms_certs(der, &pem, e) == -1 || cert_set_read(buf_str(&pem), &set, e) == -1)
		goto out;
	for (size_t i = 0; i < cert_set_count(set) && item->der.n == 0; i++)
		if (str_eq(cert_serial_decimal(a, set, i), item->serial)) {
			if (cert_der(set, i, &one, e) == -1)
				goto out;
			item->der = str_dup(a, buf_str(&one));
		}
	rc = item->der.n > 0 ? 0 : err_set(e, ERR_INPUT, "no certificate with the serial number '" STR_FMT "'", STR_ARG(item->serial));
out:
	cert_set_free(set);
	buf_clear(&pem);
	buf_clear(&one);
	return rc;
}

static int
find_certificate(struct arena *a, const struct part_tree *t, struct str id, struct cem_item *item,
    struct err *e)
{
	for (size_t i = 1; i < t->n && id.n > 0; i++)
		if (has_id(a, t, i, id))
			return pick(a, decoded(a, t, i), item, e);
	return err_set(e, ERR_INPUT, "its certificate '" STR_FMT "' is not there", STR_ARG(id));
}

static int
finish_items(struct reading *r, const struct part_tree *t, struct err *e)
{
	for (size_t i = 0; i < r->cem->n; i++) {
		struct cem_item *item = &r->cem->items[i];
		if (!r->cem->is_answer) {
			if (find_certificate(r->a, t, r->content_id[i], item, e) == -1)
				return e->kind == ERR_RETRY ? -1 : (e->kind = ERR_INPUT, -1);
			continue;
		}
		item->accepted = str_eq(r->status[i], S("Accepted"));
		if (item->serial.n == 0 || (!item->accepted && !str_eq(r->status[i], S("Rejected"))))
			return err_set(e, ERR_INPUT,
			    "an answer of '" STR_FMT "' to certificate '" STR_FMT
			    "', want Accepted or Rejected",
			    STR_ARG(r->status[i]), STR_ARG(item->serial));
	}
	return 0;
}

bool
cem_is(struct str entity)
{
	struct arena *a = arena_new((size_t)1 << 20);
	struct str block = str_sub(entity, 0, HEADER_BLOCK_MAX);
	struct params type = { 0 };
	struct header h;
	bool is = false;

	if (entity.n > 0 && is_alpha(entity.p[0]) &&
	    header_read(a, str_sub(block, 0, header_length(block)), &h, NULL) == 0 &&
	    header_count(&h, S("Content-Type")) == 1) {
		params_read(a, header_get(&h, S("Content-Type")), &type);
		is = str_eq(type.value, S(CEM_TYPE)) ||
		    (str_eq(type.value, S("multipart/related")) &&
		        str_eq_nocase(params_get(&type, S("type")), S(CEM_TYPE)));
	}
	arena_free(a);
	return is;
}

int
cem_read(struct arena *a, struct str entity, struct cem *out, struct err *e)
{
	struct reading r = { .a = a, .cem = out };
	struct part_tree t;
	size_t xml = 0;

	*out = (struct cem){ 0 };
	if (entity.n > CEM_SIZE_MAX)
		return err_set(e, ERR_INPUT, "a certificate exchange message of %zu bytes, want at most %zu", entity.n, CEM_SIZE_MAX);
	if (part_tree_read(a, entity, &t, e) == -1)
		return -1;
	while (xml < t.n && !part_is(&t.parts[xml], S(CEM_TYPE)))
		xml++;
	if (xml == t.n)
		return err_set(e, ERR_INPUT, "no part of the type " CEM_TYPE);
	return read_xml(&r, decoded(a, &t, xml), e) == -1 ? -1 : finish_items(&r, &t, e);
}
