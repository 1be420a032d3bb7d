/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A tap of a server whose functions call the server.  A call that ends the observed connection has
 * its effect when the tap has returned, and the library makes no call that is a critical. */
#include "connection/wire.h"
#include "lib/listen.h"
#include "lib/rows.h"

typedef struct
{
  WspServer     *server;
  Watched       *remotes[2];    /* connections of the server */
  Watched       *clients[2];
  guint          n_remotes;
  void         (*deed)(gpointer data);
  gboolean       is_done;
  GAsyncResult  *shut_down;
  WspMessage    *message;
} Scene;

/* The tap */

typedef struct
{
  GObject parent_instance;
  Scene  *scene;
} TestDeedTap;

typedef GObjectClass TestDeedTapClass;

/* The first text that the server sends. */
static void
on_bytes (WspTap      *tap,
          GObject     *source,
          WspDirection direction,
          GBytes      *bytes,
          gint64       time_us)
{
  Scene *self = ((TestDeedTap *) tap)->scene;
  const guint8 *data = g_bytes_get_data (bytes, NULL);

  if (direction != WSP_DIRECTION_SENT || data[0] != 0x81 || self->is_done)
    return;

  self->is_done = TRUE;
  self->deed (self);
}

static void
test_deed_tap_init_interface (WspTapInterface *iface)
{
  iface->bytes_passed = on_bytes;
}

GType test_deed_tap_get_type (void);
G_DEFINE_TYPE_WITH_CODE (TestDeedTap, test_deed_tap, G_TYPE_OBJECT,
                         G_IMPLEMENT_INTERFACE (WSP_TYPE_TAP, test_deed_tap_init_interface))

static void
test_deed_tap_class_init (TestDeedTapClass *class)
{
}

static void
test_deed_tap_init (TestDeedTap *self)
{
}

/* Deeds */

static void
broadcast (gpointer data)
{
  Scene *self = data;
  g_autoptr (WspMessage) message = wsp_message_new_text ("to all");

  g_assert_cmpuint (wsp_server_broadcast (self->server, message, WSP_SEND_FLAGS_DEFAULT, NULL), ==,
                    2);
}

static void
shut_down (gpointer data)
{
  Scene *self = data;

  wsp_server_shutdown_async (self->server, WSP_CLOSE_CODE_GOING_AWAY, NULL, 20000, NULL,
                             keep_result, &self->shut_down);
}

static void
drop_server (gpointer data)
{
  g_clear_object (&((Scene *) data)->server);
}

static const struct
{
  const char *name;
  void      (*run)(gpointer data);
  const char *log;              /* log of both clients */
  guint       code;             /* close code that the clients receive */
} deeds[] = {
  { "broadcast", broadcast, "message message", 0 },
  { "shut-down", shut_down, "message closing-1001 closed", 1001 },
  { "drop-server", drop_server, "message closed", 1006 },
};

static void
on_connection (WspServer     *server,
               WspConnection *connection,
               Scene         *self)
{
  self->remotes[self->n_remotes++] = watch (connection);
  wsp_connection_start_receiving (connection);
}

static Watched *
connect_client (Scene *self,
                guint  port)
{
  g_autoptr (WspClient) client = wsp_client_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autofree char *uri = g_strdup_printf ("ws://127.0.0.1:%u/", port);
  guint n_remotes = self->n_remotes + 1;

  wsp_client_connect_async (client, uri, NULL, NULL, NULL, keep_result, &result);
  run_until_result (&result);
  run_until_count (&self->n_remotes, n_remotes);

  g_autoptr (WspConnection) connection = wsp_client_connect_finish (client, result, NULL);

  wsp_connection_start_receiving (connection);
  return watch (connection);
}

static void
scene_init (Scene *self,
            void (*deed)(gpointer data))
{
  g_autoptr (WspTap) tap = g_object_new (test_deed_tap_get_type (), NULL);

  *self = (Scene) { .server = wsp_server_new (), .deed = deed };
  guint port = listen_on_free_port (self->server, NULL);

  ((TestDeedTap *) tap)->scene = self;
  wsp_server_add_tap (self->server, tap);
  g_signal_connect (self->server, "connection", G_CALLBACK (on_connection), self);
  for (guint n = 0; n < 2; n++)
    self->clients[n] = connect_client (self, port);
}

static void
scene_clear (Scene *self)
{
  g_clear_object (&self->server);
  run_pending ();
  for (guint n = 0; n < 2; n++)
    {
      run_until_closed (self->clients[n]);
      run_until_closed (self->remotes[n]);
      watched_free (self->clients[n]);
      watched_free (self->remotes[n]);
    }
  g_clear_object (&self->shut_down);
  run_pending ();
}

/* Both clients have been sent a text by now, the second one after the deed. */
static void
test_deed (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  Scene self;

  scene_init (&self, deeds[i].run);
  g_assert_true (wsp_connection_queue_text (self.remotes[0]->connection, "first", NULL));
  g_assert_true (self.is_done);
  run_until_count (&self.clients[0]->n_messages, 1);
  if (deeds[i].code != 0)
    run_until_closed (self.clients[0]);
  else
    run_until_count (&self.clients[0]->n_messages, 2);
  g_assert_cmpstr (self.clients[0]->log->str, ==, deeds[i].log);
  if (self.shut_down != NULL || deeds[i].run == shut_down)
    run_until_result (&self.shut_down);
  scene_clear (&self);
}

static void
drop_message (gpointer data)
{
  g_clear_pointer (&((Scene *) data)->message, wsp_message_unref);
}

/* The last reference to a message is dropped while it is sent to the first of two clients. */
static void
test_message_dropped (void)
{
  Scene self;

  scene_init (&self, drop_message);
  self.message = wsp_message_new_text ("for both");
  wsp_server_broadcast (self.server, self.message, WSP_SEND_FLAGS_DEFAULT, NULL);
  g_assert_null (self.message);
  for (guint n = 0; n < 2; n++)
    {
      run_until_count (&self.clients[n]->n_messages, 1);
      g_assert_cmpstr (wsp_message_get_text (self.clients[n]->messages->pdata[0]), ==, "for both");
    }
  scene_clear (&self);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD_ROWS ("/endpoint/tap-deeds/takes-effect-afterwards", deeds, test_deed);
  g_test_add_func ("/endpoint/tap-deeds/message-of-a-broadcast-dropped", test_message_dropped);
  return g_test_run ();
}
