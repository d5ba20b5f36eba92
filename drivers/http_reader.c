/* The answer of a device that speaks HTTP/1.1.
 *
 *   HTTP/1.1 200 OK\r\n
 *   Content-Type: image/jpeg\r\n
 *   Content-Length: 402112\r\n
 *   \r\n
 *   ...
 *
 * or, with Transfer-Encoding: chunked, pieces "1f40\r\n ... \r\n" that end with
 * "0\r\n\r\n". */
#include "drivers/http_reader.h"

#include <string.h>

#include "client/base/error.h"

enum { CHUNK_LINE_MAX = 256 };

enum phase {
	PHASE_HEAD,
	PHASE_LENGTH,     /* left bytes of the body */
	PHASE_CLOSE,      /* everything, until the line is closed */
	PHASE_CHUNK_SIZE, /* a line with the size of the next chunk */
	PHASE_CHUNK,      /* left bytes of a chunk */
	PHASE_CHUNK_END,  /* the end of line behind it */
	PHASE_TRAILER,    /* lines up to an empty one */
	PHASE_DONE,
};

struct http_reader {
	enum phase phase;
	size_t max_body;
	size_t left;
	size_t trailer_len;
	bool is_chunked;
	struct http_head head;
	GByteArray *body; /* own */
};

static bool broken(GError **error, const char *what)
{
	g_set_error(error, LINK_ERROR, LINK_ERROR_PROTOCOL, "HTTP: %s", what);
	return false;
}

static bool too_large(GError **error)
{
	g_set_error_literal(error, ITEM_ERROR, ITEM_ERROR_TOO_LARGE,
		"HTTP: body is over its bound");
	return false;
}

struct http_reader *http_reader_new(size_t max_body)
{
	struct http_reader *reader = g_new0(struct http_reader, 1);

	reader->max_body = max_body;
	reader->head.length = -1;
	reader->body = g_byte_array_new();
	return reader;
}

void http_reader_free(struct http_reader *reader)
{
	g_byte_array_unref(reader->body);
	g_free(reader->head.content_type);
	g_free(reader);
}

const struct http_head *http_reader_head(const struct http_reader *reader)
{
	return reader->phase == PHASE_HEAD ? NULL : &reader->head;
}

const GByteArray *http_reader_body(const struct http_reader *reader)
{
	return reader->body;
}

bool http_reader_is_done(const struct http_reader *reader)
{
	return reader->phase == PHASE_DONE;
}

/* Head ----------------------------------------------------------------------
 */

/* Bytes of the head with its empty line, 0 when that has not come. Some devices
 * end lines with \n alone. */
static size_t head_len(const uint8_t *data, size_t len)
{
	for (size_t i = 1; i < len; i++) {
		if (data[i] != '\n')
			continue;
		if (data[i - 1] == '\n' ||
			(i >= 3 && !memcmp(data + i - 3, "\r\n\r", 3)))
			return i + 1;
	}
	return 0;
}

static bool read_status(
	struct http_reader *reader, const char *line, GError **error)
{
	if (!g_str_has_prefix(line, "HTTP/1.") || strlen(line) < 12 ||
		!g_ascii_isdigit(line[7]) || line[8] != ' ')
		return broken(error, "not an answer");
	for (int i = 9; i < 12; i++) {
		if (!g_ascii_isdigit(line[i]))
			return broken(error, "not a status");
		reader->head.status =
			reader->head.status * 10 + (line[i] - '0');
	}
	reader->head.closes = line[7] == '0';
	return true;
}

static bool read_length(
	struct http_reader *reader, const char *value, GError **error)
{
	guint64 length;

	if (!g_ascii_string_to_unsigned(
		    value, 10, 0, G_MAXINT64, &length, NULL))
		return broken(error, "length of the body");
	if (reader->head.length >= 0 && reader->head.length != (int64_t)length)
		return broken(error, "two lengths");
	reader->head.length = (int64_t)length;
	return true;
}

static bool has_token(const char *value, const char *token)
{
	g_autofree char *lower = g_ascii_strdown(value, -1);

	return strstr(lower, token) != NULL;
}

static bool read_field(struct http_reader *reader, const char *name,
	const char *value, GError **error)
{
	if (!g_ascii_strcasecmp(name, "content-length"))
		return read_length(reader, value, error);
	if (!g_ascii_strcasecmp(name, "content-type")) {
		g_free(reader->head.content_type);
		reader->head.content_type = g_strdup(value);
	}
	if (!g_ascii_strcasecmp(name, "connection")) {
		if (has_token(value, "close"))
			reader->head.closes = true;
		else if (has_token(value, "keep-alive"))
			reader->head.closes = false;
	}
	if (!g_ascii_strcasecmp(name, "transfer-encoding")) {
		if (g_ascii_strcasecmp(value, "chunked") != 0)
			return broken(error, "unknown encoding");
		reader->is_chunked = true;
	}
	return true;
}

static bool read_lines(struct http_reader *reader, char **lines, GError **error)
{
	if (!read_status(reader, g_strchomp(lines[0]), error))
		return false;
	for (int i = 1; lines[i]; i++) {
		char *line = g_strchomp(lines[i]);
		char *colon = strchr(line, ':');

		if (!*line)
			continue;
		if (!colon || colon == line)
			return broken(error, "a field of the head");
		*colon = '\0';
		if (!read_field(reader, line, g_strstrip(colon + 1), error))
			return false;
	}
	return true;
}

