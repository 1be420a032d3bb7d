/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Sends the messages of one side of a recorded connection again, or those of selected rows, to a
 * connection that is open. */
#pragma once

#include <gtk/gtk.h>

#include "inspect/sources/wsi-session.h"

G_BEGIN_DECLS

#define WSI_TYPE_REPLAY_DIALOG (wsi_replay_dialog_get_type ())

G_DECLARE_FINAL_TYPE (WsiReplayDialog, wsi_replay_dialog, WSI, REPLAY_DIALOG, GtkWindow)

/* Makes a dialog.  target: NULL = none can be written to. */
GtkWidget *wsi_replay_dialog_new (GtkWindow * parent,
                                  WsiSession * session,
                                  WsiConversation * target);

/* Makes a dialog for rows.  numbers: those of the rows (guint64). */
GtkWidget *wsi_replay_dialog_new_for_rows (GtkWindow       *parent,
                                           WsiSession      *session,
                                           WsiConversation *target,
                                           GArray          *numbers);

/* Sets a connection, if the dialog has none: the user may have connected again. */
void       wsi_replay_dialog_take_target (WsiReplayDialog *self,
                                          WsiConversation *target);

G_END_DECLS
