/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include <libwsproto/base/wsp-error.h>

#include "lib/heads.h"
#include "lib/rows.h"
#include "session/wsp-session-action-private.h"
#include "session/wsp-session-private.h"
#include "session/wsp-session-random-private.h"

#include <string.h>

static WspSession *
new_open (WspRole role)
{
  return wsp_session_new_established (role, NULL, NULL, NULL);
}

static WspSession *
new_windows (WspRole role)
{
  WspSession *session = g_object_new (WSP_TYPE_SESSION, "role", role,
                                      "mode", WSP_SESSION_MODE_WINDOWS, NULL);

  g_assert_cmpint (wsc_stream_establish (&session->engine.stream, NULL), ==, WSC_FAULT_NONE);
  return session;
}

/* The next action of any queue, on the stack. */
static WspActionType
next (WspSession       *session,
      WspSessionAction *action)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (wsp_session_get_action (session, WSP_ACTION_QUEUE_ALL, action, &error));
  g_assert_no_error (error);
  return wsp_session_action_get_action_type (action);
}

static gsize
sum_of (const WspSessionAction *action)
{
  g_autoptr (GBytes) bytes = wsp_session_action_dup_bytes (action);

  return bytes != NULL ? g_bytes_get_size (bytes) : 0;
}

/* Performs everything that can be done without bytes of the peer. */
static void
drain (WspSession *session)
{
  WspSessionAction action;

  while (next (session, &action) != WSP_ACTION_TYPE_NONE &&
         wsp_session_action_get_action_type (&action) != WSP_ACTION_TYPE_RECEIVE_FROM_NETWORK)
    wsp_session_complete_action (session, &action, sum_of (&action));
}

static void
feed (WspSession *session,
      const void *bytes,
      gsize       length)
{
  g_autoptr (GBytes) data = g_bytes_new (bytes, length);
  WspSessionAction action;

  g_assert_cmpint (next (session, &action), ==, WSP_ACTION_TYPE_RECEIVE_FROM_NETWORK);
  wsp_session_complete_receive (session, &action, data);
}

static void
count (gpointer data)
{
  ++*(guint *) data;
}

static GBytes *
counted (const char *text,
         guint      *n_freed)
{
  return g_bytes_new_with_free_func (text, strlen (text), count, n_freed);
}

/* One Send whose payload is counted; the caller's own reference is gone. */
static guint
send_counted (WspSession   *session,
              WspBufferType type,
              const char   *text,
              guint        *n_freed)
{
  g_autoptr (GBytes) payload = counted (text, n_freed);

  *n_freed = 0;
  return wsp_session_send (session, type, payload, NULL);
}

static void
test_released_when_indicated (void)
{
  g_autoptr (WspSession) session = new_open (WSP_ROLE_CLIENT);
  WspSessionAction action;
  guint n_freed, operation;

  operation = send_counted (session, WSP_BUFFER_TYPE_UTF8_MESSAGE, "Hello", &n_freed);
  g_assert_cmpint (next (session, &action), ==, WSP_ACTION_TYPE_SEND_TO_NETWORK);
  g_assert_cmpuint (wsp_session_action_get_operation (&action), ==, operation);
  wsp_session_complete_action (session, &action, sum_of (&action));
  g_assert_cmpuint (n_freed, ==, 0);
  g_assert_cmpint (next (session, &action), ==, WSP_ACTION_TYPE_INDICATE_SEND_COMPLETE);
  g_assert_cmpuint (n_freed, ==, 1);
  g_assert_cmpuint (wsp_session_action_get_operation (&action), ==, operation);
  wsp_session_complete_action (session, &action, 0);
  g_assert_cmpint (next (session, &action), ==, WSP_ACTION_TYPE_NONE);
  g_assert_cmpuint (n_freed, ==, 1);
}

static void
test_released_when_refused (void)
{
  g_autoptr (WspSession) session = new_open (WSP_ROLE_CLIENT);
  guint n_freed;

  g_assert_cmpuint (send_counted (session, WSP_BUFFER_TYPE_UTF8_MESSAGE, "\xff", &n_freed), ==, 0);
  g_assert_cmpuint (n_freed, ==, 1);
  g_assert_false (wsp_session_has_pending (session, WSP_ACTION_QUEUE_ALL));
}

