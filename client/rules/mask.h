/* Masking of personal data for lists, titles, messages. The
 * middle of an id number and of a telephone is what offices usually hide; no
 * national rule for screens is known. Masking happens in the model, before
 * anything is drawn. */
#ifndef CLIENT_RULES_MASK_H
#define CLIENT_RULES_MASK_H

#include <stdbool.h>

/* X(code, name in data, example) */
#define MASK_KINDS(X)                                                   \
	X(MASK_NONE, "none", "firms, officers, credit codes: as it is") \
	X(MASK_NAME, "name", "李*, 李*例, 欧**用, S* L*")               \
	X(MASK_CITIZEN_ID, "citizen-id", "410199********0021")          \
	X(MASK_DOCUMENT, "document", "E1******78")                      \
	X(MASK_PHONE, "phone", "199****0000, 0371-******21")            \
	X(MASK_ADDRESS, "address", "登封市嵩阳街道***")                 \
	X(MASK_BANK, "bank", "****1234")                                \
	X(MASK_EMAIL, "email", "z***@example.com")                      \
	X(MASK_ALL, "all", "birth date: nothing is kept")

#define MASK_KIND_ROW(code, name, example) code,
enum mask_kind { MASK_KINDS(MASK_KIND_ROW) MASK_KIND_COUNT };

/* Never longer in information than the table says: what does not look like its
 * kind is masked as MASK_DOCUMENT or wholly. NULL gives "". Caller frees. */
char *mask_text(enum mask_kind kind, const char *text);

struct json;
/* How the value of a field is shown in lists, told from the last name of its
 * path ("applicant/phone"). Lists and objects only by their length, "[3]"; NULL
 * gives "-". Caller frees. */
char *mask_value(const char *path, const struct json *value);

bool mask_kind_from_name(const char *name, enum mask_kind *kind);

#endif
