/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The facts about one row of a problem, and reports for a reader who has not seen the window.
 * Secrets are hidden, and texts of a peer are escaped. */
#pragma once

#include "inspect/save/redaction/wsi-redactor.h"
#include "inspect/show/verdicts/wsi-problems.h"

G_BEGIN_DECLS

/* The title of a row: its connection, such as "#3 /feed", or its number. */
char *wsi_problem_row_dup_title  (const WsiProblemRow *self,
                                  WsiStore            *store);
/* The details of a row in one line: the broken rules and the body of a refusal, the reason and the
 * last frames of a connection, the frame, the words of an event.  Empty if the store has forgotten
 * the row. */
char *wsi_problem_row_dup_detail (const WsiProblemRow *self,
                                  const WsiVerdict    *verdict,
                                  WsiStore            *store,
                                  WsiRedactor         *redactor);
/* The words of the peers about the rows of a group: close reasons or errors, in one line; NULL:
 * nothing is known. */
char *wsi_problem_dup_words      (const WsiProblem *self,
                                  WsiRedactor      *redactor);
/* A report about a group with its rows, or one of them; row NULL = all.  Lines of text. */
char *wsi_problem_dup_report     (const WsiProblem    *problem,
                                  const WsiProblemRow *row,
                                  guint                slow_ms,
                                  WsiStore            *store,
                                  WsiRedactor         *redactor);

G_END_DECLS
