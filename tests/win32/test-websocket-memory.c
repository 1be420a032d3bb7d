/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* H-07: with ALLOCATED_BUFFER, the buffers of actions are in that memory or in the caller's own.
 *
 * A client and a server, each in a region of the smallest size or a larger one, exchange
 * messages in both directions; every pointer and length of every action is checked. */

#include <string.h>
#include <websocket.h>

#include "lib/tap.h"
#include "win32/session-pair.h"

#define CLIENT_MEMORY (256 + 256 + 144)
#define SERVER_MEMORY (256 + 16 + 144)
#define SPARE_MEMORY 1000               /* more than was asked for makes no step longer */
#define LARGER_SIZE 256                 /* of the two buffers */

typedef struct
{
  WEB_SOCKET_HANDLE handle;
  PBYTE memory;
  size_t length;
  unsigned n_buffers, n_in_payload, n_foreign, n_pongs, n_too_long;
} Talker;

static _Alignas (8) BYTE client_memory[CLIENT_MEMORY + SPARE_MEMORY];
static _Alignas (8) BYTE server_memory[SERVER_MEMORY + SPARE_MEMORY];
static ULONG spare_memory;
static BYTE payload[1000], receive_buffer[100];
static Wire to_server, to_client;

static bool
is_inside (const BYTE *at,
           size_t      length,
           const BYTE *region,
           size_t      region_length)
{
  return at >= region && at + length <= region + region_length;
}

static void
look_at (Talker     *talker,
         const Step *step)
{
  for (ULONG i = 0; i < step->n_buffers; i++)
    {
      const BYTE *at = step->buffers[i].Data.pbBuffer;
      size_t length = step->buffers[i].Data.ulBufferLength;

      talker->n_buffers++;
      if (is_inside (at, length, payload, sizeof payload) ||
          is_inside (at, length, receive_buffer, sizeof receive_buffer))
        {
          talker->n_in_payload++;
          continue;
        }
      talker->n_foreign += at != NULL && !is_inside (at, length, talker->memory, talker->length);
      talker->n_too_long += length > LARGER_SIZE;
    }

  if (step->action == WEB_SOCKET_SEND_TO_NETWORK_ACTION && step->application == NULL)
    talker->n_pongs++;
}

/* Performs actions until the session waits for bytes that are not there. */
static void
talk (Talker *talker,
      Wire   *in,
      Wire   *out)
{
  for (;;)
    {
      Step step = next_step (talker->handle, WEB_SOCKET_ALL_ACTION_QUEUE);

      look_at (talker, &step);
      if (step.action == WEB_SOCKET_SEND_TO_NETWORK_ACTION)
        {
          put_on_wire (out, &step);
          complete (talker->handle, &step, length_of (&step));
        }
      else if (step.action == WEB_SOCKET_RECEIVE_FROM_NETWORK_ACTION && in->length > 0)
        {
          complete (talker->handle, &step, take_from_wire (in, &step));
        }
      else if (step.action == WEB_SOCKET_NO_ACTION ||
               step.action == WEB_SOCKET_RECEIVE_FROM_NETWORK_ACTION)
        {
          /* Completing a read with 0 ends its Receive: the next turn begins a new one. */
          complete (talker->handle, &step, 0);
          if (step.action == WEB_SOCKET_NO_ACTION)
            return;
        }
      else
        {
          complete (talker->handle, &step, 0);
          if (step.action == WEB_SOCKET_INDICATE_RECEIVE_COMPLETE_ACTION && in->length > 0)
            WebSocketReceive (talker->handle, NULL, &talker->handle);
        }
    }
}

static bool
create_talker (Talker *talker,
               Side    side,
               PBYTE   memory,
               ULONG   length)
{
  ULONG receive_size = 256, send_size = side == CLIENT ? 256 : 16;
  WEB_SOCKET_PROPERTY properties[3] = {
    { WEB_SOCKET_RECEIVE_BUFFER_SIZE_PROPERTY_TYPE, &receive_size, sizeof receive_size },
    { WEB_SOCKET_SEND_BUFFER_SIZE_PROPERTY_TYPE, &send_size, sizeof send_size },
    { WEB_SOCKET_ALLOCATED_BUFFER_PROPERTY_TYPE, &memory, length },
  };

  memset (talker, 0, sizeof *talker);
  talker->memory = memory;
  talker->length = length;
  return create (side, properties, 3, &talker->handle) == S_OK;
}

static bool
open_talkers (Talker *client,
              Talker *server)
{
  Agreement nothing = { NULL, NULL };

  to_server.length = 0;
  to_client.length = 0;
  return create_talker (client, CLIENT, client_memory, CLIENT_MEMORY + spare_memory) &&
         create_talker (server, SERVER, server_memory, SERVER_MEMORY + spare_memory) &&
         do_handshake (client->handle, server->handle, &nothing);
}

