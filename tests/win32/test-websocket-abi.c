/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Names, values and layouts: what a program written against Microsoft's websocket.h relies on. */

#include <string.h>
#include <websocket.h>

#include "lib/tap.h"
#include "win32/session-pair.h"
#include "win32/websocket-layout.h"

static const struct
{
  const char *name;
  uint32_t value, expected;
} values[] = {
  { "A-01-no-action-is-0", WEB_SOCKET_NO_ACTION, 0 },
  { "A-01-send-to-network-is-1", WEB_SOCKET_SEND_TO_NETWORK_ACTION, 1 },
  { "A-01-indicate-send-complete-is-2", WEB_SOCKET_INDICATE_SEND_COMPLETE_ACTION, 2 },
  { "A-01-receive-from-network-is-3", WEB_SOCKET_RECEIVE_FROM_NETWORK_ACTION, 3 },
  { "A-01-indicate-receive-complete-is-4", WEB_SOCKET_INDICATE_RECEIVE_COMPLETE_ACTION, 4 },
  { "A-01-send-queue-is-1", WEB_SOCKET_SEND_ACTION_QUEUE, 1 },
  { "A-01-receive-queue-is-2", WEB_SOCKET_RECEIVE_ACTION_QUEUE, 2 },
  { "A-01-all-is-both-queues", WEB_SOCKET_ALL_ACTION_QUEUE, 3 },
  { "A-01-text-message", WEB_SOCKET_UTF8_MESSAGE_BUFFER_TYPE, 0x80000000 },
  { "A-01-text-fragment", WEB_SOCKET_UTF8_FRAGMENT_BUFFER_TYPE, 0x80000001 },
  { "A-01-binary-message", WEB_SOCKET_BINARY_MESSAGE_BUFFER_TYPE, 0x80000002 },
  { "A-01-binary-fragment", WEB_SOCKET_BINARY_FRAGMENT_BUFFER_TYPE, 0x80000003 },
  { "A-01-close", WEB_SOCKET_CLOSE_BUFFER_TYPE, 0x80000004 },
  { "A-01-ping-pong", WEB_SOCKET_PING_PONG_BUFFER_TYPE, 0x80000005 },
  { "A-01-unsolicited-pong", WEB_SOCKET_UNSOLICITED_PONG_BUFFER_TYPE, 0x80000006 },
  { "A-01-receive-buffer-size-is-0", WEB_SOCKET_RECEIVE_BUFFER_SIZE_PROPERTY_TYPE, 0 },
  { "A-01-send-buffer-size-is-1", WEB_SOCKET_SEND_BUFFER_SIZE_PROPERTY_TYPE, 1 },
  { "A-01-disable-masking-is-2", WEB_SOCKET_DISABLE_MASKING_PROPERTY_TYPE, 2 },
  { "A-01-allocated-buffer-is-3", WEB_SOCKET_ALLOCATED_BUFFER_PROPERTY_TYPE, 3 },
  { "A-01-disable-utf8-verification-is-4", WEB_SOCKET_DISABLE_UTF8_VERIFICATION_PROPERTY_TYPE, 4 },
  { "A-01-keepalive-interval-is-5", WEB_SOCKET_KEEPALIVE_INTERVAL_PROPERTY_TYPE, 5 },
  { "A-01-supported-versions-is-6", WEB_SOCKET_SUPPORTED_VERSIONS_PROPERTY_TYPE, 6 },
  { "A-01-success-is-1000", WEB_SOCKET_SUCCESS_CLOSE_STATUS, 1000 },
  { "A-01-endpoint-unavailable-is-1001", WEB_SOCKET_ENDPOINT_UNAVAILABLE_CLOSE_STATUS, 1001 },
  { "A-01-protocol-error-is-1002", WEB_SOCKET_PROTOCOL_ERROR_CLOSE_STATUS, 1002 },
  { "A-01-invalid-data-type-is-1003", WEB_SOCKET_INVALID_DATA_TYPE_CLOSE_STATUS, 1003 },
  { "A-01-empty-is-1005", WEB_SOCKET_EMPTY_CLOSE_STATUS, 1005 },
  { "A-01-aborted-is-1006", WEB_SOCKET_ABORTED_CLOSE_STATUS, 1006 },
  { "A-01-invalid-payload-is-1007", WEB_SOCKET_INVALID_PAYLOAD_CLOSE_STATUS, 1007 },
  { "A-01-policy-violation-is-1008", WEB_SOCKET_POLICY_VIOLATION_CLOSE_STATUS, 1008 },
  { "A-01-message-too-big-is-1009", WEB_SOCKET_MESSAGE_TOO_BIG_CLOSE_STATUS, 1009 },
  { "A-01-unsupported-extensions-is-1010", WEB_SOCKET_UNSUPPORTED_EXTENSIONS_CLOSE_STATUS, 1010 },
  { "A-01-server-error-is-1011", WEB_SOCKET_SERVER_ERROR_CLOSE_STATUS, 1011 },
  { "A-01-secure-handshake-error-is-1015", WEB_SOCKET_SECURE_HANDSHAKE_ERROR_CLOSE_STATUS, 1015 },
  { "A-01-longest-reason-is-123", WEB_SOCKET_MAX_CLOSE_REASON_LENGTH, 123 },
  { "A-02-operation", (uint32_t) E_INVALID_PROTOCOL_OPERATION, 0x83760001 },
  { "A-02-format", (uint32_t) E_INVALID_PROTOCOL_FORMAT, 0x83760002 },
  { "A-02-extensions", (uint32_t) E_PROTOCOL_EXTENSIONS_NOT_SUPPORTED, 0x83760003 },
  { "A-02-subprotocol", (uint32_t) E_SUBPROTOCOL_NOT_SUPPORTED, 0x83760004 },
  { "A-02-version", (uint32_t) E_PROTOCOL_VERSION_NOT_SUPPORTED, 0x83760005 },
  { "A-02-invalid-argument", (uint32_t) E_INVALIDARG, 0x80070057 },
  { "A-02-out-of-memory", (uint32_t) E_OUTOFMEMORY, 0x8007000e },
};

