/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A main loop that runs inside a tap: the connection that the tap observes does nothing in it, and
 * everything afterwards.  Other connections go on. */
#include "connection/narrow-stream.h"
#include "connection/tap-place.h"
#include "connection/wire.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

typedef struct
{
  WspConnection *connection;
  WspRole        role;
  int            fd;            /* socket of the peer */
  guint          event;
  TestPlaceTap  *tap;
  GString       *log;           /* log of the signals and results */
  GString       *frames;        /* opcodes and lengths of the frames that the peer has received */
  GCancellable  *cancellable;   /* cancellable of a ping that is not answered */
  gboolean       has_peer_ended;
  gboolean       sends_with_result;
  WspConnection *other;
  int            other_fd;
  guint          n_others;      /* number of messages of the other connection */
} Scene;

static void
log_word (Scene      *self,
          const char *word)
{
  g_string_append_printf (self->log, "%s ", word);
}

/* Events inside the loop */

static void
peer_sends (Scene      *self,
            const char *frame,
            const char *masked)
{
  if (!self->has_peer_ended &&
      wsp_connection_get_state (self->connection) != WSP_CONNECTION_STATE_CLOSED)
    wire_write (self->fd, self->role == WSP_ROLE_SERVER ? masked : frame);
}

static void
do_nothing (Scene *self)
{
}

static void
peer_sends_text (Scene *self)
{
  peer_sends (self, "81 01 78", "81 81 00 00 00 00 78");
}

static void
peer_sends_ping (Scene *self)
{
  peer_sends (self, "89 02 78 78", "89 82 00 00 00 00 78 78");
}

static void
peer_ends (Scene *self)
{
  if (self->has_peer_ended)
    return;

  self->has_peer_ended = TRUE;
  g_assert_cmpint (shutdown (self->fd, SHUT_WR), ==, 0);
}

static void
thread_sends (Scene *self)
{
  g_autoptr (WspMessage) message = wsp_message_new_text ("thread");

  wsp_connection_send_from_thread (self->connection, message, WSP_SEND_FLAGS_DEFAULT, NULL);
}

static void
cancel (Scene *self)
{
  g_cancellable_cancel (self->cancellable);
}

/* The callback of a call is no tap: it may send. */
static void
cancel_and_send (Scene *self)
{
  self->sends_with_result = TRUE;
  cancel (self);
}

static gboolean
send_from_source (gpointer data)
{
  Scene *self = data;

  log_word (self, wsp_connection_queue_text (self->connection, "s", NULL) ? "sent" : "refused");
  return G_SOURCE_REMOVE;
}

/* Nor is a source of the program a tap. */
static void
let_source_send (Scene *self)
{
  g_idle_add (send_from_source, self);
}

static gboolean
abort_from_source (gpointer data)
{
  wsp_connection_abort (((Scene *) data)->connection);
  return G_SOURCE_REMOVE;
}

static void
let_source_abort (Scene *self)
{
  g_idle_add (abort_from_source, self);
}

static gboolean
close_from_source (gpointer data)
{
  wsp_connection_close_async (((Scene *) data)->connection, 1000, NULL, NULL, NULL, NULL);
  return G_SOURCE_REMOVE;
}

static void
let_source_close (Scene *self)
{
  g_idle_add (close_from_source, self);
}

typedef enum
{
  ENDS_ALIKE,                   /* the connection ends in the same way with the loop and without */
  COMES_EARLIER,                /* with the loop the end comes earlier: less is sent */
} Outcome;

static const struct
{
  const char *name;
  void      (*happen)(Scene *self);
  gboolean    is_logged;        /* TRUE if the log has calls of the program itself, also those in
                                 * the loop */
  Outcome     outcome;
} events[] = {
  { "nothing", do_nothing, FALSE, ENDS_ALIKE },
  { "peer-sends-text", peer_sends_text, FALSE, ENDS_ALIKE },
  { "peer-sends-ping", peer_sends_ping, FALSE, ENDS_ALIKE },
  { "peer-ends", peer_ends, FALSE, ENDS_ALIKE },
  { "another-thread-sends", thread_sends, FALSE, ENDS_ALIKE },
  { "call-is-cancelled", cancel, TRUE, ENDS_ALIKE },    /* its result is delivered at once */
  { "result-sends", cancel_and_send, TRUE, ENDS_ALIKE },
  { "source-sends", let_source_send, TRUE, ENDS_ALIKE },
  { "source-closes", let_source_close, FALSE, COMES_EARLIER },
  { "source-aborts", let_source_abort, FALSE, COMES_EARLIER },
};

