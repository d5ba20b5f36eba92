/* Check digits and what else can be wrong with a number.
 *
 *   citizen  41 01 99 19901001 002 1   area 6, birth 8, serial 3, check
 *   credit   9 2 410185 DEM00201X L    registrar, kind, area 6, body 9, check
 *                       DEM00201 X     the body is a GB 11714 code with its
 *                                      own check */
#include "client/rules/id_check.h"

#include <string.h>

#include <glib.h>

#include "client/base/text.h"
#include "client/rules/day.h"

static const char *const verdict_names[] = {
#define VERDICT_NAME(code, name) [code] = (name),
	NUMBER_VERDICTS(VERDICT_NAME)
#undef VERDICT_NAME
};

/* GB 32100: no I O S V Z. */
static const char uscc_alphabet[] = "0123456789ABCDEFGHJKLMNPQRTUWXY";

const char *number_verdict_name(enum number_verdict verdict)
{
	return verdict < NUMBER_VERDICT_COUNT ? verdict_names[verdict] : "";
}

char *number_clean(const char *text)
{
	g_autofree char *half = text_halfwidth(text ? text : "");
	GString *clean = g_string_new(NULL);

	for (const char *c = half; *c; c++)
		if (!g_ascii_isspace(*c) && *c != '-' && *c != '.')
			g_string_append_c(clean, g_ascii_toupper(*c));
	return g_string_free(clean, FALSE);
}