static void
test_released_with_the_session (void)
{
  WspSessionAction action;
  guint n_freed[3];

  /* Waiting, half way out, indicated and not completed. */
  for (guint n_steps = 0; n_steps < 3; n_steps++)
    {
      WspSession *session = new_open (WSP_ROLE_SERVER);

      for (guint i = 0; i < 3; i++)
        send_counted (session, WSP_BUFFER_TYPE_BINARY_MESSAGE, "Hello", &n_freed[i]);
      for (guint i = 0; i < n_steps; i++)
        {
          next (session, &action);
          if (i == 0 && n_steps == 2)
            wsp_session_complete_action (session, &action, sum_of (&action));
        }
      g_object_unref (session);
      for (guint i = 0; i < 3; i++)
        g_assert_cmpuint (n_freed[i], ==, 1);
    }
}

static void
test_released_by_abort (void)
{
  g_autoptr (WspSession) session = new_open (WSP_ROLE_SERVER);
  WspSessionAction action;
  guint n_freed[3], n_indicated = 0;

  for (guint i = 0; i < 3; i++)
    send_counted (session, WSP_BUFFER_TYPE_BINARY_MESSAGE, "Hello", &n_freed[i]);
  next (session, &action);
  wsp_session_abort (session);
  wsp_session_complete_action (session, &action, 7);
  while (next (session, &action) != WSP_ACTION_TYPE_NONE)
    {
      n_indicated++;
      wsp_session_complete_action (session, &action, 0);
    }
  g_assert_cmpuint (n_indicated, ==, 3);
  for (guint i = 0; i < 3; i++)
    g_assert_cmpuint (n_freed[i], ==, 1);
  g_assert_null (wsp_session_peek_memory (session));
}

static void
test_abort_with_indication_out (void)
{
  WspSession *session = new_open (WSP_ROLE_SERVER);
  WspSessionAction action;
  guint n_freed[2];

  send_counted (session, WSP_BUFFER_TYPE_BINARY_MESSAGE, "Hello", &n_freed[0]);
  send_counted (session, WSP_BUFFER_TYPE_BINARY_MESSAGE, "Hello", &n_freed[1]);
  next (session, &action);
  wsp_session_complete_action (session, &action, sum_of (&action));
  g_assert_cmpint (next (session, &action), ==, WSP_ACTION_TYPE_INDICATE_SEND_COMPLETE);
  wsp_session_abort (session);
  g_assert_cmpint (next (session, &action), ==, WSP_ACTION_TYPE_INDICATE_SEND_COMPLETE);
  g_object_unref (session);
  g_assert_cmpuint (n_freed[0], ==, 1);
  g_assert_cmpuint (n_freed[1], ==, 1);
}

static void
test_completed_twice (void)
{
  g_autoptr (WspSession) session = new_open (WSP_ROLE_SERVER);
  WspSessionAction action, again;
  guint n_freed;

  send_counted (session, WSP_BUFFER_TYPE_BINARY_MESSAGE, "Hello", &n_freed);
  next (session, &action);
  again = action;
  wsp_session_complete_action (session, &action, 7);
  wsp_session_complete_action (session, &action, 7);
  wsp_session_complete_action (session, &again, 0);
  g_assert_cmpint (next (session, &action), ==, WSP_ACTION_TYPE_INDICATE_SEND_COMPLETE);
  g_assert_cmpint (wsp_session_action_as_given (&action).fault, ==, WSC_FAULT_NONE);
  g_assert_cmpint (wsp_session_get_state (session), ==, WSP_SESSION_STATE_OPEN);
}

