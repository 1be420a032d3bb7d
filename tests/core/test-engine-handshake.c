/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Opening handshake of one engine with another, and the result that both have negotiated. */

#include "core/engine/engine.h"
#include "core/handshake/header-fields.h"
#include "core/limits.h"

#include "core/same-octets.h"
#include "lib/tap.h"

#include <assert.h>
#include <string.h>

#define MAX_HEADERS 12

static const WscHost host = { same_octets_fill, (void *) "\7" };
static const WscOptions options[] = {
  [WSC_ROLE_CLIENT] = { .role = WSC_ROLE_CLIENT, .mode = WSC_MODE_AUTOMATIC, .masking = 1 },
  [WSC_ROLE_SERVER] = { .role = WSC_ROLE_SERVER, .mode = WSC_MODE_AUTOMATIC },
};
static const WscDeflateOptions thrifty = { 6, 5, 12, 11, 1, 0, 64 };
static const WscDeflateOptions usual = { 6, 8, 15, 15, 1, 1, 64 };

static const struct
{
  const char *name;
  const WscDeflateOptions *client, *server;
  bool is_agreed;
  WscDeflateParameters agreed;
} cases[] = {
  { "WS-243-SEC-93-neither-side", NULL, NULL, false, { 0, 0, 0, 0 } },
  { "WS-243-only-the-client", &usual, NULL, false, { 0, 0, 0, 0 } },
  { "WS-243-only-the-server", NULL, &usual, false, { 0, 0, 0, 0 } },
  { "both", &usual, &usual, true, { 15, 15, 1, 1 } },
  { "WS-223-WS-226-thrifty-server", &usual, &thrifty, true, { 12, 11, 1, 0 } },
  { "WS-223-WS-226-thrifty-client", &thrifty, &usual, true, { 12, 11, 1, 0 } },
};

static WscFault
do_handshake (WscEngine               *client,
              WscEngine               *server,
              const WscDeflateOptions *of_client,
              const WscDeflateOptions *of_server)
{
  WscOffer offer = { .deflate = of_client };
  WscChoice choice = { .deflate = of_server };
  WscHeader request[MAX_HEADERS] = { { wsc_text ("Host"), wsc_text ("a") } };
  const WscHeader *headers;
  size_t n;
  WscFault fault = wsc_engine_begin_client_handshake (client, &offer, &headers, &n);

  if (fault != WSC_FAULT_NONE)
    return fault;

  assert (n < MAX_HEADERS);
  memcpy (request + 1, headers, n * sizeof *headers);
  fault = wsc_engine_begin_server_handshake (server, &choice, request, n + 1, &headers, &n);
  if (fault == WSC_FAULT_NONE)
    fault = wsc_engine_end_client_handshake (client, headers, n, NULL);
  return fault == WSC_FAULT_NONE ? wsc_engine_end_server_handshake (server) : fault;
}

static bool
has_agreed (const WscEngine            *engine,
            const WscDeflateParameters *expected)
{
  const WscDeflateParameters *agreed = wsc_stream_get_deflate (&engine->stream);

  if (expected == NULL)
    return agreed == NULL && engine->stream.receiving.allowed.rsv == 0;

  return agreed != NULL && memcmp (agreed, expected, sizeof *agreed) == 0 &&
         engine->stream.receiving.allowed.rsv == WSC_RSV1 &&
         engine->stream.receiving.allowed.opcodes == 0;
}

static void
test_agreement (void)
{
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
    {
      const WscDeflateParameters *expected = cases[i].is_agreed ? &cases[i].agreed : NULL;
      WscEngine client, server;

      wsc_engine_init (&client, &options[WSC_ROLE_CLIENT], &host);
      wsc_engine_init (&server, &options[WSC_ROLE_SERVER], &host);
      tap_point (do_handshake (&client, &server, cases[i].client, cases[i].server)
                 == WSC_FAULT_NONE &&
                 has_agreed (&client, expected) && has_agreed (&server, expected) &&
                 client.stream.phase == WSC_PHASE_OPEN &&
                 server.stream.phase == WSC_PHASE_OPEN,
                 "/core/engine-handshake/agreement/%s", cases[i].name);
      wsc_engine_clear (&client);
      wsc_engine_clear (&server);
    }
}

/* The headers are for the program to read: how long they are kept. */
static const struct
{
  const char *name;
  WscMode     mode;
  bool        is_kept;
} keeping_cases[] = {
  { "automatic-mode-until-the-end", WSC_MODE_AUTOMATIC, false },
  { "windows-mode-until-the-next-action", WSC_MODE_WINDOWS, true },
};

static void
test_keeping (void)
{
  for (size_t i = 0; i < sizeof keeping_cases / sizeof keeping_cases[0]; i++)
    {
      WscOptions of_client = options[WSC_ROLE_CLIENT], of_server = options[WSC_ROLE_SERVER];
      WscEngine client, server;
      WscAction action;

      of_client.mode = of_server.mode = keeping_cases[i].mode;
      wsc_engine_init (&client, &of_client, &host);
      wsc_engine_init (&server, &of_server, &host);

      bool is_right = do_handshake (&client, &server, NULL, NULL) == WSC_FAULT_NONE &&
                      (client.handshake != NULL) == keeping_cases[i].is_kept &&
                      (server.handshake != NULL) == keeping_cases[i].is_kept;

      wsc_engine_get_action (&client, WSC_ACTION_QUEUE_ALL, 1, &action);
      wsc_engine_get_action (&server, WSC_ACTION_QUEUE_ALL, 1, &action);
      tap_point (is_right && client.handshake == NULL && server.handshake == NULL,
                 "/core/engine-handshake/headers/%s", keeping_cases[i].name);
      wsc_engine_clear (&client);
      wsc_engine_clear (&server);
    }
}

static void
test_establish (void)
{
  const WscDeflateParameters agreed = { 8, 15, 1, 1 };
  const WscFrameAllowance others = { 0x30, 1, 0 };
  WscEngine engine;

  wsc_engine_init (&engine, &options[WSC_ROLE_SERVER], &host);
  tap_point (wsc_stream_use_deflate (&engine.stream, &usual, &agreed) == WSC_FAULT_NONE &&
             wsc_stream_establish (&engine.stream, &others) == WSC_FAULT_NONE &&
             engine.stream.receiving.allowed.rsv == (WSC_RSV1 | 0x30) &&
             engine.stream.receiving.allowed.opcodes == 1,
             "/core/engine-handshake/establish/WS-208-next-to-extensions-of-the-program");
  wsc_engine_clear (&engine);
}

int
main (void)
{
  test_agreement ();
  test_keeping ();
  test_establish ();
  return tap_end ();
}
