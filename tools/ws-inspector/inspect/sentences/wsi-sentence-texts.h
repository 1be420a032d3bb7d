/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The texts with parts that a sentence may be.  Those of the library are named here for the
 * translators: the library itself has no catalogs. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define WSI_SENTENCE_PART "%s"
#define WSI_SENTENCE_MAX_PARTS 3

/* Whether the last part is a sentence of its own. */
typedef enum
{
  WSI_CAUSE_NONE,
  WSI_CAUSE_ANY,                /* of the library or of the system, which has its own catalogs */
  WSI_CAUSE_KNOWN,              /* of the library; otherwise the text does not fit */
} WsiCause;

typedef struct
{
  const char *text;             /* with WSI_SENTENCE_PART for each part */
  WsiCause    cause;
} WsiSentenceText;

/* Where two fit, the earlier one is meant.  The last row has no text. */
extern const WsiSentenceText wsi_sentence_texts[];
/* Those that only follow another sentence. */
extern const WsiSentenceText wsi_sentence_facts[];

G_END_DECLS
