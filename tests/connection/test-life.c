/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The life of a connection: a state is entered once, and no earlier state after it.  The rows of
 * two states that follow each other must not contradict each other. */
#include "connection/link/wsp-life-private.h"
#include "connection/wire.h"

#include <libwsproto/wsproto.h>

#include <unistd.h>

G_STATIC_ASSERT ((int) WSP_LIFE_SHOWS_OPEN == WSP_CONNECTION_STATE_OPEN);
G_STATIC_ASSERT ((int) WSP_LIFE_SHOWS_CLOSING == WSP_CONNECTION_STATE_CLOSING);
G_STATIC_ASSERT ((int) WSP_LIFE_SHOWS_CLOSED == WSP_CONNECTION_STATE_CLOSED);

static const char *const names[WSP_N_LIFE_STATES] = {
  "unstarted", "open", "closing", "input-only", "draining", "lost", "ended", "closed",
};

typedef struct
{
  WspLifeState from, to;
} Step;

static void
enter (gconstpointer data)
{
  const Step *step = data;
  WspLife life = { 0 };

  (void) wsp_life_enter (&life, step->from);
  g_assert_cmpint (wsp_life_get_state (&life), ==, step->from);
  g_assert_cmpint (wsp_life_enter (&life, step->to), ==, step->to > step->from);
  g_assert_cmpint (wsp_life_get_state (&life), ==, MAX (step->from, step->to));
}

/* From OPEN on the program is shown later states only, and what has ended does not begin again. */
static void
follow (gconstpointer data)
{
  const Step *step = data;
  const WspLifeRow *row = &wsp_life_rows[step->from];
  const WspLifeRow *next = &wsp_life_rows[step->to];

  g_assert_true (next->shown >= row->shown);
  g_assert_true (next->sends <= row->sends);
  g_assert_true (next->receives <= row->receives);
  g_assert_true (next->has_transport <= row->has_transport);
  g_assert_true (next->has_ended >= row->has_ended);
}

/* A state that sends receives, too, and has a transport; one that has ended has none. */
static void
agree (gconstpointer data)
{
  const WspLifeRow *row = &wsp_life_rows[((const Step *) data)->from];

  g_assert_true (row->receives || !row->sends);
  g_assert_true (row->has_transport || !row->receives);
  g_assert_true (!row->has_ended || !row->has_transport);
  g_assert_true (row->has_ended || row->shown != WSP_LIFE_SHOWS_CLOSED);
}

/* The getter shows that the transport is lost before the program is notified. */
static void
test_lost (void)
{
  g_autoptr (Raw) raw = raw_new (WSP_ROLE_SERVER);
  guint n = 0;

  g_signal_connect_swapped (raw->connection, "notify::state", G_CALLBACK (g_atomic_int_inc), &n);
  wsp_connection_abort (raw->connection);
  g_assert_cmpint (wsp_connection_get_state (raw->connection), ==, WSP_CONNECTION_STATE_CLOSING);
  g_assert_null (wsp_connection_get_close_info (raw->connection));
  g_assert_false (wsp_connection_queue_text (raw->connection, "x", NULL));
  g_assert_cmpuint (n, ==, 0);
  run_until_closed (raw->watched);
  g_assert_cmpint (wsp_connection_get_state (raw->connection), ==, WSP_CONNECTION_STATE_CLOSED);
  g_assert_cmpuint (n, ==, 1);
}

static void
abort_and_send (WspConnection *connection,
                WspMessage    *message,
                gpointer       user_data)
{
  guint *n = user_data;
  g_autoptr (GError) error = NULL;

  wsp_connection_abort (connection);
  g_assert_false (wsp_connection_queue_message (connection, message, WSP_SEND_FLAGS_DEFAULT,
                                                &error));
  g_assert_error (error, WSP_ERROR, WSP_ERROR_CLOSED);
  (*n)++;
}

/* Also in the turn that received a message, where an answer is written at once.  A pong that was
 * read after the message is not looked at. */
