/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The transport over a stream that cannot be polled. */
#define _GNU_SOURCE

#include <fcntl.h>
#include <gio/gunixoutputstream.h>
#include <unistd.h>

#include "lib/turns.h"
#include "reactor/wsp-transport-private.h"

#define PATH "/reactor/transport-async/"
#define FEW_TURNS 10
#define WAIT_S 20

static int n_reads;             /* of all threads: GIO reads in one of its own */

typedef struct
{
  GInputStream parent_instance;
  gboolean     fails;           /* TRUE if the last read fails; else the input has ended */
} LastInput;

typedef GInputStreamClass LastInputClass;

static GType last_input_get_type (void);

G_DEFINE_TYPE (LastInput, last_input, G_TYPE_INPUT_STREAM)

static gssize
read_nothing (GInputStream *stream,
              void         *buffer,
              gsize         size,
              GCancellable *cancellable,
              GError      **error)
{
  g_atomic_int_inc (&n_reads);
  if (!((LastInput *) stream)->fails)
    return 0;

  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT, "Too late");
  return -1;
}

static void
last_input_class_init (LastInputClass *class)
{
  class->read_fn = read_nothing;
}

static void
last_input_init (LastInput *self)
{
}

typedef struct
{
  gssize  expected;             /* expected result of each read */
  guint   n_notified;
  GError *error;                /* error of the last read */
} Owner;

static void
on_ready (WspTransport  *transport,
          WspWatchEvents events,
          gpointer       data)
{
  Owner *self = data;
  char bytes[10];
  const struct iovec room = { bytes, sizeof bytes };

  self->n_notified++;
  g_clear_error (&self->error);
  g_assert_cmpint (wsp_transport_read (transport, &room, 1, &self->error), ==, self->expected);
  wsp_transport_set_events (transport, WSP_WATCH_NOTHING);
}

