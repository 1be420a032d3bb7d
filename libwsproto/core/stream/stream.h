/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The stream: the bytes of one WebSocket become messages, and messages become bytes (RFC 6455 5 to
 * 7, RFC 7692).
 *
 * A stream does no I/O, has no callbacks and keeps no queue of messages to send: the caller of the
 * stream, its driver, does I/O and keeps the queue.  A stream reads and writes in memory that the
 * driver lends to it.  Every rule about a frame, a message or the closing handshake is checked here
 * or in core/frames, once.
 *
 * The engine drives a stream for the APIs that work with Windows' actions.  A connection drives its
 * stream without an engine.
 *
 * docs/rationales/stream-and-engine.md has the reasons. */
#pragma once

#include "core/bytes/byte-buffer.h"
#include "core/frames/compression.h"
#include "core/frames/frame-header.h"
#include "core/frames/frame-writer.h"
#include "core/stream/keepalive.h"
#include "core/stream/lifecycle.h"
#include "core/stream/receive-path.h"

#include <assert.h>

typedef enum
{
  WSC_OUTGOING_BEGUN = 0x02,    /* a frame of the message was sent, but not the last frame */
  WSC_OUTGOING_NO_COMPRESSION = 0x04,   /* set at the first fragment, holds for the whole message */
  WSC_OUTGOING_CHECKED = 0x08,   /* a whole text is known to be UTF-8; ignored for fragments */
  WSC_OUTGOING_COMPRESSED = 0x10,       /* the message is compressed, step by step */
  WSC_OUTGOING_DEFLATED = 0x20, /* the whole message was compressed: before it was accepted, or because the last frame is handed out */
  WSC_OUTGOING_PREPARED = 0x40, /* the bytes before `at` hold the header of a server's frame */
} WscOutgoingFlags;

typedef struct                  /* a message, a piece of one, or a control frame on its way out */
{
  const uint8_t *at;            /* the unsent payload; the driver must not move it */
  size_t  length;
  uint8_t first;                /* first byte of the next frame */
  uint8_t flags;                /* flags of the message (WscOutgoingFlags) */
} WscOutgoing;

typedef struct                  /* state of the open frame and of the accepted messages */
{
  WscFrameWriter writer;
  WscOpenMessage message;       /* the message that was accepted and has not ended */
  uint16_t close_code;          /* code of the accepted Close, of which there is at most one; 0 = no Close was accepted */
  WscUtf8  utf8;                /* UTF-8 check of the accepted text */
} WscSending;                  /* all zero: nothing sent */

typedef enum
{
  WSC_SEND_STEP_MORE,           /* bytes of the WscOutgoing are left */
  WSC_SEND_STEP_DONE,
  WSC_SEND_STEP_CANCELLED,      /* no byte of the message was sent: the stream continues */
  WSC_SEND_STEP_CUT,           /* a frame was only partly sent: no other frame may follow */
} WscSendStep;

typedef struct                  /* the driver lends a workspace to one stream at a time */
{
  WscReadMemory read;
  WscBuffer write;
  WscBuffer control;            /* memory for control frames; empty: control frames are written after write_kept */
  uint32_t  write_kept;         /* bytes of write that were not sent yet; the driver counts them */
  uint32_t  key;                /* masking key that wsc_stream_write_message () uses; 0 for a server */
  uint32_t  copy_limit;         /* a server's payload of at most this many bytes is copied after its header; 0 = no payload is copied */
  WscBuffer inflate;            /* memory to inflate to; empty if compression was not negotiated */
  WscDeflatePool *streams;      /* pool of compression streams; NULL: streams are made and freed */
  uint32_t *deflate_left;       /* bytes that may still be compressed; NULL: any number */
} WscWorkspace;

