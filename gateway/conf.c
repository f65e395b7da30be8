/* SPDX-License-Identifier: ISC */
#include "gateway/conf.h"

#include "gateway/profile.h"

#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

#define SECONDS(n) ((n) * UINT64_C(1000))
#define HOURS(n)   SECONDS((n) * UINT64_C(3600))
#define DAYS(n)	   HOURS((n) * UINT64_C(24))
#define KIB(n)	   ((n) * UINT64_C(1024))

#define CONF(field)    .in = IN_CONF, .offset = offsetof(struct conf, field)
#define PARTNER(field) .in = IN_PARTNER, .offset = offsetof(struct partner, field)
#define IN_SMTP(field) IN_CONF, .offset = offsetof(struct conf, smtp.field)
#define OF_ROUTE(field) IN_ROUTE, .offset = offsetof(struct conf_smtp, field)

/* [smtp] and, with smtp_ before each key, the route of one partner. */
#define SMTP_ROWS(section, prefix, host_default, host_help, where)                                                            \
	{ section, prefix "host", SET_HOST, host_default, host_help, .in = where(host) },                                     \
	{ section, prefix "port", SET_COUNT, "auto",                                                                          \
	    "Its port; auto is 465 with tls = implicit, 587 with starttls, 25 with host = mx or tls = none.",                 \
	    .in = where(port), .words = "auto", .lo = 1, .hi = 65535 },                                                       \
	{ section, prefix "tls", SET_ENUM, "auto",                                                                            \
	    "implicit, starttls (required, never skipped), opportunistic (where it is offered) or none; auto is implicit, "   \
	    "but starttls with host = mx or a port other than 465; none only on loopback or a network that you trust.",       \
	    .in = where(tls), .words = "implicit|starttls|opportunistic|none|auto" },                                         \
	{ section, prefix "user", SET_STRING, "", "Name to log in with; empty: no login.", .in = where(user) },               \
	{ section, prefix "password", SET_SECRET, "",                                                                         \
	    "Where the password is: file:PATH, env:NAME, command:SHELL-COMMAND or credential:NAME; never inline.",            \
	    .in = where(password) },                                                                                          \
	{ section, prefix "auth", SET_WORD, "auto", "How to log in: auto (scram-sha-256-plus, scram-sha-256, plain or "       \
	    "login: the first offered), one of these, cram-md5, external (tls_cert says who we are), or, with an OAuth token " \
	    "for a password, xoauth2 or oauthbearer.", .in = where(auth),                                                     \
	    .words = "auto|scram-sha-256-plus|scram-sha-256|plain|login|external|cram-md5|xoauth2|oauthbearer" },             \
	{ section, prefix "verify", SET_ENUM, "auto",                                                                         \
	    "How the server's certificate is judged: ca (chain and name), pin (it is one of pin), dane (by TLSA records where " \
	    "there are any, else ca), dane-only, or none; auto is ca, but none with tls = opportunistic.",                    \
	    .in = where(verify), .words = "ca|pin|dane|dane-only|none|auto" },                                                \
	{ section, prefix "pin", SET_PINS, "",                                                                                \
	    "With verify = pin: SHA-256 of the certificate (cert:HEX) or of its public key (key:HEX), several with commas.",  \
	    .in = where(pins) },                                                                                              \
	{ section, prefix "ca", SET_PATH, "system", "Who may have signed the server's certificate: system or a "              \
	    "PEM file.", .in = where(ca), .words = "system" },                                                                \
	{ section, prefix "verify_name", SET_STRING, "",                                                                      \
	    "The name that the server's certificate must carry; empty: the host.", .in = where(verify_name) },                \
	{ section, prefix "tls_cert", SET_PATH, "", "Our certificate for their server, with its chain; empty: none is shown.", \
	    .in = where(tls_cert) },                                                                                          \
	{ section, prefix "tls_key", SET_PATH, "", "Its private key.", .in = where(tls_key) },                                \
	{ section, prefix "helo", SET_STRING, "",                                                                             \
	    "The name given in EHLO; empty: the machine's own.", .in = where(helo) },                                         \
	{ section, prefix "backup", SET_SERVERS, "",                                                                          \
	    "Further servers with the same settings, host or host:port with commas: each is tried when those before it cannot " \
	    "be reached or will not speak now.", .in = where(backups) },                                                      \
	{ section, prefix "sessions", SET_COUNT, "4", "Connections to one destination at once.",                              \
	    .in = where(sessions), .lo = 1, .hi = 100 },                                                                      \
	{ section, prefix "rate", SET_COUNT, "none", "Mails a minute to one destination; what is over that waits its turn.",  \
	    .in = where(rate), .words = "none", .lo = 1, .hi = 100000 },                                              \
	{ section, prefix "reports", SET_ENUM, "auto",                                                                \
	    "Which delivery reports to ask of mail servers: all, or auto: where a receipt is awaited, none of what was delivered " \
	    "or passed on, for the receipt will say so.", .in = where(reports), .words = "auto|all" }

