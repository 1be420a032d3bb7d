/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* How a filter may go on at a place: names of fields and flags, operators that fit the field, names
 * of its values. */
#pragma once

#include "inspect/filter/grammar/wsi-field.h"

G_BEGIN_DECLS

typedef struct
{
  char       *text;             /* word that may follow, as the filter has it */
  const char *description;      /* description of the word, not translated yet; NULL = none */
  guint32     n;                /* times that the value was seen; 0 = a word of the language */
} WsiCompletion;

/* The kind of word that may follow at the place. */
typedef enum
{
  WSI_COMPLETION_CONDITION,     /* a flag, or the name of a field or a path */
  WSI_COMPLETION_OPERATOR,      /* an operator of the field, or "and" */
  WSI_COMPLETION_VALUE,
  WSI_COMPLETION_LINK,          /* a link: "and" or "or" */
  WSI_COMPLETION_NOTHING,       /* nothing: the place is within a text to search for, or after a
                                 * mistake */
} WsiCompletionNext;

/* The part of the text before the place. */
typedef struct
{
  WsiCompletionNext next;
  gsize             start;      /* beginning of the word, path or string that ends at the place */
  const WsiField   *field;      /* field of the operator or value; NULL: there is none */
  char             *name;       /* name of the field as written, with its path; NULL: none */
  char             *beginning;  /* word before the place; of a string, its part after the quote */
  gsize             length;
} WsiCompletionPlace;

void    wsi_completion_place_clear (WsiCompletionPlace *self);
/* An array of WsiCompletion whose text begins with the word before @position.  The caller clears
 * the place. */
GArray *wsi_completion_list (WsiFields          *fields,
                             const char         *text,
                             gsize               position,
                             WsiCompletionPlace *place);
void    wsi_completion_add  (GArray     *list,
                             const char *text,
                             const char *description,
                             guint32     n);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (WsiCompletionPlace, wsi_completion_place_clear)

G_END_DECLS