static void
test_lost_in_a_turn (void)
{
  g_autoptr (Raw) raw = raw_new (WSP_ROLE_SERVER);
  guint n = 0, n_pongs = 0;

  watched_leave_messages (raw->watched);
  wsp_connection_set_message_func (raw->connection, abort_and_send, &n, NULL);
  g_signal_connect_swapped (raw->connection, "pong", G_CALLBACK (g_atomic_int_inc), &n_pongs);
  wsp_connection_start_receiving (raw->connection);
  wire_write (raw->fd, "81 81 00 00 00 00 78 8a 80 00 00 00 00");
  run_until_closed (raw->watched);
  g_assert_cmpuint (n, ==, 1);
  g_assert_cmpuint (n_pongs, ==, 0);
}

static void
add (const char   *claim,
     Step          step,
     GTestDataFunc run)
{
  g_autofree char *path = g_strdup_printf ("/connection/life/%s/%s-%s", claim, names[step.from],
                                           names[step.to]);

  g_test_add_data_func_full (path, g_memdup2 (&step, sizeof step), run, g_free);
}

/* Calls that wait when a connection is disposed by force. */

static void
wait_for_message (WspConnection *connection,
                  GAsyncResult **place)
{
  wsp_connection_receive_async (connection, NULL, keep_result, place);
}

static void
wait_for_stream (WspConnection *connection,
                 GAsyncResult **place)
{
  wsp_connection_receive_stream_async (connection, NULL, keep_result, place);
}

static void
wait_for_pong (WspConnection *connection,
               GAsyncResult **place)
{
  wsp_connection_ping_async (connection, NULL, NULL, keep_result, place);
}

static void
wait_for_close (WspConnection *connection,
                GAsyncResult **place)
{
  wsp_connection_close_async (connection, 1000, NULL, NULL, keep_result, place);
}

static const struct
{
  const char *name;
  void      (*begin)(WspConnection *connection,
                     GAsyncResult **place);
} waits[] = {
  { "receive", wait_for_message },
  { "receive-stream", wait_for_stream },
  { "ping", wait_for_pong },
  { "close", wait_for_close },
};

/* The call has its result, and what it held is released. */
static void
test_disposed (gconstpointer data)
{
  guint number = GPOINTER_TO_UINT (data);
  int fd;
  WspConnection *connection = wire_raw (WSP_ROLE_SERVER, &fd);
  GAsyncResult *result = NULL;

  run_pending ();
  waits[number / 2].begin (connection, &result);
  if (number % 2 == 1)
    run_pending ();
  g_object_run_dispose (G_OBJECT (connection));
  run_pending ();
  g_assert_nonnull (result);
  g_assert_cmpint (wsp_connection_get_state (connection), ==, WSP_CONNECTION_STATE_CLOSED);
  g_assert_false (wsp_close_info_is_clean (wsp_connection_get_close_info (connection)));
  g_clear_object (&result);
  wsp_connection_start_receiving (connection);    /* holds nothing any more */
  g_assert_finalize_object (connection);
  close (fd);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint from = 0; from < WSP_N_LIFE_STATES; from++)
    {
      add ("row-agrees-with-itself", (Step) { from, from }, agree);
      for (guint to = 0; to < WSP_N_LIFE_STATES; to++)
        add ("only-moves-forward", (Step) { from, to }, enter);
      for (guint to = from + 1; from > WSP_LIFE_UNSTARTED && to < WSP_N_LIFE_STATES; to++)
        add ("later-row-follows", (Step) { from, to }, follow);
    }
  g_test_add_func ("/connection/life/lost-transport/is-shown-before-notify", test_lost);
  g_test_add_func ("/connection/life/lost-transport/takes-no-message-in-its-turn",
                   test_lost_in_a_turn);
  for (guint i = 0; i < 2 * G_N_ELEMENTS (waits); i++)
    {
      g_autofree char *path =
        g_strdup_printf ("/connection/life/disposed-by-force-ends-what-waits/%s/%s",
                         waits[i / 2].name, i % 2 == 0 ? "at-once" : "later");

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_disposed);
    }

  return g_test_run ();
}
