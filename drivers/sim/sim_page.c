/* Pictures of papers that do not exist. Everything is drawn from the page's
 * number: a generator of its own gives the strokes, so a picture is the same on
 * every machine. */
#include "drivers/sim/sim_page.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <glib.h>

#include "drivers/jpeg.h"

/* 150 dots per inch: A4 is 1240 x 1754, the desk shows around it. */
enum {
	DPI = 150,
	DESK = 40,
	PAGE_WIDTH = 1240,
	PAGE_HEIGHT = 1754,
	WIDTH = PAGE_WIDTH + 2 * DESK,
	HEIGHT = PAGE_HEIGHT + 2 * DESK,
	MARGIN = 150, /* of the text, from the picture's edge */
	GLYPH = 24,   /* a mark, square as Chinese type */
	LEADING = 46,
};

struct color {
	uint8_t r, g, b;
};

static const struct color ink = {40, 40, 52};
static const struct color seal = {196, 40, 44};

struct drawing {
	uint8_t *pixels; /* own: RGB */
	uint32_t random;
};

/* A linear congruential generator (Numerical Recipes' constants). */
static unsigned random_below(struct drawing *drawing, unsigned bound)
{
	drawing->random = drawing->random * 1664525u + 1013904223u;
	return (drawing->random >> 16) % bound;
}

static void put_pixel(
	struct drawing *drawing, int x, int y, const struct color *color)
{
	if (x < 0 || y < 0 || x >= WIDTH || y >= HEIGHT)
		return;
	memcpy(drawing->pixels + 3 * ((size_t)y * WIDTH + x), color, 3);
}

static void fill(struct drawing *drawing, int x, int y, int width, int height,
	const struct color *color)
{
	for (int row = y; row < y + height; row++)
		for (int column = x; column < x + width; column++)
			put_pixel(drawing, column, row, color);
}

/* Desk and paper, lit from above left, with the noise of a sensor. */
static void draw_paper(struct drawing *drawing)
{
	for (int y = 0; y < HEIGHT; y++) {
		for (int x = 0; x < WIDTH; x++) {
			bool is_paper = x >= DESK && y >= DESK &&
					x < WIDTH - DESK && y < HEIGHT - DESK;
			int light = (x + y) * 18 / (WIDTH + HEIGHT);
			int level = (is_paper ? 244 : 62) - light +
				    (int)random_below(drawing, 5) - 2;
			struct color color = {(uint8_t)level, (uint8_t)level,
				(uint8_t)(level - (is_paper ? 6 : 0))};

			put_pixel(drawing, x, y, &color);
		}
	}
}

/* A mark of three to six strokes in a square: across, or down. */
static void draw_glyph(struct drawing *drawing, int x, int y, int size)
{
	int strokes = 3 + (int)random_below(drawing, 4);
	int thick = MAX(2, size / 12);

	for (int i = 0; i < strokes; i++) {
		int at = (int)random_below(drawing, (unsigned)(size - thick));
		int from = (int)random_below(drawing, (unsigned)(size / 3));
		int len = size - from - (int)random_below(drawing, size / 3);

		if (random_below(drawing, 3) < 2)
			fill(drawing, x + from, y + at, len, thick, &ink);
		else
			fill(drawing, x + at, y + from, thick, len, &ink);
	}
}

static void draw_line(
	struct drawing *drawing, int x, int y, int glyphs, int size)
{
	for (int i = 0; i < glyphs; i++)
		draw_glyph(drawing, x + i * (size + size / 8), y, size);
}

static void draw_text(struct drawing *drawing)
{
	int full = (WIDTH - 2 * MARGIN) / (GLYPH + GLYPH / 8);
	int last = HEIGHT - MARGIN - 5 * LEADING;
	int left = 0;

	draw_line(drawing, WIDTH / 2 - 5 * 54, MARGIN, 10, 48);
	for (int y = MARGIN + 3 * LEADING; y < last; y += LEADING) {
		bool begins = left == 0;
		int indent = begins ? 2 : 0;
		int glyphs = full - indent;

		if (begins)
			left = 2 + (int)random_below(drawing, 5);
		if (--left == 0)
			glyphs = full / 4 +
				 (int)random_below(drawing, (unsigned)full / 2);
		draw_line(drawing, MARGIN + indent * (GLYPH + GLYPH / 8), y,
			glyphs, GLYPH);
	}
}

/* A ring with a star's worth of strokes in it, where an organ signs. */
static void draw_seal(struct drawing *drawing)
{
	int middle_x = WIDTH - MARGIN - 160, middle_y = HEIGHT - MARGIN - 170;

	for (int y = -110; y <= 110; y++) {
		for (int x = -110; x <= 110; x++) {
			int square = x * x + y * y;
			bool is_ring =
				square >= 101 * 101 && square <= 108 * 108;
			bool is_star = square <= 34 * 34 &&
				       (x * y == 0 || abs(x) + abs(y) < 26);

			if (is_ring || is_star)
				put_pixel(drawing, middle_x + x, middle_y + y,
					&seal);
		}
	}
}

/* Digits of 5 x 7 dots, a row a byte, the left dot highest. */
static const uint8_t digits[10][7] = {
	{0x0e, 0x11, 0x13, 0x15, 0x19, 0x11, 0x0e},
	{0x04, 0x0c, 0x04, 0x04, 0x04, 0x04, 0x0e},
	{0x0e, 0x11, 0x01, 0x02, 0x04, 0x08, 0x1f},
	{0x1f, 0x02, 0x04, 0x02, 0x01, 0x11, 0x0e},
	{0x02, 0x06, 0x0a, 0x12, 0x1f, 0x02, 0x02},
	{0x1f, 0x10, 0x1e, 0x01, 0x01, 0x11, 0x0e},
	{0x06, 0x08, 0x10, 0x1e, 0x11, 0x11, 0x0e},
	{0x1f, 0x01, 0x02, 0x04, 0x08, 0x08, 0x08},
	{0x0e, 0x11, 0x11, 0x0e, 0x11, 0x11, 0x0e},
	{0x0e, 0x11, 0x11, 0x0f, 0x01, 0x02, 0x0c},
};

static void draw_number(struct drawing *drawing, unsigned number)
{
	enum { DOT = 6 };
	g_autofree char *text = g_strdup_printf("%u", number);
	int x = WIDTH / 2 - (int)strlen(text) * 3 * DOT;

	for (const char *at = text; *at; at++, x += 6 * DOT)
		for (int row = 0; row < 7; row++)
			for (int dot = 0; dot < 5; dot++)
				if (digits[*at - '0'][row] >> (4 - dot) & 1)
					fill(drawing, x + dot * DOT,
						HEIGHT - MARGIN + row * DOT,
						DOT, DOT, &ink);
}

uint8_t *sim_page_jpeg(unsigned number, size_t *len)
{
	g_autofree uint8_t *pixels = g_malloc((size_t)3 * WIDTH * HEIGHT);
	struct drawing drawing = {.pixels = pixels, .random = number};

	draw_paper(&drawing);
	draw_text(&drawing);
	draw_seal(&drawing);
	draw_number(&drawing, number);

	struct jpeg_pixels picture = {
		.data = pixels,
		.width = WIDTH,
		.height = HEIGHT,
		.color = true,
		.dpi = DPI,
		.comment = "yikou-sim: not a real document",
	};

	return jpeg_encode(&picture, JPEG_QUALITY, len, NULL);
}
