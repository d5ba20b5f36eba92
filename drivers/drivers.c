/* The list of C drivers, and the names of the device classes. */
#include "drivers/drivers.h"

#include <string.h>

static const struct driver *const drivers[] = {
	&driver_idcard,
	&driver_camera,
	&driver_scanner,
	NULL,
};

#define CLASS_NAME_ROW(constant, name) [constant] = name,
static const char *const class_names[DEVICE_CLASS_COUNT] = {
	DEVICE_CLASSES(CLASS_NAME_ROW)};

const struct driver *const *driver_list(void)
{
	return drivers;
}

const struct driver *driver_find(const char *name)
{
	for (const struct driver *const *d = drivers; *d; d++) {
		if (!strcmp((*d)->name, name))
			return *d;
	}
	return NULL;
}

const struct verb *driver_verb(const struct driver *driver, const char *name)
{
	for (const struct verb *v = driver->verbs; v && v->name; v++) {
		if (!strcmp(v->name, name))
			return v;
	}
	return NULL;
}

const char *device_class_name(enum device_class class)
{
	return class < DEVICE_CLASS_COUNT ? class_names[class] : "other";
}

bool device_class_from_name(const char *name, enum device_class *class)
{
	for (int i = 0; i < DEVICE_CLASS_COUNT; i++) {
		if (!strcmp(class_names[i], name)) {
			*class = (enum device_class)i;
			return true;
		}
	}
	return false;
}
