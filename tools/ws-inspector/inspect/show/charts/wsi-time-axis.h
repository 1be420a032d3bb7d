/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Which part of the time a chart shows, and which part of that is selected: for a pointer and for
 * keys.  All times are in microseconds, as those of records. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  WSI_AXIS_ALL,                 /* all data, also those that come later */
  WSI_AXIS_LATEST,              /* a part that ends with the data, and moves on with them */
  WSI_AXIS_PART,
} WsiAxisMode;

typedef enum
{
  WSI_CURSOR_MOVES,
  WSI_CURSOR_EXTENDS,           /* the cursor extends the selection from its anchor */
} WsiCursorStep;

typedef struct
{
  WsiAxisMode mode;
  gint64      first_us, last_us;        /* times of the first row and after the last one */
  gint64      begin_us, end_us;         /* times that are shown */
  gint64      cursor_us, anchor_us;     /* ends of the selection with keys */
  gboolean    has_cursor;
  gint64      from_us, to_us;           /* times that are selected; equal = none */
} WsiTimeAxis;

void     wsi_time_axis_init       (WsiTimeAxis *self);
void     wsi_time_axis_set_data   (WsiTimeAxis *self,
                                   gint64       first_us,
                                   gint64       last_us);
void     wsi_time_axis_show_all   (WsiTimeAxis *self);
/* Zooms.  A factor below 1 shows less time; the given time stays in its place. */
void     wsi_time_axis_zoom       (WsiTimeAxis *self,
                                   double       factor,
                                   gint64       at_us);
void     wsi_time_axis_scroll     (WsiTimeAxis *self,
                                   gint64       by_us);
double   wsi_time_axis_get_place  (const WsiTimeAxis *self,
                                   gint64             time_us,
                                   double             width);
gint64   wsi_time_axis_get_time   (const WsiTimeAxis *self,
                                   double             place,
                                   double             width);
/* The step of a scale, in which people count, and of which at most so many fit. */
gint64   wsi_time_axis_get_step   (const WsiTimeAxis *self,
                                   guint              max_steps);
/* A time in seconds, with as many digits as the step needs. */
char    *wsi_time_axis_format     (gint64 since_us,
                                   gint64 step_us);

/* Selects the time between two times in any order; what is outside of the data is cut. */
void     wsi_time_axis_select     (WsiTimeAxis *self,
                                   gint64       one_us,
                                   gint64       other_us);
/* Removes the selection; the cursor stays. */
void     wsi_time_axis_unselect   (WsiTimeAxis *self);
gboolean wsi_time_axis_has_selection (const WsiTimeAxis *self);
/* Moves the cursor, which the shown part follows. */
void     wsi_time_axis_move_cursor (WsiTimeAxis  *self,
                                    gint64        by_us,
                                    WsiCursorStep step);

G_END_DECLS
