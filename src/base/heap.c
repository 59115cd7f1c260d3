/* heap.c: a binary heap of timers; the earliest is at place 1. */
#include "heap.h"

#include <assert.h>
#include <stdlib.h>

#include "log.h"

static bool
is_before(const struct heap_node *a, const struct heap_node *b)
{
	return a->when != b->when ? a->when < b->when : a->order < b->order;
}

static void
put(struct heap *h, struct heap_node *node, size_t place)
{
	h->nodes[place] = node;
	node->place = place;
}

static void
sift_up(struct heap *h, struct heap_node *node)
{
	size_t i = node->place;

	for (; i > 1 && is_before(node, h->nodes[i / 2]); i /= 2)
		put(h, h->nodes[i / 2], i);
	put(h, node, i);
}

static void
sift_down(struct heap *h, struct heap_node *node)
{
	size_t i = node->place;

	for (size_t child; (child = 2 * i) <= h->n; i = child) {
		if (child < h->n &&
		    is_before(h->nodes[child + 1], h->nodes[child]))
			child++;
		if (!is_before(h->nodes[child], node))
			break;
		put(h, h->nodes[child], i);
	}
	put(h, node, i);
}

/* Place 0 is not used. */
static void
grow(struct heap *h)
{
	if (h->n + 1 < h->room)
		return;
	h->room = h->room == 0 ? 64 : 2 * h->room;
	h->nodes = realloc(h->nodes, h->room * sizeof(struct heap_node *));
	if (h->nodes == NULL)
		fatal("out of memory");
}

void
heap_set(struct heap *h, struct heap_node *node, int64_t when)
{
	if (node->place == 0) {
		grow(h);
		put(h, node, ++h->n);
	}
	assert(node->place <= h->n && h->nodes[node->place] == node);
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
	assert(place <= h->n && h->nodes[place] == node);
	last = h->nodes[h->n--];
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
	return h->n == 0 ? NULL : h->nodes[1];
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
		h->nodes[i]->place = 0;
	free(h->nodes);
	*h = (struct heap){ 0 };
}
