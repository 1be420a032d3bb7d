/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* wslay-server PORT: sends every message back; libwslay's event API on a bare epoll loop */

#include "floors/floor.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <wslay/wslay.h>

#define N_EVENTS     256
#define MOST_MESSAGE (16 * 1024 * 1024)

/* The floor accepts and does the handshake; FloorConnection.source is libwslay's. */

static ssize_t
receive (wslay_event_context_ptr context,
         uint8_t                *to,
         size_t                  n,
         int                     flags,
         void                   *data)
{
  FloorConnection *connection = data;
  const ssize_t result = recv (connection->fd, to, n, 0);

  if (result > 0)
    return result;
  wslay_event_set_error (context, result < 0 && errno == EAGAIN ? WSLAY_ERR_WOULDBLOCK
                                                                 : WSLAY_ERR_CALLBACK_FAILURE);
  return -1;
}

static ssize_t
transmit (wslay_event_context_ptr context,
          const uint8_t          *at,
          size_t                  n,
          int                     flags,
          void                   *data)
{
  FloorConnection *connection = data;
  const ssize_t result =
    send (connection->fd, at, n, MSG_NOSIGNAL | (flags & WSLAY_MSG_MORE ? MSG_MORE : 0));

  if (result >= 0)
    return result;
  wslay_event_set_error (context, errno == EAGAIN ? WSLAY_ERR_WOULDBLOCK
                                                  : WSLAY_ERR_CALLBACK_FAILURE);
  return -1;
}

static void
on_message (wslay_event_context_ptr                   context,
            const struct wslay_event_on_msg_recv_arg *message,
            void                                     *data)
{
  const struct wslay_event_msg echo = { message->opcode, message->msg, message->msg_length };

  if (!wslay_is_ctrl_frame (message->opcode))
    wslay_event_queue_msg (context, &echo);
}

static void
begin (FloorConnection *connection)
{
  static const struct wslay_event_callbacks callbacks = {
    receive, transmit, NULL, NULL, NULL, NULL, on_message,
  };
  wslay_event_context_ptr context;

  if (wslay_event_context_server_init (&context, &callbacks, connection) != 0)
    abort ();
  wslay_event_config_set_max_recv_msg_length (context, MOST_MESSAGE);
  connection->source = context;
}

static void
watch (int              epoll,
       int              operation,
       int              fd,
       uint32_t         events,
       FloorConnection *connection)
{
  struct epoll_event event = { .events = events, .data = { .ptr = connection } };

  epoll_ctl (epoll, operation, fd, &event);
}

static FloorState
exchange (wslay_event_context_ptr context,
          int                     epoll,
          FloorConnection        *connection)
{
  const int wanted_write = wslay_event_want_write (context);

  if (wslay_event_recv (context) != 0)
    return FLOOR_ENDED;
  if (wslay_event_want_write (context) && wslay_event_send (context) != 0)
    return FLOOR_ENDED;
  if (!wslay_event_want_read (context) && !wslay_event_want_write (context))
    return FLOOR_ENDED;
  if (wslay_event_want_write (context) != wanted_write)
    watch (epoll, EPOLL_CTL_MOD, connection->fd,
           EPOLLIN | (wslay_event_want_write (context) ? EPOLLOUT : 0), connection);
  return FLOOR_READS;
}

static void
serve (Floor           *floor,
       int              epoll,
       FloorConnection *connection)
{
  FloorState state;

  if (connection->is_open)
    state = exchange (connection->source, epoll, connection);
  else
    state = floor_connection_read (floor, connection);
  if (state == FLOOR_ENDED)
    {
      if (connection->source != NULL)
        wslay_event_context_free (connection->source);
      floor_connection_end (connection);
    }
  else if (connection->is_open && connection->source == NULL)
    begin (connection);
}

int
main (int    n_arguments,
      char **arguments)
{
  const int epoll = epoll_create1 (EPOLL_CLOEXEC);
  Floor floor;

  floor_init (&floor, n_arguments, arguments);
  watch (epoll, EPOLL_CTL_ADD, floor.listener, EPOLLIN, NULL);
  for (;;)
    {
      struct epoll_event events[N_EVENTS];
      const int n_events = epoll_wait (epoll, events, N_EVENTS, -1);

      for (int i = 0; i < n_events; i++)
        if (events[i].data.ptr != NULL)
          serve (&floor, epoll, events[i].data.ptr);
        else
          for (FloorConnection *connection = floor_accept (&floor); connection != NULL;
               connection = floor_accept (&floor))
            watch (epoll, EPOLL_CTL_ADD, connection->fd, EPOLLIN, connection);
    }
}
