/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A handler of WspClient::prepare defers a call, lets it proceed and rejects it, in each order and
 * at each time. */
#include "endpoint/far/dialed.h"
#include "lib/log-watch.h"
#include "lib/rows.h"

#include <sys/wait.h>
#include <unistd.h>

#define SHORT 30                /* connect-timeout, in milliseconds, of rows that end by it */

typedef enum
{
  OPEN,
  REJECTED,                     /* with status 503 */
  CANCELLED,
  LATE,
} Result;

/* Each letter is an action: d defer, p proceed, t set a token, r reject with 503, b reject with a
 * body that is too long, s reject with status 200, c cancel, u drop the client, l run the main loop
 * for what is pending, e run the main loop until the call has ended, o proceed in a callback of
 * another context, x proceed, reject and defer in another thread, f the same in the child of a fork
 * (). */
static const struct
{
  const char *name;
  const char *inside;           /* actions in the handler */
  const char *after;            /* actions after the handler has returned */
  Result      result;
  guint       status;           /* status of the response; 0: 503 if REJECTED, 101 if OPEN */
} cases[] = {
  { "nothing", "", "", OPEN, 0 },
  { "token-at-once", "t", "", OPEN, 0 },
  { "proceeds-later-with-a-token", "d", "tp", OPEN, 0 },
  { "token-between-turns", "d", "ltlpl", OPEN, 0 },
  { "proceeds-in-the-handler", "dtp", "", OPEN, 0 },
  { "proceeds-in-the-handler-with-a-loop", "dltpl", "", OPEN, 0 },
  { "proceeds-undeferred", "p", "p", OPEN, 0 },
  { "proceeds-twice", "d", "pp", OPEN, 0 },
  { "proceeds-twice-in-turns", "d", "plp", OPEN, 0 },
  { "defers-twice-proceeds-once", "dd", "p", OPEN, 0 },
  { "defers-again-before-the-turn", "d", "pdltp", OPEN, 0 },
  { "defers-after-it-has-proceeded", "d", "pld", OPEN, 0 },
  { "defers-unasked", "", "ld", OPEN, 0 },
  { "proceeds-in-another-context", "d", "to", OPEN, 0 },
  { "another-thread-has-no-effect", "d", "xltp", OPEN, 0 },
  { "a-child-has-no-effect", "d", "fltp", OPEN, 0 },
  { "client-dropped-and-proceeds", "d", "utp", OPEN, 0 },
  { "client-dropped-in-the-handler", "du", "ltp", OPEN, 0 },
  { "rejects-at-once", "r", "", REJECTED, 0 },
  { "rejects-deferred", "dr", "", REJECTED, 0 },
  { "rejects-later", "d", "r", REJECTED, 0 },
  { "rejects-twice", "d", "rrlr", REJECTED, 0 },
  { "rejects-then-proceeds", "d", "rplp", REJECTED, 0 },
  { "rejects-then-cancelled", "d", "rc", REJECTED, 0 },
  { "proceeds-then-rejects-before-the-turn", "d", "pr", REJECTED, 0 },
  { "proceeds-in-the-handler-then-rejects", "dpr", "", REJECTED, 0 },
  { "rejects-in-the-handler-with-a-loop", "drle", "", REJECTED, 0 },
  { "rejects-with-the-client-dropped", "d", "ulr", REJECTED, 0 },
  { "rejects-too-late", "d", "plr", OPEN, 0 },
  { "rejects-with-200-is-500", "d", "s", REJECTED, 500 },
  { "rejects-with-a-long-body-is-500", "d", "b", REJECTED, 500 },
  { "cancelled-in-the-handler", "dc", "", CANCELLED, 0 },
  { "cancelled-and-proceeds", "d", "cp", CANCELLED, 0 },
  { "cancelled-and-rejects", "d", "clr", CANCELLED, 0 },
  { "cancelled-and-rejects-before-the-turn", "d", "cr", REJECTED, 0 },
  { "cancelled-and-proceeds-after-the-end", "d", "ceprd", CANCELLED, 0 },
  { "proceeds-then-cancelled", "d", "pc", CANCELLED, 0 },
  { "never-proceeds", "d", "", LATE, 0 },
  { "proceeds-after-the-time", "d", "eprd", LATE, 0 },
  { "never-proceeds-and-client-dropped", "d", "u", LATE, 0 },
  { "time-over-in-the-handler", "dep", "", LATE, 0 },
};

