# SPDX-License-Identifier: MIT
# man
dist_man_MANS += man/sora2api-sandbox.8 man/sora2api-sandbox-control.7
dist_man_MANS += \
	man/sora2api-api.7 \
	man/sora2api-poller.8 \
	man/sora2api-servers.7 \
	man/sora2api.8 \
	man/sora2api.conf.5 \
	man/sora2apictl.8
