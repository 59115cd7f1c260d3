/* SPDX-License-Identifier: MIT */
/* fuzz.h: what a fuzz target defines, for libFuzzer or driver.c. */
#ifndef FUZZ_H
#define FUZZ_H

#include <stddef.h>
#include <stdint.h>

int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

#endif
