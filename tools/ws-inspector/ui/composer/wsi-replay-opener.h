/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Opens the replay dialog for what an outbox writes to, one at a time.  The window gets an action:
 * "replay-rows" (their numbers). */
#pragma once

#include <gtk/gtk.h>

#include "inspect/compose/wsi-outbox.h"

G_BEGIN_DECLS

typedef struct
{
  GtkWidget *owner;
  WsiOutbox *outbox;
  GtkWidget *dialog;            /* dialog that is open; NULL = none */
  WsiSource *client;            /* client that the dialog has started; NULL = none */
} WsiReplayOpener;

/* Follows the outbox, with this as the data of its handler, which the owner disconnects. */
void wsi_replay_opener_watch         (WsiReplayOpener *self);
/* Opens the dialog, in which the user chooses a side of a connection. */
void wsi_replay_opener_open          (WsiReplayOpener *self);
/* Closes the dialog, which may live on for a while: a thread reads for it. */
void wsi_replay_opener_close         (WsiReplayOpener *self);
/* Adds the action to the window, for as long as the owner is in it. */
void wsi_replay_opener_add_action    (WsiReplayOpener *self);
void wsi_replay_opener_remove_action (WsiReplayOpener *self);

G_END_DECLS
