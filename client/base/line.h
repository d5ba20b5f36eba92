/* The local protocol: JSON lines over a Unix stream socket.
 *
 * - The socket is 0600 and the peer's user must be ours or root (SO_PEERCRED).
 *   In a shared folder (client/base/file.h) it is 0660, and members of the
 *   socket's group are let in too (SO_PEERGROUPS).
 * - First line both ways: {"hello":"yikou-devd","v":1}. Another version is
 *   answered, flagged and closed.
 * - The server sends the whole state, then {"synced":true}; afterwards events.
 * - {"id":N,"do":VERB,...} from a client is a command and gets exactly one
 *   {"id":N,"ok":true,"result":{...}} or
 *   {"id":N,"ok":false,"error":"link.timeout","detail":"..."}.
 * - A line is at most 64 KiB. Pictures travel as files named by their hash.
 * - A client with more than 256 KiB unread is dropped; it connects again and
 *   gets the state again. */
#ifndef CLIENT_BASE_LINE_H
#define CLIENT_BASE_LINE_H

#include "client/base/line_client.h"
#include "client/base/line_server.h"

enum { LINE_VERSION = 1, LINE_MAX_BYTES = 65536, LINE_MAX_UNREAD = 262144 };

#endif
