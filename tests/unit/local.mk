# SPDX-License-Identifier: MIT
# tests/unit
# Each program is its file test_<name>.c; LDADD is for those that name none.
# cmocka 2 has other names for some of cmocka 1's, which we use with both.
AM_CPPFLAGS += -DCMOCKA_DISABLE_DEPRECATION_WARNINGS
LDADD = $(LIBS_ALL) $(CMOCKA_LIBS)
unit_tests =
if HAVE_CMOCKA
check_PROGRAMS += $(unit_tests)
TESTS += $(unit_tests)
endif

unit_tests += \
	tests/unit/test_arena \
	tests/unit/test_blank \
	tests/unit/test_base64 \
	tests/unit/test_buf \
	tests/unit/test_clock \
	tests/unit/test_conf \
	tests/unit/test_digest \
	tests/unit/test_due \
	tests/unit/test_error \
	tests/unit/test_file \
	tests/unit/test_heap \
	tests/unit/test_id \
	tests/unit/test_json \
	tests/unit/test_json_check \
	tests/unit/test_log \
	tests/unit/test_media_type \
	tests/unit/test_meter \
	tests/unit/test_notify \
	tests/unit/test_number \
	tests/unit/test_seal

TESTS += tests/unit/test_manual.t
EXTRA_DIST += tests/unit/test_manual.t

unit_tests += \
	tests/unit/test_model \
	tests/unit/test_prompt \
	tests/unit/test_sora_build \
	tests/unit/test_sora_error \
	tests/unit/test_sora_lists
sora_data = tests/unit/sora_data.c tests/unit/sora_data.h
tests_unit_test_sora_build_SOURCES = tests/unit/test_sora_build.c $(sora_data)
tests_unit_test_sora_error_SOURCES = tests/unit/test_sora_error.c $(sora_data)
tests_unit_test_sora_lists_SOURCES = tests/unit/test_sora_lists.c $(sora_data)
EXTRA_DIST += \
	tests/unit/data/sora/challenge.html \
	tests/unit/data/sora/create.json \
	tests/unit/data/sora/draft.json \
	tests/unit/data/sora/draft_wrapped.json \
	tests/unit/data/sora/drafts.json \
	tests/unit/data/sora/error_concurrent.json \
	tests/unit/data/sora/error_country.json \
	tests/unit/data/sora/error_heavy_load.json \
	tests/unit/data/sora/error_invalid_request.json \
	tests/unit/data/sora/error_no_bearer.json \
	tests/unit/data/sora/error_people.json \
	tests/unit/data/sora/error_phone.json \
	tests/unit/data/sora/error_rate_limit_exhausted.json \
	tests/unit/data/sora/error_sentinel_block.json \
	tests/unit/data/sora/error_token_invalidated.json \
	tests/unit/data/sora/pending_v1.json \
	tests/unit/data/sora/pending_v2.json \
	tests/unit/data/sora/quota.json \
	tests/unit/data/sora/request_image.json \
	tests/unit/data/sora/request_remix.json \
	tests/unit/data/sora/request_storyboard.json \
	tests/unit/data/sora/request_text.json \
	tests/unit/data/sora/upload.json

unit_tests += \
	tests/unit/test_address \
	tests/unit/test_answer_json \
	tests/unit/test_client \
	tests/unit/test_client_body \
	tests/unit/test_client_many \
	tests/unit/test_client_proxy \
	tests/unit/test_client_server \
	tests/unit/test_client_names \
	tests/unit/test_fetch \
	tests/unit/test_link \
	tests/unit/test_text
tcp_server = tests/unit/tcp_server.c tests/unit/tcp_server.h
client_play = tests/unit/client_play.c tests/unit/client_play.h $(tcp_server)
tests_unit_test_client_SOURCES = tests/unit/test_client.c $(client_play)
tests_unit_test_client_body_SOURCES = tests/unit/test_client_body.c $(client_play)
tests_unit_test_client_many_SOURCES = tests/unit/test_client_many.c $(client_play)
tests_unit_test_client_proxy_SOURCES = tests/unit/test_client_proxy.c $(client_play)
tests_unit_test_client_names_SOURCES = tests/unit/test_client_names.c $(client_play)
tests_unit_test_client_server_SOURCES = tests/unit/test_client_server.c $(client_play)
tests_unit_test_fetch_SOURCES = tests/unit/test_fetch.c $(tcp_server)

unit_tests += \
	tests/unit/test_sandbox_input \
	tests/unit/test_sandbox_manners \
	tests/unit/test_sandbox_manual \
	tests/unit/test_sandbox_markers \
	tests/unit/test_sandbox_place \
	tests/unit/test_sandbox_timeline
tests_unit_test_sandbox_input_LDADD = $(LDADD) -lm
tests_unit_test_sandbox_manners_LDADD = $(LDADD) -lm
tests_unit_test_sandbox_manual_LDADD = $(LDADD) -lm
tests_unit_test_sandbox_markers_LDADD = $(LDADD) -lm
tests_unit_test_sandbox_timeline_LDADD = $(LDADD) -lm

