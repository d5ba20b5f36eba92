/* A profile in memory: making, freeing, and its site's value maps. */
#include "drivers/profile.h"

#include <string.h>

#include "drivers/hex.h"
#include "drivers/profile_parser.h"

static void free_command(gpointer data)
{
	struct profile_command *command = data;

	g_strfreev(command->args);
	profile_body_clear(&command->body);
	profile_pattern_clear(&command->reply);
	profile_assigns_free(command->result);
	g_free(command);
}

static void free_event(gpointer data)
{
	struct profile_event *event = data;

	g_free(event->name);
	profile_assigns_free(event->data);
	profile_pattern_clear(&event->when);
	profile_body_clear(&event->body);
	g_free(event);
}

static void free_map(gpointer data)
{
	struct profile_map *map = data;

	for (size_t i = 0; i < G_N_ELEMENTS(map->values); i++)
		g_free(map->values[i]);
	g_free(map->name);
	g_free(map);
}

static void free_vector(gpointer data)
{
	struct profile_vector *vector = data;

	g_ptr_array_free(vector->steps, TRUE);
	g_free(vector);
}

static void free_frame(gpointer data)
{
	frame_free(data);
}

static void clear_verb(gpointer data)
{
	struct verb *verb = data;

	g_free((char *)verb->name);
}

struct profile *profile_new(const char *path)
{
	struct profile *profile = g_new0(struct profile, 1);

	profile->path = g_strdup(path);
	profile->driver.class = DEVICE_OTHER;
	profile->frame_timeout_ms = PROFILE_FRAME_TIMEOUT_MS;
	profile->frames = g_ptr_array_new_with_free_func(free_frame);
	profile->verbs = g_array_new(TRUE, TRUE, sizeof(struct verb));
	g_array_set_clear_func(profile->verbs, clear_verb);
	profile->commands = g_ptr_array_new_with_free_func(free_command);
	profile->events = g_ptr_array_new_with_free_func(free_event);
	profile->maps = g_ptr_array_new_with_free_func(free_map);
	profile->vectors = g_ptr_array_new_with_free_func(free_vector);
	return profile;
}

void profile_free(struct profile *profile)
{
	if (!profile)
		return;
	g_ptr_array_free(profile->vectors, TRUE);
	g_ptr_array_free(profile->events, TRUE);
	g_ptr_array_free(profile->commands, TRUE);
	g_ptr_array_free(profile->maps, TRUE);
	g_array_unref(profile->verbs);
	g_ptr_array_free(profile->frames, TRUE);
	g_free(profile->path);
	g_free(profile->name);
	g_free(profile->title);
	g_free(profile->port);
	g_free(profile);
}

/* Options of a site ------------------------------------------------------- */

uint8_t profile_address(
	const struct profile *profile, const struct device_options *options)
{
	const char *text = device_options_get(options, "address");
	uint8_t address = profile->address;

	if (text)
		hex_byte(text, &address);
	return address;
}

const char *profile_map_word(const struct profile_map *map,
	const struct device_options *options, uint8_t key)
{
	g_autofree char *named = g_strdup_printf("map.%s.%02X", map->name, key);
	g_autofree char *plain = g_strdup_printf("map.%02X", key);
	const char *word = device_options_get(options, named);

	if (!word)
		word = device_options_get(options, plain);
	if (!word)
		word = map->values[key];
	return word && strcmp(word, "-") ? word : NULL;
}

int profile_map_key(const struct profile_map *map,
	const struct device_options *options, const char *word)
{
	for (int key = 0; key < 256; key++) {
		const char *found =
			profile_map_word(map, options, (uint8_t)key);

		if (found && !strcmp(found, word))
			return key;
	}
	return -1;
}

struct map_check {
	const struct profile *profile;
	char *wrong; /* own: the first key that is not good */
};

static bool has_map(const struct profile *profile, const char *name)
{
	for (guint i = 0; i < profile->maps->len; i++) {
		const struct profile_map *map = profile->maps->pdata[i];

		if (!strcmp(map->name, name))
			return true;
	}
	return false;
}

/* "03" or "rating.03", the hex digits in capitals. */
static void check_map_key(void *context, const char *key, const char *value)
{
	struct map_check *check = context;
	const char *dot = strrchr(key, '.');
	g_autofree char *name = dot ? g_strndup(key, (gsize)(dot - key)) : NULL;
	const char *hex = dot ? dot + 1 : key;
	uint8_t byte;
	bool ok = hex_byte(hex, &byte) && !strpbrk(hex, "abcdef") && *value;

	if (name)
		ok = ok && has_map(check->profile, name);
	else
		ok = ok && check->profile->maps->len == 1;
	if (!ok && !check->wrong)
		check->wrong = g_strdup(key);
}

bool profile_check_options(const struct profile *profile,
	const struct device_options *options, GError **error)
{
	const char *address = device_options_get(options, "address");
	struct map_check check = {.profile = profile};
	g_autofree char *wrong = NULL;
	uint8_t byte;

	if (address && !hex_byte(address, &byte)) {
		g_set_error_literal(error, ITEM_ERROR, ITEM_ERROR_INVALID,
			"address: expected two hex digits");
		return false;
	}
	device_options_each(options, "map.", check_map_key, &check);
	wrong = check.wrong;
	if (wrong)
		g_set_error(error, ITEM_ERROR, ITEM_ERROR_INVALID,
			"map.%s: expected map.HEX (capitals) or map.NAME.HEX "
			"of a map of the profile, and a word or -",
			wrong);
	return !wrong;
}
