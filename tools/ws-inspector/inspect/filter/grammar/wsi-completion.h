/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* How a filter may go on at a place: names of fields and flags, operators that fit the field, names
 * of its values. */
#pragma once

#include "inspect/filter/grammar/wsi-field.h"

G_BEGIN_DECLS

typedef struct
{
  const char *text;
  const char *description;
} WsiCompletion;

/* An array of WsiCompletion whose text begins with the word before @position, which begins at
 * @start. */
GArray *wsi_completion_list (WsiFields  *fields,
                             const char *text,
                             gsize       position,
                             gsize      *start);

G_END_DECLS
