/* SPDX-License-Identifier: ISC */
/*
 * pack - a document becomes a mail: what is it, whom is it for, signed, perhaps encrypted, frozen in spool/out.
 * Receipts for mails that came in are built here too, because they are signed with the same key.
 *
 * One job at a time, in one arena. The role has no sockets but the channel to the ledger. What it decides about a
 * document is only told; the ledger records it.
 */
#include "gateway/worker.h"

#include "edi/edi.h"
#include "gateway/base/clock.h"
#include "gateway/base/io.h"
#include "gateway/base/log.h"
#include "gateway/describe.h"
#include "gateway/keys.h"
#include "mime/as1.h"
#include "spool/spool.h"

#include <sysexits.h>
#include <unistd.h>

#define PACK_ARENA_MAX	((size_t)512 << 20)
#define PACK_MAIL_MAX	((size_t)256 << 20)
#define PACK_JOBS_AHEAD 16

static struct role role;
static struct spool *spool;
static struct keys *keys;
static struct arena *arena;	/* of the job at hand */

/* Why this document cannot go to pt, or the empty slice. Folder and interchange must not disagree: never guessed. */
static struct str
routing_fault(const struct partner *pt, const struct edi_facts *f)
{
	const struct partner *other;

	if (f->verdict == EDI_UNKNOWN && !pt->opaque)
		return str_fmt(arena, "no known format (looks like " STR_FMT "); \"unknown = send\" for partner '" STR_FMT
		    "' would send it as it is", STR_ARG(f->guess), STR_ARG(pt->key));
	if (f->receiver.id.n > 0) {
		other = partner_by_id(&role.conf, f->receiver.qual, f->receiver.id);
		if (other != NULL && other != pt)
			return str_fmt(arena, "the folder says '" STR_FMT "', the interchange's receiver " STR_FMT " is '" STR_FMT "'",
			    STR_ARG(pt->key), STR_ARG(describe_party(arena, f->receiver)), STR_ARG(other->key));
		if (other == NULL && pt->ids.n > 0)
			return str_fmt(arena, "the interchange's receiver " STR_FMT " is none of the ids of partner '" STR_FMT "'",
			    STR_ARG(describe_party(arena, f->receiver)), STR_ARG(pt->key));
	}
	if (f->sender.id.n > 0 && role.conf.ids.n > 0 && !conf_is_own_id(&role.conf, f->sender.qual, f->sender.id))
		return str_fmt(arena, "the interchange's sender " STR_FMT " is none of our ids", STR_ARG(describe_party(arena, f->sender)));
	return S("");
}

static void
set_aside(int64_t job, const char *word, struct str why, const struct edi_facts *f, struct str content)
{
	struct msg m = { .type = MSG_SET_ASIDE, .job = job, .word = str_of(word), .text = why };

	describe_put(arena, &m, f, content);
	describe_messages(&role, job, 0, f);
	role_tell(&role, &m);
}

static struct str
domain_of(struct str address)
{
	struct str rest = address, local;

	(void)str_cut(&rest, '@', &local);
	return rest;
}

static struct as1_envelope
envelope(struct str ulid, struct str to)
{
	return (struct as1_envelope){
		.from_name = role.conf.name, .from = role.conf.address, .to = to,
		.message_id = str_fmt(arena, STR_FMT "@" STR_FMT, STR_ARG(ulid), STR_ARG(domain_of(role.conf.address))),
		.date_ms = clock_wall_ms(), .boundary_seed = ulid,
	};
}

static int
freeze(struct str ulid, struct str mail, struct msg *m, struct err *e)
{
	struct spool_put put;
	struct mic sha256;

	if (mic_make(MIC_SHA256, mail, &sha256, e) == -1)
		return -1;
	m->sha256_mail = describe_hex(arena, &sha256);
	m->count = mail.n;
	if (spool_put_open(spool, str_cstr(arena, ulid), &put, e) == -1)
		return -1;
	if (spool_put_write(&put, mail, e) == -1 || spool_put_commit(spool, &put, SPOOL_OUT, e) == -1) {
		spool_put_drop(spool, &put);
		return -1;
	}
	return 0;
}

