/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The texts that a sentence may be, with parts or without.  Those of the library are named here for
 * the translators: the library itself has no catalogs. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define WSI_LIBRARY_PART "%s"
#define WSI_LIBRARY_MAX_PARTS 4

/* Whether the last part is a sentence of its own. */
typedef enum
{
  WSI_CAUSE_NONE,
  WSI_CAUSE_ANY,                /* a text of the library or of the system, which has its own
                                 * catalogs */
  WSI_CAUSE_KNOWN,              /* a text without parts; otherwise the text does not fit */
  WSI_CAUSE_AFTER_FLAWS,        /* a text without parts, after a second part that lists flaws of a
                                 * certificate */
} WsiCause;

typedef struct
{
  const char *text;             /* text with WSI_LIBRARY_PART for each part */
  WsiCause    cause;
} WsiLibraryText;

/* Texts of errors.  Where two fit, the earlier one is meant.  The last row has no text. */
extern const WsiLibraryText wsi_library_texts[];
/* Texts that only follow another sentence. */
extern const WsiLibraryText wsi_library_facts[];

/* Flaws of a certificate; a date in brackets may follow.  NULL at the end. */
extern const char *const wsi_library_flaws[];

/* Whether the text is one of the library without parts.  A text that the window has elsewhere is
 * not: a peer may send it. */
gboolean wsi_library_text_is_whole (const char *english);
/* The text of a fault, without its section. */
char    *wsi_library_dup_fault_text (guint fault);

G_END_DECLS
