/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/show/charts/wsi-figure-totals.h"

#include <glib/gi18n.h>

#include "inspect/show/charts/wsi-figure-text.h"
#include "inspect/store/wsi-statistics.h"

/* The rows of the table: up to the faults, each is a number for each direction, then one for
 * both. */
typedef enum
{
  TOTAL_FRAMES,
  TOTAL_MESSAGES,
  TOTAL_BYTES,
  TOTAL_WIRE_BYTES,
  TOTAL_COMPRESSED,
  TOTAL_COMPRESSED_WIRE,
  TOTAL_COMPRESSED_BYTES,
  TOTAL_SAVED,
  TOTAL_FAULTS,
  TOTAL_EVENTS,
  TOTAL_INCOMPLETE,
  TOTAL_ROUND_TRIPS,
  TOTAL_MEDIAN,
  TOTAL_MOST,
  TOTAL_LONGEST,
} Total;

static const char *const total_names[WSI_N_TOTALS] = {
  [TOTAL_FRAMES] = N_("Frames"),
  [TOTAL_MESSAGES] = N_("Messages"),
  [TOTAL_BYTES] = N_("Bytes of payload"),
  [TOTAL_WIRE_BYTES] = N_("Bytes on the wire"),
  [TOTAL_COMPRESSED] = N_("Compressed frames"),
  [TOTAL_COMPRESSED_WIRE] = N_("Their bytes, compressed"),
  [TOTAL_COMPRESSED_BYTES] = N_("Their bytes, inflated"),
  [TOTAL_SAVED] = N_("Saved by compression"),
  [TOTAL_FAULTS] = N_("Frames with a fault"),
  [TOTAL_EVENTS] = N_("Events"),
  [TOTAL_INCOMPLETE] = N_("Not kept whole"),
  [TOTAL_ROUND_TRIPS] = N_("Round trips"),
  [TOTAL_MEDIAN] = N_("Half of them within (ms)"),
  /* xgettext:no-c-format */
  [TOTAL_MOST] = N_("95 % of them within (ms)"),
  [TOTAL_LONGEST] = N_("All of them within (ms)"),
};

guint64
wsi_figure_totals_add (const guint64 *counts,
                       guint          column)
{
  return column == WSI_BOTH_DIRECTIONS ? counts[0] + counts[1] : counts[column];
}

static guint64
get_flow (const WsiTotals *totals,
          Total            total,
          guint            direction)
{
  const WsiFlow *flow = &totals->all.flows[direction];

  return total == TOTAL_FRAMES ? flow->n_frames : total == TOTAL_MESSAGES ? flow->n_messages
         : total == TOTAL_BYTES ? flow->n_bytes : flow->n_wire_bytes;
}

/* Whether inflating was stopped, so that there are more bytes. */
static gboolean
has_stopped (const WsiTotals *totals,
             guint            column)
{
  const guint64 n[] = { totals->all.flows[0].n_stopped, totals->all.flows[1].n_stopped };

  return wsi_figure_totals_add (n, column) > 0;
}

static char *
print_saved (const WsiTotals *totals,
             guint            column)
{
  guint64 wire = wsi_figure_totals_add (totals->n_compressed_wire, column);
  guint64 bytes = wsi_figure_totals_add (totals->n_compressed_bytes, column);

  return has_stopped (totals, column) ? g_strdup ("–")
                                      : wsi_figure_text_share (bytes - MIN (wire, bytes), bytes);
}

/* Prints the time within which so many percent of the round trips are. */
static char *
print_round_trip (const WsiTotals *totals,
                  guint            percent)
{
  guint64 time_us;

  return wsi_totals_get_round_trip (totals, percent, &time_us) ? wsi_figure_text_bound (time_us)
                                                               : g_strdup ("");
}

static guint64
count_round_trips (const WsiTotals *totals)
{
  guint64 n = 0;

  for (guint i = 0; i < WSI_N_ROUND_TRIPS; i++)
    n += totals->n_by_round_trip[i];
  return n;
}

static char *
figure_totals_print_flow (const WsiTotals *totals,
                          Total            total,
                          guint            column)
{
  const WsiFlow *flows = totals->all.flows;
  const guint64 numbers[] = { get_flow (totals, total, 0), get_flow (totals, total, 1) };
  const guint64 frames[] = { flows[0].n_frames, flows[1].n_frames };
  const guint64 unframed[] = { flows[0].n_unframed, flows[1].n_unframed };
  const guint64 n = wsi_figure_totals_add (numbers, column);

  if (total == TOTAL_FRAMES || total == TOTAL_WIRE_BYTES)
    return wsi_figure_text_frames (n, wsi_figure_totals_add (frames, column),
                                   wsi_figure_totals_add (unframed, column));
  if (total == TOTAL_BYTES && has_stopped (totals, column))
    return wsi_figure_text_more (n);

  return wsi_figure_text_number (n);
}

/* Prints numbers that no direction has. */
static char *
print_total_of_both (const WsiFigures *self,
                     Total             total)
{
  switch ((guint) total)
    {
    case TOTAL_FAULTS:
      return wsi_figure_text_number (self->totals.all.n_faults);
    case TOTAL_EVENTS:
      return wsi_figure_text_number (self->totals.n_events);
    case TOTAL_INCOMPLETE:
      return wsi_figure_text_number (wsi_store_get_losses (self->store).n_incomplete);
    case TOTAL_ROUND_TRIPS:
      return wsi_figure_text_number (count_round_trips (&self->totals));
    case TOTAL_MEDIAN:
      return print_round_trip (&self->totals, 50);
    case TOTAL_MOST:
      return print_round_trip (&self->totals, 95);
    default:
      return print_round_trip (&self->totals, 100);
    }
}

/* The numbers of a row by direction. */
static const guint64 *
figure_totals_get_compressed (const WsiTotals *totals,
                              Total            total)
{
  return total == TOTAL_COMPRESSED ? totals->n_compressed
         : total == TOTAL_COMPRESSED_WIRE ? totals->n_compressed_wire : totals->n_compressed_bytes;
}

char *
wsi_figure_totals_print (const WsiFigures *self,
                         guint             row,
                         guint             column)
{
  const WsiTotals *totals = &self->totals;

  if (row >= TOTAL_FAULTS)
    return column == WSI_BOTH_DIRECTIONS ? print_total_of_both (self, row) : g_strdup ("");
  if (row == TOTAL_SAVED)
    return print_saved (totals, column);
  if (row == TOTAL_COMPRESSED_BYTES && has_stopped (totals, column))
    return wsi_figure_text_more (wsi_figure_totals_add (totals->n_compressed_bytes, column));
  if (row >= TOTAL_COMPRESSED)
    return wsi_figure_text_number (wsi_figure_totals_add (figure_totals_get_compressed (totals,
                                                                                        row),
                                                          column));

  return figure_totals_print_flow (totals, row, column);
}

char *
wsi_figure_totals_print_name (const WsiFigures *self,
                              guint             row,
                              guint             column)
{
  return g_strdup (total_names[row]);
}
