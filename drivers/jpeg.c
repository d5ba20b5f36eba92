/* JPEG pictures on libturbojpeg.
 *
 * Pictures come from cameras on the network and from scanner back ends, so the
 * library never sees bytes that were not walked first. The walk, by ITU-T T.81
 * annex B:
 *
 *   FFD8                                start
 *   FFE0 00 10 "JFIF" 00 0102 01 00C8 00C8 ..   200 dots per inch
 *   FFDB FFC4 FFDD ..                   segments: mark, length, content
 *   FFC0 LEN 08 HEIGHT WIDTH 03 ..      the frame: precision, size, components
 *   FFDA LEN .. data                    a scan, data up to the next mark; FF00
 *                                       is a byte, FFD0-FFD7 restart marks
 *   FFD9                                end */
#include "drivers/jpeg.h"

#include <math.h>
#include <string.h>

#include <turbojpeg.h>

#include "client/base/error.h"

enum {
	MARK_SOF0 = 0xc0, /* baseline */
	MARK_SOF1 = 0xc1, /* extended sequential */
	MARK_SOF2 = 0xc2, /* progressive */
	MARK_DHT = 0xc4,
	MARK_JPG = 0xc8,
	MARK_DAC = 0xcc,
	MARK_SOF15 = 0xcf,
	MARK_RST0 = 0xd0,
	MARK_RST7 = 0xd7,
	MARK_SOI = 0xd8,
	MARK_EOI = 0xd9,
	MARK_SOS = 0xda,
	MARK_DNL = 0xdc,
	MARK_APP0 = 0xe0,
	MARK_COM = 0xfe,
};

/* What is left to walk, and what was met. */
struct walk {
	const uint8_t *at, *end;
	struct jpeg_info info;
	int frames, scans;
};

static bool invalid(GError **error, const char *what)
{
	g_set_error(error, ITEM_ERROR, ITEM_ERROR_INVALID, "JPEG picture: %s",
		what);
	return false;
}

static bool too_large(GError **error, const char *what)
{
	g_set_error(error, ITEM_ERROR, ITEM_ERROR_TOO_LARGE, "JPEG picture: %s",
		what);
	return false;
}

static int two_bytes(const uint8_t *at)
{
	return at[0] << 8 | at[1];
}

/* Content of a segment: after its length field. */
static void walk_jfif(struct walk *walk, const uint8_t *content, size_t len)
{
	if (len < 12 || memcmp(content, "JFIF", 5) != 0)
		return;
	int across = two_bytes(content + 8);
	int down = two_bytes(content + 10);

	if (across != down)
		return;
	if (content[7] == 1)
		walk->info.dpi = across;
	else if (content[7] == 2)
		walk->info.dpi = (across * 254 + 50) / 100;
}

static bool walk_frame(struct walk *walk, int mark, const uint8_t *content,
	size_t len, GError **error)
{
	if (mark > MARK_SOF2)
		return invalid(error, "neither baseline nor progressive");
	if (walk->frames++ || walk->scans)
		return invalid(error, "a second frame");
	if (len < 6 || content[0] != 8)
		return invalid(error, "not 8 bits a sample");
	walk->info.height = two_bytes(content + 1);
	walk->info.width = two_bytes(content + 3);
	walk->info.color = content[5] == 3;
	if (content[5] != 1 && content[5] != 3)
		return invalid(error, "neither gray nor three colours");
	if (len != 6 + 3 * (size_t)content[5])
		return invalid(error, "length of the frame");
	if (!walk->info.width || !walk->info.height)
		return invalid(error, "no size");
	if (walk->info.width > JPEG_MAX_SIDE ||
		walk->info.height > JPEG_MAX_SIDE ||
		(int64_t)walk->info.width * walk->info.height > JPEG_MAX_PIXELS)
		return too_large(error, "too many pixels");
	return true;
}

static bool is_frame(int mark)
{
	return mark >= MARK_SOF0 && mark <= MARK_SOF15 && mark != MARK_DHT &&
	       mark != MARK_JPG && mark != MARK_DAC;
}

/* The data of a scan ends at the next mark that is not part of it. */
static void walk_data(struct walk *walk)
{
	while (walk->at < walk->end) {
		const uint8_t *mark =
			memchr(walk->at, 0xff, walk->end - walk->at);

		if (!mark || mark + 1 >= walk->end) {
			walk->at = walk->end;
			return;
		}
		walk->at = mark;
		if (mark[1] && (mark[1] < MARK_RST0 || mark[1] > MARK_RST7) &&
			mark[1] != 0xff)
			return;
		walk->at += mark[1] == 0xff ? 1 : 2;
	}
}

