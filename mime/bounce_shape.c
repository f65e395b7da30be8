/* SPDX-License-Identifier: ISC */
#include "mime/bounce_shape.h"

#include "mime/addr.h"
#include "mime/dsn_status.h"

static bool
has_one_of(struct str flat, const struct str *phrases, size_t n)
{
	size_t at;

	for (size_t i = 0; i < n; i++)
		if (str_find(flat, phrases[i], &at))
			return true;
	return false;
}

bool
shape_opens(struct str flat)
{
	static const struct str phrases[] = {
		S_INIT("not be delivered"), S_INIT("n't be delivered"),
		S_INIT("not deliver"), S_INIT("unable to deliver"), S_INIT("able to deliver your"),
		S_INIT("was not delivered"), S_INIT("failed to deliver"),
		S_INIT("delivery to the following"), S_INIT("delevery to the following"),
		S_INIT("delivery status notification"), S_INIT("delivery failed"),
		S_INIT("delivery has failed"), S_INIT("delivery failure"),
		S_INIT("delivery has been delayed"), S_INIT("is delayed for more than"),
		S_INIT("error delivering your"), S_INIT("trouble delivering your"),
		S_INIT("while attempting to deliver"), S_INIT("while trying to deliver"),
		S_INIT("undeliverable"), S_INIT("undelivered"), S_INIT("failure notice"),
		S_INIT("did not reach"), S_INIT("returned mail"), S_INIT("returning to sender"),
		S_INIT("returned to sender"), S_INIT("following addresses had"),
		S_INIT("addresses had fatal errors"), S_INIT("failed addresses follow"),
		S_INIT("rejected by a remote mail server"), S_INIT("invalid user address"),
		S_INIT("that were incorrectly constructed"), S_INIT("the group you tried to contact"),
		S_INIT("error sending your mail"), S_INIT("mail delivery failed"),
		S_INIT("mail failure"), S_INIT("mail system error"),
		S_INIT("nicht zugestellt werden"), S_INIT("unzustellbar"),
		S_INIT("pu \xc3\xaatre remis"), S_INIT("non remis"), S_INIT("no se pudo entregar"),
		S_INIT("mancata consegna"), S_INIT("niet worden bezorgd"),
		S_INIT("hi. this is the"),	/* qmail's own form begins so, and with it every report of that form */
	};

	return has_one_of(flat, phrases, N(phrases));
}

bool
shape_is_delay(struct str flat)
{
	static const struct str phrases[] = {
		S_INIT("has been delayed"), S_INIT("delivery is delayed"),
		S_INIT("is delayed for more than"), S_INIT("this is a warning"),
		S_INIT("warning message only"), S_INIT("warning only"),
		S_INIT("will be retried"), S_INIT("still being retried"),
		S_INIT("will keep trying"), S_INIT("continue to try"),
		S_INIT("only a temporary failure"), S_INIT("not need to resend"),
		S_INIT("not need to re-send"), S_INIT("no action is required on your part"),
		S_INIT("could not send message for past"), S_INIT("(delay)"),
	};

	return has_one_of(flat, phrases, N(phrases));
}

/* ---- where the returned mail begins ---- */

/* A line between dashes, equal signs and the like: its words are looked at. */
static bool
is_separator(struct arena *a, struct str line)
{
	static const struct str phrases[] = {
		S_INIT("copy of the message"), S_INIT("copy of your message"),
		S_INIT("original message"), S_INIT("original mail"), S_INIT("unsent message"),
		S_INIT("message headers follow"), S_INIT("message header follows"),
		S_INIT("message text follows"), S_INIT("message follows"),
		S_INIT("returned message"), S_INIT("returned mail follows"),
		S_INIT("header of the original"), S_INIT("headers of the message"),
		S_INIT("original headers"), S_INIT("message contents follow"),
	};
	struct str flat;

	line = str_trim(line);
	if (line.n == 0 || line.n > 100)
		return false;
	flat = words_flat(a, line);
	if (!has_one_of(flat, phrases, N(phrases)) ||
	    str_starts(flat, S("the original message was received")))
		return false;
	/* In a sentence of the report these words may stand too: a separator is framed, or is short and ends so. */
	return str_chr(S("-=*|_"), line.p[0], NULL) || str_ends(flat, S(":")) ||
	    str_ends(flat, S("follows.")) || str_ends(flat, S("follow.")) || str_ends(flat, S("follow"));
}

/* The first field of a mail that servers put there, at the start of a line behind a blank one. */
static bool
is_trace(struct str line)
{
	static const struct str fields[] = {
		S_INIT("Received:"), S_INIT("Return-Path:"), S_INIT("Delivered-To:"),
		S_INIT("Message-ID:"), S_INIT("Message-Id:"), S_INIT("X-Received:"),
		S_INIT("MIME-Version:"), S_INIT("DKIM-Signature:"),
	};

	for (size_t i = 0; i < N(fields); i++)
		if (str_starts_nocase(line, fields[i]))
			return true;
	return false;
}

