/* Names, quarks and exit codes of the three error domains. One table makes all
 * of them from the X-macros of error.h. */
#include "client/base/error.h"

#include <string.h>

#include "client/base/fault.h"

/* item_error_quark() is fault.c's: its errors have a private part. */
G_DEFINE_QUARK(yikou - link - error, link_error)
G_DEFINE_QUARK(yikou - store - error, store_error)

struct error_row {
	GQuark (*domain)(void);
	int code;
	const char *name;
};

#define ITEM_ROW(code, name)  {item_error_quark, code, name},
#define LINK_ROW(code, name)  {link_error_quark, code, name},
#define STORE_ROW(code, name) {store_error_quark, code, name},
static const struct error_row rows[] = {
	ITEM_ERRORS(ITEM_ROW) LINK_ERRORS(LINK_ROW) STORE_ERRORS(STORE_ROW)};

const char *error_name(const GError *error)
{
	for (size_t i = 0; error && i < G_N_ELEMENTS(rows); i++) {
		if (error->domain == rows[i].domain() &&
			error->code == rows[i].code)
			return rows[i].name;
	}
	return "other";
}

GError *error_from_name(const char *name, const char *message)
{
	for (size_t i = 0; name && i < G_N_ELEMENTS(rows); i++) {
		if (!strcmp(name, rows[i].name))
			return g_error_new_literal(rows[i].domain(),
				rows[i].code, message ? message : name);
	}
	return g_error_new_literal(LINK_ERROR, LINK_ERROR_PROTOCOL,
		message ? message : "unknown error");
}

enum exit_code error_exit_code(const GError *error)
{
	if (!error)
		return EXIT_CODE_OK;
	if (g_error_matches(error, STORE_ERROR, STORE_ERROR_LOCKED))
		return EXIT_CODE_RUNNING;
	if (g_error_matches(error, LINK_ERROR, LINK_ERROR_AUTH) ||
		g_error_matches(error, ITEM_ERROR, ITEM_ERROR_DENIED))
		return EXIT_CODE_AUTH;
	if (g_error_matches(error, ITEM_ERROR, ITEM_ERROR_USAGE) ||
		error->domain == G_OPTION_ERROR ||
		(fault_of(error) && fault_of(error)->file))
		return EXIT_CODE_USAGE;
	if (error->domain == STORE_ERROR)
		return EXIT_CODE_STORE;
	if (error->domain == LINK_ERROR)
		return EXIT_CODE_LINK;
	return EXIT_CODE_ITEM;
}
