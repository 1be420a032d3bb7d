/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A client or a server of Winsock, with websocket.dll: winsock-peer [PORT]
 *
 * With a port it connects to it on the loopback; without one it listens, prints its port, and
 * accepts one connection.  In both roles it sends messages, which the other peer sends back, and
 * begins the closing handshake. */

#include <winsock2.h>

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <websocket.h>

#include "lib/tap.h"

#define MAX_FIELDS 32

typedef struct
{
  SOCKET socket;
  WEB_SOCKET_HANDLE handle;
  CHAR head[4096];              /* of the request or response, and the first frames after it */
  PCHAR rest;                   /* in head: what was read after its end */
  size_t n_rest;
  size_t n_received;            /* bytes of a message */
  bool is_received, is_closed;
} Peer;

typedef enum
{
  STEP_NONE,
  STEP_DONE,
  STEP_FAILED,
} StepResult;

static const unsigned lengths[] = { 0, 1, 125, 126, 127, 65535, 65536, 1048576 };
static BYTE payload[1048576], received[1048576];

static bool
send_all (const Peer *peer,
          const void *bytes,
          size_t      n)
{
  const char *at = bytes;

  for (size_t sent = 0; sent < n;)
    {
      int part = send (peer->socket, at + sent, (int) (n - sent), 0);

      if (part <= 0)
        return false;
      sent += (size_t) part;
    }

  return true;
}

/* Reads the head of a request or response, and its fields, which are not copied. */
static bool
read_head (Peer                   *peer,
           WEB_SOCKET_HTTP_HEADER *fields,
           ULONG                  *n_fields)
{
  size_t n = 0;
  PCHAR end, line;

  while ((end = strstr (peer->head, "\r\n\r\n")) == NULL)
    {
      int part = recv (peer->socket, peer->head + n, (int) (sizeof peer->head - 1 - n), 0);

      if (part <= 0)
        return false;
      n += (size_t) part;
    }

  peer->rest = end + 4;
  peer->n_rest = n - (size_t) (peer->rest - peer->head);
  line = strstr (peer->head, "\r\n") + 2;
  for (*n_fields = 0; line < end && *n_fields < MAX_FIELDS; line = strstr (line, "\r\n") + 2)
    {
      WEB_SOCKET_HTTP_HEADER *field = &fields[(*n_fields)++];
      PCHAR colon = strchr (line, ':');

      if (colon == NULL)
        return false;

      field->pcName = line;
      field->ulNameLength = (ULONG) (colon - line);
      field->pcValue = colon + 1 + strspn (colon + 1, " ");
      field->ulValueLength = (ULONG) (strstr (line, "\r\n") - field->pcValue);
    }

  return true;
}

static bool
write_head (const Peer                   *peer,
            const char                   *first_lines,
            const WEB_SOCKET_HTTP_HEADER *fields,
            ULONG                         n_fields)
{
  bool is_sent = send_all (peer, first_lines, strlen (first_lines));

  for (ULONG i = 0; i < n_fields; i++)
    is_sent = is_sent && send_all (peer, fields[i].pcName, fields[i].ulNameLength) &&
              send_all (peer, ": ", 2) &&
              send_all (peer, fields[i].pcValue, fields[i].ulValueLength) &&
              send_all (peer, "\r\n", 2);
  return is_sent && send_all (peer, "\r\n", 2);
}

static bool
open_client (Peer *peer)
{
  WEB_SOCKET_HTTP_HEADER fields[MAX_FIELDS];
  PWEB_SOCKET_HTTP_HEADER made;
  ULONG n_made, n_fields;

  return WebSocketCreateClientHandle (NULL, 0, &peer->handle) == S_OK &&
         WebSocketBeginClientHandshake (peer->handle, NULL, 0, NULL, 0, NULL, 0, &made,
                                        &n_made) == S_OK &&
         write_head (peer, "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n", made, n_made) &&
         read_head (peer, fields, &n_fields) &&
         WebSocketEndClientHandshake (peer->handle, fields, n_fields, NULL, NULL, NULL) == S_OK;
}

