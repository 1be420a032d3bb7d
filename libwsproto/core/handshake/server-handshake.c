/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Server handshake: a request's fields and a choice in, response headers out (RFC 6455 4.2).
 *
 * The response holds constants, the accept value, and the offered values that were selected;
 * nothing else of the request is sent back.  The value of Origin is not checked here.
 *
 * (1) A checked request has a key.
 *
 * docs/rationales/opening-handshake.md has the reasons.
 */

#include "core/handshake/server-handshake.h"

#include "core/bytes/byte-order.h"
#include "core/handshake/accept-key.h"
#include "core/handshake/authority.h"
#include "core/handshake/deflate-offer.h"
#include "core/handshake/http-head.h"

#include <assert.h>
#include <string.h>

static size_t
length_of_scheme (WscBytes target)
{
  static const char *const schemes[] = { "http://", "https://", "ws://", "wss://" };

  for (size_t i = 0; i < sizeof schemes / sizeof schemes[0]; i++)
    {
      if (wsc_text_begins_with (target, schemes[i]))
        return strlen (schemes[i]);
    }
  return 0;
}

static bool
is_target_text (WscBytes target)
{
  for (size_t i = 0; i < target.length; i++)
    {
      if (target.at[i] <= ' ' || target.at[i] >= 0x7f || target.at[i] == '#')
        return false;
    }
  return true;
}

static size_t
handshake_server_handshake_length_before (WscBytes    text,
                                          const char *ends)
{
  size_t n = 0;

  while (n < text.length && strchr (ends, text.at[n]) == NULL)
    n++;
  return n;
}

WscFault
wsc_request_target_parse (WscBytes          target,
                          WscRequestTarget *parsed)
{
  size_t n_scheme = length_of_scheme (target), n_path;
  WscBytes rest = bytes_after (target, n_scheme);
  WscRequestTarget result = { .authority = { NULL, 0 } };

  if (!is_target_text (target))
    return WSC_FAULT_TARGET_MALFORMED;

  if (n_scheme > 0)
    {
      result.authority = bytes_first (rest, handshake_server_handshake_length_before (rest, "/?"));
      rest = bytes_after (rest, result.authority.length);
      if (!wsc_authority_is_valid (result.authority))
        return WSC_FAULT_TARGET_MALFORMED;
    }
  else if (rest.length == 0 || rest.at[0] != '/')
    return WSC_FAULT_TARGET_MALFORMED;

  n_path = handshake_server_handshake_length_before (rest, "?");
  result.path = n_path > 0 ? bytes_first (rest, n_path) : wsc_text ("/");
  if (n_path < rest.length)
    result.query = bytes_after (rest, n_path + 1);
  *parsed = result;
  return WSC_FAULT_NONE;
}

/* Host is ignored if the target has an authority (RFC 9112 3.2.2). */
WscBytes
wsc_request_get_authority (WscBytes  target,
                           WscFields request)
{
  WscRequestTarget parsed;

  if (wsc_request_target_parse (target, &parsed) == WSC_FAULT_NONE && parsed.authority.at != NULL)
    return parsed.authority;

  return wsc_fields_get (request, "Host");
}

/* The HTTP version is checked first, because the version defines the methods. */
WscFault
wsc_request_line_check (WscBytes method,
                        WscBytes target,
                        WscBytes version)
{
  WscRequestTarget parsed;

  if (!wsc_text_is (version, "HTTP/1.1"))
    return WSC_FAULT_REQUEST_NOT_HTTP_1_1;
  if (!wsc_text_is (method, "GET"))
    return WSC_FAULT_METHOD_NOT_GET;

  return wsc_request_target_parse (target, &parsed);
}

WscFault
wsc_request_purpose_check (WscFields request)
{
  for (size_t i = 0; i < request.n; i++)
    {
      if (wsc_text_is_ignoring_case (request.at[i].name, "Upgrade") ||
          wsc_text_begins_with (request.at[i].name, "Sec-WebSocket-"))
        return WSC_FAULT_NONE;
    }
  return WSC_FAULT_NOT_WEBSOCKET;
}

