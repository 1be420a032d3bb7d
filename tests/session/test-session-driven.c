/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A session that a connection drives: its getters work, and every call that would drive it fails
 * with INVALID_OPERATION, or is a critical where it has no error.  The connection goes on. */
#include <libwsproto/wsproto-windows.h>

#include <sys/socket.h>
#include <unistd.h>

typedef enum
{
  WHILE_OPEN,
  WHEN_CLOSED,
  WITHOUT_CONNECTION,           /* it is finalized */
  N_MOMENTS,
} Moment;

static const char *const moment_names[N_MOMENTS] = { "open", "closed", "without-connection" };

typedef struct
{
  WspSession    *session;
  WspConnection *connection;
  WspRole        role;
  int            fd;            /* the peer's */
  guint          n_messages, n_notified;
} Driven;

/* Calls that have an error: each returns TRUE if it did not fail. */

static gboolean
call_send (WspSession *session,
           GError    **error)
{
  return wsp_session_send (session, WSP_BUFFER_TYPE_UTF8_MESSAGE, NULL, error) != 0;
}

static gboolean
call_send_raw (WspSession *session,
               GError    **error)
{
  return wsp_session_send_raw (session, 0x102, NULL, error) != 0;
}

static gboolean
call_send_close (WspSession *session,
                 GError    **error)
{
  return wsp_session_send_close (session, 1000, NULL, error) != 0;
}

static gboolean
call_receive (WspSession *session,
              GError    **error)
{
  return wsp_session_receive (session, error) != 0;
}

static gboolean
call_receive_into (WspSession *session,
                   GError    **error)
{
  static guint8 buffer[100];

  return wsp_session_receive_into (session, buffer, sizeof buffer, error) != 0;
}

static gboolean
call_next_action (WspSession *session,
                  GError    **error)
{
  g_autoptr (WspSessionAction) action =
    wsp_session_next_action (session, WSP_ACTION_QUEUE_ALL, error);

  return action != NULL;
}

static gboolean
call_get_action (WspSession *session,
                 GError    **error)
{
  WspSessionAction action = WSP_SESSION_ACTION_INIT;

  return wsp_session_get_action (session, WSP_ACTION_QUEUE_ALL, &action, error);
}

static gboolean
call_begin_client_handshake (WspSession *session,
                             GError    **error)
{
  g_autoptr (WspHeaders) headers =
    wsp_session_begin_client_handshake (session, NULL, NULL, NULL, error);

  return headers != NULL;
}

static gboolean
call_end_client_handshake (WspSession *session,
                           GError    **error)
{
  g_autoptr (WspHeaders) headers = wsp_headers_new ();

  return wsp_session_end_client_handshake (session, headers, error);
}

static gboolean
call_begin_server_handshake (WspSession *session,
                             GError    **error)
{
  g_autoptr (WspHeaders) request = wsp_headers_new ();
  g_autoptr (WspHeaders) headers =
    wsp_session_begin_server_handshake (session, NULL, NULL, request, error);

  return headers != NULL;
}

static gboolean
call_end_server_handshake (WspSession *session,
                           GError    **error)
{
  return wsp_session_end_server_handshake (session, error);
}

static const struct
{
  const char *name;
  gboolean  (*call)(WspSession *session,
                    GError    **error);
} failing[] = {
  { "send", call_send },
  { "send-raw", call_send_raw },
  { "send-close", call_send_close },
  { "receive", call_receive },
  { "receive-into", call_receive_into },
  { "next-action", call_next_action },
  { "get-action", call_get_action },
  { "begin-client-handshake", call_begin_client_handshake },
  { "end-client-handshake", call_end_client_handshake },
  { "begin-server-handshake", call_begin_server_handshake },
  { "end-server-handshake", call_end_server_handshake },
};

/* Calls without an error: a mistake of the program.  No action can be out, so any will do. */

static void
call_abort (WspSession *session)
{
  wsp_session_abort (session);
}

static void
call_set_time (WspSession *session)
{
  wsp_session_set_time (session, G_MAXINT64);
}

static void
call_complete_action (WspSession *session)
{
  WspSessionAction action = WSP_SESSION_ACTION_INIT;

  wsp_session_complete_action (session, &action, 0);
}

static void
call_complete_receive (WspSession *session)
{
  WspSessionAction action = WSP_SESSION_ACTION_INIT;

  wsp_session_complete_receive (session, &action, NULL);
}

