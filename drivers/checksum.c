/* Checksums, each over "123456789" in its comment. */
#include "drivers/checksum.h"

#include <stdbool.h>
#include <string.h>

static uint32_t sum(const uint8_t *data, size_t len)
{
	uint32_t total = 0;

	for (size_t i = 0; i < len; i++)
		total += data[i];
	return total;
}

static uint32_t sum8(const uint8_t *data, size_t len)
{
	return sum(data, len) & 0xff;
}

static uint32_t lrc(const uint8_t *data, size_t len)
{
	return (0x100 - (sum(data, len) & 0xff)) & 0xff;
}

static uint32_t xor8(const uint8_t *data, size_t len)
{
	uint8_t all = 0;

	for (size_t i = 0; i < len; i++)
		all ^= data[i];
	return all;
}

/* Polynomial 8005, lowest bit first. */
static uint32_t crc16_reflected(const uint8_t *data, size_t len, uint16_t start)
{
	uint16_t crc = start;

	for (size_t i = 0; i < len; i++) {
		crc ^= data[i];
		for (int bit = 0; bit < 8; bit++) {
			bool low = crc & 1;

			crc >>= 1;
			if (low)
				crc ^= 0xa001;
		}
	}
	return crc;
}

static uint32_t crc16_modbus(const uint8_t *data, size_t len)
{
	return crc16_reflected(data, len, 0xffff);
}

static uint32_t crc16_arc(const uint8_t *data, size_t len)
{
	return crc16_reflected(data, len, 0);
}

static const struct checksum checksums[] = {
	{"sum8", 1, sum8},                 /* DD */
	{"xor8", 1, xor8},                 /* 31 */
	{"lrc", 1, lrc},                   /* 23 */
	{"crc16-modbus", 2, crc16_modbus}, /* 4B37 */
	{"crc16-arc", 2, crc16_arc},       /* BB3D */
	{NULL},
};

const struct checksum *checksum_find(const char *name)
{
	for (const struct checksum *c = checksums; c->name; c++) {
		if (!strcmp(c->name, name))
			return c;
	}
	return NULL;
}

const struct checksum *checksum_list(void)
{
	return checksums;
}
