/* SPDX-License-Identifier: MIT */
/* account_activate.c: an invite code gives an account the right to make videos. */
#include <stdint.h>

#include "account_impl.h"
#include "arena.h"
#include "id.h"

/* RFC 9562, section 5.4. */
static const char *
new_uuid(struct arena *a)
{
	char h[33];

	id_hex(h, 32);
	h[12] = '4';
	h[16] = "89ab"[id_below(4)];
	return arena_printf(a, "%.8s-%.4s-%.4s-%.4s-%.12s", h, h + 8, h + 12,
	    h + 16, h + 20);
}

/* What a list does not say yet, the accepted code has said. */
static void
finish(struct account_job *j)
{
	j->result.facts.has_sora2 = true;
	j->result.facts.sora2_supported = 1;
	seq_done(j);
}

static void
read_accept(struct account_job *j, const struct outcome *o)
{
	struct account_facts *known = &j->result.facts;

	if (o->verdict != VERDICT_OK) {
		seq_fail(j, o);
		return;
	}
	j->result.status = j->status;
	known->success = o->facts.success;
	known->already_accepted = o->facts.already_accepted;
	if (!known->success) {
		seq_done(j);
		return;
	}
	j->next = finish;
	seq_sora2(j);
}

void
seq_activate(struct account_job *j)
{
	j->in.invite_code = j->order.invite_code;
	j->in.device_id = new_uuid(j->arena);
	seq_send(j, CALL_INVITE_ACCEPT, read_accept);
}
