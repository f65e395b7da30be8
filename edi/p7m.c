/* SPDX-License-Identifier: ISC */
/*
 * p7m.c - the content of a CMS SignedData, found by walking its outer ASN.1 (X.690 BER: also lengths without end and
 * strings in pieces, as smart card software writes them). Nothing is verified: who can, does (mime/cms.h).
 */
#include "edi/inner.h"

#include "edi/facts.h"
#include "gateway/base/base64.h"

#include <string.h>

#define SEQUENCE  0x30
#define OCTETS	  0x04
#define OID	  0x06
#define CONTEXT_0 0xa0
#define PIECES	  0x20	/* constructed: the string is cut into pieces */
#define DEPTH_MAX 16

static const struct str signed_data = S_INIT("\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02");

struct item {
	unsigned char tag;
	struct str body;	/* without end: all that follows */
	bool endless;
};

/* The length octets of X.690, 8.1.3, up to 2^32. */
static bool
take_length(struct str *in, size_t *n, bool *endless)
{
	unsigned char first;
	unsigned int octets;

	if (in->n == 0)
		return false;
	first = (unsigned char)in->p[0];
	octets = first & 0x7fu;
	*in = str_from(*in, 1);
	*n = first;
	*endless = first == 0x80;
	if (first <= 0x80)
		return true;
	if (octets > 4 || octets > in->n)
		return false;
	*n = 0;
	for (unsigned int i = 0; i < octets; i++)
		*n = *n << 8 | (unsigned char)in->p[i];
	*in = str_from(*in, octets);
	return true;
}

/* Cut the head of one item off; of one with a length also its body. */
static bool
take_item(struct str *in, struct item *out)
{
	size_t n;

	if (in->n < 2 || (in->p[0] & 0x1f) == 0x1f)
		return false;
	out->tag = (unsigned char)in->p[0];
	*in = str_from(*in, 1);
	if (!take_length(in, &n, &out->endless))
		return false;
	if (out->endless) {
		out->body = *in;
		return true;
	}
	if (n > in->n)
		return false;
	out->body = str_sub(*in, 0, n);
	*in = str_from(*in, n);
	return true;
}

static bool
enter(struct str *in, unsigned char tag, struct str *body)
{
	struct item item;

	if (!take_item(in, &item) || item.tag != tag)
		return false;
	*body = item.body;
	return true;
}

/*
 * The octets of a string: whole, or gathered from its pieces into to (NULL: only counted). An endless one ends with two
 * zero octets; *in is then behind them.
 */
static bool
gather(struct str *in, char *to, size_t *n, unsigned int depth)
{
	struct item item;
	struct str body;

	if (depth > DEPTH_MAX || !take_item(in, &item) || (item.tag & ~PIECES) != OCTETS)
		return false;
	body = item.body;
	if (!(item.tag & PIECES)) {
		if (item.endless || body.n > P7M_CONTENT_MAX - *n)
			return false;
		if (to != NULL)
			memcpy(to + *n, body.p, body.n);
		*n += body.n;
		return true;
	}
	while (body.n > 0 && !(item.endless && str_starts(body, S("\0\0"))))
		if (!gather(&body, to, n, depth + 1))
			return false;
	if (item.endless && body.n < 2)
		return false;
	if (item.endless)
		*in = str_from(body, 2);
	return true;
}

static bool
is_signed(struct str der, struct str *inside)
{
	struct str oid;

	return enter(&der, SEQUENCE, inside) && enter(inside, OID, &oid) && str_eq(oid, signed_data);
}

/* SignedData ::= SEQUENCE { version, digestAlgorithms SET, encapContentInfo { OID, [0] OCTET STRING }, ... } */
static bool
find_content(struct arena *a, struct str der, struct str *content)
{
	struct str inside, explicit, data, info, octets;
	struct item skip;
	size_t n = 0, again = 0;
	char *to;

	if (!is_signed(der, &inside) || !enter(&inside, CONTEXT_0, &explicit) ||
	    !enter(&explicit, SEQUENCE, &data) || !take_item(&data, &skip) ||
	    !take_item(&data, &skip) || skip.endless || !enter(&data, SEQUENCE, &info) ||
	    !take_item(&info, &skip) || skip.tag != OID || !enter(&info, CONTEXT_0, &octets))
		return false;
	info = octets;
	if (!gather(&info, NULL, &n, 0) || n == 0)
		return false;
	to = arena_get(a, n);
	if (!gather(&octets, to, &again, 0))
		return false;
	*content = str_make(to, n);
	return true;
}