/* Each time that the owner waits for input it is notified of the end or of the error. */
static void
test_last (gconstpointer expected)
{
  g_autoptr (WspReactor) reactor = wsp_reactor_ref_thread_default ();
  g_autoptr (GInputStream) input = g_object_new (last_input_get_type (), NULL);
  g_autoptr (GOutputStream) output = g_memory_output_stream_new_resizable ();
  g_autoptr (GIOStream) stream = g_simple_io_stream_new (input, output);
  WspTransport *transport = wsp_transport_new_for_stream (reactor, stream, WSP_STREAM_IS_SHARED,
                                                          NULL);
  guint limit = begin_wait (WAIT_S);
  Owner owner = { GPOINTER_TO_INT (expected), 0, NULL };

  n_reads = 0;
  ((LastInput *) input)->fails = owner.expected == WSP_TRANSPORT_FAILED;
  wsp_transport_set_owner (transport, on_ready, &owner);
  for (guint i = 1; i <= 3; i++)
    {
      wsp_transport_set_events (transport, WSP_WATCH_READ);
      while (owner.n_notified < i)
        g_main_context_iteration (NULL, TRUE);
      if (owner.expected == WSP_TRANSPORT_FAILED)
        g_assert_error (owner.error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
    }
  g_assert_cmpint (g_atomic_int_get (&n_reads), ==, 1);

  wsp_transport_close (transport, WSP_TRANSPORT_CLOSE_NOW);
  while (!g_io_stream_is_closed (stream))
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (limit);
  g_clear_error (&owner.error);
}

static void
read_three (WspTransport  *transport,
            WspWatchEvents events,
            gpointer       data)
{
  GString *got = data;
  char bytes[3];
  const struct iovec room = { bytes, sizeof bytes };
  gssize n = wsp_transport_read (transport, &room, 1, NULL);

  g_assert_cmpint (n, >=, 0);
  g_string_append_len (got, bytes, n);
}

/* The stream gives more at once than the owner takes. */
static void
test_small_reads (void)
{
  g_autoptr (WspReactor) reactor = wsp_reactor_ref_thread_default ();
  g_autoptr (GInputStream) memory = g_memory_input_stream_new_from_data ("hello world", 11, NULL);
  g_autoptr (GInputStream) input = g_buffered_input_stream_new (memory);
  g_autoptr (GOutputStream) output = g_memory_output_stream_new_resizable ();
  g_autoptr (GIOStream) stream = g_simple_io_stream_new (input, output);
  WspTransport *transport = wsp_transport_new_for_stream (reactor, stream, WSP_STREAM_IS_SHARED,
                                                          NULL);
  g_autoptr (GString) got = g_string_new (NULL);
  guint limit = begin_wait (WAIT_S);

  wsp_transport_set_owner (transport, read_three, got);
  wsp_transport_set_events (transport, WSP_WATCH_READ);
  while (got->len < 11)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpstr (got->str, ==, "hello world");

  wsp_transport_close (transport, WSP_TRANSPORT_CLOSE_NOW);
  while (!g_io_stream_is_closed (stream))
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (limit);
}

static void
count (WspTransport  *transport,
       WspWatchEvents events,
       gpointer       n_notified)
{
  ++*(guint *) n_notified;
}

static void
close_and_wait (WspTransport *transport,
                GIOStream    *stream)
{
  guint limit = begin_wait (WAIT_S);

  wsp_transport_close (transport, WSP_TRANSPORT_CLOSE_NOW);
  while (!g_io_stream_is_closed (stream))
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (limit);
}

/* Bytes that are read too early would take memory without need. */
static void
test_idle (void)
{
  g_autoptr (WspReactor) reactor = wsp_reactor_ref_thread_default ();
  g_autoptr (GInputStream) input = g_object_new (last_input_get_type (), NULL);
  g_autoptr (GOutputStream) output = g_memory_output_stream_new_resizable ();
  g_autoptr (GIOStream) stream = g_simple_io_stream_new (input, output);
  WspTransport *transport = wsp_transport_new_for_stream (reactor, stream, WSP_STREAM_IS_SHARED,
                                                          NULL);
  guint n_notified = 0;

  wsp_transport_set_owner (transport, count, &n_notified);
  wsp_transport_set_events (transport, WSP_WATCH_NOTHING);
  g_assert_false (g_input_stream_has_pending (input));
  g_assert_cmpuint (count_turns (50), <, FEW_TURNS);
  close_and_wait (transport, stream);
}

/* The owner waits for room while a write is under way. */
static void
test_write_under_way (void)
{
  g_autoptr (WspReactor) reactor = wsp_reactor_ref_thread_default ();
  static const char many[65536];
  const struct iovec text = { (char *) "a", 1 };
  int fds[2];

  g_assert_cmpint (pipe2 (fds, O_NONBLOCK | O_CLOEXEC), ==, 0);
  while (write (fds[1], many, sizeof many) > 0)
    ;

  g_autoptr (GInputStream) input = g_object_new (last_input_get_type (), NULL);
  g_autoptr (GOutputStream) output = g_unix_output_stream_new (fds[1], TRUE);
  g_autoptr (GIOStream) stream = g_simple_io_stream_new (input, output);
  WspTransport *transport = wsp_transport_new_for_stream (reactor, stream, WSP_STREAM_IS_SHARED,
                                                          NULL);
  guint n_notified = 0;

  wsp_transport_set_owner (transport, count, &n_notified);
  g_assert_cmpint (wsp_transport_write (transport, &text, 1, NULL), ==, WSP_TRANSPORT_WOULD_BLOCK);
  wsp_transport_set_events (transport, WSP_WATCH_WRITE);
  g_assert_cmpuint (count_turns (50), <, FEW_TURNS);
  g_assert_cmpuint (n_notified, ==, 0);
  close_and_wait (transport, stream);
  close (fds[0]);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func (PATH "read/all-arrives-in-small-reads", test_small_reads);
  g_test_add_data_func (PATH "failed/stream-is-read-no-more-and-the-owner-notified",
                        GINT_TO_POINTER (WSP_TRANSPORT_FAILED), test_last);
  g_test_add_data_func (PATH "ended/stream-is-read-no-more-and-the-owner-notified",
                        GINT_TO_POINTER (0), test_last);
  g_test_add_func (PATH "idle/stream-is-not-read", test_idle);
  g_test_add_func (PATH "write/owner-is-not-notified-while-one-is-under-way", test_write_under_way);

  return g_test_run ();
}
