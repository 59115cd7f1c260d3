/* SPDX-License-Identifier: MIT */
/* attr.h: what the compiler is told about our functions. */
#ifndef ATTR_H
#define ATTR_H

#define MUST_CHECK __attribute__((warn_unused_result))
#define PRINTF_LIKE(fmt, args) __attribute__((format(printf, fmt, args)))
#define NORETURN __attribute__((noreturn))
#define UNUSED __attribute__((unused))

#define NELEM(array) (sizeof(array) / sizeof((array)[0]))

#endif
