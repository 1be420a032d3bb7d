/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The calls that a tap may make on the connection that it observes: those that drive the connection
 * are criticals without effect, in each notification.  Getters are allowed, and so is each call on
 * another connection. */
#include "connection/tap-place.h"
#include "connection/wire.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

typedef struct _Scene Scene;
typedef void (*CallFunc) (Scene *self);

typedef enum
{
  PUSHED,                       /* start_receiving () was called */
  NOT_ASKED,                    /* nothing was asked for: messages are read ahead */
} Way;

struct _Scene
{
  WspConnection *connection;
  WspRole        role;
  int            fd;            /* socket of the peer */
  guint          call;
  TapPlace       place;
  TestPlaceTap  *before, *tap, *after, *added;
  GString       *log;           /* log of the signals */
  guint          n_results, n_func_calls, n_destroyed;
  guint          n_invoked;
  guint          n_notified;    /* number of signals of the tap when it made its call */
  guint          n_after;       /* number of signals of the tap after it, at that moment */
  WspConnection *other;         /* another connection; other_fd is its peer */
  int            other_fd;
  gboolean       is_posted;
};

/* Calls that drive the connection */

static void
count_result (GObject      *source,
              GAsyncResult *result,
              gpointer      data)
{
  ((Scene *) data)->n_results++;
}

static WspMessage *
make_message (void)
{
  return wsp_message_new_text ("call");
}

static void
call_send_message (Scene *self)
{
  g_autoptr (WspMessage) message = make_message ();

  wsp_connection_send_message_async (self->connection, message, WSP_SEND_FLAGS_DEFAULT, NULL,
                                     count_result, self);
}

static void
call_queue_binary (Scene *self)
{
  wsp_connection_queue_binary (self->connection, (const guint8 *) "x", 1, NULL);
}

static void
call_queue_text (Scene *self)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (wsp_connection_queue_text (self->connection, "call", &error));
  g_assert_no_error (error);
}

static void
call_queue_message (Scene *self)
{
  g_autoptr (WspMessage) message = make_message ();
  g_autoptr (GError) error = NULL;

  g_assert_false (wsp_connection_queue_message (self->connection, message, WSP_SEND_FLAGS_DEFAULT,
                                                &error));
  g_assert_no_error (error);
}

static void
call_send_raw (Scene *self)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static ("\x8a\x80\0\0\0\0", 6);
  g_autoptr (GError) error = NULL;

  g_assert_false (wsp_connection_send_raw_unsafe (self->connection, bytes, &error));
  g_assert_no_error (error);
}

static void
call_begin_message (Scene *self)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (wsp_connection_begin_message (self->connection, WSP_MESSAGE_TYPE_TEXT,
                                               WSP_SEND_FLAGS_DEFAULT, &error));
  g_assert_no_error (error);
}

static void
call_ping (Scene *self)
{
  wsp_connection_ping_async (self->connection, NULL, NULL, count_result, self);
}

static void
call_close (Scene *self)
{
  wsp_connection_close_async (self->connection, 4000, "call", NULL, count_result, self);
}

static void
call_flush (Scene *self)
{
  wsp_connection_flush_async (self->connection, NULL, count_result, self);
}

static void
call_receive (Scene *self)
{
  wsp_connection_receive_async (self->connection, NULL, count_result, self);
}

static void
call_receive_stream (Scene *self)
{
  wsp_connection_receive_stream_async (self->connection, NULL, count_result, self);
}

static void
call_start (Scene *self)
{
  wsp_connection_start_receiving (self->connection);
}

static void
call_stop (Scene *self)
{
  wsp_connection_stop_receiving (self->connection);
}

static void
call_fail (Scene *self)
{
  wsp_connection_fail (self->connection, NULL);
}

static void
call_abort (Scene *self)
{
  wsp_connection_abort (self->connection);
}

static void
on_func_called (WspConnection *connection,
                WspMessage    *message,
                gpointer       data)
{
  ((Scene *) data)->n_func_calls++;
}

static void
on_destroyed (gpointer data)
{
  ((Scene *) data)->n_destroyed++;
}

static void
call_set_message_func (Scene *self)
{
  wsp_connection_set_message_func (self->connection, on_func_called, self, on_destroyed);
}

/* Calls that do not */

