/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "endpoint/far/far.h"

#include <gio/gunixsocketaddress.h>
#include <libwsproto/wsproto.h>
#include <string.h>

struct _Far
{
  GThread      *thread;
  GSocket      *listener;
  GCancellable *cancellable;
  guint16       port;
  FarFunc       serve;
  gpointer      data;
  GPtrArray    *threads;        /* threads of the accepted connections; only the listener's thread
                                 * uses the array */

  GMutex        mutex;
  GString      *notes;
  guint         count;
};

typedef struct
{
  Far     *far;
  GSocket *socket;
} AcceptedSocket;

void
far_note (Far        *self,
          const char *format,
          ...)
{
  va_list arguments;

  va_start (arguments, format);
  g_mutex_lock (&self->mutex);
  g_string_append_vprintf (self->notes, format, arguments);
  g_string_append_c (self->notes, '\n');
  g_mutex_unlock (&self->mutex);
  va_end (arguments);
}

char *
far_dup_notes (Far *self)
{
  g_mutex_lock (&self->mutex);
  char *notes = g_strdup (self->notes->str);

  g_mutex_unlock (&self->mutex);
  return notes;
}

guint
far_get_count (Far *self)
{
  g_mutex_lock (&self->mutex);
  guint count = self->count;

  g_mutex_unlock (&self->mutex);
  return count;
}

static gpointer
run_connection (gpointer data)
{
  g_autofree AcceptedSocket *accepted = data;
  g_autoptr (GMainContext) context = g_main_context_new ();
  FarPeer peer = { .far = accepted->far, .cancellable = accepted->far->cancellable };

  g_main_context_push_thread_default (context);
  peer.stream = G_IO_STREAM (g_socket_connection_factory_create_connection (accepted->socket));
  peer.input = g_string_new (NULL);
  accepted->far->serve (&peer, accepted->far->data);
  g_io_stream_close (peer.stream, NULL, NULL);
  g_object_unref (peer.stream);
  g_string_free (peer.input, TRUE);
  g_object_unref (accepted->socket);
  g_main_context_pop_thread_default (context);
  return NULL;
}

static gpointer
run_listener (gpointer data)
{
  Far *self = data;
  GSocket *socket;

  while ((socket = g_socket_accept (self->listener, self->cancellable, NULL)) != NULL)
    {
      AcceptedSocket *accepted = g_new (AcceptedSocket, 1);

      *accepted = (AcceptedSocket) { self, socket };
      g_mutex_lock (&self->mutex);
      self->count++;
      g_mutex_unlock (&self->mutex);
      g_ptr_array_add (self->threads, g_thread_new ("connection", run_connection, accepted));
    }

  for (guint i = 0; i < self->threads->len; i++)
    g_thread_join (self->threads->pdata[i]);
  return NULL;
}

static Far *
begin (GSocketFamily   family,
       GSocketAddress *address,
       FarFunc         serve,
       gpointer        data)
{
  Far *self = g_new0 (Far, 1);
  g_autoptr (GError) error = NULL;

  self->listener = g_socket_new (family, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_DEFAULT, &error);
  g_assert_no_error (error);
  g_socket_bind (self->listener, address, TRUE, &error);
  g_assert_no_error (error);
  g_socket_listen (self->listener, &error);
  g_assert_no_error (error);
  self->cancellable = g_cancellable_new ();
  self->threads = g_ptr_array_new ();
  self->notes = g_string_new (NULL);
  self->serve = serve;
  self->data = data;
  g_mutex_init (&self->mutex);
  if (family == G_SOCKET_FAMILY_IPV4)
    {
      g_autoptr (GSocketAddress) bound = g_socket_get_local_address (self->listener, NULL);

      self->port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound));
    }
  self->thread = g_thread_new ("far", run_listener, self);
  return self;
}

Far *
far_new (FarFunc  serve,
         gpointer data)
{
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) any = g_inet_socket_address_new (loopback, 0);

  return begin (G_SOCKET_FAMILY_IPV4, any, serve, data);
}

Far *
far_new_unix (const char *path,
              FarFunc     serve,
              gpointer    data)
{
  g_autoptr (GSocketAddress) address = g_unix_socket_address_new (path);

  return begin (G_SOCKET_FAMILY_UNIX, address, serve, data);
}

void
far_free (Far *self)
{
  g_cancellable_cancel (self->cancellable);
  g_thread_join (self->thread);
  g_object_unref (self->listener);
  g_object_unref (self->cancellable);
  g_ptr_array_unref (self->threads);
  g_string_free (self->notes, TRUE);
  g_mutex_clear (&self->mutex);
  g_free (self);
}

