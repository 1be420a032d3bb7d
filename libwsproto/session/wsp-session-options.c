/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The options of a session, which follow from its limits: limits take effect between messages. */
#include "session/wsp-session-private.h"

#include "core/stream/receive-path.h"
#include "session/wsp-session-lend-private.h"

/* Call it between messages only: the limits at the beginning of a message hold until its end. */
static void
replace_options (WspSession *self,
                 WspLimits  *limits)
{
  WspSessionOptions *old = self->options;

  self->options = wsp_limits_ref_options (limits, self->settings);
  self->engine.stream.options = wsp_session_peek_options (self);
  self->engine.stream.has_new_options = true;
  if (self->details != NULL)
    g_clear_object (&self->details->next_limits);
  wsp_session_options_unref (old);
}

void
wsp_session_replace_options (WspSession *self)
{
  if (!wsc_receive_path_is_inside_message (&self->engine.stream.receiving))
    replace_options (self, wsp_session_peek_limits (self));
}

void
wsp_session_use_limits (WspSession *self,
                        WspLimits  *limits)
{
  if (wsc_receive_path_is_inside_message (&self->engine.stream.receiving))
    g_set_object (&wsp_session_ensure_details (self)->next_limits, limits);
  else
    replace_options (self, limits);
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
