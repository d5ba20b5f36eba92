/* Making a document from the screen's side: yikou-paper does it, in a child
 * process, so that fonts, templates and big lists never stop the keys. */
#ifndef CLIENT_PAPER_RENDER_H
#define CLIENT_PAPER_RENDER_H

#include "client/base/id.h"
#include "client/base/json.h"

enum { RENDER_TIMEOUT_MS = 20000 };

struct render_result {
	int pages;
	int64_t size; /* bytes */
	char sha256[SHA256_TEXT];
};

/* Called once from the main loop: result on success, else error. Both
 * borrowed. */
typedef void render_done_fn(
	void *context, const struct render_result *result, const GError *error);

/* Makes FOLDER/NAME.tmpl with the data (architecture: documents) into the file
 * out, an absolute path. Errors are yikou-paper's ("item.invalid" with file,
 * line and field in the message), LINK_ERROR_ABSENT when it is not installed,
 * LINK_ERROR_TIMEOUT after RENDER_TIMEOUT_MS, LINK_ERROR_PROTOCOL when it
 * crashed. */
void render_document(const char *templates, const char *name,
	struct json *take_data, const char *out, render_done_fn *done,
	void *context);

#endif
