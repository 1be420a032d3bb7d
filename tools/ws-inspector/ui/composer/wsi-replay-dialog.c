/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "ui/composer/wsi-replay-dialog.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "inspect/compose/wsi-player.h"
#include "inspect/compose/wsi-script.h"
#include "inspect/sources/sending/wsi-outgoing.h"
#include "inspect/sources/wsi-source.h"
#include "inspect/store/wsi-store.h"
#include "inspect/store/wsi-task.h"
#include "ui/composer/wsi-connect-again.h"
#include "ui/composer/wsi-connection-name.h"
#include "ui/parts/wsi-dialog.h"
#include "ui/parts/wsi-drop-down.h"

#define MAX_CONNECTIONS 500     /* connections that are offered: the latest ones */

/* Speeds to choose; the last one is with a rate. */
static const double speeds[] = {
  1.0, 2.0, 10.0, 0.5, WSI_PLAYER_NO_PAUSES, WSI_PLAYER_NO_PAUSES
};

struct _WsiReplayDialog
{
  GtkWindow        parent_instance;

  GtkDropDown     *connection, *sender, *speed;
  GtkStringList   *names;
  GtkSpinButton   *times, *rate;
  GtkWidget       *rate_box;
  GtkCheckButton  *elsewhere;
  GtkLabel        *heading, *sentence;
  GtkProgressBar  *progress;
  GtkWidget       *again, *start, *stop;
  WsiSession      *session;
  WsiConversation *target;      /* conversation that messages are sent on; NULL = none */
  GArray          *numbers;     /* numbers of the connections in the list (guint32) */
  GArray          *rows;        /* numbers of the rows to send (guint64); NULL: all of a side */
  GCancellable    *cancellable; /* cancellable of the replay; NULL: nothing runs */
  guint32          warned;      /* number of the connection whose hidden values the user knows of */
  WspRole          warned_sender;
  WsiPlayer       *player;      /* player of the messages; NULL: still reading, or not running */
};

enum
{
  CONNECTING,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (WsiReplayDialog, wsi_replay_dialog, GTK_TYPE_WINDOW)

typedef struct
{
  WsiStore *store;
  guint32   conversation;
  WspRole   sender;
  GArray   *rows;               /* numbers of the rows to send; NULL: all messages of the side */
} Reading;

static void
replay_dialog_reading_free (gpointer data)
{
  Reading *reading = data;

  g_object_unref (reading->store);
  g_clear_pointer (&reading->rows, g_array_unref);
  g_free (reading);
}

static void
replay_dialog_set_sentence (WsiReplayDialog *self,
                            const char      *sentence)
{
  gtk_label_set_text (self->sentence, sentence);
}

static WsiConversation *
dup_source (WsiReplayDialog *self)
{
  guint selected = gtk_drop_down_get_selected (self->connection);
  WsiStore *store = wsi_session_get_store (self->session);

  if (self->rows != NULL)
    return wsi_store_dup_conversation (store, wsi_script_find_connection (store, self->rows));

  return selected < self->numbers->len
         ? wsi_store_dup_conversation (store, g_array_index (self->numbers, guint32, selected))
         : NULL;
}

static gboolean
is_elsewhere (WsiReplayDialog *self)
{
  g_autoptr (WsiConversation) source = dup_source (self);

  return source != NULL && self->target != NULL &&
         !wsi_uri_is_same_origin (wsi_conversation_get_uri (source),
                                  wsi_conversation_get_uri (self->target));
}

static gboolean
has_rate (WsiReplayDialog *self)
{
  return gtk_drop_down_get_selected (self->speed) == G_N_ELEMENTS (speeds) - 1;
}

static void
replay_dialog_show_state (WsiReplayDialog *self)
{
  gboolean is_running = self->cancellable != NULL;
  gboolean is_other = is_elsewhere (self);

  gtk_widget_set_visible (self->rate_box, has_rate (self));
  gtk_widget_set_visible (GTK_WIDGET (self->elsewhere), is_other);
  gtk_widget_set_visible (self->again, self->target == NULL &&
                          (self->rows != NULL || self->numbers->len > 0));
  gtk_widget_set_visible (self->start, !is_running);
  gtk_widget_set_visible (self->stop, is_running);
  gtk_widget_set_visible (GTK_WIDGET (self->progress), is_running);
  gtk_widget_set_sensitive (self->start, self->target != NULL &&
                            (self->rows != NULL || self->numbers->len > 0) &&
                            (!is_other || gtk_check_button_get_active (self->elsewhere)));
}

static void
replay_dialog_end (WsiReplayDialog *self)
{
  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->player, wsi_player_free);
  replay_dialog_show_state (self);
}

