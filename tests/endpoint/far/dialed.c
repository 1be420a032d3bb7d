/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "endpoint/far/dialed.h"

static char *
put_port (const char *format,
          guint16     port)
{
  g_autofree char *number = g_strdup_printf ("%u", port);
  g_auto (GStrv) parts = g_strsplit (format, "PORT", -1);

  return g_strjoinv (number, parts);
}

char *
far_make_uri (const char *format,
              Far        *far)
{
  return put_port (format, far_get_port (far));
}

WspClient *
dial_client (const char *proxy)
{
  WspClient *client = wsp_client_new ();

  if (proxy != NULL)
    {
      g_autoptr (GProxyResolver) resolver = g_simple_proxy_resolver_new (proxy, NULL);

      g_object_set (client, "proxy-resolver", resolver, NULL);
    }

  return client;
}

void
dial_begin (Dialed     *self,
            WspClient  *client,
            const char *uri,
            WspHeaders *headers)
{
  self->client = g_object_ref (client);
  self->cancellable = g_cancellable_new ();
  self->handshake = wsp_handshake_new_client (uri, NULL, headers, &self->error);
  g_assert_no_error (self->error);
  wsp_client_open_async (client, self->handshake, NULL, self->cancellable, keep_result,
                         &self->result);
}

void
dial_wait (Dialed *self)
{
  run_until_result (&self->result);
  self->connection = wsp_client_open_finish (self->client, self->result, &self->error);
}

void
dial (Dialed     *self,
      WspClient  *client,
      const char *format,
      guint16     port)
{
  g_autofree char *uri = put_port (format, port);

  dial_begin (self, client, uri, NULL);
  dial_wait (self);
}

void
dial_is_open (Dialed *self)
{
  g_assert_no_error (self->error);
  g_autoptr (WspMessage) message = receive (self->connection, &self->error);

  g_assert_no_error (self->error);
  g_assert_cmpstr (wsp_message_get_text (message), ==, "hi");
}

void
dial_has_failed (Dialed     *self,
                 GQuark      domain,
                 int         code,
                 const char *text)
{
  g_assert_null (self->connection);
  g_assert_error (self->error, domain, code);
  if (text != NULL)
    g_assert_contains (self->error->message, text);
}

gboolean
dial_offer_login (WspClient    *client,
                  WspHandshake *handshake,
                  gboolean      retrying,
                  guint        *n_asked)
{
  g_autoptr (WspHeaders) headers = wsp_headers_new ();

  ++*n_asked;
  g_assert_true (wsp_headers_append (headers, "Authorization", "Basic abc", NULL));
  g_object_set (handshake, "request-headers", headers, NULL);
  return TRUE;
}

guint
dial_get_status (Dialed *self)
{
  guint status;

  g_object_get (self->handshake, "response-status", &status, NULL);
  return status;
}

char *
dial_dup_body (Dialed *self)
{
  g_autoptr (GBytes) body = NULL;

  g_object_get (self->handshake, "response-body", &body, NULL);
  if (body == NULL)
    return NULL;

  g_autoptr (GString) text = g_string_new (NULL);

  g_string_append_len (text, g_bytes_get_data (body, NULL), g_bytes_get_size (body));
  return g_strdup (text->str);
}

/* Nothing may be left when the connection has ended. */
void
dial_clear (Dialed *self)
{
  if (self->connection != NULL)
    wsp_connection_abort (self->connection);
  run_pending ();
  g_clear_object (&self->connection);
  g_clear_object (&self->result);
  g_clear_object (&self->handshake);
  g_clear_object (&self->cancellable);
  g_clear_error (&self->error);
  g_clear_object (&self->client);
  run_pending ();
}
