# SPDX-License-Identifier: MIT
# ./bootstrap demo and check on fresh machines: by hand, as root, for it takes
# an hour and more. make check-systems systems='-u root trixie'
.PHONY: check-systems
check-systems:
	$(srcdir)/tests/systems/run -d systems $(systems)

# The suite three times, beside four busy loops.
.PHONY: check-busy
check-busy:
	MAKE='$(MAKE)' $(srcdir)/tests/systems/busy

EXTRA_DIST += \
	tests/systems/busy \
	tests/systems/enter \
	tests/systems/run
