/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The end of TLS: a peer of raw bytes sends close_notify, or only ends the transport below, as a
 * broken network or an attacker does. */
#include "connection/transports.h"
#include "connection/wire.h"

#include <libwsproto/base/wsp-error.h>

typedef enum
{
  TLS_IS_CUT,
  TLS_SENDS_CLOSE_NOTIFY,
} TlsEnd;

typedef enum
{
  WE_WAIT,
  WE_CLOSE,                     /* the connection closes with 1000, before the peer does anything */
} OurPart;

typedef struct
{
  const char *claim;
  OurPart     part;
  const char *frame;            /* frame that the peer sends before its end, without a mask */
  gsize       frame_length;
  TlsEnd      end;
  guint       local_code;       /* close code of the connection; 0: a clean close, both codes are
                                 * 1000 */
  const char *sentence;         /* text of the close info after the error */
} EndRow;

#define NO_CLOSE_FRAMES "we sent no Close, none was read from the peer"
#define WE_CLOSED "closed by us with 1000, none was read from the peer"
#define FRAME(bytes) (bytes), sizeof (bytes) - 1

static const EndRow end_rows[] = {
  { "WS-159-cut-before-anything-is-abnormal", WE_WAIT, NULL, 0, TLS_IS_CUT, 1006, NO_CLOSE_FRAMES },
  { "WS-159-cut-between-messages-is-abnormal", WE_WAIT, FRAME ("\x81\2ok"), TLS_IS_CUT, 1006,
    NO_CLOSE_FRAMES },
  { "WS-159-cut-inside-a-message-is-abnormal", WE_WAIT, FRAME ("\x81\5ok"), TLS_IS_CUT, 1006,
    NO_CLOSE_FRAMES },
  { "WS-159-cut-before-the-answer-is-abnormal", WE_CLOSE, NULL, 0, TLS_IS_CUT, 1000, WE_CLOSED },
  { "WS-159-cut-after-both-closes-is-clean", WE_WAIT, FRAME ("\x88\2\3\xe8"), TLS_IS_CUT, 0, NULL },
  { "WS-159-cut-after-the-answer-is-clean", WE_CLOSE, FRAME ("\x88\2\3\xe8"), TLS_IS_CUT, 0, NULL },
  { "WS-159-close-notify-after-both-closes-is-clean", WE_WAIT, FRAME ("\x88\2\3\xe8"),
    TLS_SENDS_CLOSE_NOTIFY, 0, NULL },
  { "WS-160-close-notify-without-a-close-is-abnormal", WE_WAIT, FRAME ("\x81\2ok"),
    TLS_SENDS_CLOSE_NOTIFY, 1006, NO_CLOSE_FRAMES },
};

static const struct
{
  const char *name;
  WspRole     role;
} roles[] = {
  { "client", WSP_ROLE_CLIENT },
  { "server", WSP_ROLE_SERVER },
};

typedef struct
{
  const EndRow *row;
  Transport     transport;
  guint         role;
  gboolean      aborts;         /* TRUE if the connection is aborted; row is then not used */
} EndCase;

/* Masked if it is a client's, with a key of zeros. */
static GByteArray *
make_frame (const EndRow *row,
            WspRole       our_role)
{
  GByteArray *frame = g_byte_array_new ();

  g_byte_array_append (frame, (const guint8 *) row->frame, row->frame_length);
  if (our_role == WSP_ROLE_SERVER && row->frame_length > 0)
    {
      frame->data[1] |= 0x80;
      g_byte_array_append (frame, (const guint8 *) "\0\0\0\0", 4);
      memmove (frame->data + 6, frame->data + 2, row->frame_length - 2);
      memset (frame->data + 2, 0, 4);
    }
  return frame;
}

/* Only in this direction: the peer can still read. */
static void
cut (GIOStream *tls)
{
  g_autoptr (GIOStream) base = NULL;

  g_object_get (tls, "base-io-stream", &base, NULL);
  if (G_IS_SOCKET_CONNECTION (base))
    g_socket_shutdown (g_socket_connection_get_socket (G_SOCKET_CONNECTION (base)), FALSE, TRUE,
                       NULL);
  else
    g_output_stream_close (g_io_stream_get_output_stream (base), NULL, NULL);
}