/* A read that was completed: its copy may not end the stream, whether or not another is out. */
static void
test_stale_read (void)
{
  g_autoptr (WspSession) session = new_open (WSP_ROLE_CLIENT);
  g_autoptr (GBytes) bytes = g_bytes_new_static ("\x82\x05H", 3);
  WspSessionAction action, stale, another;

  wsp_session_receive (session, NULL);
  next (session, &action);
  stale = another = action;
  wsp_session_complete_receive (session, &action, bytes);
  wsp_session_complete_action (session, &another, 0);
  g_assert_cmpint (wsp_session_get_state (session), ==, WSP_SESSION_STATE_OPEN);

  next (session, &action);
  if (wsp_session_action_get_action_type (&action) != WSP_ACTION_TYPE_RECEIVE_FROM_NETWORK)
    {
      wsp_session_complete_action (session, &action, 0);
      wsp_session_receive (session, NULL);
      next (session, &action);
    }
  g_assert_cmpint (wsp_session_action_get_action_type (&action), ==,
                   WSP_ACTION_TYPE_RECEIVE_FROM_NETWORK);
  wsp_session_complete_action (session, &stale, 0);
  g_assert_cmpint (wsp_session_get_state (session), ==, WSP_SESSION_STATE_OPEN);
}

/* Serials begin again some day; what was completed has none. */
static void
test_serial_of_none (void)
{
  g_autoptr (WspSession) session = new_open (WSP_ROLE_CLIENT);
  g_autoptr (GBytes) bytes = g_bytes_new_static ("\x82\x01H", 3);
  WspSessionAction action, none = WSP_SESSION_ACTION_INIT;

  wsp_session_receive (session, NULL);
  session->engine.receive_slot.serial = 0xffffff;
  next (session, &action);
  g_assert_cmpuint (session->engine.receive_slot.serial, ==, 0);
  wsp_session_complete_receive (session, &none, bytes);
  wsp_session_complete_receive (session, &action, bytes);
  g_assert_cmpint (next (session, &action), ==, WSP_ACTION_TYPE_INDICATE_RECEIVE_COMPLETE);
}

/* More than was wanted is kept for the reads to come, and for them alone. */
static void
test_kept_for_reads (void)
{
  g_autoptr (WspSession) session = new_open (WSP_ROLE_CLIENT);
  g_autoptr (GByteArray) taken = g_byte_array_new ();
  guint8 bytes[9004] = { 0x82, 0x7e, 9000 >> 8, 9000 & 0xff };
  WspSessionAction action;

  for (gsize i = 4; i < sizeof bytes; i++)
    bytes[i] = (guint8) (i % 251);
  wsp_session_receive (session, NULL);
  feed (session, bytes, sizeof bytes);
  while (taken->len < 9000)
    {
      g_autoptr (GBytes) piece = NULL;

      g_assert_cmpint (next (session, &action), ==, WSP_ACTION_TYPE_INDICATE_RECEIVE_COMPLETE);
      piece = wsp_session_action_dup_bytes (&action);
      g_byte_array_append (taken, g_bytes_get_data (piece, NULL), g_bytes_get_size (piece));
      wsp_session_complete_action (session, &action, 0);
      wsp_session_receive (session, NULL);
    }
  g_assert_cmpmem (taken->data, taken->len, bytes + 4, 9000);
}

static void
test_payload_unchanged (void)
{
  g_autoptr (WspSession) session = new_open (WSP_ROLE_CLIENT);
  char text[] = "Do not touch";
  g_autoptr (GBytes) payload = g_bytes_new_static (text, strlen (text));

  wsp_session_send (session, WSP_BUFFER_TYPE_UTF8_MESSAGE, payload, NULL);
  drain (session);
  g_assert_cmpstr (text, ==, "Do not touch");
}

static void
fill_counted (void    *data,
              uint8_t *to,
              size_t   n)
{
  memset (to, 0x11, n);
  ++*(guint *) data;
}

static void
test_mask_chosen_late (void)
{
  guint n_drawn = 0;
  const WscHost host = { fill_counted, &n_drawn };
  g_autoptr (WspSession) session = new_open (WSP_ROLE_CLIENT);
  g_autoptr (GBytes) bytes = NULL;
  WspSessionAction action;
  guint n_freed;

  wsp_session_fix_random (session, &host);
  send_counted (session, WSP_BUFFER_TYPE_UTF8_MESSAGE, "AAAA", &n_freed);
  g_assert_cmpuint (n_drawn, ==, 0);
  next (session, &action);
  g_assert_cmpuint (n_drawn, ==, 1);
  bytes = wsp_session_action_dup_bytes (&action);
  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes),
                   "\x81\x84\x11\x11\x11\x11PPPP", 10);
}

