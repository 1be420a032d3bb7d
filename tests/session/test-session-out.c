/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Actions that are out when their session ends: their memory stays until they are completed.  A
 * program may be writing or reading in another place, such as io_uring or a thread.
 *
 * Each row of actions is combined with each end, and with each way to complete what was withdrawn.
 * Without a sanitizer the points still see memory that was given up too early: the payload counts
 * its release, and the session shows its memory. */

#include <libwsproto/base/wsp-error.h>

#include "session/wsp-session-private.h"

#include <string.h>

#define LENGTH 3000

typedef struct
{
  WspSession *session;
  WspSessionAction actions[2];  /* actions that are out; at least the first one is */
  guint n_actions;
  guint n_freed;                /* number of payloads that were freed */
  guint n_sent;
  guint8 seen[2 * LENGTH];      /* bytes of the actions when they were handed out */
  gsize n_seen;
} Play;

typedef void (*Step) (Play *play);

static void
count (gpointer data)
{
  g_free (((gpointer *) data)[0]);
  ++*((guint **) data)[1];
  g_free (data);
}

static void
send_message (Play *play)
{
  gpointer *data = g_new (gpointer, 2);
  g_autoptr (GBytes) payload = NULL;

  data[0] = g_strnfill (LENGTH, 'x');
  data[1] = &play->n_freed;
  payload = g_bytes_new_with_free_func (data[0], LENGTH, count, data);
  g_assert_cmpuint (wsp_session_send (play->session, WSP_BUFFER_TYPE_BINARY_MESSAGE, payload,
                                      NULL), !=, 0);
  play->n_sent++;
}

static WspActionType
take (Play          *play,
      WspActionQueue queue)
{
  WspSessionAction *action = &play->actions[play->n_actions];

  g_assert_true (wsp_session_get_action (play->session, queue, action, NULL));
  play->n_actions++;
  return wsp_session_action_get_action_type (action);
}

/* Completes a read with these bytes, and takes what follows. */
static void
feed (Play       *play,
      const char *text,
      gsize       length)
{
  g_autoptr (GBytes) bytes = g_bytes_new (text, length);

  wsp_session_receive (play->session, NULL);
  g_assert_cmpint (take (play, WSP_ACTION_QUEUE_RECEIVE), ==, WSP_ACTION_TYPE_RECEIVE_FROM_NETWORK);
  wsp_session_complete_receive (play->session, &play->actions[--play->n_actions], bytes);
  take (play, WSP_ACTION_QUEUE_RECEIVE);
}

static void
hold_read (Play *play)
{
  wsp_session_receive (play->session, NULL);
  take (play, WSP_ACTION_QUEUE_RECEIVE);
}

static void
hold_write (Play *play)
{
  send_message (play);
  send_message (play);
  take (play, WSP_ACTION_QUEUE_SEND);
}

static void
hold_both (Play *play)
{
  hold_read (play);
  hold_write (play);
}

static void
hold_message (Play *play)
{
  feed (play, "\x82\x05Hello", 7);
}

static void
hold_pong (Play *play)
{
  feed (play, "\x89\x05Hello", 7);
}

static void
hold_close (Play *play)
{
  feed (play, "\x88\x05\x03\xe9" "bye", 7);
}

static void
hold_message_and_write (Play *play)
{
  hold_message (play);
  hold_write (play);
}

static void
end_by_abort (Play *play)
{
  wsp_session_abort (play->session);
}

static void
end_by_silence (Play *play)
{
  wsp_session_set_time_us (play->session, G_USEC_PER_SEC);
  wsp_session_set_time_us (play->session, G_GINT64_CONSTANT (3600000000));
  wsp_session_set_time_us (play->session, G_GINT64_CONSTANT (7200000000));
  wsp_session_abort (play->session);
}

/* The transport fails for the last action that is out: it was completed by that. */
static void
end_by_failure (Play *play)
{
  g_autoptr (GError) error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_BROKEN_PIPE, "pipe");

  wsp_session_fail_action (play->session, &play->actions[--play->n_actions], error);
}

static void
end_by_failure_and_abort (Play *play)
{
  end_by_failure (play);
  wsp_session_abort (play->session);
}

static const struct
{
  const char *name;
  Step        take;
} holds[] = {
  { "read", hold_read },
  { "write", hold_write },
  { "read-and-write", hold_both },
  { "message", hold_message },
  { "message-and-write", hold_message_and_write },
  { "pong", hold_pong },
  { "close", hold_close },
};

