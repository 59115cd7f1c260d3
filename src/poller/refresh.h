/* refresh.h: renewing access tokens. */
#ifndef POLLER_REFRESH_H
#define POLLER_REFRESH_H

#include <stdbool.h>

struct account;
struct account_result;
struct poller;

/*
 * The upstream refused the account's token. True when it is being renewed, or
 * will be: its jobs wait. False when it cannot be, or just was.
 */
bool	refresh_begin(struct account *acc);
/* Whether the account's jobs wait for a new token. */
bool	refresh_waits(const struct account *acc);
/* Once a second: what has to be stored or tried again. */
void	refresh_continue(struct poller *p);
/* The account is about to go. */
void	refresh_cancel(struct account *acc);
/* Tokens that end soon. */
void	refresh_due(struct poller *p);
/* What came of renewing the token of the account `arg`. */
void	refresh_told(void *arg, const struct account_result *r);

#endif
