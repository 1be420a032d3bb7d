/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "connection/wire.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

static WspConnection *
make_connection (int     fd,
                 WspRole role)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocket) socket = g_socket_new_from_fd (fd, &error);
  g_autoptr (GSocketConnection) stream = g_socket_connection_factory_create_connection (socket);
  WspConnection *connection =
    wsp_connection_new_for_stream (G_IO_STREAM (stream), role, NULL, NULL, NULL, &error);

  g_assert_no_error (error);
  return connection;
}

void
wire_pair (WspConnection **client,
           WspConnection **server)
{
  int pair[2];

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM, 0, pair), ==, 0);
  *client = make_connection (pair[0], WSP_ROLE_CLIENT);
  *server = make_connection (pair[1], WSP_ROLE_SERVER);
}

WspConnection *
wire_raw (WspRole role,
          int    *fd)
{
  int pair[2];

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM, 0, pair), ==, 0);
  *fd = pair[0];
  g_assert_true (g_unix_set_fd_nonblocking (*fd, TRUE, NULL));
  return make_connection (pair[1], role);
}

void
wire_write (int         fd,
            const char *hex)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();

  for (const char *at = hex; *at != '\0';)
    {
      if (*at == ' ')
        {
          at++;
          continue;
        }

      guint8 byte = g_ascii_xdigit_value (at[0]) << 4 | g_ascii_xdigit_value (at[1]);

      g_byte_array_append (bytes, &byte, 1);
      at += 2;
    }
  g_assert_cmpint (write (fd, bytes->data, bytes->len), ==, bytes->len);
}

void
wire_write_unfinished (int fd)
{
  const gsize length = 80 * 1024;
  g_autofree char *zeros = g_malloc0 (length);

  wire_write (fd, "02 ff 00 00 00 00 00 10 00 00 00 00 00 00");
  for (gsize sent = 0; sent < length;)
    {
      gssize n = write (fd, zeros + sent, length - sent);

      sent += MAX (n, 0);
      g_main_context_iteration (NULL, FALSE);
    }
  run_pending ();
}

char *
wire_read (int   fd,
           gsize length)
{
  GString *hex = g_string_new (NULL);
  guint8 byte;

  for (gsize i = 0; i < length; i++)
    {
      while (read (fd, &byte, 1) != 1)
        g_main_context_iteration (NULL, FALSE);
      g_string_append_printf (hex, i > 0 ? " %02x" : "%02x", byte);
    }

  return g_string_free (hex, FALSE);
}

gboolean
wire_is_ended (int fd)
{
  guint8 byte;
  gssize n;

  while ((n = read (fd, &byte, 1)) < 0 && errno == EAGAIN)
    g_main_context_iteration (NULL, FALSE);

  return n <= 0;
}

static void
log_word (Watched    *self,
          const char *word)
{
  if (self->log->len > 0)
    g_string_append_c (self->log, ' ');
  g_string_append (self->log, word);
}

static void
on_message (WspConnection *connection,
            WspMessage    *message,
            Watched       *self)
{
  log_word (self, "message");
  self->n_messages++;
  self->n_bytes += wsp_message_get_size (message);
  g_ptr_array_add (self->messages, wsp_message_ref (message));
  if (self->echoes)
    g_assert_true (wsp_connection_queue_message (connection, message, WSP_SEND_FLAGS_DEFAULT,
                                                 NULL));
}

static void
on_closing (WspConnection *connection,
            guint          code,
            const char    *reason,
            Watched       *self)
{
  g_autofree char *word = g_strdup_printf ("closing-%u", code);

  log_word (self, word);
}

static void
on_closed (WspConnection *connection,
           Watched       *self)
{
  log_word (self, "closed");
  g_assert_false (self->is_closed);
  g_assert_cmpint (wsp_connection_get_state (connection), ==, WSP_CONNECTION_STATE_CLOSED);
  g_assert_nonnull (wsp_connection_get_close_info (connection));
  self->is_closed = TRUE;
}

static void
on_pong (WspConnection *connection,
         GBytes        *payload,
         gint64         rtt,
         Watched       *self)
{
  log_word (self, "pong");
}

Watched *
watch (WspConnection *connection)
{
  Watched *self = g_new0 (Watched, 1);

  self->connection = g_object_ref (connection);
  self->is_closed = wsp_connection_get_state (connection) == WSP_CONNECTION_STATE_CLOSED;
  self->log = g_string_new (NULL);
  self->messages = g_ptr_array_new_with_free_func ((GDestroyNotify) wsp_message_unref);
  g_signal_connect (connection, "message", G_CALLBACK (on_message), self);
  g_signal_connect (connection, "closing", G_CALLBACK (on_closing), self);
  g_signal_connect (connection, "closed", G_CALLBACK (on_closed), self);
  g_signal_connect (connection, "pong", G_CALLBACK (on_pong), self);
  return self;
}

