/* SPDX-License-Identifier: ISC */
/*
 * pack - a document becomes a mail: what is it, whom is it for, signed, perhaps encrypted, frozen in spool/out.
 * Receipts for mails that came in are built here too, because they are signed with the same key.
 *
 * One job at a time, in one arena. The role has no sockets but the channel to the ledger. What it decides about a
 * document is only told; the ledger records it.
 */
#include "gateway/worker.h"

#include "edi/ack.h"
#include "edi/edifact.h"
#include "edi/x12.h"
#include "gateway/base/clock.h"
#include "gateway/base/io.h"
#include "gateway/base/log.h"
#include "gateway/cem.h"
#include "gateway/certmail.h"
#include "gateway/collect.h"
#include "gateway/describe.h"
#include "gateway/frozen.h"
#include "gateway/judge.h"
#include "gateway/keyring.h"
#include "gateway/pack_cert.h"
#include "gateway/pack_report.h"
#include "gateway/room.h"
#include "gateway/subject.h"
#include "gateway/vet.h"
#include "mime/as1.h"
#include "mime/mic.h"
#include "spool/spool.h"

#include <assert.h>
#include <sysexits.h>
#include <unistd.h>

#define PACK_ARENA_MAX	((size_t)128 << 20)
#define PACK_DOCUMENT_MAX ((size_t)4 << 30)
#define PACK_RECEIPT_MAX ((size_t)4 << 20)
#define PACK_JOBS_AHEAD 16

static struct role role;
static struct spool *spool;
static struct keyring *ring;
static struct judge *content_judge;
static struct file_room room;	/* of the job at hand, as is the arena */
static struct arena *arena;

/* Do we wait for an acknowledgement of it? XML has none, and acknowledgements get none. */
static bool
wants_ack(const struct partner *pt, const struct edi_facts *f)
{
	if ((f->format != &edi_x12 && f->format != &edi_edifact) || ack_is(f))
		return false;
	/* ISA14 asks for a TA1, which says no more than that it arrived: no 997 can be asked for. */
	return pt->ack == CONF_ACK_WANTED ||
	    (pt->ack == CONF_ACK_AUTO && f->format == &edi_edifact && f->ack_requested);
}

static void
set_aside(int64_t job, const char *word, struct str why, const struct edi_facts *f,
    struct span content)
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
envelope(struct str ulid, const struct partner *pt)
{
	return (struct as1_envelope){
		.from_name = role.conf.name, .from = role.conf.address, .to = pt->addresses.v[0],
		.message_id = str_fmt(arena, STR_FMT "@" STR_FMT, STR_ARG(ulid), STR_ARG(domain_of(role.conf.address))),
		.date_ms = clock_wall_ms(), .boundary_seed = ulid,
		.features = certmail_can_go(pt) && pt->cem != CONF_CEM_NEVER ? S(CEM_FEATURE) : S(""),
	};
}

/* The document is read several times: whoever still writes to it must not get a signature over something else. */
static int
check_unchanged(const struct claim *was, struct err *e)
{
	struct claim is;
	bool found;

	if (was->ulid.n == 0)
		return 0;	/* no file: made by ourselves */
	if (claim_get(arena, spool, was->ulid, was->partner, &is, &found, e) == -1)
		return -1;
	if (!found || is.size != was->size || is.changed_ns != was->changed_ns)
		return err_set(e, ERR_RETRY, "the document was changed while it was read");
	return 0;
}

static int
write_mail(const struct as1_document *d, const struct claim *claim, struct msg *m,
    struct mic_set *mics, struct err *e)
{
	struct frozen fz;
	int rc = -1;

	if (frozen_begin(&fz, spool, str_cstr(arena, m->ulid2), e) == 0 &&
	    as1_pack(arena, d, &room.room, &fz.sha256.sink, mics, e) == 0 &&
	    check_unchanged(claim, e) == 0)
		rc = frozen_end(&fz, arena, &m->sha256_mail, &m->count, e);
	frozen_clear(&fz);
	file_room_clear(&room);
	return rc;
}

