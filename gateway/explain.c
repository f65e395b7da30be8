/* SPDX-License-Identifier: ISC */
#include "gateway/explain.h"

#define EXPLAIN_CODES_MAX 512		/* far more than stand below */

/* What a command or the log shows in brackets. */
static const struct explanation errors[] = {
	{ "E-SMTP-CONNECT", "The mail server could not be reached: nobody listens there, a firewall is between, or it did not answer in time.",
	    "Check smtp.host and smtp.port, and whether this machine may open that port outwards (port 25 is often closed: use 465 or 587 of a "
	    "smart host). It is tried again by itself." },
	{ "E-SMTP-DNS", "The name of the mail server, or the mail exchangers of the partner's domain, could not be found.",
	    "Check the spelling of smtp.host or of the partner's address, and this machine's name servers. It is tried again by itself." },
	{ "E-SMTP-TLS", "No encrypted connection came about: the server offers no STARTTLS, speaks no TLS on this port, or broke the handshake off.",
	    "tls = implicit belongs to port 465, starttls to 587 and 25. Never put right by tls = none, unless the server is on this machine." },
	{ "E-SMTP-CERT", "The mail server's certificate was not believed: expired, for another name, or by an authority that is not known here.",
	    "Check the host's name (smtp.verify_name when it differs from smtp.host) and smtp.ca: a PEM file for a server with a certificate of its own." },
	{ "E-SMTP-DANE", "The mail server publishes no TLSA records that are validated, and verify = dane-only wants them.",
	    "Ask the server's operator; or set smtp.verify = dane, which takes an ordinary certificate where there are none." },
	{ "E-SMTP-AUTH", "The mail server refused our name and password, or offers no way to log in that we take.",
	    "Check smtp.user and what smtp.password points at; some providers want an application password. Then: edigate retry state=deferred." },
	{ "E-SMTP-GREETING", "The mail server refused the connection in its first line.",
	    "It may be too busy, or has this machine's address on a list. The reply says which; it is tried again by itself." },
	{ "E-SMTP-EHLO", "The mail server refused our name in EHLO.",
	    "Many servers want a name that exists in DNS: set smtp.helo." },
	{ "E-SMTP-CLOSING", "The mail server ended the session of its own accord (421).", "Nothing: it is tried again by itself." },
	{ "E-SMTP-LOST", "The connection broke.",
	    "Nothing: broken before the mail's end it is tried again; after it, the document is 'uncertain' (edigate explain uncertain)." },
	{ "E-SMTP-TIMEOUT", "The mail server did not answer in time.",
	    "Nothing: it is tried again by itself. If it lasts, ask the server's operator." },
	{ "E-SMTP-PROTOCOL", "The mail server said something that is not SMTP.",
	    "Is smtp.port really a mail server, and no proxy that rewrites? edigate show ID has the dialogue." },
	{ "E-CONFIG", "The settings are wrong; the message names file, line and column.",
	    "edigate check lists every finding, edigate.ini(5) every setting. Then: edigate check && systemctl reload edigate." },
	{ "E-CERT-KEY", "No private key of ours belongs to a certificate of ours.",
	    "Name both files, at gateway.cert and gateway.key; which belongs to which is found by itself. A certificate's file may hold its chain "
	    "behind it." },
	{ "E-KEYS-SILENT", "The process that holds our private keys did not answer for a minute.",
	    "The log says why it ends (event=start of edigate-keys: a key that cannot be read, a wrong passphrase); edigate check finds the same. The "
	    "work goes on by itself when it answers." },
	{ "E-NOT-RUNNING", "No gateway answers in this folder.",
	    "Start it (edigate run, systemctl start edigate), or name the right folder with --home. edigate doctor says more." },
	{ "E-DB-DAMAGED", "The database is damaged.",
	    "Stop the gateway, keep the damaged file, put a backup (edigate db backup) in its place; the spool has every mail. Check the disk." },
	{ "E-DB-OPEN", "The database may not be opened or written.",
	    "Its folder belongs to the gateway's user: run the command as that user, and see that the disk is not mounted read-only." },
	{ "E-DB-BUSY", "Somebody else holds the database.", "Only one gateway may run in a folder; stop the other program and try again." },
	{ "E-DISK-FULL", "No space is left, or a quota is used up.",
	    "Make room; mails are refused with 4xx meanwhile and come again, documents wait in the outbox. edigate doctor shows the disks." },
	{ "E-PERMISSION", "A file or folder may not be used by this user.",
	    "Everything below the home belongs to the gateway's user; for the ERP its group may write to outbox and read inbox." },
};

