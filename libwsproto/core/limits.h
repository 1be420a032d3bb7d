/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Every number of the protocol, with its section of RFC 6455, and the limits of this library, whose
 * rows are in limit-rows.h. */
#pragma once

#include "core/fault.h"
#include "core/types.h"

/* Frames: 5.2 */
#define WSC_FIN 0x80
#define WSC_RSV 0x70
#define WSC_RSV1 0x40                           /* of a compressed message's first frame: RFC 7692 6 */
#define WSC_OPCODE 0x0f
#define WSC_MASKED 0x80

#define WSC_OPCODE_CONTINUATION 0x0
#define WSC_OPCODE_TEXT 0x1
#define WSC_OPCODE_BINARY 0x2
#define WSC_OPCODE_CLOSE 0x8
#define WSC_OPCODE_PING 0x9
#define WSC_OPCODE_PONG 0xa
#define WSC_OPCODE_IS_CONTROL 0x8               /* bit; 5.5 */

#define WSC_LENGTH_7_BITS 125
#define WSC_LENGTH_16_BITS 65535
#define WSC_MAX_HEADER_LENGTH 14
#define WSC_MAX_CONTROL_PAYLOAD 125             /* 5.5 */
#define WSC_MAX_CONTROL_FRAME 139               /* header and payload of the longest control frame */
#define WSC_MAX_CLOSE_REASON 123                /* 5.5.1: a control payload without the code */

/* Opening handshake: 1.3, 4.1 */
#define WSC_GUID "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
#define WSC_NONCE_LENGTH 16
#define WSC_KEY_LENGTH 24                       /* the nonce in base64 */
#define WSC_DIGEST_LENGTH 20
#define WSC_ACCEPT_LENGTH 28                    /* the digest in base64 */
#define WSC_VERSION 13
#define WSC_VERSION_TEXT "13"
#define WSC_MAX_INTERIM_ANSWERS 5               /* interim responses (1xx) before the final response: RFC 9110 15.2 */

/* permessage-deflate: RFC 7692 7 */
#define WSC_MIN_WINDOW_BITS 8
#define WSC_MIN_DEFLATE_WINDOW_BITS 9           /* of an own offer; see compressor-zlib.c for 8 */
#define WSC_MAX_WINDOW_LENGTH (32 * 1024)       /* bytes, with the most window bits */
#define WSC_MAX_WINDOW_BITS 15
#define WSC_DEFLATE_TAIL_LENGTH 4               /* 00 00 ff ff: 7.2.1 */
#define WSC_MIN_DEFLATE_OUTPUT 16               /* least room, in bytes, with which a deflater makes progress */

/* Sizes of buffers */
#define WSC_DEFAULT_RECEIVE_BUFFER 4096u
#define WSC_DEFAULT_CLIENT_SEND_BUFFER 4096u
#define WSC_DEFAULT_SERVER_SEND_BUFFER 16u
#define WSC_MIN_RECEIVE_BUFFER 256u
#define WSC_MIN_SEND_BUFFER 16u                 /* room for the longest header of a frame, and for payload */
#define WSC_MIN_DEFLATE_SEND_BUFFER (WSC_MAX_HEADER_LENGTH + WSC_MIN_DEFLATE_OUTPUT)
/* In addition to its two buffers a workspace holds one whole control frame: a pong always fits. */
#define WSC_WORKSPACE_EXTRA 144u

#define WSC_ANY_FRAGMENTS UINT32_MAX            /* value of max_fragments for no limit */

#define WSC_UNLIMITED ((UINT64_C (1) << 53) - 1) /* the largest exact integer of JavaScript */

typedef enum
{
#define LIMIT(field, name, ...) WSC_LIMIT_ ## name,
#include "core/limit-rows.h"
  WSC_N_LIMITS,
} WscLimit;

enum                            /* defaults */
{
#define LIMIT(field, name, property, blurb, type, minimum, maximum, value, ...) \
  WSC_DEFAULT_ ## name = value,
#include "core/limit-rows.h"
};

typedef struct
{
  const char *property;         /* name of the property of WspLimits or WspServer; NULL: a program cannot change the limit */
  const char *blurb;
  uint64_t minimum, maximum, value;
  WscFault fault;               /* NONE: the core has no rule for this limit */
  bool is_wide;                 /* the value has 64 bits */
  bool is_of_head;
} WscLimitRow;

/* The last row, with the index WSC_N_LIMITS, is empty: wsc_limit_find () returns this index if
 * there is no limit. */
extern const WscLimitRow wsc_limit_rows[WSC_N_LIMITS + 1];
extern const WscHeadLimits wsc_default_head_limits;

/* Returns the limit that a peer exceeds with this fault, or WSC_N_LIMITS. */
WscLimit wsc_limit_find (WscFault fault);
/* The value of a limit that the core checks; 0 for others. */
uint64_t wsc_limit_read (WscLimit          limit,
                         const WscOptions *options);
