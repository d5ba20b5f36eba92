/* Pulling: what the platform changed since the cursor.
 *
 * First hello (limits, epoch, clock); then whether this store is what the
 * platform knows of it; then, after a change of epoch, what the platform lost
 * (reconcile.c); then numbers; then the feeds, page by page. The
 * rows of a page and its cursor are one transaction in the store, so a page
 * that was half received is simply asked for again.
 *
 *   GET /v1/changes?feed=tickets&limit=500&window=03&cursor=c17 */
#include "client/link/engine.h"

#include <string.h>

#include "client/base/clock.h"
#include "client/base/log.h"
#include "client/store/proof.h"

#define FEED_NAME_ROW(code, name, ticks, can) [code] = (name),
static const char *const feed_names[] = {FEEDS(FEED_NAME_ROW)};
#define FEED_TICKS_ROW(code, name, ticks, can) [code] = (ticks),
static const unsigned feed_ticks[] = {FEEDS(FEED_TICKS_ROW)};
#define FEED_CAN_ROW(code, name, ticks, can) [code] = (can),
static const unsigned feed_can[] = {FEEDS(FEED_CAN_ROW)};

const char *feed_name(enum feed feed)
{
	return feed_names[feed];
}

void pull_init(struct link *link)
{
	link->pull.hello_due = true;
	link->pull.self_due = link_can(link, PLATFORM_RECONCILE);
	pull_all(link);
}

void pull_clear(struct link *link)
{
	g_clear_pointer(&link->pull.cursor, g_free);
}

void pull_tick(struct link *link)
{
	struct pull *pull = &link->pull;

	pull->ticks++;
	pull->numbers_due = link_can(link, PLATFORM_NUMBERS);
	for (unsigned i = 0; i < FEED_COUNT; i++) {
		if (pull->ticks % feed_ticks[i] == 0)
			pull->feed_due[i] = link_can(link, feed_can[i]);
	}
}

void pull_all(struct link *link)
{
	link->pull.numbers_due = link_can(link, PLATFORM_NUMBERS);
	for (unsigned i = 0; i < FEED_COUNT; i++)
		link->pull.feed_due[i] = link_can(link, feed_can[i]);
}

void pull_nothing(struct link *link)
{
	struct pull *pull = &link->pull;

	pull->check_due = false;
	pull->numbers_due = false;
	for (unsigned i = 0; i < FEED_COUNT; i++)
		pull->feed_due[i] = false;
}

bool pull_is_idle(const struct link *link)
{
	const struct pull *pull = &link->pull;

	for (unsigned i = 0; i < FEED_COUNT; i++) {
		if (pull->feed_due[i])
			return false;
	}
	return !pull->hello_due && !pull->self_due && !pull->check_due &&
	       !pull->numbers_due && !link->reconcile;
}

/* A 4xx that is final says here only that we and the platform do not
 * understand each other: not asked again before the next turn. */
static bool is_final(const struct answer *answer)
{
	return answer->kind == ANSWER_REFUSED ||
	       answer->kind == ANSWER_TOO_LARGE;
}

bool pull_get(struct link *link, const char *path, size_t max_reply,
	void (*done)(struct link *link, const struct http_reply *reply))
{
	link_send(&link->pull_lane,
		&(struct http_request){
			.method = "GET",
			.path = path,
			.max_reply = max_reply,
		},
		done);
	return true;
}

/* Hello ----------------------------------------------------------------------
 */

static void hello_done(struct link *link, const struct http_reply *reply)
{
	struct answer answer;

	link->driver->hello_decode(
		link->platform, reply, &answer, &link->limits);
	link_heard(&link->pull_lane, &answer, reply);
	if (answer.kind == ANSWER_OK || is_final(&answer))
		link->pull.hello_due = false;
	answer_clear(&answer);
}

static bool send_hello(struct link *link)
{
	g_autofree char *path = link->driver->hello_path(link->platform);

	return pull_get(link, path, CALL_MAX_REPLY, hello_done);
}

/* Ourselves ------------------------------------------------------------------
 */

/* A store that came back from a backup must send nothing under its old epoch:
 * its numbers were used by what it has forgotten. */
static void judge_self(struct link *link, const struct store_state *state)
{
	g_autoptr(GError) error = NULL;
	bool behind = false;

	if (state->store_seq > 0 &&
		!proof_is_behind(link->store, state->epoch, state->store_seq,
			state->hash, &behind, &error)) {
		link_store_failed(link, error);
		return;
	}
	if (behind) {
		log_warn("this store was restored from a backup: the platform "
			 "has step %" G_GINT64_FORMAT " of it, a new epoch "
			 "begins",
			state->store_seq);
		if (!proof_begin_epoch(link->store, state->epoch, &error)) {
			link_store_failed(link, error);
			return;
		}
		pull_all(link);
	}
	link->pull.self_due = false;
}

