/* people.conf: who may work at this window.
 *
 *   [1003]
 *   name = 甄示例
 *   roles = clerk
 *   password = $scrypt$ln=15,r=8,p=1$...
 *   windows = 03
 *
 * The section is the staff number. An account without a password cannot log in;
 * windows left out or "*" means every window. */
#ifndef CONFIG_PEOPLE_H
#define CONFIG_PEOPLE_H

#include <stdbool.h>
#include <stddef.h>

#include <glib.h>

#include "client/base/auto.h"

/* X(code, name in the file, Chinese term of the glossary) */
#define PERSON_ROLES(X)                                        \
	X(ROLE_GUIDE, "guide", "导办")                         \
	X(ROLE_CLERK, "clerk", "综窗受理人员")                 \
	X(ROLE_OFFICER, "officer", "部门受理")                 \
	X(ROLE_EXAMINER, "examiner", "审查")                   \
	X(ROLE_DECIDER, "decider", "决定")                     \
	X(ROLE_CERTIFIER, "certifier", "制证")                 \
	X(ROLE_ISSUER, "issuer", "出件")                       \
	X(ROLE_SUPERVISOR, "supervisor", "监察")               \
	X(ROLE_ITEM_ADMIN, "item-admin", "事项管理员")         \
	X(ROLE_MANAGER, "manager", "大厅负责人")               \
	X(ROLE_TECHNICIAN, "technician", "技术员")             \
	X(ROLE_SYSTEM_ADMIN, "system-admin", "系统管理员")     \
	X(ROLE_SECURITY_ADMIN, "security-admin", "安全管理员") \
	X(ROLE_AUDIT_ADMIN, "audit-admin", "审计管理员")

#define PERSON_ROLE_ROW(code, name, chinese) code,
enum person_role { PERSON_ROLES(PERSON_ROLE_ROW) ROLE_COUNT };

struct person {
	char *staff_no;
	char *name;
	char *verifier; /* "$scrypt$...", "" when none */
	char **windows; /* NULL ended, or NULL: every window */
	unsigned roles; /* bit 1 << enum person_role */
};

struct people;

/* Errors as of config_load(), with file and line. */
struct people *people_load(const char *path, GError **error);
void people_free(struct people *people);
DEFINE_AUTO(people, people_free)

size_t people_count(const struct people *people);
const struct person *people_get(const struct people *people, size_t index);
/* NULL when nobody has this staff number. */
const struct person *people_find(
	const struct people *people, const char *staff_no);

bool person_has_role(const struct person *person, enum person_role role);
bool person_may_use_window(const struct person *person, const char *window);
/* In which role, "supervisor" or "manager", the person decides about parked
 * steps and conflicts; NULL when that is not for this person. */
const char *person_deciding_role(const struct person *person);
const char *person_role_name(enum person_role role);
bool person_role_from_name(const char *name, enum person_role *role);

#endif
