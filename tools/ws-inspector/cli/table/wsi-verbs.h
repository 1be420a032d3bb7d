/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The verbs of wsinspect, and the answers to --help and to completion in shells. */
#pragma once

#include "cli/table/wsi-options.h"

G_BEGIN_DECLS

typedef enum
{
  WSI_ARGUMENTS_WORDS,
  WSI_ARGUMENTS_FILES,
} WsiArgumentsKind;

/* The arguments that follow the name of a verb. */
typedef struct
{
  WsiArgumentsKind kind;
  guint            min, max;
  const char      *usage;       /* arguments in the usage line; "" = no arguments */
  /* what an error about a wrong number of arguments says was expected */
  const char      *expected;
} WsiArguments;

typedef struct
{
  WsiVerbs            verb;
  const char         *name;
  const WsiArguments *arguments;
  const char         *summary;  /* text in the list of verbs */
  const char         *text;
  const char         *examples[2];
} WsiVerbRow;

/* Returns the possible values of this option, which are in another table; NULL: any value. */
typedef GStrv (*WsiWordsFunc) (const char *option);

/* NULL: there is no verb of this name. */
const WsiVerbRow *wsi_verbs_find (const char *name);
gboolean          wsi_verbs_check_arguments (const WsiVerbRow *row,
                                             guint             n_arguments,
                                             GError          **error);
/* row: a verb; NULL: the help of the program. */
char             *wsi_verbs_make_help       (const WsiVerbRow *row);
/* words: after the name of the program, up to the word to complete.  Returns a line for each
 * candidate: the word, a tab, its explanation.  The line ":files" means the files of the folder. */
char             *wsi_verbs_complete        (const char *const *words,
                                             WsiWordsFunc       list_words);

G_END_DECLS
