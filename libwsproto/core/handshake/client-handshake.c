/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Client handshake: an offer in, request headers out; a response in, the negotiated result out (RFC
 * 6455 4.1).
 *
 * This file does not know the URI and the request line.  The offer is read back from the request
 * headers, so the response is checked against the request that was sent, and the offer need not
 * outlive the call that takes it.
 *
 * (1) A checked response names only extensions that were offered, each once.
 * (2) So a checked response names at most as many extensions as were offered, which fit into the
 *     selection.
 *
 * No two offers are equal.
 *
 * docs/rationales/opening-handshake.md has the reasons.
 */

#include "core/handshake/client-handshake.h"

#include "core/handshake/accept-key.h"
#include "core/handshake/authority.h"
#include "core/handshake/deflate-offer.h"
#include "core/handshake/http-head.h"

#include <assert.h>

static WscFault
client_handshake_check_subprotocols (const WscOffer *offer)
{
  for (size_t i = 0; i < offer->n_subprotocols; i++)
    {
      if (!wsc_text_is_token (offer->subprotocols[i]))
        return WSC_FAULT_PROTOCOL_NOT_TOKEN;

      for (size_t j = 0; j < i; j++)
        {
          if (wsc_texts_are_equal (offer->subprotocols[i], offer->subprotocols[j]))
            return WSC_FAULT_PROTOCOL_OFFERED_TWICE;
        }
    }
  return WSC_FAULT_NONE;
}

static WscFault
client_handshake_check_extensions (const WscOffer *offer)
{
  WscExtension extension, earlier;

  for (size_t i = 0; i < offer->n_extensions; i++)
    {
      if (!wsc_text_is_one_extension (offer->extensions[i], &extension))
        return WSC_FAULT_EXTENSION_OFFER_MALFORMED;

      for (size_t j = 0; j < i; j++)
        {
          if (wsc_text_is_one_extension (offer->extensions[j], &earlier) &&
              wsc_extensions_are_equal (&extension, &earlier))
            return WSC_FAULT_EXTENSION_OFFERED_TWICE;
        }
    }
  return WSC_FAULT_NONE;
}

static WscFault
check_initial (const WscOffer   *offer,
               const WscOptions *options)
{
  WscFields initial = { offer->initial, offer->n_initial };
  WscBytes host = wsc_fields_get (initial, "Host");
  WscFault fault;

  for (size_t i = 0; i < initial.n; i++)
    {
      fault = wsc_custom_header_check (&initial.at[i]);
      if (fault != WSC_FAULT_NONE)
        return fault;
      if (options->mode == WSC_MODE_AUTOMATIC && wsc_header_is_reserved (initial.at[i].name))
        return WSC_FAULT_HEADER_RESERVED;
    }
  if (wsc_fields_count (initial, "Host") > 1 || (host.length > 0 && !wsc_authority_is_valid (host)))
    return WSC_FAULT_HOST_TO_SEND_MALFORMED;

  return WSC_FAULT_NONE;
}

static WscFault
client_handshake_check_offer (const WscOffer   *offer,
                              const WscOptions *options)
{
  WscFault fault = client_handshake_check_subprotocols (offer);

  if (fault == WSC_FAULT_NONE)
    fault = client_handshake_check_extensions (offer);
  if (fault == WSC_FAULT_NONE)
    fault = check_initial (offer, options);
  return fault;
}

/* False if the program offers permessage-deflate in its own list of extensions: then the program
 * compresses its messages itself. */
static bool
client_handshake_is_deflate_ours (const WscOffer *offer)
{
  WscExtension extension;

  for (size_t i = 0; i < offer->n_extensions; i++)
    {
      if (wsc_text_is_one_extension (offer->extensions[i], &extension) &&
          wsc_extension_is_deflate (&extension))
        return false;
    }
  return offer->deflate != NULL;
}

static bool
client_handshake_add_extensions (WscHandshakeState *self,
                                 const WscOffer    *offer)
{
  uint8_t element[WSC_DEFLATE_ELEMENT_SIZE];
  WscBytes last = { NULL, 0 };

  if (client_handshake_is_deflate_ours (offer))
    {
      self->has_deflate = 1;
      self->deflate = *offer->deflate;
      last = (WscBytes) { element, wsc_deflate_offer_write (offer->deflate, element) };
    }
  return wsc_handshake_state_add_list (self, "Sec-WebSocket-Extensions", offer->extensions,
                                       offer->n_extensions, last, &self->extensions);
}