static void
test_values (void)
{
  for (size_t i = 0; i < sizeof values / sizeof values[0]; i++)
    tap_point (values[i].value == values[i].expected,
               "/win32/websocket/values/WIN-%s", values[i].name);

  tap_point (FAILED (E_INVALID_PROTOCOL_FORMAT) && SUCCEEDED (S_OK),
             "/win32/websocket/values/WIN-A-02-errors-are-below-zero");
}

/* The compiler has checked websocket-layout.h: this only adds the point. */
static void
test_signatures (void)
{
  tap_point (true, "/win32/websocket/signatures/WIN-A-03-complete-abort-and-delete-return-nothing");
}

static void
test_close_status_lies_over_data (void)
{
  BYTE reason[] = "bye";
  WEB_SOCKET_BUFFER buffer;

  memset (&buffer, 0, sizeof buffer);
  buffer.CloseStatus.pbReason = reason;
  buffer.CloseStatus.ulReasonLength = 3;
  buffer.CloseStatus.usStatus = 1000;
  tap_point (buffer.Data.pbBuffer == reason && buffer.Data.ulBufferLength == 3,
             "/win32/websocket/layout/WIN-A-04-reason-and-data-share-their-place");
}

/* Only CLOSE reads the status: the same memory sent as data is data. */
static void
test_only_close_uses_close_status (void)
{
  static Wire wire;
  WEB_SOCKET_HANDLE client, server;
  WEB_SOCKET_BUFFER buffer;
  BYTE reason[] = "bye";
  bool is_open = open_pair (&client, &server);

  memset (&buffer, 0, sizeof buffer);
  buffer.CloseStatus.pbReason = reason;
  buffer.CloseStatus.ulReasonLength = 3;
  buffer.CloseStatus.usStatus = 1001;
  wire.length = 0;
  tap_point (is_open &&
             WebSocketSend (server, WEB_SOCKET_BINARY_MESSAGE_BUFFER_TYPE, &buffer, NULL) == S_OK &&
             WebSocketSend (server, WEB_SOCKET_CLOSE_BUFFER_TYPE, &buffer, NULL) == S_OK &&
             write_out (server, &wire) && wire.length == 12 &&
             memcmp (wire.bytes, "\x82\x03" "bye\x88\x05\x03\xe9" "bye", 12) == 0,
             "/win32/websocket/layout/WIN-A-04-only-close-reads-the-status");
  WebSocketDeleteHandle (client);
  WebSocketDeleteHandle (server);
}

/* Bytes that would change the value follow every field. */
static void
test_headers_without_nul (void)
{
  WEB_SOCKET_HANDLE client, server;
  WEB_SOCKET_HTTP_HEADER request[8];
  PWEB_SOCKET_HTTP_HEADER response;
  Agreement nothing = { NULL, NULL };
  CHAR copies[8][2][64];
  ULONG n_request = 0, n_response = 0;
  bool is_begun = create_pair (&client, &server) &&
                  begin_client (client, &nothing, request, &n_request) == S_OK;

  memset (copies, 'X', sizeof copies);
  for (ULONG i = 0; i < n_request; i++)
    {
      memcpy (copies[i][0], request[i].pcName, request[i].ulNameLength);
      memcpy (copies[i][1], request[i].pcValue, request[i].ulValueLength);
      request[i].pcName = copies[i][0];
      request[i].pcValue = copies[i][1];
    }

  tap_point (is_begun &&
             begin_server (server, &nothing, request, n_request, &response, &n_response) == S_OK &&
             SUCCEEDED (WebSocketEndClientHandshake (client, response, n_response,
                                                     NULL, NULL, NULL)),
             "/win32/websocket/headers/WIN-A-05-lengths-rule-not-the-terminator");
  WebSocketDeleteHandle (client);
  WebSocketDeleteHandle (server);
}

int
main (void)
{
  test_values ();
  test_signatures ();
  test_close_status_lies_over_data ();
  test_only_close_uses_close_status ();
  test_headers_without_nul ();
  return tap_end ();
}
