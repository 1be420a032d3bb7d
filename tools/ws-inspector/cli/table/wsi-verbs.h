/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The verbs of wsinspect, and what --help and the shells are answered about them. */
#pragma once

#include "cli/table/wsi-options.h"

G_BEGIN_DECLS

typedef enum
{
  WSI_ARGUMENTS_WORDS,
  WSI_ARGUMENTS_FILES,
} WsiArgumentsKind;

/* The words after the name of a verb. */
typedef struct
{
  WsiArgumentsKind kind;
  guint            min, max;
  const char      *usage;       /* for the usage line, "" = none */
  const char      *expected;    /* the end of a sentence about a wrong number of them */
} WsiArguments;

typedef struct
{
  WsiVerbs            verb;
  const char         *name;
  const WsiArguments *arguments;
  const char         *summary;  /* in the list of verbs */
  const char         *text;
  const char         *examples[2];
} WsiVerbRow;

/* Words that the value of this option may be, which are those of another table; NULL: any. */
typedef GStrv (*WsiWordsFunc) (const char *option);

/* NULL: there is no such verb. */
const WsiVerbRow *wsi_verbs_find (const char *name);
gboolean          wsi_verbs_check_arguments (const WsiVerbRow *row,
                                             guint             n_arguments,
                                             GError          **error);
/* verb NULL: that of the program. */
char             *wsi_verbs_make_help       (const WsiVerbRow *row);
/* words: after the name of the program, up to the one to complete.  A line for each candidate: the
 * word, a tab, what it is.  The line ":files" means the files of the folder. */
char             *wsi_verbs_complete        (const char *const *words,
                                             WsiWordsFunc       list_words);

G_END_DECLS
