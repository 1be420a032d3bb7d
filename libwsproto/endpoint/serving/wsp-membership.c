/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The table of memberships: an array that grows, with a list of the free ones. */
#include "endpoint/serving/wsp-membership-private.h"

guint
wsp_membership_grow (guint size)
{
  return size + size / 8 + 2;
}

guint
wsp_membership_table_add (WspMembershipTable *self)
{
  guint number = self->free;

  self->n_used++;
  if (number != 0)
    {
      self->free = wsp_membership_table_get (self, number)->next;
      return number;
    }

  if (self->n == self->size)
    {
      self->size = wsp_membership_grow (self->size);
      self->first = g_renew (WspMembership, self->first, self->size);
    }

  return ++self->n;
}

void
wsp_membership_table_remove (WspMembershipTable *self,
                             guint               number)
{
  WspMembership *membership = wsp_membership_table_get (self, number);

  membership->group = NULL;
  membership->next = self->free;
  self->free = number;
  if (--self->n_used == 0)
    wsp_membership_table_clear (self);
}

void
wsp_membership_table_clear (WspMembershipTable *self)
{
  g_free (self->first);
  *self = (WspMembershipTable) { 0 };
}
