/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Each allocation of the engine fails once: the call reports it, nothing leaks, and the engine
 * can be cleared or continue.  The program is linked so that these functions replace those of
 * libc. */

#include "core/engine/engine.h"
#include "core/limits.h"
#include "core/same-octets.h"
#include "lib/tap.h"

#include <string.h>

#define ROOM 500

#define TEXT(text) { (const uint8_t *) text, sizeof text - 1 }

typedef WscFault (*Scenario) (void);

void *__real_malloc (size_t size);
void *__real_calloc (size_t n, size_t size);
void *__real_realloc (void *at, size_t size);
void *__wrap_malloc (size_t size);
void *__wrap_calloc (size_t n, size_t size);
void *__wrap_realloc (void *at, size_t size);

static unsigned n_until_failure;        /* 1: the next one fails; 0: none */

static bool
fails_now (void)
{
  return n_until_failure > 0 && --n_until_failure == 0;
}

void *
__wrap_malloc (size_t size)
{
  return fails_now () ? NULL : __real_malloc (size);
}

void *
__wrap_calloc (size_t n,
               size_t size)
{
  return fails_now () ? NULL : __real_calloc (n, size);
}

void *
__wrap_realloc (void  *at,
                size_t size)
{
  return fails_now () ? NULL : __real_realloc (at, size);
}

static const WscHost host = { same_octets_fill, (void *) "\0" };

static WscOptions
make_options (WscRole role)
{
  return (WscOptions) {
           .role = role,
           .max_frame_length = 1000,
           .max_message_length = 1000,
           .max_fragments = 10,
           .max_waiting_pongs = 8,
           .mode = WSC_MODE_AUTOMATIC,
           .masking = 1,
           .utf8_check = 1,
  };
}

static const WscOptions *
server_options (void)
{
  static WscOptions options;

  options = make_options (WSC_ROLE_SERVER);
  return &options;
}

static const WscOptions *
client_options (void)
{
  static WscOptions options;

  options = make_options (WSC_ROLE_CLIENT);
  return &options;
}

static void
end (WscEngine *engine)
{
  n_until_failure = 0;
  wsc_engine_abort (engine);
  wsc_engine_clear (engine);
}

static WscFault
begin_as_client (void)
{
  static const WscBytes protocols[] = { TEXT ("chat"), TEXT ("superchat") };
  static const WscBytes extensions[] = { TEXT ("x; a=1") };
  WscOffer offer = { .subprotocols = protocols, .n_subprotocols = 2,
                     .extensions = extensions, .n_extensions = 1 };
  WscEngine engine;
  const WscHeader *headers;
  size_t n_headers;
  WscFault fault;

  wsc_engine_init (&engine, client_options (), &host);
  fault = wsc_engine_begin_client_handshake (&engine, &offer, &headers, &n_headers);
  end (&engine);
  return fault;
}

static WscFault
begin_as_server (void)
{
  static const WscHeader request[] = {
    { TEXT ("Host"), TEXT ("example.org") },
    { TEXT ("Upgrade"), TEXT ("websocket") },
    { TEXT ("Connection"), TEXT ("Upgrade") },
    { TEXT ("Sec-WebSocket-Version"), TEXT ("13") },
    { TEXT ("Sec-WebSocket-Key"), TEXT ("dGhlIHNhbXBsZSBub25jZQ==") },
    { TEXT ("Sec-WebSocket-Protocol"), TEXT ("chat") },
  };
  WscChoice choice = { .subprotocol = TEXT ("chat") };
  WscEngine engine;
  const WscHeader *headers;
  size_t n_headers;
  WscFault fault;

  wsc_engine_init (&engine, server_options (), &host);
  fault = wsc_engine_begin_server_handshake (&engine, &choice, request, 6, &headers, &n_headers);
  end (&engine);
  return fault;
}

static WscFault
queue_receives (void)
{
  WscEngine engine;
  WscFault fault;

  wsc_engine_init (&engine, server_options (), &host);
  fault = wsc_stream_establish (&engine.stream, NULL);
  for (int i = 0; i < 20 && fault == WSC_FAULT_NONE; i++)
    fault = wsc_engine_receive (&engine, (WscBuffer) { NULL, 0 }, NULL, NULL);
  end (&engine);
  return fault;
}

static WscFault
queue_sends (void)
{
  const WscBytes payload = TEXT ("a");
  WscEngine engine;
  WscFault fault;

  wsc_engine_init (&engine, server_options (), &host);
  fault = wsc_stream_establish (&engine.stream, NULL);
  for (int i = 0; i < 20 && fault == WSC_FAULT_NONE; i++)
    fault = wsc_engine_send (&engine, WSC_BUFFER_BINARY_MESSAGE, payload, NULL, NULL);
  end (&engine);
  return fault;
}

