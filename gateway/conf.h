/* SPDX-License-Identifier: ISC */
/*
 * conf.h - the settings, from one table: names, types, defaults, help. struct conf is read-only after start.
 * DIR/config.ini and DIR/partners.d/NAME.ini make one configuration; an unknown key is an error with a place and a
 * "did you mean". Errors are ERR_CONFIG, "file:line:col: ...".
 *
 *   conf.c        the table, and where things are         conf_value.c   one value: its text, its type, its field
 *   conf_files.c  which files; those in force             conf_settle.c  what follows from other settings
 *   conf_read.c   the files, into struct conf             conf_check.c   what else can be wrong: files, folders, rights
 *   conf_show.c   what is in force, from where            conf_secret.c  passwords from where they are kept
 *   conf_allow.c  a partner's exceptions                   profile.c      what communities of partners agreed on
 *   partner.c     who is it: by key, address or interchange id
 */
#ifndef EDIGATE_GATEWAY_CONF_H
#define EDIGATE_GATEWAY_CONF_H

#include "gateway/base/arena.h"
#include "gateway/base/buf.h"
#include "gateway/base/err.h"
#include "gateway/network.h"

#define CONF_PARTNERS_MAX 10000

struct conf_id {			/* "14:4012345000009" */
	struct str qual, id;
};
struct conf_ids {
	struct conf_id *v;
	size_t n;
};
struct conf_list {
	struct str *v;
	size_t n;
};

enum conf_tls { CONF_TLS_IMPLICIT, CONF_TLS_STARTTLS, CONF_TLS_MAY, CONF_TLS_NONE };
enum conf_verify { CONF_VERIFY_CA, CONF_VERIFY_PIN, CONF_VERIFY_DANE, CONF_VERIFY_DANE_ONLY, CONF_VERIFY_NONE };

#define CONF_PIN_BYTES 32
struct conf_pin {			/* SHA-256 of a certificate, or of its public key (SubjectPublicKeyInfo) */
	bool key;
	unsigned char digest[CONF_PIN_BYTES];
};
struct conf_pins {
	struct conf_pin *v;
	size_t n;
};

enum conf_json { CONF_JSON_AUTO, CONF_JSON_X12, CONF_JSON_EDIFACT, CONF_JSON_UBL };
enum conf_mode { CONF_MODE_PRODUCTION, CONF_MODE_TEST, CONF_MODE_BOTH };
enum conf_ack { CONF_ACK_NONE, CONF_ACK_AUTO, CONF_ACK_WANTED };
enum conf_when { CONF_WHEN_AUTO, CONF_WHEN_ALWAYS, CONF_WHEN_ON_ERROR, CONF_WHEN_NEVER };	/* enum ack_when */
enum conf_level { CONF_LEVEL_ENVELOPE, CONF_LEVEL_CHARSET, CONF_LEVEL_MESSAGE, CONF_LEVEL_RULES };
enum conf_findings_in { CONF_IN_NOTE, CONF_IN_REPORT, CONF_IN_REFUSE };
enum conf_findings_out { CONF_OUT_NOTE, CONF_OUT_HOLD, CONF_OUT_REFUSE };
enum conf_receipt { CONF_RECEIPT_NONE, CONF_RECEIPT_UNSIGNED, CONF_RECEIPT_SIGNED };

struct conf_networks {
	struct network *v;
	size_t n;
};

enum conf_unknown { CONF_UNKNOWN_TAKE, CONF_UNKNOWN_DEFER, CONF_UNKNOWN_REFUSE };
enum conf_sender { CONF_SENDER_ANY, CONF_SENDER_NETWORK, CONF_SENDER_LOGIN };

enum conf_reports { CONF_REPORTS_AUTO, CONF_REPORTS_ALL };	/* delivery reports to ask for; AUTO: of delivery only without a receipt */

struct conf_smtp {			/* [smtp], and the same keys under [partner "x"] as smtp_host, ... : a route of its own */
	struct str host;		/* name or address; "mx" for the partner's own MX */
	unsigned int port;
	enum conf_tls tls;
	struct str user;		/* empty: no AUTH */
	struct str password;		/* "file:...", "env:...", "command:...", "credential:..."; resolved by conf_secret() */
	struct str auth;		/* auto, or the name of a mechanism */
	enum conf_verify verify;
	struct conf_pins pins;
	struct str ca;			/* "system" or a PEM file */
	struct str verify_name;	/* the name the certificate must carry; empty: host */
	struct str tls_cert, tls_key;	/* paths, absolute; empty: no certificate of ours */
	struct str helo;		/* name in EHLO; empty: the machine's own name */
	struct conf_list backups;	/* host or host:port: smarthost_server() reads it */
	unsigned int sessions;		/* at once per destination */
	unsigned int rate;		/* mails a minute per destination; 0: any */
	enum conf_reports reports;
};

