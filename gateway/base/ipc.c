/* SPDX-License-Identifier: ISC */
#include "gateway/base/ipc.h"

#include "gateway/base/io.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define HEAD_BYTES 6			/* u32 length, u16 type */
#define READ_BYTES (64u << 10)
#define FLUSH_MS   10000
#define FDS_MAX	   64			/* received, their frames not yet read */
#define FD_BIT	   0x80000000u		/* in the length: a descriptor belongs to this frame */

/*
 * A descriptor to be passed leaves with the first byte of its frame: `at` counts the bytes of out before it. The kernel
 * ends a read behind bytes that carried descriptors, but earlier frames may stand before them in the same read; hence
 * the bit in the length, and a queue of descriptors received.
 */
struct passing {
	size_t at;
	int fd;
};

struct ipc {
	struct loop *loop;
	int fd;
	ipc_fn *on_message;
	ipc_closed_fn *on_closed;
	void *arg;

	struct buf in, out;
	size_t sent;			/* of out: cut off the front only now and then, or a long queue costs n² */
	struct passing *passing;	/* in out, ascending */
	size_t n_passing, passing_size;
	int fds[FDS_MAX];		/* received */
	size_t n_fds;

	unsigned int busy;		/* our frames on the stack: memory must stay */
	bool dead;			/* ipc_free was called meanwhile */
	bool closed;			/* on_closed was called */
	bool mute;			/* the peer takes nothing more; what it sent is still read */
};

static void
put_u32(unsigned char *p, uint32_t v)
{
	p[0] = (unsigned char)(v >> 24);
	p[1] = (unsigned char)(v >> 16);
	p[2] = (unsigned char)(v >> 8);
	p[3] = (unsigned char)v;
}

static uint32_t
get_u32(const char *p)
{
	const unsigned char *u = (const unsigned char *)p;

	return (uint32_t)u[0] << 24 | (uint32_t)u[1] << 16 | (uint32_t)u[2] << 8 | u[3];
}

static void
head_make(unsigned char head[HEAD_BYTES], uint16_t type, size_t payload, bool with_fd)
{
	put_u32(head, (uint32_t)(payload + 2) | (with_fd ? FD_BIT : 0));
	head[4] = (unsigned char)(type >> 8);
	head[5] = (unsigned char)type;
}

/* A whole frame off the front of in: its payload, and how long it is; 0: not yet whole, -1: broken. */
static int
head_read(struct str in, uint16_t *type, struct str *payload, bool *with_fd, size_t *frame)
{
	uint32_t n;

	if (in.n < HEAD_BYTES)
		return 0;
	n = get_u32(in.p);
	*with_fd = (n & FD_BIT) != 0;
	n &= ~FD_BIT;
	if (n < 2 || n > IPC_FRAME_MAX)
		return -1;
	if (in.n - 4 < n)
		return 0;
	*type = (uint16_t)((unsigned char)in.p[4] << 8 | (unsigned char)in.p[5]);
	*payload = str_sub(in, HEAD_BYTES, n - 2);
	*frame = 4 + (size_t)n;
	return 1;
}

bool
ipc_idle(const struct ipc *c)
{
	return c->mute || c->sent == c->out.n;
}

static void
drop_output(struct ipc *c)
{
	for (size_t i = 0; i < c->n_passing; i++)
		io_close(&c->passing[i].fd);
	c->n_passing = 0;
	c->sent = 0;
	buf_clear(&c->out);
}

static void
drop_input(struct ipc *c)
{
	for (size_t i = 0; i < c->n_fds; i++)
		io_close(&c->fds[i]);
	c->n_fds = 0;
	buf_clear(&c->in);
}

static void
release(struct ipc *c)
{
	if (--c->busy > 0 || !c->dead)
		return;
	drop_input(c);
	free(c->passing);
	free(c);
}

static void
broken(struct ipc *c, const char *why)
{
	if (c->dead || c->closed)
		return;
	c->closed = true;
	loop_fd(c->loop, c->fd, 0, NULL, NULL);
	drop_output(c);
	c->on_closed(c->arg, c, why);
}