const struct setting conf_settings[] = {
	{ "gateway", "name", SET_STRING, "",
	    "Our name as people know it, in the mails that we send; empty: the address.", CONF(name) },
	{ "gateway", "address", SET_ADDRESS, NULL,
	    "Our mailbox: envelope sender, From, and what the listener accepts.", CONF(address) },
	{ "gateway", "ids", SET_IDS, "", "Our interchange ids (qualifier:id), several with commas.", CONF(ids) },
	{ "gateway", "workers", SET_COUNT, "auto",
	    "How many keys, pack and unpack processes; auto: one for each processor.", CONF(workers), "auto", 1, 64 },
	{ "gateway", "user", SET_STRING, "edigate", "Who the roles run as when started as root.", CONF(user) },
	{ "gateway", "drain", SET_SPAN, "30s",
	    "How long the roles may take for the work in hand at a stop or reload; then they are killed, and it is done later.",
	    CONF(drain_ms), NULL, SECONDS(1), HOURS(1) },
	{ "gateway", "cert", SET_PATHS, "certs/edi.pem",
	    "Our certificate, and its chain behind it; several files, with commas: old and new side by side during a change.",
	    CONF(certs) },
	{ "gateway", "key", SET_KEYS, "private/edi.key",
	    "The private keys of these certificates, with commas, in any order; nobody else may read these files. Or a URI of a "
	    "store that OpenSSL has a provider for, or of a key in a token (pkcs11:...).", CONF(keys) },
	{ "gateway", "key_passphrase", SET_SECRET, "",
	    "Where the passphrase of our private keys (or the PIN of their token) is, as with password in [smtp].",
	    CONF(key_passphrase) },

	{ "outbox", "settle", SET_SPAN, "1s",
	    "A file that was written in place is taken when it has not changed for this long.", CONF(settle_ms),
	    NULL, 0, HOURS(1) },
	{ "outbox", "rescan", SET_SPAN, "10s",
	    "Every folder is looked through this often, whatever the notifications say.", CONF(rescan_ms),
	    NULL, SECONDS(1), HOURS(24) },
	{ "outbox", "mode", SET_WORD, "auto",
	    "auto: notifications, but polling on network file systems; notify or poll: always so.", CONF(mode),
	    "auto|notify|poll" },

	SMTP_ROWS("smtp", "", "mx", "The smart host that takes our mail, or mx for each partner's own mail exchanger.",
	    IN_SMTP),

	{ "retry", "first", SET_SPAN, "1m",
	    "Wait before the first new attempt; then 2, 5, 10, 20 times that, then half as much again each time, a tenth more "
	    "or less.",
	    CONF(retry_first_ms), NULL, SECONDS(1), HOURS(24) },
	{ "retry", "max", SET_SPAN, "4h", "The longest wait between two attempts.", CONF(retry_max_ms),
	    NULL, SECONDS(1), DAYS(7) },
	{ "retry", "give_up", SET_SPAN, "3d", "After this long a mail that nobody takes has failed.",
	    CONF(retry_give_up_ms), NULL, SECONDS(1), DAYS(365) },
	{ "retry", "notice", SET_SPAN, "4h", "A mail that nobody has taken for this long is delayed: its story says so, and "
	    "hooks.d/delayed runs, once.", CONF(retry_notice_ms), NULL, SECONDS(1), DAYS(365) },
	{ "retry", "uncertain_grace", SET_SPAN, "30m",
	    "A connection was lost after the last byte: wait this long for a receipt before the same bytes go again.",
	    CONF(uncertain_grace_ms), NULL, 0, DAYS(30) },

	{ "listen", "address", SET_ENDPOINTS, "127.0.0.1:2525",
	    "Where mail arrives by SMTP: host:port, several with commas.", CONF(listen_addresses) },
	{ "listen", "tls_address", SET_ENDPOINTS, "",
	    "The same where TLS begins with the first byte (port 465 mostly).", CONF(listen_tls_addresses) },
	{ "listen", "lmtp", SET_PATH, "",
	    "A unix socket where a mail server on this machine delivers by LMTP; empty: none.", CONF(lmtp) },
	{ "listen", "lmtp_group", SET_STRING, "",
	    "Who may connect to it, beside the gateway's own user: a group (postfix), or * for everybody on this machine.",
	    CONF(lmtp_group) },
	{ "listen", "tls_cert", SET_PATH, "", "Certificate for STARTTLS, with its chain; empty: no STARTTLS.",
	    CONF(tls_cert) },
	{ "listen", "tls_key", SET_PATH, "", "Its private key.", CONF(tls_key) },
	{ "listen", "size_max", SET_BYTES, "64M", "The largest mail that is taken.", CONF(size_max),
	    NULL, KIB(64), KIB(16 * 1024 * 1024) },
	{ "listen", "sessions_max", SET_COUNT, "500", "Connections at once.", CONF(sessions_max), NULL, 1, 20000 },
	{ "listen", "sessions_per_address", SET_COUNT, "auto",
	    "Of these, for one IPv4 address or IPv6 network (/64); auto: half.", CONF(sessions_per_address), "auto", 1, 20000 },
	{ "listen", "sessions_reserved", SET_COUNT, "50",
	    "Of these, kept free for the networks of partners; at most half.", CONF(sessions_reserved), NULL, 0, 10000 },
	{ "listen", "handshakes_max", SET_COUNT, "100",
	    "TLS handshakes at once, a quarter of them for one address; partners' networks do not count.", CONF(handshakes_max),
	    NULL, 4, 20000 },
	{ "listen", "session_rate", SET_COUNT, "600",
	    "Connections a minute from one address, partners' networks and this machine excepted; 0: any number.",
	    CONF(session_rate), NULL, 0, 1000000 },
	{ "listen", "mail_rate", SET_COUNT, "6000", "Mails a minute from one address, with the same exceptions; 0: any number.",
	    CONF(mail_rate), NULL, 0, 1000000 },
	{ "listen", "rate_min", SET_COUNT, "500",
	    "Bytes a second that a mail must come with on average, once a minute has passed; 0: any.", CONF(rate_min),
	    NULL, 0, 1000000 },
	{ "listen", "timeout", SET_SPAN, "5m", "A session ends when nothing was heard for so long.", CONF(listen_timeout_ms),
	    NULL, SECONDS(1), HOURS(1) },
	{ "listen", "unknown", SET_ENUM, "take",
	    "Mail from addresses that are no partner's: take it (it waits for a person), defer it once (a mail server comes "
	    "again after a minute), or refuse it.", CONF(unknown), "take|defer|refuse" },
	{ "listen", "proxy_from", SET_NETWORKS, "",
	    "Load balancers: addresses and networks whose connections begin with a PROXY protocol header, version 2.",
	    CONF(proxies) },
	{ "listen", "users", SET_PATH, "",
	    "File of user:password lines for clients that log in, over TLS only; empty: nobody can. Instead of a "
	    "password: SCRAM-SHA-256$ITERATIONS:SALT$STOREDKEY:SERVERKEY.",
	    CONF(listen_users) },

	{ "receipt", "wait", SET_SPAN, "4h", "A receipt that has not come after this long is overdue.",
	    CONF(receipt_wait_ms), NULL, SECONDS(1), DAYS(365) },
	{ "receipt", "give_up", SET_SPAN, "5d", "After this long without a receipt the document has failed.",
	    CONF(receipt_give_up_ms), NULL, SECONDS(1), DAYS(365) },
	{ "receipt", "answers_max", SET_COUNT, "600",
	    "Receipts an hour to one partner for mails that were refused, or that we had before.",
	    CONF(answers_max), NULL, 1, 3600000 },

	{ "ack", "wait", SET_SPAN, "1d",
	    "An acknowledgement that has not come this long after the next server took the document is overdue.",
	    CONF(ack_wait_ms), NULL, SECONDS(1), DAYS(365) },

	{ "edi", "dictionary", SET_PATHS, "",
	    "Dictionaries that messages are held against, as `edigate dictionary build` makes them; several with commas. Many X12 sets "
	    "are built in.", CONF(dictionaries) },
	{ "edi", "schema", SET_PATHS, "",
	    "XML schemas (.xsd) that XML documents are held against, by their namespaces; several with commas.", CONF(schemas) },

	{ "web", "address", SET_ENDPOINT, "127.0.0.1:8686", "Where the status page is served: host:port.",
	    CONF(web_address) },

	{ "partner", "name", SET_STRING, "", "Their name as people know it; empty: the key.", PARTNER(name) },
	{ "partner", "address", SET_ADDRESSES, NULL,
	    "Their mailbox, where we send; further ones, with commas, are where they may send from.",
	    PARTNER(addresses) },
	{ "partner", "ids", SET_IDS, "", "Their interchange ids (qualifier:id), several with commas.", PARTNER(ids) },
	{ "partner", "cert", SET_PATHS, "",
	    "Their certificates, several with commas: old and new side by side during a change.", PARTNER(certs) },
	{ "partner", "trust", SET_EITHER, "pinned",
	    "Which certificates of theirs count: pinned (those in cert) or chain (those that an authority in ca stands for, those in "
	    "cert and any other that comes with a signature and names their address).",
	    PARTNER(trust_chain), "pinned|chain" },
	{ "partner", "ca", SET_PATH, "", "With trust = chain: PEM file of the authorities.", PARTNER(ca) },
	{ "partner", "crl", SET_PATH, "",
	    "With trust = chain: PEM file of their revocation lists, read anew when it has changed; empty: nothing counts as revoked.",
	    PARTNER(crl) },
	{ "partner", "network", SET_NETWORKS, "",
	    "Where their mail servers connect from: addresses and networks, with commas. They find slots when others do not.",
	    PARTNER(networks) },
	{ "partner", "tls_cert", SET_PATHS, "",
	    "Certificates that their mail servers show us in TLS; with one of them they log in by AUTH EXTERNAL.", PARTNER(tls_certs) },
	{ "partner", "sender", SET_ENUM, "any",
	    "Who may send from their addresses: any, sessions from their network, or sessions that logged in (as a user "
	    "of the partner's key, or by tls_cert).", PARTNER(sender), "any|network|login" },
	{ "partner", "profile", SET_WORD, "as1",
	    "What their community has agreed on: the defaults of the keys below that are not set here.", PARTNER(profile),
	    PROFILE_WORDS },
	{ "partner", "send", SET_FLAGS, "sign encrypt",
	    "What is done to what we send: none, or sign, encrypt, compress.", PARTNER(sign), "sign|encrypt|compress" },
	{ "partner", "accept", SET_FLAGS, "sign", "The least we accept from them: none, or sign, encrypt.",
	    PARTNER(must_sign), "sign|encrypt" },
	{ "partner", "allow", SET_ALLOW, "none",
	    "Weak algorithms that are still read from them, each with an end: sha1, 3des or rsa1024 until YYYY-MM-DD, with commas.",
	    PARTNER(allow_until_ms) },
	{ "partner", "signer", SET_EITHER, "pinned",
	    "Who may sign for them: pinned, any certificate in cert; address, only one that names the address they send from.",
	    PARTNER(by_address), "pinned|address" },
	{ "partner", "cem", SET_ENUM, "auto",
	    "How they are told of our certificates: by a certificate exchange message (CEM) when they have said that they know it "
	    "(auto), always, or never; else by the certificate itself.", PARTNER(cem), "auto|always|never" },
	{ "partner", "expired_grace", SET_SPAN, "0s", "So long after its end a certificate of theirs may still sign.",
	    PARTNER(expired_grace_ms), NULL, 0, DAYS(90) },
	{ "partner", "signature", SET_EITHER, "pkcs1", "How an RSA key of ours signs: pkcs1 or pss.", PARTNER(shape.pss),
	    "pkcs1|pss" },
	{ "partner", "digest", SET_WORD, "sha-256", "The digest of our signature, and so of their receipt.",
	    PARTNER(shape.digest), "sha-256|sha-384|sha-512" },
	{ "partner", "signed_form", SET_EITHER, "detached",
	    "detached: multipart/signed; opaque: application/pkcs7-mime with the document inside.", PARTNER(shape.opaque),
	    "detached|opaque" },
	{ "partner", "include_certs", SET_ENUM, "chain", "Which of our certificates go with a signature.", PARTNER(shape.certs),
	    "chain|leaf|none" },
	{ "partner", "signer_id", SET_EITHER, "issuer-serial", "How a signature names our certificate.",
	    PARTNER(shape.by_key_id), "issuer-serial|key-id" },
	{ "partner", "algorithm_protection", SET_YES_NO, "no",
	    "Sign which algorithms these are (RFC 6211); some old systems refuse that.", PARTNER(shape.protection) },
	{ "partner", "micalg", SET_EITHER, "dashed", "How digests are spelled: dashed, sha-256; bare, sha256, as RFC 3851 had it.",
	    PARTNER(shape.bare_micalg), "dashed|bare" },
	{ "partner", "subject", SET_EITHER, "words",
	    "What the subject of a mail says of its document: words, or an EDIFACT interchange's UNB as it stands, as some "
	    "communities want it.", PARTNER(shape.subject_unb), "words|unb" },
	{ "partner", "key_transport", SET_EITHER, "pkcs1", "How a key is encrypted to their RSA key: pkcs1, or oaep with SHA-256.",
	    PARTNER(shape.oaep), "pkcs1|oaep" },
	{ "partner", "cipher", SET_WORD, "aes-256-cbc", "What the content is encrypted by; gcm authenticates it too.",
	    PARTNER(shape.cipher), "aes-256-cbc|aes-128-cbc|aes-256-gcm|aes-128-gcm" },
	{ "partner", "compression", SET_EITHER, "before", "Where send = compress compresses: before it is signed, or after.",
	    PARTNER(shape.compress_last), "before|after" },
	{ "partner", "encoding", SET_ENUM, "base64",
	    "How a document stands in its part; what that cannot carry exactly, or a relay might touch, goes base64.",
	    PARTNER(shape.encoding), "base64|quoted-printable|7bit|8bit|binary" },
	{ "partner", "receipt", SET_ENUM, "signed", "The receipt that we ask them for: none, unsigned or signed.",
	    PARTNER(receipt), "none|unsigned|signed" },
	{ "partner", "ack", SET_ENUM, "auto",
	    "What a 997, 999, TA1 or CONTRL of theirs does: auto (it counts for what we sent, and is waited for where the "
	    "document asks for it, as UNB 0031 can), wanted (it is waited for with every interchange) or none.",
	    PARTNER(ack), "none|auto|wanted" },
	{ "partner", "ack_ta1", SET_ENUM, "auto",
	    "When a TA1 answers an interchange of theirs: auto (where ISA14 asks, or something is wrong with its envelope), "
	    "always, on-error or never.", PARTNER(ack_ta1), "auto|always|on-error|never" },
	{ "partner", "ack_997", SET_ENUM, "auto",
	    "When a 997 or 999 answers a group of theirs: auto is always; on-error or never.",
	    PARTNER(ack_997), "auto|always|on-error|never" },
	{ "partner", "ack_contrl", SET_ENUM, "auto",
	    "When a CONTRL answers an interchange of theirs: auto (where UNB 0031 asks, or something is wrong), always, "
	    "on-error or never.", PARTNER(ack_contrl), "auto|always|on-error|never" },
	{ "partner", "ack_wait", SET_SPAN, "", "As wait in [ack], for this partner.",
	    PARTNER(ack_wait_ms), NULL, SECONDS(1), DAYS(365) },
	{ "partner", "control_from", SET_COUNT, "900000001",
	    "The first control number of interchanges that we write ourselves; the business system's must stay below.",
	    PARTNER(control_from), NULL, 1, 999000000 },
	{ "partner", "unknown", SET_EITHER, "hold",
	    "A document in a format that we do not know: hold it, or send it as it is.", PARTNER(opaque), "hold|send" },
	{ "partner", "dedup", SET_YES_NO, "yes",
	    "They recognise duplicates, so a mail that may have arrived can go again; no: it is held instead.",
	    PARTNER(dedup) },
	{ "partner", "duplicates", SET_EITHER, "hold",
	    "An interchange number of theirs that came before, with other bytes, or of ours that went before: hold it, or "
	    "file or send it as well.", PARTNER(hold_duplicates), "file|hold" },
	{ "partner", "gaps", SET_EITHER, "warn",
	    "Interchange numbers of theirs that are left out: warn, or ignore it (they have one counter for all their partners).",
	    PARTNER(warn_gaps), "ignore|warn" },
	{ "partner", "mode", SET_ENUM, "production",
	    "What we exchange: production, test (ISA15 T, UNB 0035 1) or both. What has the other indicator is held.",
	    PARTNER(mode), "production|test|both" },
	{ "partner", "json", SET_ENUM, "auto",
	    "What the JSON of a document in the outbox becomes; auto: what its source.format says.",
	    PARTNER(json), "auto|x12|edifact|ubl" },
	{ "partner", "quirks_refused", SET_FLAGS, "none",
	    "Deviations that make a document invalid, of those that are put up with and named: none, or their names.",
	    PARTNER(quirks_refused), CONF_QUIRK_NAMES },
	{ "partner", "validate_in", SET_ENUM, "rules",
	    "How far what they send is looked into: envelope, charset (and the characters), message (and dictionaries and schemas) or "
	    "rules (and business rules).", PARTNER(validate_in), "envelope|charset|message|rules" },
	{ "partner", "findings_in", SET_ENUM, "note",
	    "What errors in what they send do: note (they stand with the document), report (in the acknowledgement, too, which accepts it "
	    "with errors) or refuse (the acknowledgement refuses, and the document is held).",
	    PARTNER(findings_in), "note|report|refuse" },
	{ "partner", "validate_out", SET_ENUM, "rules", "As validate_in, for what we send them.", PARTNER(validate_out),
	    "envelope|charset|message|rules" },
	{ "partner", "findings_out", SET_ENUM, "note",
	    "What errors in what we send them do: note, hold (for a person) or refuse (to failed/).",
	    PARTNER(findings_out), "note|hold|refuse" },
	{ "partner", "codes", SET_EITHER, "warn",
	    "A code that is not in the dictionary's list: warn, or error.", PARTNER(strict_codes), "warn|error" },
	{ "partner", "dictionary", SET_PATHS, "", "As dictionary in [edi], for this partner, before those.", PARTNER(dictionaries) },
	{ "partner", "schema", SET_PATHS, "", "As schema in [edi], for this partner, before those.", PARTNER(schemas) },
	{ "partner", "batch", SET_COUNT, "1",
	    "X12 and EDIFACT messages of ours are collected into one interchange, until there are so many; 1: each file goes by itself.",
	    PARTNER(batch), NULL, 1, 1000 },
	{ "partner", "batch_size", SET_BYTES, "1M", "Or until there are so many bytes.", PARTNER(batch_size), NULL, 1, KIB(32 * 1024) },
	{ "partner", "batch_wait", SET_SPAN, "5m", "Or until the first of them has waited so long.", PARTNER(batch_wait_ms),
	    NULL, SECONDS(1), DAYS(7) },
	{ "partner", "split", SET_EITHER, "whole",
	    "How an X12 or EDIFACT interchange of theirs is filed: whole, or each message as an interchange of its own.",
	    PARTNER(split), "whole|message" },
	{ "partner", "receipt_wait", SET_SPAN, "", "As wait in [receipt], for this partner.",
	    PARTNER(receipt_wait_ms), NULL, SECONDS(1), DAYS(365) },
	{ "partner", "receipt_give_up", SET_SPAN, "", "As give_up in [receipt], for this partner.",
	    PARTNER(receipt_give_up_ms), NULL, SECONDS(1), DAYS(365) },
	SMTP_ROWS("partner", "smtp_", "",
	    "A route of their own, in place of [smtp]: a smart host, or mx; nothing is taken over from [smtp].", OF_ROUTE),
};
const size_t conf_n_settings = N(conf_settings);

