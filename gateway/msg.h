/* SPDX-License-Identifier: ISC */
/*
 * msg.h - every message between roles, and of the command line to the ledger. A message says *that* something changed;
 * the truth is in spool and database. One table in msg.c says which fields a message has and who may send it to whom;
 * a message that the table does not allow, or of the wrong length, is ERR_INPUT and closes that connection.
 *
 * All messages share one struct: the table says which fields count; the others are zero.
 */
#ifndef EDIGATE_GATEWAY_MSG_H
#define EDIGATE_GATEWAY_MSG_H

#include "gateway/base/arena.h"
#include "gateway/base/buf.h"
#include "gateway/base/err.h"

enum msg_type {
	/* supervisor → ledger, listen */
	MSG_PEER = 1,		/* name: a role was started (listen: a ledger); its end of the channel comes along */
	MSG_RETIRE,		/* listen: another has taken over with new settings; end when your sessions have ended */
	/* role → ledger */
	MSG_CLAIMED,		/* watch: ulid was claimed from partner's outbox */
	MSG_WAITING,		/* watch: partner, name, text (why), flag (refused: will not go by itself) */
	MSG_WAITING_OVER,	/* watch: partner, name: gone, or claimed */
	MSG_ARRIVED,		/* listen: ulid lies in spool/arrived */
	MSG_READY,		/* pack, unpack, send, hook: count more jobs can be taken */
	MSG_PACKED,		/* pack: job done; facts of the document and the transmission; word "ack": one is waited for */
	MSG_COLLECTED,		/* pack: job; the document goes into an interchange that we write: facts, partner, name (what it has in
				   common with those that it can go with), count messages, id groups, flag: it was JSON */
	MSG_SET_ASIDE,		/* pack: job; word ("invalid", "held"), text (why); facts as far as known */
	MSG_MESSAGE,		/* pack, unpack: job; one ST/UNH: before the job's closing message */
	MSG_FINDING,		/* pack, unpack: job; what is wrong in payload (id): word ("error", "warning", "more"), name (code), text:
				   before the job's closing message */
	MSG_OPENED,		/* unpack: job; a payload (id) was staged in the inbox at proof; word: file name ending; verdict: why a
				   person has to look at it before it is filed, or empty; flag: its acknowledgement does not wait for that */
	MSG_UNPACKED,		/* unpack: job done; verdict of the whole mail */
	MSG_MDN,		/* unpack: job; a receipt: before MSG_UNPACKED */
	MSG_ASKED,		/* unpack: job; word: the delivery reports (reports.h) that its sender may have, text: what was asked */
	MSG_DSN,		/* unpack: job; one recipient of a report: before MSG_UNPACKED */
	MSG_ACK,		/* unpack: job; what payload (id) says of one interchange (control) or group (name), its report
				   number count: before MSG_UNPACKED */
	MSG_ACK_MESSAGE,	/* unpack: job; what report count of payload (id) says of one message (name: its group, control) */
	MSG_ACK_DUE,		/* unpack: job; payload (id) is due this acknowledgement (text) of that verdict (word), which takes
				   count control numbers of interchanges and size of groups: before MSG_UNPACKED */
	MSG_JOB_FAILED,		/* pack, unpack: job; text: our own trouble (disk full, key unreadable): try later */
	MSG_COMMITTING,		/* send: job: everything but the final dot has gone out; may it? */
	MSG_HOOKED,		/* hook: job; flag: every hook succeeded; text: how it went */
	MSG_SENT,		/* send: job; word (accepted, deferred, refused, uncertain), code, enhanced, text, peer, tls, transcript;
				   or word "later": no attempt, its turn comes in count seconds */
	/* ledger → role */
	MSG_JOB_PACK,		/* pack: job, ulid, partner, ulid2 (of the transmission), flag (released by a person); word "ack": text is the document,
				   name its file name, format, and count and size its first control numbers; "batch": text
				   has a line "ULID PARTNER" for each document that goes into it */
	MSG_JOB_RECEIPT,	/* pack: job, ulid (of the mail), box, partner, ulid2, word (disposition), text, mic, message_id, recipient */
	MSG_JOB_REPORT,		/* pack: job, ulid (of the mail), partner, ulid2, word (of reports.h), text (why), message_id */
	MSG_JOB_UNPACK,		/* unpack: job, ulid */
	MSG_JOB_SEND,		/* send: job, ulid, partner, sender, recipient, envid, size, flag (ask for a delivery report), word
				   ("receipt": one is awaited), flag2 (a person wants it tried now) */
	MSG_JOB_HOOK,		/* hook: job, word (event), name (environment, a line each), text (JSON) */
	MSG_GO,			/* send: job: the final dot may go; flag false: do not (the session is dropped) */
	MSG_RESCAN,		/* watch: look at every folder now */
	/* command line → ledger, and the answer */
	MSG_CTL_ACT,		/* word (retry, hold, release, cancel), id, text (reason) */
	MSG_CTL_ARRIVED,	/* ulid: `edigate receive` put a mail into spool/arrived */
	MSG_CTL_RESCAN,		/* look at the outbox now */
	MSG_CTL_PING,
	MSG_CTL_REBUILD,	/* fold again what has an id below this one (0: all), some of it; answer: id = go on there, text = how many differed */
	MSG_CTL_ANSWER,		/* flag (done), code (sysexits), id, text */
	MSG_COUNT,
};

struct msg {
	enum msg_type type;
	int64_t job, id;
	uint64_t size, count;
	unsigned int code;
	bool flag, flag2;
	struct str ulid, ulid2;
	struct str name, partner, word, text;
	/* facts of a document */
	struct str format, doc_type, number, edi_sender, edi_receiver, control, version, sha256, media_type;
	/* of a mail */
	struct str message_id, sender, recipient, envid, mic, subject, sha256_mail;
	/* of an SMTP session or a report */
	struct str enhanced, peer, tls, proof;
	/* of a mail that was judged: why, in a stable word, and as the error of a receipt */
	struct str verdict, modifier;
	struct str transcript;		/* of an SMTP session: what was said, but for secrets and the mail */
};

#define LEDGER_MESSAGES_MAX 1000	/* of an interchange that the ledger is told of one by one */

enum msg_who {
	WHO_SUPERVISOR = 1, WHO_LEDGER = 2, WHO_WATCH = 4, WHO_PACK = 8, WHO_SEND = 16, WHO_LISTEN = 32, WHO_UNPACK = 64,
	WHO_CLI = 128, WHO_HOOK = 256,
};

const char *msg_name(enum msg_type t);
enum msg_who msg_who_of(const char *role_name);			/* 0: none of that name */

/* A copy whose strings are the arena's. */
void msg_dup(struct arena *a, const struct msg *m, struct msg *out);

/* Encode the fields that the table lists for m->type. Fails (ERR_INPUT) only when they do not fit one frame. */
int msg_encode(const struct msg *m, struct buf *out, struct err *e);

/* Decode and check: type known, allowed from that sender to that receiver, every length right. Slices are payload's. */
int msg_decode(uint16_t type, struct str payload, enum msg_who from, enum msg_who to,
    struct msg *out, struct err *e);

#endif