static void
test_refused_sends (void)
{
  g_autoptr (WspSession) created = wsp_session_new (WSP_ROLE_CLIENT);
  g_autoptr (WspSession) session = new_open (WSP_ROLE_CLIENT);
  g_autofree char *long_reason = g_strnfill (124, 'x');
  g_autoptr (GError) early = NULL, text = NULL, utf8 = NULL, length = NULL, late = NULL;

  g_assert_cmpuint (wsp_session_send (created, WSP_BUFFER_TYPE_UTF8_MESSAGE, NULL, &early), ==, 0);
  g_assert_error (early, WSP_ERROR, WSP_ERROR_INVALID_OPERATION);
  g_assert_cmpuint (wsp_session_send_close (session, 1000, "\xff", &utf8), ==, 0);
  g_assert_error (utf8, WSP_ERROR, WSP_ERROR_INVALID_ARGUMENT);
  g_assert_cmpuint (wsp_session_send_close (session, 1000, long_reason, &length), ==, 0);
  g_assert_error (length, WSP_ERROR, WSP_ERROR_INVALID_ARGUMENT);
  g_assert_false (wsp_session_has_pending (session, WSP_ACTION_QUEUE_ALL));
  g_assert_cmpuint (wsp_session_send_close (session, 1000, "bye", NULL), !=, 0);
  g_assert_cmpuint (wsp_session_send (session, WSP_BUFFER_TYPE_UTF8_MESSAGE, NULL, &late), ==, 0);
  g_assert_error (late, WSP_ERROR, WSP_ERROR_CLOSED);
}

static void
test_end_of_stream (void)
{
  g_autoptr (WspSession) session = new_open (WSP_ROLE_SERVER);
  g_autoptr (GError) error = NULL, again = NULL;
  WspSessionAction action;

  wsp_session_receive (session, NULL);
  next (session, &action);
  wsp_session_complete_action (session, &action, 0);
  g_assert_false (wsp_session_get_action (session, WSP_ACTION_QUEUE_ALL, &action, &error));
  g_assert_error (error, WSP_ERROR, WSP_ERROR_ABNORMAL_CLOSURE);
  g_assert_cmpint (wsp_session_get_state (session), ==, WSP_SESSION_STATE_FAILED);
  g_assert_cmpuint (wsp_session_get_peer_close_code (session), ==, 1006);
  g_assert_cmpuint (wsp_session_get_local_close_code (session), ==, 1006);
  g_assert_cmpuint (wsp_session_send (session, WSP_BUFFER_TYPE_BINARY_MESSAGE, NULL, &again), ==,
                    0);
  g_assert_error (again, WSP_ERROR, WSP_ERROR_ABNORMAL_CLOSURE);
  g_assert_cmpint (next (session, &action), ==, WSP_ACTION_TYPE_INDICATE_RECEIVE_COMPLETE);
  g_assert_cmpint (wsp_session_action_get_buffer_type (&action), ==, WSP_BUFFER_TYPE_NONE);
}

static const struct
{
  const char *name;
  WspRole     role;
  gboolean    is_empty;
} end_cases[] = {
  { "NULL", WSP_ROLE_SERVER, FALSE },
  { "no-bytes", WSP_ROLE_SERVER, TRUE },
  { "no-bytes-for-a-client", WSP_ROLE_CLIENT, TRUE },
};

static void
test_end_by_bytes (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autoptr (WspSession) session = new_windows (end_cases[i].role);
  g_autoptr (GBytes) bytes = end_cases[i].is_empty ? g_bytes_new (NULL, 0) : NULL;
  g_autoptr (GError) error = NULL;
  WspSessionAction action;

  wsp_session_receive (session, NULL);
  next (session, &action);
  wsp_session_complete_receive (session, &action, bytes);
  g_assert_false (wsp_session_get_action (session, WSP_ACTION_QUEUE_ALL, &action, &error));
  g_assert_error (error, WSP_ERROR, WSP_ERROR_ABNORMAL_CLOSURE);
}

