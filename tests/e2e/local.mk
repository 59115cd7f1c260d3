# SPDX-License-Identifier: MIT
# End to end: the programs behind the shipped nginx configuration.
E2E_TESTS = \
	tests/e2e/admin-input.t \
	tests/e2e/admin-pool.t \
	tests/e2e/admin-settings.t \
	tests/e2e/admin.t \
	tests/e2e/bad-jobs.t \
	tests/e2e/batch.t \
	tests/e2e/bodies.t \
	tests/e2e/characters-killed.t \
	tests/e2e/characters.t \
	tests/e2e/chat.t \
	tests/e2e/clock.t \
	tests/e2e/cors.t \
	tests/e2e/crowd.t \
	tests/e2e/ctl-completion.t \
	tests/e2e/ctl-import.t \
	tests/e2e/ctl-input.t \
	tests/e2e/ctl.t \
	tests/e2e/demo-path.t \
	tests/e2e/descriptors.t \
	tests/e2e/disconnects.t \
	tests/e2e/drafts.t \
	tests/e2e/faults.t \
	tests/e2e/handover.t \
	tests/e2e/idempotency.t \
	tests/e2e/image-forms.t \
	tests/e2e/images.t \
	tests/e2e/killed.t \
	tests/e2e/logins.t \
	tests/e2e/logrotate.t \
	tests/e2e/media.t \
	tests/e2e/metrics.t \
	tests/e2e/nginx-errors.t \
	tests/e2e/nginx-twice.t \
	tests/e2e/nginx.t \
	tests/e2e/older-databases.t \
	tests/e2e/openai-content.t \
	tests/e2e/openai-create.t \
	tests/e2e/openai-dialects.t \
	tests/e2e/openai-odd.t \
	tests/e2e/openai-poll.t \
	tests/e2e/openai-restart.t \
	tests/e2e/outage.t \
	tests/e2e/pool.t \
	tests/e2e/proxies.t \
	tests/e2e/public.t \
	tests/e2e/refusals.t \
	tests/e2e/relay.t \
	tests/e2e/restart.t \
	tests/e2e/sandbox-accounts.t \
	tests/e2e/sandbox-characters.t \
	tests/e2e/sandbox-dialects.t \
	tests/e2e/sandbox.t \
	tests/e2e/secrets.t \
	tests/e2e/servers-admin.t \
	tests/e2e/servers-auto.t \
	tests/e2e/services.t \
	tests/e2e/starts.t \
	tests/e2e/store-faults.t \
	tests/e2e/sweep.t \
	tests/e2e/sync.t \
	tests/e2e/unreachable.t \
	tests/e2e/upstream-faults.t \
	tests/e2e/video-routes.t \
	tests/e2e/videos.t

TESTS += $(E2E_TESTS)

EXTRA_DIST += $(E2E_TESTS) \
	tests/e2e/soak.t \
	tests/e2e/admin.sh \
	tests/e2e/character.sh \
	tests/e2e/chat.mjs \
	tests/e2e/clock.sh \
	tests/e2e/ctl.sh \
	tests/e2e/demo.sh \
	tests/e2e/lib.sh \
	tests/e2e/server.sh \
	tests/e2e/stack.sh \
	tests/e2e/video.sh

# Media of the sandbox, shared by the tests, and the logs of failed ones.
mostlyclean-local: clean-e2e
.PHONY: clean-e2e
clean-e2e:
	rm -rf tests/clips tests/e2e/*.logs

# For half an hour, by hand.
.PHONY: soak
soak: all
	$(AM_TESTS_ENVIRONMENT) soak_seconds=$${soak_seconds:-1800} \
		$(SHELL) $(srcdir)/tests/e2e/soak.t
