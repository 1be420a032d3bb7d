/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include <libwsproto/base/wsp-error.h>

#include "session/wsp-session-action-private.h"

static WspSession *
new_server (void)
{
  return wsp_session_new_established (WSP_ROLE_SERVER, NULL, NULL, NULL);
}

static void
test_stack_copy (void)
{
  g_autoptr (WspSession) session = new_server ();
  g_autoptr (GBytes) payload = g_bytes_new_static ("Hello", 5);
  g_autoptr (WspSessionAction) copy = NULL;
  g_autoptr (GBytes) bytes = NULL;
  WspSessionAction action = WSP_SESSION_ACTION_INIT;

  wsp_session_send (session, WSP_BUFFER_TYPE_UTF8_MESSAGE, payload, NULL);
  g_assert_true (wsp_session_get_action (session, WSP_ACTION_QUEUE_ALL, &action, NULL));
  copy = g_boxed_copy (WSP_TYPE_SESSION_ACTION, &action);
  wsp_session_abort (session);
  g_clear_object (&session);
  bytes = wsp_session_action_dup_bytes (copy);
  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), "\x81\x05Hello", 7);
}

static void
test_stack_copy_of_read (void)
{
  g_autoptr (WspSession) session = new_server ();
  g_autoptr (WspSessionAction) copy = NULL;
  WspSessionAction action = WSP_SESSION_ACTION_INIT;
  gsize length = 1;

  wsp_session_receive (session, NULL);
  g_assert_true (wsp_session_get_action (session, WSP_ACTION_QUEUE_ALL, &action, NULL));
  copy = wsp_session_action_copy (&action);
  g_assert_cmpuint (wsp_session_action_get_wanted (copy), ==, 4096);
  g_assert_null (wsp_session_action_get_buffer (copy, &length));
  g_assert_null (wsp_session_action_dup_bytes (copy));
}

static void
test_held_is_shared (void)
{
  g_autoptr (WspSession) session = new_server ();
  g_autoptr (GBytes) payload = g_bytes_new_static ("Hello", 5);
  g_autoptr (WspSessionAction) action = NULL, copy = NULL;
  g_autoptr (GBytes) bytes = NULL;

  wsp_session_send (session, WSP_BUFFER_TYPE_UTF8_MESSAGE, payload, NULL);
  action = wsp_session_next_action (session, WSP_ACTION_QUEUE_ALL, NULL);
  copy = wsp_session_action_copy (action);
  bytes = wsp_session_action_dup_bytes (copy);
  g_assert_cmpuint (g_bytes_get_size (bytes), ==, 7);
  wsp_session_complete_action (session, copy, 7);
  g_assert_cmpint (wsp_session_action_get_action_type (action), ==, WSP_ACTION_TYPE_NONE);
  g_assert_null (wsp_session_action_dup_bytes (action));
}

static void
test_held_keeps_session (void)
{
  WspSession *session = new_server ();
  g_autoptr (WspSessionAction) action = NULL;

  g_object_add_weak_pointer (G_OBJECT (session), (gpointer *) &session);
  wsp_session_receive (session, NULL);
  action = wsp_session_next_action (session, WSP_ACTION_QUEUE_ALL, NULL);
  g_object_unref (session);
  g_assert_nonnull (session);
  g_assert_cmpuint (wsp_session_action_get_wanted (action), ==, 4096);
  g_clear_pointer (&action, wsp_session_action_free);
  g_assert_null (session);
}

static void
test_withdrawn (void)
{
  g_autoptr (WspSession) session = new_server ();
  g_autoptr (GBytes) data = g_bytes_new_static ("xxxx", 4);
  g_autoptr (WspSessionAction) action = NULL;
  gsize length;

  wsp_session_receive (session, NULL);
  action = wsp_session_next_action (session, WSP_ACTION_QUEUE_ALL, NULL);
  g_assert_nonnull (wsp_session_action_get_buffer (action, &length));
  wsp_session_abort (session);
  g_assert_nonnull (wsp_session_action_get_buffer (action, &length));
  wsp_session_complete_receive (session, action, data);
  g_assert_null (wsp_session_action_get_buffer (action, &length));
  g_assert_cmpuint (length, ==, 0);
  g_assert_cmpint (wsp_session_get_state (session), ==, WSP_SESSION_STATE_ABORTED);
}

