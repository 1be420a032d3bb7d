/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Properties of sessions and of the process. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <websocket.h>

#include "lib/tap.h"
#include "win32/session-pair.h"

#define RECEIVE_SIZE WEB_SOCKET_RECEIVE_BUFFER_SIZE_PROPERTY_TYPE
#define SEND_SIZE WEB_SOCKET_SEND_BUFFER_SIZE_PROPERTY_TYPE
#define LARGEST 0xffffffff

static WEB_SOCKET_PROPERTY
property (WEB_SOCKET_PROPERTY_TYPE type,
          PVOID                    value,
          ULONG                    size)
{
  WEB_SOCKET_PROPERTY made = { type, value, size };

  return made;
}

/* The properties must be gone before the handle is used: Create copies them. */
static HRESULT
try_size (Side                     side,
          WEB_SOCKET_PROPERTY_TYPE type,
          ULONG                    size)
{
  WEB_SOCKET_HANDLE handle = NULL;
  WEB_SOCKET_PROPERTY given = property (type, &size, sizeof size);
  HRESULT result = create (side, &given, 1, &handle);

  if (FAILED (result) != (handle == NULL))
    return S_OK + 1;

  WebSocketDeleteHandle (handle);
  return result;
}

static void
test_defaults (void)
{
  WEB_SOCKET_HANDLE client = NULL, server = NULL;
  WEB_SOCKET_HANDLE handles[2];

  tap_point (create (CLIENT, NULL, 0, &client) == S_OK && client != NULL,
             "/win32/websocket/create/WIN-H-01-client-without-properties");
  tap_point (create (SERVER, NULL, 0, &server) == S_OK && server != NULL,
             "/win32/websocket/create/WIN-H-01-server-without-properties");
  WebSocketDeleteHandle (client);
  WebSocketDeleteHandle (server);

  open_pair (&handles[0], &handles[1]);
  for (int i = 0; i < 2; i++)
    {
      HRESULT result = WebSocketReceive (handles[i], NULL, NULL);
      Step step = next_step (handles[i], WEB_SOCKET_RECEIVE_ACTION_QUEUE);

      tap_point (result == S_OK && step.action == WEB_SOCKET_RECEIVE_FROM_NETWORK_ACTION &&
                 step.n_buffers == 1 && step.buffers[0].Data.ulBufferLength == 4096,
                 "/win32/websocket/create/WIN-H-02-%s-reads-at-most-4096",
                 i == 0 ? "client" : "server");
      WebSocketDeleteHandle (handles[i]);
    }
}

static const struct
{
  const char *name;
  Side side;
  WEB_SOCKET_PROPERTY_TYPE type;
  ULONG size;
  HRESULT result;
} size_cases[] = {
  { "WIN-H-03-client-receive-255-refused", CLIENT, RECEIVE_SIZE, 255, E_INVALIDARG },
  { "WIN-H-03-client-receive-256", CLIENT, RECEIVE_SIZE, 256, S_OK },
  { "WIN-H-03-server-receive-255-refused", SERVER, RECEIVE_SIZE, 255, E_INVALIDARG },
  { "WIN-H-03-server-receive-256", SERVER, RECEIVE_SIZE, 256, S_OK },
  { "WIN-H-03-receive-0-refused", SERVER, RECEIVE_SIZE, 0, E_INVALIDARG },
  { "WIN-H-04-server-send-16", SERVER, SEND_SIZE, 16, S_OK },
  { "WIN-H-04-server-send-15-refused", SERVER, SEND_SIZE, 15, E_INVALIDARG },
  { "WIN-H-04-client-send-16", CLIENT, SEND_SIZE, 16, S_OK },
  { "WIN-H-04-client-send-15-refused", CLIENT, SEND_SIZE, 15, E_INVALIDARG },
  { "WIN-H-04-client-send-0-refused", CLIENT, SEND_SIZE, 0, E_INVALIDARG },
};

static void
test_sizes (void)
{
  for (size_t i = 0; i < sizeof size_cases / sizeof size_cases[0]; i++)
    tap_point (try_size (size_cases[i].side, size_cases[i].type, size_cases[i].size)
               == size_cases[i].result,
               "/win32/websocket/sizes/%s", size_cases[i].name);
}