static const struct
{
  const char *name;
  Step        take;
} ends[] = {
  { "abort", end_by_abort },
  { "silence-and-abort", end_by_silence },
  { "failure", end_by_failure },
  { "failure-and-abort", end_by_failure_and_abort },
};

/* The bytes of what is out: of a read it is room, which is written to. */
static void
look (Play   *play,
      guint8 *seen,
      gsize  *n_seen)
{
  *n_seen = 0;
  for (guint i = 0; i < play->n_actions; i++)
    {
      guint n_vectors;
      const GOutputVector *vectors = wsp_session_action_get_vectors (&play->actions[i], &n_vectors);
      gboolean is_read = wsp_session_action_get_action_type (&play->actions[i]) ==
                         WSP_ACTION_TYPE_RECEIVE_FROM_NETWORK;

      for (guint k = 0; k < n_vectors; k++)
        if (is_read)
          memset ((void *) vectors[k].buffer, 0x55, vectors[k].size);
        else
          {
            g_assert_cmpuint (*n_seen + vectors[k].size, <=, sizeof play->seen);
            if (vectors[k].size > 0)
              memcpy (seen + *n_seen, vectors[k].buffer, vectors[k].size);
            *n_seen += vectors[k].size;
          }
    }
}

/* Each operation is indicated, and the session has nothing to do any more. */
static void
drain (Play *play)
{
  WspSessionAction action = WSP_SESSION_ACTION_INIT;

  for (;;)
    {
      if (!wsp_session_get_action (play->session, WSP_ACTION_QUEUE_ALL, &action, NULL))
        continue;
      if (wsp_session_action_get_action_type (&action) == WSP_ACTION_TYPE_NONE)
        return;
      g_autoptr (GBytes) bytes = wsp_session_action_dup_bytes (&action);

      wsp_session_complete_action (play->session, &action,
                                   bytes != NULL ? g_bytes_get_size (bytes) : 0);
    }
}

static gboolean
has_write_out (Play *play)
{
  for (guint i = 0; i < play->n_actions; i++)
    if (wsp_session_action_get_action_type (&play->actions[i]) == WSP_ACTION_TYPE_SEND_TO_NETWORK &&
        wsp_session_action_get_operation (&play->actions[i]) != 0)
      return TRUE;
  return FALSE;
}

static void
check_memory (Play *play)
{
  guint8 seen[sizeof play->seen];
  gsize n_seen;

  look (play, seen, &n_seen);
  g_assert_cmpmem (seen, n_seen, play->seen, play->n_seen);
  g_assert_cmpint (wsp_session_peek_memory (play->session) != NULL, ==, play->n_actions > 0);
  g_assert_cmpuint (play->n_freed, ==, play->n_sent - has_write_out (play));
}

static void
test_out (WspRole        role,
          WspSessionMode mode,
          Step           hold,
          Step           end)
{
  g_autoptr (WspLimits) limits = wsp_limits_new ();
  Play play = {
    .session = g_object_new (WSP_TYPE_SESSION, "role", role, "mode", mode, "limits", limits,
                             "masking", FALSE, NULL)
  };

  wsp_limits_set_keepalive_interval (limits, 1000);
  wsp_limits_set_keepalive_timeout (limits, 1000);
  g_assert_cmpint (wsc_stream_establish (&play.session->engine.stream, NULL), ==, WSC_FAULT_NONE);
  hold (&play);
  end (&play);
  look (&play, play.seen, &play.n_seen);
  drain (&play);
  while (play.n_actions > 0)
    {
      WspSessionAction *action = &play.actions[play.n_actions - 1];
      WspSessionAction again = *action;
      guint8 seen[sizeof play.seen];

      check_memory (&play);
      play.n_actions--;
      wsp_session_complete_action (play.session, action, 1);
      wsp_session_complete_action (play.session, &again, 1);
      drain (&play);
      look (&play, seen, &play.n_seen);
      memcpy (play.seen, seen, play.n_seen);
    }
  check_memory (&play);
  g_assert_false (wsp_session_has_pending (play.session, WSP_ACTION_QUEUE_ALL));
  g_object_unref (play.session);
  g_assert_cmpuint (play.n_freed, ==, play.n_sent);
}

static void
test_each_role (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  Step hold = holds[i % G_N_ELEMENTS (holds)].take, end = ends[i / G_N_ELEMENTS (holds)].take;

  for (int role = WSP_ROLE_CLIENT; role <= WSP_ROLE_SERVER; role++)
    for (int mode = WSP_SESSION_MODE_AUTOMATIC; mode <= WSP_SESSION_MODE_WINDOWS; mode++)
      test_out ((WspRole) role, (WspSessionMode) mode, hold, end);
}

