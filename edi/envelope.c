/* SPDX-License-Identifier: ISC */
#include "edi/envelope.h"

#include <inttypes.h>
#include <string.h>

struct edi_place
env_place(struct envelope *x, unsigned int i, unsigned int j)
{
	struct seg *s = &x->seg;
	struct str at = i == 0 ? S("") : seg_component(&x->r.signs, s, i, j);
	uint64_t within = at.n > 0 ? (uint64_t)(at.p - s->raw.p) : 0;

	return (struct edi_place){ s->offset + within, s->ordinal, i, j };
}

bool
env_may_copy(struct envelope *x, size_t n)
{
	if (n > ENV_COPIED_MAX - x->copied)
		return false;
	x->copied += n;
	return true;
}

struct str
env_value(struct envelope *x, unsigned int i, unsigned int j)
{
	struct str raw = seg_component(&x->r.signs, &x->seg, i, j);

	if (raw.n > EDI_VALUE_MAX) {
		facts_problem(x->a, x->f, env_place(x, i, j), "value-long",
		    "a value of %zu bytes, want at most %d",
		    raw.n, EDI_VALUE_MAX);
		raw.n = EDI_VALUE_MAX;
	}
	if (!seg_needs_copy(&x->r.signs, raw) || !env_may_copy(x, raw.n))
		return str_trim(raw);
	return seg_unescape(x->a, &x->r.signs, raw);
}

const char *
env_show(const struct envelope *x, struct str s)
{
	return facts_has_room(x->f) ? facts_show(x->a, s) : "";
}

void
env_check_count(struct envelope *x, const char *code, const char *name, uint64_t want,
    const char *of)
{
	struct str found = env_value(x, 1, 0);
	uint64_t n;

	if (str_u64(found, UINT64_MAX, &n) == 0 && n == want)
		return;
	facts_problem(x->a, x->f, env_place(x, 1, 0), code, "%s is '%s', want %" PRIu64 " (%s)", name,
	    env_show(x, found), want, of);
}

void
env_check_control(struct envelope *x, const char *code, const char *name, struct str want,
    const char *of)
{
	struct str found = env_value(x, 2, 0);

	if (!str_eq(found, want))
		facts_problem(x->a, x->f, env_place(x, 2, 0), code, "%s is '%s', want '%s' (%s)", name,
		    env_show(x, found), env_show(x, want), of);
}

bool
env_is_repeated(struct envelope *x, const char *name, uint64_t within, struct str number,
    uint64_t *first)
{
	return refs_seen(x->a, &x->refs, refs_key(refs_key(within, str_of(name)), number), x->seg.offset, first);
}

void
env_open_message(struct envelope *x, uint64_t within)
{
	x->in_message = true;
	x->outside = false;
	x->message_first = x->seg.ordinal;
	x->message.offset = x->seg.offset;
	x->message_control = env_place(x, x->syntax->control_element, 0);
	x->message_key = refs_key(refs_key(within, str_of(x->syntax->control)), x->message.control);
	if (!refs_seen(x->a, &x->refs, x->message_key, x->seg.offset, &x->message_twin))
		x->message_twin = ENV_NONE;
	if (x->digest != NULL)
		digest_start(x->digest, x->seg.offset);
}

/* Are the first n bytes of the message those of its twin? By their digests where they are gone. */
static bool
is_copy(const struct envelope *x, const struct refs_entry *twin, uint64_t n, uint64_t digest)
{
	const char *in = x->r.in.p;

	if (twin->size != n)
		return false;
	return x->digest != NULL ? twin->digest == digest : memcmp(in + twin->offset, in + x->message.offset, (size_t)n) == 0;
}

/* The same message once more, byte for byte, is a copy; other contents under a used number are a fault. */
static void
check_twin(struct envelope *x, uint64_t end)
{
	const struct edi_message *m = &x->message;
	struct refs_entry *known = refs_find(&x->refs, x->message_key);
	uint64_t digest = x->digest == NULL ? 0 : digest_end(x->digest, x->r.base, x->r.in, end);

	if (known != NULL && x->message_twin == ENV_NONE) {
		known->size = end - m->offset;
		known->digest = digest;
	}
	if (known == NULL || x->message_twin == ENV_NONE)
		return;
	if (is_copy(x, known, end - m->offset, digest)) {
		x->r.quirks |= EDI_QUIRK_REPEATED;
		return;
	}
	facts_problem(x->a, x->f, x->message_control, x->syntax->duplicate,
	    "%s '%s' is used twice, first at offset %" PRIu64, x->syntax->control, env_show(x, m->control),
	    x->message_twin);
}

void
env_close_message(struct envelope *x, bool missing)
{
	if (!x->in_message)
		return;
	x->in_message = false;
	x->message.segments = x->seg.ordinal - x->message_first + !missing;
	if (missing)
		facts_problem(x->a, x->f, env_place(x, 0, 0), x->syntax->missing,
		    "no %s for the %s '%s' at offset %" PRIu64, x->syntax->trailer, x->syntax->header,
		    env_show(x, x->message.control), x->message.offset);
	check_twin(x, x->seg.offset + (missing ? 0 : x->seg.raw.n));
	facts_message(x->a, x->f, &x->message);
}