static void
end_peer (GIOStream *tls,
          TlsEnd     end)
{
  switch (end)
    {
    case TLS_IS_CUT:
      cut (tls);
      return;
    case TLS_SENDS_CLOSE_NOTIFY:
      g_io_stream_close_async (tls, G_PRIORITY_DEFAULT, NULL, NULL, NULL);
      return;
    }

  g_assert_not_reached ();
}

/* On the connection's side a wrapper is around TLS; the peer needs none. */
static GIOStream *
get_tls (GIOStream *stream)
{
  return G_IS_TCP_WRAPPER_CONNECTION (stream)
         ? g_tcp_wrapper_connection_get_base_io_stream (G_TCP_WRAPPER_CONNECTION (stream))
         : stream;
}

/* Then the peer has sent its Close, or received the answer to it. */
static void
receive_close (GIOStream *tls)
{
  GInputStream *input = g_io_stream_get_input_stream (tls);
  g_autoptr (GAsyncResult) result = NULL;
  guint8 frame[8];

  g_input_stream_read_async (input, frame, sizeof frame, G_PRIORITY_DEFAULT, NULL, keep_result,
                             &result);
  run_until_result (&result);
  g_assert_cmpint (g_input_stream_read_finish (input, result, NULL), >=, 4);
  g_assert_cmphex (frame[0], ==, 0x88);
}

static void
play_peer (GIOStream    *tls,
           const EndRow *row,
           WspRole       our_role)
{
  g_autoptr (GByteArray) frame = make_frame (row, our_role);
  g_autoptr (GAsyncResult) shaken = NULL;
  g_autoptr (GAsyncResult) written = NULL;

  g_tls_connection_handshake_async (G_TLS_CONNECTION (tls), G_PRIORITY_DEFAULT, NULL, keep_result,
                                    &shaken);
  run_until_result (&shaken);
  g_assert_true (g_tls_connection_handshake_finish (G_TLS_CONNECTION (tls), shaken, NULL));
  if (frame->len > 0)
    {
      g_output_stream_write_all_async (g_io_stream_get_output_stream (tls), frame->data,
                                       frame->len, G_PRIORITY_DEFAULT, NULL, keep_result,
                                       &written);
      run_until_result (&written);
      g_assert_true (g_output_stream_write_all_finish (g_io_stream_get_output_stream (tls),
                                                       written, NULL, NULL));
    }
  if (row->local_code == 0)
    receive_close (tls);
  end_peer (tls, row->end);
}

static void
check_error (const EndRow *row,
             const GError *error)
{
  switch (row->end)
    {
    case TLS_IS_CUT:
      g_assert_error (error, G_TLS_ERROR, G_TLS_ERROR_EOF);
      return;
    case TLS_SENDS_CLOSE_NOTIFY:
      g_assert_error (error, WSP_ERROR, WSP_ERROR_ABNORMAL_CLOSURE);
      return;
    }

  g_assert_not_reached ();
}

static void
check_end (const EndRow *row,
           WspCloseInfo *info)
{
  g_autofree char *text = wsp_close_info_to_string (info);
  const GError *error = wsp_close_info_get_error (info);

  if (row->local_code == 0)
    {
      g_assert_true (wsp_close_info_is_clean (info));
      g_assert_cmpuint (wsp_close_info_get_peer_code (info), ==, 1000);
      g_assert_no_error (error);
      g_assert_true (g_str_has_prefix (text, "Closed cleanly by "));
      return;
    }

  g_autofree char *sentence = g_strdup_printf ("Ended abnormally: %s; %s; no data for ",
                                               error != NULL ? error->message : "",
                                               row->sentence);

  g_assert_false (wsp_close_info_is_clean (info));
  g_assert_cmpuint (wsp_close_info_get_peer_code (info), ==, 1006);
  g_assert_cmpuint (wsp_close_info_get_local_code (info), ==, row->local_code);
  check_error (row, error);
  if (!g_str_has_prefix (text, sentence))
    g_error ("%s does not begin with %s", text, sentence);
}

