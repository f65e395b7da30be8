/* SPDX-License-Identifier: ISC */
/*
 * verdict_rules.h - every rule by which a mail is refused: RULE(name, code, verdict, what is wrong, what to do about it).
 * Included where a table of them is wanted (verdict.h, verdict.c, gateway/explain.c); docs/MAIL.md lists the codes.
 */
#ifndef RULE
#define RULE(name, code, verdict, what, todo)
#endif

/* ---- who it is from */
RULE(FROM_MISSING, "V-FROM-MISSING", NO_PARTNER, "the mail has no From field",
    "Every mail program writes one: ask the sender what was used.")
RULE(FROM_TWICE, "V-FROM-TWICE", NO_PARTNER, "the mail has more than one From field",
    "Programs differ about which one counts. The sender, or a relay on the way, must write one.")
RULE(FROM_NOT_ONE, "V-FROM-NOT-ONE", NO_PARTNER, "From is not exactly one address",
    "One plain address, local@domain, with or without a name: no second address, no group, no quoted local part.")
RULE(FROM_STRANGER, "V-FROM-STRANGER", NO_PARTNER, "no partner has the sender's address",
    "If it should be taken: add the address to that partner (address = A, B), then edigate retry ID.")
RULE(FROM_INSIDE, "V-FROM-INSIDE", AUTHENTICATION_FAILED, "the signed part names another sender than the mail around it",
    "Somebody may have put a mail of this partner into one of his own. Ask the partner who sent it.")
RULE(SIGNER_ADDRESS, "V-SIGNER-ADDRESS", AUTHENTICATION_FAILED, "the signer's certificate is for another mail address than From",
    "The partner sends from the address that the certificate names, or you set signer = pinned for this partner.")

/* ---- the mail's structure */
RULE(HEADER, "V-HEADER", MALFORMED, "the header cannot be read", "edigate inspect shows it. Ask the sender to send it again.")
RULE(MIME_LIMIT, "V-MIME-LIMIT", MALFORMED, "more or deeper parts than any document needs",
    "The limits stand in edigate(8) and docs/MAIL.md. Ask the sender to send the document alone.")
RULE(TWO_TYPES, "V-TWO-TYPES", MALFORMED, "two Content-Type fields",
    "Programs differ about which one counts. Ask the sender to send it from another program.")
RULE(TWO_ENCODINGS, "V-TWO-ENCODINGS", MALFORMED, "two Content-Transfer-Encoding fields",
    "Programs differ about which one counts. Ask the sender to send it from another program.")
RULE(ENCODING_UNKNOWN, "V-ENCODING-UNKNOWN", MALFORMED, "a Content-Transfer-Encoding that does not exist",
    "7bit, 8bit, binary, base64 and quoted-printable exist. Ask the sender to send it from another program.")
RULE(ENCODING_MULTIPART, "V-ENCODING-MULTIPART", MALFORMED, "base64 or quoted-printable on a multipart",
    "RFC 2045 forbids it, and programs differ about what is in it.")
RULE(BOUNDARY_MISSING, "V-BOUNDARY-MISSING", MALFORMED, "multipart without a usable boundary",
    "The mail was cut or rewritten on its way: ask the sender to send it again.")
RULE(BOUNDARY_TWICE, "V-BOUNDARY-TWICE", MALFORMED, "boundary given twice", "Programs differ about which one counts.")
RULE(BOUNDARY_REUSED, "V-BOUNDARY-REUSED", MALFORMED, "the boundary of an outer part used again",
    "Programs differ about which part ends.")
RULE(NOT_CLOSED, "V-NOT-CLOSED", MALFORMED, "multipart without its close delimiter",
    "The mail was probably cut on its way: ask the sender to send it again.")
RULE(HEADER_JUNK, "V-HEADER-JUNK", MALFORMED, "a header line that is no field",
    "Programs differ about whether the header ends there. Look for a relay that rewrites mails.")
RULE(HEADER_BLANK, "V-HEADER-BLANK", MALFORMED, "a header line of blanks only",
    "Programs differ about whether the header ends there.")
RULE(HEADER_EOL, "V-HEADER-EOL", MALFORMED, "bare CR, LF or NUL in a header or delimiter",
    "Programs differ about where lines end. Look for a relay that rewrites line ends.")