static int
pack_for(const struct msg *job, const struct partner *pt, const struct claim *claim, const struct edi_facts *f,
    struct str content, struct msg *m, struct err *e)
{
	struct buf mail = BUF_CAP(PACK_MAIL_MAX);
	struct as1_document d = {
		.env = envelope(job->ulid2, pt->addresses.v[0]), .content = content, .file_name = claim->name,
		.media_type = str_of(f->format != NULL ? f->format->media_type : "application/octet-stream"),
		.compress = pt->compress, .sign = pt->sign, .encrypt = pt->encrypt, .receipt = (enum as1_receipt)pt->receipt,
		.own = keys_own(keys), .key = keys_private(keys),
	};
	struct mic_set mics;
	struct mic mic;
	int rc = -1;

	d.subject = f->format == NULL ? S("Document") :
	    str_fmt(arena, STR_FMT "%s" STR_FMT, STR_ARG(f->type), f->number.n > 0 ? " " : "", STR_ARG(f->number));
	if ((pt->encrypt || pt->sign) && keys_partner(keys, pt, &d.partner, e) == -1 && pt->encrypt)
		goto out;
	if (as1_pack(arena, &d, &mail, &mic, e) == -1 || as1_mics(&d, &mic, &mics, e) == -1 || freeze(job->ulid2, buf_str(&mail), m, e) == -1)
		goto out;
	m->ulid2 = job->ulid2;
	m->partner = pt->key;
	m->message_id = d.env.message_id;
	m->envid = job->ulid2;
	m->sender = role.conf.address;
	m->recipient = pt->addresses.v[0];
	m->subject = d.subject;
	m->mic = mic_set_text(arena, &mics);
	m->flag = pt->receipt != CONF_RECEIPT_NONE;
	m->text = str_fmt(arena, "%s%s%s as " STR_FMT ", MIC " STR_FMT, pt->sign ? "signed" : "not signed",
	    pt->encrypt ? ", encrypted" : "", m->flag ? ", receipt asked" : "", STR_ARG(d.media_type), STR_ARG(mic_text(arena, &mic)));
	rc = 0;
out:
	buf_clear(&mail);
	return rc;
}

/* Everything about one claimed document. -1: our own trouble, the job is tried again. */
static int
pack_document(const struct msg *job, struct err *e)
{
	const struct partner *pt = partner_by_key(&role.conf, job->partner);
	struct msg m = { .type = MSG_PACKED, .job = job->job };
	struct edi_facts facts = { 0 };
	struct claim claim;
	struct str content = S(""), fault;
	bool found;
	int rc = -1;

	if (claim_get(arena, spool, job->ulid, job->partner, &claim, &found, e) == -1 ||
	    (!found && claim_find(arena, spool, job->ulid, &claim, &found, e) == -1))
		return -1;
	if (!found) {
		set_aside(job->job, "invalid", S("the claimed file is gone from the spool"), &facts, content);
		return 0;
	}
	if (claim_map(spool, &claim, PACK_MAIL_MAX / 2, &content, e) == -1) {
		if (e->kind != ERR_INPUT)
			return -1;
		set_aside(job->job, "invalid", str_of(e->text), &facts, content);
		return 0;
	}
	if (edi_read(arena, content, &facts, e) == -1) {
		set_aside(job->job, "invalid", str_of(e->text), &facts, content);
		rc = 0;
		goto out;
	}
	if (pt == NULL && job->partner.n == 0 && facts.receiver.id.n > 0)
		pt = partner_by_id(&role.conf, facts.receiver.qual, facts.receiver.id);
	fault = pt == NULL ? str_fmt(arena, "no partner for folder '" STR_FMT "' and receiver " STR_FMT, STR_ARG(job->partner),
	    STR_ARG(describe_party(arena, facts.receiver))) : routing_fault(pt, &facts);
	if (facts.verdict == EDI_BROKEN)
		set_aside(job->job, "invalid", describe_problem(arena, &facts), &facts, content);
	else if (fault.n > 0)
		set_aside(job->job, "held", fault, &facts, content);
	else if (pack_for(job, pt, &claim, &facts, content, &m, e) == -1) {
		/* What the operator must put right (a certificate, an address) waits for him; the rest is tried again. */
		if (e->kind == ERR_RETRY)
			goto out;
		set_aside(job->job, "held", str_of(e->text), &facts, content);
	} else {
		describe_messages(&role, job->job, 0, &facts);
		describe_put(arena, &m, &facts, content);
		role_tell(&role, &m);
	}
	rc = 0;
out:
	io_unmap(content);
	return rc;
}

