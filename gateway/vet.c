/* SPDX-License-Identifier: ISC */
#include "gateway/vet.h"

#include "gateway/describe.h"

static struct str
vet_format(struct arena *a, const struct partner *pt, const struct edi_facts *f)
{
	if (f->verdict != EDI_UNKNOWN || pt->opaque)
		return S("");
	return str_fmt(a, "no known format (looks like " STR_FMT "); \"unknown = send\" for partner '" STR_FMT
	    "' would send it as it is", STR_ARG(f->guess), STR_ARG(pt->key));
}

static struct str
vet_receiver(struct arena *a, const struct conf *c, const struct partner *pt,
    const struct edi_facts *f)
{
	const struct partner *other;

	if (f->receiver.id.n == 0)
		return S("");
	other = partner_by_id(c, f->receiver.qual, f->receiver.id);
	if (other != NULL && other != pt)
		return str_fmt(a,
		    "the folder says '" STR_FMT "', the interchange's receiver " STR_FMT
		    " is '" STR_FMT "'",
		    STR_ARG(pt->key), STR_ARG(describe_party(a, f->receiver)), STR_ARG(other->key));
	if (other == NULL && pt->ids.n > 0)
		return str_fmt(a,
		    "the interchange's receiver " STR_FMT " is none of the ids of partner '" STR_FMT
		    "'",
		    STR_ARG(describe_party(a, f->receiver)), STR_ARG(pt->key));
	return S("");
}

static struct str
vet_sender(struct arena *a, const struct conf *c, const struct edi_facts *f)
{
	if (f->sender.id.n == 0 || c->ids.n == 0 || conf_is_own_id(c, f->sender.qual, f->sender.id))
		return S("");
	return str_fmt(a, "the interchange's sender " STR_FMT " is none of our ids",
	    STR_ARG(describe_party(a, f->sender)));
}

/* One file, one mail, one partner. */
static struct str
vet_others(struct arena *a, const struct edi_facts *f)
{
	if (!f->mixed)
		return S("");
	return str_fmt(a, "it has %zu interchanges, not all of them between the same two: a file for each is wanted", f->interchanges);
}

static struct str
vet_mode(struct arena *a, const struct partner *pt, const struct edi_facts *f)
{
	if (f->mixed_test && pt->mode != CONF_MODE_BOTH)
		return S(VET_MIXED_TEST);
	if (f->format == NULL || partner_takes(pt, str_of(f->format->name), f->test))
		return S("");
	return str_fmt(a, "it is %s, and with partner '" STR_FMT "' we are in %s (mode)",
	    f->test ? "a test" : "no test", STR_ARG(pt->key), f->test ? "production" : "test");
}

struct str
vet_outbound(struct arena *a, const struct conf *c, const struct partner *pt,
    const struct edi_facts *f)
{
	struct str why = vet_format(a, pt, f);

	if (why.n == 0)
		why = vet_receiver(a, c, pt, f);
	if (why.n == 0)
		why = vet_sender(a, c, f);
	if (why.n == 0)
		why = vet_others(a, f);
	if (why.n == 0)
		why = vet_mode(a, pt, f);
	return why;
}
