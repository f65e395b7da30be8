/* SPDX-License-Identifier: ISC */
/*
 * dsn_words.c - what servers say in words when they give no code, as the code that RFC 3463 (and
 * the registry that followed it) has for that. The order decides: what is said most exactly comes
 * first.
 */
#include "mime/dsn_status.h"

#define FLAT_MAX   (16 << 10)
#define REASON_MAX 4096		/* it stands early, and is looked for by every phrase */

/* code: subject and detail. */
static const struct {
	struct str words;
	const char *code;
} phrases[] = {
	/* the mailbox is full, the mail too large */
	{ S_INIT("mailbox full"), "2.2" },
	{ S_INIT("mailbox is full"), "2.2" },
	{ S_INIT("mailfolder is full"), "2.2" },
	{ S_INIT("inbox is full"), "2.2" },
	{ S_INIT("maildir is full"), "2.2" },
	{ S_INIT("mail box is full"), "2.2" },
	{ S_INIT("over quota"), "2.2" },
	{ S_INIT("overquota"), "2.2" },
	{ S_INIT("over disk quota"), "2.2" },
	{ S_INIT("quota exceeded"), "2.2" },
	{ S_INIT("exceeded quota"), "2.2" },
	{ S_INIT("exceeds quota"), "2.2" },
	{ S_INIT("quota violation"), "2.2" },
	{ S_INIT("exceed the quota"), "2.2" },
	{ S_INIT("out of storage"), "2.2" },
	{ S_INIT("exceeded storage"), "2.2" },
	{ S_INIT("mailbox exceeded"), "2.2" },
	{ S_INIT("mailbox size limit"), "2.2" },
	{ S_INIT("reached its limit"), "2.2" },
	{ S_INIT("line limit exceeded"), "3.4" },
	{ S_INIT("message too large"), "3.4" },
	{ S_INIT("message too big"), "3.4" },
	{ S_INIT("message is too large"), "3.4" },
	{ S_INIT("message size exceeds"), "3.4" },
	{ S_INIT("exceeds size limit"), "3.4" },
	{ S_INIT("exceeds maximum message size"), "3.4" },
	{ S_INIT("maximum message size"), "3.4" },
	/* who may send */
	{ S_INIT("reverse dns"), "7.25" },
	{ S_INIT("no ptr"), "7.25" },
	{ S_INIT("ptr record"), "7.25" },
	{ S_INIT("cannot find your hostname"), "7.25" },
	{ S_INIT("ip name lookup failed"), "7.25" },
	{ S_INIT("cannot resolve your address"), "7.25" },
	{ S_INIT("dmarc"), "7.1" },
	{ S_INIT("spf check"), "7.23" },
	{ S_INIT("google groups"), "7.2" },
	{ S_INIT("permission to post"), "7.2" },
	{ S_INIT("sender address rejected"), "1.8" },
	{ S_INIT("sender rejected"), "1.8" },
	{ S_INIT("sender is rejected"), "1.8" },
	{ S_INIT("sender verify failed"), "1.8" },
	{ S_INIT("domain of sender"), "1.8" },
	{ S_INIT("relay access denied"), "7.1" },
	{ S_INIT("relaying denied"), "7.1" },
	{ S_INIT("relay not permitted"), "7.1" },
	{ S_INIT("unable to relay"), "7.1" },
	{ S_INIT("mail relay"), "7.1" },
	/* the account is there, and closed */
	{ S_INIT("account is disabled"), "2.1" },
	{ S_INIT("account has been disabled"), "2.1" },
	{ S_INIT("account disabled"), "2.1" },
	{ S_INIT("mailbox disabled"), "2.1" },
	{ S_INIT("user is disabled"), "2.1" },
	{ S_INIT("deactivated"), "2.1" },
	{ S_INIT("suspended"), "2.1" },
	{ S_INIT("inactive user"), "2.1" },
	{ S_INIT("inactive account"), "2.1" },
	{ S_INIT("not accepting mail"), "2.1" },
	/* the address */
	{ S_INIT("malformed address"), "1.3" },
	{ S_INIT("bad address syntax"), "1.3" },
	{ S_INIT("bad destination mailbox address syntax"), "1.3" },
	{ S_INIT("user unknown"), "1.1" },
	{ S_INIT("unknown user"), "1.1" },
	{ S_INIT("unknown local part"), "1.1" },
	{ S_INIT("unknown recipient"), "1.1" },
	{ S_INIT("recipient unknown"), "1.1" },
	{ S_INIT("unknown or illegal alias"), "1.1" },
	{ S_INIT("unknown address"), "1.1" },
	{ S_INIT("address unknown"), "1.1" },
	{ S_INIT("no such user"), "1.1" },
	{ S_INIT("no such recipient"), "1.1" },
	{ S_INIT("no such mailbox"), "1.1" },
	{ S_INIT("no such address"), "1.1" },
	{ S_INIT("no such person"), "1.1" },
	{ S_INIT("no such account"), "1.1" },
	{ S_INIT("no mailbox"), "1.1" },
	{ S_INIT("no account by that name"), "1.1" },
	{ S_INIT("mailbox not found"), "1.1" },
	{ S_INIT("mailbox unavailable"), "1.1" },
	{ S_INIT("mailbox does not exist"), "1.1" },
	{ S_INIT("user not found"), "1.1" },
	{ S_INIT("user does not exist"), "1.1" },
	{ S_INIT("user doesn't"), "1.1" },
	{ S_INIT("account does not exist"), "1.1" },
	{ S_INIT("account that you tried to reach does not exist"), "1.1" },
	{ S_INIT("recipient not found"), "1.1" },
	{ S_INIT("recipient does not exist"), "1.1" },
	{ S_INIT("recipient name is not recognized"), "1.1" },
	{ S_INIT("invalid recipient"), "1.1" },
	{ S_INIT("invalid user"), "1.1" },
	{ S_INIT("invalid mailbox"), "1.1" },
	{ S_INIT("invalid address"), "1.1" },
	{ S_INIT("invalid local address"), "1.1" },
	{ S_INIT("not listed in"), "1.1" },
	{ S_INIT("not a valid mailbox"), "1.1" },
	{ S_INIT("not a known user"), "1.1" },
	{ S_INIT("is not recognized"), "1.1" },
	{ S_INIT("address rejected"), "1.1" },
	{ S_INIT("rejected by the domain filter"), "1.1" },
	{ S_INIT("recipients was rejected"), "1.1" },
	{ S_INIT("unrouteable address"), "1.1" },
	/* the domain */
	{ S_INIT("unrouteable mail domain"), "1.2" },
	{ S_INIT("all relevant mx records point to non-existent hosts"), "1.2" },
	{ S_INIT("host unknown"), "1.2" },
	{ S_INIT("unknown host"), "1.2" },
	{ S_INIT("domain does not exist"), "1.2" },
	{ S_INIT("domain name not found"), "1.2" },
	{ S_INIT("domain not found"), "1.2" },
	{ S_INIT("domain isn't in my list"), "1.2" },
	{ S_INIT("no such domain"), "1.2" },
	{ S_INIT("no such host"), "1.2" },
	{ S_INIT("non-existent domain"), "1.2" },
	{ S_INIT("nxdomain"), "1.2" },
	{ S_INIT("unknown domain"), "1.2" },
	{ S_INIT("unknown mail domain"), "1.2" },
	{ S_INIT("couldn't find any host named"), "1.2" },
	{ S_INIT("couldn't be found"), "1.2" },
	{ S_INIT("no smtp service"), "1.10" },
	{ S_INIT("domain may not exist"), "1.2" },
	{ S_INIT("null mx"), "1.10" },
	{ S_INIT("nullmx"), "1.10" },
	{ S_INIT("does not accept mail"), "1.10" },
	{ S_INIT("was aborted after"), "4.7" },
	{ S_INIT("no mx record"), "4.4" },
	{ S_INIT("no valid mx"), "4.4" },
	{ S_INIT("mx record not found"), "4.4" },
	{ S_INIT("mail exchanger"), "4.4" },
	{ S_INIT("find a gateway"), "4.4" },
	{ S_INIT("no mailservers"), "4.4" },
	/* policy */
	{ S_INIT("spam"), "7.1" },
	{ S_INIT("blacklist"), "7.1" },
	{ S_INIT("blocklist"), "7.1" },
	{ S_INIT("blocked"), "7.1" },
	{ S_INIT("dnsbl"), "7.1" },
	{ S_INIT("reputation"), "7.1" },
	{ S_INIT("access denied"), "7.1" },
	{ S_INIT("not permitted"), "7.1" },
	{ S_INIT("not allowed"), "7.1" },
	{ S_INIT("not authorized"), "7.1" },
	{ S_INIT("policy"), "7.1" },
	{ S_INIT("unfortunately, messages from"), "7.1" },
	{ S_INIT("invalid ip"), "7.1" },
	{ S_INIT("cannot send e-mail to"), "7.1" },
	/* on the way */
	{ S_INIT("too many hops"), "4.6" },
	{ S_INIT("mail loop"), "4.6" },
	{ S_INIT("routing loop"), "4.6" },
	{ S_INIT("loops back to myself"), "4.6" },
	{ S_INIT("envelope expired"), "4.7" },
	{ S_INIT("in the queue too long"), "4.7" },
	{ S_INIT("too long in queue"), "4.7" },
	{ S_INIT("retry timeout exceeded"), "4.7" },
	{ S_INIT("retry time not reached"), "4.7" },
	{ S_INIT("retry limit"), "4.7" },
	{ S_INIT("giving up"), "4.7" },
	{ S_INIT("could not deliver for the last"), "4.7" },
	{ S_INIT("delivery time expired"), "4.7" },
	{ S_INIT("delivery expired"), "4.7" },
	{ S_INIT("message expired"), "4.7" },
	{ S_INIT("expired, message"), "4.7" },
	{ S_INIT("queue.expired"), "4.7" },
	{ S_INIT("for a long time"), "4.7" },
	{ S_INIT("cannot send message for"), "4.7" },
	{ S_INIT("delivery failed 20 attempts"), "4.7" },
	{ S_INIT("delivery attempts failed"), "4.7" },
	{ S_INIT("name service error"), "4.3" },
	{ S_INIT("dns lookup"), "4.3" },
	{ S_INIT("host not found"), "1.2" },
	{ S_INIT("timed out"), "4.1" },
	{ S_INIT("timeout"), "4.1" },
	{ S_INIT("connection refused"), "4.1" },
	{ S_INIT("no route to host"), "4.1" },
	{ S_INIT("network is unreachable"), "4.1" },
	{ S_INIT("network error"), "4.1" },
	{ S_INIT("host not reachable"), "4.1" },
	{ S_INIT("unable to connect"), "4.1" },
	{ S_INIT("did not accept our requests to connect"), "4.1" },
	{ S_INIT("unreachable"), "4.1" },
	{ S_INIT("connection timeout"), "4.1" },
	{ S_INIT("socket error"), "4.1" },
	{ S_INIT("could not connect"), "4.1" },
	{ S_INIT("connection lost"), "4.2" },
	{ S_INIT("lost connection"), "4.2" },
	{ S_INIT("connection reset"), "4.2" },
	{ S_INIT("connection dropped"), "4.2" },
	{ S_INIT("has been delayed"), "4.7" },
	{ S_INIT("will be retried"), "4.7" },
	{ S_INIT("is delayed for more than"), "4.7" },
	/* their own trouble */
	{ S_INIT("pipe to |"), "3.0" },
	{ S_INIT("unknown mailer error"), "3.0" },
	{ S_INIT("mail system full"), "3.1" },
	{ S_INIT("insufficient system storage"), "3.1" },
	{ S_INIT("no space left"), "3.1" },
	{ S_INIT("configuration error"), "3.5" },
	{ S_INIT("service unavailable"), "3.0" },
	{ S_INIT("service not available"), "3.2" },
	{ S_INIT("not accepting connections"), "3.2" },
	{ S_INIT("system error"), "3.0" },
	{ S_INIT("internal error"), "3.0" },
	{ S_INIT("syntax error"), "5.2" },
	{ S_INIT("protocol error"), "5.0" },
	{ S_INIT("not exist"), "1.1" },
	{ S_INIT("doesn't exist"), "1.1" },
	{ S_INIT("rejected"), "7.1" },
	{ S_INIT("couldn't be delivered"), "0.0" },
};

struct str
words_flat(struct arena *a, struct str words)
{
	char *to;
	size_t n = 0;

	words = str_trim(str_sub(words, 0, FLAT_MAX));
	to = arena_get(a, words.n + 1);
	for (size_t i = 0; i < words.n; i++) {
		if (!is_space(words.p[i]))
			to[n++] = to_lower(words.p[i]);
		else if (to[n - 1] != ' ') /* trimmed: the first is no blank */
			to[n++] = ' ';
	}
	return str_make(to, n);
}

struct str
status_of_words(struct arena *a, struct str words, char class)
{
	struct str text = words_flat(a, str_sub(words, 0, REASON_MAX));
	size_t at;

	for (size_t i = 0; i < N(phrases); i++)
		if (str_find(text, phrases[i].words, &at))
			return str_fmt(a, "%c.%s", class, phrases[i].code);
	return S("");
}
