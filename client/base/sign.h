/* Signatures by a key pair: SM2 with SM3 (GM/T 0009) and RSA with SHA-256. With
 * id.h the only file of this layer that knows OpenSSL. */
#ifndef CLIENT_BASE_SIGN_H
#define CLIENT_BASE_SIGN_H

#include <stdbool.h>
#include <stddef.h>

#include <glib.h>

#include "client/base/auto.h"

enum sign_kind { SIGN_SM2, SIGN_RSA };

struct sign_key;

/* NULL and ITEM_ERROR_REFUSED when the library cannot. RSA has 3072 bits. */
struct sign_key *sign_key_new(enum sign_kind kind, GError **error);
/* Private or public key in PEM; NULL and ITEM_ERROR_SYNTAX. */
struct sign_key *sign_key_read(const char *pem, GError **error);
void sign_key_free(struct sign_key *key);
DEFINE_AUTO(sign_key, sign_key_free)

/* PEM; caller frees, and wipes the private one. */
char *sign_private_pem(const struct sign_key *key);
char *sign_public_pem(const struct sign_key *key);

/* Base64 of the DER signature; caller frees. NULL and ITEM_ERROR_REFUSED. */
char *sign_data(const struct sign_key *key, const void *data, size_t len,
	GError **error);
bool sign_verify(const struct sign_key *key, const void *data, size_t len,
	const char *signature);

#endif
