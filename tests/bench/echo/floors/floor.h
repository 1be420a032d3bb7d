/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The minimum that an echo server must do for one connection.  The floors differ in how they wait,
 * and in how they read and write: way-socket.c or way-gnutls.c.  floor-client.h is the
 * client's side.
 *
 * No limits, no check of text: the difference to the peers is the cost of those. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

typedef enum
{
  FLOOR_ECHO,
  FLOOR_BROADCAST,              /* a message goes to all connections */
} FloorMode;

typedef enum
{
  FLOOR_ENDED,
  FLOOR_READS,
  FLOOR_WRITES,                 /* the connection waits until the socket has room, and does not read
                                 * meanwhile */
} FloorState;

typedef struct FloorConnection FloorConnection;

struct FloorConnection
{
  int fd;
  bool is_open;                 /* the handshake is done */
  uint8_t *part;                /* incomplete frame or request; NULL: none */
  size_t part_length, part_capacity;
  uint8_t *rest;                /* bytes that the socket did not accept; NULL: none */
  size_t rest_at, rest_length;
  void *source;                 /* libwslay's context, or the struct Way of way-gnutls.c */
  FloorConnection *next, **link;
};

typedef struct
{
  int listener;
  FloorMode mode;
  uint8_t *input;               /* memory that all connections read into; a complete frame is echoed
                                 * from it */
  FloorConnection *connections; /* list of the open connections; only kept with FLOOR_BROADCAST */
} Floor;

void             floor_init              (Floor *self, int n_arguments, char **arguments);
FloorConnection *floor_accept            (Floor *self);   /* NULL: no connection is waiting */
FloorState       floor_connection_read   (Floor *self, FloorConnection *connection);
FloorState       floor_connection_write  (FloorConnection *connection);
FloorState       floor_connection_put    (FloorConnection *connection, const uint8_t *at, size_t n);
void             floor_connection_end    (FloorConnection *connection);
/* Masks or unmasks n bytes.  to is from, or before it, or other memory. */
void             floor_mask              (uint8_t *to, const uint8_t *from, size_t n, const uint8_t *key);
void             floor_accept_key        (char to[29], const char *key);

/* They return as recv () and send () do, with errno. */
void             floor_way_init          (int n_arguments, char **arguments);
ssize_t          floor_way_receive       (FloorConnection *connection, void *to, size_t n);
ssize_t          floor_way_send          (FloorConnection *connection, const void *at, size_t n);
bool             floor_way_has_more      (FloorConnection *connection);   /* input that poll does not report */
void             floor_way_end           (FloorConnection *connection);

typedef enum                    /* what a client keeps of a connection for the next one */
{
  FLOOR_KEEPS_NOTHING,
  FLOOR_KEEPS_TICKETS,
} FloorKeeping;

/* way-gnutls.c only.  trust: a file of authorities, or "system"; each of them is read once. */
void             floor_way_init_client   (const char *trust, FloorKeeping keeping);
void             floor_way_keep          (FloorConnection *connection);   /* the ticket, once the 101 was read */
size_t           floor_way_count_full    (void);                   /* handshakes that resumed no session */
void             floor_way_close         (FloorConnection *connection);   /* sends close_notify */
