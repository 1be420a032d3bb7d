/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The cancellable of a request that waits for the program. */
#include "connection/wire.h"
#include "endpoint/knock.h"
#include "endpoint/served.h"
#include "lib/listen.h"
#include "lib/rows.h"

#include <unistd.h>

typedef enum                    /* what ends the wait */
{
  CLIENT_CLOSES,
  TIME_IS_OVER,
  SERVER_SHUTS_DOWN,
  SERVER_IS_DROPPED,
  ACCEPTS,
  REJECTS,
  PROCEEDS,
} End;

static const struct
{
  const char *name;
  End         end;
  gboolean    is_cancelled;
} ends[] = {
  { "client-closes", CLIENT_CLOSES, TRUE },
  { "time-is-over", TIME_IS_OVER, TRUE },
  { "server-shuts-down", SERVER_SHUTS_DOWN, TRUE },
  { "server-is-dropped", SERVER_IS_DROPPED, TRUE },
  { "program-accepts", ACCEPTS, FALSE },
  { "program-rejects", REJECTS, FALSE },
  { "program-proceeds", PROCEEDS, FALSE },
};

typedef struct
{
  Served         *served;
  WspHandshake   *handshake;    /* NULL: the request is for HTTP */
  WspHttpRequest *request;      /* NULL: the request is for a WebSocket */
  guint           n_cancelled, n_requests;
} Fixture;

static gboolean
hold_handshake (WspServer    *server,
                WspHandshake *handshake,
                Fixture      *self)
{
  if (self->n_requests++ == 0)
    g_set_object (&self->handshake, handshake);
  wsp_handshake_defer (handshake);
  return TRUE;
}

static gboolean
hold_page (WspServer      *server,
           WspHttpRequest *request,
           Fixture        *self)
{
  if (self->n_requests++ == 0)
    g_set_object (&self->request, request);
  wsp_http_request_defer (request);
  return TRUE;
}

/* The worst that a program may do there.  The work for a request ends before its failure is
 * told. */
static void
on_cancelled (GCancellable *cancellable,
              Fixture      *self)
{
  self->n_cancelled++;
  g_assert_cmpuint (self->served->n_failures, ==, 0);
  g_clear_object (&self->served->server);
  run_pending ();
}

static GCancellable *
get_cancellable (Fixture *self)
{
  return self->handshake != NULL ? wsp_handshake_get_cancellable (self->handshake)
                                 : wsp_http_request_get_cancellable (self->request);
}

static void
decide (Fixture *self,
        End      end)
{
  if (self->request != NULL)
    wsp_http_request_respond (self->request, 200, NULL, NULL);
  else if (end == ACCEPTS)
    g_assert_true (wsp_handshake_accept (self->handshake, NULL, NULL, NULL));
  else if (end == REJECTS)
    wsp_handshake_reject (self->handshake, 403, NULL, NULL);
  else
    wsp_handshake_proceed (self->handshake);
}

static int
ask (Fixture    *self,
     const char *text)
{
  guint n = self->n_requests + 1;
  int fd = knock_dial (self->served->port);

  knock_send (fd, text);
  run_until_count (&self->n_requests, n);
  run_pending ();
  return fd;
}

static void
bring_about (Fixture *self,
             End      end,
             int     *fd)
{
  switch (end)
    {
    case CLIENT_CLOSES:
      close (*fd);
      *fd = -1;
      run_until_count (&self->served->n_failures, 1);
      break;
    case TIME_IS_OVER:
      run_until_count (&self->served->n_failures, 1);
      break;
    case SERVER_SHUTS_DOWN:
      wsp_server_shutdown_async (self->served->server, 1001, NULL, 0, NULL, NULL, NULL);
      break;
    case SERVER_IS_DROPPED:
      g_clear_object (&self->served->server);
      break;
    case ACCEPTS:
    case REJECTS:
    case PROCEEDS:
      decide (self, end);
      break;
    }
}

static void
try_end (guint       i,
         const char *signal,
         GCallback   hold,
         const char *text)
{
  Fixture self = { .served = served_listen () };
  WspServer *server = self.served->server;

  wsp_limits_set_handshake_timeout (wsp_server_get_limits (server),
                                    ends[i].end == TIME_IS_OVER ? 20 : 0);
  g_signal_connect (server, signal, hold, &self);
  int fd = ask (&self, text);
  g_autoptr (GCancellable) cancellable = g_object_ref (get_cancellable (&self));

  g_assert_true (get_cancellable (&self) == cancellable);
  if (ends[i].end != SERVER_IS_DROPPED)
    g_signal_connect (cancellable, "cancelled", G_CALLBACK (on_cancelled), &self);
  g_assert_false (g_cancellable_is_cancelled (cancellable));
  bring_about (&self, ends[i].end, &fd);
  run_pending ();
  if (ends[i].is_cancelled)
    {
      while (!g_cancellable_is_cancelled (cancellable))
        g_main_context_iteration (NULL, TRUE);
      run_pending ();
      g_assert_cmpuint (self.n_cancelled, ==, ends[i].end != SERVER_IS_DROPPED);
    }

  if (fd >= 0)
    close (fd);
  run_pending ();
  g_clear_object (&self.served->server);
  run_pending ();
  g_assert_true (g_cancellable_is_cancelled (cancellable) == ends[i].is_cancelled);
  g_clear_object (&self.handshake);
  g_clear_object (&self.request);
  g_signal_handlers_disconnect_by_data (cancellable, &self);
  served_free (self.served);
}

