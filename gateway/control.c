/* SPDX-License-Identifier: ISC */
#include "gateway/control.h"

#include "gateway/base/io.h"
#include "gateway/base/ipc.h"
#include "gateway/house.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#define CONTROL_FRAME_MAX ((size_t)64 << 10)
#define PATIENCE_S	  20
#define POKE_S		  2	/* what was stored is found without it, a little later */

static int
ask_within(struct cli *c, unsigned int patience_s, const struct msg *ask, struct msg *answer,
    struct err *e)
{
	struct buf out = BUF_CAP(CONTROL_FRAME_MAX);
	struct str payload;
	uint16_t type;
	int fd, rc = -1;

	fd = ipc_connect(cli_path(c, "%s", CLI_CONTROL), patience_s, e);
	if (fd == -1)
		return err_code(err_add(e, "the gateway is not running"), e, "E-NOT-RUNNING");
	if (msg_encode(ask, &out, e) == -1 || ipc_call_send(fd, (uint16_t)ask->type, buf_str(&out), e) == -1)
		goto out;
	if (ipc_call_read(c->arena, fd, &type, &payload, e) == -1)
		goto out;
	if (msg_decode(type, payload, WHO_LEDGER, WHO_CLI, answer, e) == -1)
		goto out;
	if (answer->type != MSG_CTL_ANSWER) {
		(void)err_set(e, ERR_RETRY, "the gateway answered with '%s'", msg_name(answer->type));
		goto out;
	}
	rc = 0;
out:
	buf_clear(&out);
	io_close(&fd);
	return rc;
}

int
control_ask(struct cli *c, const struct msg *ask, struct msg *answer, struct err *e)
{
	return ask_within(c, PATIENCE_S, ask, answer, e);
}

int
control_ping(struct cli *c, struct err *e)
{
	const struct msg ask = { .type = MSG_CTL_PING };
	struct msg answer;

	return control_ask(c, &ask, &answer, e);
}

bool
control_is_up(struct cli *c)
{
	return control_ping(c, NULL) == 0;
}

void
control_poke(struct cli *c, enum msg_type type, struct str ulid)
{
	struct msg ask = { .type = type, .ulid = ulid }, answer;

	(void)ask_within(c, POKE_S, &ask, &answer, NULL);
}

int
control_lock(struct cli *c, struct err *e)
{
	const char *path = cli_path(c, "db/ledger.lock");
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0640);

	if (fd == -1)
		return err_errno(e, "%s", path);
	house_give_file(c, path);
	if (flock(fd, LOCK_EX | LOCK_NB) == 0)
		return fd;
	if (errno == EWOULDBLOCK)
		(void)err_set(e, ERR_RETRY, "%s: held by a running gateway", path);
	else
		(void)err_errno(e, "%s", path);
	io_close(&fd);
	return -1;
}
