/* The handlers that router.c's table names, by the file they live in. Each
 * answers one whole, admitted request and returns a reply that is never NULL.
 * What a handler changed is committed when it returns. */
#ifndef CLIENT_PLATFORM_HANDLERS_H
#define CLIENT_PLATFORM_HANDLERS_H

#include "client/platform/router.h"

#define HANDLER(name)       \
	struct reply *name( \
		struct platform *platform, const struct request *request)

/* about.c */
HANDLER(health_get);
HANDLER(time_get);
HANDLER(capabilities_get);
/* ops.c, stores.c */
HANDLER(ops_batch);
HANDLER(ops_get);
HANDLER(ops_lookup);
HANDLER(stores_get);
/* reconciliation.c */
HANDLER(digests_get);
HANDLER(reconciliation_ops);
/* blobs.c */
HANDLER(blobs_missing);
HANDLER(blobs_put);
HANDLER(blobs_get);
/* uploads.c */
HANDLER(uploads_options);
HANDLER(uploads_post);
HANDLER(uploads_head);
HANDLER(uploads_delete);
/* numbers.c */
HANDLER(numbers_lease);
HANDLER(numbers_change);
/* feeds.c */
HANDLER(changes_get);
/* tickets.c */
HANDLER(tickets_post);
HANDLER(tickets_get);
/* ticket_change.c */
HANDLER(tickets_change);
/* catalog_serve.c */
HANDLER(catalog_snapshot);
HANDLER(items_get);
HANDLER(items_put);
HANDLER(forms_get);
HANDLER(dictionaries_get);
HANDLER(workflows_get);
/* bootstrap.c */
HANDLER(bootstrap_post);
/* cases.c */
HANDLER(cases_list);
/* case_change.c */
HANDLER(cases_get);
HANDLER(cases_put);
HANDLER(cases_command);
/* lookups.c */
HANDLER(persons_lookup);
HANDLER(legal_entities_lookup);
HANDLER(certificates_query);
HANDLER(certificates_verify);
/* statistics.c */
HANDLER(statistics_get);
/* seals.c */
HANDLER(seals_sign);
/* pages.c */
HANDLER(page_home);
HANDLER(page_case);
/* catalog_post.c */
HANDLER(catalog_post);
/* chaos.c, dump.c */
HANDLER(chaos_post);
HANDLER(dump_get);

/* oauth.c, enrol_page.c */
HANDLER(device_authorization);
HANDLER(oauth_token);
HANDLER(device_certificate);
HANDLER(enrol_page);
HANDLER(enrol_decide);

#undef HANDLER

#endif
