/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/sources/wsi-session.h"

#include "inspect/sources/wsi-client-source.h"
#include "inspect/sources/wsi-demo.h"
#include "inspect/sources/wsi-server-source.h"

#define SHUTDOWN_GRACE_MS 2000

struct _WsiSession
{
  GObject          parent_instance;

  WsiStore        *store;
  WsiClientSource *client;
  WsiServerSource *server;
  WsiDemo         *demo;
  GCancellable    *cancellable;
  WspConnection   *connection;  /* of our client */
  WsiConversation *conversation;        /* the latest one */
  WsiSessionState  state;
  WsiEnding        ending;      /* of the connection that ended last */
  char            *uri, *sentence;
};

enum
{
  CHANGED,
  HANDSHAKE,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (WsiSession, wsi_session, G_TYPE_OBJECT)

static void
set_state (WsiSession     *self,
           WsiSessionState state,
           const char     *sentence)
{
  self->state = state;
  g_free (self->sentence);
  self->sentence = g_strdup (sentence);
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
wsi_session_dispose (GObject *object)
{
  WsiSession *self = WSI_SESSION (object);

  g_cancellable_cancel (self->cancellable);
  if (self->connection != NULL)
    wsp_connection_abort (self->connection);
  if (self->server != NULL)
    wsp_server_shutdown_async (wsi_server_source_get_server (self->server),
                               WSP_CLOSE_CODE_GOING_AWAY, NULL, SHUTDOWN_GRACE_MS, NULL, NULL,
                               NULL);
  g_clear_object (&self->connection);
  g_clear_object (&self->client);
  g_clear_object (&self->server);
  g_clear_object (&self->demo);
  g_clear_object (&self->conversation);

  G_OBJECT_CLASS (wsi_session_parent_class)->dispose (object);
}

static void
wsi_session_finalize (GObject *object)
{
  WsiSession *self = WSI_SESSION (object);

  g_clear_object (&self->store);
  g_clear_object (&self->cancellable);
  g_free (self->uri);
  g_free (self->sentence);
  G_OBJECT_CLASS (wsi_session_parent_class)->finalize (object);
}

static void
wsi_session_class_init (WsiSessionClass *class)
{
  GType type = G_TYPE_FROM_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = wsi_session_dispose;
  G_OBJECT_CLASS (class)->finalize = wsi_session_finalize;

  /* The state or its sentence. */
  signals[CHANGED] = g_signal_new ("changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                   G_TYPE_NONE, 0);
  /* There is more to report of the conversation. */
  signals[HANDSHAKE] = g_signal_new ("handshake", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                     G_TYPE_NONE, 0);
}

static void
wsi_session_init (WsiSession *self)
{
  self->store = wsi_store_new (WSI_DEFAULT_MAX_RECORDS, WSI_DEFAULT_MAX_PAYLOAD);
  self->cancellable = g_cancellable_new ();
}

/* It is used once: connect, serve or demonstrate. */
WsiSession *
wsi_session_new (void)
{
  return g_object_new (WSI_TYPE_SESSION, NULL);
}

static void
report_handshake (WsiSession *self)
{
  g_signal_emit (self, signals[HANDSHAKE], 0);
}

/* The end of each connection of a server is reported; the server goes on. */
static void
on_ended (WsiSession      *self,
          WsiConversation *conversation)
{
  WsiSessionState state = self->server != NULL ? WSI_SESSION_SERVING : WSI_SESSION_ENDED;

  self->ending = wsi_conversation_get_ending (conversation);
  set_state (self, state, wsi_conversation_get_sentence (conversation));
}

static void
on_conversation (WsiSession      *self,
                 WsiConversation *conversation)
{
  g_set_object (&self->conversation, conversation);
  g_signal_connect_object (conversation, "handshake", G_CALLBACK (report_handshake), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (conversation, "ended", G_CALLBACK (on_ended), self, G_CONNECT_SWAPPED);
}

static void
watch (WsiSession  *self,
       WsiRecorder *recorder)
{
  g_signal_connect_object (recorder, "conversation", G_CALLBACK (on_conversation), self,
                           G_CONNECT_SWAPPED);
}

static void
on_connected (GObject      *source,
              GAsyncResult *result,
              gpointer      data)
{
  g_autoptr (WsiSession) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (WspConnection) connection =
    wsi_client_source_connect_finish (WSI_CLIENT_SOURCE (source), result, &error);

  if (g_cancellable_is_cancelled (self->cancellable))
    {
      if (connection != NULL)
        wsp_connection_abort (connection);
      return;
    }

  if (connection == NULL)
    {
      set_state (self, WSI_SESSION_FAILED, error->message);
      report_handshake (self);
      return;
    }

  g_set_object (&self->connection, connection);
  set_state (self, WSI_SESSION_OPEN, NULL);
}

/* FALSE for a URI that cannot be connected to; what happens later shows in the state. */
gboolean
wsi_session_connect (WsiSession *self,
                     const char *uri,
                     GError    **error)
{
  g_autoptr (WspHandshake) handshake = wsp_handshake_new_client (uri, NULL, NULL, error);

  g_return_val_if_fail (self->state == WSI_SESSION_NEW, FALSE);

  if (handshake == NULL)
    return FALSE;

  self->uri = g_strdup (wsp_handshake_get_uri (handshake));     /* without a login */
  self->client = wsi_client_source_new (self->store);
  watch (self, wsi_client_source_get_recorder (self->client));
  set_state (self, WSI_SESSION_CONNECTING, NULL);
  wsi_client_source_connect_async (self->client, handshake, self->cancellable, on_connected,
                                   g_object_ref (self));
  return TRUE;
}

/* A client was refused; the server goes on. */
static void
on_handshake_failed (WsiSession     *self,
                     GSocketAddress *address,
                     const GError   *error)
{
  self->ending = WSI_ENDING_ABNORMAL;
  set_state (self, WSI_SESSION_SERVING, error->message);
}

/* port 0 chooses one; the URI tells which. */
gboolean
wsi_session_serve (WsiSession *self,
                   guint16     port,
                   GError    **error)
{
  g_return_val_if_fail (self->state == WSI_SESSION_NEW, FALSE);

  self->server = wsi_server_source_new (self->store);
  if (wsi_server_source_listen (self->server, port, error) == 0)
    {
      g_clear_object (&self->server);
      return FALSE;
    }

  self->uri = wsi_server_source_dup_uri (self->server);
  watch (self, wsi_server_source_get_recorder (self->server));
  g_signal_connect_object (wsi_server_source_get_server (self->server), "handshake-failed",
                           G_CALLBACK (on_handshake_failed), self, G_CONNECT_SWAPPED);
  set_state (self, WSI_SESSION_SERVING, NULL);
  return TRUE;
}

static void
on_demo_finished (WsiSession   *self,
                  const GError *error)
{
  if (error != NULL && self->state != WSI_SESSION_ENDED)
    set_state (self, WSI_SESSION_FAILED, error->message);
}

/* text may be NULL. */
gboolean
wsi_session_demonstrate (WsiSession *self,
                         const char *text,
                         GError    **error)
{
  g_return_val_if_fail (self->state == WSI_SESSION_NEW, FALSE);

  self->demo = wsi_demo_new (self->store, text);
  watch (self, wsi_client_source_get_recorder (wsi_demo_get_client (self->demo)));
  g_signal_connect_object (self->demo, "finished", G_CALLBACK (on_demo_finished), self,
                           G_CONNECT_SWAPPED);
  if (!wsi_demo_start (self->demo, error))
    return FALSE;

  self->uri = wsi_demo_dup_uri (self->demo);
  set_state (self, WSI_SESSION_CONNECTING, NULL);
  return TRUE;
}

/* Only while it is open. */
gboolean
wsi_session_send (WsiSession *self,
                  const char *text,
                  GError    **error)
{
  g_return_val_if_fail (self->connection != NULL, FALSE);

  return wsp_connection_queue_text (self->connection, text, error);
}

/* Closes the connection that is open; what was recorded stays. */
void
wsi_session_close (WsiSession *self)
{
  if (self->state == WSI_SESSION_OPEN)
    wsp_connection_close_async (self->connection, WSP_CLOSE_CODE_NORMAL, NULL, NULL, NULL, NULL);
}

WsiStore *
wsi_session_get_store (WsiSession *self)
{
  return self->store;
}

WsiSessionState
wsi_session_get_state (WsiSession *self)
{
  return self->state;
}

/* Where it connects to, or where it listens. */
const char *
wsi_session_get_uri (WsiSession *self)
{
  return self->uri;
}

/* A sentence about the state: why it failed, how it ended; NULL = none. */
const char *
wsi_session_get_sentence (WsiSession *self)
{
  return self->sentence;
}

/* How the connection ended of which the sentence tells. */
WsiEnding
wsi_session_get_ending (WsiSession *self)
{
  return self->ending;
}

/* The latest one; NULL while nothing has passed. */
WsiConversation *
wsi_session_get_conversation (WsiSession *self)
{
  return self->conversation;
}
