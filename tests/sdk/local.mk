# SPDX-License-Identifier: MIT
# The official client, installed in the build directory.
TESTS += tests/sdk/chained.t tests/sdk/videos.t

EXTRA_DIST += \
	tests/sdk/.npmrc \
	tests/sdk/chained.mjs \
	tests/sdk/chained.t \
	tests/sdk/client.sh \
	tests/sdk/package-lock.json \
	tests/sdk/package.json \
	tests/sdk/tap.mjs \
	tests/sdk/videos.mjs \
	tests/sdk/videos.t

mostlyclean-local: clean-sdk
.PHONY: clean-sdk
clean-sdk:
	rm -rf tests/sdk/run tests/sdk/run.lock
