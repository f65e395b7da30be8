/* SPDX-License-Identifier: ISC */
/*
 * complete.c - has a writer finished? Told from the file's first and last bytes, for the watcher: no XML library, no
 * judgement. Whatever ends as its format ends is complete, however broken; edi_read() judges that later. What is
 * followed by something else than one more interchange is complete too, or it would wait for ever.
 */
#include "edi/edi.h"

#include "edi/root.h"

#include <string.h>

#define TAIL_MAX     4096u	/* bytes of the tail we look at */
#define ISA13_DIGITS 9u		/* the control number of X12 has a fixed length */

static struct str
last_of(struct str s, size_t n)
{
	return s.n > n ? str_from(s, s.n - n) : s;
}

static bool
is_fill(char c)
{
	return is_space(c) || c == '\0' || c == '\x1a';
}

static struct str
trim_fill(struct str s)
{
	while (s.n > 0 && is_fill(s.p[0]))
		s = str_from(s, 1);
	while (s.n > 0 && is_fill(s.p[s.n - 1]))
		s.n--;
	return s;
}

/* The tail without its line breaks, which may divide any segment. */
static struct str
unwrap(struct str tail, char *to)
{
	size_t n = 0;

	tail = last_of(tail, TAIL_MAX);
	for (size_t i = 0; i < tail.n; i++)
		if (tail.p[i] != '\r' && tail.p[i] != '\n')
			to[n++] = tail.p[i];
	return str_make(to, n);
}

/* Cut a number, if there is one, and the sign behind it off in. *sign is '\0' at the end. */
static void
cut_number(struct str *in, struct str *number, char *sign)
{
	size_t n = 0;

	while (n < in->n && is_digit(in->p[n]))
		n++;
	*number = str_sub(*in, 0, n);
	*sign = n < in->n ? in->p[n] : '\0';
	*in = str_from(*in, n + 1);
}

/* The last place where tag stands as a segment's beginning, with what follows it; false without one. */
static bool
find_last(struct str tail, struct str tag, struct str *rest)
{
	for (size_t at = tail.n; at-- > 0;) {
		*rest = str_from(tail, at + tag.n);
		if (str_starts(str_from(tail, at), tag) && rest->n > 0 && !is_alnum(rest->p[0]))
			return true;
	}
	return false;
}

/* Behind a trailer: nothing, junk (also an end), or the beginning of one more interchange? */
static bool
ends_here(struct str rest, struct str next, const char **why)
{
	rest = trim_fill(rest);
	if (rest.n > 0 && str_eq(str_sub(rest, 0, next.n), str_sub(next, 0, rest.n))) {
		*why = "another interchange begins and has no end yet";
		return false;
	}
	return true;
}

/* IEA, IEA01, IEA02, terminator. Several interchanges may use several signs: these are read where they stand. */
static bool
x12_complete(struct str tail, const char **why)
{
	char text[TAIL_MAX], elem, sign;
	struct str rest, count, control = S("");
	bool line_end = tail.n > 0 && is_space(tail.p[tail.n - 1]);

	if (!find_last(unwrap(tail, text), S("IEA"), &rest)) {
		*why = "no IEA yet";
		return false;
	}
	elem = rest.p[0];
	rest = str_from(rest, 1);
	cut_number(&rest, &count, &sign);
	if (is_fill(sign)) {
		*why = "IEA is not whole yet";
		return false;
	}
	if (sign == elem)
		cut_number(&rest, &control, &sign);
	if (is_fill(sign) && !line_end && control.n < ISA13_DIGITS && trim_fill(rest).n == 0) {
		*why = "no terminator after IEA";
		return false;
	}
	return ends_here(rest, S("ISA"), why);
}

/* The reference of the first UNB, raw; what an unterminated UNZ must end with to be whole. */
static struct str
unb_reference(struct str head)
{
	struct str field = S("");
	size_t at;
	char elem;

	if (!str_find(head, S("UNB"), &at) || at + 3 >= head.n)
		return S("");
	elem = head.p[at + 3];
	head = str_from(head, at);
	for (int i = 0; i <= 5; i++)
		if (!str_cut(&head, elem, &field))
			break;
	return field;
}

static char
edifact_term(struct str head)
{
	size_t at;

	if (str_find(head, S("UNA"), &at) && at + 8 < head.n)
		return head.p[at + 8];
	return str_find(head, S("UNB\x1d"), NULL) ? '\x1c' : '\'';
}

/* Cut at a terminator that is not released; the usual one too, for a UNA that its own interchange does not heed. */
static bool
cut_at_term(struct str *rest, char term)
{
	for (size_t i = 0; i < rest->n; i++) {
		if (rest->p[i] != term && rest->p[i] != '\'')
			continue;
		if (i > 0 && rest->p[i - 1] == '?')
			continue;
		*rest = str_from(*rest, i + 1);
		return true;
	}
	return false;
}

