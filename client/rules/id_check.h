/* Numbers of citizens, organisations and telephones.
 *
 * Sources: GB 11643-1999 (citizen number, 18), GB 32100-2015 (unified social
 * credit code, 18) with GB 11714 inside it. Functions want clean text: run
 * text_halfwidth() and number_clean() on what was typed or read first. */
#ifndef CLIENT_RULES_ID_CHECK_H
#define CLIENT_RULES_ID_CHECK_H

#include <stdbool.h>

/* X(code, stable name) */
#define NUMBER_VERDICTS(X)                                                     \
	X(NUMBER_OK, "ok")                                                     \
	X(NUMBER_EMPTY, "empty")                                               \
	X(NUMBER_SHORT, "short") /* still being typed, perhaps */              \
	X(NUMBER_LONG, "long")                                                 \
	X(NUMBER_OLD_FORM, "old-form")       /* 15 digits: no longer valid */  \
	X(NUMBER_CHARACTER, "character")     /* one that cannot stand there */ \
	X(NUMBER_REGION, "region")           /* no such province */            \
	X(NUMBER_DATE, "date")               /* no such day */                 \
	X(NUMBER_FUTURE, "future")           /* born after today */            \
	X(NUMBER_TOO_OLD, "too-old")         /* born before 1900 */            \
	X(NUMBER_INNER_CHECK, "inner-check") /* organisation code inside */    \
	X(NUMBER_CHECK, "check")             /* last character is wrong */

#define NUMBER_VERDICT_ROW(code, name) code,
enum number_verdict {
	NUMBER_VERDICTS(NUMBER_VERDICT_ROW) NUMBER_VERDICT_COUNT
};

const char *number_verdict_name(enum number_verdict verdict);

enum { CITIZEN_ID_LEN = 18, USCC_LEN = 18, MOBILE_LEN = 11 };

enum sex { SEX_UNKNOWN = 0, SEX_MALE = 1, SEX_FEMALE = 2 }; /* GB/T 2261.1 */

struct citizen_id {
	int region; /* 410185 */
	int birth;  /* 19901001 */
	enum sex sex;
};

/* Half width, no blanks, hyphens or dots, capitals: "４１０１９９ 1990…x" ->
 * "4101991990...X". Caller frees. */
char *number_clean(const char *text);

/* out may be NULL; it is filled as far as the number is believable, and zero
 * otherwise. today as 20261123. */
enum number_verdict citizen_id_check(
	const char *number, int today, struct citizen_id *out);
/* The 18th character of the first 17 digits; 0 when they are not digits. */
char citizen_id_check_char(const char *first17);

/* Full years on that day. Somebody born on 29 February is a year older on 28
 * February of a common year (Civil Code, article 202: where there is no
 * corresponding day, the last day of the month). -1 when birth is later. */
int age_on(int birth, int today);

/* The first broken thing from the left: length, characters, the check of the
 * organisation code in places 9 to 17, the check of the whole. */
enum number_verdict uscc_check(const char *code);
char uscc_check_char(const char *first17); /* 0 when they cannot be */
/* "11" organ, "12" public institution, "91" enterprise, "92" individual
 * business, "93" cooperative, "51".."53" social organisations: known pairs of
 * the first two characters. */
bool uscc_kind_is_known(const char *code);

enum phone_kind { PHONE_NONE, PHONE_MOBILE, PHONE_FIXED };
/* Mobile: 11 digits, 13 to 19. Fixed: area code 0NN or 0NNN, an optional
 * hyphen, 7 or 8 digits, an optional -extension. kind may be NULL. */
enum number_verdict phone_check(const char *text, enum phone_kind *kind);

#endif