static bool walk_scan(struct walk *walk, GError **error)
{
	if (!walk->frames)
		return invalid(error, "a scan before the frame");
	if (++walk->scans > JPEG_MAX_SCANS)
		return too_large(error, "too many scans");
	walk_data(walk);
	return true;
}

/* The next mark, -1 at the end of the bytes. Marks may be padded with FF. */
static int walk_mark(struct walk *walk)
{
	if (walk->end - walk->at < 2 || walk->at[0] != 0xff)
		return -1;
	while (walk->at < walk->end && *walk->at == 0xff)
		walk->at++;
	return walk->at < walk->end ? *walk->at++ : -1;
}

static bool walk_segment(struct walk *walk, int mark, GError **error)
{
	if (walk->end - walk->at < 2 || two_bytes(walk->at) < 2 ||
		walk->end - walk->at < two_bytes(walk->at))
		return invalid(error, "a segment is cut off");

	const uint8_t *content = walk->at + 2;
	size_t len = two_bytes(walk->at) - 2;

	walk->at = content + len;
	if (is_frame(mark))
		return walk_frame(walk, mark, content, len, error);
	if (mark == MARK_SOS)
		return walk_scan(walk, error);
	if (mark == MARK_APP0)
		walk_jfif(walk, content, len);
	if (mark == MARK_DAC || mark == MARK_DNL)
		return invalid(error, "a kind that is hardly ever readable");
	return true;
}

static bool walk_all(struct walk *walk, GError **error)
{
	int mark = walk_mark(walk);

	if (mark != MARK_SOI)
		return invalid(error, "does not begin as one");
	while ((mark = walk_mark(walk)) != MARK_EOI) {
		if (mark < MARK_SOF0 || (mark >= MARK_RST0 && mark <= MARK_SOI))
			return invalid(error, "cut off or damaged");
		if (!walk_segment(walk, mark, error))
			return false;
	}
	if (!walk->scans)
		return invalid(error, "no picture data");
	return true;
}

bool jpeg_inspect(
	const uint8_t *data, size_t len, struct jpeg_info *info, GError **error)
{
	struct walk walk = {.at = data, .end = data + len};

	if (len > JPEG_MAX_BYTES)
		return too_large(error, "too many bytes");
	if (!walk_all(&walk, error))
		return false;
	*info = walk.info;
	info->len = walk.at - data;
	return true;
}

/* turbojpeg's own message holds no data of the picture. */
static bool library_failed(tjhandle handle, const char *what, GError **error)
{
	g_set_error(error, ITEM_ERROR, ITEM_ERROR_INVALID,
		"JPEG picture: %s: %s", what, tjGetErrorStr2(handle));
	if (handle)
		tjDestroy(handle);
	return false;
}

/* The greatest reduction that leaves at least the size asked for. */
static int reduction(
	const struct jpeg_info *info, int min_width, int min_height)
{
	int by = 8;

	while (by > 1 && ((info->width + by - 1) / by < min_width ||
				 (info->height + by - 1) / by < min_height))
		by /= 2;
	return by;
}

/* Some cameras leave stray bytes before the end mark, which harms nothing.
 * Every other complaint of the library means that part of the picture is lost.
 */
static bool is_harmless(tjhandle handle)
{
	return tjGetErrorCode(handle) == TJERR_WARNING &&
	       strstr(tjGetErrorStr2(handle),
		       "extraneous bytes before marker 0xd9");
}

static bool decode_into(tjhandle handle, const uint8_t *data, size_t len,
	uint8_t *gray, int width, int height)
{
	int flags = TJFLAG_LIMITSCANS;

	if (!tjDecompress2(handle, data, len, gray, width, 0, height, TJPF_GRAY,
		    flags | TJFLAG_STOPONWARNING))
		return true;
	if (!is_harmless(handle))
		return false;
	return !tjDecompress2(handle, data, len, gray, width, 0, height,
		       TJPF_GRAY, flags) ||
	       is_harmless(handle);
}

static uint8_t *decode(const uint8_t *data, const struct jpeg_info *info,
	int by, GError **error)
{
	int width = (info->width + by - 1) / by;
	int height = (info->height + by - 1) / by;
	g_autofree uint8_t *gray = g_try_malloc((gsize)width * height);

	if (!gray)
		return too_large(error, "no memory"), NULL;

	tjhandle handle = tjInitDecompress();

	if (!handle ||
		!decode_into(handle, data, info->len, gray, width, height))
		return library_failed(handle, "cannot decode", error), NULL;
	tjDestroy(handle);
	return g_steal_pointer(&gray);
}

