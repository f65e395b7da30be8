/* SPDX-License-Identifier: ISC */
/*
 * player.h - what playing a dialogue means for either machine: the words that a file may use are in the tables of
 * server_player.h and client_player.h. A failure says file, line, and how the bytes were cut, and ends the test.
 */
#ifndef EDIGATE_TESTS_DIALOGUE_PLAYER_H
#define EDIGATE_TESTS_DIALOGUE_PLAYER_H

#include "tests/dialogue/dialogue.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define CUT_WHOLE SIZE_MAX	/* one write */
#define CUT_BYTES 0		/* byte by byte; else: in two, behind so many bytes of all that the dialogue says */
#define PAUSE_MS  3000		/* between the halves */

struct player {
	const struct dialogue *d;
	struct arena *a;
	size_t cut;
	size_t said_before;		/* bytes that the played side has said in earlier steps */
	struct buf heard;		/* what the machine said, not yet compared */
	int64_t now;
	bool lenient;			/* cut where the dialogue means something else: only its end is compared */
	bool want_close;
	const struct item *at;
};

static void __attribute__((format(printf, 2, 3), noreturn))
player_fail(const struct player *p, const char *fmt, ...)
{
	char how[48] = "in one write", why[600];
	va_list ap;

	if (p->cut == CUT_BYTES)
		(void)snprintf(how, sizeof(how), "byte by byte");
	else if (p->cut != CUT_WHOLE)
		(void)snprintf(how, sizeof(how), "cut behind byte %zu", p->cut);
	va_start(ap, fmt);
	(void)vsnprintf(why, sizeof(why), fmt, ap);
	va_end(ap);
	fail_msg("%s:%u: %s, %s: %s", p->d->file, p->at != NULL ? p->at->line : p->d->line,
	    p->d->name, how, why);
	abort();
}

/* One expected line or run of bytes against what was said. */
static void
player_compare(struct player *p, const struct item *it)
{
	struct str heard = buf_str(&p->heard), line = heard, want = it->text;
	size_t taken, at;
	bool same;

	while (it->how == '>' && heard.n > 3 && heard.p[3] == '-' && str_find(heard, S("\r\n"), &at)) {
		buf_drop(&p->heard, at + 2);
		heard = buf_str(&p->heard);
	}
	if (it->how == '|' || it->how == '*') {
		taken = want.n;
		line = str_sub(heard, 0, want.n);
		same = str_eq(line, want);
	} else if (!str_find(heard, S("\r\n"), &at)) {
		player_fail(p, "said '" STR_FMT "', want '" STR_FMT "'",
		    STR_ARG(str_sub(heard, 0, 200)), STR_ARG(want));
	} else {
		taken = at + 2;
		line = str_sub(heard, 0, at);
		same = want.n > 0 && want.p[want.n - 1] == '*' ? str_starts(line, str_sub(want, 0, want.n - 1)) : str_eq(line, want);
	}
	if (!same)
		player_fail(p, "said '" STR_FMT "', want '" STR_FMT "'",
		    STR_ARG(str_sub(line, 0, 200)), STR_ARG(str_sub(want, 0, 200)));
	buf_drop(&p->heard, taken);
}

static void
player_want_silence(const struct player *p)
{
	if (p->heard.n > 0 && !p->lenient)
		player_fail(p, "said '" STR_FMT "' unexpectedly", STR_ARG(str_sub(buf_str(&p->heard), 0, 200)));
}

static uint64_t
player_number(const struct player *p, struct str s)
{
	uint64_t n = 0;

	if (str_u64(s, UINT64_MAX, &n) == -1)
		player_fail(p, "'" STR_FMT "' is no number", STR_ARG(s));
	return n;
}

static struct str
player_bytes(struct player *p, struct str text)
{
	struct buf b = BUF_CAP(DIALOGUE_BYTES_MAX);
	struct str out;

	dialogue_unescape(text, &b, p->d->file, p->at->line);
	out = str_dup(p->a, buf_str(&b));
	buf_clear(&b);
	return out;
}

/* How many bytes from here go out at once. */
static size_t
player_portion(const struct player *p, size_t from, size_t n)
{
	size_t at = p->said_before + from;

	if (p->cut == CUT_WHOLE)
		return n - from;
	if (p->cut == CUT_BYTES)
		return 1;
	return p->cut > at && p->cut < p->said_before + n ? p->cut - at : n - from;
}

struct player_word {
	struct str word;
	void (*run)(struct player *p, struct str arg);
};

/* The other side of the machine: give it bytes, let it go on, give it the words of the table. */
struct player_machine {
	void (*feed)(struct player *p, struct str bytes);
	void (*run)(struct player *p);
	const struct player_word *words;
	size_t n_words;
};

static void
player_say(struct player *p, const struct player_machine *m, struct str step)
{
	size_t from = 0;

	while (from < step.n) {
		size_t n = player_portion(p, from, step.n);

		m->feed(p, str_sub(step, from, n));
		from += n;
		if (from < step.n && p->cut != CUT_BYTES)
			p->now += PAUSE_MS;
	}
	p->said_before += step.n;
}

static void
player_do_word(struct player *p, const struct player_machine *m, const struct item *it)
{
	for (size_t i = 0; i < m->n_words; i++)
		if (str_eq(m->words[i].word, it->word)) {
			m->words[i].run(p, it->text);
			m->run(p);
			return;
		}
	player_fail(p, "no word '" STR_FMT "'", STR_ARG(it->word));
}

/* From item i on all that is said in one go. Returns the item behind. */
static size_t
player_step(struct player *p, const struct player_machine *m, size_t i)
{
	struct buf step = BUF_CAP(DIALOGUE_BYTES_MAX);

	player_want_silence(p);
	for (; i < p->d->n && p->d->items[i].kind == ITEM_SAYS; i++)
		if (buf_put(&step, p->d->items[i].text, NULL) == -1)
			player_fail(p, "too much to say");
	player_say(p, m, buf_str(&step));
	buf_clear(&step);
	return i;
}

static void
player_play(struct player *p, const struct player_machine *m)
{
	size_t i = 0;

	while (i < p->d->n) {
		const struct item *it = &p->d->items[i];

		p->at = it;
		switch (it->kind) {
		case ITEM_SAYS:
			i = player_step(p, m, i);
			continue;
		case ITEM_HEARS:
			if (!p->lenient)
				player_compare(p, it);
			break;
		case ITEM_WAIT:
			player_want_silence(p);
			p->now += (int64_t)it->seconds * 1000;
			m->run(p);
			break;
		case ITEM_WORD:
			player_do_word(p, m, it);
			break;
		}
		i++;
	}
	p->at = NULL;
	player_want_silence(p);
}

#endif
