/* SPDX-License-Identifier: ISC */
/* rule_fn.c - the functions of the language of rules. */
#include "edi/rule_codes.h"
#include "edi/rule_eval.h"
#include "edi/rule_number.h"

#include <string.h>

#define ARGUMENTS_MAX 4

typedef struct rule_value function(struct rule_run *r, const struct rule_value *a, size_t n);

static struct str
text_of(struct rule_run *r, const struct rule_value *v)
{
	return str_trim(rule_text(r, v));
}

static struct rule_value
fn_not(struct rule_run *r, const struct rule_value *a, size_t n)
{
	(void)r;
	(void)n;
	return rule_make_truth(!rule_truth(&a[0]));
}

static struct rule_value
fn_exists(struct rule_run *r, const struct rule_value *a, size_t n)
{
	(void)r;
	(void)n;
	return rule_make_truth(rule_truth(&a[0]));
}

/* There is one that is not empty. */
static struct rule_value
fn_has(struct rule_run *r, const struct rule_value *a, size_t n)
{
	(void)n;
	if (a->kind != RULE_V_ITEMS)
		return rule_make_truth(text_of(r, a).n > 0);
	for (size_t i = 0; i < a->n; i++)
		if (str_trim(rule_item_text(r, a->items[i])).n > 0)
			return rule_make_truth(true);
	return rule_make_truth(false);
}

static struct rule_value
fn_count(struct rule_run *r, const struct rule_value *a, size_t n)
{
	(void)r;
	(void)n;
	return rule_make_number((struct decimal){ a->kind == RULE_V_ITEMS ? (__int128)a->n : 1, 0 }, true);
}

static struct rule_value
fn_distinct(struct rule_run *r, const struct rule_value *a, size_t n)
{
	size_t different = 0, end = a->kind == RULE_V_ITEMS ? a->n : 0;

	(void)n;
	for (size_t i = 0; i < end && r->work < RULE_WORK_MAX; i++) {
		bool seen = false;
		for (size_t j = 0; j < i && !seen; j++, r->work++)
			seen = str_eq(rule_item_text(r, a->items[i]), rule_item_text(r, a->items[j]));
		different += !seen;
	}
	return rule_make_number((struct decimal){ (__int128)different, 0 }, true);
}

static struct rule_value
fn_sum(struct rule_run *r, const struct rule_value *a, size_t n)
{
	struct decimal sum = { 0, 0 }, d;
	bool good = a->kind == RULE_V_ITEMS;

	(void)n;
	for (size_t i = 0; good && i < a->n; i++) {
		struct rule_value v = rule_make_text(rule_item_text(r, a->items[i]));
		good = rule_number(r, &v, &d) && decimal_add(sum, d, &sum);
	}
	return rule_make_number(sum, good);
}

static struct rule_value
fn_number(struct rule_run *r, const struct rule_value *a, size_t n)
{
	struct decimal d = { 0, 0 };
	bool good = rule_number(r, a, &d);

	(void)n;
	return rule_make_number(d, good);
}

static struct rule_value
fn_is_number(struct rule_run *r, const struct rule_value *a, size_t n)
{
	struct decimal d;

	(void)n;
	return rule_make_truth(rule_number(r, a, &d));
}

/* To so many digits behind the point, two when not said. */
static struct rule_value
fn_round(struct rule_run *r, const struct rule_value *a, size_t n)
{
	struct decimal d = { 0, 0 }, scale = { 2, 0 };
	bool good = rule_number(r, &a[0], &d) && (n < 2 || rule_number(r, &a[1], &scale));

	return rule_make_number(good ? decimal_round(d, (unsigned int)scale.n) : d, good);
}

static struct rule_value
fn_abs(struct rule_run *r, const struct rule_value *a, size_t n)
{
	struct decimal d = { 0, 0 };
	bool good = rule_number(r, a, &d);

	(void)n;
	d.n = d.n < 0 ? -d.n : d.n;
	return rule_make_number(d, good);
}

static struct rule_value
fn_div(struct rule_run *r, const struct rule_value *a, size_t n)
{
	struct decimal x, y, q = { 0, 0 };
	bool good = rule_number(r, &a[0], &x) && rule_number(r, &a[1], &y) && decimal_div(x, y, &q);

	(void)n;
	return rule_make_number(q, good);
}

/* The first, or where it is no number the second. */
static struct rule_value
fn_or(struct rule_run *r, const struct rule_value *a, size_t n)
{
	struct decimal d;

	(void)n;
	return rule_number(r, &a[0], &d) ? rule_make_number(d, true) : a[1];
}

/* near(a, b, by): they differ by no more. */
static struct rule_value
fn_near(struct rule_run *r, const struct rule_value *a, size_t n)
{
	struct decimal x, y, by, d;
	int order;

	(void)n;
	if (!rule_number(r, &a[0], &x) || !rule_number(r, &a[1], &y) || !rule_number(r, &a[2], &by) ||
	    !decimal_sub(x, y, &d))
		return rule_make_truth(false);
	d.n = d.n < 0 ? -d.n : d.n;
	return rule_make_truth(decimal_cmp(d, by, &order) && order <= 0);
}

