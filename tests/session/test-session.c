/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include <libwsproto/base/wsp-error.h>
#include <libwsproto/session/wsp-session.h>

#include "base/wsp-error-private.h"
#include "lib/heads.h"
#include "lib/rows.h"
#include "session/wsp-session-private.h"

#include <malloc.h>
#include <string.h>

#define MAX_HEAP 512
#define N_SESSIONS 1000
#define SECOND 1000000

static WspSession *
new_open (WspRole role)
{
  return wsp_session_new_established (role, NULL, NULL, NULL);
}

static gsize
heap_in_use (void)
{
  return mallinfo2 ().uordblks;
}

/* Sanitizers and valgrind bring allocators of their own, which do not count. */
static gboolean
heap_is_counted (void)
{
  gsize before = heap_in_use ();
  g_autofree char *probe = g_malloc (64 * 1024);

  return probe != NULL && heap_in_use () > before;
}

static void
test_heap (void)
{
  static WspSession *sessions[N_SESSIONS];
  g_autoptr (WspSession) first = new_open (WSP_ROLE_SERVER);    /* type and limits are made once */
  gsize before = heap_in_use (), each;
  GTypeQuery query;

  for (guint i = 0; i < N_SESSIONS; i++)
    sessions[i] = new_open (WSP_ROLE_SERVER);
  each = (heap_in_use () - before) / N_SESSIONS;
  for (guint i = 0; i < N_SESSIONS; i++)
    g_object_unref (sessions[i]);

  g_type_query (WSP_TYPE_SESSION, &query);
  g_test_message ("an open idle session: %" G_GSIZE_FORMAT " bytes of heap, its struct %u",
                  each, query.instance_size);
  g_assert_cmpuint (query.instance_size, <=, MAX_HEAP);
  if (heap_is_counted ())
    {
      g_assert_cmpuint (each, >=, query.instance_size);
      g_assert_cmpuint (each, <=, MAX_HEAP);
    }
}

static void
test_heap_after_handshake (void)
{
  static WspSession *clients[N_SESSIONS];
  gsize before = 0, each;

  /* The first round fills what the C library keeps for itself. */
  for (guint round = 0; round < 2; round++)
    {
      before = heap_in_use ();
      for (guint i = 0; i < N_SESSIONS; i++)
        {
          g_autoptr (WspSession) server = wsp_session_new (WSP_ROLE_SERVER);
          g_autoptr (WspHeaders) own = parse_headers ("Host: a", NULL);
          g_autoptr (WspHeaders) request = NULL, answer = NULL;

          clients[i] = wsp_session_new (WSP_ROLE_CLIENT);
          request = wsp_session_begin_client_handshake (clients[i], NULL, NULL, own, NULL);
          answer = wsp_session_begin_server_handshake (server, NULL, NULL, request, NULL);
          g_assert_true (wsp_session_end_client_handshake (clients[i], answer, NULL));
        }
      each = (heap_in_use () - before) / N_SESSIONS;
      for (guint i = 0; i < N_SESSIONS; i++)
        g_object_unref (clients[i]);
    }

  g_test_message ("an open idle client after its handshake: %" G_GSIZE_FORMAT " bytes of heap",
                  each);

  /* GSlice keeps what the first round gave back: Meson runs this with G_SLICE=always-malloc. */
  if (heap_is_counted () && g_strcmp0 (g_getenv ("G_SLICE"), "always-malloc") == 0)
    {
      g_assert_cmpuint (each, >=, MAX_HEAP / 4);
      g_assert_cmpuint (each, <=, MAX_HEAP);
    }
}

typedef struct
{
  WspRole        role;
  WspSessionMode mode;
  gboolean       masking, utf8_verification;
  guint          receive_buffer_size, send_buffer_size;
} Settings;

