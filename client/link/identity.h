/* This terminal's certificate and private key, from their two files. */
#ifndef CLIENT_LINK_IDENTITY_H
#define CLIENT_LINK_IDENTITY_H

#include "client/base/auto.h"
#include "client/base/cert.h"

struct identity {
	char *certificate, *key; /* PEM; the key is wiped */
	struct cert_facts facts;
};

/* ITEM_ERROR_NOT_FOUND when the certificate is not there, ITEM_ERROR_DENIED
 * when others than the owner can read the key, ITEM_ERROR_INVALID when the two
 * are no pair. */
struct identity *identity_load(
	const char *certificate_file, const char *key_file, GError **error);
void identity_free(struct identity *identity);
DEFINE_AUTO(identity, identity_free)

/* The key of the file, for its owner alone; made when there is none. Caller
 * wipes and frees. */
char *identity_make_key(const char *key_file, GError **error);

/* Kept when it is the certificate of that key and of that name. Written whole,
 * 0600; a certificate is no secret, but nobody else writes it. */
bool identity_store(const char *certificate_file, const char *certificate,
	const char *key, const char *common_name, GError **error);

#endif
