/* SPDX-License-Identifier: ISC */
#include "gateway/base/clock.h"

#include <assert.h>
#include <time.h>

#define SECOND_MS 1000
#define MINUTE_MS (60 * SECOND_MS)
#define HOUR_MS	  (60 * MINUTE_MS)
#define DAY_MS	  ((int64_t)24 * HOUR_MS)
#define SPAN_MAX_MS (36500 * DAY_MS)	/* a hundred years; the sum with any date fits */

static int64_t fixed_wall = -1, fixed_mono = -1;

static int64_t
read_clock(clockid_t id)
{
	struct timespec ts;
	int rc = clock_gettime(id, &ts);

	assert(rc == 0);	/* every Linux has these two */
	return (int64_t)ts.tv_sec * SECOND_MS + ts.tv_nsec / 1000000;
}

int64_t
clock_wall_ms(void)
{
	return fixed_wall != -1 ? fixed_wall : read_clock(CLOCK_REALTIME);
}

int64_t
clock_mono_ms(void)
{
	return fixed_mono != -1 ? fixed_mono : read_clock(CLOCK_MONOTONIC);
}

void
clock_set_for_tests(int64_t wall_ms, int64_t mono_ms)
{
	fixed_wall = wall_ms;
	fixed_mono = mono_ms;
}

/* A date in the proleptic Gregorian calendar. Not gmtime(3): its tables and year 2038 stay out of this. */
struct date {
	int64_t year;
	int month, day;		/* from 1 */
	int hour, minute, second, ms;
	int weekday;		/* 0: Sunday */
};

/* Days since 1970-01-01; years are counted from March, so that a leap day ends one. */
static int64_t
days_of(int64_t year, int month, int day)
{
	int64_t y = month <= 2 ? year - 1 : year;
	int64_t era = (y >= 0 ? y : y - 399) / 400;
	int64_t of_era = y - era * 400;
	int64_t of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;

	return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static struct date
date_of(int64_t wall_ms)
{
	int64_t days = wall_ms / DAY_MS, rest = wall_ms % DAY_MS;
	struct date d;

	if (rest < 0) {
		rest += DAY_MS;
		days--;
	}
	d.hour = (int)(rest / HOUR_MS);
	d.minute = (int)(rest / MINUTE_MS % 60);
	d.second = (int)(rest / SECOND_MS % 60);
	d.ms = (int)(rest % SECOND_MS);
	d.weekday = (int)(((days + 4) % 7 + 7) % 7);	/* 1970-01-01 was a Thursday */

	int64_t z = days + 719468;
	int64_t era = (z >= 0 ? z : z - 146096) / 146097;
	int64_t of_era = z - era * 146097;
	int64_t y = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	int64_t of_year = of_era - (365 * y + y / 4 - y / 100);
	int64_t march = (5 * of_year + 2) / 153;

	d.day = (int)(of_year - (153 * march + 2) / 5 + 1);
	d.month = (int)(march < 10 ? march + 3 : march - 9);
	d.year = y + era * 400 + (d.month <= 2);
	return d;
}

struct str
clock_rfc3339(struct arena *a, int64_t wall_ms)
{
	struct date d = date_of(wall_ms);

	return str_fmt(a, "%04lld-%02d-%02dT%02d:%02d:%02d.%03dZ", (long long)d.year, d.month, d.day, d.hour,
	    d.minute, d.second, d.ms);
}

struct str
clock_rfc5322(struct arena *a, int64_t wall_ms)
{
	static const char *const days[] = { "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat" };
	static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul",
		"Aug", "Sep", "Oct", "Nov", "Dec" };
	struct date d = date_of(wall_ms);

	return str_fmt(a, "%s, %02d %s %04lld %02d:%02d:%02d +0000", days[d.weekday], d.day,
	    months[d.month - 1], (long long)d.year, d.hour, d.minute, d.second);
}

