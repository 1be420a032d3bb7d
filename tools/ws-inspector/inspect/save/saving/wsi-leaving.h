/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The end of a session, because its window closes or shows another one: the file of the session is
 * completed, or the user decides what becomes of frames that are in no file. */
#pragma once

#include "inspect/save/saving/wsi-document.h"

G_BEGIN_DECLS

#define WSI_TYPE_LEAVING (wsi_leaving_get_type ())

G_DECLARE_FINAL_TYPE (WsiLeaving, wsi_leaving, WSI, LEAVING, GObject)

typedef enum
{
  WSI_LEAVING_NOT,              /* the session goes on */
  WSI_LEAVING_ASKED,            /* the user decides */
  WSI_LEAVING_FINISHING,        /* the file is completed */
} WsiLeavingPhase;

typedef void (*WsiLeavingFunc) (gpointer user_data);

/* Calls after once nothing of the document can be lost, perhaps at once; after is not called if the
 * user stays.  While a session is being left, nothing is done.  document NULL: there is no session.
 * drafts: what the window has that no file keeps.
 * Signal "asked" asks the user: with what would be lost (WsiMadeSet), and with a sentence why the
 * file could not be written, or with NULL. */
void            wsi_leaving_begin     (WsiLeaving    *self,
                                       WsiDocument   *document,
                                       WsiMadeSet     drafts,
                                       WsiLeavingFunc after,
                                       gpointer       user_data);
/* The three answers; without a question they do nothing.  Saved: the document has got a file. */
void            wsi_leaving_saved     (WsiLeaving *self);
void            wsi_leaving_discard   (WsiLeaving *self);
void            wsi_leaving_stay      (WsiLeaving *self);
/* Property "finishing": the phase is WSI_LEAVING_FINISHING. */
WsiLeavingPhase wsi_leaving_get_phase (WsiLeaving *self);

G_END_DECLS
