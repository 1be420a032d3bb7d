/* SPDX-License-Identifier: 0BSD */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Lets in who knows the token: token-server PORT TOKEN.  The client sends the header
 * "Authorization: Bearer TOKEN", or, as a page, which can set no header, the query "?token=TOKEN".
 * Pages of other sites are refused before that. */
#include <stdlib.h>
#include <string.h>

#include <libwsproto/wsproto.h>

/* Takes as long for a wrong first letter as for a wrong last one: a stranger who measures the
 * time learns how long the token is, and nothing of what it says. */
static gboolean
are_equal_in_constant_time (const char *given,
                            const char *secret)
{
  gsize given_length = strlen (given), length = strlen (secret);
  guint8 difference = given_length != length;

  for (gsize i = 0; i < given_length; i++)
    difference |= (guint8) (given[i] ^ secret[length > 0 ? i % length : 0]);

  return difference == 0;
}

static gboolean
knows_token (WspHandshake *handshake,
             const char   *token)
{
  const char *field = wsp_handshake_get_request_header (handshake, "Authorization");
  g_autofree char *parameter = wsp_handshake_dup_query_value (handshake, "token");

  if (field != NULL)
    return g_str_has_prefix (field, "Bearer ") &&
           are_equal_in_constant_time (field + strlen ("Bearer "), token);
  return parameter != NULL && are_equal_in_constant_time (parameter, token);
}

static gboolean
on_request (WspServer    *server,
            WspHandshake *handshake,
            const char   *token)
{
  g_autoptr (WspHeaders) headers = wsp_headers_new ();

  if (knows_token (handshake, token))
    return TRUE;

  wsp_headers_append (headers, "WWW-Authenticate", "Bearer", NULL);
  wsp_handshake_reject (handshake, 401, headers, NULL);
  return FALSE;
}

static void
on_message (WspConnection *connection,
            WspMessage    *message,
            gpointer       user_data)
{
  wsp_connection_queue_message (connection, message, WSP_SEND_FLAGS_DEFAULT, NULL);
}

static void
on_connection (WspServer     *server,
               WspConnection *connection,
               gpointer       user_data)
{
  wsp_connection_set_message_func (connection, on_message, NULL, NULL);
}

int
main (int    argc,
      char **argv)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (WspServer) server = wsp_server_new ();
  g_autoptr (GError) error = NULL;

  if (argc != 3)
    {
      g_printerr ("token-server PORT TOKEN\n");
      return EXIT_FAILURE;
    }

  g_signal_connect (server, "request", G_CALLBACK (on_request), argv[2]);
  g_signal_connect (server, "connection", G_CALLBACK (on_connection), NULL);
  WspListener *listener = wsp_server_listen_inet (server, NULL, atoi (argv[1]),
                                                  WSP_LISTEN_FLAGS_DEFAULT, &error);

  if (listener == NULL)
    {
      g_printerr ("%s\n", error->message);
      return EXIT_FAILURE;
    }

  g_print ("port %u\n", wsp_listener_get_port (listener));
  g_main_loop_run (loop);
}
