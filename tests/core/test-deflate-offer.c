/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "core/handshake/deflate-offer.h"

#include "core/handshake/client-handshake.h"
#include "core/handshake/server-handshake.h"
#include "core/limits.h"
#include "header-lines.h"
#include "lib/tap.h"

#include <stdio.h>

#define N_ELEMENTS(array) (sizeof array / sizeof array[0])
#define NAME "permessage-deflate"

/* level, memory level, client's and server's window, client's and server's takeover, threshold */
static const WscDeflateOptions usual = { 6, 8, 15, 15, 1, 1, 64 };
static const WscDeflateOptions thrifty = { 6, 5, 12, 12, 1, 1, 64 };
static const WscDeflateOptions forgetful = { 6, 8, 15, 15, 0, 0, 64 };
static const WscDeflateOptions client_forgetful = { 6, 8, 15, 15, 0, 1, 64 };
static const WscDeflateOptions server_forgetful = { 6, 8, 15, 15, 1, 0, 64 };
static const WscDeflateOptions server_small = { 6, 8, 15, 9, 1, 1, 64 };
static const WscDeflateOptions client_small = { 6, 8, 10, 15, 1, 1, 64 };

static const struct
{
  const char *name;
  const WscDeflateOptions *options;
  const char *offer;
} offer_cases[] = {
  { "WS-214-usual", &usual, NAME "; client_max_window_bits" },
  { "both-windows", &thrifty, NAME "; server_max_window_bits=12; client_max_window_bits=12" },
  { "no-takeover", &forgetful, NAME "; server_no_context_takeover; client_no_context_takeover; client_max_window_bits" },
  { "WS-222-one-digit", &server_small, NAME "; server_max_window_bits=9; client_max_window_bits" },
};

static void
test_offers (void)
{
  uint8_t element[WSC_DEFLATE_ELEMENT_SIZE];

  for (size_t i = 0; i < N_ELEMENTS (offer_cases); i++)
    {
      size_t n = wsc_deflate_offer_write (offer_cases[i].options, element);

      tap_point (wsc_texts_are_equal ((WscBytes) { element, n }, wsc_text (offer_cases[i].offer)),
                 "/core/deflate-offer/offer/%s", offer_cases[i].name);
    }
}

static HeaderLines
extensions_line (const char *value,
                 char       *place,
                 size_t      size)
{
  snprintf (place, size, "Sec-WebSocket-Extensions: %s\n", value);
  return header_lines (place);
}

/* "c15 s12": windows; a lower-case letter means context takeover, an upper-case letter none. */
static bool
is_agreed (const WscDeflateParameters *agreed,
           const char                 *expected)
{
  char text[32];

  snprintf (text, sizeof text, "%c%u %c%u",
            agreed->client_takeover ? 'c' : 'C', agreed->client_window_bits,
            agreed->server_takeover ? 's' : 'S', agreed->server_window_bits);
  if (strcmp (text, expected) == 0)
    return true;

  tap_diag ("was %s, expected %s", text, expected);
  return false;
}

