/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspector/client-text.h"

typedef struct
{
  WsiClientSource *source;      /* source that sends; it outlives this call, which is made before
                                 * the source is closed */
  char            *text;
} Sending;

static void
sending_free (gpointer data)
{
  Sending *sending = data;

  g_free (sending->text);
  g_free (sending);
}

static gboolean
send_it (gpointer data)
{
  Sending *sending = data;
  WspConnection *connection = wsi_client_source_get_connection (sending->source);

  if (connection != NULL)
    wsp_connection_queue_text (connection, sending->text, NULL);
  return G_SOURCE_REMOVE;
}

void
client_text_send (WsiSource  *client,
                  const char *text)
{
  Sending *sending = g_new0 (Sending, 1);

  g_assert_cmpint (wsi_source_get_state (client), ==, WSI_SOURCE_RUNNING);
  sending->source = WSI_CLIENT_SOURCE (client);
  sending->text = g_strdup (text);
  g_main_context_invoke_full (wsi_source_get_context (client), G_PRIORITY_DEFAULT, send_it, sending,
                              sending_free);
}