static void
test_withdrawn_reason (void)
{
  g_autoptr (WspSession) session = new_server ();
  g_autoptr (GBytes) data = g_bytes_new_static ("\x88\x85\0\0\0\0\x03\xe9" "bye", 11);
  g_autoptr (WspSessionAction) action = NULL, close = NULL;

  wsp_session_receive (session, NULL);
  action = wsp_session_next_action (session, WSP_ACTION_QUEUE_RECEIVE, NULL);
  wsp_session_complete_receive (session, action, data);
  close = wsp_session_next_action (session, WSP_ACTION_QUEUE_RECEIVE, NULL);
  g_assert_cmpstr (wsp_session_action_get_close_reason (close), ==, "bye");
  wsp_session_abort (session);
  g_assert_cmpstr (wsp_session_action_get_close_reason (close), ==, "bye");
  g_assert_cmpuint (wsp_session_action_get_close_code (close), ==, 1001);
  wsp_session_complete_action (session, close, 0);
  g_assert_null (wsp_session_action_get_close_reason (close));
  g_assert_cmpuint (wsp_session_action_get_close_code (close), ==, 0);
}

/* A Close that is sent has neither code nor reason: they are the peer's. */
static void
test_close_to_send (void)
{
  g_autoptr (WspSession) session = new_server ();
  WspSessionAction action = WSP_SESSION_ACTION_INIT;
  gsize length = 1;

  wsp_session_send_close (session, 1001, "bye", NULL);
  g_assert_true (wsp_session_get_action (session, WSP_ACTION_QUEUE_SEND, &action, NULL));
  g_assert_cmpint (wsp_session_action_get_buffer_type (&action), ==, WSP_BUFFER_TYPE_CLOSE);
  g_assert_cmpuint (wsp_session_action_get_close_code (&action), ==, 0);
  g_assert_null (wsp_session_action_get_close_reason (&action));
  g_assert_nonnull (wsp_session_action_get_buffer (&action, &length));
  wsp_session_complete_action (session, &action, 7);
  g_assert_null (wsp_session_action_get_buffer (&action, &length));
  g_assert_cmpuint (length, ==, 0);
}

/* Its header is where a Close has its code. */
static void
test_raw_sent (void)
{
  g_autoptr (WspSession) session = new_server ();
  WspSessionAction action = WSP_SESSION_ACTION_INIT;

  g_assert_cmpuint (wsp_session_send_raw (session, 0x82, NULL, NULL), !=, 0);
  g_assert_true (wsp_session_get_action (session, WSP_ACTION_QUEUE_SEND, &action, NULL));
  wsp_session_complete_action (session, &action, 2);
  g_assert_true (wsp_session_get_action (session, WSP_ACTION_QUEUE_SEND, &action, NULL));
  g_assert_cmpint (wsp_session_action_get_action_type (&action), ==,
                   WSP_ACTION_TYPE_INDICATE_SEND_COMPLETE);
  g_assert_cmpuint (wsp_session_action_get_raw_header (&action), ==, 0x82);
  g_assert_cmpuint (wsp_session_action_get_close_code (&action), ==, 0);
  wsp_session_complete_action (session, &action, 0);
}

static void
test_of_another_session (void)
{
  g_autoptr (WspSession) session = new_server ();
  g_autoptr (WspSession) other = new_server ();
  g_autoptr (GBytes) data = g_bytes_new_static ("xxxx", 4);
  g_autoptr (WspSessionAction) action = NULL, copy = NULL;
  WspSessionAction read = WSP_SESSION_ACTION_INIT;

  wsp_session_receive (session, NULL);
  wsp_session_receive (other, NULL);
  action = wsp_session_next_action (session, WSP_ACTION_QUEUE_ALL, NULL);
  g_assert_true (wsp_session_get_action (other, WSP_ACTION_QUEUE_ALL, &read, NULL));
  copy = wsp_session_action_copy (&read);
  wsp_session_complete_receive (other, action, data);
  wsp_session_complete_receive (other, copy, data);
  wsp_session_complete_action (other, copy, 0);
  g_assert_cmpuint (wsp_session_action_get_wanted (action), ==, 4096);
  g_assert_cmpint (wsp_session_get_state (other), ==, WSP_SESSION_STATE_OPEN);
}