/* UNZ, 0036, 0020, terminator. Without the terminator it must end with the reference that the UNB has. */
static bool
edifact_complete(struct str head, struct str tail, const char **why)
{
	char text[TAIL_MAX], sign, term = edifact_term(head);
	bool line_end = tail.n > 0 && is_space(tail.p[tail.n - 1]);
	struct str rest, count, ref, want = unb_reference(head);

	if (!find_last(unwrap(tail, text), S("UNZ"), &rest)) {
		*why = "no UNZ yet";
		return false;
	}
	if (cut_at_term(&rest, term) || (is_fill(term) && line_end))
		return ends_here(rest, S("UN"), why);
	rest = str_from(rest, 1);
	cut_number(&rest, &count, &sign);
	if (count.n == 0 || sign == '\0') {
		*why = "UNZ is not whole yet";
		return false;
	}
	ref = trim_fill(rest);
	if (ref.n > 0 && str_starts(want, ref) && (ref.n == want.n || want.p[ref.n] == term))
		return true;
	*why = "no terminator after UNZ";
	return false;
}

/* END, the count, the terminator. */
static bool
tradacoms_complete(struct str tail, const char **why)
{
	char text[TAIL_MAX], sign;
	bool line_end = tail.n > 0 && is_space(tail.p[tail.n - 1]);
	struct str rest, count;

	if (!find_last(unwrap(tail, text), S("END"), &rest) || rest.p[0] != '=') {
		*why = "no END yet";
		return false;
	}
	rest = str_from(rest, 1);
	cut_number(&rest, &count, &sign);
	if (count.n == 0 || (sign != '\'' && !line_end)) {
		*why = "END is not whole yet";
		return false;
	}
	return ends_here(rest, S("STX="), why);
}

/* Cut white space, comments and processing instructions off the end. */
static struct str
cut_epilog(struct str s)
{
	for (;;) {
		struct str open = S("<?");
		size_t at;

		s = trim_fill(s);
		if (str_ends(s, S("-->")))
			open = S("<!--");
		else if (!str_ends(s, S("?>")))
			return s;
		for (at = s.n; at > 0 && !str_starts(str_from(s, at - 1), open); at--)
			;
		if (at == 0)
			return s;
		s.n = at - 1;
	}
}

static struct str
name_at_end(struct str s)
{
	size_t n = 0;

	while (n < s.n && s.p[s.n - 1 - n] != '/' && s.p[s.n - 1 - n] != '<' && !is_space(s.p[s.n - 1 - n]))
		n++;
	return last_of(s, n);
}

static bool
xml_complete(struct str head, struct str tail, const char **why)
{
	struct xml_root root;
	struct str end;

	bool known = xml_root_find(head, &root);

	end = cut_epilog(tail);
	if (known && root.empty && str_ends(end, S("/>")))
		return true;
	*why = "XML root not closed";
	if (!str_ends(end, S(">")))
		return false;
	end = str_trim(str_sub(end, 0, end.n - 1));
	if (!known)
		root.tag = name_at_end(end);	/* comments fill all of head: any end tag must do */
	if (root.tag.n == 0 || !str_ends(end, root.tag))
		return false;
	if (!str_ends(str_sub(end, 0, end.n - root.tag.n), S("</")))
		return false;
	*why = "";
	return true;
}

/* Tail of a UTF-16 document: whole characters, as many as fit. */
static struct str
narrow_tail(struct str head, struct str tail, char *to)
{
	bool big = str_starts(head, S("\xfe\xff")) || str_starts(head, S("\0<"));
	size_t n = 0;

	if (xml_narrow(head, to, TAIL_MAX).p == head.p)
		return tail;
	tail = last_of(tail, 2 * (size_t)TAIL_MAX);
	for (size_t i = 0; i + 1 < tail.n; i += 2)
		to[n++] = tail.p[big ? i + 1 : i];
	return str_make(to, n);
}

static struct str
first_text(struct str head)
{
	if (str_starts(head, S("\xef\xbb\xbf")))
		head = str_from(head, 3);
	while (head.n > 0 && is_space(head.p[0]))
		head = str_from(head, 1);
	return head;
}

bool
edi_complete(struct str head, struct str tail, const char **why)
{
	char narrow_head[XML_NARROW_MAX], narrow_end[TAIL_MAX];
	struct str text = first_text(head);

	*why = "";
	if (head.n == 0 && tail.n == 0) {
		*why = "empty";
		return false;
	}
	if (str_starts(text, S("ISA")) && text.n > 3 && !is_alnum(text.p[3]) && !is_space(text.p[3]))
		return x12_complete(tail, why);
	if (text.n > 3 && !is_alnum(text.p[3]) && text.p[3] != ' ' &&
	    (str_starts(text, S("UNA")) || str_starts(text, S("UNB"))))
		return edifact_complete(text, tail, why);
	if (str_starts(text, S("STX=")))
		return tradacoms_complete(tail, why);
	text = first_text(xml_narrow(head, narrow_head, sizeof(narrow_head)));
	if (str_starts(text, S("<")))
		return xml_complete(text, narrow_tail(head, tail, narrow_end), why);
	return true;
}
