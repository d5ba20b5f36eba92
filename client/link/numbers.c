/* Numbers: leased ahead, so that a case can be accepted without the platform.
 *
 * The id of a block is made here and remembered before it is asked for: when
 * the reply is lost, the same block is asked for again and none is wasted. Late
 * in December the next year's document numbers are leased as well, for a link
 * that is down over New Year. */
#include "client/link/engine.h"

#include <string.h>

#include "client/base/clock.h"
#include "client/base/log.h"

enum {
	HOLD_MS = 600000, /* after a refusal */
	NEXT_YEAR_FROM = 1220,
};

static char *meta_name(const char *series)
{
	return g_strconcat("block_request:", series, NULL);
}

/* The remembered id, or a fresh one that is remembered now. */
static bool request_id(struct link *link, const char *series,
	char block_id[UUID_TEXT], GError **error)
{
	g_autofree char *name = meta_name(series);
	g_autofree char *saved = store_meta(link->store, name);

	if (saved && uuid_is_valid(saved)) {
		g_strlcpy(block_id, saved, UUID_TEXT);
		return true;
	}
	uuid7(block_id);
	return store_set_meta(link->store, name, block_id, error);
}

static void forget_request(struct link *link)
{
	g_autofree char *name = meta_name(link->pull.series);
	g_autoptr(GError) error = NULL;

	if (!store_set_meta(link->store, name, "", &error))
		link_store_failed(link, error);
}

/* Refused: not asked for again at once. The other series go on. */
static void hold(struct link *link)
{
	link->pull.series_hold_ms[link->pull.series_index] =
		clock_boot_ms() + HOLD_MS;
}

static void take_block(struct link *link, const struct number_block *block)
{
	g_autoptr(GError) error = NULL;

	link_crash_point(link, CRASH_BEFORE_BLOCK);
	if (!number_block_add(link->store, block, &error)) {
		if (error->domain == STORE_ERROR) {
			link_store_failed(link, error);
			return;
		}
		/* Numbers we have already: the platform is wrong. */
		log_error(error, "block of %s not taken", block->series);
		hold(link);
	} else {
		link->counters.blocks++;
		log_info("leased %s %" G_GINT64_FORMAT "-%" G_GINT64_FORMAT,
			block->series, block->first, block->last);
	}
	link_crash_point(link, CRASH_AFTER_BLOCK);
	forget_request(link);
}

static void block_done(struct link *link, const struct http_reply *reply)
{
	struct pull *pull = &link->pull;
	struct number_block block;
	struct answer answer;
	bool good = block_decode(reply, pull->block_id, pull->series,
		BLOCK_COUNT, &answer, &block);

	link_heard(&link->pull_lane, &answer, reply);
	if (good) {
		take_block(link, &block);
	} else if (answer.kind == ANSWER_REFUSED) {
		log_warn("no block of %s: %s", pull->series, answer.code->code);
		forget_request(link);
		hold(link);
	}
	answer_clear(&answer);
}

static bool ask(struct link *link, const char *series)
{
	struct pull *pull = &link->pull;
	g_autoptr(GBytes) body = NULL;
	g_autoptr(GError) error = NULL;

	g_strlcpy(pull->series, series, sizeof(pull->series));
	if (!request_id(link, series, pull->block_id, &error)) {
		link_store_failed(link, error);
		return false;
	}
	body = block_request(
		pull->block_id, series, BLOCK_COUNT, store_uuid(link->store));
	link_send(&link->pull_lane,
		&(struct http_request){
			.method = "POST",
			.path = "/v1/number-blocks",
			.content_type = "application/json",
			.body = body,
			.max_reply = CALL_MAX_REPLY,
			.idempotency_key = pull->block_id,
		},
		block_done);
	return true;
}

static unsigned list_series(struct link *link, char series[SERIES_MAX][40])
{
	int day = clock_day(clock_wall_ms() + link->offset.ms);
	int years = day % 10000 >= NEXT_YEAR_FROM ? 2 : 1;
	unsigned count = 0;

	g_snprintf(series[count++], 40, "case:%s", store_window(link->store));
	for (int year = day / 10000; years-- > 0; year++) {
		g_snprintf(series[count++], 40, "doc:accept:%d", year);
		g_snprintf(series[count++], 40, "doc:refuse:%d", year);
	}
	return count;
}

bool numbers_next(struct link *link)
{
	char series[SERIES_MAX][40];
	unsigned count = list_series(link, series);

	link->pull.numbers_due = false;
	for (unsigned i = 0; i < count; i++) {
		if (clock_boot_ms() < link->pull.series_hold_ms[i] ||
			numbers_left(link->store, series[i]) >=
				LINK_NUMBERS_MIN)
			continue;
		link->pull.series_index = i;
		if (!ask(link, series[i]))
			return false;
		link->pull.numbers_due = true; /* look at the others after it */
		return true;
	}
	return false;
}
