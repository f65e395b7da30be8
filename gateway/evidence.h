/* SPDX-License-Identifier: ISC */
/*
 * evidence.h - the proof of one document as a few files that explain themselves. What is in there is the mails as they
 * travelled, the bytes that were signed cut out of them, the signatures, the certificates, and timeline.json which says
 * what each of them is. Gathered from a gateway (evidence_gather) or read back from an archive (evidence_read); what it
 * proves is found out from the bytes alone, in the same way for both (evidence_check).
 *
 *   evidence.c         files: kept, found, written as tar, read back      evidence_json.c   what each file is
 *   evidence_split.c   a mail: what is signed in it, the signature        evidence_check.c  what is proven
 *   evidence_gather.c  from database and spool                            evidence_script.c verify.sh, README.txt
 *   evidence_trust.c   whose signatures count, and by whose word      evidence_texts.c   what we write about them
 *   evidence_chain.c   its events, in the chain of all               evidence_sums.c   SHA256SUMS
 */
#ifndef EDIGATE_GATEWAY_EVIDENCE_H
#define EDIGATE_GATEWAY_EVIDENCE_H

#include "gateway/keystore.h"
#include "gateway/story.h"
#include "gateway/tar.h"
#include "gateway/trust.h"
#include "mime/cms.h"
#include "mime/part.h"

#define EVIDENCE_FILES_MAX 400
#define EVIDENCE_MAILS_MAX 100
#define EVIDENCE_ADDRESSES_MAX 20	/* of a partner */
#define EVIDENCE_SIZE_MAX  ((size_t)1 << 30)

#define EVIDENCE_TIMELINE  S("timeline.json")
#define EVIDENCE_SUMS	   S("SHA256SUMS")
#define EVIDENCE_SCRIPT	   S("verify.sh")
#define EVIDENCE_CHAIN	   S("chain.txt")
#define EVIDENCE_OWN	   S("certs/own.pem")
#define EVIDENCE_PARTNER   S("certs/partner.pem")
#define EVIDENCE_BELIEVED  S("certs/believed.pem")	/* only to be shown: they count by authorities */

/* One mail and what was cut out of it. Strings name files of the evidence; empty: there is none. */
struct evidence_mail {
	struct str path;		/* mail/1.eml, receipt/1.eml, report/1.eml, acknowledgement/1.eml */
	struct str what;		/* "document", "receipt", "report", "acknowledgement" */
	struct str by;			/* who made it: "own", "partner", "" */
	struct str of;			/* of all but the document's: the mail that it speaks of */
	struct str message_id;		/* without brackets */
	struct str sha256;		/* as recorded when it was made; empty: it was not */
	struct str content;		/* what is signed, what a MIC is over */
	struct str from;		/* where that is from: "mail", "decrypted", "rebuilt"; "hidden": encrypted, there is none */
	struct str signature;		/* CMS SignedData in DER */
	struct str authorities;		/* whose word its signer is believed by (trust.h); empty: one of certs/ */
	bool opaque;			/* the signature has the content inside */
	int64_t at_ms;			/* when it was made or came in: certificates are judged at this time */
	int64_t opened_ms;		/* when we did that; while gathering only */
};

struct evidence {
	struct arena *a;
	struct str top;			/* "evidence-1042": the folder that all of it is in */
	struct tar_entry files[EVIDENCE_FILES_MAX];
	size_t n;
	/* What timeline.json says. */
	int64_t id;
	bool in;			/* inbound */
	struct str partner;
	struct str document;		/* file; empty: it is gone */
	struct str name, sha256;
	struct str addresses[EVIDENCE_ADDRESSES_MAX];	/* of the partner: for one of them a signer is that has authorities */
	size_t n_addresses;
	struct evidence_mail mails[EVIDENCE_MAILS_MAX];
	size_t n_mails;
};

/* ---- files ---- */
int evidence_add(struct evidence *ev, struct str path, struct str bytes, int64_t at_ms,
    struct err *e);
const struct tar_entry *evidence_file(const struct evidence *ev, struct str path);	/* NULL: none */
struct str evidence_bytes(const struct evidence *ev, struct str path);
const struct evidence_mail *evidence_mail(const struct evidence *ev, struct str path);	/* NULL: none */
struct str evidence_sha256(struct arena *a, struct str bytes);				/* hex */

int evidence_write(struct evidence *ev, struct buf *out, struct err *e);		/* with SHA256SUMS; sorts the files */
int evidence_read(struct arena *a, struct str tar, struct evidence *out, struct err *e);

/* ---- timeline.json ---- */
json_t *evidence_json(const struct evidence *ev, const struct story *s);
int evidence_json_read(struct evidence *ev, struct str json, struct err *e);

