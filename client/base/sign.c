/* EVP does both kinds alike; SM2 wants its distinguishing id, the default one
 * of GM/T 0009. */
#include "client/base/sign.h"

#include <string.h>

#include <openssl/evp.h>
#include <openssl/pem.h>

#include "client/base/error.h"

enum { RSA_BITS = 3072, PEM_MAX = 16384 };

static const char sm2_id[] = "1234567812345678";

struct sign_key {
	EVP_PKEY *pkey;
};

static void *refuse(GError **error, int code, const char *what)
{
	g_set_error(error, ITEM_ERROR, code, "%s", what);
	return NULL;
}

static struct sign_key *key_of(EVP_PKEY *take_pkey)
{
	struct sign_key *key = g_new0(struct sign_key, 1);

	key->pkey = take_pkey;
	return key;
}

struct sign_key *sign_key_new(enum sign_kind kind, GError **error)
{
	EVP_PKEY *pkey = kind == SIGN_SM2 ? EVP_PKEY_Q_keygen(NULL, NULL, "SM2")
					  : EVP_PKEY_Q_keygen(NULL, NULL, "RSA",
						    (size_t)RSA_BITS);

	return pkey ? key_of(pkey)
		    : refuse(error, ITEM_ERROR_REFUSED, "no key was made");
}

struct sign_key *sign_key_read(const char *pem, GError **error)
{
	bool is_private = strstr(pem, "PRIVATE KEY") != NULL;
	BIO *bio = BIO_new_mem_buf(pem, (int)strnlen(pem, PEM_MAX));
	EVP_PKEY *pkey =
		is_private ? PEM_read_bio_PrivateKey(bio, NULL, NULL, NULL)
			   : PEM_read_bio_PUBKEY(bio, NULL, NULL, NULL);

	BIO_free(bio);
	return pkey ? key_of(pkey)
		    : refuse(error, ITEM_ERROR_SYNTAX, "no key in PEM");
}

void sign_key_free(struct sign_key *key)
{
	EVP_PKEY_free(key->pkey);
	g_free(key);
}

static char *pem_of(const struct sign_key *key, bool is_private)
{
	BIO *bio = BIO_new(BIO_s_mem());
	char *data, *pem = NULL;
	long len;

	if (is_private ? PEM_write_bio_PrivateKey(
				 bio, key->pkey, NULL, NULL, 0, NULL, NULL)
		       : PEM_write_bio_PUBKEY(bio, key->pkey)) {
		len = BIO_get_mem_data(bio, &data);
		pem = g_strndup(data, (gsize)len);
	}
	BIO_free(bio);
	return pem;
}

char *sign_private_pem(const struct sign_key *key)
{
	return pem_of(key, true);
}

char *sign_public_pem(const struct sign_key *key)
{
	return pem_of(key, false);
}

/* NULL when the library cannot. */
static EVP_MD_CTX *begin(const struct sign_key *key, bool verifies)
{
	bool is_sm2 = EVP_PKEY_is_a(key->pkey, "SM2");
	const EVP_MD *digest = is_sm2 ? EVP_sm3() : EVP_sha256();
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	EVP_PKEY_CTX *inner = EVP_PKEY_CTX_new(key->pkey, NULL);
	int done;

	if (is_sm2)
		EVP_PKEY_CTX_set1_id(inner, sm2_id, (int)strlen(sm2_id));
	EVP_MD_CTX_set_pkey_ctx(context, inner);
	done = verifies ? EVP_DigestVerifyInit(
				  context, NULL, digest, NULL, key->pkey)
			: EVP_DigestSignInit(
				  context, NULL, digest, NULL, key->pkey);
	if (done == 1)
		return context;
	EVP_PKEY_CTX_free(inner);
	EVP_MD_CTX_free(context);
	return NULL;
}

/* A context that was set is not freed with the digest's. */
static void end(EVP_MD_CTX *context)
{
	EVP_PKEY_CTX *inner = EVP_MD_CTX_get_pkey_ctx(context);

	EVP_MD_CTX_free(context);
	EVP_PKEY_CTX_free(inner);
}

char *sign_data(const struct sign_key *key, const void *data, size_t len,
	GError **error)
{
	EVP_MD_CTX *context = begin(key, false);
	g_autofree uint8_t *bytes = NULL;
	size_t size = 0;
	bool done;

	if (!context)
		return refuse(error, ITEM_ERROR_REFUSED, "signing");
	done = EVP_DigestSign(context, NULL, &size, data, len) == 1;
	bytes = g_malloc(size + 1);
	done = done && EVP_DigestSign(context, bytes, &size, data, len) == 1;
	end(context);
	return done ? g_base64_encode(bytes, size)
		    : refuse(error, ITEM_ERROR_REFUSED, "signing");
}

bool sign_verify(const struct sign_key *key, const void *data, size_t len,
	const char *signature)
{
	EVP_MD_CTX *context = begin(key, true);
	g_autofree guchar *bytes = NULL;
	gsize size;
	bool fits;

	if (!context)
		return false;
	bytes = g_base64_decode(signature, &size);
	fits = EVP_DigestVerify(context, bytes, size, data, len) == 1;
	end(context);
	return fits;
}
