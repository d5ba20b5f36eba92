/* A platform without de-duplication takes a step whatever came before it. */
#include <stdlib.h>
#include <string.h>

#include "client/platform/op_check.h"

struct json *__real_op_check_order(
	struct platform *platform, const struct op *op, GError **error);
struct json *__wrap_op_check_order(
	struct platform *platform, const struct op *op, GError **error);
struct json *__real_op_check_chain(
	struct platform *platform, const struct op *op, GError **error);
struct json *__wrap_op_check_chain(
	struct platform *platform, const struct op *op, GError **error);

static bool forgets;

static void __attribute__((constructor)) mutant_begin(void)
{
	forgets = g_strcmp0(getenv("MUTANT"), "no-dedup") == 0;
}

struct json *__wrap_op_check_order(
	struct platform *platform, const struct op *op, GError **error)
{
	return forgets ? NULL : __real_op_check_order(platform, op, error);
}

struct json *__wrap_op_check_chain(
	struct platform *platform, const struct op *op, GError **error)
{
	return forgets ? NULL : __real_op_check_chain(platform, op, error);
}
