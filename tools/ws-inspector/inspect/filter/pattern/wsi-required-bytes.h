/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The bytes that each match of a pattern contains, one after the other.  To look for them is many
 * times faster than the automaton, and most texts are decided by it. */
#pragma once

#include "inspect/filter/pattern/wsi-pattern.h"

G_BEGIN_DECLS

#define WSI_MAX_REQUIRED_BYTES 32

typedef struct
{
  guint8   bytes[WSI_MAX_REQUIRED_BYTES];
  guint8   others[WSI_MAX_REQUIRED_BYTES];      /* bytes in their places: often the other case */
  guint    n;                                   /* number of required bytes; 0: there are none */
  guint    rarest;                              /* index of the byte that is looked for first */
  gboolean are_all;                             /* a text that has the bytes matches */
} WsiRequiredBytes;

typedef enum
{
  WSI_REQUIRED_ABSENT,
  WSI_REQUIRED_FOUND,
  WSI_REQUIRED_UNDECIDED,       /* not decided: the rarest byte is so common in the text that
                                 * looking is slow */
} WsiRequiredResult;

/* @code: of WsiCode, with the instruction of the match at its end. */
void              wsi_required_bytes_init (WsiRequiredBytes *self,
                                           const GArray     *code);
WsiRequiredResult wsi_required_bytes_find (const WsiRequiredBytes *self,
                                           const guint8           *text,
                                           gsize                   length);

G_END_DECLS