static struct rule_value
fn_length(struct rule_run *r, const struct rule_value *a, size_t n)
{
	struct str s = text_of(r, a);
	__int128 characters = 0;

	(void)n;
	for (size_t i = 0; i < s.n; i++)
		characters += ((unsigned char)s.p[i] & 0xc0) != 0x80;
	return rule_make_number((struct decimal){ characters, 0 }, true);
}

/* Digits behind the point, as written. */
static struct rule_value
fn_decimals(struct rule_run *r, const struct rule_value *a, size_t n)
{
	struct str s = text_of(r, a);
	size_t at;

	(void)n;
	return rule_make_number((struct decimal){ str_chr(s, '.', &at) ? (__int128)(s.n - at - 1) : 0, 0 }, true);
}

static struct rule_value
fn_starts(struct rule_run *r, const struct rule_value *a, size_t n)
{
	(void)n;
	return rule_make_truth(str_starts(text_of(r, &a[0]), rule_text(r, &a[1])));
}

static struct rule_value
fn_contains(struct rule_run *r, const struct rule_value *a, size_t n)
{
	(void)n;
	return rule_make_truth(str_find(text_of(r, &a[0]), rule_text(r, &a[1]), NULL));
}

static struct rule_value
fn_upper(struct rule_run *r, const struct rule_value *a, size_t n)
{
	struct str s = text_of(r, a);
	char *to = arena_get(r->a, s.n + 1);

	(void)n;
	for (size_t i = 0; i < s.n; i++)
		to[i] = to_upper(s.p[i]);
	return rule_make_text(str_make(to, s.n));
}

/* sub(text, from 1, how many) */
static struct rule_value
fn_sub(struct rule_run *r, const struct rule_value *a, size_t n)
{
	struct decimal from, count = { INT32_MAX, 0 };

	if (!rule_number(r, &a[1], &from) || from.n < 1 || (n > 2 && !rule_number(r, &a[2], &count)))
		return rule_make_text(S(""));
	return rule_make_text(str_sub(text_of(r, &a[0]), (size_t)from.n - 1, (size_t)count.n));
}

/* part(text, which, sign between them) */
static struct rule_value
fn_part(struct rule_run *r, const struct rule_value *a, size_t n)
{
	struct str rest = text_of(r, &a[0]), one = S(""), sign = rule_text(r, &a[2]);
	struct decimal which;

	(void)n;
	if (sign.n == 0 || !rule_number(r, &a[1], &which))
		return rule_make_text(S(""));
	for (__int128 i = 0; i < which.n; i++) {
		if (rest.p == NULL)
			return rule_make_text(S(""));
		if (!str_cut(&rest, sign.p[0], &one))
			rest = str_make(NULL, 0);
	}
	return rule_make_text(one);
}

static struct rule_value
fn_parts(struct rule_run *r, const struct rule_value *a, size_t n)
{
	struct str s = text_of(r, &a[0]), sign = rule_text(r, &a[1]);
	__int128 parts = 1;

	(void)n;
	for (size_t i = 0; i < s.n; i++)
		parts += sign.n > 0 && s.p[i] == sign.p[0];
	return rule_make_number((struct decimal){ parts, 0 }, true);
}

/* One of the words in the second, blanks between them. */
static bool
is_word_of(struct str word, struct str words)
{
	struct str one;

	while (words.n > 0) {
		(void)str_cut(&words, ' ', &one);
		if (one.n > 0 && str_eq(one, word))
			return true;
	}
	return false;
}

static struct rule_value
fn_among(struct rule_run *r, const struct rule_value *a, size_t n)
{
	(void)n;
	return rule_make_truth(is_word_of(text_of(r, &a[0]), rule_text(r, &a[1])));
}

static struct rule_value
fn_code(struct rule_run *r, const struct rule_value *a, size_t n)
{
	(void)n;
	return rule_make_truth(rule_code_is(rule_text(r, &a[1]), text_of(r, &a[0])));
}

static struct rule_value
fn_root(struct rule_run *r, const struct rule_value *a, size_t n)
{
	struct str name = r->tree->names[r->tree->nodes[r->tree->nodes[0].first].name];
	size_t at;

	(void)a;
	(void)n;
	return rule_make_text(str_chr(name, ':', &at) ? str_from(name, at + 1) : name);
}

static struct rule_value
fn_digit_count(struct rule_run *r, const struct rule_value *a, size_t n)
{
	struct str s = text_of(r, a);
	__int128 digits = 0;

	(void)n;
	for (size_t i = 0; i < s.n; i++)
		digits += is_digit(s.p[i]);
	return rule_make_number((struct decimal){ digits, 0 }, true);
}

/* Letters and digits only. */
static struct rule_value
fn_alnum(struct rule_run *r, const struct rule_value *a, size_t n)
{
	struct str s = text_of(r, a);

	(void)n;
	for (size_t i = 0; i < s.n; i++)
		if (!is_digit(s.p[i]) && !(s.p[i] >= 'A' && s.p[i] <= 'Z'))
			return rule_make_truth(false);
	return rule_make_truth(true);
}

