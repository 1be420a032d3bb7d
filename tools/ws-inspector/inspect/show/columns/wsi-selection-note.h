/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Marks and tags of selected rows. */
#pragma once

#include "inspect/store/wsi-store.h"

G_BEGIN_DECLS

/* Each row with a note takes memory, and is written to the file of the session. */
#define WSI_MAX_NOTED_ROWS 10000

/* Whether all rows are marked.  numbers: those of the rows (guint64). */
gboolean wsi_selection_note_are_marked  (WsiStore *store,
                                         GArray   *numbers);
/* Removes the marks if all rows are marked, else marks all. */
void     wsi_selection_note_toggle_mark (WsiStore *store,
                                         GArray   *numbers);
gboolean wsi_selection_note_have_tag    (WsiStore   *store,
                                         GArray     *numbers,
                                         const char *tag);
/* Removes the tag if all rows have it, else adds it to all. */
void     wsi_selection_note_toggle_tag  (WsiStore   *store,
                                         GArray     *numbers,
                                         const char *tag);

G_END_DECLS
