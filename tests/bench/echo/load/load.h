/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Shared by the parts of the load generator.
 *
 * wire.c        what is sent: frames made beforehand
 * reader.c      what is received: checked frame by frame
 * connection.c  one socket with both; opening.c  its handshake; loop.c  all of them
 * tls.c         sessions and tickets
 * process.c     the cost to the server
 * runs*.c       one figure each
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

#include <openssl/ssl.h>
#include <zlib.h>

typedef enum
{
  LOAD_BINARY,
  LOAD_ASCII,
  LOAD_MIXED,
  LOAD_JSON,                    /* text messages that are JSON; every message is different */
} LoadKind;

typedef enum                    /* behaviour of clients that do not complete a request */
{
  LOAD_SILENT,
  LOAD_HALF_HELLO,
  LOAD_WHOLE_HELLO,
} LoadHello;

typedef struct                  /* of permessage-deflate, as in the server's response */
{
  bool is_on;
  bool client_takes_over, server_takes_over;
  int client_window_bits, server_window_bits;
} LoadDeflate;

typedef struct
{
  const char *run;
  uint16_t port;
  pid_t pid;                    /* process of the server; 0: its cost is not measured */
  size_t n_connections, n_active, size, depth, n_parallel;
  size_t n_others;              /* number of additional clients, which only do HELLO */
  LoadKind kind;
  LoadHello hello;
  bool is_tls, resumes, offers_deflate;
  bool is_paused;               /* TRUE if idle connections wait until their compression has given memory back */
  bool is_delayed;              /* TRUE if the sockets are without TCP_NODELAY */
  double seconds, warm_up;
  const char *counter;          /* file of the allocation counter; NULL: none */
  int level, memory_level, window_bits;
} LoadOptions;

typedef struct                  /* frames of a client, sent in order, repeatedly */
{
  uint8_t *bytes;
  size_t *starts;               /* offsets of the frames in bytes; n_frames + 1 of them */
  size_t n_frames;
  uint8_t *payloads;            /* n_different payloads of size bytes each */
  size_t n_different, size;
  LoadKind kind;
} LoadWire;

void           load_wire_init    (LoadWire *self, LoadKind kind, size_t size, size_t depth, const LoadDeflate *deflate);
void           load_wire_clear   (LoadWire *self);
const uint8_t *load_wire_payload (const LoadWire *self, size_t n);
void           load_json_fill    (uint8_t *to, size_t size, size_t n);

typedef struct                  /* frames of a server; initially all zero */
{
  const LoadWire *expected;     /* wire whose messages are expected back; NULL: only pings are
                                 * expected */
  uint8_t header[10];
  size_t n_header;
  uint64_t payload_left;
  bool is_in_frame, is_in_message, is_compressed;
  size_t message_length;        /* uncompressed bytes of the message in progress */
  size_t n_echoes;
  uint64_t n_bytes;            /* bytes received on the wire, headers included */
  uint8_t control[125];
  size_t n_control;
  uint8_t pong[6 + 125];        /* pong frame that is to be sent */
  size_t n_pong, n_pings;
  z_stream *inflater;           /* zlib's state; NULL until a compressed message is received */
  uint8_t *plain;
} LoadReader;

void   load_reader_clear (LoadReader *self);
size_t load_reader_take  (LoadReader *self, const uint8_t *at, size_t n);   /* complete echoes */

typedef enum
{
  LOAD_CLOSED,
  LOAD_CONNECTING,
  LOAD_SECURING,
  LOAD_ASKING,                  /* the request or its response is in progress */
  LOAD_OPEN,
} LoadState;

typedef struct
{
  int fd;
  LoadState state;
  SSL *tls;
  bool shows_ticket;
  char *head;                   /* the received part of the response; NULL once open */
  size_t n_head;
  LoadReader reader;
  const LoadWire *wire;
  size_t n_to_send, frame, sent_of_frame;
  bool waits_for_room;
  double sent_at;
} LoadConnection;

typedef enum
{
  LOAD_MORE,                    /* only a part of the work could be done now */
  LOAD_DONE,
} LoadProgress;

typedef struct
{
  const LoadOptions *options;
  int epoll;
  SSL_CTX *tls;
  SSL_SESSION *session;         /* session of the last TLS ticket; NULL: none is stored */
  LoadDeflate deflate;
  LoadConnection *connections;
  size_t n_connections;
  uint8_t *input;
} Load;

/* echo NULL: the connection has opened.  Returns how many messages to send now. */
typedef size_t (*LoadEchoed) (Load *load, LoadConnection *connection, size_t n_echoes, void *data);

void         load_init                  (Load *self, const LoadOptions *options);
void         load_clear                 (Load *self);
void         load_watch                 (Load *self, LoadConnection *connection, uint32_t events);
void         load_send                  (Load *self, LoadConnection *connection, size_t n);
int          load_turn                  (Load *self, int timeout_ms, LoadEchoed echoed, void *data);   /* events */
void         load_set_wire              (Load *self, const LoadWire *wire);

int          load_connect               (const LoadOptions *options, int flags);
void         load_connection_begin      (LoadConnection *self, Load *load);
LoadProgress load_connection_open       (LoadConnection *self, Load *load);   /* one step of the handshake */
void         load_connection_close      (LoadConnection *self);
LoadProgress load_connection_flush      (LoadConnection *self);
size_t       load_connection_read       (LoadConnection *self, uint8_t *to, size_t n);   /* 0: nothing is available */
size_t       load_connection_write      (LoadConnection *self, const void *at, size_t n);
void         load_open_all              (Load *self);
void         load_tls_init              (Load *self);
void         load_tls_clear             (Load *self);
void         load_tls_begin             (LoadConnection *self, Load *load);
LoadProgress load_tls_secure            (LoadConnection *self, Load *load);   /* one step of the handshake */
size_t       load_tls_write_hello       (Load *self, uint8_t *to, size_t capacity);
void         load_deflate_parse         (LoadDeflate *self, const char *head);

typedef struct
{
  double cpu;                   /* CPU time of all threads of the server, in seconds */
  double time;
  uint64_t n_allocations;
} LoadCost;

double       load_now                   (void);
LoadCost     load_cost                  (const LoadOptions *options);   /* waits until the server sleeps */
size_t       load_resident              (pid_t pid);
size_t       load_count                 (pid_t pid, const char *what);   /* "fd" or "task" */
int          load_compare_times         (const void *a, const void *b);

void         load_run_echo              (Load *load);
void         load_run_handshakes        (Load *load);
size_t       load_do_handshakes           (Load *load, double end);   /* the number of handshakes */
void         load_run_honest            (Load *load);
void         load_run_descriptors       (Load *load);
void         load_run_rush              (Load *load);
void         load_run_idle              (Load *load);
void         load_run_keepalive         (Load *load);
void         load_run_latency           (Load *load);
void         load_run_broadcast         (Load *load);
void         load_run_zlib              (const LoadOptions *options);

void load_fail  (const char *format, ...) __attribute__ ((noreturn, format (printf, 1, 2)));
void *load_alloc (size_t n);    /* zeroed; never NULL */