typedef struct
{
  Dialed       dialed;
  const char  *inside;
  WspClient   *client;          /* NULL: dropped */
  GIOStream   *stream;          /* NULL: the client dials */
  guint        n_asked, n_notified, n_cancelled;
} Scene;

static void
set_token (WspHandshake *handshake)
{
  g_autoptr (WspHeaders) headers = wsp_headers_new ();

  g_assert_true (wsp_headers_append (headers, "Authorization", "Bearer fresh", NULL));
  wsp_handshake_set_request_headers (handshake, headers);
}

static gboolean
proceed_in_context (gpointer handshake)
{
  wsp_handshake_proceed (handshake);
  return G_SOURCE_REMOVE;
}

static void
use_other_context (WspHandshake *handshake)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (GSource) source = g_idle_source_new ();

  g_source_set_callback (source, proceed_in_context, handshake, NULL);
  g_source_attach (source, context);
  g_main_context_push_thread_default (context);
  g_main_context_iteration (context, TRUE);
  g_main_context_pop_thread_default (context);
}

static gpointer
use_all (gpointer handshake)
{
  wsp_handshake_proceed (handshake);
  wsp_handshake_reject (handshake, 503, NULL, NULL);
  wsp_handshake_defer (handshake);
  return NULL;
}

static guint n_logged;          /* warnings and criticals, which each row expects or has none */

static GLogWriterOutput
count_log (GLogLevelFlags   level,
           const GLogField *fields,
           gsize            n_fields,
           gpointer         user_data)
{
  if ((level & (G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_WARNING)) != 0)
    g_atomic_int_inc (&n_logged);
  return G_LOG_WRITER_HANDLED;
}

static void
expect_logged (guint n)
{
  g_assert_cmpuint (n_logged, ==, n);
  n_logged = 0;
}

static void
use_other_thread (WspHandshake *handshake)
{
  g_thread_join (g_thread_new (NULL, use_all, handshake));
  expect_logged (3);
}

/* Status 0: the call is the parent's.  The child runs no main loop: another thread may have held
 * GLib's lock of the context. */
static void
use_child (WspHandshake *handshake)
{
  pid_t child = fork ();
  int status;

  if (child == 0)
    {
      use_all (handshake);
      _exit (wsp_handshake_get_response_status (handshake) == 0 && n_logged == 0 ? 0 : 1);
    }

  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  g_assert_cmpint (status, ==, 0);
}

static void
reject (WspHandshake *handshake,
        guint         status,
        gsize         length)
{
  g_autofree char *text = g_strnfill (length, 'x');
  g_autoptr (GBytes) body = g_bytes_new (text, length);
  g_autoptr (WspHeaders) headers = wsp_headers_new ();

  g_assert_true (wsp_headers_append (headers, "Retry-After", "7", NULL));
  wsp_handshake_reject (handshake, status, headers, body);
  expect_logged (status < 300 || length > 1 ? 1 : 0);
}

static void
act (Scene *self,
     char   action)
{
  WspHandshake *handshake = self->dialed.handshake;

  switch (action)
    {
    case 'd': wsp_handshake_defer (handshake); break;
    case 'p': wsp_handshake_proceed (handshake); break;
    case 't': set_token (handshake); break;
    case 'r': reject (handshake, 503, 1); break;
    case 'b': reject (handshake, 503, (1 << 20) + 1); break;
    case 's': reject (handshake, 200, 1); break;
    case 'c': g_cancellable_cancel (self->dialed.cancellable); break;
    case 'u': g_clear_object (&self->client); break;
    case 'l': run_pending (); break;
    case 'e': run_until_result (&self->dialed.result); break;
    case 'o': use_other_context (handshake); break;
    case 'x': use_other_thread (handshake); break;
    case 'f': use_child (handshake); break;
    default: g_assert_not_reached ();
    }
}

