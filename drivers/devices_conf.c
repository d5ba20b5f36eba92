/* Reads devices.conf. */
#include "drivers/devices_conf.h"

#include <string.h>

#include "client/base/file.h"
#include "config/keyfile.h"
#include "drivers/port.h"

enum { DEVICES_MAX = 32, NAME_MAX_BYTES = 32, GAP_MAX_MS = 10000 };

/* Keys of every device. Others belong to its driver; "sim." is read by
 * yikou-sim only. */
static const char *const common_keys[] = {"driver", "profile", "port", "bus",
	"address", "class", "title", "record", "enabled", "map.*", "sim.*",
	NULL};

static const char *const bus_keys[] = {"port", "gap_ms", NULL};

struct reading {
	const struct keyfile *file; /* borrowed */
	const char *profile_dir;
	struct devices_conf *conf; /* borrowed */
	GHashTable *buses;         /* own: name to struct line_spec, borrowed */
	int count;
};

static void free_device(gpointer data)
{
	struct device_spec *spec = data;

	g_free(spec->name);
	g_free(spec->title);
	device_options_free(spec->options);
	profile_free(spec->profile);
	g_clear_error(&spec->error);
	g_free(spec);
}

void line_spec_free(struct line_spec *line)
{
	if (!line)
		return;
	g_ptr_array_free(line->devices, TRUE);
	g_free(line->port);
	g_free(line->settings);
	g_free(line->base_dir);
	g_free(line->signature);
	g_free(line);
}

static void free_line(gpointer data)
{
	line_spec_free(data);
}

void devices_conf_free(struct devices_conf *conf)
{
	if (!conf)
		return;
	g_ptr_array_free(conf->lines, TRUE);
	g_free(conf);
}

/* Lines ------------------------------------------------------------------- */

static struct line_spec *new_line(struct reading *reading, const char *port)
{
	struct line_spec *line = g_new0(struct line_spec, 1);

	line->port = g_strdup(port);
	line->base_dir = g_strdup(reading->file->dir);
	line->devices = g_ptr_array_new_with_free_func(free_device);
	g_ptr_array_add(reading->conf->lines, line);
	return line;
}

static bool check_port(const struct reading *reading,
	const struct keyfile_section *section, const char *port, GError **error)
{
	struct port_setup setup = {.address = port};
	g_autoptr(GError) why = NULL;

	if (port && port_check(&setup, &why))
		return true;
	return keyfile_error(error, reading->file,
		keyfile_line(section, "port"), "%s",
		why ? why->message : "expected port = ...");
}

static bool read_bus(struct reading *reading,
	const struct keyfile_section *section, GError **error)
{
	const char *port = keyfile_text(section, "port", NULL);
	int64_t gap_ms = 0;
	struct line_spec *line;

	if (!keyfile_check_keys(reading->file, section, bus_keys, error) ||
		!check_port(reading, section, port, error) ||
		!keyfile_int(reading->file, section, "gap_ms", 0, GAP_MAX_MS, 0,
			&gap_ms, error))
		return false;
	line = new_line(reading, port);
	line->gap_ms = (int)gap_ms;
	g_hash_table_insert(reading->buses, section->name, line);
	return true;
}

/* Devices ----------------------------------------------------------------- */

static bool is_device_name(const char *name)
{
	size_t len = strlen(name);

	return len > 0 && len <= NAME_MAX_BYTES &&
	       strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-_") == len;
}

static char *profile_path(const struct reading *reading, const char *name)
{
	g_autofree char *file = NULL;

	if (strchr(name, '/'))
		return keyfile_path(reading->file, name);
	file = g_str_has_suffix(name, ".profile")
		       ? g_strdup(name)
		       : g_strconcat(name, ".profile", NULL);
	return g_build_filename(reading->profile_dir, file, NULL);
}

static bool read_profile(const struct reading *reading,
	struct device_spec *spec, const char *name, GError **error)
{
	g_autofree char *path = profile_path(reading, name);

	spec->profile = profile_load(path, error);
	if (!spec->profile)
		return false;
	spec->driver = &spec->profile->driver;
	return true;
}

