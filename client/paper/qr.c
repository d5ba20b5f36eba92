/* A QR code as a square of modules; who draws it decides the size. */
#include "client/paper/qr.h"

#include <errno.h>
#include <string.h>

#include <qrencode.h>

#include "client/base/error.h"

struct qr *qr_new(const char *text, GError **error)
{
	size_t len = strlen(text);
	QRcode *code = NULL;
	struct qr *qr;
	size_t count;

	if (len == 0) {
		g_set_error(error, ITEM_ERROR, ITEM_ERROR_INVALID,
			"a QR code of an empty text");
		return NULL;
	}
	if (len <= QR_BYTES_MAX)
		code = QRcode_encodeData(
			(int)len, (const unsigned char *)text, 0, QR_ECLEVEL_M);
	if (!code) {
		g_set_error(error, ITEM_ERROR, ITEM_ERROR_TOO_LARGE,
			"a QR code of %zu bytes", len);
		return NULL;
	}
	count = (size_t)code->width * (size_t)code->width;
	qr = g_new0(struct qr, 1);
	qr->width = code->width;
	qr->modules = g_new(uint8_t, count);
	for (size_t i = 0; i < count; i++)
		qr->modules[i] = code->data[i] & 1;
	QRcode_free(code);
	return qr;
}

void qr_free(struct qr *qr)
{
	g_free(qr->modules);
	g_free(qr);
}

bool qr_is_dark(const struct qr *qr, int x, int y)
{
	return qr->modules[y * qr->width + x] != 0;
}
