/* SPDX-License-Identifier: ISC */
/* conf_allow.c - a partner's exceptions: "sha1 until 2027-06-30, 3des until 2027-03-31". None without an end. */
#include "gateway/conf_load.h"

#include "gateway/base/clock.h"

#define DAY_MS	      INT64_C(86400000)
#define SOON_MS	      (30 * DAY_MS)
#define FAR_MS	      (2 * 366 * DAY_MS)

static const char *const names[CONF_ALLOWS] = { [CONF_ALLOW_SHA1] = "sha1", [CONF_ALLOW_3DES] = "3des",
	[CONF_ALLOW_RSA1024] = "rsa1024" };

const char *
conf_allow_name(enum conf_allow which)
{
	return names[which];
}

/* The end of that day, UTC. */
static int
read_day(struct arena *a, struct str day, int64_t *end_ms)
{
	if (day.n != 10 || clock_read_rfc3339(str_cat(a, day, S("T00:00:00Z")), end_ms) == -1)
		return -1;
	*end_ms += DAY_MS;
	return 0;
}

static int
read_one(struct arena *a, struct str item, int64_t *until, struct err *e)
{
	struct str rest = item, name, word;

	(void)str_cut(&rest, ' ', &name);
	rest = str_trim(rest);
	(void)str_cut(&rest, ' ', &word);
	rest = str_trim(rest);
	for (size_t i = 0; i < CONF_ALLOWS; i++) {
		if (!str_eq(name, str_of(names[i])))
			continue;
		if (until[i] != 0)
			return err_set(e, ERR_CONFIG, "%s stands there twice", names[i]);
		if (!str_eq(word, S("until")) || read_day(a, rest, &until[i]) == -1)
			return err_set(e, ERR_CONFIG,
			    "\"" STR_FMT
			    "\": an exception has an end, want e.g. %s until 2027-06-30",
			    STR_ARG(item), names[i]);
		return 0;
	}
	return err_set(e, ERR_CONFIG,
	    "\"" STR_FMT "\" is no exception, want none, or some of sha1, 3des, rsa1024, each with "
	    "\"until\" and a date",
	    STR_ARG(item));
}

int
conf_allow_read(struct arena *a, struct str text, int64_t *until, struct err *e)
{
	struct str rest = text, item;
	bool more = true;

	for (size_t i = 0; i < CONF_ALLOWS; i++)
		until[i] = 0;
	if (str_eq(text, S("none")))
		return 0;
	while (more) {
		more = str_cut(&rest, ',', &item);
		if (read_one(a, str_trim(item), until, e) == -1)
			return -1;
	}
	return 0;
}

void
conf_allow_check(struct conf_load *l, const struct conf_entry *e)
{
	const struct conf_place at = conf_where(l, e, "partner", "allow");
	const int64_t now = clock_wall_ms();

	for (size_t i = 0; i < CONF_ALLOWS; i++) {
		int64_t until = e->partner.allow_until_ms[i];
		if (until == 0)
			continue;
		if (until <= now)
			conf_warn(l, at, "the exception for %s has ended: what this partner sends by it is refused", names[i]);
		else if (until - now < SOON_MS)
			conf_warn(l, at, "the exception for %s ends within 30 days", names[i]);
		else if (until - now > FAR_MS)
			conf_warn(l, at, "the exception for %s has more than two years to go", names[i]);
	}
}
