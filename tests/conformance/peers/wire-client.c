/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A client that sends each message back until the connection ends: wire-client [OPTION]... URI
 *
 * The exit status is 4 if the opening handshake failed or the connection did not end with a closing
 * handshake, as that of wsinspect: a sanitizer ends with others.  It has the library's public API
 * and no more, so that the table of behaviours is played in each build. */
#include <stdlib.h>

#include <libwsproto/wsproto.h>

#define CONNECTION_FAILED 4

static gboolean has_deflate;
static gint64 max_message;      /* limit of a message in bytes; 0: that of the library */
static GStrv protocols;

static const GOptionEntry entries[] = {
  { "deflate", 0, 0, G_OPTION_ARG_NONE, &has_deflate, "Offer permessage-deflate", NULL },
  { "max-message", 0, 0, G_OPTION_ARG_INT64, &max_message, "Receive no larger messages", "BYTES" },
  { "protocol", 0, 0, G_OPTION_ARG_STRING_ARRAY, &protocols, "Offer this subprotocol", "NAME" },
  { NULL }
};

typedef struct
{
  GMainLoop *loop;
  int        status;            /* exit status */
} Run;

static void
end_run (Run          *run,
         const GError *error)
{
  if (error != NULL)
    g_printerr ("%s\n", error->message);
  g_main_loop_quit (run->loop);
}

static void
on_message (WspConnection *connection,
            WspMessage    *message)
{
  wsp_connection_queue_message (connection, message, WSP_SEND_FLAGS_DEFAULT, NULL);
}

static void
on_closed (WspConnection *connection,
           Run           *run)
{
  WspCloseInfo *info = wsp_connection_get_close_info (connection);

  if (wsp_close_info_is_clean (info))
    run->status = EXIT_SUCCESS;
  end_run (run, wsp_close_info_get_error (info));
}

static void
on_connected (GObject      *client,
              GAsyncResult *result,
              gpointer      data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WspConnection) connection =
    wsp_client_connect_finish (WSP_CLIENT (client), result, &error);

  if (connection == NULL)
    {
      end_run (data, error);
      return;
    }

  g_signal_connect (connection, "closed", G_CALLBACK (on_closed), data);
  g_signal_connect (connection, "message", G_CALLBACK (on_message), NULL);
}

int
main (int    argc,
      char **argv)
{
  g_autoptr (GOptionContext) options = g_option_context_new ("URI");
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (WspClient) client = wsp_client_new ();
  g_autoptr (WspDeflateOptions) deflate = NULL;
  g_autoptr (GError) error = NULL;
  Run run = { loop, CONNECTION_FAILED };

  g_option_context_add_main_entries (options, entries, NULL);
  if (!g_option_context_parse (options, &argc, &argv, &error) || argc != 2)
    {
      g_printerr ("%s\n", error != NULL ? error->message : "expected one URI");
      return EXIT_FAILURE;
    }

  deflate = has_deflate ? wsp_deflate_options_new () : NULL;
  wsp_client_set_deflate (client, deflate);
  if (max_message > 0)
    wsp_limits_set_max_message_size (wsp_client_get_limits (client), max_message);
  wsp_client_connect_async (client, argv[1], (const char * const *) protocols, NULL, NULL,
                            on_connected, &run);
  g_main_loop_run (loop);
  g_strfreev (protocols);
  return run.status;
}