static const struct
{
  const char *name;
  const WscDeflateOptions *options;
  const char *request;
  const char *answer;           /* expected response to the offer; NULL: declined */
  const char *agreed;
} accept_cases[] = {
  { "WS-214-name-alone", &usual, NAME, NAME, "c15 s15" },
  { "WS-214-old-name-is-another-extension", &usual, "x-webkit-deflate-frame", NULL, "" },
  { "WS-214-other-case-is-another-extension", &usual, "Permessage-Deflate", NULL, "" },
  { "WS-207-WS-215-unknown-parameter-declined", &usual, NAME "; speed=9", NULL, "" },
  { "WS-215-SEC-23-repeated-parameter-declined", &usual, NAME "; client_max_window_bits; client_max_window_bits=10", NULL, "" },
  { "WS-215-TRAP-15-WS-211-next-offer-is-tried", &usual, NAME "; server_max_window_bits=7, foo, " NAME "; server_max_window_bits=10",
    NAME "; server_max_window_bits=10", "c15 s10" },
  { "WS-211-TRAP-15-first-of-three-is-answered", &usual,
    NAME "; server_no_context_takeover, " NAME "; server_max_window_bits=9, " NAME,
    NAME "; server_no_context_takeover", "c15 S15" },
  { "WS-211-offers-in-several-fields", &usual, NAME "; a\nSec-WebSocket-Extensions: " NAME, NAME, "c15 s15" },
  { "SEC-23-all-offers-bad", &usual, NAME "; a=1, " NAME "; server_max_window_bits=7", NULL, "" },
  { "WS-217-server-takeover-is-given-up", &usual, NAME "; server_no_context_takeover", NAME "; server_no_context_takeover", "c15 S15" },
  { "WS-218-server-takeover-is-given-up-unasked", &server_forgetful, NAME, NAME "; server_no_context_takeover", "c15 S15" },
  { "WS-219-SEC-23-server-takeover-with-value-declined", &usual, NAME "; server_no_context_takeover=1", NULL, "" },
  { "WS-219-SEC-23-client-takeover-with-value-declined", &usual, NAME "; client_no_context_takeover=true", NULL, "" },
  { "WS-220-hint-of-the-client-is-taken", &usual, NAME "; client_no_context_takeover", NAME "; client_no_context_takeover", "C15 s15" },
  { "WS-220-client-takeover-is-refused-unasked", &client_forgetful, NAME, NAME "; client_no_context_takeover", "C15 s15" },
  { "WS-222-SEC-23-bits-7-declined", &usual, NAME "; client_max_window_bits=7", NULL, "" },
  { "WS-222-SEC-23-bits-16-declined", &usual, NAME "; client_max_window_bits=16", NULL, "" },
  { "WS-222-SEC-23-leading-zero-declined", &usual, NAME "; client_max_window_bits=08", NULL, "" },
  { "WS-222-zero-after-the-number-declined", &usual, NAME "; client_max_window_bits=100", NULL, "" },
  { "WS-222-SEC-23-sign-declined", &usual, NAME "; client_max_window_bits=+9", NULL, "" },
  { "WS-222-byte-before-0-declined", &usual, NAME "; client_max_window_bits=1.", NULL, "" },
  { "WS-222-letters-declined", &usual, NAME "; client_max_window_bits=1a", NULL, "" },
  { "WS-222-number-too-long-declined", &usual, NAME "; client_max_window_bits=4294967306", NULL, "" },
  { "WS-222-quoted-value", &usual, NAME "; client_max_window_bits=\"1\\0\"", NAME "; client_max_window_bits=10", "c10 s15" },
  { "WS-223-TRAP-15-server-window-as-asked", &usual, NAME "; server_max_window_bits=11", NAME "; server_max_window_bits=11", "c15 s11" },
  { "WS-223-server-window-smaller-than-asked", &thrifty, NAME "; server_max_window_bits=14", NAME "; server_max_window_bits=12",
    "c15 s12" },
  { "WS-223-server-window-of-15-is-answered-too", &usual, NAME "; server_max_window_bits=15", NAME "; server_max_window_bits=15",
    "c15 s15" },
  { "WS-223-server-window-without-value-declined", &usual, NAME "; server_max_window_bits", NULL, "" },
  { "WS-225-server-window-unasked", &thrifty, NAME, NAME "; server_max_window_bits=12", "c15 s12" },
  { "WS-226-TRAP-15-client-window-only-where-offered", &client_small, NAME, NAME, "c15 s15" },
  { "WS-226-client-window-has-a-value", &client_small, NAME "; client_max_window_bits", NAME "; client_max_window_bits=10", "c10 s15" },
  { "WS-226-client-window-of-all-bits-goes-without-saying", &usual, NAME "; client_max_window_bits", NAME, "c15 s15" },
  { "WS-226-client-window-not-above-what-was-offered", &thrifty, NAME "; client_max_window_bits=10",
    NAME "; server_max_window_bits=12; client_max_window_bits=10", "c10 s12" },
  { "WS-228-SEC-88-server-window-of-8", &usual, NAME "; server_max_window_bits=8", NAME "; server_max_window_bits=8",
    "c15 s8" },
  { "WS-228-client-window-of-8-is-inflated", &usual, NAME "; client_max_window_bits=8", NAME "; client_max_window_bits=8", "c8 s15" },
  { "WS-228-both-windows-of-8", &usual, NAME "; client_max_window_bits=8; server_max_window_bits=8",
    NAME "; server_max_window_bits=8; client_max_window_bits=8", "c8 s8" },
  { "all-four", &thrifty,
    NAME "; client_no_context_takeover; server_no_context_takeover; "
    "client_max_window_bits=9; server_max_window_bits=10",
    NAME "; server_no_context_takeover; client_no_context_takeover; "
    "server_max_window_bits=10; client_max_window_bits=9",
    "C9 S10" },
  { "nothing-offered", &usual, "", NULL, "" },
};

