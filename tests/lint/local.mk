# tests/lint: what tools say of the source; each skips where its tool is missing.
TESTS += \
	tests/lint/cppcheck.t \
	tests/lint/scripts.t
EXTRA_DIST += \
	tests/lint/cppcheck.t \
	tests/lint/cppcheck.suppressions \
	tests/lint/scripts.t
