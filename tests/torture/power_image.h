/* What a power cut leaves of a file, kept beside it by power_vfs.c:
 *
 *   window.db           what programs see
 *   window.db.durable   what was there at the last sync
 *   window.db.pending   what was written since, record by record
 *
 * A cut keeps the durable bytes and, of what is pending, nothing, all, or an
 * arbitrary part, in any order, torn between sectors. */
#ifndef TESTS_TORTURE_POWER_IMAGE_H
#define TESTS_TORTURE_POWER_IMAGE_H

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#define POWER_DURABLE ".durable"
#define POWER_PENDING ".pending"

enum { POWER_WRITE = 1, POWER_TRUNCATE = 2, POWER_SECTOR = 512 };

/* Stands before the bytes of a write. */
struct power_record {
	uint32_t kind;
	uint32_t len;
	int64_t offset; /* or the new size */
};

/* Makes of the file what a cut leaves; no program has it open. True when there
 * was anything pending. */
bool power_cut(const char *path, GRand *dice);

#endif
