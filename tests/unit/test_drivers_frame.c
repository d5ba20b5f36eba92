/* Checksums, frames, and what noise costs. */
#include "drivers/frame.h"

#include <string.h>

#include "client/base/id.h"
#include "drivers/intake.h"
#include "drivers/profile.h"
#include "drivers/script.h"

/* Over "123456789", from the published tables. */
static void test_checksums(void)
{
	static const struct {
		const char *name;
		uint32_t value;
	} rows[] = {
		{"sum8", 0xdd},
		{"xor8", 0x31},
		{"lrc", 0x23},
		{"crc16-modbus", 0x4b37},
		{"crc16-arc", 0xbb3d},
	};
	const uint8_t *text = (const uint8_t *)"123456789";

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		const struct checksum *sum = checksum_find(rows[i].name);

		g_assert_nonnull(sum);
		g_assert_cmpuint(sum->compute(text, 9), ==, rows[i].value);
	}
	g_assert_null(checksum_find("crc99"));
}

/* Each frame is built around its body, recognised whole, and called
 * unfinished at every shorter length. */
static const struct {
	const char *frame; /* statement of a profile */
	const char *body, *whole;
} envelopes[] = {
	{"FF 68 len(d) len(d) 68 {d address body d} sum8(d) 16", "01 0C",
		"FF 68 03 03 68 05 01 0C 12 16"},
	/* the sum in front of what it covers */
	{"AA address BB 51 54 sum8(t) {t 01 00 99 00 63 body FF t}",
		"C7 EB 41 30 30 31",
		"AA 05 BB 51 54 80 01 00 99 00 63 C7 EB 41 30 30 31 FF"},
	{"AA address BB 51 54 {t 0B 00 05 00 63 body t} xor8(t) FF",
		"C7 EB 41 30 30 31",
		"AA 05 BB 51 54 0B 00 05 00 63 C7 EB 41 30 30 31 31 FF"},
	/* overlapping spans: the length counts the check, the check the length
	 */
	{"AA AA AA 96 69 {x len16be(n) {n body x} xor8(x) n}", "20 01",
		"AA AA AA 96 69 00 03 20 01 22"},
	/* STX LEN data LRC ETX, length without itself */
	{"02 {s len(s)-1 body s} lrc(s) 03", "CA 01 00",
		"02 03 CA 01 00 32 03"},
	{"{a address body a} crc16-modbus(a) 0D", "03 00 00 00 01",
		"05 03 00 00 00 01 85 8E 0D"},
	{"02 len16le(b)+5 {b body b} crc16-arc-be(b)", "31 32",
		"02 07 00 31 32 45 94"},
	/* a checksum inside what it covers counts as 00 */
	{"{a 7E len(a) sum8(a) body 7E a}", "01", "7E 05 02 01 7E"},
	{"10 address 55", "", "10 05 55"},
};

static struct profile *profile_with(const char *frame)
{
	g_autofree char *text = g_strdup_printf(
		"profile t\naddress 05\nframe %s\nignore when ...\n", frame);
	g_autoptr(GError) error = NULL;
	struct profile *profile = profile_parse(text, "t", &error);

	if (error && strstr(error->message, "no body"))
		g_error("%s", error->message);
	g_assert_no_error(error);
	return profile;
}

static void test_envelopes(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(envelopes); i++) {
		AUTO(profile) profile = profile_with(envelopes[i].frame);
		const struct frame *frame = profile->frames->pdata[0];
		g_autoptr(GByteArray) out = g_byte_array_new();
		uint8_t body[64], whole[64];
		size_t body_len = 0, len = 0;
		struct frame_found found = {0};

		hex_decode(envelopes[i].body, body, sizeof(body), &body_len);
		hex_decode(envelopes[i].whole, whole, sizeof(whole), &len);
		g_assert_true(frame_build(frame, 5, body, body_len, out));
		g_assert_cmpmem(out->data, out->len, whole, len);
		for (size_t cut = 1; cut < len; cut++)
			g_assert_cmpint(
				frame_parse(frame, 5, whole, cut, NULL, &found),
				==, FRAME_MORE);
		g_assert_cmpint(frame_parse(frame, 5, whole, len, NULL, &found),
			==, FRAME_IS);
		g_assert_cmpuint(found.size, ==, len);
		g_assert_cmpmem(found.body, found.body_len, body, body_len);
	}
}

