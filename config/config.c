/* yikou.conf in memory: one value for each row of the option table, checked
 * once when it is read, so that nobody who asks later can meet a wrong one. */
#include "config/config.h"

#include <string.h>

#include "client/base/error.h"
#include "client/base/fault.h"
#include "client/base/file.h"
#include "config/keyfile.h"
#include "config/options.h"

struct value {
	char *text; /* as in the file; of a path: absolute, NULL if empty */
	int64_t number;
	bool truth;
	int line;
};

struct config {
	char *file;
	struct value *values; /* one for each row of the table */
	size_t n_values;
};

void config_free(struct config *config)
{
	if (!config)
		return;
	for (size_t i = 0; i < config->n_values; i++)
		g_free(config->values[i].text);
	g_free(config->values);
	g_free(config->file);
	g_free(config);
}

static bool section_is_known(const struct option *table, size_t count,
	const char *title, const char **words)
{
	size_t n = 0;

	for (size_t i = 0; i < count; i++) {
		if (strcmp(table[i].section, title) == 0)
			return true;
		if (n == 0 || strcmp(words[n - 1], table[i].section) != 0)
			words[n++] = table[i].section;
	}
	words[n] = NULL;
	return false;
}

/* Every section and key of the file must be in the table. */
static bool check_names(const struct keyfile *file, GError **error)
{
	size_t count;
	const struct option *table = options_table(&count);
	g_autofree const char **words = g_new0(const char *, count + 1);

	for (size_t i = 0; i < file->n_sections; i++) {
		const struct keyfile_section *section = &file->sections[i];
		size_t n = 0;

		if (!section_is_known(table, count, section->title, words)) {
			const char *near =
				keyfile_nearest(section->title, words);
			if (near)
				return keyfile_error(error, file, section->line,
					"unknown section [%s], did you mean "
					"[%s]?",
					section->title, near);
			return keyfile_error(error, file, section->line,
				"unknown section [%s]", section->title);
		}
		for (size_t j = 0; j < count; j++)
			if (strcmp(table[j].section, section->title) == 0)
				words[n++] = table[j].key;
		words[n] = NULL;
		if (!keyfile_check_keys(file, section, words, error))
			return false;
	}
	return true;
}

static bool choice_is_known(const char *choices, const char *word)
{
	g_auto(GStrv) words = g_strsplit(choices, " ", -1);

	return g_strv_contains((const char *const *)words, word);
}

static bool set_text(const struct option *option, const struct keyfile *file,
	struct value *value, GError **error)
{
	if (option->required && !*value->text) {
		keyfile_error(error, file, value->line,
			"[%s] %s must not be empty", option->section,
			option->key);
		fault_expect(error, option->help);
		return false;
	}
	if ((int64_t)strlen(value->text) > option->max)
		return keyfile_error(error, file, value->line,
			"[%s] %s: longer than %lld bytes", option->section,
			option->key, (long long)option->max);
	return true;
}

/* value->text holds what stands in the file or the table. */
static bool set_value(const struct option *option, const struct keyfile *file,
	struct value *value, GError **error)
{
	char *path;

	switch (option->type) {
	case OPTION_TEXT:
		return set_text(option, file, value, error);
	case OPTION_INT:
		if (g_ascii_string_to_signed(value->text, 10, option->min,
			    option->max, &value->number, NULL))
			return true;
		return keyfile_error(error, file, value->line,
			"[%s] %s: expected a whole number from %lld to %lld",
			option->section, option->key, (long long)option->min,
			(long long)option->max);
	case OPTION_BOOL:
		if (keyfile_parse_bool(value->text, &value->truth))
			return true;
		return keyfile_error(error, file, value->line,
			"[%s] %s: expected true or false", option->section,
			option->key);
	case OPTION_CHOICE:
		if (choice_is_known(option->choices, value->text))
			return true;
		return keyfile_error(error, file, value->line,
			"[%s] %s: expected one of: %s", option->section,
			option->key, option->choices);
	case OPTION_PATH:
		path = keyfile_path(file, value->text);
		g_free(value->text);
		value->text = path;
		return true;
	}
	return false;
}

