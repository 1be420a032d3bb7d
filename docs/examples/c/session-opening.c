/* SPDX-License-Identifier: 0BSD */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "session-opening.h"

#include <string.h>

static gboolean
send_request (WspSession    *session,
              GUri          *uri,
              GOutputStream *output,
              GError       **error)
{
  const char *protocols[] = { "chat", NULL };
  g_autofree char *host = g_strdup_printf ("%s:%d", g_uri_get_host (uri), g_uri_get_port (uri));
  g_autofree char *line = g_strdup_printf ("GET %s HTTP/1.1", g_uri_get_path (uri));
  g_autoptr (WspHeaders) own = wsp_headers_new (), headers = NULL;
  g_autoptr (GBytes) head = NULL;

  if (!wsp_headers_append (own, "Host", host, error))
    return FALSE;

  headers = wsp_session_begin_client_handshake (session, protocols, NULL, own, error);
  if (headers == NULL)
    return FALSE;

  head = wsp_headers_write (headers, line, error);
  return head != NULL && g_output_stream_write_all (output, g_bytes_get_data (head, NULL),
                                                    g_bytes_get_size (head), NULL, NULL, error);
}

/* Returns the length of the head, 0 for an error. */
static gsize
read_head (GString      *text,
           GInputStream *input,
           GError      **error)
{
  char buffer[4096], *end;

  while ((end = strstr (text->str, "\r\n\r\n")) == NULL)
    {
      gssize n = g_input_stream_read (input, buffer, sizeof buffer, NULL, error);

      if (n <= 0 || text->len > 65536)
        {
          if (n >= 0)
            g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED, "No response");
          return 0;
        }
      g_string_append_len (text, buffer, n);
    }

  return (gsize) (end + 4 - text->str);
}

static gboolean
read_response (WspSession   *session,
               GInputStream *input,
               GBytes      **rest,
               GError      **error)
{
  g_autoptr (GString) text = g_string_new (NULL);
  gsize length = read_head (text, input, error);
  g_autoptr (WspHeaders) headers = NULL;
  g_autoptr (GBytes) fields = NULL;
  const char *first;

  if (length == 0)
    return FALSE;

  if (!g_str_has_prefix (text->str, "HTTP/1.1 101"))
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "Request refused: %.12s", text->str);
      return FALSE;
    }

  first = strstr (text->str, "\r\n") + 2;
  fields = g_bytes_new (first, length - (first - text->str));
  headers = wsp_headers_parse (fields, error);
  if (headers == NULL)
    return FALSE;

  if (text->len > length)
    *rest = g_bytes_new (text->str + length, text->len - length);
  return wsp_session_end_client_handshake (session, headers, error);
}

GSocketConnection *
open_session (WspSession *session,
              const char *uri,
              GBytes    **rest,
              GError    **error)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketConnection) connection = NULL;
  g_autoptr (GUri) parsed = g_uri_parse (uri, G_URI_FLAGS_NONE, error);

  if (parsed == NULL)
    return NULL;

  connection = g_socket_client_connect_to_host (client, g_uri_get_host (parsed),
                                                (guint16) g_uri_get_port (parsed), NULL, error);
  if (connection == NULL)
    return NULL;

  if (!send_request (session, parsed, g_io_stream_get_output_stream (G_IO_STREAM (connection)),
                     error) ||
      !read_response (session, g_io_stream_get_input_stream (G_IO_STREAM (connection)), rest,
                      error))
    return NULL;

  return g_steal_pointer (&connection);
}