static void
begin (WscEngine    *engine,
       WscWorkspace *workspace,
       uint8_t       memory[ROOM])
{
  *workspace = (WscWorkspace) {
    .read = { .at = memory, .length = 300 }, .write = { memory + 300, ROOM - 300 }
  };
  wsc_engine_init (engine, server_options (), &host);
  wsc_stream_establish (&engine->stream, NULL);
  wsc_stream_lend (&engine->stream, workspace);
}

static WscFault
begin_receiving (WscEngine    *engine,
                 WscWorkspace *workspace,
                 uint8_t       memory[ROOM])
{
  begin (engine, workspace, memory);
  return wsc_engine_receive (engine, (WscBuffer) { NULL, 0 }, NULL, NULL);
}

/* Bytes that were read but not parsed must be kept; if that is impossible, they are lost. */
static WscFault
take_back_the_workspace (void)
{
  uint8_t memory[ROOM];
  WscWorkspace workspace;
  WscEngine engine;
  WscAction action;
  WscFault fault;
  bool is_right;

  fault = begin_receiving (&engine, &workspace, memory);
  if (fault != WSC_FAULT_NONE)
    return fault;

  wsc_engine_get_action (&engine, WSC_ACTION_QUEUE_ALL, 2, &action);
  action.buffers[0].at[0] = 0x82;
  wsc_engine_complete_action (&engine, &action, 1);
  wsc_engine_get_action (&engine, WSC_ACTION_QUEUE_ALL, 2, &action);
  fault = wsc_engine_take_back (&engine);
  is_right = (engine.stream.phase == WSC_PHASE_FAILED) == (fault != WSC_FAULT_NONE);
  end (&engine);
  return is_right ? fault : WSC_FAULT_PARTIAL;
}

static WscFault
keep_bytes_after_the_head (void)
{
  WscEngine engine;
  WscFault fault;

  wsc_engine_init (&engine, server_options (), &host);
  wsc_stream_establish (&engine.stream, NULL);
  fault = wsc_receive_path_unread (&engine.stream.receiving, (WscBytes) TEXT ("abc"));
  end (&engine);
  return fault;
}

/* The Close in reply to the peer's is the first that is sent: its queue takes memory. */
static WscFault
answer_a_close (void)
{
  static const uint8_t close[] = { 0x88, 0x80, 0, 0, 0, 0 };
  uint8_t memory[ROOM];
  WscWorkspace workspace;
  WscEngine engine;
  WscAction action;
  WscFault fault;
  bool is_right;

  fault = begin_receiving (&engine, &workspace, memory);
  if (fault != WSC_FAULT_NONE)
    return fault;

  wsc_engine_get_action (&engine, WSC_ACTION_QUEUE_RECEIVE, 2, &action);
  memcpy (action.buffers[0].at, close, sizeof close);
  wsc_engine_complete_action (&engine, &action, sizeof close);
  wsc_engine_get_action (&engine, WSC_ACTION_QUEUE_RECEIVE, 2, &action);
  is_right = action.buffer_type == WSC_BUFFER_CLOSE;
  wsc_engine_complete_action (&engine, &action, 0);
  fault = wsc_engine_get_action (&engine, WSC_ACTION_QUEUE_RECEIVE, 2, &action);
  is_right = is_right && engine.stream.phase
             == (fault == WSC_FAULT_NONE ? WSC_PHASE_CLOSED : WSC_PHASE_FAILED);
  end (&engine);
  return is_right ? fault : WSC_FAULT_PARTIAL;
}

/* After a pong was lost, a following Send is still written, and then nothing waits. */
static bool
goes_on (WscEngine       *engine,
         const WscAction *sent)
{
  WscAction action;
  unsigned n_written = 0;

  n_until_failure = 0;
  wsc_engine_complete_action (engine, sent, sent->buffers[0].length);
  wsc_engine_send (engine, WSC_BUFFER_BINARY_MESSAGE, (WscBytes) { NULL, 0 }, NULL, NULL);
  while (wsc_engine_get_action (engine, WSC_ACTION_QUEUE_SEND, 2, &action) == WSC_FAULT_NONE &&
         action.type != WSC_ACTION_NONE)
    {
      n_written += action.type == WSC_ACTION_SEND_TO_NETWORK &&
                   action.buffer_type == WSC_BUFFER_BINARY_MESSAGE;
      wsc_engine_complete_action (engine, &action, action.buffers[0].length);
    }
  return n_written == 1 && !wsc_engine_has_pending (engine, WSC_ACTION_QUEUE_SEND);
}

