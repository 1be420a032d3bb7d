/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Opening handshakes of which parts are missing: what a tap is notified of, what an inspector
 * reads, and what each command line of wsinspect prints of it.  The program is this process: it is
 * attached to through its own socket. */

#include <glib-unix.h>
#include <libwsproto/wsproto.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "endpoint/knock.h"
#include "inspect/sources/program/wsi-program-source.h"
#include "inspect/sources/wsi-session.h"
#include "inspect/sources/wsi-temporary-folder.h"
#include "inspector/in-process.h"
#include "inspector/listing.h"
#include "inspector/saved.h"
#include "lib/listen.h"
#include "lib/observer.h"
#include "lib/rows.h"

#define WAIT_MS 10000
#define SHORT_MS 150
#define MAX_HEAD (64 * 1024)    /* more than a record of the attached program has */
#define GET "GET / HTTP/1.1\r\n"
#define UPGRADE GET KNOCK_UPGRADE
#define REFUSAL "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
#define CONTINUE "HTTP/1.1 100 Continue\r\n\r\n"
#define SWITCH "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
#define OPENED "opened: ws://127.0.0.1:PORT/; request: GET / HTTP/1.1"
#define NO_RESPONSE "; close: Connection ended before the response"
#define NO_CLOSE "; close: Connection ended without a Close frame"
#define REFUSED "; close: Server refused the upgrade"
#define INTERIM "; response: HTTP/1.1 100 Continue"
#define NO_STATUS "; fault: Status line is malformed or not HTTP/1.1 (RFC 6455 4.1)" REFUSED
#define NO_FIELD "; fault: Header name has an invalid character (RFC 6455 4.2.1)"
#define X80 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
#define X800 X80 X80 X80 X80 X80 X80 X80 X80 X80 X80
#define X8000 X800 X800 X800 X800 X800 X800 X800 X800 X800 X800
#define LONG_FIELDS "A: " X8000 "\r\nB: " X8000 "\r\nC: " X8000 "\r\nD: " X8000 "\r\n"

typedef enum                    /* what the peer does when it has sent its bytes */
{
  PEER_CLOSES,
  PEER_RESETS,
  PEER_STAYS,                   /* the peer stays until the program closes */
} PeerEnd;

typedef enum                    /* what a server does with a request */
{
  SERVER_ACCEPTS,
  SERVER_DEFERS,
  SERVER_SHUTS_DOWN,            /* the server shuts down with a deferred request */
} ServerDeed;