/* A Receive waits and needed no memory yet: the end of the stream is reported first. */
static void
test_end_before_memory (void)
{
  g_autoptr (WspSession) session = new_open (WSP_ROLE_SERVER);
  g_autoptr (GError) error = NULL;
  WspSessionAction action;

  wsp_session_receive (session, NULL);
  wsc_engine_end_input (&session->engine);
  g_assert_false (wsp_session_get_action (session, WSP_ACTION_QUEUE_ALL, &action, &error));
  g_assert_error (error, WSP_ERROR, WSP_ERROR_ABNORMAL_CLOSURE);
  g_assert_cmpint (next (session, &action), ==, WSP_ACTION_TYPE_INDICATE_RECEIVE_COMPLETE);
}

static void
test_windows_cancels_read (void)
{
  g_autoptr (WspSession) session = new_windows (WSP_ROLE_SERVER);
  g_autoptr (GError) error = NULL;
  WspSessionAction action;

  wsp_session_receive (session, NULL);
  next (session, &action);
  wsp_session_complete_action (session, &action, 0);
  g_assert_cmpint (next (session, &action), ==, WSP_ACTION_TYPE_INDICATE_RECEIVE_COMPLETE);
  g_assert_cmpint (wsp_session_action_as_given (&action).fault, ==, WSC_FAULT_CANCELLED);
  wsp_session_complete_action (session, &action, 0);
  g_assert_cmpint (wsp_session_get_state (session), ==, WSP_SESSION_STATE_OPEN);

  wsp_session_receive (session, NULL);
  next (session, &action);
  wsp_session_complete_receive (session, &action, NULL);
  g_assert_false (wsp_session_get_action (session, WSP_ACTION_QUEUE_ALL, &action, &error));
  g_assert_error (error, WSP_ERROR, WSP_ERROR_ABNORMAL_CLOSURE);
}

static void
test_fail_read (void)
{
  g_autoptr (WspSession) session = new_open (WSP_ROLE_SERVER);
  g_autoptr (GError) transport = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED,
                                                      "reset");
  g_autoptr (GError) error = NULL, again = NULL;
  WspSessionAction action;

  wsp_session_receive (session, NULL);
  next (session, &action);
  wsp_session_fail_action (session, &action, transport);
  g_assert_false (wsp_session_get_action (session, WSP_ACTION_QUEUE_ALL, &action, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED);
  g_assert_cmpstr (error->message, ==, "reset");
  g_assert_cmpuint (wsp_session_receive (session, &again), ==, 0);
  g_assert_error (again, G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED);
}

static void
test_fail_write (void)
{
  g_autoptr (WspSession) session = new_open (WSP_ROLE_CLIENT);
  g_autoptr (GError) transport = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_BROKEN_PIPE, "pipe");
  g_autoptr (WspHeaders) headers = wsp_headers_new ();
  g_autoptr (GError) error = NULL, role = NULL;
  WspSessionAction action;
  guint n_freed[2];

  send_counted (session, WSP_BUFFER_TYPE_UTF8_MESSAGE, "one", &n_freed[0]);
  send_counted (session, WSP_BUFFER_TYPE_UTF8_MESSAGE, "two", &n_freed[1]);
  next (session, &action);
  wsp_session_fail_action (session, &action, transport);
  g_assert_false (wsp_session_get_action (session, WSP_ACTION_QUEUE_ALL, &action, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_BROKEN_PIPE);
  for (guint i = 0; i < 2; i++)
    {
      g_assert_cmpint (next (session, &action), ==, WSP_ACTION_TYPE_INDICATE_SEND_COMPLETE);
      g_assert_cmpint (wsp_session_action_as_given (&action).fault, !=, WSC_FAULT_NONE);
      wsp_session_complete_action (session, &action, 0);
      g_assert_cmpuint (n_freed[i], ==, 1);
    }
  g_assert_cmpint (next (session, &action), ==, WSP_ACTION_TYPE_NONE);

  /* The error of the transport is not returned for an error of the caller. */
  g_assert_null (wsp_session_begin_server_handshake (session, NULL, NULL, headers, &role));
  g_assert_error (role, WSP_ERROR, WSP_ERROR_INVALID_OPERATION);
}

