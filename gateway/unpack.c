/* SPDX-License-Identifier: ISC */
/*
 * unpack - a mail becomes documents, a receipt or a report: opened, decrypted, verified against the certificates of
 * the one partner it claims to be from. Payloads are staged in the inbox under a dotfile's name, on disk, before
 * the ledger is told; giving them their final name is the ledger's business.
 *
 * This role meets hostile bytes. It has no sockets but the channel to the ledger; one job at a time, in one arena.
 * The ledger counts the attempt before the job is given, so a mail that kills this process three times is set aside.
 */
#include "gateway/worker.h"

#include "edi/bundle.h"
#include "gateway/base/clock.h"
#include "gateway/base/io.h"
#include "gateway/base/log.h"
#include "gateway/cem.h"
#include "gateway/certmail.h"
#include "gateway/describe.h"
#include "gateway/judge.h"
#include "gateway/keyring.h"
#include "gateway/known.h"
#include "gateway/reports.h"
#include "gateway/room.h"
#include "gateway/taken.h"
#include "gateway/vet.h"
#include "gateway/way.h"
#include "mime/as1.h"
#include "mime/rope.h"
#include "spool/spool.h"

#include <assert.h>
#include <fcntl.h>
#include <sysexits.h>
#include <unistd.h>

#define UNPACK_ARENA_MAX  ((size_t)128 << 20)
#define UNPACK_JOBS_AHEAD 16
#define PART_MAX	  ((size_t)1 << 20)	/* of an interchange that is split: a part lies in memory */
#define EXTENSION_MAX	  5

static struct role role;
static struct spool *spool;
static struct keyring *ring;
static struct judge *content_judge;
static struct file_room room;	/* of the job at hand, as is the arena */
static struct arena *arena;
static bool vouched;		/* the mail at hand is signed by its partner */

struct fd_sink {
	struct sink sink;
	int fd;
};

static int
fd_put(struct sink *s, struct str piece, struct err *e)
{
	return io_write_all(((struct fd_sink *)s)->fd, piece, e);
}

static int
write_staged(int dirfd, const char *name, struct span content, struct err *e)
{
	struct fd_sink to = { { fd_put },
		openat(dirfd, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0640) };
	int rc = -1;

	if (to.fd == -1)
		return err_errno(e, "inbox/%s", name);
	if (span_put(content, &to.sink, e) == 0)
		rc = fsync(to.fd) == -1 ? err_errno(e, "fsync of inbox/%s", name) : 0;
	io_close(&to.fd);
	return rc;
}

/*
 * inbox/PARTNER/.ULID-I.OWN.part, on disk when this returns; path is relative to home. OWN makes it this attempt's: a
 * worker that the ledger no longer knows, and that works on, cannot touch the file that is being filed.
 */
static int
stage(const struct msg *job, const struct partner *pt, size_t i, struct span content,
    struct str *path, struct err *e)
{
	char *dir = conf_path(arena, &role.conf, str_cstr(arena, str_fmt(arena, "inbox/" STR_FMT, STR_ARG(pt->key))));
	char own[ULID_MAX];
	struct str name;
	int dirfd, rc = -1;

	ulid_new(own);
	name = str_fmt(arena, "." STR_FMT "-%zu.%s.part", STR_ARG(job->ulid), i, own);
	if (io_mkdirs(dir, 0750, e) == -1 || (dirfd = io_open_dir(AT_FDCWD, dir, e)) == -1)
		return -1;
	if (write_staged(dirfd, str_cstr(arena, name), content, e) == 0 && io_fsync_dir(dirfd, e) == 0)
		rc = 0;
	io_close(&dirfd);
	*path = str_fmt(arena, "inbox/" STR_FMT "/" STR_FMT, STR_ARG(pt->key), STR_ARG(name));
	return rc;
}

/* The ending for the inbox: the format's own, else the sender's when it is harmless, else by media type. */
static struct str
extension(const struct edi_facts *f, const struct as1_payload *p)
{
	struct str rest = p->file_name, head = S("");

	if (f->format != NULL)
		return str_of(f->format->extension);
	while (str_chr(rest, '.', NULL))
		(void)str_cut(&rest, '.', &head);
	if (rest.n == p->file_name.n || rest.n == 0 || rest.n > EXTENSION_MAX)
		return str_eq(p->media_type, S("text/plain")) ? S("txt") : S("bin");
	for (size_t i = 0; i < rest.n; i++)
		if (!is_alnum(rest.p[i]))
			return S("bin");
	return str_lower(arena, rest);
}

