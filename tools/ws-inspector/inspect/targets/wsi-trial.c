/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/targets/wsi-trial.h"

#include <libwsproto/wsproto.h>
#include <string.h>

#include "inspect/sources/proxy/wsi-proxy-source.h"
#include "inspect/sources/wsi-server-source.h"

#define MESSAGE "Hello from the inspector"
#define TIMEOUT_MS 10000

gboolean
wsi_trial_is_possible (WsiSource *source)
{
  return WSI_IS_SERVER_SOURCE (source) || WSI_IS_PROXY_SOURCE (source);
}

gboolean
wsi_trial_is_web (WsiSource *source)
{
  return WSI_IS_PROXY_SOURCE (source);
}

/* The web address of a source: "ws" becomes "http", and "wss" becomes "https". */
char *
wsi_trial_make_web_uri (WsiSource *source)
{
  if (!wsi_trial_is_web (source))
    return NULL;

  return g_strconcat ("http", wsi_source_get_uri (source) + strlen ("ws"), NULL);
}

static void
trial_on_closed (GObject      *connection,
                 GAsyncResult *result,
                 gpointer      data)
{
  g_autoptr (GTask) task = data;
  GError *error = NULL;

  if (wsp_connection_close_finish (WSP_CONNECTION (connection), result, &error))
    {
      g_task_return_boolean (task, TRUE);
      return;
    }

  wsp_connection_abort (WSP_CONNECTION (connection));
  g_task_return_error (task, error);
}

/* The message leaves before the Close frame; a reply that comes first is recorded, too. */
static void
trial_on_connected (GObject      *client,
                    GAsyncResult *result,
                    gpointer      data)
{
  g_autoptr (GTask) task = data;
  GError *error = NULL;
  g_autoptr (WspConnection) connection =
    wsp_client_connect_finish (WSP_CLIENT (client), result, &error);

  if (connection == NULL)
    {
      g_task_return_error (task, error);
      return;
    }

  wsp_connection_start_receiving (connection);
  wsp_connection_queue_text (connection, MESSAGE, NULL);
  wsp_connection_close_async (connection, WSP_CLOSE_CODE_NORMAL, NULL,
                              g_task_get_cancellable (task), trial_on_closed, g_object_ref (task));
}

/* The source is ours: there is no other computer that its certificate could be of. */
static gboolean
trial_accept_certificate (void)
{
  return TRUE;
}

void
wsi_trial_run_async (WsiSource          *source,
                     GCancellable       *cancellable,
                     GAsyncReadyCallback callback,
                     gpointer            user_data)
{
  g_autoptr (WspClient) client = wsp_client_new ();
  g_autoptr (GProxyResolver) direct = g_simple_proxy_resolver_new (NULL, NULL);
  GTask *task = g_task_new (source, cancellable, callback, user_data);

  g_task_set_source_tag (task, wsi_trial_run_async);
  wsp_client_set_proxy_resolver (client, direct);
  wsp_client_set_connect_timeout (client, TIMEOUT_MS);
  g_signal_connect (client, "accept-certificate", G_CALLBACK (trial_accept_certificate), NULL);
  wsp_client_connect_async (client, wsi_source_get_uri (source), NULL, NULL, cancellable,
                            trial_on_connected, task);
}

gboolean
wsi_trial_run_finish (GAsyncResult *result,
                      GError      **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
