/* Owners that clean up after themselves.
 *
 * AUTO(json) reply = json_parse(...);   freed when the scope is left.
 *
 * The g_autoptr of structs that are not typedefs: DEFINE_AUTO(json, json_free)
 * stands below the declaration of json_free(). */
#ifndef CLIENT_BASE_AUTO_H
#define CLIENT_BASE_AUTO_H

#include <glib.h>

#define AUTO(type) __attribute__((cleanup(type##_auto_free))) struct type *

#define DEFINE_AUTO(type, free_function)                         \
	static inline void type##_auto_free(struct type **where) \
	{                                                        \
		if (*where)                                      \
			free_function(*where);                   \
	}

#endif
