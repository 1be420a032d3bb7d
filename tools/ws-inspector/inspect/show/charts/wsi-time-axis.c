/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/show/charts/wsi-time-axis.h"

#define MIN_SPAN_US 100
#define EMPTY_SPAN_US 1000      /* with a single row */
#define MAX_DIGITS 6

void
wsi_time_axis_init (WsiTimeAxis *self)
{
  *self = (WsiTimeAxis) { .last_us = EMPTY_SPAN_US, .end_us = EMPTY_SPAN_US };
}

static gint64
time_axis_get_span (const WsiTimeAxis *self)
{
  return self->end_us - self->begin_us;
}

/* Shows a part with the same span, as far as there are so many data. */
static void
time_axis_show (WsiTimeAxis *self,
                gint64       begin_us,
                gint64       span_us)
{
  span_us = CLAMP (span_us, MIN (MIN_SPAN_US, self->last_us - self->first_us),
                   self->last_us - self->first_us);
  self->begin_us = CLAMP (begin_us, self->first_us, self->last_us - span_us);
  self->end_us = self->begin_us + span_us;
}

/* Chooses the mode: a part that is moved to the end of the data stays there. */
static void
choose_mode (WsiTimeAxis *self)
{
  self->mode = self->end_us < self->last_us ? WSI_AXIS_PART
               : self->begin_us > self->first_us ? WSI_AXIS_LATEST : WSI_AXIS_ALL;
}

void
wsi_time_axis_set_data (WsiTimeAxis *self,
                        gint64       first_us,
                        gint64       last_us)
{
  const gint64 span_us = time_axis_get_span (self);

  self->first_us = first_us;
  self->last_us = MAX (last_us, first_us + EMPTY_SPAN_US);
  switch (self->mode)
    {
    case WSI_AXIS_ALL:
      time_axis_show (self, self->first_us, self->last_us - self->first_us);
      break;
    case WSI_AXIS_LATEST:
      time_axis_show (self, self->last_us - span_us, span_us);
      break;
    case WSI_AXIS_PART:
      time_axis_show (self, self->begin_us, span_us);
      break;
    }
}

void
wsi_time_axis_show_all (WsiTimeAxis *self)
{
  self->mode = WSI_AXIS_ALL;
  time_axis_show (self, self->first_us, self->last_us - self->first_us);
}

void
wsi_time_axis_zoom (WsiTimeAxis *self,
                    double       factor,
                    gint64       at_us)
{
  const double span_us = time_axis_get_span (self);
  const double part = (at_us - self->begin_us) / span_us;
  const gint64 wanted_us = MAX (span_us * factor, MIN_SPAN_US);

  time_axis_show (self, at_us - (gint64) (part * wanted_us), wanted_us);
  choose_mode (self);
}

void
wsi_time_axis_scroll (WsiTimeAxis *self,
                      gint64       by_us)
{
  time_axis_show (self, self->begin_us + by_us, time_axis_get_span (self));
  choose_mode (self);
}

double
wsi_time_axis_get_place (const WsiTimeAxis *self,
                         gint64             time_us,
                         double             width)
{
  return (time_us - self->begin_us) * (width / time_axis_get_span (self));
}

gint64
wsi_time_axis_get_time (const WsiTimeAxis *self,
                        double             place,
                        double             width)
{
  return width > 0 ? self->begin_us + (gint64) (place * time_axis_get_span (self) / width)
                   : self->begin_us;
}

gint64
wsi_time_axis_get_step (const WsiTimeAxis *self,
                        guint              max_steps)
{
  static const int factors[] = { 1, 2, 5 };
  gint64 unit = 1;

  for (;; unit *= 10)
    for (guint i = 0; i < G_N_ELEMENTS (factors); i++)
      if (time_axis_get_span (self) / (unit * factors[i]) < MAX (max_steps, 1))
        return unit * factors[i];
}

char *
wsi_time_axis_format (gint64 since_us,
                      gint64 step_us)
{
  guint64 time_us = ABS (since_us);
  guint64 seconds = time_us / G_USEC_PER_SEC, rest = time_us % G_USEC_PER_SEC;
  int n_digits = 0;

  for (gint64 unit = G_USEC_PER_SEC; step_us % unit != 0; unit /= 10)
    n_digits++;
  for (int i = n_digits; i < MAX_DIGITS; i++)
    rest /= 10;
  return n_digits == 0
         ? g_strdup_printf ("%s%" G_GUINT64_FORMAT, since_us < 0 ? "-" : "", seconds)
         : g_strdup_printf ("%s%" G_GUINT64_FORMAT ".%0*u", since_us < 0 ? "-" : "", seconds,
                            n_digits, (guint) rest);
}

void
wsi_time_axis_select (WsiTimeAxis *self,
                      gint64       one_us,
                      gint64       other_us)
{
  self->from_us = CLAMP (MIN (one_us, other_us), self->first_us, self->last_us);
  self->to_us = CLAMP (MAX (one_us, other_us), self->first_us, self->last_us);
}

void
wsi_time_axis_unselect (WsiTimeAxis *self)
{
  self->from_us = self->to_us = 0;
  self->anchor_us = self->cursor_us;
}

gboolean
wsi_time_axis_has_selection (const WsiTimeAxis *self)
{
  return self->from_us < self->to_us;
}

static void
time_axis_reveal (WsiTimeAxis *self,
                  gint64       time_us)
{
  if (time_us < self->begin_us)
    wsi_time_axis_scroll (self, time_us - self->begin_us);
  else if (time_us > self->end_us)
    wsi_time_axis_scroll (self, time_us - self->end_us);
}

/* Moves the cursor, which begins at the left. */
void
wsi_time_axis_move_cursor (WsiTimeAxis  *self,
                           gint64        by_us,
                           WsiCursorStep step)
{
  gint64 from_us = self->has_cursor ? self->cursor_us : self->begin_us;

  if (!self->has_cursor)
    self->anchor_us = from_us;
  self->has_cursor = TRUE;
  self->cursor_us = CLAMP (from_us + by_us, self->first_us, self->last_us);
  if (step == WSI_CURSOR_EXTENDS)
    {
      wsi_time_axis_select (self, self->anchor_us, self->cursor_us);
    }
  else
    {
      self->anchor_us = self->cursor_us;
      wsi_time_axis_unselect (self);
    }
  time_axis_reveal (self, self->cursor_us);
}
