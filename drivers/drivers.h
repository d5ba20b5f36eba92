/* The C drivers there are. A new one gets a line here and in drivers.c. */
#ifndef DRIVERS_DRIVERS_H
#define DRIVERS_DRIVERS_H

#include "drivers/driver.h"

extern const struct driver driver_idcard;  /* idcard.c */
extern const struct driver driver_camera;  /* camera.c */
extern const struct driver driver_scanner; /* scanner.c */

#endif