static void
test_receive_into (void)
{
  g_autoptr (WspSession) session = new_open (WSP_ROLE_CLIENT);
  WspSessionAction action;
  guint8 own[8] = "";
  gsize length;

  wsp_session_receive_into (session, own, sizeof own, NULL);
  feed (session, "\x82\x05Hello", 7);
  g_assert_cmpint (next (session, &action), ==, WSP_ACTION_TYPE_INDICATE_RECEIVE_COMPLETE);
  g_assert_true (wsp_session_action_get_buffer (&action, &length) == own);
  g_assert_cmpmem (own, length, "Hello", 5);
}

static void
test_raw (void)
{
  g_autoptr (WspSession) session =
    wsp_session_new_established (WSP_ROLE_CLIENT, NULL, EXTENSIONS ("x-raw"), NULL);
  WspSessionAction action;

  wsp_session_receive (session, NULL);
  feed (session, "\xa3\x01x", 3);
  g_assert_cmpint (next (session, &action), ==, WSP_ACTION_TYPE_INDICATE_RECEIVE_COMPLETE);
  g_assert_cmpint (wsp_session_action_get_buffer_type (&action), ==, WSP_BUFFER_TYPE_RAW);
  g_assert_cmphex (wsp_session_action_get_raw_header (&action), ==, 0xa3 << 1);
  g_assert_cmpuint (wsp_session_action_get_close_code (&action), ==, 0);
  g_assert_cmpuint (wsp_session_send_raw (session, 0xa3 << 1, NULL, NULL), !=, 0);
  g_assert_cmpuint (wsp_session_send_raw (session, 0xa3 << 1 | 1, NULL, NULL), ==, 0);
}

static void
test_close_shown (void)
{
  g_autoptr (WspSession) session = new_open (WSP_ROLE_CLIENT);
  WspSessionAction action;

  wsp_session_receive (session, NULL);
  feed (session, "\x88\x05\x03\xe9" "bye", 7);
  g_assert_cmpint (next (session, &action), ==, WSP_ACTION_TYPE_INDICATE_RECEIVE_COMPLETE);
  g_assert_cmpuint (wsp_session_action_get_close_code (&action), ==, 1001);
  g_assert_cmpstr (wsp_session_action_get_close_reason (&action), ==, "bye");
  wsp_session_complete_action (session, &action, 0);
  drain (session);
  g_assert_cmpint (wsp_session_get_state (session), ==, WSP_SESSION_STATE_CLOSED);
  g_assert_cmpuint (wsp_session_get_peer_close_code (session), ==, 1001);
  g_assert_cmpuint (wsp_session_get_local_close_code (session), ==, 1001);
  g_assert_cmpstr (wsp_session_get_peer_close_reason (session), ==, "bye");
  g_assert_null (wsp_session_peek_memory (session));
}

static void
test_idle_without_memory (void)
{
  g_autoptr (WspSession) session = new_open (WSP_ROLE_CLIENT);
  WspSessionAction action;
  guint n_freed;

  g_assert_cmpint (next (session, &action), ==, WSP_ACTION_TYPE_NONE);
  g_assert_null (session->details);
  send_counted (session, WSP_BUFFER_TYPE_UTF8_MESSAGE, "Hello", &n_freed);
  wsp_session_receive (session, NULL);
  feed (session, "\x81\x02Hi\x81\x02ya\x81", 9);
  g_assert_nonnull (wsp_session_peek_memory (session));
  drain (session);
  g_assert_null (wsp_session_peek_memory (session));
  g_assert_null (session->engine.stream.workspace);

  /* Bytes that were read too early are kept, exactly these, and used before another read. */
  wsp_session_receive (session, NULL);
  g_assert_cmpint (next (session, &action), ==, WSP_ACTION_TYPE_INDICATE_RECEIVE_COMPLETE);
  g_assert_cmpuint (sum_of (&action), ==, 2);
  wsp_session_complete_action (session, &action, 0);
  wsp_session_receive (session, NULL);
  feed (session, "\x01!", 2);
  g_assert_cmpint (next (session, &action), ==, WSP_ACTION_TYPE_INDICATE_RECEIVE_COMPLETE);
}

