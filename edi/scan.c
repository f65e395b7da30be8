/* SPDX-License-Identifier: ISC */
#include "edi/scan.h"

#include <string.h>
#if defined(__x86_64__) || defined(__i386__)
#include <immintrin.h>
#define HAS_AVX2 1
#endif
#ifdef __SSE2__
#include <emmintrin.h>
#define HAS_SSE2 1
#endif

#define STEP	 64u			/* bytes in a word of each bitmap */
#define HIGHS	 0x8080808080808080u
#define ONES	 0x0101010101010101u
#define LOW_BITS 0x7f7f7f7f7f7f7f7fu

/* One step's bytes, before release signs are heeded. */
struct step {
	uint64_t term, field, release, odd;
};

/* Below 0x80 only controls and DEL are odd, in most sets; then text of ASCII needs no table. */
static enum odd_kind
kind_of(const unsigned char *odd)
{
	enum odd_kind kind = ODD_BELOW_BLANK;

	for (unsigned int b = 0; b < 256; b++) {
		if (b < 0x80 && odd[b] != (b < ' ' || b == 0x7f))
			return ODD_ANY;
		if (b >= 0x80 && odd[b])
			kind = ODD_AND_HIGH;
	}
	return kind;
}

void
scan_set(struct scan_set *set, char term, int release, char elem, char comp, int rep, const unsigned char *odd)
{
	*set = (struct scan_set){ .term = (unsigned char)term, .elem = (unsigned char)elem, .comp = (unsigned char)comp,
		.releases = release >= 0 };
	set->release = release >= 0 ? (unsigned char)release : set->term;
	set->rep = rep >= 0 ? (unsigned char)rep : set->elem;
	if (odd == NULL) {
		memset(set->odd, 1, ' ');
		set->odd[0x7f] = 1;
	} else {
		memcpy(set->odd, odd, sizeof(set->odd));
	}
	set->kind = kind_of(set->odd);
	for (unsigned int b = 0; b < 256; b++)
		if (set->odd[b])
			set->rows[b >> 7][b & 15] |= (unsigned char)(1u << (b >> 4 & 7));
}

static uint64_t
odd_by_table(const struct scan_set *set, const unsigned char *p)
{
	uint64_t bits = 0;

	for (unsigned int i = 0; i < STEP; i++)
		bits |= (uint64_t)set->odd[p[i]] << i;
	return bits;
}

/* ---- eight bytes at a time ---- */

/* 0x80 in each byte of v that is zero; no carry crosses a byte. */
static inline uint64_t
zero_bytes(uint64_t v)
{
	return ~(((v & LOW_BITS) + LOW_BITS) | v | LOW_BITS);
}

/* Bit i for the 0x80 of byte i: each lands in the top byte at its own place. */
static inline uint64_t
gather(uint64_t highs)
{
	return ((highs >> 7) * 0x0102040810204080u) >> 56;
}

static inline uint64_t
load8(const unsigned char *p)
{
	uint64_t v;

	memcpy(&v, p, sizeof(v));
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	v = __builtin_bswap64(v);
#endif
	return v;
}

static inline void
step_portable(const struct scan_set *set, const unsigned char *p, struct step *out)
{
	const uint64_t term = ONES * set->term, elem = ONES * set->elem, comp = ONES * set->comp, rep = ONES * set->rep,
	    release = ONES * set->release;

	uint64_t highs = 0;

	*out = (struct step){ 0 };
	for (unsigned int i = 0; i < STEP; i += 8) {
		uint64_t v = load8(p + i);
		out->term |= gather(zero_bytes(v ^ term)) << i;
		out->field |= gather(zero_bytes(v ^ elem) | zero_bytes(v ^ comp) | zero_bytes(v ^ rep)) << i;
		if (set->releases)
			out->release |= gather(zero_bytes(v ^ release)) << i;
		out->odd |= gather((~(((v & LOW_BITS) + ONES * 0x60) | v) & HIGHS) | zero_bytes(v ^ ONES * 0x7f)) << i;
		highs |= v & HIGHS;
	}
	if (set->kind != ODD_BELOW_BLANK && (set->kind == ODD_ANY || highs != 0))
		out->odd = odd_by_table(set, p);
}

/* ---- sixteen ---- */