static void
act_all (Scene      *self,
         const char *actions)
{
  for (; *actions != '\0'; actions++)
    act (self, *actions);
}

/* The result is not known before, but is in a main loop that the handler runs. */
static void
on_cancelled (GCancellable *cancellable,
              Scene        *self)
{
  self->n_cancelled++;
  g_assert_null (self->dialed.result);
  g_clear_object (&self->client);
  act_all (self, "pdre");
}

static void
on_prepare (WspClient    *client,
            WspHandshake *handshake,
            Scene        *self)
{
  GCancellable *cancellable = wsp_handshake_get_cancellable (handshake);

  self->n_asked++;
  g_assert_true (handshake == self->dialed.handshake);
  g_assert_cmpuint (wsp_handshake_get_response_status (handshake), ==, 0);
  g_assert_null (wsp_handshake_get_response_headers (handshake));
  g_assert_null (wsp_handshake_get_response_body (handshake));
  g_assert_false (g_cancellable_is_cancelled (cancellable));
  g_signal_handlers_disconnect_by_func (cancellable, on_cancelled, self);
  g_signal_connect (cancellable, "cancelled", G_CALLBACK (on_cancelled), self);
  act_all (self, self->inside);
}

static GIOStream *
open_stream (guint16 port)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();

  return G_IO_STREAM (g_socket_client_connect_to_host (client, "127.0.0.1", port, NULL, NULL));
}

static void
count_notify (WspHandshake *handshake,
              GParamSpec   *pspec,
              guint        *n)
{
  ++*n;
}

static void
begin (Scene   *self,
       Far     *server,
       gboolean has_stream)
{
  g_autofree char *uri = far_make_uri ("ws://127.0.0.1:PORT/", server);

  g_signal_connect (self->client, "prepare", G_CALLBACK (on_prepare), self);
  if (has_stream)
    self->stream = open_stream (far_get_port (server));
  self->dialed.cancellable = g_cancellable_new ();
  self->dialed.handshake = wsp_handshake_new_client (uri, NULL, NULL, NULL);
  g_signal_connect (self->dialed.handshake, "notify::response-status",
                    G_CALLBACK (count_notify), &self->n_notified);
  wsp_client_open_async (self->client, self->dialed.handshake, self->stream,
                         self->dialed.cancellable, keep_result, &self->dialed.result);
  run_until_count (&self->n_asked, 1);
}

static void
finish (Scene *self)
{
  run_until_result (&self->dialed.result);
  self->dialed.connection =
    wsp_client_open_finish (WSP_CLIENT (g_async_result_get_source_object (self->dialed.result)),
                            self->dialed.result, &self->dialed.error);
}

static void
check_rejection (Scene *self,
                 guint  status)
{
  g_autofree char *body = dial_dup_body (&self->dialed);
  g_autofree char *text = g_strdup_printf ("prepare rejected it with status %u ", status);
  WspHeaders *headers = wsp_handshake_get_response_headers (self->dialed.handshake);

  dial_has_failed (&self->dialed, WSP_ERROR, WSP_ERROR_HANDSHAKE, text);
  g_assert_cmpuint (dial_get_status (&self->dialed), ==, status);
  g_assert_cmpstr (body, ==, status == 503 ? "x" : NULL);
  if (status == 503)
    g_assert_cmpstr (wsp_headers_get_one (headers, "Retry-After"), ==, "7");
}

static void
check_result (Scene *self,
              guint  i)
{
  switch (cases[i].result)
    {
    case OPEN:
      dial_is_open (&self->dialed);
      return;
    case REJECTED:
      check_rejection (self, cases[i].status != 0 ? cases[i].status : 503);
      return;
    case CANCELLED:
      dial_has_failed (&self->dialed, G_IO_ERROR, G_IO_ERROR_CANCELLED, NULL);
      return;
    case LATE:
      dial_has_failed (&self->dialed, G_IO_ERROR, G_IO_ERROR_TIMED_OUT,
                       strchr (cases[i].inside, 'e') != NULL ? "limit connect-timeout 30 ms"
                                                             : "deferred in WspClient::prepare");
      return;
    }
}

