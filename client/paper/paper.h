/* One request of yikou-paper: template, data and a place for the file. */
#ifndef CLIENT_PAPER_PAPER_H
#define CLIENT_PAPER_PAPER_H

#include "client/base/id.h"
#include "client/base/json.h"
#include "client/paper/pdf.h"

enum { PAPER_REQUEST_MAX = 4 << 20 };

struct paper_result {
	int pages;
	size_t size; /* bytes */
	char sha256[SHA256_TEXT];
};

/* Makes the document of template "receipt" and so on, and writes it to out, an
 * absolute path, whole or not at all. */
bool paper_make(const char *templates, const char *name,
	const struct json *data, const char *out, struct pdf_fonts *fonts,
	struct paper_result *result, GError **error);

/* {"template":..,"data":{..},"out":..} to {"pages":..,"size":..,"sha256":..}
 * or {"error":"item.invalid","detail":".."}. The reply is always given;
 * *exit_code says how it went. */
struct json *paper_answer(const char *templates, const char *request,
	size_t len, struct pdf_fonts *fonts, int *exit_code);

#endif
