# SPDX-License-Identifier: MIT
# include: the public headers, each in its room; tests/lint/rooms.t reads this.
base_headers = \
	include/address.h \
	include/arena.h \
	include/attr.h \
	include/base64.h \
	include/blank.h \
	include/buf.h \
	include/clock.h \
	include/command_line.h \
	include/conf.h \
	include/conf_import.h \
	include/digest.h \
	include/due.h \
	include/error.h \
	include/file.h \
	include/header.h \
	include/heap.h \
	include/holder.h \
	include/id.h \
	include/json.h \
	include/json_check.h \
	include/log.h \
	include/media_type.h \
	include/meter.h \
	include/notify.h \
	include/number.h \
	include/seal.h \
	include/settings.h \
	include/shared.h \
	include/token_claims.h \
	include/work_clock.h \
	include/xalloc.h
gen_headers = \
	include/capability.h \
	include/character.h \
	include/character_request.h \
	include/chat_request.h \
	include/field.h \
	include/image_request.h \
	include/media_ref.h \
	include/model.h \
	include/outcome.h \
	include/prompt.h \
	include/provider_facts.h \
	include/server_health.h \
	include/step.h \
	include/step_character.h \
	include/task.h \
	include/token.h \
	include/verdict.h \
	include/video.h
store_headers = \
	include/aged.h \
	include/character_store.h \
	include/group.h \
	include/idem.h \
	include/import.h \
	include/lease.h \
	include/leftover.h \
	include/reqlog.h \
	include/session.h \
	include/settings_store.h \
	include/site.h \
	include/stale_file.h \
	include/status.h \
	include/store.h \
	include/store_backup.h \
	include/task_store.h \
	include/token_store.h
http_headers = \
	include/http.h \
	include/lounge.h
upstream_headers = \
	include/account.h \
	include/client.h \
	include/fetch.h \
	include/parse_service.h \
	include/provider.h \
	include/proxy.h \
	include/solver.h \
	include/upstream.h
api_headers = \
	include/app.h \
	include/cancels.h \
	include/throttle.h
noinst_HEADERS += $(base_headers) $(gen_headers) $(store_headers) $(http_headers) \
	$(upstream_headers) $(api_headers)