/* After the end nothing has an effect. */
static void
act_late (Scene *self)
{
  guint status = dial_get_status (&self->dialed);

  act_all (self, "pdr");
  run_pending ();
  g_assert_cmpuint (dial_get_status (&self->dialed), ==, status);
}

static void
run_case (guint    i,
          gboolean has_stream)
{
  g_autoptr (Far) server = far_new (far_serve, NULL);
  Scene self = { .inside = cases[i].inside, .client = wsp_client_new () };
  gboolean has_token = strchr (cases[i].inside, 't') != NULL ||
                       strchr (cases[i].after, 't') != NULL;

  if (cases[i].result == LATE)
    g_object_set (self.client, "connect-timeout", SHORT, NULL);
  begin (&self, server, has_stream);
  act_all (&self, cases[i].after);
  finish (&self);
  check_result (&self, i);
  g_assert_cmpuint (self.n_asked, ==, 1);
  if (cases[i].result != OPEN && has_stream)
    g_assert_true (g_io_stream_is_closed (self.stream));
  else if (cases[i].result != OPEN)
    g_assert_cmpuint (far_get_count (server), ==, 0);

  g_autofree char *notes = far_dup_notes (server);

  g_assert_true ((strstr (notes, "Authorization: Bearer fresh\r\n") != NULL) == has_token);
  g_assert_cmpuint (self.n_notified, ==, cases[i].result == OPEN || cases[i].result == REJECTED);
  g_assert_cmpuint (self.n_cancelled, ==,
                    cases[i].result == CANCELLED || cases[i].result == LATE);
  act_late (&self);
  expect_logged (0);
  g_clear_object (&self.client);
  g_clear_object (&self.stream);
  dial_clear (&self.dialed);
}

static void
test_dialed (gconstpointer data)
{
  run_case (GPOINTER_TO_UINT (data), FALSE);
}

static void
test_stream (gconstpointer data)
{
  run_case (GPOINTER_TO_UINT (data), TRUE);
}

/* The token is for the origin that was prepared for: a redirect is not prepared again. */
static void
serve_redirect (FarPeer *peer,
                gpointer data)
{
  g_autofree char *head = far_read_head (peer);

  if (head != NULL && g_str_has_prefix (head, "GET / "))
    far_write (peer, "HTTP/1.1 302 Found\r\nLocation: /there\r\nContent-Length: 0\r\n\r\n");
  else if (head != NULL)
    far_switch (peer, head);
}

static void
test_redirect (void)
{
  g_autoptr (Far) server = far_new (serve_redirect, NULL);
  Scene self = { .inside = "d", .client = wsp_client_new () };

  g_object_set (self.client, "max-redirects", 1, NULL);
  begin (&self, server, FALSE);
  act_all (&self, "tp");
  finish (&self);
  dial_is_open (&self.dialed);
  g_assert_cmpuint (self.n_asked, ==, 1);
  g_assert_cmpuint (far_get_count (server), ==, 2);
  g_autofree char *notes = far_dup_notes (server);
  const char *second = strstr (notes, "GET /there ");

  g_assert_nonnull (second);
  g_assert_nonnull (strstr (second, "Authorization: Bearer fresh\r\n"));
  g_clear_object (&self.client);
  dial_clear (&self.dialed);
}

/* A handshake that two calls use, which is not permitted, is prepared for the first one: the second
 * one does not wait. */