static void
test_handshake (gconstpointer data)
{
  try_end (GPOINTER_TO_UINT (data), "request", G_CALLBACK (hold_handshake), KNOCK_REQUEST (""));
}

static void
test_page (gconstpointer data)
{
  try_end (GPOINTER_TO_UINT (data), "http-request", G_CALLBACK (hold_page),
           "GET / HTTP/1.1\r\n" KNOCK_HOST "\r\n");
}

/* A program that asks too late is told at once. */
static void
test_late (void)
{
  Fixture self = { .served = served_listen () };

  g_signal_connect (self.served->server, "request", G_CALLBACK (hold_handshake), &self);
  close (ask (&self, KNOCK_REQUEST ("")));
  run_until_count (&self.served->n_failures, 1);
  g_assert_true (g_cancellable_is_cancelled (get_cancellable (&self)));
  g_clear_object (&self.handshake);
  served_free (self.served);
}

static gboolean
hold_in_worker (WspServer    *server,
                WspHandshake *handshake,
                Fixture      *self)
{
  self->handshake = g_object_ref (handshake);
  (void) wsp_handshake_get_cancellable (handshake);
  wsp_handshake_defer (handshake);
  g_atomic_int_inc (&self->n_requests);
  return TRUE;
}

/* The thread of a worker ends behind the call that cancels. */
static void
test_dropped_worker (void)
{
  Fixture self = { .served = served_new () };

  g_assert_true (wsp_server_start_workers (self.served->server, 1, NULL));
  self.served->port = listen_on_free_port (self.served->server, NULL);
  g_signal_connect (self.served->server, "request", G_CALLBACK (hold_in_worker), &self);

  const int fd = knock_dial (self.served->port);

  knock_send (fd, KNOCK_REQUEST (""));
  while (g_atomic_int_get (&self.n_requests) == 0)
    g_main_context_iteration (NULL, FALSE);
  g_clear_object (&self.served->server);
  while (!g_cancellable_is_cancelled (get_cancellable (&self)))
    g_main_context_iteration (NULL, FALSE);
  close (fd);
  run_pending ();
  g_clear_object (&self.handshake);
  served_free (self.served);
}

static void
on_failed (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (wsp_client_open_finish (WSP_CLIENT (source), result, &error));
  g_assert_nonnull (error);
  (*(guint *) user_data)++;
}

/* The request of a client is not abandoned by its end. */
static void
test_of_client (void)
{
  g_autoptr (WspClient) client = wsp_client_new ();
  g_autoptr (WspHandshake) handshake = wsp_handshake_new_client ("ws://127.0.0.1:1/", NULL, NULL,
                                                                 NULL);
  guint n_failed = 0;

  wsp_client_open_async (client, handshake, NULL, NULL, on_failed, &n_failed);
  run_until_count (&n_failed, 1);
  g_assert_false (g_cancellable_is_cancelled (wsp_handshake_get_cancellable (handshake)));
}

static void
test_never (void)
{
  g_autoptr (WspHandshake) client = wsp_handshake_new_client ("ws://localhost/", NULL, NULL, NULL);
  g_autoptr (WspHttpRequest) request = g_object_new (WSP_TYPE_HTTP_REQUEST, NULL);

  g_assert_false (g_cancellable_is_cancelled (wsp_handshake_get_cancellable (client)));
  g_assert_false (g_cancellable_is_cancelled (wsp_http_request_get_cancellable (request)));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD_ROWS ("/endpoint/abandoned/handshake", ends, test_handshake);
  ADD_ROWS ("/endpoint/abandoned/page", ends, test_page);
  g_test_add_func ("/endpoint/abandoned/asked-for-late", test_late);
  g_test_add_func ("/endpoint/abandoned/worker-of-a-dropped-server", test_dropped_worker);
  g_test_add_func ("/endpoint/abandoned/not-the-request-of-a-client", test_of_client);
  g_test_add_func ("/endpoint/abandoned/without-a-server", test_never);
  return g_test_run ();
}
