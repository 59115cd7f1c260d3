# Measurements, by hand: `make bench` prints a line for each figure: name,
# value, unit, target, and whether it was reached.
check_PROGRAMS += tests/bench/hello
tests_bench_hello_SOURCES = tests/bench/hello.c
tests_bench_hello_LDADD = $(FCGI_LIBS)

benches = tests/bench/throughput.sh tests/bench/polling.sh
EXTRA_DIST += tests/bench/bench.sh $(benches)

.PHONY: bench
bench: all tests/bench/hello$(EXEEXT)
	@$(AM_TESTS_ENVIRONMENT) for bench in $(benches); do \
		$(SHELL) $(srcdir)/$$bench || exit 1; \
	done