/* Pings of seven bytes arrive while a Send is under way: their pongs wait. */
static WscFault
keep_pongs (unsigned n_pings,
            unsigned n_failing)
{
  static const uint8_t pings[] = { 0x89, 0x81, 0, 0, 0, 0, 'a', 0x89, 0x81, 0, 0, 0, 0, 'b' };
  uint8_t memory[ROOM];
  WscWorkspace workspace;
  WscEngine engine;
  WscAction sent, action;
  WscFault fault;
  bool is_open;

  begin (&engine, &workspace, memory);
  wsc_engine_send (&engine, WSC_BUFFER_PING_PONG, (WscBytes) { NULL, 0 }, NULL, NULL);
  wsc_engine_get_action (&engine, WSC_ACTION_QUEUE_SEND, 2, &sent);
  wsc_engine_receive (&engine, (WscBuffer) { NULL, 0 }, NULL, NULL);
  wsc_engine_get_action (&engine, WSC_ACTION_QUEUE_RECEIVE, 2, &action);
  memcpy (action.buffers[0].at, pings, sizeof pings);
  wsc_engine_complete_action (&engine, &action, 7 * n_pings);
  n_until_failure = n_failing;
  fault = wsc_engine_get_action (&engine, WSC_ACTION_QUEUE_RECEIVE, 2, &action);
  is_open = engine.stream.phase == WSC_PHASE_OPEN && goes_on (&engine, &sent);
  end (&engine);
  return is_open ? fault : WSC_FAULT_PARTIAL;
}

static const struct
{
  const char *name;
  Scenario play;
} scenarios[] = {
  { "begin-as-client", begin_as_client },
  { "begin-as-server", begin_as_server },
  { "queue-receives", queue_receives },
  { "queue-sends", queue_sends },
  { "take-back-the-workspace", take_back_the_workspace },
  { "keep-bytes-after-the-head", keep_bytes_after_the_head },
  { "answer-a-close", answer_a_close },
};

static void
test_scenario (size_t i)
{
  unsigned n_allocations = 0, n_reported = 0;
  bool is_ok = true;

  for (unsigned n = 1;; n++)
    {
      WscFault fault;
      bool was_reached;

      n_until_failure = n;
      fault = scenarios[i].play ();
      was_reached = fault != WSC_FAULT_NONE;
      n_until_failure = 0;
      if (!was_reached)
        break;

      n_allocations++;
      n_reported += fault == WSC_FAULT_OUT_OF_MEMORY;
    }
  is_ok = n_allocations > 0 && n_reported == n_allocations;
  if (!is_ok)
    tap_diag ("%u allocations, %u failures reported", n_allocations, n_reported);
  tap_point (is_ok, "/core/engine-memory/%s/reported-and-survived", scenarios[i].name);
}

/* A pong for which there is no memory may be lost; nothing else may. */
static void
test_pongs (void)
{
  for (unsigned n_pings = 1; n_pings <= 2; n_pings++)
    {
      bool is_ok = true;

      for (unsigned n = 0; n < 4; n++)
        is_ok = keep_pongs (n_pings, n) == WSC_FAULT_NONE && is_ok;
      tap_point (is_ok, "/core/engine-memory/keep-pongs/%u-dropped-and-outlived", n_pings);
    }
}

/* If it were due at once, it would be tried again and again. */
static void
test_keepalive (void)
{
  WscOptions options = make_options (WSC_ROLE_SERVER);
  WscEngine engine;
  int64_t next;

  options.keepalive_interval = 1000;
  options.keepalive_timeout = 500;
  wsc_engine_init (&engine, &options, &host);
  wsc_stream_establish (&engine.stream, NULL);
  for (uint32_t i = 0; i < WSC_FIRST_RING; i++)
    wsc_engine_send (&engine, WSC_BUFFER_BINARY_MESSAGE, (WscBytes) TEXT ("abc"), NULL, NULL);
  wsc_engine_advance (&engine, 1000000);
  n_until_failure = 1;
  next = wsc_engine_advance (&engine, 2000000);
  tap_point (n_until_failure == 0 && next == 3000000,
             "/core/engine-memory/keepalive/ping-without-memory-is-tried-one-interval-later");
  next = wsc_engine_advance (&engine, next);
  tap_point (next == 3500000 && engine.stream.phase == WSC_PHASE_OPEN &&
             wsc_operation_queue_get_count (&engine.sends) == WSC_FIRST_RING + 1,
             "/core/engine-memory/keepalive/ping-with-memory-is-queued-then");
  end (&engine);
}

int
main (void)
{
  for (size_t i = 0; i < sizeof scenarios / sizeof *scenarios; i++)
    test_scenario (i);
  test_pongs ();
  test_keepalive ();
  return tap_end ();
}