static WscHandshakeState *
client_handshake_make_headers (const WscOffer *offer,
                               const WscHost  *host)
{
  WscHandshakeState *self = wsc_handshake_state_new ();

  if (self == NULL)
    return NULL;

  wsc_accept_key_make (host, self->key);
  wsc_handshake_state_add (self, "Upgrade", wsc_text ("websocket"));
  wsc_handshake_state_add (self, "Connection", wsc_text ("Upgrade"));
  wsc_handshake_state_add (self, "Sec-WebSocket-Key", (WscBytes) { self->key, WSC_KEY_LENGTH });
  wsc_handshake_state_add (self, "Sec-WebSocket-Version", wsc_text (WSC_VERSION_TEXT));
  if (!wsc_handshake_state_add_list (self, "Sec-WebSocket-Protocol", offer->subprotocols,
                                     offer->n_subprotocols, (WscBytes) { NULL, 0 },
                                     &self->subprotocols) ||
      !client_handshake_add_extensions (self, offer))
    {
      wsc_handshake_state_free (self);
      return NULL;
    }
  return self;
}

WscFault
wsc_client_handshake_begin (WscHandshakeState **state,
                            const WscOptions   *options,
                            const WscHost      *host,
                            const WscOffer     *offer,
                            const WscHeader   **headers,
                            size_t             *n_headers)
{
  WscFault fault = client_handshake_check_offer (offer, options);
  WscHandshakeState *made;

  if (fault != WSC_FAULT_NONE)
    return fault;

  made = client_handshake_make_headers (offer, host);
  if (made == NULL)
    return WSC_FAULT_OUT_OF_MEMORY;

  *state = made;
  *headers = made->headers;
  *n_headers = made->n_headers;
  return WSC_FAULT_NONE;
}

WscFault
wsc_response_status_check (unsigned status)
{
  return status == 101 ? WSC_FAULT_NONE : WSC_FAULT_STATUS_NOT_101;
}

/* A request may list several products; a response names only the selected product (4.1). */
WscFault
wsc_response_upgrade_check (WscFields response)
{
  WscFieldList list = wsc_fields_get_list (response, "Upgrade");
  WscBytes product;

  if (wsc_fields_count (response, "Upgrade") == 0)
    return WSC_FAULT_UPGRADE_MISSING;

  if (wsc_field_list_next_product (&list, &product) != WSC_LIST_ELEMENT ||
      !wsc_text_is_ignoring_case (product, "websocket") ||
      wsc_field_list_next_product (&list, &product) != WSC_LIST_END)
    return WSC_FAULT_ANSWER_UPGRADE_NOT_WEBSOCKET;

  return WSC_FAULT_NONE;
}

WscFault
wsc_response_accept_check (WscFields response,
                           WscBytes  key)
{
  uint8_t digest[WSC_DIGEST_LENGTH], accept[WSC_ACCEPT_LENGTH];
  size_t n_accepts = wsc_fields_count (response, "Sec-WebSocket-Accept");

  if (n_accepts == 0)
    return WSC_FAULT_ACCEPT_MISSING;
  if (n_accepts > 1)
    return WSC_FAULT_ACCEPT_REPEATED;

  wsc_accept_key_derive (key, digest, accept);
  if (!wsc_texts_are_equal (wsc_fields_get (response, "Sec-WebSocket-Accept"),
                            (WscBytes) { accept, sizeof accept }))
    return WSC_FAULT_ACCEPT_WRONG;

  return WSC_FAULT_NONE;
}

/* The index of the offered subprotocol; -1 = not offered. */
static int32_t
find_subprotocol (WscFields request,
                  WscBytes  name)
{
  WscFieldList list = wsc_fields_get_list (request, "Sec-WebSocket-Protocol");
  WscBytes offered;

  for (int32_t i = 0; wsc_field_list_next_token (&list, &offered) == WSC_LIST_ELEMENT; i++)
    {
      if (wsc_texts_are_equal (offered, name))
        return i;
    }
  return -1;
}

WscFault
wsc_response_protocol_check (WscFields response,
                             WscFields request)
{
  size_t n_protocols = wsc_fields_count (response, "Sec-WebSocket-Protocol");
  WscBytes protocol = wsc_fields_get (response, "Sec-WebSocket-Protocol");

  if (n_protocols == 0)
    return WSC_FAULT_NONE;
  if (n_protocols > 1 || !wsc_text_is_token (protocol))
    return WSC_FAULT_ANSWER_PROTOCOL_MALFORMED;
  if (find_subprotocol (request, protocol) < 0)
    return WSC_FAULT_ANSWER_PROTOCOL_NOT_OFFERED;

  return WSC_FAULT_NONE;
}

typedef struct
{
  int32_t exact;                /* index of the offer of the same name and parameters; -1 = none */
  int32_t by_name;              /* index of the first offer of the same name; -1 = none */
} OfferFound;

static OfferFound
find_extension (WscFields           request,
                const WscExtension *extension)
{
  WscFieldList list = wsc_fields_get_list (request, "Sec-WebSocket-Extensions");
  OfferFound found = { -1, -1 };
  WscExtension offered;

  for (int32_t i = 0; wsc_field_list_next_extension (&list, &offered) == WSC_LIST_ELEMENT; i++)
    {
      if (found.by_name < 0 && wsc_texts_are_equal (offered.name, extension->name))
        found.by_name = i;
      /* at most one offer is equal */
      if (wsc_extensions_are_equal (&offered, extension))
        found.exact = i;
    }
  return found;
}

