/* Unread bytes of one port, offered to the devices on it. */
#ifndef DRIVERS_INTAKE_H
#define DRIVERS_INTAKE_H

#include "drivers/device.h"

struct intake;

struct intake *intake_new(void);
void intake_free(struct intake *intake);
DEFINE_AUTO(intake, intake_free)

/* In the order they are offered bytes; borrowed until intake_free(). The
 * largest buffer_max of its drivers is the intake's. */
void intake_add(struct intake *intake, struct device *dev);

/* Takes bytes in and offers them. Not from inside a driver's feed(). */
void intake_push(struct intake *intake, const uint8_t *data, size_t len);
/* Offers again: after an alarm, after a start. */
void intake_pump(struct intake *intake);
void intake_clear(struct intake *intake);
size_t intake_unread(const struct intake *intake);

#endif