typedef struct
{
  const WscOptions *options;
  const WscHost *host;
  WscWorkspace  *workspace;     /* memory for reading and writing; NULL: no workspace is lent */
  WscReceivePath receiving;
  WscSending     sending;
  WscCompression *compression;  /* state of permessage-deflate; NULL: it was not negotiated */
  WscByteBuffer *pongs;         /* payloads of pings that were not answered yet; NULL = none */
  uint8_t  phase, fault;        /* WscPhase; the WscFault that ended the stream */
  uint16_t received_close_code; /* code of the peer's Close; 0 = no Close so far, 1005 = an empty Close */
  uint8_t  has_dropped_waiting; /* closing took too long, and a verdict was DROP_WAITING */
  uint8_t  has_new_options;     /* options changed since the driver last got the deadlines; the driver clears this */
  int64_t  closing_deadline;    /* end of the present time for closing, in microseconds; 0 = closing is not being timed */
  WscKeepalive keepalive;
  uint64_t fault_number;        /* received number, if the broken rule is about a number; else 0 */
} WscStream;

typedef enum
{
  WSC_CLOSING_GO_ON,
  WSC_CLOSING_DROP_WAITING,     /* cancel the Sends that have not begun, except the Close */
  WSC_CLOSING_GIVE_UP,          /* the time is over: abort the stream */
} WscClosingVerdict;

typedef enum                    /* is something still to be sent? */
{
  WSC_BACKLOG_EMPTY,
  WSC_BACKLOG_WAITING,
} WscBacklog;

/* The caller allocates the struct. */
void     wsc_stream_init  (WscStream *self, const WscOptions *options, const WscHost *host);
void     wsc_stream_clear (WscStream *self);

/* Sets the negotiated parameters, which this side supports; call it before the stream is open. */
WscFault wsc_stream_use_deflate (WscStream *self, const WscDeflateOptions *options,
                                 const WscDeflateParameters *agreed);
/* Opens a stream whose handshake was done elsewhere.  allowed NULL: no extension. */
WscFault wsc_stream_establish   (WscStream *self, const WscFrameAllowance *allowed);

void     wsc_stream_lend      (WscStream *self, WscWorkspace *workspace);
/* Moves unread bytes to memory of the stream's own.  Returns a fault if there is no memory; the
 * bytes are lost then. */
WscFault wsc_stream_take_back (WscStream *self);

/* Returns the next item that was received, and updates the stream: notes activity, stores the pong
 * to a ping, enters the phase after a Close, and fails if a rule was broken.  NEED_READ: the driver
 * reads into the buffers of wsc_receive_path_prepare_read ().
 * own: memory of the caller for payload; {NULL, 0}: payload stays in the read memory. */
WscReceivedKind wsc_stream_next (WscStream *self, WscBuffer own, WscReceived *received);
/* Does the same if the next item is a message in one frame that was read whole, and nothing else
 * (NEED_READ) if it is not. */
WscReceivedKind wsc_stream_take_whole (WscStream *self, WscReceived *received);

typedef struct                  /* a message that may be sent now, and the state of the stream after it was accepted */
{
  WscOutgoing out;
  WscUtf8  utf8;
  uint8_t  first, call;         /* the first byte that the driver asked for; WscCall */
  uint16_t close_code;
} WscProposal;

/* Returns the rule that forbids sending this payload now, or NONE.  The stream does not change: the
 * driver accepts the proposal at once or drops it.  flags may have WSC_OUTGOING_NO_COMPRESSION,
 * WSC_OUTGOING_CHECKED, WSC_OUTGOING_DEFLATED and WSC_OUTGOING_PREPARED. */
WscFault wsc_stream_propose       (const WscStream *self, WscBufferType type, WscBytes payload,
                                   unsigned flags, WscProposal *proposal);
/* Checks a whole message as wsc_stream_propose () does, for a driver that will send this message
 * after the message in progress, which is sent in parts, has ended.  The driver must then propose
 * the message again. */
WscFault wsc_stream_propose_later (const WscStream *self, WscBufferType type, WscBytes payload,
                                   unsigned flags, WscProposal *proposal);
