/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A sentence that is recorded of a connection or reported of a source: an id and its arguments.
 * Filters, logs and the output of wsinspect have its English text; the window has it in its
 * language (wsi_translate_sentence ()).  An argument that quotes the system (g_strerror (), GIO) is
 * in the language of the program that records it.  docs/rationales/session-files-and-hars.md has
 * the reasons. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define WSI_SENTENCE_MAX_ARGUMENTS 8

typedef enum
{
#define SENTENCE(id, name, kinds, english) WSI_SENTENCE_ ## id,
#include "inspect/store/wsi-sentence-rows.h"
#undef SENTENCE
  WSI_N_SENTENCES,
} WsiSentenceId;

typedef struct
{
  WsiSentenceId id;
  const char   *arguments[WSI_SENTENCE_MAX_ARGUMENTS + 1];      /* ends with NULL */
} WsiSentence;

/* A sentence for a call: WSI_SENTENCE (TEXT, "a note").  It lives as long as its block. */
#define WSI_SENTENCE(name, ...) \
  (&(const WsiSentence) { .id = WSI_SENTENCE_ ## name, .arguments = { __VA_ARGS__ } })

/* Functions that translate a sentence from English. */
typedef struct
{
  const char *(*translate)(const char *words);
  char *(*translate_error)(const char *error);  /* Translates an error (transfer full). */
} WsiSentenceWords;

/* The name of an id in files. */
const char  *wsi_sentence_id_get_name (WsiSentenceId id);
/* Finds an id by name.  FALSE: there is none of this name. */
gboolean     wsi_sentence_id_parse    (const char    *name,
                                       WsiSentenceId *id);
/* Copies a sentence as one block of memory, for g_free ().  NULL stays NULL. */
WsiSentence *wsi_sentence_copy        (const WsiSentence *self);
/* The arguments in one block, with a zero byte between two.  If they do not fit in max_length
 * bytes, the last ones are cut. */
char        *wsi_sentence_pack        (const WsiSentence *self,
                                       gsize              max_length,
                                       gsize             *length);
/* The reverse of wsi_sentence_pack (); for g_free (). */
WsiSentence *wsi_sentence_unpack      (WsiSentenceId id,
                                       const char   *at,
                                       gsize         length);
/* The text in English.  NULL: the arguments are not those that the sentence needs, or self is
 * NULL. */
char        *wsi_sentence_to_string   (const WsiSentence *self);
/* The text of a sentence in other words than English. */
char        *wsi_sentence_format      (const WsiSentence      *self,
                                       const WsiSentenceWords *words);

G_END_DECLS
