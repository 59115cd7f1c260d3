# SPDX-License-Identifier: MIT
EXTRA_DIST += \
	debian/changelog \
	debian/control \
	debian/copyright \
	debian/rules \
	debian/sora2api-sandbox.install \
	debian/sora2api.README.Debian \
	debian/sora2api.docs \
	debian/sora2api.examples \
	debian/sora2api.lintian-overrides \
	debian/sora2api.postinst \
	debian/sora2api.postrm \
	debian/sora2api.prerm \
	debian/source/format \
	debian/source/options
