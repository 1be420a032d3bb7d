/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The minimum that a client must do, on sockets that never block and system calls only: a random
 * key and its accept value, a random mask for each message, the answer to its Close. */

#include "floor-client.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <nettle/base64.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

#define INPUT_CAPACITY ((size_t) 256 * 1024)
#define HEAD_CAPACITY  2048
#define KEY_LENGTH     16
#define MAX_HEADER     14
#define N_EVENTS       256
#define MAX_TIMES      ((size_t) 100000)
#define SILENCE_MS     20000

typedef enum
{
  CLIENT_CONNECTING,
  CLIENT_SECURING,              /* TLS handshake; the request is sent as soon as it can be */
  CLIENT_ASKING,
  CLIENT_OPEN,
  CLIENT_CLOSING,
} ClientState;

typedef enum
{
  STEP_DONE,
  STEP_FREED,                   /* the connection is over, and its memory was freed */
} Step;

typedef struct                  /* of a handshake */
{
  char accept_key[29], head[HEAD_CAPACITY];
  size_t n_head, n_request;
  double begin;
} Opening;

struct FloorClient
{
  FloorConnection base;         /* the first member: floor_connection_end () frees the struct by
                                 * it */
  ClientState state;
  Opening *opening;             /* state of the opening handshake; NULL once the connection is
                                 * open */
};

void
floor_clients_fail (const char *what)
{
  fprintf (stderr, "%s: %s\n", what, strerror (errno));
  exit (1);
}

static void
draw (uint8_t *to,
      size_t   n)
{
  static uint8_t pool[4096];
  static size_t at = sizeof pool;

  if (at + n > sizeof pool)
    {
      if (getrandom (pool, sizeof pool, 0) != (ssize_t) sizeof pool)
        floor_clients_fail ("getrandom");
      at = 0;
    }
  memcpy (to, pool + at, n);
  at += n;
}

static void
watch (FloorClients *self,
       int           operation,
       FloorClient  *client,
       uint32_t      events)
{
  struct epoll_event event = { .events = events, .data = { .ptr = client } };

  epoll_ctl (self->epoll, operation, client->base.fd, &event);
}

static size_t
write_frame (uint8_t       *to,
             unsigned       opcode,
             const uint8_t *payload,
             size_t         n)
{
  size_t at = 2;
  uint8_t key[4];

  to[0] = (uint8_t) (0x80 | opcode);
  to[1] = (uint8_t) (0x80 | (n < 126 ? n : n < 65536 ? 126 : 127));
  for (int shift = n < 126 ? 0 : n < 65536 ? 16 : 64; shift > 0; shift -= 8)
    to[at++] = (uint8_t) ((uint64_t) n >> (shift - 8));
  draw (key, sizeof key);
  memcpy (to + at, key, sizeof key);
  floor_mask (to + at + sizeof key, payload, n, key);
  return at + sizeof key + n;
}

/* Length of a server's frame, header included; 0: its header is not complete. */
static size_t
frame_length (const uint8_t *at,
              size_t         n)
{
  const unsigned first = n >= 2 ? at[1] : 0;
  const size_t header = first < 126 ? 2 : first == 126 ? 4 : 10;
  uint64_t length = first;

  if (n < header)
    return 0;
  if (first == 126)
    length = (size_t) at[2] << 8 | at[3];
  else if (first == 127)
    for (size_t i = length = 0; i < 8; i++)
      length = length << 8 | at[2 + i];
  return header + (size_t) length;
}

static void
put (FloorClients *self,
     FloorClient  *client,
     size_t        n)
{
  const FloorState state = floor_connection_put (&client->base, self->output, n);

  if (state == FLOOR_ENDED)
    floor_clients_fail ("send");
  if (state == FLOOR_WRITES)
    watch (self, EPOLL_CTL_MOD, client, EPOLLOUT);
}

void
floor_clients_send (FloorClients *self,
                    FloorClient  *client,
                    size_t        n)
{
  size_t length = 0;

  for (size_t i = 0; i < n; i++)
    length += write_frame (self->output + length, 2, self->payload, self->options->size);
  put (self, client, length);
}

