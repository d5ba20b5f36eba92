/* The least a client can do: prepared bytes, one connection, nothing kept. */
#ifndef TESTS_BENCH_SYNC_BARE_H
#define TESTS_BENCH_SYNC_BARE_H

#include <stdbool.h>

#include <glib.h>

#include "client/base/auto.h"
#include "client/store/store.h"

struct bare;

struct bare *bare_new(int port, const char *token);
void bare_free(struct bare *bare);
DEFINE_AUTO(bare, bare_free)

/* The status of the reply, 0 without one; the reply itself is dropped. */
long bare_post(
	struct bare *bare, const char *path, const char *data, size_t len);

/* Every batch the link would send of this store, one after the other in a file:
 * eight bytes of length, then the bytes. */
bool bare_prepare(struct store *store, const char *path, GError **error);
/* The bodies alone, one in a line: for peers. */
bool bare_bodies(struct store *store, const char *path, GError **error);
/* Posts them all; seconds, or -1 when one was not answered with 207. */
double bare_replay(struct bare *bare, const char *path);

#endif