/* What is told of a payload, or of a part of one, that is staged under the number id. */
static int
stage_as(const struct msg *job, const struct partner *pt, const struct as1_payload *p,
    const struct edi_facts *f, struct span content, struct msg *m, struct err *e)
{
	if (stage(job, pt, (size_t)m->id, content, &m->proof, e) == -1)
		return -1;
	describe_put(arena, m, f, content);
	describe_messages(&role, job->job, m->id, f);
	m->word = str_eq(p->media_type, S(CEM_TYPE)) ? S(CERTMAIL_CEM) :
	    vouched && str_eq(p->media_type, S(CERTMAIL_TYPE)) ? S(CERTMAIL_WORD) : extension(f, p);
	return 0;
}

/* Behind what the walk has passed the pages of a large interchange are given back. */
static void
start_parts(struct split *split, const struct edi_facts *f, struct str bytes)
{
	split_start(split, bytes, f->format);
	seg_watch(&split->walk.r, f->passed);
}

static bool
parts_are_small(const struct edi_facts *f, struct str bytes)
{
	struct buf part = BUF_CAP(PART_MAX);
	struct split split;
	struct err e;
	int rc;

	start_parts(&split, f, bytes);
	while ((rc = split_next(&split, &part, &e)) == 1)
		buf_cut(&part, 0);
	buf_clear(&part);
	return rc == 0;
}

static bool
is_split(const struct partner *pt, const struct edi_facts *f, struct str bytes)
{
	return pt->split && f->verdict == EDI_VALID && pieces_takes(f) && !ack_is(f) && f->n_messages > 1 &&
	    f->n_messages <= LEDGER_MESSAGES_MAX && parts_are_small(f, bytes);
}

/* One message, as an interchange: it is known by its own number, too, so that the parts are told from each other. */
static int
stage_part(const struct msg *job, const struct partner *pt, const struct as1_payload *p,
    struct str part, int64_t id, struct err *e)
{
	struct msg m = { .type = MSG_OPENED, .job = job->job, .id = id, .name = p->file_name, .media_type = p->media_type };
	struct arena *scratch = arena_new(EDI_ARENA_MAX);
	struct edi_facts facts = { 0 };
	int rc = -1;

	if (edi_read(scratch, part, &facts, e) == -1 || facts.n_kept != 1)
		(void)err_set(e, ERR_RETRY, "a part of an interchange cannot be read");
	else
		rc = stage_as(job, pt, p, &facts, span_str(part), &m, e);
	if (rc == -1)
		goto out;
	m.control = str_fmt(arena, STR_FMT "/" STR_FMT "%s" STR_FMT, STR_ARG(m.control),
	    STR_ARG(facts.messages->group), facts.messages->group.n > 0 ? "/" : "",
	    STR_ARG(facts.messages->control));
	role_tell(&role, &m);
out:
	arena_free(scratch);
	return rc;
}

static int
stage_parts(const struct msg *job, const struct partner *pt, const struct as1_payload *p,
    const struct edi_facts *f, struct str bytes, int64_t *id, struct err *e)
{
	struct buf part = BUF_CAP(PART_MAX);
	struct split split;
	int rc;

	start_parts(&split, f, bytes);
	while ((rc = split_next(&split, &part, e)) == 1) {
		rc = stage_part(job, pt, p, buf_str(&part), (*id)++, e);
		buf_clear(&part);
		if (rc == -1)
			break;
	}
	buf_clear(&part);
	return rc;
}

/*
 * What edi_read() and those after it say of the content, and whether a person has to see it before it is filed. What is
 * refused is acknowledged now: its sender need not wait for that person.
 */
