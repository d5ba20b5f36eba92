/* seal(): the check sum of a row. SQLite has none of its own, so a flipped bit
 * on the disk would be read as if it had been written. Each argument goes in
 * with its type and length, so no byte can move from one column to the next. */
#include "client/db/private.h"

#include <string.h>

#include "client/base/id.h"

enum { SEAL_LEN = 8 };

struct seal_key {
	size_t len;
	uint8_t bytes[64];
};

static void add_number(GByteArray *message, uint64_t number, int bytes)
{
	for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) {
		uint8_t byte = (uint8_t)(number >> shift);

		g_byte_array_append(message, &byte, 1);
	}
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
	const struct seal_key *key = sqlite3_user_data(context);
	g_autoptr(GByteArray) message = g_byte_array_sized_new(256);
	uint8_t digest[SHA256_LEN];

	for (int i = 0; i < count; i++)
		add_argument(message, value[i]);
	hmac_sha256(key->bytes, key->len, message->data, message->len, digest);
	sqlite3_result_blob(context, digest, SEAL_LEN, SQLITE_TRANSIENT);
}

static void free_key(void *data)
{
	secret_wipe(data, sizeof(struct seal_key));
	g_free(data);
}

int seal_register(sqlite3 *handle, const uint8_t *key, size_t key_len)
{
	struct seal_key *copy = g_new0(struct seal_key, 1);

	copy->len = MIN(key_len, sizeof(copy->bytes));
	memcpy(copy->bytes, key, copy->len);
	return sqlite3_create_function_v2(handle, "seal", -1,
		SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS, copy,
		run_seal, NULL, NULL, free_key);
}