guint16
far_get_port (Far *self)
{
  return self->port;
}

static gboolean
read_more (FarPeer *peer)
{
  char bytes[4096];
  gssize n = g_input_stream_read (g_io_stream_get_input_stream (peer->stream), bytes, sizeof bytes,
                                  peer->cancellable, NULL);

  if (n > 0)
    g_string_append_len (peer->input, bytes, n);
  return n > 0;
}

char *
far_read_head (FarPeer *peer)
{
  const char *end;

  while ((end = strstr (peer->input->str, "\r\n\r\n")) == NULL)
    {
      if (!read_more (peer))
        return NULL;
    }

  char *head = g_strndup (peer->input->str, end + 4 - peer->input->str);

  g_string_erase (peer->input, 0, strlen (head));
  far_note (peer->far, "%s", head);
  return head;
}

gboolean
far_read (FarPeer *peer,
          gpointer bytes,
          gsize    length)
{
  while (peer->input->len < length)
    {
      if (!read_more (peer))
        return FALSE;
    }

  memcpy (bytes, peer->input->str, length);
  g_string_erase (peer->input, 0, length);
  return TRUE;
}

gboolean
far_write_bytes (FarPeer      *peer,
                 gconstpointer bytes,
                 gsize         length)
{
  return g_output_stream_write_all (g_io_stream_get_output_stream (peer->stream), bytes, length,
                                    NULL, peer->cancellable, NULL);
}

gboolean
far_write (FarPeer    *peer,
           const char *text)
{
  return far_write_bytes (peer, text, strlen (text));
}

void
far_wait_for_end (FarPeer *peer)
{
  while (read_more (peer))
    g_string_truncate (peer->input, 0);
}

/* A GIO server asks its handler about every certificate, valid ones as well. */
static gboolean
accept_good (GTlsConnection      *connection,
             GTlsCertificate     *certificate,
             GTlsCertificateFlags errors)
{
  return errors == 0;
}

gboolean
far_begin_tls (FarPeer               *peer,
               CertificateKind        kind,
               GTlsAuthenticationMode mode)
{
  const char *protocols[] = { "http/1.1", NULL };
  GIOStream *tls = g_tls_server_connection_new (peer->stream, authority_get_certificate (kind),
                                                NULL);

  g_object_set (tls, "authentication-mode", mode, "database", authority_get_database (), NULL);
  g_tls_connection_set_advertised_protocols (G_TLS_CONNECTION (tls), protocols);
  g_signal_connect (tls, "accept-certificate", G_CALLBACK (accept_good), NULL);
  g_object_unref (peer->stream);
  peer->stream = tls;
  if (!g_tls_connection_handshake (G_TLS_CONNECTION (tls), peer->cancellable, NULL))
    return FALSE;

  GTlsCertificate *shown = g_tls_connection_get_peer_certificate (G_TLS_CONNECTION (tls));

  far_note (peer->far, "TLS, ALPN %s, client certificate %s",
            g_tls_connection_get_negotiated_protocol (G_TLS_CONNECTION (tls)),
            shown != NULL ? "shown" : "none");
  return TRUE;
}

char *
far_make_switch (const char *head,
                 const char *after)
{
  const char *key = strstr (head, "\r\nSec-WebSocket-Key: ");

  if (key == NULL)
    return NULL;

  g_autofree char *key_text = g_strndup (key + 21, 24);
  g_autofree char *accept = wsp_accept_key_derive (key_text, NULL);

  return g_strdup_printf ("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                          "Connection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n\r\n%s", accept,
                          after);
}

static gboolean
begin_switch (FarPeer    *peer,
              const char *head)
{
  g_autofree char *answer = far_make_switch (head, "\x81\x02hi");

  return far_write (peer, answer);
}

void
far_switch (FarPeer    *peer,
            const char *head)
{
  if (begin_switch (peer, head))
    far_wait_for_end (peer);
}

void
far_switch_and_end (FarPeer    *peer,
                    const char *head)
{
  begin_switch (peer, head);
}

void
far_serve (FarPeer *peer,
           gpointer data)
{
  g_autofree char *head = far_read_head (peer);

  if (head != NULL && data == NULL)
    far_switch (peer, head);
  else if (head != NULL)
    far_write (peer, data);
}

void
far_serve_tls (FarPeer *peer,
               gpointer data)
{
  if (far_begin_tls (peer, GPOINTER_TO_UINT (data), G_TLS_AUTHENTICATION_NONE))
    far_serve (peer, NULL);
}

void
far_keep_silent (FarPeer *peer,
                 gpointer data)
{
  far_wait_for_end (peer);
}
