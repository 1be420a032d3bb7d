/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/sources/browser/wsi-browser-port.h"

#include <libwsproto/wsproto.h>

#include "inspect/store/memory/wsi-bytes.h"

/* A port.  A connect that is cancelled calls back later, when its owner has gone: both have a
 * reference. */
struct _WsiBrowserPort
{
  WspConnection       *connection;      /* connection to the browser; NULL: not open, or ended */
  GCancellable        *cancellable;
  WsiBrowserSettledFunc settled;
  WsiBrowserLinkFuncs  funcs;
  gpointer             user_data;
  gboolean             is_freed;
};

static void
browser_port_clear (gpointer data)
{
  WsiBrowserPort *self = data;

  g_clear_object (&self->connection);
  g_clear_object (&self->cancellable);
}

static void
browser_port_unref (WsiBrowserPort *self)
{
  g_rc_box_release_full (self, browser_port_clear);
}

static void
browser_port_on_message (WspConnection  *connection,
                         WspMessage     *message,
                         WsiBrowserPort *self)
{
  gsize length;
  const guint8 *at = wsi_bytes_get_data (wsp_message_get_bytes (message), &length);
  g_autofree guint8 *copy = g_memdup2 (at, length);

  if (copy != NULL)
    self->funcs.received (copy, length, self->user_data);
}

static void
browser_port_on_closed (WspConnection  *connection,
                        WsiBrowserPort *self)
{
  WspCloseInfo *info = wsp_connection_get_close_info (connection);

  self->funcs.ended (wsp_close_info_get_error (info), self->user_data);
}

static void
browser_port_take_connection (WsiBrowserPort *self,
                              WspConnection  *connection)
{
  self->connection = g_object_ref (connection);
  g_signal_connect (connection, "message", G_CALLBACK (browser_port_on_message), self);
  g_signal_connect (connection, "closed", G_CALLBACK (browser_port_on_closed), self);
  wsp_connection_start_receiving (connection);
}

static void
browser_port_on_connected (GObject      *client,
                           GAsyncResult *result,
                           gpointer      data)
{
  WsiBrowserPort *self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (WspConnection) connection =
    wsp_client_connect_finish (WSP_CLIENT (client), result, &error);

  if (connection != NULL && !self->is_freed)
    browser_port_take_connection (self, connection);
  else if (connection != NULL)
    wsp_connection_abort (connection);
  else if (!self->is_freed)
    self->funcs.ended (error, self->user_data);
  self->settled (self->user_data);
  browser_port_unref (self);
}

static WspClient *
browser_port_make_client (WsiBrowserOpening opening)
{
  WspClient *client = wsp_client_new ();
  g_autoptr (GProxyResolver) direct = g_simple_proxy_resolver_new (NULL, NULL);

  wsp_client_set_proxy_resolver (client, direct);
  wsp_limits_set_max_message_size (wsp_client_get_limits (client), WSI_BROWSER_MAX_MESSAGE);
  if (opening == WSI_BROWSER_ASKS_USER)
    wsp_client_set_connect_timeout (client, 0);
  return client;
}

WsiBrowserPort *
wsi_browser_port_new (const WsiBrowserAddress   *address,
                      WsiBrowserOpening          opening,
                      WsiBrowserSettledFunc      settled,
                      const WsiBrowserLinkFuncs *funcs,
                      gpointer                   user_data)
{
  WsiBrowserPort *self = g_rc_box_new0 (WsiBrowserPort);
  g_autoptr (WspClient) client = browser_port_make_client (opening);
  g_autofree char *place = wsi_browser_address_to_string (address);
  g_autofree char *uri = g_strconcat ("ws://", place, address->path, NULL);

  self->settled = settled;
  self->funcs = *funcs;
  self->user_data = user_data;
  self->cancellable = g_cancellable_new ();
  wsp_client_connect_async (client, uri, NULL, NULL, self->cancellable, browser_port_on_connected,
                            g_rc_box_acquire (self));
  return self;
}

void
wsi_browser_port_free (WsiBrowserPort *self)
{
  self->is_freed = TRUE;
  g_cancellable_cancel (self->cancellable);
  if (self->connection != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->connection, self);
      wsp_connection_abort (self->connection);
    }
  browser_port_unref (self);
}

gboolean
wsi_browser_port_is_open (WsiBrowserPort *self)
{
  return self->connection != NULL;
}

void
wsi_browser_port_send (WsiBrowserPort *self,
                       const char     *command)
{
  if (self->connection != NULL)
    wsp_connection_queue_text (self->connection, command, NULL);
}

void
wsi_browser_port_close (WsiBrowserPort *self)
{
  if (self->connection != NULL)
    wsp_connection_close_async (self->connection, WSP_CLOSE_CODE_NORMAL, NULL, NULL, NULL, NULL);
}