/* The scene */

static void
peer_reads (Scene *self)
{
  guint8 bytes[1000];
  gssize n = read (self->fd, bytes, sizeof bytes);

  for (gssize at = 0; at < n;)
    {
      guint length = bytes[at + 1] & 0x7f;

      g_string_append_printf (self->frames, "%x:%u ", bytes[at] & 0x0f, length);
      at += 2 + (bytes[at + 1] & 0x80 ? 4 : 0) + length;
    }
}

/* A loop that always has work would keep the processor busy for as long as it runs. */
static void
run_the_loop (void)
{
  guint n_turns = 0;

  while (g_main_context_iteration (NULL, FALSE))
    g_assert_cmpuint (n_turns++, <, 1000);
}

static void
run_no_loop (gpointer data)
{
  Scene *self = data;

  events[self->event].happen (self);
}

static void
run_loop_inside (gpointer data)
{
  Scene *self = data;
  guint n_notified = self->tap->n_notified;
  WspConnectionState state = wsp_connection_get_state (self->connection);
  gboolean is_aborted = events[self->event].happen == let_source_abort;
  g_autofree char *log = g_strdup (self->log->str);
  g_autofree char *frames = NULL;

  peer_reads (self);
  frames = g_strdup (self->frames->str);
  events[self->event].happen (self);
  wire_write (self->other_fd,
              self->role == WSP_ROLE_SERVER ? "81 81 00 00 00 00 78" : "81 01 78");
  run_the_loop ();
  peer_reads (self);
  g_assert_cmpstr (self->frames->str, ==, frames);
  if (!events[self->event].is_logged)
    g_assert_cmpstr (self->log->str, ==, log);
  g_assert_cmpuint (self->tap->n_notified, ==, n_notified);
  g_assert_cmpint (wsp_connection_get_state (self->connection), ==,
                   is_aborted ? MAX (state, WSP_CONNECTION_STATE_CLOSING) : state);
  g_assert_cmpuint (self->n_others, ==, 1);
}

static void
on_message (WspConnection *connection,
            WspMessage    *message,
            Scene         *self)
{
  log_word (self, "message");
}

static void
on_closing (WspConnection *connection,
            guint          code,
            const char    *reason,
            Scene         *self)
{
  log_word (self, "closing");
}

static void
on_closed (WspConnection *connection,
           Scene         *self)
{
  log_word (self, "closed");
}

static void
on_pinged (GObject      *source,
           GAsyncResult *result,
           gpointer      data)
{
  Scene *self = data;

  log_word (self, "pinged");
  if (self->sends_with_result)
    log_word (self,
              wsp_connection_queue_text (self->connection, "again", NULL) ? "sent" : "refused");
}

static void
begin_scene (Scene       *self,
             TapPlace     place,
             TapPlaceFunc func)
{
  self->connection = wire_raw (self->role, &self->fd);
  self->other = wire_raw (self->role, &self->other_fd);
  self->log = g_string_new (NULL);
  self->frames = g_string_new (NULL);
  self->cancellable = g_cancellable_new ();
  self->tap = test_place_tap_new (place, func, self);
  wsp_connection_add_tap (self->connection, WSP_TAP (self->tap));
  g_signal_connect (self->connection, "message", G_CALLBACK (on_message), self);
  g_signal_connect (self->connection, "closing", G_CALLBACK (on_closing), self);
  g_signal_connect (self->connection, "closed", G_CALLBACK (on_closed), self);
  g_signal_connect_swapped (self->other, "message", G_CALLBACK (g_atomic_int_inc), &self->n_others);
  wsp_connection_start_receiving (self->connection);
  wsp_connection_start_receiving (self->other);
  run_pending ();
}

static void
exchange (Scene *self)
{
  g_autoptr (GBytes) payload = g_bytes_new_static ("ping", 4);

  wsp_connection_queue_text (self->connection, "out", NULL);
  wsp_connection_ping_async (self->connection, payload, self->cancellable, on_pinged, self);
  run_pending ();
  peer_sends (self, "81 02 69 6e", "81 82 00 00 00 00 69 6e");
  run_pending ();
  peer_sends (self, "88 02 03 e8", "88 82 00 00 00 00 03 e8");
  run_pending ();
  peer_ends (self);
  run_pending ();
  peer_reads (self);
}

