/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "floor.h"

#include <arpa/inet.h>
#include <errno.h>
#include <nettle/base64.h>
#include <nettle/sha1.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define INPUT_CAPACITY   ((size_t) 256 * 1024)
#define REQUEST_CAPACITY 2048
#define MOST_HEADER      14
#define BACKLOG          4096

static int
listen_on (uint16_t port)
{
  const int on = 1;
  struct sockaddr_in address = {
    .sin_family = AF_INET, .sin_port = htons (port), .sin_addr = { htonl (INADDR_LOOPBACK) },
  };
  socklen_t length = sizeof address;
  const int fd = socket (AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

  setsockopt (fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (bind (fd, (struct sockaddr *) &address, sizeof address) != 0 || listen (fd, BACKLOG) != 0 ||
      getsockname (fd, (struct sockaddr *) &address, &length) != 0)
    {
      perror ("listen");
      exit (1);
    }
  printf ("port %u\n", ntohs (address.sin_port));
  fflush (stdout);
  return fd;
}

/* FLOOR PORT [broadcast | CERTIFICATE KEY [no-tickets]] */
void
floor_init (Floor *self,
            int    n_arguments,
            char **arguments)
{
  signal (SIGPIPE, SIG_IGN);
  memset (self, 0, sizeof *self);
  self->input = malloc (INPUT_CAPACITY);
  if (n_arguments > 2 && strcmp (arguments[2], "broadcast") == 0)
    self->mode = FLOOR_BROADCAST;
  floor_way_init (n_arguments, arguments);
  self->listener = listen_on ((uint16_t) (n_arguments > 1 ? atoi (arguments[1]) : 0));
}

FloorConnection *
floor_accept (Floor *self)
{
  const int on = 1;
  const int fd = accept4 (self->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
  FloorConnection *connection;

  if (fd < 0)
    return NULL;
  setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  connection = calloc (1, sizeof *connection);
  connection->fd = fd;
  if (self->mode == FLOOR_BROADCAST)
    {
      connection->next = self->connections;
      connection->link = &self->connections;
      if (connection->next != NULL)
        connection->next->link = &connection->next;
      self->connections = connection;
    }
  return connection;
}

void
floor_connection_end (FloorConnection *connection)
{
  floor_way_end (connection);
  close (connection->fd);
  if (connection->link != NULL)
    {
      *connection->link = connection->next;
      if (connection->next != NULL)
        connection->next->link = connection->link;
    }
  free (connection->part);
  free (connection->rest);
  free (connection);
}

/* Bytes that cannot be sent at once are kept; nothing is read meanwhile, so there is at most one
 * such remainder. */
FloorState
floor_connection_put (FloorConnection *connection,
                      const uint8_t   *at,
                      size_t           n)
{
  const ssize_t sent = n > 0 ? floor_way_send (connection, at, n) : 0;
  const size_t done = sent < 0 ? 0 : (size_t) sent;

  if (sent < 0 && errno != EAGAIN)
    return FLOOR_ENDED;
  if (done == n)
    return FLOOR_READS;
  connection->rest = malloc (n - done);
  memcpy (connection->rest, at + done, n - done);
  connection->rest_at = 0;
  connection->rest_length = n - done;
  return FLOOR_WRITES;
}

FloorState
floor_connection_write (FloorConnection *connection)
{
  const ssize_t sent = floor_way_send (connection, connection->rest + connection->rest_at,
                                       connection->rest_length - connection->rest_at);

  if (sent < 0)
    return errno == EAGAIN ? FLOOR_WRITES : FLOOR_ENDED;
  connection->rest_at += (size_t) sent;
  if (connection->rest_at < connection->rest_length)
    return FLOOR_WRITES;
  free (connection->rest);
  connection->rest = NULL;
  return FLOOR_READS;
}

void
floor_accept_key (char        to[29],
                  const char *key)
{
  static const uint8_t guid[] = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  uint8_t digest[SHA1_DIGEST_SIZE];
  struct sha1_ctx hash;

  sha1_init (&hash);
  sha1_update (&hash, 24, (const uint8_t *) key);
  sha1_update (&hash, sizeof guid - 1, guid);
  sha1_digest (&hash, sizeof digest, digest);
  base64_encode_raw (to, sizeof digest, digest);
  to[28] = '\0';
}

static FloorState
answer (FloorConnection *connection)
{
  static const char name[] = "Sec-WebSocket-Key:";
  const char *key = strcasestr ((const char *) connection->part, name);
  char text[200], accept_key[29];
  int length;

  if (key == NULL)
    return FLOOR_ENDED;
  key += sizeof name - 1;
  while (*key == ' ')
    key++;
  if (strcspn (key, "\r") < 24)
    return FLOOR_ENDED;
  floor_accept_key (accept_key, key);
  length = snprintf (text, sizeof text,
                     "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                     "Connection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n\r\n", accept_key);
  free (connection->part);
  connection->part = NULL;
  connection->part_length = connection->part_capacity = 0;
  connection->is_open = true;
  return floor_connection_put (connection, (const uint8_t *) text, (size_t) length);
}

static FloorState
read_request (FloorConnection *connection)
{
  ssize_t n;

  if (connection->part == NULL)
    {
      connection->part = calloc (1, REQUEST_CAPACITY);
      connection->part_capacity = REQUEST_CAPACITY;
    }
  n = floor_way_receive (connection, connection->part + connection->part_length,
                         REQUEST_CAPACITY - 1 - connection->part_length);
  if (n <= 0)
    return n < 0 && errno == EAGAIN ? FLOOR_READS : FLOOR_ENDED;
  connection->part_length += (size_t) n;
  if (strstr ((const char *) connection->part, "\r\n\r\n") == NULL)
    return FLOOR_READS;
  return answer (connection);
}

/* Length of the frame at AT, header included; 0: its header is not complete. */
static size_t
frame_length (const uint8_t *at,
              size_t         n)
{
  const unsigned first = n >= 2 ? at[1] & 0x7f : 0;
  const size_t header = first < 126 ? 6 : first == 126 ? 8 : 14;
  uint64_t length = first;

  if (n < header)
    return 0;
  if (first == 126)
    length = (size_t) at[2] << 8 | at[3];
  else if (first == 127)
    for (size_t i = length = 0; i < 8; i++)
      length = length << 8 | at[2 + i];
  return header + length;
}

void
floor_mask (uint8_t       *to,
            const uint8_t *from,
            size_t         n,
            const uint8_t *key)
{
  uint8_t pattern[8];
  uint64_t mask;
  size_t i = 0;

  memcpy (pattern, key, 4);
  memcpy (pattern + 4, key, 4);
  memcpy (&mask, pattern, sizeof mask);
  for (; i + 8 <= n; i += 8)
    {
      uint64_t word;

      memcpy (&word, from + i, sizeof word);
      word ^= mask;
      memcpy (to + i, &word, sizeof word);
    }
  for (; i < n; i++)
    to[i] = from[i] ^ pattern[i % 4];
}

/* A server's header is four bytes shorter than the client's: the echo fits in front of its
 * message. */
static size_t
turn_round (uint8_t       *to,
            const uint8_t *frame,
            size_t         length)
{
  const unsigned first = frame[1] & 0x7f;
  const size_t header = first < 126 ? 6 : first == 126 ? 8 : 14;
  uint8_t key[4];

  memcpy (key, frame + header - 4, sizeof key);
  to[0] = frame[0];
  to[1] = (uint8_t) first;
  memmove (to + 2, frame + 2, header - 6);
  floor_mask (to + header - 4, frame + header, length - header, key);
  return length - 4;
}

static FloorState
keep_part (FloorConnection *connection,
           const uint8_t   *at,
           size_t           n)
{
  const size_t length = frame_length (at, n);

  connection->part_capacity = length > 0 ? length : MOST_HEADER;
  connection->part = malloc (connection->part_capacity);
  memcpy (connection->part, at, n);
  connection->part_length = n;
  return FLOOR_READS;
}

static FloorState
send_to (Floor           *self,
         FloorConnection *connection,
         size_t           n)
{
  FloorConnection *next;

  if (self->mode == FLOOR_ECHO)
    return floor_connection_put (connection, self->input, n);
  for (FloorConnection *each = self->connections; each != NULL; each = next)
    {
      next = each->next;
      if (each->is_open && floor_way_send (each, self->input, n) != (ssize_t) n)
        fprintf (stderr, "a connection does not read\n");
    }
  return FLOOR_READS;
}

/* A Close is echoed after the echoes before it. */
static FloorState
end (Floor           *self,
     FloorConnection *connection,
     size_t           n_before,
     size_t           length)
{
  floor_connection_put (connection, self->input, n_before + length);
  return FLOOR_ENDED;
}

static FloorState
take_input (Floor           *self,
            FloorConnection *connection,
            size_t           n)
{
  size_t at = 0, n_out = 0;
  FloorState state;

  for (;;)
    {
      const size_t length = frame_length (self->input + at, n - at);

      if (length == 0 || length > n - at)
        break;
      if ((self->input[at] & 0x0f) == 8)
        return end (self, connection, n_out,
                    turn_round (self->input + n_out, self->input + at, length));
      n_out += turn_round (self->input + n_out, self->input + at, length);
      at += length;
    }
  if (at < n)
    keep_part (connection, self->input + at, n - at);
  state = n_out > 0 ? send_to (self, connection, n_out) : FLOOR_READS;
  return state;
}

/* Reads directly to the frame's place, and not beyond its end. */
static FloorState
read_part (FloorConnection *connection)
{
  size_t length;
  FloorState state;
  const ssize_t n = floor_way_receive (connection, connection->part + connection->part_length,
                                       connection->part_capacity - connection->part_length);

  if (n <= 0)
    return n < 0 && errno == EAGAIN ? FLOOR_READS : FLOOR_ENDED;
  connection->part_length += (size_t) n;
  length = frame_length (connection->part, connection->part_length);
  if (length > connection->part_capacity)
    {
      connection->part = realloc (connection->part, length);
      connection->part_capacity = length;
    }
  if (length == 0 || length > connection->part_length)
    return FLOOR_READS;
  state = floor_connection_put (connection, connection->part,
                                turn_round (connection->part, connection->part, length));
  free (connection->part);
  connection->part = NULL;
  return state;
}

static FloorState
read_once (Floor           *self,
           FloorConnection *connection)
{
  ssize_t n;

  if (!connection->is_open)
    return read_request (connection);
  if (connection->part != NULL)
    return read_part (connection);
  n = floor_way_receive (connection, self->input, INPUT_CAPACITY);
  if (n <= 0)
    return n < 0 && errno == EAGAIN ? FLOOR_READS : FLOOR_ENDED;
  return take_input (self, connection, (size_t) n);
}

FloorState
floor_connection_read (Floor           *self,
                       FloorConnection *connection)
{
  FloorState state;

  do
    state = read_once (self, connection);
  while (state == FLOOR_READS && floor_way_has_more (connection));
  return state;
}
