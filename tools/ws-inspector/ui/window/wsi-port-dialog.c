/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "ui/window/wsi-port-dialog.h"

#include <glib/gi18n.h>

#include "inspect/sources/wsi-read-as.h"

#define CANCEL "cancel"

guint16
wsi_port_dialog_get_port (AdwMessageDialog *self)
{
  GtkWidget *entry = adw_message_dialog_get_extra_child (self);
  const char *const texts[] = { gtk_editable_get_text (GTK_EDITABLE (entry)), NULL };
  g_autoptr (GArray) ports = wsi_read_as_parse (texts, NULL);

  return ports != NULL ? g_array_index (ports, guint16, 0) : 0;
}

static void
port_dialog_update (AdwMessageDialog *self)
{
  adw_message_dialog_set_response_enabled (self, WSI_PORT_DIALOG_READ,
                                           wsi_port_dialog_get_port (self) != 0);
}

static GtkWidget *
port_dialog_make_entry (void)
{
  GtkWidget *entry = gtk_entry_new ();

  gtk_entry_set_activates_default (GTK_ENTRY (entry), TRUE);
  gtk_entry_set_input_purpose (GTK_ENTRY (entry), GTK_INPUT_PURPOSE_DIGITS);
  gtk_entry_set_placeholder_text (GTK_ENTRY (entry), "8080");
  gtk_accessible_update_property (GTK_ACCESSIBLE (entry), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _("Port of the server"), -1);
  return entry;
}

GtkWidget *
wsi_port_dialog_new (GtkWindow *parent)
{
  GtkWidget *dialog = adw_message_dialog_new (
    parent, _("Read as WebSocket"),
    _("The port of the server. What its connections pass is read as frames, also where their "
      "handshake was not captured."));
  AdwMessageDialog *self = ADW_MESSAGE_DIALOG (dialog);
  GtkWidget *entry = port_dialog_make_entry ();

  adw_message_dialog_set_extra_child (self, entry);
  adw_message_dialog_add_responses (self, CANCEL, _("_Cancel"), WSI_PORT_DIALOG_READ, _("_Read"),
                                    NULL);
  adw_message_dialog_set_response_appearance (self, WSI_PORT_DIALOG_READ,
                                              ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_default_response (self, WSI_PORT_DIALOG_READ);
  adw_message_dialog_set_close_response (self, CANCEL);
  g_signal_connect_object (entry, "changed", G_CALLBACK (port_dialog_update), self,
                           G_CONNECT_SWAPPED);
  port_dialog_update (self);
  return dialog;
}
