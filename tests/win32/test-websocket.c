/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Operations and actions: the pointers, and the checks of websocket.h itself. */

#include <stdlib.h>
#include <string.h>
#include <websocket.h>

#include "lib/tap.h"
#include "win32/session-pair.h"

static Wire wire, answers;
static const HRESULT refused = E_INVALIDARG;

static void
clear_wires (void)
{
  wire.length = 0;
  answers.length = 0;
}

static void
delete_pair (WEB_SOCKET_HANDLE client,
             WEB_SOCKET_HANDLE server)
{
  WebSocketDeleteHandle (client);
  WebSocketDeleteHandle (server);
}

static bool
is_wire (const void *bytes,
         size_t      length)
{
  return wire.length == length && memcmp (wire.bytes, bytes, length) == 0;
}

/* Handles that never opened */

static void
test_before_handshake (void)
{
  for (int side = CLIENT; side <= SERVER; side++)
    {
      const char *name = side == CLIENT ? "client" : "server";
      WEB_SOCKET_HANDLE handle = NULL;

      create ((Side) side, NULL, 0, &handle);
      tap_point (WebSocketSend (handle, WEB_SOCKET_BINARY_MESSAGE_BUFFER_TYPE, NULL, NULL)
                 == E_INVALID_PROTOCOL_OPERATION,
                 "/win32/websocket/send/WIN-H-11-%s-without-handshake-refused", name);
      tap_point (WebSocketReceive (handle, NULL, NULL) == E_INVALID_PROTOCOL_OPERATION,
                 "/win32/websocket/receive/WIN-H-11-%s-without-handshake-refused", name);
      WebSocketDeleteHandle (handle);
      tap_point (true, "/win32/websocket/delete/WIN-H-10-%s-without-handshake", name);
    }
}

static void
test_inside_handshake (void)
{
  WEB_SOCKET_HANDLE client = NULL, server = NULL;
  WEB_SOCKET_HTTP_HEADER request[8];
  PWEB_SOCKET_HTTP_HEADER response;
  Agreement agreement = { "chat", "x-one" };
  ULONG n_request, n_response;
  bool is_begun = create_pair (&client, &server) &&
                  begin_client (client, &agreement, request, &n_request) == S_OK &&
                  begin_server (server, &agreement, request, n_request,
                                &response, &n_response) == S_OK;

  tap_point (is_begun &&
             WebSocketSend (client, WEB_SOCKET_PING_PONG_BUFFER_TYPE, NULL, NULL)
             == E_INVALID_PROTOCOL_OPERATION &&
             WebSocketReceive (client, NULL, NULL) == E_INVALID_PROTOCOL_OPERATION,
             "/win32/websocket/send/WIN-H-11-client-inside-the-handshake-refused");
  delete_pair (client, server);
  tap_point (true, "/win32/websocket/delete/WIN-H-10-between-begin-and-end");
}

/* Receive */

static void
test_own_receive_buffer (void)
{
  WEB_SOCKET_HANDLE client, server;
  WEB_SOCKET_BUFFER buffer;
  BYTE room[4];
  Step part, rest;

  clear_wires ();
  open_pair (&client, &server);
  send_bytes (client, WEB_SOCKET_BINARY_MESSAGE_BUFFER_TYPE, "abcdef", 6, NULL);
  write_out (client, &wire);
  buffer.Data.pbBuffer = room;
  buffer.Data.ulBufferLength = sizeof room;
  WebSocketReceive (server, &buffer, NULL);
  buffer.Data.pbBuffer = NULL;
  part = read_in (server, &wire, &answers);
  tap_point (part.type == WEB_SOCKET_BINARY_FRAGMENT_BUFFER_TYPE &&
             part.buffers[0].Data.pbBuffer == room && part.buffers[0].Data.ulBufferLength == 4 &&
             memcmp (room, "abcd", 4) == 0,
             "/win32/websocket/receive/WIN-R-18-chunk-lies-in-the-memory-given");
  complete (server, &part, 0);
  WebSocketReceive (server, NULL, NULL);
  rest = read_in (server, &wire, &answers);
  tap_point (rest.type == WEB_SOCKET_BINARY_MESSAGE_BUFFER_TYPE &&
             rest.buffers[0].Data.ulBufferLength == 2 &&
             memcmp (rest.buffers[0].Data.pbBuffer, "ef", 2) == 0,
             "/win32/websocket/receive/WIN-R-18-rest-comes-with-the-next-receive");

  buffer.Data.ulBufferLength = 1;
  tap_point (WebSocketReceive (server, &buffer, NULL) == E_INVALIDARG,
             "/win32/websocket/receive/length-without-memory-refused");
  delete_pair (client, server);
}

