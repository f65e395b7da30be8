/* SPDX-License-Identifier: ISC */
#include "gateway/weigh.h"

/* What as1_mic_way() calls a way to a MIC that a right receipt would not carry; so it stands behind a MIC that was kept, too. */
static const struct {
	struct str how;
	const char *why;
} wrong[] = {
	{ S_INIT("wrong: body"), "the partner digested the content without its MIME header" },
	{ S_INIT("wrong: document"), "the partner digested the document itself, without its MIME header and decoded" },
	{ S_INIT("wrong: inflated"), "the partner digested what had been compressed; what was signed is the compressed part" },
	{ S_INIT("wrong: deflated"), "the partner digested the compressed part; what was signed is what is inside it" },
	{ S_INIT("wrong: lf"), "the partner digested the content with LF line ends, not as it travelled, with CRLF" },
	{ S_INIT("wrong: eol"), "the partner digested the line end that belongs to the boundary as well" },
	{ S_INIT("wrong: cut"), "the partner digested the content without its last line end" },
};

/* One of a set: "BASE64, sha-256 (how)". */
struct candidate {
	struct str mic, alg, how;
};

static bool
next_candidate(struct str *set, struct candidate *c)
{
	struct str one, alg;

	if (set->n == 0)
		return false;
	(void)str_cut(set, ';', &one);
	(void)str_cut(&one, '(', &c->mic);
	(void)str_cut(&one, ')', &c->how);
	c->mic = str_trim(c->mic);
	alg = c->mic;
	(void)str_cut(&alg, ',', &one);
	c->alg = str_trim(alg);
	return true;
}

static const char *
explain(struct str how)
{
	for (size_t i = 0; i < N(wrong); i++)
		if (str_eq(how, wrong[i].how))
			return wrong[i].why;
	return "its MIC is not that of what was sent";
}

/* The digest is right. */
static enum ex_event
weigh_right(struct str alg, const struct weigh_sent *s, const char **why)
{
	if (!str_eq(alg, S("sha1")) || s->sha1) {
		*why = "processed, MIC equal";
		return EV_MDN_OK;
	}
	*why = "its MIC is right, but by SHA-1, which proves little; want sha-256 (allow = sha1 until DATE takes it)";
	return EV_MDN_WEAK;
}

/* The MIC alone: against those that were kept, then against what the mail itself says of it. */
static enum ex_event
compare(const struct weigh_receipt *r, const struct weigh_sent *s, const char **why)
{
	struct candidate got, c;
	struct str mics = s->mics, rest = r->mic, way = r->way;
	bool comparable = way.n > 0;

	(void)next_candidate(&rest, &got);
	while (next_candidate(&mics, &c)) {
		bool right = !str_starts(c.how, S("wrong"));
		comparable |= right && str_eq(c.alg, got.alg);
		if (!str_eq(c.mic, r->mic))
			continue;
		if (right)
			return weigh_right(got.alg, s, why);
		way = c.how;
	}
	if (str_eq(way, S("right")))
		return weigh_right(got.alg, s, why);
	*why = comparable ? explain(way) : "its MIC is by a digest that we did not ask for, so it cannot be compared";
	return comparable ? EV_MDN_DISPUTED : EV_MDN_WEAK;
}

enum ex_event
weigh(const struct weigh_receipt *r, const struct weigh_sent *s, const char **why)
{
	bool failed = str_eq(r->word, S("failed")), again = s->tries > 1 && str_eq(r->text, S("duplicate-document"));
	bool refused = failed || str_eq(r->modifier, S("error")) || str_eq(r->modifier, S("failure"));
	enum ex_event ev;

	if (!failed && !str_eq(r->word, S("processed"))) {
		*why = "a person's mail program says what it did with it; that is no receipt";
		return EV_NOTE;
	}
	if (s->signed_due && !r->is_signed) {
		*why = "not signed by a certificate of the partner";
		return EV_MDN_WEAK;
	}
	if (refused && !again) {
		*why = "the partner refused it";
		return EV_MDN_NEGATIVE;
	}
	if (r->mic.n == 0 && !s->signed_due) {	/* RFC 3335, 5.2: a MIC is due in signed receipts */
		*why = "processed; without a MIC, as unsigned receipts may be: it does not prove which bytes arrived";
		return EV_MDN_WARNING;
	}
	if (r->mic.n == 0) {
		*why = "without a MIC that can be read: it does not prove which bytes arrived";
		return EV_MDN_WEAK;
	}
	ev = compare(r, s, why);
	if (ev != EV_MDN_OK || again || !str_eq(r->modifier, S("warning")))
		return ev;
	*why = "processed with a warning, MIC equal";
	return EV_MDN_WARNING;
}