bool jpeg_check(
	const uint8_t *data, size_t len, struct jpeg_info *info, GError **error)
{
	if (!jpeg_inspect(data, len, info, error))
		return false;

	g_autofree uint8_t *gray = decode(data, info, 8, error);

	return gray != NULL;
}

uint8_t *jpeg_decode_gray(const uint8_t *data, size_t len, int min_width,
	int min_height, int *width, int *height, GError **error)
{
	struct jpeg_info info;

	if (!jpeg_inspect(data, len, &info, error))
		return NULL;

	int by = reduction(&info, min_width, min_height);

	*width = (info.width + by - 1) / by;
	*height = (info.height + by - 1) / by;
	return decode(data, &info, by, error);
}

/* The library writes a JFIF head without a scale; what is put there is
 * unit 1 (dots per inch) and the two densities. */
static void write_dpi(uint8_t *data, size_t len, int dpi)
{
	if (dpi < 1 || dpi > 65535 || len < 20 || data[3] != MARK_APP0 ||
		memcmp(data + 6, "JFIF", 5) != 0)
		return;
	data[13] = 1;
	data[14] = data[16] = dpi >> 8;
	data[15] = data[17] = dpi & 0xff;
}

/* A comment goes behind the JFIF head, which ends at byte 20. */
enum { JFIF_END = 20, COMMENT_MAX = 200 };

static uint8_t *with_comment(
	uint8_t *take_jpeg, size_t *len, const char *comment)
{
	size_t text_len = comment ? strnlen(comment, COMMENT_MAX) : 0;
	size_t all_len = text_len + 4;
	uint8_t *jpeg = g_realloc(take_jpeg, *len + (comment ? all_len : 0));

	if (!comment || *len < JFIF_END || jpeg[3] != MARK_APP0)
		return jpeg;
	memmove(jpeg + JFIF_END + all_len, jpeg + JFIF_END, *len - JFIF_END);
	jpeg[JFIF_END] = 0xff;
	jpeg[JFIF_END + 1] = MARK_COM;
	jpeg[JFIF_END + 2] = 0;
	jpeg[JFIF_END + 3] = (uint8_t)(text_len + 2);
	memcpy(jpeg + JFIF_END + 4, comment, text_len);
	*len += all_len;
	return jpeg;
}

static bool pixels_fit(const struct jpeg_pixels *pixels, GError **error)
{
	if (pixels->width < 1 || pixels->height < 1)
		return invalid(error, "no size");
	if (pixels->width > JPEG_MAX_SIDE || pixels->height > JPEG_MAX_SIDE ||
		(int64_t)pixels->width * pixels->height > JPEG_MAX_PIXELS)
		return too_large(error, "too many pixels");
	return true;
}

uint8_t *jpeg_encode(const struct jpeg_pixels *pixels, int quality, size_t *len,
	GError **error)
{
	int samples = pixels->color ? TJSAMP_420 : TJSAMP_GRAY;
	int format = pixels->color ? TJPF_RGB : TJPF_GRAY;

	if (!pixels_fit(pixels, error))
		return NULL;

	unsigned long size = tjBufSize(pixels->width, pixels->height, samples);
	g_autofree unsigned char *jpeg = g_try_malloc(size);
	tjhandle handle = tjInitCompress();

	if (!handle || !jpeg ||
		tjCompress2(handle, pixels->data, pixels->width, 0,
			pixels->height, format, &jpeg, &size, samples, quality,
			TJFLAG_NOREALLOC))
		return library_failed(handle, "cannot encode", error), NULL;
	tjDestroy(handle);
	write_dpi(jpeg, size, pixels->dpi);
	*len = size;
	return with_comment(g_steal_pointer(&jpeg), len, pixels->comment);
}

/* Where the page lies in the cells, all of it, in its own shape. */
struct placing {
	int left, top, columns, rows;
};

static struct placing place_page(int width, int height, int columns, int rows)
{
	struct placing place = {.columns = columns, .rows = rows};
	/* A cell is one wide and two high. */
	int64_t fit_columns = ((int64_t)rows * 2 * width + height / 2) / height;
	int64_t fit_rows =
		((int64_t)columns * height + width) / (2 * (int64_t)width);

