# SPDX-License-Identifier: MIT
# A target fuzz_x is its file fuzz_x.c with a corpus in corpus/x: add it to
# fuzz_targets and give it an _LDADD like the others'. Without libFuzzer it is a
# TAP test that driver.c runs over the corpus and mutations of it.
fuzz_targets = \
	tests/fuzz/fuzz_account \
	tests/fuzz/fuzz_answer \
	tests/fuzz/fuzz_options \
	tests/fuzz/fuzz_form \
	tests/fuzz/fuzz_generation \
	tests/fuzz/fuzz_json \
	tests/fuzz/fuzz_multipart \
	tests/fuzz/fuzz_openai \
	tests/fuzz/fuzz_prompt \
	tests/fuzz/fuzz_proxy \
	tests/fuzz/fuzz_request \
	tests/fuzz/fuzz_sandbox \
	tests/fuzz/fuzz_server \
	tests/fuzz/fuzz_services \
	tests/fuzz/fuzz_sora \
	tests/fuzz/fuzz_toml

check_PROGRAMS += $(fuzz_targets)
noinst_HEADERS += tests/fuzz/fuzz.h

if FUZZER
FUZZ_LDADD = $(FUZZ_ENGINE) $(LIBS_ALL)
else
FUZZ_LDADD = tests/fuzz/libdriver.a $(LIBS_ALL)
check_LIBRARIES += tests/fuzz/libdriver.a
tests_fuzz_libdriver_a_SOURCES = tests/fuzz/driver.c
fuzz_tests = $(fuzz_targets)
TESTS += $(fuzz_tests)
endif

tests_fuzz_fuzz_account_LDADD = $(FUZZ_LDADD)
tests_fuzz_fuzz_answer_LDADD = $(FUZZ_LDADD)
tests_fuzz_fuzz_options_LDADD = $(FUZZ_LDADD)
tests_fuzz_fuzz_form_LDADD = $(FUZZ_LDADD)
tests_fuzz_fuzz_generation_LDADD = $(FUZZ_LDADD)
tests_fuzz_fuzz_json_LDADD = $(FUZZ_LDADD)
tests_fuzz_fuzz_multipart_LDADD = $(FUZZ_LDADD)
tests_fuzz_fuzz_openai_LDADD = $(FUZZ_LDADD)
tests_fuzz_fuzz_prompt_LDADD = $(FUZZ_LDADD)
tests_fuzz_fuzz_proxy_LDADD = $(FUZZ_LDADD)
tests_fuzz_fuzz_request_LDADD = $(FUZZ_LDADD)
tests_fuzz_fuzz_sandbox_LDADD = $(FUZZ_LDADD) -lm
tests_fuzz_fuzz_server_LDADD = $(FUZZ_LDADD)
tests_fuzz_fuzz_services_LDADD = $(FUZZ_LDADD)
tests_fuzz_fuzz_sora_LDADD = $(FUZZ_LDADD)
tests_fuzz_fuzz_toml_LDADD = $(FUZZ_LDADD)

EXTRA_DIST += tests/fuzz/corpus