static void
replay_dialog_show_progress (WsiReplayDialog *self)
{
  guint n = wsi_player_get_n_steps (self->player), n_sent = wsi_player_get_n_sent (self->player);
  g_autofree char *text = g_strdup_printf (ngettext ("%'u of %'u message sent",
                                                     "%'u of %'u messages sent", n), n_sent, n);

  gtk_progress_bar_set_fraction (self->progress, (double) n_sent / n);
  replay_dialog_set_sentence (self, text);
}

/* Fails with a sentence; how many messages were sent stays in sight. */
static void
replay_dialog_fail (WsiReplayDialog *self,
                    const char      *sentence)
{
  g_autofree char *text = NULL;

  replay_dialog_show_progress (self);
  text = g_strdup_printf ("%s\n%s", gtk_label_get_text (self->sentence), sentence);
  replay_dialog_set_sentence (self, text);
  replay_dialog_end (self);
}

/* A reading, which may end after the dialog, or after another start. */
typedef struct
{
  GWeakRef      dialog;
  GCancellable *cancellable;
} Sending;

static void
replay_dialog_on_sent (GObject      *none,
                       GAsyncResult *result,
                       gpointer      data)
{
  Sending *sending = data;
  g_autoptr (WsiReplayDialog) self = g_weak_ref_get (&sending->dialog);
  g_autoptr (GError) error = NULL;
  gboolean is_sent = wsi_source_send_finish (result, &error);
  gboolean is_current = self != NULL && self->cancellable == sending->cancellable;

  g_weak_ref_clear (&sending->dialog);
  g_object_unref (sending->cancellable);
  g_free (sending);
  if (!is_current)
    return;

  if (!is_sent)
    {
      replay_dialog_fail (self, error->message);
      return;
    }

  replay_dialog_show_progress (self);
  if (wsi_player_has_ended (self->player))
    replay_dialog_end (self);
  else
    wsi_player_continue (self->player);
}

static void
on_send (WsiOutgoing *outgoing,
         gpointer     dialog)
{
  WsiReplayDialog *self = dialog;
  WsiSource *source = wsi_session_find_source (self->session, self->target);
  Sending *sending;

  if (source == NULL)
    {
      wsi_outgoing_free (outgoing);
      replay_dialog_fail (self, _("The connection is closed."));
      return;
    }

  sending = g_new0 (Sending, 1);
  g_weak_ref_init (&sending->dialog, self);
  sending->cancellable = g_object_ref (self->cancellable);
  wsi_source_send_async (source, self->target, outgoing, self->cancellable, replay_dialog_on_sent,
                         sending);
}

static void
read_script (GTask        *task,
             gpointer      source,
             gpointer      data,
             GCancellable *cancellable)
{
  const Reading *reading = data;
  GError *error = NULL;
  WsiScript *script = reading->rows != NULL
                      ? wsi_script_read_rows (reading->store, reading->rows, &error)
                      : wsi_script_read (reading->store, reading->conversation, reading->sender,
                                         &error);

  if (script != NULL)
    g_task_return_pointer (task, script, (GDestroyNotify) wsi_script_free);
  else
    g_task_return_error (task, error);
}

/* Whether the user is asked first: hidden values would be sent as they are. */
static gboolean
replay_dialog_warn_of_hidden (WsiReplayDialog *self,
                              const Reading   *reading,
                              const WsiScript *script)
{
  guint n = wsi_script_get_n_hidden (script);
  g_autofree char *text =
    g_strdup_printf (ngettext ("%'u of these messages has hidden values, which are sent as they "
                               "are here. Press Replay again to send it all the same. To keep the "
                               "values, save without hiding secrets.",
                               "%'u of these messages have hidden values, which are sent as they "
                               "are here. Press Replay again to send them all the same. To keep "
                               "the values, save without hiding secrets.", n), n);

  if (n == 0 || (self->warned == reading->conversation && self->warned_sender == reading->sender))
    return FALSE;

  self->warned = reading->conversation;
  self->warned_sender = reading->sender;
  replay_dialog_set_sentence (self, text);
  return TRUE;
}

static void
replay_dialog_on_read (GObject      *dialog,
                       GAsyncResult *result,
                       gpointer      data)
{
  WsiReplayDialog *self = WSI_REPLAY_DIALOG (dialog);
  g_autoptr (GError) error = NULL;
  WsiScript *script = g_task_propagate_pointer (G_TASK (result), &error);

  if (script == NULL)
    {
      if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        return;

      replay_dialog_set_sentence (self, error->message);
      replay_dialog_end (self);
      return;
    }

  if (replay_dialog_warn_of_hidden (self, g_task_get_task_data (G_TASK (result)), script))
    {
      wsi_script_free (script);
      replay_dialog_end (self);
      return;
    }

  self->player = wsi_player_new (script, speeds[gtk_drop_down_get_selected (self->speed)], on_send,
                                 self);
  wsi_player_repeat (self->player, gtk_spin_button_get_value_as_int (self->times),
                     has_rate (self) ? gtk_spin_button_get_value (self->rate) : 0);
  replay_dialog_show_progress (self);
  wsi_player_continue (self->player);
}

