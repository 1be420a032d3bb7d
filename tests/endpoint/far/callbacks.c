/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "endpoint/far/callbacks.h"

#include <string.h>

#include "reactor/wsp-reactor-private.h"

static int n_alive;             /* watched objects; atomic, for GIO's threads */

typedef struct
{
  GObject   parent_instance;
  char     *proxy;
  ReachFunc reach;
  gpointer  data;
} TestHelper;                   /* a resolver and a tap in one object; the client unreferences it */

typedef GObjectClass TestHelperClass;

static void test_helper_resolver_init (GProxyResolverInterface *interface);
static void test_helper_tap_init (WspTapInterface *interface);
static GType test_helper_get_type (void);

G_DEFINE_TYPE_WITH_CODE (TestHelper, test_helper, G_TYPE_OBJECT,
                         G_IMPLEMENT_INTERFACE (G_TYPE_PROXY_RESOLVER, test_helper_resolver_init)
                         G_IMPLEMENT_INTERFACE (WSP_TYPE_TAP, test_helper_tap_init))

static void
on_gone (gpointer data,
         GObject *object)
{
  g_atomic_int_add (&n_alive, -1);
  g_main_context_wakeup (NULL);
}

static void
watch_life (gpointer object)
{
  g_atomic_int_inc (&n_alive);
  g_object_weak_ref (object, on_gone, NULL);
}

static void
on_cancelled (GCancellable *cancellable,
              TestHelper   *self)
{
  self->reach ("resolver-cancelled", self->data);
}

/* Completes inside the call, as a program's resolver may. */
static void
lookup_async (GProxyResolver     *resolver,
              const char         *uri,
              GCancellable       *cancellable,
              GAsyncReadyCallback callback,
              gpointer            user_data)
{
  TestHelper *self = (TestHelper *) resolver;
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);
  const char *proxies[] = { self->proxy != NULL ? self->proxy : "direct://", NULL };

  if (cancellable != NULL)
    g_signal_connect_object (cancellable, "cancelled", G_CALLBACK (on_cancelled), self, 0);
  if (g_strcmp0 (self->proxy, "error") == 0)
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_FAILED, "No such thing");
  else
    g_task_return_pointer (task, g_strdupv ((char **) proxies), (GDestroyNotify) g_strfreev);
  self->reach ("proxy-resolver", self->data);
}