#define CONF_QUIRKS	 16
#define CONF_QUIRK_NAMES "bom|leading-blanks|trailing-fill|no-last-terminator|wrapped|multibyte-terminator|blanks-between|" \
	"repeated-number|charset-ascii|charset-utf8|isa-not-fixed|no-repetition|line-ends|una-break|binary|group-function"

/* Weak algorithms that are still read from one partner, each until a date; the bits of partner_allows() are 1 << these. */
enum conf_allow { CONF_ALLOW_SHA1, CONF_ALLOW_3DES, CONF_ALLOW_RSA1024, CONF_ALLOWS };

enum conf_cem { CONF_CEM_AUTO, CONF_CEM_ALWAYS, CONF_CEM_NEVER };
enum conf_certs { CONF_CERTS_CHAIN, CONF_CERTS_LEAF, CONF_CERTS_NONE };
enum conf_encoding { CONF_BASE64, CONF_QUOTED, CONF_7BIT, CONF_8BIT, CONF_BINARY };

/* How what we send them looks, beside send =. */
struct conf_shape {
	bool pss, oaep;
	struct str digest, cipher;
	bool compress_last, opaque;	/* compression = after; signed_form = opaque */
	bool bare_micalg, by_key_id, protection;
	bool subject_unb;		/* subject = unb */
	enum conf_certs certs;
	enum conf_encoding encoding;
};

struct partner {
	struct str key;			/* acme: folder names and NAME.ini; [a-z0-9][a-z0-9._-]* */
	struct str name;		/* ACME Ltd; the key without one */
	struct conf_list addresses;	/* first: where we send; all: where they may send from */
	struct conf_ids ids;
	struct conf_list certs;		/* paths, absolute */
	bool trust_chain;		/* trust = chain: whom an authority in ca stands for, in certs or not */
	struct str ca, crl;		/* paths, absolute; crl may be empty */
	bool sign, encrypt, compress;	/* send = */
	bool must_sign, must_encrypt;	/* accept = */
	struct conf_networks networks;	/* where their mail servers connect from */
	struct conf_list tls_certs;	/* paths, absolute: what these show in TLS */
	enum conf_sender sender;	/* what a session must be to send from their addresses */
	struct str profile;		/* where the defaults of the others come from */
	struct conf_shape shape;
	int64_t allow_until_ms[CONF_ALLOWS];	/* 0: not allowed */
	bool by_address;		/* signer = address: their certificate must name the address they send from */
	int64_t expired_grace_ms;
	enum conf_cem cem;		/* certificate exchange messages: see certmail.h */
	enum conf_receipt receipt;
	enum conf_ack ack;		/* theirs: not looked at; count, and are waited for where asked for; always waited for */
	enum conf_when ack_ta1, ack_997, ack_contrl;	/* ours */
	int64_t ack_wait_ms;		/* from [ack] when not set here */
	unsigned int control_from;	/* the first control number that we give */
	bool opaque;			/* unknown = send: formats we do not know are sent as they are (default: hold) */
	bool dedup;			/* they recognise duplicates (default yes): uncertain mails may be sent again */
	bool hold_duplicates;		/* duplicates = hold | file: an interchange key that came or went before (default hold) */
	bool warn_gaps;			/* gaps = warn | ignore: control numbers of theirs that have not come */
	enum conf_mode mode;
	enum conf_json json;		/* what the JSON of a document becomes; auto: what it says of itself */
	unsigned int batch;		/* messages of ours that go into one interchange; 1: they are not collected */
	uint64_t batch_size;		/* or so many bytes */
	int64_t batch_wait_ms;		/* or so long after the first of them */
	bool split;			/* split = whole | message: what is filed of an interchange of theirs */
	enum conf_level validate_in, validate_out;	/* how far content is looked into */
	enum conf_findings_in findings_in;
	enum conf_findings_out findings_out;
	bool strict_codes;		/* codes = warn | error: a code that is not in the dictionary's list */
	struct conf_list dictionaries, schemas;	/* before those of [edi]; paths, absolute */
	bool quirks_refused[CONF_QUIRKS];	/* in the order of enum edi_quirk's bits: partner_quirks_refused() */
	struct conf_smtp *route;	/* own route, or NULL: [smtp] */
	int64_t receipt_wait_ms, receipt_give_up_ms;	/* from [receipt] when not set here */
	struct str file;		/* where it was read from */
	unsigned int line;
};

