/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Engine, how it opens: the opening handshake of either side or none, and what it agreed on.
 *
 * Judges no header; hands nothing out.
 *
 * (1) A call that is refused has changed nothing. */

#include "core/engine/engine-private.h"

#include "core/handshake/client-handshake.h"
#include "core/handshake/deflate-offer.h"
#include "core/handshake/server-handshake.h"
#include "core/limits.h"

#include <assert.h>

void
wsc_engine_forget_handshake (WscEngine *self)
{
  wsc_handshake_state_free (self->handshake);
  self->handshake = NULL;
}

/* In Windows mode published programs read the headers once more behind the end (C-07). */
void
wsc_engine_end_handshake (WscEngine *self)
{
  if (self->options->auto_close)
    wsc_engine_forget_handshake (self);
  wsc_engine_step_phase (self, WSC_CALL_END);
}

void
wsc_engine_lend_to_compression (WscEngine *self)
{
  WscCompression *compression = self->receiving.compression;
  const WscWorkspace *workspace = self->workspace;

  if (compression == NULL)
    return;

  compression->output = workspace != NULL ? workspace->inflate : (WscBuffer) { NULL, 0 };
  compression->pool = workspace != NULL ? workspace->streams : NULL;
}

WscFault
wsc_engine_use_deflate (WscEngine                  *self,
                        const WscDeflateOptions    *options,
                        const WscDeflateParameters *agreed)
{
  WscFault fault = wsc_deflate_agreed_check (agreed, self->options->role);

  if (fault != WSC_FAULT_NONE)
    return fault;

  assert (self->receiving.compression == NULL);
  self->receiving.compression = wsc_compression_new (options, agreed, self->options->role);
  if (self->receiving.compression == NULL)
    return WSC_FAULT_OUT_OF_MEMORY;

  self->receiving.allowed.rsv |= WSC_RSV1;
  self->receiving.allowed.compressed = 1;
  wsc_engine_lend_to_compression (self);
  return WSC_FAULT_NONE;
}

/* The allowance that a handshake gives is that of the other extensions. */
static WscFault
use_agreed_deflate (WscEngine *self)
{
  const WscHandshakeState *state = self->handshake;

  return state->agreed.client_window_bits == 0
         ? WSC_FAULT_NONE : wsc_engine_use_deflate (self, &state->deflate, &state->agreed);
}

static WscFault
may_shake_hands (const WscEngine *self,
                 WscRole          role,
                 WscCall          call)
{
  return self->options->role == role ? wsc_engine_may_call (self, call) : WSC_FAULT_WRONG_ROLE;
}

WscFault
wsc_engine_begin_client_handshake (WscEngine        *self,
                                   const WscOffer   *offer,
                                   const WscHeader **headers,
                                   size_t           *n_headers)
{
  WscFault fault = may_shake_hands (self, WSC_ROLE_CLIENT, WSC_CALL_BEGIN);

  if (fault == WSC_FAULT_NONE)
    fault = wsc_client_handshake_begin (&self->handshake, self->options, self->host, offer, headers,
                                        n_headers);
  if (fault == WSC_FAULT_NONE)
    wsc_engine_step_phase (self, WSC_CALL_BEGIN);
  return fault;
}

WscFault
wsc_engine_end_client_handshake (WscEngine       *self,
                                 const WscHeader *response,
                                 size_t           n,
                                 WscSelection    *selection)
{
  WscFault fault = may_shake_hands (self, WSC_ROLE_CLIENT, WSC_CALL_END);

  if (fault == WSC_FAULT_NONE)
    fault = wsc_client_handshake_end (self->handshake, self->options, response, n, selection,
                                      &self->receiving.allowed);
  if (fault == WSC_FAULT_NONE)
    fault = use_agreed_deflate (self);
  if (fault == WSC_FAULT_NONE)
    wsc_engine_end_handshake (self);
  return fault;
}

WscFault
wsc_engine_begin_server_handshake (WscEngine        *self,
                                   const WscChoice  *choice,
                                   const WscHeader  *request,
                                   size_t            n,
                                   const WscHeader **headers,
                                   size_t           *n_headers)
{
  WscFault fault = may_shake_hands (self, WSC_ROLE_SERVER, WSC_CALL_BEGIN);

  if (fault == WSC_FAULT_NONE)
    fault = wsc_server_handshake_begin (&self->handshake, self->options, choice, request, n,
                                        headers, n_headers,
                                        &self->receiving.allowed);
  if (fault != WSC_FAULT_NONE)
    return fault;

  fault = use_agreed_deflate (self);
  if (fault == WSC_FAULT_NONE)
    wsc_engine_step_phase (self, WSC_CALL_BEGIN);
  else
    wsc_engine_forget_handshake (self);
  return fault;
}

WscFault
wsc_engine_end_server_handshake (WscEngine *self)
{
  WscFault fault = may_shake_hands (self, WSC_ROLE_SERVER, WSC_CALL_END);

  if (fault == WSC_FAULT_NONE)
    wsc_engine_end_handshake (self);
  return fault;
}

WscFault
wsc_engine_establish (WscEngine               *self,
                      const WscFrameAllowance *allowed)
{
  WscFault fault = wsc_engine_may_call (self, WSC_CALL_ESTABLISH);

  if (fault != WSC_FAULT_NONE)
    return fault;

  if (allowed != NULL)
    {
      self->receiving.allowed.rsv |= allowed->rsv;
      self->receiving.allowed.opcodes = allowed->opcodes;
    }
  wsc_engine_step_phase (self, WSC_CALL_ESTABLISH);
  return WSC_FAULT_NONE;
}