/* Whether one of the first n elements has the extension's name. */
static bool
is_named_before (WscFields           response,
                 const WscExtension *extension,
                 size_t              n)
{
  WscFieldList list = wsc_fields_get_list (response, "Sec-WebSocket-Extensions");
  WscExtension earlier;

  for (; n > 0 && wsc_field_list_next_extension (&list, &earlier) == WSC_LIST_ELEMENT; n--)
    {
      if (wsc_texts_are_equal (earlier.name, extension->name))
        return true;
    }
  return false;
}

WscFault
wsc_response_extensions_check (WscFields            response,
                               WscFields            request,
                               const WscHeadLimits *limits)
{
  WscFieldList list = wsc_fields_get_list (response, "Sec-WebSocket-Extensions");
  WscFault fault = wsc_extensions_check (response, limits);
  WscExtension extension;

  if (fault != WSC_FAULT_NONE)
    return fault;

  for (size_t i = 0; wsc_field_list_next_extension (&list, &extension) == WSC_LIST_ELEMENT; i++)
    {
      if (find_extension (request, &extension).by_name < 0)
        return WSC_FAULT_ANSWER_EXTENSION_NOT_OFFERED;
      if (is_named_before (response, &extension, i))
        return WSC_FAULT_ANSWER_EXTENSION_TWICE;
    }
  return WSC_FAULT_NONE;
}

/* A response with status 101 ends at its empty line, whatever Content-Length and Transfer-Encoding
 * say (RFC 9112 6.3). */
static WscFault
check_response (const WscHandshakeState *state,
                const WscOptions        *options,
                WscFields                response)
{
  WscFields request = { state->headers, state->n_headers };
  WscFault fault;

  if (response.n == 0)
    return WSC_FAULT_HEADERS_MISSING;

  fault = wsc_response_upgrade_check (response);
  if (fault == WSC_FAULT_NONE)
    fault = wsc_connection_check (response);
  if (fault == WSC_FAULT_NONE)
    fault = wsc_response_accept_check (response, (WscBytes) { state->key, WSC_KEY_LENGTH });
  if (fault == WSC_FAULT_NONE)
    fault = wsc_response_extensions_check (response, request,
                                           wsc_head_limits_or_default (options->head));
  if (fault == WSC_FAULT_NONE)
    fault = wsc_response_protocol_check (response, request);
  return fault;
}

static WscFault
check_deflate (const WscHandshakeState *state,
               WscFields                response,
               WscDeflateParameters    *agreed)
{
  WscFields request = { state->headers, state->n_headers };

  *agreed = (WscDeflateParameters) { 0 };
  return state->has_deflate ? wsc_deflate_answer_check (response, request, agreed)
                            : WSC_FAULT_NONE;
}

/* The library's own offer follows those of the caller and is not part of the selection. */
static void
select_offers (WscSelection            *selection,
               const WscHandshakeState *state,
               WscFields                response)
{
  WscFields request = { state->headers, state->n_headers };
  WscFieldList list = wsc_fields_get_list (response, "Sec-WebSocket-Extensions");
  WscBytes subprotocol = wsc_fields_get (response, "Sec-WebSocket-Protocol");
  WscExtension extension;

  selection->subprotocol = find_subprotocol (request, subprotocol);
  selection->n_extensions = 0;
  while (wsc_field_list_next_extension (&list, &extension) == WSC_LIST_ELEMENT)
    {
      OfferFound found = find_extension (request, &extension);

      if (state->has_deflate && wsc_extension_is_deflate (&extension))
        continue;
      assert (found.by_name >= 0);                                   /* (1) */
      assert (selection->n_extensions < selection->capacity);        /* (2) */
      selection->extensions[selection->n_extensions++] =
        (uint32_t) (found.exact >= 0 ? found.exact : found.by_name);
    }
}

WscFault
wsc_client_handshake_end (WscHandshakeState *state,
                          const WscOptions  *options,
                          const WscHeader   *response,
                          size_t             n,
                          WscSelection      *selection,
                          WscFrameAllowance *allowed)
{
  WscFields answer = { response, n }, request = { state->headers, state->n_headers };
  WscDeflateParameters agreed;
  WscFault fault = WSC_FAULT_NONE;

  if (selection != NULL &&
      selection->capacity + state->has_deflate < wsc_fields_count_extensions (request))
    fault = WSC_FAULT_SELECTION_TOO_SMALL;
  if (fault == WSC_FAULT_NONE)
    fault = check_response (state, options, answer);
  if (fault == WSC_FAULT_NONE)
    fault = check_deflate (state, answer, &agreed);
  if (fault != WSC_FAULT_NONE)
    return fault;

  if (selection != NULL)
    select_offers (selection, state, answer);
  state->agreed = agreed;
  *allowed = wsc_frame_allowance_for (wsc_fields_count_extensions (answer)
                                      - (agreed.client_window_bits != 0));
  return WSC_FAULT_NONE;
}
