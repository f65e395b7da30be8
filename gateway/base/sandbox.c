/* SPDX-License-Identifier: ISC */
#include "gateway/base/sandbox.h"

#include "gateway/base/str.h"

#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <pwd.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define ROLE_UMASK 027

/*
 * What each role may have: this table is the one place for it. System call filters and Landlock rules become further
 * columns here. watch may ask who writes to files that are not ours (F_SETLEASE): an ERP has a user of its own.
 */
static const struct rights {
	const char *role;
	rlim_t descriptors;	/* sessions, spool files and channels at once, with room to spare */
	uint32_t capabilities;	/* kept when root is given up */
} rights[] = {
	{ "ledger", 1024, 0 },
	{ "watch",  256,  1u << CAP_LEASE },
	{ "pack",   256,  0 },
	{ "unpack", 256,  0 },
	{ "send",   2048, 0 },
	{ "listen", 24576, 0 },
	{ "hook",   256,  0 },
	{ "keys",   256,  0 },
};

static const struct rights *
rights_of(const char *role)
{
	static const struct rights others = { "", 1024, 0 };

	for (size_t i = 0; i < N(rights); i++)
		if (strcmp(rights[i].role, role) == 0)
			return &rights[i];
	return &others;
}

/* capset(2) by hand: libcap would be a library more for one call. */
static int
keep_capabilities(uint32_t mask)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = { { .effective = mask,
	    .permitted = mask } };

	return (int)syscall(SYS_capset, &head, data);
}

static int
drop_root(const char *user, uint32_t capabilities, struct err *e)
{
	struct passwd *pw;

	if (geteuid() != 0)
		return 0;
	if (user == NULL || user[0] == '\0')
		return err_set(e, ERR_CONFIG, "started as root without a user to become");
	errno = 0;
	pw = getpwnam(user);
	if (pw == NULL)
		return err_set(e, ERR_CONFIG,
		    "no user \"%s\" on this machine: create it, or set [gateway] user", user);
	if (pw->pw_uid == 0)
		return err_set(e, ERR_CONFIG, "user \"%s\" is root, want one without rights", user);
	if (prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) == -1)
		return err_errno(e, "keep capabilities");
	if (setgroups(1, &pw->pw_gid) == -1 || setresgid(pw->pw_gid, pw->pw_gid, pw->pw_gid) == -1 ||
	    setresuid(pw->pw_uid, pw->pw_uid, pw->pw_uid) == -1)
		return err_errno(e, "become user %s", user);
	if (keep_capabilities(capabilities) == -1)
		return err_errno(e, "drop capabilities");
	if (setuid(0) != -1)
		return err_set(e, ERR_CONFIG, "could not give up root for good");
	return 0;
}

static int
limit(__rlimit_resource_t what, rlim_t soft_max, struct err *e)
{
	struct rlimit r;

	if (getrlimit(what, &r) == -1)
		return err_errno(e, "getrlimit");
	if (r.rlim_max > soft_max)
		r.rlim_max = soft_max;
	r.rlim_cur = r.rlim_max;
	return setrlimit(what, &r) == -1 ? err_errno(e, "setrlimit") : 0;
}

int
sandbox_enter(const char *role, const char *user, struct err *e)
{
	const struct rights *r = rights_of(role);

	(void)umask(ROLE_UMASK);
	if (drop_root(user, r->capabilities, e) == -1 || limit(RLIMIT_CORE, 0, e) == -1 ||
	    limit(RLIMIT_NOFILE, r->descriptors, e) == -1)
		return err_add(e, "sandbox");
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1)
		return err_errno(e, "sandbox: no_new_privs");
#ifndef __SANITIZE_ADDRESS__	/* the leak checker attaches to its own process */
	/* Keys lie in memory: no core, no ptrace, no /proc/PID/mem for others of the same user. */
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == -1)
		return err_errno(e, "sandbox: dumpable");
#endif
	return 0;
}

int
sandbox_seal(struct err *e)
{
#ifndef __SANITIZE_ADDRESS__	/* the leak checker starts a process that reads /proc */
	if (limit(RLIMIT_NOFILE, 0, e) == -1 || limit(RLIMIT_NPROC, 0, e) == -1)
		return err_add(e, "sandbox");
#endif
	(void)e;
	return 0;
}
