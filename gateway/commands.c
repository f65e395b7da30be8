/* SPDX-License-Identifier: ISC */
/* commands.c - every command: how it is called, and what `edigate help` says of it. */
#include "gateway/cmd.h"

#include "gateway/base/str.h"

#define FILTERS                                                                                                       \
	"FILTER is one or more of these; all must hold:\n"                                                            \
	"  partner=acme  state=failed  state=attention  dir=in|out  type=INVOIC  number=4711\n"                       \
	"  since=2d  name=FILE  message-id=ID  sha256=HEX  kind=document|receipt|report|other|all\n"
#define IDS                                                                                                           \
	"ID is the number of a document, its ULID, a Message-ID, a file name, a business number,\n"                   \
	"or inv:4711 and ord:4500017 for the number of an invoice or order.\n"

const struct command commands[] = {
	{ "init", cmd_init, "--org NAME --mail ADDR [--id Q:ID]... [--smarthost URL] [--listen HOST:PORT]",
	    "make keys, settings and folders for a new gateway",
	    "Makes everything a gateway needs below one folder: an RSA key with its certificate, config.ini, and the\n"
	    "folders outbox, inbox, sent, failed, status, quarantine. Never overwrites: an existing config.ini ends it.\n"
	    "\n"
	    "  --org NAME          our company, as partners and people read it\n"
	    "  --mail ADDR         our mailbox for EDI: sender, From, and what the listener accepts\n"
	    "  --id Q:ID           our interchange id with its qualifier (14:4012345000009, ZZ:NORDWIND); repeatable\n"
	    "  --smarthost URL     the mail server that takes our mail: smtps://user@host:465, smtp://host:587\n"
	    "                      (STARTTLS), smtp+plain://127.0.0.1:2525 (no TLS), or mx for the partners' own servers\n"
	    "  --listen HOST:PORT  take mail in by SMTP on this address; makes a TLS key and certificate for it\n"
	    "\n"
	    "examples:\n"
	    "  edigate init --org 'Nordwind GmbH' --mail edi@nordwind.example --id 14:4012345000009 \\\n"
	    "      --smarthost smtps://edi@smtp.example.net:465 --listen 127.0.0.1:2525\n"
	    "  edigate init --home ~/edi --org 'ACME Ltd' --mail edi@acme.example\n" },
	{ "check", cmd_check, "[--online]", "check settings, keys, certificates and folders",
	    "Reports every finding as FILE:LINE:COLUMN and counts them. Changes nothing, needs no running gateway.\n"
	    "With --online every mail server that we send by is asked, too: see 'partner test'.\n"
	    "Exit status: 0 without errors (warnings are fine), 78 otherwise.\n"
	    "\n"
	    "examples:\n"
	    "  edigate check && systemctl reload edigate\n" },
	{ "run", cmd_run, "", "run the gateway in the foreground",
	    "Starts every role, restarts those that die, and ends them all on SIGTERM when the work in hand is done.\n"
	    "SIGHUP reads the settings again.\n"
	    "\n"
	    "examples:\n"
	    "  edigate run\n"
	    "  edigate --home ~/edi run\n" },
	{ "status", cmd_status, "[--json]", "roles, queues, and what needs attention",
	    "Exit status: 0 when the gateway runs, 69 when it does not.\n"
	    "\n"
	    "examples:\n"
	    "  edigate status\n"
	    "  edigate status --json | jq .queue\n" },
	{ "list", cmd_list, "[--json] [--follow] [--limit N] [FILTER]...", "documents, newest first",
	    FILTERS "\n"
	    "  --limit N  at most so many (100 without it; 0 for all)\n"
	    "  --follow   go on with every document that changes, until interrupted\n"
	    "  --json     one JSON object per line\n"
	    "\n"
	    "examples:\n"
	    "  edigate list since=1d\n"
	    "  edigate list partner=acme state=attention\n"
	    "  edigate list --json --limit 0 dir=out type=INVOIC | jq -r .number\n" },
	{ "show", cmd_show, "[--json] ID", "one document: facts, messages, mails, proofs",
	    IDS "\n"
	    "examples:\n"
	    "  edigate show 1042\n"
	    "  edigate show --json inv:4711\n" },
	{ "trace", cmd_trace, "[--json] [--follow] [--smtp] [ID]", "the timeline of a document",
	    "Every step with its time, the role that saw it and what it saw; attempts with peer, TLS and reply.\n"
	    "With --smtp also what we and the mail server said in each attempt, but for passwords and the mail itself.\n"
	    "With --follow it goes on until the document is final; without an ID, until interrupted, for all documents.\n"
	    "\n" IDS "\n"
	    "examples:\n"
	    "  edigate trace 1042\n"
	    "  edigate trace --follow invoice_4711.edi\n" },
	{ "stats", cmd_stats, "[--by partner|type|day] [--since T] [--json]", "counts, and how fast receipts came",
	    "Documents of the last 30 days, or of the time given with --since (4h, 7d): how many went out and came in, are\n"
	    "done (complete, filed), failed or had something come late, and how long half and 95 percent of the receipts\n"
	    "took from the mail server's acceptance on.\n"
	    "\n"
	    "examples:\n"
	    "  edigate stats --by partner\n"
	    "  edigate stats --by day --since 7d --json\n" },
	{ "send", cmd_send, "[--to PARTNER] [--wait[=accepted|receipted|acknowledged]] [--timeout T] [--name NAME] FILE...|-",
	    "put files into the outbox, and wait for proof",
	    "Copies each file into the outbox of its partner: the one named, or the one whose id the interchange carries.\n"
	    "\n"
	    "  --to PARTNER  the partner's short name\n"
	    "  --wait        stay until the next mail server took it (accepted), the partner's receipt came (receipted,\n"
	    "                what --wait alone means where receipts are asked for) or the acknowledgement (acknowledged)\n"
	    "  --timeout T   wait at most so long (30s, 5m, 4h); 5m without it\n"
	    "  --name NAME   file name to travel under; needed by nothing, useful for stdin\n"
	    "\n"
	    "Exit status: 0 done, 1 failed, 65 not a complete document, 67 no such partner, 69 not running, 75 timed out.\n"
	    "\n"
	    "examples:\n"
	    "  edigate send --wait invoice_4711.edi\n"
	    "  erp-export | edigate send --to acme --name orders.edi -\n" },
	{ "retry", cmd_retry, "[--dry-run] [--yes] ID...|FILTER...", "send again now: the same bytes",
	    IDS FILTERS "\n"
	    "  --dry-run  only say which\n"
	    "  --yes      do not ask when there are several\n"
	    "\n"
	    "examples:\n"
	    "  edigate retry 1042\n"
	    "  edigate retry --dry-run state=failed partner=acme\n" },
	{ "hold", cmd_hold, "[--reason TEXT] [--dry-run] [--yes] ID...|FILTER...", "keep documents back until released",
	    IDS FILTERS "\n"
	    "examples:\n"
	    "  edigate hold --reason 'price is wrong' 1042\n" },
	{ "release", cmd_release, "[--dry-run] [--yes] ID...|FILTER...", "let held documents go on",
	    IDS FILTERS "\n"
	    "examples:\n"
	    "  edigate release 1042\n"
	    "  edigate release --yes state=held partner=acme\n" },
	{ "cancel", cmd_cancel, "--reason TEXT [--dry-run] [--yes] ID...|FILTER...", "give documents up for good",
	    "The document and its story stay; nothing more is sent or waited for.\n\n" IDS FILTERS "\n"
	    "examples:\n"
	    "  edigate cancel --reason 'sent by fax' 1042\n" },
	{ "receive", cmd_receive, "--stdin [--sender ADDR] [--recipient ADDR]...", "take one mail in from a mail server's pipe",
	    "The same door as the listener: the recipient must be ours, the mail is on disk before the answer, and the\n"
	    "answer begins with an enhanced status code that mail servers understand.\n"
	    "\n"
	    "Exit status: 0 stored, 65 not a mail or too large, 67 not our recipient, 75 could not store: try again.\n"
	    "\n"
	    "examples (Postfix master.cf):\n"
	    "  edigate unix - n n - 4 pipe flags=R user=edigate\n"
	    "      argv=/usr/local/bin/edigate receive --stdin --sender ${sender} --recipient ${recipient}\n" },
	{ "inspect", cmd_inspect, "[--json] [--cert FILE] FILE|-", "what is this file: mail, signature, document, problems",
	    "Looks at a mail or a document; needs no gateway and no settings. Signatures are verified against the\n"
	    "certificate given, or against the partner of that address where there are settings.\n"
	    "\n"
	    "examples:\n"
	    "  edigate inspect quarantine/01JD8Z5QGK8M3V9T2N4R6W0XYZ.eml\n"
	    "  edigate inspect invoice_4711.edi\n" },
	{ "validate", cmd_validate,
	    "[--dictionary FILE.edid [--strict-codes]] [--schema FILE.xsd] [--rules WHICH] [--envelope] [--json] FILE...|-",
	    "is this document complete and consistent",
	    "Checks envelopes, counts and control numbers, and names the place of what is wrong. Of X12 the sets 810 820 824\n"
	    "832 846 850 855 856 860 940 945 997 999 too, and with a dictionary the messages of EDIFACT and further sets:\n"
	    "which segments, in which order and how often; their elements, lengths, types, dates, codes, syntax rules.\n"
	    "A code that is not in the UN's list is a warning (industries have lists of their own), or with --strict-codes\n"
	    "an error. Of a message that the dictionary does not have only the envelope is checked, and that is said;\n"
	    "of all of them with --envelope. XML is held against an XML schema of yours, and invoices against the business\n"
	    "rules that they name, or those of --rules (auto, none, en16931, peppol).\n"
	    "Exit status: 0 valid, 65 broken or not recognised.\n"
	    "\n"
	    "examples:\n"
	    "  edigate validate invoice_4711.edi\n"
	    "  edigate validate --dictionary un.edid invoice_4711.edi\n" },
	{ "dictionary build", cmd_dictionary_build, "FILE... -O FILE.edid", "make a dictionary from the UN's EDIFACT directories, or your own text",
	    "Reads archives as the UN publishes them (d96a.zip, d01b.zip; https://unece.org), several at once, and writes\n"
	    "what their messages consist of into one file for 'edigate validate'. Other files are texts that describe X12 sets\n"
	    "(docs/EDI.md has the form). Replaces FILE.edid.\n"
	    "Exit status: 0 written, 65 an archive is damaged or holds no directory.\n"
	    "\n"
	    "examples:\n"
	    "  edigate dictionary build d96a.zip d01b.zip -O un.edid\n"
	    "  edigate dictionary build d96a.zip our-x12.txt -O both.edid\n" },
	{ "convert", cmd_convert, "--to json|xml|text|html|x12|edifact|ubl|edi FILE|-", "a document as JSON, XML, text, a page or another format",
	    "What the document says, in one form whatever it was written in; sums are recomputed, differences shown.\n"
	    "\n"
	    "  --to json  for programs: schema edigate/document/1, one object\n"
	    "  --to xml   the same as XML\n"
	    "  --to text  for people, 80 columns\n"
	    "  --to html  for people, one page without scripts that can be printed\n"
	    "  --to edi   from such JSON the X12 or EDIFACT file again, byte for byte: made of its part 'raw'\n"
	    "\n"
	    "Exit status: 0 done, 65 not recognised or not such JSON. A broken document is shown with its problems.\n"
	    "\n"
	    "examples:\n"
	    "  edigate convert --to json invoice_4711.edi | jq '.documents[].totals'\n"
	    "  edigate convert --to html invoice_4711.edi >invoice_4711.html\n"
	    "  edigate convert --to edifact order.json >order.edi\n"
	    "  edigate convert --to json orders.x12 | edigate convert --to edi - | cmp - orders.x12\n" },
	{ "explain", cmd_explain, "[--json] [CODE|FILE]", "what a code or word means, what is wrong with a file",
	    "CODE is what stands in brackets behind an error (E-SMTP-AUTH) or a fault (se-count), a state, or the reason\n"
	    "of a quarantine. Of a FILE every fault is shown with its place, and what to do about it. Without either: all.\n"
	    "Exit status: 0 explained, 65 the file is broken, 66 no such code or file.\n"
	    "\n"
	    "examples:\n"
	    "  edigate explain E-SMTP-TLS\n"
	    "  edigate explain uncertain\n"
	    "  edigate explain failed/invoice_4711.edi\n" },
	{ "partner card", cmd_partner_card, "[--as KEY]", "our own card, to hand to partners",
	    "Prints who we are with our certificate, for the partner's 'edigate partner add'. It holds no secret.\n"
	    "\n"
	    "examples:\n"
	    "  edigate partner card > nordwind.edipartner\n" },
	{ "partner add", cmd_partner_add, "[--yes] FILE.edipartner [--as KEY] | NAME --mail ADDR --cert FILE [--id Q:ID]... [--name TEXT]",
	    "add a partner from a card or from its parts",
	    "Shows the certificate and asks; compare the fingerprint with your partner on the phone. Writes\n"
	    "partners.d/NAME.ini and certs/partners/NAME.pem and makes outbox/NAME and inbox/NAME. Never overwrites.\n"
	    "\n"
	    "examples:\n"
	    "  edigate partner add acme.edipartner\n"
	    "  edigate partner add --yes acme --mail edi@acme.example --cert acme.pem --id 14:5098765000007\n" },
	{ "partner list", cmd_partner_list, "[--json]", "every partner on a line",
	    "examples:\n"
	    "  edigate partner list\n" },
	{ "partner show", cmd_partner_show, "[--json] NAME", "everything set for a partner",
	    "examples:\n"
	    "  edigate partner show acme\n" },
	{ "partner test", cmd_partner_test, "[--smtp] NAME", "would mail to a partner go through now",
	    "Shows the partner's certificates, then asks the mail server by which documents go to him: looked up, connected,\n"
	    "TLS and its certificate verified, logged in. It leaves before it names a sender: nothing is sent. When that\n"
	    "fails, or with --smtp, the dialogue is shown.\n"
	    "Exit status: 0 it would, 1 it would not, 67 no such partner.\n"
	    "\n"
	    "examples:\n"
	    "  edigate partner test acme\n" },
	{ "partner remove", cmd_partner_remove, "[--yes] NAME", "forget a partner",
	    "Removes its settings and certificate. Folders with files in them and the record of past documents stay.\n"
	    "\n"
	    "examples:\n"
	    "  edigate partner remove acme\n" },
	{ "cert list", cmd_cert_list, "[--pending] [--json]", "our certificates and our partners', with their dates",
	    "With --pending: those that partners have sent by signed mail, which wait for 'edigate cert accept'.\n"
	    "\n"
	    "examples:\n"
	    "  edigate cert list\n" },
	{ "cert new", cmd_cert_new, "", "make our key and certificate, if there are none",
	    "'edigate init' does this too. Never overwrites a key.\n"
	    "\n"
	    "examples:\n"
	    "  edigate cert new\n" },
	{ "cert renew", cmd_cert_renew, "[--no-announce]", "make a new key and certificate beside the old, and tell the partners",
	    "Both are in the settings then, and a running gateway takes them up. Partners are told by a mail signed with\n"
	    "the old key. What is encrypted to either is opened; mails to a partner are signed with the old until that\n"
	    "partner has taken up the new, or the old one ends.\n"
	    "\n"
	    "examples:\n"
	    "  edigate cert needs-renewal && edigate cert renew\n" },
	{ "cert announce", cmd_cert_announce, "[PARTNER...]", "tell partners our newest certificate, by signed mail",
	    "The certificate goes out as a document with a receipt like any other: as application/pkix-cert, or where the partner\n"
	    "knows it as a certificate exchange message (CEM), which asks for an answer within 14 days.\n"
	    "Without a name: to all partners who have S/MIME. It is signed, and encrypted\n"
	    "where documents are, whatever 'send' says of them.\n"
	    "\n"
	    "examples:\n"
	    "  edigate cert announce acme\n" },
	{ "cert confirm", cmd_cert_confirm, "PARTNER [FINGERPRINT]", "a partner has our newest certificate, so sign with it",
	    "For partners whose software does not say so by itself. With the beginning of a fingerprint: only if it is that.\n"
	    "\n"
	    "examples:\n"
	    "  edigate cert confirm acme 3f:a2:91:07\n" },
	{ "cert accept", cmd_cert_accept, "[--yes] PARTNER [FINGERPRINT]", "take up a certificate that a partner sent by signed mail",
	    "Shows it and asks; compare the fingerprint, or the words, on the phone. It stands beside the old one then, and\n"
	    "the partner is told by signed mail. A running gateway takes it up.\n"
	    "\n"
	    "examples:\n"
	    "  edigate cert list --pending\n"
	    "  edigate cert accept nordwind\n" },
	{ "cert refuse", cmd_cert_refuse, "[--yes] [--reason TEXT] PARTNER [FINGERPRINT]", "do not take up a certificate that a partner sent",
	    "It is no longer listed as pending. A partner who asked by a certificate exchange message (CEM) is told, with the\n"
	    "reason if you give one.\n"
	    "\n"
	    "examples:\n"
	    "  edigate cert refuse --reason 'please by your authority' nordwind\n" },
	{ "cert import", cmd_cert_import, "[--passphrase SECRET] [--yes] PARTNER FILE | --own [--key FILE] [--no-announce] FILE",
	    "take up a certificate from a file, beside the old",
	    "FILE is PEM, DER or PKCS #12 (.p12, .pfx), whose password SECRET says: file:FILE, env:NAME, command:LINE or\n"
	    "credential:NAME; - is stdin. Of a partner: shows it and asks.\n"
	    "With --own: one of ours, by an authority, with its chain behind it. Its private key is in the file named by --key,\n"
	    "which is copied to private/, or in the same FILE, in the settings or in private/ already. Both are in the settings\n"
	    "then, a running gateway takes them up, and the partners are told.\n"
	    "\n"
	    "examples:\n"
	    "  edigate cert import acme acme-2027.pem\n"
	    "  edigate cert import --own --key nordwind.key nordwind-chain.pem\n"
	    "  edigate cert import --own --passphrase file:/root/p12.pass nordwind.p12\n" },
	{ "cert request", cmd_cert_request, "", "make a key, and the request for an authority to certify it",
	    "The request (PKCS #10) goes to stdout; the key stays in private/, and is used once the answer is taken up.\n"
	    "\n"
	    "examples:\n"
	    "  edigate cert request >nordwind.csr\n"
	    "  edigate cert import --own nordwind.pem\n" },
	{ "cert needs-renewal", cmd_cert_needs_renewal, "[--expires-in T]", "do our certificates end soon",
	    "Names those of our own that end within 30 days, or within the time given.\n"
	    "Exit status: 0 yes, 1 no.\n"
	    "\n"
	    "examples:\n"
	    "  edigate cert needs-renewal --expires-in 60d && echo 'think of the partners' | mail -s edi it@nordwind.example\n" },
	{ "evidence export", cmd_evidence_export, "ID -O FILE.tar", "everything that proves one document, in an archive",
	    "The document, the mails as they travelled, receipts and reports, certificates, timeline.json, checksums, and\n"
	    "verify.sh, with which anybody can check it who has openssl and coreutils. The same bytes every time. Never\n"
	    "overwrites; '-' is stdout. Holds no private key, but the document's content.\n"
	    "Exit status: 0 written, 1 written though something in it does not fit together.\n"
	    "\n" IDS "\n"
	    "examples:\n"
	    "  edigate evidence export inv:4711 -O invoice-4711.tar\n" },
	{ "evidence verify", cmd_evidence_verify, "[--json] FILE.tar", "what an archive of evidence proves",
	    "Needs no gateway and no settings: only the bytes and certificates in the archive count. Compare the\n"
	    "certificates' fingerprints with their owners.\n"
	    "Exit status: 0 nothing contradicts (the last line says what is proven), 1 something does not fit together.\n"
	    "\n"
	    "examples:\n"
	    "  edigate evidence verify invoice-4711.tar\n" },
	{ "evidence find", cmd_evidence_find, "[--json] FILE", "which documents have these bytes, and what proves them",
	    "Found by the SHA-256 of the file, whatever its name.\n"
	    "Exit status: 0 found, 1 there is none.\n"
	    "\n"
	    "examples:\n"
	    "  edigate evidence find invoice_4711.edi\n" },
	{ "hook test", cmd_hook_test, "EVENT [ID]", "run the hooks of an event now, as the gateway would",
	    "EVENT is a state: what stands in hooks.d/EVENT/ runs in the order of names, with a document on its stdin and in\n"
	    "its environment; without ID the newest one in that state. EDIGATE_DELIVERY ends in '-test'. The gateway runs hooks\n"
	    "as its own user: run the test as that user, too.\n"
	    "Exit status: 0 all ended with 0, 1 one did not (those behind it are not run), 66 no hooks or no document.\n"
	    "\n"
	    "examples:\n"
	    "  edigate hook test filed\n"
	    "  edigate hook test complete 1042\n" },
	{ "doctor", cmd_doctor, "[--json] [--online]", "everything that can be checked without changing it",
	    "Settings, keys and certificates, folders and the disks below them, space, the database, every document that\n"
	    "is on its way, files that nothing knows, clock, kernel: a line for each thing, and a count.\n"
	    "With --online the mail servers that we send by, too: they are connected to, and we log in.\n"
	    "Exit status: 0 without failures (warnings are fine), 1 otherwise.\n"
	    "\n"
	    "examples:\n"
	    "  edigate doctor\n"
	    "  edigate doctor --json | jq -r 'select(.result == \"fail\").text'\n" },
	{ "db check", cmd_db_check, "[--head NUMBER:HASH]", "is the database sound, and the chain of its events whole",
	    "The first event that was changed, removed, put in or moved is named. Its end is held against what the gateway\n"
	    "noted in db/chain.head, or against --head: what was printed or logged earlier.\n"
	    "Exit status: 0 sound, 1 not.\n"
	    "\n"
	    "examples:\n"
	    "  edigate db check\n" },
	{ "db rebuild", cmd_db_rebuild, "", "compute every document's state again from its events",
	    "Works beside a running gateway (which then does it) and without one.\n"
	    "\n"
	    "examples:\n"
	    "  edigate db rebuild\n" },
	{ "db backup", cmd_db_backup, "FILE", "a consistent copy of the database, while running",
	    "Never overwrites.\n"
	    "\n"
	    "examples:\n"
	    "  edigate db backup /backup/edigate-$(date +%F).db\n" },
	{ "config show", cmd_config_show, "[--origin]", "every setting in force",
	    "With --origin, where each comes from.\n"
	    "\n"
	    "examples:\n"
	    "  edigate config show --origin | grep smtp\n" },
	{ "config get", cmd_config_get, "KEY", "one setting",
	    "examples:\n"
	    "  edigate config get smtp.host\n"
	    "  edigate config get partner.acme.address\n" },
	{ "config set", cmd_config_set, "KEY VALUE", "change one setting, if the result is right",
	    "Comments and order of the file stay. The result is checked first; a wrong one changes nothing.\n"
	    "A running gateway reads it on SIGHUP.\n"
	    "\n"
	    "examples:\n"
	    "  edigate config set smtp.host smtp.example.net\n"
	    "  edigate config set partner.acme.send 'sign encrypt'\n" },
	{ "completion", cmd_completion, "bash|zsh|fish", "what the shell offers behind TAB",
	    "examples:\n"
	    "  eval \"$(edigate completion bash)\"                                            (in ~/.bashrc)\n"
	    "  edigate completion fish > ~/.config/fish/completions/edigate.fish\n" },
	{ "version", cmd_version, "[--json]", "the version",
	    "examples:\n"
	    "  edigate version\n" },
	{ "help", cmd_help, "[COMMAND]", "this overview, or the help of a command",
	    "examples:\n"
	    "  edigate help send\n" },
	{ NULL, NULL, NULL, NULL, NULL },
};

const size_t commands_n = N(commands) - 1;
