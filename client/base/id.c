/* Identifiers, digests and passwords on OpenSSL and GLib. */
#include "client/base/id.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/params.h>
#include <openssl/rand.h>
#include <string.h>

#include "client/base/clock.h"
#include "client/base/error.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

void random_bytes(void *out, size_t len)
{
	if (RAND_bytes(out, (int)len) != 1)
		g_error("no random numbers");
}

void uuid7(char out[UUID_TEXT])
{
	uint8_t b[16];
	uint64_t ms = (uint64_t)clock_wall_ms();

	random_bytes(b, sizeof(b));
	for (int i = 0; i < 6; i++)
		b[i] = (uint8_t)(ms >> (40 - 8 * i));
	b[6] = (b[6] & 0x0f) | 0x70;
	b[8] = (b[8] & 0x3f) | 0x80;
	g_snprintf(out, UUID_TEXT,
		"%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-"
		"%02x%02x%02x%02x%02x%02x",
		b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7], b[8], b[9],
		b[10], b[11], b[12], b[13], b[14], b[15]);
}

bool uuid_is_valid(const char *text)
{
	if (!text || strlen(text) != UUID_TEXT - 1)
		return false;
	for (int i = 0; i < UUID_TEXT - 1; i++) {
		bool dash = i == 8 || i == 13 || i == 18 || i == 23;

		if (dash ? text[i] != '-'
			 : !strchr("0123456789abcdef", text[i]))
			return false;
	}
	return true;
}

static void hex_into(char *out, const uint8_t *data, size_t len)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < len; i++) {
		out[2 * i] = digits[data[i] >> 4];
		out[2 * i + 1] = digits[data[i] & 15];
	}
	out[2 * len] = '\0';
}

char *hex_encode(const uint8_t *data, size_t len)
{
	char *text = g_malloc(2 * len + 1);

	hex_into(text, data, len);
	return text;
}

bool hex_decode(const char *text, uint8_t *out, size_t size, size_t *len)
{
	size_t n = 0;

	while (*text) {
		int high, low;

		if (*text == ' ' || *text == '\t') {
			text++;
			continue;
		}
		high = g_ascii_xdigit_value(text[0]);
		low = high < 0 ? -1 : g_ascii_xdigit_value(text[1]);
		if (low < 0 || n == size)
			return false;
		out[n++] = (uint8_t)(high << 4 | low);
		text += 2;
	}
	*len = n;
	return true;
}

struct sha256_state {
	EVP_MD_CTX *context; /* own */
};

struct sha256_state *sha256_new(void)
{
	struct sha256_state *state = g_new0(struct sha256_state, 1);

	state->context = EVP_MD_CTX_new();
	if (!state->context ||
		EVP_DigestInit_ex(state->context, EVP_sha256(), NULL) != 1)
		g_error("no SHA-256");
	return state;
}

void sha256_add(struct sha256_state *state, const void *data, size_t len)
{
	EVP_DigestUpdate(state->context, data, len);
}

void sha256_end(struct sha256_state *take_state, uint8_t out[SHA256_LEN])
{
	EVP_DigestFinal_ex(take_state->context, out, NULL);
	EVP_MD_CTX_free(take_state->context);
	g_free(take_state);
}

void sha256(const void *data, size_t len, uint8_t out[SHA256_LEN])
{
	struct sha256_state *state = sha256_new();

	sha256_add(state, data, len);
	sha256_end(state, out);
}

void sha256_text(const void *data, size_t len, char out[SHA256_TEXT])
{
	uint8_t digest[SHA256_LEN];

	sha256(data, len, digest);
	hex_into(out, digest, sizeof(digest));
}

bool sha256_file(const char *path, char out[SHA256_TEXT], GError **error)
{
	g_autofree char *piece = NULL;
	uint8_t digest[SHA256_LEN];
	struct sha256_state *state;
	ssize_t n;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0) {
		g_set_error(error, ITEM_ERROR, ITEM_ERROR_NOT_FOUND,
			"%s: cannot be read", path);
		return false;
	}
	piece = g_malloc(65536);
	state = sha256_new();
	while ((n = read(fd, piece, 65536)) > 0)
		sha256_add(state, piece, (size_t)n);
	sha256_end(state, digest);
	close(fd);
	if (n < 0) {
		g_set_error(error, STORE_ERROR, STORE_ERROR_IO,
			"%s: read failed", path);
		return false;
	}
	hex_into(out, digest, sizeof(digest));
	return true;
}

bool sha256_is_valid(const char *text)
{
	return text && strlen(text) == SHA256_TEXT - 1 &&
	       strspn(text, "0123456789abcdef") == SHA256_TEXT - 1;
}

void hmac_sha256(const uint8_t *key, size_t key_len, const void *data,
	size_t len, uint8_t out[SHA256_LEN])
{
	unsigned out_len = SHA256_LEN;

	if (!HMAC(EVP_sha256(), key, (int)key_len, data, len, out, &out_len))
		g_error("no HMAC");
}

