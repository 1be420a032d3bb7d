/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The lines in which two texts differ, by the algorithm of Myers.  Time and memory are bounded: of
 * texts that are too long the beginnings are compared, and of texts that differ too much the rest
 * is taken as different. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define WSI_DIFF_MAX_BYTES (1024 * 1024)        /* bytes of each text that are compared */
#define WSI_DIFF_MAX_LINES 20000
#define WSI_DIFF_MAX_CHANGES 500
#define WSI_DIFF_MAX_LINE 4096                  /* bytes of a line that are kept */

typedef enum
{
  WSI_DIFF_SAME,
  WSI_DIFF_REMOVED,             /* only the first text has it */
  WSI_DIFF_ADDED,               /* only the second one has it */
} WsiDiffKind;

typedef struct
{
  WsiDiffKind kind;
  char       *text;             /* text of the line without its end, with any bytes */
  gsize       length;
} WsiDiffLine;

typedef struct
{
  GArray  *lines;               /* lines of both texts (WsiDiffLine) */
  guint    n_removed, n_added;
  gboolean is_cut;              /* only the beginnings of the texts were compared */
  gboolean is_coarse;           /* the texts differ too much to find all equal lines */
} WsiLineDiff;

WsiLineDiff *wsi_line_diff_new  (GBytes *first,
                                 GBytes *second);
void         wsi_line_diff_free (WsiLineDiff *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WsiLineDiff, wsi_line_diff_free)

G_END_DECLS
