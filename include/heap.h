/* SPDX-License-Identifier: MIT */
/*
 * heap.h: what is due next: a binary heap of timers.
 *
 * A timer is a member of whatever it belongs to, so nothing is allocated for it:
 *
 *	struct job { ...; struct heap_node due; };
 *	struct heap_node *n = heap_take(&heap, now);
 *	struct job *job = n == NULL ? NULL : heap_entry(n, struct job, due);
 *
 * Of timers with the same time, the one that was set first comes first. A zeroed
 * heap is empty, and a zeroed node is in none. One thread at a time.
 */
#ifndef HEAP_H
#define HEAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct heap_node {
	int64_t		 when;		/* in the caller's unit */
	uint64_t	 order;		/* among those of the same time */
	size_t		 place;		/* in its heap, from 1; 0: in none */
};

struct heap {			/* its members are heap.c's */
	struct heap_node **nodes;
	size_t		 n, room;
	uint64_t	 set;		/* timers so far */
};

/* What the node is a member of. */
#define heap_entry(node, type, member) \
	((type *)(void *)((char *)(node) - offsetof(type, member)))

/* Puts the node in, or, when it is in this heap already, moves it. O(log n). */
void	heap_set(struct heap *h, struct heap_node *node, int64_t when);
/* Takes the node out of its heap, which must be `h`; nothing when it is in none. O(log n). */
void	heap_remove(struct heap *h, struct heap_node *node);
/* The earliest, which stays in; NULL: the heap is empty. */
struct heap_node *heap_first(const struct heap *h);
/* Takes out the earliest that is not later than `now`; NULL: there is none. */
struct heap_node *heap_take(struct heap *h, int64_t now);
/* Whether the node is in a heap. */
bool	heap_has(const struct heap_node *node);
/* Empties it and frees what it holds; the nodes are the caller's. */
void	heap_clear(struct heap *h);

#endif
