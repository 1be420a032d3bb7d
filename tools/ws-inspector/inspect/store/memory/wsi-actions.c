/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/store/memory/wsi-actions.h"

#define FIRST_CAPACITY 64

struct _WsiActions
{
  WsiAction *ring;              /* ring of actions: each is at its number modulo WSI_MAX_ACTIONS */
  gsize      capacity;
  guint64    end;
};

WsiActions *
wsi_actions_new (void)
{
  return g_new0 (WsiActions, 1);
}

void
wsi_actions_free (WsiActions *self)
{
  g_free (self->ring);
  g_free (self);
}

void
wsi_actions_append (WsiActions      *self,
                    const WsiAction *action)
{
  gsize place = self->end % WSI_MAX_ACTIONS;

  if (place >= self->capacity)
    {
      self->capacity = MAX (2 * self->capacity, FIRST_CAPACITY);
      self->ring = g_renew (WsiAction, self->ring, self->capacity);
    }
  self->ring[place] = *action;
  self->ring[place].number = self->end++;
}

guint64
wsi_actions_get_first (const WsiActions *self)
{
  return self->end > WSI_MAX_ACTIONS ? self->end - WSI_MAX_ACTIONS : 0;
}

guint64
wsi_actions_get_end (const WsiActions *self)
{
  return self->end;
}

const WsiAction *
wsi_actions_get (const WsiActions *self,
                 guint64           number)
{
  if (number < wsi_actions_get_first (self) || number >= self->end)
    return NULL;

  return &self->ring[number % WSI_MAX_ACTIONS];
}
