/* SPDX-License-Identifier: MIT */
/* account_probe.c: who an account is, and what it may. */
#include "account_impl.h"

/* The last step: a name, if it has none and one is wanted. */
static void
name_it(struct account_job *j)
{
	if (!j->result.already_named && j->names_left > 0) {
		j->named = seq_done;
		seq_choose_name(j);
	} else {
		seq_done(j);
	}
}

/* Who asks from a country that is not served learns nothing; what was done before that stays done. */
static bool
must_stop(const struct account_job *j, const struct outcome *o)
{
	return o->country != NULL && j->order.work == ACCOUNT_PROBE;
}

/* ---- how many videos are left ---- */

static void
read_quota(struct account_job *j, const struct outcome *o)
{
	struct account_result *r = &j->result;

	if (o->verdict == VERDICT_OK || o->quota.known) {
		r->quota = o->quota;
		r->change = o->token;
	} else if (must_stop(j, o)) {
		seq_fail(j, o);
		return;
	} else if (j->status == 404) {	/* it has none, for it may make none */
		r->facts.has_sora2 = true;
		r->facts.sora2_supported = 0;
	} else {
		seq_warn(j, "The remaining videos could not be read", o);
	}
	j->next(j);
}

static void
ask_quota(struct account_job *j)
{
	seq_send(j, CALL_QUOTA, read_quota);
}

/* ---- whether it may make videos ---- */

static void
take_invites(struct account_job *j, const struct account_facts *f)
{
	struct account_facts *known = &j->result.facts;

	if (!f->has_sora2)
		return;
	known->has_sora2 = true;
	known->sora2_supported = f->sora2_supported;
	known->invite_code = f->invite_code;
	known->redeemed_count = f->redeemed_count;
	known->total_count = f->total_count;
}

static void
not_supported(struct account_job *j)
{
	static const struct account_facts none = { .has_sora2 = true };

	take_invites(j, &none);
	j->next(j);
}

static void
read_bootstrap(struct account_job *j, const struct outcome *o)
{
	if (must_stop(j, o)) {
		seq_fail(j, o);
	} else if (o->verdict == VERDICT_OK) {
		seq_sora2(j);
	} else if (o->verdict == VERDICT_FAIL) {
		not_supported(j);
	} else {
		seq_warn(j, "The account could not be activated", o);
		j->next(j);
	}
}

static void
read_invites(struct account_job *j, const struct outcome *o)
{
	if (must_stop(j, o)) {
		seq_fail(j, o);
		return;
	}
	if (o->facts.bootstrap) {
		j->in.bootstrapped = true;
		seq_send(j, CALL_BOOTSTRAP, read_bootstrap);
		return;
	}
	take_invites(j, &o->facts);
	if (o->verdict != VERDICT_OK)
		seq_warn(j, "The invitations could not be read", o);
	if (o->verdict == VERDICT_OK && o->facts.sora2_supported == 1)
		ask_quota(j);
	else
		j->next(j);
}

void
seq_sora2(struct account_job *j)
{
	seq_send(j, CALL_INVITE_MINE, read_invites);
}

/* ---- its plan ---- */

static void
read_plan(struct account_job *j, const struct outcome *o)
{
	struct account_facts *known = &j->result.facts;

	if (o->expired || must_stop(j, o)) {
		seq_fail(j, o);
		return;
	}
	if (o->verdict == VERDICT_OK) {
		known->has_plan = true;
		known->plan_type = o->facts.plan_type;
		known->plan_title = o->facts.plan_title;
		known->subscription_end = o->facts.subscription_end;
	} else {
		seq_warn(j, "The plan could not be read", o);
	}
	j->next = name_it;
	seq_sora2(j);
}

/* ---- who it is ---- */

bool
seq_take_me(struct account_job *j, const struct outcome *o)
{
	struct account_result *r = &j->result;

	if (o->verdict != VERDICT_OK) {
		seq_fail(j, o);
		return false;
	}
	r->status = j->status;
	r->facts.has_me = true;
	r->facts.email = o->facts.email;
	r->facts.name = o->facts.name;
	r->facts.username = o->facts.username;
	r->already_named = o->facts.username != NULL;
	return true;
}

static void
read_me(struct account_job *j, const struct outcome *o)
{
	if (seq_take_me(j, o))
		seq_send(j, CALL_SUBSCRIPTION, read_plan);
}

void
seq_probe(struct account_job *j)
{
	seq_send(j, CALL_ME, read_me);
}