static void test_wrong(void)
{
	static const struct {
		const char *hex;
		enum frame_match match;
	} rows[] = {
		{"FF 68 03 03 68 05 01 0C 12 17", FRAME_NOT},
		{"FF 68 03 03 68 05 01 0C 13 16", FRAME_DAMAGED},
		{"FF 68 03 03 68 06 01 0C 13 16", FRAME_FOREIGN},
		{"FF 68 03 04", FRAME_NOT},
		{"FF 68 00 00", FRAME_NOT},
		{"FF 68 FF FF", FRAME_NOT},
		{"FF 69", FRAME_NOT},
		{"FF 68 FB", FRAME_MORE},
		{"FF 68 FC", FRAME_NOT},
	};
	AUTO(profile) profile = profile_with(envelopes[0].frame);

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		uint8_t data[64];
		size_t len = 0;
		struct frame_found found;

		hex_decode(rows[i].hex, data, sizeof(data), &len);
		g_assert_cmpint(frame_parse(profile->frames->pdata[0], 5, data,
					len, NULL, &found),
			==, rows[i].match);
	}
}

/* A last byte that also occurs in the data does not end the frame early. */
static void test_tail_in_data(void)
{
	AUTO(profile) profile = profile_with("02 {b body b} sum8(b) 03");
	static const uint8_t whole[] = {2, 3, 3, 7, 13, 3};
	struct frame_found found;

	g_assert_cmpint(frame_parse(profile->frames->pdata[0], 5, whole,
				sizeof(whole), NULL, &found),
		==, FRAME_IS);
	g_assert_cmpuint(found.body_len, ==, 3);
}

/* Time of ours alone: others may be at work on this machine. */
static gint64 processor_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (gint64)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/* Every second of these beginnings looks like a frame; the answer of all
 * drivers must be there after time that grows like the stream. */
static gint64 time_of_noise(const struct driver *driver, const uint8_t *pattern,
	size_t len, size_t total)
{
	AUTO(device_options) none = device_options_new();
	AUTO(script) script = script_new(driver, none);
	g_autofree uint8_t *stream = g_malloc(total);
	gint64 start;

	for (size_t i = 0; i < total; i++)
		stream[i] = pattern[i % len];
	start = processor_us();
	script_feed(script, stream, total, 512);
	return processor_us() - start;
}

static void test_noise(void)
{
	static const uint8_t heads[] = {0xff, 0x68, 0x60, 0x60, 0x68};
	static const uint8_t idcard[] = {0xaa, 0xaa, 0xaa, 0x96, 0x69, 0x05, 8};
	static const uint8_t same[] = {0xff};
	AUTO(profile) keypad =
		profile_load("config/profiles/ff68-keypad.profile", NULL);
	AUTO(profile) tail = profile_with("02 {b body b} sum8(b) 03");
	const struct driver *drivers[] = {
		&keypad->driver, &tail->driver, driver_find("idcard")};

	for (size_t i = 0; i < G_N_ELEMENTS(drivers); i++) {
		const size_t small = 1 << 15, large = 1 << 19;
		const uint8_t *all[] = {heads, idcard, same};
		const size_t lens[] = {
			sizeof(heads), sizeof(idcard), sizeof(same)};

		for (size_t j = 0; j < G_N_ELEMENTS(all); j++) {
			gint64 a = time_of_noise(
				drivers[i], all[j], lens[j], small);
			gint64 b = time_of_noise(
				drivers[i], all[j], lens[j], large);

			/* 16 times the bytes; quadratic would be 256. */
			g_assert_cmpint(b, <, 60 * MAX(a, 500));
		}
	}
}

/* A driver that never takes anything cannot wedge itself. */
static void never_start(struct device *dev)
{
	(void)dev;
}

static size_t never_feed(struct device *dev, const uint8_t *data, size_t len)
{
	(void)dev;
	(void)data;
	(void)len;
	return 0;
}

static void test_wedge(void)
{
	static const struct driver never = {
		.name = "never", .start = never_start, .feed = never_feed};
	static const uint8_t bytes[10000];
	AUTO(device_options) none = device_options_new();
	AUTO(script) script = script_new(&never, none);

	script_feed(script, bytes, sizeof(bytes), 0);
	g_assert_cmpuint(script_counters(script)->bad_frame, ==, 1);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/checksum", test_checksums);
	g_test_add_func("/frame/envelopes", test_envelopes);
	g_test_add_func("/frame/wrong", test_wrong);
	g_test_add_func("/frame/tail-in-data", test_tail_in_data);
	g_test_add_func("/intake/noise", test_noise);
	g_test_add_func("/intake/wedge", test_wedge);
	return g_test_run();
}
