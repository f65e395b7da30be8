/* SPDX-License-Identifier: ISC */
/* Receipts and delivery reports, joined to what we sent. They are not believed easily. */
#include "gateway/ledger.h"

#include "gateway/base/log.h"
#include "gateway/weigh.h"

static struct str
unbracketed(struct str id)
{
	id = str_trim(id);
	if (id.n >= 2 && id.p[0] == '<' && id.p[id.n - 1] == '>')
		id = str_sub(id, 1, id.n - 2);
	return id;
}

/* A receipt against the mail that it is for. */
static enum ex_event
weigh_mdn(const struct ledger *l, const struct msg *m, const struct db_tx *t,
    const struct partner *pt, const char **why)
{
	const struct weigh_receipt r = { .word = m->word, .modifier = m->name, .text = m->text, .mic = m->mic, .is_signed = m->flag,
		.way = m->verdict };
	const struct weigh_sent s = { .mics = t->mic,
		.signed_due = pt == NULL || pt->receipt == CONF_RECEIPT_SIGNED,
		.sha1 = pt != NULL && (partner_allows(pt, l->now) & 1u << CONF_ALLOW_SHA1) != 0,
		.tries = t->tries };

	return weigh(&r, &s, why);
}

/* A receipt or report of ours to the right document: the mail that brought it is filed as evidence. */
static void
matched(struct ledger *l, struct db_doc *mail, const struct db_doc *d, struct str proof,
    const char *what)
{
	mail->parent = d->id;
	mail->reason = S("");
	if (mail->partner.n == 0)
		mail->partner = d->partner;
	ledger_story(l, mail, EV_MATCHED, 0, "ledger", 0, proof, "%s for document %lld", what,
	    (long long)d->id);
}

/* Proof that the partner has it: nothing is left to send or to wait for. */
static void
settled(struct ledger *l, struct db_doc *d, struct db_tx *t)
{
	ledger_proven(l, d, t);
	d->deadline_ms = 0;
	d->reason = S("");
	ledger_ack_deadline(l, d, t);
	ledger_put_doc(l, d);
	effect_settle(l, d, "sent");	/* also from failed/: it had been given up too early */
}

/*
 * A receipt of another mailbox than we wrote to: mail is forwarded, and gateways write what they like there. Signature and
 * MIC are what counts; but an operator who wonders who has the document finds it told.
 */
static void
note_recipient(struct ledger *l, struct db_doc *d, const struct db_tx *t, const struct msg *m,
    struct str proof)
{
	const struct partner *pt = ledger_partner(l, d);

	if (m->recipient.n == 0 || str_eq_nocase(m->recipient, t->recipient))
		return;
	for (size_t i = 0; pt != NULL && i < pt->addresses.n; i++)
		if (str_eq_nocase(m->recipient, pt->addresses.v[i]))
			return;
	log_ev(LOG_WARN, d->id, "receipt-elsewhere", KS("for", m->recipient), KS("sent-to", t->recipient));
	ledger_story(l, d, EV_NOTE, 0, "unpack", t->id, proof,
	    "the receipt names <" STR_FMT "> as final recipient; the mail went to <" STR_FMT ">", STR_ARG(m->recipient),
	    STR_ARG(t->recipient));
}

void
ledger_mdn(struct ledger *l, struct db_doc *mail, const struct msg *m, struct str proof)
{
	struct db_doc *d;
	struct db_tx *t;
	const char *why;
	enum ex_event ev;
	enum ex_effect effect;
	struct err e;

	ledger_must(l, db_tx_by_message_id(l->db, l->turn, unbracketed(m->message_id), &t, &e), &e, "receipt");
	if (t == NULL || t->kind != TX_DOCUMENT)
		return;
	d = ledger_doc(l, t->doc);
	if (!str_eq(d->partner, m->partner)) {
		log_ev(LOG_WARN, d->id, "receipt-of-other", KS("from", m->partner));
		ledger_story(l, d, EV_NOTE, 0, "unpack", t->id, proof,
		    "a receipt for it came from somebody else ('" STR_FMT "') and is ignored",
		    STR_ARG(m->partner));
		return;
	}
	ev = weigh_mdn(l, m, t, ledger_partner(l, d), &why);
	effect = ledger_story(l, d, ev, 0, "unpack", t->id, proof,
	    "receipt " STR_FMT "%s" STR_FMT "%s" STR_FMT ": %s%s" STR_FMT, STR_ARG(m->word),
	    m->name.n > 0 ? "/" : "", STR_ARG(m->name), m->text.n > 0 ? ": " : "", STR_ARG(m->text),
	    why, m->peer.n > 0 ? ", signed by " : "", STR_ARG(ledger_signer(m->peer)));
	if (ev != EV_NOTE)
		note_recipient(l, d, t, m, proof);
	if (ev == EV_MDN_OK || ev == EV_MDN_WARNING) {
		settled(l, d, t);
	} else if (effect != EX_IGNORED && effect != EX_CONTRADICTION && (ev == EV_MDN_NEGATIVE || ev == EV_MDN_DISPUTED)) {
		d->reason = str_fmt(l->turn, "receipt: %s%s" STR_FMT, why,
		    m->text.n > 0 ? ": " : "", STR_ARG(m->text));
		if (str_eq(d->shown, S("failed")))
			ledger_failed(l, d, d->reason);
		else
			ledger_put_doc(l, d);
	}
	matched(l, mail, d, proof, "receipt");
}

