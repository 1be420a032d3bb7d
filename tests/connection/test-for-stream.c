/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* wsp_connection_new_for_stream (): what was negotiated, and bytes that were read with the head. */
#include "connection/wire.h"
#include "connection/wsp-connection-private.h"
#include "lib/heads.h"
#include "lib/rows.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define LONG 5000               /* more than one read without the head */

/* A frame of the peer; that of a client is masked with zeros. */
static void
append_frame (GByteArray   *bytes,
              WspRole       role,
              guint8        first,
              gconstpointer payload,
              guint         length)
{
  const guint8 mask = role == WSP_ROLE_SERVER ? 0x80 : 0;
  const guint8 short_header[] = { first, length | mask };
  const guint8 long_header[] = { first, 126 | mask, length >> 8, length & 0xff };
  static const guint8 key[4];

  if (length < 126)
    g_byte_array_append (bytes, short_header, sizeof short_header);
  else
    g_byte_array_append (bytes, long_header, sizeof long_header);
  if (mask != 0)
    g_byte_array_append (bytes, key, sizeof key);
  g_byte_array_append (bytes, payload, length);
}

static GIOStream *
make_stream (int *fd)
{
  int pair[2];

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM, 0, pair), ==, 0);
  *fd = pair[0];
  g_assert_true (g_unix_set_fd_nonblocking (*fd, TRUE, NULL));

  g_autoptr (GSocket) socket = g_socket_new_from_fd (pair[1], NULL);

  return G_IO_STREAM (g_socket_connection_factory_create_connection (socket));
}

static const struct
{
  const char        *name;
  const char        *subprotocol;
  const char *const *extensions;
  WspRole            role;
  int                code;              /* code of the WspError; -1: a connection is made */
} negotiated[] = {
  { "nothing", NULL, NULL, WSP_ROLE_CLIENT, -1 },
  { "subprotocol", "chat", NULL, WSP_ROLE_SERVER, -1 },
  { "no-extension", "chat", EXTENSIONS (NULL), WSP_ROLE_CLIENT, -1 },
  { "deflate", NULL, EXTENSIONS ("permessage-deflate"), WSP_ROLE_CLIENT, -1 },
  { "another-extension", NULL, EXTENSIONS ("x-one; a=\"b\""), WSP_ROLE_SERVER, -1 },
  { "subprotocol-no-token", "a b", NULL, WSP_ROLE_CLIENT, WSP_ERROR_INVALID_ARGUMENT },
  { "empty-subprotocol", "", NULL, WSP_ROLE_CLIENT, WSP_ERROR_INVALID_ARGUMENT },
  { "malformed-extension", NULL, EXTENSIONS ("x;;"), WSP_ROLE_SERVER, WSP_ERROR_INVALID_ARGUMENT },
  { "empty-extension", NULL, EXTENSIONS (""), WSP_ROLE_SERVER, WSP_ERROR_INVALID_ARGUMENT },
  { "two-in-one-text", NULL, EXTENSIONS ("x-one, x-two"), WSP_ROLE_SERVER,
    WSP_ERROR_INVALID_ARGUMENT },
  { "malformed-after-another", NULL, EXTENSIONS ("x-one", "x;;"), WSP_ROLE_SERVER,
    WSP_ERROR_INVALID_ARGUMENT },
  { "unknown-parameter-of-deflate", NULL, EXTENSIONS ("permessage-deflate; speed=9"),
    WSP_ROLE_CLIENT, WSP_ERROR_EXTENSION_NOT_SUPPORTED },
  { "window-that-the-client-refuses", NULL,
    EXTENSIONS ("permessage-deflate; client_max_window_bits=7"), WSP_ROLE_CLIENT,
    WSP_ERROR_EXTENSION_NOT_SUPPORTED },
};

static gboolean
are_equal (const char * const *ours,
           const char * const *given)
{
  if (ours == NULL || given == NULL || given[0] == NULL)
    return ours == NULL && (given == NULL || given[0] == NULL);

  return g_strv_equal (ours, given);
}

/* A stream that becomes no connection is left as it was. */
static void
test_negotiated (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autoptr (GError) error = NULL;
  guint8 byte;
  int fd;
  g_autoptr (GIOStream) stream = make_stream (&fd);
  g_autoptr (WspConnection) connection =
    wsp_connection_new_for_stream (stream, negotiated[i].role, negotiated[i].subprotocol,
                                   negotiated[i].extensions, NULL, &error);

  run_pending ();
  if (negotiated[i].code >= 0)
    {
      g_assert_error (error, WSP_ERROR, negotiated[i].code);
      g_assert_null (connection);
      g_assert_cmpuint (G_OBJECT (stream)->ref_count, ==, 1);
      g_assert_false (g_io_stream_is_closed (stream));
    }
  else
    {
      g_assert_no_error (error);
      g_assert_cmpint (wsp_connection_get_state (connection), ==, WSP_CONNECTION_STATE_OPEN);
      g_assert_cmpint (wsp_connection_get_role (connection), ==, negotiated[i].role);
      g_assert_cmpstr (wsp_connection_get_subprotocol (connection), ==, negotiated[i].subprotocol);
      g_assert_true (are_equal (wsp_connection_get_extensions (connection),
                                negotiated[i].extensions));
      g_assert_true (wsp_connection_get_io_stream (connection) == stream);
    }
  g_assert_cmpint (read (fd, &byte, 1), ==, -1);        /* nothing was sent, the stream is open */
  if (connection != NULL)
    wsp_connection_abort (connection);
  run_pending ();
  close (fd);
}

