/* SPDX-License-Identifier: MIT */
/* bar.h: tasks as lines of a terminal. Pure. Private to src/ctl. */
#ifndef CTL_BAR_H
#define CTL_BAR_H

#include <stddef.h>
#include <stdint.h>

struct task;

/*
 * "[#######>            ]  37 %": `width` columns between the brackets (at least
 * 1). A percentage outside of 0..100 is taken for the nearest one; only 100 is full.
 */
void	bar_draw(char *out, size_t size, double percent, int width);
/*
 * Id, status, bar and age of a task in at most `columns` columns, without a
 * newline; `now` is Unix time. What has no room is left out, from the right.
 */
void	bar_task(char *out, size_t size, const struct task *t, int64_t now, int columns);
/* "2h05m", "3m07s" or "9s" for that many seconds; less than none is "0s". */
void	bar_age(char *out, size_t size, int64_t seconds);

#endif