static void
call_getters (Scene *self)
{
  guint n;
  g_autofree GParamSpec **properties =
    g_object_class_list_properties (G_OBJECT_GET_CLASS (self->connection), &n);
  g_autoptr (WspConnectionStats) stats = wsp_connection_dup_stats (self->connection);

  for (guint i = 0; i < n; i++)
    {
      g_auto (GValue) value = G_VALUE_INIT;

      g_value_init (&value, properties[i]->value_type);
      if (properties[i]->flags & G_PARAM_READABLE)
        g_object_get_property (G_OBJECT (self->connection), properties[i]->name, &value);
    }
  g_assert_nonnull (stats);
}

static void
note_nothing (gpointer data)
{
}

static void
call_add_tap (Scene *self)
{
  self->added = test_place_tap_new (self->place, note_nothing, NULL);
  wsp_connection_add_tap (self->connection, WSP_TAP (self->added));
}

static void
call_remove_tap (Scene *self)
{
  wsp_connection_remove_tap (self->connection, WSP_TAP (self->tap));
}

static void
call_remove_tap_before (Scene *self)
{
  wsp_connection_remove_tap (self->connection, WSP_TAP (self->before));
}

static void
call_remove_tap_after (Scene *self)
{
  wsp_connection_remove_tap (self->connection, WSP_TAP (self->after));
}

static void
call_remove_all_taps (Scene *self)
{
  call_remove_tap (self);
  call_remove_tap_before (self);
  call_remove_tap_after (self);
}

static void
call_set_limits (Scene *self)
{
  g_autoptr (WspLimits) limits = wsp_limits_new ();

  wsp_connection_set_limits (self->connection, limits);
  wire_limit (self->connection, "max-message-size", 1000);
}

static void
call_ref (Scene *self)
{
  g_object_unref (g_object_ref (self->connection));
}

/* Another thread may use it at the same time. */
static void
call_send_from_thread (Scene *self)
{
  g_autoptr (WspMessage) message = make_message ();

  self->is_posted = wsp_connection_send_from_thread (self->connection, message,
                                                     WSP_SEND_FLAGS_DEFAULT, NULL);
}

static void
count_invoked (WspConnection *connection,
               gpointer       data)
{
  ((Scene *) data)->n_invoked++;
}

static void
call_invoke (Scene *self)
{
  wsp_connection_invoke (self->connection, count_invoked, self, NULL);
  g_assert_cmpuint (self->n_invoked, ==, 0);
}

static void
call_others (Scene *self)
{
  g_assert_true (wsp_connection_queue_text (self->other, "call", NULL));
  wsp_connection_close_async (self->other, 1000, NULL, NULL, count_result, self);
}

static const struct
{
  const char *name;             /* name of the function, if it is refused */
  CallFunc    call;
  Way         way;
} refused[] = {
  { "wsp_connection_send_message_async", call_send_message, PUSHED },
  { "wsp_connection_queue_text", call_queue_text, PUSHED },
  { "wsp_connection_queue_binary", call_queue_binary, PUSHED },
  { "wsp_connection_queue_message", call_queue_message, PUSHED },
  { "wsp_connection_send_raw_unsafe", call_send_raw, PUSHED },
  { "wsp_connection_begin_message", call_begin_message, PUSHED },
  { "wsp_connection_ping_async", call_ping, PUSHED },
  { "wsp_connection_close_async", call_close, PUSHED },
  { "wsp_connection_flush_async", call_flush, PUSHED },
  { "wsp_connection_receive_async", call_receive, NOT_ASKED },
  { "wsp_connection_receive_stream_async", call_receive_stream, NOT_ASKED },
  { "wsp_connection_start_receiving", call_start, NOT_ASKED },
  { "wsp_connection_stop_receiving", call_stop, PUSHED },
  { "wsp_connection_fail", call_fail, PUSHED },
  { "wsp_connection_abort", call_abort, PUSHED },
  { "wsp_connection_set_message_func", call_set_message_func, PUSHED },
};

static const struct
{
  const char *name;
  CallFunc    call;
} allowed[] = {
  { "getters", call_getters },
  { "add-tap", call_add_tap },
  { "remove-tap", call_remove_tap },
  { "remove-tap-before", call_remove_tap_before },
  { "remove-tap-after", call_remove_tap_after },
  { "remove-all-taps", call_remove_all_taps },
  { "set-limits", call_set_limits },
  { "ref", call_ref },
  { "send-from-thread", call_send_from_thread },
  { "invoke", call_invoke },
  { "another-connection", call_others },
};

/* The scene */