unit_tests += \
	tests/unit/test_form \
	tests/unit/test_lounge \
	tests/unit/test_multipart \
	tests/unit/test_request \
	tests/unit/test_response \
	tests/unit/test_listen \
	tests/unit/test_router \
	tests/unit/test_server \
	tests/unit/test_routes

unit_tests += \
	tests/unit/test_account \
	tests/unit/test_account_refresh \
	tests/unit/test_account_run \
	tests/unit/test_proxy \
	tests/unit/test_sora_account
account_play = tests/unit/account_play.c tests/unit/account_play.h $(sora_data)
tests_unit_test_account_SOURCES = tests/unit/test_account.c $(account_play)
tests_unit_test_account_refresh_SOURCES = tests/unit/test_account_refresh.c $(account_play)
tests_unit_test_account_run_SOURCES = tests/unit/test_account_run.c $(tcp_server)
tests_unit_test_sora_account_SOURCES = tests/unit/test_sora_account.c $(sora_data)

# These have a database of their own: see fixture.h and fixture_http.h.
site_fixture = tests/unit/fixture.c tests/unit/fixture.h
http_fixture = tests/unit/fixture_http.c tests/unit/fixture_http.h $(site_fixture)
poller_fixture = tests/unit/fixture_poller.c tests/unit/fixture_poller.h $(site_fixture)
unit_tests += \
	tests/unit/test_accept \
	tests/unit/test_app \
	tests/unit/test_cancels \
	tests/unit/test_throttle \
	tests/unit/test_decide \
	tests/unit/test_errors \
	tests/unit/test_field \
	tests/unit/test_group \
	tests/unit/test_history \
	tests/unit/test_idem \
	tests/unit/test_token_claims \
	tests/unit/test_lease \
	tests/unit/test_media \
	tests/unit/test_reserve \
	tests/unit/test_settings \
	tests/unit/test_statements \
	tests/unit/test_step \
	tests/unit/test_step_end \
	tests/unit/test_store \
	tests/unit/test_task \
	tests/unit/test_token \
	tests/unit/test_token_change \
	tests/unit/test_video \
	tests/unit/test_video_json
tests_unit_test_accept_SOURCES = tests/unit/test_accept.c $(site_fixture)
tests_unit_test_app_SOURCES = tests/unit/test_app.c $(http_fixture)
tests_unit_test_cancels_SOURCES = tests/unit/test_cancels.c $(site_fixture)
tests_unit_test_decide_SOURCES = tests/unit/test_decide.c $(site_fixture)
tests_unit_test_errors_SOURCES = tests/unit/test_errors.c $(http_fixture)
tests_unit_test_field_SOURCES = tests/unit/test_field.c tests/unit/fixture.h
tests_unit_test_group_SOURCES = tests/unit/test_group.c $(site_fixture)
tests_unit_test_history_SOURCES = tests/unit/test_history.c $(site_fixture)
tests_unit_test_idem_SOURCES = tests/unit/test_idem.c $(site_fixture)
tests_unit_test_token_claims_SOURCES = tests/unit/test_token_claims.c tests/unit/fixture.h
tests_unit_test_lease_SOURCES = tests/unit/test_lease.c $(site_fixture)
tests_unit_test_media_SOURCES = tests/unit/test_media.c $(http_fixture)
tests_unit_test_reserve_SOURCES = tests/unit/test_reserve.c $(site_fixture)
tests_unit_test_settings_SOURCES = tests/unit/test_settings.c $(site_fixture)
tests_unit_test_statements_SOURCES = tests/unit/test_statements.c $(site_fixture)
tests_unit_test_step_SOURCES = tests/unit/test_step.c tests/unit/fixture.h
tests_unit_test_step_end_SOURCES = tests/unit/test_step_end.c tests/unit/fixture.h
tests_unit_test_store_SOURCES = tests/unit/test_store.c $(site_fixture)
tests_unit_test_task_SOURCES = tests/unit/test_task.c $(site_fixture)
tests_unit_test_token_SOURCES = tests/unit/test_token.c $(site_fixture)
tests_unit_test_token_change_SOURCES = tests/unit/test_token_change.c $(site_fixture)
tests_unit_test_video_SOURCES = tests/unit/test_video.c tests/unit/fixture.h
tests_unit_test_video_json_SOURCES = tests/unit/test_video_json.c $(http_fixture)

# helper services of the operator
unit_tests += \
	tests/unit/test_parse_service \
	tests/unit/test_solver \
	tests/unit/test_sora_post \
	tests/unit/test_step_post
tests_unit_test_parse_service_SOURCES = tests/unit/test_parse_service.c
tests_unit_test_solver_SOURCES = tests/unit/test_solver.c $(site_fixture)
tests_unit_test_sora_post_SOURCES = tests/unit/test_sora_post.c $(sora_data)
tests_unit_test_step_post_SOURCES = tests/unit/test_step_post.c tests/unit/fixture.h