#define CHECK(name, test)                                                              \
	static struct rule_value                                                       \
	fn_##name(struct rule_run *r, const struct rule_value *a, size_t n)            \
	{                                                                              \
		struct str s = text_of(r, a);                                          \
		(void)n;                                                               \
		return rule_make_truth(test);                                          \
	}
CHECK(digits, number_digits(s))
CHECK(date, number_date(s))
CHECK(gln, number_gln(s))
CHECK(mod11, number_mod11(s))
CHECK(belgian, number_belgian(s))
CHECK(swedish, number_luhn(s, 10))
CHECK(abn, number_abn(s))
CHECK(ipa, number_ipa(s))
CHECK(fiscal, number_fiscal(s))
CHECK(partita_iva, number_partita_iva(s))
CHECK(greek, number_greek(s))
CHECK(iban, number_iban(s))
CHECK(mail, number_mail(s))

/* Blanks count here. */
static struct rule_value
fn_skonto(struct rule_run *r, const struct rule_value *a, size_t n)
{
	(void)n;
	if (a->kind != RULE_V_ITEMS || a->n == 0 || (a->items[0] & RULE_IS_ATTRIBUTE))
		return rule_make_truth(true);
	return rule_make_truth(number_skonto(r->tree->nodes[a->items[0]].text));
}

/* every and if are not functions of values: see rule_call(). */
static const struct {
	const char *name;
	unsigned char min, max;
	function *call;
} functions[] = {
	{ "every", 2, 2, NULL }, { "if", 3, 3, NULL },
	{ "not", 1, 1, fn_not }, { "exists", 1, 1, fn_exists }, { "has", 1, 1, fn_has }, { "count", 1, 1, fn_count },
	{ "distinct", 1, 1, fn_distinct }, { "sum", 1, 1, fn_sum }, { "number", 1, 1, fn_number },
	{ "is-number", 1, 1, fn_is_number }, { "round", 1, 2, fn_round }, { "abs", 1, 1, fn_abs },
	{ "div", 2, 2, fn_div }, { "or-else", 2, 2, fn_or }, { "near", 3, 3, fn_near },
	{ "length", 1, 1, fn_length }, { "decimals", 1, 1, fn_decimals }, { "starts", 2, 2, fn_starts },
	{ "contains", 2, 2, fn_contains }, { "upper", 1, 1, fn_upper }, { "sub", 2, 3, fn_sub },
	{ "part", 3, 3, fn_part }, { "parts", 2, 2, fn_parts }, { "among", 2, 2, fn_among },
	{ "code", 2, 2, fn_code }, { "root", 0, 0, fn_root }, { "digit-count", 1, 1, fn_digit_count },
	{ "alnum", 1, 1, fn_alnum }, { "digits", 1, 1, fn_digits }, { "date", 1, 1, fn_date },
	{ "gln", 1, 1, fn_gln }, { "mod11", 1, 1, fn_mod11 }, { "belgian", 1, 1, fn_belgian },
	{ "swedish", 1, 1, fn_swedish }, { "abn", 1, 1, fn_abn }, { "ipa", 1, 1, fn_ipa },
	{ "fiscal", 1, 1, fn_fiscal }, { "partita-iva", 1, 1, fn_partita_iva }, { "greek", 1, 1, fn_greek },
	{ "iban", 1, 1, fn_iban }, { "mail", 1, 1, fn_mail }, { "skonto", 1, 1, fn_skonto },
};
enum { FN_EVERY, FN_IF };

int
rule_function(struct str name)
{
	for (size_t i = 0; i < N(functions); i++)
		if (str_eq(name, str_of(functions[i].name)))
			return (int)i;
	return -1;
}

bool
rule_function_takes(unsigned int f, unsigned int arguments)
{
	return arguments >= functions[f].min && arguments <= functions[f].max;
}

bool
rule_function_binds(unsigned int f)
{
	return f == FN_EVERY;
}

/* every(path, condition): it holds at each node. */
static struct rule_value
every(struct rule_run *r, const struct rule_expr *path, const struct rule_expr *condition)
{
	struct rule_value all = rule_eval(r, path), v;
	rule_item here = r->here;
	bool good = true;

	for (size_t i = 0; good && all.kind == RULE_V_ITEMS && i < all.n; i++) {
		r->here = all.items[i];
		r->work++;
		v = rule_eval(r, condition);
		good = rule_truth(&v);
	}
	r->here = here;
	return rule_make_truth(good);
}

struct rule_value
rule_call(struct rule_run *r, unsigned int f, const struct rule_expr *arguments)
{
	struct rule_value values[ARGUMENTS_MAX] = { { .kind = RULE_V_TEXT } };
	size_t n = 0;

	if (f == FN_EVERY)
		return every(r, arguments, arguments->next);
	if (f == FN_IF) {
		values[0] = rule_eval(r, arguments);
		return rule_eval(r, rule_truth(&values[0]) ? arguments->next : arguments->next->next);
	}
	for (const struct rule_expr *x = arguments; x != NULL && n < ARGUMENTS_MAX; x = x->next)
		values[n++] = rule_eval(r, x);
	return functions[f].call(r, values, n);
}
