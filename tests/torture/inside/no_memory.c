/* SQLite's allocations fail to order, in programs of the tests:
 * NO_MEMORY_AT=N, the N-th one; NO_MEMORY_FROM=N, all from the N-th on. */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

#include <glib.h>
#include <sqlite3.h>

static struct {
	sqlite3_mem_methods real;
	int64_t left;
	bool for_ever;
} memory;

static bool fails(void)
{
	if (memory.left == 0)
		return false;
	if (memory.left > 1) {
		memory.left--;
		return false;
	}
	memory.left = memory.for_ever ? 1 : 0;
	return true;
}

static void *give(int size)
{
	return fails() ? NULL : memory.real.xMalloc(size);
}

static void *give_more(void *old, int size)
{
	return fails() ? NULL : memory.real.xRealloc(old, size);
}

static void __attribute__((constructor)) memory_begin(void)
{
	const char *at = getenv("NO_MEMORY_AT");
	const char *from = getenv("NO_MEMORY_FROM");
	sqlite3_mem_methods mine;

	if (!at && !from)
		return;
	memory.left = g_ascii_strtoll(at ? at : from, NULL, 10);
	memory.for_ever = from != NULL;
	sqlite3_config(SQLITE_CONFIG_GETMALLOC, &memory.real);
	mine = memory.real;
	mine.xMalloc = give;
	mine.xRealloc = give_more;
	sqlite3_config(SQLITE_CONFIG_MALLOC, &mine);
}