/* header: bit 8 FIN, 7 to 5 RSV, 4 to 1 opcode, 0 MASK */
WscFault wsc_stream_propose_raw   (const WscStream *self, uint16_t header, WscBytes payload,
                                   WscProposal *proposal);
WscFault wsc_stream_propose_close (const WscStream *self, uint16_t code, WscBytes reason,
                                   WscProposal *proposal);
/* Proposes the Close that the stream itself has to send: the reply to the peer's Close, or a
 * Close with the code of the broken rule.  False: no Close is due; always false in Windows mode. */
bool     wsc_stream_propose_due_close (const WscStream *self, WscProposal *proposal);
/* Proposes a keepalive ping.  Its payload is new random bytes, which the stream holds. */
WscFault wsc_stream_propose_keepalive (WscStream *self, WscProposal *proposal);
/* From this call on the proposal counts as sent.  The driver sends messages in the order in which
 * they were accepted; control frames may be sent earlier. */
void     wsc_stream_accept        (WscStream *self, const WscProposal *proposal);

/* Sets buffers to the next bytes of out, which was accepted before.  The header and copied payload
 * are in the lent memory; a server's longer payload is not copied.  A PREPARED frame is sent from
 * where it is and needs no lent memory.
 * n_buffers 0: there is no room.  A fault: no memory to compress with, nothing was taken. */
WscFault    wsc_stream_step          (WscStream *self, WscOutgoing *out, unsigned max_buffers,
                                      WscBuffer *buffers, unsigned *n_buffers);
/* Call it after all bytes of the step were sent. */
WscSendStep wsc_stream_complete_step (WscStream *self, WscOutgoing *out);
/* Call it if only n bytes of the step were sent, and the rest will not be sent. */
WscSendStep wsc_stream_give_up       (WscStream *self, size_t n);
/* Writes the first pong that waits to the lent memory.  {NULL, 0}: no pong waits, a frame is open,
 * or there is no room. */
WscBuffer   wsc_stream_write_pong    (WscStream *self);

/* Chooses the masking key of the next wsc_stream_write_message (). */
void     wsc_stream_choose_key    (const WscStream *self);
/* Writes a message, whose text was checked, to the lent memory, as one frame.  Call it if
 * wsc_stream_may_write_message () says so.  Returns the length of the frame, which the driver adds
 * to write_kept. */
size_t   wsc_stream_write_message (const WscStream *self, WscBufferType type, WscBytes payload);

/* Call it after a rule was broken, or the transport has failed or ended: the phase becomes FAILED,
 * and nothing more is read.  False: the phase does not change. */
bool     wsc_stream_fail          (WscStream *self, WscFault fault, uint64_t number);
/* False: the stream has never been open, or was aborted before. */
bool     wsc_stream_abort         (WscStream *self);

/* now: in microseconds.  Returns what keepalive asks for; PEER_DEAD: the stream has failed. */
WscKeepaliveVerdict wsc_stream_set_time (WscStream *self, int64_t now);
/* Returns the time of the next necessary call of wsc_stream_set_time (). */
int64_t  wsc_stream_get_deadline  (const WscStream *self);
/* Returns what the driver has to do at the time that was set last. */
WscClosingVerdict wsc_stream_check_closing        (WscStream *self, WscBacklog backlog);
/* Returns the time of the next necessary call of wsc_stream_check_closing ().  0: at once, because
 * there was no call since closing began. */
int64_t           wsc_stream_get_closing_deadline (const WscStream *self, WscBacklog backlog);

/* NULL: no compression was negotiated. */
const WscDeflateParameters *wsc_stream_get_deflate (const WscStream *self);
/* Returns whether the compressed bytes of a message of this length can be sent to other peers, too,
 * and sets form.  True for a server without context takeover, unless the message is too short to be
 * compressed or another message is in progress. */