/* What list and status show of a document. */
static const struct explanation states[] = {
	{ "claimed packed queued", "The document was taken from the outbox and is on its way to the mail server.", "Nothing." },
	{ "sending", "A session with the mail server is open.", "Nothing." },
	{ "deferred", "The mail server could not take it yet; nothing was handed over.",
	    "Nothing: it is tried again with growing pauses. edigate show ID has the reply; edigate retry ID tries at once." },
	{ "uncertain", "The connection broke after the mail's end and before the answer: it may have arrived.",
	    "Nothing: after a grace time the same bytes go out again, which the partner recognises as a duplicate." },
	{ "awaiting-receipt", "The mail server took it; the partner's signed receipt is still to come.", "Nothing until the deadline." },
	{ "receipt-overdue", "The partner's receipt did not come in time; the same bytes were sent again.",
	    "Ask the partner whether the mail arrived and whether receipts are sent. In the end it is given up and shown as failed." },
	{ "awaiting-ack", "The partner has it; the acknowledgement (997, 999, CONTRL) is still to come.", "Nothing until the deadline." },
	{ "ack-overdue", "The acknowledgement did not come in time.", "Ask the partner whether the content could be processed." },
	{ "complete", "Everything that was asked for is there: the partner's receipt is signed and over the very bytes that were sent.",
	    "Nothing. edigate evidence export ID keeps the proof." },
	{ "partly-accepted", "The partner took a part of the document, or noted errors.", "edigate show ID, then speak with the partner." },
	{ "rejected", "The partner's system refused the content.", "Put the content right and send it as a new document." },
	{ "failed", "It could not be delivered, or the partner refused the mail. The original is in failed/, with the reason.",
	    "Read NAME.error.txt or edigate show ID, remove the cause, then: edigate retry ID (the same bytes)." },
	{ "disputed", "The receipt's MIC is not that of what was sent: the partner may have other bytes.",
	    "Compare the document with what the partner has. Until then nobody should act on it." },
	{ "held", "It waits for a person: folder and content disagree, a certificate is missing, or something came twice with other content.",
	    "edigate show ID has the reason. Then: edigate release ID, or edigate cancel --reason TEXT ID." },
	{ "invalid", "The document is broken; it was not sent (outbound) or its content is wrong (inbound).",
	    "edigate explain FILE says what is wrong with it. Put it right where it was made." },
	{ "cancelled superseded", "Given up by a person; replaced by a newer packing of the same document.", "Nothing." },
	{ "spooled opened", "A mail was taken in and is being looked at.", "Nothing." },
	{ "filed", "The document is in the inbox; the receipt is due or on its way.", "Nothing." },
	{ "handed-over", "A hook took the document over.", "Nothing." },
	{ "duplicate", "The same mail or interchange came before and was not filed again; its receipt went out once more.", "Nothing." },
	{ "quarantined", "The mail is not believed: see the verdict in its reason, which edigate explain knows too.",
	    "Read quarantine/ULID.reason.txt; after putting things right: edigate retry ID." },
	{ "unmatched", "A receipt or report that fits nothing we sent, or a mail for people.", "Read it: edigate show ID names the file." },
};

/* as1_verdict_name(): why a mail is in quarantine. */
static const struct explanation verdicts[] = {
	{ "no-partner", "The sender's address is none of a partner's, or the mail has not exactly one.",
	    "If it should be taken: add the address to that partner (address = A, B), then edigate retry ID." },
	{ "malformed", "The mail's structure is broken, or programs could read it in two ways.",
	    "edigate inspect shows it. Ask the sender to send it again, from another program perhaps." },
	{ "decryption-failed", "It could not be decrypted. For the sender all reasons look the same, on purpose.",
	    "Most often it was encrypted to an old certificate of ours: hand the partner our card (edigate partner card)." },
	{ "decompression-failed", "What was compressed cannot be unpacked, or would grow over the limits.",
	    "Ask the sender to send it again; without compression if it happens again." },
	{ "insufficient-security", "Less than this partner must send: not signed, not encrypted, or by an algorithm that proves nothing any more.",
	    "The partner changes what is sent, or you change accept = for this partner, knowing what that means." },
	{ "authentication-failed", "Not signed by a certificate of this partner, or by one outside its dates.",
	    "Has the partner a new certificate? Compare its fingerprint on the phone, then add it to cert = and edigate retry ID." },
	{ "integrity-failed", "The signature does not fit the content: the mail was changed on the way.",
	    "Ask for it to be sent again, and look for a mail gateway that adds footers or rewrites attachments." },
	{ "receipt-unsupported micalg-unsupported", "The sender makes a receipt a condition that we cannot give in this form.",
	    "Receipts are signed by S/MIME, with SHA-256 or better: the sender asks for that, or makes it optional." },
	{ "no-payload", "Nothing in the mail could be a document.",
	    "Read it: it may be meant for a person. A winmail.dat must be switched off at the sender." },
};

