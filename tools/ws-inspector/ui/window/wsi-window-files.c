/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "ui/window/wsi-window-files.h"

#include <glib/gi18n.h>

#include "inspect/save/saving/wsi-document.h"
#include "inspect/save/saving/wsi-made.h"
#include "ui/window/wsi-file-chooser.h"
#include "ui/window/wsi-port-dialog.h"

#define CANCEL "cancel"
#define DISCARD "discard"
#define SAVE "save"

struct _WsiWindowFiles
{
  GObject               parent_instance;

  GtkWindow            *window;
  WsiWindowModel         *model;
  WsiLeaving           *leaving;
  WsiToaster           *toaster;
  GSignalGroup         *of_document;
  GtkFileChooserNative *chooser;        /* file dialog that is open; NULL: none is */
  guint32               connection;     /* connection for whose capture a key log is chosen */
  char                 *key_log;        /* key log that was chosen; NULL: none */
  WsiMadeSet            unsaved;        /* what the last question was about */
  guint16               port;           /* port that the user has named as one of WebSockets */
};

enum
{
  CHOSEN,
  KEEP_DRAFT,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (WsiWindowFiles, wsi_window_files, G_TYPE_OBJECT)

/* Shows a dialog, one of this kind at a time. */
static void
show_chooser (WsiWindowFiles       *self,
              GtkFileChooserNative *chooser,
              GCallback             on_response)
{
  self->chooser = chooser;
  g_signal_connect_object (chooser, "response", on_response, self, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (chooser));
}

static void
on_open_response (GtkNativeDialog *dialog,
                  int              response,
                  WsiWindowFiles  *self)
{
  g_autoptr (GtkFileChooserNative) chooser = g_steal_pointer (&self->chooser);
  g_autoptr (GListModel) files = response == GTK_RESPONSE_ACCEPT
                                 ? gtk_file_chooser_get_files (GTK_FILE_CHOOSER (chooser)) : NULL;

  if (files != NULL && g_list_model_get_n_items (files) > 0)
    g_signal_emit (self, signals[CHOSEN], 0, files);
}

void
wsi_window_files_open (WsiWindowFiles *self)
{
  if (self->chooser == NULL)
    show_chooser (self, wsi_file_chooser_new_open (self->window), G_CALLBACK (on_open_response));
}

static void
window_files_read_again (gpointer files)
{
  WsiWindowFiles *self = files;
  g_autofree char *key_log = g_steal_pointer (&self->key_log);

  if (!wsi_window_model_read_again (self->model, self->connection, key_log))
    wsi_toaster_show (self->toaster, _("This capture has ended, and its packets were not kept: "
                                       "start it again with the key log"));
}

/* Takes a key log.  A file that is read again takes the place of a session that has nothing
 * else. */
static void
on_key_log_response (GtkNativeDialog *dialog,
                     int              response,
                     WsiWindowFiles  *self)
{
  g_autoptr (GtkFileChooserNative) chooser = g_steal_pointer (&self->chooser);
  g_autoptr (GFile) file = response == GTK_RESPONSE_ACCEPT
                           ? gtk_file_chooser_get_file (GTK_FILE_CHOOSER (chooser)) : NULL;

  g_free (self->key_log);
  self->key_log = file != NULL ? g_file_get_path (file) : NULL;
  if (self->key_log == NULL)
    return;

  if (wsi_window_model_follow_key_log (self->model, self->connection, self->key_log))
    wsi_toaster_show (self->toaster, _("The key log opens what begins from now on, and what is "
                                       "still held: other packets were not kept"));
  else if (wsi_window_model_has_other_sources (self->model))
    window_files_read_again (self);
  else
    wsi_leaving_begin (self->leaving, wsi_window_model_get_document (self->model), 0,
                       window_files_read_again, self);
}

void
wsi_window_files_choose_key_log (WsiWindowFiles *self,
                                 guint32         connection)
{
  if (self->chooser != NULL)
    return;

  self->connection = connection;
  show_chooser (self, wsi_file_chooser_new_key_log (self->window),
                G_CALLBACK (on_key_log_response));
}

static void
read_port_again (gpointer files)
{
  WsiWindowFiles *self = files;

  if (!wsi_window_model_read_as_websocket (self->model, self->port))
    wsi_toaster_show (self->toaster, _("This capture has ended, and its packets were not kept: "
                                       "start it again with the port"));
}

static void
on_port_response (AdwMessageDialog *dialog,
                  const char       *response,
                  WsiWindowFiles   *self)
{
  g_autofree char *sentence = NULL;

  if (!g_str_equal (response, WSI_PORT_DIALOG_READ))
    return;

  self->port = wsi_port_dialog_get_port (dialog);
  sentence = g_strdup_printf (_("Connections of port %u are read as WebSockets from now on"),
                              self->port);
  if (wsi_window_model_follow_as_websocket (self->model, self->port))
    wsi_toaster_show (self->toaster, sentence);
  else if (wsi_window_model_has_other_sources (self->model))
    read_port_again (self);
  else
    wsi_leaving_begin (self->leaving, wsi_window_model_get_document (self->model), 0,
                       read_port_again, self);
}

void
wsi_window_files_ask_port (WsiWindowFiles *self)
{
  GtkWidget *dialog = wsi_port_dialog_new (self->window);

  g_signal_connect_object (dialog, "response", G_CALLBACK (on_port_response), self, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

static gboolean
save_to (WsiWindowFiles *self,
         GFile          *file,
         WsiRedaction    redaction)
{
  g_autofree char *uri = g_file_get_uri (file);
  g_autoptr (GError) error = NULL;

  if (!wsi_window_model_save_to (self->model, file, redaction, &error))
    {
      wsi_toaster_show (self->toaster, error->message);
      return FALSE;
    }

  gtk_recent_manager_add_item (gtk_recent_manager_get_default (), uri);
  return TRUE;
}

/* The session may be about to be left: then a file completes it, and none lets the user stay. */
static void
on_save_response (GtkNativeDialog *dialog,
                  int              response,
                  WsiWindowFiles  *self)
{
  g_autoptr (GtkFileChooserNative) chooser = g_steal_pointer (&self->chooser);
  g_autoptr (GFile) file = response == GTK_RESPONSE_ACCEPT
                           ? gtk_file_chooser_get_file (GTK_FILE_CHOOSER (chooser)) : NULL;

  if (file != NULL && wsi_window_model_get_document (self->model) != NULL &&
      save_to (self, file, wsi_file_chooser_get_redaction (chooser)))
    wsi_leaving_saved (self->leaving);
  else
    wsi_leaving_stay (self->leaving);
}

gboolean
wsi_window_files_save_as (WsiWindowFiles *self)
{
  WsiDocument *document = wsi_window_model_get_document (self->model);

  if (self->chooser != NULL || document == NULL)
    return FALSE;

  show_chooser (self, wsi_file_chooser_new_save (self->window, wsi_document_get_file (document)),
                G_CALLBACK (on_save_response));
  return TRUE;
}

void
wsi_window_files_save (WsiWindowFiles *self)
{
  g_autofree char *name = wsi_window_model_dup_file_name (self->model);
  g_autofree char *sentence = NULL;

  if (name == NULL)
    {
      wsi_window_files_save_as (self);
      return;
    }

  sentence = g_strdup_printf (_("“%s” is written as frames come"), name);
  wsi_toaster_show (self->toaster, sentence);
}

/* The session is on the disk now: a toast before that could be contradicted by an error. */
static void
window_files_on_saved (WsiWindowFiles *self,
                       WsiDocument    *document)
{
  g_autofree char *name = wsi_window_model_dup_file_name (self->model);
  g_autofree char *sentence =
    wsi_document_is_in_place (document)
    ? g_strdup_printf (_("Saved to “%s”; new frames are written as they come"), name)
    : g_strdup_printf (_("“%s” is replaced when the capture has ended; until then the session is "
                         "written to a file next to it"), name);

  wsi_toaster_show (self->toaster, sentence);
}

/* Reports a failure: frames that come now are in memory only. */
static void
window_files_on_failed (WsiWindowFiles *self,
                        const char     *sentence)
{
  g_autofree char *advice =
    g_strdup_printf (_("Frames are no longer saved: make room, or save to another place (%s)"),
                     sentence);

  wsi_toaster_warn (self->toaster, advice, _("_Save…"), "win.save-as");
}

/* Saves the draft, then asks for a file, if there is more to save.  FALSE: the user stays. */
static gboolean
window_files_save_all (WsiWindowFiles *self)
{
  gboolean is_kept = TRUE;

  if (wsi_leaving_get_phase (self->leaving) == WSI_LEAVING_NOT)
    return FALSE;

  if ((self->unsaved & 1 << WSI_MADE_DRAFT) != 0)
    g_signal_emit (self, signals[KEEP_DRAFT], 0, &is_kept);
  if (!is_kept || self->unsaved != 1 << WSI_MADE_DRAFT)
    return is_kept && wsi_window_files_save_as (self);

  wsi_leaving_discard (self->leaving);
  return TRUE;
}

/* The window may go with the answer: a dialog that still belongs to it would not notice. */
static void
window_files_on_response (GtkWindow      *dialog,
                          const char     *response,
                          WsiWindowFiles *self)
{
  gtk_window_destroy (dialog);
  gtk_window_set_transient_for (dialog, NULL);
  if (g_str_equal (response, DISCARD))
    wsi_leaving_discard (self->leaving);
  else if (!g_str_equal (response, SAVE) || !window_files_save_all (self))
    wsi_leaving_stay (self->leaving);
}

/* unsaved: what would be lost (WsiMadeSet); sentence: why the file could not be written, or
 * NULL. */
static void
window_files_ask (WsiWindowFiles *self,
                  guint           unsaved,
                  const char     *sentence)
{
  gboolean is_draft = unsaved == 1 << WSI_MADE_DRAFT;
  GtkWidget *dialog = adw_message_dialog_new (self->window, is_draft ? _("Save the Message?")
                                              : _("Save the Session?"), NULL);
  AdwMessageDialog *question = ADW_MESSAGE_DIALOG (dialog);
  g_autofree char *lost = wsi_made_dup_sentences (unsaved);
  g_autofree char *body = sentence != NULL ? g_strdup_printf ("%s\n%s", sentence, lost)
                                           : g_strdup (lost);

  self->unsaved = unsaved;
  adw_message_dialog_set_body (question, body);
  adw_message_dialog_add_response (question, CANCEL, _("_Cancel"));
  adw_message_dialog_add_response (question, DISCARD, _("_Discard"));
  adw_message_dialog_set_response_appearance (question, DISCARD, ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_add_response (question, SAVE, is_draft ? _("_Save") : _("_Save…"));
  adw_message_dialog_set_response_appearance (question, SAVE, ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_default_response (question, SAVE);
  adw_message_dialog_set_close_response (question, CANCEL);
  g_signal_connect_object (question, "response", G_CALLBACK (window_files_on_response), self, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
wsi_window_files_dispose (GObject *object)
{
  WsiWindowFiles *self = WSI_WINDOW_FILES (object);

  if (self->chooser != NULL)
    gtk_native_dialog_hide (GTK_NATIVE_DIALOG (self->chooser));
  g_clear_object (&self->chooser);
  g_clear_pointer (&self->key_log, g_free);
  g_clear_object (&self->of_document);
  g_clear_object (&self->model);
  g_clear_object (&self->leaving);
  g_clear_object (&self->toaster);
  G_OBJECT_CLASS (wsi_window_files_parent_class)->dispose (object);
}

static void
wsi_window_files_class_init (WsiWindowFilesClass *class)
{
  G_OBJECT_CLASS (class)->dispose = wsi_window_files_dispose;
  signals[CHOSEN] = g_signal_new ("chosen", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL,
                                  NULL, NULL, G_TYPE_NONE, 1, G_TYPE_LIST_MODEL);
  signals[KEEP_DRAFT] = g_signal_new ("keep-draft", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0,
                                      NULL, NULL, NULL, G_TYPE_BOOLEAN, 0);
}

static void
wsi_window_files_init (WsiWindowFiles *self)
{
  self->of_document = g_signal_group_new (WSI_TYPE_DOCUMENT);
  g_signal_group_connect_swapped (self->of_document, "failed", G_CALLBACK (window_files_on_failed),
                                  self);
  g_signal_group_connect_swapped (self->of_document, "saved", G_CALLBACK (window_files_on_saved),
                                  self);
}

WsiWindowFiles *
wsi_window_files_new (GtkWindow      *window,
                      WsiWindowModel *model,
                      WsiLeaving     *leaving,
                      WsiToaster     *toaster)
{
  WsiWindowFiles *self = g_object_new (WSI_TYPE_WINDOW_FILES, NULL);

  self->window = window;
  self->model = g_object_ref (model);
  self->leaving = g_object_ref (leaving);
  self->toaster = g_object_ref (toaster);
  g_object_bind_property (model, "document", self->of_document, "target", 0);
  g_signal_connect_object (leaving, "asked", G_CALLBACK (window_files_ask), self,
                           G_CONNECT_SWAPPED);
  return self;
}
