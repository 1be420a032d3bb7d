/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A request head from any peer, and the server's judgement of it. */

#include "core/handshake/authority.h"
#include "core/handshake/server-handshake.h"
#include "fuzz/fuzz-tools.h"
#include "fuzz/head-play.h"

static void
require_once (WscFields   fields,
              const char *name)
{
  fuzz_require (wsc_fields_count (fields, name) == 1,
                "a request that is taken has one key, version and host");
}

static void
judge (const WscHttpHead   *head,
       const WscHeadLimits *limits)
{
  const WscOptions options = { .role = WSC_ROLE_SERVER, .mode = WSC_MODE_AUTOMATIC,
                               .head = limits };
  WscFields fields;
  WscHandshakeState *state = NULL;
  const WscHeader *headers;
  size_t n_headers;
  WscFrameAllowance allowed;
  WscFault check, begin;

  fields.at = wsc_http_head_get_fields (head, &fields.n);
  check = wsc_server_handshake_check (&options, fields.at, fields.n);
  begin = wsc_server_handshake_begin (&state, &options, NULL, fields.at, fields.n, &headers,
                                      &n_headers, &allowed);
  fuzz_require (check == begin, "check and begin come to the same fault");
  if (begin != WSC_FAULT_NONE)
    return;

  require_once (fields, "Sec-WebSocket-Key");
  require_once (fields, "Sec-WebSocket-Version");
  require_once (fields, "Host");
  for (size_t i = 0; i < n_headers; i++)
    fuzz_require (wsc_custom_header_check (&headers[i]) == WSC_FAULT_NONE,
                  "what is answered can be sent");
  fuzz_require (n_headers == 3 && allowed.rsv == 0 && allowed.opcodes == 0,
                "nothing chosen is nothing answered");
  wsc_handshake_state_free (state);
}

/* A target that is taken falls into parts that are in it, in order, with nothing left over. */
static void
check_line (const WscHttpHead *head)
{
  WscBytes target = wsc_http_head_get_target (head);
  WscRequestTarget parsed;

  if (wsc_request_line_check (wsc_http_head_get_method (head), target,
                              wsc_http_head_get_version (head)) != WSC_FAULT_NONE)
    return;

  fuzz_require (wsc_request_target_parse (target, &parsed) == WSC_FAULT_NONE,
                "a line that is taken has a target");
  fuzz_require (parsed.path.length > 0 && parsed.path.at[0] == '/', "a path begins with a slash");
  fuzz_require (parsed.query.at == NULL ||
                parsed.query.at + parsed.query.length == target.at + target.length,
                "a query goes to the end of its target");
  fuzz_require (parsed.authority.at == NULL || wsc_authority_is_valid (parsed.authority),
                "an authority is a host");
}

int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         size)
{
  uint8_t config[HEAD_CONFIG_LENGTH];
  WscBytes bytes = fuzz_take_config ((WscBytes) { data, size }, config, sizeof config);
  WscFault fault;
  size_t used;
  WscHttpHead *head = head_play (WSC_HEAD_REQUEST, config, bytes, grammar_read_request (bytes),
                                 &fault, &used);

  if (fault == WSC_FAULT_NONE)
    {
      judge (head, head_limits_of (config));
      check_line (head);
    }
  head_check_texts (bytes, (WscBytes) { NULL, 0 }, head_limits_of (config));
  wsc_http_head_free (head);
  return 0;
}
