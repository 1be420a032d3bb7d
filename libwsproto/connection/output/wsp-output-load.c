/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Output, its load: the bytes that wait, the peak, the high-water mark. */
#include "connection/output/wsp-output-load-private.h"

#include "reactor/wsp-reactor-private.h"

void
wsp_output_note_load (WspOutput *self,
                      WspLink   *link)
{
  WspCounters *counters = &link->counters;

  counters->send_queue_peak = MAX (counters->send_queue_peak, self->queue.bytes);
  if (self->queue.bytes < link->limits->send_high_water_mark)
    return;

  wsp_link_set_waiting (link, WSP_WAITING_FULL, TRUE);
  wsp_link_funcs.filled (link);
}

void
wsp_output_count (WspOutput *self,
                  WspLink   *link,
                  gssize     bytes)
{
  self->queue.bytes += bytes;
  wsp_output_note_load (self, link);
}

void
wsp_output_note_time (const WspOutput *self,
                      const WspLink   *link,
                      WspSend         *send)
{
  if (self->max_delay != 0)
    send->since = (guint32) (wsp_reactor_get_time (link->reactor) / 1000);
}

/* The first message has waited longer than the messages behind it; only urgent ones, pings and raw
 * bytes go before older messages. */
static guint
get_queue_delay (const WspSendQueue *self,
                 guint32             now)
{
  guint delay = 0;

  for (const WspSend *send = self->first; send != NULL; send = send->next)
    {
      if (send->kind == WSP_SEND_MESSAGE || send->kind == WSP_SEND_URGENT)
        delay = MAX (delay, now - send->since);
      if (send->kind == WSP_SEND_MESSAGE)
        break;
    }
  return delay;
}

guint
wsp_output_get_delay (const WspOutput *self,
                      const WspLink   *link)
{
  if (self->max_delay == 0)
    return 0;

  const gint64 now = wsp_reactor_get_time (link->reactor);
  const guint delay = get_queue_delay (&self->queue, (guint32) (now / 1000));

  return wsp_output_is_blocked (link)
         ? MAX (delay, (guint) ((now - self->rest->blocked_since) / 1000)) : delay;
}