/* Base64 all through, with or without PEM's lines around it. */
static bool
from_base64(struct arena *a, struct str in, struct str *der)
{
	struct buf out = BUF_CAP(P7M_CONTENT_MAX * 2);
	unsigned int flags = 0;
	struct err e;
	size_t at;
	bool good;

	in = str_trim(in);
	if (str_starts(in, S("-----BEGIN "))) {
		if (!str_chr(in, '\n', &at))
			return false;
		in = str_from(in, at);
		if (str_find(in, S("-----END "), &at))
			in = str_sub(in, 0, at);
	}
	good = base64_get(&out, in, &flags, &e) == 0 && flags == 0 && out.n > 0;
	*der = good ? str_dup(a, buf_str(&out)) : S("");
	buf_clear(&out);
	return good;
}

/* "M" is how the base64 of a SEQUENCE begins. */
static bool
is_base64(struct str in)
{
	in = str_trim(in);
	return str_starts(in, S("M")) || str_starts(in, S("-----BEGIN PKCS7")) ||
	    str_starts(in, S("-----BEGIN CMS"));
}

bool
p7m_der(struct arena *a, struct str in, struct str *der)
{
	struct str inside;

	*der = in;
	if (is_base64(in) && !from_base64(a, in, der))
		return false;
	return is_signed(*der, &inside);
}

bool
p7m_content(struct arena *a, struct str in, struct str *content)
{
	struct str der;

	return p7m_der(a, in, &der) && find_content(a, der, content);
}

/*
 * A CMS file that somebody's program took for text and wrote anew, in UTF-8: of SignedData's object identifier the
 * bytes over 0x7f became characters of Windows-1252 or ISO 8859-1. What is lost with it cannot be put back.
 */
static bool
is_recoded(struct str in)
{
	static const struct str traces[] = {
		S_INIT("\x06\x09*\xe2\x80\xa0H\xe2\x80\xa0\xc3\xb7"),
		S_INIT("\x06\x09*\xc2\x86H\xc2\x86\xc3\xb7"),
	};

	in = str_sub(in, 0, 40);
	return str_starts(in, S("0")) && (str_find(in, traces[0], NULL) || str_find(in, traces[1], NULL));
}

static int
p7m_detect(struct str head)
{
	struct buf out = BUF_CAP(64);
	struct str inside, text = str_trim(head);
	unsigned int flags = 0;
	struct err e;
	int sure = 0;
	size_t at;

	if (is_signed(head, &inside) || is_recoded(head))
		return 100;
	if (!is_base64(head))
		return 0;
	if (str_starts(text, S("-----")) && str_chr(text, '\n', &at))
		text = str_from(text, at + 1);
	if (base64_get(&out, str_sub(text, 0, 56), &flags, &e) == 0 &&
	    (str_find(buf_str(&out), signed_data, NULL) || is_recoded(buf_str(&out))))
		sure = 90;
	buf_clear(&out);
	return sure;
}

static int
p7m_read(struct arena *a, struct str in, struct edi_facts *out, struct err *e)
{
	struct str content, der = in;

	if (is_base64(in))
		(void)from_base64(a, in, &der);
	if (is_recoded(der)) {
		facts_problem(a, out, (struct edi_place){ 0 }, "p7m-recoded",
		    "a signed file that was taken for text and recoded: the signature and parts of the document are lost");
		return 0;
	}
	if (!p7m_content(a, in, &content)) {
		inner_none(out, S("CMS signature without a readable content"));
		return 0;
	}
	return inner_read(a, content, S("CMS signature"), out, e);
}

const struct edi_format edi_p7m = {
	.name = "p7m",
	.label = "signed file (.p7m)",
	.media_type = "application/EDI-consent",	/* RFC 1767; application/pkcs7-mime would be taken for a layer of the mail */
	.extension = "p7m",
	.detect = p7m_detect,
	.read = p7m_read,
};