static void self_done(struct link *link, const struct http_reply *reply)
{
	struct store_state state;
	struct answer answer;
	bool known = store_decode(reply, &answer, &state);

	link_heard(&link->pull_lane, &answer, reply);
	if (known)
		judge_self(link, &state);
	else if (is_final(&answer))
		link->pull.self_due = false;
	answer_clear(&answer);
}

static bool ask_self(struct link *link)
{
	g_autofree char *path = store_path(store_uuid(link->store));

	return pull_get(link, path, CALL_MAX_REPLY, self_done);
}

/* Feeds ----------------------------------------------------------------------
 */

static bool apply_page(struct link *link, const struct answer *answer,
	const struct feed_page *page, bool *changed, GError **error)
{
	const struct pull *pull = &link->pull;

	if (json_length(page->rows) == 0 && pull->cursor &&
		strcmp(pull->cursor, page->next_cursor) == 0)
		return true; /* nothing new: no transaction */
	if (!feed_apply(link->store, feed_name(pull->feed), page->next_cursor,
		    answer->server_epoch, page->rows, changed, error))
		return false;
	link->counters.rows += (int64_t)json_length(page->rows);
	return true;
}

static void take_page(struct link *link, const struct answer *answer,
	const struct feed_page *page)
{
	struct pull *pull = &link->pull;
	g_autoptr(GError) error = NULL;
	bool changed = false, ended = false;

	if (!page->more)
		pull->was_reset[pull->feed] = false;
	if (page->more)
		pull->feed_due[pull->feed] = true;
	if (!apply_page(link, answer, page, &changed, &error) ||
		(!page->more && !feed_ended(link->store, feed_name(pull->feed),
					&ended, &error))) {
		pull->feed_due[pull->feed] = true;
		link_store_failed(link, error);
	}
	if ((changed || ended) && link->ops->pulled)
		link->ops->pulled(link->context, feed_name(pull->feed));
}

static void start_again(struct link *link)
{
	struct pull *pull = &link->pull;
	g_autoptr(GError) error = NULL;

	log_warn("feed %s: cursor expired", feed_name(pull->feed));
	if (!feed_reset(link->store, feed_name(pull->feed), &error))
		link_store_failed(link, error);
	/* Once until the end is reached; a platform that expires its newest
	 * cursors too is left alone for a turn. */
	if (!pull->was_reset[pull->feed])
		pull->feed_due[pull->feed] = true;
	pull->was_reset[pull->feed] = true;
}

static void feed_done(struct link *link, const struct http_reply *reply)
{
	struct pull *pull = &link->pull;
	struct feed_page page;
	struct answer answer;
	bool good = feed_decode(reply, pull->cursor, &answer, &page);

	link_heard(&link->pull_lane, &answer, reply);
	if (good)
		take_page(link, &answer, &page);
	else if (page.expired)
		start_again(link);
	else if (!is_final(&answer))
		pull->feed_due[pull->feed] = true;
	answer_clear(&answer);
	g_clear_pointer(&pull->cursor, g_free);
}

static bool send_feed(struct link *link, enum feed feed)
{
	struct pull *pull = &link->pull;
	g_autofree char *path = NULL;

	pull->feed = feed;
	pull->feed_due[feed] = false; /* a hint from now on is a new one */
	g_free(pull->cursor);
	pull->cursor = feed_cursor(link->store, feed_name(feed));
	path = feed_path(feed_name(feed), pull->cursor,
		feed == FEED_TICKETS ? store_window(link->store) : NULL);
	return pull_get(link, path, FEED_MAX_REPLY, feed_done);
}

/* The lane -------------------------------------------------------------------
 */

bool pull_next(struct link *link)
{
	struct pull *pull = &link->pull;

	if (pull->hello_due)
		return send_hello(link);
	if (pull->self_due)
		return ask_self(link);
	if (pull->check_due && reconcile_start(link, NULL, true, NULL, NULL))
		pull->check_due = false;
	if (link->reconcile && reconcile_next(link))
		return true;
	if (pull->numbers_due && numbers_next(link))
		return true;
	for (unsigned i = 0; i < FEED_COUNT && !link->stopping; i++) {
		if (pull->feed_due[i])
			return send_feed(link, (enum feed)i);
	}
	return false;
}
