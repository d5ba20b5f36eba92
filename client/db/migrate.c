/* The schema, step by step. A step and the number that says it was done are
 * one transaction, so a power cut leaves the old file or the new one. */
#include "client/db/private.h"

#include "client/base/error.h"

static bool read_version(struct db *db, int64_t *version, GError **error)
{
	return db_get_int(
		db, "PRAGMA user_version", NULL, version, NULL, error);
}

/* All rows of one version, from step on, and the number that says so. */
static bool run_step(struct db *db, const struct db_options *options,
	const struct db_migration *step, GError **error)
{
	const struct db_migration *end =
		options->migrations + options->migration_count;
	/* Pragmas take no bound values; both are numbers of ours. */
	g_autofree char *mark = g_strdup_printf(
		"PRAGMA user_version=%d; PRAGMA application_id=%d",
		step->version, options->application_id);
	int version = step->version;

	for (; step < end && step->version == version; step++)
		if (!db_exec(db, step->sql, error))
			return false;
	return db_exec(db, mark, error);
}

static bool check_file(struct db *db, const struct db_options *options,
	int64_t version, GError **error)
{
	int64_t last =
		options->migrations[options->migration_count - 1].version;
	int64_t mark = 0;

	if (version > last) {
		g_set_error(error, STORE_ERROR, STORE_ERROR_NEWER,
			"file has version %" G_GINT64_FORMAT
			", this program knows %" G_GINT64_FORMAT,
			version, last);
		return false;
	}
	if (!db_get_int(db, "PRAGMA application_id", NULL, &mark, NULL, error))
		return false;
	if (version > 0 && mark != options->application_id) {
		g_set_error(error, STORE_ERROR, STORE_ERROR_CORRUPT,
			"file belongs to another program");
		return false;
	}
	return true;
}

/* Another process may have been quicker: asked again under the lock. */
static bool take_step(struct db *db, const struct db_options *options,
	const struct db_migration *step, int64_t *version, GError **error)
{
	AUTO(db_transaction) change = db_begin(db, error);

	if (!change || !read_version(db, version, error))
		return false;
	if (step->version > *version && !run_step(db, options, step, error))
		return false;
	*version = MAX(*version, step->version);
	return db_commit(change, error);
}

bool db_migrate(struct db *db, const struct db_options *options, GError **error)
{
	int64_t version = 0;

	if (!read_version(db, &version, error) ||
		!check_file(db, options, version, error))
		return false;
	for (size_t i = 0; i < options->migration_count; i++) {
		const struct db_migration *step = &options->migrations[i];

		if (step->version > version &&
			!take_step(db, options, step, &version, error))
			return false;
	}
	return true;
}