static void
judge_payload(const struct msg *job, const struct partner *pt, struct str bytes,
    struct edi_facts *f, struct judged *found, struct msg *m)
{
	edi_refuse_quirks(arena, f, partner_quirks_refused(pt));
	if (pt->validate_in == CONF_LEVEL_ENVELOPE)
		edi_forgive_charset(f);
	judge(content_judge, arena, bytes, f, pt, pt->validate_in, clock_wall_ms(), found);
	if (f->verdict == EDI_BROKEN && m->text.n == 0)
		m->text = describe_problem(arena, f);
	if (f->mixed_test && pt->mode != CONF_MODE_BOTH) {
		m->verdict = S(VET_MIXED_TEST);
	} else if (pt->findings_in == CONF_IN_REFUSE && (f->verdict == EDI_BROKEN || found->n_errors > 0)) {
		m->verdict = str_fmt(arena, "its content is refused: " STR_FMT,
		    STR_ARG(f->verdict == EDI_BROKEN ? m->text : judge_text(arena, found)));
		m->flag = true;
	}
	describe_findings(&role, arena, job->job, m->id, found);
}

/* A certificate exchange message, whole: its certificates are for the operator, not for the business system. */
static int
stage_exchange(const struct msg *job, const struct partner *pt, const struct as1_payload *p,
    struct str bytes, int64_t *id, struct err *e)
{
	struct msg m = { .type = MSG_OPENED, .job = job->job, .id = *id, .media_type = p->media_type };
	const struct edi_facts none = { .type = S_INIT("Certificate") };

	if (stage_as(job, pt, p, &none, p->content, &m, e) == -1)
		return -1;
	m.text = certmail_text(arena, bytes);
	role_tell(&role, &m);
	++*id;
	return 0;
}

/* bytes: the content in one piece. id: of the next payload; one that is split takes as many as it has messages. */
static int
stage_read(const struct msg *job, const struct partner *pt, const struct as1_payload *p,
    struct str bytes, int64_t *id, struct err *e)
{
	struct msg m = { .type = MSG_OPENED, .job = job->job, .id = *id, .name = p->file_name, .media_type = p->media_type };
	const struct edi_passed window = map_window(&bytes);
	struct edi_facts facts = { 0 };
	struct judged found;

	if (edi_read_mapped(arena, bytes, p->content.n > ROOM_MEMORY_MAX ? &window : NULL, &facts, e) == -1)
		m.text = str_dup(arena, str_of(e->text));
	judge_payload(job, pt, bytes, &facts, &found, &m);
	describe_ack_due(&role, arena, job->job, *id, pt, &facts, &found, bytes);
	if (m.verdict.n == 0 && is_split(pt, &facts, bytes))
		return stage_parts(job, pt, p, &facts, bytes, id, e);
	if (stage_as(job, pt, p, &facts, p->content, &m, e) == -1)
		return -1;
	describe_acks(&role, arena, job->job, *id, &facts, bytes);
	role_tell(&role, &m);
	++*id;
	return 0;
}

static int
stage_payload(const struct msg *job, const struct partner *pt, const struct as1_payload *p,
    int64_t *id, struct err *e)
{
	struct str bytes, mapped;
	int rc = -1;

	if (room_map(arena, p->content, &bytes, &mapped, e) == 0)
		rc = str_eq(p->media_type, S(CEM_TYPE)) ? stage_exchange(job, pt, p, bytes, id, e) : stage_read(job, pt, p, bytes, id, e);
	io_unmap(mapped);
	return rc;
}

static_assert(ALG_ALLOW_SHA1 == 1 << CONF_ALLOW_SHA1 && ALG_ALLOW_3DES == 1 << CONF_ALLOW_3DES &&
    ALG_ALLOW_RSA1024 == 1 << CONF_ALLOW_RSA1024, "partner_allows() gives the bits of mime/alg.h");

/* Some receipts name what they answer in their own header only. */
static void
tell_mdn(const struct msg *job, const struct partner *pt, const struct as1_opened *o)
{
	static const char *const words[] = { [MDN_PROCESSED] = "processed", [MDN_FAILED] = "failed", [MDN_DISPLAYED] = "displayed",
		[MDN_DELETED] = "deleted", [MDN_DISPATCHED] = "dispatched", [MDN_DENIED] = "denied", [MDN_UNKNOWN] = "unknown" };
	const struct mdn *d = &o->mdn;
	const struct str about = d->original_message_id.n > 0 ? d->original_message_id : o->in_reply_to;
	const char *way = pt == NULL ? "" : way_of_receipt(arena, spool, &room.room, about, &d->mic);

	role_tell(&role, &(struct msg){ .type = MSG_MDN, .job = job->job, .partner = pt != NULL ? pt->key : S(""),
	    .flag = o->is_signed, .message_id = about, .word = str_of(words[d->disposition]), .verdict = str_of(way),
	    .name = d->modifier, .text = d->modifier_text.n > 0 ? d->modifier_text : d->failure.n > 0 ? d->failure :
	    d->error.n > 0 ? d->error : d->warning,
	    .mic = d->mic.alg == MIC_NONE ? S("") : mic_text(arena, &d->mic), .peer = o->signer, .recipient = d->final_recipient });
}