static void
call_fail_action (WspSession *session)
{
  WspSessionAction action = WSP_SESSION_ACTION_INIT;
  g_autoptr (GError) error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_FAILED, "test");

  wsp_session_fail_action (session, &action, error);
}

/* The limits are the connection's, which has set its own. */

static void
call_set_limits (WspSession *session)
{
  g_autoptr (WspLimits) limits = wsp_limits_new ();

  wsp_limits_set_max_message_size (limits, 1);
  wsp_session_set_limits (session, limits);
}

static const struct
{
  const char *name, *function;
  void      (*call)(WspSession *session);
} warning[] = {
  { "abort", "wsp_session_abort", call_abort },
  { "set-time", "wsp_session_set_time", call_set_time },
  { "complete-action", "wsp_session_complete_action", call_complete_action },
  { "complete-receive", "wsp_session_complete_receive", call_complete_receive },
  { "fail-action", "wsp_session_fail_action", call_fail_action },
  { "set-limits", "wsp_session_set_limits", call_set_limits },
};

/* The connection */

static void
run_pending (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    continue;
}

static void
on_message (Driven *self)
{
  self->n_messages++;
}

static void
on_notify (Driven *self)
{
  self->n_notified++;
}

static void
peer_writes (Driven     *self,
             const char *frame,
             const char *masked,
             gsize       length)
{
  gsize mask = self->role == WSP_ROLE_SERVER ? 4 : 0;
  const char *bytes = self->role == WSP_ROLE_SERVER ? masked : frame;

  g_assert_cmpint (write (self->fd, bytes, length + mask), ==, length + mask);
  run_pending ();
}

static void
end_connection (Driven *self)
{
  peer_writes (self, "\x88\x05\x03\xe9" "bye", "\x88\x85\0\0\0\0\x03\xe9" "bye", 7);
  g_assert_cmpint (shutdown (self->fd, SHUT_WR), ==, 0);
  run_pending ();
  g_assert_cmpint (wsp_connection_get_state (self->connection), ==, WSP_CONNECTION_STATE_CLOSED);
  g_assert_true (wsp_close_info_is_clean (wsp_connection_get_close_info (self->connection)));
}

static void
drop_connection (Driven *self)
{
  gpointer gone = self->connection;

  g_object_add_weak_pointer (G_OBJECT (self->connection), &gone);
  g_clear_object (&self->connection);
  run_pending ();
  g_assert_null (gone);
}

static void
driven_init (Driven *self,
             WspRole role,
             Moment  moment)
{
  int pair[2];

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM, 0, pair), ==, 0);

  g_autoptr (GSocket) socket = g_socket_new_from_fd (pair[1], NULL);
  g_autoptr (GSocketConnection) stream = g_socket_connection_factory_create_connection (socket);

  *self = (Driven) { .role = role, .fd = pair[0] };
  self->session = wsp_session_new_established (role, "chat", "permessage-deflate", NULL);
  self->connection = wsp_connection_new_for_stream (G_IO_STREAM (stream), self->session);
  g_signal_connect_swapped (self->connection, "message", G_CALLBACK (on_message), self);
  wsp_connection_start (self->connection);
  run_pending ();
  if (moment >= WHEN_CLOSED)
    end_connection (self);
  if (moment == WITHOUT_CONNECTION)
    drop_connection (self);
}

/* It sends and receives as if nothing had been called, and closes. */
static void
check_open (Driven *self)
{
  guint8 frame[100];
  gsize length = self->role == WSP_ROLE_SERVER ? 3 : 7;

  g_assert_cmpint (wsp_connection_get_state (self->connection), ==, WSP_CONNECTION_STATE_OPEN);
  g_assert_true (wsp_connection_queue_text (self->connection, "x", NULL));
  run_pending ();
  g_assert_cmpint (recv (self->fd, frame, sizeof frame, MSG_DONTWAIT), ==, length);
  g_assert_cmphex (frame[0], ==, 0x81);
  peer_writes (self, "\x81\1y", "\x81\x81\0\0\0\0y", 3);
  g_assert_cmpuint (self->n_messages, ==, 1);
  end_connection (self);
}

static void
driven_clear (Driven *self,
              Moment  moment)
{
  if (moment == WHILE_OPEN)
    check_open (self);
  if (self->connection != NULL)
    drop_connection (self);
  g_assert_cmpint (wsp_session_get_state (self->session), ==, WSP_SESSION_STATE_CLOSED);
  g_object_unref (self->session);
  close (self->fd);
}

