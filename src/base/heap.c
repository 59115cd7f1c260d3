/* SPDX-License-Identifier: MIT */
/* heap.c: a binary heap of timers; the earliest is at place 1. */
#include "heap.h"

#include <assert.h>
#include <stdlib.h>

#include "xalloc.h"

static struct heap_node *
at(const struct heap *h, size_t place)
{
	return h->nodes[place - 1];
}

static bool
is_before(const struct heap_node *a, const struct heap_node *b)
{
	return a->when != b->when ? a->when < b->when : a->order < b->order;
}

static void
put(struct heap *h, struct heap_node *node, size_t place)
{
	h->nodes[place - 1] = node;
	node->place = place;
}

static void
sift_up(struct heap *h, struct heap_node *node)
{
	size_t i = node->place;

	for (; i > 1 && is_before(node, at(h, i / 2)); i /= 2)
		put(h, at(h, i / 2), i);
	put(h, node, i);
}

static void
sift_down(struct heap *h, struct heap_node *node)
{
	size_t i = node->place;

	for (size_t child; (child = 2 * i) <= h->n; i = child) {
		if (child < h->n &&
		    is_before(at(h, child + 1), at(h, child)))
			child++;
		if (!is_before(at(h, child), node))
			break;
		put(h, at(h, child), i);
	}
	put(h, node, i);
}

void
heap_set(struct heap *h, struct heap_node *node, int64_t when)
{
	if (node->place == 0) {
		h->nodes = xgrow(h->nodes, h->n, &h->room,
		    sizeof(struct heap_node *));
		put(h, node, ++h->n);
	}
	assert(node->place <= h->n && at(h, node->place) == node);
	node->when = when;
	node->order = h->set++;
	sift_up(h, node);
	sift_down(h, node);
}

void
heap_remove(struct heap *h, struct heap_node *node)
{
	size_t place = node->place;
	struct heap_node *last;

	if (place == 0)
		return;
	assert(place <= h->n && at(h, place) == node);
	last = at(h, h->n--);
	node->place = 0;
	if (last == node)
		return;
	put(h, last, place);
	sift_up(h, last);
	sift_down(h, last);
}

struct heap_node *
heap_first(const struct heap *h)
{
	return h->n == 0 ? NULL : at(h, 1);
}

struct heap_node *
heap_take(struct heap *h, int64_t now)
{
	struct heap_node *first = heap_first(h);

	if (first == NULL || first->when > now)
		return NULL;
	heap_remove(h, first);
	return first;
}

bool
heap_has(const struct heap_node *node)
{
	return node->place != 0;
}

void
heap_clear(struct heap *h)
{
	for (size_t i = 1; i <= h->n; i++)
		at(h, i)->place = 0;
	free(h->nodes);
	*h = (struct heap){ 0 };
}