/* Send */

static HRESULT
close_with (WEB_SOCKET_HANDLE handle,
            USHORT            code,
            PBYTE             reason,
            ULONG             length)
{
  WEB_SOCKET_BUFFER buffer;

  buffer.CloseStatus.pbReason = reason;
  buffer.CloseStatus.ulReasonLength = length;
  buffer.CloseStatus.usStatus = code;
  return WebSocketSend (handle, WEB_SOCKET_CLOSE_BUFFER_TYPE, &buffer, NULL);
}

static int first, second;

static void
test_contexts (void)
{
  WEB_SOCKET_HANDLE client, server;
  WEB_SOCKET_ACTION_QUEUE queue = WEB_SOCKET_SEND_ACTION_QUEUE;
  Step sent, told, idle;

  open_pair (&client, &server);
  send_bytes (server, WEB_SOCKET_BINARY_MESSAGE_BUFFER_TYPE, "abc", 3, &first);
  sent = next_step (server, queue);
  complete (server, &sent, length_of (&sent));
  told = next_step (server, queue);
  complete (server, &told, 0);
  idle = next_step (server, queue);
  tap_point (sent.application == &first && told.application == &first &&
             told.action == WEB_SOCKET_INDICATE_SEND_COMPLETE_ACTION,
             "/win32/websocket/contexts/WIN-Q-06-send-context-comes-with-each-action");
  tap_point (idle.action == WEB_SOCKET_NO_ACTION && idle.application == NULL,
             "/win32/websocket/contexts/WIN-Q-06-no-action-has-none");
  tap_point (sent.context != NULL && told.context != NULL && sent.context != told.context,
             "/win32/websocket/contexts/actions-differ");
  delete_pair (client, server);
}

static void
test_receive_contexts (void)
{
  WEB_SOCKET_HANDLE client, server;
  Step read, pong, told;

  clear_wires ();
  open_pair (&client, &server);
  WebSocketSend (client, WEB_SOCKET_PING_PONG_BUFFER_TYPE, NULL, NULL);
  send_bytes (client, WEB_SOCKET_BINARY_MESSAGE_BUFFER_TYPE, "abc", 3, NULL);
  write_out (client, &wire);

  WebSocketReceive (server, NULL, &second);
  read = next_step (server, WEB_SOCKET_RECEIVE_ACTION_QUEUE);
  memcpy (read.buffers[0].Data.pbBuffer, wire.bytes, wire.length);
  complete (server, &read, wire.length);
  pong = next_step (server, WEB_SOCKET_RECEIVE_ACTION_QUEUE);
  complete (server, &pong, length_of (&pong));
  told = next_step (server, WEB_SOCKET_RECEIVE_ACTION_QUEUE);
  tap_point (read.application == &second && told.application == &second &&
             told.action == WEB_SOCKET_INDICATE_RECEIVE_COMPLETE_ACTION,
             "/win32/websocket/contexts/WIN-Q-06-receive-context-comes-with-each-action");
  tap_point (pong.action == WEB_SOCKET_SEND_TO_NETWORK_ACTION &&
             pong.type == WEB_SOCKET_PING_PONG_BUFFER_TYPE && pong.application == NULL,
             "/win32/websocket/contexts/WIN-Q-06-automatic-pong-has-none");
  delete_pair (client, server);
}

#define MARK 0x5555

/* NO_ACTION: it has written to usStatus, which is behind all fields of Data. */
static WEB_SOCKET_ACTION
take_marked (WEB_SOCKET_HANDLE       handle,
             WEB_SOCKET_ACTION_QUEUE queue)
{
  Step step = { .n_buffers = 2 };

  step.buffers[0].CloseStatus.usStatus = MARK;
  WebSocketGetAction (handle, queue, step.buffers, &step.n_buffers, &step.action, &step.type,
                      &step.application, &step.context);

  bool is_marked = step.buffers[0].CloseStatus.usStatus == MARK;

  complete (handle, &step, length_of (&step));
  return is_marked ? step.action : WEB_SOCKET_NO_ACTION;
}