static_assert((int)CMS_LEAF == (int)CONF_CERTS_LEAF && (int)CMS_NO_CERTS == (int)CONF_CERTS_NONE &&
    (int)AS1_QUOTED == (int)CONF_QUOTED && (int)AS1_7BIT == (int)CONF_7BIT && (int)AS1_8BIT == (int)CONF_8BIT &&
    (int)AS1_BINARY == (int)CONF_BINARY, "the words of the settings stand in the order of mime's enums");

static struct as1_shape
shape_of(const struct partner *pt)
{
	const struct conf_shape *s = &pt->shape;

	return (struct as1_shape){ .compress = pt->compress, .sign = pt->sign, .encrypt = pt->encrypt,
		.compress_last = s->compress_last, .opaque = s->opaque, .pss = s->pss, .oaep = s->oaep,
		.digest = mic_alg_of(s->digest), .cipher = s->cipher, .encoding = (enum as1_encoding)s->encoding,
		.bare_micalg = s->bare_micalg, .include = (enum cms_include)s->certs, .by_key_id = s->by_key_id,
		.protection = s->protection };
}

static int
pack_for(const struct msg *job, const struct partner *pt, const struct claim *claim, const struct edi_facts *f,
    struct span content, struct msg *m, struct err *e)
{
	const struct keyring_own *signer = keyring_signer(ring, pt, clock_wall_ms());
	struct as1_document d = {
		.env = envelope(job->ulid2, pt), .content = content, .file_name = claim->name,
		.media_type = str_of(f->format != NULL ? f->format->media_type : "application/octet-stream"),
		.how = shape_of(pt), .receipt = (enum as1_receipt)pt->receipt,
		.own = signer->set, .key = signer->key,
	};
	struct mic_set mics;

	d.is_entity = pack_cert_is_entity(f);
	d.how.sign |= pack_cert_is(f);
	d.subject = subject_of(arena, pt, f, content);
	if ((pt->encrypt || d.how.sign) &&
	    keyring_partner(ring, pt, clock_wall_ms(), &d.partner, e) == -1 && pt->encrypt)
		return -1;
	m->ulid2 = job->ulid2;
	if (write_mail(&d, claim, m, &mics, e) == -1)
		return -1;
	m->partner = pt->key;
	m->message_id = d.env.message_id;
	m->envid = job->ulid2;
	m->sender = role.conf.address;
	m->recipient = pt->addresses.v[0];
	m->subject = d.subject;
	m->mic = mic_set_text(arena, &mics);
	m->flag = pt->receipt != CONF_RECEIPT_NONE;
	m->word = wants_ack(pt, f) ? S("ack") : S("");
	m->text = str_fmt(arena, "%s%s%s%s as " STR_FMT ", MIC " STR_FMT,
	    d.how.sign ? "signed" : "not signed", pt->encrypt ? ", encrypted" : "",
	    m->flag ? ", receipt asked" : "", m->word.n > 0 ? ", acknowledgement awaited" : "",
	    STR_ARG(d.media_type), STR_ARG(mic_text(arena, &mics.list[0])));
	return 0;
}

static int
tell_packed(const struct msg *job, const struct partner *pt, const struct claim *claim,
    const struct edi_facts *f, struct span content, struct err *e)
{
	struct msg m = { .type = MSG_PACKED, .job = job->job };

	if (pack_for(job, pt, claim, f, content, &m, e) == -1) {
		/* What the operator must put right (a certificate, an address) waits for him; the rest is tried again. */
		if (e->kind == ERR_RETRY)
			return -1;
		set_aside(job->job, "held", str_of(e->text), f, content);
		return 0;
	}
	describe_messages(&role, job->job, 0, f);
	describe_put(arena, &m, f, content);
	role_tell(&role, &m);
	return 0;
}

