/* The desk of the one who decides: under one's own name and password, and with
 * a reason. */
#include "client/base/fault.h"
#include "client/base/id.h"
#include "client/base/log.h"
#include "client/commands/sync.h"
#include "client/store/audit.h"
#include "ui/text.h"

enum { HINT_TIMEOUT_MS = 2000, PASSWORD_SIZE = 512 };

bool sync_desk_open(struct sync_desk *desk, GError **error)
{
	const struct config *config = desk->options.config;

	desk->people = people_load(config_path(config, "files.people"), error);
	desk->store =
		desk->people
			? store_open(config_path(config, "paths.state"),
				  config_text(config, "window.number"), error)
			: NULL;
	return desk->store != NULL;
}

void sync_desk_close(struct sync_desk *desk)
{
	g_free(desk->staff_no);
	g_free(desk->reason);
	store_close(desk->store);
	people_free(desk->people);
	command_end(&desk->options);
}

struct actor sync_desk_actor(
	const struct sync_desk *desk, const struct person *person)
{
	return (struct actor){.staff_no = person->staff_no,
		.staff_name = person->name,
		.role = person_deciding_role(person),
		.session = "",
		.window = store_window(desk->store)};
}

static void audit_refusal(
	const struct sync_desk *desk, const struct person *person)
{
	/* A number nobody has is not kept: it may be a password. */
	struct actor actor = {.window = store_window(desk->store)};
	g_autoptr(GError) error = NULL;

	if (person)
		actor = sync_desk_actor(desk, person);
	if (!audit_record(desk->store, AUDIT_LOGIN_FAILED, &actor, "person",
		    actor.staff_no, "denied", NULL, &error))
		log_error(error, "a refused decision is not in the audit");
}

const struct person *sync_desk_log_in(
	struct sync_desk *desk, enum exit_code *code)
{
	const struct person *person =
		desk->staff_no ? people_find(desk->people, desk->staff_no)
			       : NULL;
	char password[PASSWORD_SIZE];
	g_autoptr(GError) error = NULL;
	bool is_right;

	if (!desk->staff_no || !desk->reason || !*desk->reason) {
		*code = command_wrong(&desk->options,
			"a decision needs --staff and --reason");
		return NULL;
	}
	is_right = command_ask_secret(
			   _("Password: "), password, sizeof(password)) &&
		   password_verify(password, person ? person->verifier : NULL);
	secret_wipe(password, sizeof(password));
	if (is_right && person_deciding_role(person))
		return person;
	audit_refusal(desk, person);
	fault_set(&error, ITEM_ERROR_DENIED, NULL, 0,
		"staff number or password is wrong, or the role may not do "
		"this");
	*code = command_report(&desk->options, error);
	return NULL;
}

void sync_desk_saved(struct sync_desk *desk)
{
	json_free(syncd_ask(desk->options.config, "retry", NULL,
		HINT_TIMEOUT_MS, NULL, NULL));
	command_print("%s", _("Saved. It goes with the next sync; yikou sync "
			      "status shows what is left."));
}