static const struct
{
  const char *name;
  ULONG receive_size, send_size;
} largest_cases[] = {
  { "WIN-H-03-largest-receive-size", LARGEST, 4096 },
  { "WIN-H-04-largest-send-size", 4096, LARGEST },
  { "WIN-H-03-WIN-H-04-largest-sizes", LARGEST, LARGEST },
};

/* A process of 64 bits may get that memory, and MALLOC_PERTURB_ fills it. */
static void
test_largest_sizes (void)
{
  if (sizeof (size_t) > 4)
    return;

  for (size_t i = 0; i < sizeof largest_cases / sizeof largest_cases[0]; i++)
    {
      ULONG sizes[2] = { largest_cases[i].receive_size, largest_cases[i].send_size };
      WEB_SOCKET_PROPERTY given[2] = { property (RECEIVE_SIZE, &sizes[0], sizeof sizes[0]),
                                       property (SEND_SIZE, &sizes[1], sizeof sizes[1]) };
      WEB_SOCKET_HANDLE handle = NULL;

      tap_point (create (CLIENT, given, 2, &handle) == E_OUTOFMEMORY && handle == NULL,
                 "/win32/websocket/sizes/%s", largest_cases[i].name);
    }
}

/* A size that was given is the one that is used. */
static void
test_size_is_used (void)
{
  ULONG size = 300;
  WEB_SOCKET_PROPERTY given = property (RECEIVE_SIZE, &size, sizeof size);
  Agreement nothing = { NULL, NULL };
  WEB_SOCKET_HANDLE client = NULL, server = NULL;
  bool is_open = create (CLIENT, &given, 1, &client) == S_OK &&
                 create (SERVER, NULL, 0, &server) == S_OK &&
                 do_handshake (client, server, &nothing) &&
                 WebSocketReceive (client, NULL, NULL) == S_OK;
  Step step = next_step (client, WEB_SOCKET_RECEIVE_ACTION_QUEUE);

  tap_point (is_open && length_of (&step) == 300, "/win32/websocket/sizes/receive-size-is-used");
  WebSocketDeleteHandle (client);
  WebSocketDeleteHandle (server);
}

static const struct
{
  const char *name;
  WEB_SOCKET_PROPERTY_TYPE type;
  ULONG size;
} refused_cases[] = {
  { "keepalive-interval", WEB_SOCKET_KEEPALIVE_INTERVAL_PROPERTY_TYPE, 4 },
  { "supported-versions", WEB_SOCKET_SUPPORTED_VERSIONS_PROPERTY_TYPE, 4 },
  { "type-7", (WEB_SOCKET_PROPERTY_TYPE) 7, 4 },
  { "type-minus-1", (WEB_SOCKET_PROPERTY_TYPE) -1, 4 },
  { "receive-size-of-2-bytes", RECEIVE_SIZE, 2 },
  { "receive-size-of-8-bytes", RECEIVE_SIZE, 8 },
  { "receive-size-of-4294967295-bytes", RECEIVE_SIZE, LARGEST },
  { "send-size-of-no-bytes", SEND_SIZE, 0 },
  { "send-size-of-8-bytes", SEND_SIZE, 8 },
  { "masking-of-1-byte", WEB_SOCKET_DISABLE_MASKING_PROPERTY_TYPE, 1 },
  { "masking-of-8-bytes", WEB_SOCKET_DISABLE_MASKING_PROPERTY_TYPE, 8 },
  { "utf8-of-1-byte", WEB_SOCKET_DISABLE_UTF8_VERIFICATION_PROPERTY_TYPE, 1 },
  { "utf8-of-8-bytes", WEB_SOCKET_DISABLE_UTF8_VERIFICATION_PROPERTY_TYPE, 8 },
};