bool     wsc_stream_get_deflate_form (const WscStream *self, size_t length, WscDeflateForm *form);
/* Returns the cost of inflating so far, in bytes; compare it with the result of a later call. */
uint64_t wsc_stream_get_inflate_work (const WscStream *self);

/* Returns the rule that forbids the call, or NONE. */
static inline WscFault
wsc_stream_may_call (const WscStream *self,
                     WscCall          call)
{
  const WscPhase phase = (WscPhase) self->phase;

  if (wsc_lifecycle_look_up (phase, call) != 0)
    return WSC_FAULT_NONE;
  return phase == WSC_PHASE_FAILED ? (WscFault) self->fault
                                   : wsc_lifecycle_get_refusal (phase, call);
}

/* Enters the phase after the call.  The caller has checked that the call is permitted. */
static inline void
wsc_stream_step_phase (WscStream *self,
                       WscCall    call)
{
  const uint8_t after = wsc_lifecycle_look_up ((WscPhase) self->phase, call);

  assert (after != 0);
  self->phase = after - 1;
}

/* Payload bytes of the frame in progress that are not received yet; 0: there is no frame in
 * progress, or the frame is compressed. */
static inline uint64_t
wsc_stream_get_due (const WscStream *self)
{
  return self->receiving.reader.is_compressed ? 0 : self->receiving.reader.payload_left;
}

/* The write memory after write_kept; length 0: no memory is left. */
static inline WscBuffer
wsc_stream_get_room (const WscStream *self)
{
  const WscWorkspace *workspace = self->workspace;

  if (workspace == NULL)
    return (WscBuffer) { NULL, 0 };
  return (WscBuffer) { workspace->write.at + workspace->write_kept,
                       workspace->write.length - workspace->write_kept };
}

/* Call it while memory is lent.  Whether a message of this length may be written at once, as one
 * frame: nothing must be sent before it, no extension was negotiated, and it fits. */
static WSC_INLINE bool
wsc_stream_may_write_message (const WscStream *self,
                              size_t           length)
{
  const WscOptions *options = self->options;
  const WscWorkspace *workspace = self->workspace;
  const size_t room = workspace->write.length - workspace->write_kept;

  return self->phase == WSC_PHASE_OPEN && self->pongs == NULL &&
         self->sending.writer.stage == WSC_FRAME_NONE && self->sending.message.opcode == 0 &&
         self->receiving.allowed.rsv == 0 &&
         room >= WSC_MAX_HEADER_LENGTH && length <= room - WSC_MAX_HEADER_LENGTH &&
         (options->role == WSC_ROLE_CLIENT || length <= workspace->copy_limit) &&
         (options->fragment_size == 0 || length <= options->fragment_size);
}

static inline uint8_t
wsc_get_first_byte (WscBufferType type)
{
  return WSC_FIN | (type == WSC_BUFFER_UTF8_MESSAGE ? WSC_OPCODE_TEXT : WSC_OPCODE_BINARY);
}

/* Whether a message is whole with this piece of it. */
static inline bool
wsc_ends_message (WscBufferType type)
{
  return type == WSC_BUFFER_UTF8_MESSAGE || type == WSC_BUFFER_BINARY_MESSAGE;
}

/* Whether wsc_stream_write_unmasked () may be called in the place of
 * wsc_stream_write_message (): for such a length its parts have no calls. */
static WSC_INLINE bool
wsc_stream_is_short_message (const WscStream *self,
                             size_t           length)
{
  return length <= WSC_MAX_IN_WORDS && self->options->role == WSC_ROLE_SERVER;
}

static WSC_INLINE size_t
wsc_stream_write_unmasked (const WscStream *self,
                           WscBufferType    type,
                           WscBytes         payload)
{
  const WscWorkspace *workspace = self->workspace;
  uint8_t *to = workspace->write.at + workspace->write_kept;
  size_t n = wsc_frame_header_write (to, wsc_get_first_byte (type), payload.length, NULL);

  wsc_frame_writer_copy (to + n, payload.at, payload.length);
  return n + payload.length;
}
