/* Masking: one row for each kind of personal data, and what does not look like
 * its kind. */
#include "client/rules/mask.h"

#include <string.h>

#include <glib.h>

#include "client/base/json.h"

static void test_mask(void)
{
	static const struct {
		enum mask_kind kind;
		const char *text, *masked;
	} rows[] = {
		{MASK_NAME, "李例", "李*"},
		{MASK_NAME, "李示例", "李*例"},
		{MASK_NAME, "欧阳示用", "欧**用"},
		{MASK_NAME, "阿依古丽・示例", "阿**例"},
		{MASK_NAME, "例", "*"},
		{MASK_NAME, "San Li", "S* L*"},
		{MASK_NAME, "Ånna  Li", "Å* L*"},
		{MASK_NAME, "", ""},
		{MASK_CITIZEN_ID, "410199199010010021", "410199********0021"},
		{MASK_CITIZEN_ID, "41019919870606009X", "410199********009X"},
		{MASK_CITIZEN_ID, "E12345678", "E1******78"},
		{MASK_CITIZEN_ID, "4101991990", "41******90"},
		{MASK_CITIZEN_ID, "92410185DEM00201XL", "92******XL"},
		{MASK_DOCUMENT, "E12345678", "E1******78"},
		{MASK_DOCUMENT, "E12345", "E******5"},
		{MASK_DOCUMENT, "E123", "******"},
		{MASK_DOCUMENT, "", ""},
		{MASK_PHONE, "19900000000", "199****0000"},
		{MASK_PHONE, "0371-62800021", "0371-******21"},
		{MASK_PHONE, "037162800021", "0371-******21"},
		{MASK_PHONE, "010-12345678", "010-******78"},
		{MASK_PHONE, "123", "******"},
		{MASK_ADDRESS, "登封市嵩阳街道示例路 1 号",
			"登封市嵩阳街道***"},
		{MASK_ADDRESS, "河南省登封市示例路 1 号", "河南省登封市***"},
		{MASK_ADDRESS, "河南省郑州市登封市大冶镇示例村 3 号",
			"河南省郑州市登封市大冶镇***"},
		{MASK_ADDRESS, "登封市示例小区 2 号楼", "登封市***"},
		{MASK_ADDRESS, "登封市示例路超市", "登封市***"},
		{MASK_ADDRESS, "示例路 1 号", "***"},
		{MASK_ADDRESS, "", ""},
		{MASK_BANK, "6222000000001234", "****1234"},
		{MASK_BANK, "1234", "******"},
		{MASK_EMAIL, "zhen@example.com", "z***@example.com"},
		{MASK_EMAIL, "no address", "no******ss"},
		{MASK_ALL, "1990-10-01", "******"},
		{MASK_NONE, "登封市示例小吃店", "登封市示例小吃店"},
		{MASK_NAME, NULL, ""},
		{MASK_KIND_COUNT, "secret", "******"},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *masked = mask_text(rows[i].kind, rows[i].text);
		g_assert_cmpstr(masked, ==, rows[i].masked);
	}
}

static void test_value(void)
{
	static const struct {
		const char *path, *json, *shown;
	} rows[] = {
		{"applicant/name", "\"李示例\"", "李*例"},
		{"form/trade_name", "\"示例小吃店\"", "示例小吃店"},
		{"form/legal_person", "\"李示例\"", "李*例"},
		{"applicant/id_number", "\"410199199010010021\"",
			"410199********0021"},
		{"applicant/phone", "\"19900000000\"", "199****0000"},
		{"phone", "\"19900000000\"", "199****0000"},
		{"form/birth", "\"1990-10-01\"", "******"},
		{"form/area", "12", "12"},
		{"form/rows", "[1,2]", "[2]"},
		{"form/owner", "{\"phone\":\"19900000000\"}", "[1]"},
		{"form/area", "null", "-"},
	};
	g_autofree char *none = mask_value("form/area", NULL);

	g_assert_cmpstr(none, ==, "-");
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		AUTO(json) value =
			json_parse(rows[i].json, strlen(rows[i].json), NULL);
		g_autofree char *shown = mask_value(rows[i].path, value);

		g_assert_cmpstr(shown, ==, rows[i].shown);
	}
}

static void test_bytes(void)
{
	g_autofree char *masked = mask_text(MASK_NAME, "\xc0\xaf\xe6");

	g_assert_true(g_utf8_validate(masked, -1, NULL));
}

static void test_names(void)
{
	enum mask_kind kind;

	g_assert_true(mask_kind_from_name("citizen-id", &kind));
	g_assert_cmpint(kind, ==, MASK_CITIZEN_ID);
	g_assert_false(mask_kind_from_name("nothing", &kind));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/rules/mask/value", test_value);
	g_test_add_func("/rules/mask/table", test_mask);
	g_test_add_func("/rules/mask/bytes", test_bytes);
	g_test_add_func("/rules/mask/names", test_names);
	return g_test_run();
}