static void
test_close_status_alone (void)
{
  WEB_SOCKET_ACTION_QUEUE sends = WEB_SOCKET_SEND_ACTION_QUEUE;
  WEB_SOCKET_ACTION_QUEUE receives = WEB_SOCKET_RECEIVE_ACTION_QUEUE;
  WEB_SOCKET_HANDLE client, server;
  Step read;

  clear_wires ();
  open_pair (&client, &server);
  send_bytes (client, WEB_SOCKET_BINARY_MESSAGE_BUFFER_TYPE, "abc", 3, NULL);
  write_out (client, &wire);
  WebSocketReceive (server, NULL, NULL);
  read = next_step (server, receives);
  memcpy (read.buffers[0].Data.pbBuffer, wire.bytes, wire.length);
  complete (server, &read, wire.length);
  tap_point (take_marked (server, receives) == WEB_SOCKET_INDICATE_RECEIVE_COMPLETE_ACTION,
             "/win32/websocket/close-status/not-written-for-a-message");

  close_with (server, 1000, NULL, 0);
  tap_point (take_marked (server, sends) == WEB_SOCKET_SEND_TO_NETWORK_ACTION &&
             take_marked (server, sends) == WEB_SOCKET_INDICATE_SEND_COMPLETE_ACTION,
             "/win32/websocket/close-status/not-written-for-a-close-that-is-sent");
  delete_pair (client, server);
}

static void
test_context_pointer_may_be_null (void)
{
  WEB_SOCKET_HANDLE client, server;
  WEB_SOCKET_BUFFER buffers[2];
  WEB_SOCKET_BUFFER_TYPE type;
  WEB_SOCKET_ACTION action;
  PVOID context;
  ULONG n = 2;
  HRESULT result;

  open_pair (&client, &server);
  send_bytes (server, WEB_SOCKET_BINARY_MESSAGE_BUFFER_TYPE, "abc", 3, &first);
  result = WebSocketGetAction (server, WEB_SOCKET_ALL_ACTION_QUEUE, buffers, &n, &action, &type,
                               NULL, &context);
  tap_point (result == S_OK && action == WEB_SOCKET_SEND_TO_NETWORK_ACTION && n == 2,
             "/win32/websocket/contexts/WIN-Q-06-out-pointer-may-be-null");
  delete_pair (client, server);
}

static void
test_empty_messages (void)
{
  WEB_SOCKET_HANDLE client, server;
  BYTE byte = 0;

  clear_wires ();
  open_pair (&client, &server);
  tap_point (send_bytes (server, WEB_SOCKET_BINARY_MESSAGE_BUFFER_TYPE, NULL, 0, NULL) == S_OK &&
             send_bytes (server, WEB_SOCKET_UTF8_MESSAGE_BUFFER_TYPE, &byte, 0, NULL) == S_OK &&
             WebSocketSend (server, WEB_SOCKET_UTF8_MESSAGE_BUFFER_TYPE, NULL, NULL) == S_OK &&
             write_out (server, &wire) && is_wire ("\x82\0\x81\0\x81\0", 6),
             "/win32/websocket/send/WIN-S-10-empty-data-needs-no-memory");
  tap_point (send_bytes (server, WEB_SOCKET_BINARY_MESSAGE_BUFFER_TYPE, NULL, 1, NULL) == refused &&
             send_bytes (server, WEB_SOCKET_UTF8_FRAGMENT_BUFFER_TYPE, NULL, 5, NULL) == refused &&
             send_bytes (client, WEB_SOCKET_UTF8_MESSAGE_BUFFER_TYPE, NULL, 1, NULL) == refused &&
             close_with (client, 1000, NULL, 1) == refused,
             "/win32/websocket/send/WIN-S-10-length-without-memory-refused");
  delete_pair (client, server);
}

static void
test_unknown_types (void)
{
  static const uint32_t types[] = {
    0x80000007, 0x80000100, 0xffffffff, 0x7fffffff, 0x200, 0x10184,
  };

  for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
    {
      WEB_SOCKET_HANDLE client, server;

      clear_wires ();
      open_pair (&client, &server);
      tap_point (send_bytes (server, (WEB_SOCKET_BUFFER_TYPE) types[i], "abc", 3, NULL)
                 == refused &&
                 write_out (server, &wire) && wire.length == 0,
                 "/win32/websocket/send/WIN-S-11-type-0x%x-refused", types[i]);
      delete_pair (client, server);
    }
}

