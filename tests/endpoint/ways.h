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
  OVER_OWN_TLS,                 /* of the server, if the build has it; the client's is GIO's */
  OVER_UNIX,
  OVER_STREAMS,                 /* of the program, on both sides */
  OVER_TLS_STREAMS,             /* likewise, with GIO's TLS */
} Way;

#define N_WAYS (OVER_TLS_STREAMS + 1)

typedef struct
{
  WspServer     *server;
  WspClient     *client;
  WspConnection *connections[2];        /* of the client, of the server */
  GIOStream     *streams[2];            /* likewise; NULL: the library makes them */
  GAsyncResult  *result;
  char          *folder, *path;         /* of a Unix socket */
  char          *uri;
  char          *expected;              /* the address of the server */
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