#ifdef HAS_SSE2
static inline void
step_sse2(const struct scan_set *set, const unsigned char *p, struct step *out)
{
	const __m128i term = _mm_set1_epi8((char)set->term), elem = _mm_set1_epi8((char)set->elem),
	    comp = _mm_set1_epi8((char)set->comp), rep = _mm_set1_epi8((char)set->rep),
	    release = _mm_set1_epi8((char)set->release), low = _mm_set1_epi8(0x1f), del = _mm_set1_epi8(0x7f);
	int highs = 0;

	*out = (struct step){ 0 };
	for (unsigned int i = 0; i < STEP; i += 16) {
		__m128i v = _mm_loadu_si128((const __m128i *)(const void *)(p + i));
		__m128i field = _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(v, elem), _mm_cmpeq_epi8(v, comp)), _mm_cmpeq_epi8(v, rep));
		out->term |= (uint64_t)(unsigned int)_mm_movemask_epi8(_mm_cmpeq_epi8(v, term)) << i;
		out->field |= (uint64_t)(unsigned int)_mm_movemask_epi8(field) << i;
		if (set->releases)
			out->release |= (uint64_t)(unsigned int)_mm_movemask_epi8(_mm_cmpeq_epi8(v, release)) << i;
		out->odd |= (uint64_t)(unsigned int)_mm_movemask_epi8(
		    _mm_or_si128(_mm_cmpeq_epi8(_mm_min_epu8(v, low), v), _mm_cmpeq_epi8(v, del))) << i;
		highs |= _mm_movemask_epi8(v);
	}
	if (set->kind != ODD_BELOW_BLANK && (set->kind == ODD_ANY || highs != 0))
		out->odd = odd_by_table(set, p);
}
#endif

/* ---- thirty-two ---- */

#ifdef HAS_AVX2
#define AVX2 __attribute__((target("avx2,bmi,popcnt")))	/* every processor with the first has the others */

AVX2 static inline __m256i
twice(const unsigned char *row)
{
	return _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)(const void *)row));
}

/* A shuffle looks up by the low four bits and gives 0 where bit 7 is set: one for each half of the bytes. */
AVX2 static inline __m256i
odd_avx2(const struct scan_set *set, __m256i v)
{
	static const unsigned char columns[16] = { 1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128 };
	const __m256i high = _mm256_set1_epi8((char)0x80);
	__m256i row = _mm256_or_si256(_mm256_shuffle_epi8(twice(set->rows[0]), v),
	    _mm256_shuffle_epi8(twice(set->rows[1]), _mm256_xor_si256(v, high)));
	__m256i column = _mm256_shuffle_epi8(twice(columns), _mm256_and_si256(_mm256_srli_epi16(v, 4), _mm256_set1_epi8(15)));

	return _mm256_cmpeq_epi8(_mm256_and_si256(row, column), column);
}

AVX2 static inline void
step_avx2(const struct scan_set *set, const unsigned char *p, struct step *out)
{
	const __m256i term = _mm256_set1_epi8((char)set->term), elem = _mm256_set1_epi8((char)set->elem),
	    comp = _mm256_set1_epi8((char)set->comp), rep = _mm256_set1_epi8((char)set->rep),
	    release = _mm256_set1_epi8((char)set->release);

	*out = (struct step){ 0 };
	for (unsigned int i = 0; i < STEP; i += 32) {
		__m256i v = _mm256_loadu_si256((const __m256i *)(const void *)(p + i));
		__m256i field = _mm256_or_si256(_mm256_or_si256(_mm256_cmpeq_epi8(v, elem), _mm256_cmpeq_epi8(v, comp)),
		    _mm256_cmpeq_epi8(v, rep));
		out->term |= (uint64_t)(unsigned int)_mm256_movemask_epi8(_mm256_cmpeq_epi8(v, term)) << i;
		out->field |= (uint64_t)(unsigned int)_mm256_movemask_epi8(field) << i;
		out->release |= (uint64_t)(unsigned int)_mm256_movemask_epi8(_mm256_cmpeq_epi8(v, release)) << i;
		out->odd |= (uint64_t)(unsigned int)_mm256_movemask_epi8(odd_avx2(set, v)) << i;
	}
	if (!set->releases)
		out->release = 0;
}
#endif

/* ---- a block ---- */

/* The bytes that stand behind a release sign: its meaning is theirs, whatever they are (ISO 9735-1, 7.2.3). */
static uint64_t
released(uint64_t release, uint64_t *carry)
{
	uint64_t behind = *carry, sign;

	release &= ~behind;
	*carry = 0;
	while (release != 0) {
		sign = release & (~release + 1);
		*carry = sign >> 63;
		behind |= sign << 1;
		release &= ~(sign | sign << 1);
	}
	return behind;
}