static void
test_accept (void)
{
  for (size_t i = 0; i < N_ELEMENTS (accept_cases); i++)
    {
      char place[400];
      HeaderLines request = extensions_line (accept_cases[i].request, place, sizeof place);
      WscDeflateParameters agreed = { 0 };
      uint8_t element[WSC_DEFLATE_ELEMENT_SIZE];
      const char *expected = accept_cases[i].answer;
      size_t n = 0;
      bool is_right = wsc_deflate_offers_accept (fields_of (&request), accept_cases[i].options,
                                                 &agreed, element, &n) == (expected != NULL);

      if (is_right && expected != NULL)
        is_right = wsc_texts_are_equal ((WscBytes) { element, n }, wsc_text (expected)) &&
                   is_agreed (&agreed, accept_cases[i].agreed);
      tap_point (is_right, "/core/deflate-offer/accept/%s", accept_cases[i].name);
      if (!is_right)
        tap_diag ("received %.*s", (int) n, (const char *) element);
    }
}

#define MALFORMED WSC_FAULT_DEFLATE_PARAMETERS_MALFORMED
#define BEYOND WSC_FAULT_DEFLATE_ANSWER_BEYOND_OFFER

static const struct
{
  const char *name, *request, *response;
  WscFault fault;
  const char *agreed;
} answer_cases[] = {
  { "no-answer", NAME, "foo", WSC_FAULT_NONE, "C0 S0" },
  { "plain", NAME "; client_max_window_bits", NAME, WSC_FAULT_NONE, "c15 s15" },
  { "WS-47-WS-216-SEC-35-unknown-parameter-refused", NAME, NAME "; speed=9", MALFORMED, "" },
  { "WS-47-WS-216-SEC-35-repeated-parameter-refused", NAME, NAME "; server_no_context_takeover; server_no_context_takeover", MALFORMED,
    "" },
  { "WS-217-server-takeover-as-asked", NAME "; server_no_context_takeover", NAME "; server_no_context_takeover", WSC_FAULT_NONE,
    "c15 S15" },
  { "WS-216-WS-217-server-takeover-ignored-refused", NAME "; server_no_context_takeover", NAME, BEYOND, "" },
  { "WS-218-server-takeover-unasked", NAME, NAME "; server_no_context_takeover", WSC_FAULT_NONE, "c15 S15" },
  { "WS-219-server-takeover-with-value-refused", NAME, NAME "; server_no_context_takeover=1", MALFORMED, "" },
  { "WS-219-client-takeover-with-value-refused", NAME, NAME "; client_no_context_takeover=0", MALFORMED, "" },
  { "WS-220-WS-221-client-takeover-unasked", NAME, NAME "; client_no_context_takeover", WSC_FAULT_NONE, "C15 s15" },
  { "WS-220-own-hint-counts-without-an-answer", NAME "; client_no_context_takeover", NAME, WSC_FAULT_NONE, "C15 s15" },
  { "WS-222-bits-7-refused", NAME "; client_max_window_bits", NAME "; client_max_window_bits=7", MALFORMED, "" },
  { "WS-222-bits-16-refused", NAME "; client_max_window_bits", NAME "; client_max_window_bits=16", MALFORMED, "" },
  { "WS-222-leading-zero-refused", NAME, NAME "; server_max_window_bits=08", MALFORMED, "" },
  { "WS-222-sign-refused", NAME, NAME "; server_max_window_bits=-9", MALFORMED, "" },
  { "WS-224-server-window-without-value-refused", NAME, NAME "; server_max_window_bits", MALFORMED, "" },
  { "WS-224-SEC-35-server-window-above-the-offer-refused", NAME "; server_max_window_bits=10", NAME "; server_max_window_bits=11", BEYOND,
    "" },
  { "WS-224-server-window-ignored-refused", NAME "; server_max_window_bits=10", NAME, BEYOND, "" },
  { "WS-223-server-window-below-the-offer", NAME "; server_max_window_bits=10", NAME "; server_max_window_bits=9", WSC_FAULT_NONE,
    "c15 s9" },
  { "WS-225-server-window-unasked", NAME, NAME "; server_max_window_bits=12", WSC_FAULT_NONE, "c15 s12" },
  { "WS-228-server-window-of-8-is-inflated", NAME, NAME "; server_max_window_bits=8", WSC_FAULT_NONE, "c15 s8" },
  { "WS-226-client-window-without-value-refused", NAME "; client_max_window_bits", NAME "; client_max_window_bits", MALFORMED, "" },
  { "WS-228-client-window-of-8", NAME "; client_max_window_bits", NAME "; client_max_window_bits=8", WSC_FAULT_NONE, "c8 s15" },
  { "WS-226-client-window", NAME "; client_max_window_bits", NAME "; client_max_window_bits=11", WSC_FAULT_NONE, "c11 s15" },
  { "WS-226-client-window-above-the-offer-refused", NAME "; client_max_window_bits=10", NAME "; client_max_window_bits=11", BEYOND, "" },
  { "WS-226-own-window-counts-without-an-answer", NAME "; client_max_window_bits=10", NAME, WSC_FAULT_NONE, "c10 s15" },
  { "WS-227-SEC-35-client-window-not-offered-refused", NAME, NAME "; client_max_window_bits=15", BEYOND, "" },
  { "WS-216-offer-of-another-extension-is-no-offer", "foo, " NAME "; server_max_window_bits=10", NAME, BEYOND, "" },
  { "WS-216-offer-that-could-not-be-read-is-no-offer", NAME "; speed=9", NAME, BEYOND, "" },
  { "TRAP-15-answer-fits-the-second-offer", NAME "; server_max_window_bits=10, " NAME, NAME, WSC_FAULT_NONE, "c15 s15" },
};

