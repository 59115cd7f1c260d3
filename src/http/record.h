/* SPDX-License-Identifier: MIT */
/*
 * record.h: FastCGI records of a request that libfcgi no longer has; private
 * to src/http. FastCGI specification, sections 3.3, 5.3 and 5.5.
 */
#ifndef HTTP_RECORD_H
#define HTTP_RECORD_H

#include "buf.h"

enum record_progress {		/* how much of a request has arrived */
	RECORD_PART,		/* its parameters have not */
	RECORD_HEAD,		/* its parameters have, its body has not */
	RECORD_WHOLE,
	RECORD_BROKEN,		/* not FastCGI; libfcgi will refuse it */
};

/*
 * Judges the first `len` bytes of a connection by the record lengths alone; contents are
 * not looked at.
 */
enum record_progress record_look(const void *data, size_t len);
/* Appends the bytes as FCGI_STDOUT records; false beyond the buffer's limit. */
bool	record_stdout(struct buf *out, int request_id, const void *data, size_t len);
/* Appends the end of FCGI_STDOUT and FCGI_END_REQUEST. */
bool	record_end(struct buf *out, int request_id);

#endif