static const struct
{
  const char *name;
  WspRole     role;             /* role of the program */
  const char *bytes;            /* bytes that the peer sends */
  PeerEnd     end;
  ServerDeed  deed;
  const char *rows;
} cases[] = {
  { "client-without-response", WSP_ROLE_CLIENT, "", PEER_CLOSES, 0, OPENED NO_RESPONSE },
  { "client-without-response-reset", WSP_ROLE_CLIENT, "", PEER_RESETS, 0, OPENED NO_RESPONSE },
  { "client-without-response-in-time", WSP_ROLE_CLIENT, "", PEER_STAYS, 0, OPENED NO_RESPONSE },
  { "client-with-half-a-response", WSP_ROLE_CLIENT, "HTTP/1.1 101 Swi", PEER_CLOSES, 0, OPENED NO_RESPONSE },
  { "client-with-half-a-response-in-time", WSP_ROLE_CLIENT, "HTTP/1.1 101 Swi", PEER_STAYS, 0, OPENED NO_RESPONSE },
  { "client-with-a-malformed-response", WSP_ROLE_CLIENT, "garbage\r\n\r\n", PEER_CLOSES, 0,
    OPENED "; response: garbage" NO_STATUS },
  { "client-with-a-malformed-field", WSP_ROLE_CLIENT, SWITCH "X[y: 1\r\n\r\n", PEER_CLOSES, 0,
    OPENED "; response: HTTP/1.1 101 Switching Protocols" NO_FIELD NO_CLOSE },
  { "client-with-a-wrong-response", WSP_ROLE_CLIENT, SWITCH "\r\n\x81\x02hi", PEER_CLOSES, 0,
    OPENED "; response: HTTP/1.1 101 Switching Protocols; < text 'hi'" NO_CLOSE },
  { "client-with-only-1xx", WSP_ROLE_CLIENT, CONTINUE, PEER_CLOSES, 0, OPENED INTERIM NO_RESPONSE },
  { "client-with-1xx-and-half-a-response", WSP_ROLE_CLIENT, CONTINUE "HTTP/1.1 1", PEER_CLOSES, 0,
    OPENED INTERIM NO_RESPONSE },
  { "client-with-1xx-and-a-malformed-response", WSP_ROLE_CLIENT, CONTINUE "HTTP/9\r\n\r\n", PEER_CLOSES, 0,
    OPENED INTERIM "; response: HTTP/9" NO_STATUS },
  { "client-with-too-many-1xx", WSP_ROLE_CLIENT, CONTINUE CONTINUE CONTINUE CONTINUE CONTINUE CONTINUE, PEER_CLOSES, 0,
    OPENED INTERIM INTERIM INTERIM INTERIM INTERIM INTERIM NO_RESPONSE },
  { "client-with-a-long-refusal", WSP_ROLE_CLIENT, "HTTP/1.1 403 No\r\n" LONG_FIELDS "Content-Length: 4\r\n\r\nbody",
    PEER_CLOSES, 0, OPENED "; response: HTTP/1.1 403 No; < bytes 'body'" REFUSED },

  { "server-without-request", WSP_ROLE_SERVER, "", PEER_CLOSES, SERVER_ACCEPTS, "" },
  { "server-without-request-in-time", WSP_ROLE_SERVER, "", PEER_STAYS, SERVER_ACCEPTS, "" },
  { "server-with-half-a-request", WSP_ROLE_SERVER, UPGRADE "Sec-WebSo", PEER_CLOSES, SERVER_ACCEPTS, "opened" NO_RESPONSE },
  { "server-with-half-a-request-in-time", WSP_ROLE_SERVER, UPGRADE "Sec-WebSo", PEER_STAYS, SERVER_ACCEPTS,
    "opened; response: HTTP/1.1 408 Request Timeout; > bytes 'Request is not complete: for N ms, limit "
    "handshake-timeout N ms\n'; close: Request was not complete in time" },
  { "server-with-a-malformed-request", WSP_ROLE_SERVER, UPGRADE "X[y: 1\r\n\r\n", PEER_CLOSES, SERVER_ACCEPTS,
    "opened; request: GET / HTTP/1.1" NO_FIELD "; response: HTTP/1.1 400 Bad Request; "
    "> bytes 'Header name has an invalid character\n'" REFUSED },
  { "server-with-a-wrong-request", WSP_ROLE_SERVER, UPGRADE KNOCK_HOST "\r\nframes", PEER_CLOSES, SERVER_ACCEPTS,
    "opened; request: GET / HTTP/1.1; response: HTTP/1.1 426 Upgrade Required; "
    "> bytes 'Sec-WebSocket-Version is missing\n'; < bytes 'frames'" REFUSED },
  { "server-without-response", WSP_ROLE_SERVER, GET KNOCK_FIELDS "\r\n", PEER_CLOSES, SERVER_DEFERS,
    "opened; request: GET / HTTP/1.1" NO_RESPONSE },
  { "server-without-response-reset", WSP_ROLE_SERVER, GET KNOCK_FIELDS "\r\n", PEER_RESETS, SERVER_DEFERS,
    "opened; request: GET / HTTP/1.1" NO_RESPONSE },
  { "server-without-response-in-time", WSP_ROLE_SERVER, GET KNOCK_FIELDS "\r\n", PEER_STAYS, SERVER_DEFERS,
    "opened; request: GET / HTTP/1.1; response: HTTP/1.1 503 Service Unavailable; > bytes 'Request not accepted or "
    "rejected: for N ms, limit handshake-timeout N ms\n'" REFUSED },
  { "server-that-shuts-down", WSP_ROLE_SERVER, GET KNOCK_FIELDS "\r\n", PEER_STAYS, SERVER_SHUTS_DOWN, "" },
  { "server-with-a-long-request", WSP_ROLE_SERVER, GET LONG_FIELDS KNOCK_UPGRADE KNOCK_HOST "\r\n", PEER_CLOSES, SERVER_ACCEPTS,
    "opened; request: GET / HTTP/1.1; response: HTTP/1.1 426 Upgrade Required; "
    "> bytes 'Sec-WebSocket-Version is missing\n'" REFUSED },
};

