/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The file of the session of the window. */
#include "ui/window/wsi-window-private.h"

#include <glib/gi18n.h>

#include "ui/window/wsi-toast.h"

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
  g_autofree char *name = wsi_window_dup_shown_name (wsi_document_get_file (self->document));
  g_autofree char *sentence =
    wsi_document_is_in_place (self->document)
    ? g_strdup_printf (_("Saved to “%s”; new frames are written as they come"), name)
    : g_strdup_printf (_("“%s” is replaced when the capture has ended; until then the session is "
                         "written to a file next to it"), name);

  wsi_window_show_toast (self, sentence);
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
