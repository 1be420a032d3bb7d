/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* What a connection asks of its session beside the calls that are public. */
#include "session/wsp-session-lend-private.h"

#include "session/wsp-session-action-private.h"
#include "session/wsp-session-error-private.h"
#include "session/wsp-session-private.h"

WscStream *
wsp_session_get_stream (WspSession *self)
{
  return &self->engine.stream;
}

gsize
wsp_session_write_message (WspSession      *self,
                           WspBufferType    type,
                           const guint8    *data,
                           gsize            length,
                           WscTextKnowledge knowledge)
{
  return wsc_engine_write_message (&self->engine,
                                   (WscBufferType) type,
                                   (WscBytes) { data, length },
                                   knowledge);
}

gboolean
wsp_session_may_write (WspSession *self,
                       gsize       length)
{
  return wsc_engine_may_write (&self->engine, length);
}

gsize
wsp_session_write_header (WspSession   *self,
                          WspBufferType type,
                          gsize         length)
{
  return wsc_engine_write_header (&self->engine, (WscBufferType) type, length);
}

gboolean
wsp_session_is_at_rest (WspSession *self)
{
  return wsc_engine_is_at_rest (&self->engine);
}

gboolean
wsp_session_unread (WspSession   *self,
                    const guint8 *data,
                    gsize         length,
                    GError      **error)
{
  WscFault fault = wsc_engine_unread (&self->engine, (WscBytes) { data, length });

  if (fault != WSC_FAULT_NONE)
    wsp_session_report (self, fault, error);

  return fault == WSC_FAULT_NONE;
}

void
wsp_session_end_input (WspSession *self)
{
  wsc_engine_end_input (&self->engine);
}

/* The reason outlives the memory that it was read into. */
void
wsp_session_take_close (WspSession        *self,
                        const WscReceived *received)
{
  wsp_session_keep_close_reason (self, (const char *) received->payload.at,
                                 received->payload.length);
  wsc_engine_follow_close (&self->engine);
}

void
wsp_session_take_fault (WspSession *self,
                        WscFault    fault,
                        GError    **error)
{
  wsc_engine_follow_fault (&self->engine, fault);
  wsp_session_report (self, fault, error);
}

gboolean
wsp_session_get_deflate_form (WspSession     *self,
                              gsize           length,
                              WscDeflateForm *form)
{
  return wsc_engine_get_deflate_form (&self->engine, length, form);
}

gsize
wsp_session_get_compression_memory (WspSession *self)
{
  return wsc_compression_get_memory (self->engine.stream.receiving.compression);
}

void
wsp_session_drop_waiting (WspSession *self)
{
  wsc_engine_drop_waiting (&self->engine);
}

void
wsp_session_hear_time (WspSession *self,
                       gint64      monotonic_us)
{
  WscKeepalive *keepalive = &self->engine.stream.keepalive;

  keepalive->now = MAX (keepalive->now, monotonic_us);
}

void
wsp_session_excuse_peer (WspSession *self)
{
  wsc_keepalive_heard (&self->engine.stream.keepalive);
}

gboolean
wsp_session_cancel_send (WspSession *self,
                         guint       operation)
{
  return wsc_engine_cancel_send (&self->engine, operation);
}

void
wsp_session_refuse (WspSession *self,
                    WspRefusal  refusal,
                    guint64     number)
{
  static const WscFault faults[] = {
    [WSP_REFUSAL_MESSAGE_SIZE] = WSC_FAULT_MESSAGE_TOO_BIG,
    [WSP_REFUSAL_MESSAGE_TYPE] = WSC_FAULT_MESSAGE_TYPE_NOT_ACCEPTED,
    [WSP_REFUSAL_BUFFERED_INPUT] = WSC_FAULT_BUFFERED_INPUT_FULL,
    [WSP_REFUSAL_GIVEN_UP] = WSC_FAULT_MESSAGE_GIVEN_UP,
    [WSP_REFUSAL_HANDLER] = WSC_FAULT_HANDLER_FAILED,
  };

  WscEngine *engine = &self->engine;

  wsc_engine_refuse (engine, faults[refusal]);
  if (wsc_engine_get_fault (engine) == faults[refusal])
    engine->stream.fault_number = number;
}

const char *
wsp_session_get_exceeded_limit (WspSession *self)
{
  return wsp_session_error_name_limit (wsc_engine_get_fault (&self->engine));
}

gboolean
wsp_session_check_operation (WspSession             *self,
                             const WspSessionAction *action,
                             GError                **error)
{
  WscFault fault = (WscFault) wsp_session_action_as_given (action).fault;

  if (fault != WSC_FAULT_NONE)
    wsp_session_report (self, fault, error);

  return fault == WSC_FAULT_NONE;
}

gint64
wsp_session_get_ping_time (WspSession *self)
{
  const WscKeepalive *keepalive = &self->engine.stream.keepalive;

  return wsc_keepalive_is_waiting (keepalive) ? keepalive->ping_sent : 0;
}

gint64
wsp_session_take_ping_time (WspSession   *self,
                            const guint8 *pong,
                            gsize         length)
{
  return wsc_keepalive_take_ping_time (&self->engine.stream.keepalive,
                                       (WscBytes) { pong, length });
}

gboolean
wsp_session_set_message_limit (WspSession     *self,
                               WspMessageLimit limit)
{
  gboolean takes_any_length = limit == WSP_MESSAGE_LIMIT_OFF;

  if (self->takes_any_length == takes_any_length)
    return FALSE;

  self->takes_any_length = takes_any_length;
  self->engine.stream.options = wsp_session_peek_options (self);
  return TRUE;
}

const WscOptions *
wsp_session_get_options (WspSession *self)
{
  wsp_session_refresh_options (self);
  return wsp_session_peek_options (self);
}
