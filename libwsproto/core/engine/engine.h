/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The engine: Windows' model of sessions, operations and actions, on top of a stream.
 *
 * The engine queues Sends and Receives and hands out the actions that they need.  The rules about
 * frames and messages are in the stream, not here.  The engine has no callbacks: an API asks for
 * the next action.  The loop of each API is get_action, perform the action, complete_action, until
 * get_action returns NONE.
 *
 * docs/rationales/stream-and-engine.md has the reasons. */
#pragma once

#include "core/engine/operation.h"
#include "core/handshake/handshake-state.h"
#include "core/stream/stream.h"

typedef struct                  /* one cache line; filled by get_action, given back to
                                   complete_action */
{
  uint8_t   type, queue, buffer_type, n_buffers;   /* WscActionType, WscActionQueue,
                                                      WscBufferType */
  uint8_t   fault;              /* why an operation ended: NONE, CANCELLED, or the session's
                                   fault */
  uint16_t  close_code;         /* CLOSE indicated: 1005 = none, buffers[0] is the reason; RAW:
                                   the 9-bit header */
  uint32_t  serial;             /* complete_action ignores the action if its serial is not that of the slot */
  uint32_t  operation;          /* number of the operation; 0 = the engine's own, in automatic mode */
  void     *context;            /* the caller's, from send or receive: its last use is the
                                   indication, which comes once for each operation */
  WscBuffer buffers[2];
  uint64_t  announced;          /* payload bytes of this frame still to come */
} WscAction;

typedef enum                    /* the action of a queue that is handed out and not completed */
{
  WSC_STEP_IDLE,
  WSC_STEP_READING,
  WSC_STEP_SENDING,
  WSC_STEP_INDICATING,
  WSC_STEP_PONG,
} WscStep;

typedef struct
{
  uint32_t serial : 24;         /* wraps around after 2^24 actions; no action is handed out for so long */
  uint32_t step : 8;            /* step that the slot is in (WscStep) */
} WscSlot;

typedef struct
{
  WscStream stream;
  WscSlot  receive_slot, send_slot;
  WscOperationQueue receives, sends;
  uint32_t last_id;             /* id of the last operation */
  uint8_t  is_fault_due;        /* the next get_action on RECEIVE reports the fault, once */
  uint8_t  pong_length;         /* bytes of the pong that is handed out */
  WscHandshakeState *handshake; /* kept from the beginning to the end of the handshake, in Windows mode until the first action */
} WscEngine;

/* The caller allocates the struct. */
void     wsc_engine_init  (WscEngine *self, const WscOptions *options, const WscHost *host);
/* Operations that are still queued are forgotten. */
void     wsc_engine_clear (WscEngine *self);

WscFault wsc_engine_begin_client_handshake (WscEngine *self, const WscOffer *offer,
                                            const WscHeader **headers, size_t *n_headers);
WscFault wsc_engine_end_client_handshake   (WscEngine *self, const WscHeader *response, size_t n,
                                            WscSelection *selection);
WscFault wsc_engine_begin_server_handshake (WscEngine *self, const WscChoice *choice,
                                            const WscHeader *request, size_t n,
                                            const WscHeader **headers, size_t *n_headers);
WscFault wsc_engine_end_server_handshake   (WscEngine *self);

WscFault wsc_engine_send          (WscEngine *self, WscBufferType type, WscBytes payload,
                                   void *context, uint32_t *id);
/* bit 8 FIN, 7 to 5 RSV, 4 to 1 opcode, 0 MASK */
WscFault wsc_engine_send_raw      (WscEngine *self, uint16_t header, WscBytes payload,
                                   void *context, uint32_t *id);
WscFault wsc_engine_send_close    (WscEngine *self, uint16_t code, WscBytes reason, void *context,
                                   uint32_t *id);
/* buffer {NULL, 0}: the payload stays in the read memory */
WscFault wsc_engine_receive       (WscEngine *self, WscBuffer buffer, void *context, uint32_t *id);

WscFault wsc_engine_get_action      (WscEngine *self, WscActionQueue queue, unsigned max_buffers,
                                     WscAction *action);
void     wsc_engine_complete_action (WscEngine *self, const WscAction *action, size_t n);

WscFault wsc_engine_take_back    (WscEngine *self);
void     wsc_engine_end_input    (WscEngine *self);
/* The transport takes no more output: the action of the SEND queue is withdrawn, and all Sends
 * are cancelled. */
void     wsc_engine_end_output   (WscEngine *self);
/* If a Close of this side waits, cancels the Sends before it that have not begun; otherwise does
 * nothing. */
void     wsc_engine_drop_waiting (WscEngine *self);
void     wsc_engine_abort        (WscEngine *self);
/* now: in microseconds.  Returns the time of the next call. */
int64_t  wsc_engine_advance      (WscEngine *self, int64_t now);

bool     wsc_engine_has_pending      (const WscEngine *self, WscActionQueue queue);
