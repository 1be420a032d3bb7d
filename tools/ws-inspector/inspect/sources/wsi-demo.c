/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/sources/wsi-demo.h"

#include <libwsproto/wsproto.h>

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
  WsiSource        parent_instance;

  char            *text;        /* text of the user, which is sent; NULL = none */
  WsiServerSource *server;
  WsiClientSource *client;
  WspConnection   *connection;
  Step             step;        /* next step of the demonstration */
};

G_DEFINE_FINAL_TYPE (WsiDemo, wsi_demo, WSI_TYPE_SOURCE)

/* Sends a greeting that is different in each run. */
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

  wsp_connection_queue_message (self->connection, message, WSP_SEND_FLAGS_DEFAULT, NULL);
}

static void
send_fragments (WsiDemo *self)
{
  g_object_set (wsp_connection_get_limits (self->connection), "fragment-size",
                (guint64) FRAGMENT_SIZE, NULL);
  wsp_connection_queue_text (self->connection, "One message that travels in several frames", NULL);
}

static void
demo_take_step (WsiDemo *self);

static void
demo_on_pong (GObject      *connection,
              GAsyncResult *result,
              gpointer      data)
{
  g_autoptr (WsiDemo) self = data;

  if (wsp_connection_ping_finish (WSP_CONNECTION (connection), result, NULL) >= 0)
    demo_take_step (self);
}

static void
demo_send_ping (WsiDemo *self)
{
  g_autoptr (GBytes) payload = g_bytes_new_static (PING_PAYLOAD, strlen (PING_PAYLOAD));

  wsp_connection_ping_async (self->connection, payload, NULL, demo_on_pong, g_object_ref (self));
}

/* Takes a step; each but the ping ends with the message that comes back. */
static void
demo_take_step (WsiDemo *self)
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
        demo_take_step (self);
      break;
    case STEP_BINARY:
      send_binary (self);
      break;
    case STEP_FRAGMENTS:
      send_fragments (self);
      break;
    case STEP_PING:
      demo_send_ping (self);
      break;
    case STEP_CLOSE:
      wsp_connection_close_async (self->connection, WSP_CLOSE_CODE_NORMAL, "That was all", NULL,
                                  NULL, NULL);
      break;
    }
}

static void
begin_steps (WsiDemo *self)
{
  self->connection = g_object_ref (wsi_client_source_get_connection (self->client));
  g_signal_connect_object (self->connection, "message", G_CALLBACK (demo_take_step), self,
                           G_CONNECT_SWAPPED);
  demo_take_step (self);
}

/* Handles a state of the client, which is that of the demonstration. */
static void
on_client_changed (WsiDemo   *self,
                   WsiSource *client)
{
  WsiSourceState state = wsi_source_get_state (client);

  if (state == WSI_SOURCE_STARTING)
    return;

  wsi_source_report (WSI_SOURCE (self), state, wsi_source_get_sentence (client));
  if (state == WSI_SOURCE_RUNNING)
    begin_steps (self);
}

static void
wsi_demo_begin (WsiSource *source)
{
  WsiDemo *self = WSI_DEMO (source);

  g_signal_connect_object (self->client, "changed", G_CALLBACK (on_client_changed), self,
                           G_CONNECT_SWAPPED);
  wsi_source_start (WSI_SOURCE (self->server));
  wsi_source_start (WSI_SOURCE (self->client));
}

static void
on_client_stopped (GObject      *client,
                   GAsyncResult *result,
                   gpointer      data)
{
  wsi_source_stop_finish (WSI_SOURCE (client), result);
}

static void
wsi_demo_end (WsiSource *source)
{
  wsi_source_stop_async (WSI_SOURCE (WSI_DEMO (source)->client), on_client_stopped, NULL);
}

static void
wsi_demo_abort (WsiSource *source)
{
  WsiDemo *self = WSI_DEMO (source);

  g_signal_handlers_disconnect_by_data (self->client, self);
  if (self->connection != NULL)
    g_signal_handlers_disconnect_by_data (self->connection, self);
  g_clear_object (&self->connection);
  wsi_source_close (WSI_SOURCE (self->client));
  wsi_source_close (WSI_SOURCE (self->server));
}

static void
wsi_demo_finalize (GObject *object)
{
  WsiDemo *self = WSI_DEMO (object);

  g_clear_object (&self->client);
  g_clear_object (&self->server);
  g_free (self->text);
  G_OBJECT_CLASS (wsi_demo_parent_class)->finalize (object);
}

static void
wsi_demo_class_init (WsiDemoClass *class)
{
  WsiSourceClass *source_class = WSI_SOURCE_CLASS (class);

  G_OBJECT_CLASS (class)->finalize = wsi_demo_finalize;
  source_class->kind = WSI_SOURCE_KIND_EXAMPLE;
  source_class->begin = wsi_demo_begin;
  source_class->end = wsi_demo_end;
  source_class->abort = wsi_demo_abort;
}

static void
wsi_demo_init (WsiDemo *self)
{
}

/* Makes both sources in the context of the demonstration. */
static gboolean
make_sources (WsiDemo *self,
              GError **error)
{
  g_autoptr (WspHandshake) handshake = NULL;

  self->server = wsi_server_source_new (NULL, WSI_PLACE_OWNER);
  if (wsi_server_source_listen (self->server, 0, error) == 0)
    return FALSE;

  handshake = wsp_handshake_new_client (wsi_source_get_uri (WSI_SOURCE (self->server)), NULL, NULL,
                                        error);
  if (handshake == NULL)
    return FALSE;

  self->client = wsi_client_source_new (wsi_source_get_recorder (WSI_SOURCE (self)),
                                        WSI_PLACE_OWNER, handshake);
  return TRUE;
}

/* Makes a demonstration; the server is not recorded, because it would show each frame a second
 * time. */
WsiDemo *
wsi_demo_new (WsiRecorder *recorder,
              WsiPlace     place,
              const char  *text,
              GError     **error)
{
  g_autoptr (WsiDemo) self = g_object_new (WSI_TYPE_DEMO, NULL);
  WsiSource *source = WSI_SOURCE (self);
  gboolean is_made;

  wsi_source_construct (source, recorder, place);
  self->text = g_strdup (text);
  g_main_context_push_thread_default (wsi_source_get_context (source));
  is_made = make_sources (self, error);
  g_main_context_pop_thread_default (wsi_source_get_context (source));
  if (!is_made)
    return NULL;

  wsi_source_set_uri (source, wsi_source_get_uri (WSI_SOURCE (self->server)));
  return g_steal_pointer (&self);
}
