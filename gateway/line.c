/* SPDX-License-Identifier: ISC */
#include "gateway/line.h"

#include "gateway/base/log.h"
#include "gateway/msg.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

bool
line_is_for(const struct child *c)
{
	return strcmp(c->role, "listen") == 0;
}

static int
tell(struct ipc *to, const struct msg *m, int fd, struct err *e)
{
	struct buf b = BUF_CAP(1024);
	int rc = msg_encode(m, &b, e);

	if (rc == 0)
		rc = ipc_send(to, (uint16_t)m->type, buf_str(&b), fd, e);
	else if (fd != -1)
		close(fd);
	buf_clear(&b);
	return rc;
}

int
line_tell_peer(struct ipc *to, const char *name, int fd, struct err *e)
{
	return tell(to, &(struct msg){ .type = MSG_PEER, .name = str_of(name) }, fd, e);
}

static void
speaks(void *arg, struct ipc *c, uint16_t type, struct str payload, int fd)
{
	(void)arg;
	(void)c;
	(void)payload;
	log_ev(LOG_WARN, 0, "unexpected-message", KI("type", type));
	if (fd != -1)
		close(fd);
}

/* It has ended, or will soon: waitpid() tells more. Nothing can be sent any more; line_close() frees it. */
static void
closed(void *arg, struct ipc *c, const char *why)
{
	(void)arg;
	(void)c;
	(void)why;
}

int
line_open(struct child *c, struct loop *l, int *theirs, struct err *e)
{
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == -1)
		return err_errno(e, "socketpair for %s", c->name);
	c->line = ipc_new(l, pair[0], speaks, closed, NULL);
	*theirs = pair[1];
	return 0;
}

void
line_close(struct child *c)
{
	ipc_free(c->line);
	c->line = NULL;
}

int
line_introduce(const struct child *c, struct ipc *ledger, struct err *e)
{
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == -1)
		return err_errno(e, "socketpair for %s", c->name);
	if (line_tell_peer(ledger, c->name, pair[0], e) == -1) {
		close(pair[1]);
		return -1;
	}
	return line_tell_peer(c->line, "ledger", pair[1], e);
}

int
line_retire(struct child *c, struct err *e)
{
	c->retired = true;
	(void)snprintf(c->name, sizeof(c->name), "%s.old", c->role);
	return tell(c->line, &(struct msg){ .type = MSG_RETIRE }, -1, e);
}