/* What HMAC() does anew each time is done once: finding the algorithm, hashing
 * the key. */
struct hmac {
	EVP_MAC *mac;
	EVP_MAC_CTX *context;
};

struct hmac *hmac_new(const uint8_t *key, size_t key_len)
{
	struct hmac *hmac = g_new0(struct hmac, 1);
	char digest[] = "SHA256";
	const OSSL_PARAM settings[] = {
		OSSL_PARAM_construct_utf8_string("digest", digest, 0),
		OSSL_PARAM_construct_end()};

	hmac->mac = EVP_MAC_fetch(NULL, "HMAC", NULL);
	hmac->context = hmac->mac ? EVP_MAC_CTX_new(hmac->mac) : NULL;
	if (!hmac->context ||
		EVP_MAC_init(hmac->context, key, key_len, settings) != 1)
		g_error("no HMAC");
	return hmac;
}

void hmac_sign(struct hmac *hmac, const void *data, size_t len,
	uint8_t out[SHA256_LEN])
{
	size_t out_len;

	if (EVP_MAC_init(hmac->context, NULL, 0, NULL) != 1 ||
		EVP_MAC_update(hmac->context, data, len) != 1 ||
		EVP_MAC_final(hmac->context, out, &out_len, SHA256_LEN) != 1)
		g_error("no HMAC");
}

void hmac_free(struct hmac *hmac)
{
	EVP_MAC_CTX_free(hmac->context);
	EVP_MAC_free(hmac->mac);
	g_free(hmac);
}

void secret_wipe(void *data, size_t len)
{
	OPENSSL_cleanse(data, len);
}

/* Passwords -------------------------------------------------------------- */

enum { SCRYPT_LOG_N = 15, SCRYPT_R = 8, SCRYPT_P = 1, SALT_LEN = 16 };

static bool scrypt(const char *password, const uint8_t *salt, int log_n,
	uint8_t out[SHA256_LEN])
{
	uint64_t n = (uint64_t)1 << log_n;
	uint64_t memory = 128 * n * SCRYPT_R + 1024 * 1024;

	return EVP_PBE_scrypt(password, strlen(password), salt, SALT_LEN, n,
		       SCRYPT_R, SCRYPT_P, memory, out, SHA256_LEN) == 1;
}

static char *base64_of(const uint8_t *data, size_t len)
{
	char *text = g_base64_encode(data, len);

	text[strcspn(text, "=")] = '\0';
	return text;
}

char *password_hash(const char *password)
{
	uint8_t salt[SALT_LEN], hash[SHA256_LEN];
	g_autofree char *salt_text = NULL, *hash_text = NULL;

	random_bytes(salt, sizeof(salt));
	if (!scrypt(password, salt, SCRYPT_LOG_N, hash))
		g_error("no scrypt");
	salt_text = base64_of(salt, sizeof(salt));
	hash_text = base64_of(hash, sizeof(hash));
	return g_strdup_printf("$scrypt$ln=%d,r=%d,p=%d$%s$%s", SCRYPT_LOG_N,
		SCRYPT_R, SCRYPT_P, salt_text, hash_text);
}

static bool base64_exact(const char *text, uint8_t *out, size_t len)
{
	g_autofree char *padded = g_strconcat(text, "===", NULL);
	gsize got = 0;
	g_autofree guchar *data = NULL;

	padded[(strlen(text) + 3) / 4 * 4] = '\0';
	data = g_base64_decode(padded, &got);
	if (got != len)
		return false;
	memcpy(out, data, len);
	return true;
}

static bool parse_verifier(const char *verifier, int *log_n,
	uint8_t salt[SALT_LEN], uint8_t hash[SHA256_LEN])
{
	g_auto(GStrv) parts = g_strsplit(verifier, "$", 6);
	int r, p;

	if (g_strv_length(parts) != 5 || strcmp(parts[1], "scrypt"))
		return false;
	if (sscanf(parts[2], "ln=%d,r=%d,p=%d", log_n, &r, &p) != 3)
		return false;
	if (*log_n < 10 || *log_n > 18 || r != SCRYPT_R || p != SCRYPT_P)
		return false;
	return base64_exact(parts[3], salt, SALT_LEN) &&
	       base64_exact(parts[4], hash, SHA256_LEN);
}

bool password_verify(const char *password, const char *verifier)
{
	uint8_t salt[SALT_LEN] = {0}, wanted[SHA256_LEN] = {0};
	uint8_t got[SHA256_LEN];
	int log_n = SCRYPT_LOG_N;
	bool known = verifier && strlen(verifier) < 200 &&
		     parse_verifier(verifier, &log_n, salt, wanted);

	if (!known)
		log_n = SCRYPT_LOG_N;
	if (!scrypt(password, salt, log_n, got))
		return false;
	return CRYPTO_memcmp(got, wanted, sizeof(got)) == 0 && known;
}