/* An acknowledgement of ours: made by unpack, out of what came in; it lacks its control numbers. */
static int
pack_ack(const struct msg *job, struct err *e)
{
	const struct partner *pt = partner_by_key(&role.conf, job->partner);
	const struct edi_format *format = str_eq(job->format, S("x12")) ? &edi_x12 : &edi_edifact;
	struct claim as = { .name = job->name };
	struct buf content = BUF_CAP(ACK_SIZE_MAX);
	struct edi_facts facts = { 0 };
	int rc = 0;

	if (pt == NULL)
		set_aside(job->job, "held", S("the partner is no longer configured"), &facts, span_str(S("")));
	else if (ack_renumber(job->text, format, job->count, job->size, &content, e) == -1 ||
	    edi_read(arena, buf_str(&content), &facts, e) == -1)
		set_aside(job->job, "invalid", str_of(e->text), &facts, span_str(S("")));
	else
		rc = tell_packed(job, pt, &as, &facts, span_str(buf_str(&content)), e);
	buf_clear(&content);
	return rc;
}

/*
 * Would it make a valid interchange? Then it waits for others, or, if it was JSON, for its control numbers. False: it has
 * what cannot be put together with others (groups of EDIFACT, packages), and goes as it is.
 */
static bool
tell_collected(const struct msg *job, const struct partner *pt, const struct collected *c,
    const struct edi_facts *f, struct span content)
{
	struct msg m = { .type = MSG_COLLECTED, .job = job->job, .partner = pt->key };
	struct err e;

	if (collect_try(arena, c, f->format, &m, &e) == -1) {
		if (c->json)
			set_aside(job->job, "invalid", str_of(e.text), f, content);
		return c->json;
	}
	describe_messages(&role, job->job, 0, f);
	describe_put(arena, &m, f, content);
	role_tell(&role, &m);
	return true;
}

/* Several documents in one interchange, written anew with its control numbers. */
static int
pack_batch(const struct msg *job, struct err *e)
{
	const struct partner *pt = partner_by_key(&role.conf, job->partner);
	struct claim as = { .name = job->name };
	struct buf content = BUF_CAP(COLLECT_MAX);
	struct edi_facts facts = { 0 };
	int rc = 0;

	if (pt == NULL)
		set_aside(job->job, "held", S("the partner is no longer configured"), &facts, span_str(S("")));
	else if (collect_claims(arena, &role.conf, pt, spool, job, &content, &facts, e) == 0)
		rc = tell_packed(job, pt, &as, &facts, span_str(buf_str(&content)), e);
	else if (e->kind == ERR_RETRY)
		rc = -1;
	else
		set_aside(job->job, "held", str_of(e->text), &(struct edi_facts){ 0 }, span_str(S("")));
	buf_clear(&content);
	return rc;
}

/*
 * What was found in it is told with whatever becomes of it. True: it stays here for that. A person who releases it has
 * read it.
 */
static bool
is_kept_for_findings(const struct msg *job, const struct partner *pt, const struct edi_facts *f,
    struct str bytes, struct span content)
{
	struct judged found;

	if (job->flag)
		return false;
	judge(content_judge, arena, bytes, f, pt, pt->validate_out, clock_wall_ms(), &found);
	describe_findings(&role, arena, job->job, 0, &found);
	if (found.n_errors == 0 || pt->findings_out == CONF_OUT_NOTE)
		return false;
	set_aside(job->job, pt->findings_out == CONF_OUT_HOLD ? "held" : "invalid",
	    judge_text(arena, &found), f, content);
	return true;
}

static struct str
without_extension(struct str name)
{
	size_t n = name.n;

	while (n > 0 && name.p[n - 1] != '.')
		n--;
	return n > 1 ? str_sub(name, 0, n - 1) : name;
}