static ssize_t
receive (FloorClient *client,
         uint8_t     *to,
         size_t       n)
{
  const ssize_t got = floor_way_receive (&client->base, to, n);

  if (got < 0 && errno == EAGAIN)
    return 0;
  if (got <= 0)
    floor_clients_fail ("receive");
  return got;
}

static void
write_request (Opening *opening)
{
  uint8_t random[KEY_LENGTH];
  char key[BASE64_ENCODE_RAW_LENGTH (KEY_LENGTH) + 1] = "";

  draw (random, sizeof random);
  base64_encode_raw (key, sizeof random, random);
  floor_accept_key (opening->accept_key, key);
  opening->n_request =
    (size_t) snprintf (opening->head, sizeof opening->head,
                       "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\n"
                       "Connection: Upgrade\r\nSec-WebSocket-Key: %s\r\n"
                       "Sec-WebSocket-Version: 13\r\n\r\n", key);
}

static void
secure (FloorClients *self,
        FloorClient  *client)
{
  Opening *opening = client->opening;

  if (receive (client, self->input, INPUT_CAPACITY) > 0)
    floor_clients_fail ("the server speaks first");
  if (floor_way_send (&client->base, opening->head, opening->n_request) < 0)
    return;
  memset (opening->head, 0, sizeof opening->head);
  client->state = CLIENT_ASKING;
}

