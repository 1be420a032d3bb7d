/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/sources/wsi-server-source.h"

#include "inspect/sources/wsi-echo.h"

struct _WsiServerSource
{
  GObject      parent_instance;

  WspServer   *server;
  WsiRecorder *recorder;
  guint16      port;            /* 0 = not listening */
};

G_DEFINE_FINAL_TYPE (WsiServerSource, wsi_server_source, G_TYPE_OBJECT)

static void
wsi_server_source_finalize (GObject *object)
{
  WsiServerSource *self = WSI_SERVER_SOURCE (object);

  g_clear_object (&self->server);
  g_clear_object (&self->recorder);
  G_OBJECT_CLASS (wsi_server_source_parent_class)->finalize (object);
}

static void
wsi_server_source_class_init (WsiServerSourceClass *class)
{
  G_OBJECT_CLASS (class)->finalize = wsi_server_source_finalize;
}

static void
wsi_server_source_init (WsiServerSource *self)
{
}

static void
on_connection (WspServer     *server,
               WspConnection *connection)
{
  wsi_echo_attach (connection);
}

/* store may be NULL: then nothing is watched. */
WsiServerSource *
wsi_server_source_new (WsiStore *store)
{
  WsiServerSource *self = g_object_new (WSI_TYPE_SERVER_SOURCE, NULL);

  self->server = wsp_server_new ();
  if (store != NULL)
    {
      self->recorder = wsi_recorder_new (store, WSP_ROLE_SERVER);
      wsp_server_add_tap (self->server, WSP_TAP (self->recorder));
    }
  g_signal_connect (self->server, "connection", G_CALLBACK (on_connection), NULL);
  return self;
}

/* NULL = without a store. */
WsiRecorder *
wsi_server_source_get_recorder (WsiServerSource *self)
{
  return self->recorder;
}

WspServer *
wsi_server_source_get_server (WsiServerSource *self)
{
  return self->server;
}

/* On the loopback addresses; 0 chooses a free port.  Returns the port, 0 = error. */
guint16
wsi_server_source_listen (WsiServerSource *self,
                          guint16          port,
                          GError         **error)
{
  self->port = wsp_server_add_inet_port (self->server, NULL, port, error);
  return self->port;
}

char *
wsi_server_source_dup_uri (WsiServerSource *self)
{
  g_autoptr (GTlsCertificate) certificate = NULL;

  g_object_get (self->server, "tls-certificate", &certificate, NULL);
  return g_strdup_printf (certificate != NULL ? "wss://127.0.0.1:%u/" : "ws://127.0.0.1:%u/",
                          self->port);
}
