/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "ui/details/wsi-payload-file.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "ui/parts/wsi-dialog.h"

#define NAME "payload"          /* name of the file, which no peer chooses */

static void
payload_file_show_failure (GtkWindow    *parent,
                           const GError *error)
{
  GtkWidget *dialog = adw_message_dialog_new (parent, _("The payload could not be saved"), NULL);

  adw_message_dialog_set_body (ADW_MESSAGE_DIALOG (dialog), error->message);
  adw_message_dialog_add_response (ADW_MESSAGE_DIALOG (dialog), "close", _("_Close"));
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
payload_file_on_written (GObject      *source,
                         GAsyncResult *result,
                         gpointer      data)
{
  g_autoptr (GtkWindow) parent = data;
  g_autoptr (GError) error = NULL;

  g_file_replace_contents_finish (G_FILE (source), result, NULL, &error);
  if (error != NULL)
    payload_file_show_failure (gtk_widget_get_visible (GTK_WIDGET (parent)) ? parent : NULL, error);
}

static void
on_chosen (GtkNativeDialog *dialog,
           int              response,
           GBytes          *bytes)
{
  g_autoptr (GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));
  GtkWindow *parent = gtk_native_dialog_get_transient_for (dialog);

  if (response == GTK_RESPONSE_ACCEPT && file != NULL)
    g_file_replace_contents_bytes_async (file, bytes, NULL, FALSE, G_FILE_CREATE_PRIVATE, NULL,
                                         payload_file_on_written, g_object_ref (parent));
}

static void
free_bytes (gpointer  data,
            GClosure *closure)
{
  g_bytes_unref (data);
}

void
wsi_payload_file_save (GtkWidget *widget,
                       GBytes    *bytes)
{
  GtkWindow *parent = GTK_WINDOW (gtk_widget_get_root (widget));
  GtkFileChooserNative *chooser =
    gtk_file_chooser_native_new (_("Save Payload"), parent, GTK_FILE_CHOOSER_ACTION_SAVE, NULL,
                                 NULL);

  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (chooser), NAME);
  g_signal_connect_data (chooser, "response", G_CALLBACK (on_chosen), g_bytes_ref (bytes),
                         free_bytes, 0);
  wsi_dialog_show_chooser (chooser);
}
