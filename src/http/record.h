/*
 * record.h: FastCGI records of a request that libfcgi no longer has; private
 * to src/http. FastCGI specification, sections 3.3, 5.3 and 5.5.
 */
#ifndef HTTP_RECORD_H
#define HTTP_RECORD_H

#include "buf.h"

/* Appends the bytes as FCGI_STDOUT records; false beyond the buffer's limit. */
bool	record_stdout(struct buf *out, int request_id, const void *data, size_t len);
/* Appends the end of FCGI_STDOUT and FCGI_END_REQUEST. */
bool	record_end(struct buf *out, int request_id);

#endif