/* ---- sending ---- */

/* One sendmsg: up to the next descriptor, or that descriptor with what follows it. -1 with errno. */
static int
send_some(struct ipc *c)
{
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control = { .bytes = { 0 } };
	struct iovec iov = { .iov_base = c->out.p + c->sent, .iov_len = c->out.n - c->sent };
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1 };
	bool with_fd = c->n_passing > 0 && c->passing[0].at == c->sent;
	ssize_t n;

	if (c->n_passing > (with_fd ? 1 : 0))
		iov.iov_len = c->passing[with_fd ? 1 : 0].at - c->sent;
	if (with_fd) {
		m.msg_control = control.bytes;
		m.msg_controllen = sizeof(control.bytes);
		struct cmsghdr *h = CMSG_FIRSTHDR(&m);
		h->cmsg_level = SOL_SOCKET;
		h->cmsg_type = SCM_RIGHTS;
		h->cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(h), &c->passing[0].fd, sizeof(int));
	}
	n = sendmsg(c->fd, &m, MSG_NOSIGNAL | MSG_DONTWAIT);
	if (n == -1)
		return -1;
	if (with_fd) {
		io_close(&c->passing[0].fd);
		c->n_passing--;
		memmove(c->passing, c->passing + 1, c->n_passing * sizeof(*c->passing));
	}
	c->sent += (size_t)n;
	return 0;
}

/* Cut what was sent off the queue, once that is most of it: each byte is moved at most about once. */
static void
shorten_queue(struct ipc *c)
{
	if (c->sent < c->out.n && c->sent < c->out.size / 2)
		return;
	for (size_t i = 0; i < c->n_passing; i++)
		c->passing[i].at -= c->sent;
	buf_drop(&c->out, c->sent);
	c->sent = 0;
	if (c->out.n == 0 && c->out.size > READ_BYTES)
		buf_clear(&c->out);
}

/* As much as the socket takes. -1: it takes nothing any more. */
static int
send_queue(struct ipc *c)
{
	while (c->sent < c->out.n) {
		if (send_some(c) == 0 || errno == EINTR)
			continue;
		if (errno == EAGAIN || errno == ENOBUFS || errno == ETOOMANYREFS)
			break;
		return -1;
	}
	shorten_queue(c);
	return 0;
}

/* ---- receiving ---- */

static int
keep_fds(struct ipc *c, struct msghdr *m)
{
	int rc = 0;

	for (struct cmsghdr *h = CMSG_FIRSTHDR(m); h != NULL; h = CMSG_NXTHDR(m, h)) {
		if (h->cmsg_level != SOL_SOCKET || h->cmsg_type != SCM_RIGHTS)
			continue;
		for (size_t i = 0; i < (h->cmsg_len - CMSG_LEN(0)) / sizeof(int); i++) {
			int fd;
			memcpy(&fd, CMSG_DATA(h) + i * sizeof(int), sizeof(int));
			if (c->n_fds < FDS_MAX) {
				c->fds[c->n_fds++] = fd;
			} else {
				io_close(&fd);
				rc = -1;
			}
		}
	}
	return (m->msg_flags & MSG_CTRUNC) != 0 ? -1 : rc;
}

/* One recvmsg into c->in. 1: got bytes, 0: nothing there now, -1: broken, with the reason. */
static int
receive_some(struct ipc *c, const char **why)
{
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(sizeof(int) * 4)];
	} control;
	struct iovec iov = { .iov_base = buf_room(&c->in, READ_BYTES, NULL), .iov_len = READ_BYTES };
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1, .msg_control = control.bytes,
		.msg_controllen = sizeof(control.bytes) };
	ssize_t n;

	assert(iov.iov_base != NULL);	/* whole frames were taken out: what is left is under IPC_FRAME_MAX */
	n = recvmsg(c->fd, &m, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
	if (n == -1 && (errno == EAGAIN || errno == EINTR))
		return 0;
	if (n == -1) {
		*why = strerror(errno);
		return -1;
	}
	if (keep_fds(c, &m) == -1) {
		*why = "more descriptors than frames";
		return -1;
	}
	if (n == 0) {
		*why = c->in.n > 0 ? "closed inside a frame" : "closed";
		return -1;
	}
	buf_grew(&c->in, (size_t)n);
	return 1;
}

