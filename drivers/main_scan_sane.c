/* SANE behind scan_sane.h: statuses told apart, options set only from what the
 * device offers, frames read into a raster. The only file that knows SANE. */
#include "drivers/main_scan_sane.h"

#include <math.h>
#include <string.h>
#include <unistd.h>

#include <sane/sane.h>
#include <sane/saneopts.h>

#include "client/base/error.h"

enum {
	DEVICES_MAX = 64,    /* of a list */
	OPTIONS_MAX = 1024,  /* of a device; the greatest back ends have 150 */
	RESOLUTION_MIN = 50, /* dpi */
	RESOLUTION_MAX = 1200,
	READ_BYTES = 65536,
};

struct scan_device {
	SANE_Handle handle;
	int dpi;
	bool is_reading; /* a frame has begun and has not ended */
};

/* A4, which is what the cases hold. */
static const double page_width_mm = 210, page_height_mm = 297;

/* What a status of SANE means to the window. */
static const struct {
	const char *error, *detail;
} statuses[] = {
	[SANE_STATUS_GOOD] = {"other", "good"},
	[SANE_STATUS_UNSUPPORTED] = {"item.refused", "unsupported"},
	[SANE_STATUS_CANCELLED] = {"item.refused", "cancelled"},
	[SANE_STATUS_DEVICE_BUSY] = {"link.busy", "device-busy"},
	[SANE_STATUS_INVAL] = {"item.invalid", "refused-by-device"},
	[SANE_STATUS_EOF] = {"link.protocol", "no-data"},
	[SANE_STATUS_JAMMED] = {"link.paper", "jammed"},
	[SANE_STATUS_NO_DOCS] = {"link.paper", "no-documents"},
	[SANE_STATUS_COVER_OPEN] = {"link.paper", "cover-open"},
	[SANE_STATUS_IO_ERROR] = {"link.closed", "io-error"},
	[SANE_STATUS_NO_MEM] = {"item.too-large", "no-memory"},
	[SANE_STATUS_ACCESS_DENIED] = {"link.auth", "access-denied"},
	[12] = {"link.busy", "warming-up"}, /* SANE 1.1 */
	[13] = {"link.busy", "locked-for-transport"},
};

/* How back ends name what we ask for. Words that may occur, words that may not:
 * a two-sided feeder asked for duplex it cannot do may lock up. */
struct wording {
	const char *asked;
	const char *words[5], *never[5];
};

enum { SOURCE_FLATBED, SOURCE_FEEDER };

static const struct wording sources[] = {
	[SOURCE_FLATBED] = {"flatbed",
		{"flatbed", "flat bed", "platen", "document table", "normal"},
		{"transparency"}},
	[SOURCE_FEEDER] = {"feeder", {"adf", "feeder"},
		{"duplex", "both", "back", "rear"}},
	{0},
};

static const struct wording modes[] = {
	{"color", {"color", "colour"}, {"lineart", "halftone", "48", "16"}},
	{"gray", {"gray", "grey"},
		{"diffusion", "dither", "halftone", "lineart", "16"}},
	{0},
};

static bool fail(GError **error, const char *name, const char *detail)
{
	g_propagate_error(error, error_from_name(name, detail));
	return false;
}

static bool status_failed(GError **error, SANE_Status status)
{
	if ((size_t)status >= G_N_ELEMENTS(statuses))
		return fail(error, "link.protocol", "unknown-status");
	return fail(error, statuses[status].error, statuses[status].detail);
}

/* Options of a device ----------------------------------------------------- */

static const SANE_Option_Descriptor *find_option(
	SANE_Handle handle, const char *name, SANE_Int *number)
{
	for (SANE_Int i = 1; i < OPTIONS_MAX; i++) {
		const SANE_Option_Descriptor *option =
			sane_get_option_descriptor(handle, i);

		if (!option)
			return NULL;
		if (!option->name || strcmp(option->name, name) != 0)
			continue;
		if (!SANE_OPTION_IS_ACTIVE(option->cap) ||
			!SANE_OPTION_IS_SETTABLE(option->cap))
			return NULL;
		*number = i;
		return option;
	}
	return NULL;
}