static void
tell_dsn(const struct msg *job, const struct dsn *d)
{
	static const char *const words[] = { [DSN_UNKNOWN] = "unknown", [DSN_FAILED] = "failed", [DSN_DELAYED] = "delayed",
		[DSN_DELIVERED] = "delivered", [DSN_RELAYED] = "relayed", [DSN_EXPANDED] = "expanded" };

	for (size_t i = 0; i < d->n; i++) {
		const struct dsn_recipient *rc = &d->recipients[i];
		role_tell(&role, &(struct msg){ .type = MSG_DSN, .job = job->job, .envid = d->envelope_id,
		    .message_id = d->original_message_id, .word = str_of(words[rc->action]), .enhanced = rc->status,
		    .recipient = rc->original.n > 0 ? rc->original : rc->final, .flag = rc->original.n > 0,
		    .peer = rc->remote_mta.n > 0 ? rc->remote_mta : d->reporting_mta, .text = rc->diagnostic });
	}
}

/* What its sender asked to be told of it (RFC 3461), and what of that he may hear. */
static void
tell_asked(const struct msg *job, const struct partner *pt, struct str mail)
{
	struct reports reports;
	struct asked asked;

	asked_read(arena, mail, &asked);
	reports_of(arena, &role.conf, pt, &asked, vouched, &reports);
	if (reports.words.n > 0 || reports.text.n > 0)
		role_tell(&role, &(struct msg){ .type = MSG_ASKED, .job = job->job, .word = reports.words, .text = reports.text });
}

static const char *
class_of(const struct as1_opened *o)
{
	/* Reports are judged by the ledger, by what they say of whom; a bad signature only makes them unbelieved. */
	switch (o->kind) {
	case AS1_IS_RECEIPT:
		return "receipt";
	case AS1_IS_REPORT:
		return "report";
	case AS1_IS_OTHER:
		return o->verdict == AS1_OK ? "other" : "quarantine";
	case AS1_IS_DOCUMENT:
		break;
	}
	return o->verdict == AS1_OK ? "document" : "quarantine";
}

/* Close the job: the verdict on the whole mail. */
static void
tell_verdict(const struct msg *job, const struct partner *pt, const struct as1_glance *g,
    const struct as1_opened *o, const char *class, struct span mail)
{
	struct rope whole = { 0 };
	struct mic sha256 = { 0 };
	struct err e;

	rope_bytes(&whole, mail);
	(void)rope_mic(&whole, MIC_SHA256, &sha256, &e);
	role_tell(&role, &(struct msg){ .type = MSG_UNPACKED, .job = job->job, .partner = pt != NULL ? pt->key : S(""),
	    .word = str_of(class), .text = o->reason.n > 0 ? o->reason : o->layers, .verdict = str_of(as1_verdict_name(o->verdict)),
	    .modifier = str_of(as1_verdict_modifier(o->verdict)), .message_id = g->message_id,
	    .subject = g->subject, .mic = o->mic.alg == MIC_NONE ? S("") : mic_text(arena, &o->mic), .count = o->n,
	    /* A receipt for a mail without a Message-ID would fit nothing. */
	    .flag = o->wants != AS1_RECEIPT_NONE && g->message_id.n > 0 && !g->report && !g->auto_submitted && !str_eq(g->return_path, S("<>")),
	    .flag2 = o->wants == AS1_RECEIPT_SIGNED, .sender = g->from, .peer = o->signer, .size = mail.n,
	    .sha256_mail = describe_hex(arena, &sha256) });
}

static void
tell_unreadable(const struct msg *job, const struct err *e)
{
	const struct as1_glance nothing = { 0 };
	const struct as1_opened opened = { .verdict = AS1_MALFORMED,
		.reason = str_dup(arena, str_of(e->text)) };

	tell_verdict(job, NULL, &nothing, &opened, "quarantine", span_str(S("")));
}

