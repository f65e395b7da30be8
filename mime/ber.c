/* SPDX-License-Identifier: ISC */
#include "mime/ber.h"


#define TAG_LONG 0x1f

/* One element's tag and length (X.690, 8.1.2 and 8.1.3). */
struct head {
	unsigned char tag;
	bool indefinite;
	size_t size;		/* of the head itself */
	size_t length;		/* of what follows, unless indefinite */
};

static bool
read_head(struct str s, struct head *h)
{
	size_t at = 1, octets;
	unsigned char first;

	*h = (struct head){ 0 };
	if (s.n < 2)
		return false;
	h->tag = (unsigned char)s.p[0];
	if ((h->tag & TAG_LONG) == TAG_LONG)
		return false;	/* nothing in CMS or X.509 has a tag over 30 */
	first = (unsigned char)s.p[at++];
	if (first < 0x80) {
		h->length = first;
	} else if (first == 0x80) {
		h->indefinite = true;
		if ((h->tag & BER_CONSTRUCTED) == 0)
			return false;
	} else {
		octets = first & 0x7f;
		if (octets > sizeof(uint32_t) || octets > s.n - at)
			return false;
		while (octets-- > 0)
			h->length = h->length << 8 | (unsigned char)s.p[at++];
	}
	h->size = at;
	return h->indefinite || h->length <= s.n - at;
}

static bool
is_end_of_contents(struct str s)
{
	return s.n >= 2 && s.p[0] == 0 && s.p[1] == 0;
}

/* Where the constructed elements around us end; those without a length end at a marker. */
struct place {
	size_t end;
	bool indefinite;
};

/* Walk over one whole element at the start of s; depth is a stack of places, never the machine's. */
static bool
walk(struct str s, size_t *length)
{
	struct place stack[BER_DEPTH_MAX];
	size_t depth = 0, at = 0, elements = 0;
	struct head h;

	do {
		size_t limit = depth > 0 ? stack[depth - 1].end : s.n;
		if (depth > 0 && stack[depth - 1].indefinite &&
		    is_end_of_contents(str_sub(s, at, limit - at))) {
			at += 2;
			depth--;
		} else {
			if (!read_head(str_sub(s, at, limit - at), &h))
				return false;
			if (++elements > BER_ELEMENTS_MAX)
				return false;
			at += h.size;
			if ((h.tag & BER_CONSTRUCTED) != 0) {
				if (depth == BER_DEPTH_MAX)
					return false;
				stack[depth++] = (struct place){
					h.indefinite ? limit : at + h.length, h.indefinite
				};
			} else {
				at += h.length;
			}
		}
		while (depth > 0 && !stack[depth - 1].indefinite && at == stack[depth - 1].end)
			depth--;
	} while (depth > 0);
	*length = at;
	return true;
}

int
ber_check(struct str s, struct err *e)
{
	size_t length;

	if (!walk(s, &length))
		return err_set(e, ERR_INPUT, "broken, cut short or nested too deep");
	if (length != s.n)
		return err_set(e, ERR_INPUT, "%zu bytes after its end", s.n - length);
	return 0;
}

bool
ber_next(struct str *s, struct ber *out)
{
	struct head h;
	size_t length;

	if (!read_head(*s, &h))
		return false;
	length = h.size + h.length;
	if (h.indefinite && !walk(*s, &length))
		return false;
	out->tag = h.tag;
	out->value = str_sub(*s, h.size, h.indefinite ? length - h.size - 2 : h.length);
	*s = str_from(*s, length);
	return true;
}

bool
ber_take(struct str *s, unsigned char tag, struct str *value)
{
	struct str rest = *s;
	struct ber el;

	if (!ber_next(&rest, &el) || el.tag != tag)
		return false;
	*s = rest;
	*value = el.value;
	return true;
}

bool
ber_take_uint(struct str *s, unsigned int *out)
{
	struct str rest = *s, v;

	if (!ber_take(&rest, BER_INTEGER, &v) || v.n == 0 || (v.p[0] & 0x80) != 0)
		return false;
	while (v.n > 1 && v.p[0] == 0)
		v = str_from(v, 1);
	if (v.n > sizeof(uint16_t))
		return false;
	*out = 0;
	for (size_t i = 0; i < v.n; i++)
		*out = *out << 8 | (unsigned char)v.p[i];
	*s = rest;
	return true;
}