/* One header that is missing would otherwise be told of with every segment behind it. */
static void
note_outside(struct envelope *x, const char *tag)
{
	if (!x->outside)
		facts_problem(x->a, x->f, env_place(x, 0, 0), "segment-misplaced",
		    "'%s' and what follows it stand outside of %s and %s", tag, x->syntax->header,
		    x->syntax->trailer);
	x->outside = true;
}

void
env_check_bytes(struct envelope *x)
{
	const struct seg *s = &x->seg;
	struct edi_place at = { .segment = s->ordinal };

	if (s->wrapped)
		x->r.quirks |= EDI_QUIRK_WRAPPED;
	if (s->too_long)
		facts_problem(x->a, x->f, env_place(x, 0, 0), "segment-long",
		    "segment too long: no terminator within %u bytes of '%s'", SEG_SIZE_MAX, env_show(x, s->raw));
	if (s->control_at < s->raw.n) {
		at.offset = s->offset + s->control_at;
		facts_problem(x->a, x->f, at, "control-char", "byte 0x%02x in data",
		    (unsigned char)s->raw.p[s->control_at]);
	}
	if (s->foreign_at < s->raw.n) {
		at.offset = s->offset + s->foreign_at;
		facts_problem(x->a, x->f, at, "charset", "byte 0x%02x is not in UNO%c's character set, %s",
		    (unsigned char)s->raw.p[s->foreign_at], x->r.charset->level, x->r.charset->name);
	}
}

/* What is wrong with the segment as such? */
static void
check_segment(struct envelope *x, bool outsider)
{
	const struct seg *s = &x->seg;
	struct str tag;
	struct edi_place at;

	if (s->control_at == s->raw.n && s->foreign_at == s->raw.n && !s->wrapped && !s->too_long &&
	    seg_tag_size(s->tag) >= x->syntax->tag_min && (x->in_message || outsider))
		return x->in_message ? seg_know(&x->r, s) : (void)0;
	tag = str_sub(s->raw, 0, s->tag_n);
	at = env_place(x, 0, 0);
	if (s->raw.n == 0)
		facts_problem(x->a, x->f, at, "segment-empty", "two terminators with nothing between them");
	else if (s->tag == SEG_TAG_BAD || seg_tag_size(s->tag) < x->syntax->tag_min)
		facts_problem(x->a, x->f, at, "segment-tag", "'%s' is no segment tag", env_show(x, tag));
	else if (!x->in_message && !outsider)
		note_outside(x, env_show(x, tag));
	env_check_bytes(x);
}

void
env_check_number(struct envelope *x, unsigned int i, unsigned int j, const char *name)
{
	const struct charset *cs = x->r.charset;
	struct str raw = seg_component(&x->r.signs, &x->seg, i, j);
	struct edi_place at = env_place(x, i, j);

	if (cs == NULL || x->seg.beyond_at == x->seg.raw.n)
		return;
	for (size_t k = 0; k < raw.n; k++) {
		unsigned char c = (unsigned char)raw.p[k];
		if (c < ' ' || c >= 0x80 || edi_charset_has(cs, c) || seg_is_sign(&x->r.signs, c))
			continue;
		at.offset += k;
		facts_problem(x->a, x->f, at, "charset",
		    "%s '%s' has the character '%s', which UNO%c does not", name, env_show(x, raw),
		    env_show(x, str_sub(raw, k, 1)), cs->level);
		return;
	}
}

void
env_note_unterminated(struct envelope *x)
{
	if (!x->seg.terminated && !x->seg.too_long)
		x->r.quirks |= EDI_QUIRK_UNTERMINATED;
}

void
env_read_body(struct envelope *x, bool outsider)
{
	check_segment(x, outsider);
	if (!x->in_message || x->seg.tag != x->number_tag || x->number_tag == 0)
		return;
	x->message.number = env_value(x, x->number_element, x->number_component);
	env_check_number(x, x->number_element, x->number_component, "the document's number");
	x->number_tag = 0;
}

static bool
is_same(struct edi_party a, struct edi_party b)
{
	return str_eq(a.qual, b.qual) && str_eq(a.id, b.id);
}

void
env_note_parties(struct envelope *x, struct edi_party sender, struct edi_party receiver, bool test)
{
	if (x->f->interchanges++ > 0) {
		x->f->mixed_test |= x->f->test != test;
		x->f->mixed |= !is_same(x->f->sender, sender) || !is_same(x->f->receiver, receiver);
		return;
	}
	x->f->sender = sender;
	x->f->receiver = receiver;
	x->f->test = test;
}

void
env_note_junk(struct envelope *x)
{
	struct str sight = str_sub(x->r.in, 0, x->r.at + SEG_SIGHT);
	struct str junk = str_sub(sight, x->r.at, x->syntax->find(sight, x->r.at) - x->r.at);
	struct edi_place at = { .offset = x->r.base + x->r.at };

	if (x->f->interchanges == 0)
		facts_problem(x->a, x->f, at, "junk-before", "text before the first %s: '%s'", x->syntax->start,
		    env_show(x, junk));
	else
		facts_problem(x->a, x->f, at, "junk-after", "text behind the %s: '%s'", x->syntax->end,
		    env_show(x, junk));
	x->state = ENV_SEEKING;
}
