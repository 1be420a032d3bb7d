/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The table of memberships: an array that grows, with a list of the free ones.
 * docs/rationales/broadcasts-and-groups.md has the reasons. */
#include "endpoint/serving/wsp-membership-private.h"

#define MAX_LINKED 16           /* a list of this length is read faster than an index */

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
  g_clear_pointer (&self->indexes, g_hash_table_unref);
  *self = (WspMembershipTable) { 0 };
}

static GHashTable *
get_index (const WspMembershipTable *self,
           gconstpointer             connection)
{
  return g_hash_table_lookup (self->indexes, connection);
}

guint
wsp_membership_table_find (const WspMembershipTable *self,
                           gconstpointer             connection,
                           guint                     owner_number,
                           const WspGroupCore       *group)
{
  guint number = owner_number;

  if (number == WSP_MEMBERSHIPS_INDEXED)
    return GPOINTER_TO_UINT (g_hash_table_lookup (get_index (self, connection), group));

  while (number != 0 && wsp_membership_table_get (self, number)->group != group)
    number = wsp_membership_table_get (self, number)->next;
  return number;
}

static guint
count_linked (const WspMembershipTable *self,
              guint                     number)
{
  guint n = 0;

  for (; number != 0; number = wsp_membership_table_get (self, number)->next)
    n++;
  return n;
}

static void
make_index (WspMembershipTable *self,
            gconstpointer       connection,
            guint               number)
{
  GHashTable *index = g_hash_table_new (NULL, NULL);

  for (; number != 0; number = wsp_membership_table_get (self, number)->next)
    g_hash_table_insert (index, wsp_membership_table_get (self, number)->group,
                         GUINT_TO_POINTER (number));
  if (self->indexes == NULL)
    self->indexes = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) g_hash_table_unref);
  g_hash_table_insert (self->indexes, (gpointer) connection, index);
}

guint
wsp_membership_table_link (WspMembershipTable *self,
                           gconstpointer       connection,
                           guint               owner_number,
                           guint               number)
{
  WspMembership *membership = wsp_membership_table_get (self, number);

  if (owner_number == WSP_MEMBERSHIPS_INDEXED)
    {
      g_hash_table_insert (get_index (self, connection), membership->group,
                           GUINT_TO_POINTER (number));
      return owner_number;
    }

  membership->next = owner_number;
  if (count_linked (self, number) <= MAX_LINKED)
    return number;

  make_index (self, connection, number);
  return WSP_MEMBERSHIPS_INDEXED;
}

guint
wsp_membership_table_unlink (WspMembershipTable *self,
                             gconstpointer       connection,
                             guint               owner_number,
                             guint               number)
{
  const WspMembership *membership = wsp_membership_table_get (self, number);
  guint before = owner_number;

  if (owner_number == WSP_MEMBERSHIPS_INDEXED)
    {
      GHashTable *index = get_index (self, connection);

      g_hash_table_remove (index, membership->group);
      if (g_hash_table_size (index) > 0)
        return owner_number;

      g_hash_table_remove (self->indexes, connection);
      return 0;
    }

  if (number == owner_number)
    return membership->next;

  while (wsp_membership_table_get (self, before)->next != number)
    before = wsp_membership_table_get (self, before)->next;
  wsp_membership_table_get (self, before)->next = membership->next;
  return owner_number;
}

GPtrArray *
wsp_membership_table_list_indexed (const WspMembershipTable *self,
                                   gconstpointer             connection)
{
  GPtrArray *groups = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer group;

  g_hash_table_iter_init (&iter, get_index (self, connection));
  while (g_hash_table_iter_next (&iter, &group, NULL))
    g_ptr_array_add (groups, group);
  return groups;
}
