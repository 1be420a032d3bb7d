/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "ui/charts/wsi-timeline-text.h"

#include <glib/gi18n.h>

#include "inspect/show/charts/wsi-figure-text.h"

#define STEPS 1000              /* steps into which the shown time is divided, about */

/* Prints a time with as many digits as the part that is shown needs. */
static char *
timeline_text_print_time (const WsiTimeAxis *axis,
                          gint64             since_us)
{
  gint64 step_us = wsi_time_axis_get_step (axis, STEPS);

  return wsi_time_axis_format (since_us - since_us % step_us, step_us);
}

static char *
timeline_text_print_flow (const WsiTimeBucket *sum,
                          WspDirection         direction)
{
  const guint64 n_frames = sum->n_frames[direction], n_unframed = sum->n_unframed[direction];
  g_autofree char *size = n_unframed == 0 ? g_format_size (sum->n_wire_bytes[direction])
                                          : wsi_figure_text_frames (sum->n_wire_bytes[direction],
                                                                    n_frames, n_unframed);
  g_autofree char *n = wsi_figure_text_frames (n_frames, n_frames, n_unframed);

  /* Translators: a number of frames, and their size. */
  if (direction == WSP_DIRECTION_RECEIVED)
    return g_strdup_printf (_("%s received (%s)"), n, size);

  return g_strdup_printf (ngettext ("%s frame sent (%s)", "%s frames sent (%s)",
                                    MIN (sum->n_frames[direction], G_MAXINT)), n, size);
}

/* Appends times.  format: has the shortest and the longest time. */
static void
append_spread (GString         *text,
               const char      *format,
               const WsiSpread *spread)
{
  g_autofree char *min = wsi_figure_text_ms (spread->min_us);
  g_autofree char *max = wsi_figure_text_ms (spread->max_us);

  if (spread->n == 0)
    return;

  g_string_append (text, ", ");
  g_string_append_printf (text, format, min, max);
}

static char *
timeline_text_print_sum (const WsiTimeBucket *sum)
{
  GString *text = g_string_new (NULL);
  g_autofree char *sent = timeline_text_print_flow (sum, WSP_DIRECTION_SENT);
  g_autofree char *received = timeline_text_print_flow (sum, WSP_DIRECTION_RECEIVED);

  g_string_append_printf (text, "%s, %s", sent, received);
  if (sum->n_faults > 0)
    {
      g_string_append (text, ", ");
      g_string_append_printf (text, ngettext ("%'u problem", "%'u problems",
                                              MIN (sum->n_faults, G_MAXINT)),
                              (guint) MIN (sum->n_faults, G_MAXUINT));
    }
  /* Translators: two numbers of milliseconds. */
  append_spread (text, _("round trips %s to %s ms"), &sum->round_trips);
  append_spread (text, _("replies after %s to %s ms"), &sum->replies);
  return g_string_free (text, FALSE);
}

/* format: has two numbers of seconds, and what was in that time. */
static char *
timeline_text_print_part (WsiTimeline       *timeline,
                          const WsiTimeAxis *axis,
                          const char        *format,
                          gint64             origin_us,
                          gint64             from_us,
                          gint64             to_us)
{
  g_autofree char *from = timeline_text_print_time (axis, from_us - origin_us);
  g_autofree char *to = timeline_text_print_time (axis, to_us - origin_us);
  g_autofree char *content = NULL;
  WsiTimeBucket sum;

  wsi_timeline_sum (timeline, from_us, to_us, &sum);
  content = timeline_text_print_sum (&sum);
  return g_strdup_printf (format, from, to, content);
}

char *
wsi_timeline_text_describe_part (WsiTimeline       *timeline,
                                 const WsiTimeAxis *axis,
                                 gint64             origin_us,
                                 gint64             from_us,
                                 gint64             to_us)
{
  /* Translators: two numbers of seconds, and what was in that time. */
  return timeline_text_print_part (timeline, axis, _("%s to %s s: %s"), origin_us, from_us, to_us);
}

char *
wsi_timeline_text_describe (WsiTimeline       *timeline,
                            const WsiTimeAxis *axis,
                            gint64             origin_us)
{
  if (wsi_timeline_get_n_buckets (timeline) == 0)
    return g_strdup (_("Timeline without frames"));

  return timeline_text_print_part (timeline, axis, _("Timeline from %s to %s s: %s"), origin_us,
                                   axis->begin_us,
                                   axis->end_us);
}

char *
wsi_timeline_text_describe_selection (WsiTimeline       *timeline,
                                      const WsiTimeAxis *axis,
                                      gint64             origin_us)
{
  g_autofree char *cursor = NULL;

  if (wsi_time_axis_has_selection (axis))
    return timeline_text_print_part (timeline, axis, _("Selected: %s to %s s: %s"), origin_us,
                                     axis->from_us,
                                     axis->to_us);

  if (!axis->has_cursor)
    return g_strdup (_("No time is selected"));

  cursor = timeline_text_print_time (axis, axis->cursor_us - origin_us);
  return g_strdup_printf (_("Cursor at %s s"), cursor);
}
