/* SPDX-License-Identifier: ISC */
/*
 * readable.so - LD_PRELOADed into a role, it keeps it from hiding its memory from others of the same user, so that a
 * test can look whether there is a secret in it.
 */
#include <stdarg.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef PR_SET_PTRACER
#define PR_SET_PTRACER 0x59616d61
#endif

int
prctl(int option, ...)
{
	unsigned long args[4];
	va_list ap;

	va_start(ap, option);
	for (int i = 0; i < 4; i++)
		args[i] = va_arg(ap, unsigned long);
	va_end(ap);
	if (option == PR_SET_DUMPABLE) {
		(void)syscall(SYS_prctl, PR_SET_PTRACER, -1UL, 0, 0, 0);
		return 0;
	}
	return (int)syscall(SYS_prctl, option, args[0], args[1], args[2], args[3]);
}