static void
test_answers (void)
{
  for (size_t i = 0; i < N_ELEMENTS (answer_cases); i++)
    {
      char of_request[400], of_response[400];
      HeaderLines request = extensions_line (answer_cases[i].request, of_request,
                                             sizeof of_request);
      HeaderLines response = extensions_line (answer_cases[i].response, of_response,
                                              sizeof of_response);
      WscDeflateParameters agreed = { 0 };
      WscFault fault = wsc_deflate_answer_check (fields_of (&response), fields_of (&request),
                                                 &agreed);

      tap_point (fault == answer_cases[i].fault &&
                 (fault != WSC_FAULT_NONE || is_agreed (&agreed, answer_cases[i].agreed)),
                 "/core/deflate-offer/answer/%s", answer_cases[i].name);
    }
}

static void
fill_sample (void    *data,
             uint8_t *to,
             size_t   n)
{
  assert (n == WSC_NONCE_LENGTH);
  memcpy (to, "the sample nonce", n);
}

static const WscHost host = { fill_sample, NULL };
static const WscOptions client_options = { .role = WSC_ROLE_CLIENT, .mode = WSC_MODE_AUTOMATIC };
static const WscOptions server_options = { .role = WSC_ROLE_SERVER, .mode = WSC_MODE_AUTOMATIC };

#define ANSWER_HEADERS "Upgrade: websocket\nConnection: Upgrade\n" \
  "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\n"
#define REQUEST_HEADERS "Host: a\nUpgrade: websocket\nConnection: Upgrade\n" \
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\nSec-WebSocket-Version: 13\n"