WscFault
wsc_request_body_check (WscFields request)
{
  return wsc_fields_announce_body (request) ? WSC_FAULT_BODY_ANNOUNCED : WSC_FAULT_NONE;
}

/* An empty Host is allowed: callers of the Windows component pass an empty Host. */
WscFault
wsc_request_host_check (WscFields request)
{
  size_t n_hosts = wsc_fields_count (request, "Host");
  WscBytes host = wsc_fields_get (request, "Host");

  if (n_hosts == 0)
    return WSC_FAULT_HOST_MISSING;
  if (n_hosts > 1)
    return WSC_FAULT_HOST_REPEATED;
  if (host.length > 0 && !wsc_authority_is_valid (host))
    return WSC_FAULT_HOST_MALFORMED;

  return WSC_FAULT_NONE;
}

WscFault
wsc_request_upgrade_check (WscFields request)
{
  WscFieldList list = wsc_fields_get_list (request, "Upgrade");
  WscListStep step;
  WscBytes product;
  bool is_websocket = false;

  if (wsc_fields_count (request, "Upgrade") == 0)
    return WSC_FAULT_UPGRADE_MISSING;

  while ((step = wsc_field_list_next_product (&list, &product)) == WSC_LIST_ELEMENT)
    is_websocket = is_websocket || wsc_text_is_ignoring_case (product, "websocket");

  if (!is_websocket || step == WSC_LIST_MALFORMED)
    return WSC_FAULT_UPGRADE_WITHOUT_WEBSOCKET;

  return WSC_FAULT_NONE;
}

/* Versions are compared as text: "013" is not 13, and "13, 8" is not a version. */
WscFault
wsc_request_version_check (WscFields request)
{
  size_t n_versions = wsc_fields_count (request, "Sec-WebSocket-Version");

  if (n_versions == 0)
    return WSC_FAULT_VERSION_MISSING;
  if (n_versions > 1)
    return WSC_FAULT_VERSION_REPEATED;
  if (!wsc_text_is (wsc_fields_get (request, "Sec-WebSocket-Version"), WSC_VERSION_TEXT))
    return WSC_FAULT_VERSION_NOT_13;

  return WSC_FAULT_NONE;
}

WscFault
wsc_request_key_check (WscFields request)
{
  size_t n_keys = wsc_fields_count (request, "Sec-WebSocket-Key");

  if (n_keys == 0)
    return WSC_FAULT_KEY_MISSING;
  if (n_keys > 1)
    return WSC_FAULT_KEY_REPEATED;
  if (!wsc_accept_key_is_valid (wsc_fields_get (request, "Sec-WebSocket-Key")))
    return WSC_FAULT_KEY_NOT_16_BYTES;

  return WSC_FAULT_NONE;
}

WscFault
wsc_request_origin_check (WscFields request)
{
  return wsc_fields_count (request, "Origin") > 1 ? WSC_FAULT_ORIGIN_REPEATED : WSC_FAULT_NONE;
}

/* Whether the subprotocol is among the first n subprotocols that the request offers; n = SIZE_MAX:
 * among all of them. */
static bool
is_subprotocol_among (WscFields request,
                      WscBytes  subprotocol,
                      size_t    n)
{
  WscFieldList list = wsc_fields_get_list (request, "Sec-WebSocket-Protocol");
  WscBytes offered;

  for (; n > 0 && wsc_field_list_next_token (&list, &offered) == WSC_LIST_ELEMENT; n--)
    {
      if (wsc_texts_are_equal (offered, subprotocol))
        return true;
    }
  return false;
}

WscFault
wsc_request_protocols_check (WscFields            request,
                             const WscHeadLimits *limits)
{
  WscFieldList list = wsc_fields_get_list (request, "Sec-WebSocket-Protocol");
  WscListStep step;
  WscBytes subprotocol;
  size_t n_protocols = 0;

  while ((step = wsc_field_list_next_token (&list, &subprotocol)) == WSC_LIST_ELEMENT)
    {
      if (n_protocols == limits->max_protocols)
        return WSC_FAULT_TOO_MANY_PROTOCOLS;
      if (is_subprotocol_among (request, subprotocol, n_protocols++))
        return WSC_FAULT_PROTOCOL_REPEATED;
    }
  return step == WSC_LIST_MALFORMED ? WSC_FAULT_PROTOCOLS_MALFORMED : WSC_FAULT_NONE;
}

