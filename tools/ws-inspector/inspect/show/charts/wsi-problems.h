/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The rules that rows of a store break, and which rows of which connection.  Rows that the store
 * has removed still count.  It reads on where it ended, and some records at once. */
#pragma once

#include "inspect/store/wsi-store.h"

G_BEGIN_DECLS

/* Rows that break one rule. */
typedef struct
{
  guint   fault;
  guint64 n;
  guint64 n_by_direction[2];    /* some rows have none */
  guint64 first, last;          /* numbers of the rows */
} WsiProblem;

typedef struct _WsiProblems WsiProblems;

WsiProblems      *wsi_problems_new    (WsiStore *store);
void              wsi_problems_free   (WsiProblems *self);
/* FALSE: there are more records to read. */
gboolean          wsi_problems_update (WsiProblems *self);
/* Rows with a fault, each once. */
guint64           wsi_problems_get_n_rows (WsiProblems *self);
/* One for each rule, in the order in which they were broken first. */
guint             wsi_problems_get_n  (WsiProblems *self);
const WsiProblem *wsi_problems_get    (WsiProblems *self,
                                       guint        i);
/* The first row from a number on that breaks the rule.  FALSE: there is none. */
gboolean          wsi_problems_find   (WsiProblems *self,
                                       guint        fault,
                                       guint64      from,
                                       guint64     *number);
/* When the first rows of a connection broke a rule, and the last one: at most n times; returns how
 * many. */
guint             wsi_problems_get_times (WsiProblems *self,
                                          guint32      conversation,
                                          gint64      *times,
                                          guint        n);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WsiProblems, wsi_problems_free)

G_END_DECLS
