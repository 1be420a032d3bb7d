/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The clients of a floor: floor-client.c has the connections, client-runs.c what is measured. */
#pragma once

#include "../clients/client.h"
#include "floor.h"

typedef struct FloorClient FloorClient;

typedef enum                    /* what a connection does when it is open */
{
  FLOOR_CLIENT_CLOSES,
  FLOOR_CLIENT_ECHOES,
} FloorClientTask;

typedef struct
{
  const ClientOptions *options;
  FloorClientTask task;
  int epoll;
  uint8_t *input, *output, *payload;
  FloorClient **open;           /* open connections, at most options->n_connections; none that is
                                 * closing */
  size_t n_open;
  size_t n_done;                /* number of connections that have closed, or of echoes */
  size_t n_in_flight;
  bool is_issuing;              /* TRUE if the client sends the next message after an echo */
  double *times;                /* seconds from connecting to the response with 101, one for each
                                 * connection */
  size_t n_times;
} FloorClients;

void floor_clients_init  (FloorClients *self, const ClientOptions *options);
void floor_clients_begin (FloorClients *self);   /* one more connection */
void floor_clients_send  (FloorClients *self, FloorClient *client, size_t n);   /* messages */
void floor_clients_turn  (FloorClients *self);   /* waits for events, and handles them */
void floor_clients_fail  (const char *what) __attribute__ ((noreturn));
