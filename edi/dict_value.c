/* SPDX-License-Identifier: ISC */
/* dict_value.c - values by their types: EDIFACT's letters, numbers and both; X12's N0 to N9, R, DT, TM and strings. */
#include "edi/dict_state.h"
#include "edi/text.h"

/* ISO 9735, 10: digits; a decimal mark with digits on both sides is not asked for; '-' in front. Signs do not count. */
static bool
read_number(struct str s, size_t *length)
{
	size_t marks = 0;

	*length = 0;
	for (size_t i = 0; i < s.n; i++) {
		if (is_digit(s.p[i]))
			(*length)++;
		else if (s.p[i] == '.' || s.p[i] == ',')
			marks++;
		else if (s.p[i] != '-' || i > 0)
			return false;
	}
	return *length > 0 && marks <= 1;
}

/* Characters: UTF-8 where it is that (UNOW, and UNOX in practice), else bytes. */
static size_t
count_characters(struct str s)
{
	size_t n = 0;
	unsigned int ch;

	if (text_ascii(s) == s.n || !text_is_utf8(s))
		return s.n;
	for (; s.n > 0; n++)
		(void)text_next(&s, &ch);
	return n;
}

static bool
has_digit(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (is_digit(s.p[i]))
			return true;
	return false;
}

/* X12.6: digits, in front of them a minus sign; of R with a point and an exponent, too. Those do not count as length. */
static bool
read_x12_number(struct str s, bool decimal, size_t *length)
{
	size_t points = 0, i = s.n > 0 && s.p[0] == '-';

	for (*length = 0; i < s.n && (is_digit(s.p[i]) || s.p[i] == '.'); i++) {
		*length += is_digit(s.p[i]);
		points += s.p[i] == '.';
	}
	if (*length == 0 || points > (decimal ? 1u : 0u))
		return false;
	if (i == s.n)
		return true;
	if (!decimal || s.p[i] != 'E')
		return false;
	i += str_starts(str_from(s, i), S("E-")) ? 2 : 1;
	if (i == s.n)
		return false;
	for (; i < s.n && is_digit(s.p[i]); i++)
		(*length)++;
	return i == s.n;
}

static unsigned int
two_digits(struct str s, size_t i)
{
	return (unsigned int)(s.p[i] - '0') * 10 + (unsigned int)(s.p[i + 1] - '0');
}

static bool
is_digits(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!is_digit(s.p[i]))
			return false;
	return s.n > 0;
}

/* YYMMDD or CCYYMMDD. What century YY is in nobody knows: its 29 February is let pass when some century has it. */
static bool
is_date(struct str s)
{
	static const unsigned int days[] = { 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	unsigned int year, month, day;

	if (!is_digits(s) || (s.n != 6 && s.n != 8))
		return false;
	month = two_digits(s, s.n - 4);
	day = two_digits(s, s.n - 2);
	if (month < 1 || month > 12 || day < 1 || day > days[month - 1])
		return false;
	if (month != 2 || day != 29)
		return true;
	year = two_digits(s, s.n - 6);
	if (s.n == 8 && year == 0)
		return two_digits(s, 0) % 4 == 0;
	return year % 4 == 0;
}

/* HHMM, HHMMSS, with tenths or hundredths behind. */
static bool
is_time(struct str s)
{
	if (!is_digits(s) || (s.n != 4 && (s.n < 6 || s.n > 8)))
		return false;
	return two_digits(s, 0) < 24 && two_digits(s, 2) < 60 && (s.n == 4 || two_digits(s, 4) < 60);
}

struct dict_type_fault
dict_value_fault(enum dict_type type, struct str value, size_t *length)
{
	static const struct dict_type_fault none = { NULL, NULL };

	*length = count_characters(value);
	switch (type) {
	case DICT_NUMBER:
		return read_number(value, length) ? none : (struct dict_type_fault){ "element-type", "a number" };
	case DICT_LETTERS:
		return has_digit(value) ? (struct dict_type_fault){ "element-type", "letters" } : none;
	case DICT_INTEGER:
		return read_x12_number(value, false, length) ? none : (struct dict_type_fault){ "element-type", "digits" };
	case DICT_DECIMAL:
		return read_x12_number(value, true, length) ? none : (struct dict_type_fault){ "element-type", "a number" };
	case DICT_DATE:
		return is_date(value) ? none : (struct dict_type_fault){ "element-date", "a date, YYMMDD or CCYYMMDD" };
	case DICT_TIME:
		return is_time(value) ? none : (struct dict_type_fault){ "element-time", "a time, HHMM or HHMMSS" };
	default:
		return none;
	}
}