static int
take_fd(struct ipc *c)
{
	int fd = c->n_fds > 0 ? c->fds[0] : -1;

	if (c->n_fds > 0)
		memmove(c->fds, c->fds + 1, --c->n_fds * sizeof(c->fds[0]));
	return fd;
}

/* Hand out every whole frame. The handlers may send, and may free the channel; they cannot make us read again. */
static void
deliver(struct ipc *c)
{
	struct str in = buf_str(&c->in), payload;
	size_t frame;
	uint16_t type;
	bool with_fd;
	int rc;

	while ((rc = head_read(in, &type, &payload, &with_fd, &frame)) == 1) {
		int fd = with_fd ? take_fd(c) : -1;
		if (with_fd && fd == -1) {
			rc = -1;
			break;
		}
		in = str_from(in, frame);
		c->on_message(c->arg, c, type, payload, fd);
		if (c->dead || c->closed)
			return;
	}
	if (rc == -1)
		broken(c, "a frame that is none");
	else
		buf_drop(&c->in, c->in.n - in.n);
}

static int
wanted(const struct ipc *c)
{
	return LOOP_READ | (ipc_idle(c) ? 0 : LOOP_WRITE);
}

static void
on_ready(void *arg, int fd, int ready)
{
	struct ipc *c = arg;
	const char *why = NULL;
	int rc = 0;

	(void)fd;
	c->busy++;
	if ((ready & LOOP_WRITE) != 0 && !c->mute && send_queue(c) == -1) {
		/* What the peer said before it went is still to be read: it may be a result. */
		c->mute = true;
		drop_output(c);
	}
	if ((ready & LOOP_READ) != 0 && (rc = receive_some(c, &why)) == 1)
		deliver(c);
	if (rc == -1)
		broken(c, why);
	if (!c->closed && !c->dead)
		loop_fd(c->loop, c->fd, wanted(c), on_ready, c);
	release(c);
}

/* ---- the channel ---- */

struct ipc *
ipc_new(struct loop *l, int fd, ipc_fn *on_message, ipc_closed_fn *on_closed, void *arg)
{
	struct ipc *c = calloc(1, sizeof(*c));

	if (c == NULL)
		abort();
	c->loop = l;
	c->fd = fd;
	c->on_message = on_message;
	c->on_closed = on_closed;
	c->arg = arg;
	c->in = BUF_CAP(IPC_FRAME_MAX + HEAD_BYTES + READ_BYTES);
	c->out = BUF_CAP(IPC_QUEUE_MAX);
	c->busy = 1;
	loop_fd(l, fd, LOOP_READ, on_ready, c);
	return c;
}

void
ipc_free(struct ipc *c)
{
	if (c == NULL)
		return;
	assert(!c->dead);
	c->dead = true;
	if (!c->closed)
		loop_fd(c->loop, c->fd, 0, NULL, NULL);
	drop_output(c);
	io_close(&c->fd);
	release(c);
}

static void
pass_fd(struct ipc *c, size_t at, int fd)
{
	if (c->n_passing == c->passing_size) {
		c->passing_size = c->passing_size == 0 ? 4 : c->passing_size * 2;
		c->passing = reallocarray(c->passing, c->passing_size, sizeof(*c->passing));
		if (c->passing == NULL)
			abort();
	}
	c->passing[c->n_passing++] = (struct passing){ at, fd };
}

