# SPDX-License-Identifier: MIT
TEST_EXTENSIONS = .t
LOG_DRIVER = env AM_TAP_AWK='$(AWK)' $(SHELL) $(top_srcdir)/build-aux/tap-driver.sh
T_LOG_DRIVER = $(LOG_DRIVER)
T_LOG_COMPILER = $(SHELL)
AM_TESTS_ENVIRONMENT = \
	abs_top_srcdir='$(abs_top_srcdir)'; export abs_top_srcdir; \
	abs_top_builddir='$(abs_top_builddir)'; export abs_top_builddir;

# The longest begins first, and the others run beside it.
TESTS += tests/e2e/soak.t

include tests/unit/local.mk
include tests/fuzz/local.mk
include tests/lint/local.mk
include tests/e2e/local.mk
include tests/install/local.mk
include tests/package/local.mk
include tests/systems/local.mk
include tests/sdk/local.mk
include tests/bench/local.mk

# What needs no other program: quick, also under sanitizers and valgrind.
check-units:
	$(MAKE) $(AM_MAKEFLAGS) check TESTS='$(unit_tests) $(fuzz_tests)'
.PHONY: check-units
