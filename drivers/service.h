/* The local protocol of yikou-devd: the device host behind RUNTIME/devd.sock.
 *
 *   server  one state line for each device, then synced; events and changed
 *           states as they come
 *   client  {"id":1,"do":"ticket","device":"keypad","number":"A018"}
 *           {"id":2,"do":"release","sha256":".."}  {"id":3,"do":"reload"}
 *
 * A client that leaves takes its commands with it. No verb passes raw bytes. */
#ifndef DRIVERS_SERVICE_H
#define DRIVERS_SERVICE_H

#include <stdbool.h>

#include "client/base/auto.h"

struct service_setup {
	const char *socket; /* RUNTIME/devd.sock */
	const char *runtime_dir;
	const char *profile_dir;
	const char *devices_conf;
};

struct service;
/* LINK_ERROR_BUSY when another one serves the socket. */
struct service *service_new(const struct service_setup *setup, GError **error);
void service_free(struct service *service);
DEFINE_AUTO(service, service_free)

/* Reads devices.conf again; on an error all stays as it was. */
bool service_reload(struct service *service, GError **error);

#endif
