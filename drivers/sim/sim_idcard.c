/* Plays an ID card reader (drivers/idcard.c shows the wire): a person puts a
 * card on it and lifts it again. Cards are made up; the default one is of a
 * person who does not exist. */
#include <string.h>

#include "client/base/error.h"
#include "client/base/id.h"
#include "drivers/sim/sim_line.h"

enum {
	HEAD_LEN = 7,
	TEXT_LEN = 256,
	PHOTO_LEN = 1024,
	FIELD_MAX_BYTES = 256,
};

struct reader {
	bool has_card, was_read, is_found;
	uint8_t text[TEXT_LEN];
};

static const uint8_t preamble[] = {0xaa, 0xaa, 0xaa, 0x96, 0x69};

static const struct field {
	const char *name;
	int offset, len;
	const char *otherwise;
} fields[] = {
	{"name", 0, 30, "甄示例"},
	{"sex", 30, 2, "2"},
	{"nation", 32, 4, "01"},
	{"birth", 36, 16, "19900101"},
	{"address", 52, 70, "河南省登封市演练路1号"},
	{"number", 122, 36, "410185199001010013"},
	{"issuer", 158, 30, "登封市公安局"},
	{"valid_from", 188, 16, "20200101"},
	{"valid_to", 204, 16, "长期"},
};

static uint8_t xor_of(const uint8_t *data, size_t len)
{
	uint8_t all = 0;

	for (size_t i = 0; i < len; i++)
		all ^= data[i];
	return all;
}

/* The number says birth and sex, unless the message does. */
static char *field_value(const struct json *message, const struct field *field)
{
	const char *given = json_text(message, field->name);
	const char *number = json_text(message, "number");
	bool has_number = number && strlen(number) == 18;

	if (given)
		return g_strdup(given);
	if (has_number && !strcmp(field->name, "birth"))
		return g_strndup(number + 6, 8);
	if (has_number && !strcmp(field->name, "sex"))
		return g_strdup((number[16] - '0') % 2 ? "1" : "2");
	return g_strdup(field->otherwise);
}

static bool put_field(uint8_t *text, const struct field *field,
	const char *value, GError **error)
{
	glong count = 0;
	g_autofree gunichar2 *unit =
		g_utf8_to_utf16(value, -1, NULL, &count, NULL);

	if (!unit || count * 2 > field->len) {
		g_set_error(error, ITEM_ERROR, ITEM_ERROR_INVALID,
			"%s: expected at most %d characters", field->name,
			field->len / 2);
		return false;
	}
	for (int i = 0; i < field->len / 2; i++) {
		gunichar2 c = i < count ? unit[i] : ' ';

		text[field->offset + 2 * i] = (uint8_t)c;
		text[field->offset + 2 * i + 1] = (uint8_t)(c >> 8);
	}
	return true;
}

static bool put_card(
	struct sim_device *dev, const struct json *message, GError **error)
{
	struct reader *reader = sim_state(dev);
	uint8_t text[TEXT_LEN];

	for (size_t i = 0; i < sizeof(text); i += 2) {
		text[i] = ' ';
		text[i + 1] = 0;
	}
	for (size_t i = 0; i < G_N_ELEMENTS(fields); i++) {
		g_autofree char *value = field_value(message, &fields[i]);

		if (!put_field(text, &fields[i], value, error))
			return false;
	}
	memcpy(reader->text, text, sizeof(text));
	reader->has_card = true;
	reader->was_read = reader->is_found = false;
	return true;
}

/* Answering --------------------------------------------------------------- */

static void answer(
	struct sim_device *dev, uint8_t status, const uint8_t *data, size_t len)
{
	g_autoptr(GByteArray) frame = g_byte_array_new();
	size_t count = len + 4;
	uint8_t head[] = {(uint8_t)(count >> 8), (uint8_t)count, 0, 0, status};
	uint8_t check;

	g_byte_array_append(frame, preamble, sizeof(preamble));
	g_byte_array_append(frame, head, sizeof(head));
	if (len)
		g_byte_array_append(frame, data, (guint)len);
	check = xor_of(frame->data + 5, frame->len - 5);
	g_byte_array_append(frame, &check, 1);
	sim_send(dev, frame->data, frame->len);
}

static void answer_read(struct sim_device *dev)
{
	struct reader *reader = sim_state(dev);
	uint8_t data[4 + TEXT_LEN + PHOTO_LEN] = {TEXT_LEN >> 8,
		TEXT_LEN & 0xff, PHOTO_LEN >> 8, PHOTO_LEN & 0xff};

	memcpy(data + 4, reader->text, TEXT_LEN);
	reader->was_read = true;
	reader->is_found = false;
	answer(dev, 0x90, data, sizeof(data));
}

static void find(struct sim_device *dev)
{
	static const uint8_t serial[4];
	struct reader *reader = sim_state(dev);

	reader->is_found = reader->has_card && !reader->was_read;
	if (reader->is_found)
		answer(dev, 0x9f, serial, sizeof(serial));
	else
		answer(dev, 0x80, NULL, 0);
}

static void take(struct sim_device *dev, uint8_t command, uint8_t parameter)
{
	static const uint8_t serial[16];
	struct reader *reader = sim_state(dev);
	int both = command << 8 | parameter;

	switch (both) {
	case 0x10ff:
	case 0x11ff:
		answer(dev, 0x90, NULL, 0);
		break;
	case 0x12ff:
		answer(dev, 0x90, serial, sizeof(serial));
		break;
	case 0x2001:
		find(dev);
		break;
	case 0x2002:
		answer(dev, reader->is_found ? 0x90 : 0x81, serial,
			reader->is_found ? 8 : 0);
		break;
	case 0x3001:
		if (reader->is_found)
			answer_read(dev);
		else
			answer(dev, 0x41, NULL, 0);
		break;
	default:
		answer(dev, 0x21, NULL, 0);
	}
}

static size_t feed(struct sim_device *dev, const uint8_t *data, size_t len)
{
	size_t body_len;

	if (memcmp(data, preamble, MIN(len, sizeof(preamble)))) {
		sim_skip(dev, 1);
		return 0;
	}
	if (len < HEAD_LEN)
		return 0;
	body_len = (size_t)data[5] << 8 | data[6];
	if (body_len < 3 || body_len > 64) {
		sim_skip(dev, 1);
		return 0;
	}
	if (len < HEAD_LEN + body_len)
		return 0;
	if (xor_of(data + 5, body_len + 2))
		answer(dev, 0x10, NULL, 0);
	else
		take(dev, data[HEAD_LEN], data[HEAD_LEN + 1]);
	return HEAD_LEN + body_len;
}

static bool control(struct sim_device *dev, const char *verb,
	const struct json *message, GError **error)
{
	struct reader *reader = sim_state(dev);

	if (!strcmp(verb, "card"))
		return put_card(dev, message, error);
	if (!strcmp(verb, "lift")) {
		reader->has_card = reader->was_read = reader->is_found = false;
		secret_wipe(reader->text, sizeof(reader->text));
		return true;
	}
	g_set_error_literal(error, ITEM_ERROR, ITEM_ERROR_NOT_FOUND,
		"expected card or lift");
	return false;
}

static void put_state(struct sim_device *dev, struct json *out)
{
	const struct reader *reader = sim_state(dev);

	json_put_bool(out, "card", reader->has_card);
	json_put_bool(out, "read", reader->was_read);
}

const struct sim_kind sim_idcard = {
	.driver = "idcard",
	.state_size = sizeof(struct reader),
	.feed = feed,
	.control = control,
	.state = put_state,
};