static const Settings all_settings[] = {
  { WSP_ROLE_CLIENT, WSP_SESSION_MODE_AUTOMATIC, TRUE, TRUE, 4096, 0 },
  { WSP_ROLE_SERVER, WSP_SESSION_MODE_AUTOMATIC, TRUE, TRUE, 4096, 0 },
  { WSP_ROLE_CLIENT, WSP_SESSION_MODE_WINDOWS, FALSE, TRUE, 300, 1 },
  { WSP_ROLE_SERVER, WSP_SESSION_MODE_WINDOWS, TRUE, FALSE, G_MAXINT, G_MAXINT },
};

static void
check_settings (WspSession     *session,
                const Settings *expected)
{
  Settings read;

  g_object_get (session, "role", &read.role, "mode", &read.mode, "masking", &read.masking,
                "utf8-verification", &read.utf8_verification,
                "receive-buffer-size", &read.receive_buffer_size,
                "send-buffer-size", &read.send_buffer_size, NULL);
  g_assert_cmpmem (&read, sizeof read, expected, sizeof *expected);
}

static void
test_settings (void)
{
  g_autoptr (WspSession) usual = wsp_session_new (WSP_ROLE_CLIENT);

  check_settings (usual, &all_settings[0]);
  for (gsize i = 0; i < G_N_ELEMENTS (all_settings); i++)
    {
      const Settings *given = &all_settings[i];
      g_autoptr (WspSession) session =
        g_object_new (WSP_TYPE_SESSION, "role", given->role, "mode", given->mode,
                      "masking", given->masking, "utf8-verification", given->utf8_verification,
                      "receive-buffer-size", given->receive_buffer_size,
                      "send-buffer-size", given->send_buffer_size, NULL);

      check_settings (session, given);
    }
}

/* Gives bytes to a Receive, then asks for the next action. */
static gboolean
take (WspSession       *session,
      const char       *bytes,
      gsize             length,
      WspSessionAction *action,
      GError          **error)
{
  g_autoptr (GBytes) data = g_bytes_new (bytes, length);

  g_assert_cmpuint (wsp_session_receive (session, NULL), !=, 0);
  g_assert_true (wsp_session_get_action (session, WSP_ACTION_QUEUE_ALL, action, NULL));
  wsp_session_complete_receive (session, action, data);
  return wsp_session_get_action (session, WSP_ACTION_QUEUE_ALL, action, error);
}

static guint n_logged;
static char *last_logged;

static GLogWriterOutput
keep_log (GLogLevelFlags   level,
          const GLogField *fields,
          gsize            n_fields,
          gpointer         data)
{
  if (level == G_LOG_LEVEL_INFO)
    n_logged++;

  for (gsize i = 0; i < n_fields && level == G_LOG_LEVEL_INFO; i++)
    if (g_str_equal (fields[i].key, "MESSAGE"))
      {
        g_free (last_logged);
        last_logged = g_strdup (fields[i].value);
      }

  return G_LOG_WRITER_HANDLED;
}

static void
test_limit_reported_and_logged (void)
{
  g_autoptr (WspSession) session = new_open (WSP_ROLE_CLIENT);
  g_autoptr (GError) error = NULL;
  WspSessionAction action;

  n_logged = 0;
  wsp_limits_set_max_message_size (wsp_session_get_limits (session), 5);
  g_assert_false (take (session, "\x82\x06Hello!", 8, &action, &error));
  g_assert_error (error, WSP_ERROR, WSP_ERROR_TOO_BIG);
  g_assert_true (g_str_has_suffix (error->message, "-size: 6, limit 5"));
  while (wsp_session_get_action (session, WSP_ACTION_QUEUE_ALL, &action, NULL) &&
         wsp_session_action_get_action_type (&action) != WSP_ACTION_TYPE_NONE)
    {
      g_autoptr (GBytes) bytes = wsp_session_action_dup_bytes (&action);

      wsp_session_complete_action (session, &action, bytes != NULL ? g_bytes_get_size (bytes) : 0);
    }
  g_assert_cmpuint (n_logged, ==, 1);
  g_assert_cmpstr (last_logged, ==, error->message);
  g_assert_cmpuint (wsp_session_get_local_close_code (session), ==, 1009);
  g_clear_pointer (&last_logged, g_free);
}

