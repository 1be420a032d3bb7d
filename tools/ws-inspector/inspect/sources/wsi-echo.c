/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/sources/wsi-echo.h"

/* A peer that sends and never reads is not read from any more, so that what waits for it is
 * bounded.  A reply that can no longer leave is dropped with the connection. */
static void
echo_on_message (WspConnection *connection,
                 WspMessage    *message)
{
  wsp_connection_queue_message (connection, message, WSP_SEND_FLAGS_DEFAULT, NULL);
  if (!wsp_connection_is_writable (connection))
    wsp_connection_stop_receiving (connection);
}

void
wsi_echo_attach (WspConnection *connection)
{
  g_signal_connect (connection, "message", G_CALLBACK (echo_on_message), NULL);
  g_signal_connect (connection, "writable", G_CALLBACK (wsp_connection_start_receiving), NULL);
}