/* ---- chain.txt: the document's events in the chain of all events (db/chain.c) ---- */
struct evidence_event {
	int64_t id;
	struct str hash;		/* as recorded: SHA-256 of text */
	struct str text;		/* chain_text(): the hash before it is in it */
	size_t at;			/* of text, in the file */
};
int evidence_chain_put(struct buf *out, struct arena *a, struct db *db,
    const struct db_event *events, size_t n, struct err *e);
/* The next event of the file; false at its end, and when what follows is no event: then rest is not empty. */
bool evidence_chain_next(struct str file, struct str *rest, struct evidence_event *out);
bool evidence_chain_follows(const struct evidence_event *ev, const struct evidence_event *before);
bool evidence_chain_tells(struct arena *a, const struct evidence_event *ev, const json_t *told);	/* as in timeline.json */

/* ---- a mail, taken apart as far as its signature ---- */
struct evidence_split {
	struct str content;		/* p is NULL: neither signed nor encrypted, or not to be opened */
	struct str signature;		/* empty: not signed */
	bool encrypted, opaque;
};
void evidence_split(struct arena *a, struct str mail, const struct cert_set *own, const struct cert_key *key,
    struct evidence_split *out);

/*
 * cms_verify() against exactly these certificates, and by whose word others join them (NULL: nobody's), at that time.
 * detached has a NULL p when the content is inside.
 */
void evidence_verify(struct arena *a, struct str signature, struct str detached, const struct cert_set *trusted,
    const struct cert_newcomers *others, int64_t at_ms, struct cms_verified *out);

/* ---- whose signatures count: what the settings say, and what was noted when a mail came in ---- */
struct evidence_who {
	struct cli *c;
	const struct conf *conf;
	const struct partner *partner;	/* NULL: no longer configured */
	struct cert_set *own, *theirs;	/* of the settings; never NULL */
	struct cert_set *believed;	/* theirs that came with a mail */
	struct keystore keys;
	struct cert_key *key;		/* for any of own */
};
void evidence_who_open(struct cli *c, struct evidence *ev, struct evidence_who *out);

/* By which authorities the signature of a partner's mail was believed when it was opened, into m and the files. */
void evidence_who_vouch(struct evidence_who *w, struct evidence *ev, struct evidence_mail *m);
/* The files of certificates, when all mails are in. */
void evidence_who_close(struct evidence_who *w, struct evidence *ev, int64_t at_ms);

/* The leaf of an entity that holds these bytes, compressed or not; false: none does. And the bytes with that digest. */
struct evidence_leaf {
	struct part part;		/* in the entity; or in inflated */
	struct str bytes;
	struct str inflated;		/* p is NULL: not compressed; else what is in around, a part of the entity */
	struct part around;
};
bool evidence_leaf(struct arena *a, struct str entity, struct str bytes, struct evidence_leaf *out);
struct str evidence_payload(struct arena *a, struct str entity, struct str sha256);	/* p is NULL: none */

/* The fields of a disposition notification in an entity; false: it has none. */
bool evidence_fields(struct arena *a, struct str entity, struct part *out);

/* ---- what it proves ---- */
enum proof { PROOF_OK, PROOF_OPEN, PROOF_BAD };	/* OPEN: cannot be told from this archive, and is not needed */
typedef void evidence_fn(void *arg, enum proof proof, const char *text);

struct evidence_result {
	unsigned int ok, open, bad;
	bool received;			/* the partner's receipt proves that he has these bytes */
	bool sent;			/* the partner's signature proves that he sent them */
	struct str signer;
};
struct evidence_teller {
	evidence_fn *fn;		/* NULL: only counted */
	void *arg;
	struct evidence_result *out;
};
void evidence_say(const struct evidence_teller *t, enum proof proof, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
void evidence_check(struct evidence *ev, evidence_fn *fn, void *arg, struct evidence_result *out);
void evidence_check_sums(struct evidence *ev, evidence_fn *fn, void *arg,
    struct evidence_result *out);
struct str evidence_verdict(const struct evidence *ev, const struct evidence_result *r);	/* a sentence */

/* ---- for people without edigate ---- */
extern const char evidence_verify_sh[];	/* gateway/verify.sh: checks, and a line where those of an evidence go */
int evidence_script(struct evidence *ev, struct buf *out, struct err *e);

/* timeline.json, chain.txt, verify.sh, README.txt: when everything else is in. mail: the story of what brought it. */
void evidence_texts(struct cli *c, struct db *db, const struct story *story,
    const struct story *mail, int64_t at_ms, struct evidence *ev);

/* Everything there is of d, timeline.json and verify.sh too. What cannot be had is told by cli_warn(). */
void evidence_gather(struct cli *c, struct db *db, const struct db_doc *d, struct evidence *out);

#endif
