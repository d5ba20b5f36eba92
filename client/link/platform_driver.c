/* The table of platforms. */
#include "client/link/platform_driver.h"

#include <string.h>

static const struct platform_driver *const drivers[] = {
	&platform_native,
	&platform_rt5,
};

#define CAN_NAME_ROW(bit, name) [bit##_INDEX] = (name),
static const char *const can_names[] = {PLATFORM_CAN(CAN_NAME_ROW)};

const struct platform_driver *platform_driver_find(const char *name)
{
	for (size_t i = 0; i < G_N_ELEMENTS(drivers); i++)
		if (strcmp(drivers[i]->name, name) == 0)
			return drivers[i];
	return NULL;
}

char *platform_can_text(unsigned can)
{
	GString *text = g_string_new(NULL);

	for (unsigned i = 0; i < PLATFORM_CAN_COUNT; i++)
		if (can & 1U << i)
			g_string_append_printf(text, "%s%s",
				text->len > 0 ? " " : "", can_names[i]);
	return g_string_free(text, FALSE);
}