/* The list goes to what is sent, and to the replies. */
static void
replay_dialog_follow (WsiReplayDialog *self)
{
  GtkWindow *parent = gtk_window_get_transient_for (GTK_WINDOW (self));

  if (parent != NULL)
    gtk_widget_activate_action (GTK_WIDGET (parent), "win.follow", NULL);
}

/* Starts; reading takes a moment if there are millions of records. */
static void
activate_start (GtkWidget  *widget,
                const char *name,
                GVariant   *parameter)
{
  WsiReplayDialog *self = WSI_REPLAY_DIALOG (widget);
  g_autoptr (WsiConversation) source = dup_source (self);
  g_autoptr (GTask) task = NULL;
  Reading *reading;

  if (source == NULL || self->cancellable != NULL || !gtk_widget_get_sensitive (self->start))
    return;

  /* A typed number is valid without Return. */
  gtk_spin_button_update (self->times);
  gtk_spin_button_update (self->rate);
  self->cancellable = g_cancellable_new ();
  reading = g_new0 (Reading, 1);
  reading->store = g_object_ref (wsi_session_get_store (self->session));
  reading->rows = self->rows != NULL ? g_array_ref (self->rows) : NULL;
  reading->conversation = wsi_conversation_get_number (source);
  reading->sender = gtk_drop_down_get_selected (self->sender) == 0 ? WSP_ROLE_CLIENT
                                                                   : WSP_ROLE_SERVER;
  task = g_task_new (self, self->cancellable, replay_dialog_on_read, NULL);
  g_task_set_task_data (task, reading, replay_dialog_reading_free);
  gtk_progress_bar_set_fraction (self->progress, 0);
  replay_dialog_set_sentence (self, "");
  replay_dialog_show_state (self);
  replay_dialog_follow (self);
  wsi_task_run_in_thread (task, read_script);
}

static void
replay_dialog_activate_connect_again (GtkWidget  *widget,
                                      const char *name,
                                      GVariant   *parameter)
{
  WsiReplayDialog *self = WSI_REPLAY_DIALOG (widget);
  GtkWindow *parent = gtk_window_get_transient_for (GTK_WINDOW (self));
  g_autoptr (WsiConversation) source = dup_source (self);
  g_autoptr (GError) error = NULL;
  WsiSource *client;

  if (source == NULL || parent == NULL || self->target != NULL)
    return;

  client = wsi_connect_again (GTK_WIDGET (parent), self->session, source, &error);
  if (error != NULL)
    replay_dialog_set_sentence (self, error->message);
  if (client == NULL)
    return;

  replay_dialog_set_sentence (self, _("Connecting…"));
  g_signal_emit (self, signals[CONNECTING], 0, client);
}

static void
activate_stop (GtkWidget  *widget,
               const char *name,
               GVariant   *parameter)
{
  WsiReplayDialog *self = WSI_REPLAY_DIALOG (widget);

  if (self->cancellable != NULL)
    replay_dialog_set_sentence (self, _("Stopped."));
  replay_dialog_end (self);
}

static void
wsi_replay_dialog_dispose (GObject *object)
{
  WsiReplayDialog *self = WSI_REPLAY_DIALOG (object);

  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->player, wsi_player_free);
  g_clear_object (&self->target);
  G_OBJECT_CLASS (wsi_replay_dialog_parent_class)->dispose (object);
}

static void
wsi_replay_dialog_finalize (GObject *object)
{
  WsiReplayDialog *self = WSI_REPLAY_DIALOG (object);

  g_clear_object (&self->session);
  g_array_unref (self->numbers);
  g_clear_pointer (&self->rows, g_array_unref);
  G_OBJECT_CLASS (wsi_replay_dialog_parent_class)->finalize (object);
}