static const struct
{
  const char *name;
  gboolean    is_compressed;
  guint       set, longest;     /* the size that is set, and the longest step */
} step_lengths[] = {
  { "WIN-S-15-no-step-beyond-the-send-buffer", FALSE, 300, 300 },
  { "WIN-S-15-no-step-beyond-the-least-send-buffer", FALSE, 16, 16 },
  { "no-compressed-step-beyond-the-send-buffer", TRUE, 300, 300 },
  { "compressed-in-the-least-send-buffer", TRUE, 16, 30 },
  { "compressed-in-a-byte-less-than-it-needs", TRUE, 29, 30 },
  { "compressed-in-what-it-needs", TRUE, 30, 30 },
};

/* Compressed frames are cut as well, and random bytes do not become shorter. */
static void
test_step_length (gconstpointer data)
{
  gsize row = GPOINTER_TO_SIZE (data);
  static const WscDeflateOptions options = { 6, 8, 15, 15, 1, 1, 0 };
  static const WscDeflateParameters agreed = { 15, 15, 1, 1 };
  g_autoptr (WspSession) session = g_object_new (WSP_TYPE_SESSION, "send-buffer-size",
                                                 step_lengths[row].set, NULL);
  guint8 bytes[5000];
  g_autoptr (GBytes) payload = NULL;
  WspSessionAction action;
  WspActionType type;
  guint n_steps = 0;

  for (gsize i = 0; i < sizeof bytes; i++)
    bytes[i] = (guint8) g_test_rand_int ();
  payload = g_bytes_new (bytes, sizeof bytes);
  if (step_lengths[row].is_compressed)
    g_assert_cmpint (wsc_stream_use_deflate (&session->engine.stream, &options, &agreed), ==,
                     WSC_FAULT_NONE);
  g_assert_cmpint (wsc_stream_establish (&session->engine.stream, NULL), ==, WSC_FAULT_NONE);
  wsp_session_send (session, WSP_BUFFER_TYPE_BINARY_MESSAGE, payload, NULL);
  while ((type = next (session, &action)) == WSP_ACTION_TYPE_SEND_TO_NETWORK)
    {
      g_assert_cmpuint (sum_of (&action), <=, step_lengths[row].longest);
      wsp_session_complete_action (session, &action, sum_of (&action));
      n_steps++;
    }
  g_assert_cmpint (type, ==, WSP_ACTION_TYPE_INDICATE_SEND_COMPLETE);
  g_assert_cmpuint (n_steps, >=, 5000 / step_lengths[row].longest);
}

/* Whatever the clock says, in the keepalive of an open session and while it closes. */
static void
test_any_time (void)
{
  static const gint64 times[] = { 0, G_MININT64, -1, 1, G_MAXINT64, G_MAXINT64, 5, G_MININT64 };
  g_autoptr (WspSession) session = new_open (WSP_ROLE_SERVER);

  for (gsize i = 0; i < G_N_ELEMENTS (times); i++)
    wsp_session_set_time_us (session, times[i]);
  g_assert_cmpint (wsp_session_get_deadline_us (session), >, 0);
  wsp_session_send_close (session, 1000, NULL, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (times); i++)
    wsp_session_set_time_us (session, times[i]);
  g_assert_cmpint (wsp_session_get_deadline_us (session), >, 0);
}

