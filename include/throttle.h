/* SPDX-License-Identifier: MIT */
/*
 * throttle.h: how fast a password may be guessed, by all workers of a site.
 *
 * There is one password, the administrator's. Two things must not work: to guess
 * it, and to keep its owner out by guessing. Three rules see to that:
 *
 * 1. An address waits for its own failures: five are free, then it is 1, 2, 4 ...
 *    300 seconds, until none came for a quarter of an hour. An IPv6 address
 *    counts as its /64, which is what one customer has; an IPv4 one in IPv6's
 *    form counts as itself.
 * 2. Attackers change their address. Once strangers have failed ten times, each
 *    stranger is told to come back in ten seconds, and keeps that turn for a
 *    minute; all who come at their turn are checked one a second. Who never comes
 *    back takes nobody's place, and 86,400 guesses a day are what is left of the
 *    largest attack.
 * 3. An address from which somebody signed in within 90 days is no stranger: for
 *    it the first rule is all there is.
 *
 * So the administrator gets in at once where they were before, and elsewhere after
 * ten seconds, as long as fewer than one attacker's address a second comes back for
 * its turn; beyond that, now and then. Names are not looked at: a login with
 * another name than the administrator's counts the same, so a wait tells nothing.
 *
 * Addresses are found by a hash with a secret of the site: nobody can choose one
 * that falls together with another's. An address that waits, or has a turn, is
 * never forgotten for another; when there is no room, strangers wait.
 *
 * All of it is in a file that the workers of a database share, which outlives them.
 * Times are ms of the wall clock; a clock that steps back makes nobody wait longer.
 */
#ifndef THROTTLE_H
#define THROTTLE_H

#include <stdint.h>

/*
 * Maps "<database>.logins". When that fails, it says so in the log, and this
 * process counts for itself alone. Once, before threads.
 */
void	throttle_open(const char *database);
void	throttle_close(void);

/*
 * Before a password is looked at: the seconds that this address must wait, or 0,
 * and then the try counts as a failure until throttle_succeeded, so that many at
 * once are no way around. NULL is an address, too. Any thread.
 */
int	throttle_begin(const char *address, int64_t now_ms);
/* The password was right: the address is remembered for that. */
void	throttle_succeeded(const char *address, int64_t now_ms);

#endif