/* The rules behind those verdicts. */
static const struct explanation rules[] = {
#define RULE(name, code, verdict, what, todo) { code, what, todo },
#include "mime/verdict_rules.h"
#undef RULE
};

/* edi_problem.code: what validate finds. docs/EDI.md. */
static const struct explanation faults[] = {
	{ "se-count ge-count iea-count unt-count une-count unz-count",
	    "The trailer's count is not what was counted: something was lost, added or cut on the way through a program.",
	    "Make the document again; if it was edited by hand, correct the count that the message names." },
	{ "se-control ge-control iea-control unt-control une-control unz-control",
	    "Header and trailer carry different reference numbers, so they do not belong together.",
	    "Both must be the same text, zeros in front included." },
	{ "st-missing se-missing gs-missing ge-missing iea-missing unb-missing unh-missing unt-missing ung-missing une-missing unz-missing",
	    "An envelope lacks one of its ends.", "The file was cut, or put together wrongly: make it again." },
	{ "isa-short", "The first segment is no ISA of sixteen elements.", "The file was cut or changed; an ISA has 106 bytes." },
	{ "isa-width", "An element of the ISA has not its fixed width.",
	    "Fill it with blanks (ids) or zeros (numbers) to the width that X12 gives it." },
	{ "isa-signs", "The separators are not different, or the terminator is a letter or digit.", "Choose signs that the data does not use." },
	{ "isa-duplicate unb-duplicate", "The same interchange number twice between the same two parties.", "Number every interchange once." },
	{ "st-duplicate unh-duplicate", "The same message number twice, with other contents.", "Number the messages of an interchange one by one." },
	{ "bin-length uno-length", "A length was given, and the data does not end there.",
	    "The file was converted as text, or the length is wrong." },
	{ "una-bad", "The UNA is cut short, its signs are not different, or not those that follow.",
	    "Write UNA with the six signs that the interchange uses." },
	{ "unb-short unh-short", "A mandatory element is empty.", "Fill it: the message says which." },
	{ "unb-syntax", "A syntax identifier that ISO 9735 does not have.", "UNOA to UNOY; UNOC is Latin-1, UNOY is UTF-8 with syntax 4." },
	{ "mtr-count eob-count end-count", "A TRADACOMS trailer's count is not what was counted.",
	    "Something was cut out, or the count is made wrongly." },
	{ "mhd-missing mtr-missing bat-missing eob-missing end-missing", "A TRADACOMS envelope lacks one of its ends.",
	    "The file was cut or put together wrongly." },
	{ "stx-short mhd-short", "A mandatory element of the TRADACOMS envelope is empty.", "Fill it: the message says which." },
	{ "stx-signs", "Behind STX stands another sign than '='.", "Tags of TRADACOMS end with '='; '+' is between elements." },
	{ "stx-duplicate mhd-duplicate", "A TRADACOMS reference or message number is used twice.", "Number each anew." },
	{ "isa-tag", "The interchange begins as an ISA does, but for the tag.", "The file lost its first bytes, or they were changed." },
	{ "charset", "A byte or character that the interchange's character set does not have.",
	    "UNB says UNOA to UNOY. Name the set that the text is in (UNOC is Latin-1, UNOY UTF-8), or write the text in it." },
	{ "quirk-refused", "The file deviates in a way that is refused of this partner.",
	    "Let the partner put it right, or take the name out of his quirks_refused." },
	{ "segment-tag", "A segment does not begin with a tag.",
	    "Often a line break or a separator inside of data: it needs the release character." },
	{ "segment-empty", "Two terminators with nothing between them.", "Remove one, or the unescaped terminator within data." },
	{ "segment-misplaced", "A segment stands outside of any message.", "Move it inside, or remove it." },
	{ "segment-cut", "The file ends within a segment.", "It was not copied completely: copy it again." },
	{ "segment-long", "Segment too long: over 65,536 bytes without a terminator.",
	    "The terminator is missing or another one than the header says." },
	{ "control-char", "A control character in the data.", "Remove it where the text comes from." },
	{ "value-long", "A value is longer than any standard allows.", "A separator before it is missing." },
	{ "junk-before junk-after", "Text before or behind the interchange.",
	    "Remove it: a mail's header, a job's log, a byte-order mark of another kind." },
	{ "encoding", "The file is UTF-16 or EBCDIC.", "Convert it to ASCII, Latin-1 or UTF-8 before it is dropped." },
	{ "xml-malformed xml-cut", "The XML is not well-formed, or ends before its root does.", "The file was cut or edited: make it again." },
	{ "xml-doctype", "A DOCTYPE is refused: it could declare entities.",
	    "Leave it out; only cXML has one, which may declare nothing." },
	{ "xml-limit", "Deeper, wider or longer than a business document is.", "The message names the limit." },
	{ "xml-namespace", "The right root in the wrong namespace.", "Use the namespace that the standard gives for this version." },
	{ "number-missing", "The document has no number.", "Fill cbc:ID, ExchangedDocument/ID, Numero or the like." },
	{ "date-bad", "The issue date is no date.", "Write it as YYYY-MM-DD." },
	{ "number-bad", "An amount that is no number.", "Digits and a point: no comma, no blanks, no currency." },
	{ "signature-bad", "A signed document (.p7m) is not what was signed.",
	    "It was changed after signing, or the file was damaged: ask for it again." },
	{ "p7m-recoded", "A signed file that a program took for text and recoded.",
	    "Send it as it was made: as a binary file, or in base64." },
	{ "schema", "The XML is not as the schema in the settings wants it.",
	    "The line and libxml2's words say what; a schema of another version may be the reason." },
	{ "rules-not-checked schema-not-checked", "Too large to be checked, or a schema that does not compile.",
	    "The finding says which; edigate check looks at the schemas." },
	{ "segment-missing", "The message's table has a mandatory segment that is not there.",
	    "Write it where the message says, or correct the version in UNH." },
	{ "segment-often group-often", "More repetitions than the message's table has.",
	    "Use a later directory that allows them, or split the document." },
	{ "segment-place segment-unknown", "The message's table has no such segment there.",
	    "Compare the order with the directory that UNH names; it may be the wrong one." },
	{ "element-missing component-missing", "A mandatory element or component is empty.", "Fill it: the message says which." },
	{ "element-extra component-extra element-often", "More than the directory has.",
	    "Often an unescaped separator inside of data: it needs the release character." },
	{ "element-long element-short", "Longer or shorter than the directory allows.",
	    "Shorten the value, or agree on another element with the partner." },
	{ "element-type", "Letters where a number is due, or digits where letters are.",
	    "Correct the value; numbers have no blanks and no thousands separators." },
	{ "element-date element-time", "No date or time where one is due.", "Write dates as CCYYMMDD or YYMMDD, times as HHMM or HHMMSS." },
	{ "element-condition", "A syntax rule of the segment asks for another element.", "Fill all elements that the rule names, or leave all empty." },
	{ "element-exclusion", "A syntax rule of the segment allows only one of these elements.", "Empty all but one." },
	{ "element-code", "The code is not in the directory's list.", "Fine if your industry's list has it (EANCOM, EDI@Energy): it is a warning." },
	{ "line-amount", "A line's amount is not quantity times price.", "Check rounding, price base and allowances of that line." },
	{ "sum-lines sum-net sum-tax sum-gross sum-payable", "A total is not the sum of what it is made of.",
	    "Check rounding and what the total leaves out." },
};

