/* SPDX-License-Identifier: ISC */
#include "gateway/conf_load.h"

#include "gateway/base/clock.h"
#include "gateway/given.h"

#include <assert.h>
#include <string.h>
#include <unistd.h>

#define LIST_MAX 1000
#define ID_MAX	 80		/* X12 15, EDIFACT 35; XML endpoints are longer */
#define QUAL_MAX 10

static_assert(sizeof(enum conf_tls) == sizeof(unsigned int), "SET_ENUM writes an unsigned int");
static_assert(sizeof(enum conf_verify) == sizeof(unsigned int), "SET_ENUM writes an unsigned int");
static_assert(sizeof(enum conf_certs) == sizeof(unsigned int), "SET_ENUM writes an unsigned int");
static_assert(sizeof(enum conf_encoding) == sizeof(unsigned int), "SET_ENUM writes an unsigned int");
static_assert(sizeof(enum conf_unknown) == sizeof(unsigned int), "SET_ENUM writes an unsigned int");
static_assert(sizeof(enum conf_sender) == sizeof(unsigned int), "SET_ENUM writes an unsigned int");
static_assert(sizeof(enum conf_receipt) == sizeof(unsigned int), "SET_ENUM writes an unsigned int");
static_assert(offsetof(struct partner, encrypt) == offsetof(struct partner, sign) + 1 &&
        offsetof(struct partner, compress) == offsetof(struct partner, sign) + 2 &&
        offsetof(struct partner, must_encrypt) == offsetof(struct partner, must_sign) + 1,
    "SET_FLAGS writes bools in a row");

/* The place of text among "one|two|three". */
static bool
find_word(const char *words, struct str text, unsigned int *at)
{
	struct str rest = str_of(words), word;

	for (unsigned int i = 0; rest.n > 0; i++) {
		(void)str_cut(&rest, '|', &word);
		if (str_eq(word, text)) {
			*at = i;
			return true;
		}
	}
	return false;
}

static int
bad_word(const char *words, struct str text, struct err *e)
{
	return err_set(e, ERR_CONFIG, "\"" STR_FMT "\" is none of %s", STR_ARG(text), words);
}

/* What stands between commas, at most LIST_MAX; an empty one is an error. */
static int
split(struct arena *a, struct str text, struct conf_list *out, struct err *e)
{
	struct str rest = text, item;
	size_t n = 1;
	bool more = text.n > 0;

	for (size_t i = 0; i < text.n; i++)
		n += text.p[i] == ',';
	if (n > LIST_MAX)
		return err_set(e, ERR_CONFIG, "%zu values, at most %d", n, LIST_MAX);
	*out = (struct conf_list){ .v = arena_get_array(a, n, sizeof(struct str)) };
	while (more) {
		more = str_cut(&rest, ',', &item);
		item = str_trim(item);
		if (item.n == 0)
			return err_set(e, ERR_CONFIG, "nothing between two commas");
		out->v[out->n++] = item;
	}
	return 0;
}

static int
split_checked(struct arena *a, struct str text, struct conf_list *out, int (*check)(struct str, struct err *),
    struct err *e)
{
	if (split(a, text, out, e) == -1)
		return -1;
	for (size_t i = 0; i < out->n; i++)
		if (check(out->v[i], e) == -1)
			return -1;
	return 0;
}

/* "14:4012345000009", or an id alone, which then fits any qualifier. */
static int
read_id(struct str item, struct conf_id *out, struct err *e)
{
	struct str rest = item, head;

	if (str_has_ctl(item))
		return err_set(e, ERR_CONFIG, "\"" STR_FMT "\" has control characters", STR_ARG(item));
	if (str_cut(&rest, ':', &head))
		*out = (struct conf_id){ .qual = str_trim(head), .id = str_trim(rest) };
	else
		*out = (struct conf_id){ .id = head };
	if (out->id.n == 0 || out->id.n > ID_MAX || out->qual.n > QUAL_MAX)
		return err_set(e, ERR_CONFIG, "\"" STR_FMT "\" is no interchange id, want qualifier:id, e.g. "
		    "14:4012345000009", STR_ARG(item));
	return 0;
}

static int
read_ids(struct arena *a, struct str text, struct conf_ids *out, struct err *e)
{
	struct conf_list items;

	if (split(a, text, &items, e) == -1)
		return -1;
	*out = (struct conf_ids){ .v = arena_get_array(a, items.n, sizeof(struct conf_id)), .n = items.n };
	for (size_t i = 0; i < items.n; i++)
		if (read_id(items.v[i], &out->v[i], e) == -1)
			return -1;
	return 0;
}