/* driver = NAME is a C driver, or else the profile of that name. */
static bool read_driver(const struct reading *reading,
	const struct keyfile_section *section, struct device_spec *spec,
	GError **error)
{
	const char *driver = keyfile_text(section, "driver", NULL);
	const char *profile = keyfile_text(section, "profile", NULL);

	if (!driver == !profile)
		return keyfile_error(error, reading->file, section->line,
			"expected either driver = or profile =");
	if (driver)
		spec->driver = driver_find(driver);
	return spec->driver ||
	       read_profile(reading, spec, profile ? profile : driver, error);
}

static bool check_keys(const struct reading *reading,
	const struct keyfile_section *section, const struct device_spec *spec,
	GError **error)
{
	g_autoptr(GPtrArray) known = g_ptr_array_new();
	g_autoptr(GError) why = NULL;
	const char *const *own = spec->driver->options;

	if (!own && !spec->profile)
		return true; /* the driver takes what it knows */
	for (const char *const *key = common_keys; *key; key++)
		g_ptr_array_add(known, (gpointer)*key);
	for (; own && *own; own++)
		g_ptr_array_add(known, (gpointer)*own);
	g_ptr_array_add(known, NULL);
	if (!keyfile_check_keys(reading->file, section,
		    (const char *const *)known->pdata, error))
		return false;
	if (!spec->profile ||
		profile_check_options(spec->profile, spec->options, &why))
		return true;
	return keyfile_error(
		error, reading->file, section->line, "%s", why->message);
}

static bool read_class(const struct reading *reading,
	const struct keyfile_section *section, struct device_spec *spec,
	GError **error)
{
	const char *class = keyfile_text(section, "class", NULL);

	spec->class = spec->driver->class;
	if (!class || device_class_from_name(class, &spec->class))
		return true;
	return keyfile_error(error, reading->file,
		keyfile_line(section, "class"), "not a class of devices");
}

static bool read_details(const struct reading *reading,
	const struct keyfile_section *section, struct device_spec *spec,
	GError **error)
{
	return keyfile_bool(reading->file, section, "enabled", true,
		       &spec->is_enabled, error) &&
	       keyfile_bool(reading->file, section, "record", false,
		       &spec->is_recorded, error) &&
	       read_driver(reading, section, spec, error) &&
	       read_class(reading, section, spec, error) &&
	       check_keys(reading, section, spec, error);
}

/* Where it is connected: its bus, or a line of its own. */
static bool find_line(struct reading *reading,
	const struct keyfile_section *section, struct line_spec **line,
	GError **error)
{
	const char *port = keyfile_text(section, "port", NULL);
	const char *bus = keyfile_text(section, "bus", NULL);

	if (!port == !bus)
		return keyfile_error(error, reading->file, section->line,
			"expected either port = or bus =");
	if (bus) {
		*line = g_hash_table_lookup(reading->buses, bus);
		return *line || keyfile_error(error, reading->file,
					keyfile_line(section, "bus"),
					"no section [bus %s]", bus);
	}
	if (!check_port(reading, section, port, error))
		return false;
	*line = new_line(reading, port);
	return true;
}

/* Two devices of one bus with one address would both be right. */
static bool check_address(const struct reading *reading,
	const struct keyfile_section *section, const struct line_spec *line,
	const struct device_spec *spec, GError **error)
{
	for (guint i = 0; spec->profile && i < line->devices->len; i++) {
		const struct device_spec *other = line->devices->pdata[i];

		if (other->profile &&
			!strcmp(other->profile->name, spec->profile->name) &&
			profile_address(other->profile, other->options) ==
				profile_address(spec->profile, spec->options))
			return keyfile_error(error, reading->file,
				keyfile_line(section, "address"),
				"device %s has this address already",
				other->name);
	}
	return true;
}

static void take_settings(struct line_spec *line, struct device_spec *spec)
{
	const char *port = spec->driver ? spec->driver->port : NULL;

	if (!spec->driver)
		return;
	line->gap_ms = MAX(line->gap_ms, spec->driver->gap_ms);
	if (!line->settings && port && g_str_has_prefix(port, "serial:"))
		line->settings = g_strdup(port + strlen("serial:"));
}