RULE(PARAMETERS, "V-PARAMETERS", MALFORMED, "too many parameters on Content-Type", "Nobody needs them.")
RULE(NO_PARTS, "V-NO-PARTS", MALFORMED, "multipart without parts", "The mail was cut or rewritten on its way.")
RULE(TRANSFER, "V-TRANSFER", MALFORMED, "a part is encoded so that decoders disagree about its bytes",
    "Padding or foreign characters inside base64, or a broken quoted-printable: ask the sender to send it again.")
RULE(INNER_SECURITY, "V-INNER-SECURITY", MALFORMED, "a signed or encrypted part is not the outermost of its mail",
    "It proves nothing about what stands beside it. A mailing list or a gateway may have wrapped the mail: send directly.")
RULE(PARTIAL, "V-PARTIAL", MALFORMED, "message/partial is never taken", "The sender's program splits mails: switch that off.")
RULE(EXTERNAL, "V-EXTERNAL", MALFORMED, "message/external-body is never taken", "Send the document itself, not where it lies.")
RULE(DOCUMENTS, "V-DOCUMENTS", MALFORMED, "too many documents in one mail", "Send them in several mails.")

/* ---- the layers, each by the object identifier inside it */
RULE(LAYERS, "V-LAYERS", MALFORMED, "too many layers", "Encrypted once, signed once, compressed once is all that AS1 has.")
RULE(CMS_BROKEN, "V-CMS-BROKEN", MALFORMED, "an S/MIME part that cannot be read",
    "It was cut or changed on its way: ask the sender to send it again.")
RULE(CMS_KIND, "V-CMS-KIND", MALFORMED, "S/MIME of a kind that is not supported",
    "Signed, enveloped, authenticated and compressed are. A mail with certificates only brings no document: edigate cert import.")
RULE(SIGNED_TWICE, "V-SIGNED-TWICE", MALFORMED, "signed twice",
    "One of the two may be somebody else's: the sender signs once, and no gateway on the way adds its own.")
RULE(COMPRESSED_TWICE, "V-COMPRESSED-TWICE", MALFORMED, "compressed twice", "RFC 5402 has it once, before or after the signature.")
RULE(ENVELOPE_INSIDE, "V-ENVELOPE-INSIDE", MALFORMED, "encrypted inside another layer than the mail",
    "An envelope under a signature is how mails of others are taken over: the sender signs first, then encrypts.")
RULE(SIGNED_PROTOCOL, "V-SIGNED-PROTOCOL", MALFORMED, "signed by another protocol than S/MIME", "The sender uses S/MIME, not OpenPGP.")
RULE(SIGNED_PARTS, "V-SIGNED-PARTS", MALFORMED, "multipart/signed has not exactly two parts",
    "Something was added on the way, a footer perhaps.")
RULE(SIGNATURE_PART, "V-SIGNATURE-PART", MALFORMED, "second part of multipart/signed is no signature",
    "Something was added on the way, or the parts were exchanged.")
RULE(DECRYPTION, "V-DECRYPTION", DECRYPTION_FAILED, "cannot be decrypted with our key, or was changed on the way",
    "Most often it was encrypted to an old certificate of ours: hand the partner our card (edigate partner card).")
RULE(CIPHER_WEAK, "V-CIPHER-WEAK", INSUFFICIENT_SECURITY, "encrypted by a weak algorithm",
    "The partner changes to AES. Until then: allow = 3des until DATE, knowing what that means.")
RULE(INFLATE, "V-INFLATE", DECOMPRESSION_FAILED, "compressed content that cannot be unpacked",
    "Broken, cut short, or it would grow over the limits. Ask for it without compression.")

/* ---- the signature */
RULE(SIGNATURE_BROKEN, "V-SIGNATURE-BROKEN", MALFORMED, "the signature cannot be read",
    "Cut, with bytes behind its end, or over a limit: ask the sender to send it again.")
RULE(SIGNATURE_TYPE, "V-SIGNATURE-TYPE", MALFORMED, "signature over something other than data", "No mail program writes that.")
RULE(SIGNATURE_BOTH, "V-SIGNATURE-BOTH", MALFORMED, "detached signature with a content of its own",
    "Programs differ about which content was signed.")
RULE(SIGNATURE_EMPTY, "V-SIGNATURE-EMPTY", MALFORMED, "signature without the content it is over",
    "The content was removed on the way, or these are only certificates.")