/* What is known of it decides. -1: our own trouble, the job is tried again. */
static int
pack_claimed(const struct msg *job, const struct claim *claim, struct str bytes, struct err *e)
{
	const struct partner *pt = partner_by_key(&role.conf, job->partner);
	const struct edi_passed window = map_window(&bytes);
	struct map_store store = map_store(bytes);
	struct span content = span_store(&store.store);
	const struct edi_facts *told;
	struct edi_facts facts = { 0 };
	struct claim made = *claim;
	struct collected read;
	struct str fault;
	int rc = 0;

	told = pt == NULL ? NULL : pack_cert_facts(arena, ring, pt, bytes, e);
	if (told != NULL && told->verdict == EDI_VALID)
		return tell_packed(job, pt, claim, told, content, e);
	if (told != NULL) {
		set_aside(job->job, "invalid", str_of(e->text), told, content);
		return 0;
	}
	if (collect_read(&role.conf, pt, bytes, &read, e) == -1 ||
	    edi_read_mapped(arena, read.edi, read.made.n > 0 ? NULL : &window, &facts, e) == -1) {
		set_aside(job->job, "invalid", str_of(e->text), &facts, content);
		goto out;
	}
	if (read.xml) {
		content = span_str(read.edi);
		made.name = str_fmt(arena, STR_FMT ".xml", STR_ARG(without_extension(claim->name)));
	}
	if (pt == NULL && job->partner.n == 0 && facts.receiver.id.n > 0)
		pt = partner_by_id(&role.conf, facts.receiver.qual, facts.receiver.id);
	edi_refuse_quirks(arena, &facts, partner_quirks_refused(pt));
	if (pt != NULL && pt->validate_out == CONF_LEVEL_ENVELOPE)
		edi_forgive_charset(&facts);
	fault = pt == NULL ? str_fmt(arena, "no partner for folder '" STR_FMT "' and receiver " STR_FMT, STR_ARG(job->partner),
	    STR_ARG(describe_party(arena, facts.receiver))) : vet_outbound(arena, &role.conf, pt, &facts);
	if (facts.verdict == EDI_BROKEN && !(read.json && pieces_takes(&facts)))	/* counts are ours to put right */
		set_aside(job->job, "invalid", describe_problem(arena, &facts), &facts, content);
	else if (fault.n > 0)
		set_aside(job->job, "held", fault, &facts, content);
	else if (is_kept_for_findings(job, pt, &facts, read.edi, content))
		;	/* told */
	else if ((!read.json && !collect_takes(pt, &facts, bytes.n)) ||
	    !tell_collected(job, pt, &read, &facts, content))
		rc = tell_packed(job, pt, &made, &facts, content, e);
out:
	collect_clear(&read);
	return rc;
}

