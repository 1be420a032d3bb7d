/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The verdicts about the rows of a store, in groups: by kind, code, side and peer; after many
 * groups one more has all rows of a kind.  A group counts all of its rows, also those that the
 * store has removed, and has the numbers of the first ones that are left.  It reads on where it
 * ended, and some records at once. */
#pragma once

#include "inspect/show/verdicts/wsi-verdict.h"

G_BEGIN_DECLS

#define WSI_MAX_PROBLEM_ROWS 100        /* rows of one group that are kept */
#define WSI_MAX_PROBLEM_WORDS 3
#define WSI_USUAL_SLOW_MS 1000

typedef struct
{
  guint64 number;
  gint64  time_us;
  guint32 conversation;         /* number of the connection; 0 = none */
} WsiProblemRow;

typedef struct
{
  WsiVerdict    verdict;
  WsiPeerField  field;
  char         *peer;           /* address of the peer; NULL: not known, or there are several */
  guint32       conversation;   /* number of the connection; 0 = all are looked at */
  GPtrArray    *words;          /* words of peers: the first different texts of the rows */
  gboolean      has_more_words;
  guint64       n;
  WsiProblemRow first, last;    /* first and last row, which the store may have removed */
  GArray       *rows;           /* rows (WsiProblemRow), at most WSI_MAX_PROBLEM_ROWS */
} WsiProblem;

typedef struct _WsiProblems WsiProblems;

WsiProblems      *wsi_problems_new    (WsiStore *store);
/* Makes the problems of one connection's rows; 0 = of all rows. */
WsiProblems      *wsi_problems_new_of (WsiStore *store,
                                       guint32   conversation);
guint32           wsi_problems_get_conversation (WsiProblems *self);
void              wsi_problems_free   (WsiProblems *self);
/* Pongs and replies that took longer are late; 0 = none is.  The rows that are left are checked
 * again. */
void              wsi_problems_set_slow (WsiProblems *self,
                                         guint        slow_ms);
guint             wsi_problems_get_slow (WsiProblems *self);
/* Reads on.  FALSE: there are more records to read. */
gboolean          wsi_problems_update (WsiProblems *self);
/* Takes a row that was chosen, instead of wsi_problems_update ().  A reply whose request is not
 * known yet is not checked again. */
void              wsi_problems_take   (WsiProblems *self,
                                       guint64      number);
/* The version, which is another one after each change. */
guint64           wsi_problems_get_version (WsiProblems *self);
/* Groups, by kind, and of one kind in the order in which they began. */
guint             wsi_problems_get_n  (WsiProblems *self);
/* The problem at a position, which stays until wsi_problems_set_slow (). */
const WsiProblem *wsi_problems_get    (WsiProblems *self,
                                       guint        i);
/* The number of groups whose severity is an error. */
guint             wsi_problems_get_n_errors (WsiProblems *self);
/* Finds the first row of the group that is left, or its last one.  FALSE: none is left. */
gboolean          wsi_problems_find   (WsiProblems      *self,
                                       const WsiProblem *problem,
                                       guint64          *number);
/* The times of the first rows of a connection that broke a rule, and of the last one: at most n;
 * returns how many. */
guint             wsi_problems_get_times (WsiProblems *self,
                                          guint32      conversation,
                                          gint64      *times,
                                          guint        n);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WsiProblems, wsi_problems_free)

G_END_DECLS
