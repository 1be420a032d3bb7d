/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "ui/composer/wsi-replay-opener.h"

#include "inspect/compose/wsi-script.h"
#include "inspect/store/wsi-conversation.h"
#include "ui/composer/wsi-replay-dialog.h"

#define ACTION "replay-rows"

/* A dialog that has started a client gets its connection. */
static void
replay_opener_on_outbox_changed (WsiReplayOpener *self)
{
  WsiSession *session = wsi_outbox_get_session (self->outbox);
  GListModel *open = wsi_outbox_get_open (self->outbox);

  for (guint i = 0; self->dialog != NULL && self->client != NULL &&
       i < g_list_model_get_n_items (open); i++)
    {
      g_autoptr (WsiConversation) conversation = g_list_model_get_item (open, i);

      if (wsi_session_find_source (session, conversation) == self->client)
        wsi_replay_dialog_take_target (WSI_REPLAY_DIALOG (self->dialog), conversation);
    }
}

static void
on_connecting (WsiReplayOpener *self,
               WsiSource       *client)
{
  g_set_weak_pointer (&self->client, client);
}

/* Opens the dialog.  rows NULL: the user chooses. */
static void
open_dialog (WsiReplayOpener *self,
             GArray          *rows)
{
  WsiSession *session = wsi_outbox_get_session (self->outbox);
  WsiConversation *target = wsi_outbox_get_target (self->outbox);
  GtkRoot *root = gtk_widget_get_root (self->owner);

  if (session == NULL || self->dialog != NULL || !GTK_IS_WINDOW (root))
    return;

  self->dialog = rows != NULL
                 ? wsi_replay_dialog_new_for_rows (GTK_WINDOW (root), session, target, rows)
                 : wsi_replay_dialog_new (GTK_WINDOW (root), session, target);
  g_object_add_weak_pointer (G_OBJECT (self->dialog), (gpointer *) &self->dialog);
  g_clear_weak_pointer (&self->client);
  g_signal_connect_swapped (self->dialog, "connecting", G_CALLBACK (on_connecting), self);
  gtk_window_present (GTK_WINDOW (self->dialog));
}

void
wsi_replay_opener_watch (WsiReplayOpener *self)
{
  g_signal_connect_swapped (self->outbox, "changed", G_CALLBACK (replay_opener_on_outbox_changed),
                            self);
}

void
wsi_replay_opener_open (WsiReplayOpener *self)
{
  open_dialog (self, NULL);
}

void
wsi_replay_opener_close (WsiReplayOpener *self)
{
  GtkWidget *dialog = self->dialog;

  g_clear_weak_pointer (&self->client);
  if (dialog == NULL)
    return;

  g_signal_handlers_disconnect_by_data (dialog, self);

  g_clear_weak_pointer (&self->dialog);
  gtk_window_destroy (GTK_WINDOW (dialog));
}

/* Chooses the connection of the rows, unless it is closed, or of a file: then another one stays. */
static void
choose_own (WsiReplayOpener *self,
            GArray          *rows)
{
  WsiSession *session = wsi_outbox_get_session (self->outbox);
  guint32 number = session != NULL
                   ? wsi_script_find_connection (wsi_session_get_store (session), rows) : 0;
  GListModel *open = wsi_outbox_get_open (self->outbox);

  for (guint i = 0; i < g_list_model_get_n_items (open); i++)
    {
      g_autoptr (WsiConversation) conversation = g_list_model_get_item (open, i);

      if (wsi_conversation_get_number (conversation) == number)
        {
          wsi_outbox_choose (self->outbox, number);
          return;
        }
    }
}

static void
activate_replay_rows (WsiReplayOpener *self,
                      GVariant        *parameter)
{
  g_autoptr (GArray) rows = g_array_new (FALSE, FALSE, sizeof (guint64));
  gsize n;
  const guint64 *numbers = g_variant_get_fixed_array (parameter, &n, sizeof (guint64));

  if (n == 0)
    return;

  g_array_append_vals (rows, numbers, n);
  choose_own (self, rows);
  open_dialog (self, rows);
}

/* The list is beside the composer, and finds the actions of the window.  With a group of the widget
 * around both, buttons that were there before lose their actions (GTK 4.8). */
void
wsi_replay_opener_add_action (WsiReplayOpener *self)
{
  GtkRoot *root = gtk_widget_get_root (self->owner);
  g_autoptr (GSimpleAction) action = g_simple_action_new (ACTION, G_VARIANT_TYPE ("at"));

  g_signal_connect_swapped (action, "activate", G_CALLBACK (activate_replay_rows), self);
  if (G_IS_ACTION_MAP (root))
    g_action_map_add_action (G_ACTION_MAP (root), G_ACTION (action));
}

void
wsi_replay_opener_remove_action (WsiReplayOpener *self)
{
  GtkRoot *root = gtk_widget_get_root (self->owner);

  if (G_IS_ACTION_MAP (root))
    g_action_map_remove_action (G_ACTION_MAP (root), ACTION);
}
