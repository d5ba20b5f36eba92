/* yikou-devd: the device controller.
 *
 * It may touch the devices of this window, its socket and its picture spool;
 * never the platform, the store, or the terminal.
 *
 *   yikou-devd --config yikou.conf   until it is told to stop
 *   yikou-devd --list                drivers, profiles' encodings, ports
 *   yikou-devd -n --config FILE      checks devices.conf and prints it
 *
 * SIGHUP reads devices.conf again; devices that are the same there go on. */
#include <glib-unix.h>
#include <signal.h>
#include <stdio.h>

#include "client/base/error.h"
#include "client/base/file.h"
#include "client/base/log.h"
#include "client/base/process.h"
#include "config/config.h"
#include "drivers/checksum.h"
#include "drivers/devices_conf.h"
#include "drivers/encoding.h"
#include "drivers/port.h"
#include "drivers/service.h"

#define PROGRAM "yikou-devd"
#define VERSION "0.2"

struct arguments {
	char *config;
	gboolean check, list, version;
};

static bool parse_arguments(int argc, char **argv, struct arguments *arguments)
{
	const GOptionEntry entries[] = {
		{"config", 'c', 0, G_OPTION_ARG_FILENAME, &arguments->config,
			"The window's yikou.conf", "FILE"},
		{"check", 'n', 0, G_OPTION_ARG_NONE, &arguments->check,
			"Check devices.conf and its profiles, print, exit",
			NULL},
		{"list", 'l', 0, G_OPTION_ARG_NONE, &arguments->list,
			"List drivers with their verbs, and kinds of ports",
			NULL},
		{"version", 0, 0, G_OPTION_ARG_NONE, &arguments->version,
			"Show the version", NULL},
		{NULL},
	};
	g_autoptr(GOptionContext) context = g_option_context_new(NULL);
	g_autoptr(GError) error = NULL;

	g_option_context_set_summary(
		context, "The device controller of a service window.");
	g_option_context_set_description(context,
		"Example:\n"
		"  yikou-devd -n --config /etc/yikou/yikou.conf\n\n"
		"SIGHUP reads devices.conf again.\n\n"
		"Exit status: 0 fine, 5 local storage, 6 already running,\n"
		"64 the command line, a file or a device of devices.conf is "
		"wrong.\n");
	g_option_context_add_main_entries(context, entries, NULL);
	if (g_option_context_parse(context, &argc, &argv, &error) &&
		argc == 1 &&
		(arguments->config || arguments->list || arguments->version))
		return true;
	fprintf(stderr, PROGRAM ": %s\nTry " PROGRAM " --help.\n",
		error ? error->message : "--config FILE is needed");
	return false;
}

/* --list
 * ---------------------------------------------------------------------------------
 */

static void print_driver(const struct driver *driver)
{
	printf("%-12s %-8s %-20s", driver->name,
		device_class_name(driver->class),
		driver->port ? driver->port : "tcp: unix: exec:");
	for (const struct verb *v = driver->verbs; v && v->name; v++)
		printf(" %s", v->name);
	printf("\n");
}

static int list(void)
{
	printf("Drivers: name, class, port, verbs\n");
	for (const struct driver *const *d = driver_list(); *d; d++)
		print_driver(*d);
	printf("\nPorts\n");
	for (const struct port_kind *const *k = port_kinds(); *k; k++)
		printf("%s\n", port_kind_help(*k));
	printf("\nProfiles: checksums\n");
	for (const struct checksum *c = checksum_list(); c->name; c++)
		printf("%s\n", c->name);
	printf("\nProfiles: encodings\n");
	for (const struct encoding *e = encoding_list(); e->name; e++)
		printf("%s%s\n", e->name, e->params);
	return EXIT_CODE_OK;
}

/* -n
 * -------------------------------------------------------------------------------------
 */

static bool print_device(
	const struct line_spec *line, const struct device_spec *spec)
{
	printf("%-12s %-8s %-16s %s%s\n", spec->name,
		device_class_name(spec->class),
		spec->driver ? spec->driver->name : "-", line->port,
		spec->is_enabled ? "" : " (disabled)");
	if (spec->error)
		printf("  error: %s\n", spec->error->message);
	return !spec->error;
}

static int check(const char *devices_conf, const char *profile_dir)
{
	g_autoptr(GError) error = NULL;
	AUTO(devices_conf) conf =
		devices_conf_load(devices_conf, profile_dir, &error);
	bool all = true;

	if (!conf) {
		fprintf(stderr, PROGRAM ": %s\n", error->message);
		return (int)error_exit_code(error);
	}
	for (guint i = 0; i < conf->lines->len; i++) {
		const struct line_spec *line = conf->lines->pdata[i];

		for (guint j = 0; j < line->devices->len; j++)
			all &= print_device(line, line->devices->pdata[j]);
	}
	return all ? EXIT_CODE_OK : EXIT_CODE_USAGE;
}

/* Serving ----------------------------------------------------------------- */

static gboolean on_hangup(gpointer user_data)
{
	service_reload(user_data, NULL);
	return G_SOURCE_CONTINUE;
}

static int fail(const GError *error)
{
	log_error(error, "cannot start");
	return g_error_matches(error, LINK_ERROR, LINK_ERROR_BUSY)
		       ? EXIT_CODE_RUNNING
		       : (int)error_exit_code(error);
}

static int serve(const struct service_setup *setup)
{
	g_autoptr(GMainLoop) loop = g_main_loop_new(NULL, FALSE);
	g_autoptr(GError) error = NULL;
	AUTO(service) service = NULL;
	guint hangup;

	if (!file_make_dir(setup->runtime_dir, &error))
		return fail(error);
	service = service_new(setup, &error);
	if (!service)
		return fail(error);
	hangup = g_unix_signal_add(SIGHUP, on_hangup, service);
	process_quit_on_signals(loop, false);
	log_info("serving %s", setup->socket);
	process_ready();
	g_main_loop_run(loop);
	g_source_remove(hangup);
	return EXIT_CODE_OK;
}

static int run(const struct arguments *arguments)
{
	g_autoptr(GError) error = NULL;
	AUTO(config) config = config_load(arguments->config, &error);
	g_autofree char *socket = NULL, *runtime = NULL, *profiles = NULL;

	if (!config) {
		fprintf(stderr, PROGRAM ": %s; nothing was started\n",
			error->message);
		return (int)error_exit_code(error);
	}
	socket = config_runtime(config, "devd.sock");
	runtime = g_path_get_dirname(socket);
	profiles = config_data(config, "profiles");
	if (arguments->check)
		return check(config_path(config, "files.devices"), profiles);

	struct service_setup setup = {.socket = socket,
		.runtime_dir = runtime,
		.profile_dir = profiles,
		.devices_conf = config_path(config, "files.devices")};

	return serve(&setup);
}

int main(int argc, char **argv)
{
	process_begin(PROGRAM);

	struct arguments arguments = {0};
	int code;

	if (!parse_arguments(argc, argv, &arguments))
		return EXIT_CODE_USAGE;
	if (arguments.version) {
		printf(PROGRAM " " VERSION "\n");
		code = EXIT_CODE_OK;
	} else if (arguments.list) {
		code = list();
	} else {
		code = run(&arguments);
	}
	g_free(arguments.config);
	return code;
}
