/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The opening handshake of a session: headers out, headers in. */

#include "session/wsp-session-lend-private.h"
#include "session/wsp-session-private.h"

#include "base/wsp-error-private.h"
#include "core/handshake/deflate-offer.h"
#include "core/handshake/header-fields.h"
#include "core/handshake/token-list.h"
#include "http/wsp-headers-private.h"
#include "limits/wsp-deflate-options-private.h"

/* Returns an array that points into strings and is freed with g_free (). */
static WscBytes *
view_strings (const char * const *strings,
              gsize              *n_strings)
{
  gsize n = strings != NULL ? g_strv_length ((char **) strings) : 0;
  WscBytes *view = g_new0 (WscBytes, n);

  for (gsize i = 0; i < n; i++)
    view[i] = wsc_text (strings[i]);

  *n_strings = n;
  return view;
}

static WscFault
session_handshake_check_extensions (const char * const *extensions)
{
  WscExtension extension;

  for (gsize i = 0; extensions[i] != NULL; i++)
    if (!wsc_text_is_one_extension (wsc_text (extensions[i]), &extension))
      return WSC_FAULT_EXTENSION_OFFER_MALFORMED;

  return WSC_FAULT_NONE;
}

/* Removes permessage-deflate from the elements, because the session itself compresses. */
static WscFault
establish_deflate (WspSession *self,
                   char      **elements)
{
  g_autoptr (WspDeflateOptions) defaults = NULL;
  WscDeflateOptions values;
  WscDeflateParameters agreed;
  WscExtension extension;
  WscFault fault;
  guint i = 0;

  while (elements[i] != NULL &&
         !(wsc_text_is_one_extension (wsc_text (elements[i]), &extension) &&
           wsc_extension_is_deflate (&extension)))
    i++;
  if (elements[i] == NULL)
    return WSC_FAULT_NONE;

  defaults = wsp_deflate_options_new ();
  wsp_deflate_options_read (defaults, wsp_session_peek_role (self), &values);
  fault = wsc_deflate_answer_parse (&extension, &agreed);
  if (fault == WSC_FAULT_NONE)
    fault = wsc_stream_use_deflate (&self->engine.stream, &values, &agreed);

  g_free (elements[i]);
  for (; elements[i] != NULL; i++)
    elements[i] = elements[i + 1];
  return fault;
}

static WscFault
session_handshake_establish (WspSession         *self,
                             const char         *subprotocol,
                             const char * const *extensions)
{
  g_auto (GStrv) elements = NULL;
  WscFrameAllowance allowed;
  WscFault fault;

  if (subprotocol != NULL && !wsc_text_is_token (wsc_text (subprotocol)))
    return WSC_FAULT_PROTOCOL_NOT_TOKEN;

  if (extensions != NULL)
    {
      fault = session_handshake_check_extensions (extensions);
      if (fault != WSC_FAULT_NONE)
        return fault;

      elements = g_strdupv ((char **) extensions);
      fault = establish_deflate (self, elements);
      if (fault != WSC_FAULT_NONE)
        return fault;
    }

  allowed = wsc_frame_allowance_for (elements != NULL ? g_strv_length (elements) : 0);
  fault = wsc_stream_establish (&self->engine.stream, &allowed);
  if (fault != WSC_FAULT_NONE)
    return fault;

  if (subprotocol != NULL)
    wsp_session_ensure_details (self)->subprotocol = g_strdup (subprotocol);
  if (elements != NULL && elements[0] != NULL)
    wsp_session_ensure_details (self)->extensions = g_steal_pointer (&elements);

  return WSC_FAULT_NONE;
}

/**
 * wsp_session_new_established: (constructor)
 * @role: which side of the WebSocket the session is
 * @subprotocol: (transfer none) (nullable): the subprotocol that was negotiated
 * @extensions: (transfer none) (nullable) (array zero-terminated=1): the extensions that were
 *   negotiated, each as in `Sec-WebSocket-Extensions`, with its parameters
 * @error: return location for an error
 *
 * Creates a session that is open from the start, for a transport whose opening handshake was
 * done elsewhere. Messages are compressed if `permessage-deflate` is among the extensions;
 * frames of other extensions are received as %WSP_BUFFER_TYPE_RAW.
 *
 * Fails with [error@Wsp.Error.INVALID_ARGUMENT] for a subprotocol that is not a token and
 * for extensions that are malformed, and with [error@Wsp.Error.EXTENSION_NOT_SUPPORTED] for
 * parameters of `permessage-deflate` that no response may have.
 *
 * Returns: (transfer full): a new session
 *
 * Since: 0.1
 */
