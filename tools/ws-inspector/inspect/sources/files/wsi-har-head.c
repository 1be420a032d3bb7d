/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/sources/files/wsi-har-head.h"

#include "inspect/sources/http/wsi-made-head.h"

#define SWITCHING_PROTOCOLS 101
#define OK 200

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

/* Returns whether there is a header of this name, which may be NULL. */
static gboolean
har_head_append_headers (GString            *head,
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

      wsi_made_head_append (head, name, value);
      is_found |= needed != NULL && g_ascii_strcasecmp (name, needed) == 0;
    }

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

/* Takes the head, which may be NULL.  NULL: it has not the header that is needed. */
static GBytes *
har_head_end_head (GString            *head,
                   const WsiJsonField *headers,
                   const char         *needed)
{
  if (head != NULL && (har_head_append_headers (head, headers, needed) || needed == NULL))
    return wsi_made_head_end (head);

  if (head != NULL)
    g_string_free (head, TRUE);
  return NULL;
}

/* HTTP/2 has another method, no key and the status 200 (RFC 8441 5). */
static GBytes *
har_head_make_request (const WsiHarRequest *request,
                       gint64               status)
{
  if (g_strcmp0 (request->method, "GET") != 0 &&
      (g_strcmp0 (request->method, "CONNECT") != 0 || status != OK))
    return NULL;

  return har_head_end_head (wsi_made_head_begin_request (request->url), &request->headers,
                            status == OK ? "Sec-WebSocket-Version" : "Sec-WebSocket-Key");
}

static GBytes *
make_response (const WsiJsonField *fields,
               gint64              status)
{
  const char *reason = wsi_json_field_get_string (&fields[RESPONSE_TEXT]);

  return har_head_end_head (wsi_made_head_begin_response (status, reason),
                            &fields[RESPONSE_HEADERS],
                            status == SWITCHING_PROTOCOLS ? "Sec-WebSocket-Accept" : NULL);
}

gboolean
wsi_har_heads_init (WsiHarHeads         *self,
                    const WsiHarRequest *request,
                    const WsiJsonField  *response)
{
  WsiJsonField fields[N_RESPONSE_MEMBERS];

  wsi_json_field_read_object (response, fields, response_names, N_RESPONSE_MEMBERS);
  self->status = wsi_json_field_get_number (&fields[RESPONSE_STATUS], -1);
  self->request = har_head_make_request (request, self->status);
  self->response = make_response (fields, self->status);
  if (self->request != NULL && (self->response != NULL || self->status <= 0))
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
