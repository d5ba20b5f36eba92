/* What an official reads on an RT ticket: a subject and a few lines, out of the
 * body of an op. The whole body is beside it as a file. Pure. */
#ifndef CLIENT_LINK_RT5_TEXT_H
#define CLIENT_LINK_RT5_TEXT_H

#include "client/store/outbox.h"

/* One line of at most 60 characters; caller frees. */
char *rt5_text_subject(const struct op *op);
/* "name: value" lines; no names of citizens, no password. Caller frees. */
char *rt5_text_content(const struct op *op);
/* Fit for a header. */
const char *rt5_text_media_type(const char *type);

#endif
