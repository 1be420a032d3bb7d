/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/sources/files/wsi-har-head.h"

#include <string.h>

#define MIN_STATUS 100
#define MAX_STATUS 999
#define SWITCHING_PROTOCOLS 101

typedef enum
{
  REQUEST_METHOD,
  REQUEST_URL,
  REQUEST_HEADERS,
  N_REQUEST_MEMBERS,
} RequestMember;

typedef enum
{
  RESPONSE_STATUS,
  RESPONSE_TEXT,
  RESPONSE_HEADERS,
  N_RESPONSE_MEMBERS,
} ResponseMember;

typedef enum
{
  HEADER_NAME,
  HEADER_VALUE,
  N_HEADER_MEMBERS,
} HeaderMember;

static const char *const request_names[N_REQUEST_MEMBERS] = {
  [REQUEST_METHOD] = "method",
  [REQUEST_URL] = "url",
  [REQUEST_HEADERS] = "headers",
};

static const char *const response_names[N_RESPONSE_MEMBERS] = {
  [RESPONSE_STATUS] = "status",
  [RESPONSE_TEXT] = "statusText",
  [RESPONSE_HEADERS] = "headers",
};

static const char *const header_names[N_HEADER_MEMBERS] = {
  [HEADER_NAME] = "name",
  [HEADER_VALUE] = "value",
};

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
append_headers (GString            *head,
                const WsiJsonField *headers,
                const char         *needed)
{
  WsiJsonScanner scanner = { 0 };
  WsiJsonField header;
  gboolean is_found = FALSE;

  while (wsi_json_field_next_element (headers, &scanner, &header))
    {
      WsiJsonField fields[N_HEADER_MEMBERS];
      const char *name, *value;

      wsi_json_field_read_object (&header, fields, header_names, N_HEADER_MEMBERS);
      name = wsi_json_field_get_string (&fields[HEADER_NAME]);
      value = wsi_json_field_get_string (&fields[HEADER_VALUE]);
      if (name == NULL || value == NULL)
        continue;

      append_header (head, name, value);
      is_found |= g_ascii_strcasecmp (name, needed) == 0;
    }

  g_string_append (head, "\r\n");
  return is_found;
}

void
wsi_har_request_read (WsiHarRequest      *self,
                      const WsiJsonField *request)
{
  WsiJsonField fields[N_REQUEST_MEMBERS];

  wsi_json_field_read_object (request, fields, request_names, N_REQUEST_MEMBERS);
  self->method = wsi_json_field_get_string (&fields[REQUEST_METHOD]);
  self->url = wsi_json_field_get_string (&fields[REQUEST_URL]);
  self->headers = fields[REQUEST_HEADERS];
}

static GBytes *
make_request (const WsiHarRequest *request)
{
  g_autofree char *target = dup_target (request->url);
  g_autoptr (GString) head = NULL;

  if (target == NULL || g_strcmp0 (request->method, "GET") != 0)
    return NULL;

  head = g_string_new (NULL);
  g_string_printf (head, "GET %s HTTP/1.1\r\n", target);
  return append_headers (head, &request->headers, "Sec-WebSocket-Key")
         ? g_string_free_to_bytes (g_steal_pointer (&head)) : NULL;
}

static GBytes *
make_response (const WsiJsonField *fields)
{
  gint64 status = wsi_json_field_get_number (&fields[RESPONSE_STATUS], 0);
  const char *text = wsi_json_field_get_string (&fields[RESPONSE_TEXT]);
  g_autoptr (GString) head = NULL;
  gboolean is_known;

  if (status < MIN_STATUS || status > MAX_STATUS)
    return NULL;

  head = g_string_new (NULL);
  g_string_printf (head, "HTTP/1.1 %u %s\r\n", (guint) status,
                   text != NULL && !has_controls (text) ? text : "");
  is_known = append_headers (head, &fields[RESPONSE_HEADERS], "Sec-WebSocket-Accept");
  return is_known || status != SWITCHING_PROTOCOLS
         ? g_string_free_to_bytes (g_steal_pointer (&head)) : NULL;
}

gboolean
wsi_har_heads_init (WsiHarHeads         *self,
                    const WsiHarRequest *request,
                    const WsiJsonField  *response)
{
  WsiJsonField fields[N_RESPONSE_MEMBERS];

  wsi_json_field_read_object (response, fields, response_names, N_RESPONSE_MEMBERS);
  self->request = make_request (request);
  self->response = make_response (fields);
  if (self->request != NULL &&
      (self->response != NULL || wsi_json_field_get_number (&fields[RESPONSE_STATUS], 0) <= 0))
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