/* A rule that is no limit, and a limit that a connection sees, which tells more of it. */
static void
test_breach_not_logged (void)
{
  g_autoptr (WspSession) ruled = new_open (WSP_ROLE_CLIENT), limited = new_open (WSP_ROLE_CLIENT);
  g_autoptr (GError) rule = NULL, limit = NULL;
  WspSessionAction action;

  n_logged = 0;
  g_assert_false (take (ruled, "\x83\x00", 2, &action, &rule));
  g_assert_cmpuint (n_logged, ==, 0);
  wsp_limits_set_max_message_size (wsp_session_get_limits (limited), 5);
  g_assert_false (take (limited, "\x82\x06Hello!", 8, &action, &limit));
  g_assert_error (limit, WSP_ERROR, WSP_ERROR_TOO_BIG);
  g_assert_cmpuint (n_logged, ==, 1);
}

/* No memory is needed for that. */
static void
test_breach_of_a_handshake (void)
{
  g_autoptr (WspSession) session = wsp_session_new (WSP_ROLE_SERVER);
  g_autoptr (WspHeaders) request =
    parse_headers ("Host: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                   "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                   "Sec-WebSocket-Version: 13\r\n"
                   "Sec-WebSocket-Extensions: a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q\r\n", NULL);
  g_autoptr (GError) error = NULL;

  n_logged = 0;
  g_assert_null (wsp_session_begin_server_handshake (session, NULL, NULL, request, &error));
  g_assert_error (error, WSP_ERROR, WSP_ERROR_TOO_BIG);
  g_assert_cmpuint (n_logged, ==, 1);
  g_clear_pointer (&last_logged, g_free);
}

/* A frame that holds a whole message is no message in progress; what it inflates to has a limit. */
static void
test_limits_within_a_frame (void)
{
  g_autoptr (WspSession) client =
    wsp_session_new_established (WSP_ROLE_CLIENT, NULL, EXTENSIONS ("permessage-deflate"), NULL);
  g_autoptr (WspSession) server =
    wsp_session_new_established (WSP_ROLE_SERVER, NULL, EXTENSIONS ("permessage-deflate"), NULL);
  g_autofree char *text = g_strnfill (1000, 'a');
  g_autoptr (GBytes) payload = g_bytes_new_static (text, 1000);
  g_autoptr (GBytes) frame = NULL, begin = NULL, end = NULL, taken = NULL;
  g_autoptr (GError) error = NULL;
  WspSessionAction action;
  gsize length;

  wsp_session_send (client, WSP_BUFFER_TYPE_BINARY_MESSAGE, payload, NULL);
  g_assert_true (wsp_session_get_action (client, WSP_ACTION_QUEUE_SEND, &action, NULL));
  frame = wsp_session_action_dup_bytes (&action);
  length = g_bytes_get_size (frame);
  g_assert_cmpuint (length, <, 100);
  begin = g_bytes_new_from_bytes (frame, 0, 7);
  end = g_bytes_new_from_bytes (frame, 7, length - 7);

  wsp_session_receive (server, NULL);
  g_assert_true (wsp_session_get_action (server, WSP_ACTION_QUEUE_RECEIVE, &action, NULL));
  wsp_session_complete_receive (server, &action, begin);
  g_assert_true (wsp_session_get_action (server, WSP_ACTION_QUEUE_RECEIVE, &action, NULL));
  wsp_limits_set_max_message_size (wsp_session_get_limits (server), 5);
  wsp_session_complete_receive (server, &action, end);
  g_assert_true (wsp_session_get_action (server, WSP_ACTION_QUEUE_RECEIVE, &action, &error));
  g_assert_no_error (error);
  taken = wsp_session_action_dup_bytes (&action);
  g_assert_cmpuint (g_bytes_get_size (taken), ==, 1000);
}

