/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A tap that uses the stream of a message which the observed connection sends.  The stream accepts
 * the bytes or refuses them; in both cases nothing is sent before all taps have returned. */
#include "connection/line.h"
#include "connection/tap-place.h"

typedef struct
{
  Line           line;
  guint          call;
  GOutputStream *stream;
  gsize          n_arrived;     /* number of bytes that had arrived before the call */
  gboolean       was_taken;
} Scene;

static gboolean
write_piece (GOutputStream *stream)
{
  return g_output_stream_write_all (stream, "piece", 5, NULL, NULL, NULL);
}

/* More than one frame holds: it does not wait for the end of the turn. */
static gboolean
write_long_piece (GOutputStream *stream)
{
  static const guint8 piece[100 * 1024];

  return g_output_stream_write_all (stream, piece, sizeof piece, NULL, NULL, NULL);
}

static gboolean
close_stream (GOutputStream *stream)
{
  return g_output_stream_close (stream, NULL, NULL);
}

static gboolean
write_and_close (GOutputStream *stream)
{
  return write_piece (stream) && close_stream (stream);
}

static const struct
{
  const char *name;
  gboolean  (*run)(GOutputStream *stream);
  gsize       length;           /* length of the payload */
} calls[] = {
  { "write", write_piece, 5 },
  { "write-much", write_long_piece, 100 * 1024 },
  { "close", close_stream, 0 },
  { "write-and-close", write_and_close, 5 },
};

static void
use_stream (gpointer data)
{
  Scene *self = data;

  line_drain (&self->line);
  self->n_arrived = self->line.arrived->len;
  self->was_taken = calls[self->call].run (self->stream);
  line_drain (&self->line);
  g_assert_cmpuint (self->line.arrived->len, ==, self->n_arrived);
}

static void
begin_message (Scene *self)
{
  self->stream =
    wsp_connection_begin_message (self->line.connection, WSP_MESSAGE_TYPE_BINARY,
                                  WSP_SEND_FLAGS_DEFAULT, NULL);
  g_assert_true (write_piece (self->stream));
  line_run (&self->line);
}

static void
test_stream (gconstpointer data)
{
  guint number = GPOINTER_TO_UINT (data);
  WspRole role = number % 2 == 0 ? WSP_ROLE_SERVER : WSP_ROLE_CLIENT;
  TapPlace place = number / 2 % N_TAP_PLACES;
  Scene self = { .call = number / 2 / N_TAP_PLACES };
  g_autoptr (TestPlaceTap) tap = test_place_tap_new (place, use_stream, &self);
  g_autoptr (GBytes) payload = g_bytes_new_static ("ping", 4);

  line_init (&self.line, role, SOCKET_WITH_LITTLE_ROOM, NULL, LINE_CHECKED);
  wsp_connection_start_receiving (self.line.connection);
  line_run (&self.line);
  begin_message (&self);
  wsp_connection_add_tap (self.line.connection, WSP_TAP (tap));
  wsp_connection_ping_async (self.line.connection, payload, NULL, NULL, NULL);
  line_run (&self.line);
  line_answer (&self.line, 0x8a, "pong");
  line_run (&self.line);
  g_assert_true (tap->was_reached);
  line_check_bytes (&self.line);
  if (self.was_taken)
    g_assert_cmpuint (self.line.arrived->len, >=, self.n_arrived + calls[self.call].length);
  wsp_connection_abort (self.line.connection);
  g_object_unref (self.stream);
  line_clear (&self.line);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < 2 * N_TAP_PLACES * G_N_ELEMENTS (calls); i++)
    {
      TapPlace place = i / 2 % N_TAP_PLACES;
      g_autofree char *path =
        g_strdup_printf ("/connection/tap-streams/nothing-is-sent-inside-the-tap/%s/%s/%s",
                         calls[i / 2 / N_TAP_PLACES].name, tap_place_names[place],
                         i % 2 == 0 ? "server" : "client");

      if (place < AT_STATE_CLOSING)
        g_test_add_data_func (path, GUINT_TO_POINTER (i), test_stream);
    }
  return g_test_run ();
}
