/* A client that dies around a page of a feed (DIE_AT_PAGE=N, before or after
 * it), and one that moves the cursor before it has the rows (MUTANT=cursor) and
 * dies in between. */
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "client/store/feed.h"

bool __real_feed_apply(struct store *store, const char *feed,
	const char *cursor, const char *server_epoch, const struct json *rows,
	bool *changed, GError **error);
bool __wrap_feed_apply(struct store *store, const char *feed,
	const char *cursor, const char *server_epoch, const struct json *rows,
	bool *changed, GError **error);

static struct {
	bool cursor_first;
	int64_t die_before, die_after;
} mutant;

static int64_t number_of(const char *name)
{
	const char *text = getenv(name);

	return text ? g_ascii_strtoll(text, NULL, 10) : 0;
}

static void __attribute__((constructor)) mutant_begin(void)
{
	mutant.cursor_first = g_strcmp0(getenv("MUTANT"), "cursor") == 0;
	mutant.die_before = number_of("DIE_BEFORE_PAGE");
	mutant.die_after = number_of("DIE_AFTER_PAGE");
}

static void count(int64_t *left)
{
	if (*left > 0 && --*left == 0)
		kill(getpid(), SIGKILL);
}

bool __wrap_feed_apply(struct store *store, const char *feed,
	const char *cursor, const char *server_epoch, const struct json *rows,
	bool *changed, GError **error)
{
	bool done;

	if (json_length(rows) == 0)
		return __real_feed_apply(store, feed, cursor, server_epoch,
			rows, changed, error);
	count(&mutant.die_before);
	if (mutant.cursor_first) {
		AUTO(json) none = json_new_array();

		__real_feed_apply(store, feed, cursor, server_epoch, none,
			changed, error);
		kill(getpid(), SIGKILL);
	}
	done = __real_feed_apply(
		store, feed, cursor, server_epoch, rows, changed, error);
	count(&mutant.die_after);
	return done;
}