static inline void
put_step(const struct step *s, uint64_t *carry, struct scan_bits *bits, size_t word)
{
	uint64_t kept = ~(uint64_t)0;

	if ((s->release | *carry) != 0)
		kept = ~released(s->release, carry);
	bits->term[word] = s->term & kept;
	bits->field[word] = s->field & kept & ~s->term;
	bits->odd[word] = s->odd & ~((s->term | s->field | s->release) & kept);
}

/*
 * The set bits as offsets. Four are written whether they are there or not: how many there are is hard to foretell, and a
 * branch on it would cost more than they do. With popcnt and bmi in the target these are three instructions each.
 */
static inline __attribute__((always_inline)) void
put_stops(struct scan_bits *bits, size_t word)
{
	uint64_t term = bits->term[word];
	uint32_t n = bits->n_stops, count = (uint32_t)__builtin_popcountll(term);
	uint16_t *to = bits->stops + n, base = (uint16_t)(word * STEP);

	bits->n_stops = n + count;
	do {
		for (unsigned int i = 0; i < 4; i++) {
			*to++ = (uint16_t)(base + (term != 0 ? __builtin_ctzll(term) : 0));
			term &= term - 1;
		}
	} while (term != 0);
}

/* The same without an instruction that counts bits. */
static inline void
put_stops_simply(struct scan_bits *bits, size_t word)
{
	uint32_t n = bits->n_stops;

	for (uint64_t term = bits->term[word]; term != 0; term &= term - 1)
		bits->stops[n++] = (uint16_t)(word * STEP + (size_t)__builtin_ctzll(term));
	bits->n_stops = n;
}

/* One of these for each kind of step, so that the steps are compiled into their loops. */
#define SCAN_LOOP(kind, put_stops) \
	struct step found; \
	for (; word < end; word++, p += STEP) { \
		step_##kind(set, p, &found); \
		put_step(&found, carry, bits, word); \
		put_stops(bits, word); \
	}

typedef void loop_fn(const struct scan_set *set, const unsigned char *p, size_t word, size_t end, uint64_t *carry,
    struct scan_bits *bits);

static void
loop_portable(const struct scan_set *set, const unsigned char *p, size_t word, size_t end, uint64_t *carry, struct scan_bits *bits)
{
	SCAN_LOOP(portable, put_stops_simply)
}

#ifdef HAS_SSE2
static void
loop_sse2(const struct scan_set *set, const unsigned char *p, size_t word, size_t end, uint64_t *carry, struct scan_bits *bits)
{
	SCAN_LOOP(sse2, put_stops_simply)
}
#endif

#ifdef HAS_AVX2
AVX2 static void
loop_avx2(const struct scan_set *set, const unsigned char *p, size_t word, size_t end, uint64_t *carry, struct scan_bits *bits)
{
	SCAN_LOOP(avx2, put_stops)
}
#endif

static loop_fn *
loop_of(enum scan_kind kind)
{
#ifdef HAS_AVX2
	if ((kind == SCAN_BEST || kind == SCAN_AVX2) && __builtin_cpu_supports("avx2") &&
	    __builtin_cpu_supports("bmi") && __builtin_cpu_supports("popcnt"))
		return loop_avx2;
#endif
#ifdef HAS_SSE2
	if (kind == SCAN_BEST || kind == SCAN_SSE2)
		return loop_sse2;
#endif
	return kind == SCAN_BEST || kind == SCAN_PORTABLE ? loop_portable : NULL;
}

static loop_fn *loop;

bool
scan_force(enum scan_kind kind)
{
	loop_fn *found = loop_of(kind);

	if (found != NULL)
		loop = found;
	return found != NULL;
}

void
scan_block(const struct scan_set *set, const char *p, size_t n, struct scan_bits *bits)
{
	const unsigned char *from = (const unsigned char *)p;
	unsigned char last[STEP] = { 0 };
	size_t words = n / STEP, rest = n % STEP;
	uint64_t carry = 0, within;

	if (loop == NULL)
		(void)scan_force(SCAN_BEST);
	bits->n_stops = 0;
	loop(set, from, 0, words, &carry, bits);
	if (rest == 0)
		return;
	memcpy(last, from + words * STEP, rest);
	loop(set, last, words, words + 1, &carry, bits);
	within = ((uint64_t)1 << rest) - 1;
	bits->term[words] &= within;
	bits->field[words] &= within;
	bits->odd[words] &= within;
	while (bits->n_stops > 0 && bits->stops[bits->n_stops - 1] >= n)
		bits->n_stops--;
}
