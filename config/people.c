/* people.conf: staff numbers, roles, windows, password verifiers. Read with
 * every check a login relies on, so that a typing error cannot open an account
 * wider than meant: an unknown role or a broken verifier is an error. */
#include "config/people.h"

#include <string.h>

#include "client/base/error.h"
#include "config/keyfile.h"

struct people {
	struct person *list;
	size_t count;
};

static const char *const role_names[] = {
#define ROLE_NAME(code, name, chinese) [code] = (name),
	PERSON_ROLES(ROLE_NAME)
#undef ROLE_NAME
		[ROLE_COUNT] = NULL,
};

static const char *const known_keys[] = {
	"name", "roles", "password", "windows", NULL};

void people_free(struct people *people)
{
	if (!people)
		return;
	for (size_t i = 0; i < people->count; i++) {
		struct person *person = &people->list[i];
		g_free(person->staff_no);
		g_free(person->name);
		g_free(person->verifier);
		g_strfreev(person->windows);
	}
	g_free(people->list);
	g_free(people);
}

const char *person_role_name(enum person_role role)
{
	return role < ROLE_COUNT ? role_names[role] : "";
}

const char *person_deciding_role(const struct person *person)
{
	if (person_has_role(person, ROLE_SUPERVISOR))
		return person_role_name(ROLE_SUPERVISOR);
	return person_has_role(person, ROLE_MANAGER)
		       ? person_role_name(ROLE_MANAGER)
		       : NULL;
}

bool person_role_from_name(const char *name, enum person_role *role)
{
	for (int i = 0; i < ROLE_COUNT; i++) {
		if (strcmp(role_names[i], name) == 0) {
			*role = (enum person_role)i;
			return true;
		}
	}
	return false;
}

/* "clerk officer", blanks or commas between. */
static bool read_roles(const struct keyfile *file,
	const struct keyfile_section *section, struct person *person,
	GError **error)
{
	const char *text = keyfile_text(section, "roles", "");
	g_auto(GStrv) words = g_strsplit_set(text, ", ", -1);
	int line = keyfile_line(section, "roles");

	for (size_t i = 0; words[i]; i++) {
		enum person_role role;
		const char *near;

		if (!*words[i])
			continue;
		if (person_role_from_name(words[i], &role)) {
			person->roles |= 1u << role;
			continue;
		}
		near = keyfile_nearest(words[i], role_names);
		if (near)
			return keyfile_error(error, file, line,
				"unknown role %s, did you mean %s?", words[i],
				near);
		return keyfile_error(
			error, file, line, "unknown role %s", words[i]);
	}
	if (!person->roles)
		return keyfile_error(error, file, line,
			"[%s] roles: expected at least one", section->title);
	return true;
}

static bool read_windows(const struct keyfile *file,
	const struct keyfile_section *section, struct person *person,
	GError **error)
{
	const char *text = keyfile_text(section, "windows", "*");
	g_auto(GStrv) words = g_strsplit_set(text, ", ", -1);
	GPtrArray *list;

	if (strcmp(text, "*") == 0)
		return true;
	list = g_ptr_array_new();
	for (size_t i = 0; words[i]; i++)
		if (*words[i])
			g_ptr_array_add(list, g_strdup(words[i]));
	g_ptr_array_add(list, NULL);
	person->windows = (char **)g_ptr_array_free(list, FALSE);
	for (size_t i = 0; person->windows[i]; i++)
		if (strlen(person->windows[i]) != 2)
			return keyfile_error(error, file,
				keyfile_line(section, "windows"),
				"windows: expected numbers of two characters, "
				"as 03 04");
	if (!person->windows[0])
		return keyfile_error(error, file,
			keyfile_line(section, "windows"),
			"windows: expected numbers, or * for all");
	return true;
}

static bool staff_no_is_valid(const char *text)
{
	size_t len = strlen(text);

	for (const char *c = text; *c; c++)
		if (!g_ascii_isalnum(*c) && *c != '-')
			return false;
	return len >= 2 && len <= 20;
}

static bool read_person(const struct keyfile *file,
	const struct keyfile_section *section, struct person *person,
	GError **error)
{
	if (!staff_no_is_valid(section->title))
		return keyfile_error(error, file, section->line,
			"[%s]: expected a staff number of 2 to 20 letters and "
			"digits",
			section->title);
	if (!keyfile_check_keys(file, section, known_keys, error))
		return false;
	person->staff_no = g_strdup(section->title);
	person->name = g_strdup(keyfile_text(section, "name", ""));
	person->verifier = g_strdup(keyfile_text(section, "password", ""));
	if (!*person->name || strlen(person->name) > 120)
		return keyfile_error(error, file, keyfile_line(section, "name"),
			"[%s] name: expected 1 to 120 bytes", section->title);
	if (*person->verifier &&
		!g_str_has_prefix(person->verifier, "$scrypt$"))
		return keyfile_error(error, file,
			keyfile_line(section, "password"),
			"[%s] password: expected a verifier that begins with "
			"$scrypt$, never the password itself",
			section->title);
	return read_roles(file, section, person, error) &&
	       read_windows(file, section, person, error);
}

struct people *people_load(const char *path, GError **error)
{
	AUTO(keyfile) file = keyfile_load(path, error);
	AUTO(people) people = NULL;

	if (!file)
		return NULL;
	people = g_new0(struct people, 1);
	people->list = g_new0(struct person, file->n_sections + 1);
	for (size_t i = 0; i < file->n_sections; i++) {
		people->count = i + 1;
		if (!read_person(
			    file, &file->sections[i], &people->list[i], error))
			return NULL;
	}
	return g_steal_pointer(&people);
}

size_t people_count(const struct people *people)
{
	return people->count;
}

const struct person *people_get(const struct people *people, size_t index)
{
	return index < people->count ? &people->list[index] : NULL;
}

const struct person *people_find(
	const struct people *people, const char *staff_no)
{
	for (size_t i = 0; i < people->count; i++)
		if (strcmp(people->list[i].staff_no, staff_no) == 0)
			return &people->list[i];
	return NULL;
}

bool person_has_role(const struct person *person, enum person_role role)
{
	return role < ROLE_COUNT && (person->roles & (1u << role));
}

bool person_may_use_window(const struct person *person, const char *window)
{
	if (!person->windows)
		return true;
	return g_strv_contains((const char *const *)person->windows, window);
}
