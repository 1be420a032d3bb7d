/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Output, its load: the bytes that wait, the peak, the high-water mark. */
#include "connection/output/wsp-output-load-private.h"

void
wsp_output_note_load (WspOutput *self,
                      WspLink   *link)
{
  WspCounters *counters = &link->counters;

  counters->send_queue_peak = MAX (counters->send_queue_peak, self->queue.bytes);
  if (self->queue.bytes < link->limits->high_water_mark)
    return;

  wsp_link_set_waiting (link, WSP_WAITING_FULL, TRUE);
  link->funcs->filled (link);
}

void
wsp_output_count (WspOutput *self,
                  WspLink   *link,
                  gssize     bytes)
{
  self->queue.bytes += bytes;
  wsp_output_note_load (self, link);
}