static void
test_refused (void)
{
  ULONG value[2] = { 4096, 0 };

  for (size_t i = 0; i < sizeof refused_cases / sizeof refused_cases[0]; i++)
    {
      WEB_SOCKET_PROPERTY given = property (refused_cases[i].type, value, refused_cases[i].size);
      WEB_SOCKET_HANDLE handle = NULL;

      tap_point (create (CLIENT, &given, 1, &handle) == E_INVALIDARG && handle == NULL &&
                 create (SERVER, &given, 1, &handle) == E_INVALIDARG && handle == NULL,
                 "/win32/websocket/properties/WIN-H-09-%s-refused", refused_cases[i].name);
    }

  for (int type = 0; type <= 4; type++)
    {
      WEB_SOCKET_PROPERTY given = property ((WEB_SOCKET_PROPERTY_TYPE) type, NULL, 4);
      WEB_SOCKET_HANDLE handle = NULL;

      tap_point (create (CLIENT, &given, 1, &handle) == E_INVALIDARG && handle == NULL,
                 "/win32/websocket/properties/WIN-H-09-property-%d-without-value-refused", type);
    }
}

/* 4096 and 16 are a server's sizes, 144 what .NET adds to them. */
#define SERVER_MEMORY (4096 + 16 + 144)

static _Alignas (8) BYTE memory[2 * 4096 + 256];

static HRESULT
try_memory (BYTE *at,
            ULONG size)
{
  WEB_SOCKET_HANDLE handle = NULL;
  WEB_SOCKET_PROPERTY given = property (WEB_SOCKET_ALLOCATED_BUFFER_PROPERTY_TYPE, &at, size);
  HRESULT result = create (SERVER, &given, 1, &handle);

  WebSocketDeleteHandle (handle);
  return result;
}

static void
test_allocated_buffer (void)
{
  tap_point (try_memory (memory, SERVER_MEMORY) == S_OK,
             "/win32/websocket/allocated-buffer/WIN-H-06-sizes-and-144-suffice");
  tap_point (try_memory (memory, SERVER_MEMORY - 1) == E_INVALIDARG,
             "/win32/websocket/allocated-buffer/WIN-H-08-one-byte-less-refused");
  tap_point (try_memory (memory, sizeof (PVOID)) == E_INVALIDARG,
             "/win32/websocket/allocated-buffer/WIN-H-05-size-of-the-pointer-refused");
  tap_point (try_memory (memory + 4, SERVER_MEMORY) == E_INVALIDARG &&
             try_memory (memory + 1, SERVER_MEMORY) == E_INVALIDARG,
             "/win32/websocket/allocated-buffer/WIN-H-08-misaligned-refused");
  tap_point (try_memory (memory + 8, SERVER_MEMORY) == S_OK,
             "/win32/websocket/allocated-buffer/WIN-H-08-multiple-of-8-suffices");
  tap_point (try_memory (NULL, SERVER_MEMORY) == E_INVALIDARG,
             "/win32/websocket/allocated-buffer/WIN-H-08-no-memory-refused");
}

/* The sum of the sizes has more than 32 bits. */
static void
test_allocated_buffer_for_largest_sizes (void)
{
  for (size_t i = 0; i < sizeof largest_cases / sizeof largest_cases[0]; i++)
    {
      BYTE *at = memory;
      ULONG sizes[2] = { largest_cases[i].receive_size, largest_cases[i].send_size };
      WEB_SOCKET_PROPERTY given[3] = {
        property (RECEIVE_SIZE, &sizes[0], sizeof sizes[0]),
        property (SEND_SIZE, &sizes[1], sizeof sizes[1]),
        property (WEB_SOCKET_ALLOCATED_BUFFER_PROPERTY_TYPE, &at, sizeof memory),
      };
      WEB_SOCKET_HANDLE handle = NULL;

      tap_point (create (CLIENT, given, 3, &handle) == E_INVALIDARG && handle == NULL,
                 "/win32/websocket/allocated-buffer/WIN-H-08-too-small-for-%s",
                 largest_cases[i].name);
    }
}