WspSession *
wsp_session_new_established (WspRole             role,
                             const char         *subprotocol,
                             const char * const *extensions,
                             GError            **error)
{
  g_autoptr (WspSession) self = NULL;
  WscFault fault;

  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  self = g_object_new (WSP_TYPE_SESSION, "role", role, NULL);
  fault = session_handshake_establish (self, subprotocol, extensions);
  if (fault == WSC_FAULT_NONE)
    return g_steal_pointer (&self);

  wsp_session_report (self, fault, error);
  return NULL;
}

static WscBytes
find_wrong_protocol (const WscOffer *offer)
{
  for (gsize i = 0; i < offer->n_subprotocols; i++)
    {
      if (!wsc_text_is_token (offer->subprotocols[i]))
        return offer->subprotocols[i];
      for (gsize j = 0; j < i; j++)
        {
          if (wsc_texts_are_equal (offer->subprotocols[i], offer->subprotocols[j]))
            return offer->subprotocols[i];
        }
    }

  return (WscBytes) { NULL, 0 };
}

/* Returns the name of the field only, because a value may be secret. */
static WscBytes
find_wrong_header (const WscOffer *offer,
                   WscFault        fault)
{
  for (gsize i = 0; fault == WSC_FAULT_HEADER_RESERVED && i < offer->n_initial; i++)
    {
      if (wsc_header_is_reserved (offer->initial[i].name))
        return offer->initial[i].name;
    }

  return (WscBytes) { NULL, 0 };
}

static void
report_offer (WspSession     *self,
              const WscOffer *offer,
              WscFault        fault,
              GError        **error)
{
  WscBytes protocol = find_wrong_protocol (offer);
  WscBytes wrong = protocol.at != NULL ? protocol : find_wrong_header (offer, fault);

  wsp_session_report (self, fault, error);
  if (wrong.at != NULL)
    wsp_error_add_received (error, wrong);
}

/* Returns the current values of the options; NULL: messages are not compressed. */
static const WscDeflateOptions *
read_deflate (WspSession        *self,
              WscDeflateOptions *values)
{
  WspDeflateOptions *options = self->details != NULL ? self->details->deflate : NULL;

  if (options == NULL)
    return NULL;

  wsp_deflate_options_read (options, wsp_session_peek_role (self), values);
  return values;
}

static void
keep_offer (WspSession         *self,
            const char * const *subprotocols,
            const char * const *extensions)
{
  WspSessionDetails *details = wsp_session_ensure_details (self);

  details->offered_protocols = g_strdupv ((char **) subprotocols);
  details->offered_extensions = g_strdupv ((char **) extensions);
}

/**
 * wsp_session_begin_client_handshake:
 * @self: a session that is a client
 * @subprotocols: (transfer none) (nullable) (array zero-terminated=1): subprotocols to offer, best
 *   first
 * @extensions: (transfer none) (nullable) (array zero-terminated=1): extensions to offer, each in
 *   the form of `Sec-WebSocket-Extensions`
 * @initial: (transfer none) (nullable): custom header fields; they cannot be changed afterwards
 * @error: return location for an error
 *
 * Begins the opening handshake. Returns the header fields of the program in their order, then the
 * header fields of the handshake. The program sends all of them after its own request line, see
 * [method@Wsp.Headers.write], and adds `Host` itself.
 *
 * Fails with [error@Wsp.Error.INVALID_ARGUMENT] for an offer that is malformed or
 * repeated, and for custom headers that are not valid in a head or that the handshake sets
 * itself (with %WSP_SESSION_MODE_WINDOWS the handshake replaces them), and with
 * [error@Wsp.Error.INVALID_OPERATION] on a server and after the handshake has begun.
 *
 * Corresponds to `WebSocketBeginClientHandshake()`. See RFC 6455, section 4.1.
 *
 * Returns: (transfer full): the headers of the request
 *
 * Since: 0.1
 */
