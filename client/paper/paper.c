/* From a request to a file on disk and a reply. */
#include "client/paper/paper.h"

#include <string.h>

#include "client/base/error.h"
#include "client/base/file.h"
#include "client/base/json.h"
#include "client/paper/flow.h"

bool paper_make(const char *templates, const char *name,
	const struct json *data, const char *out, struct pdf_fonts *fonts,
	struct paper_result *result, GError **error)
{
	AUTO(template) template = template_load(templates, name, error);
	g_autoptr(GBytes) bytes = NULL;
	const void *content;

	if (!template)
		return false;
	bytes = flow_document(template, data, fonts, &result->pages, error);
	if (!bytes)
		return false;
	content = g_bytes_get_data(bytes, &result->size);
	sha256_text(content, result->size, result->sha256);
	return file_write(out, content, result->size, error);
}

static bool answer(const char *templates, const struct json *request,
	struct pdf_fonts *fonts, struct paper_result *result, GError **error)
{
	const struct json *data = json_get(request, "data");
	const char *name = json_need_text(request, "template", 64, error);
	const char *out =
		name ? json_need_text(request, "out", 4000, error) : NULL;

	if (!out)
		return false;
	if (!json_is_object(data) || !g_path_is_absolute(out)) {
		g_set_error(error, ITEM_ERROR, ITEM_ERROR_SYNTAX,
			"expected an object 'data' and an absolute path 'out'");
		return false;
	}
	return paper_make(templates, name, data, out, fonts, result, error);
}

struct json *paper_answer(const char *templates, const char *request,
	size_t len, struct pdf_fonts *fonts, int *exit_code)
{
	g_autoptr(GError) error = NULL;
	struct paper_result result = {0};
	struct json *reply = json_new_object();
	AUTO(json) parsed = json_parse(request, len, &error);

	if (parsed && answer(templates, parsed, fonts, &result, &error)) {
		json_put_int(reply, "pages", result.pages);
		json_put_int(reply, "size", (int64_t)result.size);
		json_put_text(reply, "sha256", result.sha256);
		*exit_code = EXIT_CODE_OK;
	} else {
		json_put_text(reply, "error", error_name(error));
		json_put_text(reply, "detail", error->message);
		*exit_code = error_exit_code(error);
	}
	return reply;
}
