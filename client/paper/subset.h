/* A font file with only the glyphs a document uses. The only file that knows
 * harfbuzz's subsetter.
 *
 * Cairo subsets too, but it cannot follow the subroutines of Noto Serif CJK and
 * then keeps all of them: 550 KB a page instead of 60, and 20 ms instead of 3.
 */
#ifndef CLIENT_PAPER_SUBSET_H
#define CLIENT_PAPER_SUBSET_H

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "client/base/auto.h"

struct hb_face_t;

struct subset;
struct subset *subset_new(struct hb_face_t *face); /* takes a reference */
void subset_free(struct subset *subset);
DEFINE_AUTO(subset, subset_free)
bool subset_is_of(const struct subset *subset, const struct hb_face_t *face);

/* A glyph that is used, and the character it stands for (0: none). */
void subset_add(struct subset *subset, uint32_t glyph, uint32_t character);

/* Makes the file. ITEM_ERROR_INVALID when the font does not allow it. */
bool subset_build(struct subset *subset, GError **error);
GBytes *subset_file(const struct subset *subset); /* borrowed, after build */
/* The number of a glyph in it; 0 for one that was not added. */
uint32_t subset_glyph(const struct subset *subset, uint32_t glyph);

#endif