static struct device_spec *new_device(
	struct reading *reading, const struct keyfile_section *section)
{
	struct device_spec *spec = g_new0(struct device_spec, 1);

	spec->name = g_strdup(section->name);
	spec->order = reading->count++;
	spec->is_enabled = true;
	spec->class = DEVICE_OTHER;
	spec->options = device_options_new();
	for (size_t i = 0; i < section->n_entries; i++)
		device_options_put(spec->options, section->entries[i].key,
			section->entries[i].value);
	return spec;
}

static bool read_device(struct reading *reading,
	const struct keyfile_section *section, GError **error)
{
	struct device_spec *spec;
	struct line_spec *line = NULL;

	if (!is_device_name(section->name))
		return keyfile_error(error, reading->file, section->line,
			"a device's name: expected small letters, digits, - "
			"and _, at most 32");
	if (reading->count == DEVICES_MAX)
		return keyfile_error(error, reading->file, section->line,
			"at most 32 devices");
	spec = new_device(reading, section);
	if (!find_line(reading, section, &line, &spec->error))
		line = new_line(reading, "");
	else if (read_details(reading, section, spec, &spec->error))
		check_address(reading, section, line, spec, &spec->error);
	if (spec->error)
		spec->driver = NULL;
	take_settings(line, spec);
	spec->title = g_strdup(keyfile_text(section, "title",
		spec->driver ? spec->driver->title : section->name));
	g_ptr_array_add(line->devices, spec);
	return true;
}

/* Everything that makes the line what it is, the profiles' text included. */
static void sign_line(struct line_spec *line)
{
	GString *text = g_string_new(line->port);

	g_string_append_printf(text, "|%d|%s", line->gap_ms, line->base_dir);
	for (guint i = 0; i < line->devices->len; i++) {
		const struct device_spec *spec = line->devices->pdata[i];
		char digest[SHA256_TEXT] = "";

		g_string_append_printf(
			text, "\n%s|%s", spec->name, spec->title);
		device_options_append(spec->options, text);
		if (spec->profile)
			sha256_file(spec->profile->path, digest, NULL);
		g_string_append_printf(text, "|%s|%s", digest,
			spec->error ? spec->error->message : "");
	}
	line->signature = g_string_free(text, FALSE);
}

static bool read_sections(
	struct reading *reading, const char *kind, GError **error)
{
	for (size_t i = 0; i < reading->file->n_sections; i++) {
		const struct keyfile_section *section =
			&reading->file->sections[i];

		if (strcmp(section->kind, kind))
			continue;
		if (!strcmp(kind, "bus")
				? !read_bus(reading, section, error)
				: !read_device(reading, section, error))
			return false;
	}
	return true;
}

static bool check_sections(const struct keyfile *file, GError **error)
{
	for (size_t i = 0; i < file->n_sections; i++) {
		const struct keyfile_section *section = &file->sections[i];

		if ((!strcmp(section->kind, "device") ||
			    !strcmp(section->kind, "bus")) &&
			*section->name)
			continue;
		return keyfile_error(error, file, section->line,
			"expected [device NAME] or [bus NAME]");
	}
	return true;
}

struct devices_conf *devices_conf_load(
	const char *path, const char *profile_dir, GError **error)
{
	AUTO(keyfile) file = keyfile_load(path, error);
	AUTO(devices_conf) conf = NULL;
	g_autoptr(GHashTable) buses = g_hash_table_new(g_str_hash, g_str_equal);
	struct reading reading = {
		.file = file, .profile_dir = profile_dir, .buses = buses};

	if (!file || !check_sections(file, error))
		return NULL;
	conf = g_new0(struct devices_conf, 1);
	conf->lines = g_ptr_array_new_with_free_func(free_line);
	reading.conf = conf;
	if (!read_sections(&reading, "bus", error) ||
		!read_sections(&reading, "device", error))
		return NULL;
	for (guint i = conf->lines->len; i-- > 0;) {
		struct line_spec *line = conf->lines->pdata[i];

		if (line->devices->len)
			sign_line(line);
		else
			g_ptr_array_remove_index(conf->lines, i);
	}
	return g_steal_pointer(&conf);
}