void
watch_echoing (gpointer       server,
               WspConnection *connection,
               Watched      **place)
{
  *place = watch (connection);
  (*place)->echoes = TRUE;
  wsp_connection_start_receiving (connection);
}

void
wire_watched_pair (Watched **client,
                   Watched **server)
{
  WspConnection *connections[2];

  wire_pair (&connections[0], &connections[1]);
  *client = watch (connections[0]);
  *server = watch (connections[1]);
  g_object_unref (connections[0]);
  g_object_unref (connections[1]);
}

void
watched_leave_messages (Watched *self)
{
  g_signal_handlers_disconnect_matched (self->connection, G_SIGNAL_MATCH_ID | G_SIGNAL_MATCH_DATA,
                                        g_signal_lookup ("message", WSP_TYPE_CONNECTION), 0, NULL,
                                        NULL, self);
}

void
watched_free (Watched *self)
{
  g_signal_handlers_disconnect_by_data (self->connection, self);
  g_object_unref (self->connection);
  g_string_free (self->log, TRUE);
  g_ptr_array_unref (self->messages);
  g_free (self);
}

void
run_until (gboolean *condition)
{
  while (!*condition)
    g_main_context_iteration (NULL, TRUE);
}

void
run_until_closed (Watched *self)
{
  run_until (&self->is_closed);
}

Raw *
raw_new (WspRole role)
{
  Raw *self = g_new0 (Raw, 1);

  self->connection = wire_raw (role, &self->fd);
  self->watched = watch (self->connection);
  return self;
}

void
raw_end (Raw *self)
{
  wsp_connection_abort (self->connection);
  run_until_closed (self->watched);
}

void
raw_free (Raw *self)
{
  raw_end (self);
  close (self->fd);
  watched_free (self->watched);
  g_object_unref (self->connection);
  g_clear_error (&self->error);
  g_free (self);
}

void
run_until_count (guint *counter,
                 guint  count)
{
  while (*counter < count)
    g_main_context_iteration (NULL, TRUE);
}

void
run_until_atomic (guint *number,
                  guint  expected)
{
  while ((guint) g_atomic_int_get (number) < expected)
    {
      g_main_context_iteration (NULL, FALSE);
      g_thread_yield ();
    }
}

void
run_pending (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    continue;
}

void
keep_result (GObject      *source,
             GAsyncResult *result,
             gpointer      place)
{
  GAsyncResult **kept = place;

  g_assert_null (*kept);
  *kept = g_object_ref (result);
}

void
run_until_result (GAsyncResult **place)
{
  while (*place == NULL)
    g_main_context_iteration (NULL, TRUE);
}

void
wire_send_text (WspConnection      *connection,
                const char         *text,
                GCancellable       *cancellable,
                GAsyncReadyCallback callback,
                gpointer            user_data)
{
  g_autoptr (WspMessage) message = wsp_message_new_text (text);

  wsp_connection_send_message_async (connection, message, WSP_SEND_FLAGS_DEFAULT, cancellable,
                                     callback, user_data);
}

void
wire_send_binary (WspConnection      *connection,
                  const guint8       *data,
                  gsize               length,
                  GCancellable       *cancellable,
                  GAsyncReadyCallback callback,
                  gpointer            user_data)
{
  g_autoptr (WspMessage) message = wsp_message_new_binary (data, length);

  wsp_connection_send_message_async (connection, message, WSP_SEND_FLAGS_DEFAULT, cancellable,
                                     callback, user_data);
}

WspMessage *
receive (WspConnection *connection,
         GError       **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  wsp_connection_receive_async (connection, NULL, keep_result, &result);
  g_assert_null (result);
  run_until_result (&result);
  return wsp_connection_receive_finish (connection, result, error);
}

void
wire_set_number (gpointer    object,
                 const char *property,
                 guint64     value)
{
  g_auto (GValue) number = G_VALUE_INIT;

  g_value_init (&number, G_TYPE_UINT64);
  g_value_set_uint64 (&number, value);
  g_object_set_property (object, property, &number);
}

void
wire_limit (WspConnection *connection,
            const char    *property,
            guint64        value)
{
  g_autoptr (WspLimits) limits = wsp_limits_copy (wsp_connection_get_limits (connection));

  wire_set_number (limits, property, value);
  wsp_connection_set_limits (connection, limits);
}