static void
wsi_replay_dialog_class_init (WsiReplayDialogClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = wsi_replay_dialog_dispose;
  G_OBJECT_CLASS (class)->finalize = wsi_replay_dialog_finalize;

  /* signal: this client was started, whose connection the dialog waits for */
  signals[CONNECTING] = g_signal_new ("connecting", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST,
                                      0, NULL, NULL, NULL, G_TYPE_NONE, 1, WSI_TYPE_SOURCE);
  gtk_widget_class_set_template_from_resource (widget_class, "/wsi/composer/wsi-replay-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, WsiReplayDialog, connection);
  gtk_widget_class_bind_template_child (widget_class, WsiReplayDialog, names);
  gtk_widget_class_bind_template_child (widget_class, WsiReplayDialog, sender);
  gtk_widget_class_bind_template_child (widget_class, WsiReplayDialog, speed);
  gtk_widget_class_bind_template_child (widget_class, WsiReplayDialog, times);
  gtk_widget_class_bind_template_child (widget_class, WsiReplayDialog, rate);
  gtk_widget_class_bind_template_child (widget_class, WsiReplayDialog, rate_box);
  gtk_widget_class_bind_template_child (widget_class, WsiReplayDialog, elsewhere);
  gtk_widget_class_bind_template_child (widget_class, WsiReplayDialog, heading);
  gtk_widget_class_bind_template_child (widget_class, WsiReplayDialog, sentence);
  gtk_widget_class_bind_template_child (widget_class, WsiReplayDialog, progress);
  gtk_widget_class_bind_template_child (widget_class, WsiReplayDialog, again);
  gtk_widget_class_bind_template_child (widget_class, WsiReplayDialog, start);
  gtk_widget_class_bind_template_child (widget_class, WsiReplayDialog, stop);
  gtk_widget_class_bind_template_callback (widget_class, replay_dialog_show_state);
  gtk_widget_class_install_action (widget_class, "replay.connect-again", NULL,
                                   replay_dialog_activate_connect_again);
  gtk_widget_class_install_action (widget_class, "replay.start", NULL, activate_start);
  gtk_widget_class_install_action (widget_class, "replay.stop", NULL, activate_stop);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
wsi_replay_dialog_init (WsiReplayDialog *self)
{
  self->numbers = g_array_new (FALSE, FALSE, sizeof (guint32));
  gtk_widget_init_template (GTK_WIDGET (self));
  wsi_drop_down_set_name (self->connection, _("Recorded connection"));
  wsi_drop_down_set_name (self->sender, _("Side of the connection"));
  wsi_drop_down_set_name (self->speed, _("Speed"));
}

/* Lists the connections, latest first. */
static void
fill_connections (WsiReplayDialog *self)
{
  WsiStore *store = wsi_session_get_store (self->session);
  guint32 n_kept, n = wsi_store_count_conversations (store, &n_kept);

  for (guint32 i = n; i > 0 && self->numbers->len < MAX_CONNECTIONS; i--)
    {
      g_autoptr (WsiConversation) conversation = wsi_store_dup_conversation (store, i);
      g_autofree char *name = NULL;

      if (conversation == NULL)
        continue;

      name = wsi_connection_name_dup (conversation);
      g_array_append_val (self->numbers, i);
      gtk_string_list_append (self->names, name);
    }
}

static void
show_target (WsiReplayDialog *self)
{
  g_autofree char *name = self->target != NULL ? wsi_connection_name_dup (self->target) : NULL;
  g_autofree char *sentence = name != NULL
                              ? g_strdup_printf (_("To %s"), name)
                              : g_strdup (_("No connection is open: connect first."));

  replay_dialog_set_sentence (self, sentence);
  replay_dialog_show_state (self);
}

static WsiReplayDialog *
replay_dialog_make (GtkWindow       *parent,
                    WsiSession      *session,
                    WsiConversation *target)
{
  WsiReplayDialog *self = g_object_new (WSI_TYPE_REPLAY_DIALOG, NULL);

  wsi_dialog_set_parent (GTK_WINDOW (self), parent);
  self->session = g_object_ref (session);
  g_set_object (&self->target, target);
  return self;
}

GtkWidget *
wsi_replay_dialog_new (GtkWindow       *parent,
                       WsiSession      *session,
                       WsiConversation *target)
{
  WsiReplayDialog *self = replay_dialog_make (parent, session, target);

  fill_connections (self);
  show_target (self);
  return GTK_WIDGET (self);
}

GtkWidget *
wsi_replay_dialog_new_for_rows (GtkWindow       *parent,
                                WsiSession      *session,
                                WsiConversation *target,
                                GArray          *numbers)
{
  WsiReplayDialog *self = replay_dialog_make (parent, session, target);
  g_autofree char *heading = g_strdup_printf (ngettext ("%'u selected row", "%'u selected rows",
                                                        numbers->len), numbers->len);

  self->rows = g_array_ref (numbers);
  gtk_window_set_title (GTK_WINDOW (self), _("Send Again"));
  gtk_button_set_label (GTK_BUTTON (self->start), _("_Send Again"));
  gtk_label_set_text (self->heading, heading);
  gtk_widget_set_visible (GTK_WIDGET (self->connection), FALSE);
  gtk_widget_set_visible (GTK_WIDGET (self->sender), FALSE);
  show_target (self);
  gtk_window_set_focus (GTK_WINDOW (self), self->start);
  return GTK_WIDGET (self);
}

void
wsi_replay_dialog_take_target (WsiReplayDialog *self,
                               WsiConversation *target)
{
  if (self->target != NULL || target == NULL)
    return;

  g_set_object (&self->target, target);
  show_target (self);
  gtk_window_set_focus (GTK_WINDOW (self), self->start);
}