static const struct
{
  const char *name;
  const char *own;              /* extension that the program itself offers; NULL = none */
  const WscDeflateOptions *options;
  const char *offer;            /* value of Sec-WebSocket-Extensions in the request; NULL: not
                                 * present */
  const char *answer;
  WscFault fault;
  const char *agreed;
  size_t n_selected;
  uint8_t rsv;
} client_cases[] = {
  { "WS-243-SEC-93-off-until-switched-on", NULL, NULL, NULL, "", WSC_FAULT_NONE, "C0 S0", 0, 0 },
  { "WS-243-answer-without-an-offer-refused", NULL, NULL, NULL, "Sec-WebSocket-Extensions: " NAME "\n",
    WSC_FAULT_ANSWER_EXTENSION_NOT_OFFERED, "", 0, 0 },
  { "agreed", NULL, &usual, NAME "; client_max_window_bits", "Sec-WebSocket-Extensions: " NAME "\n", WSC_FAULT_NONE, "c15 s15", 0, 0 },
  { "declined", NULL, &usual, NAME "; client_max_window_bits", "", WSC_FAULT_NONE, "C0 S0", 0, 0 },
  { "WS-47-bad-parameters-refused", NULL, &usual, NAME "; client_max_window_bits",
    "Sec-WebSocket-Extensions: " NAME "; a\n", MALFORMED, "", 0, 0 },
  { "WS-228-SEC-88-window-of-8", NULL, &usual, NAME "; client_max_window_bits",
    "Sec-WebSocket-Extensions: " NAME "; client_max_window_bits=8\n", WSC_FAULT_NONE, "c8 s15", 0, 0 },
  { "next-to-an-extension-of-the-program", "foo", &usual, "foo, " NAME "; client_max_window_bits",
    "Sec-WebSocket-Extensions: foo, " NAME "\n", WSC_FAULT_NONE, "c15 s15", 1, 0x70 },
  { "WS-214-program-compresses-itself", NAME "; a=1", &usual, NAME "; a=1", "Sec-WebSocket-Extensions: " NAME "; b=2\n", WSC_FAULT_NONE,
    "C0 S0", 1, 0x70 },
};

static void
play_client (size_t i)
{
  WscBytes own = { NULL, 0 };
  WscOffer offer = { .deflate = client_cases[i].options, .extensions = &own };
  WscHandshakeState *state = NULL;
  const WscHeader *headers;
  size_t n_headers;
  char lines[400];
  HeaderLines response;
  uint32_t index;
  WscSelection selection = { .extensions = &index, .capacity = client_cases[i].own != NULL };
  WscFrameAllowance allowed = { 0 };
  WscBytes offered;
  WscFault fault;

  if (client_cases[i].own != NULL)
    {
      own = wsc_text (client_cases[i].own);
      offer.n_extensions = 1;
    }
  fault = wsc_client_handshake_begin (&state, &client_options, &host, &offer, &headers, &n_headers);
  assert (fault == WSC_FAULT_NONE);
  offered = wsc_fields_get ((WscFields) { headers, n_headers }, "Sec-WebSocket-Extensions");
  tap_point (client_cases[i].offer == NULL ? offered.at == NULL
                                           : wsc_text_is (offered, client_cases[i].offer),
             "/core/deflate-offer/client-offers/%s", client_cases[i].name);

  snprintf (lines, sizeof lines, ANSWER_HEADERS "%s", client_cases[i].answer);
  response = header_lines (lines);
  fault = wsc_client_handshake_end (state, &client_options, response.at, response.n, &selection,
                                    &allowed);
  tap_point (fault == client_cases[i].fault &&
             (fault != WSC_FAULT_NONE ||
              (is_agreed (&state->agreed, client_cases[i].agreed) &&
               selection.n_extensions == client_cases[i].n_selected &&
               allowed.rsv == client_cases[i].rsv)),
             "/core/deflate-offer/client-ends/%s", client_cases[i].name);
  wsc_handshake_state_free (state);
}