static WsiSession *session;     /* attached to this process */

/* The peer: it blocks in a thread of its own. */

typedef struct
{
  int         fd;               /* socket: it listens for a client, else it is connected */
  const char *bytes;
  PeerEnd     end;
  gboolean    is_server;
} Peer;

static void
read_head (int fd)
{
  g_autoptr (GString) head = g_string_new (NULL);
  char byte;

  while (!g_str_has_suffix (head->str, "\r\n\r\n") && recv (fd, &byte, 1, 0) == 1)
    g_string_append_c (head, byte);
}

static void
serve (Peer *self,
       int   fd)
{
  const struct linger linger = { .l_onoff = self->end == PEER_RESETS };
  char rest[512];

  if (self->is_server)
    read_head (fd);
  (void) !send (fd, self->bytes, strlen (self->bytes), MSG_NOSIGNAL);
  if (self->end == PEER_CLOSES)
    shutdown (fd, SHUT_WR);
  else if (self->end == PEER_RESETS)
    g_usleep (SHORT_MS * 1000 / 3);     /* the program has read by then */
  while (self->end != PEER_RESETS && recv (fd, rest, sizeof rest, 0) > 0)
    continue;
  setsockopt (fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
  close (fd);
}

static gpointer
run_peer (gpointer data)
{
  Peer *self = data;

  serve (self, self->is_server ? accept (self->fd, NULL, NULL) : self->fd);
  if (self->is_server)
    close (self->fd);
  return NULL;
}

static guint16
listen_for (Peer *self)
{
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new (loopback, 0), bound = NULL;
  g_autoptr (GSocket) socket = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM,
                                             G_SOCKET_PROTOCOL_DEFAULT, NULL);

  g_assert_true (g_socket_bind (socket, address, TRUE, NULL) && g_socket_listen (socket, NULL));
  bound = g_socket_get_local_address (socket, NULL);
  self->fd = dup (g_socket_get_fd (socket));
  g_unix_set_fd_nonblocking (self->fd, FALSE, NULL);
  return g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound));
}

static void
run_until_set (const gboolean *is_over)
{
  gint64 deadline = g_get_monotonic_time () + WAIT_MS * 1000;

  while (!*is_over)
    {
      g_assert_cmpint (g_get_monotonic_time (), <, deadline);
      if (!g_main_context_iteration (NULL, FALSE))
        g_usleep (200);
    }
}

/* The program */

static void
on_connected (GObject      *client,
              GAsyncResult *result,
              gpointer      is_over)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (wsp_client_connect_finish (WSP_CLIENT (client), result, &error));
  g_assert_nonnull (error);
  *(gboolean *) is_over = TRUE;
}

static void
be_client (Peer       *peer,
           const char *path,
           WspTap     *tap)
{
  g_autoptr (WspClient) client = wsp_client_new ();
  guint16 port = listen_for (peer);
  g_autofree char *uri = g_strdup_printf ("ws://127.0.0.1:%u%s", port, path);
  g_autoptr (GThread) thread = NULL;
  gboolean is_over = FALSE;

  peer->is_server = TRUE;
  thread = g_thread_new ("peer", run_peer, peer);
  if (tap != NULL)
    wsp_client_add_tap (client, tap);
  if (peer->end == PEER_STAYS)
    wsp_client_set_connect_timeout (client, SHORT_MS);
  wsp_limits_set_max_head_size (wsp_client_get_limits (client), MAX_HEAD);
  wsp_client_connect_async (client, uri, NULL, NULL, NULL, on_connected, &is_over);
  run_until_set (&is_over);
  g_clear_object (&client);
  g_thread_join (g_steal_pointer (&thread));
}