/* When we took the mail in: certificates are judged at that time, however long it waited since. */
static int64_t
arrived_ms(const struct msg *job)
{
	int64_t ms = ulid_ms(job->ulid);

	return ms == -1 ? clock_wall_ms() : ms;
}

/* What a verified mail teaches. Whoever changed that field on the way gets nothing by it but a message not understood. */
static void
note_known(const struct partner *pt, struct str features)
{
	struct err e;

	if (known_note_features(arena, &role.conf, pt, features, &e) == -1 ||
	    keyring_note_trust(ring, pt, &e) == -1)
		log_ev(LOG_WARN, 0, "known", KS("partner", pt->key), KC("why", e.text));
}

static int
open_mail(const struct msg *job, struct str bytes, struct err *e)
{
	struct map_store store = map_store(bytes);
	struct span mail = span_store(&store.store);
	static const struct str nobody;
	struct as1_glance glance = { 0 };
	struct as1_opened opened = { 0 };
	struct as1_policy policy = { .own = keyring_all(ring), .key = keyring_unwrapper(ring), .from = &nobody,
	    .now_ms = arrived_ms(job) };
	const struct partner *pt;
	const char *class;
	int64_t id = 0;

	if (as1_peek(arena, bytes, &glance, e) == -1) {
		opened.verdict = AS1_MALFORMED;
		opened.reason = str_dup(arena, str_of(e->text));
		tell_verdict(job, NULL, &glance, &opened, "quarantine", mail);
		return 0;
	}
	pt = glance.from.n > 0 ? partner_by_address(&role.conf, glance.from) : NULL;
	if (pt != NULL) {
		policy.from = pt->addresses.v;
		policy.n_from = pt->addresses.n;
		policy.must_sign = pt->must_sign;
		policy.must_encrypt = pt->must_encrypt;
		policy.by_address = pt->by_address;
		policy.allow = partner_allows(pt, policy.now_ms);
		policy.grace_ms = pt->expired_grace_ms;
		if (keyring_partner(ring, pt, policy.now_ms, &policy.partner, e) == -1)
			return -1;	/* ours to put right: the mail waits */
		policy.newcomers = keyring_newcomers(ring, pt);
	}
	if (as1_open_in(arena, mail, &policy, &room.room, &opened, e) == -1)
		return -1;
	vouched = opened.is_signed;
	if (vouched && pt != NULL)
		note_known(pt, glance.features);
	class = class_of(&opened);
	if (str_eq(str_of(class), S("document")))
		for (size_t i = 0; i < opened.n; i++)
			if (stage_payload(job, pt, &opened.payloads[i], &id, e) == -1)
				return -1;
	tell_asked(job, pt, bytes);
	if (opened.kind == AS1_IS_RECEIPT)
		tell_mdn(job, pt, &opened);
	if (opened.kind == AS1_IS_REPORT)
		tell_dsn(job, &opened.dsn);
	tell_verdict(job, pt, &glance, &opened, class, mail);
	return 0;
}

static int
unpack(const struct msg *job, struct err *e)
{
	struct str mail = S("");
	int rc = taken_map(spool, str_cstr(arena, job->ulid), &mail, e);

	if (rc == -1 && e->kind == ERR_INPUT) {		/* gone, or too large: trying again changes nothing */
		tell_unreadable(job, e);
		return 0;
	}
	if (rc == 0)
		rc = open_mail(job, mail, e);
	file_room_clear(&room);
	io_unmap(mail);
	return rc;
}

int
main(int argc, char **argv)
{
	struct err e;

	role_start(&role, "unpack", argc, argv);
	arena = arena_new(UNPACK_ARENA_MAX);
	if (keyring_open(&role.conf, KEYRING_FD, &ring, &e) == -1 ||
	    judge_open(&role.conf, &content_judge, &e) == -1 ||
	    spool_open(str_cstr(role.arena, role.conf.home), false, &spool, &e) == -1) {
		log_ev(LOG_ERROR, 0, "start", KC("why", e.text));
		return e.kind == ERR_RETRY ? EX_TEMPFAIL : EX_CONFIG;
	}
	file_room_init(&room, spool);
	return worker_run(&role, arena, UNPACK_JOBS_AHEAD, unpack);
}
