/* Checksums by name, as profiles use them. */
#ifndef DRIVERS_CHECKSUM_H
#define DRIVERS_CHECKSUM_H

#include <stddef.h>
#include <stdint.h>

struct checksum {
	const char *name; /* "sum8", "crc16-modbus" */
	int size;         /* bytes on the wire: 1 or 2 */
	uint32_t (*compute)(const uint8_t *data, size_t len);
};

/* NULL when there is none of that name. */
const struct checksum *checksum_find(const char *name);
/* All, ended by a NULL name. */
const struct checksum *checksum_list(void);

#endif
