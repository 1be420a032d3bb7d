/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A connection takes an open session that answers a Close by itself and has nothing queued, handed
 * out or lent.  Bytes that the session has read before are the beginning of the input. */
#include "connection/wire.h"
#include "session/wsp-session-lend-private.h"
#include "session/wsp-session-private.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define LONG 5000               /* more than a session reads at once */

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

static WspSession *
make_open (WspRole role)
{
  return wsp_session_new_established (role, NULL, NULL, NULL);
}

static gsize
count_bytes (WspSessionAction *action)
{
  g_autoptr (GBytes) bytes = wsp_session_action_dup_bytes (action);

  return bytes != NULL ? g_bytes_get_size (bytes) : 0;
}

/* Performs all actions but reads. */
static void
drain (WspSession *session)
{
  WspSessionAction action;

  while (TRUE)
    {
      if (!wsp_session_get_action (session, WSP_ACTION_QUEUE_SEND, &action, NULL))
        continue;
      if (wsp_session_action_get_action_type (&action) == WSP_ACTION_TYPE_NONE)
        return;
      wsp_session_complete_action (session, &action, count_bytes (&action));
    }
}

/* One Receive, and the bytes for it. */
static void
feed (WspSession *session,
      GByteArray *frames)
{
  g_autoptr (GBytes) bytes = g_bytes_new (frames->data, frames->len);
  WspSessionAction action;

  g_assert_cmpuint (wsp_session_receive (session, NULL), !=, 0);
  g_assert_true (wsp_session_get_action (session, WSP_ACTION_QUEUE_RECEIVE, &action, NULL));
  g_assert_cmpint (wsp_session_action_get_action_type (&action), ==,
                   WSP_ACTION_TYPE_RECEIVE_FROM_NETWORK);
  wsp_session_complete_receive (session, &action, bytes);
}

/* The indication of the bytes that were fed. */
static void
take (WspSession *session)
{
  WspSessionAction action;

  g_assert_true (wsp_session_get_action (session, WSP_ACTION_QUEUE_RECEIVE, &action, NULL));
  g_assert_cmpint (wsp_session_action_get_action_type (&action), ==,
                   WSP_ACTION_TYPE_INDICATE_RECEIVE_COMPLETE);
  wsp_session_complete_action (session, &action, 0);
}

/* Sessions that no connection takes */

static WspConnection *owner;    /* of one of them */
static int owner_fd;

static WspSession *
make_created (WspRole role)
{
  return wsp_session_new (role);
}

static WspSession *
make_in_handshake (WspRole role)
{
  WspSession *session = wsp_session_new (WSP_ROLE_CLIENT);
  g_autoptr (WspHeaders) request =
    wsp_session_begin_client_handshake (session, NULL, NULL, NULL, NULL);

  g_assert_nonnull (request);
  return session;
}

static WspSession *
make_closing (WspRole role)
{
  WspSession *session = make_open (role);

  g_assert_cmpuint (wsp_session_send_close (session, 1000, NULL, NULL), !=, 0);
  drain (session);
  g_assert_cmpint (wsp_session_get_state (session), ==, WSP_SESSION_STATE_CLOSE_SENT);
  return session;
}

static WspSession *
make_closed (WspRole role)
{
  WspSession *session = make_open (role);
  g_autoptr (GByteArray) frames = g_byte_array_new ();

  append_frame (frames, role, 0x88, "\x03\xe8", 2);
  feed (session, frames);
  take (session);
  drain (session);
  g_assert_cmpint (wsp_session_get_state (session), ==, WSP_SESSION_STATE_CLOSED);
  return session;
}

static WspSession *
make_failed (WspRole role)
{
  WspSession *session = make_open (role);
  g_autoptr (GByteArray) frames = g_byte_array_new ();
  WspSessionAction action;

  append_frame (frames, role, 0xc1, "x", 1);
  feed (session, frames);
  g_assert_false (wsp_session_get_action (session, WSP_ACTION_QUEUE_RECEIVE, &action, NULL));
  drain (session);
  g_assert_cmpint (wsp_session_get_state (session), ==, WSP_SESSION_STATE_FAILED);
  return session;
}

