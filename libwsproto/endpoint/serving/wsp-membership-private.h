/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The memberships of the connections of one worker: which groups a connection has to leave.
 *
 * A membership has a number, from 1, because numbers need less memory than pointers.  The number
 * of a connection's first membership is the connection's owner number; the others are linked.  So
 * a connection that is no member needs no memory.  All is for the worker's thread. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _WspGroupCore WspGroupCore;

typedef struct
{
  WspGroupCore *group;          /* referenced; NULL: the membership is free */
  guint         next;           /* of the same connection, or of those that are free; 0: the last one */
  guint         position;       /* among the group's members of the worker */
} WspMembership;

typedef struct                  /* all zero: empty */
{
  WspMembership *first;
  guint          n, size;       /* n: those that were ever used */
  guint          n_used;
  guint          free;          /* the first that is free; 0: none */
} WspMembershipTable;

/* Pointers are valid until the next wsp_membership_table_add (). */
static inline WspMembership *
wsp_membership_table_get (const WspMembershipTable *self,
                          guint                     number)
{
  return &self->first[number - 1];
}

/* Returns the number of a membership whose content is not set. */
guint wsp_membership_table_add    (WspMembershipTable *self);
void  wsp_membership_table_remove (WspMembershipTable *self,
                                   guint               number);
void  wsp_membership_table_clear  (WspMembershipTable *self);
/* The size of an array that has to grow beyond `size`: by an eighth, so that little is unused. */
guint wsp_membership_grow         (guint size);

G_END_DECLS