static void
test_limits_from_the_next_message (void)
{
  g_autoptr (WspLimits) limits = wsp_limits_new ();
  g_autoptr (WspSession) session = new_open (WSP_ROLE_CLIENT);
  g_autoptr (GError) error = NULL;
  WspSessionAction action;

  wsp_session_set_limits (session, limits);
  g_assert_true (take (session, "\x02\x03one", 5, &action, &error));
  wsp_session_complete_action (session, &action, 0);
  wsp_limits_set_max_message_size (limits, 4);
  g_assert_true (take (session, "\x80\x03two", 5, &action, &error));
  g_assert_no_error (error);
  wsp_session_complete_action (session, &action, 0);
  g_assert_false (take (session, "\x82\x05three", 7, &action, &error));
  g_assert_error (error, WSP_ERROR, WSP_ERROR_TOO_BIG);
}

/* They are the session's at once, and count from the next message on. */
static void
test_limits_inside_a_message (void)
{
  g_autoptr (WspSession) session = new_open (WSP_ROLE_CLIENT);
  WspLimits *first = wsp_limits_new (), *second = wsp_limits_new ();
  g_autoptr (GError) error = NULL;
  WspSessionAction action;

  wsp_limits_set_max_message_size (first, 4);
  wsp_limits_set_max_message_size (second, 5);
  g_object_add_weak_pointer (G_OBJECT (first), (gpointer *) &first);
  g_object_add_weak_pointer (G_OBJECT (second), (gpointer *) &second);
  g_assert_true (take (session, "\x02\x03one", 5, &action, &error));
  wsp_session_complete_action (session, &action, 0);
  wsp_session_set_limits (session, first);
  g_object_unref (first);
  g_assert_true (wsp_session_get_limits (session) == first);
  wsp_session_set_limits (session, second);
  g_object_unref (second);
  g_assert_null (first);
  g_assert_true (wsp_session_get_limits (session) == second);
  g_assert_true (take (session, "\x80\x03two", 5, &action, &error));
  g_assert_no_error (error);
  wsp_session_complete_action (session, &action, 0);
  g_assert_true (take (session, "\x82\x05three", 7, &action, &error));
  wsp_session_complete_action (session, &action, 0);
  g_assert_false (take (session, "\x82\x06four's", 8, &action, &error));
  g_assert_error (error, WSP_ERROR, WSP_ERROR_TOO_BIG);
  g_clear_object (&session);
  g_assert_null (second);
}

static void
test_limits_are_shared_where_given (void)
{
  g_autoptr (WspLimits) limits = wsp_limits_new ();
  g_autoptr (WspSession) session = new_open (WSP_ROLE_CLIENT);
  g_autoptr (WspSession) other = new_open (WSP_ROLE_CLIENT);

  wsp_session_set_limits (session, limits);
  wsp_limits_set_max_message_size (wsp_session_get_limits (session), 7);
  g_assert_cmpuint (wsp_limits_get_max_message_size (limits), ==, 7);

  wsp_limits_set_max_message_size (wsp_session_get_limits (other), 9);
  g_clear_object (&other);
  other = new_open (WSP_ROLE_CLIENT);
  g_assert_cmpuint (wsp_limits_get_max_message_size (wsp_session_get_limits (other)), ==, 16777216);
}

/* Pending operations of an idle session are reported too, for each side alone. */
static void
test_pending (void)
{
  g_autoptr (WspSession) session = new_open (WSP_ROLE_SERVER);

  g_assert_false (wsp_session_has_pending (session, WSP_ACTION_QUEUE_RECEIVE));
  g_assert_cmpuint (wsp_session_receive (session, NULL), !=, 0);
  g_assert_true (wsp_session_has_pending (session, WSP_ACTION_QUEUE_RECEIVE));
  g_assert_true (wsp_session_has_pending (session, WSP_ACTION_QUEUE_ALL));
  g_assert_false (wsp_session_has_pending (session, WSP_ACTION_QUEUE_SEND));
}