static WspSession *
make_aborted (WspRole role)
{
  WspSession *session = make_open (role);

  wsp_session_abort (session);
  return session;
}

static WspSession *
make_windows (WspRole role)
{
  WspSession *session = g_object_new (WSP_TYPE_SESSION, "role", role,
                                      "mode", WSP_SESSION_MODE_WINDOWS, NULL);

  g_assert_cmpint (wsc_stream_establish (&session->engine.stream, NULL), ==, WSC_FAULT_NONE);
  g_assert_cmpint (wsp_session_get_state (session), ==, WSP_SESSION_STATE_OPEN);
  return session;
}

static WspSession *
make_sending (WspRole role)
{
  WspSession *session = make_open (role);

  g_assert_cmpuint (wsp_session_send (session, WSP_BUFFER_TYPE_UTF8_MESSAGE, NULL, NULL), !=, 0);
  return session;
}

/* A message was begun, and its first piece was sent. */
static WspSession *
make_between_pieces (WspRole role)
{
  WspSession *session = make_open (role);

  g_assert_cmpuint (wsp_session_send (session, WSP_BUFFER_TYPE_UTF8_FRAGMENT, NULL, NULL), !=, 0);
  drain (session);
  return session;
}

static WspSession *
make_inside_message (WspRole role)
{
  WspSession *session = make_open (role);
  g_autoptr (GByteArray) frames = g_byte_array_new ();

  append_frame (frames, role, 0x01, "x", 1);
  feed (session, frames);
  take (session);
  return session;
}

static WspSession *
make_receiving (WspRole role)
{
  WspSession *session = make_open (role);

  g_assert_cmpuint (wsp_session_receive (session, NULL), !=, 0);
  return session;
}

static WspSession *
make_reading (WspRole role)
{
  WspSession *session = make_receiving (role);
  WspSessionAction action;

  g_assert_true (wsp_session_get_action (session, WSP_ACTION_QUEUE_ALL, &action, NULL));
  return session;
}

static WspSession *
make_writing (WspRole role)
{
  WspSession *session = make_sending (role);
  WspSessionAction action;

  g_assert_true (wsp_session_get_action (session, WSP_ACTION_QUEUE_ALL, &action, NULL));
  return session;
}

static WspSession *
make_indicating (WspRole role)
{
  WspSession *session = make_open (role);
  g_autoptr (GByteArray) frames = g_byte_array_new ();
  WspSessionAction action;

  append_frame (frames, role, 0x81, "a", 1);
  feed (session, frames);
  g_assert_true (wsp_session_get_action (session, WSP_ACTION_QUEUE_ALL, &action, NULL));
  return session;
}