static void
test_pings (void)
{
  WEB_SOCKET_HANDLE client, server;
  WEB_SOCKET_BUFFER_TYPE pong = WEB_SOCKET_UNSOLICITED_PONG_BUFFER_TYPE;
  BYTE byte = 'a';

  clear_wires ();
  open_pair (&client, &server);
  tap_point (WebSocketSend (server, WEB_SOCKET_PING_PONG_BUFFER_TYPE, NULL, NULL) == S_OK &&
             WebSocketSend (server, pong, NULL, NULL) == S_OK &&
             write_out (server, &wire) && is_wire ("\x89\0\x8a\0", 4),
             "/win32/websocket/send/WIN-S-12-ping-and-pong-are-empty");
  tap_point (send_bytes (server, WEB_SOCKET_PING_PONG_BUFFER_TYPE, &byte, 1, NULL) == refused &&
             send_bytes (server, pong, &byte, 1, NULL) == refused,
             "/win32/websocket/send/WIN-S-12-payload-refused");
  tap_point (send_bytes (server, WEB_SOCKET_PING_PONG_BUFFER_TYPE, &byte, 0, NULL) == refused &&
             send_bytes (server, pong, NULL, 0, NULL) == refused &&
             write_out (server, &wire) && wire.length == 4,
             "/win32/websocket/send/WIN-S-12-empty-buffer-refused");
  delete_pair (client, server);
}

/* Close */

static void
test_reasons (void)
{
  WEB_SOCKET_HANDLE client, server;
  BYTE reason[124];

  memset (reason, 'r', sizeof reason);
  clear_wires ();
  open_pair (&client, &server);
  tap_point (close_with (server, 1000, reason, 124) == E_INVALIDARG,
             "/win32/websocket/close/WIN-X-04-reason-of-124-refused");
  tap_point (close_with (server, 1000, reason, 123) == S_OK && write_out (server, &wire) &&
             wire.length == 127 && memcmp (wire.bytes, "\x88\x7d\x03\xe8rrr", 7) == 0,
             "/win32/websocket/close/WIN-X-04-reason-of-123");
  clear_wires ();
  tap_point (close_with (client, 1000, reason, 0) == S_OK && write_out (client, &wire) &&
             wire.length == 8,
             "/win32/websocket/close/WIN-X-04-no-reason-with-a-pointer");
  delete_pair (client, server);

  clear_wires ();
  open_pair (&client, &server);
  tap_point (close_with (server, 1001, NULL, 0) == S_OK && write_out (server, &wire) &&
             is_wire ("\x88\x02\x03\xe9", 4),
             "/win32/websocket/close/WIN-X-04-no-reason-without-a-pointer");
  delete_pair (client, server);
}

static Step
close_seen_by_server (WEB_SOCKET_HANDLE client,
                      WEB_SOCKET_HANDLE server)
{
  clear_wires ();
  write_out (client, &wire);
  WebSocketReceive (server, NULL, NULL);
  return read_in (server, &wire, &answers);
}

static void
test_close_indications (void)
{
  static const struct
  {
    const char *name;
    USHORT sent, code;
    const char *reason;
  } cases[] = {
    { "code-without-reason-has-a-pointer", 1000, 1000, "" },
    { "code-and-reason", 1001, 1001, "going home" },
    { "empty-close-is-1005-with-a-pointer", 1005, 1005, "" },
  };

  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
    {
      WEB_SOCKET_HANDLE client, server;
      ULONG length = (ULONG) strlen (cases[i].reason);
      HRESULT result;
      Step told;

      open_pair (&client, &server);
      if (cases[i].sent == WEB_SOCKET_EMPTY_CLOSE_STATUS)
        result = WebSocketSend (client, WEB_SOCKET_CLOSE_BUFFER_TYPE, NULL, NULL);
      else
        result = close_with (client, cases[i].sent, (PBYTE) cases[i].reason, length);
      told = close_seen_by_server (client, server);
      tap_point (result == S_OK && told.action == WEB_SOCKET_INDICATE_RECEIVE_COMPLETE_ACTION &&
                 told.type == WEB_SOCKET_CLOSE_BUFFER_TYPE && told.n_buffers == 1 &&
                 told.buffers[0].CloseStatus.pbReason != NULL &&
                 told.buffers[0].CloseStatus.ulReasonLength == length &&
                 memcmp (told.buffers[0].CloseStatus.pbReason, cases[i].reason, length) == 0 &&
                 told.buffers[0].CloseStatus.usStatus == cases[i].code,
                 "/win32/websocket/close/WIN-X-08-%s", cases[i].name);
      delete_pair (client, server);
    }
}