/* Sizes are those at the end of the list, wherever the memory is in it. */
static void
test_allocated_buffer_before_sizes (void)
{
  BYTE *at = memory;
  ULONG receive_size = 1000, send_size = 256;
  WEB_SOCKET_PROPERTY given[3] = {
    property (WEB_SOCKET_ALLOCATED_BUFFER_PROPERTY_TYPE, &at, 1000 + 256 + 144),
    property (RECEIVE_SIZE, &receive_size, sizeof receive_size),
    property (SEND_SIZE, &send_size, sizeof send_size),
  };
  WEB_SOCKET_HANDLE handle = NULL;
  HRESULT result = create (CLIENT, given, 3, &handle);

  tap_point (result == S_OK, "/win32/websocket/allocated-buffer/WIN-H-06-order-does-not-matter");
  WebSocketDeleteHandle (handle);
}

static void
test_memory_is_used (void)
{
  BYTE *at = memory;
  WEB_SOCKET_PROPERTY given = property (WEB_SOCKET_ALLOCATED_BUFFER_PROPERTY_TYPE, &at,
                                        SERVER_MEMORY);
  Agreement nothing = { NULL, NULL };
  WEB_SOCKET_HANDLE client = NULL, server = NULL;
  bool is_open = create (SERVER, &given, 1, &server) == S_OK &&
                 create (CLIENT, NULL, 0, &client) == S_OK;
  Step step;

  at = NULL;
  is_open = is_open && do_handshake (client, server, &nothing) &&
            WebSocketReceive (server, NULL, NULL) == S_OK;
  step = next_step (server, WEB_SOCKET_RECEIVE_ACTION_QUEUE);
  tap_point (is_open && step.buffers[0].Data.pbBuffer == memory,
             "/win32/websocket/allocated-buffer/WIN-H-05-value-points-to-the-pointer");
  WebSocketDeleteHandle (client);
  WebSocketDeleteHandle (server);
}

/* The switches: what they are worth is the wire's to say. */

static bool
open_with (WEB_SOCKET_PROPERTY_TYPE type,
           BOOL                     value,
           WEB_SOCKET_HANDLE       *client,
           WEB_SOCKET_HANDLE       *server)
{
  WEB_SOCKET_PROPERTY given = property (type, &value, sizeof value);
  Agreement nothing = { NULL, NULL };

  return create (CLIENT, &given, 1, client) == S_OK && create (SERVER, &given, 1, server) == S_OK &&
         do_handshake (*client, *server, &nothing);
}

static Step
received_by (WEB_SOCKET_HANDLE handle,
             const char       *bytes,
             size_t            length)
{
  static Wire wire, pongs;

  memcpy (wire.bytes, bytes, length);
  wire.length = length;
  WebSocketReceive (handle, NULL, NULL);
  return read_in (handle, &wire, &pongs);
}

static bool
is_message (const Step *step)
{
  return step->result == S_OK && step->action == WEB_SOCKET_INDICATE_RECEIVE_COMPLETE_ACTION &&
         (step->type & 1) == 0;
}

static void
test_masking (BOOL is_disabled)
{
  static Wire wire;
  const char *name = is_disabled ? "disabled" : "enabled";
  WEB_SOCKET_HANDLE client = NULL, server = NULL;
  bool is_open = open_with (WEB_SOCKET_DISABLE_MASKING_PROPERTY_TYPE, is_disabled,
                            &client, &server);
  bool is_key_zero;
  Step step;

  /* Four keys of 0 do not come by chance. */
  wire.length = 0;
  for (int i = 0; i < 4; i++)
    send_bytes (client, WEB_SOCKET_BINARY_MESSAGE_BUFFER_TYPE, "\0", 1, NULL);
  write_out (client, &wire);
  is_key_zero = memcmp (wire.bytes, "\x82\x81\0\0\0\0\0\x82\x81\0\0\0\0\0", 14) == 0;
  tap_point (is_open && wire.length == 28 && wire.bytes[1] == 0x81 &&
             is_key_zero == (is_disabled != 0),
             "/win32/websocket/properties/WIN-S-04-client-with-masking-%s", name);

  step = received_by (server, "\x82\x01" "a", 3);
  tap_point (is_open && is_message (&step) == (is_disabled != 0) &&
             (is_disabled || step.result == E_INVALID_PROTOCOL_FORMAT),
             "/win32/websocket/properties/WIN-R-13-server-with-masking-%s", name);
  WebSocketDeleteHandle (client);
  WebSocketDeleteHandle (server);
}

