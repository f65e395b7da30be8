/* SPDX-License-Identifier: ISC */
/*
 * listen_policy.c - who may send under which address. Nothing of it proves who wrote a mail, which its signature does: it keeps
 * others' mail, and others' use of our partners' names, outside. Over LMTP the mail server in front has seen the session, not
 * we: what depends on it is not asked there.
 */
#include "gateway/listen.h"

#include "gateway/base/clock.h"
#include "gateway/base/log.h"

static const char *
may_be(const struct listen_session *s, const struct partner *pt, struct str sender)
{
	if (s->login != NULL && sender.n > 0 && pt != s->login)
		return "550 5.7.1 you are logged in as another: send from an address of yours";
	if (pt == NULL || s->local || s->login == pt || pt->sender == CONF_SENDER_ANY)
		return NULL;
	if (pt->sender == CONF_SENDER_LOGIN)
		return "550 5.7.1 mail from this address is taken after a login only: use AUTH, or ask the receiver to change that";
	return s->owner == pt ? NULL : "550 5.7.1 mail from this address is not taken from where you connect: ask the receiver to "
	    "enter the address of your mail server";
}

static const char *
may_unknown(struct listen_session *s, struct str sender)
{
	const struct conf *c = s->l->conf;

	if (s->login != NULL || c->unknown == CONF_UNKNOWN_TAKE)
		return NULL;
	if (c->unknown == CONF_UNKNOWN_REFUSE)
		return sender.n == 0 ? NULL : "550 5.7.1 mail is taken from partners only: ask the receiver to enter your address";
	return !s->stranger || greylist_pass(s->l->greylist, &s->address, sender, clock_mono_ms()) ? NULL :
	    "450 4.7.1 not seen here before: come again in a minute, as mail servers do";
}

const char *
listen_policy_sender(struct listen_session *s, struct str sender)
{
	const struct partner *pt = sender.n > 0 ? partner_by_address(s->l->conf, sender) : NULL;
	const char *no = may_be(s, pt, sender);

	if (no == NULL && pt == NULL)
		no = may_unknown(s, sender);
	if (no == NULL && s->stranger && !origin_may_mail(s->origin, s->l->conf->mail_rate, clock_mono_ms()))
		no = "451 4.7.1 too many mails from your address in this minute; try again later";
	if (no != NULL)
		log_ev(LOG_INFO, 0, "sender-refused", KC("peer", s->peer), KS("from", sender), KC("reply", no));
	return no;
}
