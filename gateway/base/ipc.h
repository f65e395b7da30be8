/* SPDX-License-Identifier: ISC */
/*
 * ipc.h - framed messages over a unix stream socket, with at most one file descriptor each.
 * Frame: u32 length of what follows (its top bit: a descriptor comes along), u16 type, payload; big-endian.
 * What a type means is msg.h's business. A frame over IPC_FRAME_MAX, or a broken one, is ERR_INPUT: close that channel.
 * Sending never blocks: bytes queue in memory (capped) and go out from the loop.
 */
#ifndef EDIGATE_BASE_IPC_H
#define EDIGATE_BASE_IPC_H

#include "gateway/base/buf.h"
#include "gateway/base/arena.h"
#include "gateway/base/loop.h"

#define IPC_FRAME_MAX (1u << 20)
#define IPC_QUEUE_MAX (64u << 20)

struct ipc;

/* type and payload of one frame; payload is lent for the call; fd is -1 or now the callee's to close. */
typedef void ipc_fn(void *arg, struct ipc *c, uint16_t type, struct str payload, int fd);
typedef void ipc_closed_fn(void *arg, struct ipc *c, const char *why);	/* peer gone or channel broken */

/* Takes fd. The handlers are called from the loop. After closed was called only ipc_free() is allowed. */
struct ipc *ipc_new(struct loop *l, int fd, ipc_fn *on_message, ipc_closed_fn *on_closed,
    void *arg);
void ipc_free(struct ipc *c);					/* NULL ok; closes the fd */

int ipc_send(struct ipc *c, uint16_t type, struct str payload, int fd_to_pass, struct err *e);
					/* fd -1: none; else ipc owns it from here, also when it fails, and closes it when sent */
bool ipc_idle(const struct ipc *c);				/* nothing left to send */
int ipc_flush(struct ipc *c, struct err *e);			/* block until everything is sent: before exit */

/* Blocking, for command line clients: one frame out, one in. payload is the arena's. */
int ipc_call_send(int fd, uint16_t type, struct str payload, struct err *e);
int ipc_call_read(struct arena *a, int fd, uint16_t *type, struct str *payload, struct err *e);

int ipc_listen(const char *path, struct err *e);		/* unix socket, mode 0660, CLOEXEC; stale one replaced */

/* Blocking fd, or -1 with ERR_RETRY. patience_s: how long each call on it waits for the other side; 0: for ever. */
int ipc_connect(const char *path, unsigned int patience_s, struct err *e);

#endif