static void
test_fails (gconstpointer data)
{
  guint number = GPOINTER_TO_UINT (data);
  Moment moment = number / 2 % N_MOMENTS;
  Driven self;
  g_autoptr (GError) error = NULL;

  driven_init (&self, number % 2 == 0 ? WSP_ROLE_SERVER : WSP_ROLE_CLIENT, moment);
  g_assert_false (failing[number / 2 / N_MOMENTS].call (self.session, &error));
  g_assert_error (error, WSP_ERROR, WSP_ERROR_INVALID_OPERATION);
  driven_clear (&self, moment);
}

static void
test_warns (gconstpointer data)
{
  guint number = GPOINTER_TO_UINT (data);
  guint i = number / 2 / N_MOMENTS;
  Moment moment = number / 2 % N_MOMENTS;
  g_autofree char *pattern = g_strdup_printf ("%s: *", warning[i].function);
  Driven self;
  WspLimits *limits;

  driven_init (&self, number % 2 == 0 ? WSP_ROLE_SERVER : WSP_ROLE_CLIENT, moment);
  g_signal_connect_swapped (self.session, "notify", G_CALLBACK (on_notify), &self);
  limits = wsp_session_get_limits (self.session);
  g_test_expect_message ("Wsp", G_LOG_LEVEL_CRITICAL, pattern);
  warning[i].call (self.session);
  g_test_assert_expected_messages ();
  g_assert_true (wsp_session_get_limits (self.session) == limits);
  g_assert_cmpuint (self.n_notified, ==, 0);
  driven_clear (&self, moment);
}

static void
check_properties (WspSession *session)
{
  guint n;
  g_autofree GParamSpec **properties =
    g_object_class_list_properties (G_OBJECT_GET_CLASS (session), &n);

  for (guint i = 0; i < n; i++)
    {
      g_auto (GValue) value = G_VALUE_INIT;

      g_value_init (&value, properties[i]->value_type);
      if (properties[i]->flags & G_PARAM_READABLE)
        g_object_get_property (G_OBJECT (session), properties[i]->name, &value);
    }
}

static void
test_getters (gconstpointer data)
{
  guint number = GPOINTER_TO_UINT (data);
  Moment moment = number / 2;
  gboolean is_open = moment == WHILE_OPEN;
  Driven self;
  WspSession *session;

  driven_init (&self, number % 2 == 0 ? WSP_ROLE_SERVER : WSP_ROLE_CLIENT, moment);
  session = self.session;
  check_properties (session);
  g_assert_cmpint (wsp_session_get_role (session), ==, self.role);
  g_assert_cmpint (wsp_session_get_state (session), ==,
                   is_open ? WSP_SESSION_STATE_OPEN : WSP_SESSION_STATE_CLOSED);
  g_assert_cmpstr (wsp_session_get_subprotocol (session), ==, "chat");
  g_assert_cmpstr (wsp_session_get_extensions (session)[0], ==, "permessage-deflate");
  g_assert_true (WSP_IS_LIMITS (wsp_session_get_limits (session)));
  g_assert_cmpuint (wsp_session_get_peer_close_code (session), ==, is_open ? 0 : 1001);
  g_assert_cmpuint (wsp_session_get_local_close_code (session), ==, is_open ? 0 : 1001);
  g_assert_cmpstr (wsp_session_get_peer_close_reason (session), ==, is_open ? NULL : "bye");
  g_assert_false (wsp_session_has_pending (session, WSP_ACTION_QUEUE_ALL));
  wsp_session_get_deadline (session);
  driven_clear (&self, moment);
}

static void
add_rows (const char *claim,
          const char *name,
          guint       call,
          void      (*run)(gconstpointer data))
{
  for (guint i = 0; i < 2 * N_MOMENTS; i++)
    {
      g_autofree char *path =
        g_strdup_printf ("/session/session-driven/%s/%s/%s/%s", claim, name, moment_names[i / 2],
                         i % 2 == 0 ? "server" : "client");

      g_test_add_data_func (path, GUINT_TO_POINTER (2 * N_MOMENTS * call + i), run);
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (failing); i++)
    add_rows ("invalid-operation", failing[i].name, i, test_fails);
  for (guint i = 0; i < G_N_ELEMENTS (warning); i++)
    add_rows ("critical-and-no-effect", warning[i].name, i, test_warns);
  add_rows ("works", "getters", 0, test_getters);
  return g_test_run ();
}
