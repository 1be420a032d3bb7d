/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Every allocation of the handshake fails once, by itself and together with all later ones: the
 * call fails, changes nothing and leaks nothing.
 *
 * The program is linked so that these functions replace malloc () and the like. */

#include "core/handshake/client-handshake.h"
#include "core/handshake/handshake-rules.h"
#include "core/handshake/http-head.h"
#include "core/handshake/server-handshake.h"
#include "header-lines.h"
#include "lib/tap.h"

#include <stdlib.h>

void *__real_malloc (size_t size);
void *__real_calloc (size_t n, size_t size);
void *__real_realloc (void *at, size_t size);
void *__wrap_malloc (size_t size);
void *__wrap_calloc (size_t n, size_t size);
void *__wrap_realloc (void *at, size_t size);

typedef enum
{
  FAIL_ALONE,
  FAIL_FROM_THEN_ON,
  N_FAILURES,
} Failure;

static const char *const failure_names[] = { "alone", "from-then-on" };

static size_t n_left = SIZE_MAX;        /* allocations that still succeed */
static size_t n_refused;
static Failure failure;

static bool
may_allocate (void)
{
  if (n_left > 0)
    {
      n_left -= n_left < SIZE_MAX;
      return true;
    }
  n_refused++;
  if (failure == FAIL_ALONE)
    n_left = SIZE_MAX;
  return false;
}

void *
__wrap_malloc (size_t size)
{
  return may_allocate () ? __real_malloc (size) : NULL;
}

void *
__wrap_calloc (size_t n,
               size_t size)
{
  return may_allocate () ? __real_calloc (n, size) : NULL;
}

void *
__wrap_realloc (void  *at,
                size_t size)
{
  return may_allocate () ? __real_realloc (at, size) : NULL;
}

static const WscOptions options = { .mode = WSC_MODE_AUTOMATIC };

#define REQUEST_FIELDS "Host: a\nUpgrade: websocket\nConnection: Upgrade\n" \
  "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\n" \
  "Sec-WebSocket-Version: 13\nSec-WebSocket-Protocol: a\nSec-WebSocket-Extensions: foo\n"

static WscFault
read_head (void)
{
  static const char head[] =
    "GET / HTTP/1.1\r\nA: a\r\nB: b\r\nC: c\r\nD: d\r\nE: e\r\nF: f\r\nG: g\r\nH: h\r\nI: i\r\nJ: j\r\nK: k\r\n"
    "L: l\r\nM: m\r\nN: n\r\nO: o\r\nP: p\r\nQ: q\r\nR: r\r\n\r\n";
  WscHttpHead *self = wsc_http_head_new (WSC_HEAD_REQUEST, NULL);
  WscFault fault = WSC_FAULT_PARTIAL;
  size_t used;

  if (self == NULL)
    return WSC_FAULT_OUT_OF_MEMORY;

  for (size_t i = 0; head[i] != '\0' && fault == WSC_FAULT_PARTIAL; i++)
    fault = wsc_http_head_take (self, (WscBytes) { (const uint8_t *) head + i, 1 }, &used);
  wsc_http_head_free (self);
  return fault;
}

static void
fill_zero (void    *data,
           uint8_t *to,
           size_t   n)
{
  assert (data == NULL);
  memset (to, 0, n);
}

static WscFault
begin_client (void)
{
  const WscHost host = { fill_zero, NULL };
  const WscBytes protocol = wsc_text ("a"), extension = wsc_text ("foo");
  const WscOffer offer = {
    .subprotocols = &protocol, .n_subprotocols = 1, .extensions = &extension, .n_extensions = 1,
  };
  WscHandshakeState *state = NULL;
  const WscHeader *headers = NULL;
  size_t n_headers = 77;
  WscFault fault = wsc_client_handshake_begin (&state, &options, &host, &offer, &headers,
                                               &n_headers);

  assert (fault == WSC_FAULT_NONE || (state == NULL && headers == NULL && n_headers == 77));
  wsc_handshake_state_free (state);
  return fault;
}

static WscFault
begin_server (void)
{
  HeaderLines request = header_lines (REQUEST_FIELDS);
  const WscBytes extension = wsc_text ("foo");
  const WscChoice choice = {
    .subprotocol = wsc_text ("a"), .extensions = &extension, .n_extensions = 1
  };
  WscHandshakeState *state = NULL;
  const WscHeader *headers = NULL;
  size_t n_headers = 77;
  WscFrameAllowance allowed = { 7, 7, 0 };
  WscFault fault = wsc_server_handshake_begin (&state, &options, &choice, request.at, request.n,
                                               &headers, &n_headers, &allowed);

  assert (fault == WSC_FAULT_NONE || (state == NULL && n_headers == 77 && allowed.rsv == 7));
  wsc_handshake_state_free (state);
  return fault;
}

static WscFault
run_checks (void)
{
  WscHandshakeCheck checks[WSC_N_HANDSHAKE_CHECKS];
  WscFault fault = WSC_FAULT_NONE;

  wsc_handshake_checks_run (checks, wsc_text ("GET / HTTP/1.1\r\nHost: a\r\n\r\n"),
                            wsc_text ("HTTP/1.1 101 x\r\nA: b\r\n\r\n"), NULL);
  for (size_t i = 0; i < WSC_N_HANDSHAKE_CHECKS; i++)
    {
      assert (strlen (checks[i].text) > 0);
      if (checks[i].fault == WSC_FAULT_OUT_OF_MEMORY)
        fault = WSC_FAULT_OUT_OF_MEMORY;
    }
  return fault;
}

static const struct
{
  const char *name;
  WscFault (*run) (void);
  size_t min_allocations;
  bool may_try_again;           /* TRUE if the call can succeed after one refused allocation */
} cases[] = {
  { "head", read_head, 4, false },
  { "client-begin", begin_client, 3, false },
  { "server-begin", begin_server, 3, false },
  { "checks", run_checks, 6, true },
};

static void
play (size_t  i,
      Failure which)
{
  bool is_right = true;
  size_t n_succeeding = 0;

  failure = which;
  do
    {
      WscFault fault;

      n_left = n_succeeding++;
      n_refused = 0;
      fault = cases[i].run ();
      n_left = SIZE_MAX;
      if (fault == WSC_FAULT_NONE)
        is_right = is_right && (n_refused == 0 || (cases[i].may_try_again && which == FAIL_ALONE));
      else
        is_right = is_right && n_refused > 0 && fault == WSC_FAULT_OUT_OF_MEMORY;
    }
  while (n_refused > 0);

  tap_point (is_right && n_succeeding > cases[i].min_allocations,
             "/core/handshake-memory/%s/every-allocation-may-fail-%s", cases[i].name,
             failure_names[which]);
}

int
main (void)
{
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
    for (unsigned j = 0; j < N_FAILURES; j++)
      play (i, (Failure) j);

  return tap_end ();
}
