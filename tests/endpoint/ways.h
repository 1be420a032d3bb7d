/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A client and a server in one process, over each kind of transport, by the public API alone. */
#pragma once

#include <libwsproto/wsproto.h>

#define WAY_CLIENT_HOST "127.0.0.2"     /* where a client over TCP connects from */

typedef enum
{
  OVER_TCP,
  OVER_GIO_TLS,
  OVER_OWN_TLS,                 /* the server's own TLS, if the build has it; the client's is
                                 * GIO's */
  OVER_UNIX,
  OVER_STREAMS,                 /* streams of the program, on both sides */
  OVER_TLS_STREAMS,             /* streams of the program with GIO's TLS, on both sides */
} Way;

#define N_WAYS (OVER_TLS_STREAMS + 1)

typedef struct
{
  WspServer     *server;
  WspClient     *client;
  WspConnection *connections[2];        /* connection of the client, connection of the server */
  GIOStream     *streams[2];            /* streams of these connections; NULL: the library makes
                                         * them */
  GAsyncResult  *result;
  char          *folder, *path;         /* folder and path of a Unix socket */
  char          *uri;
  char          *expected;              /* address of the server that is expected */
} WayPair;

void  way_pair_init        (WayPair *self,
                            Way      way);
void  way_pair_connect     (WayPair *self);
void  way_pair_clear       (WayPair *self);
char *way_describe_address (GSocketAddress *address);   /* NULL: there is none */
/* Adds the test below the path for each kind of transport, a Way its data, and runs them. */
int   way_run              (int           argc,
                            char        **argv,
                            const char   *path,
                            GTestDataFunc test);