/* ---- where things are ---- */

#define STATE_HOME  "/var/lib/edigate"
#define CONFIG_HOME "/etc/edigate"

static struct str
absolute(struct arena *a, struct str path)
{
	char here[PATH_MAX];

	while (path.n > 1 && path.p[path.n - 1] == '/')
		path.n--;
	if (path.n > 0 && path.p[0] == '/')
		return str_dup(a, path);
	if (getcwd(here, sizeof(here)) == NULL)
		return str_dup(a, path);
	if (str_eq(path, S(".")))
		return str_dup(a, str_of(here));
	return str_fmt(a, "%s/" STR_FMT, here, STR_ARG(path));
}

struct str
conf_home(struct arena *a, const char *option)
{
	const char *home = option != NULL ? option : secure_getenv("EDIGATE_HOME");

	return absolute(a, home == NULL || home[0] == '\0' ? S(STATE_HOME) : str_of(home));
}

/* In a system-wide installation what the operator writes lies under /etc, what the gateway writes under /var/lib. */
static bool
is_operators(struct str path)
{
	static const struct str theirs[] = { S_INIT("config.ini"), S_INIT("partners.d"), S_INIT("certs"),
		S_INIT("private"), S_INIT("hooks.d") };
	struct str rest = path, first;

	(void)str_cut(&rest, '/', &first);
	for (size_t i = 0; i < N(theirs); i++)
		if (str_eq(first, theirs[i]))
			return true;
	return false;
}

char *
conf_path(struct arena *a, const struct conf *c, const char *relative)
{
	struct str path = str_of(relative), home = c->home;

	if (path.n > 0 && path.p[0] == '/')
		return str_cstr(a, path);
	if (str_eq(home, S(STATE_HOME)) && is_operators(path))
		home = S(CONFIG_HOME);
	return str_cstr(a, str_cat(a, str_cat(a, absolute(a, home), S("/")), path));
}