/* Get and complete */

static void
test_failed_action (void)
{
  WEB_SOCKET_HANDLE client, server;
  WEB_SOCKET_ACTION_QUEUE queue = WEB_SOCKET_ALL_ACTION_QUEUE;
  Step failed, told, idle;

  clear_wires ();
  open_pair (&client, &server);
  WebSocketReceive (server, NULL, &first);
  memcpy (wire.bytes, "\x81\x81\0\0\0\0\xff", 7);
  wire.length = 7;
  failed = read_in (server, &wire, &answers);
  tap_point (failed.result == E_INVALID_PROTOCOL_FORMAT && failed.action == WEB_SOCKET_NO_ACTION &&
             failed.n_buffers == 0 && failed.application == NULL && failed.context == NULL &&
             failed.type == 0,
             "/win32/websocket/get-action/failure-says-no-action");
  complete (server, &failed, 7);
  told = next_step (server, queue);
  complete (server, &told, 0);
  idle = next_step (server, queue);
  tap_point (told.result == S_OK && told.action == WEB_SOCKET_INDICATE_RECEIVE_COMPLETE_ACTION &&
             told.application == &first && told.type == 0 && told.n_buffers == 1 &&
             told.buffers[0].Data.ulBufferLength == 0 && idle.action == WEB_SOCKET_NO_ACTION,
             "/win32/websocket/get-action/failure-is-said-once-then-both-queues-drain");
  tap_point (WebSocketReceive (server, NULL, NULL) == E_INVALID_PROTOCOL_FORMAT &&
             WebSocketSend (server, WEB_SOCKET_PING_PONG_BUFFER_TYPE, NULL, NULL)
             == E_INVALID_PROTOCOL_FORMAT,
             "/win32/websocket/get-action/failure-is-what-later-calls-say");
  delete_pair (client, server);
}

static void
test_missing_pointers (void)
{
  WEB_SOCKET_HANDLE client, server;
  WEB_SOCKET_ACTION_QUEUE queue = WEB_SOCKET_ALL_ACTION_QUEUE;
  WEB_SOCKET_ACTION_QUEUE none = (WEB_SOCKET_ACTION_QUEUE) 0, third = (WEB_SOCKET_ACTION_QUEUE) 4;
  WEB_SOCKET_BUFFER data[2];
  WEB_SOCKET_BUFFER_TYPE type;
  WEB_SOCKET_ACTION action = WEB_SOCKET_RECEIVE_FROM_NETWORK_ACTION;
  PVOID held = &first;
  const HRESULT bad = E_INVALIDARG;
  ULONG n = 2;

  open_pair (&client, &server);
  tap_point (WebSocketGetAction (NULL, queue, data, &n, &action, &type, NULL, &held) == bad &&
             WebSocketGetAction (server, queue, NULL, &n, &action, &type, NULL, &held) == bad &&
             WebSocketGetAction (server, queue, data, NULL, &action, &type, NULL, &held) == bad &&
             WebSocketGetAction (server, queue, data, &n, NULL, &type, NULL, &held) == bad &&
             WebSocketGetAction (server, queue, data, &n, &action, NULL, NULL, &held) == bad &&
             WebSocketGetAction (server, queue, data, &n, &action, &type, NULL, NULL) == bad,
             "/win32/websocket/get-action/missing-pointers-refused");
  tap_point (WebSocketGetAction (server, none, data, &n, &action, &type, NULL, &held) == bad &&
             WebSocketGetAction (server, third, data, &n, &action, &type, NULL, &held) == bad &&
             n == 2 && held == &first,
             "/win32/websocket/get-action/unknown-queues-refused");

  WebSocketReceive (server, NULL, NULL);
  n = 0;
  tap_point (WebSocketGetAction (server, queue, data, &n, &action, &type, NULL, &held) == bad &&
             action == WEB_SOCKET_NO_ACTION && n == 0 && held == NULL &&
             next_step (server, queue).action == WEB_SOCKET_RECEIVE_FROM_NETWORK_ACTION,
             "/win32/websocket/get-action/no-room-refused-and-nothing-lost");

  WebSocketAbortHandle (NULL);
  WebSocketDeleteHandle (NULL);
  WebSocketCompleteAction (NULL, &first, 1);
  tap_point (WebSocketSend (NULL, WEB_SOCKET_PING_PONG_BUFFER_TYPE, NULL, NULL) == E_INVALIDARG &&
             WebSocketReceive (NULL, NULL, NULL) == E_INVALIDARG,
             "/win32/websocket/send/no-handle-refused");
  delete_pair (client, server);
}

