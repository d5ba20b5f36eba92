/* Scanners, as yikou-scan sees them. Every call may block for as long as the
 * back end likes; the caller keeps an alarm that ends the process.
 *
 * Errors: link.absent unknown or not there, link.busy, link.auth, link.closed
 * an error of the line, link.paper jammed, empty or open, link.protocol a back
 * end that does not keep SANE's rules, item.refused the device cannot do it,
 * item.invalid a wish out of its rule. The message is one word: "cover-open".
 */
#ifndef DRIVERS_MAIN_SCAN_SANE_H
#define DRIVERS_MAIN_SCAN_SANE_H

#include "client/base/json.h"
#include "drivers/raster.h"

/* A scan may be silent for so long; every sign of life winds the alarm up. When
 * it is over, the device is given less time to come to rest. */
enum { SCAN_SILENCE_MAX_S = 120, SCAN_REST_MAX_S = 10 };

bool scan_begin(GError **error);
void scan_end(void);

/* [{"name":"test:0","vendor":"..","model":"..","type":".."}]; caller frees. */
struct json *scan_list(GError **error);

struct scan_device;
struct scan_device *scan_open(const char *name, GError **error);
void scan_close(struct scan_device *dev);
DEFINE_AUTO(scan_device, scan_close)

/* {"sources":["Flatbed",..],"modes":["Gray",..],"resolution":[1,1200]} */
struct json *scan_abilities(struct scan_device *dev);

/* An A4 page, or as much of it as the device has. *dpi becomes the nearest the
 * device can do. Nothing is asked for that its own lists do not hold. */
struct scan_wish {
	const char *source; /* "flatbed", "feeder": never both sides */
	const char *mode;   /* "color", "gray" */
	int dpi;
	bool feeder; /* out */
};
bool scan_prepare(
	struct scan_device *dev, struct scan_wish *wish, GError **error);

/* One page into a fresh raster. is_cancelled is asked between reads; true ends
 * it with item.refused. An empty feeder is link.paper, and *is_empty. */
typedef bool scan_cancelled_fn(void *context);
bool scan_page(struct scan_device *dev, struct raster *raster,
	scan_cancelled_fn *is_cancelled, void *context, bool *is_empty,
	GError **error);

/* After the last page, or after an error: brings the device to rest. May never
 * come back when a page was cut short: many back ends stop their reading thread
 * wherever it is, be it inside malloc(). Tell the outcome first. */
void scan_finish(struct scan_device *dev);

/* A page was cut short: the back end is not to be trusted with another one in
 * this process. */
bool scan_is_spent(const struct scan_device *dev);

#endif