/* Bytes that were read with the head */

typedef struct
{
  WspRole     role;
  GByteArray *frames;           /* frames that the peer sends */
  GString    *received;         /* texts that the connection has received */
} Input;

static void
add_text (Input      *self,
          const char *text)
{
  append_frame (self->frames, self->role, 0x81, text, strlen (text));
}

static void
add_long_and_text (Input *self)
{
  g_autofree char *text = g_strnfill (LONG, 'x');

  add_text (self, text);
  add_text (self, "b");
}

static void
add_texts (Input *self)
{
  add_text (self, "b");
  add_text (self, "cde");
}

static void
add_ping_and_text (Input *self)
{
  append_frame (self->frames, self->role, 0x89, "p", 1);
  add_text (self, "b");
}

static void
add_fragments (Input *self)
{
  append_frame (self->frames, self->role, 0x01, "be", 2);
  append_frame (self->frames, self->role, 0x80, "gun", 3);
}

static const struct
{
  const char *name;
  void      (*add)(Input *self);
  const char *expected;
} inputs[] = {
  { "messages", add_texts, "b cde " },
  { "long-message", add_long_and_text, "5000 b " },
  { "ping-and-message", add_ping_and_text, "b " },
  { "fragments", add_fragments, "begun " },
};

typedef enum                    /* where the input is cut; the rest is read from the socket */
{
  CUT_NOWHERE,
  CUT_IN_FIRST_HEADER,
  CUT_IN_LAST_PAYLOAD,
  N_CUTS,
} Cut;

static const char *const cut_names[N_CUTS] = { "all", "part-of-a-header", "part-of-a-payload" };

static void
on_message (WspConnection *connection,
            WspMessage    *message,
            Input         *self)
{
  gsize size = wsp_message_get_size (message);

  if (size == LONG)
    g_string_append (self->received, "5000 ");
  else
    g_string_append_printf (self->received, "%s ", wsp_message_get_text (message));
}

static gsize
get_cut (Input *self,
         Cut    cut)
{
  switch (cut)
    {
    case CUT_NOWHERE:
      return self->frames->len;
    case CUT_IN_FIRST_HEADER:
      return 1;
    case CUT_IN_LAST_PAYLOAD:
      return self->frames->len - 1;
    case N_CUTS:
      break;
    }
  g_assert_not_reached ();
}

static void
test_input (gconstpointer data)
{
  guint number = GPOINTER_TO_UINT (data);
  guint i = number / 2 / N_CUTS;
  Input self = { .role = number % 2 == 0 ? WSP_ROLE_SERVER : WSP_ROLE_CLIENT };
  g_autoptr (GByteArray) frames = g_byte_array_new ();
  int fd;
  g_autoptr (GIOStream) stream = make_stream (&fd);
  gsize cut;

  self.frames = frames;
  self.received = g_string_new (NULL);
  inputs[i].add (&self);
  cut = get_cut (&self, number / 2 % N_CUTS);

  g_autoptr (GBytes) input = g_bytes_new (frames->data, cut);
  g_autoptr (WspConnection) connection =
    wsp_connection_new_for_stream (stream, self.role, NULL, NULL, input, NULL);

  g_assert_nonnull (connection);
  g_signal_connect (connection, "message", G_CALLBACK (on_message), &self);
  wsp_connection_start_receiving (connection);
  run_pending ();
  if (cut < frames->len)
    g_assert_cmpint (write (fd, frames->data + cut, frames->len - cut), ==, frames->len - cut);
  run_pending ();
  g_assert_cmpstr (self.received->str, ==, inputs[i].expected);
  if (inputs[i].add == add_ping_and_text)
    {
      g_autofree char *pong = wire_read (fd, 1);

      g_assert_cmpstr (pong, ==, "8a");
    }
  wsp_connection_abort (connection);
  run_pending ();
  g_string_free (self.received, TRUE);
  close (fd);
}

/* After a complete closing handshake the end of the connection does not abort its session. */
static void
test_clean_end (void)
{
  int fd;
  g_autoptr (GIOStream) stream = make_stream (&fd);
  g_autoptr (WspConnection) connection =
    wsp_connection_new_for_stream (stream, WSP_ROLE_SERVER, NULL, NULL, NULL, NULL);
  WspSession *session = wsp_connection_peek_session (connection);
  g_autoptr (Watched) watched = watch (connection);

  wsp_connection_start_receiving (connection);
  wire_write (fd, "88 82 00 00 00 00 03 e8");
  run_pending ();
  close (fd);
  run_until_closed (watched);
  g_assert_cmpint (wsp_session_get_state (session), ==, WSP_SESSION_STATE_CLOSED);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD_ROWS ("/connection/for-stream/negotiated", negotiated, test_negotiated);
  g_test_add_func ("/connection/for-stream/state/closed-after-a-clean-end", test_clean_end);
  for (guint i = 0; i < 2 * N_CUTS * G_N_ELEMENTS (inputs); i++)
    {
      g_autofree char *path =
        g_strdup_printf ("/connection/for-stream/initial-input-is-read-first/%s/%s/%s",
                         inputs[i / 2 / N_CUTS].name, cut_names[i / 2 % N_CUTS],
                         i % 2 == 0 ? "server" : "client");

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_input);
    }
  return g_test_run ();
}