/* Values that look like contexts: of the other queue, of an earlier action, nearly this one's. */
static void
test_foreign_contexts (void)
{
  WEB_SOCKET_HANDLE client, server;
  Step sent, read;

  clear_wires ();
  open_pair (&client, &server);
  send_bytes (server, WEB_SOCKET_BINARY_MESSAGE_BUFFER_TYPE, "abc", 3, NULL);
  WebSocketReceive (server, NULL, NULL);
  sent = next_step (server, WEB_SOCKET_SEND_ACTION_QUEUE);
  read = next_step (server, WEB_SOCKET_RECEIVE_ACTION_QUEUE);
  WebSocketCompleteAction (server, NULL, 5);
  WebSocketCompleteAction (server, &first, 5);
  WebSocketCompleteAction (server, (PBYTE) sent.context + 4, 5);
  WebSocketCompleteAction (server, (PBYTE) sent.context - 1, 5);
  WebSocketCompleteAction (server, (PBYTE) read.context + 1, 5);
  tap_point (sent.context != read.context &&
             next_step (server, WEB_SOCKET_ALL_ACTION_QUEUE).action == WEB_SOCKET_NO_ACTION,
             "/win32/websocket/complete-action/foreign-contexts-change-nothing");

  complete (server, &sent, length_of (&sent));
  complete (server, &sent, 0);
  sent = next_step (server, WEB_SOCKET_SEND_ACTION_QUEUE);
  tap_point (sent.action == WEB_SOCKET_INDICATE_SEND_COMPLETE_ACTION,
             "/win32/websocket/complete-action/second-completion-changes-nothing");
  delete_pair (client, server);
}

/* Extension frames: FIN 0x100, RSV1 0x80, opcode << 1. */
static void
test_raw_frames (void)
{
  WEB_SOCKET_HANDLE client = NULL, server = NULL;
  Agreement agreement = { NULL, "x-one" };
  bool is_open = create_pair (&client, &server) &&
                 do_handshake (client, server, &agreement);
  WEB_SOCKET_BUFFER_TYPE type = (WEB_SOCKET_BUFFER_TYPE) 0x184;
  HRESULT result;
  Step told;

  clear_wires ();
  result = send_bytes (client, type, "abc", 3, NULL);
  write_out (client, &wire);
  tap_point (is_open && result == S_OK && wire.length == 9 && wire.bytes[0] == 0xc2 &&
             wire.bytes[1] == 0x83,
             "/win32/websocket/raw/header-goes-on-the-wire");
  WebSocketReceive (server, NULL, NULL);
  told = read_in (server, &wire, &answers);
  tap_point (told.action == WEB_SOCKET_INDICATE_RECEIVE_COMPLETE_ACTION && told.type == type &&
             told.buffers[0].Data.ulBufferLength == 3 &&
             memcmp (told.buffers[0].Data.pbBuffer, "abc", 3) == 0,
             "/win32/websocket/raw/received-header-is-the-buffer-type");
  tap_point (send_bytes (client, (WEB_SOCKET_BUFFER_TYPE) 0x185, "abc", 3, NULL) == E_INVALIDARG,
             "/win32/websocket/raw/mask-bit-refused");
  delete_pair (client, server);
}

/* Delete whatever is under way: the sanitizers see what is lost. */

