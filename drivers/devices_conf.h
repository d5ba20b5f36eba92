/* devices.conf: what is connected to this window, and where.
 *
 *   [device keypad]
 *   profile = ff68-keypad          a profile; or driver = idcard, a C driver
 *   port = serial:/dev/ttyUSB0     see drivers/port.h; or bus = desk
 *   address = 05
 *   title = 叫号键盘
 *   map.03 = 5                     the site's value map
 *   record = no                    yes: transcripts in RUNTIME/record
 *   enabled = yes
 *
 *   [bus desk]                     one RS-485 port, several devices
 *   port = serial:/dev/ttyUSB0:9600/8n1
 *   gap_ms = 100
 *
 * A broken section spoils its device only; a broken file is an error. */
#ifndef DRIVERS_DEVICES_CONF_H
#define DRIVERS_DEVICES_CONF_H

#include "drivers/device.h"
#include "drivers/profile.h"

struct device_spec {
	char *name;  /* own */
	char *title; /* own */
	enum device_class class;
	int order; /* in the file */
	bool is_enabled, is_recorded;
	struct device_options *options; /* own: every key of the section */
	const struct driver *driver; /* borrowed (of profile); NULL: broken */
	struct profile *profile;     /* own, or NULL */
	GError *error;               /* own: why it cannot be used, or NULL */
};

/* One port and the devices on it. */
struct line_spec {
	char *port;      /* own: "unix:/run/..." */
	char *settings;  /* own: "9600/8n1", or NULL */
	char *base_dir;  /* own: of relative paths */
	char *signature; /* own: equal for equal configurations */
	int gap_ms;
	GPtrArray *devices; /* own: struct device_spec, never empty */
};

struct devices_conf {
	GPtrArray *lines; /* own: struct line_spec */
};

/* profile_dir: where profiles without a slash in their name are looked up.
 * ITEM_ERROR_NOT_FOUND, ITEM_ERROR_SYNTAX, ITEM_ERROR_INVALID with the line. */
struct devices_conf *devices_conf_load(
	const char *path, const char *profile_dir, GError **error);
void devices_conf_free(struct devices_conf *conf);
DEFINE_AUTO(devices_conf, devices_conf_free)

void line_spec_free(struct line_spec *line);

#endif