typedef struct
{
  ServerDeed deed;
  gboolean   is_over;
} Serving;

static void
on_shut_down (GObject      *server,
              GAsyncResult *result,
              gpointer      serving)
{
  ((Serving *) serving)->is_over = TRUE;
}

static gboolean
on_request (WspServer    *server,
            WspHandshake *handshake,
            Serving      *serving)
{
  if (serving->deed != SERVER_ACCEPTS)
    wsp_handshake_defer (handshake);
  if (serving->deed == SERVER_SHUTS_DOWN)
    wsp_server_shutdown_async (server, 1001, NULL, 0, NULL, on_shut_down, serving);
  return TRUE;
}

static void
on_failed (WspServer      *server,
           GSocketAddress *address,
           WspHandshake   *handshake,
           GError         *error,
           Serving        *serving)
{
  serving->is_over = TRUE;
}

static void
be_server (Peer      *peer,
           ServerDeed deed,
           WspTap    *tap)
{
  g_autoptr (WspServer) server = wsp_server_new ();
  guint16 port = listen_on_free_port (server, "127.0.0.1");
  g_autoptr (GThread) thread = NULL;
  Serving serving = { .deed = deed };

  g_signal_connect (server, "request", G_CALLBACK (on_request), &serving);
  g_signal_connect (server, "handshake-failed", G_CALLBACK (on_failed), &serving);
  wsp_server_add_tap (server, tap);
  wsp_limits_set_handshake_timeout (wsp_server_get_limits (server), SHORT_MS);
  wsp_limits_set_max_head_size (wsp_server_get_limits (server), MAX_HEAD);
  peer->fd = knock_dial (port);
  g_unix_set_fd_nonblocking (peer->fd, FALSE, NULL);
  thread = g_thread_new ("peer", run_peer, peer);
  run_until_set (&serving.is_over);
  g_clear_object (&server);
  while (g_main_context_iteration (NULL, FALSE))
    continue;
  g_thread_join (g_steal_pointer (&thread));
}

/* The inspector */

static char *
list (void)
{
  return listing_make (wsi_session_get_store (session));
}

/* Makes an opening that is reported after all before it.  FALSE: it was not reported in time. */
static gboolean
mark (guint wait_ms)
{
  static guint n_marks;
  g_autofree char *path = g_strdup_printf ("/mark-%u.", ++n_marks);
  gint64 deadline = g_get_monotonic_time () + wait_ms * 1000;
  Peer peer = { .bytes = REFUSAL };
  gboolean is_told = FALSE;

  be_client (&peer, path, NULL);
  while (!is_told && g_get_monotonic_time () < deadline)
    {
      g_autofree char *listing = list ();
      const char *place = strstr (listing, path);

      is_told = place != NULL && strstr (place, " close") != NULL;
      if (!is_told && !g_main_context_iteration (NULL, FALSE))
        g_usleep (200);
    }
  return is_told;
}

/* From here on each opening is reported. */
static void
begin_inspecting (void)
{
  const WsiStoreLimits limits = WSI_STORE_LIMITS_DEFAULT;
  const WsiLaneOptions lane = {
    .kind = WSI_LANE_LIVE, .when_full = WSI_WHEN_FULL_SKIP, .max_bytes = WSI_LANE_DEFAULT_MAX_BYTES,
  };
  gint64 deadline = g_get_monotonic_time () + WAIT_MS * 1000;
  g_autofree char *pid = g_strdup_printf ("%d", (int) getpid ());
  g_autoptr (WsiRecorder) recorder = NULL;
  g_autoptr (WsiProgramSource) source = NULL;

  session = wsi_session_new_with_limits (&limits);
  recorder = wsi_session_make_recorder (session, WSP_ROLE_CLIENT, &lane);
  source = wsi_program_source_new (recorder, pid, NULL, 0);
  wsi_session_add (session, WSI_SOURCE (source));
  while (!mark (SHORT_MS))
    g_assert_cmpint (g_get_monotonic_time (), <, deadline);
}