static void
make_refused_call (gpointer data)
{
  Scene *self = data;
  WspConnectionState state = wsp_connection_get_state (self->connection);
  g_autofree char *pattern = g_strdup_printf ("%s: *", refused[self->call].name);

  g_test_expect_message ("Wsp", G_LOG_LEVEL_CRITICAL, pattern);
  refused[self->call].call (self);
  g_test_assert_expected_messages ();
  g_assert_cmpint (wsp_connection_get_state (self->connection), ==, state);
}

static void
make_allowed_call (gpointer data)
{
  Scene *self = data;

  self->n_after = self->after->n_notified;
  allowed[self->call].call (self);
  self->n_notified = self->tap->n_notified;
}

static void
log_signal (Scene      *self,
            const char *name)
{
  g_string_append_printf (self->log, "%s ", name);
}

static void
on_message (WspConnection *connection,
            WspMessage    *message,
            Scene         *self)
{
  log_signal (self, "message");
}

static void
on_closing (WspConnection *connection,
            guint          code,
            const char    *reason,
            Scene         *self)
{
  g_assert_cmpuint (code, ==, 1000);
  log_signal (self, "closing");
}

static void
on_closed (WspConnection *connection,
           Scene         *self)
{
  log_signal (self, "closed");
}

static void
begin_scene (Scene       *self,
             TapPlaceFunc func)
{
  self->connection = wire_raw (self->role, &self->fd);
  self->other = wire_raw (self->role, &self->other_fd);
  self->log = g_string_new (NULL);
  self->tap = test_place_tap_new (self->place, func, self);
  self->before = test_place_tap_new (N_TAP_PLACES, NULL, NULL);
  self->after = test_place_tap_new (N_TAP_PLACES, NULL, NULL);
  wsp_connection_add_tap (self->connection, WSP_TAP (self->before));
  wsp_connection_add_tap (self->connection, WSP_TAP (self->tap));
  wsp_connection_add_tap (self->connection, WSP_TAP (self->after));
  g_signal_connect (self->connection, "message", G_CALLBACK (on_message), self);
  g_signal_connect (self->connection, "closing", G_CALLBACK (on_closing), self);
  g_signal_connect (self->connection, "closed", G_CALLBACK (on_closed), self);
}

static void
peer_sends (Scene      *self,
            const char *frame,
            const char *masked)
{
  wire_write (self->fd, self->role == WSP_ROLE_SERVER ? masked : frame);
  run_pending ();
}

/* Each frame as its opcode and length, such as "1:3 8:2 "; all are short. */
static char *
list_frames (int fd)
{
  guint8 bytes[1000];
  gssize n = read (fd, bytes, sizeof bytes);
  GString *list = g_string_new (NULL);

  for (gssize at = 0; at < n;)
    {
      guint length = bytes[at + 1] & 0x7f;

      g_string_append_printf (list, "%x:%u ", bytes[at] & 0x0f, length);
      at += 2 + (bytes[at + 1] & 0x80 ? 4 : 0) + length;
    }
  return g_string_free (list, FALSE);
}

/* One message is sent, one is received, the peer closes. */
static void
play (Scene *self,
      Way    way)
{
  run_pending ();
  if (way == PUSHED)
    wsp_connection_start_receiving (self->connection);
  g_assert_true (wsp_connection_queue_text (self->connection, "out", NULL));
  run_pending ();
  peer_sends (self, "81 02 69 6e", "81 82 00 00 00 00 69 6e");
  if (way == NOT_ASKED)
    {
      g_autoptr (WspMessage) message = receive (self->connection, NULL);

      g_assert_cmpstr (wsp_message_get_text (message), ==, "in");
    }
  peer_sends (self, "88 02 03 e8", "88 82 00 00 00 00 03 e8");
  g_assert_cmpint (shutdown (self->fd, SHUT_WR), ==, 0);
  run_pending ();
}

static void
end_scene (Scene *self)
{
  gpointer gone = self->connection;

  g_assert_cmpint (wsp_connection_get_state (self->connection), ==, WSP_CONNECTION_STATE_CLOSED);
  g_assert_true (wsp_close_info_is_clean (wsp_connection_get_close_info (self->connection)));
  g_object_add_weak_pointer (G_OBJECT (self->connection), &gone);
  g_object_unref (self->connection);
  wsp_connection_abort (self->other);
  g_object_unref (self->other);
  run_pending ();
  g_assert_null (gone);
  g_object_unref (self->tap);
  g_object_unref (self->before);
  g_object_unref (self->after);
  g_clear_object (&self->added);
  g_string_free (self->log, TRUE);
  close (self->fd);
  close (self->other_fd);
}

