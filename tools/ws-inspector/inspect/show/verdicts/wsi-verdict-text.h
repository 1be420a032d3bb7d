/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Verdicts in words: what happened, what it means, what to do about it, and the filter that finds
 * the rows. */
#pragma once

#include "inspect/show/verdicts/wsi-problems.h"

G_BEGIN_DECLS

/* Advice about a response that refuses the handshake. */
typedef struct
{
  WsiAnswerer answerer;
  guint       first, last;      /* range of statuses */
  const char *text;             /* advice, not translated yet */
  const char *options;          /* options of wsinspect that do it; NULL = none do */
} WsiRefusalAdvice;

/* Finds advice about a status.  NULL: none is known. */
const WsiRefusalAdvice *wsi_refusal_find_advice (WsiAnswerer answerer,
                                                 guint       status);

/* The name of a kind in files: "refused", "ended". */
const char *wsi_verdict_kind_get_name  (WsiVerdictKind kind);
/* The heading of a kind; translated, as the following texts. */
const char *wsi_verdict_kind_get_title (WsiVerdictKind kind);
/* The name of a severity in files: "error". */
const char *wsi_severity_get_name      (WsiSeverity severity);
/* The name of a code in files, such as "404", "frame-masked" or "gap"; NULL: there is none. */
char       *wsi_verdict_dup_code       (const WsiVerdict *self);
/* "client" or "server", whose fault it is; NULL: it is that of neither side alone. */
const char *wsi_verdict_get_side       (const WsiVerdict *self);
/* The title: what happened, in one line without a full stop. */
char       *wsi_verdict_dup_title      (const WsiVerdict *self,
                                        guint             slow_ms);
/* The meaning of the verdict; NULL: the title says it. */
char       *wsi_verdict_dup_meaning    (const WsiVerdict *self);
/* The advice: what to look at or to do; NULL: nothing is known. */
const char *wsi_verdict_get_advice     (const WsiVerdict *self);
/* The number of rows as text, such as "2 connections". */
char       *wsi_problem_dup_count      (const WsiProblem *self);
/* The filter that finds the rows of the group. */
char       *wsi_problem_dup_filter     (const WsiProblem *self,
                                        guint             slow_ms);

G_END_DECLS
