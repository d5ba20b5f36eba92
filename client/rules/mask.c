/* Masking: each kind knows what it keeps; what does not look like its kind
 * keeps less, never more. */
#include "client/rules/mask.h"

#include <string.h>

#include <glib.h>

static const char *const kind_names[] = {
#define KIND_NAME(code, name, example) [code] = (name),
	MASK_KINDS(KIND_NAME)
#undef KIND_NAME
};

static char *mask_whole(const char *text)
{
	return g_strdup(*text ? "******" : "");
}

static char *first_chars(const char *text, glong count)
{
	return g_utf8_substring(text, 0, count);
}

/* First letter of each part: "San Li" -> "S* L*". */
static char *mask_latin_name(const char *text)
{
	g_auto(GStrv) parts = g_strsplit(text, " ", -1);
	GString *masked = g_string_new(NULL);

	for (size_t i = 0; parts[i]; i++) {
		g_autofree char *letter = NULL;
		if (!*parts[i])
			continue;
		letter = first_chars(parts[i], 1);
		g_string_append_printf(
			masked, "%s%s*", masked->len ? " " : "", letter);
	}
	return g_string_free(masked, FALSE);
}

static char *mask_name(const char *text)
{
	glong len = g_utf8_strlen(text, -1);
	g_autofree char *first = NULL;
	g_autofree char *last = NULL;

	if (len == 0)
		return g_strdup("");
	if (g_utf8_get_char(text) < 0x2e80)
		return mask_latin_name(text);
	if (len == 1)
		return g_strdup("*");
	first = first_chars(text, 1);
	if (len == 2)
		return g_strconcat(first, "*", NULL);
	last = g_utf8_substring(text, len - 1, len);
	return g_strconcat(first, len == 3 ? "*" : "**", last, NULL);
}

/* First two and last two, and fewer when that would be most of it. */
static char *mask_document(const char *text)
{
	glong len = g_utf8_strlen(text, -1);
	glong keep = len >= 8 ? 2 : 1;
	g_autofree char *first = NULL;
	g_autofree char *last = NULL;

	if (len < 5)
		return mask_whole(text);
	first = first_chars(text, keep);
	last = g_utf8_substring(text, len - keep, len);
	return g_strconcat(first, "******", last, NULL);
}

static char *mask_citizen_id(const char *text)
{
	size_t len = strlen(text);
	size_t digits = strspn(text, "0123456789");

	if (len != 18 || digits < 17)
		return mask_document(text);
	return g_strdup_printf("%.6s********%s", text, text + 14);
}

static char *mask_phone(const char *text)
{
	size_t len = strlen(text);
	size_t digits = strspn(text, "0123456789");
	size_t area = strncmp(text, "01", 2) == 0 || strncmp(text, "02", 2) == 0
			      ? 3
			      : 4;

	if (len == 11 && digits == 11 && *text == '1')
		return g_strdup_printf("%.3s****%s", text, text + 7);
	if (*text == '0' && len >= area + 7 && digits >= area &&
		strspn(text, "0123456789-") == len)
		return g_strdup_printf(
			"%.*s-******%s", (int)area, text, text + len - 2);
	return mask_document(text);
}

/* 示例路, 示例小区 and 示例超市 are no divisions, though two end like one. */
static bool is_division(const char *start, const char *end, glong max_chars)
{
	static const char *const never[] = {"路", "巷", "号", "村", "楼",
		"小区", "社区", "园区", "校区", "超市", "大街"};
	g_autofree char *part = g_strndup(start, (size_t)(end - start));

	if (g_utf8_strlen(part, -1) > max_chars || strpbrk(part, "0123456789"))
		return false;
	for (size_t i = 0; i < G_N_ELEMENTS(never); i++)
		if (strstr(part, never[i]))
			return false;
	return true;
}

/* The end of the division that begins at start, start itself if there is none:
 * the nearest of the endings, with at least one character before it. */
static const char *skip_division(const char *start, const char *const endings[],
	size_t count, glong max_chars)
{
	const char *best = NULL;

	for (size_t i = 0; *start && i < count; i++) {
		const char *found = strstr(g_utf8_next_char(start), endings[i]);
		const char *end = found ? found + strlen(endings[i]) : NULL;
		if (end && (!best || end < best))
			best = end;
	}
	return best && is_division(start, best, max_chars) ? best : start;
}

/* To township or street; when there is none, to the county or city. */
static char *mask_address(const char *text)
{
	static const char *const provinces[] = {"省", "自治区"};
	static const char *const counties[] = {"市", "县", "区", "旗"};
	static const char *const towns[] = {"街道", "镇", "乡"};
	const char *end = text;

	if (!*text)
		return g_strdup("");
	end = skip_division(end, provinces, G_N_ELEMENTS(provinces), 9);
	/* 郑州市 登封市 */
	for (int level = 0; level < 2; level++)
		end = skip_division(end, counties, G_N_ELEMENTS(counties), 8);
	end = skip_division(end, towns, G_N_ELEMENTS(towns), 8);
	return g_strdup_printf("%.*s***", (int)(end - text), text);
}

static char *mask_bank(const char *text)
{
	glong len = g_utf8_strlen(text, -1);
	g_autofree char *last = NULL;

	if (len < 8)
		return mask_whole(text);
	last = g_utf8_substring(text, len - 4, len);
	return g_strconcat("****", last, NULL);
}

static char *mask_email(const char *text)
{
	const char *at = strrchr(text, '@');
	g_autofree char *first = NULL;

	if (!at || at == text || !at[1])
		return mask_document(text);
	first = first_chars(text, 1);
	return g_strconcat(first, "***", at, NULL);
}

char *mask_text(enum mask_kind kind, const char *text)
{
	static char *(*const maskers[])(const char *) = {
		[MASK_NAME] = mask_name,
		[MASK_CITIZEN_ID] = mask_citizen_id,
		[MASK_DOCUMENT] = mask_document,
		[MASK_PHONE] = mask_phone,
		[MASK_ADDRESS] = mask_address,
		[MASK_BANK] = mask_bank,
		[MASK_EMAIL] = mask_email,
		[MASK_ALL] = mask_whole,
	};
	g_autofree char *valid = g_utf8_make_valid(text ? text : "", -1);

	if (kind == MASK_NONE)
		return g_steal_pointer(&valid);
	if (kind >= MASK_KIND_COUNT)
		return mask_whole(valid);
	return maskers[kind](valid);
}

bool mask_kind_from_name(const char *name, enum mask_kind *kind)
{
	for (int i = 0; i < MASK_KIND_COUNT; i++) {
		if (strcmp(kind_names[i], name) == 0) {
			*kind = (enum mask_kind)i;
			return true;
		}
	}
	return false;
}