static int
check_listener(struct str s, struct err *e)
{
	return given_is(s) ? 0 : conf_check_endpoint(s, e);
}

static int
read_networks(struct arena *a, struct str text, struct conf_networks *out, struct err *e)
{
	struct conf_list items;

	if (split(a, text, &items, e) == -1)
		return -1;
	*out = (struct conf_networks){ .v = arena_get_array(a, items.n, sizeof(struct network)), .n = items.n };
	for (size_t i = 0; i < items.n; i++)
		if (network_read(items.v[i], &out->v[i], e) == -1)
			return -1;
	return 0;
}

static struct str
full_path(struct arena *a, const struct conf *c, struct str path)
{
	return path.n == 0 ? path : str_of(conf_path(a, c, str_cstr(a, path)));
}

static int
read_paths(struct arena *a, const struct conf *c, struct str text, struct conf_list *out,
    struct err *e)
{
	if (split(a, text, out, e) == -1)
		return -1;
	for (size_t i = 0; i < out->n; i++)
		out->v[i] = full_path(a, c, out->v[i]);
	return 0;
}

/* RFC 3986, 3.1: a scheme of two letters and more; one letter is a drive, and no such thing lives here. */
static bool
is_uri(struct str s)
{
	struct str rest = s, scheme;

	return str_cut(&rest, ':', &scheme) && scheme.n > 1 && !str_chr(scheme, '/', NULL);
}

static int
read_keys(struct arena *a, const struct conf *c, struct str text, struct conf_list *out,
    struct err *e)
{
	if (split(a, text, out, e) == -1)
		return -1;
	for (size_t i = 0; i < out->n; i++)
		if (!is_uri(out->v[i]))
			out->v[i] = full_path(a, c, out->v[i]);
	return 0;
}

static int
read_flags(const struct setting *s, struct str text, bool *out, struct err *e)
{
	struct str rest = text, word, words = str_of(s->words);
	bool none = false, any = false;
	unsigned int at;

	for (bool *b = out; words.n > 0; (void)str_cut(&words, '|', &word))
		*b++ = false;
	while (rest.n > 0) {
		size_t n = 0;
		while (n < rest.n && !is_blank(rest.p[n]) && rest.p[n] != ',')
			n++;
		word = str_sub(rest, 0, n);
		rest = str_from(rest, n + 1);
		if (word.n == 0)
			continue;
		if (str_eq(word, S("none"))) {
			none = true;
		} else if (find_word(s->words, word, &at)) {
			any = out[at] = true;
		} else {
			return bad_word(s->words, word, e);
		}
	}
	if (none == any)
		return err_set(e, ERR_CONFIG, "want none, or some of %s", s->words);
	return 0;
}

/* "64M": K, M and G are powers of 1024. */
static int
read_bytes(const struct setting *s, struct str text, uint64_t *out, struct err *e)
{
	char last = text.n > 0 ? to_upper(text.p[text.n - 1]) : '\0';
	unsigned int shift = last == 'K' ? 10 : last == 'M' ? 20 : last == 'G' ? 30 : 0;
	uint64_t v;

	if (str_u64(str_sub(text, 0, text.n - (shift > 0)), UINT64_MAX >> shift, &v) == -1)
		return err_set(e, ERR_CONFIG, "\"" STR_FMT "\" is no size, want e.g. 512K, 64M, 1G",
		    STR_ARG(text));
	v <<= shift;
	if (v < s->lo || v > s->hi)
		return err_set(e, ERR_CONFIG,
		    "\"" STR_FMT "\" is out of range, want %lluK to %lluM", STR_ARG(text),
		    (unsigned long long)s->lo >> 10, (unsigned long long)s->hi >> 20);
	*out = v;
	return 0;
}

static int
read_span(const struct setting *s, struct str text, int64_t *out, struct err *e)
{
	int64_t ms;

	if (clock_read_span(text, &ms) == -1)
		return err_set(e, ERR_CONFIG, "\"" STR_FMT "\" is no time span, want e.g. 30s, 5m, 4h, 5d, 2w",
		    STR_ARG(text));
	if ((uint64_t)ms < s->lo || (uint64_t)ms > s->hi)
		return err_set(e, ERR_CONFIG,
		    "\"" STR_FMT "\" is out of range, want %llus to %lluh", STR_ARG(text),
		    (unsigned long long)s->lo / 1000, (unsigned long long)s->hi / 3600000);
	*out = ms;
	return 0;
}

