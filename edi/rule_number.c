/* SPDX-License-Identifier: ISC */
#include "edi/rule_number.h"

static unsigned int
digit(struct str s, size_t i)
{
	return (unsigned int)(s.p[i] - '0');
}

bool
number_digits(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!is_digit(s.p[i]))
			return false;
	return s.n > 0;
}

static unsigned int
number_at(struct str s, size_t from, size_t n)
{
	unsigned int v = 0;

	for (size_t i = from; i < from + n; i++)
		v = 10 * v + digit(s, i);
	return v;
}

bool
number_date(struct str s)
{
	static const unsigned char days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	unsigned int year, month, day;

	if (s.n != 10 || s.p[4] != '-' || s.p[7] != '-' || !number_digits(str_sub(s, 0, 4)) ||
	    !number_digits(str_sub(s, 5, 2)) || !number_digits(str_sub(s, 8, 2)))
		return false;
	year = number_at(s, 0, 4);
	month = number_at(s, 5, 2);
	day = number_at(s, 8, 2);
	if (month == 2 && day == 29)
		return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
	return month >= 1 && month <= 12 && day >= 1 && day <= days[month - 1];
}

bool
number_gln(struct str s)
{
	unsigned int sum = 0;

	if (!number_digits(s) || s.n < 2)
		return false;
	for (size_t i = 0; i + 1 < s.n; i++)
		sum += digit(s, s.n - 2 - i) * (i % 2 == 0 ? 3 : 1);
	return (10 - sum % 10) % 10 == digit(s, s.n - 1);
}

bool
number_mod11(struct str s)
{
	unsigned int sum = 0;

	if (!number_digits(s) || s.n != 9 || number_at(s, 0, 9) == 0)
		return false;
	for (size_t i = 0; i + 1 < s.n; i++)
		sum += digit(s, s.n - 2 - i) * (unsigned int)(i % 6 + 2);
	return (11 - sum % 11) % 11 == digit(s, s.n - 1);
}

bool
number_belgian(struct str s)
{
	return number_digits(s) && s.n == 10 && number_at(s, 8, 2) == 97 - number_at(s, 0, 8) % 97;
}

bool
number_luhn(struct str s, size_t n)
{
	unsigned int sum = 0;

	if (!number_digits(s) || s.n != n)
		return false;
	for (size_t i = 0; i < n; i++) {
		unsigned int d = digit(s, n - 1 - i) * (i % 2 == 1 ? 2 : 1);
		sum += d > 9 ? d - 9 : d;
	}
	return sum % 10 == 0;
}

bool
number_abn(struct str s)
{
	static const unsigned int weights[] = { 10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19 };
	unsigned int sum = 0;

	if (!number_digits(s) || s.n != N(weights) || s.p[0] == '0')
		return false;
	for (size_t i = 0; i < N(weights); i++)
		sum += (digit(s, i) - (i == 0)) * weights[i];
	return sum % 89 == 0;
}

static bool
all_alnum(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!is_alnum(s.p[i]))
			return false;
	return true;
}

bool
number_ipa(struct str s)
{
	return s.n == 6 && all_alnum(s);
}

bool
number_partita_iva(struct str s)
{
	if (str_starts_nocase(s, S("IT")) && s.n == 13)
		s = str_from(s, 2);
	return number_luhn(s, 11);
}

/* The form of a person's code: six letters, and seven digits with letters between; digits may stand as letters. */
bool
number_fiscal(struct str s)
{
	static const char form[] = "AAAAAANNANNANNNA";

	if (s.n == 11)
		return number_luhn(s, 11);
	if (s.n != 16)
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (form[i] == 'A' ? !is_alpha(s.p[i]) : !is_alnum(s.p[i]))
			return false;
	return true;
}

bool
number_greek(struct str s)
{
	unsigned int sum = 0;

	if (!number_digits(s) || s.n != 9)
		return false;
	for (size_t i = 0; i < 8; i++)
		sum += digit(s, i) << (8 - i);
	return sum % 11 % 10 == digit(s, 8);
}

/* The letters count as 10 to 35; the first four come last. */
bool
number_iban(struct str s)
{
	char text[34];
	size_t n = 0;
	unsigned int rest = 0;

	for (size_t i = 0; i < s.n; i++) {
		if (is_space(s.p[i]))
			continue;
		if (n == sizeof(text) || !is_alnum(s.p[i]))
			return false;
		text[n++] = s.p[i];
	}
	if (n < 5 || !(text[0] >= 'A' && text[0] <= 'Z') || !(text[1] >= 'A' && text[1] <= 'Z') ||
	    !is_digit(text[2]) || !is_digit(text[3]))
		return false;
	for (size_t i = 0; i < n; i++) {
		char c = to_upper(text[(i + 4) % n]);
		rest = is_digit(c) ? (rest * 10 + (unsigned int)(c - '0')) % 97 :
		    (rest * 100 + (unsigned int)(c - 'A') + 10) % 97;
	}
	return rest == 1;
}

bool
number_mail(struct str s)
{
	size_t at, dot;

	s = str_trim(s);
	for (size_t i = 0; i < s.n; i++)
		if (is_space(s.p[i]))
			return false;
	if (!str_chr(s, '@', &at) || at == 0 || str_chr(str_from(s, at + 1), '@', NULL))
		return false;
	s = str_from(s, at + 1);
	return str_chr(s, '.', &dot) && dot > 0 && s.p[s.n - 1] != '.' && !str_find(s, S(".."), NULL);
}

static bool
take_part(struct str *in, struct str name)
{
	if (!str_starts(*in, name))
		return false;
	*in = str_from(*in, name.n);
	return true;
}

/* Digits, and with decimals a point and two more. */
static bool
take_number(struct str *in, bool decimals)
{
	size_t n = 0;

	while (n < in->n && is_digit(in->p[n]))
		n++;
	if (n == 0)
		return false;
	*in = str_from(*in, n);
	if (!decimals)
		return true;
	if (in->n < 3 || in->p[0] != '.' || !number_digits(str_sub(*in, 1, 2)))
		return false;
	*in = str_from(*in, 3);
	return true;
}

static bool
is_skonto_line(struct str line)
{
	if (!take_part(&line, S("#SKONTO#TAGE=")) || !take_number(&line, false) ||
	    !take_part(&line, S("#PROZENT=")) || !take_number(&line, true))
		return false;
	if (take_part(&line, S("#BASISBETRAG="))) {
		(void)take_part(&line, S("-"));
		if (!take_number(&line, true))
			return false;
	}
	return str_eq(line, S("#"));
}

bool
number_skonto(struct str s)
{
	struct str line;

	while (s.n > 0) {
		bool ended = str_cut(&s, '\n', &line);
		line = str_trim(line);
		if (str_starts(line, S("#")) && (!ended || !is_skonto_line(line)))
			return false;
	}
	return true;
}
