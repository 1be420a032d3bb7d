/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The opening handshake of an engine, on a client or a server, and the extensions that the
 * handshake negotiates.
 *
 * This file checks no header, and hands out no action.
 *
 * A call that is refused has changed nothing. */

#include "core/engine/engine-private.h"

#include "core/handshake/client-handshake.h"
#include "core/handshake/server-handshake.h"

void
wsc_engine_forget_handshake (WscEngine *self)
{
  wsc_handshake_state_free (self->handshake);
  self->handshake = NULL;
}

/* In Windows mode the headers outlive the handshake, because published programs read them again
 * afterwards (WIN-C-07). */
void
wsc_engine_end_handshake (WscEngine *self)
{
  if (self->stream.options->mode == WSC_MODE_AUTOMATIC)
    wsc_engine_forget_handshake (self);
  wsc_stream_step_phase (&self->stream, WSC_CALL_END);
}

/* Lets frames of permessage-deflate pass: a handshake's frame allowance covers only the other
 * extensions. */
static WscFault
use_agreed_deflate (WscEngine *self)
{
  const WscHandshakeState *state = self->handshake;

  return state->agreed.client_window_bits == 0
         ? WSC_FAULT_NONE
         : wsc_stream_use_deflate (&self->stream, &state->deflate, &state->agreed);
}

static WscFault
may_shake_hands (const WscEngine *self,
                 WscRole          role,
                 WscCall          call)
{
  return self->stream.options->role == role ? wsc_stream_may_call (&self->stream, call)
                                            : WSC_FAULT_WRONG_ROLE;
}

WscFault
wsc_engine_begin_client_handshake (WscEngine        *self,
                                   const WscOffer   *offer,
                                   const WscHeader **headers,
                                   size_t           *n_headers)
{
  WscFault fault = may_shake_hands (self, WSC_ROLE_CLIENT, WSC_CALL_BEGIN);

  if (fault == WSC_FAULT_NONE)
    fault = wsc_client_handshake_begin (&self->handshake, self->stream.options, self->stream.host,
                                        offer, headers, n_headers);
  if (fault == WSC_FAULT_NONE)
    wsc_stream_step_phase (&self->stream, WSC_CALL_BEGIN);
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
    fault = wsc_client_handshake_end (self->handshake, self->stream.options, response, n, selection,
                                      &self->stream.receiving.allowed);
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
    fault = wsc_server_handshake_begin (&self->handshake, self->stream.options, choice, request, n,
                                        headers, n_headers,
                                        &self->stream.receiving.allowed);
  if (fault != WSC_FAULT_NONE)
    return fault;

  fault = use_agreed_deflate (self);
  if (fault == WSC_FAULT_NONE)
    wsc_stream_step_phase (&self->stream, WSC_CALL_BEGIN);
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