static bool begin_body(struct http_reader *reader, GError **error)
{
	if (reader->head.status == 204 || reader->head.status == 304) {
		reader->head.length = 0;
		reader->is_chunked = false;
	}
	if (reader->is_chunked) {
		reader->phase = PHASE_CHUNK_SIZE;
	} else if (reader->head.length >= 0) {
		if ((guint64)reader->head.length > reader->max_body)
			return too_large(error);
		reader->left = (size_t)reader->head.length;
		reader->phase = reader->left ? PHASE_LENGTH : PHASE_DONE;
	} else {
		reader->head.closes = true;
		reader->phase = PHASE_CLOSE;
	}
	return true;
}

/* After an interim answer the real one follows. */
static void forget_head(struct http_reader *reader)
{
	g_free(reader->head.content_type);
	reader->head = (struct http_head){.length = -1};
	reader->is_chunked = false;
}

static bool read_head(struct http_reader *reader, const uint8_t *data,
	size_t len, size_t *taken, GError **error)
{
	size_t text_len = head_len(data, MIN(len, HTTP_HEAD_MAX));

	if (!text_len)
		return len < HTTP_HEAD_MAX || broken(error, "endless head");
	if (memchr(data, '\0', text_len))
		return broken(error, "a head that is no text");

	g_autofree char *text = g_strndup((const char *)data, text_len);
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

	*taken = text_len;
	if (!read_lines(reader, lines, error))
		return false;
	if (reader->head.status >= 100 && reader->head.status < 200) {
		forget_head(reader);
		return true;
	}
	return begin_body(reader, error);
}

/* Body ----------------------------------------------------------------------
 */

static bool add_body(struct http_reader *reader, const uint8_t *data,
	size_t len, GError **error)
{
	if (len > reader->max_body - reader->body->len)
		return too_large(error);
	g_byte_array_append(reader->body, data, (guint)len);
	return true;
}

/* left bytes, then the next phase. */
static bool read_counted(struct http_reader *reader, const uint8_t *data,
	size_t len, size_t *taken, GError **error)
{
	*taken = MIN(len, reader->left);
	reader->left -= *taken;
	if (!add_body(reader, data, *taken, error))
		return false;
	if (!reader->left)
		reader->phase = reader->phase == PHASE_CHUNK ? PHASE_CHUNK_END
							     : PHASE_DONE;
	return true;
}

/* "1f40;name=value\r": the size in hex, extensions ignored. */
static bool read_chunk_size(
	struct http_reader *reader, const char *line, GError **error)
{
	size_t digits = strspn(line, "0123456789abcdefABCDEF");
	g_autofree char *size = g_strndup(line, digits);
	guint64 left;

	if (!digits || (line[digits] && !strchr("; \t\r", line[digits])) ||
		!g_ascii_string_to_unsigned(
			size, 16, 0, G_MAXINT64, &left, NULL))
		return broken(error, "size of a chunk");
	if (left > reader->max_body - reader->body->len)
		return too_large(error);
	reader->left = (size_t)left;
	reader->phase = left ? PHASE_CHUNK : PHASE_TRAILER;
	return true;
}

static bool read_chunk_line(
	struct http_reader *reader, const char *line, GError **error)
{
	bool is_empty = !*line || !strcmp(line, "\r");

	if (reader->phase == PHASE_CHUNK_SIZE)
		return read_chunk_size(reader, line, error);
	if (reader->phase == PHASE_CHUNK_END) {
		if (!is_empty)
			return broken(error, "end of a chunk");
		reader->phase = PHASE_CHUNK_SIZE;
	} else if (is_empty) {
		reader->phase = PHASE_DONE;
	}
	return true;
}

static bool read_line(struct http_reader *reader, const uint8_t *data,
	size_t len, size_t *taken, GError **error)
{
	const uint8_t *end = memchr(data, '\n', MIN(len, CHUNK_LINE_MAX));

	if (!end)
		return len < CHUNK_LINE_MAX || broken(error, "endless line");
	*taken = end - data + 1;
	if (reader->phase == PHASE_TRAILER)
		reader->trailer_len += *taken;
	if (reader->trailer_len > HTTP_HEAD_MAX)
		return broken(error, "endless trailer");

	g_autofree char *line = g_strndup((const char *)data, end - data);

	return read_chunk_line(reader, line, error);
}

static bool feed_once(struct http_reader *reader, const uint8_t *data,
	size_t len, size_t *taken, GError **error)
{
	*taken = 0;
	switch (reader->phase) {
	case PHASE_HEAD:
		return read_head(reader, data, len, taken, error);
	case PHASE_LENGTH:
	case PHASE_CHUNK:
		return read_counted(reader, data, len, taken, error);
	case PHASE_CLOSE:
		*taken = len;
		return add_body(reader, data, len, error);
	case PHASE_CHUNK_SIZE:
	case PHASE_CHUNK_END:
	case PHASE_TRAILER:
		return read_line(reader, data, len, taken, error);
	case PHASE_DONE:
		break;
	}
	return true;
}

bool http_reader_feed(struct http_reader *reader, const uint8_t *data,
	size_t len, size_t *taken, GError **error)
{
	size_t once;

	*taken = 0;
	do {
		if (!feed_once(
			    reader, data + *taken, len - *taken, &once, error))
			return false;
		*taken += once;
	} while (once && *taken < len);
	return true;
}
