/* QR codes (ISO/IEC 18004), the only file that knows libqrencode. */
#ifndef CLIENT_PAPER_QR_H
#define CLIENT_PAPER_QR_H

#include <stdbool.h>
#include <stdint.h>

#include "client/base/auto.h"

struct qr {
	int width;        /* modules, without the quiet zone */
	uint8_t *modules; /* own: width * width, row by row, 1 is dark */
};

enum { QR_QUIET_MODULES = 4, QR_BYTES_MAX = 2000 };

/* Bytes as they are (UTF-8), correction level M. ITEM_ERROR_INVALID for an
 * empty text, ITEM_ERROR_TOO_LARGE. */
struct qr *qr_new(const char *text, GError **error);
void qr_free(struct qr *qr);
DEFINE_AUTO(qr, qr_free)

bool qr_is_dark(const struct qr *qr, int x, int y);

#endif