static void
test_utf8 (BOOL is_disabled)
{
  const char *name = is_disabled ? "disabled" : "enabled";
  WEB_SOCKET_HANDLE client = NULL, server = NULL;
  bool is_open = open_with (WEB_SOCKET_DISABLE_UTF8_VERIFICATION_PROPERTY_TYPE, is_disabled,
                            &client, &server);
  HRESULT sent = send_bytes (server, WEB_SOCKET_UTF8_MESSAGE_BUFFER_TYPE, "\xff", 1, NULL);
  Step step = received_by (client, "\x81\x01\xff", 3);

  tap_point (is_open && sent == (is_disabled ? S_OK : E_INVALIDARG),
             "/win32/websocket/properties/WIN-S-14-sending-with-verification-%s", name);
  tap_point (is_open && is_message (&step) == (is_disabled != 0),
             "/win32/websocket/properties/WIN-R-15-receiving-with-verification-%s", name);
  WebSocketDeleteHandle (client);
  WebSocketDeleteHandle (server);
}

static void
test_versions (void)
{
  WEB_SOCKET_PROPERTY_TYPE type = WEB_SOCKET_SUPPORTED_VERSIONS_PROPERTY_TYPE;
  ULONG versions[4] = { 1, 2, 3, 4 };
  ULONG size = sizeof versions;

  tap_point (WebSocketGetGlobalProperty (type, versions, &size) == S_OK && size == 4 &&
             versions[0] == 13 && versions[1] == 2,
             "/win32/websocket/versions/WIN-H-14-are-13-alone");

  size = 3;
  versions[0] = 1;
  tap_point (WebSocketGetGlobalProperty (type, versions, &size) == E_INVALIDARG && size == 4 &&
             versions[0] == 1,
             "/win32/websocket/versions/WIN-H-14-too-small-reports-the-size");

  size = 0;
  tap_point (WebSocketGetGlobalProperty (type, NULL, &size) == E_INVALIDARG && size == 4,
             "/win32/websocket/versions/WIN-H-14-no-memory-reports-the-size");

  size = 4;
  tap_point (WebSocketGetGlobalProperty (type, NULL, &size) == E_INVALIDARG &&
             WebSocketGetGlobalProperty (type, versions, NULL) == E_INVALIDARG,
             "/win32/websocket/versions/WIN-H-14-missing-pointers-refused");
}

static void
test_no_global_properties (void)
{
  static const int types[] = { 0, 1, 2, 3, 4, 7, -1 };

  for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
    {
      ULONG value = 5, size = 4;

      tap_point (WebSocketGetGlobalProperty ((WEB_SOCKET_PROPERTY_TYPE) types[i], &value, &size)
                 == E_INVALIDARG && value == 5 && size == 4,
                 "/win32/websocket/versions/WIN-H-14-property-%d-is-not-global", types[i]);
    }
}

static void
test_missing_pointers (void)
{
  WEB_SOCKET_HANDLE handle = NULL;

  tap_point (create (CLIENT, NULL, 0, NULL) == E_INVALIDARG &&
             create (SERVER, NULL, 0, NULL) == E_INVALIDARG &&
             create (SERVER, NULL, 1, &handle) == E_INVALIDARG && handle == NULL,
             "/win32/websocket/create/missing-pointers-refused");
}

int
main (void)
{
  test_defaults ();
  test_sizes ();
  test_largest_sizes ();
  test_size_is_used ();
  test_refused ();
  test_allocated_buffer ();
  test_allocated_buffer_for_largest_sizes ();
  test_allocated_buffer_before_sizes ();
  test_memory_is_used ();
  test_masking (FALSE);
  test_masking (TRUE);
  test_utf8 (FALSE);
  test_utf8 (TRUE);
  test_versions ();
  test_no_global_properties ();
  test_missing_pointers ();
  return tap_end ();
}
