/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Shared by the measured clients: CLIENT RUN PORT [OPTION]...
 *
 *   RUN                    connects: connect, 101 and close, one after the other
 *                          echo: messages there and back
 *                          hold: memory of connections that are open and idle
 *                          standstill: the longest time in which a connect stops the main loop;
 *                          before it is one with the authorities of --first=FILE
 *   --trust=FILE | system  TLS, with the authorities of a file or of the system
 *   --resumed              TLS sessions of connections before are resumed (libraries do it unasked)
 *   --delayed              without TCP_NODELAY (the floor only)
 *   --seconds=S --warm-up=S --connections=N --size=N --depth=N
 *
 * Each prints its figures as one line of JSON.  The server is on 127.0.0.1. */
#pragma once

#include <stddef.h>
#include <stdint.h>

typedef enum
{
  CLIENT_FULL,
  CLIENT_RESUMED,
} ClientSessions;

typedef enum
{
  CLIENT_AT_ONCE,
  CLIENT_DELAYED,
} ClientSending;

typedef struct
{
  const char *run;
  uint16_t port;
  const char *trust;            /* file of the CA for TLS; NULL: no TLS */
  const char *first;            /* file of the CA for the first connection; NULL: the same as
                                 * trust */
  ClientSessions sessions;
  ClientSending sending;
  double seconds, warm_up;
  size_t n_connections, size, depth;
} ClientOptions;

void   client_parse_options (ClientOptions *options, int n_arguments, char **arguments);   /* a wrong one ends the program */

double client_now           (void);   /* seconds */
double client_cpu           (void);   /* seconds of this process, of all its threads */
double client_delay         (void);   /* seconds in which this thread could have run, but had no processor */
size_t client_resident      (void);   /* bytes of this process */
size_t client_n_opened      (void);   /* files opened until now; 0 without client-files.so */