static void
test_keepalive (void)
{
  g_autoptr (WspSession) session = new_open (WSP_ROLE_SERVER);
  g_autoptr (GError) error = NULL;
  WspSessionAction action;
  gint64 deadline;

  g_assert_cmpint (wsp_session_get_deadline_us (session), <=, 0);
  wsp_session_set_time_us (session, SECOND);
  g_assert_cmpint (wsp_session_get_deadline_us (session), ==, 31 * (gint64) SECOND);
  g_assert_false (wsp_session_has_pending (session, WSP_ACTION_QUEUE_SEND));
  wsp_session_set_time_us (session, 31 * (gint64) SECOND);
  g_assert_true (wsp_session_get_action (session, WSP_ACTION_QUEUE_SEND, &action, NULL));
  g_assert_cmpint (wsp_session_action_get_buffer_type (&action), ==, WSP_BUFFER_TYPE_PING_PONG);
  g_assert_cmpuint (wsp_session_action_get_operation (&action), ==, 0);
  deadline = wsp_session_get_deadline_us (session);
  g_assert_cmpint (deadline, ==, 51 * (gint64) SECOND);
  wsp_session_set_time_us (session, deadline);
  g_assert_false (wsp_session_get_action (session, WSP_ACTION_QUEUE_RECEIVE, &action, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
}

/* An error that reads like keepalive's, and is the transport's. */
static void
test_limit_known_by_its_rule (void)
{
  const char *text = wsc_fault_get_text (WSC_FAULT_PEER_NOT_RESPONDING);
  g_autoptr (GError) transport = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_TIMED_OUT, text);
  g_autoptr (GError) error = NULL;
  g_autoptr (WspSession) session = new_open (WSP_ROLE_SERVER);
  WspSessionAction action;

  g_assert_cmpuint (wsp_session_receive (session, NULL), !=, 0);
  g_assert_true (wsp_session_get_action (session, WSP_ACTION_QUEUE_RECEIVE, &action, NULL));
  wsp_session_fail_action (session, &action, transport);
  g_assert_false (wsp_session_get_action (session, WSP_ACTION_QUEUE_RECEIVE, &action, &error));
  g_assert_cmpstr (error->message, ==, transport->message);
  g_assert_null (wsp_error_name_limit (session->engine.stream.fault));
}

static void
test_no_keepalive (void)
{
  g_autoptr (WspSession) session = new_open (WSP_ROLE_SERVER);
  WspSessionAction action;

  wsp_limits_set_keepalive_interval (wsp_session_get_limits (session), 0);
  g_assert_true (wsp_session_get_action (session, WSP_ACTION_QUEUE_ALL, &action, NULL));
  g_assert_cmpint (wsp_session_get_deadline_us (session), ==, G_MAXINT64);
  wsp_session_set_time_us (session, SECOND);
  g_assert_cmpint (wsp_session_get_deadline_us (session), ==, G_MAXINT64);
}

static const struct
{
  const char *name;
  WspRole     role;
  int         seconds;
} drain_cases[] = {
  { "client-waits-as-for-a-close", WSP_ROLE_CLIENT, 5 },
  { "server-hurries", WSP_ROLE_SERVER, 1 },
};

/* The Close that tells of a fault is given time to leave, and no longer than it takes. */
static void
test_drain_after_fault (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autoptr (WspSession) session = new_open (drain_cases[i].role);
  WspSessionAction action;

  wsp_session_set_time_us (session, SECOND);
  g_assert_false (take (session, "\x83\x00", 2, &action, NULL));
  g_assert_cmpint (wsp_session_get_state (session), ==, WSP_SESSION_STATE_FAILED);
  wsp_session_set_time_us (session, 2 * SECOND);
  g_assert_cmpint (wsp_session_get_deadline_us (session), ==,
                   (2 + drain_cases[i].seconds) * (gint64) SECOND);
  while (wsp_session_get_action (session, WSP_ACTION_QUEUE_SEND, &action, NULL) &&
         wsp_session_action_get_action_type (&action) != WSP_ACTION_TYPE_NONE)
    {
      g_autoptr (GBytes) bytes = wsp_session_action_dup_bytes (&action);

      wsp_session_complete_action (session, &action, bytes != NULL ? g_bytes_get_size (bytes) : 0);
    }
  g_assert_cmpint (wsp_session_get_deadline_us (session), ==, G_MAXINT64);
  wsp_session_set_time_us (session, 9 * (gint64) SECOND);
  g_assert_cmpint (wsp_session_get_state (session), ==, WSP_SESSION_STATE_FAILED);
}

/* Both Closes have passed, and something is still to be done on the side that sends. */
static void
test_drain_after_close (void)
{
  g_autoptr (WspSession) session = new_open (WSP_ROLE_CLIENT);
  WspSessionAction action;

  wsp_session_set_time_us (session, SECOND);
  g_assert_true (take (session, "\x88\x00", 2, &action, NULL));
  wsp_session_complete_action (session, &action, 0);
  g_assert_cmpint (wsp_session_get_state (session), ==, WSP_SESSION_STATE_CLOSED);
  g_assert_true (wsp_session_has_pending (session, WSP_ACTION_QUEUE_SEND));
  wsp_session_set_time_us (session, 2 * SECOND);
  g_assert_cmpint (wsp_session_get_deadline_us (session), ==, 7 * (gint64) SECOND);
}

static void
test_close_times_out (void)
{
  g_autoptr (WspSession) session = new_open (WSP_ROLE_SERVER);
  WspSessionAction action;

  wsp_session_set_time_us (session, SECOND);
  wsp_session_send_close (session, 1000, NULL, NULL);
  while (wsp_session_get_action (session, WSP_ACTION_QUEUE_ALL, &action, NULL) &&
         wsp_session_action_get_action_type (&action) != WSP_ACTION_TYPE_NONE)
    {
      g_autoptr (GBytes) bytes = wsp_session_action_dup_bytes (&action);

      wsp_session_complete_action (session, &action, bytes != NULL ? g_bytes_get_size (bytes) : 0);
    }
  g_assert_cmpint (wsp_session_get_deadline_us (session), <=, SECOND);
  wsp_session_set_time_us (session, 2 * SECOND);
  g_assert_cmpint (wsp_session_get_deadline_us (session), ==, 7 * SECOND);
  wsp_session_set_time_us (session, 7 * SECOND - 1);
  g_assert_cmpint (wsp_session_get_state (session), ==, WSP_SESSION_STATE_CLOSE_SENT);
  wsp_session_set_time_us (session, 7 * SECOND);
  g_assert_cmpint (wsp_session_get_state (session), ==, WSP_SESSION_STATE_ABORTED);
  g_assert_cmpint (wsp_session_get_deadline_us (session), ==, G_MAXINT64);
}

static void
test_close_overtakes_late (void)
{
  g_autoptr (WspSession) session = new_open (WSP_ROLE_SERVER);
  WspSessionAction action;
  guint waiting;

  waiting = wsp_session_send (session, WSP_BUFFER_TYPE_BINARY_MESSAGE, NULL, NULL);
  wsp_session_send_close (session, 1005, NULL, NULL);
  g_assert_cmpuint (wsp_session_get_local_close_code (session), ==, 1005);
  wsp_session_set_time_us (session, SECOND);
  wsp_session_set_time_us (session, 6 * SECOND);
  g_assert_true (wsp_session_get_action (session, WSP_ACTION_QUEUE_SEND, &action, NULL));
  g_assert_cmpint (wsp_session_action_get_action_type (&action), ==,
                   WSP_ACTION_TYPE_INDICATE_SEND_COMPLETE);
  g_assert_cmpuint (wsp_session_action_get_operation (&action), ==, waiting);
  wsp_session_complete_action (session, &action, 0);
  g_assert_true (wsp_session_get_action (session, WSP_ACTION_QUEUE_SEND, &action, NULL));
  g_assert_cmpint (wsp_session_action_get_buffer_type (&action), ==, WSP_BUFFER_TYPE_CLOSE);
  wsp_session_set_time_us (session, 11 * SECOND);
  g_assert_cmpint (wsp_session_get_state (session), ==, WSP_SESSION_STATE_ABORTED);
}

static void
test_windows_is_not_hurried (void)
{
  g_autoptr (WspSession) session = g_object_new (WSP_TYPE_SESSION,
                                                 "mode", WSP_SESSION_MODE_WINDOWS,
                                                 "role", WSP_ROLE_SERVER, NULL);

  wsp_session_set_time_us (session, SECOND);
  g_assert_cmpint (wsp_session_get_deadline_us (session), ==, G_MAXINT64);
}

static void
test_aborted_is_abnormal (void)
{
  g_autoptr (WspSession) session = new_open (WSP_ROLE_CLIENT);

  wsp_session_abort (session);
  g_assert_cmpuint (wsp_session_get_peer_close_code (session), ==, 1006);
}

static void
test_close_codes (void)
{
  g_autoptr (WspSession) session = new_open (WSP_ROLE_CLIENT);
  WspSessionAction action;

  g_assert_cmpuint (wsp_session_get_peer_close_code (session), ==, 0);
  g_assert_cmpuint (wsp_session_get_local_close_code (session), ==, 0);
  g_assert_null (wsp_session_get_peer_close_reason (session));
  g_assert_true (take (session, "\x88\x00", 2, &action, NULL));
  g_assert_cmpuint (wsp_session_action_get_close_code (&action), ==, 1005);
  g_assert_cmpstr (wsp_session_action_get_close_reason (&action), ==, "");
  g_assert_cmpuint (wsp_session_get_peer_close_code (session), ==, 1005);
  g_assert_cmpstr (wsp_session_get_peer_close_reason (session), ==, "");
  g_assert_cmpuint (wsp_session_get_local_close_code (session), ==, 1005);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_log_set_writer_func (keep_log, NULL, NULL);
  g_test_add_func ("/session/session/memory/open-and-idle-within-512-bytes", test_heap);
  g_test_add_func ("/session/session/memory/after-its-handshake-too", test_heap_after_handshake);
  g_test_add_func ("/session/session/settings/are-read-as-they-were-given", test_settings);
  g_test_add_func ("/session/session/limits/breach-reported-and-logged-once",
                   test_limit_reported_and_logged);
  g_test_add_func ("/session/session/limits/no-line-for-a-rule-or-a-connection",
                   test_breach_not_logged);
  g_test_add_func ("/session/session/limits/breach-of-a-handshake-logged",
                   test_breach_of_a_handshake);
  g_test_add_func ("/session/session/limits/hold-to-the-end-of-a-frame",
                   test_limits_within_a_frame);
  g_test_add_func ("/session/session/limits/count-from-the-next-message",
                   test_limits_from_the_next_message);
  g_test_add_func ("/session/session/limits/given-inside-a-message-count-after-it",
                   test_limits_inside_a_message);
  g_test_add_func ("/session/session/limits/shared-where-they-were-given",
                   test_limits_are_shared_where_given);
  g_test_add_func ("/session/session/pending/reported-for-each-side-also-when-idle", test_pending);
  g_test_add_func ("/session/session/time/keepalive", test_keepalive);
  g_test_add_func ("/session/session/limits/known-by-the-rule-and-not-by-text",
                   test_limit_known_by_its_rule);
  g_test_add_func ("/session/session/time/keepalive-switched-off", test_no_keepalive);
  ADD_ROWS_AS ("/session/session/time/after-a-fault-%s", drain_cases, test_drain_after_fault);
  g_test_add_func ("/session/session/time/after-both-closes-too", test_drain_after_close);
  g_test_add_func ("/session/session/time/close-without-answer-aborts", test_close_times_out);
  g_test_add_func ("/session/session/time/close-overtakes-after-its-time",
                   test_close_overtakes_late);
  g_test_add_func ("/session/session/time/windows-mode-has-none", test_windows_is_not_hurried);
  g_test_add_func ("/session/session/close-codes/1005-for-none", test_close_codes);
  g_test_add_func ("/session/session/close-codes/1006-for-an-abort", test_aborted_is_abnormal);
  return g_test_run ();
}