static bool has_word(const char *name, const char *const words[5])
{
	g_autofree char *lower = g_ascii_strdown(name, -1);

	for (int i = 0; i < 5 && words[i]; i++)
		if (strstr(lower, words[i]))
			return true;
	return false;
}

static const char *choose(
	const SANE_Option_Descriptor *option, const struct wording *wording)
{
	if (option->type != SANE_TYPE_STRING ||
		option->constraint_type != SANE_CONSTRAINT_STRING_LIST)
		return NULL;
	for (int i = 0; option->constraint.string_list[i]; i++) {
		const char *name = option->constraint.string_list[i];

		if (has_word(name, wording->words) &&
			!has_word(name, wording->never))
			return name;
	}
	return NULL;
}

static bool set_text(SANE_Handle handle, SANE_Int number,
	const SANE_Option_Descriptor *option, const char *text, GError **error)
{
	size_t size = option->size;

	if (strlen(text) >= size)
		return fail(error, "link.protocol", "option-size");

	g_autofree char *value = g_malloc0(size);

	g_strlcpy(value, text, size);

	SANE_Status status = sane_control_option(
		handle, number, SANE_ACTION_SET_VALUE, value, NULL);

	return status == SANE_STATUS_GOOD || status_failed(error, status);
}

/* Only what the device's own list holds is asked for. A device without the
 * option has one source, or one mode: fine, when optional. */
static bool set_choice(SANE_Handle handle, const char *name,
	const struct wording *wording, bool optional, GError **error)
{
	SANE_Int number;
	const SANE_Option_Descriptor *option =
		find_option(handle, name, &number);

	if (!option)
		return optional || fail(error, "item.refused", name);

	const char *choice = choose(option, wording);

	if (!choice)
		return fail(error, "item.refused", name);
	return set_text(handle, number, option, choice, error);
}

static double word_value(const SANE_Option_Descriptor *option, SANE_Word word)
{
	return option->type == SANE_TYPE_FIXED ? SANE_UNFIX(word) : word;
}

static double nearest_in_list(
	const SANE_Option_Descriptor *option, double wanted)
{
	const SANE_Word *list = option->constraint.word_list;
	double best = wanted, distance = INFINITY;

	for (int i = 1; i <= list[0]; i++) {
		double value = word_value(option, list[i]);

		if (fabs(value - wanted) < distance) {
			best = value;
			distance = fabs(value - wanted);
		}
	}
	return best;
}

static double nearest_in_range(
	const SANE_Option_Descriptor *option, double wanted)
{
	const SANE_Range *range = option->constraint.range;
	double min = word_value(option, range->min);
	double max = word_value(option, range->max);
	double quant = word_value(option, range->quant);
	double value = CLAMP(wanted, min, MAX(min, max));

	if (quant > 0)
		value = min + floor((value - min) / quant + 0.5) * quant;
	return value > max && quant > 0 ? value - quant : value;
}

static double nearest(const SANE_Option_Descriptor *option, double wanted)
{
	if (option->constraint_type == SANE_CONSTRAINT_RANGE)
		return nearest_in_range(option, wanted);
	if (option->constraint_type == SANE_CONSTRAINT_WORD_LIST)
		return nearest_in_list(option, wanted);
	return wanted;
}

/* Sets the value nearest to *value that the device allows, and tells it. */
static bool set_number(
	SANE_Handle handle, const char *name, double *value, GError **error)
{
	SANE_Int number;
	const SANE_Option_Descriptor *option =
		find_option(handle, name, &number);

	if (!option || option->size != sizeof(SANE_Word) ||
		(option->type != SANE_TYPE_INT &&
			option->type != SANE_TYPE_FIXED))
		return true;

	double allowed = nearest(option, *value);
	SANE_Word word = option->type == SANE_TYPE_FIXED
				 ? SANE_FIX(allowed)
				 : (SANE_Word)lrint(allowed);
	SANE_Status status = sane_control_option(
		handle, number, SANE_ACTION_SET_VALUE, &word, NULL);

	if (status != SANE_STATUS_GOOD)
		return status_failed(error, status);
	*value = word_value(option, word);
	return true;
}

/* An edge of the page, in the unit that the device counts in. */
static bool set_edge(
	struct scan_device *dev, const char *name, double mm, GError **error)
{
	SANE_Int number;
	const SANE_Option_Descriptor *option =
		find_option(dev->handle, name, &number);

