/* Key pairs: what one signs the other verifies, nothing else. */
#include <string.h>

#include <glib.h>

#include "client/base/error.h"
#include "client/base/sign.h"

static void check_kind(enum sign_kind kind)
{
	g_autoptr(GError) error = NULL;
	AUTO(sign_key) key = sign_key_new(kind, &error);
	AUTO(sign_key) other = sign_key_new(kind, &error);
	g_autofree char *private_pem = sign_private_pem(key);
	g_autofree char *public_pem = sign_public_pem(key);
	AUTO(sign_key) again = sign_key_read(private_pem, &error);
	AUTO(sign_key) public_key = sign_key_read(public_pem, &error);
	g_autofree char *signature = sign_data(again, "hash", 4, &error);

	g_assert_no_error(error);
	g_assert_null(strstr(public_pem, "PRIVATE"));
	g_assert_true(sign_verify(public_key, "hash", 4, signature));
	g_assert_false(sign_verify(public_key, "hasH", 4, signature));
	g_assert_false(sign_verify(other, "hash", 4, signature));
	g_assert_false(sign_verify(public_key, "hash", 4, "AAAA"));
	g_assert_false(sign_verify(public_key, "hash", 4, ""));
}

static void test_sm2(void)
{
	check_kind(SIGN_SM2);
}

static void test_rsa(void)
{
	check_kind(SIGN_RSA);
}

static void test_broken(void)
{
	static const char *const texts[] = {
		"", "key", "-----BEGIN PRIVATE KEY-----\nAAAA\n"};

	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
		g_autoptr(GError) error = NULL;

		g_assert_null(sign_key_read(texts[i], &error));
		g_assert_error(error, ITEM_ERROR, ITEM_ERROR_SYNTAX);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/base/sign/sm2", test_sm2);
	g_test_add_func("/base/sign/rsa", test_rsa);
	g_test_add_func("/base/sign/broken", test_broken);
	return g_test_run();
}