# sora2apictl
unit_tests += \
	tests/unit/test_conf_import \
	tests/unit/test_ctl_bar \
	tests/unit/test_retry \
	tests/unit/test_toml
tests_unit_test_conf_import_SOURCES = tests/unit/test_conf_import.c $(site_fixture)
tests_unit_test_ctl_bar_SOURCES = tests/unit/test_ctl_bar.c tests/unit/fixture.h
tests_unit_test_retry_SOURCES = tests/unit/test_retry.c $(site_fixture)
tests_unit_test_toml_SOURCES = tests/unit/test_toml.c tests/unit/fixture.h

# images, characters, public data
unit_tests += \
	tests/unit/test_character_request \
	tests/unit/test_character_task \
	tests/unit/test_chat_request \
	tests/unit/test_chat_events \
	tests/unit/test_image_request \
	tests/unit/test_public_query \
	tests/unit/test_sora_cameo \
	tests/unit/test_sora_image \
	tests/unit/test_sora_public \
	tests/unit/test_step_character \
	tests/unit/test_token_public
tests_unit_test_character_request_SOURCES = tests/unit/test_character_request.c tests/unit/fixture.h
tests_unit_test_character_task_SOURCES = tests/unit/test_character_task.c $(site_fixture)
tests_unit_test_step_character_SOURCES = tests/unit/test_step_character.c tests/unit/fixture.h
tests_unit_test_chat_request_SOURCES = tests/unit/test_chat_request.c tests/unit/fixture.h
tests_unit_test_chat_events_SOURCES = tests/unit/test_chat_events.c tests/unit/fixture.h
tests_unit_test_image_request_SOURCES = tests/unit/test_image_request.c tests/unit/fixture.h
tests_unit_test_sora_cameo_SOURCES = tests/unit/test_sora_cameo.c $(sora_data)
tests_unit_test_sora_image_SOURCES = tests/unit/test_sora_image.c $(sora_data)
tests_unit_test_sora_public_SOURCES = tests/unit/test_sora_public.c $(sora_data)
tests_unit_test_token_public_SOURCES = tests/unit/test_token_public.c $(site_fixture)
EXTRA_DIST += \
	tests/unit/data/sora/answer_feed.json \
	tests/unit/data/sora/answer_search.json \
	tests/unit/data/sora/asset.json \
	tests/unit/data/sora/cameo.json \
	tests/unit/data/sora/create_image.json \
	tests/unit/data/sora/feed.json \
	tests/unit/data/sora/profile.json \
	tests/unit/data/sora/recent.json \
	tests/unit/data/sora/search.json

# OpenAI-compatible servers
unit_tests += \
	tests/unit/test_openai_options \
	tests/unit/test_capability \
	tests/unit/test_server_ask \
	tests/unit/test_token_server
tests_unit_test_capability_SOURCES = tests/unit/test_capability.c $(site_fixture)
tests_unit_test_token_server_SOURCES = tests/unit/test_token_server.c $(site_fixture)

unit_tests += \
	tests/unit/test_inline \
	tests/unit/test_leftover \
	tests/unit/test_openai_build \
	tests/unit/test_openai_error \
	tests/unit/test_openai_odd \
	tests/unit/test_openai_read \
	tests/unit/test_step_job
tests_unit_test_leftover_SOURCES = tests/unit/test_leftover.c $(site_fixture)
openai_case = tests/unit/openai_case.c tests/unit/openai_case.h
tests_unit_test_openai_build_SOURCES = tests/unit/test_openai_build.c $(openai_case)
tests_unit_test_openai_error_SOURCES = tests/unit/test_openai_error.c $(openai_case)
tests_unit_test_openai_odd_SOURCES = tests/unit/test_openai_odd.c $(openai_case)
tests_unit_test_openai_read_SOURCES = tests/unit/test_openai_read.c $(openai_case)
tests_unit_test_step_job_SOURCES = tests/unit/test_step_job.c tests/unit/fixture.h

# the poller's files
unit_tests += \
	tests/unit/test_poller_credentials \
	tests/unit/test_poller_decisions \
	tests/unit/test_poller_outbox \
	tests/unit/test_verdict \
	tests/unit/test_server_health \
	tests/unit/test_token_delete
tests_unit_test_poller_credentials_SOURCES = tests/unit/test_poller_credentials.c $(poller_fixture)
tests_unit_test_poller_decisions_SOURCES = tests/unit/test_poller_decisions.c $(poller_fixture)
tests_unit_test_poller_outbox_SOURCES = tests/unit/test_poller_outbox.c $(poller_fixture) $(tcp_server)
tests_unit_test_token_delete_SOURCES = tests/unit/test_token_delete.c $(site_fixture)

# a provider that only a test has: the folder and its row are all there is of it
unit_tests += tests/provider/test_provider
tests_provider_test_provider_SOURCES = tests/provider/test_provider.c tests/provider/clay.c $(poller_fixture)
