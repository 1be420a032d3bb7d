/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/sources/wsi-demo.h"

#define FRAGMENT_SIZE 12
#define PING_PAYLOAD "are you there?"

typedef enum
{
  STEP_GREETING,
  STEP_TEXT,
  STEP_BINARY,
  STEP_FRAGMENTS,
  STEP_PING,
  STEP_CLOSE,
} Step;

struct _WsiDemo
{
  GObject          parent_instance;

  char            *text;        /* of the user; NULL = none */
  WsiServerSource *server;
  WsiClientSource *client;
  WspConnection   *connection;
  WspLimits       *limits;      /* of the client's connection alone */
  Step             step;        /* the next one */
};

enum
{
  FINISHED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (WsiDemo, wsi_demo, G_TYPE_OBJECT)

static void
wsi_demo_finalize (GObject *object)
{
  WsiDemo *self = WSI_DEMO (object);

  if (self->connection != NULL)
    g_signal_handlers_disconnect_by_data (self->connection, self);
  g_clear_object (&self->connection);
  g_clear_object (&self->client);
  g_clear_object (&self->server);
  g_clear_object (&self->limits);
  g_free (self->text);
  G_OBJECT_CLASS (wsi_demo_parent_class)->finalize (object);
}

static void
wsi_demo_class_init (WsiDemoClass *class)
{
  G_OBJECT_CLASS (class)->finalize = wsi_demo_finalize;

  /* With the error that ended it, or NULL. */
  signals[FINISHED] = g_signal_new ("finished", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0,
                                    NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_ERROR);
}

static void
wsi_demo_init (WsiDemo *self)
{
}

/* Only the client's side is recorded: the server's would show each frame a second time. */
WsiDemo *
wsi_demo_new (WsiStore   *store,
              const char *text)
{
  WsiDemo *self = g_object_new (WSI_TYPE_DEMO, NULL);

  self->text = g_strdup (text);
  self->server = wsi_server_source_new (NULL);
  self->client = wsi_client_source_new (store);
  self->limits = wsp_limits_new ();
  return self;
}

WsiClientSource *
wsi_demo_get_client (WsiDemo *self)
{
  return self->client;
}

char *
wsi_demo_dup_uri (WsiDemo *self)
{
  return wsi_server_source_dup_uri (self->server);
}

/* No two runs look alike. */
static void
send_greeting (WsiDemo *self)
{
  g_autofree char *token = g_uuid_string_random ();
  g_autofree char *text = g_strdup_printf ("Hello, WebSocket! This is run %s", token);

  wsp_connection_queue_text (self->connection, text, NULL);
}

static void
send_binary (WsiDemo *self)
{
  static const guint8 octets[] = { 0x00, 0x01, 0x7f, 0x80, 0xca, 0xfe, 0xfe, 0xff };
  g_autoptr (WspMessage) message = wsp_message_new_binary (octets, sizeof octets);

  wsp_connection_queue_message (self->connection, message, NULL);
}

static void
send_fragments (WsiDemo *self)
{
  wsp_limits_set_fragment_size (self->limits, FRAGMENT_SIZE);
  wsp_connection_queue_text (self->connection, "One message that travels in several frames", NULL);
}

static void
take_step (WsiDemo *self);

static void
on_pong (GObject      *connection,
         GAsyncResult *result,
         gpointer      data)
{
  g_autoptr (WsiDemo) self = data;

  if (wsp_connection_ping_finish (WSP_CONNECTION (connection), result, NULL) >= 0)
    take_step (self);
}

static void
send_ping (WsiDemo *self)
{
  g_autoptr (GBytes) payload = g_bytes_new_static (PING_PAYLOAD, strlen (PING_PAYLOAD));

  wsp_connection_ping_async (self->connection, payload, NULL, on_pong, g_object_ref (self));
}

/* Each step but the ping ends with the message that comes back. */
static void
take_step (WsiDemo *self)
{
  switch (self->step++)
    {
    case STEP_GREETING:
      send_greeting (self);
      break;
    case STEP_TEXT:
      if (self->text != NULL)
        wsp_connection_queue_text (self->connection, self->text, NULL);
      else
        take_step (self);
      break;
    case STEP_BINARY:
      send_binary (self);
      break;
    case STEP_FRAGMENTS:
      send_fragments (self);
      break;
    case STEP_PING:
      send_ping (self);
      break;
    case STEP_CLOSE:
      wsp_connection_close_async (self->connection, WSP_CLOSE_CODE_NORMAL, "That was all", NULL,
                                  NULL, NULL);
      break;
    }
}

static void
on_closed (WsiDemo       *self,
           WspConnection *connection)
{
  WspCloseInfo *info = wsp_connection_get_close_info (connection);

  g_signal_emit (self, signals[FINISHED], 0, wsp_close_info_get_error (info));
}

static void
on_connected (GObject      *client,
              GAsyncResult *result,
              gpointer      data)
{
  g_autoptr (WsiDemo) self = data;
  g_autoptr (GError) error = NULL;

  self->connection =
    wsi_client_source_connect_finish (WSI_CLIENT_SOURCE (client), result, &error);
  if (self->connection == NULL)
    {
      g_signal_emit (self, signals[FINISHED], 0, error);
      return;
    }

  wsp_connection_set_limits (self->connection, self->limits);
  g_signal_connect_object (self->connection, "message", G_CALLBACK (take_step), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->connection, "closed", G_CALLBACK (on_closed), self,
                           G_CONNECT_SWAPPED);
  take_step (self);
}

/* FALSE if no server can be started; later results are reported by `finished`. */
gboolean
wsi_demo_start (WsiDemo *self,
                GError **error)
{
  g_autofree char *uri = NULL;
  g_autoptr (WspHandshake) handshake = NULL;

  if (wsi_server_source_listen (self->server, 0, error) == 0)
    return FALSE;

  uri = wsi_server_source_dup_uri (self->server);
  handshake = wsp_handshake_new_client (uri, NULL, NULL, error);
  if (handshake == NULL)
    return FALSE;

  wsi_client_source_connect_async (self->client, handshake, NULL, on_connected,
                                   g_object_ref (self));
  return TRUE;
}