static bool read_value(const struct option *option, const struct keyfile *file,
	struct value *value, GError **error)
{
	const struct keyfile_section *section =
		keyfile_find(file, option->section);
	const struct keyfile_entry *entry = keyfile_entry(section, option->key);

	if (!entry && option->required) {
		keyfile_error(error, file, section ? section->line : 1,
			"[%s] %s is missing", option->section, option->key);
		fault_expect(error, option->help);
		return false;
	}
	value->line = entry ? entry->line : 0;
	value->text = g_strdup(entry ? entry->value : option->otherwise);
	return set_value(option, file, value, error);
}

static const struct value *value_of(
	const struct config *config, const char *name, const char *type_is)
{
	size_t count;
	const struct option *table = options_table(&count);
	const struct option *option = option_find(name);

	/* a name in our own code, never one from outside */
	if (!option)
		g_error("no option %s", name);
	if (!strstr(type_is, option_type_name(option->type)))
		g_error("option %s is of type %s", name,
			option_type_name(option->type));
	return &config->values[option - table];
}

/* What the table cannot say. */
static bool check_rules(
	const struct config *config, const struct keyfile *file, GError **error)
{
	const char *number = config_text(config, "window.number");
	const char *region = config_text(config, "window.region");
	const char *url = config_text(config, "platform.url");

	if (strlen(number) != 2 || !g_ascii_isalnum(number[0]) ||
		!g_ascii_isalnum(number[1]) || g_ascii_islower(number[0]) ||
		g_ascii_islower(number[1]))
		return keyfile_error(error, file,
			config_line(config, "window.number"),
			"[window] number: expected two digits or capitals, "
			"as 03");
	if (strlen(region) != 6 || strspn(region, "0123456789") != 6)
		return keyfile_error(error, file,
			config_line(config, "window.region"),
			"[window] region: expected six digits, as 410185");
	if (*url && !g_str_has_prefix(url, "http://") &&
		!g_str_has_prefix(url, "https://"))
		return keyfile_error(error, file,
			config_line(config, "platform.url"),
			"[platform] url: expected http:// or https://");
	return true;
}

static struct config *config_from(const struct keyfile *file, GError **error)
{
	size_t count;
	const struct option *table = options_table(&count);
	AUTO(config) config = g_new0(struct config, 1);

	if (!check_names(file, error))
		return NULL;
	config->file = g_canonicalize_filename(file->path, NULL);
	config->values = g_new0(struct value, count);
	config->n_values = count;
	for (size_t i = 0; i < count; i++)
		if (!read_value(&table[i], file, &config->values[i], error))
			return NULL;
	if (!check_rules(config, file, error))
		return NULL;
	return g_steal_pointer(&config);
}

struct config *config_load(const char *path, GError **error)
{
	AUTO(keyfile) file = keyfile_load(path, error);

	return file ? config_from(file, error) : NULL;
}

struct config *config_parse(
	const char *text, size_t len, const char *path, GError **error)
{
	AUTO(keyfile) file = keyfile_parse(text, len, path, error);

	return file ? config_from(file, error) : NULL;
}

const char *config_text(const struct config *config, const char *name)
{
	return value_of(config, name, "text choice")->text;
}

int64_t config_int(const struct config *config, const char *name)
{
	return value_of(config, name, "whole number")->number;
}

bool config_bool(const struct config *config, const char *name)
{
	return value_of(config, name, "true or false")->truth;
}

const char *config_path(const struct config *config, const char *name)
{
	return value_of(config, name, "path")->text;
}

const char *config_file(const struct config *config)
{
	return config->file;
}

int config_line(const struct config *config, const char *name)
{
	return value_of(config, name,
		"text choice path whole number true or "
		"false")
		->line;
}

char *config_runtime(const struct config *config, const char *name)
{
	return g_build_filename(
		config_path(config, "paths.runtime"), name, NULL);
}

char *config_data(const struct config *config, const char *name)
{
	return g_build_filename(config_path(config, "paths.data"), name, NULL);
}

char *config_state(const struct config *config, const char *name)
{
	return g_build_filename(config_path(config, "paths.state"), name, NULL);
}