	if (option && option->unit == SANE_UNIT_PIXEL)
		mm = mm * dev->dpi / 25.4;
	return set_number(dev->handle, name, &mm, error);
}

static bool set_page(struct scan_device *dev, GError **error)
{
	static const struct {
		const char *name;
		const double *mm;
	} edges[] = {
		{"page-width", &page_width_mm},
		{"page-height", &page_height_mm},
		{SANE_NAME_SCAN_TL_X, NULL},
		{SANE_NAME_SCAN_TL_Y, NULL},
		{SANE_NAME_SCAN_BR_X, &page_width_mm},
		{SANE_NAME_SCAN_BR_Y, &page_height_mm},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(edges); i++) {
		double mm = edges[i].mm ? *edges[i].mm : 0;

		if (!set_edge(dev, edges[i].name, mm, error))
			return false;
	}
	return true;
}

static const struct wording *find_wording(
	const struct wording *table, const char *asked)
{
	for (; table->asked; table++)
		if (!strcmp(table->asked, asked))
			return table;
	return NULL;
}

bool scan_prepare(
	struct scan_device *dev, struct scan_wish *wish, GError **error)
{
	const struct wording *source = find_wording(sources, wish->source);
	const struct wording *mode = find_wording(modes, wish->mode);
	double depth = 8, dpi = wish->dpi;

	if (!source || !mode || dpi < RESOLUTION_MIN || dpi > RESOLUTION_MAX)
		return fail(error, "item.invalid", "source-mode-or-resolution");
	wish->feeder = source == &sources[SOURCE_FEEDER];
	if (!set_choice(dev->handle, SANE_NAME_SCAN_SOURCE, source,
		    !wish->feeder, error) ||
		!set_choice(
			dev->handle, SANE_NAME_SCAN_MODE, mode, false, error) ||
		!set_number(dev->handle, SANE_NAME_BIT_DEPTH, &depth, error) ||
		!set_number(
			dev->handle, SANE_NAME_SCAN_RESOLUTION, &dpi, error))
		return false;
	wish->dpi = dev->dpi = (int)lrint(dpi);
	return set_page(dev, error);
}

/* Pages ------------------------------------------------------------------- */

static const enum raster_frame_kind frame_kinds[] = {
	[SANE_FRAME_GRAY] = RASTER_GRAY,
	[SANE_FRAME_RGB] = RASTER_RGB,
	[SANE_FRAME_RED] = RASTER_RED,
	[SANE_FRAME_GREEN] = RASTER_GREEN,
	[SANE_FRAME_BLUE] = RASTER_BLUE,
};

static bool begin_frame(struct scan_device *dev, struct raster *raster,
	bool *last, GError **error)
{
	SANE_Parameters sent;
	SANE_Status status = sane_get_parameters(dev->handle, &sent);

	if (status != SANE_STATUS_GOOD)
		return status_failed(error, status);
	if ((size_t)sent.format >= G_N_ELEMENTS(frame_kinds))
		return fail(error, "link.protocol", "unknown-frame");
	*last = sent.last_frame;

	struct raster_frame frame = {
		.kind = frame_kinds[sent.format],
		.width = sent.pixels_per_line,
		.lines = sent.lines,
		.line_bytes = sent.bytes_per_line,
		.depth = sent.depth,
	};

	return raster_begin(raster, &frame, error);
}

static bool read_frame(struct scan_device *dev, struct raster *raster,
	scan_cancelled_fn *is_cancelled, void *context, GError **error)
{
	g_autofree SANE_Byte *bytes = g_malloc(READ_BYTES);

	for (;;) {
		SANE_Int len = 0;
		SANE_Status status =
			sane_read(dev->handle, bytes, READ_BYTES, &len);

		if (status == SANE_STATUS_EOF)
			return true;
		if (status != SANE_STATUS_GOOD)
			return status_failed(error, status);
		if (is_cancelled(context))
			return status_failed(error, SANE_STATUS_CANCELLED);
		if (len < 0 || len > READ_BYTES)
			return fail(error, "link.protocol", "read-length");
		if (len > 0)
			alarm(SCAN_SILENCE_MAX_S);
		if (!raster_add(raster, bytes, len, error))
			return false;
	}
}

