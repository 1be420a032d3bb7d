/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* test-random-unload LIBRARY: libwsproto-win32 is unloaded while a thread has a pool.  The thread
 * ends after that, and no function of the library is called. */

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include <websocket.h>

#include "lib/tap.h"

static const char *path;
static pthread_barrier_t has_drawn, is_unloaded;
static void *library;

/* A handshake draws its key. */
static bool
begin_handshake (void)
{
  static const WEB_SOCKET_HTTP_HEADER host = { (PCHAR) "Host", 4, (PCHAR) "h", 1 };
  /* ISO C has no other conversion from the result of dlsym () to a function. */
  union { void *symbol; __typeof__ (&WebSocketCreateClientHandle) call; } create;
  union { void *symbol; __typeof__ (&WebSocketBeginClientHandshake) call; } begin;
  union { void *symbol; __typeof__ (&WebSocketDeleteHandle) call; } delete;
  WEB_SOCKET_HANDLE handle = NULL;
  PWEB_SOCKET_HTTP_HEADER added;
  ULONG n_added;
  bool is_begun;

  library = dlopen (path, RTLD_NOW | RTLD_LOCAL);
  if (library == NULL)
    {
      printf ("Bail out! %s\n", dlerror ());
      exit (1);
    }

  create.symbol = dlsym (library, "WebSocketCreateClientHandle");
  begin.symbol = dlsym (library, "WebSocketBeginClientHandshake");
  delete.symbol = dlsym (library, "WebSocketDeleteHandle");
  if (FAILED (create.call (NULL, 0, &handle)))
    return false;

  is_begun = SUCCEEDED (begin.call (handle, NULL, 0, NULL, 0, (PWEB_SOCKET_HTTP_HEADER) &host, 1,
                                    &added, &n_added));
  delete.call (handle);
  return is_begun;
}

static void *
draw (void *is_begun)
{
  *(bool *) is_begun = begin_handshake ();
  pthread_barrier_wait (&has_drawn);
  pthread_barrier_wait (&is_unloaded);
  return NULL;
}

int
main (int    argc,
      char **argv)
{
  pthread_t thread;
  bool is_begun = false;

  path = argv[argc - 1];
  pthread_barrier_init (&has_drawn, NULL, 2);
  pthread_barrier_init (&is_unloaded, NULL, 2);
  pthread_create (&thread, NULL, draw, &is_begun);
  pthread_barrier_wait (&has_drawn);
  tap_point (is_begun, "/random/unload/a-thread-has-a-pool");
  dlclose (library);
  tap_point (dlopen (path, RTLD_NOW | RTLD_NOLOAD) == NULL,
             "/random/unload/the-library-is-unloaded");
  pthread_barrier_wait (&is_unloaded);
  pthread_join (thread, NULL);
  tap_point (true, "/random/unload/the-thread-ends-after-it");
  return tap_end ();
}
