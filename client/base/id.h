/* Identifiers and digests. With sign.c the only file that knows OpenSSL. */
#ifndef CLIENT_BASE_ID_H
#define CLIENT_BASE_ID_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glib.h>

enum { UUID_TEXT = 37, SHA256_LEN = 32, SHA256_TEXT = 65 };

/* UUIDv7 (RFC 9562): sorts by time of making; its time decides nothing. */
void uuid7(char out[UUID_TEXT]);
bool uuid_is_valid(const char *text);

void sha256(const void *data, size_t len, uint8_t out[SHA256_LEN]);
void sha256_text(const void *data, size_t len, char out[SHA256_TEXT]);
bool sha256_file(const char *path, char out[SHA256_TEXT], GError **error);
bool sha256_is_valid(const char *text); /* 64 lower case hex digits */

/* Of several pieces. */
struct sha256_state;
struct sha256_state *sha256_new(void);
void sha256_add(struct sha256_state *state, const void *data, size_t len);
void sha256_end(struct sha256_state *take_state, uint8_t out[SHA256_LEN]);

void hmac_sha256(const uint8_t *key, size_t key_len, const void *data,
	size_t len, uint8_t out[SHA256_LEN]);
/* The same for many messages under one key. */
struct hmac;
struct hmac *hmac_new(const uint8_t *key, size_t key_len);
void hmac_sign(struct hmac *hmac, const void *data, size_t len,
	uint8_t out[SHA256_LEN]);
void hmac_free(struct hmac *hmac);
void random_bytes(void *out, size_t len);
char *hex_encode(const uint8_t *data, size_t len); /* caller frees */
/* Digits only, blanks allowed between bytes; false when it is not hex or does
 * not fit. */
bool hex_decode(const char *text, uint8_t *out, size_t size, size_t *len);

/* Passwords: "$scrypt$ln=15,r=8,p=1$SALT$HASH". */
char *password_hash(const char *password); /* caller frees */
/* Takes the same time for a verifier that is NULL or malformed: false. */
bool password_verify(const char *password, const char *verifier);
/* Overwrites; not optimised away. */
void secret_wipe(void *data, size_t len);

#endif
