/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Shared by the subjects of the bench: their input, their output and their functions. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define BENCH_N_SIZES 5
#define BENCH_READ    ((size_t) 64 * 1024)   /* bytes of one read, except for larger frames */

typedef enum
{
  BENCH_BINARY,
  BENCH_ASCII,
  BENCH_MIXED,
  BENCH_N_KINDS,
} BenchKind;

typedef enum
{
  BENCH_SERVER,
  BENCH_CLIENT,
} BenchRole;

typedef struct                  /* frames of a client, read repeatedly as from a socket */
{
  uint8_t *bytes, *payloads;   /* masked frames with their headers; the same payloads, plain and one
                                * after the other */
  size_t length, n_messages, message_length;
  size_t at, n_left;            /* position of the next read; bytes from there to the end */
  BenchKind kind;
} BenchWire;

typedef struct                  /* the output */
{
  size_t n_messages, n_bytes;
  unsigned last_bytes;         /* sum of the last byte of each message, so that every subject has to
                                * read its messages */
  const BenchWire *expected;    /* wire whose messages are expected; NULL: messages are only
                                 * counted */
  bool is_wrong;
} BenchTally;

typedef struct                  /* a socket's send buffer, emptied when it is full */
{
  uint8_t *bytes;
  size_t length, capacity;
} BenchOutput;

typedef struct BenchState BenchState;

typedef BenchState *(*BenchOpen)  (BenchRole role, size_t message_length);
typedef void (*BenchReceive)      (BenchState *state, BenchWire *wire, BenchTally *tally);
typedef void (*BenchSend)         (BenchState *state, const BenchWire *source, size_t n,
                                   BenchOutput *output);
typedef void (*BenchClose)        (BenchState *state);

typedef struct
{
  const char  *name;
  BenchOpen    open;
  BenchReceive receive;         /* function that receives all frames of the wire */
  BenchSend    send_server, send_client;   /* functions that send as a server and as a client; NULL:
                                            * the subject does not send */
  BenchClose   close;
} BenchSubject;

extern const BenchSubject bench_floor, bench_frames, bench_ours, bench_echo;
extern const BenchSubject bench_wslay, bench_beast;

extern const size_t bench_sizes[BENCH_N_SIZES];
extern const char *const bench_size_names[BENCH_N_SIZES];
extern const char *const bench_kind_names[BENCH_N_KINDS];

typedef enum
{
  BENCH_FLOOR,
  BENCH_FRAMES,
  BENCH_ENGINE,
  BENCH_WSLAY,
  BENCH_BEAST,
  BENCH_N_SUBJECTS,
} BenchWho;

typedef struct
{
  double ns;                    /* nanoseconds for one message; 0: not measured */
  uint64_t n_allocations, n_messages;
  bool is_wrong;                /* a message was not received as it was sent */
} BenchFigure;

typedef struct
{
  BenchFigure receive[BENCH_N_KINDS][BENCH_N_SIZES][BENCH_N_SUBJECTS];
  BenchFigure send[2][BENCH_N_SIZES][BENCH_N_SUBJECTS];   /* figures of sending, one array for each
                                                           * BenchRole */
  BenchFigure echo[BENCH_N_KINDS][BENCH_N_SIZES];
} BenchResults;

typedef struct
{
  size_t n_rounds;
  double batch;                 /* seconds that one batch takes at least */
} BenchPace;

#define BENCH_MAX_ROUNDS 99

unsigned bench_bars (const BenchResults *results);          /* prints; returns how many were missed */
unsigned bench_utf8 (const BenchPace *pace);                /* the same */
bool     bench_floor_is_floor (const BenchResults *results); /* prints; if FALSE, the run is invalid */
unsigned bench_check (const char *bar, const char *what, double value, double most);
double   bench_median (double *values, size_t n);

const char *bench_wslay_version (void);
const char *bench_beast_version (void);

size_t   bench_text           (uint8_t *to, size_t n, BenchKind kind, size_t variation);
void     bench_wire_init      (BenchWire *self, BenchKind kind, size_t message_length);
void     bench_wire_clear     (BenchWire *self);
void     bench_wire_rewind    (BenchWire *self, size_t n_times);
size_t   bench_wire_read      (BenchWire *self, uint8_t *to, size_t n);
void     bench_tally_add      (BenchTally *tally, const uint8_t *at, size_t n);
void     bench_output_put     (BenchOutput *output, const uint8_t *at, size_t n);
uint32_t bench_key            (void);            /* a different one for each call, without cost */
double   bench_now            (void);            /* CPU seconds of this thread */

#ifdef __cplusplus
}
#endif