static const struct
{
  const char *name;
  WspRole     role;
  guint       set, written;     /* size that is set; number of first bytes written of a frame of
                                 * 9000 bytes */
} send_buffers[] = {
  { "client-usual", WSP_ROLE_CLIENT, 0, 4096 },
  { "client-least", WSP_ROLE_CLIENT, 1, 16 },
  { "client-below-the-least", WSP_ROLE_CLIENT, 15, 16 },
  { "client-above-the-least", WSP_ROLE_CLIENT, 17, 17 },
  { "client-its-own", WSP_ROLE_CLIENT, 300, 300 },
  { "server-copies-nothing", WSP_ROLE_SERVER, 0, 4 + 9000 },
  { "server-least", WSP_ROLE_SERVER, 1, 4 + 9000 },
};

static void
test_send_buffer (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  g_autoptr (GBytes) payload = g_bytes_new_take (g_malloc0 (9000), 9000);
  g_autoptr (WspSession) session = g_object_new (WSP_TYPE_SESSION, "role", send_buffers[i].role,
                                                 "send-buffer-size", send_buffers[i].set, NULL);
  WspSessionAction action;

  g_assert_cmpint (wsc_stream_establish (&session->engine.stream, NULL), ==, WSC_FAULT_NONE);
  g_assert_cmpuint (wsp_session_send (session, WSP_BUFFER_TYPE_BINARY_MESSAGE, payload, NULL),
                    !=, 0);
  g_assert_cmpint (next (session, &action), ==, WSP_ACTION_TYPE_SEND_TO_NETWORK);
  g_assert_cmpuint (sum_of (&action), ==, send_buffers[i].written);
  wsp_session_complete_action (session, &action, sum_of (&action));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/session/session-work/payload/released-when-indicated",
                   test_released_when_indicated);
  g_test_add_func ("/session/session-work/payload/released-when-refused",
                   test_released_when_refused);
  g_test_add_func ("/session/session-work/payload/released-with-the-session",
                   test_released_with_the_session);
  g_test_add_func ("/session/session-work/payload/released-by-abort", test_released_by_abort);
  g_test_add_func ("/session/session-work/payload/abort-with-indication-out",
                   test_abort_with_indication_out);
  g_test_add_func ("/session/session-work/payload/WS-117-unchanged", test_payload_unchanged);
  g_test_add_func ("/session/session-work/send/WS-118-mask-chosen-after-payload",
                   test_mask_chosen_late);
  g_test_add_func ("/session/session-work/send/WS-192-WS-196-SEC-78-refused-before-queued",
                   test_refused_sends);
  g_test_add_func ("/session/session-work/complete/twice-changes-nothing", test_completed_twice);
  g_test_add_func ("/session/session-work/complete/copy-of-an-earlier-read-changes-nothing",
                   test_stale_read);
  g_test_add_func ("/session/session-work/complete/none-has-no-serial", test_serial_of_none);
  g_test_add_func ("/session/session-work/receive/bytes-beyond-what-was-wanted",
                   test_kept_for_reads);
  ADD_ROWS_AS ("/session/session-work/complete/%s-is-the-end", end_cases, test_end_by_bytes);
  g_test_add_func ("/session/session-work/complete/end-before-memory-was-needed",
                   test_end_before_memory);
  g_test_add_func ("/session/session-work/complete/0-is-the-end-of-the-stream", test_end_of_stream);
  g_test_add_func ("/session/session-work/complete/0-cancels-in-windows-mode",
                   test_windows_cancels_read);
  g_test_add_func ("/session/session-work/fail/read-gives-the-transports-error", test_fail_read);
  g_test_add_func ("/session/session-work/fail/write-cancels-what-waits", test_fail_write);
  g_test_add_func ("/session/session-work/receive/into-memory-of-the-caller", test_receive_into);
  g_test_add_func ("/session/session-work/receive/frames-of-extensions-are-raw", test_raw);
  g_test_add_func ("/session/session-work/receive/close-code-and-reason", test_close_shown);
  ADD_ROWS ("/session/session-work/memory", step_lengths, test_step_length);
  g_test_add_func ("/session/session-work/time/any-number-is-accepted", test_any_time);
  g_test_add_func ("/session/session-work/memory/none-while-idle", test_idle_without_memory);
  ADD_ROWS ("/session/session-work/send-buffer", send_buffers, test_send_buffer);
  return g_test_run ();
}
