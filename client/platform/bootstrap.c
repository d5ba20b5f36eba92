/* POST /v1/bootstrap: what a new terminal begins with. */
#include "client/platform/handlers.h"

#include "client/platform/feeds.h"
#include "client/platform/record.h"

struct reply *bootstrap_post(
	struct platform *platform, const struct request *request)
{
	AUTO(record) window = record_find(
		platform, &resource_window, json_text(request->json, "window"));
	struct json *value, *feeds;

	if (!window)
		return reply_problem(
			platform, PROBLEM_NOT_FOUND, "no such window");
	value = json_new_object();
	feeds = json_new_array();
	for (const char *const *feed = feed_names(); *feed; feed++)
		json_add_text(feeds, *feed);
	json_put_text(
		value, "region", json_text_or(window->body, "region", ""));
	json_put_text(value, "hall", json_text_or(window->body, "hall", ""));
	json_put(value, "window", record_json(window));
	json_put(value, "orgs", record_all(platform, &resource_org));
	json_put(value, "windows", record_all(platform, &resource_window));
	json_put(value, "users", record_all(platform, &resource_user));
	json_put(value, "feeds", feeds);
	return reply_json(platform, 200, value);
}