/* A program that never completes what is out: all of it goes with the session. */
static void
test_never_completed (gconstpointer data)
{
  Play play = { .session = wsp_session_new_established (WSP_ROLE_SERVER, NULL, NULL, NULL) };

  hold_both (&play);
  wsp_session_abort (play.session);
  look (&play, play.seen, &play.n_seen);
  drain (&play);
  check_memory (&play);
  g_object_unref (play.session);
  g_assert_cmpuint (play.n_freed, ==, play.n_sent);
}

/* An action that bindings hold has its bytes as long, and not longer. */
static void
test_held (void)
{
  g_autoptr (WspSession) session = wsp_session_new_established (WSP_ROLE_SERVER, NULL, NULL, NULL);
  g_autoptr (GBytes) payload = g_bytes_new_static ("Hello", 5), bytes = NULL;
  g_autoptr (WspSessionAction) write = NULL, copy = NULL, read = NULL;
  Play play = { .session = session };
  gsize length;

  wsp_session_receive (session, NULL);
  wsp_session_send (session, WSP_BUFFER_TYPE_UTF8_MESSAGE, payload, NULL);
  write = wsp_session_next_action (session, WSP_ACTION_QUEUE_SEND, NULL);
  copy = wsp_session_action_copy (write);
  read = wsp_session_next_action (session, WSP_ACTION_QUEUE_RECEIVE, NULL);
  wsp_session_abort (session);
  drain (&play);
  bytes = wsp_session_action_dup_bytes (write);
  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), "\x81\x05Hello", 7);
  g_assert_nonnull (wsp_session_action_get_buffer (read, &length));
  wsp_session_complete_action (session, write, 7);
  g_assert_cmpint (wsp_session_action_get_action_type (write), ==, WSP_ACTION_TYPE_NONE);
  g_assert_null (wsp_session_action_dup_bytes (write));
  g_assert_null (wsp_session_action_dup_bytes (copy));
  g_assert_nonnull (wsp_session_action_get_buffer (read, &length));
  wsp_session_complete_receive (session, read, payload);
  g_assert_null (wsp_session_action_get_buffer (read, &length));
  g_assert_null (wsp_session_peek_memory (session));
}

/* An action that is completed a second time takes nothing from the next one of its queue. */
static void
test_completed_again (void)
{
  g_autoptr (WspSession) session = wsp_session_new_established (WSP_ROLE_SERVER, NULL, NULL, NULL);
  g_autoptr (GBytes) payload = g_bytes_new_static ("Hello", 5), bytes = NULL;
  g_autoptr (WspSessionAction) first = NULL, again = NULL, second = NULL;

  wsp_session_send (session, WSP_BUFFER_TYPE_UTF8_MESSAGE, payload, NULL);
  wsp_session_send (session, WSP_BUFFER_TYPE_UTF8_MESSAGE, payload, NULL);
  first = wsp_session_next_action (session, WSP_ACTION_QUEUE_SEND, NULL);
  again = wsp_session_action_copy (first);
  wsp_session_complete_action (session, first, 7);
  do
    {
      g_clear_pointer (&second, wsp_session_action_free);
      second = wsp_session_next_action (session, WSP_ACTION_QUEUE_SEND, NULL);
      if (wsp_session_action_get_action_type (second) != WSP_ACTION_TYPE_SEND_TO_NETWORK)
        wsp_session_complete_action (session, second, 0);
    }
  while (wsp_session_action_get_action_type (second) != WSP_ACTION_TYPE_SEND_TO_NETWORK);
  wsp_session_complete_action (session, again, 7);
  wsp_session_abort (session);
  bytes = wsp_session_action_dup_bytes (second);
  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), "\x81\x05Hello", 7);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (holds) * G_N_ELEMENTS (ends); i++)
    {
      g_autofree char *path = g_strdup_printf ("/session/session-out/%s/keeps-its-memory-after-%s",
                                               holds[i % G_N_ELEMENTS (holds)].name,
                                               ends[i / G_N_ELEMENTS (holds)].name);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_each_role);
    }
  g_test_add_data_func ("/session/session-out/never-completed/released-with-the-session", NULL,
                        test_never_completed);
  g_test_add_func ("/session/session-out/completed-again/takes-nothing-from-the-next",
                   test_completed_again);
  g_test_add_func ("/session/session-out/held/has-its-bytes-until-it-is-completed", test_held);
  return g_test_run ();
}
