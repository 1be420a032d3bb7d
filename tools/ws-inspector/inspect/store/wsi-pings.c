/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/store/wsi-pings.h"

#include <string.h>

#define MAX_PING 125
#define MAX_PINGS 16            /* pings without a pong; the oldest are forgotten */

typedef struct
{
  gint64 time_us;
  guint8 length;
  guint8 payload[MAX_PING];
} Ping;

void
wsi_pings_clear (WsiPings *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (self->pings); i++)
    g_clear_pointer (&self->pings[i], g_array_unref);
}

void
wsi_pings_take_ping (WsiPings        *self,
                     const WsiRecord *record,
                     const guint8    *payload,
                     gsize            length)
{
  GArray **pings = &self->pings[record->direction];
  Ping ping = { .time_us = record->time_us, .length = length };

  if (length > MAX_PING)
    return;

  if (*pings == NULL)
    *pings = g_array_new (FALSE, FALSE, sizeof (Ping));
  if ((*pings)->len == MAX_PINGS)
    g_array_remove_index (*pings, 0);
  if (length > 0)
    memcpy (ping.payload, payload, length);
  g_array_append_val (*pings, ping);
}

static gboolean
is_answered_by (const Ping   *ping,
                const guint8 *payload,
                gsize         length)
{
  return ping->length == length && (length == 0 || memcmp (ping->payload, payload, length) == 0);
}

void
wsi_pings_take_pong (WsiPings     *self,
                     WsiRecord    *record,
                     const guint8 *payload,
                     gsize         length)
{
  GArray *pings = self->pings[1 - record->direction];

  for (guint i = pings != NULL ? pings->len : 0; i > 0; i--)
    {
      const Ping *ping = &g_array_index (pings, Ping, i - 1);

      if (!is_answered_by (ping, payload, length))
        continue;

      record->round_trip_us = CLAMP (record->time_us - ping->time_us, 0, G_MAXUINT32);
      record->flags |= WSI_RECORD_ROUND_TRIP;
      g_array_remove_range (pings, 0, i);
      return;
    }
}