struct conf {
	struct str home;		/* absolute; everything below it */
	/* [gateway] */
	struct str name, address;
	struct conf_ids ids;
	unsigned int workers;		/* auto: number of processors */
	struct str user;		/* who the roles run as when started as root: "edigate" */
	int64_t drain_ms;		/* for the roles to end; then SIGKILL */
	struct conf_list certs, keys;	/* ours: files, absolute; of keys also URIs; which belong together tells the key itself */
	struct str key_passphrase;	/* of all keys; resolved by conf_secret() */
	/* [outbox] */
	int64_t settle_ms;		/* a file is taken when unchanged this long: 1s */
	int64_t rescan_ms;		/* full look at every folder: 10s */
	struct str mode;		/* auto | notify | poll */
	/* [smtp] [retry] */
	struct conf_smtp smtp;
	int64_t retry_first_ms, retry_max_ms, retry_give_up_ms;	/* 1m, 4h, 3d */
	int64_t retry_notice_ms;	/* 4h */
	int64_t uncertain_grace_ms;	/* 30m */
	/* [listen] */
	bool listen;			/* the section is there */
	struct conf_list listen_addresses;	/* host:port; then those with TLS from the first byte; then, a path, LMTP */
	struct conf_list listen_tls_addresses;	/* of these, those with TLS from the first byte */
	struct str lmtp;		/* of these, the path; empty: no LMTP */
	struct str lmtp_group;		/* who may connect to it beside us: a group, or "*" for everybody; empty: nobody */
	struct str tls_cert, tls_key;	/* absolute; empty: no STARTTLS */
	uint64_t size_max;		/* 64M */
	unsigned int sessions_max;	/* 500 */
	unsigned int sessions_per_address;	/* auto: half of all */
	unsigned int sessions_reserved;	/* of sessions_max, for partners' networks */
	unsigned int handshakes_max;	/* of strangers, at once */
	unsigned int session_rate, mail_rate;	/* a minute, for one address of strangers; 0: any */
	unsigned int rate_min;		/* bytes a second; 0: any */
	int64_t listen_timeout_ms;
	enum conf_unknown unknown;	/* what becomes of senders that are nobody's */
	struct conf_networks proxies;	/* whose connections begin with a PROXY header */
	struct str listen_users;	/* file of user:password lines for AUTH; empty: no AUTH */
	/* [receipt] */
	int64_t receipt_wait_ms, receipt_give_up_ms;	/* 4h, 5d */
	unsigned int answers_max;			/* an hour, for refused and repeated mails */
	/* [ack] */
	int64_t ack_wait_ms;		/* 1d */
	/* [edi] */
	struct conf_list dictionaries, schemas;	/* paths, absolute */
	/* [web] */
	struct str web_address;
	struct partner *partners;	/* by key, ascending */
	size_t n_partners;
	const struct conf_index *addresses, *edi_ids;	/* for partner_by_*() */
};

/* What the text of a setting must be, and what becomes of it. */
enum setting_type {
	SET_STRING,		/* struct str */
	SET_YES_NO,		/* bool: yes | no */
	SET_EITHER,		/* bool: the second of two words is true */
	SET_WORD,		/* struct str: one of words */
	SET_ENUM,		/* enum: the place among words */
	SET_FLAGS,		/* bools in a row, one for each of words; "none" alone: none of them */
	SET_COUNT,		/* unsigned int, lo to hi; 0 for "auto", where words has it */
	SET_BYTES,		/* uint64_t, lo to hi: 512, 64K, 64M, 1G */
	SET_SPAN,		/* int64_t milliseconds, lo to hi: 30s, 5m, 4h, 5d, 2w */
	SET_ADDRESS,		/* struct str: a mail address, local@domain without quotes or comments */
	SET_ADDRESSES,		/* struct conf_list, commas between */
	SET_IDS,		/* struct conf_ids: qualifier:id, commas between */
	SET_PINS,		/* struct conf_pins: "cert:HEX", "key:HEX", commas between */
	SET_SERVERS,		/* struct conf_list of host or host:port, commas between */
	SET_HOST,		/* struct str: a host name or IP address */
	SET_ENDPOINTS,		/* struct conf_list of host:port, commas between */
	SET_ENDPOINT,		/* struct str: host:port */
	SET_NETWORKS,		/* struct conf_networks: 192.0.2.10, 192.0.2.0/24, 2001:db8::/48, commas between */
	SET_PATH,		/* struct str: made absolute; one of words (ca = system) stays a word */
	SET_PATHS,		/* struct conf_list */
	SET_KEYS,		/* struct conf_list of paths, and of URIs (pkcs11:...) that stay as they are */
	SET_SECRET,		/* struct str: file: command: credential: env: */
	SET_ALLOW,		/* int64_t[CONF_ALLOWS]: "sha1 until 2027-06-30, ..." */
};