static enum ex_event
dsn_event(struct str action)
{
	static const struct {
		struct str word;
		enum ex_event ev;
	} words[] = {
		{ S_INIT("failed"), EV_DSN_FAILED },	   { S_INIT("delayed"), EV_DSN_DELAYED }, { S_INIT("relayed"), EV_DSN_RELAYED },
		{ S_INIT("delivered"), EV_DSN_DELIVERED }, { S_INIT("expanded"), EV_DSN_RELAYED },
	};

	for (size_t i = 0; i < N(words); i++)
		if (str_eq(words[i].word, action))
			return words[i].ev;
	return EV_NOTE;
}

/* What a report that was news means for the work that is left. */
static void
reported(struct ledger *l, struct db_doc *d, struct db_tx *t, enum ex_event ev, struct str bounce)
{
	bool document = t->kind == TX_DOCUMENT;

	if (ev == EV_DSN_FAILED && document && str_eq(d->shown, S("failed"))) {
		ledger_failed(l, d, bounce);
	} else if (ev == EV_DSN_FAILED && t->kind == TX_RECEIPT) {
		d->reason = str_fmt(l->turn, "our receipt " STR_FMT, STR_ARG(bounce));
		ledger_put_doc(l, d);
	} else if (document && ev != EV_DSN_FAILED && ev != EV_NOTE) {
		ledger_proven(l, d, t);
	}
}

/* RFC 3461, 4: '+' and two hex digits stand for a byte; some servers give it back as it was sent to them. */
static struct str
without_xtext(struct arena *a, struct str s)
{
	static const char digits[] = "0123456789ABCDEF";
	char *to = arena_get(a, s.n + 1);
	size_t n = 0, high, low;

	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '+' && i + 2 < s.n && str_chr(str_of(digits), s.p[i + 1], &high) &&
		    str_chr(str_of(digits), s.p[i + 2], &low)) {
			to[n++] = (char)(high * 16 + low);
			i += 2;
		} else {
			to[n++] = s.p[i];
		}
	}
	return str_make(to, n);
}

/* Whom it speaks of is whom we wrote to; a final recipient alone may be where our mail was forwarded to. */
static bool
is_about(struct ledger *l, const struct msg *m, const struct db_tx *t)
{
	return !m->flag || str_eq_nocase(m->recipient, t->recipient) ||
	    str_eq_nocase(without_xtext(l->turn, m->recipient), t->recipient);
}

/* By our envelope id, else by the Message-ID of what was returned. Both, and of two mails: it fits neither. */
static struct db_tx *
reported_tx(struct ledger *l, const struct msg *m)
{
	struct db_tx *by_id = NULL, *by_mail = NULL;
	struct err e;

	if (m->envid.n > 0)
		ledger_must(l, db_tx_by_envid(l->db, l->turn, str_trim(m->envid), &by_id, &e), &e, "report");
	if (m->message_id.n > 0)
		ledger_must(l,
		    db_tx_by_message_id(l->db, l->turn, unbracketed(m->message_id), &by_mail, &e),
		    &e, "report");
	if (by_id != NULL && by_mail != NULL && by_id->id != by_mail->id) {
		log_ev(LOG_WARN, by_id->doc, "report-of-two", KS("envid", m->envid),
		    KS("message_id", m->message_id));
		return NULL;
	}
	return by_id != NULL ? by_id : by_mail;
}

/* One recipient of a report. Failed is final whatever the class of its status: 4.x.x says why they gave up. */
void
ledger_dsn(struct ledger *l, struct db_doc *mail, const struct msg *m, struct str proof)
{
	enum ex_event ev = dsn_event(m->word);
	enum ex_effect effect;
	struct db_tx *t = reported_tx(l, m);
	const char *other = "";
	struct db_doc *d;

	if (t == NULL)
		return;
	d = ledger_doc(l, t->doc);
	if (!is_about(l, m, t)) {
		log_ev(LOG_WARN, d->id, "report-of-other", KS("recipient", m->recipient),
		    KS("sent_to", t->recipient));
		ev = EV_NOTE;
		other = ", whom we did not write to: it moves nothing";
	}
	if (t->kind == TX_REPORT)
		ev = EV_NOTE;
	effect = ledger_story(l, d, ev, 0, "unpack", t->id, proof,
	    "report%s of " STR_FMT ": " STR_FMT " " STR_FMT " for <" STR_FMT ">%s%s" STR_FMT,
	    t->kind == TX_RECEIPT ? " on our receipt" : t->kind == TX_REPORT ? " on our own report" : "", STR_ARG(m->peer), STR_ARG(m->word),
	    STR_ARG(m->enhanced), STR_ARG(m->recipient), other, m->text.n > 0 ? ", " : "",
	    STR_ARG(m->text));
	if (effect != EX_IGNORED && effect != EX_CONTRADICTION)
		reported(l, d, t, ev,
		    str_fmt(l->turn, "bounced: " STR_FMT " " STR_FMT, STR_ARG(m->enhanced),
		        STR_ARG(m->text)));
	matched(l, mail, d, proof, "delivery report");
}
