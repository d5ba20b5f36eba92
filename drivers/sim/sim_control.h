/* The simulator's control socket, RUNTIME/sim.sock, in the local protocol.
 *
 *   {"id":1,"do":"key","device":"keypad","key":"next"}
 *   {"id":2,"do":"rate","device":"pad","level":5}
 *   {"id":3,"do":"card","device":"idcard","name":"..","number":".."}
 *   {"id":4,"do":"lift","device":"idcard"}
 *   {"id":5,"do":"page","device":"camera","number":7}
 *   {"id":6,"do":"fault","device":"bar","kind":"noise","seconds":5}
 *          noise, half, silent, unplug: of the line; others: of the device
 *   {"id":7,"do":"state"} -> {"bar":{"text":".."},"keypad":{"digits":".."},..}
 */
#ifndef DRIVERS_SIM_SIM_CONTROL_H
#define DRIVERS_SIM_SIM_CONTROL_H

#include "client/base/auto.h"

struct sim_setup {
	const char *socket; /* RUNTIME/sim.sock */
	const char *profile_dir;
	const char *devices_conf;
};

enum { SIM_FAULT_DEFAULT_S = 5, SIM_FAULT_MAX_S = 3600 };

struct sim;
/* Listens on every unix: port of devices.conf. Other ports are left out. */
struct sim *sim_new(const struct sim_setup *setup, GError **error);
void sim_free(struct sim *sim);
DEFINE_AUTO(sim, sim_free)

#endif
