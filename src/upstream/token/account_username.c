/* SPDX-License-Identifier: MIT */
/* account_username.c: a name for an account that has none. */
#include "account_impl.h"
#include "arena.h"
#include "id.h"

/* Two of them, a dot and four digits make no more than the 20 characters that a name may have. */
static const char *const words[] = {
	"amber", "arlo", "basil", "bruno", "cedar", "clara", "coral", "dahlia",
	"delta", "ember", "fable", "felix", "flora", "hazel", "heron", "indigo",
	"jasper", "juno", "kestrel", "lark", "linden", "luna", "maple", "marlow",
	"meadow", "milo", "nova", "olive", "orion", "otter", "pearl", "pepper",
	"quill", "raven", "reed", "river", "robin", "rowan", "sable", "sage",
	"sierra", "sparrow", "stella", "theo", "tulip", "violet", "willow", "wren",
};

static const char *
word(void)
{
	return words[id_below((uint32_t)NELEM(words))];
}

/* 1 to 4 digits at the end, the first of them not 0. */
static const char *
new_name(struct arena *a)
{
	static const uint32_t powers[] = { 1, 10, 100, 1000 };
	uint32_t power = powers[id_below((uint32_t)NELEM(powers))];

	return arena_printf(a, "%s%s%s%u", word(), id_below(2) == 0 ? "." : "",
	    word(), power + id_below(9 * power));
}

static void
give_up(struct account_job *j, const struct outcome *o)
{
	if (j->order.work == ACCOUNT_USERNAME)
		seq_note(j, o);
	else
		seq_warn(j, "No user name could be set", o);
	j->named(j);
}

static void
read_set(struct account_job *j, const struct outcome *o)
{
	if (o->verdict == VERDICT_OLD_PATHS && !j->in.old_paths) {
		j->in.old_paths = true;
		seq_send(j, CALL_USERNAME_SET, read_set);
		return;
	}
	j->in.old_paths = false;
	if (o->verdict != VERDICT_OK) {
		give_up(j, o);
	} else if (o->facts.success) {
		j->result.facts.username = o->facts.username;
		j->named(j);
	} else {
		seq_choose_name(j);
	}
}

static void
read_check(struct account_job *j, const struct outcome *o)
{
	if (o->verdict != VERDICT_OK)
		give_up(j, o);
	else if (o->facts.available)
		seq_send(j, CALL_USERNAME_SET, read_set);
	else
		seq_choose_name(j);
}

void
seq_choose_name(struct account_job *j)
{
	static const struct outcome none = { .verdict = VERDICT_OTHER,
	    .message = "None of the names that were tried is free" };

	if (j->names_left <= 0) {
		give_up(j, &none);
		return;
	}
	j->names_left--;
	j->in.username = new_name(j->arena);
	seq_send(j, CALL_USERNAME_CHECK, read_check);
}

static void
read_me(struct account_job *j, const struct outcome *o)
{
	if (!seq_take_me(j, o))
		return;
	j->named = seq_done;
	if (j->result.already_named)
		seq_done(j);
	else
		seq_choose_name(j);
}

void
seq_username(struct account_job *j)
{
	seq_send(j, CALL_ME, read_me);
}