void
floor_clients_begin (FloorClients *self)
{
  const int on = self->options->sending == CLIENT_AT_ONCE;
  const struct sockaddr_in address = {
    .sin_family = AF_INET, .sin_port = htons (self->options->port),
    .sin_addr = { .s_addr = htonl (INADDR_LOOPBACK) },
  };
  FloorClient *client = calloc (1, sizeof *client);

  client->opening = calloc (1, sizeof *client->opening);
  client->opening->begin = client_now ();
  client->base.fd = socket (AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  setsockopt (client->base.fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (connect (client->base.fd, (const struct sockaddr *) &address, sizeof address) != 0 &&
      errno != EINPROGRESS)
    floor_clients_fail ("connect");
  client->state = CLIENT_CONNECTING;
  watch (self, EPOLL_CTL_ADD, client, EPOLLOUT);
}

static void
end_connecting (FloorClients *self,
                FloorClient  *client)
{
  socklen_t length = sizeof errno;

  getsockopt (client->base.fd, SOL_SOCKET, SO_ERROR, &errno, &length);
  if (errno != 0)
    floor_clients_fail ("connect");
  watch (self, EPOLL_CTL_MOD, client, EPOLLIN);
  client->state = CLIENT_SECURING;
  write_request (client->opening);
  secure (self, client);
}

static void
end_opening (FloorClients *self,
             FloorClient  *client)
{
  if (self->n_times < MAX_TIMES)
    self->times[self->n_times++] = client_now () - client->opening->begin;
  free (client->opening);
  client->opening = NULL;
  client->state = CLIENT_OPEN;
  floor_way_keep (&client->base);
  if (self->task == FLOOR_CLIENT_CLOSES)
    {
      const uint8_t code[2] = { 1000 >> 8, 1000 & 0xff };

      put (self, client, write_frame (self->output, 8, code, sizeof code));
      client->state = CLIENT_CLOSING;
      return;
    }
  self->open[self->n_open++] = client;
}

static void
read_answer (FloorClients *self,
             FloorClient  *client)
{
  Opening *opening = client->opening;
  const ssize_t n = receive (client, (uint8_t *) opening->head + opening->n_head,
                             HEAD_CAPACITY - 1 - opening->n_head);

  opening->n_head += (size_t) n;
  if (strstr (opening->head, "\r\n\r\n") == NULL)
    return;
  if (strncmp (opening->head, "HTTP/1.1 101 ", 13) != 0 ||
      strstr (opening->head, opening->accept_key) == NULL)
    floor_clients_fail (opening->head);
  end_opening (self, client);
}

static Step
end_closing (FloorClients *self,
             FloorClient  *client)
{
  if (receive (client, self->input, INPUT_CAPACITY) == 0)
    return STEP_DONE;
  if (self->input[0] != 0x88)
    floor_clients_fail ("a Close is answered by another frame");
  floor_way_close (&client->base);
  floor_connection_end (&client->base);
  self->n_done++;
  return STEP_FREED;
}

static void
take_echoes (FloorClients *self,
             FloorClient  *client,
             size_t        n)
{
  self->n_done += n;
  if (self->is_issuing && n > 0)
    floor_clients_send (self, client, n);
  else
    self->n_in_flight -= n;
}

static void
keep_part (FloorConnection *connection,
           const uint8_t   *at,
           size_t           n)
{
  const size_t length = frame_length (at, n);

  connection->part_capacity = length > 0 ? length : MAX_HEADER;
  connection->part = malloc (connection->part_capacity);
  memcpy (connection->part, at, n);
  connection->part_length = n;
}

/* Directly to the place of the frame, and not beyond its end. */
static void
read_part (FloorClients *self,
           FloorClient  *client)
{
  FloorConnection *base = &client->base;
  size_t length;

  base->part_length += (size_t) receive (client, base->part + base->part_length,
                                         base->part_capacity - base->part_length);
  length = frame_length (base->part, base->part_length);
  if (length > base->part_capacity)
    {
      base->part = realloc (base->part, length);
      base->part_capacity = length;
    }
  if (length == 0 || length > base->part_length)
    return;
  free (base->part);
  base->part = NULL;
  take_echoes (self, client, 1);
}

static void
read_echoes (FloorClients *self,
             FloorClient  *client)
{
  size_t n, at = 0, n_echoes = 0;

  if (client->base.part != NULL)
    {
      read_part (self, client);
      return;
    }
  n = (size_t) receive (client, self->input, INPUT_CAPACITY);
  for (;;)
    {
      const size_t length = frame_length (self->input + at, n - at);

      if (length == 0 || length > n - at)
        break;
      at += length;
      n_echoes++;
    }
  if (at < n)
    keep_part (&client->base, self->input + at, n - at);
  take_echoes (self, client, n_echoes);
}

static Step
step (FloorClients *self,
      FloorClient  *client)
{
  switch (client->state)
    {
    case CLIENT_CONNECTING: end_connecting (self, client); break;
    case CLIENT_SECURING: secure (self, client); break;
    case CLIENT_ASKING: read_answer (self, client); break;
    case CLIENT_OPEN: read_echoes (self, client); break;
    case CLIENT_CLOSING: return end_closing (self, client);
    }
  return STEP_DONE;
}

/* A ticket ends a call that receives, with a response perhaps behind it. */
static void
do_steps (FloorClients *self,
          FloorClient  *client)
{
  while (step (self, client) == STEP_DONE && client->base.rest == NULL &&
         floor_way_has_more (&client->base))
    continue;
}

void
floor_clients_turn (FloorClients *self)
{
  struct epoll_event events[N_EVENTS];
  const int n_events = epoll_wait (self->epoll, events, N_EVENTS, SILENCE_MS);

  if (n_events <= 0)
    floor_clients_fail ("the server does not answer");
  for (int i = 0; i < n_events; i++)
    {
      FloorClient *client = events[i].data.ptr;

      if (client->base.rest == NULL)
        do_steps (self, client);
      else if (floor_connection_write (&client->base) == FLOOR_READS)
        {
          watch (self, EPOLL_CTL_MOD, client, EPOLLIN);
          if (floor_way_has_more (&client->base))
            do_steps (self, client);
        }
    }
}

void
floor_clients_init (FloorClients        *self,
                    const ClientOptions *options)
{
  *self = (FloorClients) {
    .options = options,
    .epoll = epoll_create1 (EPOLL_CLOEXEC),
    .input = malloc (INPUT_CAPACITY),
    .output = malloc (options->depth * (options->size + MAX_HEADER) + MAX_HEADER),
    .payload = calloc (1, options->size + 1),
    .open = calloc (options->n_connections, sizeof self->open[0]),
    .times = calloc (MAX_TIMES, sizeof self->times[0]),
  };
}
