/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Counts the values that were hidden, by the names that they had.  Names that are too many are
 * counted as one. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define WSI_HIDDEN_MAX_NAMES 64
#define WSI_HIDDEN_MAX_LENGTH 64        /* bytes of a name; the rest of a longer one is left out */

typedef struct
{
  char   *name;                 /* name as it was received: escape it before it is shown */
  guint64 n_values;
} WsiHiddenName;

typedef struct _WsiHiddenNames WsiHiddenNames;

WsiHiddenNames *wsi_hidden_names_new  (void);
void            wsi_hidden_names_free (WsiHiddenNames *self);
void            wsi_hidden_names_add  (WsiHiddenNames *self,
                                       const char     *name);
/* The items are WsiHiddenName, those with most values first. */
GPtrArray      *wsi_hidden_names_list (WsiHiddenNames *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WsiHiddenNames, wsi_hidden_names_free)

G_END_DECLS
