/* The tables of the platform. */
#ifndef CLIENT_PLATFORM_SCHEMA_H
#define CLIENT_PLATFORM_SCHEMA_H

#include "client/db/db.h"

enum { SCHEMA_APPLICATION_ID = 0x594b5046 }; /* "YKPF" */

extern const struct db_migration schema_migrations[];
extern const size_t schema_migration_count;

#endif
