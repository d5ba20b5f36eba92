/* The time of the window, and the two ticks it wakes up for: when the minute
 * turns, and once a second while something counts down. */
#include "client/app/private.h"
#include "client/base/clock.h"

int64_t app_now_ms(const struct app *app)
{
	g_autofree char *offset =
		app->store ? store_meta(app->store, "clock_offset_ms") : NULL;

	return clock_wall_ms() +
	       (offset ? g_ascii_strtoll(offset, NULL, 10) : 0);
}

int app_today(const struct app *app)
{
	return clock_day(app_now_ms(app));
}

static gboolean minute_tick(gpointer user_data);

/* The next tick is due when the minute turns: the clock's only wake-up. */
void app_arm_minute(struct app *app)
{
	int64_t now = app_now_ms(app);

	app->minute_timer = g_timeout_add(
		(guint)(60000 - now % 60000 + 20), minute_tick, app);
}

static gboolean minute_tick(gpointer user_data)
{
	struct app *app = user_data;

	app->minute_timer = 0;
	if (app->session.person && !app->session.locked)
		queue_refresh(app);
	check_tick(app);
	visit_show_head(app);
	app_refresh_header(app);
	app_changed(app, false);
	app_arm_minute(app);
	return G_SOURCE_REMOVE;
}

static gboolean second_tick(gpointer user_data)
{
	struct app *app = user_data;

	queue_update_guard(app);
	finish_tick(app);
	app_changed(app, false);
	if (app->model.home.next_call_s > 0 || app->rating.open)
		return G_SOURCE_CONTINUE;
	app->second_timer = 0;
	return G_SOURCE_REMOVE;
}

void app_tick_seconds(struct app *app)
{
	if (!app->second_timer)
		app->second_timer = g_timeout_add(1000, second_tick, app);
}