static bool
open_server (Peer *peer)
{
  WEB_SOCKET_HTTP_HEADER fields[MAX_FIELDS];
  PWEB_SOCKET_HTTP_HEADER made;
  ULONG n_made, n_fields;

  return WebSocketCreateServerHandle (NULL, 0, &peer->handle) == S_OK &&
         read_head (peer, fields, &n_fields) &&
         WebSocketBeginServerHandshake (peer->handle, NULL, NULL, 0, fields, n_fields, &made,
                                        &n_made) == S_OK &&
         write_head (peer, "HTTP/1.1 101 Switching Protocols\r\n", made, n_made) &&
         WebSocketEndServerHandshake (peer->handle) == S_OK;
}

/* Returns 0 at the end of the connection. */
static ULONG
read_some (Peer                    *peer,
           const WEB_SOCKET_BUFFER *buffer)
{
  ULONG n = buffer->Data.ulBufferLength;
  int part;

  if (peer->n_rest > 0)
    {
      n = peer->n_rest < n ? (ULONG) peer->n_rest : n;
      memcpy (buffer->Data.pbBuffer, peer->rest, n);
      peer->rest += n;
      peer->n_rest -= n;
      return n;
    }

  part = recv (peer->socket, (char *) buffer->Data.pbBuffer, (int) n, 0);
  return part > 0 ? (ULONG) part : 0;
}

static bool
keep_received (Peer                    *peer,
               WEB_SOCKET_BUFFER_TYPE   type,
               const WEB_SOCKET_BUFFER *buffer)
{
  peer->is_closed = type == WEB_SOCKET_CLOSE_BUFFER_TYPE;
  peer->is_received = type == WEB_SOCKET_BINARY_MESSAGE_BUFFER_TYPE;
  if (peer->is_closed)
    return buffer->CloseStatus.usStatus == WEB_SOCKET_SUCCESS_CLOSE_STATUS;

  if ((!peer->is_received && type != WEB_SOCKET_BINARY_FRAGMENT_BUFFER_TYPE) ||
      buffer->Data.ulBufferLength > sizeof received - peer->n_received)
    return false;

  if (buffer->Data.ulBufferLength > 0)
    memcpy (received + peer->n_received, buffer->Data.pbBuffer, buffer->Data.ulBufferLength);
  peer->n_received += buffer->Data.ulBufferLength;
  return true;
}

static bool
send_buffers (const Peer              *peer,
              const WEB_SOCKET_BUFFER *buffers,
              ULONG                    n_buffers,
              ULONG                   *n_sent)
{
  for (ULONG i = 0; i < n_buffers; i++)
    {
      if (!send_all (peer, buffers[i].Data.pbBuffer, buffers[i].Data.ulBufferLength))
        return false;
      *n_sent += buffers[i].Data.ulBufferLength;
    }

  return true;
}

static StepResult
do_step (Peer                   *peer,
         WEB_SOCKET_ACTION_QUEUE queue)
{
  WEB_SOCKET_BUFFER buffers[2];
  WEB_SOCKET_BUFFER_TYPE type;
  WEB_SOCKET_ACTION action;
  ULONG n_buffers = 2, n_done = 0;
  PVOID context;
  bool is_ok = true;

  if (WebSocketGetAction (peer->handle, queue, buffers, &n_buffers, &action, &type, NULL,
                          &context) != S_OK)
    return STEP_FAILED;
  if (action == WEB_SOCKET_NO_ACTION)
    return STEP_NONE;

  if (action == WEB_SOCKET_SEND_TO_NETWORK_ACTION)
    is_ok = send_buffers (peer, buffers, n_buffers, &n_done);
  else if (action == WEB_SOCKET_RECEIVE_FROM_NETWORK_ACTION)
    is_ok = (n_done = read_some (peer, &buffers[0])) > 0;
  else if (action == WEB_SOCKET_INDICATE_RECEIVE_COMPLETE_ACTION)
    is_ok = keep_received (peer, type, &buffers[0]);

  WebSocketCompleteAction (peer->handle, context, n_done);
  return is_ok ? STEP_DONE : STEP_FAILED;
}