/* Cut exactly n digits off the front of s. */
static bool
cut_digits(struct str *s, size_t n, int *out)
{
	uint64_t v;

	if (s->n < n || str_u64(str_sub(*s, 0, n), 9999, &v) == -1)
		return false;
	*s = str_from(*s, n);
	*out = (int)v;
	return true;
}

static bool
cut_char(struct str *s, char c)
{
	if (s->n == 0 || to_lower(s->p[0]) != c)
		return false;
	*s = str_from(*s, 1);
	return true;
}

static int
days_in_month(int year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

	return days[month - 1] + (month == 2 && leap);
}

/* ".012": any number of digits, milliseconds kept. */
static bool
cut_fraction(struct str *s, int *ms)
{
	int scale = 100;

	*ms = 0;
	if (!cut_char(s, '.'))
		return true;
	if (s->n == 0 || !is_digit(s->p[0]))
		return false;
	for (; s->n > 0 && is_digit(s->p[0]); *s = str_from(*s, 1), scale /= 10)
		*ms += (s->p[0] - '0') * scale;
	return true;
}

/* "Z" or "+01:00". */
static bool
cut_offset(struct str *s, int *minutes)
{
	int sign, h, m;

	*minutes = 0;
	if (cut_char(s, 'z'))
		return true;
	sign = cut_char(s, '+') ? 1 : cut_char(s, '-') ? -1 : 0;
	if (sign == 0 || !cut_digits(s, 2, &h) || !cut_char(s, ':') || !cut_digits(s, 2, &m) ||
	    h > 23 || m > 59)
		return false;
	*minutes = sign * (h * 60 + m);
	return true;
}

int
clock_read_rfc3339(struct str s, int64_t *wall_ms)
{
	int year, month, day, hour, minute, second, ms, offset;

	if (!cut_digits(&s, 4, &year) || !cut_char(&s, '-') || !cut_digits(&s, 2, &month) ||
	    !cut_char(&s, '-') || !cut_digits(&s, 2, &day) || month < 1 || month > 12 || day < 1 ||
	    day > days_in_month(year, month))
		return -1;
	/* RFC 3339, 5.6: a blank may stand for the T; second 60 is a leap second, the first of the next minute. */
	if ((!cut_char(&s, 't') && !cut_char(&s, ' ')) || !cut_digits(&s, 2, &hour) || !cut_char(&s, ':') ||
	    !cut_digits(&s, 2, &minute) || !cut_char(&s, ':') || !cut_digits(&s, 2, &second) ||
	    hour > 23 || minute > 59 || second > 60)
		return -1;
	if (!cut_fraction(&s, &ms) || !cut_offset(&s, &offset) || s.n > 0)
		return -1;
	*wall_ms = days_of(year, month, day) * DAY_MS + (int64_t)hour * HOUR_MS +
	    (minute - offset) * MINUTE_MS + second * SECOND_MS + ms;
	return 0;
}

int
clock_read_span(struct str s, int64_t *ms)
{
	static const struct {
		struct str name;
		int64_t ms;
	} units[] = {
		{ S_INIT("ms"), 1 },
		{ S_INIT("s"), SECOND_MS },
		{ S_INIT("m"), MINUTE_MS },
		{ S_INIT("h"), HOUR_MS },
		{ S_INIT("d"), DAY_MS },
		{ S_INIT("w"), 7 * DAY_MS },
	};
	size_t digits = 0;
	uint64_t v;

	while (digits < s.n && is_digit(s.p[digits]))
		digits++;
	if (str_u64(str_sub(s, 0, digits), (uint64_t)SPAN_MAX_MS, &v) == -1)
		return -1;
	for (size_t i = 0; i < N(units); i++) {
		if (!str_eq(str_from(s, digits), units[i].name))
			continue;
		if ((int64_t)v > SPAN_MAX_MS / units[i].ms)
			return -1;
		*ms = (int64_t)v * units[i].ms;
		return 0;
	}
	return -1;
}
