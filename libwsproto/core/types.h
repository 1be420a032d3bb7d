/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The types that all layers of the core share.  An enum is a plain enum in signatures and a uint8_t
 * in structs. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* For functions on the path of small messages: a call would cost more than the body. */
#define WSC_INLINE inline __attribute__ ((always_inline))

/* For functions that a fast path calls last: because such a function is not inlined, its call is a
 * tail call, and the fast path saves no registers. */
#define WSC_NOINLINE __attribute__ ((noinline))

/* For functions that ordinary messages do not call: the compiler keeps their code apart. */
#define WSC_COLD __attribute__ ((cold, noinline))

/* For data of another file: access does not go through the global offset table, which Windows does
 * not have. */
#ifdef _WIN32
#define WSC_HIDDEN
#else
#define WSC_HIDDEN __attribute__ ((visibility ("hidden")))
#endif

typedef struct
{
  const uint8_t *at;
  size_t length;
} WscBytes;                     /* read only; may be {NULL, 0} */

typedef struct
{
  uint8_t *at;
  size_t length;
} WscBuffer;                    /* written to */

typedef enum
{
  WSC_ROLE_CLIENT,
  WSC_ROLE_SERVER,
} WscRole;

typedef enum                    /* the values are Windows' 0 to 4 */
{
  WSC_ACTION_NONE,
  WSC_ACTION_SEND_TO_NETWORK,
  WSC_ACTION_INDICATE_SEND_COMPLETE,
  WSC_ACTION_RECEIVE_FROM_NETWORK,
  WSC_ACTION_INDICATE_RECEIVE_COMPLETE,
} WscActionType;

typedef enum
{
  WSC_ACTION_QUEUE_SEND = 1,
  WSC_ACTION_QUEUE_RECEIVE = 2,
  WSC_ACTION_QUEUE_ALL = 3,
} WscActionQueue;

typedef enum                    /* Windows' seven types in their order, between NONE and RAW */
{
  WSC_BUFFER_NONE,
  WSC_BUFFER_UTF8_MESSAGE,
  WSC_BUFFER_UTF8_FRAGMENT,
  WSC_BUFFER_BINARY_MESSAGE,
  WSC_BUFFER_BINARY_FRAGMENT,
  WSC_BUFFER_CLOSE,
  WSC_BUFFER_PING_PONG,         /* sent: a ping; received: a pong */
  WSC_BUFFER_UNSOLICITED_PONG,
  WSC_BUFFER_RAW,               /* a frame of an extension, sent with its first header byte */
} WscBufferType;

typedef enum
{
  WSC_MODE_WINDOWS,             /* the caller replies to a Close, and ends a session that failed */
  WSC_MODE_AUTOMATIC,           /* the engine replies to a Close, and sends a Close after a fault */
} WscMode;

typedef struct                  /* limits of one HTTP head */
{
#define HEAD_LIMIT(field, name, property, blurb, type, ...) type field;
#include "core/limit-rows.h"
} WscHeadLimits;

typedef struct                  /* shared by all sessions of one configuration; the core only reads it */
{
#define OPTION_LIMIT(field, name, property, blurb, type, ...) type field;
#include "core/limit-rows.h"
  const WscHeadLimits *head;
  WscRole  role;
  uint8_t  mode;                /* division of work between engine and caller (WscMode) */
  uint8_t  masking;             /* client: 0 masks with the key 0 */
  uint8_t  utf8_check;
  uint8_t  accept_unmasked;     /* a server accepts frames without a mask */
} WscOptions;

typedef struct                  /* how a side compresses, and what it requests from the other (RFC 7692 7.1) */
{
  uint8_t  level, memory_level; /* level and memory level of zlib, 1 to 9 */
  uint8_t  client_window_bits, server_window_bits;       /* window sizes as powers of 2, 9 to 15 */
  uint8_t  client_takeover, server_takeover;
  uint32_t threshold;           /* smallest message, in bytes, that is compressed */
} WscDeflateOptions;

typedef struct                  /* what both sides negotiated */
{
  uint8_t client_window_bits, server_window_bits;        /* window sizes as powers of 2, 8 to 15; both 0: no compression */
  uint8_t client_takeover, server_takeover;
} WscDeflateParameters;

typedef void (*WscFillRandom) (void *data, uint8_t *to, size_t n);

typedef struct
{
  WscFillRandom fill_random;    /* the only function that the core calls outside itself */
  void *data;
} WscHost;

typedef struct
{
  WscBytes name, value;
} WscHeader;

typedef struct                  /* what a client offers */
{
  const WscBytes *subprotocols;
  size_t n_subprotocols;
  const WscBytes *extensions;
  size_t n_extensions;
  const WscHeader *initial;     /* the caller's own headers: checked, not returned */
  size_t n_initial;
  const WscDeflateOptions *deflate;     /* settings of permessage-deflate; NULL: it is not offered */
} WscOffer;

typedef struct                  /* what a server selected; subprotocol.at NULL = none */
{
  WscBytes subprotocol;
  const WscBytes *extensions;
  size_t n_extensions;
  const WscDeflateOptions *deflate;     /* settings of permessage-deflate; NULL: it is not selected */
  bool is_checked;               /* wsc_server_handshake_check () has passed the request */
} WscChoice;

typedef struct                  /* what a client received: indices into its offer */
{
  int32_t subprotocol;          /* index of the subprotocol; -1 = none */
  uint32_t *extensions;
  size_t capacity, n_extensions;
} WscSelection;

typedef struct                  /* what a negotiated extension permits */
{
  uint8_t rsv;                  /* RSV bits of the first header byte that an extension uses */
  uint8_t opcodes;              /* 1: reserved opcodes are accepted as RAW */
  uint8_t compressed;           /* 1: RSV1 marks a received message as compressed */
} WscFrameAllowance;