static char **
lookup_finish (GProxyResolver *resolver,
               GAsyncResult   *result,
               GError        **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
test_helper_resolver_init (GProxyResolverInterface *interface)
{
  interface->lookup_async = lookup_async;
  interface->lookup_finish = lookup_finish;
}

static void
tap_bytes (WspTap      *tap,
           GObject     *source,
           WspDirection direction,
           GBytes      *bytes,
           gint64       time_us)
{
  TestHelper *self = (TestHelper *) tap;

  self->reach ("tap-bytes", self->data);
}

static void
tap_state (WspTap  *tap,
           GObject *source)
{
  TestHelper *self = (TestHelper *) tap;

  self->reach ("tap-state", self->data);
}

static void
test_helper_tap_init (WspTapInterface *interface)
{
  interface->bytes_passed = tap_bytes;
  interface->state_changed = tap_state;
}

static void
test_helper_dispose (GObject *object)
{
  TestHelper *self = (TestHelper *) object;

  self->reach ("dispose", self->data);
  G_OBJECT_CLASS (test_helper_parent_class)->dispose (object);
}

static void
test_helper_finalize (GObject *object)
{
  g_free (((TestHelper *) object)->proxy);
  G_OBJECT_CLASS (test_helper_parent_class)->finalize (object);
}

static void
test_helper_class_init (TestHelperClass *class)
{
  class->dispose = test_helper_dispose;
  class->finalize = test_helper_finalize;
}

static void
test_helper_init (TestHelper *self)
{
}

static TestHelper *
make_helper (const char *proxy,
             ReachFunc   reach,
             gpointer    data)
{
  TestHelper *self = g_object_new (test_helper_get_type (), NULL);

  self->proxy = g_strdup (proxy);
  self->reach = reach;
  self->data = data;
  watch_life (self);
  return self;
}

void
callbacks_add (WspClient  *client,
               const char *proxy,
               ReachFunc   reach,
               gpointer    data)
{
  TestHelper *resolver = make_helper (proxy, reach, data);
  TestHelper *tap = make_helper (NULL, reach, data);

  watch_life (client);
  g_object_set (client, "proxy-resolver", resolver, NULL);
  wsp_client_add_tap (client, WSP_TAP (tap));
  g_object_set_data (G_OBJECT (client), "test-tap", tap);
  g_object_unref (resolver);
  g_object_unref (tap);
}

void
callbacks_remove_tap (WspClient *client)
{
  wsp_client_remove_tap (client, g_object_steal_data (G_OBJECT (client), "test-tap"));
}

static gboolean
on_limit (gpointer data)
{
  g_error ("%s", (const char *) data);
  return G_SOURCE_REMOVE;
}

void
callbacks_check_gone (void)
{
  guint limit = g_timeout_add_seconds (60, on_limit, (gpointer) "An object is never freed");

  while (g_atomic_int_get (&n_alive) > 0)
    g_main_context_iteration (NULL, TRUE);      /* on_gone () wakes it, from any thread */
  g_source_remove (limit);
}

static void
reach (Called     *self,
       const char *name)
{
  if (self->reach != NULL)
    self->reach (name, self->data);
}

static void
on_notify (WspHandshake *handshake,
           GParamSpec   *pspec,
           Called       *self)
{
  g_autoptr (WspReactor) reactor = wsp_reactor_ref_thread_default ();

  g_assert_cmpuint (wsp_reactor_get_depth (reactor), >, 0);
  if (!self->has_ended)
    reach (self, pspec->name);
}

static void
on_result (GObject      *source,
           GAsyncResult *result,
           gpointer      data)
{
  Called *self = data;

  g_assert_false (self->has_ended);
  self->has_ended = TRUE;
  self->connection = wsp_client_open_finish (WSP_CLIENT (source), result, &self->error);
  self->was_open = self->connection != NULL;
  g_assert_true (self->was_open != (self->error != NULL));
  reach (self, "callback");
}

void
called_begin (Called     *self,
              WspClient  *client,
              const char *uri,
              GIOStream  *stream)
{
  g_autoptr (WspHandshake) handshake = wsp_handshake_new_client (uri, NULL, NULL, NULL);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  watch_life (handshake);
  self->uri = g_strdup (uri);
  self->has_begun = TRUE;
  self->watched = handshake;
  g_set_object (&self->handshake, handshake);
  g_set_object (&self->cancellable, cancellable);
  g_signal_connect (handshake, "notify", G_CALLBACK (on_notify), self);
  wsp_client_open_async (client, handshake, stream, cancellable, on_result, self);
  g_clear_object (&stream);
}

GIOStream *
called_open_stream (const char *uri)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GUri) parsed = g_uri_parse (uri, G_URI_FLAGS_NONE, NULL);
  GSocketConnection *stream;

  g_socket_client_set_enable_proxy (client, FALSE);
  stream = g_socket_client_connect_to_host (client, g_uri_get_host (parsed),
                                            g_uri_get_port (parsed), NULL, NULL);
  g_assert_nonnull (stream);
  return G_IO_STREAM (stream);
}

void
called_cancel (Called *self)
{
  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  if (self->connection != NULL)
    wsp_connection_abort (self->connection);
}

void
called_drop (Called *self)
{
  g_clear_object (&self->handshake);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->connection);
}

void
called_clear (Called *self)
{
  if (self->connection != NULL)
    wsp_connection_abort (self->connection);
  called_drop (self);
  g_clear_error (&self->error);
  g_clear_pointer (&self->uri, g_free);
}
