/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "ui/charts/wsi-timeline-text.h"

#include <glib/gi18n.h>

#include "inspect/charts/wsi-figure-text.h"

#define STEPS 1000              /* into which the time that is shown is divided, about */

/* With as many digits as the part that is shown needs. */
static char *
print_time (const WsiTimeAxis *axis,
            gint64             since_us)
{
  gint64 step_us = wsi_time_axis_get_step (axis, STEPS);

  return wsi_time_axis_format (since_us - since_us % step_us, step_us);
}

static char *
print_flow (const WsiTimeBucket *sum,
            WspDirection         direction)
{
  g_autofree char *size = g_format_size (sum->n_wire_bytes[direction]);
  g_autofree char *n = wsi_figure_text_number (sum->n_frames[direction]);

  /* Translators: a number of frames, and their size. */
  return g_strdup_printf (direction == WSP_DIRECTION_SENT ? _("%s frames sent (%s)")
                                                          : _("%s received (%s)"), n, size);
}

/* format has the shortest and the longest time. */
static void
append_spread (GString         *text,
               const char      *name,
               const WsiSpread *spread)
{
  g_autofree char *min = wsi_figure_text_ms (spread->min_us);
  g_autofree char *max = wsi_figure_text_ms (spread->max_us);

  if (spread->n == 0)
    return;

  /* Translators: round trips, or reply times, and two numbers of milliseconds. */
  g_string_append_printf (text, _(", %s %s to %s ms"), name, min, max);
}

static void
append_sum (GString             *text,
            const WsiTimeBucket *sum)
{
  g_autofree char *sent = print_flow (sum, WSP_DIRECTION_SENT);
  g_autofree char *received = print_flow (sum, WSP_DIRECTION_RECEIVED);

  g_string_append_printf (text, "%s, %s", sent, received);
  if (sum->n_faults > 0)
    g_string_append_printf (text, g_dngettext (NULL, ", %u problem", ", %u problems",
                                               MIN (sum->n_faults, G_MAXINT)),
                            (guint) MIN (sum->n_faults, G_MAXUINT));
  append_spread (text, _("round trips"), &sum->round_trips);
  append_spread (text, _("replies after"), &sum->replies);
}

char *
wsi_timeline_text_describe_part (WsiTimeline       *timeline,
                                 const WsiTimeAxis *axis,
                                 gint64             origin_us,
                                 gint64             from_us,
                                 gint64             to_us)
{
  g_autofree char *from = print_time (axis, from_us - origin_us);
  g_autofree char *to = print_time (axis, to_us - origin_us);
  GString *text = g_string_new (NULL);
  WsiTimeBucket sum;

  wsi_timeline_sum (timeline, from_us, to_us, &sum);
  /* Translators: two numbers of seconds. */
  g_string_append_printf (text, _("%s to %s s: "), from, to);
  append_sum (text, &sum);
  return g_string_free (text, FALSE);
}

char *
wsi_timeline_text_describe (WsiTimeline       *timeline,
                            const WsiTimeAxis *axis,
                            gint64             origin_us)
{
  g_autofree char *part = NULL;

  if (wsi_timeline_get_n_buckets (timeline) == 0)
    return g_strdup (_("Timeline without frames"));

  part = wsi_timeline_text_describe_part (timeline, axis, origin_us, axis->begin_us, axis->end_us);
  return g_strdup_printf (_("Timeline from %s"), part);
}

char *
wsi_timeline_text_describe_selection (WsiTimeline       *timeline,
                                      const WsiTimeAxis *axis,
                                      gint64             origin_us)
{
  g_autofree char *cursor = NULL;
  g_autofree char *part = NULL;

  if (wsi_time_axis_has_selection (axis))
    {
      part = wsi_timeline_text_describe_part (timeline, axis, origin_us, axis->from_us,
                                              axis->to_us);
      return g_strdup_printf (_("Selected: %s"), part);
    }

  if (!axis->has_cursor)
    return g_strdup (_("No time is selected"));

  cursor = print_time (axis, axis->cursor_us - origin_us);
  return g_strdup_printf (_("Cursor at %s s"), cursor);
}
