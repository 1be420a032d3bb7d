/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Joiners that a text may keep.  The zero width joiner and non-joiner are part of a text that
 * people write where they change how their neighbours look.  Anywhere else a joiner is not seen,
 * and may hide something.  docs/rationales/inspector.md has the reasons. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define WSI_JOINER_LENGTH 3     /* bytes of the joiner and of the non-joiner */

typedef enum
{
  WSI_JOINER_UNSEEN,
  WSI_JOINER_OF_LETTERS,        /* a joiner between letters of one script that joins */
  WSI_JOINER_OF_EMOJI,          /* a joiner between emoji, which may be one picture then */
} WsiJoiner;

gboolean  wsi_joiner_is   (gunichar character);
/* Finds out what the joiner at this place does.  The text may be broken UTF-8. */
WsiJoiner wsi_joiner_find (const char *text,
                           gsize       length,
                           gsize       place);

G_END_DECLS