static bool
is_offered_before (WscFields           request,
                   const WscExtension *extension,
                   size_t              n)
{
  WscFieldList list = wsc_fields_get_list (request, "Sec-WebSocket-Extensions");
  WscExtension earlier;

  for (; n > 0 && wsc_field_list_next_extension (&list, &earlier) == WSC_LIST_ELEMENT; n--)
    {
      if (wsc_extensions_are_equal (&earlier, extension))
        return true;
    }
  return false;
}

/* An extension may be offered again with other parameters, as an alternative (9.1). */
WscFault
wsc_request_extensions_check (WscFields            request,
                              const WscHeadLimits *limits)
{
  WscFieldList list = wsc_fields_get_list (request, "Sec-WebSocket-Extensions");
  WscFault fault = wsc_extensions_check (request, limits);
  WscExtension extension;

  if (fault != WSC_FAULT_NONE)
    return fault;

  for (size_t i = 0; wsc_field_list_next_extension (&list, &extension) == WSC_LIST_ELEMENT; i++)
    {
      if (is_offered_before (request, &extension, i))
        return WSC_FAULT_EXTENSION_REPEATED;
    }
  return WSC_FAULT_NONE;
}

static WscFault
handshake_server_handshake_check_request (WscFields            request,
                                          const WscHeadLimits *limits)
{
  WscFault fault;

  if (request.n == 0)
    return WSC_FAULT_HEADERS_MISSING;

  fault = wsc_request_purpose_check (request);
  if (fault == WSC_FAULT_NONE)
    fault = wsc_request_body_check (request);
  if (fault == WSC_FAULT_NONE)
    fault = wsc_request_host_check (request);
  if (fault == WSC_FAULT_NONE)
    fault = wsc_request_upgrade_check (request);
  if (fault == WSC_FAULT_NONE)
    fault = wsc_connection_check (request);
  if (fault == WSC_FAULT_NONE)
    fault = wsc_request_version_check (request);
  if (fault == WSC_FAULT_NONE)
    fault = wsc_request_key_check (request);
  if (fault == WSC_FAULT_NONE)
    fault = wsc_request_origin_check (request);
  if (fault == WSC_FAULT_NONE)
    fault = wsc_request_protocols_check (request, limits);
  if (fault == WSC_FAULT_NONE)
    fault = wsc_request_extensions_check (request, limits);
  return fault;
}

WscFault
wsc_server_handshake_check (const WscOptions *options,
                            const WscHeader  *request,
                            size_t            n)
{
  return handshake_server_handshake_check_request ((WscFields) { request, n },
                                                   wsc_head_limits_or_default (options->head));
}

static bool
is_name_offered (WscFields           request,
                 const WscExtension *extension)
{
  WscFieldList list = wsc_fields_get_list (request, "Sec-WebSocket-Extensions");
  WscExtension offered;

  while (wsc_field_list_next_extension (&list, &offered) == WSC_LIST_ELEMENT)
    {
      if (wsc_texts_are_equal (offered.name, extension->name))
        return true;
    }
  return false;
}

static bool
is_chosen_before (const WscChoice    *choice,
                  const WscExtension *extension,
                  size_t              n)
{
  WscExtension earlier;

  for (size_t i = 0; i < n; i++)
    {
      if (wsc_text_is_one_extension (choice->extensions[i], &earlier) &&
          wsc_texts_are_equal (earlier.name, extension->name))
        return true;
    }
  return false;
}

static WscFault
check_choice (const WscChoice *choice,
              WscFields        request)
{
  WscExtension extension;

  if (choice->subprotocol.length > 0 &&
      !is_subprotocol_among (request, choice->subprotocol, SIZE_MAX))
    return WSC_FAULT_CHOSEN_PROTOCOL_NOT_OFFERED;

  for (size_t i = 0; i < choice->n_extensions; i++)
    {
      if (!wsc_text_is_one_extension (choice->extensions[i], &extension))
        return WSC_FAULT_CHOSEN_EXTENSION_MALFORMED;
      if (!is_name_offered (request, &extension))
        return WSC_FAULT_CHOSEN_EXTENSION_NOT_OFFERED;
      if (is_chosen_before (choice, &extension, i))
        return WSC_FAULT_CHOSEN_EXTENSION_TWICE;
    }
  return WSC_FAULT_NONE;
}

