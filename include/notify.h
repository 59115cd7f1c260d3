/* SPDX-License-Identifier: MIT */
/*
 * notify.h: tells the service manager how far we are, as sd_notify(3) does.
 */
#ifndef NOTIFY_H
#define NOTIFY_H

/*
 * Sends `state` ("READY=1", "STOPPING=1") to the socket that the environment's
 * NOTIFY_SOCKET names. Without one, or when nobody takes it, nothing happens:
 * a manager that waits has a time-out of its own. Does not block. Any thread.
 */
void	notify_manager(const char *state);

#endif