static bool
is_rule(struct str line)
{
	line = str_trim(line);
	for (size_t i = 0; i < line.n; i++)
		if (line.p[i] != '-' && line.p[i] != '=' && line.p[i] != '_')
			return false;
	return line.n >= 10;
}

void
shape_returned(struct arena *a, struct str text, size_t *at, size_t *header)
{
	struct str rest = text, line;
	bool begins = true;	/* behind a blank line or a rule */

	*at = *header = text.n;
	while (rest.n > 0) {
		size_t here = text.n - rest.n;
		if (!str_next_line(&rest, &line)) {
			line = rest;
			rest = S("");
		}
		if (is_separator(a, line)) {
			*at = here;
			*header = text.n - rest.n;
			return;
		}
		if (begins && (is_trace(line) || str_starts_nocase(line, S("From: "))) && here > 0) {
			*at = *header = here;
			return;
		}
		begins = str_trim(line).n == 0 || is_rule(line);
	}
}

/* ---- addresses ---- */

static bool
is_address_char(char c)
{
	return (unsigned char)c > 0x20 && c != 0x7f && !str_chr(S("<>()[],;:\"\\"), c, NULL);
}

/* The address at the front of s, with or without brackets; rest: what stands behind it. */
static struct str
address_at(struct str s, struct str *rest)
{
	bool bracket = str_starts(s, S("<"));
	struct str address;
	size_t n = 0;

	if (bracket)
		s = str_from(s, 1);
	while (n < s.n && is_address_char(s.p[n]))
		n++;
	*rest = str_from(s, n);
	while (n > 0 && s.p[n - 1] == '.')
		n--;		/* the end of a sentence, or "addr... User unknown" */
	address = str_sub(s, 0, n);
	if (bracket) {
		if (!str_starts(*rest, S(">")))
			return S("");
		*rest = str_from(*rest, 1);
	}
	return str_chr(address, '@', NULL) && addr_is_strict(address) ? address : S("");
}

/* The first address anywhere in s. */
static struct str
address_in(struct str s)
{
	struct str address = S(""), rest;

	for (size_t i = 0; address.n == 0 && i < s.n; i++)
		if (is_address_char(s.p[i]) && (i == 0 || !is_address_char(s.p[i - 1])))
			address = address_at(str_from(s, i), &rest);
	return address;
}

/* "* a@b", ">>> a@b", "- <a@b>:" */
static struct str
without_bullet(struct str line)
{
	line = str_trim(line);
	while (line.n > 0 && str_chr(S("*>-|\"'"), line.p[0], NULL))
		line = str_trim(str_from(line, 1));
	return line;
}

static bool
starts_with_one_of(struct str line, const struct str *words, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (str_starts_nocase(line, words[i]))
			return true;
	return false;
}

enum naming
shape_address(struct str line, struct str *address)
{
	static const struct str fields[] = {
		S_INIT("Recipient:"), S_INIT("Recipient address:"),
		S_INIT("Failed recipient:"), S_INIT("[Status: Error, Address:"),
		S_INIT("Final-Recipient:"), S_INIT("Unknown user:"), S_INIT("Address:"),
		S_INIT("Could not be delivered to:"), S_INIT("Unable to deliver message to:"),
		S_INIT("Did not reach the following recipient:"), S_INIT("User's mailbox is full:"),
		S_INIT("Delivery failed"), S_INIT("There was an error delivering your mail to"),
	};
	static const struct str senders[] = {
		S_INIT("From"), S_INIT("MAIL FROM"), S_INIT("Sender"), S_INIT("Reply-To"),
		S_INIT("Return-Path"), S_INIT("Message-ID"), S_INIT("To:"), S_INIT("Cc:"),
		S_INIT("For further assistance"), S_INIT("For help"), S_INIT("Hello"),
		S_INIT("(generated"), S_INIT("(ultimately"), S_INIT("(expanded"),
	};
	static const struct str dialogue[] = { S_INIT("RCPT TO:"), S_INIT("<<< ") };
	struct str rest;

	line = without_bullet(line);
	*address = address_at(line, &rest);
	if (address->n > 0)
		return NAMED_FIRST;
	if (starts_with_one_of(line, senders, N(senders)))
		return NAMED_NOT;
	*address = address_in(line);
	if (address->n == 0)
		return NAMED_NOT;
	if (starts_with_one_of(line, fields, N(fields)))
		return NAMED_FIELD;
	return status_reply_in(str_sub(line, 0, 12)) != 0 || starts_with_one_of(line, dialogue, N(dialogue))
	    ? NAMED_REPLY
	    : NAMED_SOMEHOW;
}
