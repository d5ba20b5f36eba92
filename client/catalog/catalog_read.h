/* Reading the catalogue's JSON strictly, with the path of every member.
 *
 * A reader stands in one file. Its getters never fail loudly: the first thing
 * that is wrong is kept as the error ("items/02.json: materials[3].need: ..."),
 * later ones are dropped, and values are neutral from then on; ask
 * reader_failed() at the end. Only for client/catalog. */
#ifndef CLIENT_CATALOG_CATALOG_READ_H
#define CLIENT_CATALOG_CATALOG_READ_H

#include <stdbool.h>
#include <stddef.h>

#include <glib.h>

#include "client/base/json.h"
#include "client/catalog/catalog.h"

struct reader {
	const char *file;              /* for messages */
	GString *path;                 /* "materials[3]" */
	GError *error;                 /* the first one */
	const struct catalog *catalog; /* for dictionaries and departments */
	GPtrArray *uses; /* borrowed: dictionaries the item took; or NULL */
};

struct department {
	char *name;
	char *uscc;
};

/* Counted (g_rc_box): items hold the one they were read with. */
struct dictionary {
	char *id;
	char *title;
	char *source;
	char *text; /* itself as JSON */
	struct form_option *entries;
	size_t n_entries;
};

struct catalog {
	char *version;
	char *region;
	char *file_version; /* of catalog.json; NULL while it is read */
	struct department *departments;
	size_t n_departments;
	GPtrArray *dictionaries; /* own: struct dictionary */
	GPtrArray *items;        /* own: struct catalog_item, in order */
	GHashTable *by_code;     /* 31 and 33 -> item, borrowed */
};

void reader_start(
	struct reader *reader, const char *file, const struct catalog *catalog);
/* Gives the error away and frees; false when there was one. */
bool reader_end(struct reader *reader, GError **error);
bool reader_failed(const struct reader *reader);

/* The path goes one deeper and back: name, or name[index] when index >= 0
 * (shown from 0 as in JSON). */
size_t reader_enter(struct reader *reader, const char *name, int index);
void reader_leave(struct reader *reader, size_t mark);

/* Keeps an error at the current path, or at its member name (NULL: none). */
void reader_fail(struct reader *reader, const char *name, const char *format,
	...) G_GNUC_PRINTF(3, 4);

/* Members that are not in known (NULL ended) are errors. */
void read_known(struct reader *reader, const struct json *object,
	const char *const known[]);

/* Texts are fresh strings and never NULL. */
char *read_text(struct reader *reader, const struct json *object,
	const char *name, size_t max_bytes); /* must be there, not empty */
char *read_text_or(struct reader *reader, const struct json *object,
	const char *name, size_t max_bytes, const char *otherwise);
int read_int(struct reader *reader, const struct json *object, const char *name,
	int min, int max); /* must be there */
int read_int_or(struct reader *reader, const struct json *object,
	const char *name, int min, int max, int otherwise);
bool read_bool_or(struct reader *reader, const struct json *object,
	const char *name, bool otherwise);
/* NULL ended, never NULL; empty when it is not there. */
char **read_texts(struct reader *reader, const struct json *object,
	const char *name, size_t max_bytes);
/* The array, NULL when it is not there (an error when required) or too long. */
const struct json *read_array(struct reader *reader, const struct json *object,
	const char *name, size_t max, bool required);
/* Index of the member's text in names (count of them); otherwise when it is
 * not there, -1 there meaning that it must be. 0 after an error. */
int read_word(struct reader *reader, const struct json *object,
	const char *name, const char *const names[], int count, int otherwise);

/* The rules only look at the texts of a form, so they are const there; here
 * they are owned. */
void text_free(const char *text);

/* NULL when there is none of that name. */
struct form_condition *read_condition(
	struct reader *reader, const struct json *object, const char *name);
void condition_free(struct form_condition *condition);

/* catalog_form.c. References between fields are checked too. */
void read_form(
	struct reader *reader, const struct json *object, struct form_def *def);
void form_def_clear(struct form_def *def);
/* Every condition of fields and materials looks at a field of def (one before
 * limit, in order) or a known source, and at options that exist. */
void check_condition(struct reader *reader,
	const struct form_condition *condition, const struct form_field *fields,
	size_t limit);

/* catalog_options.c */
void options_free(struct form_option *options, size_t count);
struct form_option *options_copy(
	const struct form_option *options, size_t count);
void read_options(struct reader *reader, const struct json *object,
	const char *name, struct form_option **options, size_t *count);

/* "outcome", "reason", "organ" of an option or a check. is_elsewhere: a refusal
 * names the organ that is responsible. */
void read_lead(struct reader *reader, const struct json *object,
	bool is_elsewhere, struct form_lead *lead);
void lead_clear(struct form_lead *lead);

/* catalog_item.c */
void read_item(struct reader *reader, const struct json *object,
	struct catalog_item *item);
void item_clear(struct catalog_item *item);

/* catalog_law.c; read_excluded() after the form. */
void read_basis(struct reader *reader, const struct json *object,
	struct catalog_item *item);
void read_excluded(struct reader *reader, const struct json *object,
	struct catalog_item *item);
void item_law_clear(struct catalog_item *item);

/* catalog.c */
struct catalog *catalog_new(void);
void departments_free(struct department *departments, size_t count);
/* The USCC of a department, NULL when it is not in the list. */
const char *catalog_department_uscc(
	const struct catalog *catalog, const char *name);
struct dictionary *catalog_dictionary_find(
	const struct catalog *catalog, const char *id);

/* catalog_part.c: one part, checked; name is for messages. NULL when wrong. */
bool part_read_head(struct catalog *catalog, const char *name,
	const struct json *object, GError **error);
struct dictionary *part_read_dictionary(
	const char *name, const struct json *object, GError **error);
struct catalog_item *part_read_item(const struct catalog *catalog,
	const char *name, const struct json *object, GError **error);
void dictionary_free(struct dictionary *dictionary);
/* Takes its place beside the others, or that of old, which may be NULL. False,
 * and not taken, when a number or code is there twice. */
bool part_place_item(struct catalog *catalog, const char *name,
	struct catalog_item *item, const struct catalog_item *old,
	GError **error);

#endif
