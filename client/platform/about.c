/* What the platform says of itself. */
#include "client/platform/handlers.h"

#include "client/platform/feeds.h"
#include "client/platform/platform.h"

static const char *const features[] = {"tus-1.0", "range", "gzip-snapshot"};

struct reply *health_get(
	struct platform *platform, const struct request *request)
{
	struct json *value = json_new_object();

	(void)request;
	json_put_text(value, "status", "up");
	json_put_bool(value, "stand_in", true);
	return reply_json(platform, 200, value);
}

struct reply *time_get(struct platform *platform, const struct request *request)
{
	(void)request;
	return reply_json(platform, 200, json_new_object());
}

struct reply *capabilities_get(
	struct platform *platform, const struct request *request)
{
	struct json *value = json_new_object();
	struct json *feeds = json_new_array(), *can = json_new_array();

	(void)request;
	for (const char *const *feed = feed_names(); *feed; feed++)
		json_add_text(feeds, *feed);
	json_put_int(value, "max_ops", PLATFORM_MAX_OPS);
	json_put_int(value, "max_bytes", PLATFORM_MAX_BYTES);
	json_put_int(value, "max_blob_bytes", ROUTER_UPLOAD_MAX);
	json_put_int(value, "max_page", PLATFORM_PAGE_MAX);
	json_put(value, "feeds", feeds);
	for (size_t i = 0; i < G_N_ELEMENTS(features); i++)
		json_add_text(can, features[i]);
	json_put(value, "features", can);
	json_put_bool(value, "stand_in", true);
	return reply_json(platform, 200, value);
}
