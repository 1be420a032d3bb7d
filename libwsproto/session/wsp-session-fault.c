/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* How a session reports its faults: as errors, and in the log. */
#include "session/wsp-session-private.h"

#include "base/wsp-error-private.h"
#include "core/fault.h"
#include "core/limits.h"
#include "log/wsp-log-private.h"
#include "session/wsp-session-lend-private.h"

/* The error of the transport has more details than the text of the rule. */
void
wsp_session_report (WspSession *self,
                    WscFault    fault,
                    GError    **error)
{
  if (fault == WSC_FAULT_TRANSPORT_ENDED && self->details != NULL &&
      self->details->transport_error != NULL)
    g_propagate_error (error, g_error_copy (self->details->transport_error));
  else
    wsp_error_from_fault (error, fault,
                          self->engine.stream.fault_number,
                          &self->options->options);
}

/* Logs one line if a limit was exceeded, also if a program cannot change the limit. */
static void
log_limit (WspSession   *self,
           WscFault      fault,
           const GError *error)
{
  const WspLogFields fields = {
    .close_code = wsc_fault_get_close_code (fault),
    .limit = wsp_error_name_limit (fault),
  };

  if (wsc_limit_find (fault) < WSC_N_LIMITS)
    wsp_log (WSP_LOG_LIMITS, WSP_LOG_LEVEL_INFO, &fields, "%s", error->message);
}

/* Call it for a fault that the session reports once. */
gboolean
wsp_session_fail (WspSession *self,
                  WscFault    fault,
                  GError    **error)
{
  GError *made = NULL;

  if (self->details != NULL)
    g_clear_pointer (&self->details->unread, g_bytes_unref);

  wsp_session_report (self, fault, &made);
  log_limit (self, fault, made);
  g_propagate_error (error, made);
  return FALSE;
}

GError *
wsp_session_make_error (WspSession  *self,
                        WscFault     fault,
                        const char **limit)
{
  GError *error = NULL;

  if (limit != NULL)
    *limit = wsp_error_name_limit (fault);
  wsp_session_report (self, fault, &error);
  return error;
}
