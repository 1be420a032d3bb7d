/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/sources/wsi-client-source.h"

#include "inspect/sources/wsi-echo.h"

struct _WsiClientSource
{
  GObject      parent_instance;

  WspClient   *client;
  WsiRecorder *recorder;
  WsiReply     reply;
};

G_DEFINE_FINAL_TYPE (WsiClientSource, wsi_client_source, G_TYPE_OBJECT)

static void
wsi_client_source_finalize (GObject *object)
{
  WsiClientSource *self = WSI_CLIENT_SOURCE (object);

  g_clear_object (&self->client);
  g_clear_object (&self->recorder);
  G_OBJECT_CLASS (wsi_client_source_parent_class)->finalize (object);
}

static void
wsi_client_source_class_init (WsiClientSourceClass *class)
{
  G_OBJECT_CLASS (class)->finalize = wsi_client_source_finalize;
}

static void
wsi_client_source_init (WsiClientSource *self)
{
}

/* store may be NULL: then nothing is watched. */
WsiClientSource *
wsi_client_source_new (WsiStore *store)
{
  WsiClientSource *self = g_object_new (WSI_TYPE_CLIENT_SOURCE, NULL);

  self->client = wsp_client_new ();
  if (store != NULL)
    {
      self->recorder = wsi_recorder_new (store, WSP_ROLE_CLIENT);
      wsp_client_add_tap (self->client, WSP_TAP (self->recorder));
    }
  return self;
}

/* NULL = without a store. */
WsiRecorder *
wsi_client_source_get_recorder (WsiClientSource *self)
{
  return self->recorder;
}

WspClient *
wsi_client_source_get_client (WsiClientSource *self)
{
  return self->client;
}

/* For connections that are made from now on. */
void
wsi_client_source_set_reply (WsiClientSource *self,
                             WsiReply         reply)
{
  self->reply = reply;
}

/* Offers it in the handshakes from now on. */
void
wsi_client_source_compress (WsiClientSource *self)
{
  g_autoptr (WspDeflateOptions) options = wsp_deflate_options_new ();

  wsp_client_set_compression (self->client, options);
}

static void
begin_reading (WsiClientSource *self,
               WspConnection   *connection)
{
  switch (self->reply)
    {
    case WSI_REPLY_NOTHING:
      wsp_connection_start (connection);
      break;
    case WSI_REPLY_ECHO:
      wsi_echo_attach (connection);
      break;
    }
}

static void
on_connected (GObject      *client,
              GAsyncResult *result,
              gpointer      data)
{
  g_autoptr (GTask) task = data;
  WsiClientSource *self = g_task_get_source_object (task);
  GError *error = NULL;
  WspConnection *connection = wsp_client_open_finish (WSP_CLIENT (client), result, &error);

  if (connection == NULL)
    {
      g_task_return_error (task, error);
      return;
    }

  begin_reading (self, connection);
  g_task_return_pointer (task, connection, g_object_unref);
}

/* The handshake can be read afterwards, also when it has failed. */
void
wsi_client_source_connect_async (WsiClientSource    *self,
                                 WspHandshake       *handshake,
                                 GCancellable       *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer            user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, wsi_client_source_connect_async);
  wsp_client_open_async (self->client, handshake, NULL, cancellable, on_connected, task);
}

WspConnection *
wsi_client_source_connect_finish (WsiClientSource *self,
                                  GAsyncResult    *result,
                                  GError         **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
