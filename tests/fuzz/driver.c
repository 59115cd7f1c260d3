/* SPDX-License-Identifier: MIT */
/*
 * driver.c: runs a fuzz target without libFuzzer: over each file of its corpus,
 * then over mutations of them. The mutations are the same in every run, so what fails
 * can be repeated. Prints TAP.
 *
 *	fuzz_x [corpus [runs]]
 *
 * The corpus of fuzz_x is tests/fuzz/corpus/x in abs_top_srcdir unless given.
 */
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fuzz.h"

#define RUNS		20000
#define INPUT_MAX	65536
#define MAX_FILES	1024

struct input {
	unsigned char	*data;
	size_t		 len;
};

static struct input corpus[MAX_FILES];
static size_t n_inputs;
static unsigned char work[INPUT_MAX];
static size_t work_len;
static const char *target;
static uint64_t random_state = 0x853c49e6748fea9b;

static _Noreturn void
give_up(const char *what, const char *name)
{
	printf("Bail out! %s %s\n", what, name);
	exit(1);
}

/* xorshift64* */
static uint32_t
below(size_t limit)
{
	random_state ^= random_state >> 12;
	random_state ^= random_state << 25;
	random_state ^= random_state >> 27;
	return (uint32_t)((random_state * UINT64_C(0x2545f4914f6cdd1d)) >> 33) %
	    (uint32_t)limit;
}

static void
load_file(int dir, const char *name)
{
	struct input *in = &corpus[n_inputs];
	ssize_t n;
	int fd;

	if ((fd = openat(dir, name, O_RDONLY)) < 0 ||
	    (in->data = malloc(INPUT_MAX)) == NULL ||
	    (n = read(fd, in->data, INPUT_MAX)) < 0)
		give_up("cannot read", name);
	close(fd);
	in->len = (size_t)n;
	n_inputs++;
}

static void
load_corpus(const char *dir)
{
	struct dirent **names;
	int n = scandir(dir, &names, NULL, alphasort);
	int fd = open(dir, O_RDONLY | O_DIRECTORY);

	if (n < 0 || fd < 0)
		give_up("cannot read", dir);
	for (int i = 0; i < n; i++) {
		if (names[i]->d_name[0] != '.' && n_inputs < MAX_FILES)
			load_file(fd, names[i]->d_name);
		free(names[i]);
	}
	free(names);
	close(fd);
}

static void
insert(const unsigned char *data, size_t len)
{
	size_t at = below(work_len + 1);

	if (len > INPUT_MAX - work_len)
		return;
	memmove(work + at + len, work + at, work_len - at);
	memcpy(work + at, data, len);
	work_len += len;
}

static void
cut(void)
{
	size_t at = below(work_len), len = below(work_len - at) + 1;

	memmove(work + at, work + at + len, work_len - at - len);
	work_len -= len;
}

static void
insert_piece_of(const struct input *in)
{
	unsigned char piece[256];
	size_t at, len;

	if (in->len == 0)
		return;
	at = below(in->len);
	len = below(in->len - at < sizeof(piece) ? in->len - at : sizeof(piece)) + 1;
	if (len > in->len - at)
		len = in->len - at;
	memcpy(piece, in->data + at, len);
	insert(piece, len);
}

static void
mutate_once(void)
{
	static const char special[] = "\0\xff\r\n\"\\%&=[]{}:;,-+/'<>09";
	unsigned char byte = (unsigned char)special[below(sizeof(special) - 1)];

	if (work_len == 0) {
		insert(&byte, 1);
		return;
	}
	switch (below(6)) {
	case 0:
		work[below(work_len)] ^= (unsigned char)(1 << below(8));
		break;
	case 1:
		work[below(work_len)] = byte;
		break;
	case 2:
		insert(&byte, 1);
		break;
	case 3:
		cut();
		break;
	default:
		insert_piece_of(&corpus[below(n_inputs)]);
		break;
	}
}

static void
run_mutation(void)
{
	const struct input *in = &corpus[below(n_inputs)];
	size_t changes = 1 + below(8);

	memcpy(work, in->data, in->len);
	work_len = in->len;
	while (changes-- > 0)
		mutate_once();
	LLVMFuzzerTestOneInput(work, work_len);
}

/* Leaves the input behind. Everything here is async-signal-safe. */
static void
on_crash(int signo)
{
	static const char says[] = "Bail out! the input is in crash.bin\n";
	int fd = open("crash.bin", O_WRONLY | O_CREAT | O_TRUNC, 0644);

	if (fd < 0 || write(fd, work, work_len) < 0 ||
	    write(STDOUT_FILENO, says, sizeof(says) - 1) < 0)
		_exit(1);
	signal(signo, SIG_DFL);
	raise(signo);
}

static void
default_corpus(const char *program, char path[4096])
{
	const char *top = getenv("abs_top_srcdir"), *name = strstr(program, "fuzz_");

	for (const char *p = name; p != NULL; p = strstr(p + 1, "fuzz_"))
		name = p;
	if (name == NULL)
		give_up("no corpus for", program);
	target = name;
	snprintf(path, 4096, "%s/tests/fuzz/corpus/%s",
	    top == NULL ? "." : top, name + 5);
}

int
main(int argc, char **argv)
{
	char path[4096];
	long runs = argc > 2 ? atol(argv[2]) : RUNS;

	default_corpus(argv[0], path);
	setvbuf(stdout, NULL, _IOLBF, 0);
	load_corpus(argc > 1 ? argv[1] : path);
	if (n_inputs == 0)
		give_up("no corpus in", argc > 1 ? argv[1] : path);
	printf("1..2\n");
	signal(SIGABRT, on_crash);
	signal(SIGSEGV, on_crash);
	for (size_t i = 0; i < n_inputs; i++) {
		memcpy(work, corpus[i].data, corpus[i].len);
		work_len = corpus[i].len;
		LLVMFuzzerTestOneInput(work, work_len);
	}
	printf("ok 1 - %s takes its corpus of %zu files\n", target, n_inputs);
	for (long i = 0; i < runs; i++)
		run_mutation();
	printf("ok 2 - %s takes %ld mutations\n", target, runs);
	for (size_t i = 0; i < n_inputs; i++)
		free(corpus[i].data);
	return 0;
}
