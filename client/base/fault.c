/* Faults live in the private part that GLib gives to errors of an extended
 * domain: this file owns that of ITEM_ERROR. */
#include "client/base/fault.h"

#include <stddef.h>
#include <string.h>

#include "client/base/error.h"

/* GLib appends "Private" to the name of the struct, and its own names to that
 * of the functions. */
struct item_Private {
	struct fault fault;
};

static void item_error_private_init(struct item_Private *own)
{
	memset(own, 0, sizeof(*own));
}

static void item_error_private_clear(struct item_Private *own)
{
	g_free(own->fault.file);
	g_free(own->fault.member);
	g_strfreev(own->fault.args);
}

static void item_error_private_copy(
	const struct item_Private *from, struct item_Private *to)
{
	*to = *from;
	to->fault.file = g_strdup(from->fault.file);
	to->fault.member = g_strdup(from->fault.member);
	to->fault.args = g_strdupv(from->fault.args);
}

G_DEFINE_EXTENDED_ERROR(struct item_, item_error)

/* Conversions -------------------------------------------------------------- */

struct conversion {
	int position; /* "%2$s": 2; 0 when it says none */
	int size;     /* letters l; 'z' is 3 */
	char letter;
};

/* at stands behind the %; returns what stands behind the conversion. */
static const char *read_conversion(
	const char *at, struct conversion *conversion)
{
	*conversion = (struct conversion){0};
	if (g_ascii_isdigit(at[0]) && at[1] == '$') {
		conversion->position = at[0] - '0';
		at += 2;
	}
	for (; *at == 'l'; at++)
		conversion->size++;
	if (*at == 'z') {
		conversion->size = 3;
		at++;
	}
	conversion->letter = *at;
	return *at ? at + 1 : at;
}

static char **take_args(const char *what, va_list args)
{
	GPtrArray *list = g_ptr_array_new();

	for (const char *at = what; (at = strchr(at, '%'));) {
		struct conversion it;
		const char *text;
		long long number;

		at = read_conversion(at + 1, &it);
		if (it.letter == '%')
			continue;
		if (it.letter == 's') {
			text = va_arg(args, const char *);
			g_ptr_array_add(list, g_strdup(text ? text : ""));
			continue;
		}
		/* in our own code, never from outside */
		if (!it.letter || !strchr("du", it.letter))
			g_error("no such conversion here: %s", what);
		if (it.size == 0)
			number = it.letter == 'u'
					 ? (long long)va_arg(args, unsigned)
					 : va_arg(args, int);
		else if (it.size == 1)
			number = va_arg(args, long);
		else if (it.size == 2)
			number = va_arg(args, long long);
		else
			number = (long long)va_arg(args, size_t);
		g_ptr_array_add(list, g_strdup_printf("%lld", number));
	}
	g_ptr_array_add(list, NULL);
	return (char **)g_ptr_array_free(list, FALSE);
}

static void append_words(GString *text, const char *what, char **args)
{
	size_t count = args ? g_strv_length(args) : 0, next = 0;
	const char *at = what, *stop;

	while ((stop = strchr(at, '%'))) {
		struct conversion it;
		size_t index;

		g_string_append_len(text, at, stop - at);
		at = read_conversion(stop + 1, &it);
		if (it.letter == '%') {
			g_string_append_c(text, '%');
			continue;
		}
		index = it.position ? (size_t)it.position - 1 : next++;
		g_string_append(text, index < count ? args[index] : "");
	}
	g_string_append(text, at);
}

/* Faults ------------------------------------------------------------------- */

static const char *as_it_is(const char *msgid)
{
	return msgid;
}

char *fault_text(
	const struct fault *fault, const char *(*translate)(const char *msgid))
{
	GString *text = g_string_new(fault->file);

	translate = translate ? translate : as_it_is;
	if (fault->file && fault->line)
		g_string_append_printf(text, ":%d", fault->line);
	if (fault->member)
		g_string_append_printf(
			text, "%s%s", text->len ? ": " : "", fault->member);
	if (text->len)
		g_string_append(text, ": ");
	append_words(text, translate(fault->what), fault->args);
	if (fault->expected)
		g_string_append_printf(
			text, ": %s", translate(fault->expected));
	return g_string_free(text, FALSE);
}

const struct fault *fault_of(const GError *error)
{
	const struct fault *fault;

	if (!error || error->domain != ITEM_ERROR)
		return NULL;
	fault = &item_error_get_private(error)->fault;
	return fault->what ? fault : NULL;
}

static struct fault *own_fault(GError *error)
{
	return &item_error_get_private(error)->fault;
}

static void retell(GError *error)
{
	g_free(error->message);
	error->message = fault_text(own_fault(error), NULL);
}

bool fault_set_va(GError **error, int code, const char *file, int line,
	const char *member, const char *what, va_list args)
{
	if (!error)
		return false;
	g_set_error_literal(error, ITEM_ERROR, code, what);
	*own_fault(*error) = (struct fault){.file = g_strdup(file),
		.member = g_strdup(member),
		.line = line,
		.what = what,
		.args = take_args(what, args)};
	retell(*error);
	return false;
}

bool fault_set(GError **error, int code, const char *file, int line,
	const char *what, ...)
{
	va_list args;

	va_start(args, what);
	fault_set_va(error, code, file, line, NULL, what, args);
	va_end(args);
	return false;
}

void fault_expect(GError **error, const char *expected)
{
	if (!error || !fault_of(*error))
		return;
	own_fault(*error)->expected = expected;
	retell(*error);
}

void fault_set_file(GError **error, const char *file)
{
	if (!error || !fault_of(*error) || own_fault(*error)->file)
		return;
	own_fault(*error)->file = g_strdup(file);
	retell(*error);
}
