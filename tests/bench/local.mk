# Measurements, by hand: `make bench`.
check_PROGRAMS += tests/bench/hello
tests_bench_hello_SOURCES = tests/bench/hello.c
tests_bench_hello_LDADD = $(FCGI_LIBS)

EXTRA_DIST += tests/bench/status.sh

.PHONY: bench
bench: all tests/bench/hello$(EXEEXT)
	$(AM_TESTS_ENVIRONMENT) $(SHELL) $(srcdir)/tests/bench/status.sh