/* False if the program selects permessage-deflate in its own list of extensions: then the program
 * compresses its messages itself. */
static bool
handshake_server_handshake_is_deflate_ours (const WscChoice *choice)
{
  WscExtension extension;

  for (size_t i = 0; i < choice->n_extensions; i++)
    {
      if (wsc_text_is_one_extension (choice->extensions[i], &extension) &&
          wsc_extension_is_deflate (&extension))
        return false;
    }
  return choice->deflate != NULL;
}

static bool
handshake_server_handshake_add_extensions (WscHandshakeState *self,
                                           const WscChoice   *choice,
                                           WscFields          request)
{
  uint8_t element[WSC_DEFLATE_ELEMENT_SIZE];
  WscBytes last = { NULL, 0 };

  if (handshake_server_handshake_is_deflate_ours (choice) &&
      wsc_deflate_offers_accept (request, choice->deflate, &self->agreed, element, &last.length))
    {
      self->has_deflate = 1;
      self->deflate = *choice->deflate;
      last.at = element;
    }
  return wsc_handshake_state_add_list (self, "Sec-WebSocket-Extensions", choice->extensions,
                                       choice->n_extensions, last, &self->extensions);
}

/* An empty subprotocol means no subprotocol: callers of the Windows component pass "". */
static WscHandshakeState *
make_answer (const WscChoice *choice,
             WscFields        request)
{
  WscHandshakeState *self = wsc_handshake_state_new ();
  WscBytes key = wsc_fields_get (request, "Sec-WebSocket-Key");
  size_t n_subprotocols = choice->subprotocol.length > 0;
  uint8_t digest[WSC_DIGEST_LENGTH];
  WscBytes accept;

  if (self == NULL)
    return NULL;

  assert (key.length == WSC_KEY_LENGTH);                /* (1) */
  wsc_accept_key_derive (key, digest, self->accept);
  accept = (WscBytes) { self->accept, WSC_ACCEPT_LENGTH };
  wsc_handshake_state_add (self, "Upgrade", wsc_text ("websocket"));
  wsc_handshake_state_add (self, "Connection", wsc_text ("Upgrade"));
  wsc_handshake_state_add (self, "Sec-WebSocket-Accept", accept);
  if (!wsc_handshake_state_add_list (self, "Sec-WebSocket-Protocol", &choice->subprotocol,
                                     n_subprotocols, (WscBytes) { NULL, 0 },
                                     &self->subprotocols) ||
      !handshake_server_handshake_add_extensions (self, choice, request))
    {
      wsc_handshake_state_free (self);
      return NULL;
    }
  return self;
}

WscFault
wsc_server_handshake_begin (WscHandshakeState **state,
                            const WscOptions   *options,
                            const WscChoice    *choice,
                            const WscHeader    *request,
                            size_t              n,
                            const WscHeader   **headers,
                            size_t             *n_headers,
                            WscFrameAllowance  *allowed)
{
  const WscChoice none = { .n_extensions = 0 };
  const WscChoice *chosen = choice != NULL ? choice : &none;
  WscFields fields = { request, n };
  WscFault fault = WSC_FAULT_NONE;
  WscHandshakeState *made;

  if (!chosen->is_checked)
    fault = wsc_server_handshake_check (options, request, n);
  if (fault == WSC_FAULT_NONE)
    fault = check_choice (chosen, fields);
  if (fault != WSC_FAULT_NONE)
    return fault;

  made = make_answer (chosen, fields);
  if (made == NULL)
    return WSC_FAULT_OUT_OF_MEMORY;

  *state = made;
  *headers = made->headers;
  *n_headers = made->n_headers;
  *allowed = wsc_frame_allowance_for (chosen->n_extensions);
  return WSC_FAULT_NONE;
}