static Scene
get_scene (gconstpointer data)
{
  guint number = GPOINTER_TO_UINT (data);

  return (Scene) {
           .role = number % 2 == 0 ? WSP_ROLE_SERVER : WSP_ROLE_CLIENT,
           .place = number / 2 % N_TAP_PLACES,
           .call = number / 2 / N_TAP_PLACES,
  };
}

static void
test_refused (gconstpointer data)
{
  Scene self = get_scene (data);
  Way way = refused[self.call].way;

  begin_scene (&self, make_refused_call);
  play (&self, way);

  g_autofree char *frames = list_frames (self.fd);

  g_assert_true (self.tap->was_reached);
  g_assert_cmpstr (frames, ==, "1:3 8:2 ");
  g_assert_cmpstr (self.log->str, ==,
                   way == PUSHED ? "message closing closed " : "closing closed ");
  end_scene (&self);
  g_assert_cmpuint (self.n_results, ==, 0);
  g_assert_cmpuint (self.n_func_calls, ==, 0);
  g_assert_cmpuint (self.n_destroyed, ==, 0);
}

/* A tap that was removed is notified no more; each other tap is notified of everything. */
static void
check_taps (Scene *self)
{
  CallFunc call = allowed[self->call].call;
  gboolean is_none_left = call == call_remove_all_taps;
  guint n_all = MAX (self->before->n_notified, self->after->n_notified);

  if (is_none_left || call == call_remove_tap)
    g_assert_cmpuint (self->tap->n_notified, ==, self->n_notified);
  else
    g_assert_cmpuint (self->tap->n_notified, ==, n_all);
  if (is_none_left || call == call_remove_tap_after)
    g_assert_cmpuint (self->after->n_notified, ==, self->n_after);
  else
    g_assert_cmpuint (self->after->n_notified, ==, n_all);
  if (!is_none_left && call != call_remove_tap_before)
    g_assert_cmpuint (self->before->n_notified, ==, n_all);
  if (self->added != NULL && self->place != AT_STATE_CLOSED)
    g_assert_cmpuint (self->added->n_notified, >, 0);
}

static void
test_allowed (gconstpointer data)
{
  Scene self = get_scene (data);

  begin_scene (&self, make_allowed_call);
  play (&self, PUSHED);

  gboolean is_posting = allowed[self.call].call == call_send_from_thread;
  g_autofree char *frames = list_frames (self.fd);
  g_autofree char *other = list_frames (self.other_fd);

  g_assert_true (self.tap->was_reached);
  g_assert_cmpint (self.is_posted, ==, is_posting && self.place < AT_STATE_CLOSING);
  g_assert_cmpuint (self.n_invoked, ==, allowed[self.call].call == call_invoke);
  g_assert_cmpstr (frames, ==, self.is_posted ? "1:3 1:4 8:2 " : "1:3 8:2 ");
  g_assert_cmpstr (self.log->str, ==, "message closing closed ");
  g_assert_cmpstr (other, ==, allowed[self.call].call == call_others ? "1:4 8:2 " : "");
  check_taps (&self);
  end_scene (&self);
}

/* Not inside a notification. */
static void
test_removed (void)
{
  Scene self = { .place = AT_BYTES_SENT };

  begin_scene (&self, note_nothing);
  wsp_connection_remove_tap (self.connection, WSP_TAP (self.before));
  play (&self, PUSHED);
  g_assert_cmpuint (self.before->n_notified, ==, 0);
  g_assert_cmpuint (self.tap->n_notified, >, 0);
  g_assert_cmpuint (self.after->n_notified, ==, self.tap->n_notified);
  end_scene (&self);
}

static void
add_rows (const char *claim,
          const char *name,
          guint       call,
          void      (*run)(gconstpointer data))
{
  for (guint i = 0; i < 2 * N_TAP_PLACES; i++)
    {
      guint number = 2 * N_TAP_PLACES * call + i;
      g_autofree char *path =
        g_strdup_printf ("/connection/tap-calls/%s/%s/%s/%s", claim, name, tap_place_names[i / 2],
                         i % 2 == 0 ? "server" : "client");

      g_test_add_data_func (path, GUINT_TO_POINTER (number), run);
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (refused); i++)
    add_rows ("critical-and-no-effect", refused[i].name, i, test_refused);
  for (guint i = 0; i < G_N_ELEMENTS (allowed); i++)
    add_rows ("allowed", allowed[i].name, i, test_allowed);
  g_test_add_func ("/connection/tap-calls/allowed/remove-tap-before/outside-of-notifications",
                   test_removed);
  return g_test_run ();
}