/* Both sessions have handed out one action of a Send; the one of the other is no read. */
static void
test_send_of_another_session (void)
{
  g_autoptr (WspSession) session = new_server ();
  g_autoptr (WspSession) other = new_server ();
  g_autoptr (GBytes) data = g_bytes_new_static ("xxxx", 4);
  g_autoptr (WspSessionAction) action = NULL, own = NULL;

  wsp_session_send (session, WSP_BUFFER_TYPE_UTF8_MESSAGE, data, NULL);
  wsp_session_send (other, WSP_BUFFER_TYPE_UTF8_MESSAGE, data, NULL);
  action = wsp_session_next_action (session, WSP_ACTION_QUEUE_SEND, NULL);
  own = wsp_session_next_action (other, WSP_ACTION_QUEUE_SEND, NULL);
  wsp_session_complete_receive (other, action, data);
  g_assert_cmpint (wsp_session_action_get_action_type (action), ==,
                   WSP_ACTION_TYPE_SEND_TO_NETWORK);
  g_assert_cmpint (wsp_session_get_state (other), ==, WSP_SESSION_STATE_OPEN);
}

static void
test_vectors (void)
{
  g_autoptr (WspSession) session = new_server ();
  g_autoptr (GBytes) payload = g_bytes_new_static ("Hello", 5);
  WspSessionAction action = WSP_SESSION_ACTION_INIT;
  const GOutputVector *vectors;
  guint n_vectors;

  wsp_session_send (session, WSP_BUFFER_TYPE_UTF8_MESSAGE, payload, NULL);
  g_assert_true (wsp_session_get_action (session, WSP_ACTION_QUEUE_SEND, &action, NULL));
  vectors = wsp_session_action_get_vectors (&action, &n_vectors);
  g_assert_cmpuint (n_vectors, ==, 2);
  g_assert_cmpmem (vectors[0].buffer, vectors[0].size, "\x81\x05", 2);
  g_assert_true (vectors[1].buffer == g_bytes_get_data (payload, NULL));
  g_assert_cmpuint (wsp_session_action_get_wanted (&action), ==, 0);
  g_assert_cmpuint (wsp_session_action_get_close_code (&action), ==, 0);
  g_assert_null (wsp_session_action_get_close_reason (&action));
  g_assert_cmpuint (wsp_session_action_get_raw_header (&action), ==, 0);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/session/session-action/copy/of-a-stack-has-its-bytes", test_stack_copy);
  g_test_add_func ("/session/session-action/copy/of-a-read-has-no-memory", test_stack_copy_of_read);
  g_test_add_func ("/session/session-action/copy/of-a-held-one-is-the-same", test_held_is_shared);
  g_test_add_func ("/session/session-action/held/keeps-its-session", test_held_keeps_session);
  g_test_add_func ("/session/session-action/held/withdrawn-has-its-memory-until-completed",
                   test_withdrawn);
  g_test_add_func ("/session/session-action/held/withdrawn-has-its-reason-until-completed",
                   test_withdrawn_reason);
  g_test_add_func ("/session/session-action/another-session/its-send-is-no-read",
                   test_send_of_another_session);
  g_test_add_func ("/session/session-action/raw/has-a-header-and-no-close-code", test_raw_sent);
  g_test_add_func ("/session/session-action/close/one-to-send-has-no-code", test_close_to_send);
  g_test_add_func ("/session/session-action/complete/of-another-session-changes-nothing",
                   test_of_another_session);
  g_test_add_func ("/session/session-action/vectors/header-and-the-callers-payload", test_vectors);
  return g_test_run ();
}