int
ipc_send(struct ipc *c, uint16_t type, struct str payload, int fd_to_pass, struct err *e)
{
	unsigned char head[HEAD_BYTES];
	char *room = NULL;
	size_t at = c->out.n;

	if (c->closed || c->mute)
		(void)err_set(e, ERR_RETRY, "the channel is closed");
	else if (payload.n > IPC_FRAME_MAX - 2)
		(void)err_set(e, ERR_INPUT, "message of %zu bytes, at most %u fit", payload.n,
		    IPC_FRAME_MAX - 2);
	else if ((room = buf_room(&c->out, HEAD_BYTES + payload.n, NULL)) == NULL)
		(void)err_set(e, ERR_RETRY, "the peer does not read: %zu bytes wait for it",
		    c->out.n - c->sent);
	if (room == NULL) {
		io_close(&fd_to_pass);
		return -1;
	}
	head_make(head, type, payload.n, fd_to_pass != -1);
	memcpy(room, head, HEAD_BYTES);
	if (payload.n > 0)
		memcpy(room + HEAD_BYTES, payload.p, payload.n);
	buf_grew(&c->out, HEAD_BYTES + payload.n);
	if (fd_to_pass != -1)
		pass_fd(c, at, fd_to_pass);
	loop_fd(c->loop, c->fd, wanted(c), on_ready, c);
	return 0;
}

int
ipc_flush(struct ipc *c, struct err *e)
{
	while (!c->closed && !ipc_idle(c)) {
		struct pollfd p = { .fd = c->fd, .events = POLLOUT };
		if (send_queue(c) == -1)
			return err_errno(e, "the channel");
		if (ipc_idle(c))
			break;
		int rc = poll(&p, 1, FLUSH_MS);
		if (rc == 0)
			return err_set(e, ERR_RETRY, "the peer has not read for %d seconds", FLUSH_MS / 1000);
		if (rc == -1 && errno != EINTR)
			return err_errno(e, "poll");
	}
	return 0;
}

/* ---- blocking, for the command line ---- */

/* After the patience that ipc_connect() was given. */
static int
call_failed(struct err *e)
{
	if (errno == EAGAIN)
		return err_set(e, ERR_RETRY, "the gateway does not answer: its ledger is busy, or cannot start (see its log)");
	return err_errno(e, "the control socket");
}

int
ipc_call_send(int fd, uint16_t type, struct str payload, struct err *e)
{
	unsigned char head[HEAD_BYTES];
	struct buf frame = BUF_CAP(IPC_FRAME_MAX + HEAD_BYTES);
	struct str rest;
	int rc = -1;

	if (payload.n > IPC_FRAME_MAX - 2)
		return err_set(e, ERR_INPUT, "message of %zu bytes, at most %u fit", payload.n,
		    IPC_FRAME_MAX - 2);
	head_make(head, type, payload.n, false);
	if (buf_put(&frame, str_make((const char *)head, HEAD_BYTES), e) == -1 ||
	    buf_put(&frame, payload, e) == -1)
		goto out;
	for (rest = buf_str(&frame); rest.n > 0;) {
		ssize_t n = send(fd, rest.p, rest.n, MSG_NOSIGNAL);
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1) {
			(void)call_failed(e);
			goto out;
		}
		rest = str_from(rest, (size_t)n);
	}
	rc = 0;
out:
	buf_clear(&frame);
	return rc;
}

static int
read_exactly(int fd, char *p, size_t n, struct err *e)
{
	while (n > 0) {
		ssize_t got = recv(fd, p, n, 0);
		if (got == -1 && errno == EINTR)
			continue;
		if (got == -1)
			return call_failed(e);
		if (got == 0)
			return err_set(e, ERR_RETRY, "the gateway closed the control socket");
		p += got;
		n -= (size_t)got;
	}
	return 0;
}

int
ipc_call_read(struct arena *a, int fd, uint16_t *type, struct str *payload, struct err *e)
{
	char head[HEAD_BYTES];
	uint32_t n;
	char *p;

	if (read_exactly(fd, head, sizeof(head), e) == -1)
		return -1;
	n = get_u32(head);
	if (n < 2 || n > IPC_FRAME_MAX)
		return err_set(e, ERR_INPUT, "the control socket: a frame that is none");
	p = arena_get(a, n - 2 + 1);
	if (read_exactly(fd, p, n - 2, e) == -1)
		return -1;
	*type = (uint16_t)((unsigned char)head[4] << 8 | (unsigned char)head[5]);
	*payload = str_make(p, n - 2);
	return 0;
}
