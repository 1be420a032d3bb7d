/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The memberships of the connections of one worker: which groups a connection has to leave.
 *
 * A membership has a number, from 1, because numbers need less memory than pointers.  The number
 * of a connection's first membership is the connection's owner number; the others are linked.  So
 * a connection that is no member needs no memory.  A connection with many memberships has an index
 * instead, and WSP_MEMBERSHIPS_INDEXED as its owner number: to find one of them takes the same time
 * for any number.  All is for the worker's thread. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _WspGroupCore WspGroupCore;

typedef struct
{
  WspGroupCore *group;          /* group, referenced; NULL: the membership is free */
  guint         next;           /* number of the next membership of the connection, or of the next free one; 0: the last one */
  guint         position;       /* position among the group's members of the worker */
} WspMembership;

typedef struct                  /* all zero: empty */
{
  WspMembership *first;
  guint          n, size;       /* number of memberships ever used, and of those that are allocated */
  guint          n_used;
  guint          free;          /* number of the first free membership; 0: none */
  GHashTable    *indexes;       /* connection -> GHashTable of group -> number; NULL: none */
} WspMembershipTable;

#define WSP_MEMBERSHIPS_INDEXED G_MAXUINT

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

/* owner_number: of the connection, which is only compared. */
/* 0: the connection is not a member. */
guint wsp_membership_table_find   (const WspMembershipTable *self,
                                   gconstpointer             connection,
                                   guint                     owner_number,
                                   const WspGroupCore       *group);
/* Both return the new owner number.  The membership has its group. */
guint wsp_membership_table_link   (WspMembershipTable *self,
                                   gconstpointer       connection,
                                   guint               owner_number,
                                   guint               number);
guint wsp_membership_table_unlink (WspMembershipTable *self,
                                   gconstpointer       connection,
                                   guint               owner_number,
                                   guint               number);
/* (transfer container): all groups of a connection that has an index. */
GPtrArray *wsp_membership_table_list_indexed (const WspMembershipTable *self,
                                              gconstpointer             connection);
/* The size of an array that has to grow beyond `size`: by an eighth, so that little is unused. */
guint wsp_membership_grow         (guint size);

G_END_DECLS
