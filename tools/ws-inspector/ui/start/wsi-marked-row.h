/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A row of a list from which the user chooses what is watched.  The chosen rows have a mark. */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/* Makes a row without a mark, as for a sentence of the list.  Both texts are plain, and are never
 * markup. */
AdwActionRow *wsi_unmarked_row_new (const char *title,
                                    const char *subtitle);
/* Makes a row that can be activated. */
AdwActionRow *wsi_marked_row_new         (const char *title,
                                          const char *subtitle);
void          wsi_marked_row_set_watched (AdwActionRow *row,
                                          gboolean      is_watched);

G_END_DECLS
