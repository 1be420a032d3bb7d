/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A question for the port of a server whose connections are to be read as WebSockets. */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/* Response of the dialog with which there is a port. */
#define WSI_PORT_DIALOG_READ "read"

GtkWidget *wsi_port_dialog_new      (GtkWindow *parent);
/* The port.  0: the text is not one. */
guint16    wsi_port_dialog_get_port (AdwMessageDialog *self);

G_END_DECLS