/* Without numbers that differ: of connections, of ports and of milliseconds. */
static char *
simplify (const char *listing)
{
  static const struct
  {
    const char *pattern, *replacement;
  } numbers[] = {
    { "(^|; )[0-9]+ ", "\\1" }, { ":[0-9]+/", ":PORT/" }, { "[0-9]+ ms", "N ms" },
  };
  char *text = g_strdup (listing);

  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    {
      g_autoptr (GRegex) regex = g_regex_new (numbers[i].pattern, 0, 0, NULL);
      g_autofree char *before = text;

      text = g_regex_replace (regex, before, -1, 0, numbers[i].replacement, 0, NULL);
    }
  return text;
}

/* The rows that were reported after so many bytes of the listing. */
static char *
dup_rows (gsize begin)
{
  g_autofree char *listing = NULL;
  char *rows, *end;

  g_assert_true (mark (WAIT_MS));
  listing = list ();
  rows = listing + begin + strlen ("; ");
  end = g_strrstr_len (rows, strstr (rows, "/mark-") - rows, "; ");
  if (end == NULL)
    return g_strdup ("");

  *end = '\0';
  return simplify (rows);
}

static void
run_lines (GBytes *input)
{
  const GPtrArray *lines = in_process_get_lines ();

  for (guint i = 0; i < lines->len; i++)
    {
      const CommandLine *line = lines->pdata[i];
      g_autoptr (GBytes) output = NULL;
      g_autofree char *problem = NULL;

      if (g_str_has_prefix (line->words, "decode"))
        continue;

      problem = in_process_run (line, input, &output);
      if (problem == NULL && g_strstr_len (g_bytes_get_data (output, NULL),
                                           g_bytes_get_size (output), "(null)") != NULL)
        problem = g_strdup ("(null)");
      if (problem != NULL)
        g_error ("wsinspect %s: %s", line->words, problem);
    }
}

static void
test_opening (gconstpointer data)
{
  gsize row = GPOINTER_TO_SIZE (data);
  Peer peer = { .bytes = cases[row].bytes, .end = cases[row].end };
  g_autoptr (TestObserver) tap = test_observer_new (cases[row].role);
  g_autofree char *before = NULL, *rows = NULL;
  g_autoptr (GBytes) saved = NULL;

  begin_inspecting ();
  before = list ();
  if (cases[row].role == WSP_ROLE_CLIENT)
    be_client (&peer, "/", WSP_TAP (tap));
  else
    be_server (&peer, cases[row].deed, WSP_TAP (tap));
  rows = dup_rows (strlen (before));
  g_assert_cmpstr (rows, ==, cases[row].rows);
  g_assert_cmpuint (tap->n_states, ==, cases[row].deed == SERVER_SHUTS_DOWN ? 0 : 1);
  saved = saved_store (wsi_session_get_store (session), WSI_FORMAT_SESSION, WSI_REDACTION_NONE);
  run_lines (saved);
  wsi_session_stop (session);
  g_clear_object (&session);
}

int
main (int    argc,
      char **argv)
{
  g_autofree char *folder = NULL;
  g_autoptr (GError) error = NULL;

  g_test_init (&argc, &argv, NULL);
  folder = g_dir_make_tmp ("openings-XXXXXX", &error);
  g_assert_no_error (error);
  g_setenv ("XDG_RUNTIME_DIR", folder, TRUE);
  wsp_attach_enable (&error);
  g_assert_no_error (error);
  ADD_ROWS ("/inspector/program-openings", cases, test_opening);
  int status = g_test_run ();

  wsi_temporary_folder_remove (folder);
  return status;
}
