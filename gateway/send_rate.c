/* SPDX-License-Identifier: ISC */
/*
 * send_rate.c - no more mails a minute to one destination than its route allows, evenly spread. A few wait here; the others
 * go back to the ledger, each with a time of its own to come again, so that they keep no place from other destinations.
 */
#include "gateway/send.h"

#include "gateway/base/clock.h"

#define WAIT_HERE_MS 10000	/* who would wait longer comes again */
#define MINUTE_MS    60000

static int64_t
later_of(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

static void
on_turn(void *arg)
{
	struct send_dest *d = arg;

	d->turn = NULL;
	send_dest_pump(d);
}

bool
send_rate_may(struct send_dest *d)
{
	int64_t wait = d->next_mail - clock_mono_ms();

	if (d->route->rate == 0 || wait <= 0)
		return true;
	if (d->turn == NULL && !d->send->draining)
		d->turn = loop_timer(d->send->role.loop, wait, on_turn, d);
	return false;
}

void
send_rate_took(struct send_dest *d)
{
	if (d->route->rate > 0)
		d->next_mail = later_of(d->next_mail, clock_mono_ms()) + MINUTE_MS / d->route->rate;
}

unsigned int
send_rate_put_off(struct send_dest *d)
{
	int64_t now = clock_mono_ms(), step;

	if (d->route->rate == 0)
		return 0;
	step = MINUTE_MS / d->route->rate;
	if (later_of(d->next_mail, now) + (int64_t)d->waiting * step <= now + WAIT_HERE_MS)
		return 0;
	d->booked = later_of(d->booked, now + WAIT_HERE_MS) + step;
	return (unsigned int)((d->booked - now + 999) / 1000);
}
