/* Starts yikou-paper with one request and reads its one line of answer. No
 * drawing here: the screen program is linked with this file, not with fonts. */
#include "client/paper/render.h"

#include <string.h>

#include "client/base/error.h"
#include "client/base/process.h"

struct render {
	render_done_fn *done;
	void *context;
};

static GError *broken(const char *what)
{
	return g_error_new(
		LINK_ERROR, LINK_ERROR_PROTOCOL, "yikou-paper: %s", what);
}

static bool read_reply(const struct process_result *child,
	struct render_result *result, GError **error)
{
	const char *output = child->output ? child->output : "";
	AUTO(json) reply = json_parse(output, strlen(output), NULL);
	const char *name = json_text(reply, "error");
	const char *sha256 = json_text(reply, "sha256");
	int64_t pages;

	if (name) {
		g_propagate_error(
			error, error_from_name(name,
				       json_text_or(reply, "detail", "")));
		return false;
	}
	/* It wrote the file and said so: how it ended does not matter. */
	if (!sha256 || !sha256_is_valid(sha256) ||
		!json_need_int(reply, "pages", 1, 10000, &pages, NULL) ||
		!json_need_int(reply, "size", 1, INT64_C(1) << 32,
			&result->size, NULL)) {
		g_propagate_error(
			error, broken(child->exit_code < 0 ? "ended by a signal"
							   : "no answer"));
		return false;
	}
	result->pages = (int)pages;
	g_strlcpy(result->sha256, sha256, sizeof(result->sha256));
	return true;
}

static void child_ended(
	void *context, const struct process_result *child, const GError *why)
{
	struct render *render = context;
	struct render_result result = {0};
	g_autoptr(GError) error = NULL;
	bool ok = child && read_reply(child, &result, &error);

	render->done(render->context, ok ? &result : NULL,
		ok ? NULL : (child ? error : why));
	g_free(render);
}

void render_document(const char *templates, const char *name,
	struct json *take_data, const char *out, render_done_fn *done,
	void *context)
{
	AUTO(json) request = json_new_object();
	g_autofree char *program = process_sibling("yikou-paper");
	const char *const argv[] = {program, "--templates", templates, NULL};
	struct render *render = g_new0(struct render, 1);

	json_put_text(request, "template", name);
	json_put(request, "data", take_data);
	json_put_text(request, "out", out);

	g_autofree char *line = json_print(request);

	render->done = done;
	render->context = context;
	process_run(argv, line, RENDER_TIMEOUT_MS, child_ended, render);
}
