/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Deadlines of opening handshakes.  Bytes that have arrived when a deadline passes are read, also
 * if the loop was blocked meanwhile; and a peer that goes while its request is deferred is
 * noticed. */
#include "endpoint/far/dialed.h"
#include "endpoint/knock.h"
#include "lib/listen.h"
#include "lib/rows.h"

#include <libwsproto/session/wsp-session.h>
#include <string.h>
#include <sys/socket.h>

#define TIMEOUT 500             /* milliseconds */
#define TIMEOUT_OF_TLS 800      /* its handshake takes time, too */
#define AT_ONCE 2000            /* milliseconds; handshake-timeout is longer */
#define X80 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
#define FIELD "X-Long: " X80 X80 X80 X80 X80 X80 X80 X80 X80 X80 X80 X80 "\r\n"
#define LONG FIELD FIELD FIELD FIELD FIELD FIELD FIELD FIELD    /* more than one read takes */
#define REFUSAL "HTTP/1.1 403 No\r\nContent-Length: 4\r\n\r\nbody"

typedef struct                  /* atomic: of the main thread and of its peer */
{
  int is_ready;                 /* TRUE when the peer waits for the loop to be blocked */
  int is_blocked;
  int has_written;              /* TRUE when the peer has written while the loop was blocked */
} Meeting;

static Meeting meeting;

static void
wait_for (const int *flag)
{
  while (!g_atomic_int_get (flag))
    g_usleep (200);
}

static void
iterate_until (const int *flag)
{
  while (!g_atomic_int_get (flag))
    if (!g_main_context_iteration (NULL, FALSE))
      g_usleep (200);
}

/* The peer writes while the loop does nothing, which it does until the deadline has passed. */
static void
block_past (gint64 deadline)
{
  g_atomic_int_set (&meeting.is_blocked, TRUE);
  wait_for (&meeting.has_written);
  while (g_get_monotonic_time () < deadline + 20 * 1000)
    g_usleep (1000);
}

/* Clients */

static const struct
{
  const char *name, *answer;    /* response of the server or proxy; ACCEPT: status 101, see
                                 * write_answer () */
  const char *proxy;            /* URI of a proxy without TLS; NULL: no proxy, and the answer is the
                                 * server's */
  const char *error;            /* text of the error; NULL: the client is connected */
} answers[] = {               /* without a proxy first */
  { "101", "ACCEPT\r\n", NULL, NULL },
  { "long-101", "ACCEPT" LONG "\r\n", NULL, NULL },
  { "101-after-1xx", "HTTP/1.1 100 Continue\r\n\r\nACCEPT\r\n", NULL, NULL },
  { "half-a-101", "ACCEPT", NULL, "connect-timeout" },
  { "nothing", "", NULL, "connect-timeout" },
  { "refusal", REFUSAL, NULL, "403 No" },
  { "long-refusal", "HTTP/1.1 403 No\r\n" LONG "Content-Length: 4\r\n\r\nbody", NULL, "403 No" },
  { "half-a-refusal", "HTTP/1.1 403 No\r\nContent-Length: 4\r\n\r\nbo", NULL, "403 No" },
  { "malformed", "HTTP/9\r\n\r\n", NULL, "malformed" },
  { "redirect", "HTTP/1.1 302 No\r\nLocation: /other\r\nContent-Length: 0\r\n\r\n", NULL, "connect-timeout" },
  { "refusal-of-a-proxy", REFUSAL, "http://127.0.0.1:PORT", "403 No" },
  { "tunnel-of-a-proxy", "HTTP/1.1 200 OK\r\n\r\n", "http://127.0.0.1:PORT", "connect-timeout" },
};

