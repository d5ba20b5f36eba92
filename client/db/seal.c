/* seal(): the check sum of a row. SQLite has none of its own, so a flipped bit
 * on the disk would be read as if it had been written. Each argument goes in
 * with its type and length, so no byte can move from one column to the next. */
#include "client/db/private.h"

#include <string.h>

#include "client/base/id.h"

enum { SEAL_LEN = 8 };

/* The key, and the bytes of a message: one is made at a time. */
struct sealer {
	struct hmac *hmac;
	GByteArray *message;
};

static void add_number(GByteArray *message, uint64_t number, unsigned bytes)
{
	uint64_t big = GUINT64_TO_BE(number);

	g_byte_array_append(
		message, (const uint8_t *)&big + sizeof(big) - bytes, bytes);
}

static void add_bytes(GByteArray *message, const void *data, int len)
{
	add_number(message, (uint64_t)len, 4);
	if (len > 0)
		g_byte_array_append(message, data, (guint)len);
}

static void add_real(GByteArray *message, double real)
{
	uint64_t bits;

	memcpy(&bits, &real, sizeof(bits));
	add_number(message, bits, 8);
}

static void add_argument(GByteArray *message, sqlite3_value *value)
{
	int type = sqlite3_value_type(value);
	const void *data;

	add_number(message, (uint64_t)type, 1);
	switch (type) {
	case SQLITE_INTEGER:
		add_number(message, (uint64_t)sqlite3_value_int64(value), 8);
		break;
	case SQLITE_FLOAT:
		add_real(message, sqlite3_value_double(value));
		break;
	case SQLITE_TEXT:
		data = sqlite3_value_text(value);
		add_bytes(message, data, sqlite3_value_bytes(value));
		break;
	case SQLITE_BLOB:
		data = sqlite3_value_blob(value);
		add_bytes(message, data, sqlite3_value_bytes(value));
		break;
	}
}

static void run_seal(sqlite3_context *context, int count, sqlite3_value **value)
{
	struct sealer *sealer = sqlite3_user_data(context);
	uint8_t digest[SHA256_LEN];

	g_byte_array_set_size(sealer->message, 0);
	for (int i = 0; i < count; i++)
		add_argument(sealer->message, value[i]);
	hmac_sign(sealer->hmac, sealer->message->data, sealer->message->len,
		digest);
	sqlite3_result_blob(context, digest, SEAL_LEN, SQLITE_TRANSIENT);
}

static void free_sealer(void *data)
{
	struct sealer *sealer = data;

	hmac_free(sealer->hmac);
	g_byte_array_unref(sealer->message);
	g_free(sealer);
}

int seal_register(sqlite3 *handle, const uint8_t *key, size_t key_len)
{
	struct sealer *sealer = g_new0(struct sealer, 1);

	sealer->hmac = hmac_new(key, key_len);
	sealer->message = g_byte_array_sized_new(256);
	return sqlite3_create_function_v2(handle, "seal", -1,
		SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS, sealer,
		run_seal, NULL, NULL, free_sealer);
}
