/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* An HTTP proxy, with or without TLS, and a SOCKS 5 proxy (RFC 9110 9.3.6, RFC 1928, RFC 1929)
 * that can resolve one name. */
#include "endpoint/far/far.h"

#include <string.h>

struct _FarGate
{
  GMutex   mutex;
  GCond    changed;
  gboolean is_shut;
};

FarGate *
far_gate_new (void)
{
  FarGate *self = g_new0 (FarGate, 1);

  g_mutex_init (&self->mutex);
  g_cond_init (&self->changed);
  return self;
}

void
far_gate_free (FarGate *self)
{
  g_mutex_clear (&self->mutex);
  g_cond_clear (&self->changed);
  g_free (self);
}

static void
set_gate (FarGate *self,
          gboolean is_shut)
{
  g_mutex_lock (&self->mutex);
  self->is_shut = is_shut;
  g_cond_signal (&self->changed);
  g_mutex_unlock (&self->mutex);
}

void
far_gate_shut (FarGate *self)
{
  set_gate (self, TRUE);
}

void
far_gate_open (FarGate *self)
{
  set_gate (self, FALSE);
}

void
far_gate_pass (FarGate *self)
{
  g_mutex_lock (&self->mutex);
  while (self->is_shut)
    g_cond_wait (&self->changed, &self->mutex);
  g_mutex_unlock (&self->mutex);
}

typedef struct
{
  GIOStream    *from, *to;
  FarGate      *gate;
  GCancellable *cancellable;
} Direction;

/* Reads everything that arrived while the gate was shut. */
static gsize
read_rest (GInputStream *input,
           char         *bytes,
           gsize         length)
{
  gssize n = g_pollable_input_stream_read_nonblocking (G_POLLABLE_INPUT_STREAM (input), bytes,
                                                       length, NULL, NULL);

  return MAX (n, 0);
}

static gpointer
pass_on (gpointer data)
{
  Direction *self = data;
  GInputStream *input = g_io_stream_get_input_stream (self->from);
  char bytes[4096];
  gssize n;

  while ((n = g_input_stream_read (input, bytes, sizeof bytes, self->cancellable, NULL)) > 0)
    {
      if (self->gate != NULL)
        {
          far_gate_pass (self->gate);
          n += read_rest (input, bytes + n, sizeof bytes - n);
        }
      if (!g_output_stream_write_all (g_io_stream_get_output_stream (self->to), bytes, n, NULL,
                                      self->cancellable, NULL))
        break;
    }

  g_cancellable_cancel (self->cancellable);
  return NULL;
}

static void
cancel_other (GCancellable *cancellable,
              GCancellable *other)
{
  g_cancellable_cancel (other);
}

/* Relays bytes in both directions until one end has closed. */
static void
relay (FarPeer        *peer,
       const FarRoute *route)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GCancellable) end = g_cancellable_new ();
  g_autoptr (GIOStream) target = NULL;

  g_socket_client_set_enable_proxy (client, FALSE);
  target = G_IO_STREAM (g_socket_client_connect_to_host (client, "127.0.0.1", route->port,
                                                         peer->cancellable, NULL));
  if (target == NULL)
    return;

  Direction back = { target, peer->stream, route->gate, end };
  Direction there = { peer->stream, target, NULL, end };
  gulong handler = g_cancellable_connect (peer->cancellable, G_CALLBACK (cancel_other), end,
                                          NULL);
  GThread *thread = g_thread_new ("back", pass_on, &back);

  if (peer->input->len > 0)
    g_output_stream_write_all (g_io_stream_get_output_stream (target), peer->input->str,
                               peer->input->len, NULL, end, NULL);
  pass_on (&there);
  g_thread_join (thread);
  g_cancellable_disconnect (peer->cancellable, handler);
  g_io_stream_close (target, NULL, NULL);
}

static gboolean
is_allowed (const FarRoute *route,
            const char     *head)
{
  g_autofree char *pair = NULL;
  g_autofree char *base64 = NULL;
  g_autofree char *line = NULL;

  if (route->user == NULL)
    return TRUE;

  pair = g_strdup_printf ("%s:%s", route->user, route->password);
  base64 = g_base64_encode ((const guchar *) pair, strlen (pair));
  line = g_strdup_printf ("\r\nProxy-Authorization: Basic %s\r\n", base64);
  return strstr (head, line) != NULL;
}

void
far_http_proxy (FarPeer *peer,
                gpointer data)
{
  const FarRoute *route = data;
  g_autofree char *head = far_read_head (peer);
  g_autofree char *begin = g_strdup_printf ("CONNECT %s:", route->name);

  if (head == NULL)
    return;

  if (!is_allowed (route, head))
    {
      far_write (peer, "HTTP/1.1 407 Who are you\r\nProxy-Authenticate: Basic realm=\"far\"\r\n"
                 "Content-Length: 5\r\n\r\nlogin");
      return;
    }

  if (!g_str_has_prefix (head, begin))
    {
      far_write (peer, "HTTP/1.1 502 No such name\r\nContent-Length: 4\r\n\r\nnone");
      return;
    }

  if (far_write (peer, "HTTP/1.0 200 Connection established\r\n\r\n"))
    relay (peer, route);
}

void
far_https_proxy (FarPeer *peer,
                 gpointer data)
{
  const FarRoute *route = data;

  if (far_begin_tls (peer, route->certificate, G_TLS_AUTHENTICATION_REQUESTED))
    far_http_proxy (peer, data);
}

/* FALSE: the client is not allowed, or has disconnected. */
static gboolean
check_socks_login (FarPeer        *peer,
                   const FarRoute *route)
{
  guint8 n;
  char user[256] = "", password[256] = "";

  if (!far_read (peer, &n, 1) || n != 1 || !far_read (peer, &n, 1) || !far_read (peer, user, n) ||
      !far_read (peer, &n, 1) || !far_read (peer, password, n))
    return FALSE;

  gboolean is_right = strcmp (user, route->user) == 0 && strcmp (password, route->password) == 0;

  far_note (peer->far, "SOCKS login %s", user);
  return far_write_bytes (peer, is_right ? "\1\0" : "\1\1", 2) && is_right;
}

static gboolean
greet (FarPeer        *peer,
       const FarRoute *route)
{
  guint8 head[2], methods[255];
  guint8 method = route->user != NULL ? 2 : 0;

  if (!far_read (peer, head, 2) || head[0] != 5 || !far_read (peer, methods, head[1]))
    return FALSE;

  if (memchr (methods, method, head[1]) == NULL)
    {
      far_write_bytes (peer, "\5\xff", 2);
      return FALSE;
    }

  guint8 answer[2] = { 5, method };

  return far_write_bytes (peer, answer, 2) &&
         (route->user == NULL || check_socks_login (peer, route));
}

void
far_socks_proxy (FarPeer *peer,
                 gpointer data)
{
  const FarRoute *route = data;
  guint8 request[5], port[2];
  char name[256] = "";

  if (!greet (peer, route) || !far_read (peer, request, 5) || request[3] != 3 ||
      !far_read (peer, name, request[4]) || !far_read (peer, port, 2))
    return;

  far_note (peer->far, "SOCKS %s:%u", name, port[0] * 256 + port[1]);
  if (strcmp (name, route->name) != 0)
    far_write_bytes (peer, "\5\4\0\1\0\0\0\0\0\0", 10);
  else if (far_write_bytes (peer, "\5\0\0\1\0\0\0\0\0\0", 10))
    relay (peer, route);
}
