/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The response to a handshake: opens a session as the program decided, and writes the header
 * fields. */
#include "handshake/wsp-handshake-parts-private.h"

#include "http/wsp-headers-private.h"
#include "limits/wsp-deflate-options-private.h"
#include "session/wsp-session-private.h"

WspDeflateOptions *
wsp_handshake_use_deflate (WspHandshake *self)
{
  if (self->used_deflate == NULL && self->deflate != NULL)
    self->used_deflate = wsp_deflate_options_copy (self->deflate);

  return self->used_deflate;
}

WspDeflateOptions *
wsp_handshake_peek_agreed_deflate (WspHandshake *self)
{
  return self->response != NULL ? wsp_handshake_use_deflate (self) : NULL;
}

static WscFault
check_accepted (WspHandshake *self)
{
  return self->status == WSP_STATUS_UNDECIDED || self->status == WSP_STATUS_ACCEPTED
         ? WSC_FAULT_NONE
         : WSC_FAULT_HANDSHAKE_DECIDED;
}

/* Appends the custom fields, then the fields of the handshake. */
static void
append_response (GString    *text,
                 WspHeaders *custom,
                 WscFields   response)
{
  g_autofree WscHeader *view = NULL;
  gsize n_custom;

  if (custom != NULL)
    {
      view = wsp_headers_view (custom, &n_custom);
      wsp_headers_append_lines (text, view, n_custom);
    }
  wsp_headers_append_lines (text, response.at, response.n);
}

gboolean
wsp_handshake_open_session (WspSession *session,
                            const char *subprotocol,
                            WspHeaders *custom,
                            WscFields   request,
                            GString    *text,
                            GError    **error)
{
  WscFields response;

  if (!wsp_session_begin_checked_handshake (session, subprotocol, request, &response, error))
    return FALSE;

  append_response (text, custom, response);
  return wsp_session_open (session, error);
}

gboolean
wsp_handshake_may_open (WspHandshake *self,
                        GError      **error)
{
  wsp_handshake_ensure_request (self);
  if (self->path != NULL && !self->is_partial)
    return !wsp_handshake_fail (error, check_accepted (self));

  g_set_error_literal (error, WSP_ERROR, WSP_ERROR_INVALID_ARGUMENT,
                       "Handshake holds no WebSocket request to answer: expected one of a server "
                       "(make it with wsp_handshake_new_server ())");
  return FALSE;
}

gboolean
wsp_handshake_open (WspHandshake *self,
                    WspSession   *session,
                    GString      *text,
                    GError      **error)
{
  g_autofree WscHeader *view = NULL;
  WscFields request;

  if (!wsp_handshake_may_open (self, error))
    return FALSE;

  request.at = view = wsp_headers_view (self->request, &request.n);
  return wsp_handshake_open_session (session, self->subprotocol, self->custom, request, text,
                                     error);
}

/* The options of compression may have changed since the response was written. */
static gboolean
write_agreed (WspHandshake *self,
              GString      *text)
{
  g_autoptr (WspSession) session = wsp_session_new (WSP_ROLE_SERVER);
  g_autoptr (WspHeaders) response =
    wsp_session_begin_server_handshake (session, self->subprotocol,
                                        (const char * const *) self->extensions, self->request,
                                        NULL);
  g_autofree WscHeader *view = NULL;
  WscFields fields;

  if (response == NULL)
    return FALSE;

  fields.at = view = wsp_headers_view (response, &fields.n);
  append_response (text, self->custom, fields);
  return TRUE;
}

static gboolean
write_response (WspHandshake *self,
                GString      *text)
{
  g_autoptr (WspSession) session = NULL;

  if (self->is_agreed)
    return write_agreed (self, text);

  session = g_object_new (WSP_TYPE_SESSION, "role", WSP_ROLE_SERVER, "deflate",
                          wsp_handshake_use_deflate (self), NULL);
  return wsp_handshake_open (self, session, text, NULL);
}

void
wsp_handshake_make_response (WspHandshake *self)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (WspHeaders) headers = NULL;

  if (write_response (self, text))
    {
      g_autoptr (GBytes) block = g_bytes_new_static (text->str, text->len);

      headers = wsp_headers_parse (block, NULL);
    }
  wsp_handshake_keep_headers (&self->response, headers);
}

GBytes *
wsp_handshake_dup_accepting_head (WspHandshake *self)
{
  GString *text = g_string_new ("HTTP/1.1 101 Switching Protocols\r\n");

  if (self->response == NULL)
    wsp_handshake_make_response (self);
  if (self->response != NULL)
    {
      gsize n_fields;
      g_autofree WscHeader *view = wsp_headers_view (self->response, &n_fields);

      wsp_headers_append_lines (text, view, n_fields);
    }
  g_string_append (text, "\r\n");
  return g_string_free_to_bytes (text);
}

void
wsp_handshake_record_body (WspHandshake *self,
                           GBytes       *body)
{
  g_autoptr (GBytes) before = self->body;       /* may hold the only reference to body */

  self->body = body != NULL ? g_bytes_ref (body) : NULL;
}