/* A frame, or one for each colour. */
bool scan_page(struct scan_device *dev, struct raster *raster,
	scan_cancelled_fn *is_cancelled, void *context, bool *is_empty,
	GError **error)
{
	for (bool last = false; !last;) {
		alarm(SCAN_SILENCE_MAX_S);

		SANE_Status status = sane_start(dev->handle);

		*is_empty = status == SANE_STATUS_NO_DOCS;
		if (status != SANE_STATUS_GOOD)
			return status_failed(error, status);
		dev->is_reading = true;
		if (!begin_frame(dev, raster, &last, error) ||
			!read_frame(dev, raster, is_cancelled, context, error))
			return false;
		dev->is_reading = false;
	}
	return true;
}

void scan_finish(struct scan_device *dev)
{
	alarm(SCAN_REST_MAX_S);
	sane_cancel(dev->handle);
}

bool scan_is_spent(const struct scan_device *dev)
{
	return dev->is_reading;
}

/* Devices ----------------------------------------------------------------- */

bool scan_begin(GError **error)
{
	SANE_Status status = sane_init(NULL, NULL);

	return status == SANE_STATUS_GOOD || status_failed(error, status);
}

void scan_end(void)
{
	sane_exit();
}

static void put_clean(struct json *object, const char *name, const char *text)
{
	g_autofree char *clean = g_utf8_make_valid(text ? text : "", -1);

	json_put_text(object, name, clean);
}

struct json *scan_list(GError **error)
{
	const SANE_Device **list = NULL;
	SANE_Status status = sane_get_devices(&list, SANE_FALSE);

	if (status != SANE_STATUS_GOOD)
		return status_failed(error, status), NULL;

	struct json *devices = json_new_array();

	for (int i = 0; i < DEVICES_MAX && list[i]; i++) {
		struct json *device = json_new_object();

		put_clean(device, "name", list[i]->name);
		put_clean(device, "vendor", list[i]->vendor);
		put_clean(device, "model", list[i]->model);
		put_clean(device, "type", list[i]->type);
		json_add(devices, device);
	}
	return devices;
}

/* A scanner that was switched on after the back ends were loaded is found by
 * asking for the list once more. */
struct scan_device *scan_open(const char *name, GError **error)
{
	const SANE_Device **list;
	SANE_Handle handle;
	SANE_Status status = sane_open(name, &handle);

	if (status == SANE_STATUS_INVAL &&
		sane_get_devices(&list, SANE_FALSE) == SANE_STATUS_GOOD)
		status = sane_open(name, &handle);
	if (status == SANE_STATUS_INVAL)
		return fail(error, "link.absent", "unknown-device"), NULL;
	if (status != SANE_STATUS_GOOD)
		return status_failed(error, status), NULL;

	struct scan_device *dev = g_new0(struct scan_device, 1);

	dev->handle = handle;
	return dev;
}

void scan_close(struct scan_device *dev)
{
	sane_close(dev->handle);
	g_free(dev);
}

static void put_texts(struct json *object, const char *name, SANE_Handle handle,
	const char *option_name)
{
	SANE_Int number;
	const SANE_Option_Descriptor *option =
		find_option(handle, option_name, &number);
	struct json *texts = json_new_array();

	if (option && option->constraint_type == SANE_CONSTRAINT_STRING_LIST) {
		for (int i = 0; option->constraint.string_list[i]; i++) {
			g_autofree char *clean = g_utf8_make_valid(
				option->constraint.string_list[i], -1);

			json_add_text(texts, clean);
		}
	}
	json_put(object, name, texts);
}

struct json *scan_abilities(struct scan_device *dev)
{
	SANE_Int number;
	const SANE_Option_Descriptor *option =
		find_option(dev->handle, SANE_NAME_SCAN_RESOLUTION, &number);
	struct json *abilities = json_new_object();
	struct json *range = json_new_array();

	put_texts(abilities, "sources", dev->handle, SANE_NAME_SCAN_SOURCE);
	put_texts(abilities, "modes", dev->handle, SANE_NAME_SCAN_MODE);
	if (option) {
		json_add(range, json_new_int(lrint(nearest(option, 0))));
		json_add(range, json_new_int(lrint(nearest(option, 32767))));
	}
	json_put(abilities, "resolution", range);
	return abilities;
}
