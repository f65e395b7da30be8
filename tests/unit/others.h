/* SPDX-License-Identifier: ISC */
/* others.h - what is not our leak: some CMS_verify() of libcrypto 3.0 lose a BIO; a child that is to end in the middle. */
#pragma once

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/lsan_interface.h>
#define OTHERS_BEGIN() __lsan_disable()
#define OTHERS_END()   __lsan_enable()
#else
#define OTHERS_BEGIN() ((void)0)
#define OTHERS_END()   ((void)0)
#endif
