/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Another client for a connection, with what its handshake had; one that a proxy has relayed goes
 * to the server, past the proxy. */
#pragma once

#include <gtk/gtk.h>

#include "inspect/sources/wsi-session.h"

G_BEGIN_DECLS

/* Lets the window of the widget start the client, or show its form where a value is missing.
 * Returns its source.  NULL without an error: it was not started. */
WsiSource *wsi_connect_again (GtkWidget       *widget,
                              WsiSession      *session,
                              WsiConversation *conversation,
                              GError         **error);

G_END_DECLS
