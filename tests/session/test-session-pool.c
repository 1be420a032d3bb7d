/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "handshake/wsp-handshake-private.h"
#include "session/wsp-session-lend-private.h"
#include "session/wsp-session-pool-private.h"

#define N_TOO_MANY 65           /* one more than the pool keeps */

/* A life that leaves something in every place a session has. */
static void
live (WspSession *session)
{
  const WscHeader request[] = {
    { wsc_text ("Host"), wsc_text ("example.org") },
    { wsc_text ("Upgrade"), wsc_text ("websocket") },
    { wsc_text ("Connection"), wsc_text ("Upgrade") },
    { wsc_text ("Sec-WebSocket-Version"), wsc_text ("13") },
    { wsc_text ("Sec-WebSocket-Key"), wsc_text ("dGhlIHNhbXBsZSBub25jZQ==") },
    { wsc_text ("Sec-WebSocket-Protocol"), wsc_text ("chat") },
    { wsc_text ("Sec-WebSocket-Extensions"), wsc_text ("permessage-deflate") },
  };
  g_autoptr (GString) answer = g_string_new (NULL);
  g_autoptr (GBytes) payload = g_bytes_new_static ("bytes", 5);
  g_autoptr (GError) error = NULL;

  g_assert_true (wsp_handshake_open_session (session, "chat", NULL,
                                             (WscFields) { request, G_N_ELEMENTS (request) },
                                             answer, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (wsp_session_get_subprotocol (session), ==, "chat");
  wsp_session_set_time_us (session, G_USEC_PER_SEC);
  g_assert_cmpuint (wsp_session_send (session, WSP_BUFFER_TYPE_BINARY_MESSAGE, payload, NULL),
                    >, 0);
  g_assert_cmpuint (wsp_session_receive (session, NULL), >, 0);
  wsp_session_abort (session);
}

static void
test_is_as_new (void)
{
  g_autoptr (WspLimits) old = wsp_limits_new (), new = wsp_limits_new ();
  g_autoptr (WspDeflateOptions) compression = wsp_deflate_options_new ();
  WspSession *session = wsp_session_pool_acquire (old, compression), *again;

  live (session);
  wsp_session_pool_release (session);
  g_assert_cmpuint (G_OBJECT (old)->ref_count, ==, 1);

  again = wsp_session_pool_acquire (new, NULL);
  g_assert_true (again == session);
  g_assert_cmpint (wsp_session_get_state (again), ==, WSP_SESSION_STATE_CREATED);
  g_assert_cmpint (wsp_session_peek_role (again), ==, WSP_ROLE_SERVER);
  g_assert_true (wsp_session_get_limits (again) == new);
  g_assert_null (wsp_session_get_subprotocol (again));
  g_assert_null (wsp_session_get_extensions (again));
  g_assert_cmpuint (wsp_session_get_peer_close_code (again), ==, 0);
  g_assert_cmpuint (wsp_session_get_local_close_code (again), ==, 0);
  g_assert_cmpint (wsp_session_get_deadline_us (again), ==, G_MAXINT64);
  g_assert_false (wsp_session_has_pending (again, WSP_ACTION_QUEUE_ALL));
  wsp_session_pool_release (again);
}

static void
test_other_is_freed (void)
{
  WspSession *session = wsp_session_new (WSP_ROLE_SERVER);

  g_object_add_weak_pointer (G_OBJECT (session), (gpointer *) &session);
  wsp_session_pool_release (session);
  g_assert_null (session);
}

static void
test_keeps_no_more (void)
{
  g_autoptr (WspLimits) limits = wsp_limits_new ();
  WspSession *sessions[N_TOO_MANY];
  WspSession **last = &sessions[N_TOO_MANY - 1];

  for (guint i = 0; i < N_TOO_MANY; i++)
    sessions[i] = wsp_session_pool_acquire (limits, NULL);
  g_object_add_weak_pointer (G_OBJECT (*last), (gpointer *) last);
  for (guint i = 0; i < N_TOO_MANY; i++)
    wsp_session_pool_release (sessions[i]);
  g_assert_null (*last);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/session/session-pool/taken-again/as-new", test_is_as_new);
  g_test_add_func ("/session/session-pool/given/one-of-no-pool-is-freed", test_other_is_freed);
  g_test_add_func ("/session/session-pool/given/beyond-64-is-freed", test_keeps_no_more);

  return g_test_run ();
}