static const struct
{
  const char *name;
  const char *own;              /* extension that the program itself selected; NULL = none */
  const WscDeflateOptions *options;
  const char *offer;
  const char *answer;           /* value of Sec-WebSocket-Extensions in the response; NULL: not
                                 * present */
  const char *agreed;
  uint8_t rsv;
} server_cases[] = {
  { "WS-243-SEC-93-off-until-switched-on", NULL, NULL, NAME, NULL, "C0 S0", 0 },
  { "agreed", NULL, &thrifty, NAME "; client_max_window_bits",
    NAME "; server_max_window_bits=12; client_max_window_bits=12", "c12 s12", 0 },
  { "WS-209-nothing-unasked", NULL, &usual, "foo", NULL, "C0 S0", 0 },
  { "SEC-23-TRAP-15-declined-is-no-fault", NULL, &usual, NAME "; server_max_window_bits=7", NULL, "C0 S0", 0 },
  { "next-to-an-extension-of-the-program", "foo; a=1", &usual, "foo, " NAME, "foo; a=1, " NAME, "c15 s15", 0x70 },
  { "WS-214-program-compresses-itself", NAME "; b=2", &usual, NAME "; a=1", NAME "; b=2", "C0 S0", 0x70 },
};

static void
play_server (size_t i)
{
  WscBytes own = { NULL, 0 };
  WscChoice choice = { .deflate = server_cases[i].options, .extensions = &own };
  WscHandshakeState *state = NULL;
  const WscHeader *headers;
  size_t n_headers;
  char lines[600];
  HeaderLines request;
  WscFrameAllowance allowed = { 0 };
  WscBytes answered;
  WscFault fault;

  if (server_cases[i].own != NULL)
    {
      own = wsc_text (server_cases[i].own);
      choice.n_extensions = 1;
    }
  snprintf (lines, sizeof lines, REQUEST_HEADERS "Sec-WebSocket-Extensions: %s\n",
            server_cases[i].offer);
  request = header_lines (lines);
  fault = wsc_server_handshake_begin (&state, &server_options, &choice, request.at, request.n,
                                      &headers, &n_headers, &allowed);
  assert (fault == WSC_FAULT_NONE);
  answered = wsc_fields_get ((WscFields) { headers, n_headers }, "Sec-WebSocket-Extensions");
  tap_point ((server_cases[i].answer == NULL ? answered.at == NULL
                                             : wsc_text_is (answered, server_cases[i].answer)) &&
             is_agreed (&state->agreed, server_cases[i].agreed) &&
             state->has_deflate == (state->agreed.server_window_bits > 0) &&
             allowed.rsv == server_cases[i].rsv,
             "/core/deflate-offer/server/%s", server_cases[i].name);
  wsc_handshake_state_free (state);
}

/* The response of a server of this library always matches the offer of a client of it. */
static void
test_each_other (void)
{
  static const WscDeflateOptions *const all[] = {
    &usual, &thrifty, &forgetful, &client_forgetful, &server_forgetful, &server_small,
    &client_small,
  };

  for (size_t i = 0; i < N_ELEMENTS (all); i++)
    {
      bool is_right = true;

      for (size_t j = 0; j < N_ELEMENTS (all); j++)
        {
          uint8_t offer[WSC_DEFLATE_ELEMENT_SIZE], answer[WSC_DEFLATE_ELEMENT_SIZE];
          WscHeader asked = { wsc_text ("Sec-WebSocket-Extensions"), { offer, 0 } };
          WscHeader answered = { wsc_text ("Sec-WebSocket-Extensions"), { answer, 0 } };
          WscDeflateParameters of_server, of_client;

          asked.value.length = wsc_deflate_offer_write (all[i], offer);
          is_right = is_right &&
                     wsc_deflate_offers_accept ((WscFields) { &asked, 1 }, all[j], &of_server,
                                                answer, &answered.value.length) &&
                     wsc_deflate_answer_check ((WscFields) { &answered, 1 },
                                               (WscFields) { &asked, 1 }, &of_client)
                     == WSC_FAULT_NONE &&
                     memcmp (&of_server, &of_client, sizeof of_server) == 0;
        }
      tap_point (is_right, "/core/deflate-offer/each-other/WS-216-WS-226-options-%zu", i);
    }
}

int
main (void)
{
  test_offers ();
  test_accept ();
  test_answers ();
  for (size_t i = 0; i < N_ELEMENTS (client_cases); i++)
    play_client (i);
  for (size_t i = 0; i < N_ELEMENTS (server_cases); i++)
    play_server (i);
  test_each_other ();
  return tap_end ();
}
