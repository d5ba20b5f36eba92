/* The simulator: lines out of devices.conf behind one control socket. */
#include "drivers/sim/sim_control.h"

#include <string.h>

#include "client/base/error.h"
#include "client/base/line.h"
#include "client/base/log.h"
#include "drivers/sim/sim_line.h"

struct sim {
	struct line_server *server; /* own */
	struct devices_conf *conf;  /* own */
	GPtrArray *lines;           /* own: struct sim_line */
};

static const struct {
	const char *name;
	enum sim_fault fault;
} faults[] = {
	{"noise", SIM_FAULT_NOISE},
	{"half", SIM_FAULT_HALF},
	{"silent", SIM_FAULT_SILENT},
	{"unplug", SIM_FAULT_UNPLUG},
	{"none", SIM_FAULT_NONE},
};

static bool make_fault(
	struct sim_device *dev, const struct json *message, GError **error)
{
	const char *kind = json_text_or(message, "kind", "");
	int64_t seconds = json_int_or(message, "seconds", SIM_FAULT_DEFAULT_S);

	for (size_t i = 0; i < G_N_ELEMENTS(faults); i++) {
		if (strcmp(faults[i].name, kind))
			continue;
		sim_line_fault(dev->line, faults[i].fault,
			(int)CLAMP(seconds, 1, SIM_FAULT_MAX_S));
		if (faults[i].fault == SIM_FAULT_NONE)
			dev->kind->control(dev, "fault", message, NULL);
		return true;
	}
	return dev->kind->control(dev, "fault", message, error);
}

static struct sim_device *find_device(
	struct sim *sim, const struct json *message, GError **error)
{
	const char *name = json_need_text(message, "device", 64, error);

	if (!name)
		return NULL;
	for (guint i = 0; i < sim->lines->len; i++) {
		struct sim_device *dev =
			sim_line_find(sim->lines->pdata[i], name);

		if (dev)
			return dev;
	}
	g_set_error_literal(error, ITEM_ERROR, ITEM_ERROR_NOT_FOUND,
		"no such device is simulated");
	return NULL;
}

static bool control(struct sim *sim, const char *verb,
	const struct json *message, GError **error)
{
	struct sim_device *dev = find_device(sim, message, error);

	if (!dev)
		return false;
	if (!strcmp(verb, "fault"))
		return make_fault(dev, message, error);
	return dev->kind->control(dev, verb, message, error);
}

static struct json *whole_state(struct sim *sim)
{
	struct json *state = json_new_object();

	for (guint i = 0; i < sim->lines->len; i++)
		sim_line_state(sim->lines->pdata[i], state);
	return state;
}

static void on_joined(void *context, struct line_peer *peer)
{
	(void)context;
	(void)peer;
}

static void on_command(void *context, struct line_peer *peer, int64_t id,
	const char *verb, const struct json *message)
{
	struct sim *sim = context;
	g_autoptr(GError) error = NULL;

	if (!strcmp(verb, "state"))
		line_answer(peer, id, whole_state(sim));
	else if (control(sim, verb, message, &error))
		line_answer(peer, id, json_new_object());
	else
		line_refuse(peer, id, error);
}

static const struct line_server_ops server_ops = {
	.joined = on_joined,
	.command = on_command,
};

static void free_line(gpointer data)
{
	sim_line_free(data);
}

static bool open_lines(struct sim *sim, GError **error)
{
	for (guint i = 0; i < sim->conf->lines->len; i++) {
		const struct line_spec *spec = sim->conf->lines->pdata[i];
		struct sim_line *line;

		if (!g_str_has_prefix(spec->port, "unix:")) {
			log_info("%s is not simulated", spec->port);
			continue;
		}
		line = sim_line_new(spec, error);
		if (!line)
			return false;
		g_ptr_array_add(sim->lines, line);
	}
	return true;
}

struct sim *sim_new(const struct sim_setup *setup, GError **error)
{
	AUTO(sim) sim = g_new0(struct sim, 1);

	sim->lines = g_ptr_array_new_with_free_func(free_line);
	sim->conf = devices_conf_load(
		setup->devices_conf, setup->profile_dir, error);
	if (!sim->conf)
		return NULL;
	/* First the control socket: who has it has the lines. */
	sim->server = line_server_new(
		setup->socket, "yikou-sim", &server_ops, sim, error);
	if (!sim->server || !open_lines(sim, error))
		return NULL;
	return g_steal_pointer(&sim);
}

void sim_free(struct sim *sim)
{
	if (!sim)
		return;
	line_server_free(sim->server);
	g_ptr_array_free(sim->lines, TRUE);
	devices_conf_free(sim->conf);
	g_free(sim);
}
