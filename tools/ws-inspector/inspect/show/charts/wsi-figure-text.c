/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/show/charts/wsi-figure-text.h"

#define PERMILLE 1000

char *
wsi_figure_text_number (guint64 n)
{
  return g_strdup_printf ("%'" G_GUINT64_FORMAT, n);
}

char *
wsi_figure_text_more (guint64 n)
{
  return g_strdup_printf ("> %'" G_GUINT64_FORMAT, n);
}

char *
wsi_figure_text_frames (guint64 n,
                        guint64 n_frames,
                        guint64 n_unframed)
{
  if (n_unframed == 0)
    return wsi_figure_text_number (n);

  return n_unframed == n_frames ? g_strdup ("–") : g_strdup_printf ("≥ %'" G_GUINT64_FORMAT, n);
}

char *
wsi_figure_text_share (guint64 n,
                       guint64 of)
{
  guint permille = of > 0 ? (double) n / of * PERMILLE + 0.5 : 0;

  return of > 0 ? g_strdup_printf ("%u.%u %%", permille / 10, permille % 10) : g_strdup ("");
}

char *
wsi_figure_text_ms (guint64 time_us)
{
  return g_strdup_printf ("%" G_GUINT64_FORMAT ".%03u", time_us / 1000, (guint) (time_us % 1000));
}

char *
wsi_figure_text_bound (guint64 time_us)
{
  g_autofree char *ms = wsi_figure_text_ms (time_us);
  guint64 tenths = time_us / 100 + (time_us % 100 > 0);

  return time_us < 1000
         ? g_strdup_printf ("≤ %s", ms)
         : g_strdup_printf ("≤ %" G_GUINT64_FORMAT ".%u", tenths / 10, (guint) (tenths % 10));
}

char *
wsi_figure_text_seconds (gint64 time_us)
{
  return g_strdup_printf ("%s%" G_GINT64_FORMAT ".%06u", time_us < 0 ? "-" : "",
                          ABS (time_us) / G_USEC_PER_SEC, (guint) (ABS (time_us) % G_USEC_PER_SEC));
}
