/* What the simulator is made of; private to drivers/sim/. */
#ifndef DRIVERS_SIM_SIM_LINE_H
#define DRIVERS_SIM_SIM_LINE_H

#include "drivers/devices_conf.h"
#include "drivers/sim/sim.h"

struct sim_line;

/* Faults a line can be given, whatever is on it. */
enum sim_fault {
	SIM_FAULT_NONE,
	SIM_FAULT_NOISE,  /* random bytes between the frames */
	SIM_FAULT_HALF,   /* only the first half of each frame */
	SIM_FAULT_SILENT, /* nothing is sent */
	SIM_FAULT_UNPLUG, /* nobody can connect */
};

struct sim_device {
	const struct sim_kind *kind;
	const struct device_spec *spec; /* borrowed */
	struct sim_line *line;          /* borrowed */
	void *state;                    /* own */
	guint alarm;
	size_t skipped; /* during a feed */
};

/* spec is borrowed for the line's life and has a unix: port. */
struct sim_line *sim_line_new(const struct line_spec *spec, GError **error);
void sim_line_free(struct sim_line *line);
DEFINE_AUTO(sim_line, sim_line_free)
/* NULL when it is not on this line. */
struct sim_device *sim_line_find(struct sim_line *line, const char *name);
/* {name: {...}} for each of its devices is put into out. */
void sim_line_state(struct sim_line *line, struct json *out);
void sim_line_fault(struct sim_line *line, enum sim_fault fault, int seconds);

/* Of any spec: its profile, NULL for a C driver. */
const struct profile *sim_profile_of(const struct sim_device *dev);

extern const struct sim_kind sim_profile; /* plays every profile */
extern const struct sim_kind sim_idcard;

#endif
