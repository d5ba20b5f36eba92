/* Values of fields that are shown side by side, without the catalogue that
 * would say what they are. */
#include "client/rules/mask.h"

#include <string.h>

#include <glib.h>

#include "client/base/json.h"

/* The last name of a path, or its end. */
static const struct {
	const char *end;
	bool whole; /* "name" is a person's, "trade_name" a shop's */
	enum mask_kind kind;
} fields[] = {
	{"name", true, MASK_NAME},
	{"person", false, MASK_NAME},
	{"person_name", false, MASK_NAME},
	{"operator", false, MASK_NAME},
	{"contact", false, MASK_NAME},
	{"id_number", false, MASK_CITIZEN_ID},
	{"phone", false, MASK_PHONE},
	{"mobile", false, MASK_PHONE},
	{"address", false, MASK_ADDRESS},
	{"email", false, MASK_EMAIL},
	{"account", false, MASK_BANK},
	{"birth", false, MASK_ALL},
	{"birth_date", false, MASK_ALL},
};

static enum mask_kind kind_of(const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path;

	for (size_t i = 0; i < G_N_ELEMENTS(fields); i++) {
		if (fields[i].whole ? strcmp(name, fields[i].end) == 0
				    : g_str_has_suffix(name, fields[i].end))
			return fields[i].kind;
	}
	return MASK_NONE;
}

char *mask_value(const char *path, const struct json *value)
{
	const char *text = json_as_text(value);

	if (!value || json_is_null(value))
		return g_strdup("-");
	if (text)
		return mask_text(kind_of(path), text);
	if (json_is_array(value) || json_is_object(value))
		return g_strdup_printf("[%zu]", json_length(value));
	return json_print(value);
}