static struct str
receipt_words(const struct msg *job)
{
	if (str_eq_nocase(job->word, S("processed")) && !str_eq(job->name, S("error")))
		return str_fmt(arena,
		    "This is a receipt for your message " STR_FMT ".\r\n\r\n"
		    "It reached " STR_FMT " unchanged%s, and what it carried has been filed%s%s. The check value below "
		    "proves which bytes arrived. It says nothing about whether the content is accepted.\r\n",
		    STR_ARG(job->message_id), STR_ARG(role.conf.name), job->flag ? ", its signature was verified" : "",
		    str_eq(job->text, S("duplicate-document")) ? " before: it is a duplicate and was not filed again" : "", "");
	return str_fmt(arena,
	    "Your message " STR_FMT " reached " STR_FMT " but could not be processed: " STR_FMT ".\r\n\r\n"
	    "Nothing of it was passed on. Please check the certificates that both sides use, and send it again.\r\n",
	    STR_ARG(job->message_id), STR_ARG(role.conf.name), STR_ARG(job->text));
}

static enum mdn_disposition
disposition_of(struct str word)
{
	return str_eq_nocase(word, S("failed")) ? MDN_FAILED : MDN_PROCESSED;
}

/* The receipt for a mail that came in. It goes to the partner's configured address, never to one the mail named. */
static int
pack_receipt(const struct msg *job, struct err *e)
{
	const struct partner *pt = partner_by_key(&role.conf, job->partner);
	struct msg m = { .type = MSG_PACKED, .job = job->job };
	struct buf mail = BUF_CAP(PACK_MAIL_MAX);
	struct as1_receipt_mail r = { .sign = job->flag, .own = keys_own(keys), .key = keys_private(keys) };
	struct edi_facts none = { 0 };
	int rc = -1;

	if (pt == NULL) {
		set_aside(job->job, "held", S("the partner is no longer configured"), &none, S(""));
		return 0;
	}
	r.env = envelope(job->ulid2, pt->addresses.v[0]);
	r.mdn = (struct mdn){
		.reporting_ua = str_fmt(arena, STR_FMT "; edigate " EDIGATE_VERSION, STR_ARG(domain_of(role.conf.address))),
		.original_recipient = role.conf.address, .final_recipient = role.conf.address,
		.original_message_id = job->message_id, .automatic = true, .disposition = disposition_of(job->word),
		.modifier = job->name, .modifier_text = job->text,
	};
	if (job->mic.n > 0)
		(void)mic_read(job->mic, &r.mdn.mic);
	r.human = receipt_words(job);
	if (as1_pack_receipt(arena, &r, &mail, e) == -1 || freeze(job->ulid2, buf_str(&mail), &m, e) == -1)
		goto out;
	m.ulid2 = job->ulid2;
	m.partner = pt->key;
	m.message_id = r.env.message_id;
	m.envid = job->ulid2;
	m.recipient = pt->addresses.v[0];	/* envelope sender empty: a receipt never bounces back (RFC 8098, 2.1) */
	m.text = str_fmt(arena, "receipt built: " STR_FMT "%s" STR_FMT "%s" STR_FMT, STR_ARG(job->word),
	    job->name.n > 0 ? "/" : "", STR_ARG(job->name), job->text.n > 0 ? ": " : "", STR_ARG(job->text));
	role_tell(&role, &m);
	rc = 0;
out:
	buf_clear(&mail);
	return rc;
}

static int
work(const struct msg *job, struct err *e)
{
	return job->type == MSG_JOB_PACK ? pack_document(job, e) : pack_receipt(job, e);
}

int
main(int argc, char **argv)
{
	struct err e;

	role_start(&role, "pack", argc, argv);
	arena = arena_new(PACK_ARENA_MAX);
	if (keys_open(&role.conf, &keys, &e) == -1 ||
	    spool_open(str_cstr(role.arena, role.conf.home), false, &spool, &e) == -1) {
		log_ev(LOG_ERROR, 0, "start", KC("why", e.text));
		return EX_CONFIG;
	}
	return worker_run(&role, arena, PACK_JOBS_AHEAD, work);
}