/* Writes all that waits before each read, until a message or a Close was received. */
static bool
run_until_received (Peer *peer)
{
  StepResult result = STEP_DONE;

  peer->is_received = false;
  peer->n_received = 0;
  while (!peer->is_received && !peer->is_closed && result != STEP_FAILED)
    {
      do
        result = do_step (peer, WEB_SOCKET_SEND_ACTION_QUEUE);
      while (result == STEP_DONE);

      if (result == STEP_NONE)
        result = do_step (peer, WEB_SOCKET_RECEIVE_ACTION_QUEUE);
      if (result == STEP_NONE && WebSocketReceive (peer->handle, NULL, NULL) != S_OK)
        result = STEP_FAILED;
    }

  return result != STEP_FAILED;
}

static bool
exchange (Peer  *peer,
          size_t length)
{
  const WEB_SOCKET_BUFFER_TYPE type = WEB_SOCKET_BINARY_MESSAGE_BUFFER_TYPE;
  WEB_SOCKET_BUFFER buffer = { .Data = { payload, (ULONG) length } };

  return WebSocketSend (peer->handle, type, &buffer, NULL) == S_OK &&
         run_until_received (peer) && peer->is_received && peer->n_received == length &&
         memcmp (received, payload, length) == 0;
}

static bool
close_handshake (Peer *peer)
{
  WEB_SOCKET_BUFFER buffer = { .CloseStatus = { NULL, 0, WEB_SOCKET_SUCCESS_CLOSE_STATUS } };

  return WebSocketSend (peer->handle, WEB_SOCKET_CLOSE_BUFFER_TYPE, &buffer, NULL) == S_OK &&
         run_until_received (peer) && peer->is_closed;
}

static SOCKET
connect_to (unsigned short port)
{
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons (port) };
  SOCKET made = socket (AF_INET, SOCK_STREAM, 0);

  address.sin_addr.s_addr = htonl (INADDR_LOOPBACK);
  return connect (made, (struct sockaddr *) &address, sizeof address) == 0 ? made : INVALID_SOCKET;
}

static SOCKET
accept_one (void)
{
  struct sockaddr_in address = { .sin_family = AF_INET };
  SOCKET listener = socket (AF_INET, SOCK_STREAM, 0);
  int length = sizeof address;

  address.sin_addr.s_addr = htonl (INADDR_LOOPBACK);
  if (bind (listener, (struct sockaddr *) &address, sizeof address) != 0 ||
      listen (listener, 1) != 0 ||
      getsockname (listener, (struct sockaddr *) &address, &length) != 0)
    return INVALID_SOCKET;

  printf ("port %u\n", ntohs (address.sin_port));
  fflush (stdout);
  return accept (listener, NULL, NULL);
}

int
main (int    argc,
      char **argv)
{
  static Peer peer;
  const char *role = argc > 1 ? "client" : "server";
  bool is_open;
  WSADATA data;

  for (size_t i = 0; i < sizeof payload; i++)
    payload[i] = (BYTE) (i * 7 + i / 256);
  if (WSAStartup (MAKEWORD (2, 2), &data) != 0)
    return EXIT_FAILURE;

  peer.socket = argc > 1 ? connect_to ((unsigned short) atoi (argv[1])) : accept_one ();
  is_open = peer.socket != INVALID_SOCKET && (argc > 1 ? open_client : open_server)(&peer);
  tap_point (is_open, "/win32/winsock/%s/opening-handshake", role);
  for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++)
    tap_point (is_open && exchange (&peer, lengths[i]), "/win32/winsock/%s/message-of-%u", role,
               lengths[i]);
  tap_point (is_open && close_handshake (&peer), "/win32/winsock/%s/closing-handshake", role);
  WebSocketDeleteHandle (peer.handle);
  closesocket (peer.socket);
  WSACleanup ();
  return tap_end ();
}