static void
write_answer (FarPeer    *peer,
              const char *head,
              const char *answer)
{
  g_auto (GStrv) parts = g_strsplit (answer, "ACCEPT", 2);
  const char *key = strstr (head, "\r\nSec-WebSocket-Key: ");
  g_autofree char *key_text = key != NULL ? g_strndup (key + 21, 24) : NULL;
  g_autofree char *accept = key != NULL ? wsp_accept_key_derive (key_text, NULL) : NULL;
  g_autofree char *fields =
    g_strconcat ("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                 "Sec-WebSocket-Accept: ", accept, "\r\n", NULL);
  g_autofree char *text = g_strjoinv (fields, parts);

  far_write (peer, text);
}

static void
answer_while_blocked (FarPeer *peer,
                      gpointer row)
{
  g_autofree char *head = far_read_head (peer);

  if (head == NULL || g_atomic_int_get (&meeting.is_ready))
    {
      far_wait_for_end (peer);
      return;
    }

  g_atomic_int_set (&meeting.is_ready, TRUE);
  wait_for (&meeting.is_blocked);
  write_answer (peer, head, answers[GPOINTER_TO_SIZE (row)].answer);
  g_atomic_int_set (&meeting.has_written, TRUE);
  far_wait_for_end (peer);
}

static void
answer_inside_tls (FarPeer *peer,
                   gpointer row)
{
  if (far_begin_tls (peer, CERTIFICATE_GOOD, G_TLS_AUTHENTICATION_NONE))
    answer_while_blocked (peer, row);
}

static void
check_result (Dialed     *dialed,
              const char *error)
{
  if (error == NULL)
    {
      g_assert_no_error (dialed->error);
      g_assert_nonnull (dialed->connection);
      return;
    }

  g_assert_nonnull (dialed->error);
  g_assert_contains (dialed->error->message, error);
}

static void
check_answer (gsize       row,
              FarFunc     serve,
              guint       timeout,
              const char *format)
{
  g_autoptr (Far) far = far_new (serve, GSIZE_TO_POINTER (row));
  g_autofree char *uri = far_make_uri (format, far);
  g_autofree char *proxy = answers[row].proxy != NULL ? far_make_uri (answers[row].proxy, far)
                                                      : NULL;
  g_autoptr (WspClient) client = dial_client (proxy);
  g_auto (Dialed) dialed = { 0 };
  gint64 deadline;

  meeting = (Meeting) { 0 };
  wsp_client_set_tls_database (client, authority_get_database ());
  wsp_client_set_connect_timeout (client, timeout);
  g_object_set (client, "max-redirects", 1, NULL);
  deadline = g_get_monotonic_time () + timeout * 1000;
  dial_begin (&dialed, client, uri, NULL);
  iterate_until (&meeting.is_ready);
  block_past (deadline);
  dial_wait (&dialed);
  check_result (&dialed, answers[row].error);
}

static void
test_answer (gconstpointer row)
{
  gsize i = GPOINTER_TO_SIZE (row);

  check_answer (i, answer_while_blocked, TIMEOUT,
                answers[i].proxy != NULL ? "ws://inside.example/" : "ws://127.0.0.1:PORT/");
}

static void
test_answer_inside_tls (gconstpointer row)
{
  gsize i = GPOINTER_TO_SIZE (row);

  check_answer (i, answer_inside_tls, TIMEOUT_OF_TLS, "wss://localhost:PORT/");
}

typedef enum
{
  HANDLER_BLOCKS,
  HANDLER_RUNS_THE_LOOP,
} HandlerDeed;

static void
on_status (WspHandshake *handshake,
           GParamSpec   *pspec,
           gpointer      data)
{
  gint64 end = g_get_monotonic_time () + (TIMEOUT + 50) * 1000;

  while (g_get_monotonic_time () < end)
    if (GPOINTER_TO_UINT (data) == HANDLER_BLOCKS || !g_main_context_iteration (NULL, FALSE))
      g_usleep (200);
}

static void
on_prepare (WspClient    *client,
            WspHandshake *handshake,
            gpointer      data)
{
  g_signal_connect (handshake, "notify::response-status", G_CALLBACK (on_status), data);
}

/* The response was read in time, and its report takes longer. */
static void
test_report (gconstpointer data)
{
  g_autoptr (Far) far = far_new (far_serve, NULL);
  g_autoptr (WspClient) client = dial_client (NULL);
  g_auto (Dialed) dialed = { 0 };

  wsp_client_set_connect_timeout (client, TIMEOUT);
  g_signal_connect (client, "prepare", G_CALLBACK (on_prepare), (gpointer) data);
  dial (&dialed, client, "ws://127.0.0.1:PORT/", far_get_port (far));
  dial_is_open (&dialed);
}

/* Servers */

typedef enum
{
  SERVER_ACCEPTS,
  SERVER_DEFERS,
  SERVER_DECIDES_LATE,          /* the server decides in a source of the same iteration */
} ServerDeed;

typedef enum
{
  PEER_STAYS,
  PEER_CLOSES,
  PEER_RESETS,
} PeerEnd;

typedef struct                  /* a client that blocks in a thread of its own */
{
  const char *before, *meanwhile;       /* bytes that are written before the loop is blocked, and
                                         * meanwhile */
  gboolean    has_tls, finishes_late;
  PeerEnd     end;
  guint16     port;
  char       *response;
  int         is_over;          /* TRUE if the thread has ended; atomic */
} Knocker;

typedef struct
{
  WspServer    *server;
  ServerDeed    deed;
  WspHandshake *handshake;
  WspHttpRequest *request;
  guint         n_failures;
  int           is_asked;       /* TRUE if a handler was called; atomic */
} Serving;

/* In the middle of the handshake: what ends it is written while the loop is blocked. */
static gboolean
on_certificate (GTlsConnection      *tls,
                GTlsCertificate     *certificate,
                GTlsCertificateFlags errors,
                Knocker             *self)
{
  if (self->finishes_late)
    {
      g_atomic_int_set (&meeting.is_ready, TRUE);
      wait_for (&meeting.is_blocked);
    }
  return TRUE;
}

static GIOStream *
secure (Knocker   *self,
        GIOStream *stream)
{
  g_autoptr (GSocketConnectable) identity = g_network_address_new ("localhost", 1);
  GIOStream *tls = g_tls_client_connection_new (stream, identity, NULL);

  g_signal_connect (tls, "accept-certificate", G_CALLBACK (on_certificate), self);
  g_assert_true (g_tls_connection_handshake (G_TLS_CONNECTION (tls), NULL, NULL));
  return tls;
}

static void
say (GIOStream  *stream,
     const char *text)
{
  g_output_stream_write_all (g_io_stream_get_output_stream (stream), text, strlen (text), NULL,
                             NULL, NULL);
}

static void
leave (Knocker           *self,
       GSocketConnection *connection,
       GIOStream         *stream)
{
  const struct linger linger = { .l_onoff = TRUE };
  GSocket *socket = g_socket_connection_get_socket (connection);

  if (self->end == PEER_RESETS)
    {
      setsockopt (g_socket_get_fd (socket), SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
      g_socket_close (socket, NULL);
    }
  else
    g_io_stream_close (stream, NULL, NULL);
}

static void
read_response (Knocker   *self,
               GIOStream *stream)
{
  g_autoptr (GString) response = g_string_new (NULL);
  GInputStream *input = g_io_stream_get_input_stream (stream);
  char byte;

  while (!g_str_has_suffix (response->str, "\r\n\r\n") &&
         g_input_stream_read (input, &byte, 1, NULL, NULL) == 1)
    g_string_append_c (response, byte);
  self->response = g_string_free (g_steal_pointer (&response), FALSE);
}

static gpointer
knock (gpointer data)
{
  Knocker *self = data;
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketConnection) connection =
    g_socket_client_connect_to_host (client, "127.0.0.1", self->port, NULL, NULL);
  g_autoptr (GIOStream) stream = self->has_tls ? secure (self, G_IO_STREAM (connection))
                                               : g_object_ref (G_IO_STREAM (connection));

  say (stream, self->before);
  g_atomic_int_set (&meeting.is_ready, TRUE);
  wait_for (&meeting.is_blocked);
  say (stream, self->meanwhile);
  if (self->end != PEER_STAYS)
    leave (self, connection, stream);
  g_atomic_int_set (&meeting.has_written, TRUE);
  if (self->end == PEER_STAYS)
    read_response (self, stream);
  g_atomic_int_set (&self->is_over, TRUE);
  return NULL;
}

static gboolean
decide (gpointer handshake)
{
  wsp_handshake_accept (handshake, NULL, NULL, NULL);
  return G_SOURCE_REMOVE;
}

static gboolean
on_request (WspServer    *server,
            WspHandshake *handshake,
            Serving      *self)
{
  g_atomic_int_set (&self->is_asked, TRUE);
  if (self->deed == SERVER_ACCEPTS)
    return TRUE;

  wsp_handshake_defer (handshake);
  g_set_object (&self->handshake, handshake);
  return TRUE;
}

static gboolean
on_http_request (WspServer      *server,
                 WspHttpRequest *request,
                 Serving        *self)
{
  g_atomic_int_set (&self->is_asked, TRUE);
  wsp_http_request_defer (request);
  g_set_object (&self->request, request);
  return TRUE;
}

static void
serving_init (Serving *self,
              Knocker *knocker)
{
  self->server = wsp_server_new ();
  if (knocker->has_tls)
    g_object_set (self->server, "tls-certificate", authority_get_certificate (CERTIFICATE_GOOD),
                  NULL);
  g_signal_connect (self->server, "request", G_CALLBACK (on_request), self);
  g_signal_connect_swapped (self->server, "handshake-failed", G_CALLBACK (g_atomic_int_inc),
                            &self->n_failures);
  knocker->port = listen_on_free_port (self->server, "127.0.0.1");
  meeting = (Meeting) { 0 };
}

static void
serving_clear (Serving *self)
{
  g_clear_object (&self->handshake);
  g_clear_object (&self->request);
  g_clear_object (&self->server);
  run_pending ();
}

static const struct
{
  const char *name, *before, *meanwhile;
  ServerDeed  deed;
  gboolean    finishes_late;    /* TRUE if the TLS handshake ends while the loop is blocked */
  const char *status;           /* status of the response; "" = no response */
} requests[] = {
  { "request", "", KNOCK_REQUEST (""), SERVER_ACCEPTS, FALSE, "101" },
  { "second-half-of-a-request", "GET / HTTP/1.1\r\n", KNOCK_FIELDS "\r\n", SERVER_ACCEPTS, FALSE, "101" },
  { "long-request", "GET / HTTP/1.1\r\n", KNOCK_FIELDS LONG "\r\n", SERVER_ACCEPTS, FALSE, "101" },
  { "request-after-the-end-of-tls", "", KNOCK_REQUEST (""), SERVER_ACCEPTS, TRUE, "101" },
  { "half-a-request", "GET / HTTP/1.1\r\n", KNOCK_FIELDS, SERVER_ACCEPTS, FALSE, "408" },
  { "nothing", "", "", SERVER_ACCEPTS, FALSE, "" },
  { "decision-of-the-same-iteration", KNOCK_REQUEST (""), "", SERVER_DECIDES_LATE, FALSE, "101" },
  { "no-decision", KNOCK_REQUEST (""), "", SERVER_DEFERS, FALSE, "503" },
};

static void
check_request (gsize    row,
               gboolean has_tls)
{
  Knocker knocker = {
    .before = requests[row].before, .meanwhile = requests[row].meanwhile, .has_tls = has_tls,
    .finishes_late = has_tls && requests[row].finishes_late,
  };
  Serving serving = { .deed = requests[row].deed };
  g_autoptr (GThread) thread = NULL;
  g_autofree char *status = NULL;
  guint timeout = has_tls ? TIMEOUT_OF_TLS : TIMEOUT;

  serving_init (&serving, &knocker);
  wsp_limits_set_handshake_timeout (wsp_server_get_limits (serving.server), timeout);
  thread = g_thread_new ("client", knock, &knocker);
  iterate_until (&meeting.is_ready);
  if (serving.deed != SERVER_ACCEPTS)
    iterate_until (&serving.is_asked);
  run_pending ();
  if (serving.deed == SERVER_DECIDES_LATE)
    g_timeout_add_full (G_PRIORITY_DEFAULT, timeout, decide, g_object_ref (serving.handshake),
                        g_object_unref);
  block_past (g_get_monotonic_time () + timeout * 1000);        /* all that waits has begun */
  iterate_until (&knocker.is_over);
  g_thread_join (g_steal_pointer (&thread));
  status = g_strndup (knocker.response + MIN (strlen (knocker.response), strlen ("HTTP/1.1 ")), 3);
  g_assert_cmpstr (status, ==, requests[row].status);
  g_free (knocker.response);
  serving_clear (&serving);
}

static void
test_request (gconstpointer row)
{
  check_request (GPOINTER_TO_SIZE (row), FALSE);
}

static void
test_request_inside_tls (gconstpointer row)
{
  check_request (GPOINTER_TO_SIZE (row), TRUE);
}

/* Peers that go */

#define PAGE "GET /page HTTP/1.1\r\nHost: localhost\r\n\r\n"

static const struct
{
  const char *name, *request, *meanwhile;
  PeerEnd     end;
} gone[] = {
  { "websocket-closes", KNOCK_REQUEST (""), "", PEER_CLOSES },
  { "websocket-resets", KNOCK_REQUEST (""), "", PEER_RESETS },
  { "websocket-sends-early-and-closes", KNOCK_REQUEST ("") "early", "", PEER_CLOSES },
  { "websocket-sends-and-closes", KNOCK_REQUEST (""), "early", PEER_CLOSES },
  { "websocket-sends-much-and-resets", KNOCK_REQUEST (""), LONG, PEER_RESETS },
  { "page-closes", PAGE, "", PEER_CLOSES },
  { "page-resets", PAGE, "", PEER_RESETS },
  { "page-asks-again-and-closes", PAGE PAGE, "", PEER_CLOSES },
  { "page-asks-again-later-and-closes", PAGE, PAGE, PEER_CLOSES },
  { "page-sends-much-and-resets", PAGE, LONG, PEER_RESETS },
};

static void
check_gone (gsize    row,
            gboolean has_tls)
{
  Knocker knocker = {
    .before = gone[row].request, .meanwhile = gone[row].meanwhile, .has_tls = has_tls,
    .end = gone[row].end,
  };
  Serving serving = { .deed = SERVER_DEFERS };
  g_autoptr (GThread) thread = NULL;
  gint64 begin;

  serving_init (&serving, &knocker);
  g_signal_connect (serving.server, "http-request", G_CALLBACK (on_http_request), &serving);
  thread = g_thread_new ("client", knock, &knocker);
  iterate_until (&serving.is_asked);
  run_pending ();
  begin = g_get_monotonic_time ();
  g_atomic_int_set (&meeting.is_blocked, TRUE);
  run_until_count (&serving.n_failures, 1);
  g_assert_cmpint (g_get_monotonic_time () - begin, <, AT_ONCE * 1000);
  g_thread_join (g_steal_pointer (&thread));
  serving_clear (&serving);
}

static void
test_gone (gconstpointer row)
{
  check_gone (GPOINTER_TO_SIZE (row), FALSE);
}

static void
test_gone_inside_tls (gconstpointer row)
{
  check_gone (GPOINTER_TO_SIZE (row), TRUE);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD_ROWS ("/endpoint/deadlines/answer", answers, test_answer);
  for (gsize i = 0; i < G_N_ELEMENTS (answers) && answers[i].proxy == NULL; i++)
    {
      g_autofree char *path = g_strconcat ("/endpoint/deadlines/answer-inside-tls/",
                                           answers[i].name, NULL);

      g_test_add_data_func (path, GSIZE_TO_POINTER (i), test_answer_inside_tls);
    }
  g_test_add_data_func ("/endpoint/deadlines/report/handler-that-blocks",
                        GUINT_TO_POINTER (HANDLER_BLOCKS), test_report);
  g_test_add_data_func ("/endpoint/deadlines/report/handler-that-runs-the-loop",
                        GUINT_TO_POINTER (HANDLER_RUNS_THE_LOOP), test_report);
  ADD_ROWS ("/endpoint/deadlines/request", requests, test_request);
  ADD_ROWS ("/endpoint/deadlines/request-inside-tls", requests, test_request_inside_tls);
  ADD_ROWS ("/endpoint/deadlines/gone", gone, test_gone);
  ADD_ROWS ("/endpoint/deadlines/gone-inside-tls", gone, test_gone_inside_tls);
  return g_test_run ();
}
