/* RUNTIME/spool: pictures on their way from a device to the screen, each named
 * by its hash. Kept clean: emptied at start, a picture goes when the screen has
 * released it, and at the latest an hour after. */
#ifndef DRIVERS_SPOOL_H
#define DRIVERS_SPOOL_H

#include <stdbool.h>
#include <stddef.h>

#include <glib.h>

#include "client/base/auto.h"

enum { SPOOL_KEEP_S = 3600, SPOOL_FILES_MAX = 500 };

struct spool;
struct spool *spool_new(const char *dir, GError **error);
void spool_free(struct spool *spool); /* files stay for the screen */
DEFINE_AUTO(spool, spool_free)
const char *spool_dir(const struct spool *spool);

/* STORE_ERROR_FULL when the disk or the number of files is, STORE_ERROR_IO. */
bool spool_keep(struct spool *spool, const char *sha256_hex, const void *data,
	size_t len, GError **error);
/* ITEM_ERROR_NOT_FOUND. */
bool spool_find(const struct spool *spool, const char *sha256_hex, size_t *size,
	GError **error);
bool spool_release(
	const struct spool *spool, const char *sha256_hex, GError **error);
/* Removes what is older than age_s. */
void spool_clean(const struct spool *spool, int age_s);

#endif
