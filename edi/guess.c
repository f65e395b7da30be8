/* SPDX-License-Identifier: ISC */
#include "edi/guess.h"

#include "edi/facts.h"
#include "edi/root.h"

static const struct {
	struct str starts, says;
} marks[] = {
	{ S_INIT("%PDF-"), S_INIT("PDF") },
	{ S_INIT("PK\x03\x04"), S_INIT("ZIP archive") },
	{ S_INIT("\x1f\x8b"), S_INIT("gzip") },
	{ S_INIT("BZh"), S_INIT("bzip2") },
	{ S_INIT("\xfd" "7zXZ"), S_INIT("xz") },
	{ S_INIT("\x89PNG"), S_INIT("PNG image") },
	{ S_INIT("\xff\xd8\xff"), S_INIT("JPEG image") },
	{ S_INIT("EDI_DC40"), S_INIT("SAP IDoc") },
	{ S_INIT("EDI_DC"), S_INIT("SAP IDoc") },
	{ S_INIT("MSH|"), S_INIT("HL7") },
	{ S_INIT("UIB"), S_INIT("EDIFACT, interactive") },
	{ S_INIT("GS*"), S_INIT("X12 without its ISA") },
	{ S_INIT("ST*"), S_INIT("X12 without its ISA") },
	{ S_INIT("{"), S_INIT("JSON") },
	{ S_INIT("["), S_INIT("JSON") },
	{ S_INIT("-----BEGIN "), S_INIT("PEM") },
	{ S_INIT("\x30\x82"), S_INIT("DER (a signed or encrypted file?)") },
	{ S_INIT("\xff\xfe"), S_INIT("UTF-16 text") },
	{ S_INIT("\xfe\xff"), S_INIT("UTF-16 text") },
};

static bool
is_text(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		if (c < 0x20 && !is_space((char)c))
			return false;
	}
	return true;
}

struct str
edi_guess(struct arena *a, struct str head)
{
	char narrow[XML_NARROW_MAX];
	struct xml_root root;
	struct str in = head;

	if (str_starts(in, S("\xef\xbb\xbf")))
		in = str_from(in, 3);
	while (in.n > 0 && is_space(in.p[0]))
		in = str_from(in, 1);
	if (in.n == 0)
		return head.n == 0 ? S("empty") : S("blank");
	for (size_t i = 0; i < N(marks); i++)
		if (str_starts(in, marks[i].starts))
			return marks[i].says;
	if (xml_root_find(xml_narrow(head, narrow, sizeof(narrow)), &root))
		return str_fmt(a, "XML <%s>", facts_show(a, root.tag));
	if (!is_text(in))
		return S("binary");
	return in.p[0] == '<' ? S("XML or HTML") : S("text");
}