	if (fit_columns <= columns)
		place.columns = MAX(1, (int)fit_columns);
	else
		place.rows = CLAMP((int)fit_rows, 1, rows);
	place.left = (columns - place.columns) / 2;
	place.top = (rows - place.rows) / 2;
	return place;
}

/* Mean of the pixels under cell (column, row) of the page. */
static int cell_mean(const uint8_t *gray, int width, int height,
	const struct placing *place, int column, int row)
{
	int x0 = (int)((int64_t)column * width / place->columns);
	int x1 = (int)((int64_t)(column + 1) * width / place->columns);
	int y0 = (int)((int64_t)row * height / place->rows);
	int y1 = (int)((int64_t)(row + 1) * height / place->rows);
	int64_t sum = 0, count = 0;

	for (int y = y0; y < MAX(y1, y0 + 1); y++) {
		for (int x = x0; x < MAX(x1, x0 + 1); x++) {
			sum += gray[(size_t)y * width + x];
			count++;
		}
	}
	return count > 0 ? (int)(sum / count) : 0;
}

/* Text covers a tenth of a page: its means lie close below white, and a dark
 * desk around the page far below. So the root of the distance from white
 * counts, of the range in use; a page with nothing on it stays even. */
enum { DIM_WHITE = 128, LEAST_RANGE = 48, EVEN = 3 };

static uint8_t *place_cell(
	uint8_t *levels, int columns, const struct placing *place, int i)
{
	int row = place->top + i / place->columns;

	return &levels[row * columns + place->left + i % place->columns];
}

static void raise_contrast(
	uint8_t *levels, int columns, const struct placing *place)
{
	int cells = place->rows * place->columns;
	int white = DIM_WHITE, black = 255;

	for (int i = 0; i < cells; i++) {
		int mean = *place_cell(levels, columns, place, i);

		white = MAX(white, mean);
		black = MIN(black, mean);
	}
	white -= EVEN;

	int range = MAX(white - black, LEAST_RANGE);

	for (int i = 0; i < cells; i++) {
		uint8_t *level = place_cell(levels, columns, place, i);
		double below = CLAMP(white - *level, 0, range);

		*level = (uint8_t)(15 - lrint(15 * sqrt(below / range)));
	}
}

bool jpeg_thumbnail(const uint8_t *data, size_t len, int columns, int rows,
	uint8_t *levels, GError **error)
{
	int width, height;
	g_autofree uint8_t *gray = jpeg_decode_gray(
		data, len, 4 * columns, 8 * rows, &width, &height, error);

	if (!gray)
		return false;

	struct placing place = place_page(width, height, columns, rows);

	memset(levels, 0, (size_t)columns * rows);
	for (int row = 0; row < place.rows; row++)
		for (int column = 0; column < place.columns; column++)
			levels[(place.top + row) * columns + place.left +
				column] = (uint8_t)cell_mean(gray, width,
				height, &place, column, row);
	raise_contrast(levels, columns, &place);
	return true;
}

char *jpeg_thumbnail_text(
	const uint8_t *data, size_t len, int columns, int rows, GError **error)
{
	size_t cells = (size_t)columns * rows;
	g_autofree uint8_t *levels = g_malloc(cells);

	if (!jpeg_thumbnail(data, len, columns, rows, levels, error))
		return NULL;

	char *text = g_malloc(cells + 1);

	for (size_t i = 0; i < cells; i++)
		text[i] = "0123456789abcdef"[levels[i]];
	text[cells] = '\0';
	return text;
}

static const int turns[] = {
	[1] = TJXOP_ROT90,
	[2] = TJXOP_ROT180,
	[3] = TJXOP_ROT270,
};

uint8_t *jpeg_turn(const uint8_t *data, size_t len, int quarters,
	size_t *turned_len, GError **error)
{
	struct jpeg_info info;

	if (!jpeg_check(data, len, &info, error))
		return NULL;
	if (quarters < 1 || quarters > 3)
		return invalid(error, "turned by 1, 2 or 3 quarters"), NULL;

	tjtransform how = {
		.op = turns[quarters],
		.options = TJXOPT_TRIM | TJXOPT_COPYNONE,
	};
	unsigned char *turned = NULL;
	unsigned long size = 0;
	tjhandle handle = tjInitTransform();

	if (!handle || tjTransform(handle, data, info.len, 1, &turned, &size,
			       &how, TJFLAG_LIMITSCANS)) {
		tjFree(turned);
		return library_failed(handle, "cannot turn", error), NULL;
	}
	tjDestroy(handle);

	uint8_t *own = g_memdup2(turned, size);

	tjFree(turned);
	*turned_len = size;
	return own;
}