/* The program has not asked for the pong. */
static WspSession *
make_pinged (WspRole role)
{
  WspSession *session = make_open (role);
  g_autoptr (GByteArray) frames = g_byte_array_new ();

  append_frame (frames, role, 0x89, "", 0);
  append_frame (frames, role, 0x81, "a", 1);
  feed (session, frames);
  return session;
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

static WspSession *
make_taken (WspRole role)
{
  WspSession *session = make_open (role);
  g_autoptr (GIOStream) stream = make_stream (&owner_fd);

  owner = wsp_connection_new_for_stream (stream, session);
  run_pending ();
  return session;
}

static const struct
{
  const char *name;
  WspSession *(*make) (WspRole role);
} refused[] = {
  { "created", make_created },
  { "in-handshake", make_in_handshake },
  { "close-sent", make_closing },
  { "closed", make_closed },
  { "failed", make_failed },
  { "aborted", make_aborted },
  { "windows-mode", make_windows },
  { "send-queued", make_sending },
  { "message-sent-in-part", make_between_pieces },
  { "message-received-in-part", make_inside_message },
  { "receive-queued", make_receiving },
  { "read-handed-out", make_reading },
  { "write-handed-out", make_writing },
  { "indication-handed-out", make_indicating },
  { "ping-not-answered", make_pinged },
  { "of-another-connection", make_taken },
};

/* Its connection does not notice the second one: it sends and receives. */
static void
check_owner (WspRole role)
{
  if (owner == NULL)
    return;

  g_assert_cmpint (wsp_connection_get_state (owner), ==, WSP_CONNECTION_STATE_OPEN);
  g_assert_true (wsp_connection_queue_text (owner, "go on", NULL));

  g_autofree char *sent = wire_read (owner_fd, 2);

  g_assert_true (g_str_has_prefix (sent, "81 "));
  wire_write (owner_fd, role == WSP_ROLE_SERVER ? "82 81 00 00 00 00 61" : "82 01 61");
  g_autoptr (WspMessage) message = receive (owner, NULL);

  g_assert_nonnull (message);
  wsp_connection_abort (owner);
  run_pending ();
  g_clear_object (&owner);
  close (owner_fd);
}

static void
test_refused (gconstpointer data)
{
  guint number = GPOINTER_TO_UINT (data);
  WspRole role = number % 2 == 0 ? WSP_ROLE_SERVER : WSP_ROLE_CLIENT;
  g_autoptr (WspSession) session = refused[number / 2].make (role);
  WspSessionState state = wsp_session_get_state (session);
  guint n_references = G_OBJECT (session)->ref_count;
  guint8 byte;
  int fd;
  g_autoptr (GIOStream) stream = make_stream (&fd);

  g_test_expect_message ("Wsp", G_LOG_LEVEL_CRITICAL, "wsp_connection_new_for_stream: *");
  g_assert_null (wsp_connection_new_for_stream (stream, session));
  g_test_assert_expected_messages ();
  run_pending ();
  g_assert_cmpint (wsp_session_get_state (session), ==, state);
  g_assert_cmpuint (G_OBJECT (session)->ref_count, ==, n_references);
  g_assert_cmpuint (G_OBJECT (stream)->ref_count, ==, 1);
  g_assert_false (g_io_stream_is_closed (stream));
  g_assert_cmpint (read (fd, &byte, 1), ==, -1);
  check_owner (role);
  close (fd);
}

static void
count_one (guint *n)
{
  (*n)++;
}

static void
test_closed_from_the_start (gconstpointer data)
{
  guint number = GPOINTER_TO_UINT (data);
  WspRole role = number % 2 == 0 ? WSP_ROLE_SERVER : WSP_ROLE_CLIENT;
  g_autoptr (WspSession) session = refused[number / 2].make (role);
  guint n_closed = 0;
  guint8 byte;
  int fd;
  g_autoptr (GIOStream) stream = make_stream (&fd);
  g_autoptr (GBytes) bytes = g_bytes_new_static ("\xff", 1);
  g_autoptr (WspConnection) connection =
    g_object_new (WSP_TYPE_CONNECTION, "io-stream", stream, "session", session, "initial-input",
                  bytes, NULL);

  g_signal_connect_swapped (connection, "closed", G_CALLBACK (count_one), &n_closed);
  g_assert_cmpint (wsp_connection_get_state (connection), ==, WSP_CONNECTION_STATE_CLOSED);
  g_assert_error (wsp_close_info_get_error (wsp_connection_get_close_info (connection)),
                  WSP_ERROR, WSP_ERROR_INVALID_OPERATION);
  g_assert_false (wsp_connection_queue_text (connection, "x", NULL));
  run_pending ();
  g_assert_cmpuint (n_closed, ==, 1);
  g_assert_cmpint (read (fd, &byte, 1), ==, 0);         /* nothing was sent */
  check_owner (role);
  close (fd);
}

/* The limits of a session belong to the connection that drives it.  The other connection looks at
 * neither the old nor the new ones. */
static void
test_limits (gconstpointer data)
{
  guint number = GPOINTER_TO_UINT (data);
  WspRole role = number % 2 == 0 ? WSP_ROLE_SERVER : WSP_ROLE_CLIENT;
  g_autoptr (WspSession) session = refused[number / 2].make (role);
  g_autoptr (WspLimits) limits = wsp_limits_new ();
  g_autoptr (WspMessage) message = wsp_message_new_text ("x");
  int fd;
  g_autoptr (GIOStream) stream = make_stream (&fd);
  g_autoptr (WspConnection) connection =
    g_object_new (WSP_TYPE_CONNECTION, "io-stream", stream, "session", session, NULL);
  WspLimits *before = wsp_session_get_limits (session);

  wsp_connection_set_limits (connection, limits);
  g_assert_true (wsp_session_get_limits (session) == before);
  if (owner != NULL)
    wsp_connection_set_limits (owner, limits);
  else
    wsp_session_set_limits (session, limits);
  g_assert_false (wsp_connection_queue_text (connection, "x", NULL));
  g_assert_false (wsp_connection_send_from_thread (connection, message, NULL));
  wsp_connection_start (connection);
  run_pending ();
  check_owner (role);
  close (fd);
}

/* The old limits are gone, and the connection does not look at them. */
static void
on_notify_limits (WspSession    *session,
                  GParamSpec    *pspec,
                  WspConnection *connection)
{
  g_assert_true (wsp_connection_queue_text (connection, "x", NULL));
}

static void
test_notify_limits (void)
{
  g_autoptr (WspSession) session = make_taken (WSP_ROLE_SERVER);

  g_signal_connect (session, "notify::limits", G_CALLBACK (on_notify_limits), owner);
  wire_limit (owner, max_send_queue, 1000);
  check_owner (WSP_ROLE_SERVER);
}

/* Bytes that the session has read before */

typedef struct
{
  WspRole     role;
  GByteArray *frames;           /* of the peer */
  GString    *received;         /* texts of the connection */
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

typedef enum
{
  READ_WITH_A_MESSAGE,          /* complete_receive () was given more bytes */
  READ_AND_ASKED,               /* the same, and then all actions were performed */
  READ_WITH_THE_HEAD,
  N_WAYS,
} Way;

static const char *const way_names[N_WAYS] = {
  "read-with-a-message", "read-and-asked", "read-with-the-head",
};

static WspSession *
make_session_with (Input *self,
                   Way    way,
                   gsize  length)
{
  WspSession *session = make_open (self->role);
  g_autoptr (GByteArray) first = g_byte_array_new ();

  if (way == READ_WITH_THE_HEAD)
    return session;

  append_frame (first, self->role, 0x81, "a", 1);
  g_byte_array_append (first, self->frames->data, length);
  feed (session, first);
  take (session);
  if (way == READ_AND_ASKED)
    drain (session);
  return session;
}

static WspConnection *
make_connection_with (Input     *self,
                      Way        way,
                      gsize      length,
                      GIOStream *stream)
{
  g_autoptr (WspSession) session = make_session_with (self, way, length);
  g_autoptr (GBytes) bytes = g_bytes_new (self->frames->data, length);

  if (way != READ_WITH_THE_HEAD)
    return wsp_connection_new_for_stream (stream, session);

  return g_object_new (WSP_TYPE_CONNECTION, "io-stream", stream, "session", session,
                       "initial-input", bytes, NULL);
}

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
  guint i = number / 2 / N_CUTS / N_WAYS;
  Input self = { .role = number % 2 == 0 ? WSP_ROLE_SERVER : WSP_ROLE_CLIENT };
  g_autoptr (GByteArray) frames = g_byte_array_new ();
  int fd;
  g_autoptr (GIOStream) stream = make_stream (&fd);
  gsize cut;

  self.frames = frames;
  self.received = g_string_new (NULL);
  inputs[i].add (&self);
  cut = get_cut (&self, number / 2 % N_CUTS);

  g_autoptr (WspConnection) connection =
    make_connection_with (&self, number / 2 / N_CUTS % N_WAYS, cut, stream);

  g_assert_nonnull (connection);
  g_signal_connect (connection, "message", G_CALLBACK (on_message), &self);
  wsp_connection_start (connection);
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

static void
add_refused_rows (void)
{
  for (guint i = 0; i < 2 * G_N_ELEMENTS (refused); i++)
    {
      const char *role = i % 2 == 0 ? "server" : "client";
      g_autofree char *path =
        g_strdup_printf ("/connection/given-session/critical-and-none/%s/%s", refused[i / 2].name,
                         role);
      g_autofree char *closed =
        g_strdup_printf ("/connection/given-session/g-object-new-is-closed/%s/%s",
                         refused[i / 2].name, role);

      g_autofree char *limits =
        g_strdup_printf ("/connection/given-session/limits-of-a-session-it-did-not-get-stay/%s/%s",
                         refused[i / 2].name, role);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_refused);
      g_test_add_data_func (limits, GUINT_TO_POINTER (i), test_limits);
      g_test_add_data_func (closed, GUINT_TO_POINTER (i), test_closed_from_the_start);
    }
}

/* The stream of a message checks no text of a session that checks none. */
static void
test_unchecked_text (void)
{
  int fd;
  g_autoptr (GIOStream) stream = make_stream (&fd);
  g_autoptr (WspSession) session = g_object_new (WSP_TYPE_SESSION, "role", WSP_ROLE_SERVER,
                                                 "utf8-verification", FALSE, NULL);

  g_assert_cmpint (wsc_stream_establish (wsp_session_peek_stream (session), NULL), ==,
                   WSC_FAULT_NONE);

  g_autoptr (WspConnection) connection = wsp_connection_new_for_stream (stream, session);
  g_autoptr (GOutputStream) text = wsp_connection_begin_message (connection, WSP_MESSAGE_TYPE_TEXT,
                                                                 NULL);

  g_assert_cmpint (g_output_stream_write (text, "\xff", 1, NULL, NULL), ==, 1);
  g_assert_true (g_output_stream_close (text, NULL, NULL));

  g_autofree char *frame = wire_read (fd, 3);

  g_assert_cmpstr (frame, ==, "81 01 ff");
  wsp_connection_abort (connection);
  run_pending ();
  close (fd);
}

/* After a complete closing handshake the end of the connection does not abort its session. */
static void
test_clean_end (void)
{
  int fd;
  g_autoptr (GIOStream) stream = make_stream (&fd);
  g_autoptr (WspSession) session = make_open (WSP_ROLE_SERVER);
  g_autoptr (WspConnection) connection = wsp_connection_new_for_stream (stream, session);
  g_autoptr (Watched) watched = watch (connection);

  wsp_connection_start (connection);
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
  add_refused_rows ();
  g_test_add_func ("/connection/given-session/text/unchecked-in-a-stream", test_unchecked_text);
  g_test_add_func ("/connection/given-session/state/closed-after-a-clean-end", test_clean_end);
  g_test_add_func ("/connection/given-session/limits/may-be-used-while-it-notifies",
                   test_notify_limits);
  for (guint i = 0; i < 2 * N_CUTS * N_WAYS * G_N_ELEMENTS (inputs); i++)
    {
      g_autofree char *path =
        g_strdup_printf ("/connection/given-session/its-bytes-are-read-first/%s/%s/%s/%s",
                         way_names[i / 2 / N_CUTS % N_WAYS], inputs[i / 2 / N_CUTS / N_WAYS].name,
                         cut_names[i / 2 % N_CUTS], i % 2 == 0 ? "server" : "client");

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_input);
    }
  return g_test_run ();
}
