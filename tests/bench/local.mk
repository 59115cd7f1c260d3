# SPDX-License-Identifier: MIT
# Measurements, by hand: `make bench` prints a line for each figure: name,
# value, unit, target, and whether it was reached.
bench_programs = tests/bench/hello tests/bench/streams tests/bench/choose
check_PROGRAMS += $(bench_programs)
tests_bench_hello_SOURCES = tests/bench/hello.c
tests_bench_hello_LDADD = $(FCGI_LIBS)
tests_bench_streams_SOURCES = tests/bench/streams.c
tests_bench_streams_LDADD =
tests_bench_choose_SOURCES = tests/bench/choose.c
tests_bench_choose_LDADD = $(LIBS_ALL)

benches = \
	tests/bench/throughput.sh \
	tests/bench/polling.sh \
	tests/bench/pool.sh \
	tests/bench/poller.sh \
	tests/bench/lounge.sh \
	tests/bench/churn.sh \
	tests/bench/upstream.sh \
	tests/bench/bodies.sh \
	tests/bench/servers.sh
EXTRA_DIST += tests/bench/bench.sh tests/bench/streams.sh $(benches)

.PHONY: bench
bench: all $(bench_programs)
	@$(AM_TESTS_ENVIRONMENT) for bench in $(benches); do \
		$(SHELL) $(srcdir)/$$bench || exit 1; \
	done
