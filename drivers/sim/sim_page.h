/* Pictures of papers that do not exist, as a document camera sees them: an A4
 * page on a dark desk, with a title, paragraphs of marks that look like text, a
 * red seal and the page's number in plain digits. */
#ifndef DRIVERS_SIM_SIM_PAGE_H
#define DRIVERS_SIM_SIM_PAGE_H

#include <stddef.h>
#include <stdint.h>

/* Equal numbers give equal bytes, different ones different pictures. Caller
 * frees with g_free(). */
uint8_t *sim_page_jpeg(unsigned number, size_t *len);

#endif
