/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The file of the window's session, and files that are opened. */

#include "ui/window/wsi-window-private.h"

#include <glib/gi18n.h>

#include "inspect/decode/wsi-text.h"
#include "ui/window/wsi-export-window.h"
#include "ui/window/wsi-file-chooser.h"
#include "ui/window/wsi-toast.h"

/* One dialog of this kind at a time. */
static void
show_chooser (WsiWindow            *self,
              GtkFileChooserNative *chooser,
              GCallback             on_response)
{
  g_set_object (&self->chooser, chooser);
  g_signal_connect_object (chooser, "response", on_response, self, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (chooser));
}

/* Together, in this window if it is empty, or in another one. */
void
wsi_window_open_files (WsiWindow  *self,
                       GListModel *files)
{
  g_autoptr (WsiTarget) target = wsi_target_new_for_files (files);
  WsiWindow *window = self;

  if (self->session != NULL)
    {
      window = wsi_window_new (gtk_window_get_application (GTK_WINDOW (self)));
      gtk_window_present (GTK_WINDOW (window));
    }
  wsi_window_start (window, target);
}

static void
on_open_response (GtkNativeDialog *dialog,
                  int              response,
                  WsiWindow       *self)
{
  g_autoptr (GListModel) files = response == GTK_RESPONSE_ACCEPT
                                 ? gtk_file_chooser_get_files (GTK_FILE_CHOOSER (dialog)) : NULL;

  g_clear_object (&self->chooser);
  if (files != NULL && g_list_model_get_n_items (files) > 0)
    wsi_window_open_files (self, files);
}

static void
activate_open (GtkWidget  *widget,
               const char *name,
               GVariant   *parameter)
{
  WsiWindow *self = WSI_WINDOW (widget);
  g_autoptr (GtkFileChooserNative) chooser = NULL;

  if (self->chooser != NULL)
    return;

  chooser = wsi_file_chooser_new_open (GTK_WINDOW (self));
  show_chooser (self, chooser, G_CALLBACK (on_open_response));
}

/* Names of files are text of others. */
static char *
dup_shown_name (GFile *file)
{
  g_autofree char *base = g_file_get_basename (file);
  g_autofree char *name = g_filename_display_name (base);

  return wsi_text_escape_line (name, WSI_CHARSET_UTF8);
}

/* NULL: it has no file. */
char *
wsi_window_dup_file_name (WsiWindow *self)
{
  GFile *file = self->document != NULL && wsi_document_is_written (self->document)
                ? wsi_document_get_file (self->document) : NULL;

  return file != NULL ? dup_shown_name (file) : NULL;
}

gboolean
wsi_window_save_to (WsiWindow   *self,
                    GFile       *file,
                    WsiRedaction redaction)
{
  g_autofree char *uri = g_file_get_uri (file);
  g_auto (GStrv) names = g_settings_get_strv (self->settings, "redact-names");
  g_autoptr (GError) error = NULL;

  if (!wsi_document_save_as (self->document, file, redaction, (const char *const *) names, &error))
    {
      wsi_window_show_toast (self, error->message);
      return FALSE;
    }

  gtk_recent_manager_add_item (gtk_recent_manager_get_default (), uri);
  wsi_window_show_title (self);
  return TRUE;
}

/* Not before it is on the disk: an error would contradict it. */
static void
on_saved (WsiWindow *self)
{
  g_autofree char *name = dup_shown_name (wsi_document_get_file (self->document));
  g_autofree char *sentence =
    wsi_document_is_in_place (self->document)
    ? g_strdup_printf (_("Saved to “%s”; new frames are written as they come"), name)
    : g_strdup_printf (_("“%s” is replaced when the capture has ended; until then the session is "
                         "written to a file next to it"), name);

  wsi_window_show_toast (self, sentence);
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

  wsi_window_go_on_leaving (self, is_saved ? WSI_SAVE_BEGUN : WSI_SAVE_NOT_BEGUN);
}

gboolean
wsi_window_choose_file (WsiWindow *self)
{
  g_autoptr (GtkFileChooserNative) chooser = NULL;

  if (self->chooser != NULL || self->document == NULL)
    return FALSE;

  chooser = wsi_file_chooser_new_save (GTK_WINDOW (self), wsi_document_get_file (self->document));
  show_chooser (self, chooser, G_CALLBACK (on_save_response));
  return TRUE;
}

static void
activate_save (GtkWidget  *widget,
               const char *name,
               GVariant   *parameter)
{
  WsiWindow *self = WSI_WINDOW (widget);
  g_autofree char *file = wsi_window_dup_file_name (self);
  g_autofree char *sentence = NULL;

  if (file == NULL)
    {
      wsi_window_choose_file (self);
      return;
    }

  sentence = g_strdup_printf (_("“%s” is written as frames come"), file);
  wsi_window_show_toast (self, sentence);
}

static void
activate_save_as (GtkWidget  *widget,
                  const char *name,
                  GVariant   *parameter)
{
  wsi_window_choose_file (WSI_WINDOW (widget));
}

static void
activate_export (GtkWidget  *widget,
                 const char *name,
                 GVariant   *parameter)
{
  WsiWindow *self = WSI_WINDOW (widget);

  gtk_window_present (GTK_WINDOW (wsi_export_window_new (GTK_WINDOW (self),
                                                         wsi_window_get_frame_list (self))));
}

/* It stays until the user has done something, and waits for no other: frames that come now are in
 * memory only. */
static void
on_failed (WsiWindow  *self,
           const char *sentence)
{
  g_autofree char *advice =
    g_strdup_printf (_("Frames are no longer saved: make room, or save to another place (%s)"),
                     sentence);
  AdwToast *toast = wsi_toast_new (advice);

  adw_toast_set_timeout (toast, 0);
  adw_toast_set_priority (toast, ADW_TOAST_PRIORITY_HIGH);
  adw_toast_set_button_label (toast, _("_Save…"));
  adw_toast_set_action_name (toast, "win.save-as");
  adw_toast_overlay_add_toast (self->toasts, toast);
  wsi_window_show_title (self);
}

void
wsi_window_begin_document (WsiWindow *self)
{
  self->document = wsi_document_new (self->session);
  g_signal_connect_swapped (self->document, "failed", G_CALLBACK (on_failed), self);
  g_signal_connect_swapped (self->document, "saved", G_CALLBACK (on_saved), self);
}

void
wsi_window_drop_document (WsiWindow *self)
{
  if (self->document != NULL)
    g_signal_handlers_disconnect_by_data (self->document, self);
  g_clear_object (&self->document);
}

void
wsi_window_install_file_actions (GtkWidgetClass *class)
{
  gtk_widget_class_install_action (class, "win.export", NULL, activate_export);
  gtk_widget_class_install_action (class, "win.open", NULL, activate_open);
  gtk_widget_class_install_action (class, "win.save", NULL, activate_save);
  gtk_widget_class_install_action (class, "win.save-as", NULL, activate_save_as);
}