static int
pack_document(const struct msg *job, struct err *e)
{
	const struct edi_facts nothing = { 0 };
	struct claim claim;
	struct str bytes = S("");
	bool found;
	int rc;

	if (claim_get(arena, spool, job->ulid, job->partner, &claim, &found, e) == -1 ||
	    (!found && claim_find(arena, spool, job->ulid, &claim, &found, e) == -1))
		return -1;
	if (!found) {
		set_aside(job->job, "invalid", S("the claimed file is gone from the spool"),
		    &nothing, span_str(S("")));
		return 0;
	}
	if (claim_map(spool, &claim, PACK_DOCUMENT_MAX, &bytes, e) == -1) {
		if (e->kind != ERR_INPUT)
			return -1;
		set_aside(job->job, "invalid", str_of(e->text), &nothing, span_str(S("")));
		return 0;
	}
	rc = pack_claimed(job, &claim, bytes, e);
	io_unmap(bytes);
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

static int
freeze(struct str mail, struct msg *m, struct err *e)
{
	struct frozen fz;
	int rc = -1;

	if (frozen_begin(&fz, spool, str_cstr(arena, m->ulid2), e) == 0 &&
	    fz.sha256.sink.put(&fz.sha256.sink, mail, e) == 0)
		rc = frozen_end(&fz, arena, &m->sha256_mail, &m->count, e);
	frozen_clear(&fz);
	return rc;
}

/* The receipt for a mail that came in. It goes to the partner's configured address, never to one the mail named. */
static int
pack_receipt(const struct msg *job, struct err *e)
{
	const struct partner *pt = partner_by_key(&role.conf, job->partner);
	struct msg m = { .type = MSG_PACKED, .job = job->job };
	struct buf mail = BUF_CAP(PACK_RECEIPT_MAX);
	struct as1_receipt_mail r = { .sign = job->flag };
	const struct keyring_own *signer;
	struct edi_facts none = { 0 };
	int rc = -1;

	if (pt == NULL) {
		set_aside(job->job, "held", S("the partner is no longer configured"), &none, span_str(S("")));
		return 0;
	}
	signer = keyring_signer(ring, pt, clock_wall_ms());
	r.own = signer->set;
	r.key = signer->key;
	r.env = envelope(job->ulid2, pt);
	r.how = shape_of(pt);
	r.mdn = (struct mdn){
		.reporting_ua = str_fmt(arena, STR_FMT "; edigate " EDIGATE_VERSION, STR_ARG(domain_of(role.conf.address))),
		.original_recipient = role.conf.address, .final_recipient = role.conf.address,
		.original_message_id = job->message_id, .automatic = true, .disposition = disposition_of(job->word),
		.modifier = job->name, .modifier_text = job->text,
	};
	if (job->mic.n > 0)
		(void)mic_read(job->mic, &r.mdn.mic);
	r.human = receipt_words(job);
	m.ulid2 = job->ulid2;
	if (as1_pack_receipt(arena, &r, &mail, e) == -1 || freeze(buf_str(&mail), &m, e) == -1)
		goto out;
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

/* What the one who sent us a mail wants to hear of it. */
static int
pack_delivery(const struct msg *job, struct err *e)
{
	const struct partner *pt = partner_by_key(&role.conf, job->partner);
	struct msg m = { .type = MSG_PACKED, .job = job->job, .ulid2 = job->ulid2, .partner = job->partner, .envid = job->ulid2 };
	struct buf mail = BUF_CAP(PACK_RECEIPT_MAX);
	struct as1_envelope env = { 0 };
	struct edi_facts none = { 0 };
	int rc = -1;

	if (pt != NULL)
		env = envelope(job->ulid2, pt);
	if (pack_report(arena, &role.conf, spool, job, &env, &mail, &m, e) == -1) {
		if (e->kind == ERR_RETRY)
			goto out;
		set_aside(job->job, "held", str_of(e->text), &none, span_str(S("")));
		rc = 0;
		goto out;
	}
	m.message_id = env.message_id;
	rc = freeze(buf_str(&mail), &m, e);
	if (rc == 0)
		role_tell(&role, &m);
out:
	buf_clear(&mail);
	return rc;
}

static int
work(const struct msg *job, struct err *e)
{
	if (job->type == MSG_JOB_REPORT)
		return pack_delivery(job, e);
	if (job->type == MSG_JOB_RECEIPT)
		return pack_receipt(job, e);
	if (str_eq(job->word, S("batch")))
		return pack_batch(job, e);
	return str_eq(job->word, S("ack")) ? pack_ack(job, e) : pack_document(job, e);
}

int
main(int argc, char **argv)
{
	struct err e;

	role_start(&role, "pack", argc, argv);
	arena = arena_new(PACK_ARENA_MAX);
	if (keyring_open(&role.conf, KEYRING_FD, &ring, &e) == -1 ||
	    judge_open(&role.conf, &content_judge, &e) == -1 ||
	    spool_open(str_cstr(role.arena, role.conf.home), false, &spool, &e) == -1) {
		log_ev(LOG_ERROR, 0, "start", KC("why", e.text));
		return e.kind == ERR_RETRY ? EX_TEMPFAIL : EX_CONFIG;
	}
	file_room_init(&room, spool);
	return worker_run(&role, arena, PACK_JOBS_AHEAD, work);
}