enum setting_in { IN_CONF, IN_PARTNER, IN_ROUTE };	/* the struct that offset counts in; IN_ROUTE: conf_smtp */

/* The row of one setting: the source of parsing, `config show`, and the tests of manual page and config.example.ini. */
struct setting {
	const char *section, *key;
	enum setting_type type;
	const char *dflt;		/* as written in a file; NULL: must be given */
	const char *help;		/* a sentence */
	enum setting_in in;
	size_t offset;
	const char *words;		/* "implicit|starttls|none" */
	uint64_t lo, hi;
};
extern const struct setting conf_settings[];
extern const size_t conf_n_settings;

/* The key of that section which was probably meant, or NULL. */
const char *conf_nearest_key(struct str section, struct str key);

/* Where things are: $EDIGATE_HOME or the option make one folder; without both /etc/edigate and /var/lib/edigate. */
struct str conf_home(struct arena *a, const char *option);
char *conf_path(struct arena *a, const struct conf *c, const char *relative);	/* below home, terminated */

int conf_read(struct arena *a, struct str home, struct conf *out, struct err *e);	/* stops at the first error */

/* The settings that the running gateway took into force, whatever was written to the files since: for its roles. */
int conf_read_kept(struct arena *a, struct str home, struct conf *out, struct err *e);

/*
 * All findings, one call of fn each, text "file:line:col: ..." (a warning: "file:line:col: warning: ..."): for
 * `edigate check`. Looks at files and folders too. Returns how many errors.
 */
typedef void conf_finding_fn(void *arg, bool is_error, const char *text);
int conf_check(struct arena *a, struct str home, conf_finding_fn *fn, void *arg);

/* The value as it stands in force, and where from ("config.ini:14", "default"). 0, or -1 when no such key. */
int conf_get(struct arena *a, struct str home, struct str dotted, struct str *value,
    struct str *origin, struct err *e);

/*
 * Every setting in force with its value and where it comes from, in the order of the table, then partner by partner.
 * partner is empty outside [partner "x"]. Settings that must be given and are not are left out.
 */
typedef void conf_each_fn(void *arg, const struct setting *s, struct str partner, struct str value,
    struct str origin);
int conf_each(struct arena *a, struct str home, conf_each_fn *fn, void *arg, struct err *e);

/*
 * Resolve a secret setting. command: runs a shell: do it before the sandbox closes. The result is wiped by the caller.
 * ERR_CONFIG when it cannot be had.
 */
int conf_secret(const struct conf *c, struct str setting, struct buf *out, struct err *e);

/* NULL: none. by_address ignores the case of the domain, and of the local part. by_id: qualifier "" matches any. */
unsigned int partner_quirks_refused(const struct partner *pt);	/* enum edi_quirk bits; NULL: 0 */
const struct partner *partner_by_key(const struct conf *c, struct str key);
const struct partner *partner_by_address(const struct conf *c, struct str address);
const struct partner *partner_by_id(const struct conf *c, struct str qual, struct str id);
bool partner_takes(const struct partner *pt, struct str format, bool test);	/* by its mode; what has no test indicator is always taken */
unsigned int partner_allows(const struct partner *p, int64_t now_ms);	/* bits 1 << enum conf_allow */
const char *conf_allow_name(enum conf_allow which);
bool conf_is_own_id(const struct conf *c, struct str qual, struct str id);
bool conf_is_own_address(const struct conf *c, struct str address);

#endif
