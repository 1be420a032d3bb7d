/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The request of a handshake, which a server parses when a property of the request is read. */
#include "handshake/wsp-handshake-parts-private.h"

#include "core/handshake/header-fields.h"
#include "core/handshake/http-head.h"
#include "http/wsp-headers-private.h"

static char *
handshake_request_dup_text (WscBytes text)
{
  return text.at != NULL ? g_strndup ((const char *) text.at, text.length) : NULL;
}

gboolean
wsp_handshake_fail (GError **error,
                    WscFault fault)
{
  if (fault != WSC_FAULT_NONE)
    wsp_error_from_fault (error, fault, 0, NULL);

  return fault != WSC_FAULT_NONE;
}

void
wsp_handshake_keep_headers (WspHeaders **place,
                            WspHeaders  *headers)
{
  g_autoptr (WspHeaders) before = *place;       /* may hold the only reference to headers */

  *place = headers != NULL ? wsp_headers_ref (headers) : NULL;
  if (headers != NULL)
    wsp_headers_freeze (headers);
}

char **
wsp_handshake_list_protocols (WscFields request)
{
  GPtrArray *found = g_ptr_array_new ();
  WscFieldList list = wsc_fields_get_list (request, "Sec-WebSocket-Protocol");
  WscBytes token;

  while (wsc_field_list_next_token (&list, &token) == WSC_LIST_ELEMENT)
    g_ptr_array_add (found, handshake_request_dup_text (token));

  g_ptr_array_add (found, NULL);
  return (char **) g_ptr_array_free (found, FALSE);
}

void
wsp_handshake_set_request (WspHandshake *self,
                           WscBytes      method,
                           WscBytes      target,
                           WspHeaders   *headers)
{
  WscRequestTarget parsed = { { NULL, 0 }, { NULL, 0 }, { NULL, 0 } };
  g_autofree WscHeader *view = NULL;
  WscFields fields;

  fields.at = view = wsp_headers_view (headers, &fields.n);
  wsc_request_target_parse (target, &parsed);
  self->method = handshake_request_dup_text (method);
  self->path = handshake_request_dup_text (parsed.path);
  if (parsed.authority.at != NULL)
    self->site = g_strndup ((const char *) target.at,
                            parsed.authority.at + parsed.authority.length - target.at);
  self->query = handshake_request_dup_text (parsed.query);
  self->subprotocols = wsp_handshake_list_protocols (fields);
  wsp_handshake_keep_headers (&self->request, headers);
}

char *
wsp_handshake_dup_target (WspHandshake *self)
{
  return g_strconcat (self->site != NULL ? self->site : "", self->path,
                      self->query != NULL ? "?" : NULL, self->query, NULL);
}

/* A program that sets no Host has it in no field. */
static void
append_first_lines (WspHandshake *self,
                    GString      *text)
{
  g_autofree char *target = self->role == WSP_ROLE_SERVER ? wsp_handshake_dup_target (self) : NULL;

  if (target != NULL)
    g_string_append_printf (text, "%s %s HTTP/1.1\r\n", self->method, target);
  else
    g_string_append_printf (text, "GET %s HTTP/1.1\r\n", self->uri->resource);
  if (self->role == WSP_ROLE_CLIENT &&
      (self->request == NULL || wsp_headers_get_one (self->request, "Host") == NULL))
    g_string_append_printf (text, "Host: %s\r\n", self->uri->host_field);
}

GBytes *
wsp_handshake_dup_head (WspHandshake *self)
{
  GString *text = g_string_new (NULL);
  g_autofree WscHeader *view = NULL;
  gsize n_fields = 0;

  wsp_handshake_ensure_request (self);
  if (self->request != NULL)
    view = wsp_headers_view (self->request, &n_fields);
  append_first_lines (self, text);
  wsp_headers_append_lines (text, view, n_fields);
  g_string_append (text, "\r\n");
  return g_string_free_to_bytes (text);
}

/* The server has applied its limits.  NULL: the head is not complete, or breaks a rule after its
 * first n_read bytes. */
static WscHttpHead *
parse_head (WscBytes text,
            gsize   *n_read)
{
  const WscHeadLimits limits = {
    .max_size = G_MAXINT, .max_line = G_MAXINT, .max_fields = G_MAXINT
  };
  WscHttpHead *head = wsc_http_head_new (WSC_HEAD_REQUEST, &limits);
  gsize used;

  *n_read = 0;
  if (head == NULL || wsc_http_head_take (head, text, &used) == WSC_FAULT_NONE)
    return head;

  *n_read = wsc_http_head_get_n_visited (head);
  wsc_http_head_free (head);
  return NULL;
}

/* Parses the lines of text that are complete and break no rule.  NULL: there is none. */
static WscHttpHead *
parse_lines (WscBytes text)
{
  const char *begin = (const char *) text.at;
  const char *end = text.length > 0 ? g_strrstr_len (begin, (gssize) text.length, "\r\n") : NULL;
  g_autoptr (GString) lines = NULL;
  gsize n_read;

  if (end == NULL)
    return NULL;

  lines = g_string_new_len (begin, end - begin);
  g_string_append (lines, "\r\n\r\n");
  return parse_head ((WscBytes) { (const guint8 *) lines->str, lines->len }, &n_read);
}

void
wsp_handshake_ensure_request (WspHandshake *self)
{
  g_autoptr (GBytes) bytes = g_steal_pointer (&self->head);
  g_autoptr (WspHeaders) headers = NULL;
  WscHttpHead *head;
  WscBytes text;
  gsize n_read, n_fields;

  if (bytes == NULL)
    return;

  text.at = g_bytes_get_data (bytes, &text.length);
  head = parse_head (text, &n_read);
  self->is_partial = head == NULL;
  if (head == NULL)
    head = parse_lines ((WscBytes) { text.at, n_read });
  if (head == NULL)
    return;

  const WscHeader *fields = wsc_http_head_get_fields (head, &n_fields);

  headers = wsp_headers_new ();
  wsp_headers_add_fields (headers, fields, n_fields);
  wsp_handshake_set_request (self, wsc_http_head_get_method (head),
                             wsc_http_head_get_target (head), headers);
  wsc_http_head_free (head);
}
