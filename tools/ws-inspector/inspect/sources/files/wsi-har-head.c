/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/sources/files/wsi-har-head.h"

#include "inspect/sources/files/json/wsi-json-object.h"

#include <string.h>

#define MIN_STATUS 100
#define MAX_STATUS 999
#define SWITCHING_PROTOCOLS 101

static gboolean
has_controls (const char *text)
{
  for (; *text != '\0'; text++)
    if (g_ascii_iscntrl (*text) && *text != '\t')
      return TRUE;

  return FALSE;
}

/* The target of a request to the URL; NULL: it cannot be one. */
static char *
dup_target (const char *url)
{
  const char *authority = url != NULL ? strstr (url, "://") : NULL;
  const char *path;
  gsize length;

  if (authority == NULL)
    return NULL;

  path = authority + strlen ("://") + strcspn (authority + strlen ("://"), "/?#");
  length = strcspn (path, "#");
  if (strcspn (path, " \t") < length || has_controls (path))
    return NULL;

  return g_strdup_printf ("%s%.*s", *path == '/' ? "" : "/", (int) MIN (length, G_MAXINT), path);
}

/* A browser joins headers of one name with line feeds.  Others have controls by mistake only. */
static void
append_header (GString    *head,
               const char *name,
               const char *values)
{
  g_auto (GStrv) lines = g_strsplit (values, "\n", -1);

  if (*name == '\0' || *name == ':' || has_controls (name) || strchr (name, ' ') != NULL)
    return;

  for (guint i = 0; lines[i] != NULL; i++)
    if (!has_controls (lines[i]))
      g_string_append_printf (head, "%s: %s\r\n", name, lines[i]);
}

/* Returns whether there is a header of this name. */
static gboolean
append_headers (GString    *head,
                JsonObject *message,
                const char *needed)
{
  JsonArray *headers = wsi_json_get_array (message, "headers");
  guint n = headers != NULL ? json_array_get_length (headers) : 0;
  gboolean is_found = FALSE;

  for (guint i = 0; i < n; i++)
    {
      JsonNode *node = json_array_get_element (headers, i);
      JsonObject *header = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
      const char *name = header != NULL ? wsi_json_get_string (header, "name") : NULL;
      const char *value = header != NULL ? wsi_json_get_string (header, "value") : NULL;

      if (name == NULL || value == NULL)
        continue;

      append_header (head, name, value);
      is_found |= g_ascii_strcasecmp (name, needed) == 0;
    }

  g_string_append (head, "\r\n");
  return is_found;
}

static GBytes *
make_request (JsonObject *request)
{
  const char *method = wsi_json_get_string (request, "method");
  g_autofree char *target = dup_target (wsi_json_get_string (request, "url"));
  g_autoptr (GString) head = NULL;

  if (target == NULL || g_strcmp0 (method, "GET") != 0)
    return NULL;

  head = g_string_new (NULL);
  g_string_printf (head, "GET %s HTTP/1.1\r\n", target);
  return append_headers (head, request, "Sec-WebSocket-Key")
         ? g_string_free_to_bytes (g_steal_pointer (&head)) : NULL;
}

static GBytes *
make_response (JsonObject *response)
{
  gint64 status = wsi_json_get_number (response, "status", 0);
  const char *text = wsi_json_get_string (response, "statusText");
  g_autoptr (GString) head = NULL;
  gboolean is_known;

  if (status < MIN_STATUS || status > MAX_STATUS)
    return NULL;

  head = g_string_new (NULL);
  g_string_printf (head, "HTTP/1.1 %u %s\r\n", (guint) status,
                   text != NULL && !has_controls (text) ? text : "");
  is_known = append_headers (head, response, "Sec-WebSocket-Accept");
  return is_known || status != SWITCHING_PROTOCOLS
         ? g_string_free_to_bytes (g_steal_pointer (&head)) : NULL;
}

gboolean
wsi_har_heads_init (WsiHarHeads *self,
                    JsonObject  *request,
                    JsonObject  *response)
{
  *self = (WsiHarHeads) { 0 };
  if (request != NULL)
    self->request = make_request (request);
  if (response != NULL)
    self->response = make_response (response);
  if (self->request != NULL &&
      (self->response != NULL || response == NULL ||
       wsi_json_get_number (response, "status", 0) <= 0))
    return TRUE;

  wsi_har_heads_clear (self);
  return FALSE;
}

void
wsi_har_heads_clear (WsiHarHeads *self)
{
  g_clear_pointer (&self->request, g_bytes_unref);
  g_clear_pointer (&self->response, g_bytes_unref);
}
