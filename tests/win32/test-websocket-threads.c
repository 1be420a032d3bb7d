/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Z-06: different handles need no lock; one handle needs one lock around every call. */

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <websocket.h>

#include "lib/tap.h"
#include "win32/session-pair.h"

#define N_THREADS 4
#define N_MESSAGES 500

/* One thread, two handles of its own. */
static bool
pass_message (WEB_SOCKET_HANDLE from,
              WEB_SOCKET_HANDLE to,
              Wire             *wire,
              unsigned          number)
{
  unsigned received;
  bool is_right;
  Step told;

  send_bytes (from, WEB_SOCKET_BINARY_MESSAGE_BUFFER_TYPE, &number, sizeof number, NULL);
  if (!write_out (from, wire) || WebSocketReceive (to, NULL, NULL) != S_OK)
    return false;

  told = read_in (to, wire, wire);
  is_right = told.action == WEB_SOCKET_INDICATE_RECEIVE_COMPLETE_ACTION &&
             told.buffers[0].Data.ulBufferLength == sizeof received;
  if (is_right)
    {
      memcpy (&received, told.buffers[0].Data.pbBuffer, sizeof received);
      is_right = received == number;
    }
  complete (to, &told, 0);
  return is_right;
}

static void *
use_own_handles (void *n_right)
{
  static _Thread_local Wire wire;
  WEB_SOCKET_HANDLE client, server;
  bool is_right = open_pair (&client, &server);

  for (unsigned i = 0; is_right && i < N_MESSAGES; i++)
    {
      is_right = pass_message (client, server, &wire, i) && pass_message (server, client, &wire, i);
      if (is_right)
        atomic_fetch_add ((atomic_uint *) n_right, 2);
    }
  WebSocketDeleteHandle (client);
  WebSocketDeleteHandle (server);
  return NULL;
}

static void
test_own_handles (void)
{
  atomic_uint n_right = 0;
  pthread_t threads[N_THREADS];

  for (int i = 0; i < N_THREADS; i++)
    pthread_create (&threads[i], NULL, use_own_handles, &n_right);
  for (int i = 0; i < N_THREADS; i++)
    pthread_join (threads[i], NULL);

  tap_point (atomic_load (&n_right) == 2 * N_THREADS * N_MESSAGES,
             "/win32/websocket/threads/WIN-Z-06-different-handles-without-a-lock");
}

/* Several threads, one handle, one lock that is let go between an action and its completion. */
typedef struct
{
  WEB_SOCKET_HANDLE handle;
  pthread_mutex_t lock;
  pthread_mutex_t socket;                 /* lock of the socket, as in .NET: the first output handed
                                           * out is written first */
  Wire wire;
  unsigned n_indicated;
} Shared;

static WEB_SOCKET_ACTION
perform_one (Shared *shared)
{
  Step step;

  pthread_mutex_lock (&shared->socket);
  pthread_mutex_lock (&shared->lock);
  step = next_step (shared->handle, WEB_SOCKET_SEND_ACTION_QUEUE);
  pthread_mutex_unlock (&shared->lock);

  for (ULONG i = 0; step.action == WEB_SOCKET_SEND_TO_NETWORK_ACTION && i < step.n_buffers; i++)
    {
      memcpy (shared->wire.bytes + shared->wire.length, step.buffers[i].Data.pbBuffer,
              step.buffers[i].Data.ulBufferLength);
      shared->wire.length += step.buffers[i].Data.ulBufferLength;
    }
  if (step.action == WEB_SOCKET_INDICATE_SEND_COMPLETE_ACTION)
    shared->n_indicated++;

  pthread_mutex_lock (&shared->lock);
  complete (shared->handle, &step, length_of (&step));
  pthread_mutex_unlock (&shared->lock);
  pthread_mutex_unlock (&shared->socket);
  return step.action;
}

static void *
use_shared_handle (void *data)
{
  static const char text[] = "of all threads";
  Shared *shared = data;

  for (int i = 0; i < N_MESSAGES; i++)
    {
      pthread_mutex_lock (&shared->lock);
      send_bytes (shared->handle, WEB_SOCKET_UTF8_MESSAGE_BUFFER_TYPE, text, 14, shared);
      pthread_mutex_unlock (&shared->lock);
      while (perform_one (shared) != WEB_SOCKET_NO_ACTION)
        continue;
    }
  return NULL;
}

static bool
is_whole (const Wire *wire)
{
  if (wire->length != N_THREADS * N_MESSAGES * 16)
    return false;

  for (size_t i = 0; i < wire->length; i += 16)
    if (memcmp (wire->bytes + i, "\x81\x0e" "of all threads", 16) != 0)
      return false;
  return true;
}

static void
test_shared_handle (void)
{
  static Shared shared;
  WEB_SOCKET_HANDLE client;
  pthread_t threads[N_THREADS];

  open_pair (&client, &shared.handle);
  pthread_mutex_init (&shared.lock, NULL);
  pthread_mutex_init (&shared.socket, NULL);
  for (int i = 0; i < N_THREADS; i++)
    pthread_create (&threads[i], NULL, use_shared_handle, &shared);
  for (int i = 0; i < N_THREADS; i++)
    pthread_join (threads[i], NULL);

  tap_point (is_whole (&shared.wire) && shared.n_indicated == N_THREADS * N_MESSAGES,
             "/win32/websocket/threads/WIN-Z-06-one-handle-under-one-lock");
  pthread_mutex_destroy (&shared.lock);
  pthread_mutex_destroy (&shared.socket);
  WebSocketDeleteHandle (client);
  WebSocketDeleteHandle (shared.handle);
}

int
main (void)
{
  test_own_handles ();
  test_shared_handle ();
  return tap_end ();
}