char citizen_id_check_char(const char *first17)
{
	static const int weights[17] = {
		7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
	int sum = 0;

	for (int i = 0; i < 17; i++) {
		if (!g_ascii_isdigit(first17[i]))
			return 0;
		sum += weights[i] * (first17[i] - '0');
	}
	return "10X98765432"[sum % 11];
}

/* Provinces of GB/T 2260, with Hong Kong, Macao and Taiwan residents. */
static bool province_exists(int province)
{
	static const struct {
		int first, last;
	} ranges[] = {{11, 15}, {21, 23}, {31, 37}, {41, 46}, {50, 54},
		{61, 65}, {71, 71}, {81, 83}};

	for (size_t i = 0; i < G_N_ELEMENTS(ranges); i++)
		if (province >= ranges[i].first && province <= ranges[i].last)
			return true;
	return false;
}

static int digits(const char *text, int count)
{
	int number = 0;

	for (int i = 0; i < count; i++)
		number = number * 10 + (text[i] - '0');
	return number;
}

/* Length and characters; the last of 18 may be an X. */
static enum number_verdict citizen_shape(const char *number)
{
	size_t len = strlen(number);
	size_t digits_len = strspn(number, "0123456789");

	if (len == 0)
		return NUMBER_EMPTY;
	if (digits_len != len &&
		!(digits_len == CITIZEN_ID_LEN - 1 && number[17] == 'X'))
		return NUMBER_CHARACTER;
	if (len > CITIZEN_ID_LEN)
		return NUMBER_LONG;
	if (len == 15)
		return NUMBER_OLD_FORM;
	return len < CITIZEN_ID_LEN ? NUMBER_SHORT : NUMBER_OK;
}

/* A year before 1900 is told apart from a day that does not exist. */
static enum number_verdict birth_verdict(int birth, int today)
{
	int year = birth / 10000, date = birth % 100;

	if (year < 1900 && year >= 1000 && birth / 100 % 100 >= 1 &&
		birth / 100 % 100 <= 12 && date >= 1 && date <= 31)
		return NUMBER_TOO_OLD;
	if (!day_is_valid(birth))
		return NUMBER_DATE;
	return birth > today ? NUMBER_FUTURE : NUMBER_OK;
}

enum number_verdict citizen_id_check(
	const char *number, int today, struct citizen_id *out)
{
	struct citizen_id id = {0};
	enum number_verdict verdict;

	if (out)
		*out = id;
	verdict = citizen_shape(number ? number : "");
	if (verdict != NUMBER_OK)
		return verdict;
	id.region = digits(number, 6);
	id.birth = digits(number + 6, 8);
	id.sex = (number[16] - '0') % 2 ? SEX_MALE : SEX_FEMALE;
	if (!province_exists(id.region / 10000))
		return NUMBER_REGION;
	verdict = birth_verdict(id.birth, today);
	if (verdict != NUMBER_OK)
		return verdict;
	if (citizen_id_check_char(number) != number[17])
		return NUMBER_CHECK;
	if (out)
		*out = id;
	return NUMBER_OK;
}

int age_on(int birth, int today)
{
	int birthday = birth % 10000;

	if (birth > today)
		return -1;
	if (birthday == 229 && !g_date_is_leap_year((GDateYear)(today / 10000)))
		birthday = 228;
	return today / 10000 - birth / 10000 - (today % 10000 < birthday);
}

char uscc_check_char(const char *first17)
{
	static const int weights[17] = {
		1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28};
	int sum = 0;

	for (int i = 0; i < 17; i++) {
		const char *where =
			first17[i] ? strchr(uscc_alphabet, first17[i]) : NULL;
		if (!where)
			return 0;
		sum += weights[i] * (int)(where - uscc_alphabet);
	}
	return uscc_alphabet[(31 - sum % 31) % 31];
}

/* GB 11714 over eight characters, letters count from A = 10. */
static char organisation_check_char(const char *first8)
{
	static const int weights[8] = {3, 7, 9, 10, 5, 8, 4, 2};
	int sum = 0;

	for (int i = 0; i < 8; i++)
		sum += weights[i] * (g_ascii_isdigit(first8[i])
						    ? first8[i] - '0'
						    : first8[i] - 'A' + 10);
	return "0123456789X0"[11 - sum % 11];
}

enum number_verdict uscc_check(const char *code)
{
	size_t len = code ? strlen(code) : 0;

	if (len == 0)
		return NUMBER_EMPTY;
	if (strspn(code, uscc_alphabet) != len)
		return NUMBER_CHARACTER;
	for (size_t i = 2; i < len && i < 8; i++)
		if (!g_ascii_isdigit(code[i]))
			return NUMBER_CHARACTER;
	if (len != USCC_LEN)
		return len < USCC_LEN ? NUMBER_SHORT : NUMBER_LONG;
	if (organisation_check_char(code + 8) != code[16])
		return NUMBER_INNER_CHECK;
	return uscc_check_char(code) == code[17] ? NUMBER_OK : NUMBER_CHECK;
}

bool uscc_kind_is_known(const char *code)
{
	static const char *const kinds[] = {
		"11", "12", "51", "52", "53", "91", "92", "93"};

	for (size_t i = 0; code && i < G_N_ELEMENTS(kinds); i++)
		if (strncmp(code, kinds[i], 2) == 0)
			return true;
	return false;
}

static enum number_verdict mobile_check(const char *text)
{
	size_t len = strlen(text);

	if (strspn(text, "0123456789") != len)
		return NUMBER_CHARACTER;
	if (len >= 2 && text[1] < '3')
		return NUMBER_CHARACTER;
	if (len != MOBILE_LEN)
		return len < MOBILE_LEN ? NUMBER_SHORT : NUMBER_LONG;
	return NUMBER_OK;
}

/* "0371-62800000", "037162800000", "010-12345678-801" */
static enum number_verdict fixed_check(const char *text)
{
	size_t area = strncmp(text, "01", 2) == 0 || strncmp(text, "02", 2) == 0
			      ? 3
			      : 4;
	size_t digits_len;

	if (strspn(text, "0123456789-") != strlen(text))
		return NUMBER_CHARACTER;
	if (strspn(text, "0123456789") < area)
		return text[strspn(text, "0123456789")] ? NUMBER_CHARACTER
							: NUMBER_SHORT;
	text += area + (text[area] == '-');
	digits_len = strspn(text, "0123456789");
	if (digits_len > 8)
		return NUMBER_LONG;
	if (digits_len < 7)
		return text[digits_len] ? NUMBER_CHARACTER : NUMBER_SHORT;
	text += digits_len;
	if (!*text)
		return NUMBER_OK;
	digits_len = strspn(text + 1, "0123456789");
	if (*text != '-' || text[1 + digits_len])
		return NUMBER_CHARACTER;
	if (digits_len > 6)
		return NUMBER_LONG;
	return digits_len ? NUMBER_OK : NUMBER_SHORT;
}

enum number_verdict phone_check(const char *text, enum phone_kind *kind)
{
	enum number_verdict verdict = NUMBER_CHARACTER;
	enum phone_kind found = PHONE_NONE;

	if (!text || !*text)
		verdict = NUMBER_EMPTY;
	else if (*text == '1')
		verdict = mobile_check(text);
	else if (*text == '0')
		verdict = fixed_check(text);
	if (verdict == NUMBER_OK)
		found = *text == '1' ? PHONE_MOBILE : PHONE_FIXED;
	if (kind)
		*kind = found;
	return verdict;
}
