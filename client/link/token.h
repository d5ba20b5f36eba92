/* The platform's token in its file. */
#ifndef CLIENT_LINK_TOKEN_H
#define CLIENT_LINK_TOKEN_H

#include "client/link/http.h"

/* "Authorization: Bearer ..."; NULL when the file is no token. Caller wipes
 * and frees. */
char *token_header(const char *path, enum http_scheme scheme);

/* Says so in the log when others can read it. */
void token_warn_if_open(const char *path);

#endif
