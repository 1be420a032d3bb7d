/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/show/wsi-trail.h"

struct _WsiTrail
{
  GPtrArray *places;            /* places to go back to (WsiTrailPlace) */
};

void
wsi_trail_place_free (WsiTrailPlace *self)
{
  g_free (self->page);
  g_free (self->filter);
  g_free (self);
}

static void
free_place (gpointer place)
{
  wsi_trail_place_free (place);
}

WsiTrail *
wsi_trail_new (void)
{
  WsiTrail *self = g_new0 (WsiTrail, 1);

  self->places = g_ptr_array_new_with_free_func (free_place);
  return self;
}

void
wsi_trail_free (WsiTrail *self)
{
  g_ptr_array_unref (self->places);
  g_free (self);
}

static gboolean
trail_is_equal (const WsiTrailPlace *one,
                const WsiTrailPlace *other)
{
  return g_str_equal (one->page, other->page) && g_strcmp0 (one->filter, other->filter) == 0 &&
         one->conversation == other->conversation && one->is_following == other->is_following &&
         (one->is_following || one->row == other->row);
}

/* The last place.  NULL: there is none. */
static WsiTrailPlace *
get_last (WsiTrail *self)
{
  return self->places->len > 0 ? self->places->pdata[self->places->len - 1] : NULL;
}

void
wsi_trail_leave (WsiTrail      *self,
                 WsiTrailPlace *place)
{
  WsiTrailPlace *last = get_last (self);

  if (last != NULL && trail_is_equal (last, place))
    {
      wsi_trail_place_free (place);
      return;
    }

  if (self->places->len == WSI_TRAIL_MAX)
    g_ptr_array_remove_index (self->places, 0);
  g_ptr_array_add (self->places, place);
}

WsiTrailPlace *
wsi_trail_go_back (WsiTrail            *self,
                   const WsiTrailPlace *from)
{
  WsiTrailPlace *last;

  while ((last = get_last (self)) != NULL)
    {
      g_ptr_array_steal_index (self->places, self->places->len - 1);
      if (!trail_is_equal (last, from))
        return last;

      wsi_trail_place_free (last);
    }
  return NULL;
}

void
wsi_trail_clear (WsiTrail *self)
{
  g_ptr_array_set_size (self->places, 0);
}