static void
test_delete_with_work (void)
{
  WEB_SOCKET_HANDLE client, server;
  BYTE room[16];
  WEB_SOCKET_BUFFER buffer;

  clear_wires ();
  open_pair (&client, &server);
  buffer.Data.pbBuffer = room;
  buffer.Data.ulBufferLength = sizeof room;
  for (int i = 0; i < 20; i++)
    {
      WebSocketSend (client, WEB_SOCKET_PING_PONG_BUFFER_TYPE, NULL, NULL);
      send_bytes (server, WEB_SOCKET_BINARY_MESSAGE_BUFFER_TYPE, "abc", 3, NULL);
      WebSocketReceive (server, i % 2 == 0 ? &buffer : NULL, NULL);
    }
  write_out (client, &wire);
  WebSocketReceive (client, NULL, NULL);
  next_step (client, WEB_SOCKET_RECEIVE_ACTION_QUEUE);
  next_step (server, WEB_SOCKET_SEND_ACTION_QUEUE);
  read_in (server, &wire, &answers);
  WebSocketDeleteHandle (client);
  WebSocketDeleteHandle (server);
  tap_point (true, "/win32/websocket/delete/work-outstanding-is-dropped");

  open_pair (&client, &server);
  WebSocketReceive (server, NULL, NULL);
  memcpy (wire.bytes, "\xff\xff\xff\xff", 4);
  wire.length = 4;
  read_in (server, &wire, &answers);
  delete_pair (client, server);
  tap_point (true, "/win32/websocket/delete/after-a-fault");
}

/* A header and this payload are more bytes than WebSocketCompleteAction () can be told.  No byte of
 * the payload is read. */
static void
test_longest_message (void)
{
  WEB_SOCKET_HANDLE client, server;
  BYTE byte = 0;
  Step step;

  open_pair (&client, &server);
  send_bytes (server, WEB_SOCKET_BINARY_MESSAGE_BUFFER_TYPE, &byte, 0xffffffff, &first);
  step = next_step (server, WEB_SOCKET_SEND_ACTION_QUEUE);
  while (step.action == WEB_SOCKET_SEND_TO_NETWORK_ACTION)
    {
      complete (server, &step, length_of (&step));
      step = next_step (server, WEB_SOCKET_SEND_ACTION_QUEUE);
    }
  tap_point (step.action == WEB_SOCKET_INDICATE_SEND_COMPLETE_ACTION &&
             step.type == WEB_SOCKET_BINARY_MESSAGE_BUFFER_TYPE,
             "/win32/websocket/send/WIN-S-05-message-of-4294967295-bytes-is-sent");
  delete_pair (client, server);
}

/* Q-13's recipe, and the one of .NET. */
static void
test_abort_drains (void)
{
  WEB_SOCKET_HANDLE client, server;
  Step held, step;
  int n = 0;

  open_pair (&client, &server);
  for (int i = 0; i < 3; i++)
    {
      send_bytes (server, WEB_SOCKET_BINARY_MESSAGE_BUFFER_TYPE, "abc", 3, &first);
      WebSocketReceive (server, NULL, &second);
    }
  held = next_step (server, WEB_SOCKET_SEND_ACTION_QUEUE);
  WebSocketAbortHandle (server);
  step = next_step (server, WEB_SOCKET_ALL_ACTION_QUEUE);
  while (step.action != WEB_SOCKET_NO_ACTION)
    {
      n += step.application == &first ? 1 : 10;
      complete (server, &step, 0);
      step = next_step (server, WEB_SOCKET_ALL_ACTION_QUEUE);
    }
  complete (server, &held, 5);
  tap_point (n == 33, "/win32/websocket/abort/each-operation-is-indicated-once");
  delete_pair (client, server);
}

int
main (void)
{
  test_before_handshake ();
  test_inside_handshake ();
  test_own_receive_buffer ();
  test_contexts ();
  test_receive_contexts ();
  test_close_status_alone ();
  test_context_pointer_may_be_null ();
  test_empty_messages ();
  test_unknown_types ();
  test_pings ();
  test_reasons ();
  test_close_indications ();
  test_failed_action ();
  test_missing_pointers ();
  test_foreign_contexts ();
  test_raw_frames ();
  test_delete_with_work ();
  test_longest_message ();
  test_abort_drains ();
  return tap_end ();
}
