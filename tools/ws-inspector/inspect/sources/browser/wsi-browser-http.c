/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/sources/browser/wsi-browser-http.h"

#include <glib/gi18n.h>
#include <string.h>

#include "inspect/sources/http/wsi-http-head.h"
#include "inspect/store/memory/wsi-bytes.h"

#define MAX_ANSWER (4 * 1024 * 1024)    /* bytes of an answer; a page's URL may have data */
#define MAX_HEAD (64 * 1024)
#define READ_SIZE 16384
#define TIMEOUT_S 10

typedef struct
{
  char              *place, *path, *request;
  GSocketConnection *connection;
  GByteArray        *answer;
} Asking;

static void
asking_free (gpointer data)
{
  Asking *asking = data;

  g_free (asking->place);
  g_free (asking->path);
  g_free (asking->request);
  g_clear_object (&asking->connection);
  g_byte_array_unref (asking->answer);
  g_free (asking);
}

static void
browser_http_fail (GTask        *task,
                   const GError *error)
{
  const Asking *asking = g_task_get_task_data (task);

  g_task_return_new_error (task, error->domain, error->code, _("Cannot ask the browser at %s: %s"),
                           asking->place, error->message);
}

/* Whether the answer is complete, also if no head ends where it should: the rest would be in
 * vain. */
static gboolean
browser_http_is_complete (const Asking *asking)
{
  const GByteArray *answer = asking->answer;
  gsize head_length = wsi_http_head_find_end (answer->data, MIN (answer->len, MAX_HEAD), 0);
  WsiHttpHead head;

  if (head_length == 0)
    return answer->len >= MAX_HEAD;

  return wsi_http_head_parse (&head, WSI_HTTP_RESPONSE, answer->data, head_length) &&
         head.has_length && answer->len - head_length >= head.length;
}

static void browser_http_read_more (GTask *task);

static void
browser_http_on_read (GObject      *stream,
                      GAsyncResult *result,
                      gpointer      data)
{
  g_autoptr (GTask) task = data;
  Asking *asking = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes =
    g_input_stream_read_bytes_finish (G_INPUT_STREAM (stream), result, &error);

  if (bytes == NULL)
    {
      browser_http_fail (task, error);
      return;
    }

  g_byte_array_append (asking->answer, wsi_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  if (g_bytes_get_size (bytes) > 0 && asking->answer->len < MAX_ANSWER &&
      !browser_http_is_complete (asking))
    browser_http_read_more (g_steal_pointer (&task));
  else
    g_task_return_boolean (task, TRUE);
}

static void
browser_http_read_more (GTask *task)
{
  const Asking *asking = g_task_get_task_data (task);
  GInputStream *stream = g_io_stream_get_input_stream (G_IO_STREAM (asking->connection));

  g_input_stream_read_bytes_async (stream, READ_SIZE, G_PRIORITY_DEFAULT,
                                   g_task_get_cancellable (task), browser_http_on_read, task);
}

static void
browser_http_on_written (GObject      *stream,
                         GAsyncResult *result,
                         gpointer      data)
{
  GTask *task = data;
  g_autoptr (GError) error = NULL;

  if (g_output_stream_write_all_finish (G_OUTPUT_STREAM (stream), result, NULL, &error))
    {
      browser_http_read_more (task);
      return;
    }

  browser_http_fail (task, error);
  g_object_unref (task);
}

static void
browser_http_on_connected (GObject      *client,
                           GAsyncResult *result,
                           gpointer      data)
{
  GTask *task = data;
  Asking *asking = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;

  asking->connection = g_socket_client_connect_finish (G_SOCKET_CLIENT (client), result, &error);
  if (asking->connection == NULL)
    {
      browser_http_fail (task, error);
      g_object_unref (task);
      return;
    }

  g_output_stream_write_all_async (g_io_stream_get_output_stream (G_IO_STREAM (asking->connection)),
                                   asking->request, strlen (asking->request), G_PRIORITY_DEFAULT,
                                   g_task_get_cancellable (task), browser_http_on_written, task);
}

void
wsi_browser_http_get_async (const WsiBrowserAddress *address,
                            const char              *path,
                            GCancellable            *cancellable,
                            GAsyncReadyCallback      callback,
                            gpointer                 user_data)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketConnectable) place = g_network_address_new (address->host, address->port);
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);
  Asking *asking = g_new0 (Asking, 1);

  g_task_set_source_tag (task, wsi_browser_http_get_async);
  g_task_set_task_data (task, asking, asking_free);
  asking->answer = g_byte_array_new ();
  asking->place = wsi_browser_address_to_string (address);
  asking->path = g_strdup (path);
  asking->request = g_strdup_printf ("GET %s HTTP/1.1\r\nHost: %s\r\n"
                                     "Connection: close\r\n\r\n", path, asking->place);
  g_socket_client_set_enable_proxy (client, FALSE);
  g_socket_client_set_timeout (client, TIMEOUT_S);
  g_socket_client_connect_async (client, place, cancellable, browser_http_on_connected, task);
}

GBytes *
wsi_browser_http_get_finish (GAsyncResult *result,
                             GError      **error)
{
  const Asking *asking = g_task_get_task_data (G_TASK (result));
  const GByteArray *answer = asking->answer;
  gsize head_length;
  WsiHttpHead head;

  if (!g_task_propagate_boolean (G_TASK (result), error))
    return NULL;

  head_length = wsi_http_head_find_end (answer->data, answer->len, 0);
  if (head_length == 0 ||
      !wsi_http_head_parse (&head, WSI_HTTP_RESPONSE, answer->data, head_length))
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                   _("%s: expected the DevTools of a browser, received no HTTP"), asking->place);
      return NULL;
    }

  if (head.status == 404)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                   _("%s: expected a list at %s, received status 404 (a browser whose switch is on "
                     "at chrome://inspect/#remote-debugging has none: give the folder of its "
                     "profile)"), asking->place, asking->path);
      return NULL;
    }

  return g_bytes_new (answer->data + head_length, answer->len - head_length);
}