#define TABLE(title, rows) { title, rows, N(rows) }
const struct explain_table explain_tables[EXPLAIN_KINDS] = {
	[EXPLAIN_ERROR] = TABLE("errors of commands and log", errors),
	[EXPLAIN_STATE] = TABLE("states of a document", states),
	[EXPLAIN_VERDICT] = TABLE("why a mail is in quarantine", verdicts),
	[EXPLAIN_RULE] = TABLE("the rule that a mail broke", rules),
	[EXPLAIN_FAULT] = TABLE("what validate finds in a document", faults),
};

const struct explanation *
explain_find(enum explain_kind kind, struct str code)
{
	const struct explain_table *t = &explain_tables[kind];

	for (size_t i = 0; i < t->n; i++) {
		struct str rest = str_of(t->rows[i].codes), one;
		bool more = true;
		while (more) {
			more = str_cut(&rest, ' ', &one);
			if (str_eq_nocase(one, code))
				return &t->rows[i];
		}
	}
	return NULL;
}

static size_t
split(struct arena *a, const char *codes, const char **out)
{
	struct str rest = str_of(codes), one;
	bool more = true;
	size_t n = 0;

	while (more) {
		more = str_cut(&rest, ' ', &one);
		out[n++] = str_cstr(a, one);
	}
	return n;
}

const char **
explain_codes(struct arena *a, size_t *n)
{
	const char **all = arena_get_array(a, EXPLAIN_CODES_MAX, sizeof(*all));

	*n = 0;
	for (enum explain_kind k = 0; k < EXPLAIN_KINDS; k++)
		for (size_t i = 0; i < explain_tables[k].n; i++)
			*n += split(a, explain_tables[k].rows[i].codes, all + *n);
	return all;
}
