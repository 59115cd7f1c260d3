# SPDX-License-Identifier: MIT
# The Debian packages in a fresh Debian: by hand, as root, for it takes minutes.
.PHONY: check-package
check-package: dist
	$(srcdir)/tests/package/run $(distdir).tar.xz packages

EXTRA_DIST += \
	tests/package/demo \
	tests/package/run