RULE(NO_SIGNER, "V-NO-SIGNER", AUTHENTICATION_FAILED, "signature names no signer", "It proves nothing: the sender must sign.")
RULE(ATTRIBUTES, "V-ATTRIBUTES", MALFORMED, "signature lacks signed attributes, or has them twice",
    "Without them a signature over one thing can be shown as one over another. The sender's program must write them, each once.")
RULE(ALGORITHMS_DIFFER, "V-ALGORITHMS-DIFFER", MALFORMED, "signature contradicts itself about its algorithms", "No sound program writes that.")
RULE(CONTENT_CHANGED, "V-CONTENT-CHANGED", INTEGRITY_FAILED, "content was changed after it was signed",
    "Look for a mail gateway that adds footers or rewrites attachments, then ask for it to be sent again.")
RULE(SIGNATURE_VALUE, "V-SIGNATURE-VALUE", INTEGRITY_FAILED, "signature value does not fit",
    "The signature was changed, or made by another key than its certificate's.")
RULE(SIGNATURE_WEAK, "V-SIGNATURE-WEAK", INSUFFICIENT_SECURITY, "signed by a weak algorithm, want sha-256 or better",
    "The partner changes to SHA-256. Until then: allow = sha1 until DATE, knowing what that means.")
RULE(SIGNER_STRANGER, "V-SIGNER-STRANGER", AUTHENTICATION_FAILED, "not signed by a certificate of this partner",
    "Has the partner a new certificate? Compare its fingerprint on the phone, then add it to cert = and edigate retry ID.")
RULE(SIGNER_UNFIT, "V-SIGNER-UNFIT", AUTHENTICATION_FAILED, "the signer's certificate may not sign",
    "Expired, not yet valid, too short, or made for something else. The partner needs a new certificate.")

/* ---- what this partner must send */
RULE(FLOOR_SIGN, "V-FLOOR-SIGN", INSUFFICIENT_SECURITY, "not signed, though this partner must sign",
    "The partner signs, or you change accept = for this partner, knowing what that means.")
RULE(FLOOR_ENCRYPT, "V-FLOOR-ENCRYPT", INSUFFICIENT_SECURITY, "not encrypted, though this partner must encrypt",
    "The partner encrypts, or you change accept = for this partner, knowing what that means.")

/* ---- what is inside */
RULE(EXCHANGE_UNSIGNED, "V-EXCHANGE-UNSIGNED", AUTHENTICATION_FAILED, "a certificate exchange message that is not signed",
    "Whom to trust is asked and answered in signed mails only. The partner signs it by the certificate that you know.")
RULE(EXCHANGE_PARTS, "V-EXCHANGE-PARTS", MALFORMED, "a certificate exchange message with something else in it",
    "It is its XML and the certificates that this speaks of. Documents travel in mails of their own.")
RULE(NO_DOCUMENT, "V-NO-DOCUMENT", NO_PAYLOAD, "no attachment that could be a document", "Read it: it may be meant for a person.")
RULE(UUENCODED, "V-UUENCODED", NO_PAYLOAD, "a text with a uuencoded file in it: the sender's mail program must send plain MIME",
    "Have it sent as an attachment. Such files carry no type and no proof of their end.")
RULE(TNEF, "V-TNEF", NO_PAYLOAD,
    "a winmail.dat (TNEF) as only attachment: the sender's mail program must send plain MIME",
    "In Outlook: send as HTML or plain text, not Rich Text; in Exchange: switch TNEF off for this partner's domain.")
RULE(RECEIPT_TWICE, "V-RECEIPT-TWICE", MALFORMED, "two notifications in one receipt", "Nobody can say which one counts.")
RULE(RECEIPT_BROKEN, "V-RECEIPT-BROKEN", MALFORMED, "a receipt that cannot be read", "edigate inspect shows it.")
RULE(REPORT_BROKEN, "V-REPORT-BROKEN", MALFORMED, "a delivery report that cannot be read", "edigate inspect shows it.")

/* ---- the receipt that the sender requires */
RULE(RECEIPT_FORMAT, "V-RECEIPT-FORMAT", RECEIPT_UNSUPPORTED, "a receipt is required in a format that is not supported",
    "Receipts are signed by S/MIME (pkcs7-signature), or not at all. The sender changes signed-receipt-protocol, or makes it optional.")
RULE(RECEIPT_MICALG, "V-RECEIPT-MICALG", MICALG_UNSUPPORTED, "a receipt is required with a digest that is not supported",
    "The sender adds sha-256 to signed-receipt-micalg, or makes it optional.")