WspHeaders *
wsp_session_begin_client_handshake (WspSession         *self,
                                    const char * const *subprotocols,
                                    const char * const *extensions,
                                    WspHeaders         *initial,
                                    GError            **error)
{
  g_autofree WscBytes *protocol_view = NULL, *extension_view = NULL;
  g_autofree WscHeader *initial_view = NULL;
  g_autoptr (WspHeaders) ours = NULL;
  const WscHeader *fields;
  size_t n_fields;
  WscOffer offer = { 0 };
  WscDeflateOptions deflate;
  WscFault fault;

  g_return_val_if_fail (WSP_IS_SESSION (self), NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  offer.subprotocols = protocol_view = view_strings (subprotocols, &offer.n_subprotocols);
  offer.extensions = extension_view = view_strings (extensions, &offer.n_extensions);
  if (initial != NULL)
    offer.initial = initial_view = wsp_headers_view (initial, &offer.n_initial);
  offer.deflate = read_deflate (self, &deflate);

  wsp_session_refresh_options (self);
  fault = wsc_engine_begin_client_handshake (&self->engine,
                                             &offer, &fields, &n_fields);
  if (fault != WSC_FAULT_NONE)
    {
      report_offer (self, &offer, fault, error);
      return NULL;
    }

  keep_offer (self, subprotocols, extensions);
  ours = wsp_headers_new_for_fields (fields, n_fields);
  if (initial == NULL)
    return g_steal_pointer (&ours);

  wsp_headers_freeze (initial);
  return wsp_headers_join (initial, ours);
}

static char **
chosen_extensions (WspSessionDetails  *details,
                   const WscSelection *selection)
{
  char **chosen;

  if (selection->n_extensions == 0)
    return NULL;

  chosen = g_new0 (char *, selection->n_extensions + 1);
  for (gsize i = 0; i < selection->n_extensions; i++)
    chosen[i] = g_strdup (details->offered_extensions[selection->extensions[i]]);

  return chosen;
}

static gboolean
holds_nothing (const WspSessionDetails *details)
{
  return details->deflate == NULL && details->subprotocol == NULL &&
         details->extensions == NULL && details->receive_buffer_size == 0 &&
         details->send_buffer_size == 0;
}

/* The offer is no longer needed, and without negotiated extensions the details are not needed
 * either. */
static void
keep_selection (WspSession         *self,
                const WscSelection *selection)
{
  WspSessionDetails *details = self->details;

  details->subprotocol_index = selection->subprotocol;
  if (selection->subprotocol >= 0)
    details->subprotocol = g_strdup (details->offered_protocols[selection->subprotocol]);

  details->extensions = chosen_extensions (details, selection);
  g_clear_pointer (&details->offered_protocols, g_strfreev);
  g_clear_pointer (&details->offered_extensions, g_strfreev);
  if (holds_nothing (details))
    g_clear_pointer (&self->details, g_free);
}

/**
 * wsp_session_end_client_handshake:
 * @self: a session whose handshake has begun
 * @response: (transfer none): header fields of a response with status 101; they are frozen
 * @error: return location for an error
 *
 * Checks the response of the server. If it is valid, the session is open.
 *
 * Fails with [error@Wsp.Error.INVALID_FORMAT] for a response that breaks a rule, with
 * [error@Wsp.Error.SUBPROTOCOL_NOT_SUPPORTED] and
 * [error@Wsp.Error.EXTENSION_NOT_SUPPORTED] for a choice that was not offered, with
 * [error@Wsp.Error.HANDSHAKE] for a response that announces a body, and with
 * [error@Wsp.Error.INVALID_OPERATION] on a server and before the handshake began.
 *
 * Corresponds to `WebSocketEndClientHandshake()`. See RFC 6455, section 4.1.
 *
 * Returns: whether the session is open
 *
 * Since: 0.1
 */
gboolean
wsp_session_end_client_handshake (WspSession *self,
                                  WspHeaders *response,
                                  GError    **error)
{
  g_autofree WscHeader *view = NULL;
  g_autofree guint32 *chosen = NULL;
  WscSelection selection = { .subprotocol = -1 };
  gsize n_fields;
  WscFault fault;

  g_return_val_if_fail (WSP_IS_SESSION (self), FALSE);
  g_return_val_if_fail (response != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (self->details != NULL && self->details->offered_extensions != NULL)
    selection.capacity = g_strv_length (self->details->offered_extensions);

  selection.extensions = chosen = g_new0 (guint32, selection.capacity);
  view = wsp_headers_view (response, &n_fields);
  wsp_headers_freeze (response);
  fault = wsc_engine_end_client_handshake (&self->engine,
                                           view, n_fields, &selection);
  if (fault != WSC_FAULT_NONE)
    return wsp_session_fail (self, fault, error);

  keep_selection (self, &selection);
  return TRUE;
}

/**
 * wsp_session_begin_server_handshake:
 * @self: a session that is a server
 * @subprotocol: (transfer none) (nullable): the offered subprotocol to select
 * @extensions: (transfer none) (nullable) (array zero-terminated=1): the offered extensions to
 *   select
 * @request: (transfer none): header fields of the request; they are frozen
 * @error: return location for an error
 *
 * Checks the request of a client and returns the headers of the response, which are sent
 * after a status line with 101, see [method@Wsp.Headers.write]. If @subprotocol or @extensions is
 * %NULL, its header is left out.
 *
 * Fails with [error@Wsp.Error.INVALID_FORMAT] for a request that breaks a rule, with
 * [error@Wsp.Error.VERSION_NOT_SUPPORTED] for another version than 13, with
 * [error@Wsp.Error.TOO_BIG] for an offer beyond the limits, with
 * [error@Wsp.Error.SUBPROTOCOL_NOT_SUPPORTED] and
 * [error@Wsp.Error.EXTENSION_NOT_SUPPORTED] for a choice that was not offered, and
 * with [error@Wsp.Error.INVALID_OPERATION] on a client and after the handshake has begun.
 *
 * Corresponds to `WebSocketBeginServerHandshake()`. See RFC 6455, section 4.2.
 *
 * Returns: (transfer full): the headers of the response
 *
 * Since: 0.1
 */
WspHeaders *
wsp_session_begin_server_handshake (WspSession         *self,
                                    const char         *subprotocol,
                                    const char * const *extensions,
                                    WspHeaders         *request,
                                    GError            **error)
{
  g_autofree WscBytes *extension_view = NULL;
  g_autofree WscHeader *view = NULL;
  const WscHeader *fields;
  size_t n_fields;
  gsize n_request;
  WscChoice choice = { 0 };
  WscDeflateOptions deflate;
  WscFault fault;

  g_return_val_if_fail (WSP_IS_SESSION (self), NULL);
  g_return_val_if_fail (request != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if (subprotocol != NULL)
    choice.subprotocol = wsc_text (subprotocol);

  choice.extensions = extension_view = view_strings (extensions, &choice.n_extensions);
  choice.deflate = read_deflate (self, &deflate);
  view = wsp_headers_view (request, &n_request);
  wsp_headers_freeze (request);
  wsp_session_refresh_options (self);
  fault = wsc_engine_begin_server_handshake (&self->engine,
                                             &choice, view, n_request,
                                             &fields, &n_fields);
  if (fault != WSC_FAULT_NONE)
    {
      wsp_session_fail (self, fault, error);
      return NULL;
    }

  if (choice.subprotocol.length > 0)
    wsp_session_ensure_details (self)->subprotocol = g_strdup (subprotocol);
  if (choice.n_extensions > 0)
    wsp_session_ensure_details (self)->extensions = g_strdupv ((char **) extensions);

  return wsp_headers_new_for_fields (fields, n_fields);
}

gboolean
wsp_session_open (WspSession *self,
                  GError    **error)
{
  WscFault fault = wsc_engine_end_server_handshake (&self->engine);

  if (fault != WSC_FAULT_NONE)
    wsp_session_report (self, fault, error);

  return fault == WSC_FAULT_NONE;
}

void
wsp_session_list_deflate (WspSession *self)
{
  const WscDeflateParameters *agreed = wsc_stream_get_deflate (&self->engine.stream);
  guint8 element[WSC_DEFLATE_ELEMENT_SIZE];
  WspSessionDetails *details;
  guint n = 0;

  if (agreed == NULL || self->has_listed_deflate)
    return;

  details = wsp_session_ensure_details (self);
  if (details->extensions != NULL)
    n = g_strv_length (details->extensions);
  details->extensions = g_renew (char *, details->extensions, n + 2);
  details->extensions[n] = g_strndup ((const char *) element,
                                      wsc_deflate_answer_write (agreed, element));
  details->extensions[n + 1] = NULL;
  self->has_listed_deflate = TRUE;
}

gboolean
wsp_session_begin_checked_handshake (WspSession *self,
                                     const char *subprotocol,
                                     WscFields   request,
                                     WscFields  *response,
                                     GError    **error)
{
  WscChoice choice = { .subprotocol = { NULL, 0 }, .is_checked = true };
  WscDeflateOptions deflate;
  WscFault fault;

  if (subprotocol != NULL)
    choice.subprotocol = wsc_text (subprotocol);

  choice.deflate = read_deflate (self, &deflate);
  wsp_session_refresh_options (self);
  fault = wsc_engine_begin_server_handshake (&self->engine,
                                             &choice, request.at, request.n,
                                             &response->at, &response->n);
  if (fault != WSC_FAULT_NONE)
    return wsp_session_fail (self, fault, error);

  if (subprotocol != NULL)
    wsp_session_ensure_details (self)->subprotocol = g_strdup (subprotocol);
  return TRUE;
}
