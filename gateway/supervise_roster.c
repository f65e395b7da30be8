/* SPDX-License-Identifier: ISC */
#include "gateway/supervise_int.h"

#include "gateway/base/clock.h"
#include "gateway/base/io.h"
#include "gateway/base/log.h"
#include "gateway/keychannels.h"
#include "gateway/line.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#define WORKERS_MAX KEYCHANNELS_MAX

static struct child *
add_child(struct supervisor *s, const char *role, unsigned int number)
{
	struct child *c = &s->children[s->n++];

	*c = (struct child){ .number = number, .since_wall_ms = clock_wall_ms() };
	(void)snprintf(c->role, sizeof(c->role), "%s", role);
	if (number > 0)
		(void)snprintf(c->name, sizeof(c->name), "%s.%u", role, number);
	else
		(void)snprintf(c->name, sizeof(c->name), "%s", role);
	return c;
}

void
roster_make(struct supervisor *s)
{
	unsigned int workers = s->conf.workers < 1 ? 1 : s->conf.workers > WORKERS_MAX ? WORKERS_MAX : s->conf.workers;
	struct err e;

	if (keychannels_open(workers, &e) == -1)
		log_ev(LOG_ERROR, 0, "start", KC("why", e.text));
	s->n = 0;
	(void)add_child(s, "ledger", 0);
	(void)add_child(s, "watch", 0);
	for (unsigned int i = 1; i <= workers; i++)
		(void)add_child(s, "keys", i);
	for (unsigned int i = 1; i <= workers; i++)
		(void)add_child(s, "pack", i);
	for (unsigned int i = 1; i <= workers; i++)
		(void)add_child(s, "unpack", i);
	(void)add_child(s, "send", 0);
	(void)add_child(s, "hook", 0);
	if (s->conf.listen)
		(void)add_child(s, "listen", 0);
}

bool
roster_is_ledger(const struct child *c)
{
	return strcmp(c->role, "ledger") == 0;
}

bool
roster_is_keys(const struct child *c)
{
	return strcmp(c->role, "keys") == 0;
}

/* A listener ends when its sessions have ended: they go on under the settings they began with. */
void
roster_make_anew(struct supervisor *s)
{
	struct child old[CHILDREN_MAX];
	size_t n = 0;
	struct err e;

	for (size_t i = 0; i < s->n; i++)
		if (line_is_for(&s->children[i]) && s->children[i].pid > 0)
			old[n++] = s->children[i];
	roster_make(s);
	for (size_t i = 0; i < n; i++) {
		if (!old[i].retired && line_retire(&old[i], &e) == -1)
			log_ev(LOG_WARN, 0, "retire", KC("role", old[i].name), KC("why", e.text));
		if (s->n == CHILDREN_MAX) {	/* somebody reloads all the time */
			(void)kill(old[i].pid, SIGTERM);
			line_close(&old[i]);
			continue;
		}
		s->children[s->n++] = old[i];
	}
}

void
roster_write(struct supervisor *s)
{
	struct buf b = BUF_CAP(64 << 10);
	int dirfd = io_open_dir(AT_FDCWD, s->home, NULL);
	struct err e;

	for (size_t i = 0; i < s->n; i++) {
		const struct child *c = &s->children[i];
		(void)buf_printf(&b, &e, "%s %d %s %u %lld %s\n", c->name, (int)c->pid, c->pid > 0 ? "up" : s->phase == UP ? "restarting" :
		    "ended", c->restarts, (long long)c->since_wall_ms, c->last[0] != '\0' ? c->last : "-");
	}
	if (dirfd == -1 || io_replace_file(dirfd, "run/roles", buf_str(&b), 0644, &e) == -1)
		log_ev(LOG_WARN, 0, "roles-file", KC("why", dirfd == -1 ? "home is gone" : e.text));
	io_close(&dirfd);
	buf_clear(&b);
	s->roles_changed = false;
}