static void
queue_everything (Talker *talker)
{
  WEB_SOCKET_HANDLE handle = talker->handle;
  WEB_SOCKET_BUFFER buffer;

  buffer.Data.pbBuffer = receive_buffer;
  buffer.Data.ulBufferLength = sizeof receive_buffer;
  WebSocketReceive (handle, &buffer, &talker->handle);
  WebSocketReceive (handle, NULL, &talker->handle);
  for (int i = 0; i < 5; i++)
    WebSocketSend (handle, WEB_SOCKET_PING_PONG_BUFFER_TYPE, NULL, &talker->handle);
  send_bytes (handle, WEB_SOCKET_BINARY_FRAGMENT_BUFFER_TYPE, payload, 300, &talker->handle);
  WebSocketSend (handle, WEB_SOCKET_UNSOLICITED_PONG_BUFFER_TYPE, NULL, &talker->handle);
  send_bytes (handle, WEB_SOCKET_BINARY_MESSAGE_BUFFER_TYPE, payload, sizeof payload,
              &talker->handle);
  send_bytes (handle, WEB_SOCKET_UTF8_MESSAGE_BUFFER_TYPE, payload, 0, &talker->handle);
}

static void
queue_close (Talker *talker)
{
  WEB_SOCKET_BUFFER buffer;

  buffer.CloseStatus.pbReason = payload;
  buffer.CloseStatus.ulReasonLength = 123;
  buffer.CloseStatus.usStatus = 1000;
  WebSocketReceive (talker->handle, NULL, &talker->handle);
  WebSocketSend (talker->handle, WEB_SOCKET_CLOSE_BUFFER_TYPE, &buffer, &talker->handle);
}

/* A ping received while a send is handed out waits outside the region and is answered from
 * inside. */
static void
test_waiting_pong (void)
{
  Talker client, server;
  Step held, indicated, pong;
  bool is_open = open_talkers (&client, &server);

  WebSocketReceive (server.handle, NULL, &server.handle);
  send_bytes (server.handle, WEB_SOCKET_BINARY_MESSAGE_BUFFER_TYPE, payload, 10, &server.handle);
  held = next_step (server.handle, WEB_SOCKET_SEND_ACTION_QUEUE);
  memcpy (to_server.bytes, "\x89\x83\0\0\0\0abc", 9);
  to_server.length = 9;
  read_in (server.handle, &to_server, &to_client);
  complete (server.handle, &held, length_of (&held));
  indicated = next_step (server.handle, WEB_SOCKET_SEND_ACTION_QUEUE);
  complete (server.handle, &indicated, 0);
  pong = next_step (server.handle, WEB_SOCKET_SEND_ACTION_QUEUE);
  look_at (&server, &pong);
  tap_point (is_open && server.n_pongs == 1 && pong.n_buffers == 1 && server.n_foreign == 0 &&
             memcmp (pong.buffers[0].Data.pbBuffer, "\x8a\x03" "abc", 5) == 0,
             "/win32/websocket/allocated-buffer/WIN-H-07-waiting-pong-leaves-from-the-memory");
  WebSocketDeleteHandle (client.handle);
  WebSocketDeleteHandle (server.handle);
}

static void
test_conversation (void)
{
  Talker client, server;
  bool is_open = open_talkers (&client, &server);

  queue_everything (&client);
  queue_everything (&server);
  for (int i = 0; i < 4; i++)
    {
      talk (&client, &to_client, &to_server);
      WebSocketReceive (server.handle, NULL, &server.handle);
      talk (&server, &to_server, &to_client);
      WebSocketReceive (client.handle, NULL, &client.handle);
    }
  tap_point (is_open && client.n_foreign == 0 && client.n_buffers > 20 && client.n_pongs == 5,
             "/win32/websocket/allocated-buffer/WIN-H-07-client-shows-only-given-memory-with-%u-spare",
             (unsigned) spare_memory);
  tap_point (server.n_foreign == 0 && server.n_in_payload > 1 && server.n_buffers > 20 &&
             server.n_pongs == 5,
             "/win32/websocket/allocated-buffer/WIN-H-07-server-shows-given-memory-and-payload-with-%u-spare",
             (unsigned) spare_memory);

  to_client.length = 0;
  queue_close (&server);
  talk (&server, &to_server, &to_client);
  queue_close (&client);
  talk (&client, &to_client, &to_server);
  WebSocketReceive (server.handle, NULL, &server.handle);
  talk (&server, &to_server, &to_client);
  tap_point (client.n_foreign == 0 && server.n_foreign == 0,
             "/win32/websocket/allocated-buffer/WIN-H-07-close-shows-only-given-memory-with-%u-spare",
             (unsigned) spare_memory);
  tap_point (client.n_too_long == 0 && server.n_too_long == 0,
             "/win32/websocket/allocated-buffer/WIN-R-04-WIN-S-15-nothing-longer-than-the-larger-size"
             "-with-%u-spare", (unsigned) spare_memory);
  WebSocketDeleteHandle (client.handle);
  WebSocketDeleteHandle (server.handle);
}

int
main (void)
{
  memset (payload, 'p', sizeof payload);
  test_conversation ();
  test_waiting_pong ();
  spare_memory = SPARE_MEMORY;
  test_conversation ();
  return tap_end ();
}
