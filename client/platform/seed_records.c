/* Master data of the seed file and the templates folder, as records. Whatever
 * is the same as before is not told again. */
#include "client/platform/seed.h"

#include <string.h>

#include "client/base/error.h"
#include "client/base/file.h"
#include "client/platform/contract.h"
#include "client/platform/online.h"
#include "client/platform/record.h"

enum { TEMPLATE_MAX = 200000 };

/* Arrays of the seed: each row is what the contract's schema says. */
static const struct {
	const char *member, *schema;
	const struct resource *resource;
} kinds[] = {
	{"orgs", "org", &resource_org},
	{"windows", "window", &resource_window},
	{"users", "user", &resource_user},
	{"persons", "person", &resource_person},
	{"legal_entities", "legal_entity", &resource_legal_entity},
	{"certificates", "certificate", &resource_certificate},
};

static bool refuse(
	const char *member, const struct json *errors, GError **error)
{
	g_set_error(error, ITEM_ERROR, ITEM_ERROR_INVALID, "seed: %s: %s: %s",
		member, json_text_or(json_first(errors), "field", ""),
		json_text_or(json_first(errors), "rule", ""));
	return false;
}

static bool load_rows(struct platform *platform, size_t kind,
	const struct json *rows, GError **error)
{
	const struct resource *resource = kinds[kind].resource;

	json_each (row, rows) {
		AUTO(json) errors = json_new_array();

		if (!validate(contract_schema(kinds[kind].schema), row, errors))
			return refuse(kinds[kind].member, errors, error);
		if (!record_load(platform, resource,
			    json_text(row, resource->id), row, error))
			return false;
	}
	return true;
}

bool seed_records(
	struct platform *platform, const struct json *seed, GError **error)
{
	const struct json *applications = json_get(seed, "applications");

	if (!seal_seed(platform, json_get(seed, "seals"), error) ||
		!application_plan(platform, applications, error))
		return false;
	for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
		if (!load_rows(platform, i, json_get(seed, kinds[i].member),
			    error))
			return false;
	}
	return true;
}

static bool load_template(struct platform *platform, const char *dir,
	const char *name, GError **error)
{
	g_autofree char *path = g_build_filename(dir, name, NULL);
	g_autofree char *text = file_read(path, TEMPLATE_MAX, NULL, error);
	g_autofree char *id = g_strndup(name, strlen(name) - strlen(".tmpl"));
	AUTO(json) body = json_new_object();

	if (!text)
		return false;
	json_put_text(body, "text", text);
	return record_load(platform, &resource_template, id, body, error);
}

bool seed_templates(struct platform *platform, const char *dir, GError **error)
{
	g_autoptr(GDir) folder = g_dir_open(dir, 0, NULL);
	AUTO(db_transaction) change = NULL;
	const char *name;

	if (!folder)
		return true;
	change = db_begin(platform->db, error);
	if (!change)
		return false;
	while ((name = g_dir_read_name(folder))) {
		if (g_str_has_suffix(name, ".tmpl") &&
			!load_template(platform, dir, name, error))
			return false;
	}
	return db_commit(change, error);
}
