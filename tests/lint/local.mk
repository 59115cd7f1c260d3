# SPDX-License-Identifier: MIT
# tests/lint: what tools and rules say of the source; each skips where its tool is missing.
TESTS += \
	tests/lint/licence.t \
	tests/lint/cppcheck.t \
	tests/lint/rooms.t \
	tests/lint/scripts.t \
	tests/lint/symbols.t
EXTRA_DIST += \
	tests/lint/licence.t \
	tests/lint/cppcheck.t \
	tests/lint/cppcheck.suppressions \
	tests/lint/rooms.t \
	tests/lint/scripts.t \
	tests/lint/symbols.t