static void
end_scene (Scene *self)
{
  gpointer gone = self->connection;

  g_assert_cmpint (wsp_connection_get_state (self->connection), ==, WSP_CONNECTION_STATE_CLOSED);
  g_object_add_weak_pointer (G_OBJECT (self->connection), &gone);
  g_object_unref (self->connection);
  wsp_connection_abort (self->other);
  g_object_unref (self->other);
  run_pending ();
  g_assert_null (gone);
  g_object_unref (self->tap);
  g_object_unref (self->cancellable);
  g_string_free (self->log, TRUE);
  g_string_free (self->frames, TRUE);
  close (self->fd);
  close (self->other_fd);
}

static int
compare_words (const void *one,
               const void *other)
{
  return g_strcmp0 (*(const char * const *) one, *(const char * const *) other);
}

/* Sorted: a loop may change the order of results. */
static char *
sort_words (const char *text)
{
  g_auto (GStrv) words = g_strsplit (text, " ", -1);

  qsort (words, g_strv_length (words), sizeof *words, compare_words);
  return g_strjoinv (" ", words);
}

static void
play (Scene       *self,
      TapPlace     place,
      TapPlaceFunc func,
      char       **frames,
      char       **log)
{
  begin_scene (self, place, func);
  exchange (self);
  g_assert_true (self->tap->was_reached);
  g_assert_nonnull (strstr (self->log->str, "closed "));
  *frames = sort_words (self->frames->str);
  *log = sort_words (self->log->str);
  end_scene (self);
}

/* At the end the log is the same as without a loop. */
static void
test_loop (gconstpointer data)
{
  guint number = GPOINTER_TO_UINT (data);
  WspRole role = number % 2 == 0 ? WSP_ROLE_SERVER : WSP_ROLE_CLIENT;
  TapPlace place = number / 2 % N_TAP_PLACES;
  guint event = number / 2 / N_TAP_PLACES;
  Scene with = { .role = role, .event = event }, without = { .role = role, .event = event };
  g_autofree char *frames = NULL, *log = NULL, *expected_frames = NULL, *expected_log = NULL;

  play (&without, place, run_no_loop, &expected_frames, &expected_log);
  play (&with, place, run_loop_inside, &frames, &log);
  if (events[event].outcome == COMES_EARLIER)
    return;

  g_assert_cmpstr (frames, ==, expected_frames);
  g_assert_cmpstr (log, ==, expected_log);
}

/* While the transport blocks, nothing more is written inside the loop, although it could be. */

typedef struct
{
  NarrowStream *stream;
  gsize         n_inside;       /* number of bytes that were written when the loop began */
} Blocked;

static void
run_loop_while_writable (gpointer data)
{
  Blocked *self = data;

  self->n_inside = self->stream->written->len;
  run_the_loop ();
  g_assert_cmpuint (self->stream->written->len, ==, self->n_inside);
}

static void
test_writable (gconstpointer data)
{
  WspRole role = GPOINTER_TO_UINT (data);
  g_autoptr (NarrowStream) stream = narrow_stream_new (100);
  g_autoptr (WspConnection) connection =
    wsp_connection_new_for_stream (G_IO_STREAM (stream), role, NULL, NULL, NULL, NULL);
  Blocked blocked = { .stream = stream };
  g_autoptr (TestPlaceTap) tap =
    test_place_tap_new (AT_BYTES_SENT, run_loop_while_writable, &blocked);
  g_autofree char *text = g_strnfill (1000, 'x');

  run_pending ();
  wsp_connection_add_tap (connection, WSP_TAP (tap));
  g_assert_true (wsp_connection_queue_text (connection, text, NULL));
  run_pending ();
  g_assert_cmpuint (blocked.n_inside, ==, 100);
  g_assert_cmpuint (stream->written->len, ==, role == WSP_ROLE_SERVER ? 1004 : 1008);
  wsp_connection_abort (connection);
  run_pending ();
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < 2 * N_TAP_PLACES * G_N_ELEMENTS (events); i++)
    {
      g_autofree char *path =
        g_strdup_printf ("/connection/tap-loops/nothing-happens-inside-the-loop/%s/%s/%s",
                         events[i / 2 / N_TAP_PLACES].name, tap_place_names[i / 2 % N_TAP_PLACES],
                         i % 2 == 0 ? "server" : "client");

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_loop);
    }
  g_test_add_data_func ("/connection/tap-loops/nothing-is-written-inside-the-loop/server",
                        GUINT_TO_POINTER (WSP_ROLE_SERVER), test_writable);
  g_test_add_data_func ("/connection/tap-loops/nothing-is-written-inside-the-loop/client",
                        GUINT_TO_POINTER (WSP_ROLE_CLIENT), test_writable);
  return g_test_run ();
}
