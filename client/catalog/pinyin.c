/* Initials of Chinese text: the generated table, and the readings of surnames
 * on top of it. Unihan's order says nothing about names (单 as a surname is
 * shan, not dan), and a few surname readings are in no list of standard
 * readings at all (黑 he, 能 nai, 万俟 mo qi). */
#include "client/catalog/pinyin.h"

#include <string.h>

#include "client/catalog/pinyin_table.h"

enum { LETTERS = 26 };

/* Initials of surnames whose reading is not the usual one, of two characters
 * first: they win over those of one. */
static const struct {
	const char *surname;
	const char *initials;
} surnames[] = {
	{"万俟", "mq"},
	{"尉迟", "yc"},
	{"单于", "cy"},
	{"长孙", "zs"},
	{"澹台", "tt"},
	{"令狐", "lh"},
	{"鲜于", "xy"},
	{"皇甫", "hf"},
	{"夏侯", "xh"},
	{"亓官", "qg"},
	{"乐正", "yz"},
	{"夹谷", "jg"},
	{"拓跋", "tb"},
	{"宰父", "zf"},
	{"单", "s"},
	{"曾", "z"},
	{"解", "x"},
	{"仇", "q"},
	{"查", "z"},
	{"区", "o"},
	{"黑", "h"},
	{"能", "n"},
	{"朴", "p"},
	{"盖", "g"},
	{"种", "c"},
	{"秘", "b"},
	{"覃", "q"},
	{"乐", "y"},
	{"员", "y"},
	{"缪", "m"},
	{"冼", "x"},
	{"洗", "x"},
	{"翟", "z"},
	{"隗", "w"},
	{"折", "s"},
	{"召", "s"},
	{"祭", "z"},
	{"谌", "c"},
	{"繁", "p"},
	{"宓", "m"},
	{"句", "g"},
	{"阚", "k"},
	{"郗", "x"},
	{"车", "c"},
	{"贾", "j"},
	{"石", "s"},
	{"莘", "s"},
	{"郇", "x"},
	{"宿", "s"},
	{"沈", "s"},
	{"俞", "y"},
	{"盛", "s"},
	{"藏", "z"},
	{"乜", "n"},
	{"晟", "c"},
	{"卜", "b"},
	{"冯", "f"},
	{"费", "f"},
	{"呙", "g"},
	{"郄", "q"},
	{"尉", "w"},
	{"那", "n"},
	{"万", "w"},
	{"强", "q"},
	{"尹", "y"},
	{"重", "c"},
	{"葛", "g"},
	{"么", "y"},
};

static uint32_t table_mask(gunichar c)
{
	uint32_t first = (uint32_t)c << 5, mask = 0;
	size_t low = 0, high = pinyin_table_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (pinyin_table[middle] < first)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < pinyin_table_count && pinyin_table[low] >> 5 == c; low++)
		mask |= 1u << (pinyin_table[low] & 31);
	return mask;
}

uint32_t pinyin_mask(gunichar c)
{
	if (c < 0x80)
		return g_ascii_isalpha((gchar)c)
			       ? 1u << (g_ascii_tolower((gchar)c) - 'a')
			       : 0;
	return c < 0x40000 ? table_mask(c) : 0;
}

size_t pinyin_masks(const char *text, uint32_t *masks, size_t size)
{
	size_t count = 0;

	for (; *text && count < size; text = g_utf8_next_char(text)) {
		uint32_t mask = pinyin_mask(g_utf8_get_char(text));
		if (mask)
			masks[count++] = mask;
	}
	return count;
}

/* Names -----------------------------------------------------------------------
 */

/* The letters a character of a name may stand for, the best first. */
struct choice {
	char letters[LETTERS + 1];
	size_t count;
};

static void choice_add(struct choice *choice, char letter)
{
	if (!memchr(choice->letters, letter, choice->count) &&
		choice->count < LETTERS)
		choice->letters[choice->count++] = letter;
}

static void choice_add_mask(struct choice *choice, uint32_t mask)
{
	for (int i = 0; i < LETTERS; i++)
		if (mask & (1u << i))
			choice_add(choice, (char)('a' + i));
}

static const char *surname_initials(const char *name)
{
	for (size_t i = 0; i < G_N_ELEMENTS(surnames); i++)
		if (g_str_has_prefix(name, surnames[i].surname))
			return surnames[i].initials;
	return "";
}

static size_t read_choices(const char *name, struct choice *choices)
{
	const char *special = surname_initials(name);
	size_t count = 0;

	for (; *name && count < PINYIN_MAX_CHARS;
		name = g_utf8_next_char(name)) {
		gunichar c = g_utf8_get_char(name);
		struct choice choice = {.count = 0};

		if (*special)
			choice_add(&choice, *special++);
		if (c < 0x80 && g_ascii_isdigit((gchar)c))
			choice_add(&choice, (char)c);
		choice_add_mask(&choice, pinyin_mask(c));
		if (choice.count)
			choices[count++] = choice;
	}
	return count;
}

char *pinyin_initials(const char *name)
{
	g_autofree char *valid = g_utf8_make_valid(name ? name : "", -1);
	struct choice choices[PINYIN_MAX_CHARS];
	size_t digit[PINYIN_MAX_CHARS] = {0};
	size_t count = read_choices(valid, choices);
	GString *all = g_string_new(NULL);

	for (int n = 0; count && n < PINYIN_MAX_COMBINATIONS; n++) {
		size_t i = count;
		if (all->len)
			g_string_append_c(all, ' ');
		for (size_t j = 0; j < count; j++)
			g_string_append_c(all, choices[j].letters[digit[j]]);
		/* like an odometer: the last place turns fastest */
		while (i > 0 && ++digit[i - 1] == choices[i - 1].count)
			digit[--i] = 0;
		if (i == 0)
			break;
	}
	return g_string_free(all, FALSE);
}

/* Matching --------------------------------------------------------------------
 */

static bool letter_fits(char letter, uint32_t mask)
{
	return mask & (1u << (letter - 'a'));
}

static bool fits_at(const char *letters, size_t n, const uint32_t *masks)
{
	for (size_t i = 0; i < n; i++)
		if (!letter_fits(letters[i], masks[i]))
			return false;
	return true;
}

static bool fits_in_order(
	const char *letters, size_t n, const uint32_t *masks, size_t count)
{
	size_t found = 0;

	for (size_t i = 0; i < count && found < n; i++)
		found += letter_fits(letters[found], masks[i]);
	return found == n;
}

enum pinyin_fit pinyin_match(const char *text, const char *letters)
{
	uint32_t masks[256];
	char lower[64];
	size_t count = pinyin_masks(text, masks, G_N_ELEMENTS(masks));
	size_t n = strlen(letters);

	if (n == 0 || n >= sizeof(lower) || n > count)
		return PINYIN_NO;
	for (size_t i = 0; i < n; i++) {
		if (!g_ascii_isalpha(letters[i]))
			return PINYIN_NO;
		lower[i] = g_ascii_tolower(letters[i]);
	}
	if (fits_at(lower, n, masks))
		return n == count ? PINYIN_EXACT : PINYIN_PREFIX;
	for (size_t i = 1; i + n <= count; i++)
		if (fits_at(lower, n, masks + i))
			return PINYIN_ADJACENT;
	return fits_in_order(lower, n, masks, count) ? PINYIN_ORDER : PINYIN_NO;
}
