# SPDX-License-Identifier: MIT
# What make install leaves behind, and the units.
INSTALL_TESTS = \
	tests/install/install.t \
	tests/install/units.t

TESTS += $(INSTALL_TESTS)
EXTRA_DIST += $(INSTALL_TESTS)
