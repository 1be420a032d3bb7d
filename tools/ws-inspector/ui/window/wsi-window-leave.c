/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The end of a session, because its window closes or shows another one: its file is completed, or
 * the user decides what becomes of frames that are in no file.
 *
 * after is NULL, or the session is being left: a question is open, or the file is written. */

#include "ui/window/wsi-window-private.h"

#include <glib/gi18n.h>

#include "ui/window/wsi-file-chooser.h"

#define CANCEL "cancel"
#define DISCARD "discard"
#define SAVE "save"

typedef enum
{
  WSI_SAVE_NOT_BEGUN,           /* the user has chosen no file, or it cannot be made */
  WSI_SAVE_BEGUN,
} WsiWindowSave;

static void
complete (WsiWindow *self)
{
  WsiWindowFunc after = g_steal_pointer (&self->after);

  after (self);
}

static void ask (WsiWindow  *self,
                 const char *sentence);

/* The window may have been destroyed in the meantime. */
static void
on_finished (GObject      *document,
             GAsyncResult *result,
             gpointer      data)
{
  g_autoptr (WsiWindow) self = data;
  g_autoptr (GError) error = NULL;
  gboolean is_finished = wsi_document_finish_finish (WSI_DOCUMENT (document), result, &error);

  if (self->after == NULL)
    return;

  self->is_finishing = FALSE;
  wsi_window_enable_actions (self);
  if (is_finished)
    complete (self);
  else
    ask (self, error->message);
}

/* Keys and the header reach the actions of a window whose content is insensitive, too.  A text that
 * is made so while it has the focus is not informed by GTK 4.8. */
static void
finish (WsiWindow *self)
{
  self->is_finishing = TRUE;
  gtk_window_set_focus (GTK_WINDOW (self), NULL);
  wsi_window_enable_actions (self);
  wsi_document_finish_async (self->document, on_finished, g_object_ref (self));
}

static void
go_on (WsiWindow    *self,
       WsiWindowSave save)
{
  if (self->after == NULL)
    return;

  if (save == WSI_SAVE_BEGUN)
    finish (self);
  else
    self->after = NULL;
}

/* A question before the session is left waits for it. */
static void
on_save_response (GtkNativeDialog *dialog,
                  int              response,
                  WsiWindow       *self)
{
  g_autoptr (GtkFileChooserNative) chooser = g_steal_pointer (&self->chooser);
  g_autoptr (GFile) file = response == GTK_RESPONSE_ACCEPT
                           ? gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog)) : NULL;
  gboolean is_saved = file != NULL && self->document != NULL &&
                      wsi_window_save_to (self, file, wsi_file_chooser_get_redaction (chooser));

  go_on (self, is_saved ? WSI_SAVE_BEGUN : WSI_SAVE_NOT_BEGUN);
}

gboolean
wsi_window_choose_file (WsiWindow *self)
{
  g_autoptr (GtkFileChooserNative) chooser = NULL;

  if (self->chooser != NULL || self->document == NULL)
    return FALSE;

  chooser = wsi_file_chooser_new_save (GTK_WINDOW (self), wsi_document_get_file (self->document));
  wsi_window_show_chooser (self, chooser, G_CALLBACK (on_save_response));
  return TRUE;
}

/* The window may go with the answer: a dialog that still belongs to it would not notice. */
static void
on_response (GtkWindow  *dialog,
             const char *response,
             WsiWindow  *self)
{
  gtk_window_destroy (dialog);
  gtk_window_set_transient_for (dialog, NULL);
  if (self->after == NULL)
    return;

  if (g_str_equal (response, SAVE))
    {
      if (!wsi_window_choose_file (self))
        self->after = NULL;
    }
  else if (g_str_equal (response, DISCARD))
    complete (self);
  else
    self->after = NULL;
}

/* sentence: why its file could not be written; NULL: it has none. */
static void
ask (WsiWindow  *self,
     const char *sentence)
{
  GtkWidget *dialog = adw_message_dialog_new (GTK_WINDOW (self), _("Save the Session?"), NULL);
  AdwMessageDialog *question = ADW_MESSAGE_DIALOG (dialog);

  adw_message_dialog_set_body (question, sentence != NULL ? sentence
                               : _("Frames that are in no file will be lost."));
  adw_message_dialog_add_response (question, CANCEL, _("_Cancel"));
  adw_message_dialog_add_response (question, DISCARD, _("_Discard"));
  adw_message_dialog_add_response (question, SAVE, _("_Save…"));
  adw_message_dialog_set_response_appearance (question, DISCARD, ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_response_appearance (question, SAVE, ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_default_response (question, SAVE);
  adw_message_dialog_set_close_response (question, CANCEL);
  g_signal_connect_object (question, "response", G_CALLBACK (on_response), self, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

void
wsi_window_leave (WsiWindow    *self,
                  WsiWindowFunc after)
{
  if (self->after != NULL)
    return;

  self->after = after;
  if (self->document != NULL && wsi_document_is_written (self->document))
    finish (self);
  else if (self->document != NULL && wsi_document_has_unsaved (self->document))
    ask (self, NULL);
  else
    complete (self);
}