static void
test_end (gconstpointer data)
{
  const EndCase *end_case = data;
  const EndRow *row = end_case->row;
  WspRole role = roles[end_case->role].role;
  g_autoptr (GIOStream) client = NULL;
  g_autoptr (GIOStream) server = NULL;

  transport_pair (end_case->transport, &client, &server);
  g_autoptr (WspConnection) connection =
    wsp_connection_new_for_stream (role == WSP_ROLE_CLIENT ? client : server, role, NULL, NULL,
                                   NULL, NULL);
  g_autoptr (Watched) ours = watch (connection);

  wsp_connection_start_receiving (connection);
  if (row->part == WE_CLOSE)
    wsp_connection_close_async (connection, 1000, NULL, NULL, NULL, NULL);
  play_peer (get_tls (role == WSP_ROLE_CLIENT ? server : client), row, role);
  run_until_closed (ours);
  check_end (row, wsp_connection_get_close_info (connection));
}

/* Up to the end, or to an error. */
static void
read_all (GInputStream *input,
          GError      **error)
{
  gssize n = 1;

  while (n > 0)
    {
      g_autoptr (GAsyncResult) result = NULL;
      guint8 frame[8];

      g_input_stream_read_async (input, frame, sizeof frame, G_PRIORITY_DEFAULT, NULL, keep_result,
                                 &result);
      run_until_result (&result);
      n = g_input_stream_read_finish (input, result, error);
    }
}

/* The peer does not answer our Close, or the program gives up the connection; the peer reads on. */
static void
test_without_close (gconstpointer data)
{
  const EndCase *end_case = data;
  WspRole role = roles[end_case->role].role;
  g_autoptr (GIOStream) client = NULL;
  g_autoptr (GIOStream) server = NULL;
  g_autoptr (GAsyncResult) shaken = NULL;
  g_autoptr (GError) error = NULL;

  transport_pair (end_case->transport, &client, &server);
  g_autoptr (WspConnection) connection =
    wsp_connection_new_for_stream (role == WSP_ROLE_CLIENT ? client : server, role, NULL, NULL,
                                   NULL, NULL);
  g_autoptr (Watched) ours = watch (connection);
  GIOStream *peer = get_tls (role == WSP_ROLE_CLIENT ? server : client);

  wire_limit (connection, "close-timeout", 20);
  wsp_connection_start_receiving (connection);
  g_tls_connection_handshake_async (G_TLS_CONNECTION (peer), G_PRIORITY_DEFAULT, NULL, keep_result,
                                    &shaken);
  run_until_result (&shaken);
  if (end_case->aborts)
    wsp_connection_abort (connection);
  else
    wsp_connection_close_async (connection, 1000, NULL, NULL, NULL, NULL);
  run_until_closed (ours);
  read_all (g_io_stream_get_input_stream (peer), &error);
  g_assert_error (error, G_TLS_ERROR, G_TLS_ERROR_EOF);
}

static void
add_test (Transport     transport,
          guint         role,
          const EndRow *row,
          const char   *claim)
{
  g_autofree char *path = g_strdup_printf ("/connection/tls-end/%s/%s/%s",
                                           transport_names[transport], roles[role].name, claim);
  EndCase *end_case = g_new (EndCase, 1);

  *end_case = (EndCase) { row, transport, role, g_str_has_prefix (claim, "aborted") };
  g_test_add_data_func_full (path, end_case, row != NULL ? test_end : test_without_close, g_free);
}

static void
add_tests (Transport transport,
           guint     role)
{
  for (guint i = 0; i < G_N_ELEMENTS (end_rows); i++)
    add_test (transport, role, &end_rows[i], end_rows[i].claim);
  /* Without a socket there is nothing to cut: GIO closes the stream, and ends TLS with it. */
  if (transport == TRANSPORT_TLS_OVER_PIPES)
    return;

  add_test (transport, role, NULL, "given-up-closing-sends-no-close-notify");
  add_test (transport, role, NULL, "aborted-sends-no-close-notify");
}

int
main (int    argc,
      char **argv)
{
  static const Transport transport[] = {
    TRANSPORT_TLS, TRANSPORT_TLS_IN_A_WRAPPER, TRANSPORT_TLS_OVER_PIPES
  };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (transport); i++)
    for (guint role = 0; role < G_N_ELEMENTS (roles); role++)
      add_tests (transport[i], role);

  return g_test_run ();
}
