/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "endpoint/reconnecting/wsp-back-off-private.h"

#include "core/close-code.h"

#define MAX_DOUBLINGS 31

gboolean
wsp_back_off_was_planned (const WspBackOffCause *cause)
{
  return cause->has_lasted &&
         (cause->may_return_at_once || wsc_close_code_is_planned (cause->close_code));
}

guint64
wsp_back_off_choose_delay (const WspBackOff      *self,
                           const WspBackOffCause *cause,
                           guint32                random)
{
  guint64 delay = (guint64) self->min_delay << CLAMP (cause->n_attempts, 1, MAX_DOUBLINGS);
  guint64 to = MIN (delay, MAX (self->min_delay, self->max_delay));
  guint64 from = MAX (to / 2, MIN (self->min_delay, to));

  gboolean is_loss = cause->may_return_at_once ||
                     wsc_close_code_is_loss_for_all (cause->close_code);

  if (cause->may_return_at_once && cause->has_lasted)
    return 0;

  if (is_loss && cause->retry_after == 0 && cause->n_attempts <= 1)
    {
      from = 0;
      to = self->spread;
    }
  else if (is_loss || cause->retry_after > 0)
    {
      from = MAX (from, cause->retry_after);
      to = MAX (to, from + self->spread);
    }

  return from + (to - from) * random / G_MAXUINT32;
}
