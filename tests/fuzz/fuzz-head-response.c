/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* An answer from any peer, and the client's judgement of it. */

#include "core/handshake/accept-key.h"
#include "core/handshake/client-handshake.h"
#include "fuzz/fuzz-tools.h"
#include "fuzz/head-play.h"

#include <string.h>

#define N_OFFERS 3

static void
fill_sample (void    *data,
             uint8_t *to,
             size_t   n)
{
  fuzz_require (data == NULL && n == WSC_NONCE_LENGTH, "a key takes one nonce");
  memcpy (to, "the sample nonce", n);
}

static WscHandshakeState *
begin (const WscOptions *options)
{
  const WscHost host = { fill_sample, NULL };
  const WscBytes subprotocols[] = { wsc_text ("chat"), wsc_text ("v2.chat") };
  const WscBytes extensions[N_OFFERS] = { wsc_text ("foo; a=1"), wsc_text ("foo; a=2"),
                                          wsc_text ("bar") };
  const WscOffer offer = {
    .subprotocols = subprotocols, .n_subprotocols = 2,
    .extensions = extensions, .n_extensions = N_OFFERS,
  };
  WscHandshakeState *state = NULL;
  const WscHeader *headers;
  size_t n_headers;

  fuzz_require (wsc_client_handshake_begin (&state, options, &host, &offer, &headers,
                                            &n_headers) == WSC_FAULT_NONE,
                "the client begins");
  return state;
}

static void
require_selection (WscFields           fields,
                   const WscSelection *selection,
                   WscFrameAllowance   allowed)
{
  static const unsigned names_of_offers[N_OFFERS] = { 0, 0, 1 };      /* "foo" and "bar" */
  unsigned n_selected[2] = { 0, 0 };
  WscBytes accept = wsc_fields_get (fields, "Sec-WebSocket-Accept");

  fuzz_require (wsc_text_is (accept, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="),
                "an answer that is taken has the right accept");
  fuzz_require (wsc_fields_count (fields, "Sec-WebSocket-Accept") == 1,
                "an answer that is taken has one accept");
  fuzz_require (selection->subprotocol >= -1 && selection->subprotocol < 2,
                "a subprotocol is one of the offer");
  fuzz_require ((allowed.rsv != 0) == (selection->n_extensions > 0),
                "bits are allowed where an extension was agreed");
  for (size_t i = 0; i < selection->n_extensions; i++)
    {
      fuzz_require (selection->extensions[i] < N_OFFERS, "an extension is one of the offer");
      n_selected[names_of_offers[selection->extensions[i]]]++;
    }
  fuzz_require (n_selected[0] <= 1 && n_selected[1] <= 1, "no extension is selected twice");
}

static void
judge (const WscHttpHead   *head,
       const WscHeadLimits *limits)
{
  const WscOptions options = { .role = WSC_ROLE_CLIENT, .mode = WSC_MODE_AUTOMATIC,
                               .head = limits };
  WscHandshakeState *state = begin (&options);
  uint32_t indices[N_OFFERS] = { 77, 77, 77 };
  WscSelection selection = { .subprotocol = 77, .extensions = indices, .capacity = N_OFFERS,
                             .n_extensions = 77 };
  WscFrameAllowance allowed = { 7, 7, 0 };
  WscFields fields;
  WscFault fault;

  fields.at = wsc_http_head_get_fields (head, &fields.n);
  fault = wsc_client_handshake_end (state, &options, fields.at, fields.n, &selection, &allowed);
  if (fault == WSC_FAULT_NONE)
    require_selection (fields, &selection, allowed);
  else
    fuzz_require (selection.subprotocol == 77 && selection.n_extensions == 77 &&
                  indices[0] == 77 && allowed.rsv == 7,
                  "a fault leaves everything untouched");
  wsc_handshake_state_free (state);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         size)
{
  static const char request[] =
    "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Protocol: chat\r\nSec-WebSocket-Extensions: foo\r\n\r\n";
  uint8_t config[HEAD_CONFIG_LENGTH];
  WscBytes bytes = fuzz_take_config ((WscBytes) { data, size }, config, sizeof config);
  WscFault fault;
  size_t used;
  WscHttpHead *head = head_play (WSC_HEAD_RESPONSE, config, bytes, grammar_read_response (bytes),
                                 &fault, &used);

  if (fault == WSC_FAULT_NONE)
    judge (head, head_limits_of (config));
  head_check_texts (wsc_text (request), bytes, NULL);
  wsc_http_head_free (head);
  return 0;
}