static int
read_count(const struct setting *s, struct str text, unsigned int *out, struct err *e)
{
	uint64_t v;

	if (s->words != NULL && str_eq(text, str_of(s->words))) {
		*out = 0;
		return 0;
	}
	if (str_u64(text, s->hi, &v) == -1 || v < s->lo)
		return err_set(e, ERR_CONFIG,
		    "\"" STR_FMT "\" is out of range, want %llu to %llu%s%s", STR_ARG(text),
		    (unsigned long long)s->lo, (unsigned long long)s->hi,
		    s->words != NULL ? " or " : "", s->words != NULL ? s->words : "");
	*out = (unsigned int)v;
	return 0;
}

static int
read_yes_no(struct str text, bool *out, struct err *e)
{
	unsigned int at;

	if (!find_word("no|yes|false|true|off|on", text, &at))
		return bad_word("yes, no", text, e);
	*out = at % 2 == 1;
	return 0;
}

/* A secret itself in the file is the mistake to expect: it must not be repeated in the message. */
static int
read_secret(struct str text, struct str *out, struct err *e)
{
	static const struct str from[] = { S_INIT("file:"), S_INIT("env:"), S_INIT("command:"),
		S_INIT("credential:") };

	*out = text;
	for (size_t i = 0; i < N(from); i++)
		if (str_starts(text, from[i]) && text.n > from[i].n)
			return 0;
	return text.n == 0 ? 0 : err_set(e, ERR_CONFIG, "a secret does not stand here itself: want file:PATH, "
	    "env:NAME, command:SHELL-COMMAND or credential:NAME");
}

int
conf_value_set(struct arena *a, const struct conf *c, const struct setting *s, struct str text,
    void *base, struct err *e)
{
	void *field = (char *)base + s->offset;
	struct str *str = field;
	unsigned int at;

	switch (s->type) {
	case SET_STRING:
		*str = text;
		return 0;
	case SET_YES_NO:
		return read_yes_no(text, field, e);
	case SET_EITHER:
		if (!find_word(s->words, text, &at))
			return bad_word(s->words, text, e);
		*(bool *)field = at == 1;
		return 0;
	case SET_WORD:
		*str = text;
		return find_word(s->words, text, &at) ? 0 : bad_word(s->words, text, e);
	case SET_ENUM:
		return find_word(s->words, text, field) ? 0 : bad_word(s->words, text, e);
	case SET_FLAGS:
		return read_flags(s, text, field, e);
	case SET_COUNT:
		return read_count(s, text, field, e);
	case SET_BYTES:
		return read_bytes(s, text, field, e);
	case SET_SPAN:
		return text.n == 0 && s->dflt[0] == '\0' ? 0 : read_span(s, text, field, e);
	case SET_ADDRESS:
		*str = text;
		return conf_check_address(text, e);
	case SET_ADDRESSES:
		return split_checked(a, text, field, conf_check_address, e);
	case SET_IDS:
		return read_ids(a, text, field, e);
	case SET_PINS:
		return conf_pins_read(a, text, field, e);
	case SET_SERVERS:
		return split_checked(a, text, field, conf_check_server, e);
	case SET_HOST:
		*str = text;
		return text.n == 0 || conf_is_host(text) ? 0 :
		    err_set(e, ERR_CONFIG, "\"" STR_FMT "\" is no host name or address", STR_ARG(text));
	case SET_ENDPOINT:
		*str = text;
		return conf_check_endpoint(text, e);
	case SET_ENDPOINTS:
		return split_checked(a, text, field, check_listener, e);
	case SET_NETWORKS:
		return read_networks(a, text, field, e);
	case SET_PATH:
		*str = s->words != NULL && find_word(s->words, text, &at) ? text : full_path(a, c, text);
		return 0;
	case SET_PATHS:
		return read_paths(a, c, text, field, e);
	case SET_KEYS:
		return read_keys(a, c, text, field, e);
	case SET_SECRET:
		return read_secret(text, field, e);
	case SET_ALLOW:
		return conf_allow_read(a, text, field, e);
	}
	return err_set(e, ERR_CONFIG, "a type of setting without a case");
}