static void
test_shared (void)
{
  g_autoptr (Far) server = far_new (far_serve, NULL);
  Scene self = { .inside = "d", .client = wsp_client_new () };
  g_autoptr (GAsyncResult) second = NULL;
  g_autoptr (WspConnection) connection = NULL;

  begin (&self, server, FALSE);
  wsp_client_open_async (self.client, self.dialed.handshake, NULL, NULL, keep_result, &second);
  run_until_result (&second);
  connection = wsp_client_open_finish (self.client, second, NULL);
  g_assert_nonnull (connection);
  wsp_connection_abort (connection);
  g_assert_null (self.dialed.result);
  act_all (&self, "tpe");
  finish (&self);
  dial_is_open (&self.dialed);
  g_clear_object (&self.client);
  dial_clear (&self.dialed);
}

/* A handshake whose call has failed may be used again, and is as a new one then. */
static const struct
{
  const char *name;
  const char *first;            /* actions in the handler of the first call */
  const char *inside, *after;   /* actions in the handler of the second call, and after it */
  Result      result_of_first, result;
} repeated[] = {
  { "rejected-then-open", "dr", "", "", REJECTED, OPEN },
  { "rejected-then-deferred", "dr", "d", "p", REJECTED, OPEN },
  { "rejected-then-rejected", "dr", "dr", "", REJECTED, REJECTED },
  { "rejected-then-late", "r", "d", "", REJECTED, LATE },
  { "rejected-then-cancelled", "dr", "d", "c", REJECTED, CANCELLED },
  { "late-then-open", "d", "d", "p", LATE, OPEN },
  { "late-then-late", "d", "d", "", LATE, LATE },
  { "late-then-rejected", "d", "d", "r", LATE, REJECTED },
};

static void
expect_result (Scene *self,
               Result result)
{
  finish (self);
  if (result == REJECTED)
    check_rejection (self, 503);
  else if (result == OPEN)
    dial_is_open (&self->dialed);
  else
    dial_has_failed (&self->dialed, G_IO_ERROR,
                     result == LATE ? G_IO_ERROR_TIMED_OUT : G_IO_ERROR_CANCELLED, NULL);
  g_assert_cmpuint (self->n_cancelled, ==, result == LATE || result == CANCELLED);
  self->n_cancelled = 0;
  g_clear_error (&self->dialed.error);
  g_clear_object (&self->dialed.result);
}

static void
set_limit (WspClient *client,
           Result     result)
{
  g_object_set (client, "connect-timeout", result == LATE ? SHORT : 0, NULL);
}

static void
test_again (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autoptr (Far) server = far_new (far_serve, NULL);
  g_autoptr (WspClient) client = wsp_client_new ();
  Scene self = { .inside = repeated[i].first, .client = g_object_ref (client) };

  set_limit (client, repeated[i].result_of_first);
  begin (&self, server, FALSE);
  expect_result (&self, repeated[i].result_of_first);
  self.inside = repeated[i].inside;
  set_limit (client, repeated[i].result);
  wsp_client_open_async (client, self.dialed.handshake, NULL, self.dialed.cancellable, keep_result,
                         &self.dialed.result);
  run_until_count (&self.n_asked, 2);
  act_all (&self, repeated[i].after);
  expect_result (&self, repeated[i].result);
  g_clear_object (&self.client);
  dial_clear (&self.dialed);
}

/* A handshake that no call uses waits for nothing. */
static void
test_unused (void)
{
  g_autoptr (WspHandshake) handshake = wsp_handshake_new_client ("ws://127.0.0.1/", NULL, NULL,
                                                                 NULL);

  use_all (handshake);
  expect_logged (3);
  g_assert_cmpuint (wsp_handshake_get_response_status (handshake), ==, 0);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_log_set_always_fatal (G_LOG_FATAL_MASK);
  log_watch_threads (count_log);
  ADD_ROWS ("/endpoint/prepare/dialed", cases, test_dialed);
  ADD_ROWS ("/endpoint/prepare/stream", cases, test_stream);
  g_test_add_func ("/endpoint/prepare/redirect-is-not-prepared-again", test_redirect);
  g_test_add_func ("/endpoint/prepare/shared-handshake-waits-for-the-first", test_shared);
  g_test_add_func ("/endpoint/prepare/unused-handshake-is-a-critical", test_unused);
  ADD_ROWS ("/endpoint/prepare/again", repeated, test_again);
  return g_test_run ();
}
