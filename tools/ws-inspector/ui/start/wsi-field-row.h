/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* One field of a target: an entry, and below it a sentence of what is wrong in it, or of what it is
 * understood as. */
#pragma once

#include <adwaita.h>

#include "inspect/targets/wsi-target.h"

G_BEGIN_DECLS

#define WSI_TYPE_FIELD_ROW (wsi_field_row_get_type ())

G_DECLARE_FINAL_TYPE (WsiFieldRow, wsi_field_row, WSI, FIELD_ROW, AdwEntryRow)

/* Signal "edited": the text was changed, or the row was left. */
WsiFieldRow   *wsi_field_row_new (WsiTargetField field);
void           wsi_field_row_set_title (WsiFieldRow *self,
                                        const char  *title);
/* The row of the error, which the owner adds below, to the same group. */
GtkWidget     *wsi_field_row_get_error_row (WsiFieldRow *self);
/* The error in the language of the window, as a sentence of its own: it begins with a capital. */
char          *wsi_field_row_dup_sentence  (const char *error);
/* sentence NULL: it is right.  The row with the focus keeps silent until it is left, unless it says
 * something already. */
void           wsi_field_row_set_error     (WsiFieldRow *self,
                                            const char  *sentence);
/* note NULL: there is nothing to say of what is right.  Shown at once. */
void           wsi_field_row_set_note      (WsiFieldRow *self,
                                            const char  *note);
/* Shows the error at once. */
void           wsi_field_row_show_error    (WsiFieldRow *self,
                                            const char  *sentence);
/* Offers another text, by a button in the row of the error, until the next one. */
void           wsi_field_row_offer         (WsiFieldRow *self,
                                            const char  *text);

G_END_DECLS
